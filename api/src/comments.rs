//! Comments: written, read, changed and deleted under an idea.

mod bodies;
mod conversation;
mod list;
mod reactions;

use actix_web::{delete, get, patch, post, web};
use domain::{
    Action, Actor, CommentId, IdeaId, Refusal, Stamp, attachments::Place, boards::Board,
    comments::ensure_sees_notes, ideas::Idea, moderation::State, text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    comments::{
        self,
        change::{self, NewComment},
        mentions::{self, Circle},
        sight,
    },
    ideas,
    moderation::{self, Post as Posted},
};

pub use self::bodies::CommentBody;
use self::{
    bodies::{NewCommentBody, UpdateCommentBody, each_once},
    conversation::{list_mentionable, lock_comments, pin_comment, unlock_comments, unpin_comment},
    list::{list_comment_revisions, list_comments},
    reactions::{add_reaction, remove_reaction},
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    attachments::{attach, links::Links},
    body::{Json, PathId},
    error::Failure,
    moderation::{held_after_edit, held_for},
    once::Post,
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_comments).service(create_comment);
    to.service(get_comment).service(update_comment).service(delete_comment);
    to.service(list_comment_revisions);
    to.service(add_reaction).service(remove_reaction);
    to.service(lock_comments).service(unlock_comments);
    to.service(pin_comment).service(unpin_comment);
    to.service(list_mentionable);
}

/// Comment on an idea, or reply to a comment
///
/// Only staff may write notes (`internal`), and only staff ever see them; a reply to a note is one.
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = NewCommentBody,
    responses((status = 201, body = CommentBody), (status = 403, description = "board_forbidden"),
        (status = 409, description = "comments_closed, idea_merged, thread_too_deep")))]
#[post("/v1/ideas/{id}/comments")]
async fn create_comment(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<NewCommentBody>,
) -> Result<Reply<CommentBody>, Failure> {
    let (id, stamp, new) = (IdeaId::from(id), app.stamp(), post.body.parts()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (idea, on) = ideas::find(tx, actor, id)?;
        on.ensure_may(actor, Action::Comment)?;
        idea.ensure_takes_comments(actor)?;
        if new.internal {
            ensure_sees_notes(actor)?;
        }
        if idea.hidden.is_some() {
            return Err(Error::Missing);
        }
        let parent = new.parent.map(|parent| parent_of(tx, actor, &idea, parent)).transpose()?;
        let internal = new.internal || parent.as_ref().is_some_and(|parent| parent.internal);
        mentions::ensure(tx, &on.board, Circle::of(internal), &new.mentions, &[])?;
        let (parent, author) = (parent.as_ref(), actor.ensure_member()?);
        let (said, mentions) = (&new.said, &each_once(&new.mentions));
        let causes = held_for(tx, author, &on.board, &[said.as_str()], stamp.at)?;
        let held = !internal && !causes.is_empty();
        let made = NewComment { idea: &idea, parent, author, internal, said, mentions, held };
        let id = change::insert(tx, &stamp, &made)?;
        if held {
            let (comment, ..) = comments::find(tx, actor, id)?;
            moderation::hold(tx, &stamp, Posted::Comment(&comment, &idea), &causes)?;
        }
        attach(tx, &stamp, Place::Comment(id), Some(&new.attachments), actor)?;
        let (read, idea) = comments::read(tx, actor, id)?;
        let body = CommentBody::new(read, idea.pinned_comment_id, &links, actor);
        Ok(Reply::created(&body, format!("/v1/comments/{id}")).tagged(1))
    })
    .await
}

/// What a reply hangs on: a comment of the idea that is there, for the one who replies.
fn parent_of(
    tx: &mut AnyConnection,
    actor: &Actor,
    idea: &Idea,
    id: CommentId,
) -> Rows<domain::comments::Comment> {
    let unfit = || Refusal::Unfit { field: "parent_id", fault: Fault::NotA("comment on this idea") };
    let (parent, ..) = comments::find_living(tx, actor, id).map_err(|error| match error {
        Error::Missing => unfit().into(),
        error => error,
    })?;
    if parent.idea_id != idea.id {
        return Err(unfit().into());
    }
    parent.ensure_takes_replies()?;
    Ok(parent)
}

