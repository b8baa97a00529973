//! Who stands behind an idea: its voters by segment, and what they have of something that is counted.

use std::collections::{BTreeMap, HashMap};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, RunQueryDsl as _, dsl,
};
use domain::{
    IdeaId, SegmentId,
    ideas::Idea,
    segments::{
        Weight,
        demand::{Amount, Demand, Population, Stratum, demand, need},
    },
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{member_numbers, members, segment_members, segments, votes},
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
pub fn of_idea(conn: &mut AnyConnection, idea: &Idea) -> Result<Demand> {
    let rows: Vec<(KeyValue, Option<KeyValue>)> = votes::table
        .left_join(segment_members::table.on(segment_members::member_id.eq(votes::member_id)))
        .filter(votes::idea_id.eq(key(idea.id)))
        .order((votes::member_id, segment_members::segment_id))
        .select((votes::member_id, segment_members::segment_id.nullable()))
        .load(conn)?;
    let voters: Vec<Vec<SegmentId>> = rows
        .chunk_by(|(a, _), (b, _)| a == b)
        .map(|rows| rows.iter().filter_map(|(_, segment)| segment.map(SegmentId::from)).collect())
        .collect();
    Ok(demand(&population(conn)?, &voters, idea.carried_votes))
}

/// How much each of these ideas is needed: [`domain::segments::demand::need`]. With each come its carried-over votes.
///
/// # Errors
/// Only when the database fails.
pub(crate) fn needs(conn: &mut AnyConnection, ideas: &[(KeyValue, i64)]) -> Result<HashMap<KeyValue, f64>> {
    let earlier = diesel::alias!(segment_members as earlier);
    let is_earlier = earlier
        .filter(earlier.field(segment_members::member_id).eq(segment_members::member_id))
        .filter(earlier.field(segment_members::segment_id).lt(segment_members::segment_id));
    let first = segment_members::member_id.eq(votes::member_id).and(dsl::not(dsl::exists(is_earlier)));
    let ids: Vec<KeyValue> = ideas.iter().map(|(id, _)| *id).collect();
    let counted: Vec<(KeyValue, Option<KeyValue>, i64)> = votes::table
        .left_join(segment_members::table.on(first))
        .filter(votes::idea_id.eq_any(ids))
        .group_by((votes::idea_id, segment_members::segment_id))
        .select((votes::idea_id, segment_members::segment_id.nullable(), dsl::count_star()))
        .load(conn)?;
    let mut voters: HashMap<KeyValue, BTreeMap<Option<SegmentId>, i64>> = HashMap::new();
    for (idea, segment, count) in counted {
        voters.entry(idea).or_default().insert(segment.map(SegmentId::from), count);
    }
    let population = population(conn)?;
    let need = |(id, carried): &(KeyValue, i64)| {
        let voters = voters.remove(id).unwrap_or_default();
        (*id, need(&population, &voters, *carried))
    };
    Ok(ideas.iter().map(need).collect())
}

/// What the voters of an idea have under a name, as far as it is a number.
///
/// # Errors
/// Only when the database fails.
pub fn amount(conn: &mut AnyConnection, idea: IdeaId, name: &str) -> Result<Amount> {
    let numbers: Vec<f64> = votes::table
        .inner_join(member_numbers::table.on(member_numbers::member_id.eq(votes::member_id)))
        .filter(votes::idea_id.eq(key(idea)).and(member_numbers::name.eq(name)))
        .select(member_numbers::value)
        .load(conn)?;
    Ok(Amount::of(&numbers))
}
