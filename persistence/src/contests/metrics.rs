//! What the numbers of a contest are worked out from.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::{
    AggregateExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
    dsl::{count, count_star, exists},
    result::{DatabaseErrorKind, Error as Diesel},
};
use domain::{
    ContestId, MemberId,
    contests::{Contest, Phase, entries::State, metrics::Funnel},
};

use super::{ballots::has_a_vote, prizes::claims};
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{contest_ballots, contest_entries, contest_viewers, entry_reviews},
};

/// Keeps that a member was shown a contest, the first time.
///
/// # Errors
/// [`Error::Contended`] when it is being kept at this moment.
pub fn see(conn: &mut AnyConnection, contest: ContestId, member: MemberId, at: DateTime<Utc>) -> Result<()> {
    let seen = contest_viewers::table.find((key(contest), key(member)));
    if diesel::select(exists(seen)).get_result(conn)? {
        return Ok(());
    }
    diesel::insert_into(contest_viewers::table)
        .values((
            contest_viewers::contest_id.eq(key(contest)),
            contest_viewers::member_id.eq(key(member)),
            contest_viewers::first_at.eq(at.naive_utc()),
        ))
        .execute(conn)
        .map(drop)
        .map_err(|error| match error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Error::Contended,
            error => error.into(),
        })
}

/// How many came how far, as far as it may be known now.
///
/// # Errors
/// Only when the database fails.
pub fn funnel(conn: &mut AnyConnection, contest: &Contest, now: DateTime<Utc>) -> Result<Funnel> {
    let id = key(contest.id);
    let viewers = contest_viewers::table.filter(contest_viewers::contest_id.eq(id)).count();
    let viewed = match contest.marks.forgotten_at {
        Some(_) => None,
        None => Some(viewers.get_result(conn)?),
    };
    if !contest.is_unsealed(now) {
        return Ok(Funnel { viewed, ..Funnel::default() });
    }
    let states: Vec<(String, i64)> = contest_entries::table
        .filter(contest_entries::contest_id.eq(id))
        .group_by(contest_entries::state)
        .select((contest_entries::state, count_star()))
        .load(conn)?;
    let in_any = |of: &[State]| {
        let counted = states.iter().filter(|(state, _)| of.iter().any(|one| one.name() == state));
        Some(counted.map(|(_, count)| count).sum())
    };
    let judged = entry_reviews::table
        .inner_join(contest_entries::table)
        .filter(contest_entries::state.eq(State::Accepted.name()))
        .filter(entry_reviews::contest_id.eq(id))
        .filter(entry_reviews::state.eq("sent"))
        .filter(entry_reviews::kind.ne("calibration"))
        .select(count(entry_reviews::entry_id).aggregate_distinct())
        .get_result(conn)?;
    let won = claims::won(conn, contest.id)?.len();
    Ok(Funnel {
        viewed,
        begun: in_any(&[State::SENT.as_slice(), &[State::Draft, State::Withdrawn]].concat()),
        submitted: in_any(&State::SENT),
        accepted: in_any(&[State::Accepted]),
        judged: Some(judged),
        awarded: matches!(contest.phase(now), Phase::Final | Phase::Archived).then_some(won as i64),
    })
}

/// How many reviews of a round are in which state.
///
/// # Errors
/// Only when the database fails.
pub fn reviews(conn: &mut AnyConnection, contest: &Contest) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)))
        .filter(entry_reviews::round.eq(contest.round))
        .group_by(entry_reviews::state)
        .select((entry_reviews::state, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// How many judges have entries to mark in a round, and how many of them have marked all.
///
/// # Errors
/// Only when the database fails.
pub fn judges(conn: &mut AnyConnection, contest: &Contest) -> Result<(usize, usize)> {
    let rows: Vec<(KeyValue, String)> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)))
        .filter(entry_reviews::round.eq(contest.round))
        .filter(entry_reviews::state.eq_any(["open", "sent"]))
        .group_by((entry_reviews::judge_id, entry_reviews::state))
        .select((entry_reviews::judge_id, entry_reviews::state))
        .load(conn)?;
    let at_work = rows.iter().filter(|(_, state)| state == "open").count();
    let judges: HashSet<MemberId> = rows.into_iter().map(|(id, _)| id.into()).collect();
    Ok((judges.len(), judges.len() - at_work))
}

/// How many ballots are in which state.
///
/// # Errors
/// Only when the database fails.
pub fn ballots(conn: &mut AnyConnection, contest: ContestId) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)))
        .filter(has_a_vote())
        .group_by(contest_ballots::state)
        .select((contest_ballots::state, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
