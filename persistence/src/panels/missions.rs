//! What was handed in for missions.

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _,
};
use domain::{
    Actor, ApplicationId, Stamp, WorkId,
    access::Permission,
    events::{ApplicationEvent, Event},
    panels::{
        applications::Application,
        missions::{Done, Work},
    },
};

use super::{applications, from_json, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::mission_works,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = mission_works, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    application_id: KeyValue,
    mission: String,
    done: String,
    first_done_at: NaiveDateTime,
    done_at: NaiveDateTime,
}

impl TryFrom<Row> for Work {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            application_id: row.application_id.into(),
            mission: row.mission,
            done: from_json(&row.done)?,
            first_done_at: row.first_done_at.and_utc(),
            done_at: row.done_at.and_utc(),
        })
    }
}

/// What was handed in with an application, by the keys of the missions.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, application: ApplicationId) -> Result<Vec<Work>> {
    let rows: Vec<Row> = mission_works::table
        .filter(mission_works::application_id.eq(key(application)))
        .order(mission_works::mission)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Work::try_from).collect()
}

/// Stores what was handed in, in place of what was before; nobody else changes what belongs to the application meanwhile.
///
/// # Errors
/// Only when the database fails.
pub fn put(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    application: &Application,
    (mission, done): (&str, &Done),
) -> Result<WorkId> {
    let (now, done) = (stamp.at.naive_utc(), to_json(done)?);
    let there: Option<KeyValue> = mission_works::table
        .filter(mission_works::application_id.eq(key(application.id)))
        .filter(mission_works::mission.eq(mission))
        .select(mission_works::id)
        .first(conn)
        .optional()?;
    let changes = (mission_works::done.eq(done), mission_works::done_at.eq(now));
    let id = there.unwrap_or_else(|| key(stamp.id::<Work>(0)));
    match there {
        Some(id) => diesel::update(mission_works::table.find(id)).set(changes).execute(conn)?,
        None => diesel::insert_into(mission_works::table)
            .values((
                mission_works::id.eq(id),
                mission_works::application_id.eq(key(application.id)),
                mission_works::mission.eq(mission),
                mission_works::first_done_at.eq(now),
                changes,
            ))
            .execute(conn)?,
    };
    let (application, panel) = (application.id, application.panel_id);
    outbox::write(
        conn,
        stamp,
        &[Event::Application { application, panel, what: ApplicationEvent::MissionDone }],
    )?;
    Ok(id.into())
}

/// Whether somebody may see what was handed in: whose it is, and staff.
pub(crate) fn is_seen_by(conn: &mut AnyConnection, actor: &Actor, id: WorkId) -> Result<bool> {
    let of: KeyValue =
        mission_works::table.find(key(id)).select(mission_works::application_id).first(conn)?;
    let owner = applications::find(conn, of.into())?.member_id;
    let is_own = actor.member_id().is_some_and(|member| owner == Some(member));
    Ok(is_own || actor.ensure(Permission::ManagePanels).is_ok())
}
