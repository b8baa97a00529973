//! The rows of statuses: what a board calls the steps of its ideas, and which may follow which.

use std::collections::HashMap;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable,
    SelectableHelper as _, dsl::max,
};
use domain::{
    BoardId, Refusal, Stamp, StatusId,
    events::Event,
    names::Bilingual,
    statuses::{Category, Colour, Freezes, MOST_STATUSES, Status, StatusKey},
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, Unique, dangling, taken},
    key::{KeyValue, key},
    outbox,
    schema::{ideas, status_steps, statuses},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = statuses, check_for_backend(MultiBackend))]
pub(crate) struct Row {
    id: KeyValue,
    board_id: KeyValue,
    key: String,
    name_ko: String,
    name_en: String,
    colour: String,
    position: i32,
    category: String,
    freezes_votes: bool,
    freezes_comments: bool,
    freezes_edits: bool,
    restricted: bool,
    version: i32,
}

impl TryFrom<Row> for Status {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("status {}: odd {what}", row.id.uuid()));
        Ok(Self {
            id: row.id.into(),
            board_id: row.board_id.into(),
            key: StatusKey::try_from(&*row.key).map_err(|_| odd("key"))?,
            colour: Colour::try_from(&*row.colour).map_err(|_| odd("colour"))?,
            category: Category::of_key(&row.category).ok_or_else(|| odd("category"))?,
            name: Bilingual { ko: row.name_ko, en: row.name_en },
            position: row.position,
            freezes: Freezes {
                votes: row.freezes_votes,
                comments: row.freezes_comments,
                edits: row.freezes_edits,
            },
            restricted: row.restricted,
            version: row.version,
        })
    }
}

/// A status and the keys of those that may follow it, where that is restricted.
#[derive(Debug, Clone)]
pub struct Step {
    pub status: Status,
    pub next: Vec<StatusKey>,
}

/// The statuses of a board, in its order.
///
/// # Errors
/// Only when the database fails.
pub fn of_board(conn: &mut AnyConnection, board: BoardId) -> Result<Vec<Step>> {
    let rows: Vec<Row> = statuses::table
        .filter(statuses::board_id.eq(key(board)))
        .order((statuses::position, statuses::id))
        .select(Row::as_select())
        .load(conn)?;
    let found = rows.into_iter().map(Status::try_from).collect::<Result<Vec<_>>>()?;
    let ids: Vec<KeyValue> = found.iter().map(|status| key(status.id)).collect();
    let steps: Vec<(KeyValue, KeyValue)> = status_steps::table
        .filter(status_steps::status_id.eq_any(ids))
        .select((status_steps::status_id, status_steps::next_id))
        .load(conn)?;
    let mut next: HashMap<StatusId, Vec<StatusKey>> = HashMap::new();
    // In the order of the board, whatever order the steps came in.
    for to in &found {
        for (from, _) in steps.iter().filter(|(_, next)| StatusId::from(*next) == to.id) {
            next.entry((*from).into()).or_default().push(to.key.clone());
        }
    }
    Ok(found
        .into_iter()
        .map(|status| Step { next: next.remove(&status.id).unwrap_or_default(), status })
        .collect())
}

/// The board a status belongs to.
///
/// # Errors
/// [`Error::Missing`].
pub fn board_of(conn: &mut AnyConnection, id: StatusId) -> Result<BoardId> {
    let board: KeyValue =
        statuses::table.filter(statuses::id.eq(key(id))).select(statuses::board_id).first(conn)?;
    Ok(board.into())
}

/// The status of a board under this key.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, board: BoardId, wanted: &StatusKey) -> Result<Step> {
    let steps = of_board(conn, board)?;
    steps.into_iter().find(|step| step.status.key == *wanted).ok_or(Error::Missing)
}

