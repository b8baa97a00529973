//! The rows of the changelog. Which ideas an entry names, and who is told of it, is in [`links`].

pub mod links;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _, dsl::auto_type,
};
use domain::{
    Actor, Audience, BoardId, ChangelogEntryId, IdeaId, MemberId, Stamp,
    changelog::{Entry, Label, News, Scope, State},
    events::{ChangelogEvent, Event},
    ideas::Title,
    page::{Limit, Page, Place},
};

use crate::{
    boards::{self, BoardRef},
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, dangling},
    key::{KeyValue, key},
    outbox,
    schema::{activities, changelog, changelog_ideas, changelog_labels, members, notifications},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = changelog, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    board_id: Option<KeyValue>,
    audience: Option<String>,
    author_id: Option<KeyValue>,
    title: String,
    body: String,
    publish_at: Option<NaiveDateTime>,
    listed_at: NaiveDateTime,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

/// An entry with the name of whoever wrote it.
#[derive(Debug, Clone)]
pub struct Written {
    pub entry: Entry,
    pub author_name: Option<String>,
}

impl Row {
    fn entry(self, labels: Vec<Label>) -> Result<Entry> {
        let odd = |what: &str| Error::Broken(format!("entry {}: odd {what}", self.id.uuid()));
        let scope = match (self.board_id, self.audience.as_deref().and_then(Audience::named)) {
            (Some(board), None) => Scope::Board(board.into()),
            (None, Some(audience)) => Scope::Audience(audience),
            _ => return Err(odd("scope")),
        };
        Ok(Entry {
            id: self.id.into(),
            scope,
            author_id: self.author_id.map(MemberId::from),
            title: Title::try_from(&*self.title).map_err(|_| odd("title"))?,
            body: News::try_from(&*self.body).map_err(|_| odd("body"))?,
            labels,
            publish_at: self.publish_at.map(|at| at.and_utc()),
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            version: self.version,
        })
    }
}

/// Which entries a list holds.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub state: State,
    pub board: Option<BoardId>,
    pub label: Option<Label>,
    /// Those that name an idea.
    pub idea: Option<IdeaId>,
    pub now: DateTime<Utc>,
}

#[auto_type]
fn rows() -> _ {
    changelog::table.left_join(members::table)
}

#[auto_type]
fn announced(boards: Vec<KeyValue>, audiences: Vec<&'static str>) -> _ {
    changelog::table
        .filter(changelog::announced_at.is_not_null())
        .filter(changelog::board_id.eq_any(boards).or(changelog::audience.eq_any(audiences)))
}

/// What an actor may see, whether it is out or not: as much of the predicate as the rows can be asked.
struct Sight {
    boards: Vec<KeyValue>,
    audiences: Vec<&'static str>,
}

impl Sight {
    fn of(conn: &mut AnyConnection, actor: &Actor) -> Result<Self> {
        let boards = boards::visible(conn, actor)?.iter().map(|seen| key(seen.board.id)).collect();
        let holds = |audience: &Audience| audience.holds(actor, false);
        Ok(Self { boards, audiences: Audience::ALL.into_iter().filter(holds).map(Audience::name).collect() })
    }
}

/// The entries that are out and that the actor may read, for the lists that point to them.
pub(crate) fn announced_to(conn: &mut AnyConnection, actor: &Actor) -> Result<announced> {
    let sight = Sight::of(conn, actor)?;
    Ok(announced(sight.boards, sight.audiences))
}

/// The entries told of under some ids of notifications: id and title.
pub(crate) fn named(
    conn: &mut AnyConnection,
    notices: Vec<KeyValue>,
) -> Result<HashMap<KeyValue, (ChangelogEntryId, String)>> {
    if notices.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Option<KeyValue>, KeyValue, String)> = changelog::table
        .filter(changelog::notice_id.eq_any(notices))
        .select((changelog::notice_id, changelog::id, changelog::title))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(notice, id, title)| Some((notice?, (id.into(), title)))).collect())
}

