//! Statements whose limit is written out.

use diesel::{
    QueryResult, RunQueryDsl,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::LoadQuery,
};

use crate::connection::{AnyConnection, MultiBackend};

/// A statement for about so many rows. PostgreSQL takes a limit it is not told for a tenth of all rows: then a plan that is
/// kept is worse than one for the limit at hand, and it plans anew each time, which takes longer than to run it.
pub(crate) struct Limited<Q> {
    query: Q,
    most: i64,
}

/// Limits are rounded up to one of these: statements that are kept differ by it, and who asks must not make them many.
const SIZES: [i64; 4] = [1, 21, 51, 101];

impl<Q> Limited<Q> {
    pub(crate) fn to(query: Q, most: i64) -> Self {
        Self { query, most }
    }

    /// The first rows, `most` of them or fewer.
    pub(crate) fn rows<'q, U>(self, conn: &mut AnyConnection) -> QueryResult<Vec<U>>
    where
        Self: LoadQuery<'q, AnyConnection, U>,
    {
        let most = usize::try_from(self.most).unwrap_or(0);
        let mut rows = self.load(conn)?;
        rows.truncate(most);
        Ok(rows)
    }

    fn size(&self) -> i64 {
        SIZES.into_iter().find(|size| *size >= self.most).unwrap_or(self.most)
    }
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Limited<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&self.size().to_string());
        Ok(())
    }
}

impl<Q: Query> Query for Limited<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for Limited<Q> {
    type QueryId = ();
    /// Known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> RunQueryDsl<AnyConnection> for Limited<Q> {}
