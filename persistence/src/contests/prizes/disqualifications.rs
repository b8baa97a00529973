//! Which entries lost their rank.

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _,
    result::{DatabaseErrorKind, Error as Diesel},
};
use domain::{
    ContestId, EntryId,
    contests::{
        Barred,
        prizes::{Cause, Disqualification},
        screening::Note,
    },
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{contests, entry_disqualifications},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = entry_disqualifications, check_for_backend(MultiBackend))]
struct Row {
    entry_id: KeyValue,
    contest_id: KeyValue,
    reason: String,
    note: String,
    awarded: bool,
    disqualified_at: NaiveDateTime,
}

impl TryFrom<Row> for Disqualification {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("disqualification {}: odd {what}", row.entry_id.uuid()));
        Ok(Self {
            cause: Cause::named(&row.reason).ok_or_else(|| odd("reason"))?,
            note: Note::try_from(&*row.note).map_err(|_| odd("note"))?,
            entry_id: row.entry_id.into(),
            contest_id: row.contest_id.into(),
            awarded: row.awarded,
            at: row.disqualified_at.and_utc(),
        })
    }
}

/// Why an entry lost its rank, if it did.
///
/// # Errors
/// Only when the database fails.
pub fn find(conn: &mut AnyConnection, entry: EntryId) -> Result<Option<Disqualification>> {
    let found = entry_disqualifications::table.find(key(entry)).select(Row::as_select());
    found.first::<Row>(conn).optional()?.map(Disqualification::try_from).transpose()
}

/// All of a contest.
///
/// # Errors
/// Only when the database fails.
pub fn of_contest(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<Disqualification>> {
    let rows: Vec<Row> = entry_disqualifications::table
        .filter(entry_disqualifications::contest_id.eq(key(contest)))
        .order(entry_disqualifications::entry_id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Disqualification::try_from).collect()
}

/// Keeps that an entry lost its rank, from when on there is time to object anew. Nobody else may be at the contest.
///
/// # Errors
/// [`Barred::Disqualified`] when it had before.
pub fn insert(conn: &mut AnyConnection, one: &Disqualification) -> Result<()> {
    diesel::insert_into(entry_disqualifications::table)
        .values((
            entry_disqualifications::entry_id.eq(key(one.entry_id)),
            entry_disqualifications::contest_id.eq(key(one.contest_id)),
            entry_disqualifications::reason.eq(one.cause.name()),
            entry_disqualifications::note.eq(one.note.as_str()),
            entry_disqualifications::awarded.eq(one.awarded),
            entry_disqualifications::disqualified_at.eq(one.at.naive_utc()),
        ))
        .execute(conn)
        .map_err(|error| match error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Error::Refused(Barred::Disqualified.into())
            }
            error => Error::from(error),
        })?;
    let at = one.at.naive_utc();
    diesel::update(contests::table.find(key(one.contest_id)))
        .set((
            contests::disqualified_at.eq(at),
            contests::updated_at.eq(at),
            contests::version.eq(contests::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes it back.
///
/// # Errors
/// [`Barred::NotDisqualified`].
pub fn delete(conn: &mut AnyConnection, entry: EntryId) -> Result<()> {
    match diesel::delete(entry_disqualifications::table.find(key(entry))).execute(conn)? {
        0 => Err(Error::Refused(Barred::NotDisqualified.into())),
        _ => Ok(()),
    }
}
