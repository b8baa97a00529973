//! The rows of locks that were taken back.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{PanelId, draws::Spec};

use super::{draws, from_json, to_json};
use crate::{
    connection::AnyConnection,
    error::Result,
    key::key,
    schema::{panel_draws, panel_void_locks},
};

/// A lock that was taken back.
#[derive(Debug, Clone)]
pub struct VoidLock {
    pub spec: Spec,
    pub reason: String,
    pub locked_at: DateTime<Utc>,
    pub voided_at: DateTime<Utc>,
}

/// How many locks of a panel were taken back.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, panel: PanelId) -> Result<i64> {
    let of_panel = panel_void_locks::table.filter(panel_void_locks::panel_id.eq(key(panel)));
    Ok(of_panel.count().get_result(conn)?)
}

/// Takes a lock back. Numbers that were hidden for it stay, for the next: none was shown yet, and without them a lock could be made
/// with the numbers of a few who know each other's.
///
/// # Errors
/// [`crate::Error::Missing`] when nothing is locked.
pub fn take_back(conn: &mut AnyConnection, panel: PanelId, reason: &str, at: DateTime<Utc>) -> Result<()> {
    let (draw, before) = (draws::find(conn, panel)?, count(conn, panel)?);
    diesel::insert_into(panel_void_locks::table)
        .values((
            panel_void_locks::panel_id.eq(key(panel)),
            panel_void_locks::number.eq(i32::try_from(before + 1).unwrap_or(i32::MAX)),
            panel_void_locks::spec.eq(to_json(&draw.spec)?),
            panel_void_locks::pool.eq(to_json(&draw.pool)?),
            panel_void_locks::excluded.eq(to_json(&draw.excluded)?),
            panel_void_locks::reason.eq(reason),
            panel_void_locks::locked_at.eq(draw.locked_at.naive_utc()),
            panel_void_locks::voided_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    diesel::delete(panel_draws::table.find(key(panel))).execute(conn)?;
    Ok(())
}

/// The locks of a panel that were taken back, in their order.
///
/// # Errors
/// Only when the database fails.
pub fn list(conn: &mut AnyConnection, panel: PanelId) -> Result<Vec<VoidLock>> {
    let rows: Vec<(String, String, NaiveDateTime, NaiveDateTime)> = panel_void_locks::table
        .filter(panel_void_locks::panel_id.eq(key(panel)))
        .order(panel_void_locks::number)
        .select((
            panel_void_locks::spec,
            panel_void_locks::reason,
            panel_void_locks::locked_at,
            panel_void_locks::voided_at,
        ))
        .load(conn)?;
    let void = |(spec, reason, locked_at, voided_at): (String, String, NaiveDateTime, NaiveDateTime)| {
        Ok(VoidLock {
            spec: from_json(&spec)?,
            reason,
            locked_at: locked_at.and_utc(),
            voided_at: voided_at.and_utc(),
        })
    };
    rows.into_iter().map(void).collect()
}
