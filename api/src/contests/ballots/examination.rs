//! Examining ballots: which look bought, by all that were cast; they are held until a person has decided.

use actix_web::{post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, Stamp,
    answers::News,
    contests::{
        Contest,
        ballots::{Ballot, to_hold},
    },
};
use persistence::{
    AloneWith, AnyConnection, Database, Result as Rows,
    contests::{
        self,
        ballots::{self, Standing},
    },
    notifications::contests as news,
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::run;
use crate::{
    actor::SignedIn,
    app::App,
    audit::Act,
    body::PathId,
    clock::Clock,
    error::Failure,
    once::{Empty, Post},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(examine_ballots);
}

/// What became of an examination.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotExaminationBody {
    /// How many are held since.
    #[schema(minimum = 0, example = 12)]
    newly_held: usize,
    /// How many wait for a decision by now.
    #[schema(minimum = 0, example = 12)]
    held: i64,
}

/// The ballots that are to be held, and how all stood then. All are compared with all, so nothing waits for it: no request, and no
/// change.
async fn suspected(db: &Database, id: ContestId) -> Result<(Vec<Ballot>, Standing), Failure> {
    let all = db.read(move |tx| ballots::all(tx, id)).await?;
    web::block(move || (to_hold(&all), Standing::of(&all))).await.map_err(Failure::internal)
}

/// Holds what was suspected, unless the scores are locked by now, and tells staff; says how many there were.
fn hold(tx: &mut AnyConnection, stamp: &Stamp, id: ContestId, suspected: &[Ballot]) -> Rows<usize> {
    contests::share(tx, id)?;
    let contest = contests::find(tx, &Actor::System, id)?;
    contest.ensure_decides_ballots(stamp.at)?;
    let held = ballots::hold(tx, stamp, id, suspected)?;
    if held > 0 {
        news::tell_staff(tx, stamp, News::ContestBallotsHeld, id)?;
    }
    Ok(held)
}

/// Examines the ballots of a contest by the clock; says how many are held since, and how all stood before.
async fn examine(db: &Database, clock: &Clock, id: ContestId) -> Result<(usize, Standing), Failure> {
    let ((suspected, standing), stamp) = (suspected(db, id).await?, clock.stamp());
    if suspected.is_empty() {
        return Ok((0, standing));
    }
    let act = Act::new("examine_ballots", None, stamp.at);
    let held = db.write(AloneWith::Nobody, move |tx| {
        let held = hold(tx, &stamp, id, &suspected)?;
        act.keep_facts(tx, &Actor::System, Some(id.uuid()), (None, Some(json!({ "newly_held": held }))))?;
        Ok(held)
    });
    Ok((held.await?, standing))
}

/// Examines the ballots of every contest that is judged now; says how many are held since.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn examine_all(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let (now, mut held) = (clock.now(), 0);
    let judged: Vec<Contest> = db.read(ballots::undecided).await?;
    for contest in judged.iter().filter(|contest| contest.ensure_decides_ballots(now).is_ok()) {
        held += examine(db, clock, contest.id).await?.0;
    }
    Ok(held)
}

/// Examines the ballots before scores are locked over them, at the moment of the lock: nothing gets past the job that looks from time
/// to time. Says how they stood, so that one that came meanwhile is not counted unseen; nothing where none is counted yet.
pub async fn examine_last(
    app: &App,
    me: &SignedIn,
    id: ContestId,
    now: DateTime<Utc>,
) -> Result<Option<Standing>, Failure> {
    let contest = app.read(&me.caller, move |tx, actor| run(tx, actor, id)).await?;
    if contest.ensure_decides_ballots(now).is_err() || contest.ensure_ballot_closed(now).is_err() {
        return Ok(None);
    }
    let (_, standing) = examine(&app.db, &app.config.clock, id).await?;
    Ok(Some(standing))
}

/// Examine the ballots of a contest
///
/// Those that look bought are held until a person has decided; never one that somebody decided about and that was not changed since. A
/// job does it every ten minutes as well, and so does locking the scores.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = BallotExaminationBody), (status = 403, description = "run_by_others"), (status = 409, description = "no_ballot, contest_phase")))]
#[post("/v1/contests/{id}/ballots/examine")]
async fn examine_ballots(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<BallotExaminationBody>, Failure> {
    let (stamp, act, id) = (app.stamp(), app.act(&me, "examine_ballots"), ContestId::from(id));
    app.read(&me.caller, move |tx, actor| Ok(run(tx, actor, id)?.ensure_decides_ballots(stamp.at)?)).await?;
    let (suspected, _) = suspected(&app.db, id).await?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        run(tx, actor, id)?;
        let newly_held = hold(tx, &stamp, id, &suspected)?;
        let held = ballots::held_count(tx, id)?;
        act.keep(tx, actor, id.uuid(), None, Reply::ok(&BallotExaminationBody { newly_held, held }))
    })
    .await
}
