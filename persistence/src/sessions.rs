//! The rows of sign-ins: sessions and their refresh tokens.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Actor, MemberId, Refusal, SessionId, Stamp,
    events::{Event, Revocation},
    members::Role,
};

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
) -> Result<SessionId> {
    let id: SessionId = stamp.id(0);
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(key(id)),
            sessions::member_id.eq(key(member)),
            sessions::created_at.eq(stamp.at.naive_utc()),
            sessions::expires_at.eq(expires_at.naive_utc()),
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
    let member: KeyValue = sessions::table.find(key(session)).select(sessions::member_id).first(conn)?;
    outbox::write(conn, stamp, &[Event::SessionRevoked { member: member.into(), cause }])
}

/// Ends every session of a member.
///
/// # Errors
/// Only when the database fails.
pub fn revoke_all(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    member: MemberId,
    cause: Revocation,
) -> Result<()> {
    let ended = diesel::update(sessions::table.filter(sessions::member_id.eq(key(member))))
        .filter(sessions::revoked_at.is_null())
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
