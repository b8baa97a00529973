//! The rows of what was said of conflicts, and what else shows who is close to whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _,
};
use domain::{
    ContestId, EntryId, IdeaId, MemberId, Refusal,
    contests::{
        Contest,
        conflicts::{self, Conflict, Ground, Party, Side, Source, With, employer},
        screening::Note,
    },
    members::{Attributes, Email},
    panels::screening::written,
    text::Fault,
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, dangling},
    key::{KeyValue, key},
    members::attributes::attributes,
    schema::{contest_entries, entry_members, ideas, judge_conflicts, members},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = judge_conflicts, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    contest_id: KeyValue,
    judge_id: KeyValue,
    source: String,
    entry_id: Option<KeyValue>,
    member_id: Option<KeyValue>,
    note: String,
    created_at: NaiveDateTime,
}

impl TryFrom<Row> for Conflict {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("conflict {}: odd {what}", row.id.uuid()));
        let with = match (row.entry_id, row.member_id) {
            (Some(entry), _) => With::Entry(entry.into()),
            (None, Some(member)) => With::Member(member.into()),
            (None, None) => return Err(odd("other side")),
        };
        let note = (!row.note.is_empty()).then(|| Note::try_from(&*row.note)).transpose();
        Ok(Self {
            source: Source::named(&row.source).ok_or_else(|| odd("source"))?,
            note: note.map_err(|_| odd("note"))?,
            id: row.id.into(),
            contest_id: row.contest_id.into(),
            judge_id: row.judge_id.into(),
            with,
            created_at: row.created_at.and_utc(),
        })
    }
}

/// All that was said, of one judge of a contest or of each.
///
/// # Errors
/// Only when the database fails.
pub fn said(conn: &mut AnyConnection, contest: ContestId, judge: Option<MemberId>) -> Result<Vec<Conflict>> {
    let mut query = judge_conflicts::table
        .filter(judge_conflicts::contest_id.eq(key(contest)))
        .order((judge_conflicts::judge_id, judge_conflicts::id))
        .select(Row::as_select())
        .into_boxed();
    if let Some(judge) = judge {
        query = query.filter(judge_conflicts::judge_id.eq(key(judge)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(Conflict::try_from).collect()
}

/// Keeps something that was said.
///
/// # Errors
/// [`Refusal::UnfitAt`], at the place given, where there is no such member or entry.
pub fn insert(conn: &mut AnyConnection, conflict: &Conflict, pointer: &str) -> Result<()> {
    let (entry, member) = match conflict.with {
        With::Entry(entry) => (Some(key(entry)), None),
        With::Member(member) => (None, Some(key(member))),
    };
    let fault = Fault::NotA(if entry.is_some() { "entry of the contest" } else { "member" });
    diesel::insert_into(judge_conflicts::table)
        .values((
            judge_conflicts::id.eq(key(conflict.id)),
            judge_conflicts::contest_id.eq(key(conflict.contest_id)),
            judge_conflicts::judge_id.eq(key(conflict.judge_id)),
            judge_conflicts::source.eq(conflict.source.name()),
            judge_conflicts::entry_id.eq(entry),
            judge_conflicts::member_id.eq(member),
            judge_conflicts::note.eq(conflict.note.as_ref().map_or("", Note::as_str)),
            judge_conflicts::created_at.eq(conflict.created_at.naive_utc()),
        ))
        .execute(conn)
        .map(drop)
        .map_err(dangling(Refusal::UnfitAt { pointer: pointer.to_owned(), fault }))
}

/// Takes back what a judge said.
///
/// # Errors
/// Only when the database fails.
pub fn take_back(conn: &mut AnyConnection, contest: ContestId, judge: MemberId) -> Result<()> {
    let own = judge_conflicts::table
        .filter(judge_conflicts::contest_id.eq(key(contest)))
        .filter(judge_conflicts::judge_id.eq(key(judge)))
        .filter(judge_conflicts::source.eq(Source::Judge.name()));
    diesel::delete(own).execute(conn)?;
    Ok(())
}

/// Forgets what a member said as a judge, and what was said of them.
pub(super) fn forget(conn: &mut AnyConnection, member: MemberId) -> Result<()> {
    diesel::delete(judge_conflicts::table.filter(judge_conflicts::judge_id.eq(key(member)))).execute(conn)?;
    diesel::delete(judge_conflicts::table.filter(judge_conflicts::member_id.eq(key(member))))
        .execute(conn)?;
    Ok(())
}

/// What of members shows whom they are close to.
type Known = (String, bool, String);

fn party(contest: &Contest, member: KeyValue, (email, is_proven, known): Known) -> Party {
    let email = Email::try_from(&*email).ok().filter(|_| is_proven);
    let known: Attributes = attributes(&known).unwrap_or_default();
    let household = contest.terms.judging.household.as_ref().and_then(|name| known.get(name));
    Party {
        member: member.into(),
        employer: email.as_ref().and_then(employer),
        household: household.map(|home| written(home).trim().to_lowercase()).filter(|home| !home.is_empty()),
    }
}

/// These members, as far as it matters to whom they are close.
pub(super) fn parties(
    conn: &mut AnyConnection,
    contest: &Contest,
    ids: impl Iterator<Item = MemberId>,
) -> Result<HashMap<MemberId, Party>> {
    let rows: Vec<(KeyValue, Known)> = members::table
        .filter(members::id.eq_any(ids.map(key)))
        .select((members::id, (members::email, members::email_verified, members::attributes)))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, known)| (id.into(), party(contest, id, known))).collect())
}

