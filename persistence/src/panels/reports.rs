//! The rows of reports. Who looks for them is in [`list`], what became of them in [`ideas`].

pub mod ideas;
pub mod list;

use chrono::NaiveDateTime;
use diesel::{
    AsChangeset, ExpressionMethods as _, Insertable, NullableExpressionMethods as _, OptionalExtension as _,
    QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    Actor, ApplicationId, MemberId, ReportId, Stamp,
    events::{Event, ReportEvent},
    panels::{
        Panel,
        reports::{Accepted, Asked, Rating, Reason, Report, Words},
    },
};

use super::{from_json, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{applications, members, shipments, trial_reports},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = trial_reports, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    application_id: KeyValue,
    panel_id: KeyValue,
    title: String,
    body: String,
    pros: String,
    cons: String,
    posts: String,
    useful: i32,
    usable: i32,
    enjoyable: i32,
    disclosed: bool,
    asked_for: Option<String>,
    asked_note: Option<String>,
    asked_at: Option<NaiveDateTime>,
    asked_due_at: Option<NaiveDateTime>,
    first_sent_at: NaiveDateTime,
    sent_at: NaiveDateTime,
    accepted_at: Option<NaiveDateTime>,
    accepted_by: Option<KeyValue>,
    version: i32,
}

impl TryFrom<Row> for Report {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("report {}: odd {what}", row.id.uuid()));
        let asked = match (row.asked_for.as_deref(), row.asked_at) {
            (Some(reason), Some(at)) => Some(Asked {
                reason: Reason::named(reason).ok_or_else(|| odd("reason"))?,
                note: row.asked_note.clone().unwrap_or_default(),
                at: at.and_utc(),
                due_at: row.asked_due_at.ok_or_else(|| odd("deadline"))?.and_utc(),
            }),
            _ => None,
        };
        let rating = Rating::new([row.useful, row.usable, row.enjoyable]).map_err(|_| odd("rating"))?;
        let by = row.accepted_by.map(MemberId::from);
        Ok(Self {
            id: row.id.into(),
            application_id: row.application_id.into(),
            panel_id: row.panel_id.into(),
            words: Words {
                pros: from_json(&row.pros)?,
                cons: from_json(&row.cons)?,
                posts: from_json(&row.posts)?,
                title: row.title,
                body: row.body,
            },
            rating,
            disclosed: row.disclosed,
            asked,
            first_sent_at: row.first_sent_at.and_utc(),
            sent_at: row.sent_at.and_utc(),
            accepted: row.accepted_at.map(|at| Accepted { at: at.and_utc(), by }),
            version: row.version,
        })
    }
}

/// A report with what is known of its author.
#[derive(Debug, Clone)]
pub struct Read {
    pub report: Report,
    /// None once the person is forgotten.
    pub author: Option<MemberId>,
    pub display_name: Option<String>,
    /// Whether the product came to its author.
    pub delivered: bool,
}

type Found = (Row, Option<KeyValue>, Option<String>, Option<NaiveDateTime>);

fn read((row, author, display_name, delivered_at): Found) -> Result<Read> {
    Ok(Read {
        report: row.try_into()?,
        author: author.map(MemberId::from),
        display_name,
        delivered: delivered_at.is_some(),
    })
}

/// The report and its panel, if the actor may read it: published ones with the panel, others their authors and staff.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, actor: &Actor, id: ReportId) -> Result<(Read, Panel)> {
    let found: Found = trial_reports::table
        .inner_join(applications::table.left_join(members::table).left_join(shipments::table))
        .filter(trial_reports::id.eq(key(id)))
        .select((
            Row::as_select(),
            applications::member_id,
            members::display_name.nullable(),
            shipments::delivered_at.nullable(),
        ))
        .first(conn)?;
    let found = read(found)?;
    let panel = super::find(conn, actor, found.report.panel_id)?;
    match found.report.may_be_read_by(actor, found.author) {
        true => Ok((found, panel)),
        false => Err(Error::Missing),
    }
}

/// The report that was sent with an application, if any.
///
/// # Errors
/// Only when the database fails.
pub fn of_application(conn: &mut AnyConnection, application: ApplicationId) -> Result<Option<Report>> {
    let row: Option<Row> = trial_reports::table
        .filter(trial_reports::application_id.eq(key(application)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Report::try_from).transpose()
}

/// Stores a first report.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, report: &Report) -> Result<()> {
    diesel::insert_into(trial_reports::table)
        .values((
            trial_reports::id.eq(key(report.id)),
            trial_reports::application_id.eq(key(report.application_id)),
            trial_reports::panel_id.eq(key(report.panel_id)),
            trial_reports::first_sent_at.eq(report.first_sent_at.naive_utc()),
            changes(report)?,
        ))
        .execute(conn)?;
    tell(conn, stamp, report, ReportEvent::Sent)
}

/// Stores a report as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, report: &Report, what: ReportEvent) -> Result<()> {
    let rows = diesel::update(trial_reports::table.find(key(report.id)))
        .filter(trial_reports::version.eq(report.version - 1))
        .set(changes(report)?)
        .execute(conn)?;
    match rows {
        0 => Err(Error::Contended),
        _ => tell(conn, stamp, report, what),
    }
}

/// Keeps what the last look at its texts found, which is no new version of it.
///
/// # Errors
/// Only when the database fails.
pub fn keep_look(conn: &mut AnyConnection, id: ReportId, disclosed: bool) -> Result<()> {
    diesel::update(trial_reports::table.find(key(id)))
        .set(trial_reports::disclosed.eq(disclosed))
        .execute(conn)?;
    Ok(())
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, of: &Report, what: ReportEvent) -> Result<()> {
    let (report, panel, application) = (of.id, of.panel_id, of.application_id);
    outbox::write(conn, stamp, &[Event::Report { report, panel, application, what }])
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = trial_reports, treat_none_as_null = true)]
struct Changes {
    title: String,
    body: String,
    pros: String,
    cons: String,
    posts: String,
    useful: i32,
    usable: i32,
    enjoyable: i32,
    disclosed: bool,
    asked_for: Option<String>,
    asked_note: Option<String>,
    asked_at: Option<NaiveDateTime>,
    asked_due_at: Option<NaiveDateTime>,
    sent_at: NaiveDateTime,
    accepted_at: Option<NaiveDateTime>,
    accepted_by: Option<KeyValue>,
    version: i32,
}

fn changes(report: &Report) -> Result<Changes> {
    let (words, rating, asked) = (&report.words, report.rating, report.asked.as_ref());
    Ok(Changes {
        title: words.title.clone(),
        body: words.body.clone(),
        pros: to_json(&words.pros)?,
        cons: to_json(&words.cons)?,
        posts: to_json(&words.posts)?,
        useful: rating.useful,
        usable: rating.usable,
        enjoyable: rating.enjoyable,
        disclosed: report.disclosed,
        asked_for: asked.map(|asked| asked.reason.name().to_owned()),
        asked_note: asked.map(|asked| asked.note.clone()),
        asked_at: asked.map(|asked| asked.at.naive_utc()),
        asked_due_at: asked.map(|asked| asked.due_at.naive_utc()),
        sent_at: report.sent_at.naive_utc(),
        accepted_at: report.accepted.map(|accepted| accepted.at.naive_utc()),
        accepted_by: report.accepted.and_then(|accepted| accepted.by).map(key),
        version: report.version,
    })
}
