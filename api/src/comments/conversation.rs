//! The conversation under an idea as a whole: locked, answered, and who can be called into it.

use actix_web::{delete, get, put, web};
use domain::{
    Action, CommentId, IdeaId, Refusal,
    access::Permission,
    boards::Voters,
    members::DisplayName,
    text::{Fault, Lines, clean},
};
use persistence::{
    AloneWith, Error,
    comments::{
        self, conversation,
        mentions::{self, Offered},
    },
    ideas,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::{MentionableBody, PinBody, member_shown};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, Query},
    error::Failure,
    ideas::{IdeaBody, idea_shown},
    reply::Reply,
    showing::Showing,
};

/// Close the conversation of an idea to members
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = IdeaBody)))]
#[put("/v1/ideas/{id}/lock")]
pub(super) async fn lock_comments(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
) -> Result<Reply<IdeaBody>, Failure> {
    set_locked(&app, &me, showing, id.into(), ("lock_comments", true)).await
}

/// Open the conversation of an idea again
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = IdeaBody)))]
#[delete("/v1/ideas/{id}/lock")]
pub(super) async fn unlock_comments(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
) -> Result<Reply<IdeaBody>, Failure> {
    set_locked(&app, &me, showing, id.into(), ("unlock_comments", false)).await
}

async fn set_locked(
    app: &web::Data<App>,
    me: &SignedIn,
    showing: Showing,
    id: IdeaId,
    (action, locked): (&'static str, bool),
) -> Result<Reply<IdeaBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(me, action));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageIdeas)?;
        let (idea, _) = ideas::find(tx, actor, id)?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        conversation::set_locked(tx, &stamp, &idea, locked, actor.member_id())?;
        let after = idea_shown(tx, actor, id, showing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// Show a comment as the answer
///
/// In place of the one shown so far. Deleting it takes it down.
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = PinBody,
    responses((status = 200, body = IdeaBody)))]
#[put("/v1/ideas/{id}/pin")]
pub(super) async fn pin_comment(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    Json(body): Json<PinBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, wanted, stamp) = (IdeaId::from(id), CommentId::from(body.comment_id), app.stamp());
    let act = app.act(&me, "pin_comment");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageIdeas)?;
        let (idea, _) = ideas::find(tx, actor, id)?;
        let unfit = || Refusal::Unfit { field: "comment_id", fault: Fault::NotA("comment on this idea") };
        let comment = match comments::find(tx, actor, wanted) {
            Ok((comment, ..)) if comment.idea_id == id => comment,
            Ok(_) | Err(Error::Missing) => return Err(unfit().into()),
            Err(error) => return Err(error),
        };
        comment.ensure_pinnable()?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        conversation::pin(tx, &stamp, &idea, &comment, actor.member_id())?;
        let after = idea_shown(tx, actor, id, showing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// Show no comment as the answer
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = IdeaBody)))]
#[delete("/v1/ideas/{id}/pin")]
pub(super) async fn unpin_comment(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, stamp, act) = (IdeaId::from(id), app.stamp(), app.act(&me, "unpin_comment"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageIdeas)?;
        let (idea, _) = ideas::find(tx, actor, id)?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        conversation::unpin(tx, &stamp, &idea, actor.member_id())?;
        let after = idea_shown(tx, actor, id, showing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MentionableQuery {
    /// A part of the name.
    #[serde(default)]
    #[param(max_length = 50)]
    q: String,
}

/// Members to mention, to be offered while somebody writes
///
/// Up to ten by name: staff, and whoever takes part in the idea already and may view it.
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path), MentionableQuery),
    responses((status = 200, body = MentionableBody), (status = 403, description = "board_forbidden")))]
#[get("/v1/ideas/{id}/mentionable")]
pub(super) async fn list_mentionable(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<MentionableQuery>,
) -> Result<Reply<MentionableBody>, Failure> {
    const MOST: usize = 10;
    let text = clean(&query.q, 0, DisplayName::MOST, Lines::One);
    let text = text.map_err(|fault| Failure::field("?q", fault))?;
    app.read(&me.caller, move |tx, actor| {
        let (idea, on) = ideas::find(tx, actor, id.into())?;
        on.ensure_may(actor, Action::Comment)?;
        let known = on.board.voters == Voters::SeenByViewers || actor.ensure(Permission::SeeVoters).is_ok();
        let voters = if known { Offered::WithVoters } else { Offered::WithoutVoters };
        let found = mentions::offered(tx, actor.ensure_member()?, (&idea, &on.board), voters, &text, MOST)?;
        Ok(Reply::ok(&MentionableBody { items: found.into_iter().map(member_shown).collect() }))
    })
    .await
}
