//! What a result is computed from, read from the rows of entries, reviews, ballots and prizes.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
    dsl::{exists, not},
};
use domain::{
    ContestId, EntryId,
    contests::{
        Contest,
        entries::State,
        results::{Cast, Field, Purpose, Sent, Since},
    },
    judging::bundle,
};
use uuid::Uuid;

use super::from_json;
use crate::{
    connection::AnyConnection,
    contests::ballots::has_a_vote,
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{
        contest_ballots, contest_entries, entry_disqualifications, entry_members, entry_reviews, prize_claims,
    },
};

/// Everything that the present round is computed from, now.
pub fn field(conn: &mut AnyConnection, contest: &Contest) -> Result<Field> {
    let ballots = match contest.cut_to(contest.round) {
        Some(_) => Vec::new(),
        None => ballots(conn, contest.id)?,
    };
    Ok(Field {
        entries: competing(conn, contest.id)?,
        sent: sent(conn, contest, &["assigned", "calibration"])?,
        open: open(conn, contest)?,
        ballots,
    })
}

/// What came after the lock, until now. Of tied entries a judge has scored some, nothing is known before they have scored all.
pub fn since(conn: &mut AnyConnection, contest: &Contest) -> Result<Since> {
    let open: Vec<KeyValue> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)).and(entry_reviews::round.eq(contest.round)))
        .filter(entry_reviews::kind.eq("extra").and(entry_reviews::state.eq("open")))
        .select(entry_reviews::judge_id)
        .load(conn)?;
    let mut extra = sent(conn, contest, &["extra"])?;
    extra.retain(|review| !open.contains(&key(review.judge)));
    Ok(Since { out: out(conn, contest.id)?, extra })
}

/// Entries that were accepted and came through every round.
pub fn competing(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<EntryId>> {
    let found: Vec<KeyValue> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest)))
        .filter(contest_entries::state.eq(State::Accepted.name()))
        .filter(contest_entries::cut_in.is_null())
        .select(contest_entries::id)
        .load(conn)?;
    Ok(found.into_iter().map(EntryId::from).collect())
}

/// Entries that are in no ranking: withdrawn, disqualified, of those who declined their prize, or nobody's any more.
pub fn out(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<EntryId>> {
    let withdrawn: Vec<KeyValue> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest)))
        .filter(contest_entries::state.eq(State::Withdrawn.name()))
        .select(contest_entries::id)
        .load(conn)?;
    let team = entry_members::table.filter(entry_members::entry_id.eq(contest_entries::id));
    let nobodys: Vec<KeyValue> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest)))
        .filter(contest_entries::state.eq(State::Accepted.name()))
        .filter(not(exists(team)))
        .select(contest_entries::id)
        .load(conn)?;
    let disqualified: Vec<KeyValue> = entry_disqualifications::table
        .filter(entry_disqualifications::contest_id.eq(key(contest)))
        .select(entry_disqualifications::entry_id)
        .load(conn)?;
    let declined: Vec<KeyValue> = prize_claims::table
        .filter(prize_claims::contest_id.eq(key(contest)))
        .filter(prize_claims::declined_at.is_not_null())
        .select(prize_claims::entry_id)
        .load(conn)?;
    Ok([withdrawn, nobodys, disqualified, declined].concat().into_iter().map(EntryId::from).collect())
}

fn open(conn: &mut AnyConnection, contest: &Contest) -> Result<i64> {
    Ok(entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)))
        .filter(entry_reviews::round.eq(contest.round))
        .filter(entry_reviews::state.eq("open"))
        .count()
        .get_result(conn)?)
}

/// What was sent in the present round, of some kinds.
fn sent(conn: &mut AnyConnection, contest: &Contest, kinds: &[&str]) -> Result<Vec<Sent>> {
    let rows: Vec<(KeyValue, KeyValue, String, String)> = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)).and(entry_reviews::round.eq(contest.round)))
        .filter(entry_reviews::state.eq("sent"))
        .filter(entry_reviews::kind.eq_any(kinds.to_vec()))
        .select((entry_reviews::entry_id, entry_reviews::judge_id, entry_reviews::kind, entry_reviews::marks))
        .load(conn)?;
    let sent = |(entry, judge, kind, marks): (KeyValue, KeyValue, String, String)| {
        let purpose = match kind.as_str() {
            "assigned" => Purpose::Score,
            "calibration" => Purpose::Calibration,
            "extra" => Purpose::TieBreak,
            odd => return Err(Error::Broken(format!("a review of the kind {odd}"))),
        };
        Ok(Sent { entry: entry.into(), judge: judge.into(), marks: from_json(&marks)?, purpose })
    };
    rows.into_iter().map(sent).collect()
}

fn ballots(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<Cast>> {
    let rows: Vec<(KeyValue, String, String)> = contest_ballots::table
        .filter(contest_ballots::contest_id.eq(key(contest)))
        .filter(has_a_vote())
        .select((contest_ballots::member_id, contest_ballots::stars, contest_ballots::state))
        .load(conn)?;
    let cast = |(voter, stars, state): (KeyValue, String, String)| {
        let stars: Vec<Uuid> = from_json(&stars)?;
        let state = match state.as_str() {
            "counted" => bundle::State::Counted,
            "held" => bundle::State::Held,
            "rejected" => bundle::State::Rejected,
            odd => return Err(Error::Broken(format!("a ballot that is {odd}"))),
        };
        Ok(Cast { voter: voter.into(), stars: stars.into_iter().map(EntryId::from).collect(), state })
    };
    rows.into_iter().map(cast).collect()
}
