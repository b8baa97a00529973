//! Reactions to comments: added, taken back, counted.

use actix_web::{HttpRequest, delete, put, web};
use domain::{Action, Actor, CommentId, comments::Reaction, text::Fault};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    comments::{self, reactions},
};

use super::bodies::{ReactionName, ReactionsBody};
use crate::{actor::SignedIn, app::App, body::PathId, error::Failure, reply::Reply};

/// React to a comment
///
/// Reacting again changes nothing and is answered alike. `agree` takes your `disagree` back, and the other way round; of
/// your own comment you can say neither.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("kind" = inline(ReactionName), Path)),
    responses((status = 200, body = ReactionsBody), (status = 403, description = "board_forbidden"),
        (status = 409, description = "comments_closed, idea_merged, own_comment")))]
#[put("/v1/comments/{id}/reactions/{kind}")]
pub(super) async fn add_reaction(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
) -> Result<Reply<ReactionsBody>, Failure> {
    let (id, kind, stamp) = (CommentId::from(id), reaction_in_path(&request)?, app.stamp());
    app.count(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (comment, idea, on) = comments::find_living(tx, actor, id)?;
        let member = actor.ensure_member()?;
        if !reactions::exists(tx, id, member, kind)? {
            on.ensure_may(actor, Action::Comment)?;
            idea.ensure_takes_comments(actor)?;
            comment.ensure_takes(kind, member)?;
            reactions::add(tx, &stamp, idea.board_id, &comment, member, kind)?;
        }
        standing(tx, actor, id)
    })
    .await
}

/// Take a reaction back
///
/// Taking back what is not there changes nothing and is answered alike.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("kind" = inline(ReactionName), Path)),
    responses((status = 200, body = ReactionsBody),
        (status = 409, description = "comments_closed, idea_merged")))]
#[delete("/v1/comments/{id}/reactions/{kind}")]
pub(super) async fn remove_reaction(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
) -> Result<Reply<ReactionsBody>, Failure> {
    let (id, kind, stamp) = (CommentId::from(id), reaction_in_path(&request)?, app.stamp());
    app.count(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (comment, idea, _) = comments::find_living(tx, actor, id)?;
        let member = actor.ensure_member()?;
        if reactions::exists(tx, id, member, kind)? {
            idea.ensure_takes_comments(actor)?;
            reactions::remove(tx, &stamp, idea.board_id, &comment, member, kind)?;
        }
        standing(tx, actor, id)
    })
    .await
}

fn reaction_in_path(request: &HttpRequest) -> Result<Reaction, Failure> {
    let kind = request.match_info().get("kind").unwrap_or("");
    Reaction::of_key(kind).ok_or_else(|| Failure::field("{kind}", Fault::NotA("reaction")))
}

fn standing(tx: &mut AnyConnection, actor: &Actor, id: CommentId) -> Rows<Reply<ReactionsBody>> {
    let (read, _) = comments::read(tx, actor, id)?;
    Ok(Reply::ok(&ReactionsBody::new(read)))
}
