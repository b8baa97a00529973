//! The rows of moderation: posts that were held or reported, what was decided, and the words that are banned.

pub mod queue;
pub mod words;

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _,
};
use domain::{
    BoardId, CommentId, IdeaId, MemberId, Stamp,
    answers::News,
    comments::Comment,
    ideas::Idea,
    moderation::{Cause, Complaint, Decision, Hidden, Note, Poster},
};
use serde_json::json;

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    members, notifications,
    schema::{comments, ideas, moderation_cases, reports},
    written::Written,
};

/// What is moderated.
#[derive(Debug, Clone, Copy)]
pub enum Post<'a> {
    Idea(&'a Idea),
    Comment(&'a Comment, &'a Idea),
}

impl Post<'_> {
    fn key(&self) -> KeyValue {
        match self {
            Self::Idea(idea) => key(idea.id),
            Self::Comment(comment, _) => key(comment.id),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Idea(_) => "idea",
            Self::Comment(..) => "comment",
        }
    }

    fn place(&self) -> (IdeaId, BoardId) {
        match self {
            Self::Idea(idea) | Self::Comment(_, idea) => (idea.id, idea.board_id),
        }
    }

    #[must_use]
    pub fn hidden(&self) -> Option<Hidden> {
        match self {
            Self::Idea(idea) => idea.hidden,
            Self::Comment(comment, _) => comment.hidden,
        }
    }

    #[must_use]
    pub fn author(&self) -> Option<MemberId> {
        match self {
            Self::Idea(idea) => idea.author_id,
            Self::Comment(comment, _) => Some(comment.author_id),
        }
    }
}

/// What is known of a member who posts.
///
/// # Errors
/// [`crate::Error::Missing`] when there is no such member.
pub fn poster(conn: &mut AnyConnection, id: MemberId) -> Result<Poster> {
    let member = members::find(conn, id)?;
    let idea: Option<KeyValue> = ideas::table
        .filter(ideas::author_id.eq(key(id)).and(ideas::hidden_at.is_null()))
        .select(ideas::id)
        .first(conn)
        .optional()?;
    let published = match idea {
        Some(_) => true,
        None => comments::table
            .filter(comments::author_id.eq(key(id)).and(comments::hidden_at.is_null()))
            .select(comments::id)
            .first::<KeyValue>(conn)
            .optional()?
            .is_some(),
    };
    let (staff, trusted) = (member.role.is_staff(), member.trusted);
    Ok(Poster { staff, trusted, joined_at: member.created_at, published })
}

/// Opens the case of a post, or leaves it open. The statement takes the lock on the case, so those who report a post at once
/// are counted one after the other.
fn open(conn: &mut AnyConnection, stamp: &Stamp, post: Post<'_>, causes: Option<&[Cause]>) -> Result<()> {
    let (idea, board) = post.place();
    let named = json!(causes.unwrap_or_default().iter().map(|cause| cause.name()).collect::<Vec<_>>());
    let insert = Written::<()>::new(
        "INSERT INTO moderation_cases (post_id, kind, idea_id, board_id, open, report_count, causes, opened_at, author_id) VALUES (",
    )
    .with(post.key(), ", ")
    .with(post.kind(), ", ")
    .with(idea, ", ")
    .with(board, ", TRUE, 0, ")
    .with(named.to_string(), ", ");
    let insert = match post.author() {
        Some(author) => insert.with(stamp.at.naive_utc(), ", ").with(author, ")"),
        None => insert.with(stamp.at.naive_utc(), ", NULL)"),
    };
    let anew = match causes {
        Some(_) => "causes = excluded.causes, ",
        None => "",
    };
    insert
        .then(Written::new(format!(
            " ON CONFLICT (post_id) DO UPDATE SET {anew}open = TRUE, opened_at = CASE WHEN moderation_cases.open \
             THEN moderation_cases.opened_at ELSE excluded.opened_at END"
        )))
        .execute(conn)?;
    Ok(())
}

/// Puts a post that is held into the queue.
///
/// # Errors
/// Only when the database fails.
pub fn hold(conn: &mut AnyConnection, stamp: &Stamp, post: Post<'_>, causes: &[Cause]) -> Result<()> {
    open(conn, stamp, post, Some(causes))
}

/// Puts a post that a member reports into the queue. Reporting it again says it anew.
///
/// # Errors
/// Only when the database fails.
pub fn report(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    post: Post<'_>,
    by: MemberId,
    (complaint, note): (Complaint, &Note),
) -> Result<()> {
    open(conn, stamp, post, None)?;
    Written::<()>::new("INSERT INTO reports (post_id, member_id, complaint, note, open, created_at) VALUES (")
        .with(post.key(), ", ")
        .with(by, ", ")
        .with(complaint.name(), ", ")
        .with(note.as_str(), ", TRUE, ")
        .with(
            stamp.at.naive_utc(),
            ") ON CONFLICT (post_id, member_id) DO UPDATE SET complaint = excluded.complaint, note = excluded.note, \
             open = TRUE, created_at = excluded.created_at",
        )
        .execute(conn)?;
    let count: i64 = reports::table
        .filter(reports::post_id.eq(post.key()).and(reports::open.eq(true)))
        .count()
        .get_result(conn)?;
    diesel::update(moderation_cases::table.find(post.key()))
        .set(moderation_cases::report_count.eq(count))
        .execute(conn)?;
    Ok(())
}

/// A decision and whom it is by.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    pub decision: Decision,
    pub reason: Option<&'a Note>,
    pub by: Option<MemberId>,
}

/// Closes the case of a post with a decision, and tells its author unless nothing changes for them.
///
/// # Errors
/// Only when the database fails.
pub fn decide(conn: &mut AnyConnection, stamp: &Stamp, post: Post<'_>, decided: Decided<'_>) -> Result<()> {
    open(conn, stamp, post, None)?;
    diesel::update(moderation_cases::table.find(post.key()))
        .set((
            moderation_cases::open.eq(false),
            moderation_cases::report_count.eq(0),
            moderation_cases::decision.eq(decided.decision.name()),
            moderation_cases::reason.eq(decided.reason.map(Note::as_str)),
            moderation_cases::decided_by.eq(decided.by.map(key)),
            moderation_cases::decided_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)?;
    diesel::update(reports::table.filter(reports::post_id.eq(post.key()).and(reports::open.eq(true))))
        .set(reports::open.eq(false))
        .execute(conn)?;
    // Of reports that were found empty the author never knew.
    let unchanged = post.hidden().is_none() && decided.decision == Decision::Approve;
    let (Some(author), Some(by), false) = (post.author(), decided.by, unchanged) else { return Ok(()) };
    // The id of the case of this decision, not of the post: an author may hear of several.
    let told: CommentId = stamp.id(15);
    notifications::tell_of_comment(conn, (told, stamp), News::Moderated, (post.place().0, by), &[author])
}

/// Closes the case of a post that is deleted.
///
/// # Errors
/// Only when the database fails.
pub fn close(conn: &mut AnyConnection, post: Post<'_>) -> Result<()> {
    diesel::update(moderation_cases::table.find(post.key()).filter(moderation_cases::open.eq(true)))
        .set(moderation_cases::open.eq(false))
        .execute(conn)?;
    Ok(())
}

/// The reason that the author of a post was given last, if there is one.
///
/// # Errors
/// Only when the database fails.
pub fn reason(conn: &mut AnyConnection, post: Post<'_>) -> Result<Option<String>> {
    let found: Option<Option<String>> =
        moderation_cases::table.find(post.key()).select(moderation_cases::reason).first(conn).optional()?;
    Ok(found.flatten())
}
