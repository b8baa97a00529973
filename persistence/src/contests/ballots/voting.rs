//! What may be starred, and by whom.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, RunQueryDsl as _, dsl::exists, select, sql_types::Integer,
};
use domain::{
    ContestId, EntryId, MemberId,
    contests::{ballots::Voter, entries::State},
    judging::ballots::Candidate,
    members::Role,
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{contest_entries, contest_judges, entry_members, members},
    written::Written,
};

/// The entries that may be starred: those that were accepted. Stars are long given when one is disqualified, and who is missing then
/// would tell of it before the result does.
///
/// # Errors
/// Only when the database fails.
pub fn candidates(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<EntryId>> {
    let ids: Vec<KeyValue> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest)))
        .filter(contest_entries::state.eq(State::Accepted.name()))
        .select(contest_entries::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// What these entries are to a member who stars them. What was never accepted is not told apart from what is not there.
///
/// # Errors
/// Only when the database fails.
pub fn standing(
    conn: &mut AnyConnection,
    contest: ContestId,
    member: MemberId,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, Candidate>> {
    let asked = || entries.iter().copied().map(key);
    let rows: Vec<(KeyValue, String)> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest)).and(contest_entries::id.eq_any(asked())))
        .select((contest_entries::id, contest_entries::state))
        .load(conn)?;
    let own: Vec<KeyValue> = entry_members::table
        .filter(entry_members::member_id.eq(key(member)).and(entry_members::entry_id.eq_any(asked())))
        .select(entry_members::entry_id)
        .load(conn)?;
    let standing = rows.into_iter().filter_map(|(id, state)| {
        let candidate = match State::named(&state)? {
            State::Accepted | State::Withdrawn if own.contains(&id) => Candidate::Own,
            State::Accepted => Candidate::Open,
            State::Withdrawn => Candidate::Withdrawn,
            State::Draft | State::Submitted | State::Rejected | State::FixRequested | State::Calibration => {
                return None;
            }
        };
        Some((id.into(), candidate))
    });
    Ok(standing.collect())
}

/// Who wants to vote.
///
/// # Errors
/// [`Error::Missing`].
pub fn voter(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<Voter> {
    let judges = contest_judges::member_id.eq(members::id).and(contest_judges::contest_id.eq(key(contest)));
    let (role, since, judge): (String, NaiveDateTime, Option<KeyValue>) = members::table
        .left_join(contest_judges::table.on(judges))
        .filter(members::id.eq(key(member)))
        .select((members::role, members::created_at, contest_judges::member_id.nullable()))
        .first(conn)?;
    let role = Role::named(&role).ok_or_else(|| Error::Broken(format!("odd role {role}")))?;
    Ok(Voter { role, member_since: since.and_utc(), judges: judge.is_some() })
}

/// Whether a member is in an entry of the contest that was not withdrawn.
///
/// # Errors
/// Only when the database fails.
pub fn enters(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<bool> {
    let own = entry_members::table
        .filter(entry_members::contest_id.eq(key(contest)).and(entry_members::member_id.eq(key(member))))
        .filter(entry_members::slot.is_not_null());
    Ok(select(exists(own)).get_result(conn)?)
}

/// The entries of a contest that a member is in.
///
/// # Errors
/// Only when the database fails.
pub fn own(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<Vec<EntryId>> {
    let ids: Vec<KeyValue> = entry_members::table
        .filter(entry_members::contest_id.eq(key(contest)).and(entry_members::member_id.eq(key(member))))
        .select(entry_members::entry_id)
        .load(conn)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Where a member leaves something that shows they came for more than one vote: the table, and whose column.
const ACTS: [(&str, &str); 9] = [
    ("votes", "member_id"),
    ("ideas", "author_id"),
    ("comments", "author_id"),
    ("comment_reactions", "member_id"),
    ("response_ratings", "member_id"),
    ("follows", "member_id"),
    ("applications", "member_id"),
    ("entry_members", "member_id"),
    ("contest_ballots", "member_id"),
];

/// Whether a member has ever done anything here.
///
/// # Errors
/// Only when the database fails.
pub fn has_acted(conn: &mut AnyConnection, member: MemberId) -> Result<bool> {
    let mut asked = Written::<Integer>::new("SELECT 1 WHERE FALSE");
    for (table, column) in ACTS {
        let act = format!(" OR EXISTS (SELECT 1 FROM {table} WHERE {column} = ");
        asked = asked.then(Written::new(act).with(member, ")"));
    }
    Ok(asked.get_result::<i32>(conn).optional()?.is_some())
}