/// Read a comment
#[utoipa::path(tag = "Comments", params(("id" = Uuid, Path)),
    responses((status = 200, body = CommentBody), (status = 304)))]
#[get("/v1/comments/{id}")]
async fn get_comment(
    app: web::Data<App>,
    caller: Caller,
    links: Links,
    PathId(id): PathId,
) -> Result<Reply<CommentBody>, Failure> {
    app.read(&caller, move |tx, actor| comment_shown(tx, actor, id.into(), &links)).await
}

/// Change what a comment says
///
/// Only its author may, while the conversation is open to them. What it said before is kept.
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateCommentBody,
    responses((status = 200, body = CommentBody), (status = 403, description = "board_forbidden, not_your_words"),
        (status = 409, description = "comments_closed, idea_merged")))]
#[patch("/v1/comments/{id}")]
async fn update_comment(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateCommentBody>,
) -> Result<Reply<CommentBody>, Failure> {
    let (id, stamps, new) = (CommentId::from(id), [app.stamp(), app.stamp()], body.parts()?);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (comment, idea, on) = comments::find(tx, actor, id)?;
        if idea.hidden.is_some() || !comment.is_read_by(actor) {
            return Err(Error::Missing);
        }
        comment.ensure_may_edit(actor, &idea)?;
        on.ensure_may(actor, Action::Comment)?;
        if_match.ensure(comment.version)?;
        let before = change::mentioned(tx, id)?;
        let wanted = new.mentions.as_ref().unwrap_or(&before);
        mentions::ensure(tx, &on.board, Circle::of(comment.internal), wanted, &before)?;
        let wanted = each_once(wanted);
        let same_words = new.said.as_ref().is_none_or(|said| said.as_str() == comment.body);
        let moved = attach(tx, &stamps[0], Place::Comment(id), new.attachments.as_deref(), actor)?;
        if moved || !same_words || wanted != before {
            change::edit(tx, &stamps[0], idea.board_id, &comment, new.said.as_ref(), &wanted)?;
            hold_after_edit(tx, actor, &stamps[1], id, &on.board)?;
        }
        comment_shown(tx, actor, id, &links)
    })
    .await
}

/// Delete a comment
///
/// Its author may while the conversation is open to them, staff always. While replies hang on it, its place stays.
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_yours"),
        (status = 409, description = "comments_closed, idea_merged")))]
#[delete("/v1/comments/{id}")]
async fn delete_comment(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, act) = (CommentId::from(id), app.stamp(), app.act(&me, "delete_comment"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (comment, idea, _) = comments::find(tx, actor, id)?;
        comment.ensure_may_delete(actor, &idea)?;
        if_match.ensure(comment.version)?;
        if comment.is_deleted() {
            return Ok(Reply::nothing());
        }
        let before = comment_shown(tx, actor, id, &links)?.facts();
        change::delete(tx, &stamp, &idea, &comment)?;
        moderation::close(tx, Posted::Comment(&comment, &idea))?;
        match actor.member_id() == Some(comment.author_id) {
            true => Ok(Reply::nothing()),
            false => act.keep(tx, actor, id.uuid(), before, Reply::nothing()),
        }
    })
    .await
}

/// Takes a comment out of sight again whose new words are to be looked at.
fn hold_after_edit(
    tx: &mut AnyConnection,
    actor: &Actor,
    stamp: &Stamp,
    id: CommentId,
    board: &Board,
) -> Rows<()> {
    let (comment, idea, _) = comments::find(tx, actor, id)?;
    let post = Posted::Comment(&comment, &idea);
    if comment.internal {
        return Ok(());
    }
    if let Some(causes) = held_after_edit(tx, actor, post, board, (&[&comment.body], stamp))? {
        moderation::hold(tx, stamp, post, &causes)?;
        sight::hide(tx, stamp, &idea, &comment, State::Held)?;
    }
    Ok(())
}

/// The comment as it is answered wherever it changes.
pub(crate) fn comment_shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: CommentId,
    links: &Links,
) -> Rows<Reply<CommentBody>> {
    let (read, idea) = comments::read(tx, actor, id)?;
    let version = read.comment.version;
    Ok(Reply::ok(&CommentBody::new(read, idea.pinned_comment_id, links, actor)).tagged(version))
}
