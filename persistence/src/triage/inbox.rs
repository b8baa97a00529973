//! The inbox: ideas as staff filters and orders them, and how many of each kind there are.

mod walk;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    RunQueryDsl as _, SelectableHelper as _, dsl::sql, sql_types::Bool,
};
use domain::{
    Actor, IdeaId, MemberId,
    page::{Limit, Page, Place},
};

use super::{Marks, Row, private_tags_of};
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    ideas::{
        Listed,
        list::{Boxed, Deleted, Filter, Hits, base_of, base_with_values, further, of_search, select},
    },
    key::{KeyValue, key},
    limited::Limited,
    schema::{idea_values, ideas, private_tags, triage},
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
    /// The attribute that [`Order::Value`] is by.
    pub attribute: Option<String>,
}

impl Inbox {
    /// Whether triage has all that is asked. Every field is named, so that a new one is not forgotten here.
    fn asks_triage_alone(&self) -> bool {
        let Self {
            filter,
            owner: _,
            private_tag,
            unanswered_before: _,
            has_response: _,
            carried_over,
            gained,
            attribute: _,
        } = self;
        let Filter {
            boards: _,
            status: _,
            category: _,
            tag,
            author,
            voted_by,
            voter_segment,
            created_after,
            created_before,
            answers,
            query,
            deleted,
        } = filter;
        let of_texts = tag.is_none() && private_tag.is_none() && query.is_none() && answers.is_empty();
        let of_people = author.is_none() && voted_by.is_none() && voter_segment.is_none();
        let of_votes = carried_over.is_none() && gained.is_none();
        let of_time = created_after.is_none() && created_before.is_none();
        of_texts && of_people && of_votes && of_time && *deleted == Deleted::Without
    }
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
    /// What the voters have of an attribute, added up; ideas of whose voters nobody has it are left out.
    Value,
    /// Those that were not answered, the oldest first.
    OldestUnanswered,
}

/// An idea in the inbox.
#[derive(Debug, Clone)]
pub struct Item {
    pub listed: Listed,
    pub marks: Marks,
    /// What the voters have of the attribute, added up.
    pub value: Option<f64>,
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
    let Some(query) = conditions(conn, base_for(actor, inbox), inbox, order)? else {
        return Ok(Page::of(Vec::new(), limit, place(order)));
    };
    let query =
        ordered(query, order, after).select((Option::<Row>::as_select(), idea_values::total.nullable()));
    let rows: Vec<(Option<Row>, Option<f64>)> = Limited::to(query, limit.probe()).rows(conn)?;
    Ok(Page::of(items(conn, actor, rows)?, limit, place(order)))
}

/// The ideas of the rows. They are read apart, because what is joined to be shown makes a plan for the order dear to find.
fn items(
    conn: &mut AnyConnection,
    actor: &Actor,
    rows: Vec<(Option<Row>, Option<f64>)>,
) -> Result<Vec<Item>> {
    let missing = || Error::Broken("an idea without triage".to_owned());
    let ids: Vec<KeyValue> = rows.iter().filter_map(|(row, _)| row.as_ref()).map(|row| row.idea_id).collect();
    let mut tags = private_tags_of(conn, &ids)?;
    let listed = select(conn, base_of(actor).filter(ideas::id.eq_any(ids)), None)?;
    let mut listed: HashMap<IdeaId, Listed> =
        listed.into_iter().map(|listed| (listed.idea.id, listed)).collect();
    let item = |(row, value): (Option<Row>, Option<f64>)| {
        let row = row.ok_or_else(missing)?;
        let listed = listed.remove(&row.idea_id.into()).ok_or_else(missing)?;
        Ok(Item { marks: row.marks(&mut tags), listed, value })
    };
    rows.into_iter().map(item).collect()
}

/// How many ideas the inbox holds in an order: some orders leave ideas out.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, inbox: &Inbox, order: Order) -> Result<i64> {
    let Some(query) = conditions(conn, base_for(&Actor::System, inbox), inbox, order)? else {
        return Ok(0);
    };
    Ok(query.select(diesel::dsl::count_star()).first(conn)?)
}

/// Every id the inbox holds in an order, at most `most`, sorted by id.
///
/// # Errors
/// Only when the database fails.
pub fn ids(conn: &mut AnyConnection, inbox: &Inbox, order: Order, most: i64) -> Result<Vec<IdeaId>> {
    let Some(query) = conditions(conn, base_for(&Actor::System, inbox), inbox, order)? else {
        return Ok(Vec::new());
    };
    let ids: Vec<KeyValue> = query.order(ideas::id).limit(most).select(ideas::id).load(conn)?;
    Ok(ids.into_iter().map(IdeaId::from).collect())
}

pub(super) use self::walk::alone;

pub(super) fn base_for<'a>(actor: &Actor, inbox: &Inbox) -> Boxed<'a> {
    base_with_values(actor, inbox.attribute.as_deref().unwrap_or_default())
}

/// The inbox as conditions; none when nothing can match.
pub(super) fn conditions<'a>(
    conn: &mut AnyConnection,
    base: Boxed<'a>,
    inbox: &Inbox,
    order: Order,
) -> Result<Option<Boxed<'a>>> {
    let Some(query) = of_search(conn, base, &inbox.filter, Hits::Anywhere)? else { return Ok(None) };
    let Some(asked) = walk::asked(conn, inbox, order)? else { return Ok(None) };
    let mut query = further(walk::joined(query, &asked, order), &inbox.filter);
    if let Some(one) = inbox.filter.boards.single() {
        query = match order {
            Order::Votes => query.filter(ideas::board_id.eq(key(one))),
            Order::Value => query.filter(idea_values::board_id.assume_not_null().eq(key(one))),
            Order::Priority | Order::Need | Order::Momentum | Order::OldestUnanswered => query,
        };
    }
    if order == Order::Value {
        query = query.filter(idea_values::total.is_not_null());
    }
    if let Some(tag) = &inbox.private_tag {
        let tagged =
            private_tags::table.filter(private_tags::tag.eq(tag.clone())).select(private_tags::idea_id);
        query = query.filter(ideas::id.eq_any(tagged));
    }
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
            Order::Value => Place::of_fraction(0, item.value.unwrap_or(0.0), id),
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
        Order::Value => {
            let rank = idea_values::total.assume_not_null();
            let id = idea_values::idea_id.assume_not_null();
            let query = query.order((rank.desc(), id.desc()));
            let Some((place, last)) = place else { return query };
            query.filter(rank.le(place.fraction())).filter(rank.lt(place.fraction()).or(id.lt(last)))
        }
        Order::OldestUnanswered => {
            let query = query.order(id.asc());
            let Some((_, last)) = place else { return query };
            query.filter(id.gt(last))
        }
    }
}
