//! How ballots change: cast, changed, held and decided about, and what is left of those of a member who is forgotten.

use chrono::NaiveDateTime;
use diesel::{AsChangeset, ExpressionMethods as _, Insertable, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Actor, ContestId, MemberId, Stamp,
    contests::{ballots::Ballot, screening::Note},
    events::{BallotEvent, ContestEvent, Event},
};

use super::of_member;
use crate::{
    connection::AnyConnection,
    contests::{self, to_json},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::contest_ballots,
};

/// Stores the first ballot of a member.
///
/// # Errors
/// [`Error::Contended`] when they cast one at the same moment.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, ballot: &Ballot, voter: &str) -> Result<()> {
    let values = (
        contest_ballots::contest_id.eq(key(ballot.contest_id)),
        contest_ballots::member_id.eq(key(ballot.voter)),
        contest_ballots::voter.eq(voter),
        contest_ballots::cast_at.eq(ballot.cast_at.naive_utc()),
        changes(ballot)?,
    );
    let insert = diesel::insert_into(contest_ballots::table).values(values);
    let rows = match conn {
        AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
        AnyConnection::Postgres(postgres) => insert.on_conflict_do_nothing().execute(postgres)?,
    };
    match rows {
        0 => Err(Error::Contended),
        _ => tell(conn, stamp, ballot, BallotEvent::Cast),
    }
}

/// Stores a ballot as the version after the one that was read, and says so where its voter may know.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    ballot: &Ballot,
    what: Option<BallotEvent>,
) -> Result<()> {
    match (replace(conn, ballot)?, what) {
        (0, _) => Err(Error::Contended),
        (_, Some(what)) => tell(conn, stamp, ballot, what),
        (_, None) => Ok(()),
    }
}

/// Holds ballots, but for those that were changed since they were looked at; says how many there were.
///
/// # Errors
/// Only when the database fails.
pub fn hold(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    contest: ContestId,
    ballots: &[Ballot],
) -> Result<usize> {
    let mut held = 0;
    for ballot in ballots {
        held += replace(conn, ballot)?;
    }
    if held > 0 {
        let what = ContestEvent::BallotsHeld;
        outbox::write(conn, stamp, &[Event::Contest { contest, what }])?;
    }
    Ok(held)
}

fn replace(conn: &mut AnyConnection, ballot: &Ballot) -> Result<usize> {
    Ok(diesel::update(contest_ballots::table.find((key(ballot.contest_id), key(ballot.voter))))
        .filter(contest_ballots::version.eq(ballot.version - 1))
        .set(changes(ballot)?)
        .execute(conn)?)
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, ballot: &Ballot, what: BallotEvent) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Ballot { contest: ballot.contest_id, voter: ballot.voter, what }])
}

/// Takes back what a member stars where voting goes on. Elsewhere the ballot stays as it was cast, and nothing with it that was theirs.
pub(in crate::contests) fn forget(conn: &mut AnyConnection, stamp: &Stamp, member: MemberId) -> Result<()> {
    let ids: Vec<KeyValue> = contest_ballots::table
        .filter(contest_ballots::member_id.eq(key(member)))
        .order(contest_ballots::contest_id)
        .select(contest_ballots::contest_id)
        .load(conn)?;
    for (id, nth) in ids.into_iter().zip(0..) {
        // Nobody locks the scores meanwhile.
        contests::be_alone_with(conn, id.into())?;
        let contest = contests::find(conn, &Actor::System, id.into())?;
        let Some(ballot) = of_member(conn, contest.id, member)? else { continue };
        if contest.ensure_takes_ballots(stamp.at).is_ok() {
            diesel::delete(contest_ballots::table.find((id, key(member)))).execute(conn)?;
            tell(conn, &stamp.branch(nth), &ballot, BallotEvent::Withdrawn)?;
        } else {
            // The next version, so that no examination of what was there before brings it back.
            update(conn, stamp, &ballot.forgotten(), None)?;
        }
    }
    Ok(())
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contest_ballots, treat_none_as_null = true)]
struct Changes {
    stars: String,
    state: String,
    signals: String,
    first_act: bool,
    prefix: Option<i64>,
    seconds_on_page: Option<i32>,
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

fn changes(ballot: &Ballot) -> Result<Changes> {
    let text = |note: &Note| note.as_str().to_owned();
    let Ballot { stars, trace, decision, appeal, .. } = ballot;
    let verdict = appeal.as_ref().and_then(|appeal| appeal.verdict.as_ref());
    Ok(Changes {
        stars: to_json(&stars.iter().map(|entry| entry.uuid()).collect::<Vec<_>>())?,
        state: ballot.state.name().to_owned(),
        signals: to_json(&ballot.signals)?,
        first_act: trace.first_act,
        prefix: trace.prefix.map(u64::cast_signed),
        seconds_on_page: trace.seconds_on_page.map(|seconds| i32::try_from(seconds).unwrap_or(i32::MAX)),
        changed_at: ballot.changed_at.naive_utc(),
        decided_at: decision.as_ref().map(|decision| decision.at.naive_utc()),
        note: decision.as_ref().map(|decision| text(&decision.note)),
        appeal: appeal.as_ref().map(|appeal| text(&appeal.text)),
        appealed_at: appeal.as_ref().map(|appeal| appeal.at.naive_utc()),
        verdict_at: verdict.map(|verdict| verdict.at.naive_utc()),
        verdict_granted: verdict.map(|verdict| verdict.granted),
        verdict_note: verdict.map(|verdict| text(&verdict.note)),
        version: ballot.version,
    })
}
