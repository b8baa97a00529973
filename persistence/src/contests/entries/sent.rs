//! What was sent of entries, which is all that anybody outside their teams may read.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, QueryDsl as _, RunQueryDsl as _,
    SelectableHelper as _, dsl::count_star,
};
use domain::{
    ContestId, EntryId,
    contests::entries::{Content, Entry, State},
    page::{Limit, Page, Place},
};

use super::{Row, from_json};
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{contest_entries, entry_versions},
};

/// An entry with what of it was sent last, which is all that anybody outside its team may read.
#[derive(Debug, Clone)]
pub struct Sent {
    pub entry: Entry,
    pub content: Content,
    pub sha256: String,
    pub submitted_at: DateTime<Utc>,
}

/// What staff have to decide of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Of one that was rejected.
    Appeal,
}

/// What was sent to a contest and not withdrawn, in one state or in any, in the order of their making; samples where their state is
/// asked for; all, or that of which something waits to be decided. Of what was withdrawn, or is a draft again, what was sent once is
/// nobody's to read, whatever state is asked for.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    contest: ContestId,
    (state, waiting): (Option<State>, Option<Waiting>),
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Sent>> {
    let mut query = contest_entries::table
        .inner_join(last_version())
        .filter(contest_entries::contest_id.eq(key(contest)))
        .order(contest_entries::id)
        .limit(limit.probe())
        .select((Row::as_select(), SENT))
        .into_boxed();
    query = match state {
        Some(state) => query
            .filter(contest_entries::state.eq_any(State::READ.map(State::name)))
            .filter(contest_entries::state.eq(state.name())),
        None => query.filter(contest_entries::state.eq_any(State::SENT.map(State::name))),
    };
    if let Some(Waiting::Appeal) = waiting {
        let appealed = contest_entries::appealed_at.is_not_null().and(contest_entries::verdict_at.is_null());
        query = query.filter(contest_entries::state.eq(State::Rejected.name()).and(appealed));
    }
    if let Some(after) = after {
        query = query.filter(contest_entries::id.gt(KeyValue::from(after.id)));
    }
    let rows: Vec<(Row, SentRow)> = query.load(conn)?;
    let found = rows.into_iter().map(sent).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |sent| Place { lap: 0, key: 0, id: sent.entry.id.uuid() }))
}

/// What was sent last of an entry, unless it was withdrawn; or what a sample says.
///
/// # Errors
/// [`crate::Error::Missing`] when nothing was.
pub fn last_sent(conn: &mut AnyConnection, id: EntryId) -> Result<Sent> {
    let found = contest_entries::table
        .inner_join(last_version())
        .filter(contest_entries::id.eq(key(id)))
        .filter(contest_entries::state.eq_any(State::READ.map(State::name)))
        .select((Row::as_select(), SENT))
        .first::<(Row, SentRow)>(conn)?;
    sent(found)
}

/// What is judged in the round a contest is in, as it was sent last, in the order of their making.
///
/// # Errors
/// Only when the database fails.
pub fn judged(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<(EntryId, Content)>> {
    let rows: Vec<(KeyValue, String)> = contest_entries::table
        .inner_join(last_version())
        .filter(contest_entries::contest_id.eq(key(contest)))
        .filter(contest_entries::state.eq(State::Accepted.name()))
        .filter(contest_entries::cut_in.is_null())
        .order(contest_entries::id)
        .select((contest_entries::id, entry_versions::content))
        .load(conn)?;
    rows.into_iter().map(|(id, content)| Ok((id.into(), from_json(&content)?))).collect()
}

/// The samples of a contest, in the order of their making.
///
/// # Errors
/// Only when the database fails.
pub fn samples(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<EntryId>> {
    let rows: Vec<KeyValue> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest)))
        .filter(contest_entries::state.eq(State::Calibration.name()))
        .order(contest_entries::id)
        .select(contest_entries::id)
        .load(conn)?;
    Ok(rows.into_iter().map(EntryId::from).collect())
}

/// What was sent last of these.
///
/// # Errors
/// Only when the database fails.
pub fn last_sent_of(conn: &mut AnyConnection, ids: &[EntryId]) -> Result<Vec<Sent>> {
    last_of(conn, ids, &State::SENT)
}

/// The same, or what a sample says.
///
/// # Errors
/// Only when the database fails.
pub fn last_read_of(conn: &mut AnyConnection, ids: &[EntryId]) -> Result<Vec<Sent>> {
    last_of(conn, ids, &State::READ)
}

fn last_of(conn: &mut AnyConnection, ids: &[EntryId], states: &[State]) -> Result<Vec<Sent>> {
    let rows: Vec<(Row, SentRow)> = contest_entries::table
        .inner_join(last_version())
        .filter(contest_entries::id.eq_any(ids.iter().copied().map(key)))
        .filter(contest_entries::state.eq_any(states.iter().copied().map(State::name)))
        .select((Row::as_select(), SENT))
        .load(conn)?;
    rows.into_iter().map(sent).collect()
}

type SentRow = (String, String, NaiveDateTime);
const SENT: (entry_versions::content, entry_versions::sha256, entry_versions::submitted_at) =
    (entry_versions::content, entry_versions::sha256, entry_versions::submitted_at);

/// The join of an entry with its last version.
#[diesel::dsl::auto_type(no_type_alias)]
fn last_version() -> _ {
    entry_versions::table.on(entry_versions::entry_id
        .eq(contest_entries::id)
        .and(entry_versions::number.eq(contest_entries::versions)))
}

fn sent((row, (content, sha256, submitted_at)): (Row, SentRow)) -> Result<Sent> {
    Ok(Sent {
        entry: row.try_into()?,
        content: from_json(&content)?,
        sha256,
        submitted_at: submitted_at.and_utc(),
    })
}

/// What entries are called, as they were sent last.
///
/// # Errors
/// Only when the database fails.
pub fn titles(conn: &mut AnyConnection, ids: &[EntryId]) -> Result<HashMap<EntryId, String>> {
    let rows: Vec<(KeyValue, String)> = contest_entries::table
        .inner_join(last_version())
        .filter(contest_entries::id.eq_any(ids.iter().copied().map(key)))
        .select((contest_entries::id, entry_versions::content))
        .load(conn)?;
    let titled = |(id, content): (KeyValue, String)| Ok((id.into(), from_json::<Content>(&content)?.title));
    rows.into_iter().map(titled).collect()
}

/// How many entries of these contests were sent and not withdrawn; none has no row.
///
/// # Errors
/// Only when the database fails.
pub fn counts(conn: &mut AnyConnection, contests: &[ContestId]) -> Result<HashMap<ContestId, i64>> {
    let rows: Vec<(KeyValue, i64)> = contest_entries::table
        .filter(contest_entries::contest_id.eq_any(contests.iter().copied().map(key)))
        .filter(contest_entries::state.eq_any(State::SENT.map(State::name)))
        .group_by(contest_entries::contest_id)
        .select((contest_entries::contest_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(contest, count)| (contest.into(), count)).collect())
}
