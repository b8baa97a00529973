//! What staff does with a conversation: locked and unlocked, one comment pinned as the answer.

use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{CommentId, MemberId, Stamp, answers::Happening, comments::Comment, events::Event, ideas::Idea};

use crate::{
    activities::{self, Entry},
    connection::AnyConnection,
    error::{Error, Result},
    key::key,
    outbox,
    schema::{comments, ideas},
};

/// Closes the conversation of an idea to members, or opens it again.
///
/// # Errors
/// Only when the database fails.
pub fn set_locked(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    locked: bool,
    by: Option<MemberId>,
) -> Result<()> {
    let changed = diesel::update(ideas::table.filter(ideas::id.eq(key(idea.id))))
        .filter(ideas::comments_locked.eq(!locked))
        .set(ideas::comments_locked.eq(locked))
        .execute(conn)?;
    let (idea, board) = (idea.id, idea.board_id);
    if changed == 0 {
        return Ok(());
    }
    let happening = if locked { Happening::Locked } else { Happening::Unlocked };
    activities::write(conn, (stamp, 0), idea, &Entry::new(happening, by))?;
    match locked {
        true => outbox::write(conn, stamp, &[Event::IdeaCommentsLocked { idea, board }]),
        false => outbox::write(conn, stamp, &[Event::IdeaCommentsUnlocked { idea, board }]),
    }
}

/// Shows a comment as the answer, in place of the one that was.
///
/// # Errors
/// [`Error::Contended`] when the comment was deleted since it was read.
pub fn pin(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    comment: &Comment,
    by: Option<MemberId>,
) -> Result<()> {
    // Changes nothing but waits for a deletion under way, and lets none begin.
    let there = diesel::update(comments::table.find(key(comment.id)))
        .filter(comments::hidden_at.is_null().and(comments::idea_id.eq(key(idea.id))))
        .set(comments::version.eq(comments::version))
        .execute(conn)?;
    if there == 0 {
        return Err(Error::Contended);
    }
    set_pinned(conn, stamp, idea, Some(comment.id), by)
}

/// Shows no comment as the answer.
///
/// # Errors
/// Only when the database fails.
pub fn unpin(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, by: Option<MemberId>) -> Result<()> {
    set_pinned(conn, stamp, idea, None, by)
}

fn set_pinned(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    to: Option<CommentId>,
    by: Option<MemberId>,
) -> Result<()> {
    if idea.pinned_comment_id == to {
        return Ok(());
    }
    let (id, board) = (idea.id, idea.board_id);
    let events: Vec<Event> = [
        idea.pinned_comment_id.map(|comment| Event::IdeaCommentUnpinned { idea: id, board, comment }),
        to.map(|comment| Event::IdeaCommentPinned { idea: id, board, comment }),
    ]
    .into_iter()
    .flatten()
    .collect();
    outbox::write(conn, stamp, &events)?;
    let happening = if to.is_some() { Happening::Pinned } else { Happening::Unpinned };
    activities::write(conn, (stamp, 0), id, &Entry::new(happening, by))?;
    let row = diesel::update(ideas::table.filter(ideas::id.eq(key(id))))
        .set(ideas::pinned_comment_id.eq(to.map(key)));
    let rows = match idea.pinned_comment_id {
        Some(before) => row.filter(ideas::pinned_comment_id.eq(key(before))).execute(conn)?,
        None => row.filter(ideas::pinned_comment_id.is_null()).execute(conn)?,
    };
    if rows == 1 { Ok(()) } else { Err(Error::Contended) }
}
