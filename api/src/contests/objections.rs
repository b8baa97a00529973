//! Objections to a provisional result: who took part raises them, people decide, and everybody reads what was decided.

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, Refusal,
    access::Permission,
    answers::News,
    contests::{
        Barred, Contest, Phase,
        objections::{Decision, Objection},
        screening::Note,
    },
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{
        self,
        objections::{self, Waiting, Whose},
        prizes, teams,
    },
    notifications::contests as news,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::{
    actor::{Caller, RequestId, SignedIn},
    app::App,
    audit::Act,
    body::{PathId, Query, field, present},
    error::Failure,
    once::Post,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(create_objection).service(list_objections).service(get_objection).service(decide_objection);
}

/// What staff have to do about an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionWaiting {
    Decision,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListObjectionsQuery {
    /// Only those that wait for this.
    waiting: Option<ObjectionWaiting>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// What is wrong with a provisional result.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewObjectionBody {
    /// What the result calls the entry it is about; left out, it is about all of it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, example = "9f86d081884c7d65")]
    entry: Option<String>,
    #[validate(length(min = 1, max = 2_000))]
    #[schema(
        min_length = 1,
        max_length = 2_000,
        example = "이 작품은 작년에 다른 공모전에서 상을 받았습니다."
    )]
    text: String,
}

/// What staff make of an objection.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideObjectionBody {
    /// Whether it is right. What follows from that is done apart.
    #[schema(example = true)]
    upheld: bool,
    /// Everybody reads it once the result is final.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "수상 이력을 확인해 실격 처리했습니다.")]
    note: String,
}

/// An objection to a provisional result.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionBody {
    id: Uuid,
    contest_id: Uuid,
    /// What the result calls the entry it is about; null where it is about all of it.
    #[schema(example = "9f86d081884c7d65")]
    entry: Option<String>,
    /// For whoever raised it and for staff, unless they are forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "이 작품은 작년에 다른 공모전에서 상을 받았습니다.")]
    text: Option<String>,
    /// Who raised it, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    member_id: Option<Uuid>,
    /// The entry, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    entry_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    /// Null before it is decided.
    #[schema(example = true)]
    upheld: Option<bool>,
    /// Null before it is decided, and once what is personal has had its time.
    #[schema(example = "수상 이력을 확인해 실격 처리했습니다.")]
    note: Option<String>,
}

impl ObjectionBody {
    /// As the actor may read it.
    fn new(one: &Objection, contest: &Contest, actor: &Actor) -> Self {
        let is_staff = actor.ensure(Permission::ManageContests).is_ok();
        let is_own = one.member_id.is_some() && one.member_id == actor.member_id();
        let decision = one.decision.as_ref();
        let note = decision.and_then(|decision| decision.note.as_ref());
        Self {
            id: one.id.uuid(),
            contest_id: one.contest_id.uuid(),
            entry: one.entry_id.map(|entry| contest.pseudonym_of_entry(entry)),
            text: one.text.as_ref().filter(|_| is_staff || is_own).map(|text| text.as_str().to_owned()),
            member_id: one.member_id.filter(|_| is_staff).map(|member| member.uuid()),
            entry_id: one.entry_id.filter(|_| is_staff).map(|entry| entry.uuid()),
            created_at: one.created_at,
            decided_at: decision.map(|decision| decision.at),
            upheld: decision.map(|decision| decision.upheld),
            note: note.map(|note| note.as_str().to_owned()),
        }
    }
}

/// Whose objections the actor may know of; nobody's where there is nobody to have raised one.
fn knows(actor: &Actor, contest: &Contest, now: DateTime<Utc>) -> Option<Whose> {
    let is_public = matches!(contest.phase(now), Phase::Final | Phase::Archived);
    match is_public || actor.ensure(Permission::ManageContests).is_ok() {
        true => Some(Whose::Everybodys),
        false => actor.member_id().map(Whose::Of),
    }
}

/// Object to a provisional result
///
/// Up to three times, until `objections_until`, by whoever is in an entry or has a ballot that counts. Staff are told.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewObjectionBody,
    responses((status = 201, body = ObjectionBody), (status = 403, description = "not_taking_part"),
        (status = 409, description = "contest_phase, objections_over, objections_used")))]
#[post("/v1/contests/{id}/objections")]
async fn create_objection(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewObjectionBody>,
) -> Result<Reply<ObjectionBody>, Failure> {
    let (stamp, text) = (app.stamp(), field("/text", Note::try_from(&*post.body.text))?);
    let entry = post.body.entry;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        // So that nobody objects more often than they may, or while the result becomes final.
        contests::be_alone_with(tx, id.into())?;
        let contest = contests::find(tx, actor, id.into())?;
        let raised = Objection {
            id: stamp.id(0),
            contest_id: contest.id,
            member_id: Some(actor.ensure_member()?),
            entry_id: entry.as_deref().map(|entry| named(tx, &contest, entry)).transpose()?,
            text: Some(text.clone()),
            created_at: stamp.at,
            decision: None,
            version: 1,
        };
        ensure_may_object(tx, &contest, &raised)?;
        objections::insert(tx, &stamp, &raised)?;
        news::tell_staff(tx, &stamp, News::ContestObjectionWaiting, contest.id)?;
        let location = format!("/v1/objections/{}", raised.id);
        Ok(Reply::created(&ObjectionBody::new(&raised, &contest, actor), location).tagged(1))
    })
    .await
}

