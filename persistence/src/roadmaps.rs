//! The rows of roadmaps. What stands in their columns is in [`places`].

mod form;
pub mod places;

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    Actor, Audience, BoardId, Refusal, RoadmapId, Stamp,
    events::{Event, RoadmapEvent},
    roadmaps::{Columns, MOST_ROADMAPS, Roadmap, RoadmapName},
};

use crate::{
    boards::{self, BoardRef, Seen},
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, dangling},
    key::{KeyValue, key},
    outbox,
    schema::{boards as boards_table, roadmap_ideas, roadmaps},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = roadmaps, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    board_id: KeyValue,
    name: String,
    audience: String,
    kind: String,
    layout: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

impl TryFrom<Row> for Roadmap {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("roadmap {}: odd {what}", row.id.uuid()));
        Ok(Self {
            id: row.id.into(),
            board_id: row.board_id.into(),
            name: RoadmapName::try_from(&*row.name).map_err(|_| odd("name"))?,
            audience: Audience::named(&row.audience).ok_or_else(|| odd("audience"))?,
            columns: form::columns(&row.kind, &row.layout).ok_or_else(|| odd("columns"))?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

/// The roadmap and its board, if it is for the actor and they may view the board.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, actor: &Actor, id: RoadmapId) -> Result<(Roadmap, Seen)> {
    let row: Row = roadmaps::table.find(key(id)).select(Row::as_select()).first(conn)?;
    let roadmap = Roadmap::try_from(row)?;
    let seen = boards::find(conn, actor, &BoardRef::Id(roadmap.board_id))?;
    let invited = boards::is_on_list(conn, actor, roadmap.board_id)?;
    match roadmap.is_for(actor, invited) {
        true => Ok((roadmap, seen)),
        false => Err(Error::Missing),
    }
}

/// The roadmaps of a board that are for the actor, the oldest first.
///
/// # Errors
/// Only when the database fails.
pub fn of_board(conn: &mut AnyConnection, actor: &Actor, seen: &Seen) -> Result<Vec<Roadmap>> {
    let rows: Vec<Row> = roadmaps::table
        .filter(roadmaps::board_id.eq(key(seen.board.id)))
        .order(roadmaps::id)
        .select(Row::as_select())
        .load(conn)?;
    let all = rows.into_iter().map(Roadmap::try_from).collect::<Result<Vec<_>>>()?;
    let invited = boards::is_on_list(conn, actor, seen.board.id)?;
    Ok(all.into_iter().filter(|roadmap| roadmap.is_for(actor, invited)).collect())
}

/// Stores a new roadmap.
///
/// # Errors
/// [`Refusal::TooManyRoadmaps`].
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, roadmap: &Roadmap) -> Result<()> {
    // Changes nothing but takes a lock: of two that come at once, only one may be the last.
    diesel::update(boards_table::table.find(key(roadmap.board_id)))
        .set(boards_table::version.eq(boards_table::version))
        .execute(conn)?;
    let of_board = roadmaps::table.filter(roadmaps::board_id.eq(key(roadmap.board_id)));
    let there: i64 = of_board.count().get_result(conn)?;
    if usize::try_from(there).unwrap_or(usize::MAX) >= MOST_ROADMAPS {
        return Err(Refusal::TooManyRoadmaps { most: MOST_ROADMAPS }.into());
    }
    let kind = match roadmap.columns {
        Columns::Statuses(_) => form::BY_STATUS,
        Columns::Times(_) => form::BY_TIME,
    };
    diesel::insert_into(roadmaps::table)
        .values((
            roadmaps::id.eq(key(roadmap.id)),
            roadmaps::board_id.eq(key(roadmap.board_id)),
            roadmaps::kind.eq(kind),
            roadmaps::created_at.eq(roadmap.created_at.naive_utc()),
            changes(roadmap),
        ))
        .execute(conn)
        .map_err(dangling(Error::Missing))?;
    tell(conn, stamp, roadmap, RoadmapEvent::Created)
}

/// Stores a roadmap as the version after the one that was read; what stood in a column that it has no more, is off it.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, roadmap: &Roadmap) -> Result<()> {
    let rows = diesel::update(roadmaps::table.find(key(roadmap.id)))
        .filter(roadmaps::version.eq(roadmap.version - 1))
        .set(changes(roadmap))
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    diesel::delete(roadmap_ideas::table.filter(roadmap_ideas::roadmap_id.eq(key(roadmap.id))))
        .filter(roadmap_ideas::column_key.ne_all(roadmap.columns.keys()))
        .execute(conn)?;
    tell(conn, stamp, roadmap, RoadmapEvent::Updated)
}

/// Deletes a roadmap; the ideas stay what they are.
///
/// # Errors
/// Only when the database fails.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, roadmap: &Roadmap) -> Result<()> {
    diesel::delete(roadmaps::table.find(key(roadmap.id))).execute(conn)?;
    tell(conn, stamp, roadmap, RoadmapEvent::Deleted)
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, roadmap: &Roadmap, what: RoadmapEvent) -> Result<()> {
    let board: BoardId = roadmap.board_id;
    outbox::write(conn, stamp, &[Event::Roadmap { roadmap: roadmap.id, board, what }])
}

#[derive(diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = roadmaps)]
struct Changes<'a> {
    name: &'a str,
    audience: &'static str,
    layout: String,
    updated_at: NaiveDateTime,
    version: i32,
}

fn changes(roadmap: &Roadmap) -> Changes<'_> {
    Changes {
        name: roadmap.name.as_str(),
        audience: roadmap.audience.name(),
        layout: form::text(&roadmap.columns),
        updated_at: roadmap.updated_at.naive_utc(),
        version: roadmap.version,
    }
}
