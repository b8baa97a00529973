//! The rows of comments: found and read one at a time. How one changes is in [`change`], lists are in [`list`].

pub mod change;
pub mod conversation;
pub mod list;
pub mod mentions;
pub mod reactions;
pub mod sight;
pub(crate) mod upkeep;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    Actor, CommentId, MemberId,
    attachments::Attachment,
    comments::{Comment, Reaction, Tally},
    ideas::Idea,
    page::{Limit, Page, Place},
};

use crate::{
    boards::Seen,
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    ideas,
    key::{KeyValue, key},
    schema::{comment_revisions, comments},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = comments, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    idea_id: KeyValue,
    home_idea_id: KeyValue,
    parent_id: Option<KeyValue>,
    root_id: KeyValue,
    depth: i32,
    author_id: KeyValue,
    internal: bool,
    body: String,
    reply_count: i64,
    staff_reply_count: i64,
    attachment_count: i64,
    agree_count: i64,
    disagree_count: i64,
    thanks_count: i64,
    insightful_count: i64,
    best: f64,
    created_at: NaiveDateTime,
    edited_at: Option<NaiveDateTime>,
    hidden_at: Option<NaiveDateTime>,
    hidden_as: Option<String>,
    version: i32,
}

impl From<Row> for Comment {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            idea_id: row.idea_id.into(),
            home_idea_id: row.home_idea_id.into(),
            parent_id: row.parent_id.map(CommentId::from),
            root_id: row.root_id.into(),
            depth: row.depth,
            author_id: row.author_id.into(),
            internal: row.internal,
            body: row.body,
            reply_count: row.reply_count,
            staff_reply_count: row.staff_reply_count,
            attachment_count: row.attachment_count,
            reactions: Tally {
                agree: row.agree_count,
                disagree: row.disagree_count,
                thanks: row.thanks_count,
                insightful: row.insightful_count,
            },
            best: row.best,
            created_at: row.created_at.and_utc(),
            edited_at: row.edited_at.map(|at| at.and_utc()),
            hidden: ideas::hidden(row.hidden_at, row.hidden_as.as_deref()),
            version: row.version,
        }
    }
}

/// A comment as one reader sees it.
#[derive(Debug, Clone)]
pub struct Read {
    pub comment: Comment,
    pub author_name: String,
    /// Who is mentioned: id and name.
    pub mentions: Vec<(MemberId, String)>,
    /// In their order; none of one that is deleted.
    pub attachments: Vec<Attachment>,
    /// The reader's own reactions.
    pub mine: Vec<Reaction>,
}

/// What a comment said before.
#[derive(Debug, Clone)]
pub struct Revision {
    pub version: i32,
    pub body: String,
    pub replaced_at: DateTime<Utc>,
}

/// The comment with its idea and board, if the actor may know of it.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, actor: &Actor, id: CommentId) -> Result<(Comment, Idea, Seen)> {
    let comment = load(conn, id)?;
    let (idea, on) = ideas::find(conn, actor, comment.idea_id)?;
    if comment.is_seen_by(actor) { Ok((comment, idea, on)) } else { Err(Error::Missing) }
}

/// [`find`] of one that is in sight, and whose idea is.
///
/// # Errors
/// [`Error::Missing`].
pub fn find_living(conn: &mut AnyConnection, actor: &Actor, id: CommentId) -> Result<(Comment, Idea, Seen)> {
    let found = find(conn, actor, id)?;
    match found.0.hidden.is_none() && found.1.hidden.is_none() {
        true => Ok(found),
        false => Err(Error::Missing),
    }
}

/// [`find`], with everything a reader sees, and its idea.
///
/// # Errors
/// [`Error::Missing`].
pub fn read(conn: &mut AnyConnection, actor: &Actor, id: CommentId) -> Result<(Read, Idea)> {
    let (comment, idea, _) = find(conn, actor, id)?;
    let read = list::seen(conn, actor, vec![comment])?.pop().ok_or(Error::Missing)?;
    Ok((read, idea))
}

fn load(conn: &mut AnyConnection, id: CommentId) -> Result<Comment> {
    Ok(comments::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.into())
}

/// What a comment said before each of its edits and before its deletion, latest first.
///
/// # Errors
/// Only when the database fails.
pub fn revisions(
    conn: &mut AnyConnection,
    comment: &Comment,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Revision>> {
    let before = after.and_then(|place| i32::try_from(place.key).ok()).unwrap_or(i32::MAX);
    let rows: Vec<(i32, String, NaiveDateTime)> = comment_revisions::table
        .filter(comment_revisions::comment_id.eq(key(comment.id)))
        .filter(comment_revisions::version.lt(before))
        .order(comment_revisions::version.desc())
        .limit(limit.probe())
        .select((comment_revisions::version, comment_revisions::body, comment_revisions::replaced_at))
        .load(conn)?;
    let revision = |(version, body, at): (i32, String, NaiveDateTime)| Revision {
        version,
        body,
        replaced_at: at.and_utc(),
    };
    let place = |revision: &Revision| Place { lap: 0, key: revision.version.into(), id: comment.id.uuid() };
    Ok(Page::of(rows.into_iter().map(revision).collect(), limit, place))
}
