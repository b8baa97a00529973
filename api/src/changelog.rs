//! The changelog: what the brand has made, as entries and as a feed.

mod bodies;
mod feed;

use actix_web::{delete, get, patch, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ChangelogEntryId, IdeaId, Refusal,
    access::Permission,
    changelog::{Entry, Label, Scope, State},
    page::Limit,
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows, boards,
    changelog::{
        self, Wanted, Written,
        links::{self, announce},
    },
    ideas,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use self::{
    bodies::{
        ChangelogEntryBody, ChangelogLabelName, ChangelogStateName, Look, NewChangelogEntryBody,
        UpdateChangelogEntryBody,
    },
    feed::{Content, Feed},
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::{board_named, boards_of},
    body::{Json, PathId, Query},
    error::Failure,
    language::Language,
    once::{Empty, Post},
    page::{ListName, Listing, limit},
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_changelog_feed);
    to.service(list_changelog).service(create_changelog_entry);
    to.service(get_changelog_entry)
        .service(update_changelog_entry)
        .service(delete_changelog_entry)
        .service(publish_changelog_entry);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangelogQuery {
    /// Id or slug: only entries about this board.
    board: Option<String>,
    label: Option<ChangelogLabelName>,
    /// Only entries that name this idea.
    idea: Option<Uuid>,
    /// `published` unless given; the others are for those who write entries.
    state: Option<ChangelogStateName>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// Id or slug: only entries about this board.
    board: Option<String>,
}

/// The entries as the actor sees them.
fn bodies_of(
    tx: &mut AnyConnection,
    actor: &Actor,
    entries: Vec<Written>,
    (language, now): (Language, DateTime<Utc>),
) -> Rows<Vec<ChangelogEntryBody>> {
    let ids: Vec<ChangelogEntryId> = entries.iter().map(|written| written.entry.id).collect();
    let ideas = links::seen(tx, actor, &ids)?;
    let (_, names) = boards_of(tx, actor, None)?;
    let look = Look { names: &names, language, now };
    Ok(entries.into_iter().map(|written| ChangelogEntryBody::new(written, &ideas, look)).collect())
}

/// An entry as the actor sees it, and its version.
fn body_of(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: ChangelogEntryId,
    look: (Language, DateTime<Utc>),
) -> Rows<(ChangelogEntryBody, i32)> {
    let written = changelog::find(tx, actor, id, look.1)?;
    let version = written.entry.version;
    let body = bodies_of(tx, actor, vec![written], look)?.pop().ok_or(Error::Missing)?;
    Ok((body, version))
}

/// An entry as it is answered wherever it changes.
fn shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: ChangelogEntryId,
    look: (Language, DateTime<Utc>),
) -> Rows<Reply<ChangelogEntryBody>> {
    let (body, version) = body_of(tx, actor, id, look)?;
    Ok(Reply::ok(&body).tagged(version))
}

/// Whether the actor may name these ideas: they know of them, and each lives on its own.
fn ensure_nameable(tx: &mut AnyConnection, actor: &Actor, wanted: &[IdeaId]) -> Rows<()> {
    for (nth, id) in wanted.iter().enumerate() {
        let lives = match ideas::find(tx, actor, *id) {
            Ok((idea, _)) => idea.hidden.is_none() && idea.merged_into.is_none(),
            Err(Error::Missing) => false,
            Err(error) => return Err(error),
        };
        if !lives {
            let pointer = format!("/idea_ids/{nth}");
            return Err(Refusal::UnfitAt { pointer, fault: Fault::NotA("idea to be named") }.into());
        }
    }
    Ok(())
}

/// Read the changelog, the latest first
#[utoipa::path(tag = "Changelog", params(ChangelogQuery),
    responses((status = 200, body = Listing<ChangelogEntryBody>), (status = 404, description = "not_found")))]
#[get("/v1/changelog")]
async fn list_changelog(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    Query(query): Query<ChangelogQuery>,
) -> Result<Reply<Listing<ChangelogEntryBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.config.clock.now());
    let (board, idea) = (query.board.as_deref().map(board_named).transpose()?, query.idea.map(IdeaId::from));
    let (state, label) = (query.state.map_or(State::Published, State::from), query.label.map(Label::from));
    let list = ListName::of(&["changelog", &format!("{board:?} {idea:?} {state:?} {label:?}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&caller, move |tx, actor| {
        if state != State::Published {
            actor.ensure(Permission::ManageChangelog)?;
        }
        idea.map(|idea| ideas::find(tx, actor, idea)).transpose()?;
        let board = board.as_ref().map(|board| boards::find(tx, actor, board)).transpose()?;
        let wanted = Wanted { state, board: board.map(|seen| seen.board.id), label, idea, now };
        let page = changelog::list(tx, actor, &wanted, after, limit)?;
        let items = bodies_of(tx, actor, page.items, (language, now))?;
        Ok(domain::page::Page { items, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |entry| entry)))
}

/// Write an entry
///
/// A draft, or with `publish_at` one that comes out by itself.
#[utoipa::path(tag = "Changelog", security(("bearer" = [])), request_body = NewChangelogEntryBody,
    responses((status = 201, body = ChangelogEntryBody)))]
#[post("/v1/changelog")]
async fn create_changelog_entry(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    post: Post<NewChangelogEntryBody>,
) -> Result<Reply<ChangelogEntryBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "create_changelog_entry"));
    let draft = post.body.draft(&stamp, me.member)?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageChangelog)?;
        ensure_nameable(tx, actor, &draft.ideas)?;
        let scope = match &draft.board {
            Some(board) => Scope::Board(boards::find(tx, actor, board).map_err(no_board)?.board.id),
            None => draft.entry.scope,
        };
        let entry = Entry { scope, ..draft.entry.clone() };
        changelog::insert(tx, &stamp, &entry, &draft.ideas).map_err(no_board)?;
        let (body, version) = body_of(tx, actor, entry.id, (language, stamp.at))?;
        let reply = Reply::created(&body, format!("/v1/changelog/{}", entry.id)).tagged(version);
        act.keep(tx, actor, entry.id.uuid(), None, reply)
    })
    .await
}

