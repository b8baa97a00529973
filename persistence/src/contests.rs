//! The rows of contests. What was entered is in [`entries`] and [`versions`], who enters together in [`teams`], and what became of ideas
//! and entries in [`ideas`]. Who judges is in [`judges`], whom they may not in [`conflicts`], what they were given in [`assigning`] and
//! what they say in [`reviews`]; what customers star is in [`ballots`], who wins what in [`prizes`], and what is said against a result
//! in [`objections`].

pub mod assigning;
pub mod ballots;
pub mod conflicts;
pub mod entries;
pub(crate) mod forgetting;
pub mod ideas;
pub mod judges;
pub mod metrics;
pub mod objections;
pub mod parts;
pub mod prizes;
pub mod results;
pub mod retention;
pub mod reviews;
pub mod teams;
pub mod versions;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    AsChangeset, ExpressionMethods as _, Insertable, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _,
};
use domain::{
    Actor, ContestId, MemberId, Refusal, SegmentId, Stamp,
    access::Permission,
    attachments::Place,
    contests::{Barred, Contest, Marks},
    digest,
    events::{ContestEvent, Event},
    page::{self, Limit, Page},
};

use crate::{
    attachments::links,
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    members, outbox,
    schema::{contests, segment_members},
    written::Written,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = contests, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    terms: String,
    rules_hash: Option<String>,
    secret: String,
    round: i32,
    published_at: Option<NaiveDateTime>,
    judging_at: Option<NaiveDateTime>,
    locked_at: Option<NaiveDateTime>,
    provisional_at: Option<NaiveDateTime>,
    disqualified_at: Option<NaiveDateTime>,
    finalized_at: Option<NaiveDateTime>,
    archived_at: Option<NaiveDateTime>,
    cancelled_at: Option<NaiveDateTime>,
    forgotten_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

impl TryFrom<Row> for Contest {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let utc = |at: Option<NaiveDateTime>| at.map(|at| at.and_utc());
        Ok(Self {
            id: row.id.into(),
            terms: from_json(&row.terms)?,
            marks: Marks {
                published_at: utc(row.published_at),
                judging_at: utc(row.judging_at),
                locked_at: utc(row.locked_at),
                provisional_at: utc(row.provisional_at),
                disqualified_at: utc(row.disqualified_at),
                finalized_at: utc(row.finalized_at),
                archived_at: utc(row.archived_at),
                cancelled_at: utc(row.cancelled_at),
                forgotten_at: utc(row.forgotten_at),
            },
            rules_hash: row.rules_hash.as_deref().map(hash).transpose()?,
            secret: hash(&row.secret)?,
            round: row.round,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Broken(format!("a column of a contest: {error}")))
}

fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Broken(error.to_string()))
}

fn hash(text: &str) -> Result<digest::Digest> {
    digest::of_hex(text).ok_or_else(|| Error::Broken(format!("odd hash {text}")))
}

/// The contest, if the actor may know of it.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, actor: &Actor, id: ContestId) -> Result<Contest> {
    let contest: Contest =
        contests::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()?;
    if contest.is_for(actor) { Ok(contest) } else { Err(Error::Missing) }
}

/// The contests that the actor may know of, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    after: Option<page::Place>,
    limit: Limit,
) -> Result<Page<Contest>> {
    let mut query = contests::table.order(contests::id.desc()).limit(limit.probe()).into_boxed();
    if actor.ensure(Permission::ManageContests).is_err() {
        query = query.filter(contests::published_at.is_not_null());
    }
    if let Some(after) = after {
        query = query.filter(contests::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn)?;
    let found = rows.into_iter().map(Contest::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |contest| page::Place { lap: 0, key: 0, id: contest.id.uuid() }))
}

/// These contests.
///
/// # Errors
/// Only when the database fails.
pub fn each(conn: &mut AnyConnection, ids: &[ContestId]) -> Result<HashMap<ContestId, Contest>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = contests::table
        .filter(contests::id.eq_any(ids.iter().copied().map(key)))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| Contest::try_from(row).map(|contest| (contest.id, contest))).collect()
}

/// What these contests are called.
///
/// # Errors
/// Only when the database fails.
pub fn titles(conn: &mut AnyConnection, ids: &[ContestId]) -> Result<HashMap<ContestId, String>> {
    let found = each(conn, ids)?.into_iter();
    Ok(found.map(|(id, contest)| (id, contest.terms.title)).collect())
}

/// Stores a new contest.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, contest: &Contest) -> Result<()> {
    diesel::insert_into(contests::table)
        .values((
            contests::id.eq(key(contest.id)),
            contests::created_at.eq(contest.created_at.naive_utc()),
            contests::secret.eq(digest::hex(contest.secret)),
            changes(contest)?,
        ))
        .execute(conn)?;
    tell(conn, stamp, contest.id, ContestEvent::Created)
}