/// The first status of a category in the order of the board: that of a new idea, or of a merged one.
///
/// # Errors
/// [`Error::Broken`] when there is none, which a board is kept from.
pub fn first(conn: &mut AnyConnection, board: BoardId, category: Category) -> Result<Status> {
    let row: Option<Row> = statuses::table
        .filter(statuses::board_id.eq(key(board)))
        .filter(statuses::category.eq(category.key()))
        .order((statuses::position, statuses::id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.ok_or_else(|| Error::Broken(format!("board {board} has no status {}", category.key())))?.try_into()
}

/// Stores the statuses a new board begins with.
pub(crate) fn insert_first(conn: &mut AnyConnection, stamp: &Stamp, board: BoardId) -> Result<()> {
    Status::first_of(board, stamp).iter().try_for_each(|status| put(conn, status))
}

/// Stores a new status at the end of its board's order.
///
/// # Errors
/// [`Error::Taken`] when the board has the key, [`Refusal::TooManyStatuses`], [`Error::Missing`] when a next one is
/// unknown.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, status: &Status, next: &[StatusKey]) -> Result<()> {
    let board = statuses::table.filter(statuses::board_id.eq(key(status.board_id)));
    let (count, last): (i64, Option<i32>) =
        (board.count().get_result(conn)?, board.select(max(statuses::position)).first(conn)?);
    if usize::try_from(count).unwrap_or(usize::MAX) >= MOST_STATUSES {
        return Err(Refusal::TooManyStatuses { most: MOST_STATUSES }.into());
    }
    put(conn, &Status { position: last.unwrap_or(0).saturating_add(1), ..status.clone() })?;
    put_next(conn, status, next)?;
    outbox::write(conn, stamp, &[Event::BoardStatusesChanged { board: status.board_id }])
}

fn put(conn: &mut AnyConnection, status: &Status) -> Result<()> {
    diesel::insert_into(statuses::table)
        .values((
            statuses::id.eq(key(status.id)),
            statuses::board_id.eq(key(status.board_id)),
            statuses::key.eq(status.key.as_str()),
            changes(status),
        ))
        .execute(conn)
        .map_err(taken(Unique::StatusKey))?;
    Ok(())
}

/// Stores a status as the version after the one that was read; `next` replaces those that may follow it.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile, [`Refusal::StatusInUse`] when its category would change under
/// ideas that have it, [`Refusal::LastOfCategory`] when its board would be left without a category it needs,
/// [`Error::Missing`] when a next one is unknown.
pub fn update(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    before: &Status,
    after: &Status,
    next: &[StatusKey],
) -> Result<()> {
    if before.category != after.category {
        ensure_unused(conn, before)?;
        ensure_spare(conn, before)?;
    }
    let rows = diesel::update(statuses::table.filter(statuses::id.eq(key(after.id))))
        .filter(statuses::version.eq(before.version))
        .set(changes(after))
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    diesel::delete(status_steps::table.filter(status_steps::status_id.eq(key(after.id)))).execute(conn)?;
    put_next(conn, after, next)?;
    outbox::write(conn, stamp, &[Event::BoardStatusesChanged { board: after.board_id }])
}

fn put_next(conn: &mut AnyConnection, status: &Status, next: &[StatusKey]) -> Result<()> {
    for wanted in next {
        let to: KeyValue =
            statuses::table.find((key(status.board_id), wanted.as_str())).select(statuses::id).first(conn)?;
        diesel::insert_into(status_steps::table)
            .values((status_steps::status_id.eq(key(status.id)), status_steps::next_id.eq(to)))
            .execute(conn)?;
    }
    Ok(())
}

/// Deletes a status that no idea has.
///
/// # Errors
/// [`Refusal::StatusInUse`], [`Refusal::LastOfCategory`].
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, status: &Status) -> Result<()> {
    ensure_unused(conn, status)?;
    ensure_spare(conn, status)?;
    // An idea may have come to it since.
    diesel::delete(statuses::table.filter(statuses::id.eq(key(status.id))))
        .execute(conn)
        .map_err(dangling(Refusal::StatusInUse))?;
    outbox::write(conn, stamp, &[Event::BoardStatusesChanged { board: status.board_id }])
}

fn ensure_unused(conn: &mut AnyConnection, status: &Status) -> Result<()> {
    let idea: Option<KeyValue> = ideas::table
        .filter(ideas::board_id.eq(key(status.board_id)))
        .filter(ideas::status.eq(status.key.as_str()))
        .select(ideas::id)
        .first(conn)
        .optional()?;
    if idea.is_some() { Err(Refusal::StatusInUse.into()) } else { Ok(()) }
}

/// A board cannot do without a status for new ideas and one for merged ones.
fn ensure_spare(conn: &mut AnyConnection, status: &Status) -> Result<()> {
    if !matches!(status.category, Category::Open | Category::Merged) {
        return Ok(());
    }
    let others: i64 = statuses::table
        .filter(statuses::board_id.eq(key(status.board_id)))
        .filter(statuses::category.eq(status.category.key()))
        .filter(statuses::id.ne(key(status.id)))
        .count()
        .get_result(conn)?;
    if others == 0 { Err(Refusal::LastOfCategory.into()) } else { Ok(()) }
}

#[derive(diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = statuses)]
struct Changes<'a> {
    name_ko: &'a str,
    name_en: &'a str,
    colour: &'a str,
    position: i32,
    category: &'static str,
    freezes_votes: bool,
    freezes_comments: bool,
    freezes_edits: bool,
    restricted: bool,
    version: i32,
}

fn changes(status: &Status) -> Changes<'_> {
    Changes {
        name_ko: &status.name.ko,
        name_en: &status.name.en,
        colour: status.colour.as_str(),
        position: status.position,
        category: status.category.key(),
        freezes_votes: status.freezes.votes,
        freezes_comments: status.freezes.comments,
        freezes_edits: status.freezes.edits,
        restricted: status.restricted,
        version: status.version,
    }
}