fn ensure_may_object(tx: &mut AnyConnection, contest: &Contest, raised: &Objection) -> Rows<()> {
    contest.ensure_takes_objections(raised.created_at)?;
    let Some(member) = raised.member_id else { return Err(Error::Refused(Refusal::SignInNeeded)) };
    if !objections::took_part(tx, contest.id, member)? {
        return Err(Error::Refused(Barred::NotTakingPart.into()));
    }
    match objections::count_of(tx, contest.id, member)? {
        few if few < Objection::MOST => Ok(()),
        _ => Err(Error::Refused(Barred::ObjectionsUsed { most: Objection::MOST }.into())),
    }
}

fn named(tx: &mut AnyConnection, contest: &Contest, entry: &str) -> Rows<domain::EntryId> {
    let unknown = Refusal::Unfit { field: "entry", fault: Fault::NotA("entry of the contest") };
    prizes::accepted(tx, contest)?.remove(entry).ok_or(Error::Refused(unknown))
}

/// List the objections to a result
///
/// Your own; all of them for staff, and for everybody once the result is final: what was decided, and not who raised it or why.
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path), ListObjectionsQuery),
    responses((status = 200, body = Listing<ObjectionBody>)))]
#[get("/v1/contests/{id}/objections")]
async fn list_objections(
    app: web::Data<App>,
    caller: Caller,
    request: RequestId,
    PathId(id): PathId,
    Query(query): Query<ListObjectionsQuery>,
) -> Result<Reply<Listing<ObjectionBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.config.clock.now());
    let waiting = query.waiting.map(|ObjectionWaiting::Decision| Waiting::Decision);
    let list = ListName::of(&["objections", &id.to_string(), &format!("{waiting:?}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&caller, move |tx, actor| {
        let contest = contests::find(tx, actor, id.into())?;
        let page = match knows(actor, &contest, now) {
            Some(whose) => objections::list(tx, contest.id, (whose, waiting), after, limit)?,
            None => domain::page::Page { items: Vec::new(), next: None },
        };
        let items = page.items.iter().map(|one| ObjectionBody::new(one, &contest, actor)).collect();
        Ok((domain::page::Page { items, next: page.next }, actor.ensure(Permission::ManageContests).is_ok()))
    });
    let (page, is_staff) = page.await?;
    if is_staff {
        // Kept before it is answered.
        let seen: Vec<Uuid> = page.items.iter().filter_map(|one: &ObjectionBody| one.member_id).collect();
        let act = Act::new("list_objections", Some(request.0), now);
        app.look(&caller, move |tx, actor| act.look(tx, actor, Some(id), seen.clone())).await?;
    }
    Ok(Reply::ok(&list.listing(&app.keys, page, None, |shown| shown)))
}

/// Read an objection
///
/// Your own; any of them for staff, and what was decided of it for everybody once the result is final.
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path)), responses((status = 200, body = ObjectionBody)))]
#[get("/v1/objections/{id}")]
async fn get_objection(
    app: web::Data<App>,
    caller: Caller,
    request: RequestId,
    PathId(id): PathId,
) -> Result<Reply<ObjectionBody>, Failure> {
    let now = app.config.clock.now();
    let read = app.read(&caller, move |tx, actor| {
        let one = objections::find(tx, id.into())?;
        let contest = contests::find(tx, actor, one.contest_id)?;
        match knows(actor, &contest, now) {
            Some(Whose::Everybodys) => {}
            Some(Whose::Of(member)) if one.member_id == Some(member) => {}
            Some(Whose::Of(_)) | None => return Err(Error::Missing),
        }
        let is_staff = actor.ensure(Permission::ManageContests).is_ok();
        Ok((ObjectionBody::new(&one, &contest, actor), one.version, is_staff))
    });
    let (body, version, is_staff) = read.await?;
    if is_staff {
        // Kept before it is answered.
        let (act, seen) = (Act::new("get_objection", Some(request.0), now), body.member_id);
        app.look(&caller, move |tx, actor| act.look(tx, actor, Some(id), seen)).await?;
    }
    Ok(Reply::ok(&body).tagged(version))
}

/// Decide about an objection
///
/// Once, by somebody who is not in the entry it is about and did not raise it, and before the result is final. Whoever raised it is told.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DecideObjectionBody,
    responses((status = 200, body = ObjectionBody),
        (status = 409, description = "contest_phase, already_decided, own_entry, own_objection")))]
#[post("/v1/objections/{id}/decide")]
async fn decide_objection(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<DecideObjectionBody>,
) -> Result<Reply<ObjectionBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "decide_objection"));
    let note = field("/note", Note::try_from(&*post.body.note))?;
    let decision = Decision { at: stamp.at, upheld: post.body.upheld, note: Some(note) };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageContests)?;
        let contest = objections::find(tx, id.into())?.contest_id;
        contests::be_alone_with(tx, contest)?;
        let (before, contest) = (objections::find(tx, id.into())?, contests::find(tx, actor, contest)?);
        let was = ObjectionBody::new(&before, &contest, actor);
        let by = ensure_others(tx, actor, &before)?;
        let after = before.decided(&contest, by, decision.clone())?;
        objections::decide(tx, &stamp, &after)?;
        if let Some(member) = after.member_id {
            news::tell_member(tx, &stamp, News::ContestObjectionDecided, contest.id, member)?;
        }
        let is = Reply::ok(&ObjectionBody::new(&after, &contest, actor)).tagged(after.version);
        act.keep(tx, actor, id, crate::audit::facts(&was), is)
    })
    .await
}

/// Nobody decides about an entry of their own.
fn ensure_others(tx: &mut AnyConnection, actor: &Actor, one: &Objection) -> Rows<domain::MemberId> {
    let by = actor.ensure_member()?;
    match one.entry_id {
        Some(entry) if teams::of(tx, entry)?.holds(by) => Err(Error::Refused(Barred::OwnEntry.into())),
        Some(_) | None => Ok(by),
    }
}
