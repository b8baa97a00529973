//! The rows of excuses.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    ApplicationId, PanelId, Stamp,
    answers::News,
    events::{ApplicationEvent, Event},
    panels::{
        applications::Application,
        excuses::{Decision, Excuse},
        strikes::Plea,
    },
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    notifications::panels::{tell_member, tell_staff},
    outbox,
    schema::excuses,
};

/// What was said of these applications.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, ids: &[ApplicationId]) -> Result<Vec<Excuse>> {
    type Found = (KeyValue, String, NaiveDateTime, Option<NaiveDateTime>, Option<bool>);
    let rows: Vec<Found> = excuses::table
        .filter(excuses::application_id.eq_any(ids.iter().copied().map(key)))
        .select((
            excuses::application_id,
            excuses::reason,
            excuses::created_at,
            excuses::decided_at,
            excuses::granted,
        ))
        .load(conn)?;
    let excuse = |(id, reason, created_at, decided_at, granted): Found| {
        let odd = |_| Error::Broken(format!("excuse of {}: odd reason", id.uuid()));
        // Emptied, and not deleted: that there was one, and what was decided, is part of the numbers of the panel.
        let reason = Some(reason).filter(|reason| !reason.is_empty());
        Ok(Excuse {
            application_id: id.into(),
            reason: reason.map(|reason| Plea::try_from(&*reason)).transpose().map_err(odd)?,
            created_at: created_at.and_utc(),
            decision: decided_at.zip(granted).map(|(at, granted)| Decision { at: at.and_utc(), granted }),
        })
    };
    rows.into_iter().map(excuse).collect()
}

/// Keeps what somebody says; staff are told the first time.
///
/// # Errors
/// Only when the database fails.
pub fn put(conn: &mut AnyConnection, stamp: &Stamp, panel: PanelId, excuse: &Excuse) -> Result<()> {
    let row = excuses::table.find(key(excuse.application_id));
    let reason = excuse.reason.as_ref().map_or("", Plea::as_str);
    let there = diesel::update(row).set(excuses::reason.eq(reason)).execute(conn)?;
    if there == 0 {
        diesel::insert_into(excuses::table)
            .values((
                excuses::application_id.eq(key(excuse.application_id)),
                excuses::reason.eq(reason),
                excuses::created_at.eq(excuse.created_at.naive_utc()),
            ))
            .execute(conn)?;
        tell_staff(conn, stamp, News::PanelExcuseWaiting, panel)?;
    }
    tell(conn, stamp, panel, excuse.application_id, ApplicationEvent::ExcuseSent)
}

/// Keeps what staff decided, and tells whoever asked.
///
/// # Errors
/// Only when the database fails.
pub fn decide(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    application: &Application,
    decision: Decision,
) -> Result<()> {
    diesel::update(excuses::table.find(key(application.id)))
        .set((excuses::decided_at.eq(decision.at.naive_utc()), excuses::granted.eq(decision.granted)))
        .execute(conn)?;
    if let Some(member) = application.member_id {
        tell_member(conn, stamp, News::PanelExcuseDecided, application.panel_id, member)?;
    }
    tell(conn, stamp, application.panel_id, application.id, ApplicationEvent::ExcuseDecided)
}

fn tell(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    panel: PanelId,
    application: ApplicationId,
    what: ApplicationEvent,
) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Application { application, panel, what }])
}
