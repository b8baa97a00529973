//! The ideas of a board with all that a file says of them, page by page.

use std::collections::HashMap;

use diesel::{ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    Actor, BoardId,
    access::Permission,
    page::{Limit, Page, Place, Sort},
};

use super::{
    Listed,
    list::{self, Filter},
};
use crate::{
    connection::AnyConnection,
    error::Result,
    fields::answers::{self, Answered},
    key::{KeyValue, key},
    schema::{idea_texts, ideas, members},
};

/// An idea in a file.
#[derive(Debug, Clone)]
pub struct Exported {
    pub listed: Listed,
    pub body: String,
    /// The address of its author, for those who may find members.
    pub author_email: Option<String>,
    /// Those the actor sees, in the order of the fields.
    pub answers: Vec<Answered>,
}

/// A page of the ideas of one board that the filter holds, the newest first. `after` is the place the last page ended at.
///
/// # Errors
/// Only when the database fails.
pub fn page(
    conn: &mut AnyConnection,
    actor: &Actor,
    board: BoardId,
    filter: &Filter,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Exported>> {
    let page = list::list(conn, actor, filter, &Sort::New, after, limit)?;
    let ids: Vec<KeyValue> = page.items.iter().map(|listed| key(listed.idea.id)).collect();
    let rows: Vec<(KeyValue, String, Option<String>)> = ideas::table
        .inner_join(idea_texts::table)
        .left_join(members::table)
        .filter(ideas::id.eq_any(ids.clone()))
        .select((ideas::id, idea_texts::body, members::email.nullable()))
        .load(conn)?;
    let mut rest: HashMap<KeyValue, (String, Option<String>)> =
        rows.into_iter().map(|(id, body, email)| (id, (body, email))).collect();
    let mut answers = answers::of_ideas(conn, board, &ids)?;
    let knows_members = actor.ensure(Permission::ManageMembers).is_ok();
    Ok(page.map(|listed| {
        let (id, author) = (key(listed.idea.id), listed.idea.author_id);
        let (body, email) = rest.remove(&id).unwrap_or_default();
        let mut answers = answers.remove(&id).unwrap_or_default();
        answers.retain(|answered| answered.field.shows_answers_to(actor, author));
        Exported { listed, body, author_email: email.filter(|_| knows_members), answers }
    }))
}
