//! The rows of API keys.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    Actor, ApiKeyId, MemberId, Refusal, Stamp,
    api_keys::{ApiKey, KeyName, MOST_KEYS, Scope},
    events::Event,
    members::Role,
    page::{Limit, Page, Place},
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{api_keys, members},
};

/// The SHA-256 of a key: the key itself is nowhere at rest.
pub type KeyHash = [u8; 32];

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    owner_id: KeyValue,
    name: String,
    prefix: String,
    scopes: String,
    created_at: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
    last_used_at: Option<NaiveDateTime>,
    revoked_at: Option<NaiveDateTime>,
    replaced_by: Option<KeyValue>,
}

impl TryFrom<Row> for ApiKey {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("API key {}: odd {what}", row.id.uuid()));
        let names: Vec<String> = serde_json::from_str(&row.scopes).map_err(|_| odd("scopes"))?;
        // A scope that a newer release knows is one less here, not an error.
        let scopes = names.iter().filter_map(|name| Scope::named(name)).collect();
        let at = |time: Option<NaiveDateTime>| time.map(|time| time.and_utc());
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            name: KeyName::try_from(&*row.name).map_err(|_| odd("name"))?,
            prefix: row.prefix,
            scopes,
            created_at: row.created_at.and_utc(),
            expires_at: at(row.expires_at),
            last_used_at: at(row.last_used_at),
            revoked_at: at(row.revoked_at),
            replaced_by: row.replaced_by.map(ApiKeyId::from),
        })
    }
}

/// The key of this hash and its owner, good or not.
///
/// # Errors
/// [`Error::Missing`].
pub fn find_by_hash(conn: &mut AnyConnection, hash: &KeyHash) -> Result<ApiKey> {
    let row: Row =
        api_keys::table.filter(api_keys::hash.eq(hash.as_slice())).select(Row::as_select()).first(conn)?;
    row.try_into()
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: ApiKeyId) -> Result<ApiKey> {
    api_keys::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// Who acts by a key.
///
/// # Errors
/// [`Refusal::KeyEnded`] or [`Refusal::Blocked`].
pub fn actor(conn: &mut AnyConnection, id: ApiKeyId, now: DateTime<Utc>) -> Result<Actor> {
    let found: Option<(Row, String, Option<NaiveDateTime>)> = api_keys::table
        .inner_join(members::table)
        .filter(api_keys::id.eq(key(id)))
        .select((Row::as_select(), members::role, members::blocked_at))
        .first(conn)
        .optional()?;
    let Some((row, role, blocked)) = found else { return Err(Refusal::KeyEnded.into()) };
    let known = ApiKey::try_from(row)?;
    if !known.is_good(now) {
        return Err(Refusal::KeyEnded.into());
    }
    if blocked.is_some() {
        return Err(Refusal::Blocked.into());
    }
    let role = Role::named(&role).ok_or_else(|| Error::Broken(format!("odd role {role}")))?;
    Ok(Actor::Key { id: known.id, owner: known.owner, role, scopes: known.scopes })
}

/// Notes that a key was used, once a minute.
///
/// # Errors
/// Only when the database fails.
pub fn touch(conn: &mut AnyConnection, id: ApiKeyId, now: DateTime<Utc>) -> Result<()> {
    let before = (now - TimeDelta::minutes(1)).naive_utc();
    let stale = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(before));
    diesel::update(api_keys::table.find(key(id)).filter(stale))
        .set(api_keys::last_used_at.eq(now.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// The keys of a member, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    owner: MemberId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<ApiKey>> {
    let mut query = api_keys::table
        .filter(api_keys::owner_id.eq(key(owner)))
        .order(api_keys::id.desc())
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Some(place) = after {
        query = query.filter(api_keys::id.lt(KeyValue::from(place.id)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let keys = rows.into_iter().map(ApiKey::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(keys, limit, |key| Place { lap: 0, key: 0, id: key.id.uuid() }))
}

/// Stores a new key.
///
/// # Errors
/// [`Refusal::TooManyKeys`].
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, new: &ApiKey, hash: &KeyHash) -> Result<()> {
    // Changes nothing but takes a lock: of two that come at once, only one may be the last.
    diesel::update(members::table.find(key(new.owner)))
        .set(members::version.eq(members::version))
        .execute(conn)?;
    let now = stamp.at.naive_utc();
    let good =
        api_keys::revoked_at.is_null().and(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)));
    let there: i64 = api_keys::table
        .filter(api_keys::owner_id.eq(key(new.owner)))
        .filter(good)
        .count()
        .get_result(conn)?;
    if usize::try_from(there).unwrap_or(usize::MAX) >= MOST_KEYS {
        return Err(Refusal::TooManyKeys { most: MOST_KEYS }.into());
    }
    let scopes: Vec<&str> = new.scopes.iter().map(Scope::name).collect();
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(key(new.id)),
            api_keys::owner_id.eq(key(new.owner)),
            api_keys::name.eq(new.name.as_str()),
            api_keys::prefix.eq(&new.prefix),
            api_keys::hash.eq(hash.as_slice()),
            api_keys::scopes.eq(serde_json::json!(scopes).to_string()),
            api_keys::created_at.eq(now),
            api_keys::expires_at.eq(new.expires_at.map(|at| at.naive_utc())),
        ))
        .execute(conn)?;
    outbox::write(conn, stamp, &[Event::ApiKeyCreated { key: new.id, member: new.owner }])
}

