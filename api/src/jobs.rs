//! Background work: what has had its time goes, ideas are ranked anew, duplicates are found, and counters are checked
//! against their rows every night.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::IdeaId;
use persistence::{
    AloneWith, Database, changelog,
    ideas::upkeep::{self, Recount},
    segments,
    triage::{self, duplicates},
};

use crate::{clock::Clock, error::Failure, once};

const TICK: Duration = Duration::from_secs(60);
/// How many ideas are recounted in one transaction.
const BATCH: i64 = 200;
/// How many ideas are looked at for duplicates before what was seen is stored.
const LOOKS: i64 = 20;

/// Does the jobs that are due, for ever. Any number of nodes may: each job is done by one of them.
pub async fn run(db: Database, clock: Clock) {
    loop {
        if let Err(failure) = do_due(&db, &clock).await {
            tracing::error!(?failure, "a job failed");
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Does what is due now.
///
/// # Errors
/// When the database fails; what was done stays done.
async fn do_due(db: &Database, clock: &Clock) -> Result<(), Failure> {
    if take_turn(db, clock, "expire", TimeDelta::hours(1)).await? {
        let now = clock.now();
        let gone = db.write(AloneWith::Nobody, move |tx| upkeep::expire(tx, now - once::KEPT, now)).await?;
        tracing::info!(rows = gone, "expired");
    }
    if take_turn(db, clock, "segments", TimeDelta::hours(24)).await? {
        let found = refresh_segments(db, clock).await?;
        tracing::info!(segments = found, "asked the rules that time moves");
    }
    if take_turn(db, clock, "recount", TimeDelta::hours(24)).await? {
        let found = recount(db).await?;
        if found.counters + found.scores > 0 {
            tracing::error!(?found, "counters had drifted from their rows; mended");
        } else {
            tracing::info!(ideas = found.ideas, "recounted; no drift");
        }
    }
    if take_turn(db, clock, "rank", TimeDelta::minutes(5)).await? {
        rank(db, clock.now()).await?;
    }
    announce(db, clock).await?;
    if take_turn(db, clock, "duplicates", TimeDelta::minutes(2)).await? {
        find_duplicates(db).await?;
    }
    Ok(())
}

/// Tells the supporters of what has come out by the clock. Any number of nodes may do it at once: whoever comes second to an
/// entry finds it done. Says how many entries there were.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn announce(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let now = clock.now();
    let due = db.read(move |tx| changelog::links::due(tx, now, BATCH)).await?;
    for entry in &due {
        let (entry, stamps) = (*entry, [clock.stamp(), clock.stamp()]);
        db.write(AloneWith::Nobody, move |tx| changelog::links::announce(tx, &stamps, entry)).await?;
    }
    Ok(due.len())
}

/// Ranks every idea anew, a batch at a time, so that votes wait briefly.
///
/// # Errors
/// When the database fails.
pub async fn rank(db: &Database, now: DateTime<Utc>) -> Result<(), Failure> {
    let mut after: Option<IdeaId> = None;
    loop {
        after = db.write(AloneWith::Nobody, move |tx| triage::refresh(tx, now, after, BATCH)).await?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Looks for duplicates of every idea that is new or has changed, a few at a time. Texts are compared through the read
/// door, so that changes wait only while the pairs are stored.
///
/// # Errors
/// When the database fails.
pub async fn find_duplicates(db: &Database) -> Result<(), Failure> {
    let mut after: Option<IdeaId> = None;
    loop {
        let looks = db.read(move |tx| duplicates::look(tx, after, LOOKS)).await?;
        let Some(last) = looks.last() else { return Ok(()) };
        after = Some(last.idea);
        db.write(AloneWith::Nobody, move |tx| duplicates::store(tx, &looks)).await?;
    }
}

async fn take_turn(
    db: &Database,
    clock: &Clock,
    job: &'static str,
    period: TimeDelta,
) -> Result<bool, Failure> {
    let now = clock.now();
    let turn = db.write(AloneWith::Nobody, move |tx| upkeep::take_turn(tx, job, now, period)).await;
    match turn {
        // Another node was first.
        Err(persistence::Error::Taken(_)) => Ok(false),
        turn => Ok(turn?),
    }
}

/// Finds the members anew of the segments that time alone moves, and says how many segments these are.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn refresh_segments(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let ageing = db.read(segments::ageing).await?;
    for segment in &ageing {
        let (segment, now) = (*segment, clock.now());
        db.write(AloneWith::Nobody, move |tx| segments::refresh(tx, segment, now)).await?;
    }
    Ok(ageing.len())
}

/// Recounts every segment, and every idea a batch at a time, so that votes wait briefly.
///
/// # Errors
/// When the database fails.
pub async fn recount(db: &Database) -> Result<Recount, Failure> {
    let segments = db.write(AloneWith::Nobody, segments::recount).await?;
    let mut total = Recount { counters: segments, ..Recount::default() };
    let mut after: Option<IdeaId> = None;
    loop {
        let found = db.write(AloneWith::Nobody, move |tx| upkeep::recount(tx, after, BATCH)).await?;
        total.ideas += found.ideas;
        total.counters += found.counters;
        total.scores += found.scores;
        after = found.next;
        if after.is_none() {
            return Ok(total);
        }
    }
}
