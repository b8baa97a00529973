//! Ideas that entries grew out of, and those that were made of entries.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
    SelectableHelper as _, dsl::exists,
};
use domain::{
    Actor, IdeaId, MemberId,
    contests::{
        Phase,
        entries::{Entry, State},
        prizes::NameAs,
    },
};

use super::entries::Row;
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{contest_entries, entry_members, prize_claims},
};

/// The entries that grew out of an idea or became it, as far as the actor may know of them: those of their own, and once the result is
/// final what became it, and what grew out of it and won with its author under their whole name. An idea names its author: of
/// nobody else may it say which entry is theirs.
///
/// # Errors
/// Only when the database fails.
pub fn of_idea(
    conn: &mut AnyConnection,
    actor: &Actor,
    (idea, author): (IdeaId, Option<MemberId>),
    now: DateTime<Utc>,
) -> Result<Vec<Entry>> {
    let from = contest_entries::from_idea_id.eq(Some(key(idea)));
    let to = contest_entries::idea_id.eq(Some(key(idea)));
    let rows: Vec<Row> = contest_entries::table
        .filter(from.or(to))
        .order(contest_entries::id)
        .select(Row::as_select())
        .load(conn)?;
    let found = rows.into_iter().map(Entry::try_from).collect::<Result<Vec<_>>>()?;
    let contests = super::each(conn, &found.iter().map(|entry| entry.contest_id).collect::<Vec<_>>())?;
    let own: Vec<KeyValue> = match actor.member_id() {
        Some(member) => entry_members::table
            .filter(entry_members::member_id.eq(key(member)))
            .filter(entry_members::entry_id.eq_any(found.iter().map(|entry| key(entry.id))))
            .select(entry_members::entry_id)
            .load(conn)?,
        None => Vec::new(),
    };
    let named = named(conn, &found, author)?;
    let is_known = |entry: &Entry| {
        let phase = contests.get(&entry.contest_id).map(|contest| contest.phase(now));
        let is_over = matches!(phase, Some(Phase::Final | Phase::Archived));
        let is_public = entry.idea_id == Some(idea) || named.contains(&key(entry.id));
        own.contains(&key(entry.id)) || is_over && is_public && entry.state == State::Accepted
    };
    Ok(found.into_iter().filter(is_known).collect())
}

/// Those of some entries that won, and in whose team the public reads the whole name of a member.
fn named(conn: &mut AnyConnection, of: &[Entry], member: Option<MemberId>) -> Result<Vec<KeyValue>> {
    let Some(member) = member else { return Ok(Vec::new()) };
    let won = prize_claims::table
        .filter(prize_claims::entry_id.eq(entry_members::entry_id))
        .filter(prize_claims::payments.is_not_null());
    Ok(entry_members::table
        .filter(entry_members::member_id.eq(key(member)))
        .filter(entry_members::entry_id.eq_any(of.iter().map(|entry| key(entry.id))))
        .filter(entry_members::name_as.eq(NameAs::Full.name()))
        .filter(exists(won))
        .select(entry_members::entry_id)
        .load(conn)?)
}