/// The entry, if the actor may know of it.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(
    conn: &mut AnyConnection,
    actor: &Actor,
    id: ChangelogEntryId,
    now: DateTime<Utc>,
) -> Result<Written> {
    let found: (Row, Option<String>) = rows()
        .filter(changelog::id.eq(key(id)))
        .select((Row::as_select(), members::display_name.nullable()))
        .first(conn)?;
    let written = with_labels(conn, vec![found])?.pop().ok_or(Error::Missing)?;
    if let Scope::Board(board) = written.entry.scope {
        boards::find(conn, actor, &BoardRef::Id(board))?;
    }
    match written.entry.is_for(actor, now) {
        true => Ok(written),
        false => Err(Error::Missing),
    }
}

/// The entries that the actor may see, the last to be published first; drafts by when they were made.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    wanted: &Wanted,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Written>> {
    let now = wanted.now.naive_utc();
    let mut query = rows()
        .order((changelog::listed_at.desc(), changelog::id.desc()))
        .select((Row::as_select(), members::display_name.nullable()))
        .limit(limit.probe())
        .into_boxed();
    query = match wanted.state {
        State::Draft => query.filter(changelog::publish_at.is_null()),
        State::Scheduled => query.filter(changelog::publish_at.gt(now)),
        State::Published => query.filter(changelog::publish_at.le(now)),
    };
    query = match wanted.board {
        // Seen already by whoever asks of it.
        Some(board) => query.filter(changelog::board_id.eq(key(board))),
        None => {
            let Sight { boards, audiences } = Sight::of(conn, actor)?;
            query.filter(changelog::board_id.eq_any(boards).or(changelog::audience.eq_any(audiences)))
        }
    };
    if let Some(label) = wanted.label {
        let labelled = changelog_labels::table.filter(changelog_labels::label.eq(label.key()));
        query = query.filter(changelog::id.eq_any(labelled.select(changelog_labels::entry_id)));
    }
    if let Some(idea) = wanted.idea {
        let naming = changelog_ideas::table.filter(changelog_ideas::idea_id.eq(key(idea)));
        query = query.filter(changelog::id.eq_any(naming.select(changelog_ideas::entry_id)));
    }
    if let Some(place) = after {
        let at = DateTime::from_timestamp_micros(place.key).unwrap_or_default().naive_utc();
        let past = changelog::listed_at.lt(at).or(changelog::id.lt(KeyValue::from(place.id)));
        query = query.filter(changelog::listed_at.le(at)).filter(past);
    }
    let found: Vec<(Row, Option<String>)> = query.load(conn)?;
    let places: HashMap<ChangelogEntryId, i64> = found
        .iter()
        .map(|(row, _)| (ChangelogEntryId::from(row.id), row.listed_at.and_utc().timestamp_micros()))
        .collect();
    let place = |written: &Written| {
        let id = written.entry.id;
        Place { lap: 0, key: places.get(&id).copied().unwrap_or_default(), id: id.uuid() }
    };
    Ok(Page::of(with_labels(conn, found)?, limit, place))
}

fn with_labels(conn: &mut AnyConnection, found: Vec<(Row, Option<String>)>) -> Result<Vec<Written>> {
    let ids: Vec<KeyValue> = found.iter().map(|(row, _)| row.id).collect();
    let rows: Vec<(KeyValue, String)> = changelog_labels::table
        .filter(changelog_labels::entry_id.eq_any(ids))
        .select((changelog_labels::entry_id, changelog_labels::label))
        .load(conn)?;
    let labels_of = |id: KeyValue| {
        let labels = rows.iter().filter(|(entry, _)| *entry == id);
        Label::sorted(&labels.filter_map(|(_, label)| Label::of_key(label)).collect::<Vec<_>>())
    };
    found
        .into_iter()
        .map(|(row, author_name)| {
            let labels = labels_of(row.id);
            Ok(Written { entry: row.entry(labels)?, author_name })
        })
        .collect()
}

