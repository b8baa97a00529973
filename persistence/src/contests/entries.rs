//! The rows of entries, as their teams have them.

mod sent;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    AsChangeset, BoolExpressionMethods as _, ExpressionMethods as _, Insertable,
    NullableExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _,
};
use domain::{
    Actor, ContestId, EntryId, MemberId, Stamp,
    attachments::Place as Standing,
    contests::{
        Contest,
        entries::{Entry, State},
        screening::{Appeal, Note, Progress, Reason, Screening, Verdict},
        teams::Team,
    },
    events::{EntryEvent, Event},
    page::{Limit, Page, Place},
};

pub use self::sent::{
    Sent, Waiting, counts, judged, last_read_of, last_sent, last_sent_of, list, samples, titles,
};
use super::{from_json, teams, to_json};
use crate::{
    attachments::links,
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{contest_entries, entry_members},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = contest_entries, check_for_backend(MultiBackend))]
pub(super) struct Row {
    id: KeyValue,
    contest_id: KeyValue,
    leader_id: Option<KeyValue>,
    state: String,
    content: String,
    versions: i32,
    from_idea_id: Option<KeyValue>,
    idea_id: Option<KeyValue>,
    reasons: String,
    note: Option<String>,
    decided_at: Option<NaiveDateTime>,
    fix_until: Option<NaiveDateTime>,
    appeal: Option<String>,
    appealed_at: Option<NaiveDateTime>,
    verdict_at: Option<NaiveDateTime>,
    verdict_granted: Option<bool>,
    verdict_note: Option<String>,
    cut_in: Option<i32>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

impl Row {
    fn odd(&self, what: &str) -> Error {
        Error::Broken(format!("entry {}: odd {what}", self.id.uuid()))
    }

    fn screening(&self) -> Result<Screening> {
        let utc = |at: Option<NaiveDateTime>| at.map(|at| at.and_utc());
        let note = |text: &str| Note::try_from(text).map_err(|_| self.odd("note"));
        let names: Vec<String> = from_json(&self.reasons)?;
        let reasons = names.iter().map(|name| Reason::named(name).ok_or_else(|| self.odd("reason")));
        let verdict = match (self.verdict_at, self.verdict_granted, &self.verdict_note) {
            (Some(at), Some(granted), Some(text)) => {
                Some(Verdict { at: at.and_utc(), granted, note: note(text)? })
            }
            _ => None,
        };
        let appeal = match (&self.appeal, self.appealed_at) {
            (Some(text), Some(at)) => Some(Appeal { text: note(text)?, at: at.and_utc(), verdict }),
            _ => None,
        };
        Ok(Screening {
            reasons: reasons.collect::<Result<_>>()?,
            note: self.note.as_deref().map(note).transpose()?,
            decided_at: utc(self.decided_at),
            fix_until: utc(self.fix_until),
            appeal,
        })
    }
}

impl TryFrom<Row> for Entry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            state: State::named(&row.state).ok_or_else(|| row.odd("state"))?,
            content: from_json(&row.content)?,
            screening: row.screening()?,
            id: row.id.into(),
            contest_id: row.contest_id.into(),
            leader_id: row.leader_id.map(MemberId::from),
            versions: row.versions,
            from_idea_id: row.from_idea_id.map(Into::into),
            idea_id: row.idea_id.map(Into::into),
            cut_in: row.cut_in,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: EntryId) -> Result<Entry> {
    contest_entries::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// These entries.
///
/// # Errors
/// Only when the database fails.
pub fn each(conn: &mut AnyConnection, ids: &[EntryId]) -> Result<HashMap<EntryId, Entry>> {
    let rows: Vec<Row> = contest_entries::table
        .filter(contest_entries::id.eq_any(ids.iter().copied().map(key)))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| Entry::try_from(row).map(|entry| (entry.id, entry))).collect()
}

/// An entry with what it stands in.
#[derive(Debug, Clone)]
pub struct Whole {
    pub entry: Entry,
    pub contest: Contest,
    pub team: Team,
}

/// The entry, its contest and its team, for whoever asks.
///
/// # Errors
/// [`Error::Missing`].
pub fn whole(conn: &mut AnyConnection, id: EntryId) -> Result<Whole> {
    let entry = find(conn, id)?;
    let contest = super::find(conn, &Actor::System, entry.contest_id)?;
    let team = teams::of(conn, entry.id)?;
    Ok(Whole { entry, contest, team })
}

/// The same, for those in the team: to all others it is not there.
///
/// # Errors
/// [`Error::Missing`].
pub fn own(conn: &mut AnyConnection, actor: &Actor, id: EntryId) -> Result<(Whole, MemberId)> {
    let member = actor.ensure_member()?;
    let whole = whole(conn, id)?;
    if whole.team.holds(member) { Ok((whole, member)) } else { Err(Error::Missing) }
}

/// The same, with the contest kept as far as it is until this change is done: nobody begins judging meanwhile, or is appointed.
///
/// # Errors
/// [`Error::Missing`].
pub fn own_kept(conn: &mut AnyConnection, actor: &Actor, id: EntryId) -> Result<(Whole, MemberId)> {
    keep_contest(conn, id)?;
    own(conn, actor, id)
}

/// Keeps the contest of an entry as far as it is, until this change is done.
///
/// # Errors
/// [`Error::Missing`].
pub fn keep_contest(conn: &mut AnyConnection, id: EntryId) -> Result<()> {
    let contest: KeyValue =
        contest_entries::table.find(key(id)).select(contest_entries::contest_id).first(conn)?;
    super::share(conn, contest.into())
}

