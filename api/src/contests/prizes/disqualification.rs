//! Entries that lose their rank after the scores were locked, and get it back.

use actix_web::{post, web};
use domain::{
    answers::News,
    contests::{Phase, prizes::Disqualification, screening::Note},
    events::EntryEvent,
};
use persistence::{
    AloneWith,
    contests::{
        entries::{self, Whole},
        prizes::{self, disqualifications},
        results,
    },
    notifications::contests as news,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    bodies::{DisqualificationReasonName, EntryPrizeBody},
    settling::{Outlook, prize_of},
    staff::to_act_on,
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, field},
    error::Failure,
    once::{Empty, Post},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(disqualify_entry).service(reinstate_entry);
}

/// Why an entry loses its rank.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DisqualifyEntryBody {
    reason: DisqualificationReasonName,
    /// What the team reads besides.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "작년에 다른 공모전에서 상을 받은 작품입니다.")]
    note: String,
}

/// Disqualify an entry
///
/// From the lock of the scores until the result is final. The result is computed anew without it: nobody else's figures move, and who is
/// next in line moves up. The team is told, and may object: once the result is released, `objections_until` is as far away again.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DisqualifyEntryBody,
    responses((status = 200, body = EntryPrizeBody),
        (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, entry_state, own_entry, disqualified")))]
#[post("/v1/entries/{id}/disqualify")]
async fn disqualify_entry(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<DisqualifyEntryBody>,
) -> Result<Reply<EntryPrizeBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "disqualify_entry"));
    let (cause, note) = (post.body.reason.into(), field("/note", Note::try_from(&*post.body.note))?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (Whole { entry, contest, .. }, was) = to_act_on(tx, actor, id.into(), stamp.at)?;
        entry.ensure_ranked(&contest, stamp.at)?;
        let is_seen = contest.phase(stamp.at) == Phase::Objection;
        let awarded = is_seen && prizes::given(tx, &contest)?.of(entry.id).is_some();
        let (entry_id, contest_id, note) = (entry.id, contest.id, note.clone());
        let one = Disqualification { entry_id, contest_id, cause, note, awarded, at: stamp.at };
        disqualifications::insert(tx, &one)?;
        entries::tell(tx, &stamp, &entry, EntryEvent::Disqualified)?;
        news::tell_team(tx, &stamp, News::ContestDisqualified, (contest.id, entry.id), None)?;
        results::settle(tx, &stamp.branch(0), &contest)?;
        let is = prize_of(tx, actor, (&contest, entry.id), stamp.at, Outlook::Known)?;
        act.keep(tx, actor, id, was, Reply::ok(&is).tagged(0))
    })
    .await
}

/// Give a disqualified entry its rank back
///
/// As after an objection that was right. The result is computed anew with it, and it is offered its prize anew; who had moved up moves
/// down, and is told. Who declined has no rank to get back.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryPrizeBody),
        (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, entry_state, own_entry, not_disqualified")))]
#[post("/v1/entries/{id}/reinstate")]
async fn reinstate_entry(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<EntryPrizeBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "reinstate_entry"));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (Whole { entry, contest, .. }, was) = to_act_on(tx, actor, id.into(), stamp.at)?;
        entry.ensure_ranked(&contest, stamp.at)?;
        disqualifications::delete(tx, entry.id)?;
        entries::tell(tx, &stamp, &entry, EntryEvent::Reinstated)?;
        news::tell_team(tx, &stamp, News::ContestReinstated, (contest.id, entry.id), None)?;
        results::settle(tx, &stamp.branch(0), &contest)?;
        let is = prize_of(tx, actor, (&contest, entry.id), stamp.at, Outlook::Known)?;
        act.keep(tx, actor, id, was, Reply::ok(&is).tagged(0))
    })
    .await
}
