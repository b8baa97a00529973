//! Saved views: questions to the inbox that staff keeps, for themselves or for all of staff.

use actix_web::{delete, get, patch, post, web};
use domain::{ViewId, access::Permission, triage::view_name};
use persistence::{
    AloneWith, Error,
    triage::views::{self, View},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::query::InboxQuery;
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, field, present},
    error::Failure,
    once::Post,
    page::Listing,
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_views).service(create_view);
    to.service(get_view).service(update_view).service(delete_view);
}

/// A saved question to the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewBody {
    id: Uuid,
    #[schema(example = "답을 기다리는 아이디어")]
    name: String,
    /// Whether all of staff sees it; only its owner changes it.
    shared: bool,
    owner_id: Uuid,
    query: InboxQuery,
}

impl ViewBody {
    fn of(view: &View) -> Result<Self, Error> {
        Ok(Self {
            id: view.id.uuid(),
            name: view.name.clone(),
            shared: view.shared,
            owner_id: view.owner.uuid(),
            query: question(view)?,
        })
    }
}

/// What a view asks for.
pub(super) fn question(view: &View) -> Result<InboxQuery, Error> {
    serde_json::from_str(&view.query).map_err(|error| Error::Broken(format!("view {}: {error}", view.id)))
}

fn shown(view: &View) -> Result<Reply<ViewBody>, Error> {
    Ok(Reply::ok(&ViewBody::of(view)?).tagged(view.version))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewViewBody {
    #[validate(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80, example = "답을 기다리는 아이디어")]
    name: String,
    #[serde(default)]
    shared: bool,
    query: InboxQuery,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateViewBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 80))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 80)]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    shared: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = InboxQuery)]
    query: Option<InboxQuery>,
}

/// A question as it is kept, once it is known to make sense.
fn kept(query: &InboxQuery) -> Result<String, Failure> {
    query.wanted().map_err(|failure| failure.under("/query"))?;
    serde_json::to_string(&query.kept()).map_err(Failure::internal)
}

/// List the views you see: your own and the shared ones
#[utoipa::path(tag = "Triage", security(("bearer" = [])), responses((status = 200, body = Listing<ViewBody>)))]
#[get("/v1/triage/views")]
async fn list_views(app: web::Data<App>, me: SignedIn) -> Result<Reply<Listing<ViewBody>>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let views = views::seen_by(tx, me.member)?;
        let items = views.iter().map(ViewBody::of).collect::<Result<_, _>>()?;
        Ok(Reply::ok(&Listing { items, next_cursor: None, total: None }))
    })
    .await
}

/// Keep a question to the inbox
#[utoipa::path(tag = "Triage", security(("bearer" = [])), request_body = NewViewBody,
    responses((status = 201, body = ViewBody)))]
#[post("/v1/triage/views")]
async fn create_view(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewViewBody>,
) -> Result<Reply<ViewBody>, Failure> {
    let view = View {
        id: app.stamp().id(0),
        owner: me.member,
        name: field("/name", view_name(&post.body.name))?,
        shared: post.body.shared,
        query: kept(&post.body.query)?,
        version: 1,
    };
    let act = app.act(&me, "create_view");
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        views::insert(tx, &view)?;
        let location = format!("/v1/triage/views/{}", view.id);
        let reply = Reply::created(&ViewBody::of(&view)?, location).tagged(view.version);
        act.keep(tx, actor, view.id.uuid(), None, reply)
    })
    .await
}

/// Read a view
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ViewBody)))]
#[get("/v1/triage/views/{id}")]
async fn get_view(app: web::Data<App>, me: SignedIn, PathId(id): PathId) -> Result<Reply<ViewBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        shown(&views::find(tx, me.member, id.into())?)
    })
    .await
}

/// Change one of your views
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateViewBody,
    responses((status = 200, body = ViewBody), (status = 403, description = "not_yours")))]
#[patch("/v1/triage/views/{id}")]
async fn update_view(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateViewBody>,
) -> Result<Reply<ViewBody>, Failure> {
    let name = body.name.as_deref().map(|name| field("/name", view_name(name))).transpose()?;
    let (query, shared) = (body.query.as_ref().map(kept).transpose()?, body.shared);
    let act = app.act(&me, "update_view");
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let before = views::find(tx, me.member, id.into())?;
        ensure_own(&before, me.member)?;
        if_match.ensure(before.version)?;
        let was = shown(&before)?.facts();
        let after = View {
            name: name.clone().unwrap_or(before.name),
            shared: shared.unwrap_or(before.shared),
            query: query.clone().unwrap_or(before.query),
            version: before.version + 1,
            ..before
        };
        views::update(tx, &after)?;
        act.keep(tx, actor, after.id.uuid(), was, shown(&after)?)
    })
    .await
}

fn ensure_own(view: &View, me: domain::MemberId) -> Result<(), domain::Refusal> {
    if view.owner == me { Ok(()) } else { Err(domain::Refusal::NotYours) }
}

/// Delete one of your views
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_yours")))]
#[delete("/v1/triage/views/{id}")]
async fn delete_view(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, act) = (ViewId::from(id), app.act(&me, "delete_view"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let view = views::find(tx, me.member, id)?;
        ensure_own(&view, me.member)?;
        if_match.ensure(view.version)?;
        views::delete(tx, id)?;
        act.keep(tx, actor, id.uuid(), shown(&view)?.facts(), Reply::nothing())
    })
    .await
}
