//! The rows of segments. Whom they hold is in `membership`, what stands behind an idea in [`demand`].

pub mod demand;
mod form;
mod membership;

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    dsl,
    expression::{SqlLiteral, UncheckedBind},
    sql_types::Bool,
};
use domain::{
    MemberId, Refusal, SegmentId, Stamp,
    boards::Description,
    events::Event,
    page::{Limit, Page, Place},
    segments::{MOST_SEGMENTS, Segment, SegmentName, Weight},
    text::Fault,
};
use uuid::Uuid;

pub use self::membership::{Survey, ageing, recount, refresh, survey};
use self::membership::{count_firsts, hold, hold_alone, settle};
pub(crate) use self::{demand::needs, membership::follow};
use crate::{
    connection::{AnyConnection, MultiBackend},
    contests,
    error::{Error, Result},
    key::{Key, KeyValue, key},
    outbox,
    schema::{members, segment_members, segments},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = segments, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    name: String,
    description: String,
    rule: String,
    weight: f64,
    member_count: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

impl TryFrom<Row> for Segment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("segment {}: odd {what}", row.id.uuid()));
        Ok(Self {
            id: row.id.into(),
            name: SegmentName::try_from(&*row.name).map_err(|_| odd("name"))?,
            description: Description::try_from(&*row.description).map_err(|_| odd("description"))?,
            rule: form::rule(&row.rule).ok_or_else(|| odd("rule"))?,
            weight: Weight::try_from(row.weight).map_err(|_| odd("weight"))?,
            member_count: row.member_count,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

/// A member of a segment, in a list.
#[derive(Debug, Clone)]
pub struct Named {
    pub member: MemberId,
    pub display_name: String,
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: SegmentId) -> Result<Segment> {
    segments::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// Segments in their order, the oldest first.
///
/// # Errors
/// Only when the database fails.
pub fn list(conn: &mut AnyConnection, after: Option<Place>, limit: Limit) -> Result<Page<Segment>> {
    let mut query = segments::table.order(segments::id).limit(limit.probe()).into_boxed();
    if let Some(after) = after {
        query = query.filter(segments::id.gt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn)?;
    let found = rows.into_iter().map(Segment::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |segment| Place { lap: 0, key: 0, id: segment.id.uuid() }))
}

/// What the segments are called.
///
/// # Errors
/// Only when the database fails.
pub fn names(conn: &mut AnyConnection) -> Result<BTreeMap<SegmentId, SegmentName>> {
    let rows: Vec<(KeyValue, String)> = segments::table.select((segments::id, segments::name)).load(conn)?;
    let name = |(id, name): (KeyValue, String)| {
        let name =
            SegmentName::try_from(&*name).map_err(|_| Error::Broken("a segment with an odd name".to_owned()));
        Ok((id.into(), name?))
    };
    rows.into_iter().map(name).collect()
}

/// The members of a segment, in the order they joined.
///
/// # Errors
/// Only when the database fails.
pub fn members(
    conn: &mut AnyConnection,
    id: SegmentId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Named>> {
    let mut query = segment_members::table
        .inner_join(members::table)
        .filter(segment_members::segment_id.eq(key(id)))
        .order(segment_members::member_id)
        .select((segment_members::member_id, members::display_name))
        .limit(limit.probe())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(segment_members::member_id.gt(KeyValue::from(after.id)));
    }
    let rows: Vec<(KeyValue, String)> = query.load(conn)?;
    let named = rows.into_iter().map(|(id, display_name)| Named { member: id.into(), display_name });
    Ok(Page::of(named.collect(), limit, |named| Place { lap: 0, key: 0, id: named.member.uuid() }))
}

/// These members with their names, in the order they joined.
///
/// # Errors
/// Only when the database fails.
pub fn named(conn: &mut AnyConnection, ids: &[MemberId]) -> Result<Vec<Named>> {
    let keys: Vec<KeyValue> = ids.iter().copied().map(key).collect();
    let rows: Vec<(KeyValue, String)> = members::table
        .filter(members::id.eq_any(keys))
        .order(members::id)
        .select((members::id, members::display_name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, display_name)| Named { member: id.into(), display_name }).collect())
}

/// Stores a new segment and finds its members.
///
/// # Errors
/// [`Refusal::TooManySegments`], [`Refusal::UnfitAt`] where the rule asks for what nobody has.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, segment: &Segment) -> Result<()> {
    hold_alone(conn)?;
    let there: i64 = segments::table.count().get_result(conn)?;
    if usize::try_from(there).unwrap_or(usize::MAX) >= MOST_SEGMENTS {
        return Err(Refusal::TooManySegments { most: MOST_SEGMENTS }.into());
    }
    let found = survey(conn, &segment.rule, stamp.at)?;
    segment.rule.ensure_known(&found.known)?;
    diesel::insert_into(segments::table)
        .values((
            segments::id.eq(key(segment.id)),
            segments::created_at.eq(segment.created_at.naive_utc()),
            segments::member_count.eq(0),
            segments::first_count.eq(0),
            changes(segment),
        ))
        .execute(conn)?;
    settle(conn, segment.id, &found.matching)?;
    outbox::write(conn, stamp, &[Event::SegmentCreated { segment: segment.id }])
}

/// Stores a segment as the version after the one that was read, and finds its members anew where its rule has changed.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile; [`Refusal::UnfitAt`] as [`insert`].
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, before: &Segment, after: &Segment) -> Result<()> {
    let ruled_anew = before.rule != after.rule;
    if ruled_anew {
        hold_alone(conn)?;
    }
    let rows = diesel::update(segments::table.find(key(after.id)))
        .filter(segments::version.eq(before.version))
        .set(changes(after))
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    if ruled_anew {
        let found = survey(conn, &after.rule, stamp.at)?;
        after.rule.ensure_known(&found.known)?;
        settle(conn, after.id, &found.matching)?;
    }
    outbox::write(conn, stamp, &[Event::SegmentUpdated { segment: after.id }])
}

