//! News of contests: to a team, to all who entered, or to those who run contests.

use diesel::RunQueryDsl as _;
use domain::{ContestId, EntryId, MemberId, Stamp, access::Permission, answers::News, members::Role};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    written::Written,
};

/// Tells a member.
///
/// # Errors
/// Only when the database fails.
pub fn tell_member(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    news: News,
    contest: ContestId,
    member: MemberId,
) -> Result<()> {
    tell(conn, stamp, news, contest, Written::new("").with(member, ""))
}

/// Tells a team, but for whoever did it.
///
/// # Errors
/// Only when the database fails.
pub fn tell_team(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    news: News,
    (contest, entry): (ContestId, EntryId),
    by: Option<MemberId>,
) -> Result<()> {
    let by = by.map_or(KeyValue::from(uuid::Uuid::nil()), key);
    let team = Written::new("SELECT member_id FROM entry_members WHERE entry_id = ")
        .with(entry, " AND member_id <> ")
        .with(by, "");
    tell(conn, stamp, news, contest, team)
}

/// Tells everybody who is in an entry that was not withdrawn.
///
/// # Errors
/// Only when the database fails.
pub fn tell_entrants(conn: &mut AnyConnection, stamp: &Stamp, news: News, contest: ContestId) -> Result<()> {
    let entrants = Written::new("SELECT member_id FROM entry_members WHERE contest_id = ")
        .with(contest, " AND slot IS NOT NULL");
    tell(conn, stamp, news, contest, entrants)
}

/// Tells everybody who is in an entry that was not withdrawn, and everybody who voted.
///
/// # Errors
/// Only when the database fails.
pub fn tell_who_took_part(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    news: News,
    contest: ContestId,
) -> Result<()> {
    let all = Written::new("SELECT member_id FROM entry_members WHERE contest_id = ")
        .with(
            contest,
            " AND slot IS NOT NULL UNION SELECT member_id FROM contest_ballots WHERE contest_id = ",
        )
        .with(contest, "");
    tell(conn, stamp, news, contest, all)
}

/// Tells those who run contests.
///
/// # Errors
/// Only when the database fails.
pub fn tell_staff(conn: &mut AnyConnection, stamp: &Stamp, news: News, contest: ContestId) -> Result<()> {
    let roles = Role::ALL.into_iter().filter(|role| Permission::ManageContests.is_of(*role));
    let roles: Vec<String> = roles.map(|role| format!("'{}'", role.name())).collect();
    let staff = format!("SELECT id FROM members WHERE role IN ({})", roles.join(", "));
    tell(conn, stamp, news, contest, Written::new(staff))
}

/// Tells those of some members who are not blocked, once for a change.
fn tell(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    news: News,
    contest: ContestId,
    members: Written,
) -> Result<()> {
    let columns =
        "INSERT INTO notifications (member_id, id, kind, contest_id, created_at) SELECT members.id, ";
    Written::<()>::new(columns)
        .with(key(stamp.id::<News>(0)), ", ")
        .with(news.key(), ", ")
        .with(contest, ", ")
        .with(stamp.at.naive_utc(), " FROM members WHERE members.id IN (")
        .then(members)
        .then(Written::new(") AND blocked_at IS NULL ON CONFLICT DO NOTHING"))
        .execute(conn)?;
    Ok(())
}
