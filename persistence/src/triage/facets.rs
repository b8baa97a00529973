//! Facets: how many ideas of the inbox there are of each kind, counted by the database over the beginning of the order.

use diesel::{
    NullableExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Nullable, Text},
};
use domain::{Actor, BoardId, MemberId};

use super::inbox::{Inbox, Order, alone, base_for, conditions, ordered};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::Result,
    key::{Key, KeyValue},
    limited::Limited,
    schema::triage,
};

/// Ideas that are alike in all that is counted, and how many they are.
#[derive(Debug, Clone)]
pub struct Kind {
    pub board: BoardId,
    pub status: String,
    pub category: String,
    pub owner: Option<MemberId>,
    pub answered: bool,
    pub count: i64,
}

/// What was counted: the kinds, and how many have each tag.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    pub kinds: Vec<Kind>,
    pub tags: Vec<(String, i64)>,
}

/// The facets of the first `most` ideas in the order, in one statement, so that the order is walked once.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, inbox: &Inbox, order: Order, most: i64) -> Result<Facets> {
    let rows: Vec<Found> = match alone(conn, inbox, order)? {
        Some(query) => {
            let first = query.select((
                triage::idea_id,
                triage::board_id,
                triage::status,
                triage::category,
                triage::owner_id,
                triage::answered_at,
            ));
            Counted(Limited::to(first, most)).load(conn)?
        }
        None => {
            let Some(query) = conditions(conn, base_for(&Actor::System, inbox), inbox, order)? else {
                return Ok(Facets::default());
            };
            let first = ordered(query, order, None).select((
                triage::idea_id.assume_not_null(),
                triage::board_id.assume_not_null(),
                triage::status.assume_not_null(),
                triage::category.assume_not_null(),
                triage::owner_id.nullable(),
                triage::answered_at.nullable(),
            ));
            Counted(Limited::to(first, most)).load(conn)?
        }
    };
    let mut facets = Facets::default();
    for (tag, (board, status, category, owner, answered), count) in rows {
        match (tag, board) {
            (Some(tag), _) => facets.tags.push((tag, count)),
            (None, Some(board)) => facets.kinds.push(Kind {
                board: board.into(),
                status,
                category,
                owner: owner.map(MemberId::from),
                answered,
                count,
            }),
            (None, None) => {}
        }
    }
    Ok(facets)
}

type Found = (Option<String>, (Option<KeyValue>, String, String, Option<KeyValue>, bool), i64);

/// How many there are of each kind and of each tag among the ideas of a statement. A row is of a tag or of a kind.
/// The join is a cross one because SQLite then takes the tags idea by idea, and not the ideas tag by tag.
struct Counted<Q>(Q);

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("WITH counted AS MATERIALIZED (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(
            ") SELECT NULL AS tag, board_id, status, category, owner_id, answered_at IS NOT NULL, count(*) \
             FROM counted GROUP BY board_id, status, category, owner_id, answered_at IS NOT NULL \
             UNION ALL SELECT tag, NULL, '', '', NULL, FALSE, count(*) \
             FROM counted CROSS JOIN idea_tags WHERE idea_tags.idea_id = counted.idea_id GROUP BY tag",
        );
        Ok(())
    }
}

impl<Q> Query for Counted<Q> {
    type SqlType = (Nullable<Text>, (Nullable<Key>, Text, Text, Nullable<Key>, Bool), BigInt);
}

impl<Q> QueryId for Counted<Q> {
    type QueryId = ();
    /// Known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> RunQueryDsl<AnyConnection> for Counted<Q> {}
