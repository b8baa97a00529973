//! The file that comes back from couriers: what was taken and what was brought, all of it or nothing.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    pin::Pin,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::CONTENT_TYPE};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use csv::{ReaderBuilder, StringRecord, Trim};
use domain::{
    ApplicationId, Refusal, Stamp,
    panels::shipping::{Courier, News, Shipment, Span, State, Tracking},
    text::Fault,
};
use persistence::{Error, Result as Rows};
use uuid::Uuid;

use super::{Change, export};
use crate::{
    actor::Caller,
    body, digest,
    error::{Code, Failure, Field, Wrong},
    once::Once,
    spreadsheet::decoded,
};

/// The most lines of a file: as many as a panel may have seats.
const MOST_LINES: usize = 10_000;
/// So many lines fit, with all that the file to couriers had.
const FILE_MOST: usize = 16 << 20;
/// How many places are named of all that are wrong.
const MOST_NAMED: usize = 50;
const NEEDED: [&str; 3] = ["application_id", "courier", "tracking"];
const POSSIBLE: [&str; 2] = ["state", "at"];

/// A CSV file as the body of a request.
pub struct Csv {
    pub text: String,
    pub once: Once,
}

impl FromRequest for Csv {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let caller = Caller::extract(&request).await?;
            let media =
                request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
            if !media.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("text/csv") {
                return Err(Failure::new(Code::UnsupportedMediaType).with_fact("text/csv"));
            }
            let bytes = body::bytes_up_to(FILE_MOST, &mut payload).await?;
            let once = Once::of_upload(&request, &caller, &digest::of(&[&bytes]))?;
            let text =
                decoded(&bytes).ok_or_else(|| Failure::field("", Fault::NotA("text in UTF-8 or CP949")))?;
            Ok(Self { text, once })
        })
    }
}

/// A line that says something of one application.
pub struct Line {
    /// In the file; the first has the names of the columns.
    number: u64,
    application: ApplicationId,
    news: News,
}

/// The lines of a file.
///
/// # Errors
/// 422 with the line and the column of all that is wrong, as far as there is room for.
pub fn lines(text: &str) -> Result<Vec<Line>, Failure> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers().map_err(|error| misshapen(&error))?)?;
    let (mut lines, mut wrong, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for record in reader.records() {
        let record = record.map_err(|error| misshapen(&error))?;
        // Spreadsheets leave such lines at the end.
        if record.iter().all(str::is_empty) {
            continue;
        }
        if lines.len() == MOST_LINES {
            return Err(Failure::field("", Fault::TooMany { most: MOST_LINES }));
        }
        match columns.read(&record) {
            Ok(line) if !seen.insert(line.application) => {
                wrong.push((
                    place(line.number, "application_id"),
                    Fault::NotA("line of its own: it stands in the file twice"),
                ));
            }
            Ok(line) => lines.push(line),
            Err(fault) => wrong.push(fault),
        }
        if wrong.len() == MOST_NAMED {
            break;
        }
    }
    let field = |(pointer, fault)| Field { pointer, wrong: Wrong::Meaning(fault) };
    if wrong.is_empty() { Ok(lines) } else { Err(Failure::fields(wrong.into_iter().map(field).collect())) }
}

fn place(line: u64, column: &str) -> String {
    format!("/{line}/{column}")
}

fn misshapen(error: &csv::Error) -> Failure {
    let line = error.position().map_or(1, csv::Position::line);
    Failure::field(format!("/{line}"), Fault::NotA("line with as many cells as the first"))
}