/// Whether all of these are there, and stay until this change is done.
///
/// # Errors
/// [`Refusal::UnfitAt`] names the first that is not by its place in an audience.
pub fn ensure_there(conn: &mut AnyConnection, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    hold(conn)?;
    let ids: Vec<KeyValue> = ids.iter().copied().map(KeyValue::from).collect();
    let there: Vec<KeyValue> =
        segments::table.filter(segments::id.eq_any(ids.clone())).select(segments::id).load(conn)?;
    match ids.iter().position(|id| !there.contains(id)) {
        None => Ok(()),
        Some(nth) => {
            let pointer = format!("/audience/segments/{nth}");
            Err(Refusal::UnfitAt { pointer, fault: Fault::NotA("segment") }.into())
        }
    }
}

/// Deletes a segment; its members stay.
///
/// # Errors
/// [`Refusal::SegmentInUse`].
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, id: SegmentId) -> Result<()> {
    hold_alone(conn)?;
    contests::ensure_none_is_for(conn, id, stamp.at)?;
    diesel::delete(segments::table.find(key(id))).execute(conn)?;
    // Some of its members have another first segment now.
    count_firsts(conn)?;
    outbox::write(conn, stamp, &[Event::SegmentDeleted { segment: id }])
}

/// Whether somebody of the segment votes for the idea of the row, as a condition of a list of ideas.
pub(crate) fn has_voter_in(
    segment: SegmentId,
) -> SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, dsl::AsExprOf<KeyValue, Key>>> {
    dsl::sql::<Bool>(
        "EXISTS (SELECT 1 FROM votes AS cast_by JOIN segment_members AS held \
         ON held.member_id = cast_by.member_id WHERE cast_by.idea_id = ideas.id AND held.segment_id = ",
    )
    .bind::<Key, _>(key(segment))
    .sql(")")
}

#[derive(diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = segments)]
struct Changes<'a> {
    name: &'a str,
    description: &'a str,
    rule: String,
    weight: f64,
    updated_at: NaiveDateTime,
    version: i32,
}

fn changes(segment: &Segment) -> Changes<'_> {
    Changes {
        name: segment.name.as_str(),
        description: segment.description.as_str(),
        rule: form::text(&segment.rule),
        weight: segment.weight.value(),
        updated_at: segment.updated_at.naive_utc(),
        version: segment.version,
    }
}
