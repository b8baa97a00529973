//! The rows of requests for a new password. They are stored alike whether or not the address is known.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Stamp,
    mail::{MOST_ASKED, WINDOW},
    members::Email,
};
use uuid::Uuid;

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::KeyValue,
    schema::reset_requests,
};

/// A request that nobody has answered.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: Uuid,
    /// In the form addresses are compared in.
    pub email: Email,
}

/// Keeps a request, unless [`MOST_ASKED`] were kept for the address in the last [`WINDOW`]. Whoever asks must be alone with
/// the address.
///
/// # Errors
/// Only when the database fails.
pub fn ask(conn: &mut AnyConnection, stamp: &Stamp, email: &Email) -> Result<()> {
    let asked: i64 = reset_requests::table
        .filter(reset_requests::address_key.eq(email.key()))
        .filter(reset_requests::created_at.gt((stamp.at - WINDOW).naive_utc()))
        .count()
        .get_result(conn)?;
    if usize::try_from(asked).unwrap_or(usize::MAX) >= MOST_ASKED {
        return Ok(());
    }
    diesel::insert_into(reset_requests::table)
        .values((
            reset_requests::id.eq(KeyValue::from(stamp.id::<Request>(0))),
            reset_requests::address_key.eq(email.key()),
            reset_requests::created_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The requests that wait, oldest first.
///
/// # Errors
/// Only when the database fails.
pub fn waiting(conn: &mut AnyConnection, most: i64) -> Result<Vec<Request>> {
    let rows: Vec<(KeyValue, String)> = reset_requests::table
        .filter(reset_requests::answered_at.is_null())
        .order(reset_requests::id)
        .limit(most)
        .select((reset_requests::id, reset_requests::address_key))
        .load(conn)?;
    let request = |(id, address): (KeyValue, String)| {
        let odd = |_| Error::Broken(format!("reset request {}: odd address", id.uuid()));
        Ok(Request { id: id.uuid(), email: Email::try_from(&*address).map_err(odd)? })
    };
    rows.into_iter().map(request).collect()
}

/// Takes a request to be answered, once: whether it was still waiting.
///
/// # Errors
/// Only when the database fails.
pub fn take(conn: &mut AnyConnection, request: &Request, now: DateTime<Utc>) -> Result<bool> {
    let taken = diesel::update(reset_requests::table.find(KeyValue::from(request.id)))
        .filter(reset_requests::answered_at.is_null())
        .set(reset_requests::answered_at.eq(now.naive_utc()))
        .execute(conn)?;
    Ok(taken == 1)
}
