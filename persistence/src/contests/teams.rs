//! The rows of teams: who is in an entry, and who was asked.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    dsl::{exists, not},
    result::{DatabaseErrorKind, Error as Diesel},
};
use domain::{
    EntryId, MemberId, Refusal, TeamInvitationId,
    contests::{
        Barred, Contest,
        entries::State as Entered,
        teams::{Addressee, Invitation, Team, Teammate},
    },
    members::{Email, Member},
    page::{Limit, Page, Place},
    text::Fault,
};

use super::{from_json, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, dangling},
    key::{KeyValue, key},
    schema::{contest_entries, contest_judges, contests, entry_members, members, team_invitations},
};

/// Who is in an entry.
///
/// # Errors
/// Only when the database fails.
pub fn of(conn: &mut AnyConnection, entry: EntryId) -> Result<Team> {
    let rows: Vec<(KeyValue, String, NaiveDateTime)> = entry_members::table
        .filter(entry_members::entry_id.eq(key(entry)))
        .order((entry_members::joined_at, entry_members::member_id))
        .select((entry_members::member_id, entry_members::agreed, entry_members::joined_at))
        .load(conn)?;
    let mate = |(member, agreed, joined_at): (KeyValue, String, NaiveDateTime)| {
        let (agreed, joined_at) = (from_json(&agreed)?, joined_at.and_utc());
        Ok(Teammate { member: member.into(), agreed, joined_at })
    };
    let unanswered: i64 = team_invitations::table
        .filter(team_invitations::entry_id.eq(key(entry)))
        .filter(team_invitations::answered_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(Team {
        members: rows.into_iter().map(mate).collect::<Result<_>>()?,
        unanswered: usize::try_from(unanswered).unwrap_or(usize::MAX),
    })
}

/// What the members of teams are called.
///
/// # Errors
/// Only when the database fails.
pub fn names(
    conn: &mut AnyConnection,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, Vec<(MemberId, String)>>> {
    let rows: Vec<(KeyValue, KeyValue, String)> = entry_members::table
        .inner_join(members::table)
        .filter(entry_members::entry_id.eq_any(entries.iter().copied().map(key)))
        .order((entry_members::entry_id, entry_members::joined_at, entry_members::member_id))
        .select((entry_members::entry_id, entry_members::member_id, members::display_name))
        .load(conn)?;
    let mut found: HashMap<EntryId, Vec<(MemberId, String)>> = HashMap::new();
    for (entry, member, name) in rows {
        found.entry(entry.into()).or_default().push((member.into(), name));
    }
    Ok(found)
}

/// What a member agreed to in each of these entries they are in.
///
/// # Errors
/// Only when the database fails.
pub fn agreed_by(
    conn: &mut AnyConnection,
    member: MemberId,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, BTreeSet<String>>> {
    let rows: Vec<(KeyValue, String)> = entry_members::table
        .filter(entry_members::member_id.eq(key(member)))
        .filter(entry_members::entry_id.eq_any(entries.iter().copied().map(key)))
        .select((entry_members::entry_id, entry_members::agreed))
        .load(conn)?;
    rows.into_iter().map(|(entry, agreed)| Ok((entry.into(), from_json(&agreed)?))).collect()
}

/// Puts a member into an entry: in one of the places for entries that they have in the contest.
///
/// # Errors
/// [`Barred::EntriesUsed`]; [`Error::Contended`] when they took the same place elsewhere at this moment.
pub fn join(
    conn: &mut AnyConnection,
    contest: &Contest,
    entry: EntryId,
    (member, agreed): (MemberId, &BTreeSet<String>),
    at: DateTime<Utc>,
) -> Result<()> {
    let taken: Vec<Option<i32>> = entry_members::table
        .filter(entry_members::contest_id.eq(key(contest.id)))
        .filter(entry_members::member_id.eq(key(member)))
        .select(entry_members::slot)
        .load(conn)?;
    let most = contest.terms.entries_per_person;
    let free = (1..=i32::try_from(most).unwrap_or(i32::MAX)).find(|slot| !taken.contains(&Some(*slot)));
    let slot = free.ok_or_else(|| Refusal::from(Barred::EntriesUsed { most }))?;
    diesel::insert_into(entry_members::table)
        .values((
            entry_members::entry_id.eq(key(entry)),
            entry_members::member_id.eq(key(member)),
            entry_members::contest_id.eq(key(contest.id)),
            entry_members::slot.eq(slot),
            entry_members::agreed.eq(to_json(agreed)?),
            entry_members::joined_at.eq(at.naive_utc()),
        ))
        .execute(conn)
        .map(drop)
        .map_err(|error| match error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Error::Contended,
            error => error.into(),
        })
}

/// Keeps which consents a member of a team gives.
///
/// # Errors
/// Only when the database fails.
pub fn agree(
    conn: &mut AnyConnection,
    entry: EntryId,
    member: MemberId,
    agreed: &BTreeSet<String>,
) -> Result<()> {
    diesel::update(entry_members::table.find((key(entry), key(member))))
        .set(entry_members::agreed.eq(to_json(agreed)?))
        .execute(conn)?;
    Ok(())
}

/// Takes a member out of a team.
///
/// # Errors
/// Only when the database fails.
pub fn leave(conn: &mut AnyConnection, entry: EntryId, member: MemberId) -> Result<()> {
    diesel::delete(entry_members::table.find((key(entry), key(member)))).execute(conn)?;
    Ok(())
}

/// Gives back the places that an entry took of those in its team.
pub(super) fn free(conn: &mut AnyConnection, entry: EntryId) -> Result<()> {
    diesel::update(entry_members::table.filter(entry_members::entry_id.eq(key(entry))))
        .set(entry_members::slot.eq(None::<i32>))
        .execute(conn)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = team_invitations, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    entry_id: KeyValue,
    member_id: Option<KeyValue>,
    email: Option<String>,
    created_at: NaiveDateTime,
    answered_at: Option<NaiveDateTime>,
    accepted: Option<bool>,
}

impl TryFrom<Row> for Invitation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = || Error::Broken(format!("team invitation {}: to nobody", row.id.uuid()));
        let to = match (row.member_id, &row.email) {
            (Some(member), _) => Addressee::Member(member.into()),
            (None, Some(email)) => Addressee::Email(Email::try_from(&**email).map_err(|_| odd())?),
            (None, None) => return Err(odd()),
        };
        Ok(Self {
            id: row.id.into(),
            entry_id: row.entry_id.into(),
            to,
            created_at: row.created_at.and_utc(),
            answer: row.answered_at.map(|at| at.and_utc()).zip(row.accepted),
        })
    }
}

