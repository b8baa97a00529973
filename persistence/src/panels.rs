//! The rows of trial panels. Who applied is in [`applications`], what was drawn in [`draws`], who sits in [`seats`],
//! what is sent to them in [`shipments`], what everybody may know of that in [`announcement`], how far they are in [`trials`], what they
//! did in [`missions`] and what they say in [`reports`].

pub mod announcement;
pub mod applications;
pub mod disclosure;
pub mod draws;
pub mod excuses;
pub(crate) mod forgetting;
pub mod metrics;
pub mod missions;
pub mod nonces;
pub mod reminders;
pub mod reports;
pub mod results;
pub mod retention;
pub mod seats;
pub mod shipments;
pub mod strikes;
pub mod trials;
pub mod voids;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    AsChangeset, ExpressionMethods as _, Insertable, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _,
};
use domain::{
    Actor, IdeaId, MemberId, PanelId, SegmentId, Stamp,
    access::Permission,
    attachments::Place,
    digest,
    events::{Event, PanelEvent},
    members::Role,
    page::{self, Limit, Page},
    panels::{
        Barred, Marks, Panel,
        bands::{Bands, value_of},
        terms::Terms,
    },
};

use crate::{
    attachments::links,
    boards::{self, BoardRef},
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    members::attributes::attributes,
    outbox,
    schema::{members, panels, segment_members},
    votes,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = panels, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    terms: String,
    rules_hash: Option<String>,
    published_at: Option<NaiveDateTime>,
    recruited_at: Option<NaiveDateTime>,
    locked_at: Option<NaiveDateTime>,
    drawn_at: Option<NaiveDateTime>,
    announced_at: Option<NaiveDateTime>,
    closed_at: Option<NaiveDateTime>,
    cancelled_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

impl TryFrom<Row> for Panel {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let utc = |at: Option<NaiveDateTime>| at.map(|at| at.and_utc());
        let terms: Terms = from_json(&row.terms)?;
        let rules_hash = row.rules_hash.as_deref().map(|hash| {
            digest::of_hex(hash).ok_or_else(|| Error::Broken(format!("panel {}: odd hash", row.id.uuid())))
        });
        Ok(Self {
            id: row.id.into(),
            terms,
            marks: Marks {
                published_at: utc(row.published_at),
                recruited_at: utc(row.recruited_at),
                locked_at: utc(row.locked_at),
                drawn_at: utc(row.drawn_at),
                announced_at: utc(row.announced_at),
                closed_at: utc(row.closed_at),
                cancelled_at: utc(row.cancelled_at),
            },
            rules_hash: rules_hash.transpose()?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

/// What is kept as JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Broken(format!("a column of a panel: {error}")))
}

pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Broken(error.to_string()))
}

/// The panel, if the actor may know of it.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, actor: &Actor, id: PanelId) -> Result<Panel> {
    let panel: Panel = panels::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()?;
    if panel.is_for(actor) { Ok(panel) } else { Err(Error::Missing) }
}

/// Those of these panels that the actor may know of.
///
/// # Errors
/// Only when the database fails.
pub fn of_ids(conn: &mut AnyConnection, actor: &Actor, ids: &[PanelId]) -> Result<HashMap<PanelId, Panel>> {
    let these = panels::id.eq_any(ids.iter().copied().map(key));
    let rows: Vec<Row> = panels::table.filter(these).select(Row::as_select()).load(conn)?;
    let found = rows.into_iter().map(Panel::try_from).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|panel| panel.is_for(actor)).map(|panel| (panel.id, panel)).collect())
}

/// The panels that the actor may know of, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    after: Option<page::Place>,
    limit: Limit,
) -> Result<Page<Panel>> {
    let mut query = panels::table.order(panels::id.desc()).limit(limit.probe()).into_boxed();
    if actor.ensure(Permission::ManagePanels).is_err() {
        query = query.filter(panels::published_at.is_not_null());
    }
    if let Some(after) = after {
        query = query.filter(panels::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn)?;
    let found = rows.into_iter().map(Panel::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |panel| page::Place { lap: 0, key: 0, id: panel.id.uuid() }))
}

/// What these panels are called.
///
/// # Errors
/// Only when the database fails.
pub fn titles(conn: &mut AnyConnection, ids: &[PanelId]) -> Result<HashMap<PanelId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(KeyValue, String)> = panels::table
        .filter(panels::id.eq_any(ids.iter().copied().map(key)))
        .select((panels::id, panels::terms))
        .load(conn)?;
    let title = |(id, terms): (KeyValue, String)| {
        let terms: Terms = from_json(&terms)?;
        Ok((PanelId::from(id), terms.title))
    };
    rows.into_iter().map(title).collect()
}

/// Stores a new panel, with a secret that its lines are hashed with.
///
/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, panel: &Panel, secret: &str) -> Result<()> {
    diesel::insert_into(panels::table)
        .values((
            panels::id.eq(key(panel.id)),
            panels::secret.eq(secret),
            panels::created_at.eq(panel.created_at.naive_utc()),
            changes(panel)?,
        ))
        .execute(conn)?;
    tell(conn, stamp, panel.id, PanelEvent::Created)
}

