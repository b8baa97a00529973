//! The inbox: ideas as staff filters and orders them, and how many of each kind there are.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    RunQueryDsl as _, dsl::sql, sql_types::Bool,
};
use domain::{
    Actor, IdeaId, MemberId,
    page::{Limit, Page, Place},
};

use super::{Marks, marks};
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    ideas::{
        Listed,
        list::{Boards, Boxed, Filter, Hits, base_of, narrowed, select},
    },
    key::{KeyValue, key},
    schema::{ideas, private_tags, triage},
};

/// Which ideas the inbox holds: those of a filter, and of them
#[derive(Debug, Clone)]
pub struct Inbox {
    pub filter: Filter,
    pub owner: Option<Owner>,
    pub private_tag: Option<String>,
    /// Not answered, and created before this time.
    pub unanswered_before: Option<DateTime<Utc>>,
    pub has_response: Option<bool>,
    /// With votes that an import brought without their voters, or without.
    pub carried_over: Option<bool>,
    /// With at least so many votes since this time.
    pub gained: Option<(DateTime<Utc>, i64)>,
}

/// Whose idea it is to take care of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Nobody,
    Member(MemberId),
}

/// In which order. Ties go to the newer, but for the oldest unanswered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Priority,
    Need,
    Votes,
    Momentum,
    /// Those that were not answered, the oldest first.
    OldestUnanswered,
}

/// An idea in the inbox.
#[derive(Debug, Clone)]
pub struct Item {
    pub listed: Listed,
    pub marks: Marks,
}

/// One page. `after` is the place the last page ended at.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    inbox: &Inbox,
    order: Order,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Item>> {
    let Some(query) = conditions(conn, base_of(actor), inbox)? else {
        return Ok(Page::of(Vec::new(), limit, place(order)));
    };
    let ids: Vec<KeyValue> =
        ordered(query, order, after).limit(limit.probe()).select(ideas::id).load(conn)?;
    let page = Page::of(items(conn, actor, &ids)?, limit, place(order));
    Ok(page)
}

/// The ideas of the ids, in their order.
pub(crate) fn items(conn: &mut AnyConnection, actor: &Actor, ids: &[KeyValue]) -> Result<Vec<Item>> {
    let ideas_of: Vec<IdeaId> = ids.iter().map(|id| IdeaId::from(*id)).collect();
    let mut marks = marks(conn, &ideas_of)?;
    let listed = select(conn, base_of(actor).filter(ideas::id.eq_any(ids.to_vec())))?;
    let mut listed: std::collections::HashMap<IdeaId, Listed> =
        listed.into_iter().map(|listed| (listed.idea.id, listed)).collect();
    ideas_of
        .iter()
        .map(|id| match (listed.remove(id), marks.remove(id)) {
            (Some(listed), Some(marks)) => Ok(Item { listed, marks }),
            _ => Err(Error::Broken(format!("idea {id} without triage"))),
        })
        .collect()
}

/// How many ideas the inbox holds.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, inbox: &Inbox) -> Result<i64> {
    let Some(query) = conditions(conn, base_of(&Actor::System), inbox)? else { return Ok(0) };
    Ok(query.select(diesel::dsl::count_star()).first(conn)?)
}

/// Every id the inbox holds, at most `most`, in no order worth keeping.
///
/// # Errors
/// Only when the database fails.
pub fn ids(conn: &mut AnyConnection, inbox: &Inbox, most: i64) -> Result<Vec<IdeaId>> {
    let Some(query) = conditions(conn, base_of(&Actor::System), inbox)? else { return Ok(Vec::new()) };
    let ids: Vec<KeyValue> = query.order(ideas::id).limit(most).select(ideas::id).load(conn)?;
    Ok(ids.into_iter().map(IdeaId::from).collect())
}

