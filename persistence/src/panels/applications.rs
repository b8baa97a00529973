//! The rows of applications. Several at once are in [`list`].

pub mod list;

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _,
    result::{DatabaseErrorKind, Error as Diesel},
};
use domain::{
    ApplicationId, MemberId, PanelId, Stamp,
    draws::Ticket,
    events::{ApplicationEvent, Event},
    panels::{
        Barred, Panel,
        applications::{Application, Outcome},
        terms::Method,
    },
};

use super::{
    from_json,
    seats::{move_up, next_by_arrival},
    to_json,
};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::applications,
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
        let outcome = outcome_of(&row.outcome, row.place, row.confirm_by);
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
            outcome: outcome.ok_or_else(|| odd("outcome"))?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        })
    }
}

/// What became of an application, as three columns say it.
pub(super) fn outcome_of(
    name: &str,
    place: Option<i32>,
    confirm_by: Option<NaiveDateTime>,
) -> Option<Outcome> {
    Some(match (name, place, confirm_by) {
        ("applied", ..) => Outcome::Open,
        ("withdrawn", ..) => Outcome::Withdrawn,
        ("selected", _, Some(by)) => Outcome::Selected { confirm_by: by.and_utc() },
        ("waitlisted", Some(place), _) => Outcome::Waitlisted { place },
        ("not_selected", ..) => Outcome::NotSelected,
        ("confirmed", ..) => Outcome::Confirmed,
        ("declined", ..) => Outcome::Declined,
        ("lapsed", ..) => Outcome::Lapsed,
        _ => return None,
    })
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

/// What a member sent to panels of which nothing is decided, panel by panel.
///
/// # Errors
/// Only when the database fails.
pub fn open_of_member(conn: &mut AnyConnection, member: MemberId) -> Result<Vec<Application>> {
    let rows: Vec<Row> = applications::table
        .filter(applications::member_id.eq(key(member)))
        .filter(applications::outcome.eq(Outcome::Open.name()))
        .order(applications::panel_id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Application::try_from).collect()
}

/// Whether there is a seat or a place left for somebody who may be taken, where the first to come are.
///
/// # Errors
/// [`Barred::Full`].
pub fn ensure_room(conn: &mut AnyConnection, panel: &Panel, application: &Application) -> Result<()> {
    if panel.terms.method == Method::FirstCome && application.is_eligible() {
        next_by_arrival(conn, panel)?;
    }
    Ok(())
}

/// Stores a new application, when nobody else changes the panel. Where the first to come are taken, it gets a seat or a place by that.
///
/// # Errors
/// [`Barred::AlreadyApplied`], or [`Barred::Full`] where the first to come have taken everything.
pub fn insert(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    panel: &Panel,
    mut application: Application,
) -> Result<Application> {
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
        application.outcome = next_by_arrival(conn, panel)?;
        settle(conn, application)?;
    }
    Ok(())
}

/// Stores answers, consents and reasons, when nobody else changes the panel. Who may be taken only now comes now, where the first to come are taken.
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
