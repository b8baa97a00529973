//! The rows of judges.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    AsChangeset, BoolExpressionMethods as _, ExpressionMethods as _, Insertable, OptionalExtension as _,
    QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _, dsl::exists,
};
use domain::{
    Actor, ContestId, MemberId, Refusal, Stamp,
    access::Permission,
    contests::{
        Barred, Contest,
        entries::State,
        judges::Judge,
        reviews::{self, Kind},
        screening::Note,
    },
    events::{ContestEvent, Event},
    judging::JUDGES_MOST,
    text::Fault,
};

use super::{from_json, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    members, outbox,
    schema::{
        contest_entries, contest_judges, contests, entry_members, entry_reviews, members as members_table,
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = contest_judges, check_for_backend(MultiBackend))]
struct Row {
    contest_id: KeyValue,
    member_id: KeyValue,
    expertise: String,
    most: Option<i32>,
    appointed_at: NaiveDateTime,
    declared_at: Option<NaiveDateTime>,
    left_at: Option<NaiveDateTime>,
    left_reason: Option<String>,
    version: i32,
}

impl TryFrom<Row> for Judge {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("judge {}: odd {what}", row.member_id.uuid()));
        let note = |text: String| Note::try_from(&*text).map_err(|_| odd("reason"));
        Ok(Self {
            contest_id: row.contest_id.into(),
            expertise: from_json(&row.expertise)?,
            most: row.most.map(u32::try_from).transpose().map_err(|_| odd("limit"))?,
            appointed_at: row.appointed_at.and_utc(),
            declared_at: row.declared_at.map(|at| at.and_utc()),
            left: match (row.left_at, row.left_reason) {
                (Some(at), Some(reason)) => Some((at.and_utc(), note(reason)?)),
                _ => None,
            },
            version: row.version,
            member_id: row.member_id.into(),
        })
    }
}

/// A judge, whether they still are or have left.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<Judge> {
    let row: Row =
        contest_judges::table.find((key(contest), key(member))).select(Row::as_select()).first(conn)?;
    row.try_into()
}

