//! Background work: mail is sent, what has had its time goes, with the files that nothing needs, ideas are ranked anew, duplicates
//! are found, ballots that look bought are held, seats of panels that nobody confirmed go to others, those in panels and contests hear
//! what is due, reports that nobody looked at are accepted, and counters are checked against their rows every night.

pub mod contests;
pub mod people;
pub mod retention;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Actor, IdeaId, attachments::UNLINKED_FOR, events::ReportEvent, panels::reports::Report};
use futures_util::TryStreamExt as _;
use persistence::{
    AloneWith, Database,
    attachments::sweep,
    changelog,
    ideas::upkeep::{self, Recount},
    mails,
    panels::{self, reports},
    segments,
    triage::{self, duplicates},
};

use crate::{
    clock::Clock,
    config::Config,
    error::Failure,
    mail::{carrier::Carrier, sending},
    once,
    store::Store,
};

pub use crate::contests::examine_all as examine_ballots;

const TICK: Duration = Duration::from_secs(60);
/// How many ideas are recounted in one transaction.
const BATCH: i64 = 200;
/// How many ideas are looked at for duplicates before what was seen is stored.
const LOOKS: i64 = 20;

/// Does the jobs that are due and sends mail, for ever. Any number of nodes may: each job is done by one of them.
pub async fn run(db: Database, store: Store, config: Config, carrier: Carrier) {
    tokio::join!(keep_up(&db, &store, &config), sending::run(&db, &config, &carrier));
}

