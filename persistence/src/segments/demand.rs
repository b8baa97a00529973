//! Who stands behind an idea: its voters by segment, and what they have of something that is counted.

use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
};
use domain::{
    IdeaId, SegmentId,
    members::Attribute,
    segments::{
        Weight,
        demand::{Amount, Demand, Population, Stratum, demand},
    },
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    members::attributes::attributes,
    schema::{members, segment_members, segments, votes},
};

/// The whole membership, in its strata.
///
/// # Errors
/// Only when the database fails.
pub fn population(conn: &mut AnyConnection) -> Result<Population> {
    let members = members::table.count().get_result(conn)?;
    let rows: Vec<(KeyValue, i64, f64)> =
        segments::table.select((segments::id, segments::first_count, segments::weight)).load(conn)?;
    let stratum = |(id, members, weight): (KeyValue, i64, f64)| {
        let odd = |_| Error::Broken(format!("segment {}: odd weight", id.uuid()));
        Ok((id.into(), Stratum { members, weight: Weight::try_from(weight).map_err(odd)? }))
    };
    Ok(Population { members, strata: rows.into_iter().map(stratum).collect::<Result<_>>()? })
}

/// The demand for an idea.
///
/// # Errors
/// Only when the database fails.
pub fn of_idea(conn: &mut AnyConnection, idea: IdeaId) -> Result<Demand> {
    let rows: Vec<(KeyValue, Option<KeyValue>)> = votes::table
        .left_join(segment_members::table.on(segment_members::member_id.eq(votes::member_id)))
        .filter(votes::idea_id.eq(key(idea)))
        .order((votes::member_id, segment_members::segment_id))
        .select((votes::member_id, segment_members::segment_id.nullable()))
        .load(conn)?;
    let voters: Vec<Vec<SegmentId>> = rows
        .chunk_by(|(a, _), (b, _)| a == b)
        .map(|rows| rows.iter().filter_map(|(_, segment)| segment.map(SegmentId::from)).collect())
        .collect();
    Ok(demand(&population(conn)?, &voters))
}

/// What the idea is needed: [`Demand::need`].
///
/// # Errors
/// Only when the database fails.
pub fn need(conn: &mut AnyConnection, idea: IdeaId) -> Result<f64> {
    of_idea(conn, idea).map(|demand| demand.need)
}

/// What the voters of an idea have under a name, as far as it is a number.
///
/// # Errors
/// Only when the database fails.
pub fn amount(conn: &mut AnyConnection, idea: IdeaId, name: &str) -> Result<Amount> {
    let rows: Vec<String> = votes::table
        .inner_join(members::table)
        .filter(votes::idea_id.eq(key(idea)))
        .select(members::attributes)
        .load(conn)?;
    let mut numbers = Vec::new();
    for text in rows {
        let known =
            attributes(&text).ok_or_else(|| Error::Broken("a voter with odd attributes".to_owned()))?;
        if let Some(Attribute::Number(number)) = known.get(name) {
            numbers.push(*number);
        }
    }
    Ok(Amount::of(&numbers))
}
