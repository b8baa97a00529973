//! The rows of what was given to judges, and the rows it is made from.

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    AssignmentId, ContestId, Stamp,
    contests::{
        Contest,
        assigning::{Assignment, Facts, Work},
        judges::{Judge, choices},
    },
    events::{ContestEvent, Event},
    page::{Limit, Page, Place},
};

use super::{conflicts, entries, from_json, judges, reviews, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::contest_assignments,
};

/// All that entries are given to judges by, in the round the contest is in.
///
/// # Errors
/// Only when the database fails.
pub fn facts(conn: &mut AnyConnection, contest: &Contest) -> Result<Facts> {
    let ready: Vec<Judge> = judges::list(conn, contest.id)?.into_iter().filter(Judge::is_ready).collect();
    let mut parties = conflicts::parties(conn, contest, ready.iter().map(|judge| judge.member_id))?;
    let mut teams = conflicts::teams(conn, contest)?;
    let mut ideas = conflicts::idea_authors(conn, contest.id)?;
    let works = entries::judged(conn, contest.id)?.into_iter().map(|(entry, content)| Work {
        choices: choices(&contest.terms, &content.answers),
        side: conflicts::side(entry, &mut teams, &mut ideas),
    });
    let judge = |judge: Judge| parties.remove(&judge.member_id).map(|party| (judge, party));
    Ok(Facts {
        works: works.collect(),
        judges: ready.into_iter().filter_map(judge).collect(),
        said: conflicts::said(conn, contest.id, None)?,
        seats: reviews::seats(conn, contest)?,
    })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = contest_assignments, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    contest_id: KeyValue,
    round: i32,
    plan: String,
    parts: i32,
    created_at: NaiveDateTime,
}

impl TryFrom<Row> for Assignment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            contest_id: row.contest_id.into(),
            round: row.round,
            written: from_json(&row.plan)?,
            parts: usize::try_from(row.parts).unwrap_or_default(),
            created_at: row.created_at.and_utc(),
        })
    }
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: AssignmentId) -> Result<Assignment> {
    contest_assignments::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// Each time that entries of a contest were given to judges, the last first.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    contest: ContestId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Assignment>> {
    let mut query = contest_assignments::table
        .filter(contest_assignments::contest_id.eq(key(contest)))
        .order(contest_assignments::id.desc())
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(contest_assignments::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let found = rows.into_iter().map(Assignment::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |one| Place { lap: 0, key: 0, id: one.id.uuid() }))
}

/// Keeps how entries were given to judges.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, one: &Assignment) -> Result<()> {
    diesel::insert_into(contest_assignments::table)
        .values((
            contest_assignments::id.eq(key(one.id)),
            contest_assignments::contest_id.eq(key(one.contest_id)),
            contest_assignments::round.eq(one.round),
            contest_assignments::plan.eq(to_json(&one.written)?),
            contest_assignments::parts.eq(i32::try_from(one.parts).unwrap_or(i32::MAX)),
            contest_assignments::created_at.eq(one.created_at.naive_utc()),
        ))
        .execute(conn)?;
    let what = ContestEvent::Assigned { assignment: one.id };
    outbox::write(conn, stamp, &[Event::Contest { contest: one.contest_id, what }])
}
