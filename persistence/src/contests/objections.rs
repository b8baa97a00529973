//! The rows of objections to provisional results.

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    ContestId, MemberId, ObjectionId, Stamp,
    contests::{
        ballots,
        entries::State,
        objections::{Decision, Objection},
        screening::Note,
    },
    events::{Event, ObjectionEvent},
    page::{Limit, Page, Place},
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{contest_ballots, contest_entries, contest_objections, entry_members},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = contest_objections, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    contest_id: KeyValue,
    member_id: Option<KeyValue>,
    entry_id: Option<KeyValue>,
    text: String,
    created_at: NaiveDateTime,
    decided_at: Option<NaiveDateTime>,
    upheld: Option<bool>,
    note: Option<String>,
    version: i32,
}

impl TryFrom<Row> for Objection {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = || Error::Broken(format!("objection {}: odd text", row.id.uuid()));
        let note = |text: &str| Note::try_from(text).map_err(|_| odd());
        let decision = match row.decided_at.zip(row.upheld) {
            Some((at, upheld)) => {
                let note = row.note.as_deref().map(note).transpose()?;
                Some(Decision { at: at.and_utc(), upheld, note })
            }
            None => None,
        };
        // Nothing is left of what was forgotten.
        let text = (!row.text.is_empty()).then(|| note(&row.text)).transpose()?;
        Ok(Self {
            id: row.id.into(),
            contest_id: row.contest_id.into(),
            member_id: row.member_id.map(Into::into),
            entry_id: row.entry_id.map(Into::into),
            text,
            created_at: row.created_at.and_utc(),
            decision,
            version: row.version,
        })
    }
}

/// Whose objections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Everybodys,
    Of(MemberId),
}

/// What staff have to do about an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    Decision,
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: ObjectionId) -> Result<Objection> {
    contest_objections::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// The objections to a result, the first first; all, or those that wait to be decided.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    contest: ContestId,
    (whose, waiting): (Whose, Option<Waiting>),
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Objection>> {
    let mut query = contest_objections::table
        .filter(contest_objections::contest_id.eq(key(contest)))
        .order(contest_objections::id)
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Whose::Of(member) = whose {
        query = query.filter(contest_objections::member_id.assume_not_null().eq(key(member)));
    }
    if let Some(Waiting::Decision) = waiting {
        query = query.filter(contest_objections::decided_at.is_null());
    }
    if let Some(after) = after {
        query = query.filter(contest_objections::id.gt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let found = rows.into_iter().map(Objection::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |one| Place { lap: 0, key: 0, id: one.id.uuid() }))
}

/// How many a member has raised in a contest.
///
/// # Errors
/// Only when the database fails.
pub fn count_of(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<i64> {
    Ok(contest_objections::table
        .filter(contest_objections::member_id.assume_not_null().eq(key(member)))
        .filter(contest_objections::contest_id.eq(key(contest)))
        .count()
        .get_result(conn)?)
}

/// How many wait for a decision.
///
/// # Errors
/// Only when the database fails.
pub fn waiting(conn: &mut AnyConnection, contest: ContestId) -> Result<i64> {
    Ok(contest_objections::table
        .filter(contest_objections::contest_id.eq(key(contest)))
        .filter(contest_objections::decided_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Whether a member is in an entry that was sent and not withdrawn, or has stars that count.
///
/// # Errors
/// Only when the database fails.
pub fn took_part(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<bool> {
    let entered: Option<KeyValue> = entry_members::table
        .inner_join(contest_entries::table)
        .filter(entry_members::contest_id.eq(key(contest)))
        .filter(entry_members::member_id.eq(key(member)))
        .filter(contest_entries::state.eq_any(State::SENT.map(State::name)))
        .select(entry_members::entry_id)
        .first(conn)
        .optional()?;
    let voted: Option<KeyValue> = contest_ballots::table
        .find((key(contest), key(member)))
        .filter(contest_ballots::state.eq(ballots::State::Counted.name()))
        .filter(contest_ballots::stars.ne("[]"))
        .select(contest_ballots::member_id)
        .first(conn)
        .optional()?;
    Ok(entered.is_some() || voted.is_some())
}

/// Stores a new objection.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, objection: &Objection) -> Result<()> {
    diesel::insert_into(contest_objections::table)
        .values((
            contest_objections::id.eq(key(objection.id)),
            contest_objections::contest_id.eq(key(objection.contest_id)),
            contest_objections::member_id.eq(objection.member_id.map(key)),
            contest_objections::entry_id.eq(objection.entry_id.map(key)),
            contest_objections::text.eq(text(objection)),
            contest_objections::created_at.eq(objection.created_at.naive_utc()),
            contest_objections::version.eq(objection.version),
        ))
        .execute(conn)?;
    tell(conn, stamp, objection, ObjectionEvent::Raised)
}

/// Stores an objection as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn decide(conn: &mut AnyConnection, stamp: &Stamp, objection: &Objection) -> Result<()> {
    update(conn, objection)?;
    tell(conn, stamp, objection, ObjectionEvent::Decided)
}

fn update(conn: &mut AnyConnection, objection: &Objection) -> Result<()> {
    let decision = objection.decision.as_ref();
    let note = decision.and_then(|decision| decision.note.as_ref());
    let rows = diesel::update(contest_objections::table.find(key(objection.id)))
        .filter(contest_objections::version.eq(objection.version - 1))
        .set((
            contest_objections::member_id.eq(objection.member_id.map(key)),
            contest_objections::text.eq(text(objection)),
            contest_objections::decided_at.eq(decision.map(|decision| decision.at.naive_utc())),
            contest_objections::upheld.eq(decision.map(|decision| decision.upheld)),
            contest_objections::note.eq(note.map(|note| note.as_str().to_owned())),
            contest_objections::version.eq(objection.version),
        ))
        .execute(conn)?;
    if rows == 0 { Err(Error::Contended) } else { Ok(()) }
}

fn text(objection: &Objection) -> String {
    objection.text.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default()
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, objection: &Objection, what: ObjectionEvent) -> Result<()> {
    let (objection, contest) = (objection.id, objection.contest_id);
    outbox::write(conn, stamp, &[Event::Objection { objection, contest, what }])
}

/// Forgets what a member objected: what was decided stays under no name, the rest is taken back.
pub(super) fn forget(conn: &mut AnyConnection, stamp: &Stamp, member: MemberId) -> Result<()> {
    let rows: Vec<Row> = contest_objections::table
        .filter(contest_objections::member_id.assume_not_null().eq(key(member)))
        .order(contest_objections::id)
        .select(Row::as_select())
        .load(conn)?;
    for (row, nth) in rows.into_iter().zip(0..) {
        let objection = Objection::try_from(row)?;
        match objection.decision {
            Some(_) => update(conn, &objection.nobodys())?,
            None => {
                diesel::delete(contest_objections::table.find(key(objection.id))).execute(conn)?;
                tell(conn, &stamp.branch(nth), &objection, ObjectionEvent::Withdrawn)?;
            }
        }
    }
    Ok(())
}
