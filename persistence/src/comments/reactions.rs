//! The rows of reactions, and the counters and the order they move.

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    BoardId, CommentId, MemberId, Stamp,
    comments::{Comment, Reaction, Tally, wilson},
    events::{CommentEvent, Event},
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{comment_reactions, comments},
};

/// Whether the member reacts so to the comment.
///
/// # Errors
/// Only when the database fails.
pub fn exists(
    conn: &mut AnyConnection,
    comment: CommentId,
    member: MemberId,
    kind: Reaction,
) -> Result<bool> {
    let row: Option<KeyValue> = comment_reactions::table
        .find((key(comment), key(member), kind.key()))
        .select(comment_reactions::member_id)
        .first(conn)
        .optional()?;
    Ok(row.is_some())
}

/// Adds a member's reaction, if it is not there yet, and takes back the one that says the opposite.
///
/// # Errors
/// [`Error::Contended`] when the comment was deleted since it was read.
pub fn add(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    board: BoardId,
    comment: &Comment,
    member: MemberId,
    kind: Reaction,
) -> Result<()> {
    let (mut more, mut events) = (Tally::default(), Vec::new());
    if let Some(opposite) = kind.opposite()
        && take(conn, comment.id, member, opposite)?
    {
        more = more.with(opposite, -1);
        events.push(CommentEvent::ReactionRemoved { member, reaction: opposite });
    }
    if put(conn, stamp, comment.id, member, kind)? {
        more = more.with(kind, 1);
        events.push(CommentEvent::ReactionAdded { member, reaction: kind });
    }
    settle(conn, stamp, board, comment, more, events)
}

/// Takes a member's reaction back, if it is there.
///
/// # Errors
/// [`Error::Contended`] when the comment was deleted since it was read.
pub fn remove(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    board: BoardId,
    comment: &Comment,
    member: MemberId,
    kind: Reaction,
) -> Result<()> {
    if !take(conn, comment.id, member, kind)? {
        return Ok(());
    }
    let event = CommentEvent::ReactionRemoved { member, reaction: kind };
    settle(conn, stamp, board, comment, Tally::default().with(kind, -1), vec![event])
}

fn put(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    comment: CommentId,
    member: MemberId,
    kind: Reaction,
) -> Result<bool> {
    let insert = diesel::insert_into(comment_reactions::table).values((
        comment_reactions::comment_id.eq(key(comment)),
        comment_reactions::member_id.eq(key(member)),
        comment_reactions::kind.eq(kind.key()),
        comment_reactions::created_at.eq(stamp.at.naive_utc()),
    ));
    let rows = match conn {
        AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
        AnyConnection::Postgres(postgres) => insert.on_conflict_do_nothing().execute(postgres)?,
    };
    Ok(rows == 1)
}

fn take(conn: &mut AnyConnection, comment: CommentId, member: MemberId, kind: Reaction) -> Result<bool> {
    let row = comment_reactions::table.find((key(comment), key(member), kind.key()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Counts what came and went, and says so. The row of the comment, once counted, is this change's own, so the order that
/// follows from its counters cannot be that of others.
fn settle(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    board: BoardId,
    comment: &Comment,
    more: Tally,
    events: Vec<CommentEvent>,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    if !comment.internal {
        let (comment, idea) = (comment.id, comment.idea_id);
        let told: Vec<Event> =
            events.into_iter().map(|what| Event::Comment { comment, idea, board, what }).collect();
        outbox::write(conn, stamp, &told)?;
    }
    let row = comments::table.find(key(comment.id));
    let (agree, disagree): (i64, i64) = diesel::update(row)
        .filter(comments::hidden_at.is_null())
        .set((
            comments::agree_count.eq(comments::agree_count + more.agree),
            comments::disagree_count.eq(comments::disagree_count + more.disagree),
            comments::thanks_count.eq(comments::thanks_count + more.thanks),
            comments::insightful_count.eq(comments::insightful_count + more.insightful),
        ))
        .returning((comments::agree_count, comments::disagree_count))
        .get_result(conn)
        .optional()?
        .ok_or(Error::Contended)?;
    if more.agree != 0 || more.disagree != 0 {
        diesel::update(row).set(comments::best.eq(wilson(agree, disagree))).execute(conn)?;
    }
    Ok(())
}
