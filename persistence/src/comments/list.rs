//! Lists of comments: the first of each thread, or the replies to one.

use std::collections::{HashMap, HashSet};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    RunQueryDsl as _, SelectableHelper as _,
};
use domain::{
    Actor, CommentId, IdeaId, MemberId,
    comments::{Comment, Order, Reaction, sees_notes},
    moderation::State,
    page::{Limit, Page, Place},
};
use uuid::Uuid;

use super::{Read, Row};
use crate::{
    attachments,
    connection::{AnyConnection, MultiBackend},
    error::Result,
    key::{KeyValue, key},
    schema::{comment_mentions, comment_reactions, comments, members},
};

/// What a list of comments hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The first of each thread.
    Idea(IdeaId),
    /// Direct replies.
    Comment(CommentId),
}

type Boxed = comments::BoxedQuery<'static, MultiBackend>;

/// One page. `after` is the place the last page ended at.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    under: Under,
    order: Order,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Read>> {
    let rows: Vec<Row> = ordered(narrowed(actor, under), order, after)
        .limit(limit.probe())
        .select(Row::as_select())
        .load(conn)?;
    let found = rows.into_iter().map(Comment::from).collect();
    let page = Page::of(found, limit, |comment: &Comment| place_of(order, comment));
    Ok(Page { items: seen(conn, actor, page.items)?, next: page.next })
}

/// How many the list holds in all.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, actor: &Actor, under: Under) -> Result<i64> {
    Ok(narrowed(actor, under).count().get_result(conn)?)
}

/// [`Comment::is_seen_by`] as conditions, but that a deleted one on which nothing hangs stands in nobody's list.
fn narrowed(actor: &Actor, under: Under) -> Boxed {
    let query = comments::table.into_boxed();
    let query = match under {
        Under::Idea(idea) => {
            query.filter(comments::idea_id.eq(key(idea))).filter(comments::parent_id.is_null())
        }
        Under::Comment(parent) => query.filter(comments::parent_id.eq(key(parent))),
    };
    if sees_notes(actor) {
        return query.filter(comments::hidden_at.is_null().or(comments::staff_reply_count.gt(0)));
    }
    let me = actor.member_id().map_or(KeyValue::from(Uuid::nil()), key);
    let own = comments::author_id.eq(me).and(comments::hidden_as.assume_not_null().ne(State::Deleted.name()));
    query
        .filter(comments::internal.eq(false))
        .filter(comments::hidden_at.is_null().or(comments::reply_count.gt(0)).or(own))
}

/// The order, and the condition of being after a place in it, in the form in which both databases begin reading the index
/// right there. Ids are made from the time of writing, so their order is that of age.
fn ordered(query: Boxed, order: Order, after: Option<Place>) -> Boxed {
    match (order, after.map(|place| (place.fraction(), KeyValue::from(place.id)))) {
        (Order::Oldest, None) => query.order(comments::id),
        (Order::Oldest, Some((_, id))) => query.order(comments::id).filter(comments::id.gt(id)),
        (Order::Newest, None) => query.order(comments::id.desc()),
        (Order::Newest, Some((_, id))) => query.order(comments::id.desc()).filter(comments::id.lt(id)),
        (Order::Best, None) => query.order((comments::best.desc(), comments::id)),
        (Order::Best, Some((best, id))) => query
            .order((comments::best.desc(), comments::id))
            .filter(comments::best.le(best))
            .filter(comments::best.lt(best).or(comments::id.gt(id))),
    }
}

fn place_of(order: Order, comment: &Comment) -> Place {
    let id = comment.id.uuid();
    match order {
        Order::Oldest | Order::Newest => Place { lap: 0, key: 0, id },
        Order::Best => Place::of_fraction(0, comment.best, id),
    }
}

/// The comments with everything a reader sees besides.
pub(super) fn seen(conn: &mut AnyConnection, actor: &Actor, found: Vec<Comment>) -> Result<Vec<Read>> {
    let ids: Vec<KeyValue> = found.iter().map(|comment| key(comment.id)).collect();
    let authors: HashSet<KeyValue> = found.iter().map(|comment| key(comment.author_id)).collect();
    let names: HashMap<KeyValue, String> = members::table
        .filter(members::id.eq_any(authors.into_iter().collect::<Vec<_>>()))
        .select((members::id, members::display_name))
        .load::<(KeyValue, String)>(conn)?
        .into_iter()
        .collect();
    let mut mentions = mentions(conn, &ids)?;
    let mut mine = mine(conn, actor, ids)?;
    let mut attached = attachments::of_comments(conn, &found)?;
    let read = |comment: Comment| Read {
        author_name: names.get(&key(comment.author_id)).cloned().unwrap_or_default(),
        attachments: attached.remove(&comment.id).unwrap_or_default(),
        mentions: mentions.remove(&comment.id).unwrap_or_default(),
        mine: mine.remove(&comment.id).unwrap_or_default(),
        comment,
    };
    Ok(found.into_iter().map(read).collect())
}

type Mentions = HashMap<CommentId, Vec<(MemberId, String)>>;

fn mentions(conn: &mut AnyConnection, ids: &[KeyValue]) -> Result<Mentions> {
    let rows: Vec<(KeyValue, KeyValue, String)> = comment_mentions::table
        .inner_join(members::table)
        .filter(comment_mentions::comment_id.eq_any(ids.to_vec()))
        .order((comment_mentions::comment_id, comment_mentions::member_id))
        .select((comment_mentions::comment_id, comment_mentions::member_id, members::display_name))
        .load(conn)?;
    let mut found = Mentions::new();
    for (comment, member, name) in rows {
        found.entry(comment.into()).or_default().push((member.into(), name));
    }
    Ok(found)
}

fn mine(
    conn: &mut AnyConnection,
    actor: &Actor,
    ids: Vec<KeyValue>,
) -> Result<HashMap<CommentId, Vec<Reaction>>> {
    let me = actor.member_id().map_or(KeyValue::from(Uuid::nil()), key);
    let rows: Vec<(KeyValue, String)> = comment_reactions::table
        .filter(comment_reactions::comment_id.eq_any(ids))
        .filter(comment_reactions::member_id.eq(me))
        .order((comment_reactions::comment_id, comment_reactions::kind))
        .select((comment_reactions::comment_id, comment_reactions::kind))
        .load(conn)?;
    let mut found: HashMap<CommentId, Vec<Reaction>> = HashMap::new();
    for (comment, kind) in rows {
        found.entry(comment.into()).or_default().extend(Reaction::of_key(&kind));
    }
    Ok(found)
}