/// Asks somebody into a team.
///
/// # Errors
/// [`Barred::AlreadyAsked`]; [`Refusal::Unfit`] where there is no such member.
pub fn ask(conn: &mut AnyConnection, invitation: &Invitation) -> Result<()> {
    let (member, email) = match &invitation.to {
        Addressee::Member(member) => (Some(key(*member)), None),
        Addressee::Email(email) => (None, Some(email)),
    };
    let nobody = Refusal::Unfit { field: "member_id", fault: Fault::NotA("member") };
    diesel::insert_into(team_invitations::table)
        .values((
            team_invitations::id.eq(key(invitation.id)),
            team_invitations::entry_id.eq(key(invitation.entry_id)),
            team_invitations::member_id.eq(member),
            team_invitations::email.eq(email.map(Email::as_str)),
            team_invitations::email_key.eq(email.map(Email::key)),
            team_invitations::created_at.eq(invitation.created_at.naive_utc()),
        ))
        .execute(conn)
        .map(drop)
        .map_err(|error| match error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Error::Refused(Barred::AlreadyAsked.into())
            }
            error => dangling(nobody.clone())(error),
        })
}

/// # Errors
/// [`Error::Missing`].
pub fn invitation(conn: &mut AnyConnection, id: TeamInvitationId) -> Result<Invitation> {
    team_invitations::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// Whether an invitation is for a member: by name, or to an address that is proven theirs.
#[must_use]
pub fn is_for(invitation: &Invitation, member: &Member) -> bool {
    match &invitation.to {
        Addressee::Member(id) => *id == member.id,
        Addressee::Email(email) => member.email_verified && email.key() == member.email.key(),
    }
}

/// Who was asked into these entries, in the order in which they were.
///
/// # Errors
/// Only when the database fails.
pub fn invitations(conn: &mut AnyConnection, entries: &[EntryId]) -> Result<Vec<Invitation>> {
    let rows: Vec<Row> = team_invitations::table
        .filter(team_invitations::entry_id.eq_any(entries.iter().copied().map(key)))
        .order(team_invitations::id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// What a member was asked into and has not answered, the newest first, as long as it is not judged. Of contests they judge themselves
/// there is nothing: an invitation tells who made an entry.
///
/// # Errors
/// Only when the database fails.
pub fn invitations_of(
    conn: &mut AnyConnection,
    member: &Member,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Invitation>> {
    let mine = team_invitations::member_id.assume_not_null().eq(key(member.id));
    let written = team_invitations::email_key.assume_not_null().eq(member.email.key());
    let judges = contest_judges::table
        .filter(contest_judges::contest_id.eq(contests::id))
        .filter(contest_judges::member_id.eq(key(member.id)))
        .filter(contest_judges::left_at.is_null());
    let mut query = team_invitations::table
        .inner_join(
            contest_entries::table
                .inner_join(contests::table.on(contests::id.eq(contest_entries::contest_id))),
        )
        .filter(team_invitations::answered_at.is_null())
        .filter(contest_entries::state.ne(Entered::Withdrawn.name()))
        .filter(contests::judging_at.is_null().and(contests::cancelled_at.is_null()))
        .filter(not(exists(judges)))
        .order(team_invitations::id.desc())
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    query = match member.email_verified {
        true => query.filter(mine.or(written)),
        false => query.filter(mine),
    };
    if let Some(after) = after {
        query = query.filter(team_invitations::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let found = rows.into_iter().map(Invitation::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |one| Place { lap: 0, key: 0, id: one.id.uuid() }))
}

/// Keeps an answer.
///
/// # Errors
/// [`Error::Contended`] when it was answered meanwhile.
pub fn answer(
    conn: &mut AnyConnection,
    invitation: &Invitation,
    accepted: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    let rows = diesel::update(team_invitations::table.find(key(invitation.id)))
        .filter(team_invitations::answered_at.is_null())
        .set((team_invitations::answered_at.eq(at.naive_utc()), team_invitations::accepted.eq(accepted)))
        .execute(conn)?;
    if rows == 0 { Err(Error::Contended) } else { Ok(()) }
}

/// Takes an invitation back.
///
/// # Errors
/// Only when the database fails.
pub fn delete(conn: &mut AnyConnection, id: TeamInvitationId) -> Result<()> {
    diesel::delete(team_invitations::table.find(key(id))).execute(conn)?;
    Ok(())
}

/// Takes back what a member was asked, by name or at an address that is proven theirs.
pub(super) fn forget(conn: &mut AnyConnection, member: &Member) -> Result<()> {
    diesel::delete(team_invitations::table.filter(team_invitations::member_id.eq(key(member.id))))
        .execute(conn)?;
    if member.email_verified {
        let written = team_invitations::table.filter(team_invitations::email_key.eq(member.email.key()));
        diesel::delete(written).execute(conn)?;
    }
    Ok(())
}
