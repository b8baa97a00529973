//! The rows of mails: written in the transaction of the change they are about, and sent afterwards by a job.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    MailId, MemberId,
    mail::{Kind, MOST_ASKED, Mail, WINDOW},
    members::{Email, Member},
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{invitations, mail_links, mails, reset_requests},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = mails, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    kind: String,
    member_id: Option<KeyValue>,
    address: Option<String>,
    subject: Option<String>,
    body: Option<String>,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    attempts: i32,
    due_at: Option<NaiveDateTime>,
}

impl TryFrom<Row> for Mail {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("mail {}: odd {what}", row.id.uuid()));
        Ok(Self {
            id: row.id.into(),
            kind: Kind::named(&row.kind).ok_or_else(|| odd("kind"))?,
            member: row.member_id.map(MemberId::from),
            to: Email::try_from(row.address.as_deref().unwrap_or("")).map_err(|_| odd("address"))?,
            subject: row.subject.ok_or_else(|| odd("subject"))?,
            body: row.body.ok_or_else(|| odd("body"))?,
            created_at: row.created_at.and_utc(),
            expires_at: row.expires_at.and_utc(),
            attempts: row.attempts,
            due_at: row.due_at.ok_or_else(|| odd("due_at"))?.and_utc(),
        })
    }
}

