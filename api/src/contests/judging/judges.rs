//! Who judges.

use actix_web::{HttpRequest, get, patch, post, web};
use domain::{
    ContestId, MemberId,
    answers::News,
    contests::{
        Contest,
        judges::{Expertise, Judge, ensure_expertise, ensure_most},
    },
    events::ContestEvent,
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    contests::{judges, reviews},
    notifications::contests as news,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    super::{run, run_alone},
    bodies::{JudgeBody, JudgesBody, ReasonBody, reason},
    end, reassign,
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, Patch, PathId, present, uuid_in_path},
    error::Failure,
    once::Post,
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_judges).service(appoint_judge).service(get_judge).service(update_judge);
    to.service(dismiss_judge);
}

/// Who is to judge.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewJudgeBody {
    member_id: Uuid,
    /// What they know much of, from 0 to 100: by a question with choices, and one of these.
    #[serde(default)]
    #[schema(required = false, value_type = Object, example = json!({ "where": { "app": 80 } }))]
    expertise: Expertise,
    /// The most entries they take; as many as there are where it says nothing.
    #[serde(default)]
    #[schema(required = false, minimum = 1, maximum = 2_000, example = 50)]
    most: Option<u32>,
}

/// What changes of a judge.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateJudgeBody {
    /// In place of all that was said.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = Object, example = json!({ "where": { "app": 80 } }))]
    expertise: Option<Expertise>,
    /// Null: as many as there are. What they have stays theirs.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 2_000, example = 40)]
    most: Patch<u32>,
}

/// A judge as they are answered wherever they change.
fn shown(tx: &mut AnyConnection, contest: &Contest, judge: Judge) -> Rows<Reply<JudgeBody>> {
    let version = judge.version;
    Ok(Reply::ok(&JudgeBody::of(tx, contest, judge)?).tagged(version))
}

/// List the judges of a contest
///
/// For those who run it: how far each is, and what is odd about their marks. Whoever judges it blind does not run it.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = JudgesBody), (status = 403, description = "run_by_others")))]
#[get("/v1/contests/{id}/judges")]
async fn list_judges(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<JudgesBody>, Failure> {
    let act = app.act(&me, "list_judges");
    app.look(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, id.into())?;
        let members = judges::list(tx, contest.id)?.into_iter().map(|judge| judge.member_id.uuid());
        act.look(tx, actor, Some(id), members)?;
        Ok(Reply::ok(&JudgesBody { items: JudgeBody::all(tx, &contest)? }))
    })
    .await
}

/// Appoint a judge
///
/// Any member who is in no entry of the contest, until the scores are locked (while entries are sealed nobody is told whether somebody is:
/// judging begins once nobody who judges has entered); or one who left, again. They are told, and get entries
/// once they have said with whom they are in conflict.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewJudgeBody,
    responses((status = 201, body = JudgeBody), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase, already_judge, too_many_judges")))]
#[post("/v1/contests/{id}/judges")]
async fn appoint_judge(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewJudgeBody>,
) -> Result<Reply<JudgeBody>, Failure> {
    let (stamp, act, body) = (app.stamp(), app.act(&me, "appoint_judge"), post.body);
    let new = Judge {
        contest_id: id.into(),
        member_id: body.member_id.into(),
        expertise: body.expertise,
        most: body.most,
        appointed_at: stamp.at,
        declared_at: None,
        left: None,
        version: 1,
    };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, id.into())?;
        contest.ensure_takes_judges(stamp.at)?;
        ensure_expertise(&contest.terms, &new.expertise)?;
        ensure_most(new.most)?;
        judges::ensure_may_judge(tx, &contest, new.member_id, stamp.at)?;
        let judge = judges::appoint(tx, &stamp, &new)?;
        news::tell_member(tx, &stamp, News::ContestJudgeAppointed, contest.id, judge.member_id)?;
        let (version, location) = (judge.version, format!("/v1/contests/{id}/judges/{}", judge.member_id));
        let reply = Reply::created(&JudgeBody::of(tx, &contest, judge)?, location).tagged(version);
        act.keep(tx, actor, id, None, reply)
    })
    .await
}

/// Who is named in an address: the contest, and a member.
pub(super) fn named(request: &HttpRequest, id: Uuid) -> Result<(ContestId, MemberId), Failure> {
    Ok((ContestId::from(id), MemberId::from(uuid_in_path(request, "member")?)))
}

/// Read a judge
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), ("member" = Uuid, Path)),
    responses((status = 200, body = JudgeBody), (status = 403, description = "run_by_others")))]
#[get("/v1/contests/{id}/judges/{member}")]
async fn get_judge(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
) -> Result<Reply<JudgeBody>, Failure> {
    let (act, (contest, member)) = (app.act(&me, "get_judge"), named(&request, id)?);
    app.look(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, contest)?;
        let judge = judges::find(tx, contest.id, member)?;
        act.look(tx, actor, Some(id), [member.uuid()])?;
        shown(tx, &contest, judge)
    })
    .await
}

/// Change what a judge knows and takes
///
/// For what is given from now on.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), ("member" = Uuid, Path)),
    request_body = UpdateJudgeBody,
    responses((status = 200, body = JudgeBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[patch("/v1/contests/{id}/judges/{member}")]
async fn update_judge(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
    if_match: IfMatch,
    Json(body): Json<UpdateJudgeBody>,
) -> Result<Reply<JudgeBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "update_judge"));
    let (contest, member) = named(&request, id)?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, contest)?;
        contest.ensure_takes_judges(stamp.at)?;
        let before = judges::find(tx, contest.id, member)?;
        if_match.ensure(before.version)?;
        let was = shown(tx, &contest, before.clone())?;
        let expertise = body.expertise.clone().unwrap_or_else(|| before.expertise.clone());
        let most = body.most.over(before.most);
        ensure_expertise(&contest.terms, &expertise)?;
        ensure_most(most)?;
        let after = Judge { expertise, most, version: before.version + 1, ..before };
        judges::update(tx, &stamp, &after, ContestEvent::JudgeUpdated { judge: member })?;
        let is = shown(tx, &contest, after)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}

/// Let a judge go
///
/// What they have sent stays; what they have not goes to others.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), ("member" = Uuid, Path)), request_body = ReasonBody,
    responses((status = 200, body = JudgeBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[post("/v1/contests/{id}/judges/{member}/leave")]
async fn dismiss_judge(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
    post: Post<ReasonBody>,
) -> Result<Reply<JudgeBody>, Failure> {
    let (stamps, act) = ([app.stamp(), app.stamp(), app.stamp()], app.act(&me, "dismiss_judge"));
    let ((contest, member), why) = (named(&request, id)?, reason(&post.body.reason)?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, contest)?;
        contest.ensure_takes_judges(stamps[0].at)?;
        let before = judges::find(tx, contest.id, member)?;
        let was = shown(tx, &contest, before.clone())?;
        if before.left.is_some() {
            return Ok(was);
        }
        let left = Some((stamps[0].at, why.clone()));
        let after = Judge { left, version: before.version + 1, ..before };
        judges::update(tx, &stamps[0], &after, ContestEvent::JudgeLeft { judge: member })?;
        let held =
            reviews::held_by(tx, &contest, member)?.into_iter().filter(|review| review.sent_at.is_none());
        let lost = end(tx, &stamps[1], held.collect(), None)?;
        reassign(tx, &stamps[2], &contest, &lost)?;
        let is = shown(tx, &contest, after)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}
