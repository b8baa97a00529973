//! What the voters of an idea have of each attribute that is a number, added up: worked out from time to time, so that
//! ideas can be listed by it.

use std::collections::HashMap;

use diesel::{ExpressionMethods as _, JoinOnDsl as _, QueryDsl as _, RunQueryDsl as _, dsl};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::KeyValue,
    schema::{idea_values, ideas, member_numbers, votes},
};

/// Adds up anew for some ideas, and stores what differs.
pub(super) fn refresh(conn: &mut AnyConnection, ids: &[KeyValue]) -> Result<()> {
    type Total = ((KeyValue, String), (KeyValue, f64));
    let found: Vec<((KeyValue, KeyValue, String), Option<f64>)> = votes::table
        .inner_join(member_numbers::table.on(member_numbers::member_id.eq(votes::member_id)))
        .inner_join(ideas::table)
        .filter(votes::idea_id.eq_any(ids.to_vec()))
        .group_by((votes::idea_id, ideas::board_id, member_numbers::name))
        .select(((votes::idea_id, ideas::board_id, member_numbers::name), dsl::sum(member_numbers::value)))
        .load(conn)?;
    let found = found
        .into_iter()
        .map(|((idea, board, name), total)| -> Total { ((idea, name), (board, total.unwrap_or(0.0))) });
    let stored: Vec<((KeyValue, String), f64)> = idea_values::table
        .filter(idea_values::idea_id.eq_any(ids.to_vec()))
        .select(((idea_values::idea_id, idea_values::name), idea_values::total))
        .load(conn)?;
    let mut stored: HashMap<(KeyValue, String), f64> = stored.into_iter().collect();
    for ((idea, name), (board, total)) in found {
        match stored.remove(&(idea, name.clone())) {
            Some(known) if known == total => {}
            Some(_) => {
                diesel::update(idea_values::table.find((idea, name)))
                    .set(idea_values::total.eq(total))
                    .execute(conn)?;
            }
            None => {
                diesel::insert_into(idea_values::table)
                    .values((
                        idea_values::idea_id.eq(idea),
                        idea_values::name.eq(name),
                        idea_values::board_id.eq(board),
                        idea_values::total.eq(total),
                    ))
                    .execute(conn)?;
            }
        }
    }
    for gone in stored.into_keys() {
        diesel::delete(idea_values::table.find(gone)).execute(conn)?;
    }
    Ok(())
}
