//! Invitations: the list of members a board is open to.

use actix_web::{HttpRequest, delete, get, put, web};
use domain::{MemberId, access::Permission};
use persistence::{AloneWith, boards};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{PageQuery, board_in_path};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Query, uuid_in_path},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::Reply,
};

/// A member on the list of a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedBody {
    id: Uuid,
    #[schema(example = "아나")]
    display_name: String,
}

/// Whether a member is on the list of a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationBody {
    board_id: Uuid,
    member_id: Uuid,
    invited: bool,
}

/// List who is invited to a board
#[utoipa::path(tag = "Boards", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug"), PageQuery),
    responses((status = 200, body = Listing<InvitedBody>)))]
#[get("/v1/boards/{board}/invitations")]
pub(super) async fn list_invited(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<InvitedBody>>, Failure> {
    let (board, limit) = (board_in_path(&request)?, limit(query.limit)?);
    let list = ListName::of(&["invitations", &format!("{board:?}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let act = app.act(&me, "list_invited");
    let page = app
        .look(&me.caller, move |tx, actor| {
            actor.ensure(Permission::ManageBoards)?;
            let seen = boards::find(tx, actor, &board)?;
            let page = boards::invited(tx, seen.board.id, after, limit)?;
            act.look(tx, actor, Some(seen.board.id.uuid()), page.items.iter().map(|(id, _)| id.uuid()))?;
            Ok(page)
        })
        .await?;
    let shown = |(id, display_name): (MemberId, String)| InvitedBody { id: id.uuid(), display_name };
    Ok(Reply::ok(&list.listing(&app.keys, page, None, shown)))
}

/// Invite a member to a board
#[utoipa::path(tag = "Boards", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug"), ("member" = Uuid, Path)),
    responses((status = 200, body = InvitationBody)))]
#[put("/v1/boards/{board}/invitations/{member}")]
pub(super) async fn invite_member(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
) -> Result<Reply<InvitationBody>, Failure> {
    set_invitation(&app, &me, &request, ("invite_member", true)).await
}

/// Take a member off the list of a board
#[utoipa::path(tag = "Boards", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug"), ("member" = Uuid, Path)),
    responses((status = 200, body = InvitationBody)))]
#[delete("/v1/boards/{board}/invitations/{member}")]
pub(super) async fn uninvite_member(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
) -> Result<Reply<InvitationBody>, Failure> {
    set_invitation(&app, &me, &request, ("uninvite_member", false)).await
}

async fn set_invitation(
    app: &web::Data<App>,
    me: &SignedIn,
    request: &HttpRequest,
    (action, invited): (&'static str, bool),
) -> Result<Reply<InvitationBody>, Failure> {
    let member = MemberId::from(uuid_in_path(request, "member")?);
    let (board, stamp, act) = (board_in_path(request)?, app.stamp(), app.act(me, action));
    app.write(&me.caller, AloneWith::Member(member.uuid()), move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let board = boards::find(tx, actor, &board)?.board.id;
        match invited {
            true => boards::invite(tx, &stamp, board, member)?,
            false => boards::uninvite(tx, &stamp, board, member)?,
        }
        let reply = Reply::ok(&InvitationBody { board_id: board.uuid(), member_id: member.uuid(), invited });
        act.keep(tx, actor, board.uuid(), None, reply)
    })
    .await
}
