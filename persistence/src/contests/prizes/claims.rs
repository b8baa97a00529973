//! Prizes that were offered, and what became of them.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _,
};
use domain::{
    ContestId, EntryId,
    contests::{Contest, prizes::Claim},
};

use super::super::{Row as ContestRow, from_json, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{contests, prize_claims},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = prize_claims, check_for_backend(MultiBackend))]
struct Row {
    entry_id: KeyValue,
    contest_id: KeyValue,
    offered_at: NaiveDateTime,
    shares: String,
    claimed_at: Option<NaiveDateTime>,
    declined_at: Option<NaiveDateTime>,
    identity_at: Option<NaiveDateTime>,
    tax_at: Option<NaiveDateTime>,
    payments: Option<String>,
    version: i32,
}

impl TryFrom<Row> for Claim {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let utc = |at: Option<NaiveDateTime>| at.map(|at| at.and_utc());
        Ok(Self {
            entry_id: row.entry_id.into(),
            contest_id: row.contest_id.into(),
            offered_at: row.offered_at.and_utc(),
            shares: from_json(&row.shares)?,
            claimed_at: utc(row.claimed_at),
            declined_at: utc(row.declined_at),
            identity_at: utc(row.identity_at),
            tax_at: utc(row.tax_at),
            payments: row.payments.as_deref().map(from_json).transpose()?,
            version: row.version,
        })
    }
}

/// What was offered to an entry.
///
/// # Errors
/// Only when the database fails.
pub fn find(conn: &mut AnyConnection, entry: EntryId) -> Result<Option<Claim>> {
    let row = prize_claims::table.find(key(entry)).select(Row::as_select()).first::<Row>(conn).optional()?;
    row.map(Claim::try_from).transpose()
}

/// All that was offered in a contest.
///
/// # Errors
/// Only when the database fails.
pub fn of_contest(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<Claim>> {
    let rows: Vec<Row> = prize_claims::table
        .filter(prize_claims::contest_id.eq(key(contest)))
        .order(prize_claims::entry_id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Claim::try_from).collect()
}

/// The contests in which prizes are claimed now.
pub(super) fn claimed_in(conn: &mut AnyConnection, now: DateTime<Utc>) -> Result<Vec<Contest>> {
    let rows: Vec<ContestRow> = contests::table
        .filter(contests::provisional_at.is_not_null())
        .filter(contests::finalized_at.is_null())
        .filter(contests::cancelled_at.is_null())
        .order(contests::id)
        .select(ContestRow::as_select())
        .load(conn)?;
    let found = rows.into_iter().map(Contest::try_from).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|contest| contest.ensure_claiming(now).is_ok()).collect())
}

/// The entries that won for good: what is paid is fixed with the final result, and of nobody else.
///
/// # Errors
/// Only when the database fails.
pub fn won(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<EntryId>> {
    let rows: Vec<KeyValue> = prize_claims::table
        .filter(prize_claims::contest_id.eq(key(contest)))
        .filter(prize_claims::payments.is_not_null())
        .select(prize_claims::entry_id)
        .load(conn)?;
    Ok(rows.into_iter().map(EntryId::from).collect())
}

/// Keeps that a prize is offered.
pub(super) fn insert(
    conn: &mut AnyConnection,
    contest: ContestId,
    entry: EntryId,
    at: DateTime<Utc>,
) -> Result<()> {
    let offered = Claim::offered(contest, entry, at);
    diesel::insert_into(prize_claims::table)
        .values((
            prize_claims::entry_id.eq(key(entry)),
            prize_claims::contest_id.eq(key(contest)),
            prize_claims::offered_at.eq(at.naive_utc()),
            prize_claims::shares.eq(to_json(&offered.shares)?),
            prize_claims::version.eq(offered.version),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes an offer back, with what was said to it.
pub(super) fn delete(conn: &mut AnyConnection, entry: EntryId) -> Result<()> {
    diesel::delete(prize_claims::table.find(key(entry))).execute(conn)?;
    Ok(())
}

/// Stores a claim as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, claim: &Claim) -> Result<()> {
    let naive = |at: Option<DateTime<Utc>>| at.map(|at| at.naive_utc());
    let rows = diesel::update(prize_claims::table.find(key(claim.entry_id)))
        .filter(prize_claims::version.eq(claim.version - 1))
        .set((
            prize_claims::shares.eq(to_json(&claim.shares)?),
            prize_claims::claimed_at.eq(naive(claim.claimed_at)),
            prize_claims::declined_at.eq(naive(claim.declined_at)),
            prize_claims::identity_at.eq(naive(claim.identity_at)),
            prize_claims::tax_at.eq(naive(claim.tax_at)),
            prize_claims::payments.eq(claim.payments.as_ref().map(to_json).transpose()?),
            prize_claims::version.eq(claim.version),
        ))
        .execute(conn)?;
    if rows == 0 { Err(Error::Contended) } else { Ok(()) }
}
