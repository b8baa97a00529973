//! News of panels: to one, to all who applied, or to those who run panels; and what of it is still to be mailed.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{MemberId, PanelId, Stamp, access::Permission, answers::News, members::Role};
use uuid::Uuid;

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    panels::reminders::Reminder,
    schema::notifications,
    written::Written,
};

/// Tells a member.
pub(crate) fn tell_member(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    news: News,
    panel: PanelId,
    member: MemberId,
) -> Result<()> {
    tell(conn, (id_of(stamp), stamp.at), news, panel, Written::new("").with(member, ""))
}

/// Tells everybody who applied and did not take that back.
///
/// # Errors
/// Only when the database fails.
pub fn tell_applicants(conn: &mut AnyConnection, stamp: &Stamp, news: News, panel: PanelId) -> Result<()> {
    let applicants = Written::new("SELECT member_id FROM applications WHERE panel_id = ")
        .with(panel, " AND outcome <> 'withdrawn'");
    tell(conn, (id_of(stamp), stamp.at), news, panel, applicants)
}

/// Tells those who run panels.
pub(crate) fn tell_staff(conn: &mut AnyConnection, stamp: &Stamp, news: News, panel: PanelId) -> Result<()> {
    let roles = Role::ALL.into_iter().filter(|role| Permission::ManagePanels.is_of(*role));
    let roles: Vec<String> = roles.map(|role| format!("'{}'", role.name())).collect();
    let staff = format!("SELECT id FROM members WHERE role IN ({})", roles.join(", "));
    tell(conn, (id_of(stamp), stamp.at), news, panel, Written::new(staff))
}

/// Reminds somebody, unless that was done.
///
/// # Errors
/// Only when the database fails.
pub fn remind(conn: &mut AnyConnection, reminder: &Reminder, at: DateTime<Utc>) -> Result<()> {
    let member = Written::new("").with(reminder.member, "");
    tell(conn, (reminder.id.into(), at), News::PanelReminder, reminder.panel, member)
}

fn id_of(stamp: &Stamp) -> KeyValue {
    key(stamp.id::<News>(0))
}

/// Tells those of some members who are not blocked, once under an id; what is mailed goes to proven addresses.
fn tell(
    conn: &mut AnyConnection,
    (id, at): (KeyValue, DateTime<Utc>),
    news: News,
    panel: PanelId,
    members: Written,
) -> Result<()> {
    let at = at.naive_utc();
    let columns = "INSERT INTO notifications (member_id, id, kind, panel_id, created_at, mail_due_at) SELECT members.id, ";
    let row = Written::<()>::new(columns).with(id, ", ").with(news.key(), ", ").with(panel, ", ");
    let row = match news.is_mailed() {
        true => row.with(at, ", CASE WHEN email_verified = TRUE THEN ").with(at, " END"),
        false => row.with(at, ", CAST(NULL AS TIMESTAMP)"),
    };
    row.then(Written::new(" FROM members WHERE members.id IN ("))
        .then(members)
        .then(Written::new(") AND blocked_at IS NULL ON CONFLICT DO NOTHING"))
        .execute(conn)?;
    Ok(())
}

/// A notification that is to be mailed.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    id: Uuid,
    pub member: MemberId,
}

/// What it says.
#[derive(Debug, Clone, Copy)]
pub struct Mailing {
    pub news: News,
    pub panel: PanelId,
}

/// What is to be mailed now, the longest due first.
///
/// # Errors
/// Only when the database fails.
pub fn to_mail(conn: &mut AnyConnection, now: DateTime<Utc>, most: i64) -> Result<Vec<Due>> {
    let rows: Vec<(KeyValue, KeyValue)> = notifications::table
        .filter(notifications::mail_due_at.le(now.naive_utc()))
        .order(notifications::mail_due_at)
        .limit(most)
        .select((notifications::id, notifications::member_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, member)| Due { id: id.uuid(), member: member.into() }).collect())
}

/// Takes it, so that nobody else mails it: what it says, or none where another was first.
///
/// # Errors
/// [`Error::Broken`] where it is nothing that can be mailed.
pub fn take(conn: &mut AnyConnection, due: Due) -> Result<Option<Mailing>> {
    if !set_aside(conn, due)? {
        return Ok(None);
    }
    let (kind, panel): (String, Option<KeyValue>) = notifications::table
        .find((key(due.member), KeyValue::from(due.id)))
        .select((notifications::kind, notifications::panel_id))
        .first(conn)?;
    let odd = || Error::Broken(format!("notification {}: not to be mailed", due.id));
    let news = News::of_key(&kind).ok_or_else(odd)?;
    Ok(Some(Mailing { news, panel: panel.ok_or_else(odd)?.into() }))
}

/// Lets it be mailed no more; false where that was so.
///
/// # Errors
/// Only when the database fails.
pub fn set_aside(conn: &mut AnyConnection, due: Due) -> Result<bool> {
    let row = notifications::table.find((key(due.member), KeyValue::from(due.id)));
    let taken = diesel::update(row.filter(notifications::mail_due_at.is_not_null()))
        .set(notifications::mail_due_at.eq(None::<NaiveDateTime>))
        .execute(conn)?;
    Ok(taken == 1)
}
