//! Roadmaps: which ideas of a board come when.

mod bodies;
mod columns;
mod view;

use actix_web::{HttpRequest, delete, get, patch, post, put, web};
use domain::{Actor, IdeaId, RoadmapId, access::Permission, boards::Board, roadmaps::Roadmap};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows, boards, ideas,
    roadmaps::{
        self,
        places::{self, Where},
    },
    statuses,
};

use self::{
    bodies::{NewRoadmapBody, PlaceBody, PlacedBody, RoadmapBody, RoadmapFacts, UpdateRoadmapBody},
    columns::shown,
    view::{BoardRoadmapBody, FilledRoadmapBody, RoadmapQuery},
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    audit::facts,
    boards::board_in_path,
    body::{Json, Patch, PathId, Query, uuid_in_path},
    error::Failure,
    ideas::BoardRefBody,
    language::Language,
    once::Post,
    page::Listing,
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};
use serde_json::json;

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_board_roadmap).service(list_roadmaps).service(create_roadmap);
    to.service(get_roadmap).service(update_roadmap).service(delete_roadmap);
    to.service(place_on_roadmap).service(take_off_roadmap);
}

/// A roadmap without what stands on it.
fn body(
    tx: &mut AnyConnection,
    roadmap: &Roadmap,
    board: &Board,
    (language, now): (Language, chrono::DateTime<chrono::Utc>),
) -> Rows<RoadmapBody> {
    let steps = statuses::of_board(tx, board.id)?;
    let columns = shown(&roadmap.columns, &steps, language, now);
    Ok(RoadmapBody { facts: RoadmapFacts::new(roadmap, board), columns })
}

/// Read what a board plans, makes and has made, by status
///
/// It needs no setting up. Each column has its first ideas, by votes; `column` with its `next_cursor` goes on reading one.
#[utoipa::path(tag = "Roadmaps", params(("board" = String, Path, description = "Id or slug"), RoadmapQuery),
    responses((status = 200, body = BoardRoadmapBody), (status = 304)))]
#[get("/v1/boards/{board}/roadmap")]
async fn get_board_roadmap(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    request: HttpRequest,
    Query(query): Query<RoadmapQuery>,
) -> Result<Reply<BoardRoadmapBody>, Failure> {
    let (board, now) = (board_in_path(&request)?, app.config.clock.now());
    let asked = query.asked(&app.keys, format!("{board:?}"), (language, now))?;
    let wanted = asked.clone();
    let (board, filled) = app
        .read(&caller, move |tx, actor| {
            let board = boards::find(tx, actor, &board)?.board;
            Ok((BoardRefBody::from(&board), wanted.fill(tx, actor, &board, None)?))
        })
        .await?;
    Ok(Reply::ok(&BoardRoadmapBody { board, columns: asked.listed(&app.keys, filled) }).tagged(0))
}

/// List the roadmaps of a board, the oldest first
///
/// Those that are for you, without what stands on them.
#[utoipa::path(tag = "Roadmaps", params(("board" = String, Path, description = "Id or slug")),
    responses((status = 200, body = Listing<RoadmapBody>)))]
#[get("/v1/boards/{board}/roadmaps")]
async fn list_roadmaps(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    request: HttpRequest,
) -> Result<Reply<Listing<RoadmapBody>>, Failure> {
    let (board, now) = (board_in_path(&request)?, app.config.clock.now());
    app.read(&caller, move |tx, actor| {
        let on = boards::find(tx, actor, &board)?;
        let all = roadmaps::of_board(tx, actor, &on)?;
        let items = all.iter().map(|roadmap| body(tx, roadmap, &on.board, (language, now)));
        let items = items.collect::<Rows<Vec<_>>>()?;
        Ok(Reply::ok(&Listing { items, next_cursor: None, total: None }))
    })
    .await
}

/// Make a roadmap
#[utoipa::path(tag = "Roadmaps", security(("bearer" = [])), request_body = NewRoadmapBody,
    params(("board" = String, Path, description = "Id or slug")),
    responses((status = 201, body = RoadmapBody), (status = 409, description = "too_many_roadmaps")))]
#[post("/v1/boards/{board}/roadmaps")]
async fn create_roadmap(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    request: HttpRequest,
    post: Post<NewRoadmapBody>,
) -> Result<Reply<RoadmapBody>, Failure> {
    let (board, stamp, wanted) = (board_in_path(&request)?, app.stamp(), post.body.wanted()?);
    let act = app.act(&me, "create_roadmap");
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let board = boards::find(tx, actor, &board)?.board;
        let roadmap = wanted.roadmap(&stamp, &board, &statuses::of_board(tx, board.id)?)?;
        roadmaps::insert(tx, &stamp, &roadmap)?;
        let made = body(tx, &roadmap, &board, (language, stamp.at))?;
        let reply = Reply::created(&made, format!("/v1/roadmaps/{}", roadmap.id)).tagged(1);
        act.keep(tx, actor, roadmap.id.uuid(), None, reply)
    })
    .await
}

/// Read a roadmap with what stands on it
///
/// Each column has its first ideas; `column` with its `next_cursor` goes on reading one.
#[utoipa::path(tag = "Roadmaps", params(("id" = Uuid, Path), RoadmapQuery),
    responses((status = 200, body = FilledRoadmapBody), (status = 304)))]
