//! What stands in the columns of a roadmap, in which order. Which ideas a reader sees is asked of [`crate::ideas::list`].

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _, dsl,
};
use domain::{
    Actor, BoardId, IdeaId, Refusal, RoadmapId, Stamp,
    events::{Event, RoadmapEvent},
    ideas::Idea,
    page::{Limit, Page, Place, Sort},
    roadmaps::{Columns, Roadmap, between, spread},
    statuses::StatusKey,
    text::Fault,
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    ideas::{
        Listed,
        list::{Boards, Boxed, Filter, Hits, base_of, narrowed, ordered, select},
    },
    key::{KeyValue, key},
    outbox,
    schema::{ideas, roadmap_ideas, roadmaps},
};

/// The ideas of a column that are placed come in the first lap of its list, the others of its status in the second.
const PLACED: u8 = 0;
const OTHERS: u8 = 1;

/// A column, and whose it is.
#[derive(Debug, Clone)]
pub struct Column {
    pub board: BoardId,
    /// None for the plain view of a board, which keeps no order.
    pub roadmap: Option<RoadmapId>,
    pub key: String,
    /// The status whose ideas stand here; on a roadmap by time, there is none.
    pub status: Option<StatusKey>,
}

impl Column {
    /// The column under this key, out of those of a roadmap or of the plain view of a board.
    #[must_use]
    pub fn of(board: BoardId, roadmap: Option<RoadmapId>, columns: &Columns, key: &str) -> Self {
        let status = match columns {
            Columns::Statuses(keys) => keys.iter().find(|status| status.as_str() == key).cloned(),
            Columns::Times(_) => None,
        };
        Self { board, roadmap, key: key.to_owned(), status }
    }

    /// What may be seen in it.
    fn filter(&self) -> Filter {
        Filter { status: self.status.clone(), ..Filter::of_boards(Boards::Only(vec![self.board])) }
    }

    fn rows<'a>(&self, conn: &mut AnyConnection, actor: &Actor) -> Result<Boxed<'a>> {
        let rows = narrowed(conn, base_of(actor), &self.filter(), Hits::Anywhere)?;
        rows.ok_or_else(|| Error::Broken("a column of no board".to_owned()))
    }
}

/// The ideas that are placed in a column, seen or not.
#[dsl::auto_type]
fn placed(roadmap: KeyValue, column: String) -> _ {
    roadmap_ideas::table
        .filter(roadmap_ideas::roadmap_id.eq(roadmap))
        .filter(roadmap_ideas::column_key.eq(column))
}

/// A page of a column as the actor sees it: what is placed in its order, then, by status, the others by votes.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    column: &Column,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Listed>> {
    let wanted = usize::try_from(limit.probe()).unwrap_or(0);
    let mut found: Vec<(Place, Listed)> = Vec::new();
    if let (Some(roadmap), PLACED) = (column.roadmap, after.map_or(PLACED, |place| place.lap)) {
        found = in_order(conn, actor, (column, roadmap), after, wanted)?;
    }
    if column.status.is_some() && found.len() < wanted {
        let after = after.filter(|place| place.lap == OTHERS);
        let mut rest = column.rows(conn, actor)?;
        if let Some(roadmap) = column.roadmap {
            let placed = placed(key(roadmap), column.key.clone()).select(roadmap_ideas::idea_id);
            rest = rest.filter(ideas::id.ne_all(placed));
        }
        let most = i64::try_from(wanted - found.len()).unwrap_or(0);
        let rest = select(conn, ordered(rest, &Sort::Top, 0, after), Some(most))?;
        found.extend(rest.into_iter().map(|listed| (by_votes(&listed), listed)));
    }
    Ok(Page::of(found, limit, |(place, _)| *place).map(|(_, listed)| listed))
}

fn by_votes(listed: &Listed) -> Place {
    Place { lap: OTHERS, key: listed.idea.vote_count, id: listed.idea.id.uuid() }
}

/// Up to `wanted` of the ideas placed in a column, from after a place. What the reader may not see is passed over.
fn in_order(
    conn: &mut AnyConnection,
    actor: &Actor,
    (column, roadmap): (&Column, RoadmapId),
    mut after: Option<Place>,
    wanted: usize,
) -> Result<Vec<(Place, Listed)>> {
    let mut found = Vec::new();
    while found.len() < wanted {
        let most = i64::try_from(wanted - found.len()).unwrap_or(0);
        let places = places_after(conn, (roadmap, &column.key), after, most)?;
        let ids: Vec<KeyValue> = places.iter().map(|place| place.id.into()).collect();
        let rows = column.rows(conn, actor)?.filter(ideas::id.eq_any(ids));
        let seen = select(conn, rows, None)?;
        for place in &places {
            let listed = seen.iter().find(|listed| listed.idea.id.uuid() == place.id);
            found.extend(listed.map(|listed| (*place, listed.clone())));
        }
        after = places.last().copied();
        if i64::try_from(places.len()).unwrap_or(0) < most {
            break;
        }
    }
    Ok(found)
}

/// Where the ideas of a column are, in its order.
fn places_after(
    conn: &mut AnyConnection,
    (roadmap, column): (RoadmapId, &str),
    after: Option<Place>,
    most: i64,
) -> Result<Vec<Place>> {
    let mut query = placed(key(roadmap), column.to_owned())
        .order((roadmap_ideas::position, roadmap_ideas::idea_id))
        .select((roadmap_ideas::position, roadmap_ideas::idea_id))
        .limit(most)
        .into_boxed();
    if let Some(place) = after {
        let id = KeyValue::from(place.id);
        let past = roadmap_ideas::position.gt(place.key).or(roadmap_ideas::idea_id.gt(id));
        query = query.filter(roadmap_ideas::position.ge(place.key)).filter(past);
    }
    let rows: Vec<(i64, KeyValue)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(position, id)| Place { lap: PLACED, key: position, id: id.uuid() }).collect())
}

