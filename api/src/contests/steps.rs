//! The steps that staff take with a contest.

use actix_web::{post, web};
use domain::{
    ContestId, Stamp,
    answers::News,
    contests::{Contest, Step},
    events::ContestEvent,
};
use persistence::{
    AloneWith,
    contests::{
        self,
        ballots::{self, Standing},
        entries, judges, results,
    },
    notifications, segments,
};

use super::{ContestBody, ballots::examination::examine_last, prizes::settle, run_alone, shown};
use crate::{
    actor::SignedIn,
    app::App,
    body::PathId,
    error::Failure,
    once::{Empty, Post},
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(publish_contest)
        .service(begin_judging)
        .service(end_round)
        .service(lock_scores)
        .service(publish_provisional_result)
        .service(finalize_contest)
        .service(archive_contest)
        .service(cancel_contest);
}

/// A step, when it is taken, on which version, and how ballots stood when they were looked through for it.
struct Taken {
    step: Step,
    action: &'static str,
    stamp: Stamp,
    if_match: IfMatch,
    examined: Option<Standing>,
}

async fn step(
    app: web::Data<App>,
    me: SignedIn,
    id: ContestId,
    (step, action): (Step, &'static str),
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    let stamp = app.stamp();
    take(app, me, id, Taken { step, action, stamp, if_match: IfMatch::ANY, examined: None }, post).await
}

/// Takes a step, with what it needs and what follows from it.
async fn take(
    app: web::Data<App>,
    me: SignedIn,
    id: ContestId,
    Taken { step, action, stamp, if_match, examined }: Taken,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    let (act, held) = (app.act(&me, action), app.clone());
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        // Nobody screens, appeals or withdraws while the step is taken.
        let before = run_alone(tx, actor, id)?;
        if_match.ensure(before.version)?;
        let was = shown(tx, actor, &before, &held)?;
        let version = before.version + 1;
        let after = Contest { updated_at: stamp.at, version, ..before.clone().after(step, stamp.at)? };
        match step {
            Step::BeginJudging => {
                entries::progress(tx, &after, stamp.at)?.ensure_done(&after.terms)?;
                judges::ensure_none_enters(tx, id)?;
            }
            Step::Cancel => {
                notifications::contests::tell_entrants(tx, &stamp, News::ContestCancelled, id)?;
            }
            Step::NextRound => drop(results::freeze(tx, &before, stamp.at)?),
            Step::LockScores => {
                after.ensure_ballot_closed(stamp.at)?;
                ballots::ensure_none_waits(tx, &after, stamp.at)?;
                if after.terms.ballot.is_some() {
                    ballots::ensure_examined(tx, id, examined)?;
                }
                results::freeze(tx, &before, stamp.at)?;
            }
            // What came after the lock may have opened a tie, or closed one.
            Step::PublishProvisional => {
                results::settle(tx, &stamp.branch(1), &before)?.ensure_settled()?;
            }
            Step::Finalize => {
                results::settle(tx, &stamp.branch(1), &before)?.ensure_settled()?;
                settle(tx, &stamp, &after)?;
            }
            Step::Publish => segments::ensure_there(tx, &after.terms.audience.segments)?,
            Step::Archive => {}
        }
        contests::update(tx, &stamp, &after, ContestEvent::Stepped(step))?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id.uuid(), was.facts(), is)
    })
    .await
}

/// Publish a contest
///
/// Its rules are fixed and hashed: `rules_hash` is on every receipt.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[post("/v1/contests/{id}/publish")]
async fn publish_contest(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    let (step, action, stamp) = (Step::Publish, "publish_contest", app.stamp());
    take(app, me, id.into(), Taken { step, action, stamp, if_match, examined: None }, post).await
}

/// Begin judging
///
/// Once every entry is decided about, nothing can be mended or appealed any more, one at least was accepted, and nobody judges who has
/// entered.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, screening_open, nothing_to_judge, judges_enter, too_many_entries")))]
#[post("/v1/contests/{id}/begin_judging")]
async fn begin_judging(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    step(app, me, id.into(), (Step::BeginJudging, "begin_judging"), post).await
}

/// End a round of judging
///
/// Of several, and not the last: the jury's scores of this round say which `cut_to` go on, and all whom they do not part. The next
/// round begins at once.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody),
        (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, reviews_open, reviews_missing, last_round, not_computable")))]
#[post("/v1/contests/{id}/next_round")]
async fn end_round(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    step(app, me, id.into(), (Step::NextRound, "end_round"), post).await
}

/// Lock the scores
///
/// Every review is sent or taken away, every entry has one, voting is over, no ballot is held (all are examined before), and nobody can
/// appeal against a rejection any more. What the result is computed from is frozen, and `lock_hash` of it is public at once; nothing
/// that is marked or starred later counts.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody), (status = 403, description = "run_by_others"), (status = 409,
        description = "contest_phase, reviews_open, reviews_missing, rounds_left, ballot_open, ballots_held, judging_changed, not_computable")))]
#[post("/v1/contests/{id}/lock_scores")]
async fn lock_scores(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    let stamp = app.stamp();
    let examined = examine_last(&app, &me, id.into(), stamp.at).await?;
    let (step, action) = (Step::LockScores, "lock_scores");
    let taken = Taken { step, action, stamp, if_match: IfMatch::ANY, examined };
    take(app, me, id.into(), taken, post).await
}

/// Release the provisional result
///
/// For `schedule.provisional_at`, or at once when that is past; objections may be raised from then on. Not while a prize still waits for
/// what decides a tie.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, ties_open, not_computable")))]
#[post("/v1/contests/{id}/publish_provisional")]
async fn publish_provisional_result(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    step(app, me, id.into(), (Step::PublishProvisional, "publish_provisional_result"), post).await
}

/// Make the result final
///
/// Once nobody can object any more, every objection is decided, and every winner is verified or has declined. Everybody who took part is
/// told, and what each is paid is fixed.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody), (status = 403, description = "run_by_others"), (status = 409,
        description = "contest_phase, objections_open, objections_undecided, winners_unverified, ties_open, not_computable")))]
#[post("/v1/contests/{id}/finalize")]
async fn finalize_contest(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    step(app, me, id.into(), (Step::Finalize, "finalize_contest"), post).await
}

/// Archive a contest
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[post("/v1/contests/{id}/archive")]
async fn archive_contest(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    step(app, me, id.into(), (Step::Archive, "archive_contest"), post).await
}

/// Cancel a contest
///
/// Until its result is public: then prizes depend on objections and disqualifications alone. Everybody who entered is told.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[post("/v1/contests/{id}/cancel")]
async fn cancel_contest(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestBody>, Failure> {
    step(app, me, id.into(), (Step::Cancel, "cancel_contest"), post).await
}