/// Puts another key in the place of one, which stays good until `until`, or as long as it would have been.
///
/// # Errors
/// [`Refusal::KeyNotGood`] when it has ended, or was replaced before; else as [`insert`].
pub fn replace(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    old: &ApiKey,
    (new, hash): (&ApiKey, &KeyHash),
    until: DateTime<Utc>,
) -> Result<()> {
    if !old.is_good(stamp.at) || old.replaced_by.is_some() {
        return Err(Refusal::KeyNotGood.into());
    }
    insert(conn, stamp, new, hash)?;
    let until = old.expires_at.map_or(until, |at| at.min(until));
    let replaced = diesel::update(api_keys::table.find(key(old.id)))
        .filter(api_keys::replaced_by.is_null().and(api_keys::revoked_at.is_null()))
        .set((api_keys::replaced_by.eq(key(new.id)), api_keys::expires_at.eq(until.naive_utc())))
        .execute(conn)?;
    if replaced == 1 { Ok(()) } else { Err(Error::Contended) }
}

/// Ends a key at once; one that has ended stays so.
///
/// # Errors
/// Only when the database fails.
pub fn revoke(conn: &mut AnyConnection, stamp: &Stamp, ended: &ApiKey) -> Result<()> {
    let rows = diesel::update(api_keys::table.find(key(ended.id)).filter(api_keys::revoked_at.is_null()))
        .set(api_keys::revoked_at.eq(stamp.at.naive_utc()))
        .execute(conn)?;
    match rows {
        0 => Ok(()),
        _ => outbox::write(conn, stamp, &[Event::ApiKeyRevoked { key: ended.id, member: ended.owner }]),
    }
}

/// Ends every key of a member that is good, each with a stamp of its own: there are never more than [`MOST_KEYS`].
///
/// # Errors
/// Only when the database fails.
pub fn revoke_all(conn: &mut AnyConnection, stamps: &[Stamp; MOST_KEYS], owner: MemberId) -> Result<()> {
    let rows: Vec<Row> = api_keys::table
        .filter(api_keys::owner_id.eq(key(owner)))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(stamps[0].at.naive_utc())))
        .select(Row::as_select())
        .load(conn)?;
    for (row, stamp) in rows.into_iter().zip(stamps) {
        revoke(conn, stamp, &row.try_into()?)?;
    }
    Ok(())
}