/// Stores a new entry with the ideas it names.
///
/// # Errors
/// [`Error::Missing`] when its board went meanwhile.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, entry: &Entry, ideas: &[IdeaId]) -> Result<()> {
    diesel::insert_into(changelog::table)
        .values((
            changelog::id.eq(key(entry.id)),
            changelog::board_id.eq(board_of(entry).map(key)),
            changelog::author_id.eq(entry.author_id.map(key)),
            changelog::created_at.eq(entry.created_at.naive_utc()),
            changes(entry),
        ))
        .execute(conn)
        .map_err(dangling(Error::Missing))?;
    put_labels(conn, entry)?;
    links::set(conn, entry.id, ideas)?;
    outbox::write(conn, stamp, &[event(entry, ChangelogEvent::Created)])
}

/// Stores an entry as the version after the one that was read; `ideas` replaces those it names, where it is given.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    entry: &Entry,
    ideas: Option<&[IdeaId]>,
) -> Result<()> {
    let rows = diesel::update(changelog::table.find(key(entry.id)))
        .filter(changelog::version.eq(entry.version - 1))
        .set(changes(entry))
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    diesel::delete(changelog_labels::table.filter(changelog_labels::entry_id.eq(key(entry.id))))
        .execute(conn)?;
    put_labels(conn, entry)?;
    if let Some(ideas) = ideas {
        links::set(conn, entry.id, ideas)?;
    }
    let mut events = vec![event(entry, ChangelogEvent::Updated)];
    // A draft was announced only if it was out before. Under which id its supporters were told stays for the next time.
    if entry.publish_at.is_none() {
        let announced = changelog::table.find(key(entry.id)).filter(changelog::announced_at.is_not_null());
        let withdrawn =
            diesel::update(announced).set(changelog::announced_at.eq(None::<NaiveDateTime>)).execute(conn)?;
        events.extend((withdrawn == 1).then(|| event(entry, ChangelogEvent::Withdrawn)));
    }
    outbox::write(conn, stamp, &events)
}

/// Deletes an entry, and what was told of it.
///
/// # Errors
/// Only when the database fails.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, entry: &Entry) -> Result<()> {
    let row = changelog::table.find(key(entry.id));
    let notice: Option<KeyValue> = row.select(changelog::notice_id).first(conn)?;
    if let Some(notice) = notice {
        diesel::delete(notifications::table.filter(notifications::id.eq(notice)))
            .filter(notifications::kind.eq(diesel::dsl::sql("'announced'")))
            .execute(conn)?;
    }
    diesel::delete(activities::table.filter(activities::entry_id.eq(key(entry.id)))).execute(conn)?;
    diesel::delete(row).execute(conn)?;
    outbox::write(conn, stamp, &[event(entry, ChangelogEvent::Deleted)])
}

fn put_labels(conn: &mut AnyConnection, entry: &Entry) -> Result<()> {
    for label in &entry.labels {
        diesel::insert_into(changelog_labels::table)
            .values((changelog_labels::label.eq(label.key()), changelog_labels::entry_id.eq(key(entry.id))))
            .execute(conn)?;
    }
    Ok(())
}

pub(super) fn event(entry: &Entry, what: ChangelogEvent) -> Event {
    Event::Changelog { entry: entry.id, board: board_of(entry), what }
}

fn board_of(entry: &Entry) -> Option<BoardId> {
    match entry.scope {
        Scope::Board(board) => Some(board),
        Scope::Audience(_) => None,
    }
}

#[derive(diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = changelog, treat_none_as_null = true)]
struct Changes<'a> {
    audience: Option<&'static str>,
    title: &'a str,
    body: &'a str,
    publish_at: Option<NaiveDateTime>,
    listed_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

fn changes(entry: &Entry) -> Changes<'_> {
    Changes {
        audience: match entry.scope {
            Scope::Board(_) => None,
            Scope::Audience(audience) => Some(audience.name()),
        },
        title: entry.title.as_str(),
        body: entry.body.as_str(),
        publish_at: entry.publish_at.map(|at| at.naive_utc()),
        listed_at: entry.publish_at.unwrap_or(entry.created_at).naive_utc(),
        updated_at: entry.updated_at.naive_utc(),
        version: entry.version,
    }
}