/// The inbox as conditions; none when nothing can match.
pub(super) fn conditions<'a>(
    conn: &mut AnyConnection,
    base: Boxed<'a>,
    inbox: &Inbox,
) -> Result<Option<Boxed<'a>>> {
    let Some(mut query) = narrowed(conn, base, &inbox.filter, Hits::Anywhere)? else { return Ok(None) };
    // Every idea has its row: said so that a database may begin with the order of triage.
    query = query.filter(triage::version.assume_not_null().gt(0));
    if let Boards::Only(boards) = &inbox.filter.boards
        && let [board] = boards.as_slice()
    {
        query = query.filter(triage::board_id.assume_not_null().eq(key(*board)));
    }
    match inbox.owner {
        None => {}
        Some(Owner::Nobody) => query = query.filter(triage::owner_id.is_null()),
        Some(Owner::Member(owner)) => query = query.filter(triage::owner_id.eq(key(owner))),
    }
    if let Some(tag) = &inbox.private_tag {
        let tagged =
            private_tags::table.filter(private_tags::tag.eq(tag.clone())).select(private_tags::idea_id);
        query = query.filter(ideas::id.eq_any(tagged));
    }
    if let Some(before) = inbox.unanswered_before {
        query = query.filter(triage::answered_at.is_null().and(ideas::created_at.lt(before.naive_utc())));
    }
    query = match inbox.has_response {
        None => query,
        Some(true) => query.filter(triage::answered_at.is_not_null()),
        Some(false) => query.filter(triage::answered_at.is_null()),
    };
    query = match inbox.carried_over {
        None => query,
        Some(true) => query.filter(ideas::carried_votes.gt(0)),
        Some(false) => query.filter(ideas::carried_votes.eq(0)),
    };
    if let Some((since, least)) = inbox.gained {
        let gained = sql::<Bool>(
            "(SELECT count(*) FROM votes AS gained WHERE gained.idea_id = ideas.id AND gained.created_at >= ",
        )
        .bind::<diesel::sql_types::Timestamp, _>(since.naive_utc())
        .sql(") >= ")
        .bind::<diesel::sql_types::BigInt, _>(least);
        // An idea with fewer votes in all need not be counted.
        query = query.filter(ideas::vote_count.ge(least)).filter(gained);
    }
    Ok(Some(query))
}

fn place(order: Order) -> impl Fn(&Item) -> Place {
    move |item: &Item| {
        let (marks, idea) = (&item.marks, &item.listed.idea);
        let id = idea.id.uuid();
        match order {
            Order::Priority => Place::of_fraction(0, marks.priority, id),
            Order::Need => Place::of_fraction(0, marks.need, id),
            Order::Votes => Place { lap: 0, key: idea.vote_count, id },
            Order::Momentum => Place { lap: 0, key: marks.momentum, id },
            Order::OldestUnanswered => Place { lap: 0, key: 0, id },
        }
    }
}

/// The order, and the condition of being after a place in it, as [`crate::ideas::list`] has them.
pub(super) fn ordered<'a>(query: Boxed<'a>, order: Order, after: Option<Place>) -> Boxed<'a> {
    let place = after.map(|place| (place, KeyValue::from(place.id)));
    let id = triage::idea_id.assume_not_null();
    match order {
        Order::Priority => {
            let rank = triage::priority.assume_not_null();
            let query = query.order((rank.desc(), id.desc()));
            let Some((place, last)) = place else { return query };
            query.filter(rank.le(place.fraction())).filter(rank.lt(place.fraction()).or(id.lt(last)))
        }
        Order::Need => {
            let rank = triage::need.assume_not_null();
            let query = query.order((rank.desc(), id.desc()));
            let Some((place, last)) = place else { return query };
            query.filter(rank.le(place.fraction())).filter(rank.lt(place.fraction()).or(id.lt(last)))
        }
        Order::Momentum => {
            let rank = triage::momentum.assume_not_null();
            let query = query.order((rank.desc(), id.desc()));
            let Some((place, last)) = place else { return query };
            query.filter(rank.le(place.key)).filter(rank.lt(place.key).or(id.lt(last)))
        }
        Order::Votes => {
            let query = query.order((ideas::vote_count.desc(), ideas::id.desc()));
            let Some((place, last)) = place else { return query };
            let past = ideas::vote_count.lt(place.key).or(ideas::id.lt(last));
            query.filter(ideas::vote_count.le(place.key)).filter(past)
        }
        Order::OldestUnanswered => {
            let query = query.filter(triage::answered_at.is_null()).order(id.asc());
            let Some((_, last)) = place else { return query };
            query.filter(id.gt(last))
        }
    }
}
