//! The rows of results: what each round was computed from, and what came out.

mod inputs;
mod shown;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{AsChangeset, ExpressionMethods as _, Insertable, QueryDsl as _, RunQueryDsl as _};
use domain::{
    ContestId, EntryId, Stamp,
    contests::{
        Contest,
        results::{Found, Since, with_number},
    },
    digest::hex,
    draws::beacon::Evidence,
    events::ContestEvent,
    judging::bundle::{self, Bundle},
};

pub use self::shown::stars;
use super::{from_json, prizes, tell, to_json};
use crate::{
    connection::AnyConnection,
    error::{Error, Result, Unique, taken},
    key::{KeyValue, key},
    schema::{contest_entries, contest_results},
};

/// What came out of a round, without what it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub round: i32,
    pub found: Found,
    /// In base 16; public from the lock on.
    pub lock_hash: String,
    pub locked_at: DateTime<Utc>,
    pub computed_at: DateTime<Utc>,
    /// Counts how often it came out another way, from 1.
    pub version: i32,
}

type Row = (i32, String, String, NaiveDateTime, NaiveDateTime, i32);
type Columns = (
    contest_results::round,
    contest_results::verdict,
    contest_results::lock_hash,
    contest_results::locked_at,
    contest_results::computed_at,
    contest_results::version,
);
const COLUMNS: Columns = (
    contest_results::round,
    contest_results::verdict,
    contest_results::lock_hash,
    contest_results::locked_at,
    contest_results::computed_at,
    contest_results::version,
);

fn outcome((round, verdict, lock_hash, locked_at, computed_at, version): Row) -> Result<Outcome> {
    Ok(Outcome {
        round,
        found: from_json(&verdict)?,
        lock_hash,
        locked_at: locked_at.and_utc(),
        computed_at: computed_at.and_utc(),
        version,
    })
}

/// What came out of a round.
///
/// # Errors
/// [`Error::Missing`] before it ended.
pub fn find(conn: &mut AnyConnection, contest: ContestId, round: i32) -> Result<Outcome> {
    outcome(contest_results::table.find((key(contest), round)).select(COLUMNS).first::<Row>(conn)?)
}

