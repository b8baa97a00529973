//! Where the two databases differ most: the index of terms that narrows a search.
//!
//! The index only narrows: what is a hit is decided by looking for the needles in the folded text, by the same function
//! on both. SQLite keeps the terms in an FTS5 table, PostgreSQL in a `tsvector` without positions, so that its limits on
//! positions do not matter.

use std::collections::BTreeSet;

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
    sql_types::{Array, BigInt, Text},
};
use domain::{
    BoardId, IdeaId,
    search::{Folded, Query},
};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::{Key, KeyValue, key},
};

/// Where the needles are to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    Title,
    Whole,
}

/// How a search goes about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Few ideas hold the terms: take them from the index and sort them. The text is the index's own query.
    Narrow(String),
    /// Many do: read along the order that is asked for and stop when the page is full.
    Walk,
}

/// Up to so many candidates are sorted; beyond, a page is filled sooner by reading along the order.
const FEW: i64 = 2_000;

/// Puts the terms of an idea into the index, in place of those it had.
pub(crate) fn index(
    conn: &mut AnyConnection,
    idea: IdeaId,
    board: BoardId,
    title: &Folded,
    body: &Folded,
) -> Result<()> {
    remove(conn, idea)?;
    let mut title_terms = title.terms();
    title_terms.insert(board_term(board));
    match conn {
        AnyConnection::Sqlite(sqlite) => {
            let spaced = |terms: BTreeSet<String>| terms.into_iter().collect::<Vec<_>>().join(" ");
            sql_query(
                "INSERT INTO idea_terms (rowid, title, body) SELECT seq, $1, $2 FROM idea_texts WHERE idea_id = $3",
            )
            .bind::<Text, _>(spaced(title_terms))
            .bind::<Text, _>(spaced(body.terms()))
            .bind::<Key, _>(key(idea))
            .execute(sqlite)?;
        }
        AnyConnection::Postgres(postgres) => {
            let all = title_terms.union(&body.terms()).cloned().collect::<Vec<_>>();
            sql_query(
                "UPDATE idea_texts SET title_terms = array_to_tsvector($1), all_terms = array_to_tsvector($2)
                 WHERE idea_id = $3",
            )
            .bind::<Array<Text>, _>(title_terms.into_iter().collect::<Vec<_>>())
            .bind::<Array<Text>, _>(all)
            .bind::<Key, _>(key(idea))
            .execute(postgres)?;
        }
    }
    Ok(())
}

/// Takes the terms of an idea out of the index.
pub(crate) fn remove(conn: &mut AnyConnection, idea: IdeaId) -> Result<()> {
    match conn {
        AnyConnection::Sqlite(sqlite) => {
            sql_query("DELETE FROM idea_terms WHERE rowid = (SELECT seq FROM idea_texts WHERE idea_id = $1)")
                .bind::<Key, _>(key(idea))
                .execute(sqlite)?
        }
        AnyConnection::Postgres(postgres) => {
            sql_query("UPDATE idea_texts SET title_terms = '', all_terms = '' WHERE idea_id = $1")
                .bind::<Key, _>(key(idea))
                .execute(postgres)?
        }
    };
    Ok(())
}

/// How to find the query: in one board, or in any.
pub(crate) fn plan(
    conn: &mut AnyConnection,
    query: &Query,
    within: Within,
    board: Option<BoardId>,
) -> Result<Plan> {
    let terms = query.terms().iter().cloned().chain(board.map(board_term));
    match conn {
        AnyConnection::Sqlite(sqlite) => {
            let quoted = terms.map(|term| format!("\"{term}\"")).collect::<Vec<_>>().join(" AND ");
            let matching = match within {
                Within::Title => format!("title : ({quoted})"),
                Within::Whole => quoted,
            };
            let candidates: Count = sql_query(
                "SELECT count(*) AS n FROM (SELECT 1 FROM idea_terms WHERE idea_terms MATCH $1 LIMIT $2)",
            )
            .bind::<Text, _>(&matching)
            .bind::<BigInt, _>(FEW + 1)
            .get_result(sqlite)?;
            Ok(if candidates.n > FEW { Plan::Walk } else { Plan::Narrow(matching) })
        }
        // PostgreSQL knows from its statistics how common a term is, and chooses between index and walk by itself.
        AnyConnection::Postgres(_) => Ok(Plan::Narrow(conjunction(terms))),
    }
}

