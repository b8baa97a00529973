//! The rows of saved views: questions to the inbox that a member of staff keeps, for themselves or for all.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _,
};
use domain::{MemberId, ViewId};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::triage_views,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = triage_views, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    owner_id: KeyValue,
    name: String,
    shared: bool,
    query: String,
    version: i32,
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub id: ViewId,
    pub owner: MemberId,
    pub name: String,
    /// Whether all of staff sees it; only its owner changes it.
    pub shared: bool,
    /// The query as JSON, which whoever saved it has checked.
    pub query: String,
    /// Counts edits, from 1.
    pub version: i32,
}

impl From<Row> for View {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            name: row.name,
            shared: row.shared,
            query: row.query,
            version: row.version,
        }
    }
}

/// The views a member of staff sees: their own and the shared ones, oldest first.
///
/// # Errors
/// Only when the database fails.
pub fn seen_by(conn: &mut AnyConnection, me: MemberId) -> Result<Vec<View>> {
    let rows: Vec<Row> = triage_views::table
        .filter(triage_views::owner_id.eq(key(me)).or(triage_views::shared.eq(true)))
        .order(triage_views::id)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(View::from).collect())
}

/// A view that a member of staff sees.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, me: MemberId, id: ViewId) -> Result<View> {
    let row: Row = triage_views::table.find(key(id)).select(Row::as_select()).first(conn)?;
    let view = View::from(row);
    if view.shared || view.owner == me { Ok(view) } else { Err(Error::Missing) }
}

/// # Errors
/// Only when the database fails.
pub fn insert(conn: &mut AnyConnection, view: &View) -> Result<()> {
    diesel::insert_into(triage_views::table)
        .values((
            triage_views::id.eq(key(view.id)),
            triage_views::owner_id.eq(key(view.owner)),
            triage_views::name.eq(&view.name),
            triage_views::shared.eq(view.shared),
            triage_views::query.eq(&view.query),
            triage_views::version.eq(view.version),
        ))
        .execute(conn)?;
    Ok(())
}

/// Stores a view as the version after the one that was read.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, view: &View) -> Result<()> {
    let rows = diesel::update(triage_views::table.find(key(view.id)))
        .filter(triage_views::version.eq(view.version - 1))
        .set((
            triage_views::name.eq(&view.name),
            triage_views::shared.eq(view.shared),
            triage_views::query.eq(&view.query),
            triage_views::version.eq(view.version),
        ))
        .execute(conn)?;
    if rows == 1 { Ok(()) } else { Err(Error::Contended) }
}

/// # Errors
/// Only when the database fails.
pub fn delete(conn: &mut AnyConnection, id: ViewId) -> Result<()> {
    diesel::delete(triage_views::table.find(key(id))).execute(conn)?;
    Ok(())
}
