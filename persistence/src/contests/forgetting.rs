//! Forgetting who entered: others lead their teams, and what they entered alone goes, or stays under no name once it is judged.

mod judging;

use std::collections::BTreeSet;

use diesel::{ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    ContestId, MemberId, Stamp,
    contests::{
        entries::{Content, Entry, State},
        screening::Screening,
    },
    events::EntryEvent,
    members::Member,
};

use super::{
    ballots, be_alone_with,
    entries::{self, Whole},
    objections, prizes, teams, versions,
};
use crate::{
    attachments::sweep::forget_of_entry,
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{contest_ballots, contest_entries, contest_judges, contest_objections, entry_members},
};

/// Takes a member out of every contest.
pub(crate) fn forget(conn: &mut AnyConnection, stamp: &Stamp, member: &Member) -> Result<()> {
    // All of them first and in one order for all, so that no two who leave wait for each other.
    for contest in contests_of(conn, member.id)? {
        be_alone_with(conn, contest)?;
    }
    ballots::forget(conn, &stamp.branch(20_000), member.id)?;
    teams::forget(conn, member)?;
    judging::forget(conn, &stamp.branch(u16::MAX), member.id)?;
    objections::forget(conn, &stamp.branch(30_000), member.id)?;
    let ids: Vec<(KeyValue, KeyValue)> = entry_members::table
        .filter(entry_members::member_id.eq(key(member.id)))
        .order((entry_members::contest_id, entry_members::entry_id))
        .select((entry_members::contest_id, entry_members::entry_id))
        .load(conn)?;
    for ((contest, entry), nth) in ids.into_iter().zip(0..) {
        be_alone_with(conn, contest.into())?;
        let whole = entries::whole(conn, entry.into())?;
        take_out(conn, &stamp.branch(nth), whole, member.id)?;
    }
    Ok(())
}

/// The contests that somebody has a part in.
fn contests_of(conn: &mut AnyConnection, member: MemberId) -> Result<BTreeSet<ContestId>> {
    let me = key(member);
    let mut ids: Vec<KeyValue> = entry_members::table
        .filter(entry_members::member_id.eq(me))
        .select(entry_members::contest_id)
        .load(conn)?;
    ids.extend(
        contest_judges::table
            .filter(contest_judges::member_id.eq(me))
            .select(contest_judges::contest_id)
            .load::<KeyValue>(conn)?,
    );
    ids.extend(
        contest_ballots::table
            .filter(contest_ballots::member_id.eq(me))
            .select(contest_ballots::contest_id)
            .load::<KeyValue>(conn)?,
    );
    ids.extend(
        contest_objections::table
            .filter(contest_objections::member_id.assume_not_null().eq(me))
            .select(contest_objections::contest_id)
            .load::<KeyValue>(conn)?,
    );
    Ok(ids.into_iter().map(ContestId::from).collect())
}

fn take_out(conn: &mut AnyConnection, stamp: &Stamp, whole: Whole, member: MemberId) -> Result<()> {
    let Whole { entry, contest, team } = whole;
    let is_alone = team.members.len() == 1;
    let is_judged = contest.marks.judging_at.is_some();
    match (is_alone, entry.state) {
        (true, State::Draft) => {
            forget_of_entry(conn, stamp.at, entry.id)?;
            entries::delete(conn, stamp, &entry)
        }
        (true, State::Withdrawn) => wipe(conn, stamp, entry, EntryEvent::Updated),
        // What was not let in is before no judge, and no result rests on it. That it was rejected stays.
        (true, State::Rejected) if is_judged => wipe(conn, stamp, entry, EntryEvent::Updated),
        (true, _) if !is_judged => {
            wipe(conn, stamp, Entry { state: State::Withdrawn, ..entry }, EntryEvent::Withdrawn)
        }
        _ => {
            let leader_id = team.leader_without(member, entry.leader_id);
            let state = entry.state_without(team.members.len() - 1, &contest, stamp.at);
            // What somebody said for themselves is no part of what was judged.
            let appeal = entry.screening.appeal.clone().filter(|_| !is_alone);
            let screening = Screening { appeal, ..entry.screening.clone() };
            let left = Entry { leader_id, state, screening, ..entry }.regrouped(stamp.at);
            entries::update(conn, stamp, &left, EntryEvent::TeamChanged)?;
            teams::leave(conn, left.id, member)?;
            prizes::forget(conn, stamp, (&contest, left.id), member, team.members.len() - 1)
        }
    }
}

/// Leaves an entry in its state that says nothing.
fn wipe(conn: &mut AnyConnection, stamp: &Stamp, entry: Entry, what: EntryEvent) -> Result<()> {
    forget_of_entry(conn, stamp.at, entry.id)?;
    versions::forget(conn, entry.id)?;
    let wiped = Entry {
        leader_id: None,
        content: Content::default(),
        versions: 0,
        idea_id: None,
        screening: Screening { reasons: entry.screening.reasons.clone(), ..Screening::default() },
        ..entry
    };
    let wiped = wiped.regrouped(stamp.at);
    entries::update(conn, stamp, &wiped, what)?;
    diesel::update(contest_entries::table.find(key(wiped.id)))
        .set(contest_entries::from_idea_id.eq(None::<KeyValue>))
        .execute(conn)?;
    diesel::delete(entry_members::table.filter(entry_members::entry_id.eq(key(wiped.id)))).execute(conn)?;
    Ok(())
}
