//! The file that couriers are given: a line for each parcel that is to leave.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CACHE_CONTROL, ContentDisposition},
};
use chrono::{DateTime, Utc};
use domain::{
    calendar::seoul,
    panels::{Panel, addresses::Address},
};
use persistence::panels::shipments::Listed;

use super::bodies::{AddressStateName, opened};
use crate::{
    address_keys::AddressKeys,
    error::Failure,
    spreadsheet::{BOM, disposition, text},
};

/// Its columns; a file that comes back may have them too.
pub const COLUMNS: [&str; 9] = [
    "application_id",
    "ticket",
    "recipient",
    "phone",
    "postal_code",
    "address",
    "request",
    "product",
    "address_state",
];

/// A file that nobody keeps on the way.
pub struct CsvFile {
    disposition: ContentDisposition,
    body: Vec<u8>,
}

/// # Errors
/// 500 when it cannot be written.
pub fn of(panel: &Panel, due: &[Listed], keys: &AddressKeys, now: DateTime<Utc>) -> Result<CsvFile, Failure> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BOM.as_bytes().to_vec());
    writer.write_record(COLUMNS).map_err(Failure::internal)?;
    for listed in due {
        writer.write_record(line(listed, panel, keys)).map_err(Failure::internal)?;
    }
    let date = seoul(now).date();
    let disposition =
        disposition(&format!("{}-{date}", panel.terms.title), &format!("shipments-{date}"), "csv");
    Ok(CsvFile { disposition, body: writer.into_inner().map_err(Failure::internal)? })
}

fn line(listed: &Listed, panel: &Panel, keys: &AddressKeys) -> [String; COLUMNS.len()] {
    let (address, state) = opened(&listed.shipment, keys);
    let state = if state == AddressStateName::Kept { "kept" } else { "unreadable" };
    let of = |part: fn(&Address) -> String| {
        address.as_ref().map(|address| text(&part(address))).unwrap_or_default()
    };
    [
        listed.shipment.application.to_string(),
        listed.ticket.to_string(),
        of(|address| address.recipient.clone()),
        of(|address| address.phone.clone()),
        of(|address| address.postal_code.clone()),
        of(|address| match &address.line2 {
            Some(line2) => format!("{}, {line2}", address.line1),
            None => address.line1.clone(),
        }),
        of(|address| address.request.clone().unwrap_or_default()),
        text(&panel.terms.product),
        state.to_owned(),
    ]
}

impl Responder for CsvFile {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8; header=present")
            .insert_header(self.disposition)
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(self.body)
    }
}