/// What names a board that is not there, or not the caller's to know of.
fn no_board(error: Error) -> Error {
    match error {
        Error::Missing => Refusal::Unfit { field: "board", fault: Fault::NotA("board") }.into(),
        error => error,
    }
}

/// Read an entry
#[utoipa::path(tag = "Changelog", params(("id" = Uuid, Path)),
    responses((status = 200, body = ChangelogEntryBody), (status = 304)))]
#[get("/v1/changelog/{id}")]
async fn get_changelog_entry(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    PathId(id): PathId,
) -> Result<Reply<ChangelogEntryBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&caller, move |tx, actor| shown(tx, actor, id.into(), (language, now))).await
}

/// Change an entry
///
/// `publish_at` schedules it; null takes it back, also when it is out. Nobody is told of an entry twice.
#[utoipa::path(tag = "Changelog", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateChangelogEntryBody,
    responses((status = 200, body = ChangelogEntryBody), (status = 409, description = "already_published")))]
#[patch("/v1/changelog/{id}")]
async fn update_changelog_entry(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateChangelogEntryBody>,
) -> Result<Reply<ChangelogEntryBody>, Failure> {
    let (id, stamp, told) = (ChangelogEntryId::from(id), app.stamp(), [app.stamp(), app.stamp()]);
    let (change, named, act) = (body.changes(stamp)?, body.ideas()?, app.act(&me, "update_changelog_entry"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageChangelog)?;
        let before = changelog::find(tx, actor, id, stamp.at)?.entry;
        if_match.ensure(before.version)?;
        let after = change(&before)?;
        let present = links::of(tx, id)?;
        let named = named.clone().filter(|ideas| *ideas != present);
        ensure_nameable(tx, actor, named.as_deref().unwrap_or_default())?;
        // Saying the same again is no change.
        let same =
            Entry { version: before.version, updated_at: before.updated_at, ..after.clone() } == before;
        let was = shown(tx, actor, id, (language, stamp.at))?;
        if same && named.is_none() {
            return Ok(was);
        }
        changelog::update(tx, &stamp, &after, named.as_deref())?;
        announce(tx, &told, id)?;
        let is = shown(tx, actor, id, (language, stamp.at))?;
        act.keep(tx, actor, id.uuid(), was.facts(), is)
    })
    .await
}

/// Delete an entry
///
/// What was told of it goes with it.
#[utoipa::path(tag = "Changelog", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/changelog/{id}")]
async fn delete_changelog_entry(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, act) = (ChangelogEntryId::from(id), app.stamp(), app.act(&me, "delete_changelog_entry"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageChangelog)?;
        let entry = changelog::find(tx, actor, id, stamp.at)?.entry;
        if_match.ensure(entry.version)?;
        let before = shown(tx, actor, id, (language, stamp.at))?.facts();
        changelog::delete(tx, &stamp, &entry)?;
        act.keep(tx, actor, id.uuid(), before, Reply::nothing())
    })
    .await
}

/// Publish an entry now
///
/// Each supporter of the ideas it names is told once. Publishing what is out changes nothing.
#[utoipa::path(tag = "Changelog", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ChangelogEntryBody)))]
#[post("/v1/changelog/{id}/publish")]
async fn publish_changelog_entry(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
    post: Post<Empty>,
) -> Result<Reply<ChangelogEntryBody>, Failure> {
    let (id, stamp, told) = (ChangelogEntryId::from(id), app.stamp(), [app.stamp(), app.stamp()]);
    let act = app.act(&me, "publish_changelog_entry");
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageChangelog)?;
        let entry = changelog::find(tx, actor, id, stamp.at)?.entry;
        if_match.ensure(entry.version)?;
        let before = shown(tx, actor, id, (language, stamp.at))?.facts();
        if entry.state(stamp.at) != State::Published {
            let version = entry.version + 1;
            let out = Entry { publish_at: Some(stamp.at), updated_at: stamp.at, version, ..entry };
            changelog::update(tx, &stamp, &out, None)?;
        }
        announce(tx, &told, id)?;
        let after = shown(tx, actor, id, (language, stamp.at))?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// Read the changelog as an Atom feed
///
/// The thirty latest entries that you may read.
#[utoipa::path(tag = "Changelog", params(FeedQuery),
    responses((status = 200, content((String = "application/atom+xml"))), (status = 304),
        (status = 404, description = "not_found")))]
#[get("/v1/changelog.atom")]
async fn get_changelog_feed(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    Query(query): Query<FeedQuery>,
) -> Result<Feed, Failure> {
    let (board, now) = (query.board.as_deref().map(board_named).transpose()?, app.config.clock.now());
    let (board, page) = app
        .read(&caller, move |tx, actor| {
            let board = board.as_ref().map(|board| boards::find(tx, actor, board)).transpose()?;
            let board = board.map(|seen| seen.board);
            let id = board.as_ref().map(|board| board.id);
            let wanted = Wanted { state: State::Published, board: id, label: None, idea: None, now };
            Ok((board, changelog::list(tx, actor, &wanted, None, Limit::FEED)?))
        })
        .await?;
    let content = Content::new(&app.config.public_url, board.as_ref(), language, &page.items);
    Feed::of(&content).map_err(Failure::internal)
}
