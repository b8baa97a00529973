//! Boards: who may do what where.

mod bodies;
mod invitations;

use std::collections::HashMap;

use actix_web::{HttpRequest, delete, get, patch, post, web};
use domain::{
    Actor, BoardId,
    access::Permission,
    boards::{Board, Slug},
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    boards::{self, BoardRef, Seen},
    ideas::list::Boards,
    votes,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

pub use self::bodies::AudienceName;
use self::{
    bodies::{BoardBody, NewBoardBody, UpdateBoardBody, shown},
    invitations::{invite_member, list_invited, uninvite_member},
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::{Json, Query},
    error::{Code, Failure},
    ideas::BoardRefBody,
    once::Post,
    page::{ListName, Listing, limit},
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_boards).service(create_board);
    to.service(get_board).service(update_board).service(delete_board);
    to.service(list_invited).service(invite_member).service(uninvite_member);
}

/// The board in an address: its id or its slug.
///
/// # Errors
/// 404 when it can be neither.
pub fn board_in_path(request: &HttpRequest) -> Result<BoardRef, Failure> {
    board_named(request.match_info().get("board").unwrap_or(""))
}

/// The board of this id or slug.
///
/// # Errors
/// 404 for what can be neither.
pub fn board_named(text: &str) -> Result<BoardRef, Failure> {
    match (Uuid::try_parse(text), Slug::try_from(text)) {
        (Ok(id), _) => Ok(BoardRef::Id(id.into())),
        (Err(_), Ok(slug)) => Ok(BoardRef::Slug(slug)),
        (Err(_), Err(_)) => Err(Code::NotFound.into()),
    }
}

/// The boards of a list, by id.
pub type Names = HashMap<BoardId, BoardRefBody>;

/// The boards a list is of: the one that is named, or every one the actor may view.
///
/// # Errors
/// 404 when the one that is named is not theirs to know of.
pub fn boards_of(tx: &mut AnyConnection, actor: &Actor, board: Option<&BoardRef>) -> Rows<(Boards, Names)> {
    let seen = match board {
        Some(board) => vec![boards::find(tx, actor, board)?],
        None => boards::visible(tx, actor)?,
    };
    let ids = seen.iter().map(|seen| seen.board.id).collect();
    let names = seen.iter().map(|seen| (seen.board.id, BoardRefBody::from(&seen.board))).collect();
    let every = board.is_none() && boards::count(tx)? == seen.len() as i64;
    Ok((if every { Boards::Every } else { Boards::Only(ids) }, names))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

/// List the boards you may view
#[utoipa::path(tag = "Boards", params(PageQuery), responses((status = 200, body = Listing<BoardBody>)))]
#[get("/v1/boards")]
async fn list_boards(
    app: web::Data<App>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<BoardBody>>, Failure> {
    let limit = limit(query.limit)?;
    let list = ListName::of(&["boards"]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&caller, move |tx, actor| {
            let page = boards::list(tx, actor, after, limit)?;
            let actor = *actor;
            Ok(page.map(|seen| BoardBody::new(&seen, &actor, None)))
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, |board| board)))
}

/// Make a board
#[utoipa::path(tag = "Boards", security(("bearer" = [])), request_body = NewBoardBody,
    responses((status = 201, body = BoardBody), (status = 409, description = "slug_taken")))]
#[post("/v1/boards")]
async fn create_board(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewBoardBody>,
) -> Result<Reply<BoardBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "create_board"));
    let board = post.body.board(&stamp)?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        boards::insert(tx, &stamp, &board)?;
        let seen = Seen { board: board.clone(), invited: false };
        let location = format!("/v1/boards/{}", board.id);
        let reply = Reply::created(&BoardBody::new(&seen, actor, None), location).tagged(board.version);
        act.keep(tx, actor, board.id.uuid(), None, reply)
    })
    .await
}

/// Read a board
#[utoipa::path(tag = "Boards", params(("board" = String, Path, description = "Id or slug")),
    responses((status = 200, body = BoardBody)))]
#[get("/v1/boards/{board}")]
async fn get_board(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Reply<BoardBody>, Failure> {
    let board = board_in_path(&request)?;
    app.read(&caller, move |tx, actor| {
        let seen = boards::find(tx, actor, &board)?;
        let left = match (actor.member_id(), seen.board.vote_budget) {
            (Some(member), Some(budget)) => {
                Some((i64::from(budget) - votes::count_open(tx, member, seen.board.id)?).max(0))
            }
            _ => None,
        };
        Ok(shown(&seen, actor, left))
    })
    .await
}

/// Change a board
#[utoipa::path(tag = "Boards", security(("bearer" = [])), request_body = UpdateBoardBody,
    params(("board" = String, Path, description = "Id or slug")),
    responses((status = 200, body = BoardBody), (status = 409, description = "slug_taken")))]
#[patch("/v1/boards/{board}")]
async fn update_board(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
    if_match: IfMatch,
    Json(body): Json<UpdateBoardBody>,
) -> Result<Reply<BoardBody>, Failure> {
    let (board, stamp, changes) = (board_in_path(&request)?, app.stamp(), body.changes()?);
    let act = app.act(&me, "update_board");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let seen = boards::find(tx, actor, &board)?;
        if_match.ensure(seen.board.version)?;
        let board = changes.clone().over(seen.board.clone(), &stamp);
        // Saying the same again is no change.
        if (Board { version: seen.board.version, updated_at: seen.board.updated_at, ..board.clone() })
            == seen.board
        {
            return Ok(shown(&seen, actor, None));
        }
        boards::update(tx, &stamp, &board)?;
        let (id, before) = (board.id.uuid(), shown(&seen, actor, None).facts());
        act.keep(tx, actor, id, before, shown(&Seen { board, invited: seen.invited }, actor, None))
    })
    .await
}

/// Delete a board that never held an idea
#[utoipa::path(tag = "Boards", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug")),
    responses((status = 204), (status = 409, description = "board_holds_ideas")))]
#[delete("/v1/boards/{board}")]
async fn delete_board(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (board, stamp, act) = (board_in_path(&request)?, app.stamp(), app.act(&me, "delete_board"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let seen = boards::find(tx, actor, &board)?;
        if_match.ensure(seen.board.version)?;
        boards::delete(tx, &stamp, seen.board.id)?;
        let before = shown(&seen, actor, None).facts();
        act.keep(tx, actor, seen.board.id.uuid(), before, Reply::nothing())
    })
    .await
}
