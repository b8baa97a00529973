//! The rows of invitations. One that was accepted, withdrawn or replaced has no row.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _,
};
use domain::{
    InvitationId, MemberId, Refusal, Stamp,
    events::{Event, InvitationEvent},
    invitations::Invitation,
    members::{Email, Role},
    page::{Limit, Page, Place},
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, Unique, taken},
    key::{KeyValue, key},
    mail_links::LinkHash,
    mails, members, outbox,
    schema::{invitations, members as members_table},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitations, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    address: String,
    role: String,
    invited_by: KeyValue,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

impl TryFrom<Row> for Invitation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("invitation {}: odd {what}", row.id.uuid()));
        Ok(Self {
            id: row.id.into(),
            email: Email::try_from(&*row.address).map_err(|_| odd("address"))?,
            role: Role::named(&row.role).ok_or_else(|| odd("role"))?,
            invited_by: row.invited_by.into(),
            created_at: row.created_at.and_utc(),
            expires_at: row.expires_at.and_utc(),
        })
    }
}

/// The invitations that are open, the newest first, each with the name of whoever sent it.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    now: DateTime<Utc>,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<(Invitation, String)>> {
    let mut query = invitations::table
        .inner_join(members_table::table)
        .filter(invitations::expires_at.gt(now.naive_utc()))
        .order(invitations::id.desc())
        .limit(limit.probe())
        .select((Row::as_select(), members_table::display_name))
        .into_boxed();
    if let Some(place) = after {
        query = query.filter(invitations::id.lt(KeyValue::from(place.id)));
    }
    let rows: Vec<(Row, String)> = query.load(conn)?;
    let found = rows.into_iter().map(|(row, name)| Ok((row.try_into()?, name)));
    let found: Vec<(Invitation, String)> = found.collect::<Result<_>>()?;
    Ok(Page::of(found, limit, |(invitation, _)| Place { lap: 0, key: 0, id: invitation.id.uuid() }))
}

/// Stores a new invitation in the place of the one that its address may have.
///
/// # Errors
/// [`Error::Taken`] when the address belongs to a member, [`Error::Contended`] when another invited it at the same moment.
pub fn replace(conn: &mut AnyConnection, stamp: &Stamp, new: &Invitation, hash: &LinkHash) -> Result<()> {
    if members::find_by_email(conn, &new.email)?.is_some() {
        return Err(Error::Taken(Unique::Email));
    }
    let before: Option<KeyValue> = invitations::table
        .filter(invitations::address_key.eq(new.email.key()))
        .select(invitations::id)
        .first(conn)
        .optional()?;
    if let Some(before) = before {
        remove(conn, before)?;
    }
    diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(key(new.id)),
            invitations::hash.eq(hash.as_slice()),
            invitations::address.eq(new.email.as_str()),
            invitations::address_key.eq(new.email.key()),
            invitations::role.eq(new.role.name()),
            invitations::invited_by.eq(key(new.invited_by)),
            invitations::created_at.eq(new.created_at.naive_utc()),
            invitations::expires_at.eq(new.expires_at.naive_utc()),
        ))
        .execute(conn)
        .map_err(|error| match taken(Unique::Email)(error) {
            Error::Taken(_) => Error::Contended,
            error => error,
        })?;
    tell(conn, stamp, new.id, InvitationEvent::Created { by: new.invited_by })
}

/// The invitation whose secret has this hash, good or not.
///
/// # Errors
/// [`Refusal::LinkNotGood`] when there is none.
pub fn find_by_hash(conn: &mut AnyConnection, hash: &LinkHash) -> Result<Invitation> {
    let row: Option<Row> = invitations::table
        .filter(invitations::hash.eq(hash.as_slice()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.ok_or(Refusal::LinkNotGood)?.try_into()
}

/// Withdraws an invitation.
///
/// # Errors
/// [`Error::Missing`].
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, id: InvitationId) -> Result<()> {
    match remove(conn, key(id))? {
        0 => Err(Error::Missing),
        _ => tell(conn, stamp, id, InvitationEvent::Deleted),
    }
}

/// Uses an invitation up, by the member it has made. Of two that use it at once, the delete that finds it is the first.
///
/// # Errors
/// [`Refusal::LinkNotGood`] when it is gone.
pub fn spend(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    invitation: InvitationId,
    member: MemberId,
) -> Result<()> {
    match remove(conn, key(invitation))? {
        0 => Err(Refusal::LinkNotGood.into()),
        _ => tell(conn, stamp, invitation, InvitationEvent::Accepted { member }),
    }
}

fn remove(conn: &mut AnyConnection, id: KeyValue) -> Result<usize> {
    mails::take_back(conn, &[id])?;
    Ok(diesel::delete(invitations::table.find(id)).execute(conn)?)
}

fn tell(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    invitation: InvitationId,
    what: InvitationEvent,
) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Invitation { invitation, what }])
}