/// All that a member is in, of one contest or of any, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn of_member(
    conn: &mut AnyConnection,
    member: MemberId,
    contest: Option<ContestId>,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Entry>> {
    let mut query = entry_members::table
        .inner_join(contest_entries::table)
        .filter(entry_members::member_id.eq(key(member)))
        .order(entry_members::entry_id.desc())
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Some(contest) = contest {
        query = query.filter(entry_members::contest_id.eq(key(contest)));
    }
    if let Some(after) = after {
        query = query.filter(entry_members::entry_id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let found = rows.into_iter().map(Entry::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |entry| Place { lap: 0, key: 0, id: entry.id.uuid() }))
}

/// How screening stands.
///
/// # Errors
/// Only when the database fails.
pub fn progress(conn: &mut AnyConnection, contest: &Contest, now: DateTime<Utc>) -> Result<Progress> {
    let of = contest_entries::table.filter(contest_entries::contest_id.eq(key(contest.id)));
    let window = chrono::TimeDelta::hours(contest.terms.appeal_hours.into());
    let undecided = contest_entries::state.eq_any([State::Submitted, State::FixRequested].map(State::name));
    let rejected = contest_entries::state.eq(State::Rejected.name());
    let may_appeal = contest_entries::appealed_at
        .is_null()
        .and(contest_entries::decided_at.assume_not_null().gt((now - window).naive_utc()));
    let appealed = contest_entries::appealed_at.is_not_null().and(contest_entries::verdict_at.is_null());
    let waiting = of.filter(undecided.or(rejected.and(may_appeal.or(appealed))));
    let accepted = of.filter(contest_entries::state.eq(State::Accepted.name()));
    Ok(Progress { waiting: waiting.count().get_result(conn)?, accepted: accepted.count().get_result(conn)? })
}

/// Stores a new entry, without its team.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, entry: &Entry) -> Result<()> {
    diesel::insert_into(contest_entries::table)
        .values((
            contest_entries::id.eq(key(entry.id)),
            contest_entries::contest_id.eq(key(entry.contest_id)),
            contest_entries::from_idea_id.eq(entry.from_idea_id.map(key)),
            contest_entries::created_at.eq(entry.created_at.naive_utc()),
            changes(entry)?,
        ))
        .execute(conn)?;
    tell(conn, stamp, entry, EntryEvent::Created)
}

/// Stores an entry as the version after the one that was read. What changes of its team comes with it, so that nobody sends it
/// while somebody joins or leaves.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, entry: &Entry, what: EntryEvent) -> Result<()> {
    let rows = diesel::update(contest_entries::table.find(key(entry.id)))
        .filter(contest_entries::version.eq(entry.version - 1))
        .set(changes(entry)?)
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    if entry.state == State::Withdrawn {
        teams::free(conn, entry.id)?;
    }
    tell(conn, stamp, entry, what)
}

/// Deletes an entry as it was read, with all that was ever sent of it.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, entry: &Entry) -> Result<()> {
    links::clear(conn, stamp.at, Standing::Entry(entry.id))?;
    let own = contest_entries::table.find(key(entry.id));
    match diesel::delete(own.filter(contest_entries::version.eq(entry.version))).execute(conn)? {
        0 => Err(Error::Contended),
        _ => tell(conn, stamp, entry, EntryEvent::Deleted),
    }
}

/// Tells of what happened to an entry, which need not be another for it.
///
/// # Errors
/// Only when the database fails.
pub fn tell(conn: &mut AnyConnection, stamp: &Stamp, entry: &Entry, what: EntryEvent) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Entry { entry: entry.id, contest: entry.contest_id, what }])
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contest_entries, treat_none_as_null = true)]
struct Changes {
    leader_id: Option<KeyValue>,
    state: String,
    content: String,
    versions: i32,
    idea_id: Option<KeyValue>,
    reasons: String,
    note: Option<String>,
    decided_at: Option<NaiveDateTime>,
    fix_until: Option<NaiveDateTime>,
    appeal: Option<String>,
    appealed_at: Option<NaiveDateTime>,
    verdict_at: Option<NaiveDateTime>,
    verdict_granted: Option<bool>,
    verdict_note: Option<String>,
    cut_in: Option<i32>,
    updated_at: NaiveDateTime,
    version: i32,
}

fn changes(entry: &Entry) -> Result<Changes> {
    let naive = |at: Option<DateTime<Utc>>| at.map(|at| at.naive_utc());
    let text = |note: &Note| note.as_str().to_owned();
    let Screening { reasons, note, decided_at, fix_until, appeal } = &entry.screening;
    let verdict = appeal.as_ref().and_then(|appeal| appeal.verdict.as_ref());
    Ok(Changes {
        leader_id: entry.leader_id.map(key),
        state: entry.state.name().to_owned(),
        content: to_json(&entry.content)?,
        versions: entry.versions,
        idea_id: entry.idea_id.map(key),
        reasons: to_json(&reasons.iter().map(|reason| reason.name()).collect::<Vec<_>>())?,
        note: note.as_ref().map(text),
        decided_at: naive(*decided_at),
        fix_until: naive(*fix_until),
        appeal: appeal.as_ref().map(|appeal| text(&appeal.text)),
        appealed_at: appeal.as_ref().map(|appeal| appeal.at.naive_utc()),
        verdict_at: verdict.map(|verdict| verdict.at.naive_utc()),
        verdict_granted: verdict.map(|verdict| verdict.granted),
        verdict_note: verdict.map(|verdict| text(&verdict.note)),
        cut_in: entry.cut_in,
        updated_at: entry.updated_at.naive_utc(),
        version: entry.version,
    })
}
