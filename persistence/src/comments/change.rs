//! How comments come, change and are deleted.

use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    BoardId, CommentId, MemberId, Stamp,
    answers::News,
    comments::{Comment, Said},
    events::{CommentEvent, Event},
    ideas::Idea,
    moderation::State,
};

use super::sight;
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    follows,
    key::{KeyValue, key},
    notifications, outbox,
    schema::{comment_mentions, comment_revisions, comments, ideas},
};

/// What makes a comment.
#[derive(Debug, Clone, Copy)]
pub struct NewComment<'a> {
    pub idea: &'a Idea,
    pub parent: Option<&'a Comment>,
    pub author: MemberId,
    pub internal: bool,
    pub said: &'a Said,
    pub mentions: &'a [MemberId],
    /// Whether it is out of sight until somebody has looked at it.
    pub held: bool,
}

/// Stores a new comment; a reply to a note is a note. One that is held counts for nothing yet, and nobody hears of it. The row of the idea is changed last, so that it is locked briefly.
///
/// # Errors
/// [`Error::Contended`] when what it hangs on was deleted, locked or moved since it was read.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, new: &NewComment<'_>) -> Result<CommentId> {
    let id: CommentId = stamp.id(0);
    let internal = new.internal || new.parent.is_some_and(|parent| parent.internal);
    diesel::insert_into(comments::table)
        .values((
            (
                comments::id.eq(key(id)),
                comments::idea_id.eq(key(new.idea.id)),
                comments::home_idea_id.eq(key(new.parent.map_or(new.idea.id, |parent| parent.home_idea_id))),
                comments::parent_id.eq(new.parent.map(|parent| key(parent.id))),
                comments::root_id.eq(key(new.parent.map_or(id, |parent| parent.root_id))),
                comments::depth.eq(new.parent.map_or(0, |parent| parent.depth + 1)),
                comments::author_id.eq(key(new.author)),
                comments::internal.eq(internal),
                comments::body.eq(new.said.as_str()),
            ),
            (comments::reply_count.eq(0), comments::staff_reply_count.eq(0)),
            (comments::agree_count.eq(0), comments::disagree_count.eq(0)),
            (comments::thanks_count.eq(0), comments::insightful_count.eq(0), comments::best.eq(0.0)),
            (
                comments::hidden_at.eq(new.held.then(|| stamp.at.naive_utc())),
                comments::hidden_as.eq(new.held.then(|| State::Held.name())),
            ),
            (comments::created_at.eq(stamp.at.naive_utc()), comments::version.eq(1)),
        ))
        .execute(conn)?;
    mention(conn, id, new.mentions)?;
    if new.held {
        return Ok(id);
    }
    tell_of(conn, (id, stamp), new, internal)?;
    if let Some(parent) = new.parent {
        let rows = diesel::update(comments::table.find(key(parent.id)))
            .filter(comments::hidden_at.is_null().and(comments::idea_id.eq(key(new.idea.id))))
            .set((
                comments::reply_count.eq(comments::reply_count + i64::from(!internal)),
                comments::staff_reply_count.eq(comments::staff_reply_count + 1),
            ))
            .execute(conn)?;
        if rows == 0 {
            return Err(Error::Contended);
        }
    }
    if internal {
        return Ok(id);
    }
    follows::join(conn, stamp, new.idea.id, new.author)?;
    let what = CommentEvent::Created {
        author: new.author,
        parent: new.parent.map(|parent| parent.id),
        mentioned: new.mentions.to_vec(),
    };
    let event = Event::Comment { comment: id, idea: new.idea.id, board: new.idea.board_id, what };
    outbox::write(conn, stamp, &[event])?;
    let rows = diesel::update(ideas::table.filter(ideas::id.eq(key(new.idea.id))))
        .filter(ideas::hidden_at.is_null().and(ideas::status.eq(new.idea.status.key.as_str())))
        .filter(ideas::comments_locked.eq(new.idea.comments_locked))
        .set(ideas::comment_count.eq(ideas::comment_count + 1))
        .execute(conn)?;
    if rows == 1 { Ok(id) } else { Err(Error::Contended) }
}

/// Tells whom a new comment mentions and whom it answers; of a note only the staff it mentions.
fn tell_of(
    conn: &mut AnyConnection,
    comment: (CommentId, &Stamp),
    new: &NewComment<'_>,
    internal: bool,
) -> Result<()> {
    let place = (new.idea.id, new.author);
    notifications::tell_of_comment(conn, comment, News::Mentioned, place, new.mentions)?;
    match new.parent {
        Some(parent) if !internal => {
            notifications::tell_of_comment(conn, comment, News::Replied, place, &[parent.author_id])
        }
        _ => Ok(()),
    }
}