/// What came out of the present round; none before the scores are locked.
///
/// # Errors
/// Only when the database fails.
pub fn present(conn: &mut AnyConnection, contest: &Contest) -> Result<Option<bundle::Outcome>> {
    match find(conn, contest.id, contest.round) {
        Ok(found) => Ok(Some(found.found.result)),
        Err(Error::Missing) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What came out of the rounds before one, the first of them first.
///
/// # Errors
/// Only when the database fails.
pub fn before(conn: &mut AnyConnection, contest: ContestId, round: i32) -> Result<Vec<Outcome>> {
    let rows: Vec<Row> = contest_results::table
        .filter(contest_results::contest_id.eq(key(contest)))
        .filter(contest_results::round.lt(round))
        .order(contest_results::round)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(outcome).collect()
}

/// What a round was computed from, as the JSON text it was hashed as.
///
/// # Errors
/// [`Error::Missing`] before it ended.
pub fn inputs(conn: &mut AnyConnection, contest: ContestId, round: i32) -> Result<String> {
    let found = contest_results::table.find((key(contest), round)).select(contest_results::inputs);
    Ok(found.first(conn)?)
}

/// The hashes that were made public when the scores of these were locked; none has no row.
///
/// # Errors
/// Only when the database fails.
pub fn lock_hashes(conn: &mut AnyConnection, contests: &[Contest]) -> Result<HashMap<ContestId, String>> {
    let locked = contests.iter().filter(|contest| contest.marks.locked_at.is_some());
    let rounds: HashMap<ContestId, i32> = locked.map(|contest| (contest.id, contest.round)).collect();
    if rounds.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(KeyValue, i32, String)> = contest_results::table
        .filter(contest_results::contest_id.eq_any(rounds.keys().copied().map(key)))
        .select((contest_results::contest_id, contest_results::round, contest_results::lock_hash))
        .load(conn)?;
    let last = |(id, round, hash): (KeyValue, i32, String)| {
        let id = ContestId::from(id);
        (rounds.get(&id) == Some(&round)).then_some((id, hash))
    };
    Ok(rows.into_iter().filter_map(last).collect())
}

/// Freezes the round that a contest is in, and computes it. Nobody else may be at the contest. Of a round with a cut, those who do not
/// go on are marked.
///
/// # Errors
/// Those of [`Contest::frozen`] and [`Contest::computed`].
pub fn freeze(conn: &mut AnyConnection, contest: &Contest, at: DateTime<Utc>) -> Result<Found> {
    let field = inputs::field(conn, contest)?;
    let since = Since { out: inputs::out(conn, contest.id)?, extra: Vec::new() };
    let (inputs, found) = contest.computed(contest.frozen(&field, at)?, &since)?;
    diesel::insert_into(contest_results::table)
        .values((
            contest_results::contest_id.eq(key(contest.id)),
            contest_results::round.eq(contest.round),
            contest_results::lock_hash.eq(hex(inputs.lock())),
            contest_results::locked_at.eq(at.naive_utc()),
            changes(&inputs, &found, at, 1)?,
        ))
        .execute(conn)
        .map_err(taken(Unique::Version))?;
    if contest.cut_to(contest.round).is_some() {
        cut(conn, contest.round, &contest.cut(&field.entries, &found))?;
    }
    Ok(found)
}

/// Marks those who do not go on after a round. Their versions count on, so that nobody who has read them before takes the mark away.
fn cut(conn: &mut AnyConnection, round: i32, entries: &[EntryId]) -> Result<()> {
    diesel::update(contest_entries::table)
        .filter(contest_entries::id.eq_any(entries.iter().copied().map(key)))
        .set((contest_entries::cut_in.eq(round), contest_entries::version.eq(contest_entries::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Computes the result of a locked contest again, with what came after the lock: extra reviews, and who has no rank any more. Nobody else
/// may be at the contest. Nothing is stored, and nothing told, where it comes out as it was; else prizes are offered by it.
///
/// # Errors
/// [`Error::Missing`] before the lock; those of [`Contest::computed`].
pub fn settle(conn: &mut AnyConnection, stamp: &Stamp, contest: &Contest) -> Result<Found> {
    let before = find(conn, contest.id, contest.round)?;
    let (inputs, since) = (inputs(conn, contest.id, contest.round)?, inputs::since(conn, contest)?);
    match contest.is_settled(&from_json(&inputs)?, &since) {
        true => Ok(before.found),
        false => store(conn, stamp, contest, (before.version, from_json(&inputs)?), &since),
    }
}

/// The entries that a result calls so.
///
/// # Errors
/// Only when the database fails.
pub fn entries_called(conn: &mut AnyConnection, contest: &Contest, names: &[String]) -> Result<Vec<EntryId>> {
    let all = inputs::competing(conn, contest.id)?;
    Ok(all.into_iter().filter(|entry| names.contains(&contest.pseudonym_of_entry(*entry))).collect())
}

/// As [`settle`], with the number of a lot.
///
/// # Errors
/// Those of [`settle`] and of [`with_number`].
pub fn draw(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    contest: &Contest,
    evidence: &Evidence,
) -> Result<Found> {
    // Whether a lot is waited for is known of what is true now.
    let found = settle(conn, &stamp.branch(1), contest)?;
    let before = find(conn, contest.id, contest.round)?;
    let inputs = from_json(&inputs(conn, contest.id, contest.round)?)?;
    match with_number(inputs, &found, evidence, stamp.at)? {
        Some(inputs) => {
            let since = inputs::since(conn, contest)?;
            store(conn, stamp, contest, (before.version, inputs), &since)
        }
        None => Ok(found),
    }
}

/// Computes from inputs that were stored as a version, and stores what comes out as the next.
fn store(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    contest: &Contest,
    (version, inputs): (i32, Bundle),
    since: &Since,
) -> Result<Found> {
    let (inputs, found) = contest.computed(inputs, since)?;
    let rows = diesel::update(contest_results::table.find((key(contest.id), contest.round)))
        .filter(contest_results::version.eq(version))
        .set(changes(&inputs, &found, stamp.at, version + 1)?)
        .execute(conn)?;
    match rows {
        0 => Err(Error::Contended),
        _ => {
            tell(conn, stamp, contest.id, ContestEvent::Computed)?;
            prizes::offer(conn, stamp, contest)?;
            Ok(found)
        }
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contest_results)]
struct Changes {
    inputs: String,
    verdict: String,
    computed_at: NaiveDateTime,
    version: i32,
}

fn changes(inputs: &Bundle, found: &Found, at: DateTime<Utc>, version: i32) -> Result<Changes> {
    Ok(Changes { inputs: to_json(inputs)?, verdict: to_json(found)?, computed_at: at.naive_utc(), version })
}
