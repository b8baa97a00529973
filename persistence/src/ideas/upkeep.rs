//! Upkeep: counters and scores worked out again from the rows.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{IdeaId, ranking, search::Folded};

use crate::{
    comments,
    connection::AnyConnection,
    error::{Result, Unique, taken},
    key::{KeyValue, key},
    schema::{idea_texts, ideas, votes},
    search,
};

/// What a recount of some ideas found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recount {
    pub ideas: usize,
    /// Ideas and comments with a counter that differed from its rows; mended.
    pub counters: usize,
    /// Ideas whose trending score was further off than rounding explains, and comments whose `best` was; mended.
    pub scores: usize,
    /// Where to go on from; none when all are done.
    pub next: Option<IdeaId>,
}

/// A score this far off is drift and not rounding.
const TOLERANCE: f64 = 1e-6;

/// Recounts up to `most` ideas after `after` by id, and mends what differs: there must be nothing.
///
/// # Errors
/// Only when the database fails.
pub fn recount(conn: &mut AnyConnection, after: Option<IdeaId>, most: i64) -> Result<Recount> {
    type Found = (KeyValue, i64, i64, f64, NaiveDateTime);
    let after = KeyValue::from(after.map_or(uuid::Uuid::nil(), |id| id.uuid()));
    let rows: Vec<Found> = ideas::table
        .filter(ideas::id.gt(after))
        .order(ideas::id)
        .limit(most)
        .select((ideas::id, ideas::vote_count, ideas::carried_votes, ideas::trending, ideas::created_at))
        .load(conn)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) == most;
    let mut found = Recount { ideas: rows.len(), ..Recount::default() };
    let last = rows.last().map(|(id, ..)| *id);
    found.next = rows.last().filter(|_| more).map(|(id, ..)| IdeaId::from(*id));
    for (id, vote_count, carried, trending, created) in rows {
        let (true_count, true_score) = from_rows(conn, id, carried, created)?;
        if vote_count != true_count || (trending - true_score).abs() > TOLERANCE {
            // Perhaps only a vote came in between the two looks.
            let (counter, score) = settle(conn, id.into())?;
            found.counters += usize::from(counter);
            found.scores += usize::from(score);
        }
    }
    if let Some(last) = last {
        let (counters, orders) = comments::upkeep::recount(conn, after, last)?;
        found.counters += counters;
        found.scores += orders;
    }
    Ok(found)
}

/// Makes counter and score of an idea equal to its rows, while no vote for it can be stored; says which differed.
pub(crate) fn settle(conn: &mut AnyConnection, idea: IdeaId) -> Result<(bool, bool)> {
    let row = ideas::table.find(key(idea));
    // Changes nothing but takes the lock that every vote needs to be counted.
    diesel::update(row).set(ideas::version.eq(ideas::version)).execute(conn)?;
    let (vote_count, carried, trending, created): (i64, i64, f64, NaiveDateTime) = row
        .select((ideas::vote_count, ideas::carried_votes, ideas::trending, ideas::created_at))
        .first(conn)?;
    let (true_count, true_score) = from_rows(conn, key(idea), carried, created)?;
    let differs = (vote_count != true_count, (trending - true_score).abs() > TOLERANCE);
    if differs != (false, false) {
        diesel::update(row)
            .set((ideas::vote_count.eq(true_count), ideas::trending.eq(true_score)))
            .execute(conn)?;
    }
    Ok(differs)
}

fn from_rows(
    conn: &mut AnyConnection,
    idea: KeyValue,
    carried: i64,
    created: NaiveDateTime,
) -> Result<(i64, f64)> {
    let times: Vec<NaiveDateTime> =
        votes::table.filter(votes::idea_id.eq(idea)).select(votes::created_at).load(conn)?;
    let count = carried + i64::try_from(times.len()).unwrap_or(i64::MAX);
    let times = times.into_iter().map(|at| at.and_utc());
    Ok((count, ranking::from_rows(created.and_utc(), carried, times)))
}

/// Ends what has had its time: answers kept for repeated requests since before `replays`, and sessions that ran out
/// before `sessions`. Returns how many rows went.
///
/// # Errors
/// Only when the database fails.
pub fn expire(conn: &mut AnyConnection, replays: DateTime<Utc>, sessions: DateTime<Utc>) -> Result<usize> {
    use crate::schema::{replays as replays_table, sessions as sessions_table};
    let replays = diesel::delete(replays_table::table)
        .filter(replays_table::created_at.lt(replays.naive_utc()))
        .execute(conn)?;
    let sessions = diesel::delete(sessions_table::table)
        .filter(sessions_table::expires_at.lt(sessions.naive_utc()))
        .execute(conn)?;
    Ok(replays + sessions)
}

/// Whether a job may run now: at most one node is told yes in each `period`. The answer is only worth something once
/// the transaction is stored.
///
/// # Errors
/// Only when the database fails.
pub fn take_turn(
    conn: &mut AnyConnection,
    job: &str,
    now: DateTime<Utc>,
    period: chrono::Duration,
) -> Result<bool> {
    use crate::schema::leases;
    let turn = leases::done_at.eq(now.naive_utc());
    let due = diesel::update(leases::table.find(job))
        .filter(leases::done_at.le((now - period).naive_utc()))
        .set(turn)
        .execute(conn)?;
    if due == 1 {
        return Ok(true);
    }
    let known: i64 = leases::table.filter(leases::name.eq(job)).count().get_result(conn)?;
    if known == 1 {
        return Ok(false);
    }
    // Two nodes that both find no row: one insert wins, the other fails and is told no.
    let first = diesel::insert_into(leases::table).values((leases::name.eq(job), turn)).execute(conn);
    first.map_err(taken(Unique::Lease)).map(|rows| rows == 1)
}

/// How many ideas are put into the search index at a time.
const INDEXED: i64 = 500;

/// Puts every idea into the search index anew.
///
/// # Errors
/// Only when the database fails.
pub fn index_all(conn: &mut AnyConnection) -> Result<()> {
    let mut last = KeyValue::from(uuid::Uuid::nil());
    loop {
        let rows: Vec<(KeyValue, KeyValue, String, String)> = ideas::table
            .inner_join(idea_texts::table)
            .filter(ideas::id.gt(last))
            .order(ideas::id)
            .limit(INDEXED)
            .select((ideas::id, ideas::board_id, idea_texts::title, idea_texts::body))
            .load(conn)?;
        let Some((id, ..)) = rows.last() else { return Ok(()) };
        last = *id;
        for (id, board, title, body) in rows {
            search::index(conn, id.into(), board.into(), &Folded::new(&title), &Folded::new(&body))?;
        }
    }
}
