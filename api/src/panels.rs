//! Trial panels: what they offer, the steps staff take, and who applied.

mod addresses;
mod announcement;
mod applications;
mod bodies;
mod disclosure;
mod draw;
mod excuses;
mod locks;
mod metrics;
mod missions;
mod nonces;
mod pictures;
mod posts;
mod replies;
mod reports;
mod results;
mod schemas;
mod scores;
mod screening;
mod shipping;
mod shown;
mod simulation;
mod steps;
mod strikes;
mod trials;

use actix_web::{delete, get, patch, post, web};
use domain::{
    Actor,
    access::Permission,
    digest,
    events::PanelEvent,
    panels::{Barred, Marks, Panel, Phase},
};
use persistence::{AloneWith, AnyConnection, Result as Rows, panels};

use self::{bodies::terms_of, schemas::UpdatePanelBody, shown::PanelShown};
pub use self::{
    draw::DrawBody,
    schemas::{NewPanelBody, PanelBody},
    strikes::PanelRefBody,
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::PageQuery,
    body::{Json, PathId, Query},
    clock::random,
    error::Failure,
    once::Post,
    page::{ListName, Listing, limit},
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_panels).service(create_panel);
    to.service(get_panel).service(update_panel).service(delete_panel);
    steps::routes(to);
    locks::routes(to);
    draw::routes(to);
    nonces::routes(to);
    applications::routes(to);
    scores::routes(to);
    replies::routes(to);
    addresses::routes(to);
    shipping::routes(to);
    simulation::routes(to);
    metrics::routes(to);
    announcement::routes(to);
    excuses::routes(to);
    strikes::routes(to);
    results::routes(to);
    pictures::routes(to);
    missions::routes(to);
    reports::routes(to);
    disclosure::routes(to);
}

/// A panel as it is answered wherever it changes.
fn shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    panel: &Panel,
    app: &web::Data<App>,
) -> Rows<Reply<PanelBody>> {
    let shown = PanelShown::of(tx, actor, panel, app)?;
    Ok(Reply::ok(&PanelBody(shown)).tagged(panel.version))
}

/// List panels, the newest first
///
/// Drafts are for those who make panels.
#[utoipa::path(tag = "Panels", params(PageQuery), responses((status = 200, body = Listing<PanelBody>)))]
#[get("/v1/panels")]
async fn list_panels(
    app: web::Data<App>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<PanelBody>>, Failure> {
    let (limit, held) = (limit(query.limit)?, app.clone());
    let list = ListName::of(&["panels"]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&caller, move |tx, actor| {
        let page = panels::list(tx, actor, after, limit)?;
        let items = PanelShown::all(tx, actor, &page.items, &held)?;
        Ok(domain::page::Page { items, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, PanelBody)))
}

/// Make a panel
///
/// A draft, which nobody else sees before it is published.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), request_body = NewPanelBody,
    responses((status = 201, body = PanelBody)))]
#[post("/v1/panels")]
async fn create_panel(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewPanelBody>,
) -> Result<Reply<PanelBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "create_panel"), app.clone());
    let terms = terms_of(post.body.0)?;
    let secret = digest::hex(random::<16>());
    let at = stamp.at;
    let panel = Panel {
        id: stamp.id(0),
        terms,
        marks: Marks::default(),
        rules_hash: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        panels::insert(tx, &stamp, &panel, &secret)?;
        let shown = PanelShown::of(tx, actor, &panel, &held)?;
        let reply = Reply::created(&PanelBody(shown), format!("/v1/panels/{}", panel.id)).tagged(1);
        act.keep(tx, actor, panel.id.uuid(), None, reply)
    })
    .await
}

/// Read a panel
///
/// Which answers qualify is shown to staff, and to everybody once the result is out. `rules_salt` is shown then too, with which the
/// terms can be hashed and compared with `rules_hash`.
#[utoipa::path(tag = "Panels", params(("id" = Uuid, Path)), responses((status = 200, body = PanelBody), (status = 304)))]
#[get("/v1/panels/{id}")]
async fn get_panel(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<PanelBody>, Failure> {
    let held = app.clone();
    app.read(&caller, move |tx, actor| {
        let panel = panels::find(tx, actor, id.into())?;
        shown(tx, actor, &panel, &held)
    })
    .await
}

/// Change a panel
///
/// A merge patch (RFC 7396) of its terms. Once it is published, only description and contact may be told better, and recruiting may
/// last longer. From the end of recruiting on only the contact may change, until the panel is closed or cancelled.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = UpdatePanelBody,
    responses((status = 200, body = PanelBody), (status = 409, description = "terms_frozen, panel_phase")))]
#[patch("/v1/panels/{id}")]
async fn update_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdatePanelBody>,
) -> Result<Reply<PanelBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "update_panel"), app.clone());
    let found = app
        .read(&me.caller, move |tx, actor| {
            actor.ensure(Permission::ManagePanels)?;
            panels::find(tx, actor, id.into())
        })
        .await?;
    let terms = terms_of(body.over(&found.terms))?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let before = panels::find(tx, actor, id.into())?;
        if_match.ensure(before.version)?;
        // The patch was applied to what was read then.
        let unchanged = before.version == found.version;
        if !unchanged {
            return Err(persistence::Error::Contended);
        }
        let was = shown(tx, actor, &before, &held)?;
        let after = before.clone().with_terms(terms.clone(), stamp.at)?;
        if after == before {
            return Ok(was);
        }
        let after = Panel { updated_at: stamp.at, version: before.version + 1, ..after };
        panels::update(tx, &stamp, &after, PanelEvent::Updated)?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}

/// Delete a draft
///
/// What was published is cancelled instead, and stays to be read.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "panel_phase")))]
#[delete("/v1/panels/{id}")]
async fn delete_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "delete_panel"), app.clone());
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let panel = panels::find(tx, actor, id.into())?;
        if_match.ensure(panel.version)?;
        match panel.phase(stamp.at) {
            Phase::Draft => {}
            phase => return Err(persistence::Error::Refused(Barred::Phase(phase).into())),
        }
        let before = shown(tx, actor, &panel, &held)?.facts();
        panels::delete(tx, &stamp, panel.id)?;
        act.keep(tx, actor, id, before, Reply::nothing())
    })
    .await
}