/// The condition that holds for a candidate: to be filled with the text of [`Plan::Narrow`].
pub(crate) fn condition(conn: &AnyConnection, within: Within) -> (&'static str, &'static str) {
    match (conn, within) {
        (AnyConnection::Sqlite(_), _) => (
            "ideas.id IN (SELECT t.idea_id FROM idea_terms JOIN idea_texts t ON t.seq = idea_terms.rowid
                          WHERE idea_terms MATCH ",
            ")",
        ),
        (AnyConnection::Postgres(_), Within::Title) => ("idea_texts.title_terms @@ CAST(", " AS tsquery)"),
        (AnyConnection::Postgres(_), Within::Whole) => ("idea_texts.all_terms @@ CAST(", " AS tsquery)"),
    }
}

/// The condition that not every needle is in the title, where the index can tell: to be filled with the text given.
pub(crate) fn absence(conn: &AnyConnection, query: &Query) -> Option<(&'static str, String, &'static str)> {
    let certain = query.doubtful().next().is_none();
    match conn {
        AnyConnection::Postgres(_) if certain => {
            let terms = conjunction(query.terms().iter().cloned());
            Some(("NOT idea_texts.title_terms @@ CAST(", terms, " AS tsquery)"))
        }
        _ => None,
    }
}

/// How many ideas a single term may bring among the candidates for likeness: a term that more hold says little.
const MOST_PER_TERM: i64 = 100;

/// Ideas of the board that share a rare enough word or pair of the title, for [`domain::search::likeness`] to judge;
/// with how many each shares, most first.
pub(crate) fn candidates(
    conn: &mut AnyConnection,
    board: BoardId,
    features: &BTreeSet<String>,
) -> Result<Vec<KeyValue>> {
    let mut shared = std::collections::HashMap::<KeyValue, usize>::new();
    for feature in features.iter().take(MOST_FEATURES) {
        let found = match conn {
            AnyConnection::Sqlite(sqlite) => holders_sqlite(sqlite, board, feature)?,
            AnyConnection::Postgres(postgres) => holders_postgres(postgres, board, feature)?,
        };
        // One that many hold says little, and which of them came first would differ between the databases.
        if i64::try_from(found.len()).unwrap_or(i64::MAX) > MOST_PER_TERM {
            continue;
        }
        for holder in found {
            *shared.entry(holder.idea_id).or_default() += 1;
        }
    }
    let mut ids: Vec<_> = shared.into_iter().collect();
    ids.sort_by_key(|(id, shared)| (std::cmp::Reverse(*shared), std::cmp::Reverse(id.uuid())));
    ids.truncate(MOST_CANDIDATES);
    Ok(ids.into_iter().map(|(id, _)| id).collect())
}

const MOST_FEATURES: usize = 40;
const MOST_CANDIDATES: usize = 60;

fn holders_sqlite(conn: &mut SqliteConnection, board: BoardId, feature: &str) -> Result<Vec<Holder>> {
    let holders = sql_query(
        "SELECT t.idea_id FROM (SELECT rowid FROM idea_terms WHERE idea_terms MATCH $1 LIMIT $2) f
         JOIN idea_texts t ON t.seq = f.rowid",
    )
    .bind::<Text, _>(format!("title : (\"{feature}\" AND \"{}\")", board_term(board)))
    .bind::<BigInt, _>(MOST_PER_TERM + 1)
    .load(conn)?;
    Ok(holders)
}

fn holders_postgres(conn: &mut PgConnection, board: BoardId, feature: &str) -> Result<Vec<Holder>> {
    let holders =
        sql_query("SELECT idea_id FROM idea_texts WHERE title_terms @@ CAST($1 AS tsquery) LIMIT $2")
            .bind::<Text, _>(conjunction([feature.to_owned(), board_term(board)].into_iter()))
            .bind::<BigInt, _>(MOST_PER_TERM + 1)
            .load(conn)?;
    Ok(holders)
}

fn conjunction(terms: impl Iterator<Item = String>) -> String {
    terms.map(|term| format!("'{term}'")).collect::<Vec<_>>().join(" & ")
}

/// A term that no text can hold, because it begins with a sign.
fn board_term(board: BoardId) -> String {
    format!("§{}", board.uuid().simple())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = Key)]
    idea_id: KeyValue,
}
