//! Statuses: what a board calls the steps of its ideas, and moving an idea along them.

mod bodies;

use actix_web::{HttpRequest, delete, get, patch, post, web};
use domain::{
    Actor, IdeaId, Refusal, Stamp, StatusId,
    access::Permission,
    boards::Board,
    ideas::Idea,
    statuses::{StatusKey, ensure_explained},
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    boards::{self, BoardRef},
    ideas,
    ideas::change::{self, Explained},
    statuses::{self, Step},
};

pub use self::bodies::{CategoryName, SetStatusBody, StatusRefBody};
use self::bodies::{NewStatusBody, StatusBody, UpdateStatusBody, shown};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::board_in_path,
    body::{Json, PathId},
    error::Failure,
    ideas::{IdeaBody, idea_shown},
    language::Language,
    once::Post,
    page::Listing,
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_statuses).service(create_status);
    to.service(update_status).service(delete_status);
    to.service(set_idea_status);
}

/// List the statuses of a board, in its order
#[utoipa::path(tag = "Statuses", params(("board" = String, Path, description = "Id or slug")),
    responses((status = 200, body = Listing<StatusBody>)))]
#[get("/v1/boards/{board}/statuses")]
async fn list_statuses(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    request: HttpRequest,
) -> Result<Reply<Listing<StatusBody>>, Failure> {
    let board = board_in_path(&request)?;
    app.read(&caller, move |tx, actor| {
        let seen = boards::find(tx, actor, &board)?;
        let steps = statuses::of_board(tx, seen.board.id)?;
        let items = steps.iter().map(|step| StatusBody::new(step, language)).collect();
        Ok(Reply::ok(&Listing { items, next_cursor: None, total: None }))
    })
    .await
}

/// Add a status to a board
#[utoipa::path(tag = "Statuses", security(("bearer" = [])), request_body = NewStatusBody,
    params(("board" = String, Path, description = "Id or slug")),
    responses((status = 201, body = StatusBody),
        (status = 409, description = "status_key_taken, too_many_statuses")))]
#[post("/v1/boards/{board}/statuses")]
async fn create_status(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    request: HttpRequest,
    post: Post<NewStatusBody>,
) -> Result<Reply<StatusBody>, Failure> {
    let (board, stamp, act) = (board_in_path(&request)?, app.stamp(), app.act(&me, "create_status"));
    let step_on = post.body.step(&stamp)?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let seen = boards::find(tx, actor, &board)?;
        let Step { status, next } = step_on(&seen.board);
        statuses::insert(tx, &stamp, &status, &next).map_err(unknown("next"))?;
        let step = statuses::find(tx, status.board_id, &status.key)?;
        let location = format!("/v1/statuses/{}", status.id);
        let reply = Reply::created(&StatusBody::new(&step, language), location).tagged(status.version);
        act.keep(tx, actor, status.id.uuid(), None, reply)
    })
    .await
}

/// Change a status
#[utoipa::path(tag = "Statuses", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateStatusBody,
    responses((status = 200, body = StatusBody),
        (status = 409, description = "status_in_use, last_of_category")))]
#[patch("/v1/statuses/{id}")]
async fn update_status(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateStatusBody>,
) -> Result<Reply<StatusBody>, Failure> {
    let (id, stamp, change) = (StatusId::from(id), app.stamp(), body.changes()?);
    let act = app.act(&me, "update_status");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let before = step(tx, actor, id)?;
        if_match.ensure(before.status.version)?;
        let after = change(&before);
        statuses::update(tx, &stamp, &before.status, &after.status, &after.next).map_err(unknown("next"))?;
        let reply = shown(&step(tx, actor, id)?, language);
        act.keep(tx, actor, id.uuid(), shown(&before, language).facts(), reply)
    })
    .await
}

/// Delete a status that no idea has
#[utoipa::path(tag = "Statuses", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "status_in_use, last_of_category")))]
#[delete("/v1/statuses/{id}")]
async fn delete_status(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, act) = (StatusId::from(id), app.stamp(), app.act(&me, "delete_status"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let step = step(tx, actor, id)?;
        if_match.ensure(step.status.version)?;
        statuses::delete(tx, &stamp, &step.status)?;
        act.keep(tx, actor, id.uuid(), shown(&step, language).facts(), Reply::nothing())
    })
    .await
}

/// The status, on a board the actor may view.
fn step(tx: &mut AnyConnection, actor: &Actor, id: StatusId) -> Rows<Step> {
    let board = statuses::board_of(tx, id)?;
    boards::find(tx, actor, &BoardRef::Id(board))?;
    let steps = statuses::of_board(tx, board)?;
    steps.into_iter().find(|step| step.status.id == id).ok_or(Error::Missing)
}

/// What names a status that the board has not.
pub(crate) fn unknown(field: &'static str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Missing => Refusal::Unfit { field, fault: Fault::NotA("status of the board") }.into(),
        error => error,
    }
}

/// Move an idea to another status
///
/// Declining needs a `decline_reason` besides the words. Into and out of a merged status an idea comes by merging alone.
#[utoipa::path(tag = "Ideas", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = SetStatusBody,
    responses((status = 200, body = IdeaBody),
        (status = 409, description = "same_status, transition_not_allowed, only_by_merging")))]
#[post("/v1/ideas/{id}/status")]
async fn set_idea_status(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    if_match: IfMatch,
    post: Post<SetStatusBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, stamp) = (IdeaId::from(id), app.stamp());
    let (wanted, why, act) = (post.body.key()?, post.body.why()?, app.act(&me, "set_idea_status"));
    app.write_once(&me.caller, post.once, AloneWith::Idea(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::SetStatus)?;
        let (idea, on) = ideas::find(tx, actor, id)?;
        if_match.ensure(idea.version)?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        move_idea(tx, actor, &stamp, (&idea, &on.board), &wanted, &why).map_err(unknown("status"))?;
        let after = idea_shown(tx, actor, id, showing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// Moves an idea to the status of its board under a key, as far as the actor and the statuses let it.
///
/// # Errors
/// [`Error::Missing`] when the board has no such status; what the rules refuse.
pub(crate) fn move_idea(
    tx: &mut AnyConnection,
    actor: &Actor,
    stamp: &Stamp,
    (idea, board): (&Idea, &Board),
    wanted: &StatusKey,
    why: &Explained,
) -> Rows<()> {
    actor.ensure(Permission::SetStatus)?;
    if why.response.is_some() {
        actor.ensure(Permission::Respond)?;
    }
    let to = statuses::find(tx, idea.board_id, wanted)?.status;
    let from = statuses::find(tx, idea.board_id, &idea.status.key)?;
    from.status.ensure_may_become(&to, &from.next)?;
    ensure_explained(to.category, why.decline)?;
    change::set_status(tx, stamp, (idea, board), &to, why, actor.member_id())
}
