//! The attributes of members that are numbers, apart, so that a database can add them up.

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, dsl};
use domain::{
    MemberId,
    members::{Attribute, Attributes},
};

use crate::{connection::AnyConnection, error::Result, key::key, schema::member_numbers};

/// Beyond it a number counts as this much, so that no sum overflows.
const MOST: f64 = 1e15;

/// Stores the numbers among the attributes, in place of those the member had.
pub(super) fn store(conn: &mut AnyConnection, member: MemberId, attributes: &Attributes) -> Result<()> {
    diesel::delete(member_numbers::table.filter(member_numbers::member_id.eq(key(member)))).execute(conn)?;
    for (name, attribute) in attributes {
        let Attribute::Number(value) = attribute else { continue };
        diesel::insert_into(member_numbers::table)
            .values((
                member_numbers::member_id.eq(key(member)),
                member_numbers::name.eq(name),
                member_numbers::value.eq(value.clamp(-MOST, MOST)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether any member has a number under the name.
///
/// # Errors
/// Only when the database fails.
pub fn any(conn: &mut AnyConnection, name: &str) -> Result<bool> {
    let having = member_numbers::table.filter(member_numbers::name.eq(name));
    Ok(diesel::select(dsl::exists(having)).get_result(conn)?)
}
