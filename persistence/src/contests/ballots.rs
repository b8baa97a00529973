//! The rows of ballots: found, listed and counted. How they change is in `changes`; what may be starred, and by whom, in [`voting`].

mod changes;
pub mod voting;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    dsl::{self, count_star, sum},
    expression::SqlLiteral,
    sql_types::Bool,
};
use domain::{
    ContestId, EntryId, MemberId,
    contests::{
        Barred, Contest,
        ballots::{Ballot, Decision, State, Trace},
        screening::{Appeal, Note, Verdict},
    },
    members::Role,
    page::{Limit, Page, Place},
};
use uuid::Uuid;

pub(super) use self::changes::forget;
pub use self::changes::{hold, insert, update};
use super::from_json;
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{contest_ballots, contests},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = contest_ballots, check_for_backend(MultiBackend))]
struct Row {
    contest_id: KeyValue,
    member_id: KeyValue,
    stars: String,
    state: String,
    signals: String,
    first_act: bool,
    prefix: Option<i64>,
    seconds_on_page: Option<i32>,
    cast_at: NaiveDateTime,
    changed_at: NaiveDateTime,
    decided_at: Option<NaiveDateTime>,
    note: Option<String>,
    appeal: Option<String>,
    appealed_at: Option<NaiveDateTime>,
    verdict_at: Option<NaiveDateTime>,
    verdict_granted: Option<bool>,
    verdict_note: Option<String>,
    version: i32,
}

impl Row {
    fn odd(&self, what: &str) -> Error {
        Error::Broken(format!("ballot in {}: odd {what}", self.contest_id.uuid()))
    }

    fn note(&self, text: &str) -> Result<Note> {
        Note::try_from(text).map_err(|_| self.odd("note"))
    }

    fn decision(&self) -> Result<Option<Decision>> {
        let Some((at, note)) = self.decided_at.zip(self.note.as_deref()) else { return Ok(None) };
        Ok(Some(Decision { at: at.and_utc(), note: self.note(note)? }))
    }

    fn appeal(&self) -> Result<Option<Appeal>> {
        let Some((text, at)) = self.appeal.as_deref().zip(self.appealed_at) else { return Ok(None) };
        let verdict = match (self.verdict_at, self.verdict_granted, &self.verdict_note) {
            (Some(at), Some(granted), Some(note)) => {
                Some(Verdict { at: at.and_utc(), granted, note: self.note(note)? })
            }
            _ => None,
        };
        Ok(Some(Appeal { text: self.note(text)?, at: at.and_utc(), verdict }))
    }
}

impl TryFrom<Row> for Ballot {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            stars: stars_of(&row.stars)?,
            state: State::named(&row.state).ok_or_else(|| row.odd("state"))?,
            signals: from_json(&row.signals)?,
            decision: row.decision()?,
            appeal: row.appeal()?,
            trace: Trace {
                first_act: row.first_act,
                prefix: row.prefix.map(i64::cast_unsigned),
                seconds_on_page: row.seconds_on_page.map(|seconds| u32::try_from(seconds).unwrap_or(0)),
            },
            contest_id: row.contest_id.into(),
            voter: row.member_id.into(),
            cast_at: row.cast_at.and_utc(),
            changed_at: row.changed_at.and_utc(),
            version: row.version,
        })
    }
}

fn stars_of(text: &str) -> Result<BTreeSet<EntryId>> {
    let stars: Vec<Uuid> = from_json(text)?;
    Ok(stars.into_iter().map(EntryId::from).collect())
}

/// The ballot of a member, if they cast one.
///
/// # Errors
/// Only when the database fails.
pub fn of_member(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<Option<Ballot>> {
    let row = contest_ballots::table.find((key(contest), key(member))).select(Row::as_select());
    row.first::<Row>(conn).optional()?.map(Ballot::try_from).transpose()
}

/// The ballot of whoever is called so.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, contest: ContestId, voter: &str) -> Result<Ballot> {
    contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)).and(contest_ballots::voter.eq(voter)))
        .select(Row::as_select())
        .first::<Row>(conn)?
        .try_into()
}

/// Whether the ballot of the row is of somebody who has a vote, as [`domain::contests::terms::Ballot::ensure_of`] says: whoever runs or
/// judges the contest by now has none, however they starred before. All that looks at the ballots of a contest together asks it.
pub(super) fn has_a_vote() -> SqlLiteral<Bool> {
    let staff = Role::ALL.into_iter().filter(|role| role.is_staff());
    let staff: Vec<String> = staff.map(|role| format!("'{}'", role.name())).collect();
    dsl::sql(&format!(
        "NOT EXISTS (SELECT 1 FROM members WHERE members.id = contest_ballots.member_id AND members.role IN ({})) \
         AND NOT EXISTS (SELECT 1 FROM contest_judges WHERE contest_judges.contest_id = contest_ballots.contest_id \
         AND contest_judges.member_id = contest_ballots.member_id)",
        staff.join(", ")
    ))
}

/// Every ballot of a contest.
///
/// # Errors
/// Only when the database fails.
pub fn all(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<Ballot>> {
    let rows: Vec<Row> = contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)))
        .filter(has_a_vote())
        .order(contest_ballots::member_id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Ballot::try_from).collect()
}

/// How the ballots of a contest stand: none is cast, changed, held or decided about without another sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub ballots: i64,
    /// The sum of their versions.
    pub versions: i64,
}

