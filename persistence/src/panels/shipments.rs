//! The rows of what is sent to those with a seat.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, OptionalExtension as _,
    QueryDsl as _, RunQueryDsl as _,
};
use domain::{
    ApplicationId, MemberId, PanelId, Stamp,
    draws::Ticket,
    events::{Event, ShipmentEvent},
    page::{Limit, Page, Place},
    panels::{
        applications::{Application, Outcome},
        shipping::{Courier, Parcel, Shipment, Tracking},
    },
};
use uuid::Uuid;

use crate::{
    connection::AnyConnection,
    error::{Error, Result, dangling},
    key::{KeyValue, key},
    outbox,
    schema::{applications, members, shipments},
};

type At = Option<NaiveDateTime>;
/// Address, courier, tracking, when it was shipped and delivered, and when that was told.
type Columns = (Option<String>, Option<String>, Option<String>, At, At, At);

fn shipment(application: ApplicationId, panel: PanelId, columns: Columns) -> Result<Shipment> {
    let (address, courier, tracking, shipped_at, delivered_at, told_at) = columns;
    let odd = |what: &str| Error::Broken(format!("shipment {application}: odd {what}"));
    let courier = courier.as_deref().map(Courier::try_from).transpose().map_err(|_| odd("courier"))?;
    let tracking = tracking.as_deref().map(Tracking::try_from).transpose().map_err(|_| odd("tracking"))?;
    let utc = |at: At| at.map(|at| at.and_utc());
    let (shipped_at, delivered_at, told_at) = (utc(shipped_at), utc(delivered_at), utc(told_at));
    let parcel = Parcel { courier, tracking, shipped_at, delivered_at, told_at };
    Ok(Shipment { application, panel, address, parcel })
}

/// What is known of what is sent for an application.
///
/// # Errors
/// Only when the database fails.
pub fn find(conn: &mut AnyConnection, application: &Application) -> Result<Shipment> {
    let columns: Option<Columns> = shipments::table
        .find(key(application.id))
        .select((
            shipments::address,
            shipments::courier,
            shipments::tracking,
            shipments::shipped_at,
            shipments::delivered_at,
            shipments::told_at,
        ))
        .first(conn)
        .optional()?;
    match columns {
        Some(columns) => shipment(application.id, application.panel_id, columns),
        None => Ok(Shipment::of(application)),
    }
}

/// Stores what is known of it, and tells what happened. To be done alone with the panel.
///
/// # Errors
/// [`Error::Missing`] when the application went meanwhile.
pub fn keep(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    shipment: &Shipment,
    events: &[ShipmentEvent],
) -> Result<()> {
    let naive = |at: Option<DateTime<Utc>>| at.map(|at| at.naive_utc());
    let parcel = &shipment.parcel;
    let columns = (
        shipments::address.eq(shipment.address.as_deref()),
        shipments::courier.eq(parcel.courier.as_ref().map(Courier::as_str)),
        shipments::tracking.eq(parcel.tracking.as_ref().map(Tracking::as_str)),
        shipments::shipped_at.eq(naive(parcel.shipped_at)),
        shipments::delivered_at.eq(naive(parcel.delivered_at)),
        shipments::told_at.eq(naive(parcel.told_at)),
        shipments::updated_at.eq(stamp.at.naive_utc()),
    );
    let id = key(shipment.application);
    if diesel::update(shipments::table.find(id)).set(columns).execute(conn)? == 0 {
        diesel::insert_into(shipments::table)
            .values((shipments::application_id.eq(id), shipments::panel_id.eq(key(shipment.panel)), columns))
            .execute(conn)
            .map_err(dangling(Error::Missing))?;
    }
    let (application, panel) = (shipment.application, shipment.panel);
    let events: Vec<Event> =
        events.iter().map(|what| Event::Shipment { application, panel, what: *what }).collect();
    outbox::write(conn, stamp, &events)
}

/// Somebody with a confirmed seat, and what is sent to them.
#[derive(Debug, Clone)]
pub struct Listed {
    pub ticket: Ticket,
    /// None once the person is forgotten.
    pub member: Option<MemberId>,
    pub display_name: Option<String>,
    pub shipment: Shipment,
}

/// Those of a panel with a confirmed seat, in the order in which they applied.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    panel: PanelId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Listed>> {
    let found = seated(conn, panel, after.map_or(Uuid::nil(), |place| place.id), limit.probe())?;
    let place = |listed: &Listed| Place { lap: 0, key: 0, id: listed.shipment.application.uuid() };
    Ok(Page::of(found, limit, place))
}

/// All of them.
///
/// # Errors
/// Only when the database fails.
pub fn all(conn: &mut AnyConnection, panel: PanelId) -> Result<Vec<Listed>> {
    seated(conn, panel, Uuid::nil(), i64::MAX)
}

fn seated(conn: &mut AnyConnection, panel: PanelId, after: Uuid, most: i64) -> Result<Vec<Listed>> {
    type Found = (KeyValue, String, Option<KeyValue>, Option<String>, Columns);
    let rows: Vec<Found> = applications::table
        .left_join(members::table)
        .left_join(shipments::table.on(shipments::application_id.eq(applications::id)))
        .filter(applications::panel_id.eq(key(panel)))
        .filter(applications::outcome.eq(Outcome::Confirmed.name()))
        .filter(applications::id.gt(KeyValue::from(after)))
        .order(applications::id)
        .limit(most)
        .select((
            applications::id,
            applications::ticket,
            applications::member_id,
            members::display_name.nullable(),
            (
                shipments::address.nullable(),
                shipments::courier.nullable(),
                shipments::tracking.nullable(),
                shipments::shipped_at.nullable(),
                shipments::delivered_at.nullable(),
                shipments::told_at.nullable(),
            ),
        ))
        .load(conn)?;
    let listed = |(id, ticket, member, display_name, columns): Found| {
        let shipment = shipment(id.into(), panel, columns)?;
        let odd = |_| Error::Broken(format!("application {}: odd ticket", id.uuid()));
        let ticket = Ticket::try_from(&*ticket).map_err(odd)?;
        Ok(Listed { ticket, member: member.map(MemberId::from), display_name, shipment })
    };
    rows.into_iter().map(listed).collect()
}

/// Deletes the address that somebody gave, if they did.
///
/// # Errors
/// Only when the database fails.
pub fn forget(conn: &mut AnyConnection, application: ApplicationId) -> Result<()> {
    diesel::update(shipments::table.find(key(application)))
        .set(shipments::address.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

/// Addresses as they are kept, in the order of their applications.
///
/// # Errors
/// Only when the database fails.
pub fn addresses(
    conn: &mut AnyConnection,
    after: Option<ApplicationId>,
    most: i64,
) -> Result<Vec<(ApplicationId, String)>> {
    let after = after.map_or(Uuid::nil(), ApplicationId::uuid);
    let rows: Vec<(KeyValue, Option<String>)> = shipments::table
        .filter(shipments::application_id.gt(KeyValue::from(after)))
        .filter(shipments::address.is_not_null())
        .order(shipments::application_id)
        .limit(most)
        .select((shipments::application_id, shipments::address))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, address)| Some((id.into(), address?))).collect())
}

/// Stores an address sealed anew, unless it is another by now.
///
/// # Errors
/// Only when the database fails.
pub fn reseal(conn: &mut AnyConnection, id: ApplicationId, old: &str, new: &str) -> Result<()> {
    diesel::update(shipments::table.find(key(id)))
        .filter(shipments::address.eq(old))
        .set(shipments::address.eq(new))
        .execute(conn)?;
    Ok(())
}
