//! What is personal of a panel and goes in its time: where people live, the numbers of their parcels, and what they wrote in words of
//! their own. What the proof and the numbers need stays.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    RunQueryDsl as _, SelectableHelper as _,
};
use domain::{ApplicationId, PanelId, panels::Panel};

use super::{Row, be_alone_with, from_json, to_json};
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{applications, excuses, panels, shipments},
};

/// How much went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gone {
    pub addresses: usize,
    pub tracking_numbers: usize,
    pub excuses: usize,
}

/// The panels that were closed or cancelled and have not had their time.
///
/// # Errors
/// Only when the database fails.
pub fn ended(conn: &mut AnyConnection) -> Result<Vec<Panel>> {
    let rows: Vec<Row> = panels::table
        .filter(panels::closed_at.is_not_null().or(panels::cancelled_at.is_not_null()))
        .filter(panels::forgotten_at.is_null())
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Panel::try_from).collect()
}

/// Deletes answers in words of one's own from some applications of a panel, in their order; the last of them, unless none is left.
///
/// # Errors
/// Only when the database fails.
pub fn forget_words(
    conn: &mut AnyConnection,
    panel: &Panel,
    after: Option<ApplicationId>,
    most: i64,
) -> Result<Option<ApplicationId>> {
    // Or what a member who is forgotten just now has left would be written back.
    be_alone_with(conn, panel.id)?;
    let after = after.map_or(uuid::Uuid::nil(), ApplicationId::uuid);
    let rows: Vec<(KeyValue, String)> = applications::table
        .filter(applications::panel_id.eq(key(panel.id)))
        .filter(applications::id.gt(KeyValue::from(after)))
        .order(applications::id)
        .limit(most)
        .select((applications::id, applications::answers))
        .load(conn)?;
    for (id, answers) in &rows {
        let before = from_json(answers)?;
        let left = panel.terms.without_words(&before);
        if left != before {
            diesel::update(applications::table.find(*id))
                .set(applications::answers.eq(to_json(&left)?))
                .execute(conn)?;
        }
    }
    Ok(rows.last().map(|(id, _)| (*id).into()))
}

/// Deletes the rest of what is personal of a panel that ended, which then had its time.
///
/// # Errors
/// Only when the database fails.
pub fn forget(conn: &mut AnyConnection, panel: PanelId, now: DateTime<Utc>) -> Result<Gone> {
    let gone = forget_parcels(conn, panel, now)?;
    let of_panel = applications::table.filter(applications::panel_id.eq(key(panel)));
    let said = excuses::table
        .filter(excuses::application_id.eq_any(of_panel.select(applications::id)))
        .filter(excuses::reason.ne(""));
    let excuses = diesel::update(said).set(excuses::reason.eq("")).execute(conn)?;
    diesel::update(panels::table.find(key(panel)))
        .set(panels::forgotten_at.eq(now.naive_utc()))
        .execute(conn)?;
    Ok(Gone { excuses, ..gone })
}

/// Deletes where parcels went that came by a moment, and their numbers; of parcels that never came, by the last word of them.
///
/// # Errors
/// Only when the database fails.
pub fn forget_parcels(conn: &mut AnyConnection, panel: PanelId, until: DateTime<Utc>) -> Result<Gone> {
    // Whoever says what became of a parcel writes its address as well.
    be_alone_with(conn, panel)?;
    let until = until.naive_utc();
    let parcels = || {
        let came = shipments::delivered_at.assume_not_null().le(until);
        let never_came = shipments::delivered_at.is_null().and(shipments::updated_at.le(until));
        shipments::table
            .filter(shipments::panel_id.eq(key(panel)))
            .filter(shipments::delivered_at.is_not_null().and(came).or(never_came))
    };
    let addresses = diesel::update(parcels().filter(shipments::address.is_not_null()))
        .set(shipments::address.eq(None::<String>))
        .execute(conn)?;
    let tracking_numbers = diesel::update(parcels().filter(shipments::tracking.is_not_null()))
        .set(shipments::tracking.eq(None::<String>))
        .execute(conn)?;
    Ok(Gone { addresses, tracking_numbers, excuses: 0 })
}