/// The same, where there may be none.
///
/// # Errors
/// Only when the database fails.
pub fn look_up(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<Option<Judge>> {
    let row: Option<Row> = contest_judges::table
        .find((key(contest), key(member)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Judge::try_from).transpose()
}

/// All judges of a contest, those who left too, in the order of their ids.
///
/// # Errors
/// Only when the database fails.
pub fn list(conn: &mut AnyConnection, contest: ContestId) -> Result<Vec<Judge>> {
    let rows: Vec<Row> = contest_judges::table
        .filter(contest_judges::contest_id.eq(key(contest)))
        .order(contest_judges::member_id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Judge::try_from).collect()
}

/// What the judges of a contest are called.
///
/// # Errors
/// Only when the database fails.
pub fn names(conn: &mut AnyConnection, contest: ContestId) -> Result<HashMap<MemberId, String>> {
    let rows: Vec<(KeyValue, String)> = contest_judges::table
        .inner_join(members_table::table)
        .filter(contest_judges::contest_id.eq(key(contest)))
        .select((contest_judges::member_id, members_table::display_name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(member, name)| (member.into(), name)).collect())
}

/// Whether a member judges a contest, and has not left.
///
/// # Errors
/// Only when the database fails.
pub fn is_judging(conn: &mut AnyConnection, contest: ContestId, member: MemberId) -> Result<bool> {
    Ok(look_up(conn, contest, member)?.is_some_and(|judge| judge.left.is_none()))
}

/// Whether the actor runs a contest: they may run contests, and do not judge this one. Until its result is released, and as long as they
/// have a tie to settle, whoever judges learns of no author, no mark of others and no tally, however much else they may.
///
/// # Errors
/// Those of [`Actor::ensure`], and [`Barred::RunByOthers`].
pub fn ensure_runs(conn: &mut AnyConnection, contest: &Contest, actor: &Actor) -> Result<()> {
    actor.ensure(Permission::ManageContests)?;
    let Some(member) = actor.member_id() else { return Ok(()) };
    let judges = contest.is_kept_from_judges() && is_judging(conn, contest.id, member)?;
    match judges || settled_by(conn, member)?.contains(&contest.id) {
        true => Err(Error::Refused(Barred::RunByOthers.into())),
        false => Ok(()),
    }
}

/// The contests in which a tie waits for extra reviews of a member.
fn settled_by(conn: &mut AnyConnection, member: MemberId) -> Result<Vec<ContestId>> {
    let waiting = entry_reviews::state.eq(reviews::State::Open.name());
    let ids: Vec<KeyValue> = entry_reviews::table
        .inner_join(contests::table)
        .filter(entry_reviews::judge_id.eq(key(member)))
        .filter(entry_reviews::kind.eq(Kind::Extra.name()).and(waiting))
        .filter(contests::finalized_at.is_null().and(contests::cancelled_at.is_null()))
        .select(entry_reviews::contest_id)
        .distinct()
        .load(conn)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Whether there is no contest that the actor must not run because they judge it: for what tells of all of them at once.
///
/// # Errors
/// [`Barred::RunByOthers`].
pub fn ensure_judges_none(conn: &mut AnyConnection, actor: &Actor) -> Result<()> {
    let Some(member) = actor.member_id() else { return Ok(()) };
    let judged = contest_judges::table
        .inner_join(contests::table)
        .filter(contest_judges::member_id.eq(key(member)))
        .filter(contest_judges::left_at.is_null())
        .filter(contests::provisional_at.is_null().and(contests::cancelled_at.is_null()));
    match diesel::select(exists(judged)).get_result(conn)? || !settled_by(conn, member)?.is_empty() {
        true => Err(Error::Refused(Barred::RunByOthers.into())),
        false => Ok(()),
    }
}

/// The same as an answer, where others are answered as well.
///
/// # Errors
/// Only when the database fails.
pub fn runs(conn: &mut AnyConnection, contest: &Contest, actor: &Actor) -> Result<bool> {
    match ensure_runs(conn, contest, actor) {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a member can judge: not blocked, and in no entry of the contest that was sent. While entries are sealed the answer would say who has
/// entered, so it is asked when judging begins instead.
///
/// # Errors
/// [`Refusal::Unfit`].
pub fn ensure_may_judge(
    conn: &mut AnyConnection,
    contest: &Contest,
    member: MemberId,
    now: DateTime<Utc>,
) -> Result<()> {
    let unfit = || Refusal::Unfit { field: "member_id", fault: Fault::NotA("member who may judge") };
    match members::find(conn, member) {
        Ok(found) if found.blocked_at.is_none() => {}
        Ok(_) | Err(Error::Missing) => return Err(unfit().into()),
        Err(error) => return Err(error),
    }
    let entered = entry_members::table
        .inner_join(contest_entries::table)
        .filter(entry_members::contest_id.eq(key(contest.id)).and(entry_members::member_id.eq(key(member))))
        .filter(entry_members::slot.is_not_null())
        .filter(contest_entries::state.eq_any(State::SENT.map(State::name)));
    match contest.is_unsealed(now) && diesel::select(exists(entered)).get_result(conn)? {
        true => Err(unfit().into()),
        false => Ok(()),
    }
}

/// Whether nobody who judges a contest is in an entry of it that was sent: judging begins then.
///
/// # Errors
/// [`Barred::JudgesEnter`].
pub fn ensure_none_enters(conn: &mut AnyConnection, contest: ContestId) -> Result<()> {
    let judging = contest_judges::table
        .filter(contest_judges::contest_id.eq(key(contest)))
        .filter(contest_judges::left_at.is_null())
        .select(contest_judges::member_id);
    let entered: Vec<String> = entry_members::table
        .inner_join(members_table::table)
        .inner_join(contest_entries::table)
        .filter(entry_members::contest_id.eq(key(contest)))
        .filter(entry_members::slot.is_not_null())
        .filter(contest_entries::state.eq_any(State::SENT.map(State::name)))
        .filter(entry_members::member_id.eq_any(judging))
        .select(members_table::display_name)
        .distinct()
        .order(members_table::display_name)
        .load(conn)?;
    if entered.is_empty() { Ok(()) } else { Err(Error::Refused(Barred::JudgesEnter(entered).into())) }
}

/// Appoints a judge, for the first time or again after they left; nobody else does meanwhile.
///
/// # Errors
/// [`Barred::AlreadyJudge`] or [`Barred::TooManyJudges`].
pub fn appoint(conn: &mut AnyConnection, stamp: &Stamp, judge: &Judge) -> Result<Judge> {
    let what = ContestEvent::JudgeAppointed { judge: judge.member_id };
    match look_up(conn, judge.contest_id, judge.member_id)? {
        Some(Judge { left: None, .. }) => Err(Error::Refused(Barred::AlreadyJudge.into())),
        Some(before) => {
            let again = Judge { version: before.version + 1, ..judge.clone() };
            update(conn, stamp, &again, what)?;
            Ok(again)
        }
        None => {
            let there: i64 = contest_judges::table
                .filter(contest_judges::contest_id.eq(key(judge.contest_id)))
                .count()
                .get_result(conn)?;
            if usize::try_from(there).is_ok_and(|there| there >= JUDGES_MOST) {
                return Err(Error::Refused(Barred::TooManyJudges { most: JUDGES_MOST }.into()));
            }
            diesel::insert_into(contest_judges::table)
                .values((
                    contest_judges::contest_id.eq(key(judge.contest_id)),
                    contest_judges::member_id.eq(key(judge.member_id)),
                    changes(judge)?,
                ))
                .execute(conn)?;
            tell(conn, stamp, judge, what)?;
            Ok(judge.clone())
        }
    }
}

/// Stores a judge as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when they were changed meanwhile.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, judge: &Judge, what: ContestEvent) -> Result<()> {
    let rows = diesel::update(contest_judges::table.find((key(judge.contest_id), key(judge.member_id))))
        .filter(contest_judges::version.eq(judge.version - 1))
        .set(changes(judge)?)
        .execute(conn)?;
    if rows == 0 { Err(Error::Contended) } else { tell(conn, stamp, judge, what) }
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, judge: &Judge, what: ContestEvent) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Contest { contest: judge.contest_id, what }])
}

/// Where a member judges, or did.
pub(super) fn of_member(conn: &mut AnyConnection, member: MemberId) -> Result<Vec<Judge>> {
    let rows: Vec<Row> = contest_judges::table
        .filter(contest_judges::member_id.eq(key(member)))
        .order(contest_judges::contest_id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Judge::try_from).collect()
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contest_judges, treat_none_as_null = true)]
struct Changes {
    expertise: String,
    most: Option<i32>,
    appointed_at: NaiveDateTime,
    declared_at: Option<NaiveDateTime>,
    left_at: Option<NaiveDateTime>,
    left_reason: Option<String>,
    version: i32,
}

fn changes(judge: &Judge) -> Result<Changes> {
    let left = judge.left.as_ref();
    Ok(Changes {
        expertise: to_json(&judge.expertise)?,
        most: judge.most.map(|most| i32::try_from(most).unwrap_or(i32::MAX)),
        appointed_at: judge.appointed_at.naive_utc(),
        declared_at: judge.declared_at.map(|at| at.naive_utc()),
        left_at: left.map(|(at, _)| at.naive_utc()),
        left_reason: left.map(|(_, reason)| reason.as_str().to_owned()),
        version: judge.version,
    })
}
