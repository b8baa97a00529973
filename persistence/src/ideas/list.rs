//! Lists of ideas: filters, orders, pages and searches.

mod order;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, RunQueryDsl as _, SelectableHelper as _,
    dsl::{self, IntoBoxed, auto_type},
};
use domain::{
    Actor, BoardId, MemberId, SegmentId,
    page::{Limit, Page, Place, Sort},
    search::Query,
    statuses::{Category, StatusKey},
};
use uuid::Uuid;

use self::order::{ordered, place_of};
use super::{Listed, Row, status_of, tags_of};
use crate::{
    connection::{AnyConnection, MultiBackend, instr},
    error::{Error, Result},
    fields::answers::{AnswerFilter, answered},
    key::{KeyValue, key},
    schema::{idea_tags, idea_texts, ideas, members, statuses as statuses_table, triage, votes},
    search::{self, Plan, Within},
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

/// Texts, status and triage are joined as if they might be missing: a statement that does not need them then does not look for
/// them.
#[auto_type]
fn base(me: KeyValue) -> _ {
    ideas::table
        .left_join(idea_texts::table)
        .left_join(statuses_table::table.on(status_of()))
        .left_join(members::table)
        .left_join(triage::table)
        .left_join(votes::table.on(votes::idea_id.eq(ideas::id).and(votes::member_id.eq(me))))
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

/// Which of the hits of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hits {
    Anywhere,
    /// Those with every needle in the title.
    InTitle,
    /// The others.
    NotInTitle,
}

pub(crate) fn base_of<'a>(actor: &Actor) -> Boxed<'a> {
    base(actor.member_id().map_or(KeyValue::from(Uuid::nil()), key)).into_boxed()
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
    let query = ordered(query, sort, lap, after).limit(wanted);
    if filter.query.is_none() {
        return select(conn, query);
    }
    // Of all that a search sorts, only what is shown is read in full.
    let ids: Vec<KeyValue> = query.select(ideas::id).load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    select(conn, ordered(base_of(actor), sort, lap, None).filter(ideas::id.eq_any(ids)))
}

pub(crate) fn select(conn: &mut AnyConnection, query: Boxed<'_>) -> Result<Vec<Listed>> {
    type Found = (Row, Option<statuses::Row>, String, String, String, Option<String>, Option<NaiveDateTime>);
    let rows: Vec<Found> = query
        .select((
            Row::as_select(),
            Option::<statuses::Row>::as_select(),
            idea_texts::title.assume_not_null(),
            idea_texts::excerpt.assume_not_null(),
            idea_texts::tags.assume_not_null(),
            members::display_name.nullable(),
            votes::created_at.nullable(),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, status, title, excerpt, tags, author_name, voted)| {
            let status = status.ok_or_else(|| Error::Broken("an idea without a status".to_owned()))?;
            let (idea, tags) = (row.of_status(status.try_into()?), tags_of(&tags));
            Ok(Listed { idea, title, excerpt, tags, author_name, my_vote: voted.is_some() })
        })
        .collect()
}

/// The filter as conditions; none when nothing can match.
pub(crate) fn narrowed<'a>(
    conn: &mut AnyConnection,
    base: Boxed<'a>,
    filter: &Filter,
    hits: Hits,
) -> Result<Option<Boxed<'a>>> {
    let mut query = base;
    if let Some(wanted) = &filter.query {
        if wanted.is_empty() {
            return Ok(None);
        }
        query = searched(conn, query, wanted, hits, filter.boards.single())?;
    }
    query = match filter.deleted {
        Deleted::Without if filter.is_of_merged() => {
            query.filter(ideas::deleted_at.is_null()).filter(ideas::merged_into.is_not_null())
        }
        Deleted::Without => query.filter(ideas::deleted_at.is_null()).filter(ideas::merged_into.is_null()),
        Deleted::Only => query.filter(ideas::deleted_at.is_not_null()),
    };
    match &filter.boards {
        Boards::Every => {}
        Boards::Only(boards) => match boards.as_slice() {
            [] => return Ok(None),
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
    Ok(Some(answered(query, &filter.answers)))
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

/// The conditions of a search: the needles decide, the index narrows where that pays and decides what it can.
fn searched<'a>(
    conn: &mut AnyConnection,
    mut query: Boxed<'a>,
    wanted: &Query,
    hits: Hits,
    board: Option<BoardId>,
) -> Result<Boxed<'a>> {
    let within = if hits == Hits::InTitle { Within::Title } else { Within::Whole };
    let plan = search::plan(conn, wanted, within, board)?;
    if hits == Hits::NotInTitle {
        if let Some(condition) = search::absence(conn, wanted, &plan) {
            query = query.filter(condition);
        } else {
            // Stands first, because each `or` takes in all that was said before it.
            for (n, needle) in wanted.needles().iter().enumerate() {
                // Not `= 0`, of which PostgreSQL would think that it leaves next to nothing.
                let missing = instr(idea_texts::folded_title.assume_not_null(), needle.clone()).le(0);
                query = if n == 0 { query.filter(missing) } else { query.or_filter(missing) };
            }
        }
    }
    let looked_for: Vec<String> = match plan {
        Plan::Narrow(_) | Plan::Ask(_) => wanted.doubtful().cloned().collect(),
        Plan::Look => wanted.needles().to_vec(),
    };
    for needle in looked_for {
        query = match within {
            Within::Title => query.filter(instr(idea_texts::folded_title.assume_not_null(), needle).gt(0)),
            Within::Whole => query.filter(instr(idea_texts::folded_whole.assume_not_null(), needle).gt(0)),
        };
    }
    if let Some(condition) = search::condition(conn, within, &plan) {
        query = query.filter(condition);
    }
    Ok(query)
}

impl Filter {
    /// Merged ideas stand in no list but where they are asked for: what became of them stands there already.
    fn is_of_merged(&self) -> bool {
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