/// Stores a panel as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, panel: &Panel, what: PanelEvent) -> Result<()> {
    let rows = diesel::update(panels::table.find(key(panel.id)))
        .filter(panels::version.eq(panel.version - 1))
        .set(changes(panel)?)
        .execute(conn)?;
    match rows {
        0 => Err(Error::Contended),
        _ => tell(conn, stamp, panel.id, what),
    }
}

/// Deletes a panel that nobody applied to.
///
/// # Errors
/// Only when the database fails.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, id: PanelId) -> Result<()> {
    links::clear(conn, stamp.at, Place::Panel(id))?;
    diesel::delete(panels::table.find(key(id))).execute(conn)?;
    tell(conn, stamp, id, PanelEvent::Deleted)
}

/// Waits for whoever changes the panel, and keeps others waiting until this change is done.
///
/// # Errors
/// Only when the database fails.
pub fn be_alone_with(conn: &mut AnyConnection, id: PanelId) -> Result<()> {
    diesel::update(panels::table.find(key(id))).set(panels::version.eq(panels::version)).execute(conn)?;
    Ok(())
}

/// What the panel is hashed with.
///
/// # Errors
/// [`Error::Missing`].
pub fn secret(conn: &mut AnyConnection, id: PanelId) -> Result<String> {
    Ok(panels::table.find(key(id)).select(panels::secret).first(conn)?)
}

/// What these panels are hashed with.
///
/// # Errors
/// Only when the database fails.
pub fn secrets(conn: &mut AnyConnection, ids: &[PanelId]) -> Result<HashMap<PanelId, String>> {
    let rows: Vec<(KeyValue, String)> = panels::table
        .filter(panels::id.eq_any(ids.iter().copied().map(key)))
        .select((panels::id, panels::secret))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, secret)| (id.into(), secret)).collect())
}

/// What each customer who is not blocked counts as, by these attributes; of the members of any of the segments, where there are
/// some.
///
/// # Errors
/// Only when the database fails.
pub fn population(
    conn: &mut AnyConnection,
    segments: &[SegmentId],
    names: &[String],
    bands: &Bands,
) -> Result<Vec<BTreeMap<String, String>>> {
    let mut query = members::table
        .filter(members::role.eq(Role::Member.name()))
        .filter(members::blocked_at.is_null())
        .select(members::attributes)
        .into_boxed();
    if !segments.is_empty() {
        let held = segment_members::table
            .filter(segment_members::segment_id.eq_any(segments.iter().copied().map(key)))
            .select(segment_members::member_id);
        query = query.filter(members::id.eq_any(held));
    }
    let rows: Vec<String> = query.load(conn)?;
    let known = |text: &String| {
        let known = attributes(text).unwrap_or_default();
        let of =
            names.iter().filter_map(|name| Some((name.clone(), value_of(bands, name, known.get(name)?)?)));
        of.collect()
    };
    Ok(rows.iter().map(known).collect())
}

/// Whether a member is among those the panel is for.
///
/// # Errors
/// [`Barred::NotInvited`].
pub fn ensure_invited(
    conn: &mut AnyConnection,
    actor: &Actor,
    panel: &Panel,
    member: MemberId,
) -> Result<()> {
    let audience = &panel.terms.audience;
    if !audience.segments.is_empty() {
        let segments: Vec<KeyValue> = audience.segments.iter().copied().map(KeyValue::from).collect();
        let holding: i64 = segment_members::table
            .filter(segment_members::member_id.eq(key(member)))
            .filter(segment_members::segment_id.eq_any(segments))
            .count()
            .get_result(conn)?;
        ensure(holding > 0)?;
    }
    if let Some(board) = audience.board {
        match boards::find(conn, actor, &BoardRef::Id(board.into())) {
            Ok(_) => {}
            Err(Error::Missing) => ensure(false)?,
            Err(error) => return Err(error),
        }
    }
    if let Some(idea) = audience.supporters_of {
        ensure(votes::exists(conn, IdeaId::from(idea), member)?)?;
    }
    Ok(())
}

fn ensure(invited: bool) -> Result<()> {
    if invited { Ok(()) } else { Err(Error::Refused(Barred::NotInvited.into())) }
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, panel: PanelId, what: PanelEvent) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Panel { panel, what }])
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = panels, treat_none_as_null = true)]
struct Changes {
    terms: String,
    rules_hash: Option<String>,
    published_at: Option<NaiveDateTime>,
    recruited_at: Option<NaiveDateTime>,
    locked_at: Option<NaiveDateTime>,
    drawn_at: Option<NaiveDateTime>,
    announced_at: Option<NaiveDateTime>,
    closed_at: Option<NaiveDateTime>,
    cancelled_at: Option<NaiveDateTime>,
    updated_at: NaiveDateTime,
    version: i32,
}

fn changes(panel: &Panel) -> Result<Changes> {
    let naive = |at: Option<DateTime<Utc>>| at.map(|at| at.naive_utc());
    let marks = &panel.marks;
    Ok(Changes {
        terms: to_json(&panel.terms)?,
        rules_hash: panel.rules_hash.as_ref().map(digest::hex),
        published_at: naive(marks.published_at),
        recruited_at: naive(marks.recruited_at),
        locked_at: naive(marks.locked_at),
        drawn_at: naive(marks.drawn_at),
        announced_at: naive(marks.announced_at),
        closed_at: naive(marks.closed_at),
        cancelled_at: naive(marks.cancelled_at),
        updated_at: panel.updated_at.naive_utc(),
        version: panel.version,
    })
}
