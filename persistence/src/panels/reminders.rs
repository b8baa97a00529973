//! Panels under way, and who is to be reminded of a report or told that it was missed.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, RunQueryDsl as _, SelectableHelper as _,
};
use domain::{
    ApplicationId, MemberId, PanelId, Stamp,
    answers::News,
    panels::{Panel, applications::Outcome, reminders, strikes::GRACE_DAYS},
};
use uuid::Uuid;

use super::Row;
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    notifications::panels::tell_applicants,
    schema::{applications, excuses, notifications, panels, shipments, strikes, trial_reports},
};

/// Panels whose result was released and that are not over, with whether those who applied were told of it.
///
/// # Errors
/// Only when the database fails.
pub fn under_way(conn: &mut AnyConnection) -> Result<Vec<(Panel, bool)>> {
    let rows: Vec<(Row, bool)> = panels::table
        .filter(panels::announced_at.is_not_null())
        .filter(panels::closed_at.is_null().and(panels::cancelled_at.is_null()))
        .order(panels::announced_at)
        .select((Row::as_select(), panels::told_at.is_not_null()))
        .load(conn)?;
    rows.into_iter().map(|(row, told)| Ok((row.try_into()?, told))).collect()
}

/// Tells everybody who applied that the result is out, once, whoever is first to do it.
///
/// # Errors
/// Only when the database fails.
pub fn tell_result(conn: &mut AnyConnection, stamp: &Stamp, panel: PanelId) -> Result<()> {
    let first = diesel::update(panels::table.find(key(panel)))
        .filter(panels::told_at.is_null().and(panels::cancelled_at.is_null()))
        .set(panels::told_at.eq(stamp.at.naive_utc()))
        .execute(conn)?;
    if first == 1 { tell_applicants(conn, stamp, News::PanelResult, panel) } else { Ok(()) }
}

/// A reminder that is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Reminder {
    pub id: Uuid,
    pub member: MemberId,
    pub panel: PanelId,
}

/// Who is to be reminded now of a report to a panel, and was not yet.
///
/// # Errors
/// Only when the database fails.
pub fn due(conn: &mut AnyConnection, panel: &Panel, now: DateTime<Utc>) -> Result<Vec<Reminder>> {
    let mut due = Vec::new();
    for round in reminders::rounds(&panel.terms, now) {
        let rows: Vec<(KeyValue, Option<KeyValue>)> = shipments::table
            .inner_join(applications::table)
            .left_join(trial_reports::table.on(trial_reports::application_id.eq(shipments::application_id)))
            .left_join(excuses::table.on(excuses::application_id.eq(shipments::application_id)))
            .filter(shipments::panel_id.eq(key(panel.id)))
            .filter(shipments::delivered_at.ge(round.delivered_from.naive_utc()))
            .filter(shipments::delivered_at.lt(round.delivered_until.naive_utc()))
            .filter(applications::outcome.eq(Outcome::Confirmed.name()))
            .filter(trial_reports::id.nullable().is_null())
            // Nothing is held against whoever waits for a decision.
            .filter(excuses::reason.nullable().is_null().or(excuses::granted.assume_not_null().eq(false)))
            .select((applications::id, applications::member_id))
            .load(conn)?;
        due.extend(rows.into_iter().filter_map(|(application, member)| {
            let id = reminders::id(application.into(), round.day, now);
            Some(Reminder { id, member: member?.into(), panel: panel.id })
        }));
    }
    unsent(conn, due)
}

fn unsent(conn: &mut AnyConnection, due: Vec<Reminder>) -> Result<Vec<Reminder>> {
    let mut unsent = Vec::new();
    for some in due.chunks(500) {
        let ids: Vec<KeyValue> = some.iter().map(|reminder| reminder.id.into()).collect();
        let members: Vec<KeyValue> = some.iter().map(|reminder| key(reminder.member)).collect();
        let sent: Vec<KeyValue> = notifications::table
            .filter(notifications::member_id.eq_any(members).and(notifications::id.eq_any(ids)))
            .select(notifications::id)
            .load(conn)?;
        unsent.extend(some.iter().filter(|reminder| !sent.contains(&reminder.id.into())).copied());
    }
    Ok(unsent)
}

/// Who missed a report to a panel and has no strike for it.
///
/// # Errors
/// Only when the database fails.
pub fn missed(
    conn: &mut AnyConnection,
    panel: &Panel,
    now: DateTime<Utc>,
    most: i64,
) -> Result<Vec<ApplicationId>> {
    let schedule = &panel.terms.schedule;
    let (lasts, grace) =
        (TimeDelta::days((schedule.trial_days + schedule.report_days).into()), TimeDelta::days(GRACE_DAYS));
    let ids: Vec<KeyValue> = shipments::table
        .inner_join(applications::table)
        .left_join(trial_reports::table.on(trial_reports::application_id.eq(shipments::application_id)))
        .left_join(excuses::table.on(excuses::application_id.eq(shipments::application_id)))
        .left_join(strikes::table.on(strikes::application_id.eq(shipments::application_id)))
        .filter(shipments::panel_id.eq(key(panel.id)))
        .filter(shipments::delivered_at.le((now - lasts - grace).naive_utc()))
        .filter(
            shipments::told_at
                .is_null()
                .or(shipments::told_at.assume_not_null().le((now - grace).naive_utc())),
        )
        .filter(
            applications::outcome.eq(Outcome::Confirmed.name()).and(applications::member_id.is_not_null()),
        )
        .filter(trial_reports::id.nullable().is_null().and(strikes::id.nullable().is_null()))
        .filter(excuses::reason.nullable().is_null().or(excuses::granted.assume_not_null().eq(false)))
        .order(shipments::delivered_at)
        .limit(most)
        .select(applications::id)
        .load(conn)?;
    Ok(ids.into_iter().map(ApplicationId::from).collect())
}
