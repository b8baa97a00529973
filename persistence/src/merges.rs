//! The rows of merges: one idea's votes carried over into another, and brought back exactly.
//!
//! A merged idea keeps its own votes as they were; copies of them, marked with where they come from, stand at the idea it
//! was merged into, except where the same person votes there already. Its comments move there and know where they are from.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _,
};
use domain::{
    IdeaId, MemberId, Refusal, Stamp,
    answers::{Happening, News, Notify},
    boards::Board,
    events::Event,
    ideas::Idea,
    statuses::{Category, Status, StatusKey},
};

use crate::{
    activities::{self, Entry},
    batch,
    connection::AnyConnection,
    database::AloneWith,
    error::{Error, Result},
    ideas::{change, upkeep},
    key::{Key, KeyValue, key},
    notifications::{self, Notice},
    outbox,
    schema::{comments, ideas, merges, votes},
    statuses, triage,
    written::Written,
};

/// Merges `source` into `target`: votes and supporters are carried over, each person counted once.
///
/// # Errors
/// [`Error::Contended`] when either changed meanwhile.
pub fn merge(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    (source, source_board): (&Idea, &Board),
    target: &Idea,
    by: Option<MemberId>,
    notify: Notify,
) -> Result<()> {
    batch::lock(conn, AloneWith::Idea(target.id.uuid()))?;
    // Told before, while they are still the supporters of this one.
    let notice = Notice { news: News::Merged, idea: source.id, board: source_board, by, notify };
    let reach = notifications::tell(conn, stamp, &notice)?;
    diesel::insert_into(merges::table)
        .values((
            merges::id.eq(key(stamp.id::<Idea>(0))),
            merges::source_id.eq(key(source.id)),
            merges::target_id.eq(key(target.id)),
            merges::from_status.eq(source.status.key.as_str()),
            merges::merged_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)?;
    // Its row first: a vote that is being cast for it is then either counted before the votes are copied, or refused.
    let merged = statuses::first(conn, source.board_id, Category::Merged)?;
    place(conn, stamp, source, &merged, Some(target.id))?;
    copy_votes(conn, source.id, target.id)?;
    let all = comments::table.filter(comments::idea_id.eq(key(source.id))).select(comments::id).load(conn)?;
    move_comments(conn, all, source.id, target.id)?;
    diesel::update(ideas::table.find(key(target.id)).filter(ideas::merged_into.is_null()))
        .set(ideas::carried_votes.eq(ideas::carried_votes + source.carried_votes))
        .execute(conn)
        .map(|rows| if rows == 1 { Ok(()) } else { Err(Error::Contended) })??;
    upkeep::settle(conn, target.id)?;
    let entry = |happening, idea| Entry { other: Some(idea), ..Entry::new(happening, by) };
    let told = Entry { reach: Some(reach), ..entry(Happening::Merged, target.id) };
    activities::write(conn, (stamp, 0), source.id, &told)?;
    activities::write(conn, (stamp, 1), target.id, &entry(Happening::Absorbed, source.id))?;
    let event = Event::IdeaMerged { idea: source.id, board: source.board_id, into: target.id };
    outbox::write(conn, stamp, &[event])
}

fn copy_votes(conn: &mut AnyConnection, source: IdeaId, target: IdeaId) -> Result<()> {
    Written::<()>::new("INSERT INTO votes (idea_id, member_id, created_at, carried_from) SELECT ")
        .with(target, ", member_id, created_at, ")
        .with(source, " FROM votes WHERE idea_id = ")
        .with(source, " ON CONFLICT DO NOTHING")
        .execute(conn)?;
    // Who of staff cast a vote stands beside the copy as well.
    Written::<()>::new("INSERT INTO proxy_votes (idea_id, member_id, by_member_id, channel, link, created_at) SELECT ")
        .with(target, ", p.member_id, p.by_member_id, p.channel, p.link, p.created_at FROM proxy_votes p JOIN votes v ON v.idea_id = ")
        .with(target, " AND v.member_id = p.member_id AND v.carried_from = p.idea_id WHERE p.idea_id = ")
        .with(source, " ON CONFLICT DO NOTHING")
        .execute(conn)?;
    Ok(())
}

/// Gives an idea its status and the idea it is merged into, if it is still the one that was read.
fn place(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    status: &Status,
    merged_into: Option<IdeaId>,
) -> Result<()> {
    diesel::update(ideas::table.find(key(idea.id)))
        .set((
            ideas::status.eq(status.key.as_str()),
            ideas::category.eq(status.category.key()),
            ideas::merged_into.eq(merged_into.map(key)),
        ))
        .execute(conn)?;
    triage::repeat(conn, idea.id)?;
    change::bump(conn, stamp, idea)
}

/// Takes `source` out of the idea it was merged into: both stand as if it had never been, but for what was done since.
///
/// # Errors
/// [`Refusal::NotMerged`]; [`Refusal::IdeaMerged`] when the other was merged further, which must be undone first;
/// [`Error::Contended`] when either changed meanwhile.
pub fn unmerge(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    source: &Idea,
    by: Option<MemberId>,
) -> Result<IdeaId> {
    let target = source.merged_into.ok_or(Refusal::NotMerged)?;
    batch::lock(conn, AloneWith::Idea(target.uuid()))?;
    let further: Option<KeyValue> = ideas::table.find(key(target)).select(ideas::merged_into).first(conn)?;
    if let Some(into) = further {
        return Err(Refusal::IdeaMerged { into: into.into() }.into());
    }
    let (id, from): (KeyValue, String) = merges::table
        .filter(merges::source_id.eq(key(source.id)).and(merges::unmerged_at.is_null()))
        .order(merges::id.desc())
        .select((merges::id, merges::from_status))
        .first(conn)?;
    let from =
        StatusKey::try_from(&*from).map_err(|_| Error::Broken(format!("merge {}: odd status", id.uuid())))?;
    // A status that was deleted meanwhile gives way to the one ideas begin with.
    let status = match statuses::find(conn, source.board_id, &from) {
        Ok(step) => step.status,
        Err(Error::Missing) => statuses::first(conn, source.board_id, Category::Open)?,
        Err(error) => return Err(error),
    };
    place(conn, stamp, source, &status, None)?;
    diesel::update(merges::table.find(id)).set(merges::unmerged_at.eq(stamp.at.naive_utc())).execute(conn)?;
    take_votes_back(conn, source.id, target)?;
    let family: Vec<KeyValue> = notifications::family_of::<Key>(source.id).load(conn)?;
    let theirs = comments::table
        .filter(comments::idea_id.eq(key(target)).and(comments::home_idea_id.eq_any(family)))
        .select(comments::id)
        .load(conn)?;
    move_comments(conn, theirs, target, source.id)?;
    diesel::update(ideas::table.find(key(target)))
        .set(ideas::carried_votes.eq(ideas::carried_votes - source.carried_votes))
        .execute(conn)?;
    upkeep::settle(conn, target)?;
    let entry = |happening, idea| Entry { other: Some(idea), ..Entry::new(happening, by) };
    activities::write(conn, (stamp, 0), source.id, &entry(Happening::Unmerged, target))?;
    activities::write(conn, (stamp, 1), target, &entry(Happening::Released, source.id))?;
    outbox::write(
        conn,
        stamp,
        &[Event::IdeaUnmerged { idea: source.id, board: source.board_id, from: target }],
    )?;
    Ok(target)
}

/// Moves comments, whole threads of them, to another idea. Whoever is about to change one of them finds it changed.
fn move_comments(conn: &mut AnyConnection, ids: Vec<KeyValue>, from: IdeaId, to: IdeaId) -> Result<()> {
    let counted = comments::table
        .filter(comments::id.eq_any(ids.clone()))
        .filter(comments::internal.eq(false).and(comments::hidden_at.is_null()));
    let moved: i64 = counted.count().get_result(conn)?;
    diesel::update(comments::table.filter(comments::id.eq_any(ids.clone())))
        .set((comments::idea_id.eq(key(to)), comments::version.eq(comments::version + 1)))
        .execute(conn)?;
    diesel::update(ideas::table.find(key(from)))
        .set(ideas::comment_count.eq(ideas::comment_count - moved))
        .execute(conn)?;
    diesel::update(ideas::table.find(key(to)))
        .set(ideas::comment_count.eq(ideas::comment_count + moved))
        .execute(conn)?;
    // What was pinned there went with its thread.
    diesel::update(ideas::table.find(key(from)).filter(ideas::pinned_comment_id.eq_any(ids)))
        .set(ideas::pinned_comment_id.eq(None::<KeyValue>))
        .execute(conn)?;
    Ok(())
}

/// Takes back the copies of a merged idea's votes; where another idea merged into the same one has the vote of the same
/// person, the copy becomes one of that.
fn take_votes_back(conn: &mut AnyConnection, source: IdeaId, target: IdeaId) -> Result<()> {
    let siblings: Vec<KeyValue> = ideas::table
        .filter(ideas::merged_into.eq(key(target)).and(ideas::id.ne(key(source))))
        .order(ideas::id)
        .select(ideas::id)
        .load(conn)?;
    let copies = votes::table.filter(votes::idea_id.eq(key(target)).and(votes::carried_from.eq(key(source))));
    let voters: Vec<KeyValue> = copies.select(votes::member_id).load(conn)?;
    diesel::delete(copies).execute(conn)?;
    if siblings.is_empty() {
        return Ok(());
    }
    for voter in voters {
        let theirs = votes::table
            .filter(votes::member_id.eq(voter).and(votes::idea_id.eq_any(siblings.clone())))
            .order(votes::idea_id)
            .select((votes::idea_id, votes::created_at))
            .first::<(KeyValue, chrono::NaiveDateTime)>(conn)
            .optional()?;
        if let Some((sibling, at)) = theirs {
            let copy = (
                votes::idea_id.eq(key(target)),
                votes::member_id.eq(voter),
                votes::created_at.eq(at),
                votes::carried_from.eq(sibling),
            );
            diesel::insert_into(votes::table).values(copy).execute(conn)?;
        }
    }
    Ok(())
}
