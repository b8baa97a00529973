//! Lists of ideas: filters, orders, pages and searches.

mod hits;
mod order;

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    dsl::{self, IntoBoxed, auto_type},
};
use domain::{
    Actor, BoardId, MemberId, SegmentId,
    moderation::State,
    page::{Limit, Page, Place, Sort},
    search::Query,
    statuses::{Category, StatusKey},
};
use uuid::Uuid;

pub(crate) use self::hits::{Hits, of_search};
pub(crate) use self::order::ordered;
use self::order::place_of;
use super::{Listed, Row, status_of, tags_of};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    fields::answers::{AnswerFilter, answered},
    key::{KeyValue, key},
    limited::Limited,
    schema::{idea_tags, idea_texts, idea_values, ideas, members, statuses as statuses_table, triage, votes},
    segments, statuses,
};

/// Which ideas a list holds.
#[derive(Debug, Clone)]
pub struct Filter {
    pub boards: Boards,
    pub status: Option<StatusKey>,
    pub category: Option<Category>,
    pub tag: Option<String>,
    pub author: Option<MemberId>,
    /// Only ideas this member votes for.
    pub voted_by: Option<MemberId>,
    /// Only ideas that somebody of this segment votes for.
    pub voter_segment: Option<SegmentId>,
    /// Inclusive.
    pub created_after: Option<DateTime<Utc>>,
    /// Exclusive.
    pub created_before: Option<DateTime<Utc>>,
    /// What the answers must be, each of them.
    pub answers: Vec<AnswerFilter>,
    pub query: Option<Query>,
    pub deleted: Deleted,
}

/// The boards the reader may view, out of those asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Boards {
    Every,
    Only(Vec<BoardId>),
}

/// Whether a list holds the living or the deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Without,
    Only,
}

/// Texts, status, triage and values are joined as if they might be missing: a statement that does not need them then does not look for
/// them.
#[auto_type]
fn base(me: KeyValue, attribute: String) -> _ {
    ideas::table
        .left_join(idea_texts::table)
        .left_join(statuses_table::table.on(status_of()))
        .left_join(members::table)
        .left_join(triage::table)
        .left_join(votes::table.on(votes::idea_id.eq(ideas::id).and(votes::member_id.eq(me))))
        .left_join(
            idea_values::table.on(idea_values::idea_id.eq(ideas::id).and(idea_values::name.eq(attribute))),
        )
}

pub(crate) type Boxed<'a> = IntoBoxed<'a, base, MultiBackend>;

/// One page. `after` is the place the last page ended at.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    filter: &Filter,
    sort: &Sort,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Listed>> {
    let laps = match sort {
        Sort::Random { .. } | Sort::Relevance => 2,
        Sort::Top | Sort::Trending | Sort::New | Sort::Discussed => 1,
    };
    let mut found = Vec::new();
    for lap in after.map_or(0, |place| place.lap)..laps {
        let wanted = limit.probe() - i64::try_from(found.len()).unwrap_or(0);
        if wanted <= 0 {
            break;
        }
        let after = after.filter(|place| place.lap == lap);
        found.extend(load(conn, actor, filter, sort, lap, after, wanted)?.into_iter().map(|row| (lap, row)));
    }
    let page = Page::of(found, limit, |(lap, listed)| place_of(sort, *lap, listed));
    Ok(page.map(|(_, listed)| listed))
}

/// How many ideas the filter holds in all.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, filter: &Filter) -> Result<i64> {
    let Some(query) = narrowed(conn, base_of(&Actor::Visitor), filter, Hits::Anywhere)? else { return Ok(0) };
    Ok(query.select(dsl::count_star()).first(conn)?)
}

pub(crate) fn base_of<'a>(actor: &Actor) -> Boxed<'a> {
    base_with_values(actor, "")
}

/// With what the voters have of an attribute.
pub(crate) fn base_with_values<'a>(actor: &Actor, attribute: &str) -> Boxed<'a> {
    base(actor.member_id().map_or(KeyValue::from(Uuid::nil()), key), attribute.to_owned()).into_boxed()
}

