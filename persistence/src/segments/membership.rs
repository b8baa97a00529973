//! Whom each segment holds: found among all members when a rule changes, and kept up as members change.
//!
//! A change of a rule is alone; changes of members go side by side. So no member is asked by a rule that is just being
//! replaced, and the counts, which only ever move by what was stored, equal their rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, dsl, sql_query};
use domain::{
    MemberId, SegmentId,
    members::{Attributes, Locale, Member, Role},
    segments::{Facts, Kinds, Rule},
};
use uuid::Uuid;

use super::form;
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    members::attributes::attributes,
    schema::{members, segment_members, segments},
};

/// How many rows are read or written at a time.
const CHUNK: usize = 1_000;

/// What a rule finds among all members.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// In the order they joined.
    pub matching: Vec<MemberId>,
    /// Of how many.
    pub of: i64,
    /// What members have under the names the rule asks for.
    pub known: BTreeMap<String, Kinds>,
}

/// Asks every member.
///
/// # Errors
/// Only when the database fails.
pub fn survey(conn: &mut AnyConnection, rule: &Rule, now: DateTime<Utc>) -> Result<Survey> {
    let asked: Vec<&str> = rule.attributes().collect();
    let mut found = Survey::default();
    each(conn, |id, facts| {
        found.of += 1;
        if rule.matches(&facts, now) {
            found.matching.push(id);
        }
        note(&mut found.known, &asked, facts.attributes);
    })?;
    Ok(found)
}

fn note(known: &mut BTreeMap<String, Kinds>, asked: &[&str], attributes: &Attributes) {
    for name in asked {
        if let Some(value) = attributes.get(*name) {
            known.entry((*name).to_owned()).or_default().add(value);
        }
    }
}

