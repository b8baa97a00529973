//! What is personal of a contest goes when it has had its time. What was published stays: the result under pseudonyms, and the entries
//! that won, with the teams whose licence they are under.

use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, dsl::not,
};
use domain::{
    ContestId, EntryId, Stamp,
    contests::{Contest, Marks, entries::Content, prizes::Shares},
    events::ContestEvent,
};

use super::{be_alone_with, prizes::claims, to_json, update};
use crate::{
    attachments::sweep::forget_of_entry,
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{
        attachments, contest_ballots, contest_entries, contest_judges, contest_objections, contest_viewers,
        contests, entry_disqualifications, entry_members, entry_reviews, entry_versions, judge_conflicts,
        prize_claims, team_invitations,
    },
};

/// The contests that ended, and of which what is personal is still there; whether it is time is found out of each alone, so that one
/// whose row cannot be read keeps nobody else's there.
///
/// # Errors
/// Only when the database fails.
pub fn ended(conn: &mut AnyConnection) -> Result<Vec<ContestId>> {
    let open = contests::table.filter(contests::forgotten_at.is_null()).select(contests::id);
    let mut ids: Vec<KeyValue> = open.filter(contests::finalized_at.is_not_null()).load(conn)?;
    ids.extend(open.filter(contests::cancelled_at.is_not_null()).load::<KeyValue>(conn)?);
    Ok(ids.into_iter().map(ContestId::from).collect())
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
    forget_prizes(conn, id)?;
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

/// Entries that won nothing say nothing any more, and are nobody's. All of them are named by their contest: it may have more than a
/// statement takes values.
fn forget_entries(conn: &mut AnyConnection, stamp: &Stamp, id: ContestId) -> Result<()> {
    let entries = contest_entries::table.filter(contest_entries::contest_id.eq(key(id)));
    let of_contest = entries.select(contest_entries::id);
    diesel::delete(team_invitations::table.filter(team_invitations::entry_id.eq_any(of_contest)))
        .execute(conn)?;
    // Whoever read one before writes nothing of it back: it is another version.
    diesel::update(entries)
        .set((
            contest_entries::note.eq(None::<String>),
            contest_entries::appeal.eq(None::<String>),
            contest_entries::verdict_note.eq(None::<String>),
            contest_entries::version.eq(contest_entries::version + 1),
        ))
        .execute(conn)?;
    let won = prize_claims::table
        .filter(prize_claims::contest_id.eq(key(id)))
        .filter(prize_claims::payments.is_not_null())
        .select(prize_claims::entry_id);
    let lost = entries.filter(not(contest_entries::id.eq_any(won)));
    let lost_ids = lost.select(contest_entries::id);
    let kept = claims::won(conn, id)?;
    let with_files: Vec<Option<KeyValue>> = attachments::table
        .filter(attachments::entry_id.eq_any(entries.select(contest_entries::id.nullable())))
        .select(attachments::entry_id)
        .distinct()
        .load(conn)?;
    for entry in with_files.into_iter().flatten().map(EntryId::from).filter(|entry| !kept.contains(entry)) {
        forget_of_entry(conn, stamp.at, entry)?;
    }
    diesel::delete(entry_versions::table.filter(entry_versions::entry_id.eq_any(lost_ids))).execute(conn)?;
    diesel::delete(entry_members::table.filter(entry_members::entry_id.eq_any(lost_ids))).execute(conn)?;
    diesel::update(lost)
        .set((
            contest_entries::leader_id.eq(None::<KeyValue>),
            contest_entries::content.eq(to_json(&Content::default())?),
            contest_entries::versions.eq(0),
            contest_entries::from_idea_id.eq(None::<KeyValue>),
        ))
        .execute(conn)?;
    Ok(())
}

/// What was said of a team that lost its rank, and how a team that was paid nothing would have divided its prize.
fn forget_prizes(conn: &mut AnyConnection, id: ContestId) -> Result<()> {
    // That it lost its rank stays, and so has a note; what it was is nobody's to read.
    diesel::update(entry_disqualifications::table.filter(entry_disqualifications::contest_id.eq(key(id))))
        .set(entry_disqualifications::note.eq("-"))
        .execute(conn)?;
    diesel::update(prize_claims::table.filter(prize_claims::contest_id.eq(key(id))))
        .filter(prize_claims::payments.is_null())
        .set((
            prize_claims::shares.eq(to_json(&Shares::default())?),
            prize_claims::version.eq(prize_claims::version + 1),
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