/// Puts a mail on its way.
///
/// # Errors
/// Only when the database fails.
pub fn queue(conn: &mut AnyConnection, mail: &Mail) -> Result<()> {
    diesel::insert_into(mails::table)
        .values((
            mails::id.eq(key(mail.id)),
            mails::kind.eq(mail.kind.name()),
            mails::member_id.eq(mail.member.map(key)),
            mails::address.eq(mail.to.as_str()),
            mails::subject.eq(&mail.subject),
            mails::body.eq(&mail.body),
            mails::created_at.eq(mail.created_at.naive_utc()),
            mails::expires_at.eq(mail.expires_at.naive_utc()),
            mails::attempts.eq(mail.attempts),
            mails::due_at.eq(mail.due_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The mails that are to be tried now: before those that give way the others, of each the longest due first.
///
/// # Errors
/// Only when the database fails.
pub fn due(conn: &mut AnyConnection, now: DateTime<Utc>, most: i64) -> Result<Vec<Mail>> {
    let names = Kind::ALL.into_iter().filter(|kind| kind.gives_way()).map(Kind::name);
    let patient: Vec<&str> = names.collect();
    let due = || {
        let due = mails::table.filter(mails::due_at.le(now.naive_utc()));
        due.order((mails::due_at, mails::id)).select(Row::as_select())
    };
    let mut rows: Vec<Row> = due().filter(mails::kind.ne_all(patient.clone())).limit(most).load(conn)?;
    let room = most - i64::try_from(rows.len()).unwrap_or(most);
    if room > 0 {
        rows.extend(due().filter(mails::kind.eq_any(patient)).limit(room).load::<Row>(conn)?);
    }
    rows.into_iter().map(Mail::try_from).collect()
}

/// Takes a mail to be tried, so that nobody else tries it before `until`: the mail with one attempt more, or none when
/// another was first.
///
/// # Errors
/// Only when the database fails.
pub fn claim(conn: &mut AnyConnection, mail: &Mail, until: DateTime<Utc>) -> Result<Option<Mail>> {
    let attempts = mail.attempts.saturating_add(1);
    let taken = diesel::update(mails::table.find(key(mail.id)))
        .filter(mails::due_at.eq(mail.due_at.naive_utc()))
        .filter(mails::attempts.eq(mail.attempts))
        .set((mails::due_at.eq(until.naive_utc()), mails::attempts.eq(attempts)))
        .execute(conn)?;
    Ok((taken == 1).then(|| Mail { attempts, due_at: until, ..mail.clone() }))
}

/// Lets a mail wait.
///
/// # Errors
/// Only when the database fails.
pub fn put_off(conn: &mut AnyConnection, mail: MailId, until: DateTime<Utc>) -> Result<()> {
    diesel::update(mails::table.find(key(mail)))
        .filter(mails::due_at.is_not_null())
        .set(mails::due_at.eq(until.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// Ends the way of a mail, sent or given up: its words, and with them the secret of its link, are erased.
///
/// # Errors
/// Only when the database fails.
pub fn end(conn: &mut AnyConnection, mail: MailId, sent_at: Option<DateTime<Utc>>) -> Result<()> {
    let nothing = None::<String>;
    diesel::update(mails::table.find(key(mail)))
        .set((
            mails::due_at.eq(None::<NaiveDateTime>),
            mails::address.eq(&nothing),
            mails::subject.eq(&nothing),
            mails::body.eq(&nothing),
            mails::sent_at.eq(sent_at.map(|at| at.naive_utc())),
        ))
        .execute(conn)?;
    Ok(())
}

/// When mails of a kind were written to a member in the last [`WINDOW`], the newest first, as far as
/// [`domain::mail::ensure_room`] asks.
///
/// # Errors
/// Only when the database fails.
pub fn recent(
    conn: &mut AnyConnection,
    member: MemberId,
    kind: Kind,
    now: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let found: Vec<NaiveDateTime> = mails::table
        .filter(mails::member_id.eq(key(member)))
        .filter(mails::kind.eq(kind.name()))
        .filter(mails::created_at.gt((now - WINDOW).naive_utc()))
        .order(mails::created_at.desc())
        .limit(i64::try_from(MOST_ASKED).unwrap_or(i64::MAX))
        .select(mails::created_at)
        .load(conn)?;
    Ok(found.into_iter().map(|at| at.and_utc()).collect())
}

/// Takes back the mails of links that are good no more, as far as they were not sent.
pub(crate) fn take_back(conn: &mut AnyConnection, links: &[KeyValue]) -> Result<()> {
    diesel::delete(mails::table.filter(mails::id.eq_any(links.to_vec())))
        .filter(mails::due_at.is_not_null())
        .execute(conn)?;
    Ok(())
}

/// Forgets every mail to a member, sent or not, every link, and what was asked for at their address: for when the member is
/// to be forgotten, while the address is known.
///
/// # Errors
/// Only when the database fails.
pub fn forget(conn: &mut AnyConnection, member: &Member) -> Result<()> {
    let (id, address) = (key(member.id), member.email.key());
    diesel::delete(mails::table.filter(mails::member_id.eq(id))).execute(conn)?;
    diesel::delete(mail_links::table.filter(mail_links::member_id.eq(id))).execute(conn)?;
    diesel::delete(reset_requests::table.filter(reset_requests::address_key.eq(&address))).execute(conn)?;
    diesel::delete(invitations::table.filter(invitations::address_key.eq(&address))).execute(conn)?;
    Ok(())
}

/// Removes mails that have ended, links and invitations that have expired, and requests for a new password that were
/// answered, when their time is over. Returns how many rows went.
///
/// # Errors
/// Only when the database fails.
pub fn expire(conn: &mut AnyConnection, now: DateTime<Utc>) -> Result<usize> {
    let over = now.naive_utc();
    let mails = diesel::delete(mails::table.filter(mails::expires_at.lt(over)))
        .filter(mails::due_at.is_null())
        .execute(conn)?;
    let links = diesel::delete(mail_links::table.filter(mail_links::expires_at.lt(over))).execute(conn)?;
    let invitations =
        diesel::delete(invitations::table.filter(invitations::expires_at.lt(over))).execute(conn)?;
    let requests = diesel::delete(reset_requests::table)
        .filter(reset_requests::created_at.lt((now - WINDOW).naive_utc()))
        .filter(reset_requests::answered_at.is_not_null())
        .execute(conn)?;
    Ok(mails + links + invitations + requests)
}