/// How many ideas of a column the actor sees in all.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, actor: &Actor, column: &Column) -> Result<i64> {
    let mut rows = column.rows(conn, actor)?;
    if let (Some(roadmap), None) = (column.roadmap, &column.status) {
        let placed = placed(key(roadmap), column.key.clone()).select(roadmap_ideas::idea_id);
        rows = rows.filter(ideas::id.eq_any(placed));
    }
    Ok(rows.select(dsl::count_star()).first(conn)?)
}

/// Where in a column an idea goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    First,
    After(IdeaId),
    Last,
}

/// Puts an idea into a column, or to another place of it.
///
/// # Errors
/// [`Refusal::Unfit`] when the idea it is to come after is not placed in the column.
pub fn put(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    (roadmap, column): (&Roadmap, &str),
    idea: &Idea,
    place: Where,
) -> Result<()> {
    // Changes nothing but takes a lock: of two moves at once, the second sees what the first did.
    diesel::update(roadmaps::table.find(key(roadmap.id)))
        .set(roadmaps::version.eq(roadmaps::version))
        .execute(conn)?;
    let row = roadmap_ideas::table.find((key(roadmap.id), key(idea.id)));
    let present: Option<(String, i64)> =
        row.select((roadmap_ideas::column_key, roadmap_ideas::position)).first(conn).optional()?;
    let position = match free_position(conn, roadmap, column, idea.id, place)? {
        Some(position) => position,
        None => {
            give_room(conn, roadmap, column)?;
            let found = free_position(conn, roadmap, column, idea.id, place)?;
            found.ok_or_else(|| Error::Broken(format!("roadmap {}: no room", roadmap.id)))?
        }
    };
    if present.as_ref().is_some_and(|(key, there)| key == column && *there == position) {
        return Ok(());
    }
    match present {
        Some(_) => diesel::update(row)
            .set((roadmap_ideas::column_key.eq(column), roadmap_ideas::position.eq(position)))
            .execute(conn)?,
        None => diesel::insert_into(roadmap_ideas::table)
            .values((
                roadmap_ideas::roadmap_id.eq(key(roadmap.id)),
                roadmap_ideas::idea_id.eq(key(idea.id)),
                roadmap_ideas::column_key.eq(column),
                roadmap_ideas::position.eq(position),
            ))
            .execute(conn)?,
    };
    tell(conn, stamp, roadmap, RoadmapEvent::IdeaPlaced { idea: idea.id })
}

/// The position at a place of a column, the idea itself not counted; none when there is no room. Where it stands already,
/// it is the present one.
fn free_position(
    conn: &mut AnyConnection,
    roadmap: &Roadmap,
    column: &str,
    idea: IdeaId,
    place: Where,
) -> Result<Option<i64>> {
    let others = || placed(key(roadmap.id), column.to_owned()).filter(roadmap_ideas::idea_id.ne(key(idea)));
    let (before, after): (Option<i64>, Option<i64>) = match place {
        Where::First => (None, others().select(dsl::min(roadmap_ideas::position)).first(conn)?),
        Where::Last => (others().select(dsl::max(roadmap_ideas::position)).first(conn)?, None),
        Where::After(other) => {
            let row = others().filter(roadmap_ideas::idea_id.eq(key(other)));
            let before: Option<i64> = row.select(roadmap_ideas::position).first(conn).optional()?;
            let unfit = Refusal::Unfit { field: "after", fault: Fault::NotA("idea placed in the column") };
            let before = before.ok_or(unfit)?;
            let later = others().filter(roadmap_ideas::position.gt(before));
            (Some(before), later.select(dsl::min(roadmap_ideas::position)).first(conn)?)
        }
    };
    let mine: Option<i64> = placed(key(roadmap.id), column.to_owned())
        .filter(roadmap_ideas::idea_id.eq(key(idea)))
        .select(roadmap_ideas::position)
        .first(conn)
        .optional()?;
    let stays =
        |mine: &i64| before.is_none_or(|before| before < *mine) && after.is_none_or(|after| *mine < after);
    Ok(mine.filter(stays).or_else(|| between(before, after)))
}

/// Gives the ideas of a column positions anew, with room between them.
fn give_room(conn: &mut AnyConnection, roadmap: &Roadmap, column: &str) -> Result<()> {
    let ids: Vec<KeyValue> = placed(key(roadmap.id), column.to_owned())
        .order((roadmap_ideas::position, roadmap_ideas::idea_id))
        .select(roadmap_ideas::idea_id)
        .load(conn)?;
    for (nth, id) in ids.into_iter().enumerate() {
        diesel::update(roadmap_ideas::table.find((key(roadmap.id), id)))
            .set(roadmap_ideas::position.eq(spread(nth)))
            .execute(conn)?;
    }
    Ok(())
}

/// Takes an idea off a roadmap; off it, it stays. On one by status it then stands by its votes.
///
/// # Errors
/// Only when the database fails.
pub fn remove(conn: &mut AnyConnection, stamp: &Stamp, roadmap: &Roadmap, idea: IdeaId) -> Result<()> {
    match diesel::delete(roadmap_ideas::table.find((key(roadmap.id), key(idea)))).execute(conn)? {
        0 => Ok(()),
        _ => tell(conn, stamp, roadmap, RoadmapEvent::IdeaRemoved { idea }),
    }
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, roadmap: &Roadmap, what: RoadmapEvent) -> Result<()> {
    let event = Event::Roadmap { roadmap: roadmap.id, board: roadmap.board_id, what };
    outbox::write(conn, stamp, &[event])
}