/// One lap of a list, from right after a place.
fn load(
    conn: &mut AnyConnection,
    actor: &Actor,
    filter: &Filter,
    sort: &Sort,
    lap: u8,
    after: Option<Place>,
    wanted: i64,
) -> Result<Vec<Listed>> {
    let hits = match (sort, lap) {
        (Sort::Relevance, 0) => Hits::InTitle,
        (Sort::Relevance, _) => Hits::NotInTitle,
        _ => Hits::Anywhere,
    };
    let Some(query) = narrowed(conn, base_of(actor), filter, hits)? else { return Ok(Vec::new()) };
    let query = ordered(query, sort, lap, after);
    if filter.query.is_none() {
        return select(conn, query, Some(wanted));
    }
    // Of all that a search sorts, only what is shown is read in full.
    let ids: Vec<KeyValue> = Limited::to(query.select(ideas::id), wanted).rows(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    select(conn, ordered(base_of(actor), sort, lap, None).filter(ideas::id.eq_any(ids)), None)
}

/// What is read of an idea in a list.
#[derive(Queryable, Selectable)]
#[diesel(table_name = ideas, check_for_backend(MultiBackend))]
struct Found {
    #[diesel(embed)]
    row: Row,
    #[diesel(embed)]
    status: Option<statuses::Row>,
    #[diesel(select_expression = idea_texts::title.assume_not_null())]
    title: String,
    #[diesel(select_expression = idea_texts::excerpt.assume_not_null())]
    excerpt: String,
    #[diesel(select_expression = idea_texts::tags.assume_not_null())]
    tags: String,
    #[diesel(select_expression = members::display_name.nullable())]
    author_name: Option<String>,
    /// Not the time of the vote: PostgreSQL would take another index for it and read on to the member.
    #[diesel(select_expression = votes::member_id.nullable())]
    voter: Option<KeyValue>,
}

impl Found {
    fn listed(self) -> Result<Listed> {
        let status = self.status.ok_or_else(|| Error::Broken("an idea without a status".to_owned()))?;
        Ok(Listed {
            idea: self.row.of_status(status.try_into()?),
            title: self.title,
            excerpt: self.excerpt,
            tags: tags_of(&self.tags),
            author_name: self.author_name,
            my_vote: self.voter.is_some(),
        })
    }
}

/// What a reader sees of the ideas; of the first `most`, where it is said.
pub(crate) fn select(conn: &mut AnyConnection, query: Boxed<'_>, most: Option<i64>) -> Result<Vec<Listed>> {
    let query = query.select(Found::as_select());
    let rows: Vec<Found> = match most {
        Some(most) => Limited::to(query, most).rows(conn)?,
        None => query.load(conn)?,
    };
    rows.into_iter().map(Found::listed).collect()
}

/// The filter as conditions; none when nothing can match.
pub(crate) fn narrowed<'a>(
    conn: &mut AnyConnection,
    base: Boxed<'a>,
    filter: &Filter,
    hits: Hits,
) -> Result<Option<Boxed<'a>>> {
    let Some(query) = of_search(conn, base, filter, hits)? else { return Ok(None) };
    Ok(standing(query, filter).map(|query| further(query, filter)))
}

/// Where the ideas are and what became of them; none when nothing can match.
fn standing<'a>(base: Boxed<'a>, filter: &Filter) -> Option<Boxed<'a>> {
    let mut query = match filter.deleted {
        Deleted::Without if filter.is_of_merged() => {
            base.filter(ideas::hidden_at.is_null()).filter(ideas::merged_into.is_not_null())
        }
        Deleted::Without => base.filter(ideas::hidden_at.is_null()).filter(ideas::merged_into.is_null()),
        Deleted::Only => base
            .filter(ideas::hidden_at.is_not_null())
            .filter(ideas::hidden_as.assume_not_null().eq(State::Deleted.name())),
    };
    match &filter.boards {
        Boards::Every => {}
        Boards::Only(boards) => match boards.as_slice() {
            [] => return None,
            [board] => query = query.filter(ideas::board_id.eq(key(*board))),
            boards => {
                query =
                    query.filter(ideas::board_id.eq_any(boards.iter().copied().map(key).collect::<Vec<_>>()));
            }
        },
    }
    if let Some(status) = &filter.status {
        query = query.filter(ideas::status.eq(status.as_str().to_owned()));
    }
    if let Some(category) = filter.category {
        query = query.filter(ideas::category.eq(category.key()));
    }
    Some(query)
}

/// What a filter asks for besides.
pub(crate) fn further<'a>(mut query: Boxed<'a>, filter: &Filter) -> Boxed<'a> {
    if let Some(tag) = &filter.tag {
        let tagged = idea_tags::table.filter(idea_tags::tag.eq(tag.clone())).select(idea_tags::idea_id);
        query = query.filter(ideas::id.eq_any(tagged));
    }
    if let Some(author) = filter.author {
        query = query.filter(ideas::author_id.eq(key(author)));
    }
    if let Some(voter) = filter.voted_by {
        // Under another name, because the reader's own vote is joined already.
        let theirs = diesel::alias!(votes as theirs);
        let voted =
            theirs.filter(theirs.field(votes::member_id).eq(key(voter))).select(theirs.field(votes::idea_id));
        query = query.filter(ideas::id.eq_any(voted));
    }
    if let Some(segment) = filter.voter_segment {
        query = query.filter(segments::has_voter_in(segment));
    }
    if let Some(after) = filter.created_after {
        query = query.filter(ideas::created_at.ge(after.naive_utc()));
    }
    if let Some(before) = filter.created_before {
        query = query.filter(ideas::created_at.lt(before.naive_utc()));
    }
    answered(query, &filter.answers)
}

impl Boards {
    /// The board, where there is just one.
    #[must_use]
    pub fn single(&self) -> Option<BoardId> {
        match self {
            Self::Only(boards) if boards.len() == 1 => boards.first().copied(),
            Self::Only(_) | Self::Every => None,
        }
    }
}

impl Filter {
    /// Merged ideas stand in no list but where they are asked for: what became of them stands there already.
    pub(crate) fn is_of_merged(&self) -> bool {
        let merged = Category::Merged;
        self.category == Some(merged)
            || self.status.as_ref().is_some_and(|status| status.as_str() == merged.key())
    }

    /// Every living idea of the boards.
    #[must_use]
    pub fn of_boards(boards: Boards) -> Self {
        Self {
            boards,
            status: None,
            category: None,
            tag: None,
            author: None,
            voted_by: None,
            voter_segment: None,
            created_after: None,
            created_before: None,
            answers: Vec::new(),
            query: None,
            deleted: Deleted::Without,
        }
    }
}