/// Where each column stands.
struct Columns(HashMap<&'static str, usize>);

impl Columns {
    fn of(names: &StringRecord) -> Result<Self, Failure> {
        let (mut columns, mut wrong) = (HashMap::new(), Vec::new());
        for (nth, name) in names.iter().enumerate() {
            let known =
                NEEDED.into_iter().chain(POSSIBLE).chain(export::COLUMNS).find(|known| *known == name);
            let pointer = || place(1, &name.chars().take(40).collect::<String>());
            match known.map(|known| columns.insert(known, nth)) {
                Some(None) => {}
                Some(Some(_)) => wrong
                    .push(Field { pointer: pointer(), wrong: Wrong::Meaning(Fault::TooMany { most: 1 }) }),
                None => wrong.push(Field { pointer: pointer(), wrong: Wrong::Unknown }),
            }
        }
        let missing = NEEDED.into_iter().filter(|name| !columns.contains_key(name));
        let missing =
            missing.map(|name| Field { pointer: place(1, name), wrong: Wrong::Meaning(Fault::Required) });
        wrong.extend(missing);
        wrong.truncate(MOST_NAMED);
        if wrong.is_empty() { Ok(Self(columns)) } else { Err(Failure::fields(wrong)) }
    }

    fn read(&self, record: &StringRecord) -> Result<Line, (String, Fault)> {
        let number = record.position().map_or(0, csv::Position::line);
        let cell = |name: &'static str| self.0.get(name).and_then(|nth| record.get(*nth)).unwrap_or("");
        let at = |name: &'static str| move |fault| (place(number, name), fault);
        let application = match Uuid::try_parse(cell("application_id")) {
            Ok(id) if cell("application_id").len() == 36 => id.into(),
            _ => return Err(at("application_id")(Fault::NotA("uuid"))),
        };
        let state = match cell("state") {
            "" | "shipped" => State::Shipped,
            "delivered" => State::Delivered,
            _ => return Err(at("state")(Fault::NotA("state: shipped or delivered"))),
        };
        // Whoever says that it came need not say again who brought it.
        let courier = match (cell("courier"), state) {
            ("", State::Delivered) => None,
            (text, _) => Some(Courier::try_from(text).map_err(at("courier"))?),
        };
        let tracking = match (cell("tracking"), state) {
            ("", State::Delivered) => None,
            (text, _) => Some(Tracking::try_from(text).map_err(at("tracking"))?),
        };
        let when = match cell("at") {
            "" => None,
            text => Some(
                moment(text).ok_or_else(|| at("at")(Fault::NotA("time like 2026-11-22 14:30, in Seoul")))?,
            ),
        };
        Ok(Line { number, application, news: News { courier, tracking, state, at: when } })
    }
}

/// A time as RFC 3339 has it, or as a spreadsheet in Seoul does.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Some(local.checked_sub_signed(TimeDelta::hours(9))?.and_utc())
}

/// What is known after the lines of what was known before.
///
/// # Errors
/// [`Refusal::UnfitPlaces`]: whose seat is not confirmed, and times that cannot be.
pub fn understood(
    lines: &[(Stamp, Line)],
    known: impl Iterator<Item = Shipment>,
    span: &Span,
) -> Rows<Vec<Change>> {
    let mut known: HashMap<ApplicationId, Shipment> =
        known.map(|shipment| (shipment.application, shipment)).collect();
    let (mut changes, mut wrong) = (Vec::new(), Vec::new());
    for (stamp, line) in lines {
        match known.remove(&line.application) {
            None => wrong.push((
                place(line.number, "application_id"),
                Fault::NotA("application to this panel with a confirmed seat"),
            )),
            Some(before) => match before.parcel.told(&line.news, span) {
                Ok(parcel) => changes.push((*stamp, before.clone(), Shipment { parcel, ..before })),
                Err((_, fault)) => {
                    let column = if line.news.at.is_some() { "at" } else { "state" };
                    wrong.push((place(line.number, column), fault));
                }
            },
        }
    }
    wrong.truncate(MOST_NAMED);
    if wrong.is_empty() { Ok(changes) } else { Err(Error::Refused(Refusal::UnfitPlaces(wrong))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written_in_seoul() {
        let at = |text| moment(text).map(|at| at.to_rfc3339());
        assert_eq!(at("2026-11-22 14:30").as_deref(), Some("2026-11-22T05:30:00+00:00"));
        assert_eq!(at("2026-11-22 00:30:10").as_deref(), Some("2026-11-21T15:30:10+00:00"));
        assert_eq!(at("2026-11-22T14:30:00Z").as_deref(), Some("2026-11-22T14:30:00+00:00"));
        for odd in ["2026-11-22", "22.11.2026", "45983.6", "-262143-01-01 00:00", "어제"] {
            assert_eq!(at(odd), None, "{odd}");
        }
    }

    #[test]
    fn what_a_file_is_wrong_in_is_named_by_line_and_column() {
        let id = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        let head = "application_id,courier,tracking,state,at";
        let places = |text: &str| -> Vec<String> {
            let failure = lines(text).err().unwrap();
            failure.fields.into_iter().map(|field| field.pointer).collect()
        };
        assert_eq!(places(""), ["/1/application_id", "/1/courier", "/1/tracking"]);
        assert_eq!(
            places("application_id,tracking,tracking,colour"),
            ["/1/tracking", "/1/colour", "/1/courier"]
        );
        let several = format!(
            "{head}\nx,CJ,1234,,\n{id},,1234,,\n{id},CJ,6.1E+11,,\n{id},CJ,1234,lost,\n{id},CJ,1234,,soon"
        );
        assert_eq!(places(&several), ["/2/application_id", "/3/courier", "/4/tracking", "/5/state", "/6/at"]);
        assert_eq!(places(&format!("{head}\n{id},CJ,1234,,\n{id},CJ,1234,,")), ["/3/application_id"]);
        assert_eq!(places(&format!("{head}\n{id},CJ,1234")), ["/2"]);
        assert_eq!(places(&format!("{head}\n\"{id}")), ["/2"]);
        let empty = format!("{head}\n,,,,\n\n{id},,,delivered,\n");
        assert_eq!(lines(&empty).ok().unwrap().len(), 1);
    }
}
