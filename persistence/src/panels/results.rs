//! The rows of results: what was learned from a panel, and what changes.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    PanelId, Stamp,
    answers::News,
    events::PanelEvent,
    panels::{
        Barred,
        results::{Lesson, Results},
    },
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result, contended},
    key::{KeyValue, key},
    notifications::panels::tell_applicants,
    schema::panel_results,
};

/// What was told of a panel, if anything.
///
/// # Errors
/// Only when the database fails.
pub fn of_panel(conn: &mut AnyConnection, panel: PanelId) -> Result<Option<Results>> {
    type Found = (String, String, NaiveDateTime, NaiveDateTime, i32);
    let row: Option<Found> = panel_results::table
        .find(key(panel))
        .select((
            panel_results::learned,
            panel_results::changes,
            panel_results::created_at,
            panel_results::updated_at,
            panel_results::version,
        ))
        .first(conn)
        .optional()?;
    let odd = |_| Error::Broken(format!("results of {panel}: odd words"));
    let results = |(learned, changes, created_at, updated_at, version): Found| {
        Ok(Results {
            panel_id: panel,
            learned: Lesson::try_from(&*learned).map_err(odd)?,
            changes: Lesson::try_from(&*changes).map_err(odd)?,
            created_at: created_at.and_utc(),
            updated_at: updated_at.and_utc(),
            version,
        })
    };
    row.map(results).transpose()
}

/// Since when there are results of these panels, where there are.
///
/// # Errors
/// Only when the database fails.
pub fn since(conn: &mut AnyConnection, panels: &[PanelId]) -> Result<HashMap<PanelId, DateTime<Utc>>> {
    let rows: Vec<(KeyValue, NaiveDateTime)> = panel_results::table
        .filter(panel_results::panel_id.eq_any(panels.iter().copied().map(key)))
        .select((panel_results::panel_id, panel_results::created_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(panel, at)| (panel.into(), at.and_utc())).collect())
}

/// Stores what is told, as the version after the one that was read, or as the first.
///
/// # Errors
/// [`Error::Contended`] when somebody else was first.
pub fn put(conn: &mut AnyConnection, stamp: &Stamp, results: &Results) -> Result<()> {
    let words = (
        panel_results::learned.eq(results.learned.as_str()),
        panel_results::changes.eq(results.changes.as_str()),
        panel_results::updated_at.eq(results.updated_at.naive_utc()),
        panel_results::version.eq(results.version),
    );
    let rows = match results.version {
        1 => diesel::insert_into(panel_results::table)
            .values((
                panel_results::panel_id.eq(key(results.panel_id)),
                panel_results::created_at.eq(results.created_at.naive_utc()),
                words,
            ))
            .execute(conn)
            .map_err(contended)?,
        version => diesel::update(panel_results::table.find(key(results.panel_id)))
            .filter(panel_results::version.eq(version - 1))
            .set(words)
            .execute(conn)?,
    };
    match rows {
        0 => Err(Error::Contended),
        _ => super::tell(conn, stamp, results.panel_id, PanelEvent::ResultsWritten),
    }
}

/// Tells everybody who applied what was learned.
///
/// # Errors
/// [`Barred::ResultsMissing`] where nothing was.
pub fn tell_all(conn: &mut AnyConnection, stamp: &Stamp, panel: PanelId) -> Result<()> {
    match of_panel(conn, panel)? {
        Some(_) => tell_applicants(conn, stamp, News::PanelResultsBack, panel),
        None => Err(Error::Refused(Barred::ResultsMissing.into())),
    }
}
