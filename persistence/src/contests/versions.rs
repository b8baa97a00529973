//! The rows of what was sent, which nobody changes any more.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, QueryDsl as _, RunQueryDsl as _,
};
use domain::{
    EntryId,
    contests::entries::{Entry, Version},
    digest,
};

use super::{from_json, hash, to_json};
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{contest_entries, entry_versions},
};

/// Keeps a version of an entry.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, version: &Version) -> Result<()> {
    diesel::insert_into(entry_versions::table)
        .values((
            entry_versions::entry_id.eq(key(version.entry_id)),
            entry_versions::number.eq(version.number),
            entry_versions::content.eq(to_json(&version.content)?),
            entry_versions::sha256.eq(digest::hex(version.sha256())),
            entry_versions::rules_hash.eq(digest::hex(version.rules_hash)),
            entry_versions::submitted_at.eq(version.submitted_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// All that was sent of an entry, the last first, with what was on each receipt.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, entry: EntryId) -> Result<Vec<(Version, String)>> {
    latest(conn, entry, Entry::VERSIONS_MOST)
}

/// What was sent of an entry last.
///
/// # Errors
/// Only when the database fails.
pub fn last(conn: &mut AnyConnection, entry: EntryId) -> Result<Option<(Version, String)>> {
    Ok(latest(conn, entry, 1)?.pop())
}

/// What was sent of each of these last; one that was never sent is not there.
///
/// # Errors
/// Only when the database fails.
pub fn last_of(conn: &mut AnyConnection, entries: &[EntryId]) -> Result<HashMap<EntryId, (Version, String)>> {
    let is_last = entry_versions::entry_id
        .eq(contest_entries::id)
        .and(entry_versions::number.eq(contest_entries::versions));
    let rows: Vec<Found> = contest_entries::table
        .inner_join(entry_versions::table.on(is_last))
        .filter(contest_entries::id.eq_any(entries.iter().copied().map(key)))
        .select(FOUND)
        .load(conn)?;
    rows.into_iter()
        .map(|row| version(row).map(|(version, hash)| (version.entry_id, (version, hash))))
        .collect()
}

fn latest(conn: &mut AnyConnection, entry: EntryId, most: i32) -> Result<Vec<(Version, String)>> {
    let rows: Vec<Found> = entry_versions::table
        .filter(entry_versions::entry_id.eq(key(entry)))
        .order(entry_versions::number.desc())
        .limit(most.into())
        .select(FOUND)
        .load(conn)?;
    rows.into_iter().map(version).collect()
}

type Found = (KeyValue, i32, String, String, String, NaiveDateTime);
const FOUND: (
    entry_versions::entry_id,
    entry_versions::number,
    entry_versions::content,
    entry_versions::sha256,
    entry_versions::rules_hash,
    entry_versions::submitted_at,
) = (
    entry_versions::entry_id,
    entry_versions::number,
    entry_versions::content,
    entry_versions::sha256,
    entry_versions::rules_hash,
    entry_versions::submitted_at,
);

fn version((entry, number, content, sha256, rules_hash, submitted_at): Found) -> Result<(Version, String)> {
    let version = Version {
        entry_id: entry.into(),
        number,
        content: from_json(&content)?,
        rules_hash: hash(&rules_hash)?,
        submitted_at: submitted_at.and_utc(),
    };
    Ok((version, sha256))
}

/// Forgets what was sent.
pub(super) fn forget(conn: &mut AnyConnection, entry: EntryId) -> Result<()> {
    diesel::delete(entry_versions::table.filter(entry_versions::entry_id.eq(key(entry)))).execute(conn)?;
    Ok(())
}
