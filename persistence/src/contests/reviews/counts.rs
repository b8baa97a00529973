//! What is asked of all reviews of a round at once.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    ContestId, EntryId, MemberId,
    contests::{
        Contest,
        assigning::Seat,
        reviews::{Kind, State},
    },
    judging::score::Marks,
};

use super::super::from_json;
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    schema::entry_reviews,
};

/// Marks that count.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    pub entry: EntryId,
    pub judge: MemberId,
    pub kind: Kind,
    pub marks: Marks,
}

/// All marks of a round that were sent and not taken back, in the order in which their reviews were given.
///
/// # Errors
/// Only when the database fails.
pub fn sent_marks(conn: &mut AnyConnection, contest: ContestId, round: i32) -> Result<Vec<Marked>> {
    let rows: Vec<(KeyValue, KeyValue, String, String)> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest)))
        .filter(entry_reviews::round.eq(round))
        .filter(entry_reviews::state.eq(State::Sent.name()))
        .order(entry_reviews::id)
        .select((entry_reviews::entry_id, entry_reviews::judge_id, entry_reviews::kind, entry_reviews::marks))
        .load(conn)?;
    let marked = |(entry, judge, kind, marks): (KeyValue, KeyValue, String, String)| {
        let kind = Kind::named(&kind).ok_or_else(|| Error::Broken(format!("a review: odd kind {kind}")))?;
        Ok(Marked { entry: entry.into(), judge: judge.into(), kind, marks: from_json(&marks)? })
    };
    rows.into_iter().map(marked).collect()
}

/// Who has an entry that competes in the round, or had one.
///
/// # Errors
/// Only when the database fails.
pub fn assigned(conn: &mut AnyConnection, contest: &Contest) -> Result<BTreeSet<MemberId>> {
    let rows: Vec<KeyValue> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)))
        .filter(entry_reviews::round.eq(contest.round))
        .filter(entry_reviews::kind.eq(Kind::Assigned.name()))
        .select(entry_reviews::judge_id)
        .distinct()
        .load(conn)?;
    Ok(rows.into_iter().map(MemberId::from).collect())
}

/// The marks a judge has sent in the round each of these contests is in; none has no row.
///
/// # Errors
/// Only when the database fails.
pub fn sent_by(
    conn: &mut AnyConnection,
    judge: MemberId,
    contests: &HashMap<ContestId, &Contest>,
) -> Result<HashMap<ContestId, Vec<Marks>>> {
    let rows: Vec<(KeyValue, i32, String)> = entry_reviews::table
        .filter(entry_reviews::judge_id.eq(key(judge)))
        .filter(entry_reviews::contest_id.eq_any(contests.keys().copied().map(key)))
        .filter(entry_reviews::state.eq(State::Sent.name()))
        .select((entry_reviews::contest_id, entry_reviews::round, entry_reviews::marks))
        .load(conn)?;
    let mut sent: HashMap<ContestId, Vec<Marks>> = HashMap::new();
    for (contest, round, marks) in rows {
        let contest = ContestId::from(contest);
        if contests.get(&contest).is_some_and(|contest| contest.round == round) {
            sent.entry(contest).or_default().push(from_json(&marks)?);
        }
    }
    Ok(sent)
}

/// How many reviews of a round judges have not sent yet, calibration too.
///
/// # Errors
/// Only when the database fails.
pub fn open_count(conn: &mut AnyConnection, contest: ContestId, round: i32) -> Result<i64> {
    Ok(entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest)))
        .filter(entry_reviews::round.eq(round))
        .filter(entry_reviews::state.eq(State::Open.name()))
        .count()
        .get_result(conn)?)
}

/// Who is before which entry in the round the contest is in, by assignment or by hand.
///
/// # Errors
/// Only when the database fails.
pub fn seats(conn: &mut AnyConnection, contest: &Contest) -> Result<Vec<Seat>> {
    type Found = (KeyValue, KeyValue, String, Option<NaiveDateTime>, Option<String>);
    let rows: Vec<Found> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)))
        .filter(entry_reviews::round.eq(contest.round))
        .filter(entry_reviews::kind.eq(Kind::Assigned.name()))
        .order(entry_reviews::id)
        .select((
            entry_reviews::entry_id,
            entry_reviews::judge_id,
            entry_reviews::state,
            entry_reviews::saved_at,
            entry_reviews::reason,
        ))
        .load(conn)?;
    let seat = |(entry, judge, state, saved_at, reason): Found| Seat {
        entry: entry.into(),
        judge: judge.into(),
        is_held: State::HELD.iter().any(|held| held.name() == state),
        is_touched: state != State::Open.name() || saved_at.is_some() || reason.is_some(),
    };
    Ok(rows.into_iter().map(seat).collect())
}

/// How each review of a round stands: whose it is, how far, and whether somebody began.
///
/// # Errors
/// Only when the database fails.
pub fn standing(
    conn: &mut AnyConnection,
    contest: ContestId,
    round: i32,
) -> Result<Vec<(MemberId, State, bool)>> {
    let rows: Vec<(KeyValue, String, Option<NaiveDateTime>)> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest)))
        .filter(entry_reviews::round.eq(round))
        .select((entry_reviews::judge_id, entry_reviews::state, entry_reviews::saved_at))
        .load(conn)?;
    let found = |(judge, state, saved_at): (KeyValue, String, Option<NaiveDateTime>)| {
        let state =
            State::named(&state).ok_or_else(|| Error::Broken(format!("a review: odd state {state}")))?;
        Ok((judge.into(), state, saved_at.is_some()))
    };
    rows.into_iter().map(found).collect()
}
