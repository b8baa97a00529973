//! Under which names the public reads of those in a team.

use std::collections::HashMap;

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{EntryId, MemberId, contests::prizes::NameAs};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{entry_members, members},
};

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub member: MemberId,
    pub display_name: String,
    pub name_as: NameAs,
}

/// Those in the teams of entries, who joined first first.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, entries: &[EntryId]) -> Result<HashMap<EntryId, Vec<Named>>> {
    let rows: Vec<(KeyValue, KeyValue, String, Option<String>)> = entry_members::table
        .inner_join(members::table)
        .filter(entry_members::entry_id.eq_any(entries.iter().copied().map(key)))
        .order((entry_members::entry_id, entry_members::joined_at, entry_members::member_id))
        .select((
            entry_members::entry_id,
            entry_members::member_id,
            members::display_name,
            entry_members::name_as,
        ))
        .load(conn)?;
    let mut found: HashMap<EntryId, Vec<Named>> = HashMap::new();
    for (entry, member, display_name, name_as) in rows {
        let odd = || Error::Broken(format!("entry {}: odd name", entry.uuid()));
        let name_as = name_as.map(|name| NameAs::named(&name).ok_or_else(odd)).transpose()?;
        let named = Named { member: member.into(), display_name, name_as: name_as.unwrap_or_default() };
        found.entry(entry.into()).or_default().push(named);
    }
    Ok(found)
}

/// Keeps what a member lets the public read.
///
/// # Errors
/// [`Error::Missing`] when they are not in the team.
pub fn set(conn: &mut AnyConnection, entry: EntryId, member: MemberId, name_as: NameAs) -> Result<()> {
    let rows = diesel::update(entry_members::table.find((key(entry), key(member))))
        .set(entry_members::name_as.eq(name_as.name()))
        .execute(conn)?;
    if rows == 0 { Err(Error::Missing) } else { Ok(()) }
}
