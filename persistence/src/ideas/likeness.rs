//! The ideas most like another: for whoever is about to post one that is there already.

use diesel::{ExpressionMethods as _, QueryDsl as _};
use domain::{Actor, BoardId, duplicates::Gist, markdown, search::Query};

use super::{
    Listed,
    list::{Boards, Filter, Hits, base_of, narrowed, select},
};
use crate::{connection::AnyConnection, error::Result, schema::ideas, search};

/// The ideas of a board most like a title and a body, best first, each with its [`Gist::likeness`].
///
/// # Errors
/// Only when the database fails.
pub fn similar(
    conn: &mut AnyConnection,
    actor: &Actor,
    board: BoardId,
    title: &str,
    body: &str,
    most: usize,
) -> Result<Vec<(f64, Listed)>> {
    let wanted = Gist::new(title, &markdown::excerpt(body));
    let ids = search::candidates(conn, board, wanted.title())?;
    let mut filter = Filter::of_boards(Boards::Only(vec![board]));
    if ids.is_empty() {
        // Made of words that everybody uses, if of any: then those that hold all of them, the best first.
        filter.query = Some(Query::new(title));
    }
    let Some(query) = narrowed(conn, base_of(actor), &filter, Hits::InTitle)? else { return Ok(Vec::new()) };
    let rows = match ids.is_empty() {
        true => select(conn, query.order((ideas::vote_count.desc(), ideas::id.desc())), Some(MOST_COMMON))?,
        false => select(conn, query.filter(ideas::id.eq_any(ids)), None)?,
    };
    let mut scored: Vec<(f64, Listed)> = rows
        .into_iter()
        .map(|listed| (wanted.likeness(&Gist::new(&listed.title, &listed.excerpt)), listed))
        .filter(|(score, _)| *score >= LEAST_LIKENESS)
        .collect();
    scored.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| y.idea.id.cmp(&x.idea.id)));
    scored.truncate(most);
    Ok(scored)
}

/// How many are looked at where only common words are given.
const MOST_COMMON: i64 = 60;

/// Below this, two ideas share no more than words that everybody uses.
const LEAST_LIKENESS: f64 = 0.15;