async fn keep_up(db: &Database, store: &Store, config: &Config) {
    loop {
        if let Err(failure) = do_due(db, store, config).await {
            tracing::error!(?failure, "a job failed");
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Does what is due now.
///
/// # Errors
/// When the database fails; what was done stays done.
async fn do_due(db: &Database, store: &Store, config: &Config) -> Result<(), Failure> {
    let clock = &config.clock;
    if take_turn(db, clock, "expire", TimeDelta::hours(1)).await? {
        let now = clock.now();
        let gone = expire(db, now).await?;
        tracing::info!(rows = gone, "expired");
    }
    if take_turn(db, clock, "sweep", TimeDelta::hours(1)).await? {
        let gone = sweep_attachments(db, store, clock.now()).await?;
        tracing::info!(attachments = gone, "swept");
    }
    if take_turn(db, clock, "addresses", TimeDelta::hours(1)).await? {
        let gone = retention::forget_panels(db, clock).await?;
        tracing::info!(rows = gone, "deleted what was personal of panels and had its time");
    }
    if take_turn(db, clock, "contests", TimeDelta::hours(1)).await? {
        let gone = contests::forget(db, clock).await?;
        tracing::info!(contests = gone, "forgot what had its time");
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
    lapse_seats(db, clock).await?;
    people::tell_results(db, clock).await?;
    contests::offer_prizes(db, clock).await?;
    if take_turn(db, clock, "reports", TimeDelta::minutes(5)).await? {
        people::remind(db, clock).await?;
        people::record_strikes(db, clock).await?;
    }
    if take_turn(db, clock, "silence", TimeDelta::minutes(10)).await? {
        let accepted = accept_silently(db, config).await?;
        tracing::info!(reports = accepted, "accepted by silence");
    }
    if take_turn(db, clock, "ballots", TimeDelta::minutes(10)).await? {
        let held = examine_ballots(db, clock).await?;
        tracing::info!(ballots = held, "examined ballots; held for a person");
    }
    if take_turn(db, clock, "chances", TimeDelta::minutes(1)).await? {
        estimate_chances(db).await?;
    }
    if take_turn(db, clock, "duplicates", TimeDelta::minutes(2)).await? {
        find_duplicates(db).await?;
    }
    Ok(())
}

/// Removes what has had its time, and says how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn expire(db: &Database, now: DateTime<Utc>) -> Result<usize, Failure> {
    let gone = db.write(AloneWith::Nobody, move |tx| {
        Ok(upkeep::expire(tx, now - once::KEPT, now)? + mails::expire(tx, now)?)
    });
    Ok(gone.await?)
}

/// Takes away attachments that have stood nowhere for a day, and bytes that belong to none; says how many went.
///
/// # Errors
/// When the database or the store fails; what was done stays done.
pub async fn sweep_attachments(db: &Database, store: &Store, now: DateTime<Utc>) -> Result<usize, Failure> {
    let since = now - UNLINKED_FOR;
    while db.write(AloneWith::Nobody, move |tx| sweep::expire(tx, now, since, BATCH)).await? > 0 {}
    let mut gone = 0;
    loop {
        let doomed = db.read(|tx| sweep::doomed(tx, BATCH)).await?;
        if doomed.is_empty() {
            break;
        }
        for id in &doomed {
            store.delete(*id).await?;
        }
        gone += doomed.len();
        db.write(AloneWith::Nobody, move |tx| sweep::forget(tx, &doomed)).await?;
    }
    // What was stored for a row that never came. A day is longer than any upload takes.
    let mut old = std::pin::pin!(store.written_before(since, 500));
    while let Some(ids) = old.try_next().await? {
        let asked = ids.clone();
        let known = db.read(move |tx| sweep::known(tx, &asked)).await?;
        for id in ids.into_iter().filter(|id| !known.contains(id)) {
            store.delete(id).await?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Estimates everybody's chances in draws that were made; says how many there were.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn estimate_chances(db: &Database) -> Result<usize, Failure> {
    let drawn = db.read(|tx| panels::draws::without_chances(tx, BATCH)).await?;
    for id in &drawn {
        let id = *id;
        let draw = db.read(move |tx| panels::draws::find(tx, id)).await?;
        let estimate = move || draw.chances();
        if let Some(fairness) = actix_web::web::block(estimate).await.map_err(Failure::internal)?? {
            db.write(AloneWith::Nobody, move |tx| panels::draws::keep_chances(tx, id, &fairness)).await?;
        }
    }
    Ok(drawn.len())
}

/// Gives the seats of panels that were not confirmed in time to whoever is next; says how many there were.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn lapse_seats(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let now = clock.now();
    let late = db.read(move |tx| panels::seats::unconfirmed(tx, now, BATCH)).await?;
    for id in &late {
        // One at a time: who is next depends on who left before.
        let (id, stamp) = (*id, clock.stamp());
        db.write(AloneWith::Nobody, move |tx| panels::seats::lapse(tx, &stamp, id)).await?;
    }
    Ok(late.len())
}

/// Accepts the reports that staff, or whoever was to revise them, have been silent about for too long; says how many there were.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn accept_silently(db: &Database, config: &Config) -> Result<usize, Failure> {
    let (now, calendar) = (config.clock.now(), &config.promise.calendar);
    let mut accepted = 0;
    loop {
        let perhaps = db.read(move |tx| reports::list::perhaps_left_alone(tx, now, BATCH)).await?;
        let left: Vec<Report> =
            perhaps.into_iter().filter(|report| report.is_left_alone(calendar, now)).collect();
        for report in &left {
            let (id, stamp, calendar) = (report.id, config.clock.stamp(), calendar.clone());
            let accept = db.write(AloneWith::Nobody, move |tx| {
                // Whoever was not silent after all has spoken meanwhile.
                let (found, _) = reports::find(tx, &Actor::System, id)?;
                panels::be_alone_with(tx, found.report.panel_id)?;
                let (found, panel) = reports::find(tx, &Actor::System, id)?;
                match found.report.accepted_by_silence(&panel, &calendar, stamp.at) {
                    Some(after) => reports::update(tx, &stamp, &after, ReportEvent::Accepted).map(|()| 1),
                    None => Ok(0),
                }
            });
            accepted += accept.await?;
        }
        if left.is_empty() {
            return Ok(accepted);
        }
    }
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
