//! Fields: what a board asks with an idea.

mod answers;
mod bodies;

use actix_web::{HttpRequest, delete, get, patch, post, web};
use domain::{Actor, FieldId, access::Permission, fields::ensure_choices};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    boards::{self, BoardRef},
    fields::{self, Which},
};

pub(crate) use self::answers::{
    AnswerBody, AnswerValueBody, Asking, NewAnswerBody, asking, changed, filters, sent,
};
use self::bodies::{FieldBody, NewFieldBody, UpdateFieldBody, shown};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::board_in_path,
    body::{Json, PathId},
    error::Failure,
    language::Language,
    once::Post,
    page::Listing,
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_fields).service(create_field);
    to.service(update_field).service(delete_field);
}

/// List the fields that a board asks with an idea, in its order
#[utoipa::path(tag = "Fields", params(("board" = String, Path, description = "Id or slug")),
    responses((status = 200, body = Listing<FieldBody>)))]
#[get("/v1/boards/{board}/fields")]
async fn list_fields(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    request: HttpRequest,
) -> Result<Reply<Listing<FieldBody>>, Failure> {
    let board = board_in_path(&request)?;
    app.read(&caller, move |tx, actor| {
        let seen = boards::find(tx, actor, &board)?;
        let fields = fields::of_board(tx, seen.board.id, Which::Asked)?;
        let items = fields.iter().map(|field| FieldBody::new(field, language)).collect();
        Ok(Reply::ok(&Listing { items, next_cursor: None, total: None }))
    })
    .await
}

/// Add a field to a board
#[utoipa::path(tag = "Fields", security(("bearer" = [])), request_body = NewFieldBody,
    params(("board" = String, Path, description = "Id or slug")),
    responses((status = 201, body = FieldBody),
        (status = 409, description = "field_key_taken, too_many_fields")))]
#[post("/v1/boards/{board}/fields")]
async fn create_field(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    request: HttpRequest,
    post: Post<NewFieldBody>,
) -> Result<Reply<FieldBody>, Failure> {
    let (board, stamp, act) = (board_in_path(&request)?, app.stamp(), app.act(&me, "create_field"));
    let new = post.body.field(&stamp)?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let seen = boards::find(tx, actor, &board)?;
        fields::insert(tx, &stamp, &new(&seen.board))?;
        let field = fields::find(tx, stamp.id(0))?;
        let location = format!("/v1/fields/{}", field.id);
        let reply = Reply::created(&FieldBody::new(&field, language), location).tagged(field.version);
        act.keep(tx, actor, field.id.uuid(), None, reply)
    })
    .await
}

/// Change a field
///
/// Key and kind never change. A choice that answers use stays, and so does `staff` where it has been answered.
#[utoipa::path(tag = "Fields", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateFieldBody,
    responses((status = 200, body = FieldBody),
        (status = 409, description = "choice_in_use, answered_in_confidence")))]
#[patch("/v1/fields/{id}")]
async fn update_field(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateFieldBody>,
) -> Result<Reply<FieldBody>, Failure> {
    let (id, stamp, change) = (FieldId::from(id), app.stamp(), body.changes()?);
    let act = app.act(&me, "update_field");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let before = find(tx, actor, id)?;
        if_match.ensure(before.version)?;
        let mut after = change(&before);
        ensure_choices(after.kind, &after.choices)?;
        // Saying the same again is no change.
        if after != before {
            after.version += 1;
            fields::update(tx, &stamp, &before, &after)?;
        }
        act.keep(tx, actor, id.uuid(), shown(&before, language).facts(), shown(&after, language))
    })
    .await
}

/// Ask a field no more
///
/// The answers there are stay, for staff.
#[utoipa::path(tag = "Fields", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/fields/{id}")]
async fn delete_field(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, act) = (FieldId::from(id), app.stamp(), app.act(&me, "delete_field"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let field = find(tx, actor, id)?;
        if_match.ensure(field.version)?;
        fields::delete(tx, &stamp, &field)?;
        act.keep(tx, actor, id.uuid(), shown(&field, language).facts(), Reply::nothing())
    })
    .await
}

/// The field, on a board the actor may view.
fn find(tx: &mut AnyConnection, actor: &Actor, id: FieldId) -> Rows<domain::fields::Field> {
    let field = fields::find(tx, id)?;
    boards::find(tx, actor, &BoardRef::Id(field.board_id))?;
    Ok(field)
}
