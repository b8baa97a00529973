//! Answers kept for `Idempotency-Key`, in the transaction of their effect.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _, sql_types::BigInt,
};

use crate::{
    connection::AnyConnection,
    error::{Result, Unique, taken},
    schema::replays,
};

/// A kept answer: the hash of the request it was given to, and the answer, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub request_hash: Vec<u8>,
    pub answer: Vec<u8>,
    pub created_at: DateTime<Utc>,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: whoever asks may go ahead, and is alone with the key until the end of the transaction.
    New,
    /// Another request with the key is under way on this or another node.
    Running,
    Answered(Kept),
}

/// What is known of a key, whose hash this is.
///
/// # Errors
/// Only when the database fails.
pub fn look_up(conn: &mut AnyConnection, key_hash: &[u8; 32], not_before: DateTime<Utc>) -> Result<Known> {
    if let AnyConnection::Postgres(postgres) = conn {
        let mut name = [0; 8];
        name.copy_from_slice(&key_hash[..8]);
        let free: bool =
            diesel::select(pg_try_advisory_xact_lock(i64::from_be_bytes(name))).get_result(postgres)?;
        if !free {
            return Ok(Known::Running);
        }
    }
    let kept: Option<(Vec<u8>, Vec<u8>, chrono::NaiveDateTime)> = replays::table
        .find(key_hash.as_slice())
        .select((replays::request_hash, replays::answer, replays::created_at))
        .first(conn)
        .optional()?;
    match kept {
        Some((request_hash, answer, at)) if at.and_utc() >= not_before => {
            Ok(Known::Answered(Kept { request_hash, answer, created_at: at.and_utc() }))
        }
        Some(_) => {
            diesel::delete(replays::table.find(key_hash.as_slice())).execute(conn)?;
            Ok(Known::New)
        }
        None => Ok(Known::New),
    }
}

/// Keeps an answer.
///
/// # Errors
/// [`crate::Error::Taken`] when the key has one already.
pub fn keep(conn: &mut AnyConnection, key_hash: &[u8; 32], kept: &Kept) -> Result<()> {
    diesel::insert_into(replays::table)
        .values((
            replays::key_hash.eq(key_hash.as_slice()),
            replays::request_hash.eq(&kept.request_hash),
            replays::answer.eq(&kept.answer),
            replays::created_at.eq(kept.created_at.naive_utc()),
        ))
        .execute(conn)
        .map_err(taken(Unique::ReplayKey))?;
    Ok(())
}

/// Every kept answer, as it is at rest.
///
/// # Errors
/// Only when the database fails.
pub fn all(conn: &mut AnyConnection) -> Result<Vec<Vec<u8>>> {
    Ok(replays::table.order(replays::key_hash).select(replays::answer).load(conn)?)
}

diesel::define_sql_function! {
    fn pg_try_advisory_xact_lock(name: BigInt) -> Bool;
}
