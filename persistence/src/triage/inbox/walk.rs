//! What an inbox asks of triage alone. There its order is walked, and no other row is read for an idea that is passed over.

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods as _, QueryDsl as _, dsl::IntoBoxed};
use domain::statuses::Category;

use super::{Inbox, Order, Owner};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    ideas::list::{Boards, Boxed},
    key::{KeyValue, key},
    schema::triage,
    statuses,
};

/// The questions, understood.
pub(super) struct Asked {
    boards: Option<Vec<KeyValue>>,
    status: Option<String>,
    /// That of the ideas; but for merged ones, where it says nothing.
    category: Option<Category>,
    owner: Option<Owner>,
    unanswered_before: Option<NaiveDateTime>,
    answered: Option<bool>,
}

/// None when nothing can match.
pub(super) fn asked(conn: &mut AnyConnection, inbox: &Inbox, order: Order) -> Result<Option<Asked>> {
    let filter = &inbox.filter;
    let boards = match &filter.boards {
        Boards::Every => None,
        Boards::Only(boards) if boards.is_empty() => return Ok(None),
        Boards::Only(boards) => Some(boards.iter().copied().map(key).collect()),
    };
    let merged = filter.is_of_merged().then_some(Category::Merged);
    let mut category = filter.category.or(merged);
    if let (None, Some(status), Some(one)) = (category, &filter.status, filter.boards.single()) {
        // Of one board a status has one category, and by that there is an index.
        match statuses::find(conn, one, status) {
            Ok(step) => category = Some(step.status.category),
            Err(Error::Missing) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let unanswered = order == Order::OldestUnanswered || inbox.unanswered_before.is_some();
    let answered = match (unanswered, inbox.has_response) {
        (true, Some(true)) => return Ok(None),
        (true, _) => Some(false),
        (false, answered) => answered,
    };
    Ok(Some(Asked {
        boards,
        status: filter.status.as_ref().map(|status| status.as_str().to_owned()),
        category,
        owner: inbox.owner,
        unanswered_before: inbox.unanswered_before.map(|before| before.naive_utc()),
        answered,
    }))
}

/// The questions as conditions, of whatever query has triage in it: the types of two of them have no name in common.
macro_rules! narrowed {
    ($query:expr, $asked:expr, $boards:expr) => {{
        let mut query = $query.filter(triage::deleted.eq(false));
        match $boards.as_deref() {
            None => {}
            Some([one]) => query = query.filter(triage::board_id.eq(*one)),
            Some(boards) => query = query.filter(triage::board_id.eq_any(boards.to_vec())),
        }
        query = match $asked.category {
            Some(category) => query.filter(triage::category.eq(category.key())),
            None => query.filter(triage::category.ne(Category::Merged.key())),
        };
        if let Some(status) = &$asked.status {
            query = query.filter(triage::status.eq(status.clone()));
        }
        match $asked.owner {
            None => {}
            Some(Owner::Nobody) => query = query.filter(triage::owner_id.is_null()),
            Some(Owner::Member(owner)) => query = query.filter(triage::owner_id.eq(key(owner))),
        }
        match $asked.answered {
            None => {}
            Some(true) => query = query.filter(triage::answered_at.is_not_null()),
            Some(false) => query = query.filter(triage::answered_at.is_null()),
        }
        if let Some(before) = $asked.unanswered_before {
            query = query.filter(triage::created_at.lt(before));
        }
        query
    }};
}

/// The questions in a query that joins triage. The board is left out where the order is that of another table, which has
/// an index by it.
pub(super) fn joined<'a>(query: Boxed<'a>, asked: &Asked, order: Order) -> Boxed<'a> {
    let elsewhere = matches!(order, Order::Votes | Order::Value);
    let boards = asked.boards.as_ref().filter(|boards| !(elsewhere && boards.len() == 1)).cloned();
    narrowed!(query, asked, boards)
}

pub(in crate::triage) type Alone<'a> = IntoBoxed<'a, triage::table, MultiBackend>;

/// The inbox in its order as a query of triage alone, where that has all that is asked.
pub(in crate::triage) fn alone<'a>(
    conn: &mut AnyConnection,
    inbox: &Inbox,
    order: Order,
) -> Result<Option<Alone<'a>>> {
    if !inbox.asks_triage_alone() {
        return Ok(None);
    }
    let Some(asked) = asked(conn, inbox, order)? else { return Ok(None) };
    let query: Alone<'a> = narrowed!(triage::table.into_boxed(), asked, asked.boards);
    Ok(match order {
        Order::Priority => Some(query.order((triage::priority.desc(), triage::idea_id.desc()))),
        Order::Need => Some(query.order((triage::need.desc(), triage::idea_id.desc()))),
        Order::Momentum => Some(query.order((triage::momentum.desc(), triage::idea_id.desc()))),
        Order::OldestUnanswered => Some(query.order(triage::idea_id.asc())),
        Order::Votes | Order::Value => None,
    })
}
