//! What staff do to bring products to those with a seat: who is sent what, files to couriers and from them.

pub mod bodies;
mod export;
mod import;

use actix_web::{get, patch, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ApplicationId, Refusal, Stamp,
    access::Permission,
    panels::{
        Panel,
        applications::Application,
        shipping::{Shipment, ensure_confirmed, ensure_kept, ensure_may_follow},
    },
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    panels::{
        self, applications,
        shipments::{self, Listed},
        trials,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use self::{
    bodies::{ListShipmentsQuery, ShipmentBody, ShipmentsImportedBody, UpdateShipmentBody},
    export::CsvFile,
    import::{Csv, Line, understood},
};
use crate::{
    actor::SignedIn,
    app::App,
    audit::facts,
    body::{Json, PathId, Query},
    clock::random,
    error::Failure,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_shipments).service(export_shipments).service(import_shipments).service(update_shipment);
}

/// List who is sent the product of a panel, in the order in which they applied
///
/// Everybody with a confirmed seat. Addresses are for staff who ship, and only where they are asked for.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path), ListShipmentsQuery),
    responses((status = 200, body = Listing<ShipmentBody>)))]
#[get("/v1/panels/{id}/shipments")]
async fn list_shipments(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<ListShipmentsQuery>,
) -> Result<Reply<Listing<ShipmentBody>>, Failure> {
    let (limit, act, held) = (limit(query.limit)?, app.act(&me, "list_shipments"), app.clone());
    let with_addresses = query.with_addresses;
    let list = ListName::of(&["shipments", &id.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.look(&me.caller, move |tx, actor| {
        ensure_may_follow(actor)?;
        if with_addresses {
            actor.ensure(Permission::Ship)?;
        }
        let panel = panels::find(tx, actor, id.into())?;
        let page = shipments::list(tx, panel.id, after, limit)?;
        let ids: Vec<ApplicationId> = page.items.iter().map(|listed| listed.shipment.application).collect();
        let trials = trials::of(tx, &ids)?;
        act.keep_facts(tx, actor, Some(id), (None, Some(seen(&page.items, with_addresses))))?;
        Ok(page.map(|listed| {
            let trial = trials.get(&listed.shipment.application).copied().unwrap_or_default();
            ShipmentBody::listed(listed, &trial, &panel, &held.addresses, with_addresses)
        }))
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |body| body)))
}

/// At whom somebody looks; where addresses are shown, at whose.
fn seen(listed: &[Listed], with_addresses: bool) -> Value {
    let mut seen = json!({ "members": members(listed) });
    if with_addresses {
        let with_one = listed.iter().filter(|listed| listed.shipment.address.is_some());
        seen["addresses_of"] = json!(members(with_one));
    }
    seen
}

fn members<'a>(listed: impl IntoIterator<Item = &'a Listed>) -> Vec<Uuid> {
    listed.into_iter().filter_map(|listed| listed.member.map(|id| id.uuid())).collect()
}

/// Take the addresses that products are to be sent to as a file for couriers
///
/// CSV for spreadsheets, in UTF-8 with a byte order mark: everybody with a confirmed seat who gave an address and was not sent anything
/// yet. An address that no key opens is a line with `unreadable` and without it.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, content((String = "text/csv")))))]
#[get("/v1/panels/{id}/shipments/export")]
async fn export_shipments(app: web::Data<App>, me: SignedIn, PathId(id): PathId) -> Result<CsvFile, Failure> {
    let (now, act) = (app.config.clock.now(), app.act(&me, "export_shipments"));
    let look = app.look(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Ship)?;
        let panel = panels::find(tx, actor, id.into())?;
        let mut due = shipments::all(tx, panel.id)?;
        due.retain(|Listed { shipment, .. }| {
            shipment.address.is_some() && shipment.parcel.shipped_at.is_none()
        });
        act.keep_facts(tx, actor, Some(id), (None, Some(json!({ "addresses_of": members(&due) }))))?;
        Ok((panel, due))
    });
    let (panel, due) = look.await?;
    export::of(&panel, &due, &app.addresses, now)
}

/// Say from a file what couriers took and brought
///
/// CSV with the columns `application_id`, `courier`, `tracking`, and as it may be `state` (`shipped` or `delivered`) and `at`; what the
/// file to couriers had besides may stay. UTF-8 or CP949. All of its lines count or none: what is wrong is named by line and column
/// (`/3/tracking`). The same file again changes nothing.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body(content = String, content_type = "text/csv",
        example = "application_id,courier,tracking\n01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d,CJ대한통운,612345678901\n"),
    responses((status = 200, body = ShipmentsImportedBody), (status = 409, description = "panel_phase")))]
