//! With whom judges are in conflict: what they say themselves, and what staff know.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, get, post, put, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, EntryId, MemberId, Refusal, Stamp,
    contests::{
        Contest,
        conflicts::{Conflict, Source, With},
        judges::Judge,
        screening::Note,
    },
    events::ContestEvent,
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{self, conflicts, entries, judges},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{super::run_alone, bodies::JudgeBody, judges::named, settle};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, field, present},
    error::Failure,
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_own_conflicts).service(declare_conflicts).service(add_judge_conflict);
}

/// With whom you are in conflict.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeclareConflictsBody {
    /// All of them, in place of what you said before; an empty list says that there is nobody.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    member_ids: Vec<Uuid>,
}

/// What you said of your conflicts as a judge.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclaredConflictsBody {
    contest_id: Uuid,
    /// Null before you said anything; until then you get no entries.
    declared_at: Option<DateTime<Utc>>,
    member_ids: Vec<Uuid>,
}

/// Something staff know of.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "member_id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "note": "같은 연구실에 있었습니다." }))]
pub struct NewConflictBody {
    /// Whatever this member is in; or else `entry_id`.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = Uuid)]
    member_id: Option<Uuid>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = Uuid)]
    entry_id: Option<Uuid>,
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    note: String,
}

impl NewConflictBody {
    fn with(&self) -> Result<With, Failure> {
        match (self.member_id, self.entry_id) {
            (Some(member), None) => Ok(With::Member(member.into())),
            (None, Some(entry)) => Ok(With::Entry(entry.into())),
            (Some(_), Some(_)) => Err(Failure::field("/entry_id", Fault::NotA("field beside member_id"))),
            (None, None) => Err(Failure::field("/member_id", Fault::Required)),
        }
    }
}

/// The judge the actor is: to all others there is nothing here.
fn own(tx: &mut AnyConnection, actor: &Actor, contest: ContestId) -> Rows<(Contest, Judge)> {
    let contest = contests::find(tx, actor, contest)?;
    let judge = judges::find(tx, contest.id, actor.ensure_member()?)?;
    if judge.left.is_none() { Ok((contest, judge)) } else { Err(Error::Missing) }
}

fn shown(tx: &mut AnyConnection, judge: &Judge) -> Rows<Reply<DeclaredConflictsBody>> {
    let said = conflicts::said(tx, judge.contest_id, Some(judge.member_id))?;
    let members = said.iter().filter_map(|conflict| match (conflict.source, conflict.with) {
        (Source::Judge, With::Member(member)) => Some(member.uuid()),
        _ => None,
    });
    let body = DeclaredConflictsBody {
        contest_id: judge.contest_id.uuid(),
        declared_at: judge.declared_at,
        member_ids: members.collect::<BTreeSet<_>>().into_iter().collect(),
    };
    Ok(Reply::ok(&body))
}

/// Read what you said of your conflicts as a judge
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = DeclaredConflictsBody)))]
#[get("/v1/contests/{id}/conflicts")]
async fn get_own_conflicts(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<DeclaredConflictsBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        let (_, judge) = own(tx, actor, id.into())?;
        shown(tx, &judge)
    })
    .await
}

/// Say with whom you are in conflict, as a judge
///
/// In person, and not by a program. Entries you may not judge go to others, also those you have sent. Who made an entry is not told
/// by it.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DeclareConflictsBody,
    responses((status = 200, body = DeclaredConflictsBody), (status = 403, description = "not_by_key"), (status = 409, description = "contest_phase")))]
#[put("/v1/contests/{id}/conflicts")]
async fn declare_conflicts(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<DeclareConflictsBody>,
) -> Result<Reply<DeclaredConflictsBody>, Failure> {
    let stamps = [app.stamp(), app.stamp(), app.stamp(), app.stamp()];
    let now = stamps[0].at;
    let members: Vec<MemberId> = body.member_ids.iter().copied().map(MemberId::from).collect();
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure_in_person()?;
        own(tx, actor, id.into())?;
        contests::be_alone_with(tx, id.into())?;
        let (contest, before) = own(tx, actor, id.into())?;
        contest.ensure_takes_judges(now)?;
        say(tx, &stamps[1], &before, &members)?;
        let after = Judge { declared_at: Some(now), version: before.version + 1, ..before };
        judges::update(tx, &stamps[0], &after, ContestEvent::ConflictsSaid { judge: after.member_id })?;
        settle(tx, &[stamps[2], stamps[3]], &contest, after.member_id)?;
        shown(tx, &after)
    })
    .await
}