fn mention(conn: &mut AnyConnection, id: CommentId, members: &[MemberId]) -> Result<()> {
    for member in members {
        diesel::insert_into(comment_mentions::table)
            .values((comment_mentions::comment_id.eq(key(id)), comment_mentions::member_id.eq(key(*member))))
            .execute(conn)?;
    }
    Ok(())
}

/// Whom a comment mentions.
///
/// # Errors
/// Only when the database fails.
pub fn mentioned(conn: &mut AnyConnection, id: CommentId) -> Result<Vec<MemberId>> {
    let rows: Vec<KeyValue> = comment_mentions::table
        .filter(comment_mentions::comment_id.eq(key(id)))
        .order(comment_mentions::member_id)
        .select(comment_mentions::member_id)
        .load(conn)?;
    Ok(rows.into_iter().map(MemberId::from).collect())
}

/// Puts new words, if there are any, and mentions in place of the old. The old words are kept as a revision.
///
/// # Errors
/// [`Error::Contended`] when the comment was changed meanwhile.
pub fn edit(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    board: BoardId,
    comment: &Comment,
    said: Option<&Said>,
    mentions: &[MemberId],
) -> Result<()> {
    keep_revision(conn, stamp, comment)?;
    let before = mentioned(conn, comment.id)?;
    diesel::delete(comment_mentions::table.filter(comment_mentions::comment_id.eq(key(comment.id))))
        .execute(conn)?;
    mention(conn, comment.id, mentions)?;
    let mentioned = mentions.iter().copied().filter(|member| !before.contains(member)).collect();
    let what = CommentEvent::Updated { version: comment.version + 1, mentioned };
    if comment.hidden.is_none() {
        tell(conn, stamp, board, comment, what, None)?;
    }
    let rows = diesel::update(comments::table.find(key(comment.id)))
        .filter(comments::version.eq(comment.version))
        .set((
            comments::body.eq(said.map_or(&*comment.body, Said::as_str)),
            comments::edited_at.eq(stamp.at.naive_utc()),
            comments::version.eq(comments::version + 1),
        ))
        .execute(conn)?;
    if rows == 1 { Ok(()) } else { Err(Error::Contended) }
}

/// Contended where somebody else has just put the comment aside under the same version.
fn keep_revision(conn: &mut AnyConnection, stamp: &Stamp, comment: &Comment) -> Result<()> {
    // Takes the lock on the comment first, so that the loser of two edits does not come as far as the revision.
    let rows = diesel::update(comments::table.find(key(comment.id)))
        .filter(comments::version.eq(comment.version))
        .set(comments::version.eq(comments::version))
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    diesel::insert_into(comment_revisions::table)
        .values((
            comment_revisions::comment_id.eq(key(comment.id)),
            comment_revisions::version.eq(comment.version),
            comment_revisions::body.eq(&*comment.body),
            comment_revisions::replaced_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what happened to a comment, and what to its idea besides; of a note nothing.
pub(super) fn tell(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    board: BoardId,
    comment: &Comment,
    what: CommentEvent,
    besides: Option<Event>,
) -> Result<()> {
    if comment.internal {
        return Ok(());
    }
    let event = Event::Comment { comment: comment.id, idea: comment.idea_id, board, what };
    let events: Vec<Event> = std::iter::once(event).chain(besides).collect();
    outbox::write(conn, stamp, &events)
}

/// Takes the words of a comment away; they stay as a revision. Where replies hang on it, its place stays.
///
/// # Errors
/// [`Error::Contended`] when the comment was changed meanwhile.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, comment: &Comment) -> Result<()> {
    keep_revision(conn, stamp, comment)?;
    diesel::delete(comment_mentions::table.filter(comment_mentions::comment_id.eq(key(comment.id))))
        .execute(conn)?;
    diesel::update(comments::table.find(key(comment.id))).set(comments::body.eq("")).execute(conn)?;
    let left = sight::mark(conn, stamp, comment, Some(State::Deleted))?;
    if comment.hidden.is_some() {
        Ok(())
    } else {
        sight::leave(conn, stamp, idea, comment, (left, CommentEvent::Deleted))
    }
}