#[post("/v1/panels/{id}/shipments/import")]
async fn import_shipments(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    file: Csv,
) -> Result<Reply<ShipmentsImportedBody>, Failure> {
    let (now, act) = (app.stamp().at, app.act(&me, "import_shipments"));
    // Each line has events of its own.
    let lines: Vec<(Stamp, Line)> =
        import::lines(&file.text)?.into_iter().map(|line| (Stamp::new(now, random()), line)).collect();
    app.write_once(&me.caller, file.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Ship)?;
        let panel = panels::find(tx, actor, id.into())?;
        let (changes, done) = changes(tx, &panel, &lines, now)?;
        for (stamp, before, after) in &changes {
            shipments::keep(tx, stamp, after, &before.parcel.events_to(&after.parcel))?;
        }
        let changed: Vec<_> = changes.iter().map(|(.., after)| after.application.uuid()).collect();
        let done_to = json!({ "counts": facts(&done), "applications": changed });
        act.keep_facts(tx, actor, Some(id), (None, Some(done_to)))?;
        Ok(Reply::ok(&done))
    })
    .await
}

/// When and how what is known of a shipment becomes something else.
type Change = (Stamp, Shipment, Shipment);

/// What the lines of a file change, alone with the panel until that is stored.
fn changes(
    tx: &mut AnyConnection,
    panel: &Panel,
    lines: &[(Stamp, Line)],
    now: DateTime<Utc>,
) -> Rows<(Vec<Change>, ShipmentsImportedBody)> {
    panels::be_alone_with(tx, panel.id)?;
    ensure_kept(panel, now)?;
    let known = shipments::all(tx, panel.id)?.into_iter().map(|listed| listed.shipment);
    let mut after = understood(lines, known, &(panel.out_from()..=now))?;
    let done = ShipmentsImportedBody::of(&after);
    after.retain(|(_, before, after)| before != after);
    Ok((after, done))
}

/// Say by hand what became of a shipment
///
/// What is left out stays, `null` takes it back. A time may be corrected here either way; a delivery is never before the shipping, and
/// neither is before the announcement of the panel or in the future.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = UpdateShipmentBody,
    responses((status = 200, body = ShipmentBody), (status = 409, description = "seat_not_confirmed, panel_phase")))]
#[patch("/v1/applications/{id}/shipment")]
async fn update_shipment(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<UpdateShipmentBody>,
) -> Result<Reply<ShipmentBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "update_shipment"), app.clone());
    let update = body.update()?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Ship)?;
        let (application, panel) = alone(tx, actor, id.into())?;
        let before = shipments::find(tx, &application)?;
        ensure_kept(&panel, stamp.at)?;
        let span = panel.out_from()..=stamp.at;
        let parcel = before.parcel.becoming(update.over(&before.parcel), &span);
        let parcel = parcel.map_err(|(field, fault)| Refusal::Unfit { field, fault })?;
        let was = answer(tx, actor, &application, &before, &held)?;
        let events = before.parcel.events_to(&parcel);
        if !events.is_empty() {
            shipments::keep(tx, &stamp, &Shipment { parcel, ..before }, &events)?;
        }
        let after = shipments::find(tx, &application)?;
        let is = answer(tx, actor, &application, &after, &held)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}

/// The application, confirmed, when nobody else changes the panel or what is sent for it until this is done.
fn alone(tx: &mut AnyConnection, actor: &Actor, id: ApplicationId) -> Rows<(Application, Panel)> {
    let panel = applications::find(tx, id)?.panel_id;
    panels::be_alone_with(tx, panel)?;
    let panel = panels::find(tx, actor, panel)?;
    let application = applications::find(tx, id)?;
    ensure_confirmed(&application).map_err(Error::Refused)?;
    Ok((application, panel))
}

fn answer(
    tx: &mut AnyConnection,
    actor: &Actor,
    application: &Application,
    shipment: &Shipment,
    app: &web::Data<App>,
) -> Rows<Reply<ShipmentBody>> {
    let panel = panels::find(tx, actor, application.panel_id)?;
    let trial = trials::of_one(tx, application.id)?;
    Ok(Reply::ok(&ShipmentBody::new(shipment, &application.ticket, &trial, &panel, &app.addresses)))
}
