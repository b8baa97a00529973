//! The rules that texts are looked through by: those that staff wrote, else those that are built in.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{Stamp, panels::disclosure::Rules};

use super::{from_json, to_json};
use crate::{
    connection::AnyConnection,
    error::{Error, Result, contended},
    schema::disclosure_rules,
};

/// The rules as they hold.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub rules: Rules,
    /// When staff changed them; never for those that are built in.
    pub updated_at: Option<DateTime<Utc>>,
    /// Counts edits, from 0.
    pub version: i32,
}

/// The one row there is.
const ONE: i32 = 1;

/// The rules as they hold.
///
/// # Errors
/// Only when the database fails.
pub fn find(conn: &mut AnyConnection) -> Result<Kept> {
    let row: Option<(String, NaiveDateTime, i32)> = disclosure_rules::table
        .find(ONE)
        .select((disclosure_rules::rules, disclosure_rules::updated_at, disclosure_rules::version))
        .first(conn)
        .optional()?;
    let Some((rules, updated_at, version)) = row else { return Ok(Kept::default()) };
    Ok(Kept { rules: from_json(&rules)?, updated_at: Some(updated_at.and_utc()), version })
}

/// Keeps other rules as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when they were changed meanwhile.
pub fn set(conn: &mut AnyConnection, stamp: &Stamp, rules: &Rules, version: i32) -> Result<Kept> {
    let values = (
        disclosure_rules::rules.eq(to_json(rules)?),
        disclosure_rules::updated_at.eq(stamp.at.naive_utc()),
        disclosure_rules::version.eq(version + 1),
    );
    let rows = match version {
        0 => diesel::insert_into(disclosure_rules::table)
            .values((disclosure_rules::id.eq(ONE), values))
            .execute(conn)
            .map_err(contended)?,
        _ => diesel::update(disclosure_rules::table.find(ONE))
            .filter(disclosure_rules::version.eq(version))
            .set(values)
            .execute(conn)?,
    };
    match rows {
        1 => Ok(Kept { rules: rules.clone(), updated_at: Some(stamp.at), version: version + 1 }),
        _ => Err(Error::Contended),
    }
}