impl Standing {
    /// How they stood when all of them were read.
    #[must_use]
    pub fn of(all: &[Ballot]) -> Self {
        let versions = all.iter().map(|ballot| i64::from(ballot.version)).sum();
        Self { ballots: i64::try_from(all.len()).unwrap_or(i64::MAX), versions }
    }
}

/// Scores are locked over the ballots that were looked through, and no others. Nobody else may be at the contest.
///
/// # Errors
/// [`Barred::JudgingChanged`] when they stand otherwise by now, or nobody looked.
pub fn ensure_examined(
    conn: &mut AnyConnection,
    contest: ContestId,
    examined: Option<Standing>,
) -> Result<()> {
    let (ballots, versions): (i64, Option<i64>) = contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)))
        .filter(has_a_vote())
        .select((count_star(), sum(contest_ballots::version)))
        .first(conn)?;
    match examined == Some(Standing { ballots, versions: versions.unwrap_or_default() }) {
        true => Ok(()),
        false => Err(Error::Refused(Barred::JudgingChanged.into())),
    }
}

/// What every ballot of a contest stars, and whether it counts: all that a tally asks.
///
/// # Errors
/// Only when the database fails.
pub fn stars(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<(BTreeSet<EntryId>, State)>> {
    let rows: Vec<(String, String)> = contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)))
        .filter(has_a_vote())
        .select((contest_ballots::stars, contest_ballots::state))
        .load(conn)?;
    let row = |(stars, state): (String, String)| {
        let state = State::named(&state).ok_or_else(|| Error::Broken(format!("odd state {state}")))?;
        Ok((stars_of(&stars)?, state))
    };
    rows.into_iter().map(row).collect()
}

/// What staff have to decide of a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Of one that was rejected.
    Appeal,
}

/// The ballots of a contest, in one state or in any, in the order of what their voters are called; all, or those of which something
/// waits to be decided.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    contest: ContestId,
    (state, waiting): (Option<State>, Option<Waiting>),
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Ballot>> {
    let mut query = contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)))
        .filter(has_a_vote())
        .order(contest_ballots::voter)
        .limit(limit.probe())
        .select((contest_ballots::voter, Row::as_select()))
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(contest_ballots::state.eq(state.name()));
    }
    if let Some(Waiting::Appeal) = waiting {
        let appealed = contest_ballots::appealed_at.is_not_null().and(contest_ballots::verdict_at.is_null());
        query = query.filter(contest_ballots::state.eq(State::Rejected.name()).and(appealed));
    }
    if let Some(after) = after {
        query = query.filter(contest_ballots::voter.gt(format!("{:016x}", after.key.cast_unsigned())));
    }
    let rows: Vec<(String, Row)> = query.load(conn)?;
    // A cursor can be read, so it holds what the voter is called and never who they are.
    let place = |(voter, _): &(u64, Ballot)| Place { lap: 0, key: voter.cast_signed(), id: Uuid::nil() };
    let found = rows.into_iter().map(|(voter, row)| {
        let odd = |_| Error::Broken(format!("odd voter {voter}"));
        Ok((u64::from_str_radix(&voter, 16).map_err(odd)?, row.try_into()?))
    });
    let page = Page::of(found.collect::<Result<Vec<_>>>()?, limit, place);
    Ok(page.map(|(_, ballot)| ballot))
}

/// How many ballots are held.
///
/// # Errors
/// Only when the database fails.
pub fn held_count(conn: &mut AnyConnection, contest: ContestId) -> Result<i64> {
    Ok(contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)))
        .filter(contest_ballots::state.eq(State::Held.name()))
        .filter(has_a_vote())
        .count()
        .get_result(conn)?)
}

/// Scores are not locked with ballots that are held, appealed, or may still be appealed.
///
/// # Errors
/// [`Barred::BallotsHeld`].
pub fn ensure_none_waits(conn: &mut AnyConnection, contest: &Contest, now: DateTime<Utc>) -> Result<()> {
    match waiting(conn, contest, now)? {
        0 => Ok(()),
        waiting => Err(Error::Refused(Barred::BallotsHeld { waiting }.into())),
    }
}

fn waiting(conn: &mut AnyConnection, contest: &Contest, now: DateTime<Utc>) -> Result<i64> {
    let window = TimeDelta::hours(contest.terms.appeal_hours.into());
    let may_appeal = contest_ballots::appealed_at
        .is_null()
        .and(contest_ballots::decided_at.assume_not_null().gt((now - window).naive_utc()));
    let appealed = contest_ballots::appealed_at.is_not_null().and(contest_ballots::verdict_at.is_null());
    let rejected: i64 = contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest.id)))
        .filter(contest_ballots::state.eq(State::Rejected.name()))
        .filter(has_a_vote())
        .filter(may_appeal.or(appealed))
        .count()
        .get_result(conn)?;
    Ok(held_count(conn, contest.id)? + rejected)
}

/// The contests that are judged now: ballots are cast in them, or wait to be looked at.
///
/// # Errors
/// Only when the database fails.
pub fn undecided(conn: &mut AnyConnection) -> Result<Vec<Contest>> {
    let ids: Vec<KeyValue> = contests::table
        .filter(contests::judging_at.is_not_null().and(contests::locked_at.is_null()))
        .filter(contests::cancelled_at.is_null())
        .select(contests::id)
        .load(conn)?;
    let ids: Vec<ContestId> = ids.into_iter().map(Into::into).collect();
    Ok(super::each(conn, &ids)?.into_values().collect())
}
