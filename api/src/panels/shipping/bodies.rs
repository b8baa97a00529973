//! Addresses and shipments as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    draws::Ticket,
    panels::{
        Panel,
        addresses::Address,
        shipping::{Courier, Parcel, Shipment, Tracking},
        trials::Trial,
    },
    text::Fault,
};
use persistence::panels::shipments::Listed;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::super::{bodies::ApplicantBody, trials::StageName};
use crate::{
    address_keys::AddressKeys,
    body::{Patch, field},
    error::Failure,
};

/// Where a product goes, in Korea.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddressBody {
    #[schema(min_length = 1, max_length = 50, example = "홍길동")]
    recipient: String,
    /// Kept with hyphens, whichever way it was written.
    #[schema(max_length = 30, example = "010-1234-5678")]
    phone: String,
    #[schema(pattern = "^[0-9]{5}$", example = "03187")]
    postal_code: String,
    #[schema(min_length = 1, max_length = 200, example = "서울특별시 종로구 종로 6")]
    line1: String,
    #[serde(default)]
    #[schema(max_length = 200, example = "광화문우체국 5층")]
    line2: Option<String>,
    /// What the courier is asked for.
    #[serde(default)]
    #[schema(max_length = 100, example = "문 앞에 놓아 주세요")]
    request: Option<String>,
}

impl AddressBody {
    pub(in crate::panels) fn address(self) -> Result<Address, Failure> {
        let Self { recipient, phone, postal_code, line1, line2, request } = self;
        let address = Address { recipient, phone, postal_code, line1, line2, request };
        address.checked().map_err(|(field, fault)| Failure::field(format!("/{field}"), fault))
    }
}

impl From<Address> for AddressBody {
    fn from(address: Address) -> Self {
        let Address { recipient, phone, postal_code, line1, line2, request } = address;
        Self { recipient, phone, postal_code, line1, line2, request }
    }
}

/// Whether there is an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressStateName {
    /// Not given, taken back, or deleted after its time.
    None,
    Kept,
    /// The key it was sealed with is not set.
    Unreadable,
}

/// What is sent to somebody with a confirmed seat.
#[derive(Serialize, ToSchema)]
pub struct ShipmentBody {
    application_id: Uuid,
    panel_id: Uuid,
    /// In lists for staff; none once the person is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<ApplicantBody>,
    #[schema(pattern = "^[0-9a-f]{32}$", example = "0bea8c6aeb401bb8186c636651c2a97e")]
    ticket: String,
    stage: StageName,
    #[schema(example = "CJ대한통운")]
    courier: Option<String>,
    #[schema(example = "612345678901")]
    tracking: Option<String>,
    shipped_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    /// When the report is due, counted from the delivery.
    due_at: Option<DateTime<Utc>>,
    address_state: AddressStateName,
    /// For staff who ship and ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<AddressBody>,
}

impl ShipmentBody {
    pub(in crate::panels) fn new(
        shipment: &Shipment,
        ticket: &Ticket,
        trial: &Trial,
        panel: &Panel,
        keys: &AddressKeys,
    ) -> Self {
        let Parcel { courier, tracking, shipped_at, delivered_at, .. } = &shipment.parcel;
        let text = |text: &str| text.to_owned();
        Self {
            application_id: shipment.application.uuid(),
            panel_id: shipment.panel.uuid(),
            member: None,
            ticket: ticket.to_string(),
            stage: trial.stage().into(),
            courier: courier.as_ref().map(Courier::as_str).map(text),
            tracking: tracking.as_ref().map(Tracking::as_str).map(text),
            shipped_at: *shipped_at,
            delivered_at: *delivered_at,
            due_at: trial.due_at(&panel.terms),
            address_state: opened(shipment, keys).1,
            address: None,
        }
    }

    /// One of a list for staff.
    pub(super) fn listed(
        listed: Listed,
        trial: &Trial,
        panel: &Panel,
        keys: &AddressKeys,
        with_address: bool,
    ) -> Self {
        let shown = Self::new(&listed.shipment, &listed.ticket, trial, panel, keys);
        let address = if with_address { opened(&listed.shipment, keys).0 } else { None };
        let applicant =
            |id: domain::MemberId| ApplicantBody { id: id.uuid(), display_name: listed.display_name };
        Self { member: listed.member.map(applicant), address: address.map(AddressBody::from), ..shown }
    }
}

