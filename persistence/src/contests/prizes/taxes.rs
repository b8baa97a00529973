//! What is withheld from prizes: the rates that staff wrote, else those that are built in.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{Stamp, judging::prizes::Table};

use super::super::{from_json, to_json};
use crate::{
    connection::AnyConnection,
    error::{Error, Result, Unique, taken},
    schema::tax_rules,
};

/// The rates as they are kept.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub table: Table,
    /// When staff changed them; never for those that are built in.
    pub updated_at: Option<DateTime<Utc>>,
    /// Counts edits, from 0.
    pub version: i32,
}

/// The one row there is.
const ONE: i32 = 1;

/// The rates as they are kept.
///
/// # Errors
/// Only when the database fails.
pub fn find(conn: &mut AnyConnection) -> Result<Kept> {
    let row: Option<(String, NaiveDateTime, i32)> = tax_rules::table
        .find(ONE)
        .select((tax_rules::rules, tax_rules::updated_at, tax_rules::version))
        .first(conn)
        .optional()?;
    let Some((rules, updated_at, version)) = row else { return Ok(Kept::default()) };
    Ok(Kept { table: from_json(&rules)?, updated_at: Some(updated_at.and_utc()), version })
}

/// Keeps other rates as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when they were changed meanwhile.
pub fn set(conn: &mut AnyConnection, stamp: &Stamp, table: &Table, version: i32) -> Result<Kept> {
    let values = (
        tax_rules::rules.eq(to_json(table)?),
        tax_rules::updated_at.eq(stamp.at.naive_utc()),
        tax_rules::version.eq(version + 1),
    );
    let rows = match version {
        0 => diesel::insert_into(tax_rules::table)
            .values((tax_rules::id.eq(ONE), values))
            .execute(conn)
            .map_err(taken(Unique::Version))
            .map_err(|error| if matches!(error, Error::Taken(_)) { Error::Contended } else { error })?,
        _ => diesel::update(tax_rules::table.find(ONE))
            .filter(tax_rules::version.eq(version))
            .set(values)
            .execute(conn)?,
    };
    match rows {
        1 => Ok(Kept { table: table.clone(), updated_at: Some(stamp.at), version: version + 1 }),
        _ => Err(Error::Contended),
    }
}
