//! What the numbers of the loop are counted from.

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
    connection::DefaultLoadingMode,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamp},
};
use domain::{
    BoardId, IdeaId,
    answers::Happening,
    insights::{Period, Trace},
    statuses::Category,
};

use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{Key, KeyValue, key},
    schema::{idea_texts, ideas},
    written::Written,
};

/// Gives each idea made on the boards in the period, without the deleted and the merged, to `count`: one by one, so that
/// a hundred thousand of them take no memory.
///
/// # Errors
/// Only when the database fails.
pub fn each(
    conn: &mut AnyConnection,
    boards: &[BoardId],
    period: &Period,
    mut count: impl FnMut(&Trace),
) -> Result<()> {
    type Row = (KeyValue, NaiveDateTime, String, Option<NaiveDateTime>);
    // SQLite would rather look up the responses by their key, and read past all their words.
    let index = match conn {
        AnyConnection::Sqlite(_) => "INDEXED BY responses_first ",
        AnyConnection::Postgres(_) => "",
    };
    let rows = Written::<(Key, Timestamp, Text, Nullable<Timestamp>)>::new(
        "SELECT ideas.id, ideas.created_at, ideas.category, responses.created_at FROM ideas LEFT JOIN responses ",
    )
    .then(Written::new(index))
    // The version stands in the statement, because the index holds the first ones alone.
    .then(Written::new("ON responses.idea_id = ideas.id AND responses.version = 1 WHERE "))
    .then(cohort(boards, period));
    for row in rows.load_iter::<Row, DefaultLoadingMode>(conn)? {
        let (id, created_at, category, answered_at) = row?;
        let category = Category::of_key(&category)
            .ok_or_else(|| Error::Broken(format!("idea {}: odd category", id.uuid())))?;
        count(&Trace {
            idea: id.into(),
            created_at: created_at.and_utc(),
            decided: category.is_decided(),
            answered_at: answered_at.map(|at| at.and_utc()),
        });
    }
    Ok(())
}

/// Of the news of the period about ideas of the boards: how many supporters they had in all, and how many of those were
/// told.
///
/// # Errors
/// Only when the database fails.
pub fn reach(conn: &mut AnyConnection, boards: &[BoardId], period: &Period) -> Result<(i64, i64)> {
    let news = [Happening::StatusChanged, Happening::Responded, Happening::Merged].map(Happening::key);
    let sums = Written::<(BigInt, BigInt)>::new(
        "SELECT CAST(coalesce(sum(activities.supporters), 0) AS BIGINT), \
         CAST(coalesce(sum(activities.told), 0) AS BIGINT) FROM activities \
         JOIN ideas ON ideas.id = activities.idea_id \
         WHERE activities.supporters IS NOT NULL AND activities.kind IN (",
    )
    .then(listed(news))
    // An expression, so that SQLite finds the idea by its id alone and not anew on each board.
    .then(Written::new(") AND ideas.hidden_at IS NULL AND coalesce(ideas.board_id, ideas.id) IN ("))
    .then(boards_of(boards))
    .then(Written::new(")"))
    .then(within("activities.created_at", period));
    Ok(sums.get_result(conn)?)
}

/// How many found the present responses to the ideas of [`each`] helpful, and how many did not.
///
/// # Errors
/// Only when the database fails.
pub fn ratings(conn: &mut AnyConnection, boards: &[BoardId], period: &Period) -> Result<(i64, i64)> {
    let groups: Vec<(bool, i64)> = Written::<(Bool, BigInt)>::new(
        "SELECT ratings.helpful, count(*) FROM ideas \
         JOIN response_ratings AS ratings ON ratings.idea_id = ideas.id WHERE NOT EXISTS (SELECT 1 FROM responses \
         WHERE responses.idea_id = ratings.idea_id AND responses.version > ratings.version) AND ",
    )
    .then(cohort(boards, period))
    .then(Written::new(" GROUP BY ratings.helpful"))
    .load(conn)?;
    let of =
        |wanted: bool| groups.iter().filter(|(helpful, _)| *helpful == wanted).map(|(_, count)| count).sum();
    Ok((of(true), of(false)))
}

/// What an idea is called, where it is and how many want it.
#[derive(Debug, Clone)]
pub struct Named {
    pub idea: IdeaId,
    pub board: BoardId,
    pub title: String,
    pub vote_count: i64,
}

/// The names of some ideas, in no order.
///
/// # Errors
/// Only when the database fails.
pub fn names(conn: &mut AnyConnection, ids: &[IdeaId]) -> Result<Vec<Named>> {
    let rows: Vec<(KeyValue, KeyValue, String, i64)> = ideas::table
        .inner_join(idea_texts::table)
        .filter(ideas::id.eq_any(ids.iter().copied().map(key).collect::<Vec<_>>()))
        .select((ideas::id, ideas::board_id, idea_texts::title, ideas::vote_count))
        .load(conn)?;
    let named = |(id, board, title, vote_count): (KeyValue, KeyValue, _, _)| Named {
        idea: id.into(),
        board: board.into(),
        title,
        vote_count,
    };
    Ok(rows.into_iter().map(named).collect())
}

/// The ideas that are counted.
fn cohort(boards: &[BoardId], period: &Period) -> Written {
    Written::new("ideas.board_id IN (")
        .then(boards_of(boards))
        .then(Written::new(") AND ideas.hidden_at IS NULL AND ideas.merged_into IS NULL"))
        .then(within("ideas.created_at", period))
}

fn boards_of(boards: &[BoardId]) -> Written {
    // No board has the id of none, so that a reader of no board counts nothing.
    let none = BoardId::from(uuid::Uuid::nil());
    listed(boards.iter().copied().chain(boards.is_empty().then_some(none)))
}

fn within(column: &'static str, period: &Period) -> Written {
    Written::new(format!(" AND {column} >= "))
        .with(period.begins().naive_utc(), format!(" AND {column} < "))
        .with(period.ends().naive_utc(), "")
}

fn listed(values: impl IntoIterator<Item = impl Into<crate::written::Value>>) -> Written {
    let first = std::iter::once("");
    let commas = first.chain(std::iter::repeat(", "));
    values
        .into_iter()
        .zip(commas)
        .fold(Written::new(""), |list, (value, comma)| list.then(Written::new(comma).with(value, "")))
}
