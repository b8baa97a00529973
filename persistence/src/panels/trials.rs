//! How far those are who confirmed, by the rows of what was sent and told.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
};
use domain::{
    ApplicationId, PanelId,
    panels::{
        applications::Outcome,
        trials::{Seat, Trial},
    },
};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{applications, excuses, shipments, strikes, trial_reports},
};

/// How far each of these is. Where nothing happened yet, nothing is said.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, ids: &[ApplicationId]) -> Result<HashMap<ApplicationId, Trial>> {
    type At = Option<NaiveDateTime>;
    type Found = (KeyValue, (At, At, At), (At, At, At, At), (At, Option<bool>), (At, Option<bool>));
    let rows: Vec<Found> = applications::table
        .left_join(shipments::table.on(shipments::application_id.eq(applications::id)))
        .left_join(trial_reports::table.on(trial_reports::application_id.eq(applications::id)))
        .left_join(excuses::table.on(excuses::application_id.eq(applications::id)))
        .left_join(strikes::table.on(strikes::application_id.eq(applications::id)))
        .filter(applications::id.eq_any(ids.iter().copied().map(key)))
        .select((
            applications::id,
            (
                shipments::shipped_at.nullable(),
                shipments::delivered_at.nullable(),
                shipments::told_at.nullable(),
            ),
            (
                trial_reports::first_sent_at.nullable(),
                trial_reports::sent_at.nullable(),
                trial_reports::asked_at.nullable(),
                trial_reports::accepted_at.nullable(),
            ),
            (excuses::decided_at.nullable(), excuses::granted.nullable()),
            (strikes::created_at.nullable(), strikes::overturned.nullable()),
        ))
        .load(conn)?;
    let utc = |at: At| at.map(|at| at.and_utc());
    let trial = |(
        id,
        (shipped, delivered, told),
        (first, sent, asked, accepted),
        (decided, granted),
        (struck, overturned),
    ): Found| {
        let trial = Trial {
            shipped_at: utc(shipped),
            delivered_at: utc(delivered),
            told_at: utc(told),
            reported_at: utc(first),
            sent_at: utc(sent),
            asked_at: utc(asked),
            accepted_at: utc(accepted),
            excused_at: utc(decided.filter(|_| granted == Some(true))),
            missed_at: utc(struck.filter(|_| overturned != Some(true))),
        };
        (ApplicationId::from(id), trial)
    };
    Ok(rows.into_iter().map(trial).collect())
}

/// How far one of these is.
///
/// # Errors
/// Only when the database fails.
pub fn of_one(conn: &mut AnyConnection, id: ApplicationId) -> Result<Trial> {
    Ok(of(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// The confirmed seats of a panel, but for those whose owners are forgotten: nothing is to come of them.
///
/// # Errors
/// Only when the database fails.
pub fn of_panel(conn: &mut AnyConnection, panel: PanelId) -> Result<Vec<Seat>> {
    let rows: Vec<(KeyValue, NaiveDateTime)> = applications::table
        .filter(applications::panel_id.eq(key(panel)))
        .filter(applications::outcome.eq(Outcome::Confirmed.name()))
        .filter(applications::member_id.is_not_null())
        // A confirmed application changes no more, but for being left.
        .select((applications::id, applications::updated_at))
        .load(conn)?;
    let ids: Vec<ApplicationId> = rows.iter().map(|(id, _)| (*id).into()).collect();
    let trials = of(conn, &ids)?;
    let seat = |(id, (_, since)): (ApplicationId, (KeyValue, NaiveDateTime))| Seat {
        since: since.and_utc(),
        trial: trials.get(&id).copied().unwrap_or_default(),
    };
    Ok(ids.into_iter().zip(rows).map(seat).collect())
}
