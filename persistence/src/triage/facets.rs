//! Facets: how many ideas of the inbox there are of each kind, counted by the database over the beginning of the order.

use std::marker::PhantomData;

use diesel::{
    NullableExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Nullable, Text},
};
use domain::{Actor, BoardId, MemberId};

use super::inbox::{Inbox, Order, conditions, ordered};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::Result,
    ideas::list::base_of,
    key::{Key, KeyValue},
    schema::{ideas, triage},
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

/// The facets of the first `most` ideas in the order.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, inbox: &Inbox, order: Order, most: i64) -> Result<Facets> {
    type Found = (KeyValue, String, String, Option<KeyValue>, bool, i64);
    type Shape = (Key, Text, Text, Nullable<Key>, Bool, BigInt);
    let base = || base_of(&Actor::System);
    let Some(query) = conditions(conn, base(), inbox)? else { return Ok(Facets::default()) };
    let first = ordered(query, order, None).limit(most).select((
        ideas::board_id,
        ideas::status,
        ideas::category,
        triage::owner_id.nullable(),
        triage::answered_at.nullable(),
    ));
    let kinds: Vec<Found> = Around::<_, Shape>::new(
        "SELECT board_id, status, category, owner_id, answered_at IS NOT NULL, count(*) FROM (",
        first,
        ") AS counted GROUP BY board_id, status, category, owner_id, answered_at IS NOT NULL",
    )
    .load(conn)?;
    let Some(query) = conditions(conn, base(), inbox)? else { return Ok(Facets::default()) };
    let tags: Vec<(String, i64)> = Around::<_, (Text, BigInt)>::new(
        "SELECT tag, count(*) FROM idea_tags WHERE idea_id IN (SELECT id FROM (",
        ordered(query, order, None).limit(most).select(ideas::id),
        ") AS counted) GROUP BY tag",
    )
    .load(conn)?;
    let kinds = kinds.into_iter().map(|(board, status, category, owner, answered, count)| Kind {
        board: board.into(),
        status,
        category,
        owner: owner.map(MemberId::from),
        answered,
        count,
    });
    Ok(Facets { kinds: kinds.collect(), tags })
}

/// A statement around another, which gives rows of `Of`.
struct Around<Q, Of> {
    before: &'static str,
    inner: Q,
    after: &'static str,
    of: PhantomData<fn() -> Of>,
}

impl<Q, Of> Around<Q, Of> {
    fn new(before: &'static str, inner: Q, after: &'static str) -> Self {
        Self { before, inner, after, of: PhantomData }
    }
}

impl<Q: QueryFragment<MultiBackend>, Of> QueryFragment<MultiBackend> for Around<Q, Of> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.before);
        self.inner.walk_ast(out.reborrow())?;
        out.push_sql(self.after);
        Ok(())
    }
}

impl<Q, Of> Query for Around<Q, Of> {
    type SqlType = Of;
}

impl<Q, Of> QueryId for Around<Q, Of> {
    type QueryId = ();
    /// Known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q, Of> RunQueryDsl<AnyConnection> for Around<Q, Of> {}
