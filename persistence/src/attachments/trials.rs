//! What stands with panels, reports and what was done for missions.

use std::collections::HashMap;

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _};
use domain::{
    PanelId, ReportId, WorkId,
    attachments::{Attachment, Place},
};

use super::Row;
use crate::{connection::AnyConnection, error::Result, key::key, schema::attachments};

/// What stands at each of some places, in its order.
pub type Standing = HashMap<Place, Vec<Attachment>>;

/// The pictures of panels.
///
/// # Errors
/// Only when the database fails.
pub fn of_panels(conn: &mut AnyConnection, panels: &[PanelId]) -> Result<Standing> {
    let rows: Vec<Row> = attachments::table
        .filter(attachments::panel_id.eq_any(panels.iter().copied().map(key)))
        .order((attachments::panel_id, attachments::position))
        .select(Row::as_select())
        .load(conn)?;
    by_place(rows)
}

/// The pictures of reports.
///
/// # Errors
/// Only when the database fails.
pub fn of_reports(conn: &mut AnyConnection, reports: &[ReportId]) -> Result<Standing> {
    let rows: Vec<Row> = attachments::table
        .filter(attachments::report_id.eq_any(reports.iter().copied().map(key)))
        .order((attachments::report_id, attachments::position))
        .select(Row::as_select())
        .load(conn)?;
    by_place(rows)
}

/// The pictures of what was done for missions.
///
/// # Errors
/// Only when the database fails.
pub fn of_works(conn: &mut AnyConnection, works: &[WorkId]) -> Result<Standing> {
    let rows: Vec<Row> = attachments::table
        .filter(attachments::work_id.eq_any(works.iter().copied().map(key)))
        .order((attachments::work_id, attachments::position))
        .select(Row::as_select())
        .load(conn)?;
    by_place(rows)
}

pub(super) fn by_place(rows: Vec<Row>) -> Result<Standing> {
    let mut standing = Standing::new();
    for row in rows {
        let attachment = Attachment::try_from(row)?;
        if let Some(place) = attachment.place {
            standing.entry(place).or_default().push(attachment);
        }
    }
    Ok(standing)
}