/// Shows every member, a chunk at a time.
fn each(conn: &mut AnyConnection, mut show: impl FnMut(MemberId, Facts<'_>)) -> Result<()> {
    type Found = (KeyValue, String, String, NaiveDateTime, String);
    let mut after = KeyValue::from(Uuid::nil());
    loop {
        let rows: Vec<Found> = members::table
            .filter(members::id.gt(after))
            .order(members::id)
            .limit(CHUNK as i64)
            .select((members::id, members::role, members::locale, members::created_at, members::attributes))
            .load(conn)?;
        for (id, role, locale, created_at, known) in &rows {
            let odd = || Error::Broken(format!("member {}: odd facts", id.uuid()));
            let known = attributes(known).ok_or_else(odd)?;
            let facts = Facts {
                role: Role::named(role).ok_or_else(odd)?,
                locale: Locale::named(locale).ok_or_else(odd)?,
                created_at: created_at.and_utc(),
                attributes: &known,
            };
            show((*id).into(), facts);
            after = *id;
        }
        if rows.len() < CHUNK {
            return Ok(());
        }
    }
}

/// Waits until no member is being asked, and keeps others from asking until the change is stored. On SQLite every change
/// is alone anyway.
pub(super) fn hold_alone(conn: &mut AnyConnection) -> Result<()> {
    lock(conn, "SELECT pg_advisory_xact_lock(hashtext('madang segments'))")
}

/// Waits until no rule is being changed, and keeps rules from changing until the change is stored.
pub(super) fn hold(conn: &mut AnyConnection) -> Result<()> {
    lock(conn, "SELECT pg_advisory_xact_lock_shared(hashtext('madang segments'))")
}

fn lock(conn: &mut AnyConnection, statement: &str) -> Result<()> {
    if let AnyConnection::Postgres(postgres) = conn {
        sql_query(statement).execute(postgres)?;
    }
    Ok(())
}

/// Makes the rows of a segment those of `matching`, and its counts theirs.
pub(super) fn settle(conn: &mut AnyConnection, segment: SegmentId, matching: &[MemberId]) -> Result<()> {
    let rows = segment_members::table.filter(segment_members::segment_id.eq(key(segment)));
    let present: Vec<KeyValue> = rows.select(segment_members::member_id).load(conn)?;
    let wanted: HashSet<KeyValue> = matching.iter().copied().map(key).collect();
    let held: HashSet<KeyValue> = present.iter().copied().collect();
    let gone: Vec<KeyValue> = present.into_iter().filter(|id| !wanted.contains(id)).collect();
    let new: Vec<KeyValue> = matching.iter().copied().map(key).filter(|id| !held.contains(id)).collect();
    if gone.is_empty() && new.is_empty() {
        return Ok(());
    }
    for gone in gone.chunks(CHUNK) {
        diesel::delete(rows.filter(segment_members::member_id.eq_any(gone))).execute(conn)?;
    }
    for new in new.chunks(CHUNK) {
        let values: Vec<_> = new
            .iter()
            .map(|id| (segment_members::segment_id.eq(key(segment)), segment_members::member_id.eq(*id)))
            .collect();
        let insert = diesel::insert_into(segment_members::table).values(values);
        match conn {
            AnyConnection::Sqlite(sqlite) => insert.execute(sqlite)?,
            AnyConnection::Postgres(postgres) => insert.execute(postgres)?,
        };
    }
    diesel::update(segments::table.find(key(segment)))
        .set((segments::member_count.eq(matching.len() as i64), segments::first_count.eq(0)))
        .execute(conn)?;
    count_firsts(conn).map(drop)
}

/// Counts for each segment the members whose first it is, and mends what differs; says how many did.
pub(super) fn count_firsts(conn: &mut AnyConnection) -> Result<usize> {
    let earlier = diesel::alias!(segment_members as earlier);
    let is_earlier = earlier
        .filter(earlier.field(segment_members::member_id).eq(segment_members::member_id))
        .filter(earlier.field(segment_members::segment_id).lt(segment_members::segment_id));
    let counted: Vec<(KeyValue, i64)> = segment_members::table
        .filter(dsl::not(dsl::exists(is_earlier)))
        .group_by(segment_members::segment_id)
        .select((segment_members::segment_id, dsl::count_star()))
        .load(conn)?;
    let counted: HashMap<KeyValue, i64> = counted.into_iter().collect();
    let stored: Vec<(KeyValue, i64)> =
        segments::table.order(segments::id).select((segments::id, segments::first_count)).load(conn)?;
    let mut mended = 0;
    for (id, stored) in stored {
        let count = counted.get(&id).copied().unwrap_or(0);
        if count != stored {
            diesel::update(segments::table.find(id)).set(segments::first_count.eq(count)).execute(conn)?;
            mended += 1;
        }
    }
    Ok(mended)
}

/// Asks every segment about one member, as they are now.
///
/// # Errors
/// Only when the database fails.
pub(crate) fn follow(conn: &mut AnyConnection, member: &Member, now: DateTime<Utc>) -> Result<()> {
    hold(conn)?;
    let rules: Vec<(KeyValue, String)> =
        segments::table.order(segments::id).select((segments::id, segments::rule)).load(conn)?;
    if rules.is_empty() {
        return Ok(());
    }
    let facts = Facts::of(member);
    let mut after = Vec::new();
    for (id, text) in rules {
        let rule = form::rule(&text);
        let rule = rule.ok_or_else(|| Error::Broken(format!("segment {}: odd rule", id.uuid())))?;
        if rule.matches(&facts, now) {
            after.push(id);
        }
    }
    let rows = segment_members::table.filter(segment_members::member_id.eq(key(member.id)));
    let before: Vec<KeyValue> =
        rows.order(segment_members::segment_id).select(segment_members::segment_id).load(conn)?;
    // In the order of the segments, so that two changes wait for each other in a line and not in a circle.
    let mut moves: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for (segments, step) in [(&before, -1), (&after, 1)] {
        for (nth, id) in segments.iter().enumerate() {
            let (count, first) = moves.entry(id.uuid()).or_default();
            *count += step;
            *first += if nth == 0 { step } else { 0 };
        }
    }
    for (id, (count, first)) in moves {
        step(conn, id.into(), key(member.id), count, first)?;
    }
    Ok(())
}

/// One segment gains or loses one member, or is or is no more their first.
fn step(conn: &mut AnyConnection, segment: KeyValue, member: KeyValue, count: i64, first: i64) -> Result<()> {
    if (count, first) == (0, 0) {
        return Ok(());
    }
    if count > 0 {
        diesel::insert_into(segment_members::table)
            .values((segment_members::segment_id.eq(segment), segment_members::member_id.eq(member)))
            .execute(conn)?;
    }
    if count < 0 {
        diesel::delete(segment_members::table.find((segment, member))).execute(conn)?;
    }
    diesel::update(segments::table.find(segment))
        .set((
            segments::member_count.eq(segments::member_count + count),
            segments::first_count.eq(segments::first_count + first),
        ))
        .execute(conn)?;
    Ok(())
}

/// The segments that time alone may move members in or out of.
///
/// # Errors
/// Only when the database fails.
pub fn ageing(conn: &mut AnyConnection) -> Result<Vec<SegmentId>> {
    let rows: Vec<(KeyValue, String)> =
        segments::table.order(segments::id).select((segments::id, segments::rule)).load(conn)?;
    let ages = |text: &str| form::rule(text).is_some_and(|rule| rule.ages());
    Ok(rows.into_iter().filter(|(_, text)| ages(text)).map(|(id, _)| id.into()).collect())
}

/// Finds the members of a segment anew, if it is still there.
///
/// # Errors
/// Only when the database fails.
pub fn refresh(conn: &mut AnyConnection, segment: SegmentId, now: DateTime<Utc>) -> Result<()> {
    hold_alone(conn)?;
    match super::find(conn, segment) {
        Ok(found) => {
            let matching = survey(conn, &found.rule, now)?.matching;
            settle(conn, segment, &matching)
        }
        Err(Error::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Compares the counts with their rows and mends what differs: there must be nothing. Says how many differed.
///
/// # Errors
/// Only when the database fails.
pub fn recount(conn: &mut AnyConnection) -> Result<usize> {
    hold_alone(conn)?;
    let counted: Vec<(KeyValue, i64)> = segment_members::table
        .group_by(segment_members::segment_id)
        .select((segment_members::segment_id, dsl::count_star()))
        .load(conn)?;
    let counted: HashMap<KeyValue, i64> = counted.into_iter().collect();
    let stored: Vec<(KeyValue, i64)> =
        segments::table.select((segments::id, segments::member_count)).load(conn)?;
    let mut mended = 0;
    for (id, stored) in stored {
        let count = counted.get(&id).copied().unwrap_or(0);
        if count != stored {
            diesel::update(segments::table.find(id))
                .set((segments::member_count.eq(count), segments::first_count.eq(0)))
                .execute(conn)?;
            mended += 1;
        }
    }
    Ok(mended + count_firsts(conn)?)
}
