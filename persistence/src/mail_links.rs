//! The rows of links that members are sent. A link that was used or replaced has no row.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    MemberId, Refusal,
    mail::{MailLink, Purpose},
    members::Email,
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    mails,
    schema::mail_links,
};

/// The SHA-256 of the secret of a link: until the mail is sent the secret is in it, and then nowhere.
pub type LinkHash = [u8; 32];

/// Stores a new link.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, link: &MailLink, hash: &LinkHash) -> Result<()> {
    diesel::insert_into(mail_links::table)
        .values((
            mail_links::id.eq(key(link.id)),
            mail_links::hash.eq(hash.as_slice()),
            mail_links::purpose.eq(link.purpose.name()),
            mail_links::member_id.eq(key(link.member)),
            mail_links::address.eq(link.email.as_str()),
            mail_links::created_at.eq(link.created_at.naive_utc()),
            mail_links::expires_at.eq(link.expires_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The link whose secret has this hash, good or not.
///
/// # Errors
/// [`Refusal::LinkNotGood`] when there is none.
pub fn find(conn: &mut AnyConnection, hash: &LinkHash) -> Result<MailLink> {
    type Found = (KeyValue, String, KeyValue, String, NaiveDateTime, NaiveDateTime);
    let found: Option<Found> = mail_links::table
        .filter(mail_links::hash.eq(hash.as_slice()))
        .select((
            mail_links::id,
            mail_links::purpose,
            mail_links::member_id,
            mail_links::address,
            mail_links::created_at,
            mail_links::expires_at,
        ))
        .first(conn)
        .optional()?;
    let Some((id, purpose, member, address, created, expires)) = found else {
        return Err(Refusal::LinkNotGood.into());
    };
    let odd = |what: &str| Error::Broken(format!("mail link {}: odd {what}", id.uuid()));
    Ok(MailLink {
        id: id.into(),
        purpose: Purpose::named(&purpose).ok_or_else(|| odd("purpose"))?,
        member: member.into(),
        email: Email::try_from(&*address).map_err(|_| odd("address"))?,
        created_at: created.and_utc(),
        expires_at: expires.and_utc(),
    })
}

/// Uses a link up. Of two that use it at once, the delete that finds it is the first.
///
/// # Errors
/// [`Refusal::LinkNotGood`] when it is gone.
pub fn spend(conn: &mut AnyConnection, link: &MailLink) -> Result<()> {
    match diesel::delete(mail_links::table.find(key(link.id))).execute(conn)? {
        0 => Err(Refusal::LinkNotGood.into()),
        _ => Ok(()),
    }
}

/// Makes the links of a member void, all of them or those of one purpose, and takes back their mails that were not sent.
///
/// # Errors
/// Only when the database fails.
pub fn void(conn: &mut AnyConnection, member: MemberId, only: Option<Purpose>) -> Result<()> {
    let mut query =
        mail_links::table.filter(mail_links::member_id.eq(key(member))).select(mail_links::id).into_boxed();
    if let Some(purpose) = only {
        query = query.filter(mail_links::purpose.eq(purpose.name()));
    }
    let links: Vec<KeyValue> = query.load(conn)?;
    mails::take_back(conn, &links)?;
    diesel::delete(mail_links::table.filter(mail_links::id.eq_any(links))).execute(conn)?;
    Ok(())
}