/// Keeps what a judge says, in place of what they said.
fn say(tx: &mut AnyConnection, stamp: &Stamp, judge: &Judge, members: &[MemberId]) -> Rows<()> {
    conflicts::take_back(tx, judge.contest_id, judge.member_id)?;
    let each_once = |(nth, member): &(usize, &MemberId)| !members[..*nth].contains(member);
    for (nth, member) in members.iter().enumerate().filter(each_once) {
        let conflict = Conflict {
            id: stamp.branch(u16::try_from(nth).unwrap_or(u16::MAX)).id(0),
            contest_id: judge.contest_id,
            judge_id: judge.member_id,
            with: With::Member(*member),
            source: Source::Judge,
            note: None,
            created_at: stamp.at,
        };
        conflicts::insert(tx, &conflict, &format!("/member_ids/{nth}"))?;
    }
    Ok(())
}

/// Add a conflict of a judge
///
/// With a member, whatever they are in, or with an entry. What the judge may not judge goes to others, also where it was sent.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), ("member" = Uuid, Path)), request_body = NewConflictBody,
    responses((status = 201, body = JudgeBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[post("/v1/contests/{id}/judges/{member}/conflicts")]
async fn add_judge_conflict(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
    post: Post<NewConflictBody>,
) -> Result<Reply<JudgeBody>, Failure> {
    let (stamps, act) = ([app.stamp(), app.stamp(), app.stamp()], app.act(&me, "add_judge_conflict"));
    let ((contest, judge_id), with) = (named(&request, id)?, post.body.with()?);
    let (member_id, entry_id) = (post.body.member_id, post.body.entry_id);
    let note = Some(field("/note", Note::try_from(&*post.body.note))?);
    let (source, created_at) = (Source::Staff, stamps[0].at);
    let new = Conflict { id: stamps[0].id(0), contest_id: contest, judge_id, with, source, note, created_at };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, contest)?;
        contest.ensure_takes_judges(created_at)?;
        let before = judges::find(tx, contest.id, judge_id)?;
        add(tx, &contest, &new)?;
        let after = Judge { version: before.version + 1, ..before };
        judges::update(tx, &stamps[0], &after, ContestEvent::ConflictsSaid { judge: judge_id })?;
        settle(tx, &[stamps[1], stamps[2]], &contest, judge_id)?;
        let location = format!("/v1/contests/{id}/judges/{judge_id}");
        let version = after.version;
        let is = Reply::created(&JudgeBody::of(tx, &contest, after)?, location).tagged(version);
        // Not the note, which is about somebody who may be forgotten.
        let facts = json!({ "judge_id": judge_id.uuid(), "member_id": member_id, "entry_id": entry_id });
        act.keep_facts(tx, actor, Some(id), (None, Some(facts)))?;
        Ok(is)
    })
    .await
}

/// Keeps what staff say, if it is of this contest and there is room.
fn add(tx: &mut AnyConnection, contest: &Contest, new: &Conflict) -> Rows<()> {
    let pointer = match new.with {
        With::Member(_) => "/member_id",
        With::Entry(entry) => {
            ensure_entry(tx, contest, entry)?;
            "/entry_id"
        }
    };
    let said = conflicts::said(tx, contest.id, Some(new.judge_id))?;
    if said.len() >= Conflict::MOST {
        let fault = Fault::TooMany { most: Conflict::MOST };
        return Err(Refusal::UnfitAt { pointer: pointer.to_owned(), fault }.into());
    }
    conflicts::insert(tx, new, pointer)
}

/// Whether an entry was sent to the contest.
pub(super) fn ensure_entry(tx: &mut AnyConnection, contest: &Contest, entry: EntryId) -> Rows<()> {
    let unfit = || Refusal::Unfit { field: "entry_id", fault: Fault::NotA("entry of the contest") };
    match entries::last_sent(tx, entry) {
        Ok(sent) if sent.entry.contest_id == contest.id => Ok(()),
        Ok(_) | Err(Error::Missing) => Err(unfit().into()),
        Err(error) => Err(error),
    }
}