#[get("/v1/roadmaps/{id}")]
async fn get_roadmap(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    PathId(id): PathId,
    Query(query): Query<RoadmapQuery>,
) -> Result<Reply<FilledRoadmapBody>, Failure> {
    let asked = query.asked(&app.keys, id.to_string(), (language, app.config.clock.now()))?;
    let wanted = asked.clone();
    let (facts, version, filled) = app
        .read(&caller, move |tx, actor| {
            let (roadmap, on) = roadmaps::find(tx, actor, id.into())?;
            let filled = wanted.fill(tx, actor, &on.board, Some((roadmap.id, &roadmap.columns)))?;
            Ok((RoadmapFacts::new(&roadmap, &on.board), roadmap.version, filled))
        })
        .await?;
    let columns = asked.listed(&app.keys, filled);
    Ok(Reply::ok(&FilledRoadmapBody { facts, columns }).tagged(version))
}

/// Change a roadmap
///
/// It keeps its kind. What stands in a column that goes is off it.
#[utoipa::path(tag = "Roadmaps", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateRoadmapBody, responses((status = 200, body = RoadmapBody)))]
#[patch("/v1/roadmaps/{id}")]
async fn update_roadmap(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(sent): Json<UpdateRoadmapBody>,
) -> Result<Reply<RoadmapBody>, Failure> {
    let (id, stamp, act) = (RoadmapId::from(id), app.stamp(), app.act(&me, "update_roadmap"));
    let change = sent.changes(stamp)?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let (before, on) = roadmaps::find(tx, actor, id)?;
        if_match.ensure(before.version)?;
        let after = change(&before, &statuses::of_board(tx, on.board.id)?)?;
        // Saying the same again is no change.
        let same =
            Roadmap { version: before.version, updated_at: before.updated_at, ..after.clone() } == before;
        let look = (language, stamp.at);
        let was = Reply::ok(&body(tx, &before, &on.board, look)?).tagged(before.version);
        if same {
            return Ok(was);
        }
        roadmaps::update(tx, &stamp, &after)?;
        let is = Reply::ok(&body(tx, &after, &on.board, look)?).tagged(after.version);
        act.keep(tx, actor, id.uuid(), was.facts(), is)
    })
    .await
}

/// Delete a roadmap
///
/// The ideas on it stay what they are.
#[utoipa::path(tag = "Roadmaps", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/roadmaps/{id}")]
async fn delete_roadmap(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, act) = (RoadmapId::from(id), app.stamp(), app.act(&me, "delete_roadmap"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageBoards)?;
        let (roadmap, on) = roadmaps::find(tx, actor, id)?;
        if_match.ensure(roadmap.version)?;
        let before = facts(&body(tx, &roadmap, &on.board, (language, stamp.at))?);
        roadmaps::delete(tx, &stamp, &roadmap)?;
        act.keep(tx, actor, id.uuid(), before, Reply::nothing())
    })
    .await
}

/// The roadmap, and an idea of its board, for staff who may say what comes when.
fn both(
    tx: &mut AnyConnection,
    actor: &Actor,
    roadmap: RoadmapId,
    idea: IdeaId,
) -> Rows<(Roadmap, domain::ideas::Idea)> {
    actor.ensure(Permission::SetStatus)?;
    let (roadmap, _) = roadmaps::find(tx, actor, roadmap)?;
    let (idea, _) = ideas::find(tx, actor, idea)?;
    match idea.board_id == roadmap.board_id && idea.hidden.is_none() {
        true => Ok((roadmap, idea)),
        false => Err(Error::Missing),
    }
}

/// Put an idea into a column, or to another place of it
///
/// On a roadmap by status an idea stands in the column of its own; what is placed there comes before the others.
#[utoipa::path(tag = "Roadmaps", security(("bearer" = [])), params(("id" = Uuid, Path), ("idea" = Uuid, Path)),
    request_body = PlaceBody,
    responses((status = 200, body = PlacedBody), (status = 409, description = "follows_status, idea_merged")))]
#[put("/v1/roadmaps/{id}/ideas/{idea}")]
async fn place_on_roadmap(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
    Json(sent): Json<PlaceBody>,
) -> Result<Reply<PlacedBody>, Failure> {
    let (id, idea, stamp) = (RoadmapId::from(id), IdeaId::from(uuid_in_path(&request, "idea")?), app.stamp());
    let act = app.act(&me, "place_on_roadmap");
    let place = match sent.after {
        Patch::Keep => Where::Last,
        Patch::Clear => Where::First,
        Patch::Set(other) => Where::After(other.into()),
    };
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (roadmap, idea) = both(tx, actor, id, idea)?;
        roadmap.ensure_may_hold(&idea, &sent.column)?;
        places::put(tx, &stamp, (&roadmap, &sent.column), &idea, place)?;
        let column = sent.column.clone();
        let placed = PlacedBody { roadmap_id: id.uuid(), idea_id: idea.id.uuid(), column };
        act.keep(tx, actor, id.uuid(), None, Reply::ok(&placed))
    })
    .await
}

/// Take an idea off a roadmap
///
/// On a roadmap by status it stands by its votes again. Doing it again changes nothing.
#[utoipa::path(tag = "Roadmaps", security(("bearer" = [])), params(("id" = Uuid, Path), ("idea" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/roadmaps/{id}/ideas/{idea}")]
async fn take_off_roadmap(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    request: HttpRequest,
) -> Result<Reply<Nothing>, Failure> {
    let (id, idea, stamp) = (RoadmapId::from(id), IdeaId::from(uuid_in_path(&request, "idea")?), app.stamp());
    let act = app.act(&me, "take_off_roadmap");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (roadmap, idea) = both(tx, actor, id, idea)?;
        places::remove(tx, &stamp, &roadmap, idea.id)?;
        let before = json!({ "idea_id": idea.id.uuid() });
        act.keep(tx, actor, id.uuid(), before, Reply::nothing())
    })
    .await
}
