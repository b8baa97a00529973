//! The rows of sign-ins: sessions and their refresh tokens.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Actor, MemberId, Refusal, SessionId, Stamp,
    events::{Event, Revocation},
    members::Role,
    page::{Limit, Page, Place},
};
use uuid::Uuid;

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{members, refresh_tokens, sessions},
};

/// The SHA-256 of a refresh token: the token itself is nowhere at rest.
pub type TokenHash = [u8; 32];

/// Who acts in a session.
///
/// # Errors
/// [`Refusal::SessionEnded`] or [`Refusal::Blocked`].
pub fn actor(conn: &mut AnyConnection, session: SessionId, now: DateTime<Utc>) -> Result<Actor> {
    type Found = (KeyValue, String, Option<NaiveDateTime>, Option<NaiveDateTime>, NaiveDateTime);
    let found: Option<Found> = sessions::table
        .inner_join(members::table)
        .filter(sessions::id.eq(key(session)))
        .select((members::id, members::role, members::blocked_at, sessions::revoked_at, sessions::expires_at))
        .first(conn)
        .optional()?;
    match found {
        None => Err(Refusal::SessionEnded.into()),
        Some((_, _, Some(_), _, _)) => Err(Refusal::Blocked.into()),
        Some((_, _, _, Some(_), _)) => Err(Refusal::SessionEnded.into()),
        Some((_, _, _, _, expires)) if expires.and_utc() <= now => Err(Refusal::SessionEnded.into()),
        Some((id, role, None, None, _)) => {
            let role = Role::named(&role).ok_or_else(|| Error::Broken(format!("odd role {role}")))?;
            Ok(Actor::Member { id: id.into(), role })
        }
    }
}

/// A sign-in on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// What the browser or app said it is.
    pub device: Option<String>,
}

/// The sessions of a member that are open, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    member: MemberId,
    now: DateTime<Utc>,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Session>> {
    let mut query = sessions::table
        .filter(sessions::member_id.eq(key(member)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now.naive_utc()))
        .order(sessions::id.desc())
        .limit(limit.probe())
        .into_boxed();
    if let Some(place) = after {
        query = query.filter(sessions::id.lt(KeyValue::from(place.id)));
    }
    let rows: Vec<(KeyValue, NaiveDateTime, NaiveDateTime, Option<String>)> = query
        .select((sessions::id, sessions::created_at, sessions::expires_at, sessions::device))
        .load(conn)?;
    let rows = rows.into_iter().map(|(id, created, expires, device)| Session {
        id: id.into(),
        created_at: created.and_utc(),
        expires_at: expires.and_utc(),
        device,
    });
    Ok(Page::of(rows.collect(), limit, |session| Place { lap: 0, key: 0, id: session.id.uuid() }))
}

/// Whose session it is.
///
/// # Errors
/// [`Error::Missing`].
pub fn member_of(conn: &mut AnyConnection, session: SessionId) -> Result<MemberId> {
    let member: KeyValue = sessions::table.find(key(session)).select(sessions::member_id).first(conn)?;
    Ok(member.into())
}

/// Opens a session with its first refresh token.
///
/// # Errors
/// Only when the database fails.
pub fn open(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    member: MemberId,
    token: &TokenHash,
    expires_at: DateTime<Utc>,
    device: Option<&str>,
) -> Result<SessionId> {
    let id: SessionId = stamp.id(0);
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(key(id)),
            sessions::member_id.eq(key(member)),
            sessions::created_at.eq(stamp.at.naive_utc()),
            sessions::expires_at.eq(expires_at.naive_utc()),
            sessions::device.eq(device),
        ))
        .execute(conn)?;
    add_token(conn, id, token)?;
    Ok(id)
}

/// Takes a refresh token in and the next one out. Of two uses at once the update that finds `used_at` empty is the first.
///
/// # Errors
/// [`Refusal::SessionEnded`] when the token is unknown, or its session revoked or expired; [`Refusal::Blocked`];
/// [`Refusal::TokenReused`] when it was used before: then the session must be revoked, by [`revoke`], because whoever
/// holds the token is not to be trusted.
pub fn refresh(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    token: &TokenHash,
    next: &TokenHash,
    expires_at: DateTime<Utc>,
) -> Result<(SessionId, Actor)> {
    let session = of_token(conn, token)?.ok_or(Refusal::SessionEnded)?;
    // The same questions an access token is asked.
    let actor = actor(conn, session, stamp.at)?;
    let first_use = diesel::update(refresh_tokens::table.find(token.as_slice()))
        .filter(refresh_tokens::used_at.is_null())
        .set(refresh_tokens::used_at.eq(Some(stamp.at.naive_utc())))
        .execute(conn)?;
    if first_use == 0 {
        return Err(Refusal::TokenReused.into());
    }
    add_token(conn, session, next)?;
    diesel::update(sessions::table.find(key(session)))
        .set(sessions::expires_at.eq(expires_at.naive_utc()))
        .execute(conn)?;
    Ok((session, actor))
}

/// The session a refresh token belongs to.
///
/// # Errors
/// Only when the database fails.
pub fn of_token(conn: &mut AnyConnection, token: &TokenHash) -> Result<Option<SessionId>> {
    let id: Option<KeyValue> = refresh_tokens::table
        .find(token.as_slice())
        .select(refresh_tokens::session_id)
        .first(conn)
        .optional()?;
    Ok(id.map(SessionId::from))
}

/// Ends a session; one that has ended stays so.
///
/// # Errors
/// Only when the database fails.
pub fn revoke(conn: &mut AnyConnection, stamp: &Stamp, session: SessionId, cause: Revocation) -> Result<()> {
    let ended = diesel::update(sessions::table.find(key(session)))
        .filter(sessions::revoked_at.is_null())
        .set(sessions::revoked_at.eq(Some(stamp.at.naive_utc())))
        .execute(conn)?;
    if ended == 0 {
        return Ok(());
    }
    let member = member_of(conn, session)?;
    outbox::write(conn, stamp, &[Event::SessionRevoked { member, cause }])
}

/// Ends every session of a member, `but` one where it is said.
///
/// # Errors
/// Only when the database fails.
pub fn revoke_all(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    member: MemberId,
    but: Option<SessionId>,
    cause: Revocation,
) -> Result<()> {
    // No session has the nil id.
    let but = but.map_or(KeyValue::from(Uuid::nil()), key);
    let ended = diesel::update(sessions::table.filter(sessions::member_id.eq(key(member))))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::id.ne(but))
        .set(sessions::revoked_at.eq(Some(stamp.at.naive_utc())))
        .execute(conn)?;
    match ended {
        0 => Ok(()),
        _ => outbox::write(conn, stamp, &[Event::SessionRevoked { member, cause }]),
    }
}

fn add_token(conn: &mut AnyConnection, session: SessionId, token: &TokenHash) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((refresh_tokens::hash.eq(token.as_slice()), refresh_tokens::session_id.eq(key(session))))
        .execute(conn)?;
    Ok(())
}
