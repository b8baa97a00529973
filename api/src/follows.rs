//! Following: who wants to hear of an idea or a board.

use actix_web::{HttpRequest, delete, put, web};
use domain::IdeaId;
use persistence::{
    AloneWith, boards,
    follows::{self, Wish},
    ideas,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    actor::SignedIn, app::App, boards::board_in_path, body::PathId, error::Failure, reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(follow_idea).service(unfollow_idea);
    to.service(follow_board).service(unfollow_board);
}

/// Whether you follow it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowBody {
    /// The idea or board.
    id: Uuid,
    following: bool,
}

/// Follow an idea
///
/// Who votes or comments follows already. Following again changes nothing.
#[utoipa::path(tag = "Following", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = FollowBody)))]
#[put("/v1/ideas/{id}/follow")]
async fn follow_idea(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<FollowBody>, Failure> {
    wish(&app, &me, id.into(), Wish::Follow).await
}

/// Hear no more of an idea
///
/// Also of one you vote for.
#[utoipa::path(tag = "Following", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = FollowBody)))]
#[delete("/v1/ideas/{id}/follow")]
async fn unfollow_idea(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<FollowBody>, Failure> {
    wish(&app, &me, id.into(), Wish::Mute).await
}

async fn wish(app: &App, me: &SignedIn, id: IdeaId, wish: Wish) -> Result<Reply<FollowBody>, Failure> {
    let (stamp, member) = (app.stamp(), me.member);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id)?;
        follows::set(tx, &stamp, idea.id, member, wish)?;
        Ok(shown(idea.id.uuid(), wish))
    })
    .await
}

/// Follow a board
///
/// You hear of each answer to an idea on it that is told to all.
#[utoipa::path(tag = "Following", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug")), responses((status = 200, body = FollowBody)))]
#[put("/v1/boards/{board}/follow")]
async fn follow_board(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
) -> Result<Reply<FollowBody>, Failure> {
    wish_board(&app, &me, &request, Wish::Follow).await
}

/// Follow a board no longer
#[utoipa::path(tag = "Following", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug")), responses((status = 200, body = FollowBody)))]
#[delete("/v1/boards/{board}/follow")]
async fn unfollow_board(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
) -> Result<Reply<FollowBody>, Failure> {
    wish_board(&app, &me, &request, Wish::Mute).await
}

async fn wish_board(
    app: &App,
    me: &SignedIn,
    request: &HttpRequest,
    wish: Wish,
) -> Result<Reply<FollowBody>, Failure> {
    let (stamp, member, board) = (app.stamp(), me.member, board_in_path(request)?);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let board = boards::find(tx, actor, &board)?.board.id;
        follows::set_board(tx, &stamp, board, member, wish)?;
        Ok(shown(board.uuid(), wish))
    })
    .await
}

fn shown(id: Uuid, wish: Wish) -> Reply<FollowBody> {
    Reply::ok(&FollowBody { id, following: wish == Wish::Follow })
}
