//! How comments go out of sight and come back, and what counts them.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    CommentId, Stamp,
    answers::News,
    comments::Comment,
    events::{CommentEvent, Event},
    ideas::Idea,
    moderation::State,
};

use super::change::{mentioned, tell};
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    follows,
    key::{KeyValue, key},
    notifications,
    schema::{comments, ideas},
};

/// Takes a comment out of sight for another reason; what it says stays.
///
/// # Errors
/// [`Error::Contended`] when the comment was changed meanwhile.
pub fn hide(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    comment: &Comment,
    state: State,
) -> Result<()> {
    let left = mark(conn, stamp, comment, Some(state))?;
    if comment.hidden.is_some() {
        Ok(())
    } else {
        leave(conn, stamp, idea, comment, (left, CommentEvent::Hidden))
    }
}

/// How many replies hang on a comment: for all, and for staff.
pub(super) type Hanging = (i64, i64);

pub(super) fn mark(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    comment: &Comment,
    state: Option<State>,
) -> Result<Hanging> {
    diesel::update(comments::table.find(key(comment.id)))
        .filter(comments::version.eq(comment.version))
        .set((
            comments::hidden_at.eq(state.map(|_| stamp.at.naive_utc())),
            comments::hidden_as.eq(state.map(State::name)),
            comments::version.eq(comments::version + 1),
        ))
        .returning((comments::reply_count, comments::staff_reply_count))
        .get_result(conn)
        .optional()?
        .ok_or(Error::Contended)
}

/// Counts a comment that has gone out of sight, and tells of it.
pub(super) fn leave(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    comment: &Comment,
    (left, what): (Hanging, CommentEvent),
) -> Result<()> {
    let gone = Lists { for_all: !comment.internal && left.0 == 0, for_staff: left.1 == 0 };
    forget(conn, comment.parent_id, gone)?;
    if comment.internal {
        return Ok(());
    }
    let unpinned = diesel::update(ideas::table.filter(ideas::id.eq(key(idea.id))))
        .filter(ideas::pinned_comment_id.eq(key(comment.id)))
        .set(ideas::pinned_comment_id.eq(None::<KeyValue>))
        .execute(conn)?;
    let (idea_id, board) = (idea.id, idea.board_id);
    let unpinned =
        (unpinned == 1).then_some(Event::IdeaCommentUnpinned { idea: idea_id, board, comment: comment.id });
    tell(conn, stamp, board, comment, what, unpinned)?;
    diesel::update(ideas::table.filter(ideas::id.eq(key(idea_id))))
        .set(ideas::comment_count.eq(ideas::comment_count - 1))
        .execute(conn)?;
    Ok(())
}

/// Shows a comment that was held, rejected or hidden. Of what was never seen everybody hears as of a new comment.
///
/// # Errors
/// [`Error::Contended`] when the comment was changed meanwhile.
pub fn show(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, comment: &Comment) -> Result<()> {
    let unseen = comment.hidden.is_some_and(|hidden| hidden.state != State::Hidden);
    let (all, staff) = mark(conn, stamp, comment, None)?;
    remember(
        conn,
        comment.parent_id,
        Lists { for_all: !comment.internal && all == 0, for_staff: staff == 0 },
    )?;
    if comment.internal {
        return Ok(());
    }
    if unseen {
        let mentioned = mentioned(conn, comment.id)?;
        let place = (idea.id, comment.author_id);
        let known = (comment.id, stamp);
        notifications::tell_of_comment(conn, known, News::Mentioned, place, &mentioned)?;
        if let Some(parent) = comment.parent_id {
            let author: KeyValue =
                comments::table.find(key(parent)).select(comments::author_id).first(conn)?;
            notifications::tell_of_comment(conn, known, News::Replied, place, &[author.into()])?;
        }
        follows::join(conn, stamp, idea.id, comment.author_id)?;
        let what = CommentEvent::Created { author: comment.author_id, parent: comment.parent_id, mentioned };
        tell(conn, stamp, idea.board_id, comment, what, None)?;
    } else {
        tell(conn, stamp, idea.board_id, comment, CommentEvent::Shown, None)?;
    }
    diesel::update(ideas::table.filter(ideas::id.eq(key(idea.id))))
        .set(ideas::comment_count.eq(ideas::comment_count + 1))
        .execute(conn)?;
    Ok(())
}

/// Whose lists a comment goes out of or comes into.
#[derive(Debug, Clone, Copy)]
struct Lists {
    for_all: bool,
    for_staff: bool,
}

/// Counts a reply that has gone out of its parent, which may be out of sight itself and then go with its last reply. Rows are
/// locked from the leaf to the root, and the idea after them, whatever the change: so none waits for another in a ring.
fn forget(conn: &mut AnyConnection, mut parent: Option<CommentId>, mut gone: Lists) -> Result<()> {
    type Left = (i64, i64, bool, Option<NaiveDateTime>, Option<KeyValue>);
    while let Some(id) = parent.filter(|_| gone.for_all || gone.for_staff) {
        let (all, staff, internal, deleted, above): Left = diesel::update(comments::table.find(key(id)))
            .set((
                comments::reply_count.eq(comments::reply_count - i64::from(gone.for_all)),
                comments::staff_reply_count.eq(comments::staff_reply_count - i64::from(gone.for_staff)),
            ))
            .returning((
                comments::reply_count,
                comments::staff_reply_count,
                comments::internal,
                comments::hidden_at,
                comments::parent_id,
            ))
            .get_result(conn)?;
        let went = deleted.is_some();
        gone = Lists {
            for_all: gone.for_all && went && !internal && all == 0,
            for_staff: gone.for_staff && went && staff == 0,
        };
        parent = above.map(CommentId::from);
    }
    Ok(())
}

/// [`forget`] the other way: a parent that is out of sight comes back into its place with its first reply.
fn remember(conn: &mut AnyConnection, mut parent: Option<CommentId>, mut come: Lists) -> Result<()> {
    type Now = (i64, i64, bool, Option<NaiveDateTime>, Option<KeyValue>);
    while let Some(id) = parent.filter(|_| come.for_all || come.for_staff) {
        let (all, staff, internal, hidden, above): Now = diesel::update(comments::table.find(key(id)))
            .set((
                comments::reply_count.eq(comments::reply_count + i64::from(come.for_all)),
                comments::staff_reply_count.eq(comments::staff_reply_count + i64::from(come.for_staff)),
            ))
            .returning((
                comments::reply_count,
                comments::staff_reply_count,
                comments::internal,
                comments::hidden_at,
                comments::parent_id,
            ))
            .get_result(conn)?;
        let was_gone = hidden.is_some();
        come = Lists {
            for_all: come.for_all && was_gone && !internal && all == 1,
            for_staff: come.for_staff && was_gone && staff == 1,
        };
        parent = above.map(CommentId::from);
    }
    Ok(())
}
