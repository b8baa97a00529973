//! Where the two databases differ most: the index of terms that narrows a search.
//!
//! The index only narrows: what is a hit is decided by looking for the needles in the folded text, by the same function
//! on both. SQLite keeps the terms in an FTS5 table, PostgreSQL in a `tsvector` without positions, so that its limits on
//! positions do not matter.

use std::collections::BTreeSet;

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection,
    dsl::{AsExprOf, sql},
    expression::{SqlLiteral, UncheckedBind},
    sql_query,
    sql_types::{Array, BigInt, Bool, Text},
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

/// How a search goes about it: the commoner its terms, the more ideas along the order are hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Few ideas hold the terms: take them from the index and sort them. The text is the index's own query.
    Narrow(String),
    /// More do: read along the order that is asked for and ask the index of each.
    Ask(String),
    /// Most do: read along the order and look at each text.
    Look,
}

/// Up to so many candidates are sorted.
const FEW: i64 = 500;
/// Up to so many candidates are gathered before the order is read along; where there are more, a text that holds the
/// terms is never far.
const MANY: i64 = 4_000;

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
                "INSERT INTO idea_terms (rowid, title, body) SELECT seq, $1, $2 FROM ideas WHERE id = $3",
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
            sql_query("DELETE FROM idea_terms WHERE rowid = (SELECT seq FROM ideas WHERE id = $1)")
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
    let terms = query.terms().iter().cloned();
    match conn {
        AnyConnection::Sqlite(sqlite) => {
            let anywhere = matching(terms.clone(), within);
            match count(sqlite, &anywhere, MANY)? {
                few if few <= FEW => return Ok(Plan::Narrow(anywhere)),
                some if some <= MANY => return Ok(Plan::Ask(anywhere)),
                _ => {}
            }
            // The board may know little of what others talk about.
            if let Some(board) = board {
                let here = matching(terms.chain([board_term(board)]), within);
                if count(sqlite, &here, FEW)? <= FEW {
                    return Ok(Plan::Narrow(here));
                }
            }
            Ok(Plan::Look)
        }
        // PostgreSQL knows from its statistics how common a term is, and chooses between index and walk by itself.
        AnyConnection::Postgres(_) => Ok(Plan::Narrow(conjunction(terms.chain(board.map(board_term))))),
    }
}

/// How many ideas match, counted no further than one above `most`.
fn count(conn: &mut SqliteConnection, matching: &str, most: i64) -> Result<i64> {
    let counted: Count =
        sql_query("SELECT count(*) AS n FROM (SELECT 1 FROM idea_terms WHERE idea_terms MATCH $1 LIMIT $2)")
            .bind::<Text, _>(matching)
            .bind::<BigInt, _>(most + 1)
            .get_result(conn)?;
    Ok(counted.n)
}

/// A condition in SQL with one text bound in it.
pub(crate) type Condition = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, AsExprOf<String, Text>>>;

fn told(before: &str, text: String, after: &str) -> Condition {
    sql::<Bool>(before).bind::<Text, _>(text).sql(after)
}

/// The condition that holds for a candidate; none where each text is looked at.
pub(crate) fn condition(conn: &AnyConnection, within: Within, plan: &Plan) -> Option<Condition> {
    let (before, terms, after) = match (conn, plan) {
        (_, Plan::Look) => return None,
        (AnyConnection::Sqlite(_), Plan::Narrow(terms)) => {
            ("ideas.seq IN (SELECT rowid FROM idea_terms WHERE idea_terms MATCH ", terms, ")")
        }
        // The plus keeps SQLite from beginning with the candidates.
        (AnyConnection::Sqlite(_), Plan::Ask(terms)) => {
            ("+ideas.seq IN (SELECT rowid FROM idea_terms WHERE idea_terms MATCH ", terms, ")")
        }
        (AnyConnection::Postgres(_), Plan::Narrow(terms) | Plan::Ask(terms)) => match within {
            Within::Title => ("idea_texts.title_terms @@ CAST(", terms, " AS tsquery)"),
            Within::Whole => ("idea_texts.all_terms @@ CAST(", terms, " AS tsquery)"),
        },
    };
    Some(told(before, terms.clone(), after))
}

/// The condition that not every needle is in the title, where the index can tell.
pub(crate) fn absence(conn: &AnyConnection, query: &Query, plan: &Plan) -> Option<Condition> {
    if query.doubtful().next().is_some() {
        return None;
    }
    let terms = query.terms().iter().cloned();
    match (conn, plan) {
        (AnyConnection::Sqlite(_), Plan::Look) => None,
        (AnyConnection::Sqlite(_), Plan::Narrow(_) | Plan::Ask(_)) => Some(told(
            "+ideas.seq NOT IN (SELECT rowid FROM idea_terms WHERE idea_terms MATCH ",
            matching(terms, Within::Title),
            ")",
        )),
        (AnyConnection::Postgres(_), _) => {
            Some(told("NOT idea_texts.title_terms @@ CAST(", conjunction(terms), " AS tsquery)"))
        }
    }
}

/// What FTS5 is asked: every term, each quoted.
fn matching(terms: impl Iterator<Item = String>, within: Within) -> String {
    let all = terms.map(|term| format!("\"{term}\"")).collect::<Vec<_>>().join(" AND ");
    match within {
        Within::Title => format!("title : ({all})"),
        Within::Whole => all,
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
        "SELECT i.id AS idea_id FROM (SELECT rowid FROM idea_terms WHERE idea_terms MATCH $1 LIMIT $2) f
         JOIN ideas i ON i.seq = f.rowid",
    )
    .bind::<Text, _>(matching([feature.to_owned(), board_term(board)].into_iter(), Within::Title))
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
