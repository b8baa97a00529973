//! The rows of applications.

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    result::{DatabaseErrorKind, Error as Diesel},
};
use domain::{
    ApplicationId, MemberId, PanelId, Stamp,
    draws::Ticket,
    events::{ApplicationEvent, Event},
    page::{Limit, Page, Place},
    panels::{
        Barred, Panel,
        applications::{Application, Outcome},
        terms::Method,
    },
};

use super::{
    be_alone_with, from_json,
    seats::{move_up, next_by_arrival},
    to_json,
};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{applications, members},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = applications, check_for_backend(MultiBackend))]
pub(super) struct Row {
    id: KeyValue,
    panel_id: KeyValue,
    member_id: Option<KeyValue>,
    ticket: String,
    salt: Option<String>,
    answers: String,
    agreed: String,
    reasons: String,
    score: Option<i32>,
    outcome: String,
    place: Option<i32>,
    confirm_by: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<Row> for Application {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("application {}: odd {what}", row.id.uuid()));
        let outcome = match (&*row.outcome, row.place, row.confirm_by) {
            ("applied", ..) => Outcome::Open,
            ("withdrawn", ..) => Outcome::Withdrawn,
            ("selected", _, Some(by)) => Outcome::Selected { confirm_by: by.and_utc() },
            ("waitlisted", Some(place), _) => Outcome::Waitlisted { place },
            ("not_selected", ..) => Outcome::NotSelected,
            ("confirmed", ..) => Outcome::Confirmed,
            ("declined", ..) => Outcome::Declined,
            ("lapsed", ..) => Outcome::Lapsed,
            _ => return Err(odd("outcome")),
        };
        // A salt has the form of a ticket: sixteen bytes in base 16.
        let salt = row.salt.as_deref().map(|text| Ticket::try_from(text).map(|Ticket(bytes)| bytes));
        Ok(Self {
            id: row.id.into(),
            panel_id: row.panel_id.into(),
            member_id: row.member_id.map(MemberId::from),
            ticket: Ticket::try_from(&*row.ticket).map_err(|_| odd("ticket"))?,
            salt: salt.transpose().map_err(|_| odd("salt"))?,
            answers: from_json(&row.answers)?,
            agreed: from_json(&row.agreed)?,
            reasons: from_json(&row.reasons)?,
            score: row.score,
            outcome,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        })
    }
}

/// An application in a list for staff.
#[derive(Debug, Clone)]
pub struct Listed {
    pub application: Application,
    pub display_name: Option<String>,
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: ApplicationId) -> Result<Application> {
    applications::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// What a member sent to a panel, if anything.
///
/// # Errors
/// Only when the database fails.
pub fn of_member(conn: &mut AnyConnection, panel: PanelId, member: MemberId) -> Result<Option<Application>> {
    let row: Option<Row> = applications::table
        .filter(applications::panel_id.eq(key(panel)).and(applications::member_id.eq(key(member))))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Application::try_from).transpose()
}

/// All that a member sent to panels, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn all_of_member(
    conn: &mut AnyConnection,
    member: MemberId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Application>> {
    let mut query = applications::table
        .filter(applications::member_id.eq(key(member)))
        .order(applications::id.desc())
        .limit(limit.probe())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(applications::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn)?;
    let found = rows.into_iter().map(Application::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |application| Place { lap: 0, key: 0, id: application.id.uuid() }))
}

/// The applications of a panel in the order in which they came.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    panel: PanelId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Listed>> {
    let mut query = applications::table
        .left_join(members::table)
        .filter(applications::panel_id.eq(key(panel)))
        .order(applications::id)
        .limit(limit.probe())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(applications::id.gt(KeyValue::from(after.id)));
    }
    let rows: Vec<(Row, Option<String>)> =
        query.select((Row::as_select(), members::display_name.nullable())).load(conn)?;
    let listed = |(row, display_name): (Row, Option<String>)| {
        Ok(Listed { application: row.try_into()?, display_name })
    };
    let found = rows.into_iter().map(listed).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |listed| Place { lap: 0, key: 0, id: listed.application.id.uuid() }))
}

/// How many applied, and how many of them may be taken.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, panel: PanelId) -> Result<(i64, i64)> {
    let there = || {
        applications::table
            .filter(applications::panel_id.eq(key(panel)))
            .filter(applications::outcome.ne(Outcome::Withdrawn.name()))
    };
    let eligible = there().filter(applications::reasons.eq("[]")).count().get_result(conn)?;
    Ok((there().count().get_result(conn)?, eligible))
}

