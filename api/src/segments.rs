//! Segments: rules over what is known of members, whom they hold and why, and what stands behind an idea.

mod bodies;
mod demand;
mod explanation;
mod rules;

use actix_web::{delete, get, patch, post, web};
use domain::{SegmentId, access::Permission};
use persistence::{AloneWith, segments};

pub(crate) use self::demand::ensure_number;
use self::{
    bodies::{FoundBody, NamedBody, NewSegmentBody, PreviewBody, SegmentBody, UpdateSegmentBody, shown},
    demand::get_idea_demand,
    explanation::explain_segment_member,
};
use crate::{
    actor::SignedIn,
    app::App,
    boards::PageQuery,
    body::{Json, PathId, Query},
    error::Failure,
    once::Post,
    page::{ListName, Listing, limit},
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_segments).service(create_segment).service(preview_segment);
    to.close("/v1/segments/preview");
    to.service(get_segment).service(update_segment).service(delete_segment);
    to.service(list_segment_members).service(explain_segment_member);
    to.service(get_idea_demand);
}

/// List segments, the oldest first
#[utoipa::path(tag = "Segments", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<SegmentBody>)))]
#[get("/v1/segments")]
async fn list_segments(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<SegmentBody>>, Failure> {
    let limit = limit(query.limit)?;
    let list = ListName::of(&["segments"]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&me.caller, move |tx, actor| {
            actor.ensure(Permission::ManageSegments)?;
            segments::list(tx, after, limit)
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, |segment| SegmentBody::from(&segment))))
}

/// Make a segment
///
/// Its members are found at once, and follow every change of what is known of them.
#[utoipa::path(tag = "Segments", security(("bearer" = [])), request_body = NewSegmentBody,
    responses((status = 201, body = SegmentBody), (status = 409, description = "too_many_segments")))]
#[post("/v1/segments")]
async fn create_segment(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewSegmentBody>,
) -> Result<Reply<SegmentBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "create_segment"));
    let segment = post.body.segment(&stamp)?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageSegments)?;
        segments::insert(tx, &stamp, &segment)?;
        let made = segments::find(tx, segment.id)?;
        let location = format!("/v1/segments/{}", made.id);
        let reply = Reply::created(&SegmentBody::from(&made), location).tagged(made.version);
        act.keep(tx, actor, made.id.uuid(), None, reply)
    })
    .await
}

/// See whom a rule would hold, and store nothing
#[utoipa::path(tag = "Segments", security(("bearer" = [])), request_body = PreviewBody,
    responses((status = 200, body = FoundBody)))]
#[post("/v1/segments/preview")]
async fn preview_segment(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<PreviewBody>,
) -> Result<Reply<FoundBody>, Failure> {
    const SAMPLE: usize = 10;
    let (rule, now, act) = (post.body.rule.rule()?, app.stamp().at, app.act(&me, "preview_segment"));
    // Looking twice is looking, so there is nothing to keep for a repetition.
    app.look(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManageSegments)?;
        let found = segments::survey(tx, &rule, now)?;
        rule.ensure_known(&found.known)?;
        let first = found.matching.get(..SAMPLE).unwrap_or(&found.matching);
        let sample: Vec<_> = segments::named(tx, first)?.into_iter().map(NamedBody::from).collect();
        act.look(tx, actor, None, sample.iter().map(|named| named.id))?;
        Ok(Reply::ok(&FoundBody { count: found.matching.len() as i64, of: found.of, sample }))
    })
    .await
}

/// Read a segment
#[utoipa::path(tag = "Segments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = SegmentBody)))]
#[get("/v1/segments/{id}")]
async fn get_segment(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<SegmentBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManageSegments)?;
        Ok(shown(&segments::find(tx, id.into())?))
    })
    .await
}

/// Change a segment
///
/// With another rule its members are found anew.
#[utoipa::path(tag = "Segments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateSegmentBody, responses((status = 200, body = SegmentBody)))]
#[patch("/v1/segments/{id}")]
async fn update_segment(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateSegmentBody>,
) -> Result<Reply<SegmentBody>, Failure> {
    let (id, stamp) = (SegmentId::from(id), app.stamp());
    let (change, act) = (body.changes(stamp)?, app.act(&me, "update_segment"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageSegments)?;
        let before = segments::find(tx, id)?;
        if_match.ensure(before.version)?;
        if let Some(after) = change(&before) {
            segments::update(tx, &stamp, &before, &after)?;
        }
        let reply = shown(&segments::find(tx, id)?);
        act.keep(tx, actor, id.uuid(), shown(&before).facts(), reply)
    })
    .await
}

/// Delete a segment
///
/// Not while it says who may enter a published contest.
#[utoipa::path(tag = "Segments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "segment_in_use")))]
#[delete("/v1/segments/{id}")]
async fn delete_segment(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, act) = (SegmentId::from(id), app.stamp(), app.act(&me, "delete_segment"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageSegments)?;
        let before = segments::find(tx, id)?;
        if_match.ensure(before.version)?;
        segments::delete(tx, &stamp, id)?;
        act.keep(tx, actor, id.uuid(), shown(&before).facts(), Reply::nothing())
    })
    .await
}

/// List the members of a segment, in the order they joined
#[utoipa::path(tag = "Segments", security(("bearer" = [])), params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Listing<NamedBody>)))]
#[get("/v1/segments/{id}/members")]
async fn list_segment_members(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<NamedBody>>, Failure> {
    let limit = limit(query.limit)?;
    let list = ListName::of(&["segment members", &id.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let act = app.act(&me, "list_segment_members");
    let page = app
        .look(&me.caller, move |tx, actor| {
            actor.ensure(Permission::ManageSegments)?;
            let segment = segments::find(tx, id.into())?;
            let page = segments::members(tx, segment.id, after, limit)?;
            act.look(tx, actor, Some(id), page.items.iter().map(|named| named.member.uuid()))?;
            Ok(page)
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, NamedBody::from)))
}