/// Why a judge may not judge an entry, if so.
///
/// # Errors
/// Only when the database fails.
pub fn ground_of(
    conn: &mut AnyConnection,
    contest: &Contest,
    (entry, judge): (EntryId, MemberId),
) -> Result<Option<Ground>> {
    let rows: Vec<(KeyValue, Known)> = entry_members::table
        .inner_join(members::table)
        .filter(entry_members::entry_id.eq(key(entry)))
        .order(entry_members::member_id)
        .select((entry_members::member_id, (members::email, members::email_verified, members::attributes)))
        .load(conn)?;
    let team = rows.into_iter().map(|(member, known)| party(contest, member, known)).collect();
    let from: Option<KeyValue> =
        contest_entries::table.find(key(entry)).select(contest_entries::from_idea_id).first(conn)?;
    let idea_by = authors(conn, from.into_iter().collect())?.into_values().flatten().collect();
    let said = said(conn, contest.id, Some(judge))?;
    let party = parties(conn, contest, [judge].into_iter())?.remove(&judge).ok_or(Error::Missing)?;
    Ok(conflicts::ground(&party, &Side { entry, team, idea_by }, &said))
}

/// Who is in the entries of a contest.
pub(super) fn teams(conn: &mut AnyConnection, contest: &Contest) -> Result<HashMap<EntryId, Vec<Party>>> {
    let rows: Vec<(KeyValue, KeyValue, Known)> = entry_members::table
        .inner_join(members::table)
        .filter(entry_members::contest_id.eq(key(contest.id)))
        .order((entry_members::entry_id, entry_members::member_id))
        .select((
            entry_members::entry_id,
            entry_members::member_id,
            (members::email, members::email_verified, members::attributes),
        ))
        .load(conn)?;
    let mut found: HashMap<EntryId, Vec<Party>> = HashMap::new();
    for (entry, member, known) in rows {
        found.entry(entry.into()).or_default().push(party(contest, member, known));
    }
    Ok(found)
}

/// Who wrote the ideas that entries of a contest grew out of, and those that were merged into these.
pub(super) fn idea_authors(
    conn: &mut AnyConnection,
    contest: ContestId,
) -> Result<HashMap<EntryId, BTreeSet<MemberId>>> {
    let grown: Vec<(KeyValue, Option<KeyValue>)> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest)))
        .filter(contest_entries::from_idea_id.is_not_null())
        .select((contest_entries::id, contest_entries::from_idea_id))
        .load(conn)?;
    let from: Vec<KeyValue> = grown.iter().filter_map(|(_, idea)| *idea).collect();
    let by = authors(conn, from)?;
    let of = |(entry, idea): (KeyValue, Option<KeyValue>)| {
        Some((entry.into(), by.get(&IdeaId::from(idea?)).cloned().unwrap_or_default()))
    };
    Ok(grown.into_iter().filter_map(of).collect())
}

/// Who wrote each of these ideas, and those that were merged into them.
fn authors(conn: &mut AnyConnection, from: Vec<KeyValue>) -> Result<BTreeMap<IdeaId, BTreeSet<MemberId>>> {
    if from.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wrote: Vec<(KeyValue, Option<KeyValue>)> = ideas::table
        .filter(ideas::id.eq_any(from.clone()))
        .select((ideas::id, ideas::author_id))
        .load(conn)?;
    let joined: Vec<(KeyValue, Option<KeyValue>)> = ideas::table
        .filter(ideas::merged_into.assume_not_null().eq_any(from))
        .select((ideas::merged_into.assume_not_null(), ideas::author_id))
        .load(conn)?;
    let mut by: BTreeMap<IdeaId, BTreeSet<MemberId>> = BTreeMap::new();
    for (idea, author) in wrote.into_iter().chain(joined) {
        by.entry(idea.into()).or_default().extend(author.map(MemberId::from));
    }
    Ok(by)
}

/// An entry, as far as it matters who made it.
pub(super) fn side(
    entry: EntryId,
    teams: &mut HashMap<EntryId, Vec<Party>>,
    ideas: &mut HashMap<EntryId, BTreeSet<MemberId>>,
) -> Side {
    let (team, idea_by) =
        (teams.remove(&entry).unwrap_or_default(), ideas.remove(&entry).unwrap_or_default());
    Side { entry, team, idea_by }
}
