//! The rows of numbers that people hide before the lock of a panel and show after it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _,
};
use domain::{MemberId, PanelId, members::Role, panels::Barred};

use crate::{
    connection::AnyConnection,
    error::{Error, Result, Unique, taken},
    key::key,
    schema::{members, panel_nonces},
};

/// Keeps what a member hides; what they hid before is forgotten.
///
/// # Errors
/// [`crate::Error::Taken`] when somebody else hid the same, whose copy it would be.
pub fn hide(
    conn: &mut AnyConnection,
    panel: PanelId,
    member: MemberId,
    commitment: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::delete(panel_nonces::table.find((key(panel), key(member)))).execute(conn)?;
    diesel::insert_into(panel_nonces::table)
        .values((
            panel_nonces::panel_id.eq(key(panel)),
            panel_nonces::member_id.eq(key(member)),
            panel_nonces::commitment.eq(commitment),
            panel_nonces::created_at.eq(at.naive_utc()),
        ))
        .execute(conn)
        .map_err(taken(Unique::Commitment))?;
    Ok(())
}

/// What a member hides, if anything.
///
/// # Errors
/// Only when the database fails.
pub fn of_member(conn: &mut AnyConnection, panel: PanelId, member: MemberId) -> Result<Option<String>> {
    let row = panel_nonces::table.find((key(panel), key(member))).select(panel_nonces::commitment);
    Ok(row.first(conn).optional()?)
}

/// Keeps the number that a member shows.
///
/// # Errors
/// Only when the database fails.
pub fn show(conn: &mut AnyConnection, panel: PanelId, member: MemberId, nonce: &str) -> Result<()> {
    diesel::update(panel_nonces::table.find((key(panel), key(member))))
        .set(panel_nonces::nonce.eq(nonce))
        .execute(conn)?;
    Ok(())
}

/// What everybody hides, sorted.
///
/// # Errors
/// Only when the database fails.
pub fn commitments(conn: &mut AnyConnection, panel: PanelId) -> Result<Vec<String>> {
    let of_panel = panel_nonces::table.filter(panel_nonces::panel_id.eq(key(panel)));
    Ok(of_panel.order(panel_nonces::commitment).select(panel_nonces::commitment).load(conn)?)
}

/// The numbers that were shown, by what hid them.
///
/// # Errors
/// Only when the database fails.
pub fn shown(conn: &mut AnyConnection, panel: PanelId) -> Result<BTreeMap<String, String>> {
    let rows: Vec<(String, Option<String>)> = panel_nonces::table
        .filter(panel_nonces::panel_id.eq(key(panel)))
        .select((panel_nonces::commitment, panel_nonces::nonce))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(commitment, nonce)| Some((commitment, nonce?))).collect())
}

/// Whether a customer among those who hid a number has shown it: a number that only staff know would be theirs to choose.
///
/// # Errors
/// [`Barred::NobodyHidANumber`].
pub fn ensure_customer_shown(conn: &mut AnyConnection, panel: PanelId) -> Result<()> {
    let shown: i64 = panel_nonces::table
        .inner_join(members::table)
        .filter(panel_nonces::panel_id.eq(key(panel)).and(panel_nonces::nonce.is_not_null()))
        .filter(members::role.eq(Role::Member.name()))
        .count()
        .get_result(conn)?;
    match shown {
        0 => Err(Error::Refused(Barred::NobodyHidANumber.into())),
        _ => Ok(()),
    }
}
