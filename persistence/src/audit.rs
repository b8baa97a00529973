//! The rows of the audit log: only ever added, each chained to the one before it.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, OptionalExtension as _,
    QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    connection::SimpleConnection as _,
};
use domain::{
    Actor, ApiKeyId, MemberId,
    audit::{Broken, By, Deed, Entry, Head},
    digest::Digest,
    members::Role,
    page::{Limit, Page, Place},
};
use uuid::Uuid;

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{audit, members},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit, check_for_backend(MultiBackend))]
struct Row {
    number: i64,
    at: NaiveDateTime,
    request_id: Option<String>,
    member_id: Option<KeyValue>,
    role: Option<String>,
    api_key_id: Option<KeyValue>,
    action: String,
    subject_id: Option<KeyValue>,
    before: Option<String>,
    after: Option<String>,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

/// An entry with the hash before it and its own.
#[derive(Debug, Clone)]
pub struct Linked {
    pub entry: Entry,
    pub previous: Digest,
    pub hash: Digest,
}

impl Row {
    fn linked(self) -> Result<Linked> {
        let odd = |what: &str| Error::Broken(format!("audit entry {}: odd {what}", self.number));
        let digest = |bytes: &[u8]| Digest::try_from(bytes).map_err(|_| odd("hash"));
        let (previous, hash) = (digest(&self.previous)?, digest(&self.hash)?);
        let by = match (self.member_id, self.role.as_deref()) {
            (None, None) => By::System,
            (Some(id), Some(role)) => By::Member {
                id: id.into(),
                role: Role::named(role).ok_or_else(|| odd("role"))?,
                key: self.api_key_id.map(ApiKeyId::from),
            },
            (None, Some(_)) | (Some(_), None) => return Err(odd("actor")),
        };
        let deed = Deed {
            action: self.action,
            subject: self.subject_id.map(KeyValue::uuid),
            before: self.before,
            after: self.after,
        };
        let entry =
            Entry { number: self.number, at: self.at.and_utc(), request_id: self.request_id, by, deed };
        Ok(Linked { entry, previous, hash })
    }
}

/// Adds what was done in this change, at a time cut to microseconds, if it was not a visitor. To be called last: on PostgreSQL whoever adds to the chain
/// waits for the one before.
///
/// # Errors
/// Only when the database fails.
pub fn keep(
    conn: &mut AnyConnection,
    at: DateTime<Utc>,
    actor: &Actor,
    request_id: Option<&str>,
    deed: Deed,
) -> Result<()> {
    let Some(by) = By::of(actor) else { return Ok(()) };
    if let AnyConnection::Postgres(postgres) = conn {
        postgres.batch_execute("SELECT pg_advisory_xact_lock(hashtext('madang audit'))")?;
    }
    let end = head(conn)?;
    let request_id = request_id.map(str::to_owned);
    let entry = Entry { number: end.number + 1, at, request_id, by, deed };
    let (member, role, api_key) = match by {
        By::Member { id, role, key } => (Some(id), Some(role.name()), key),
        By::System => (None, None, None),
    };
    diesel::insert_into(audit::table)
        .values((
            audit::number.eq(entry.number),
            audit::at.eq(entry.at.naive_utc()),
            audit::request_id.eq(entry.request_id.as_deref()),
            audit::member_id.eq(member.map(key)),
            audit::role.eq(role),
            audit::api_key_id.eq(api_key.map(key)),
            audit::action.eq(&entry.deed.action),
            audit::subject_id.eq(entry.deed.subject.map(KeyValue::from)),
            audit::before.eq(entry.deed.before.as_deref()),
            audit::after.eq(entry.deed.after.as_deref()),
            audit::previous.eq(end.hash.as_slice()),
            audit::hash.eq(entry.hash(&end.hash).as_slice()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The end of the chain as it is stored.
///
/// # Errors
/// Only when the database fails.
pub fn head(conn: &mut AnyConnection) -> Result<Head> {
    let last: Option<(i64, Vec<u8>)> = audit::table
        .filter(audit::number.gt(0))
        .order(audit::number.desc())
        .select((audit::number, audit::hash))
        .first(conn)
        .optional()?;
    let Some((number, hash)) = last else { return Ok(Head::NONE) };
    let hash =
        Digest::try_from(&*hash).map_err(|_| Error::Broken(format!("audit entry {number}: odd hash")))?;
    Ok(Head { number, hash })
}

/// Whether an entry is there with this hash.
///
/// # Errors
/// Only when the database fails.
pub fn holds(conn: &mut AnyConnection, noted: Head) -> Result<bool> {
    let hash: Option<Vec<u8>> = audit::table.find(noted.number).select(audit::hash).first(conn).optional()?;
    Ok(hash.is_some_and(|hash| hash == noted.hash))
}

/// How many entries are read at a time to follow the chain.
const STRETCH: i64 = 500;

/// Follows the chain for a stretch from an end that is known to be good: to where it is good, and whether it goes on.
///
/// # Errors
/// Only when the database fails; that the chain is broken is no error of it.
pub fn follow(conn: &mut AnyConnection, from: Head) -> Result<std::result::Result<(Head, bool), Broken>> {
    let rows: Vec<Row> = audit::table
        .filter(audit::number.gt(from.number))
        .order(audit::number)
        .limit(STRETCH)
        .select(Row::as_select())
        .load(conn)?;
    let goes_on = rows.len() as i64 == STRETCH;
    let mut end = from;
    for row in rows {
        let number = row.number;
        // What cannot even be read was not written so.
        let Ok(Linked { entry, previous, hash }) = row.linked() else {
            return Ok(Err(Broken::Changed(number)));
        };
        match entry.follow(end, &previous, &hash) {
            Ok(next) => end = next,
            Err(broken) => return Ok(Err(broken)),
        }
    }
    Ok(Ok((end, goes_on)))
}

/// Which entries are listed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub member: Option<MemberId>,
    pub action: Option<String>,
    pub subject: Option<Uuid>,
    pub request_id: Option<String>,
    /// From then on.
    pub after: Option<DateTime<Utc>>,
    /// Earlier than that.
    pub before: Option<DateTime<Utc>>,
}

/// The entries, latest first, each with the name of who did it.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<(Linked, Option<String>)>> {
    let mut query = audit::table
        .left_join(members::table.on(audit::member_id.eq(members::id.nullable())))
        .filter(audit::number.lt(after.map_or(i64::MAX, |place| place.key)))
        .order(audit::number.desc())
        .limit(limit.probe())
        .select((Row::as_select(), members::display_name.nullable()))
        .into_boxed();
    if let Some(member) = filter.member {
        query = query.filter(audit::member_id.eq(key(member)));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit::action.eq(action));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(audit::subject_id.eq(KeyValue::from(subject)));
    }
    if let Some(request_id) = &filter.request_id {
        query = query.filter(audit::request_id.eq(request_id));
    }
    if let Some(at) = filter.after {
        query = query.filter(audit::at.ge(at.naive_utc()));
    }
    if let Some(at) = filter.before {
        query = query.filter(audit::at.lt(at.naive_utc()));
    }
    let rows: Vec<(Row, Option<String>)> = query.load(conn)?;
    let entries =
        rows.into_iter().map(|(row, name)| Ok((row.linked()?, name))).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(entries, limit, |(linked, _)| Place { lap: 0, key: linked.entry.number, id: Uuid::nil() }))
}
