//! The rows of activities: the timeline of an idea.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    Actor, ChangelogEntryId, IdeaId, MemberId, Stamp,
    answers::Happening,
    ideas::Idea,
    page::{Limit, Page, Place},
};
use uuid::Uuid;

use crate::{
    changelog,
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{activities, changelog as changelog_table, members},
};

/// What happened to an idea, to be written into its timeline.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    pub happening: Happening,
    pub by: Option<MemberId>,
    pub from_status: Option<&'a str>,
    pub to_status: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub decline_reason: Option<&'static str>,
    pub other: Option<IdeaId>,
    pub version: Option<i32>,
    /// The entry of the changelog that it was announced in.
    pub entry: Option<ChangelogEntryId>,
    /// How many stood behind the idea, and how many of them were told.
    pub reach: Option<(i64, i64)>,
}

impl Entry<'_> {
    pub(crate) fn new(happening: Happening, by: Option<MemberId>) -> Self {
        Self {
            happening,
            by,
            from_status: None,
            to_status: None,
            reason: None,
            decline_reason: None,
            other: None,
            version: None,
            entry: None,
            reach: None,
        }
    }
}

/// The id of the `nth` thing a change did: what the timeline and the notifications share.
pub(crate) fn id_of(stamp: &Stamp, nth: u8) -> KeyValue {
    key(stamp.id::<Idea>(nth))
}

/// Writes the `nth` entry of a change, from 0; the first has the id of its notifications.
pub(crate) fn write(
    conn: &mut AnyConnection,
    (stamp, nth): (&Stamp, u8),
    idea: IdeaId,
    entry: &Entry<'_>,
) -> Result<()> {
    diesel::insert_into(activities::table)
        .values((
            (
                activities::id.eq(id_of(stamp, nth)),
                activities::idea_id.eq(key(idea)),
                activities::kind.eq(entry.happening.key()),
                activities::member_id.eq(entry.by.map(key)),
                activities::internal.eq(entry.happening.is_internal()),
                activities::from_status.eq(entry.from_status),
                activities::to_status.eq(entry.to_status),
            ),
            (
                activities::reason.eq(entry.reason),
                activities::decline_reason.eq(entry.decline_reason),
                activities::other_idea_id.eq(entry.other.map(key)),
                activities::version.eq(entry.version),
                activities::supporters.eq(entry.reach.map(|(supporters, _)| supporters)),
                activities::told.eq(entry.reach.map(|(_, told)| told)),
                activities::created_at.eq(stamp.at.naive_utc()),
                activities::entry_id.eq(entry.entry.map(key)),
            ),
        ))
        .execute(conn)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = activities, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    kind: String,
    member_id: Option<KeyValue>,
    internal: bool,
    from_status: Option<String>,
    to_status: Option<String>,
    reason: Option<String>,
    decline_reason: Option<String>,
    other_idea_id: Option<KeyValue>,
    version: Option<i32>,
    supporters: Option<i64>,
    told: Option<i64>,
    created_at: NaiveDateTime,
    entry_id: Option<KeyValue>,
}

/// An entry of a timeline.
#[derive(Debug, Clone)]
pub struct Activity {
    pub id: Uuid,
    pub happening: Happening,
    pub internal: bool,
    /// Who did it: id and name.
    pub by: Option<(MemberId, String)>,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason: Option<String>,
    pub decline_reason: Option<String>,
    pub other: Option<IdeaId>,
    pub version: Option<i32>,
    pub supporters: Option<i64>,
    pub told: Option<i64>,
    pub entry: Option<ChangelogEntryId>,
    pub at: DateTime<Utc>,
}

/// Which entries a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    Public,
    Internal,
}

/// The timeline of an idea, latest first. Of entries of the changelog, the actor meets those they may read.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    idea: IdeaId,
    depth: Depth,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Activity>> {
    let announced = changelog::announced_to(conn, actor)?.select(changelog_table::id.nullable());
    let mut query = activities::table
        .left_join(members::table.on(activities::member_id.eq(members::id.nullable())))
        .filter(activities::idea_id.eq(key(idea)))
        .filter(activities::entry_id.is_null().or(activities::entry_id.eq_any(announced)))
        .order(activities::id.desc())
        .limit(limit.probe())
        .select((Row::as_select(), members::display_name.nullable()))
        .into_boxed();
    if depth == Depth::Public {
        query = query.filter(activities::internal.eq(false));
    }
    if let Some(after) = after {
        query = query.filter(activities::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<(Row, Option<String>)> = query.load(conn)?;
    let entries = rows.into_iter().map(|(row, name)| row.activity(name)).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(entries, limit, |entry| Place { lap: 0, key: 0, id: entry.id }))
}

impl Row {
    fn activity(self, name: Option<String>) -> Result<Activity> {
        let happening = Happening::of_key(&self.kind)
            .ok_or_else(|| Error::Broken(format!("activity {}: odd kind", self.id.uuid())))?;
        Ok(Activity {
            id: self.id.uuid(),
            happening,
            internal: self.internal,
            by: self.member_id.map(MemberId::from).zip(name),
            from_status: self.from_status,
            to_status: self.to_status,
            reason: self.reason,
            decline_reason: self.decline_reason,
            other: self.other_idea_id.map(IdeaId::from),
            version: self.version,
            supporters: self.supporters,
            told: self.told,
            entry: self.entry_id.map(ChangelogEntryId::from),
            at: self.created_at.and_utc(),
        })
    }
}
