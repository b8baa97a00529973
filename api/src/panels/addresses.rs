//! Where the product goes, as those with a seat say it, and that it came. In person: a program has no business with it.

use actix_web::{delete, get, post, put, web};
use domain::{
    events::ShipmentEvent,
    panels::{
        shipping::{Shipment, ensure_confirmed, ensure_takes_address},
        trials::Trial,
    },
};
use persistence::{
    AloneWith, Error,
    panels::{shipments, trials},
};

use super::{
    applications::{own, own_alone},
    shipping::bodies::{AddressBody, ShipmentBody},
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId},
    error::Failure,
    once::{Empty, Post},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_address).service(put_address).service(delete_address);
    to.service(get_shipment).service(report_received);
}

/// Read the address one gave for a product
///
/// In person. A 404 when there is none: none was given, or it has had its time.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = AddressBody), (status = 403, description = "not_by_key"),
        (status = 409, description = "address_unreadable")))]
#[get("/v1/applications/{id}/address")]
async fn get_address(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<AddressBody>, Failure> {
    let held = app.clone();
    app.read(&me.caller, move |tx, actor| {
        actor.ensure_in_person()?;
        let (application, ..) = own(tx, actor, id.into())?;
        let sealed = shipments::find(tx, &application)?.address.ok_or(Error::Missing)?;
        Ok(Reply::ok(&AddressBody::from(held.addresses.open(application.id, &sealed)?)))
    })
    .await
}

/// Say where the product is to go
///
/// In person, once the seat is confirmed and until the product is shipped. It is kept encrypted, seen by staff who ship, and deleted
/// `retention_days` after the panel ended, or after the report was due where nobody ended it.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = AddressBody,
    responses((status = 200, body = AddressBody), (status = 403, description = "not_by_key"),
        (status = 409, description = "seat_not_confirmed, already_shipped, panel_phase")))]
#[put("/v1/applications/{id}/address")]
async fn put_address(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<AddressBody>,
) -> Result<Reply<AddressBody>, Failure> {
    let (stamp, held, address) = (app.stamp(), app.clone(), body.address()?);
    let sealed = app.addresses.seal(id.into(), &address)?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure_in_person()?;
        let (application, panel, _) = own_alone(tx, actor, id.into())?;
        let before = shipments::find(tx, &application)?;
        ensure_takes_address(&application, &panel, &before.parcel, stamp.at)?;
        let known =
            before.address.as_deref().and_then(|sealed| held.addresses.open(application.id, sealed).ok());
        if known.as_ref() != Some(&address) {
            let after = Shipment { address: Some(sealed.clone()), ..before };
            shipments::keep(tx, &stamp, &after, &[ShipmentEvent::AddressGiven])?;
        }
        Ok(Reply::ok(&AddressBody::from(address.clone())))
    })
    .await
}

/// Take back the address one gave
///
/// In person, until the product is shipped.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_by_key"), (status = 409, description = "already_shipped")))]
#[delete("/v1/applications/{id}/address")]
async fn delete_address(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let stamp = app.stamp();
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure_in_person()?;
        let (application, ..) = own_alone(tx, actor, id.into())?;
        let before = shipments::find(tx, &application)?;
        before.parcel.ensure_not_shipped()?;
        if before.address.is_some() {
            let after = Shipment { address: None, ..before };
            shipments::keep(tx, &stamp, &after, &[ShipmentEvent::AddressDeleted])?;
        }
        Ok(Reply::nothing())
    })
    .await
}

/// Read how far the product is that one is sent
///
/// A 404 without a confirmed seat.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ShipmentBody)))]
#[get("/v1/applications/{id}/shipment")]
async fn get_shipment(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<ShipmentBody>, Failure> {
    let held = app.clone();
    app.read(&me.caller, move |tx, actor| {
        let (application, panel, _) = own(tx, actor, id.into())?;
        ensure_confirmed(&application).map_err(|_| Error::Missing)?;
        let shipment = shipments::find(tx, &application)?;
        let trial = trials::of_one(tx, application.id)?;
        Ok(Reply::ok(&ShipmentBody::new(&shipment, &application.ticket, &trial, &panel, &held.addresses)))
    })
    .await
}

/// Say that the product came
///
/// The report is due from then on, unless the courier says that it came earlier. Saying it again changes nothing.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ShipmentBody), (status = 409, description = "seat_not_confirmed, not_shipped")))]
#[post("/v1/applications/{id}/received")]
async fn report_received(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ShipmentBody>, Failure> {
    let (stamp, held) = (app.stamp(), app.clone());
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (application, panel, _) = own_alone(tx, actor, id.into())?;
        ensure_confirmed(&application)?;
        let before = shipments::find(tx, &application)?;
        let parcel = before.parcel.clone().received(stamp.at)?;
        let events = before.parcel.events_to(&parcel);
        let after = Shipment { parcel, ..before };
        if !events.is_empty() {
            shipments::keep(tx, &stamp, &after, &events)?;
        }
        let trial: Trial = trials::of_one(tx, application.id)?;
        Ok(Reply::ok(&ShipmentBody::new(&after, &application.ticket, &trial, &panel, &held.addresses)))
    })
    .await
}
