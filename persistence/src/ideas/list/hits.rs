//! Searches among ideas.

use diesel::{ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _};
use domain::{BoardId, search::Query};

use super::{Boxed, Filter};
use crate::{
    connection::{AnyConnection, instr},
    error::Result,
    schema::idea_texts,
    search::{self, Plan, Within},
};

/// Which of the hits of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hits {
    Anywhere,
    /// Those with every needle in the title.
    InTitle,
    /// The others.
    NotInTitle,
}

/// What a search asks for, if the filter has one; none when nothing can match.
pub(crate) fn of_search<'a>(
    conn: &mut AnyConnection,
    base: Boxed<'a>,
    filter: &Filter,
    hits: Hits,
) -> Result<Option<Boxed<'a>>> {
    match &filter.query {
        None => Ok(Some(base)),
        Some(wanted) if wanted.is_empty() => Ok(None),
        Some(wanted) => searched(conn, base, wanted, hits, filter.boards.single()).map(Some),
    }
}

/// The conditions of a search: the needles decide, the index narrows where that pays and decides what it can.
fn searched<'a>(
    conn: &mut AnyConnection,
    mut query: Boxed<'a>,
    wanted: &Query,
    hits: Hits,
    board: Option<BoardId>,
) -> Result<Boxed<'a>> {
    let within = if hits == Hits::InTitle { Within::Title } else { Within::Whole };
    let plan = search::plan(conn, wanted, within, board)?;
    if hits == Hits::NotInTitle {
        if let Some(condition) = search::absence(conn, wanted, &plan) {
            query = query.filter(condition);
        } else {
            // Stands first, because each `or` takes in all that was said before it.
            for (n, needle) in wanted.needles().iter().enumerate() {
                // Not `= 0`, of which PostgreSQL would think that it leaves next to nothing.
                let missing = instr(idea_texts::folded_title.assume_not_null(), needle.clone()).le(0);
                query = if n == 0 { query.filter(missing) } else { query.or_filter(missing) };
            }
        }
    }
    let looked_for: Vec<String> = match plan {
        Plan::Narrow(_) | Plan::Ask(_) => wanted.doubtful().cloned().collect(),
        Plan::Look => wanted.needles().to_vec(),
    };
    for needle in looked_for {
        query = match within {
            Within::Title => query.filter(instr(idea_texts::folded_title.assume_not_null(), needle).gt(0)),
            Within::Whole => query.filter(instr(idea_texts::folded_whole.assume_not_null(), needle).gt(0)),
        };
    }
    if let Some(condition) = search::condition(conn, within, &plan) {
        query = query.filter(condition);
    }
    Ok(query)
}