/// Stores a contest as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, contest: &Contest, what: ContestEvent) -> Result<()> {
    let rows = diesel::update(contests::table.find(key(contest.id)))
        .filter(contests::version.eq(contest.version - 1))
        .set(changes(contest)?)
        .execute(conn)?;
    match rows {
        0 => Err(Error::Contended),
        _ => tell(conn, stamp, contest.id, what),
    }
}

/// Deletes a contest, as it was read, that nobody could enter.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, contest: &Contest) -> Result<()> {
    links::clear(conn, stamp.at, Place::Contest(contest.id))?;
    let own = contests::table.find(key(contest.id));
    match diesel::delete(own.filter(contests::version.eq(contest.version))).execute(conn)? {
        0 => Err(Error::Contended),
        _ => tell(conn, stamp, contest.id, ContestEvent::Deleted),
    }
}

/// Waits for whoever changes how far the contest is, and keeps others waiting until this change is done.
///
/// # Errors
/// Only when the database fails.
pub fn be_alone_with(conn: &mut AnyConnection, id: ContestId) -> Result<()> {
    diesel::update(contests::table.find(key(id)))
        .set(contests::version.eq(contests::version))
        .execute(conn)?;
    Ok(())
}

/// Waits for whoever is alone with the contest, and keeps them waiting until this change is done; any number of changes do so at once.
///
/// # Errors
/// Only when the database fails.
pub fn share(conn: &mut AnyConnection, id: ContestId) -> Result<()> {
    match conn {
        // Every change is alone there.
        AnyConnection::Sqlite(_) => {}
        AnyConnection::Postgres(_) => {
            Written::<()>::new("SELECT 1 FROM contests WHERE id = ").with(id, " FOR SHARE").execute(conn)?;
        }
    }
    Ok(())
}

/// Whether no contest that takes entries, or is to, is for a segment: else nobody could enter it any more.
///
/// # Errors
/// [`Refusal::SegmentInUse`].
pub(crate) fn ensure_none_is_for(
    conn: &mut AnyConnection,
    segment: SegmentId,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<Row> = contests::table
        .filter(contests::published_at.is_not_null())
        .filter(contests::judging_at.is_null())
        .filter(contests::cancelled_at.is_null())
        .select(Row::as_select())
        .load(conn)?;
    for row in rows {
        let contest = Contest::try_from(row)?;
        if !contest.is_unsealed(now) && contest.terms.audience.segments.contains(&segment.uuid()) {
            return Err(Refusal::SegmentInUse.into());
        }
    }
    Ok(())
}

/// Whether a member is among those the contest is for. Staff enter none, whatever key they come with, and neither do its judges.
///
/// # Errors
/// [`Barred::NotEligible`] or [`Barred::IsJudge`].
pub fn ensure_eligible(conn: &mut AnyConnection, contest: &Contest, member: MemberId) -> Result<()> {
    let segments = &contest.terms.audience.segments;
    let is_held = match segments.is_empty() {
        true => true,
        false => {
            let holding: i64 = segment_members::table
                .filter(segment_members::member_id.eq(key(member)))
                .filter(segment_members::segment_id.eq_any(segments.iter().copied().map(KeyValue::from)))
                .count()
                .get_result(conn)?;
            holding > 0
        }
    };
    if !is_held || members::find(conn, member)?.role.is_staff() {
        return Err(Error::Refused(Barred::NotEligible.into()));
    }
    match judges::is_judging(conn, contest.id, member)? {
        true => Err(Error::Refused(Barred::IsJudge.into())),
        false => Ok(()),
    }
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, contest: ContestId, what: ContestEvent) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Contest { contest, what }])
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contests, treat_none_as_null = true)]
struct Changes {
    terms: String,
    rules_hash: Option<String>,
    round: i32,
    published_at: Option<NaiveDateTime>,
    judging_at: Option<NaiveDateTime>,
    locked_at: Option<NaiveDateTime>,
    provisional_at: Option<NaiveDateTime>,
    disqualified_at: Option<NaiveDateTime>,
    finalized_at: Option<NaiveDateTime>,
    archived_at: Option<NaiveDateTime>,
    cancelled_at: Option<NaiveDateTime>,
    forgotten_at: Option<NaiveDateTime>,
    updated_at: NaiveDateTime,
    version: i32,
}

fn changes(contest: &Contest) -> Result<Changes> {
    let naive = |at: Option<DateTime<Utc>>| at.map(|at| at.naive_utc());
    let marks = &contest.marks;
    Ok(Changes {
        terms: to_json(&contest.terms)?,
        rules_hash: contest.rules_hash.map(digest::hex),
        round: contest.round,
        published_at: naive(marks.published_at),
        judging_at: naive(marks.judging_at),
        locked_at: naive(marks.locked_at),
        provisional_at: naive(marks.provisional_at),
        disqualified_at: naive(marks.disqualified_at),
        finalized_at: naive(marks.finalized_at),
        archived_at: naive(marks.archived_at),
        cancelled_at: naive(marks.cancelled_at),
        forgotten_at: naive(marks.forgotten_at),
        updated_at: contest.updated_at.naive_utc(),
        version: contest.version,
    })
}
