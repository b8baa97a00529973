//! Ideas: written, read, changed, deleted, restored, moved.

mod bodies;
mod export;
mod list;
mod posting;

use actix_web::{HttpRequest, delete, get, patch, post, web};
use domain::{Actor, IdeaId, Stamp, access::Permission, attachments::Place, ideas::Words, moderation::State};
use persistence::{
    AloneWith, AnyConnection, Result as Rows, boards, ideas,
    ideas::change::{self, Edit},
    moderation::{self, Post as Posted},
};

pub use self::bodies::{AuthorBody, BoardRefBody, IdeaBody, IdeaSummaryBody, TagText};
use self::{
    bodies::{NewIdeaBody, UpdateIdeaBody},
    export::export_ideas,
    list::{list_board_ideas, list_ideas, list_similar_ideas},
};
pub(crate) use self::{list::ensure_segment, posting::Draft};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    attachments::attach,
    boards::board_in_path,
    body::{Json, PathId},
    error::Failure,
    fields::changed,
    moderation::held_after_edit,
    once::{Empty, Post},
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    // Before the list of a board, whose address is a beginning of its own.
    to.service(list_similar_ideas);
    to.service(list_board_ideas).service(create_idea).service(list_ideas).service(export_ideas);
    to.service(get_idea).service(update_idea).service(delete_idea);
    to.service(restore_idea);
}

/// Post an idea
///
/// Your own vote is cast with it. Staff may post for a customer, who becomes its author, and whose vote is cast.
#[utoipa::path(tag = "Ideas", security(("bearer" = [])), request_body = NewIdeaBody,
    params(("board" = String, Path, description = "Id or slug")),
    responses((status = 201, body = IdeaBody), (status = 403, description = "board_forbidden"),
        (status = 409, description = "not_a_customer, customer_blocked")))]
#[post("/v1/boards/{board}/ideas")]
async fn create_idea(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    request: HttpRequest,
    post: Post<NewIdeaBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (board, draft) = (board_in_path(&request)?, post.body.draft()?);
    let (stamps, act) = ([app.stamp(), app.stamp(), app.stamp()], app.act(&me, "create_idea"));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let on = boards::find(tx, actor, &board)?;
        let id = draft.post(tx, actor, &on, &stamps)?;
        let read = ideas::read(tx, actor, id)?;
        let reply = Reply::created(&IdeaBody::new(read, actor, showing), format!("/v1/ideas/{id}")).tagged(1);
        match draft.customer {
            Some(_) => act.keep(tx, actor, id.uuid(), None, reply),
            None => Ok(reply),
        }
    })
    .await
}

/// Read an idea
#[utoipa::path(tag = "Ideas", params(("id" = Uuid, Path)),
    responses((status = 200, body = IdeaBody), (status = 304)))]
#[get("/v1/ideas/{id}")]
async fn get_idea(
    app: web::Data<App>,
    caller: Caller,
    showing: Showing,
    PathId(id): PathId,
) -> Result<Reply<IdeaBody>, Failure> {
    app.read(&caller, move |tx, actor| idea_shown(tx, actor, id.into(), showing)).await
}

/// Change an idea
///
/// Its author may until somebody else has voted or commented, staff always. What it said before is kept.
#[utoipa::path(tag = "Ideas", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateIdeaBody,
    responses((status = 200, body = IdeaBody), (status = 403, description = "not_yours"),
        (status = 409, description = "others_have_joined, edits_frozen")))]
#[patch("/v1/ideas/{id}")]
async fn update_idea(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateIdeaBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, new, sent) = (IdeaId::from(id), body.words()?, body.sent());
    let (stamps, files) = ([app.stamp(), app.stamp()], body.attachments());
    let act = app.act(&me, "update_idea");
    app.write(&me.caller, AloneWith::Idea(id.uuid()), move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id)?;
        let joined = change::others_joined(tx, &idea)?;
        idea.ensure_may_change(actor, joined)?;
        if_match.ensure(idea.version)?;
        let present = ideas::words(tx, id)?;
        let answers = changed(tx, &idea, &sent)?;
        let edit = Edit { words: new.clone().over(present.clone()), answers };
        let before = idea_shown(tx, actor, id, showing)?;
        let moved = attach(tx, &stamps[0], Place::Idea(id), files.as_deref(), actor)?;
        if !moved && edit.words == present && edit.answers.is_empty() {
            return Ok(before);
        }
        change::edit(tx, &stamps[0], &idea, &edit, actor.member_id())?;
        hold_after_edit(tx, actor, &stamps[1], id, &edit.words)?;
        let after = idea_shown(tx, actor, id, showing)?;
        if idea.is_of(actor) { Ok(after) } else { act.keep(tx, actor, id.uuid(), before.facts(), after) }
    })
    .await
}

/// Delete an idea
///
/// Its author may until somebody else has voted or commented, staff always. Staff can restore it for 30 days.
#[utoipa::path(tag = "Ideas", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_yours"),
        (status = 409, description = "others_have_joined, edits_frozen")))]
#[delete("/v1/ideas/{id}")]
async fn delete_idea(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, act) = (IdeaId::from(id), app.stamp(), app.act(&me, "delete_idea"));
    app.write(&me.caller, AloneWith::Idea(id.uuid()), move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id)?;
        let joined = change::others_joined(tx, &idea)?;
        idea.ensure_may_change(actor, joined)?;
        if_match.ensure(idea.version)?;
        if idea.hidden.is_some_and(|hidden| hidden.state == State::Deleted) {
            return Ok(Reply::nothing());
        }
        let before = idea_shown(tx, actor, id, showing)?.facts();
        change::delete(tx, &stamp, &idea)?;
        moderation::close(tx, Posted::Idea(&idea))?;
        match idea.is_of(actor) {
            true => Ok(Reply::nothing()),
            false => act.keep(tx, actor, id.uuid(), before, Reply::nothing()),
        }
    })
    .await
}

/// Bring a deleted idea back
#[utoipa::path(tag = "Ideas", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = IdeaBody), (status = 409, description = "not_deleted, restore_window_over")))]
#[post("/v1/ideas/{id}/restore")]
async fn restore_idea(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, stamp, act) = (IdeaId::from(id), app.stamp(), app.act(&me, "restore_idea"));
    app.write_once(&me.caller, post.once, AloneWith::Idea(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::ManageIdeas)?;
        let (idea, _) = ideas::find(tx, actor, id)?;
        idea.ensure_restorable(stamp.at)?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        change::restore(tx, &stamp, &idea)?;
        let after = idea_shown(tx, actor, id, showing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// Takes an idea out of sight again whose new words are to be looked at.
fn hold_after_edit(
    tx: &mut AnyConnection,
    actor: &Actor,
    stamp: &Stamp,
    id: IdeaId,
    words: &Words,
) -> Rows<()> {
    let (idea, on) = ideas::find(tx, actor, id)?;
    let post = Posted::Idea(&idea);
    if let Some(causes) = held_after_edit(tx, actor, post, &on.board, (&posting::texts(words), stamp))? {
        moderation::hold(tx, stamp, post, &causes)?;
        change::hide(tx, stamp, &idea, State::Held)?;
    }
    Ok(())
}

/// The idea as it is answered wherever it changes.
pub(crate) fn idea_shown(
    tx: &mut persistence::AnyConnection,
    actor: &domain::Actor,
    id: IdeaId,
    showing: Showing,
) -> persistence::Result<Reply<IdeaBody>> {
    let read = ideas::read(tx, actor, id)?;
    let version = read.listed.idea.version;
    Ok(Reply::ok(&IdeaBody::new(read, actor, showing)).tagged(version))
}
