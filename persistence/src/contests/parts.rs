//! What part a member has in contests.

use std::collections::HashMap;

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{ContestId, EntryId, MemberId};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{contest_judges, entry_members},
};

/// What somebody is in a contest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Those they are in, whatever became of them, in the order of their making.
    pub entries: Vec<EntryId>,
    /// Whether they judge it, and have not left.
    pub judges: bool,
}

/// What a member is in these contests; one they have no part in is not there.
///
/// # Errors
/// Only when the database fails.
pub fn of_member(
    conn: &mut AnyConnection,
    contests: &[ContestId],
    member: MemberId,
) -> Result<HashMap<ContestId, Part>> {
    let entered: Vec<(KeyValue, KeyValue)> = entry_members::table
        .filter(entry_members::member_id.eq(key(member)))
        .filter(entry_members::contest_id.eq_any(contests.iter().copied().map(key)))
        .order(entry_members::entry_id)
        .select((entry_members::contest_id, entry_members::entry_id))
        .load(conn)?;
    let judged: Vec<KeyValue> = contest_judges::table
        .filter(contest_judges::member_id.eq(key(member)))
        .filter(contest_judges::contest_id.eq_any(contests.iter().copied().map(key)))
        .filter(contest_judges::left_at.is_null())
        .select(contest_judges::contest_id)
        .load(conn)?;
    let mut parts: HashMap<ContestId, Part> = HashMap::new();
    for (contest, entry) in entered {
        parts.entry(contest.into()).or_default().entries.push(entry.into());
    }
    for contest in judged {
        parts.entry(contest.into()).or_default().judges = true;
    }
    Ok(parts)
}