/// The address of a shipment, and whether there is one.
pub(super) fn opened(shipment: &Shipment, keys: &AddressKeys) -> (Option<Address>, AddressStateName) {
    match shipment.address.as_deref().map(|sealed| keys.open(shipment.application, sealed)) {
        None => (None, AddressStateName::None),
        Some(Ok(address)) => (Some(address), AddressStateName::Kept),
        Some(Err(_)) => (None, AddressStateName::Unreadable),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListShipmentsQuery {
    /// Whether to show where each goes, which takes the permission `ship`.
    #[serde(default)]
    #[param(default = false)]
    pub(super) with_addresses: bool,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub(super) limit: Option<i64>,
    pub(super) cursor: Option<String>,
}

/// What changes of a shipment; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateShipmentBody {
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, max_length = 40, example = "CJ대한통운")]
    courier: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, max_length = 40, example = "612345678901")]
    tracking: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>, required = false)]
    shipped_at: Patch<DateTime<Utc>>,
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>, required = false)]
    delivered_at: Patch<DateTime<Utc>>,
}

/// The same, of values that are valid.
#[derive(Clone)]
pub struct Update {
    courier: Patch<Courier>,
    tracking: Patch<Tracking>,
    shipped_at: Patch<DateTime<Utc>>,
    delivered_at: Patch<DateTime<Utc>>,
}

impl UpdateShipmentBody {
    pub(super) fn update(self) -> Result<Update, Failure> {
        Ok(Update {
            courier: valid("/courier", self.courier)?,
            tracking: valid("/tracking", self.tracking)?,
            shipped_at: self.shipped_at,
            delivered_at: self.delivered_at,
        })
    }
}

fn valid<T: for<'a> TryFrom<&'a str, Error = Fault>>(
    pointer: &str,
    patch: Patch<String>,
) -> Result<Patch<T>, Failure> {
    Ok(match patch {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(text) => Patch::Set(field(pointer, T::try_from(&text))?),
    })
}

impl Update {
    /// The parcel after it, whose times are still to be checked.
    pub(super) fn over(&self, parcel: &Parcel) -> Parcel {
        let Self { courier, tracking, shipped_at, delivered_at } = self.clone();
        Parcel {
            courier: courier.over(parcel.courier.clone()),
            tracking: tracking.over(parcel.tracking.clone()),
            shipped_at: shipped_at.over(parcel.shipped_at),
            delivered_at: delivered_at.over(parcel.delivered_at),
            told_at: parcel.told_at,
        }
    }
}

/// What came of a file from a courier.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShipmentsImportedBody {
    /// Without the first, and without empty ones.
    #[schema(minimum = 0, example = 30)]
    lines: usize,
    /// How many are shipped now and were not before.
    #[schema(minimum = 0, example = 28)]
    shipped: usize,
    /// How many are delivered now and were not before.
    #[schema(minimum = 0, example = 0)]
    delivered: usize,
    /// How many have another courier, number or time.
    #[schema(minimum = 0, example = 1)]
    corrected: usize,
    #[schema(minimum = 0, example = 1)]
    unchanged: usize,
}

impl ShipmentsImportedBody {
    pub(super) fn of(changes: &[super::Change]) -> Self {
        use domain::events::ShipmentEvent;
        let events: Vec<Vec<ShipmentEvent>> =
            changes.iter().map(|(_, before, after)| before.parcel.events_to(&after.parcel)).collect();
        let of = |what| events.iter().filter(|events| events.contains(&what)).count();
        Self {
            lines: changes.len(),
            shipped: of(ShipmentEvent::Shipped),
            delivered: of(ShipmentEvent::Delivered),
            corrected: of(ShipmentEvent::Changed),
            unchanged: events.iter().filter(|events| events.is_empty()).count(),
        }
    }
}
