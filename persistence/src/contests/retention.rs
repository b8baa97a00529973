//! What is personal of a contest goes when it has had its time. What was published stays: the result under pseudonyms, and the entries
//! that won, with the teams whose licence they are under.

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _};
use domain::{
    ContestId, EntryId, Stamp,
    contests::{Contest, Marks, entries::Content},
    events::ContestEvent,
};

use super::{Row, be_alone_with, prizes::claims, to_json, update};
use crate::{
    attachments::sweep::forget_of_entry,
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{
        contest_ballots, contest_entries, contest_judges, contest_objections, contest_viewers, contests,
        entry_members, entry_reviews, entry_versions, judge_conflicts, team_invitations,
    },
};

/// The contests that ended, and of which what is personal is still there.
///
/// # Errors
/// Only when the database fails.
pub fn ended(conn: &mut AnyConnection) -> Result<Vec<Contest>> {
    let open = contests::table.filter(contests::forgotten_at.is_null()).select(Row::as_select());
    let mut rows: Vec<Row> = open.filter(contests::finalized_at.is_not_null()).load(conn)?;
    rows.extend(open.filter(contests::cancelled_at.is_not_null()).load::<Row>(conn)?);
    rows.into_iter().map(Contest::try_from).collect()
}

/// Forgets what is personal of a contest, if it is time; says whether it was.
///
/// # Errors
/// Only when the database fails.
pub fn forget(conn: &mut AnyConnection, stamp: &Stamp, id: ContestId) -> Result<bool> {
    be_alone_with(conn, id)?;
    let contest = super::find(conn, &domain::Actor::System, id)?;
    if !contest.is_to_be_forgotten(stamp.at) {
        return Ok(false);
    }
    forget_entries(conn, stamp, id)?;
    forget_judging(conn, id)?;
    diesel::delete(contest_ballots::table.filter(contest_ballots::contest_id.eq(key(id)))).execute(conn)?;
    diesel::delete(contest_viewers::table.filter(contest_viewers::contest_id.eq(key(id)))).execute(conn)?;
    diesel::update(contest_objections::table.filter(contest_objections::contest_id.eq(key(id))))
        .set((
            contest_objections::member_id.eq(None::<KeyValue>),
            contest_objections::text.eq(""),
            contest_objections::note.eq(None::<String>),
        ))
        .execute(conn)?;
    let marks = Marks { forgotten_at: Some(stamp.at), ..contest.marks };
    let forgotten = Contest { marks, updated_at: stamp.at, version: contest.version + 1, ..contest };
    update(conn, stamp, &forgotten, ContestEvent::Forgotten)?;
    Ok(true)
}

/// Entries that won nothing say nothing any more, and are nobody's.
fn forget_entries(conn: &mut AnyConnection, stamp: &Stamp, id: ContestId) -> Result<()> {
    let all: Vec<KeyValue> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(id)))
        .select(contest_entries::id)
        .load(conn)?;
    let won = claims::won(conn, id)?;
    diesel::delete(team_invitations::table.filter(team_invitations::entry_id.eq_any(all.clone())))
        .execute(conn)?;
    diesel::update(contest_entries::table.filter(contest_entries::contest_id.eq(key(id))))
        .set((
            contest_entries::note.eq(None::<String>),
            contest_entries::appeal.eq(None::<String>),
            contest_entries::verdict_note.eq(None::<String>),
        ))
        .execute(conn)?;
    let lost: Vec<KeyValue> = all.into_iter().filter(|entry| !won.contains(&(*entry).into())).collect();
    for entry in &lost {
        forget_of_entry(conn, stamp.at, EntryId::from(*entry))?;
    }
    diesel::delete(entry_versions::table.filter(entry_versions::entry_id.eq_any(lost.clone())))
        .execute(conn)?;
    diesel::delete(entry_members::table.filter(entry_members::entry_id.eq_any(lost.clone())))
        .execute(conn)?;
    diesel::update(contest_entries::table.filter(contest_entries::id.eq_any(lost)))
        .set((
            contest_entries::leader_id.eq(None::<KeyValue>),
            contest_entries::content.eq(to_json(&Content::default())?),
            contest_entries::versions.eq(0),
            contest_entries::from_idea_id.eq(None::<KeyValue>),
        ))
        .execute(conn)?;
    Ok(())
}

/// What judges wrote, and whom they would not judge.
fn forget_judging(conn: &mut AnyConnection, id: ContestId) -> Result<()> {
    diesel::update(entry_reviews::table.filter(entry_reviews::contest_id.eq(key(id))))
        .set((
            entry_reviews::comments.eq("{}"),
            entry_reviews::note.eq(""),
            entry_reviews::reason.eq(None::<String>),
        ))
        .execute(conn)?;
    diesel::delete(judge_conflicts::table.filter(judge_conflicts::contest_id.eq(key(id)))).execute(conn)?;
    // That somebody left stays, and so has a reason; what it was is nobody's to read.
    diesel::update(contest_judges::table.filter(contest_judges::contest_id.eq(key(id))))
        .filter(contest_judges::left_at.is_not_null())
        .set(contest_judges::left_reason.eq(Some("-")))
        .execute(conn)?;
    Ok(())
}