/// Stores a new application. Where the first to come are taken, it gets a seat or a place by that.
///
/// # Errors
/// [`Barred::AlreadyApplied`], or [`Barred::Full`] where the first to come have taken everything.
pub fn insert(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    panel: &Panel,
    mut application: Application,
) -> Result<Application> {
    // Whoever comes too late is told so without waiting for those before.
    if panel.terms.method == Method::FirstCome && application.is_eligible() {
        let there =
            application.member_id.map(|member| of_member(conn, panel.id, member)).transpose()?.flatten();
        if there.is_some() {
            return Err(Error::Refused(Barred::AlreadyApplied.into()));
        }
        next_by_arrival(conn, panel)?;
    }
    diesel::insert_into(applications::table)
        .values((
            applications::id.eq(key(application.id)),
            applications::panel_id.eq(key(application.panel_id)),
            applications::member_id.eq(application.member_id.map(key)),
            applications::ticket.eq(application.ticket.to_string()),
            applications::salt.eq(application.salt.map(|salt| Ticket(salt).to_string())),
            applications::answers.eq(to_json(&application.answers)?),
            applications::agreed.eq(to_json(&application.agreed)?),
            applications::reasons.eq(to_json(&application.reasons)?),
            applications::outcome.eq(application.outcome.name()),
            applications::created_at.eq(application.created_at.naive_utc()),
            applications::updated_at.eq(application.updated_at.naive_utc()),
        ))
        .execute(conn)
        .map_err(|error| match error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Error::Refused(Barred::AlreadyApplied.into())
            }
            error => error.into(),
        })?;
    take_place(conn, panel, &mut application)?;
    tell(conn, stamp, &application, ApplicationEvent::Created)?;
    Ok(application)
}

/// Where the first to come are taken, gives whoever may be taken the next seat or place.
fn take_place(conn: &mut AnyConnection, panel: &Panel, application: &mut Application) -> Result<()> {
    let waits = application.is_eligible() && application.outcome == Outcome::Open;
    if panel.terms.method == Method::FirstCome && waits {
        be_alone_with(conn, panel.id)?;
        application.outcome = next_by_arrival(conn, panel)?;
        settle(conn, application)?;
    }
    Ok(())
}

/// Stores answers, consents and reasons. Who may be taken only now comes now, where the first to come are taken.
///
/// # Errors
/// [`Barred::Full`] where they come too late.
pub fn update(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    panel: &Panel,
    mut application: Application,
) -> Result<Application> {
    diesel::update(applications::table.find(key(application.id)))
        .set((
            applications::answers.eq(to_json(&application.answers)?),
            applications::agreed.eq(to_json(&application.agreed)?),
            applications::reasons.eq(to_json(&application.reasons)?),
            applications::updated_at.eq(application.updated_at.naive_utc()),
        ))
        .execute(conn)?;
    take_place(conn, panel, &mut application)?;
    tell(conn, stamp, &application, ApplicationEvent::Updated)?;
    Ok(application)
}

/// Stores the score of an application.
///
/// # Errors
/// Only when the database fails.
pub fn score(conn: &mut AnyConnection, stamp: &Stamp, application: &Application) -> Result<()> {
    diesel::update(applications::table.find(key(application.id)))
        .set((
            applications::score.eq(application.score),
            applications::updated_at.eq(application.updated_at.naive_utc()),
        ))
        .execute(conn)?;
    tell(conn, stamp, application, ApplicationEvent::Updated)
}

/// Stores what became of an application.
///
/// # Errors
/// Only when the database fails.
pub fn settle(conn: &mut AnyConnection, application: &Application) -> Result<()> {
    let (place, confirm_by) = match application.outcome {
        Outcome::Waitlisted { place } => (Some(place), None),
        Outcome::Selected { confirm_by } => (None, Some(confirm_by.naive_utc())),
        _ => (None, None),
    };
    diesel::update(applications::table.find(key(application.id)))
        .set((
            applications::outcome.eq(application.outcome.name()),
            applications::place.eq(place),
            applications::confirm_by.eq(confirm_by),
            applications::updated_at.eq(application.updated_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps that somebody takes part no more, before they had a seat. `place` is the one they had in the queue.
///
/// # Errors
/// Only when the database fails.
pub fn withdraw(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    application: &Application,
    place: Option<i32>,
) -> Result<()> {
    settle(conn, application)?;
    if let Some(place) = place {
        move_up(conn, application.panel_id, place)?;
    }
    tell(conn, stamp, application, ApplicationEvent::Withdrawn)
}

/// Keeps that somebody takes their seat.
///
/// # Errors
/// Only when the database fails.
pub fn confirm(conn: &mut AnyConnection, stamp: &Stamp, application: &Application) -> Result<()> {
    settle(conn, application)?;
    tell(conn, stamp, application, ApplicationEvent::Confirmed)
}

/// The application under a ticket.
///
/// # Errors
/// [`Error::Missing`].
pub fn of_ticket(conn: &mut AnyConnection, panel: PanelId, ticket: Ticket) -> Result<Application> {
    applications::table
        .filter(applications::panel_id.eq(key(panel)).and(applications::ticket.eq(ticket.to_string())))
        .select(Row::as_select())
        .first::<Row>(conn)?
        .try_into()
}

fn tell(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    application: &Application,
    what: ApplicationEvent,
) -> Result<()> {
    let (panel, application) = (application.panel_id, application.id);
    outbox::write(conn, stamp, &[Event::Application { application, panel, what }])
}
