//! The rows of triage: who takes care of an idea, how it is marked, and what it is ranked by.

pub mod duplicates;
pub mod facets;
pub mod inbox;
mod values;
pub mod views;

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _, dsl::count_star,
};
use domain::{
    BoardId, IdeaId, MemberId, Stamp,
    answers::Happening,
    ideas::{Idea, Tags},
    statuses::{Category, Status},
    triage::{Facts, MOMENTUM_DAYS, Weights, priority},
};

use crate::{
    activities::{self, Entry},
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{ideas, priority_weights, private_tags, triage, votes},
    segments,
    written::Written,
};

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = triage, check_for_backend(MultiBackend))]
pub(crate) struct Row {
    idea_id: KeyValue,
    owner_id: Option<KeyValue>,
    due_on: Option<NaiveDate>,
    effort: Option<i32>,
    strategic_value: Option<i32>,
    answered_at: Option<NaiveDateTime>,
    priority: f64,
    need: f64,
    momentum: i64,
    version: i32,
}

/// What staff decides about an idea, and what it is ranked by.
#[derive(Debug, Clone, PartialEq)]
pub struct Marks {
    pub owner: Option<MemberId>,
    pub due_on: Option<NaiveDate>,
    pub effort: Option<i32>,
    pub strategic_value: Option<i32>,
    pub private_tags: Vec<String>,
    pub answered_at: Option<DateTime<Utc>>,
    pub priority: f64,
    pub need: f64,
    pub momentum: i64,
    /// Counts edits, from 1.
    pub version: i32,
}

impl Row {
    fn marks(self, private_tags: &mut HashMap<KeyValue, Vec<String>>) -> Marks {
        Marks {
            owner: self.owner_id.map(MemberId::from),
            due_on: self.due_on,
            effort: self.effort,
            strategic_value: self.strategic_value,
            private_tags: private_tags.remove(&self.idea_id).unwrap_or_default(),
            answered_at: self.answered_at.map(|at| at.and_utc()),
            priority: self.priority,
            need: self.need,
            momentum: self.momentum,
            version: self.version,
        }
    }
}

/// Stores the row of a new idea.
pub(crate) fn insert(conn: &mut AnyConnection, stamp: &Stamp, idea: IdeaId, status: &Status) -> Result<()> {
    diesel::insert_into(triage::table)
        .values((
            triage::idea_id.eq(key(idea)),
            triage::board_id.eq(key(status.board_id)),
            triage::status.eq(status.key.as_str()),
            triage::category.eq(status.category.key()),
            triage::deleted.eq(false),
            triage::created_at.eq(stamp.at.naive_utc()),
            triage::priority.eq(0.0),
            triage::need.eq(0.0),
            triage::momentum.eq(0),
            triage::version.eq(1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Repeats what became of an idea: its status, and whether it is deleted.
pub(crate) fn repeat(conn: &mut AnyConnection, idea: IdeaId) -> Result<()> {
    Written::<()>::new(
        "UPDATE triage SET (status, category, deleted) = \
         (SELECT status, category, hidden_at IS NOT NULL FROM ideas WHERE id = triage.idea_id) WHERE idea_id = ",
    )
    .with(key(idea), "")
    .execute(conn)?;
    Ok(())
}

/// Keeps when the brand first answered.
pub(crate) fn answered(conn: &mut AnyConnection, idea: IdeaId, at: DateTime<Utc>) -> Result<()> {
    diesel::update(triage::table.find(key(idea)).filter(triage::answered_at.is_null()))
        .set(triage::answered_at.eq(at.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// The private tags of some ideas, each sorted.
fn private_tags_of(conn: &mut AnyConnection, ids: &[KeyValue]) -> Result<HashMap<KeyValue, Vec<String>>> {
    let tags: Vec<(KeyValue, String)> = private_tags::table
        .filter(private_tags::idea_id.eq_any(ids.to_vec()))
        .order(private_tags::tag)
        .select((private_tags::idea_id, private_tags::tag))
        .load(conn)?;
    let mut tagged: HashMap<KeyValue, Vec<String>> = HashMap::new();
    for (idea, tag) in tags {
        tagged.entry(idea).or_default().push(tag);
    }
    Ok(tagged)
}

/// The marks of one idea.
///
/// # Errors
/// [`Error::Missing`].
pub fn marks_of(conn: &mut AnyConnection, idea: IdeaId) -> Result<Marks> {
    let row: Row = triage::table.find(key(idea)).select(Row::as_select()).first(conn)?;
    let mut tags = private_tags_of(conn, &[row.idea_id])?;
    Ok(row.marks(&mut tags))
}

/// Stores what staff decided, in place of what was read, and ranks the idea anew.
///
/// # Errors
/// [`Error::Contended`] when somebody decided otherwise meanwhile.
pub fn mark(
    conn: &mut AnyConnection,
    (stamp, nth): (&Stamp, u8),
    idea: &Idea,
    (before, after): (&Marks, &Marks),
    by: Option<MemberId>,
) -> Result<()> {
    let rows = diesel::update(triage::table.find(key(idea.id)))
        .filter(triage::version.eq(before.version))
        .set((
            triage::owner_id.eq(after.owner.map(key)),
            triage::due_on.eq(after.due_on),
            triage::effort.eq(after.effort),
            triage::strategic_value.eq(after.strategic_value),
            triage::version.eq(before.version + 1),
        ))
        .execute(conn)?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    if before.private_tags != after.private_tags {
        diesel::delete(private_tags::table.filter(private_tags::idea_id.eq(key(idea.id)))).execute(conn)?;
        for tag in &after.private_tags {
            diesel::insert_into(private_tags::table)
                .values((private_tags::tag.eq(tag), private_tags::idea_id.eq(key(idea.id))))
                .execute(conn)?;
        }
    }
    activities::write(conn, (stamp, nth), idea.id, &Entry::new(Happening::Triaged, by))?;
    rank(conn, idea.id, stamp.at)
}

/// Private tags in the form they are kept in, sorted.
///
/// # Errors
/// As [`Tags`].
pub fn sorted(tags: &Tags) -> Vec<String> {
    let mut tags = tags.as_slice().to_vec();
    tags.sort();
    tags
}

/// How a board weighs, and the version of that; 0 when it never said.
///
/// # Errors
/// Only when the database fails.
pub fn weights(conn: &mut AnyConnection, board: BoardId) -> Result<(Weights, i32)> {
    type Found = ((f64, f64, f64), (f64, f64, f64), i32);
    let found: Option<Found> = priority_weights::table
        .find(key(board))
        .select((
            (priority_weights::votes, priority_weights::need, priority_weights::momentum),
            (priority_weights::effort, priority_weights::strategic_value, priority_weights::age),
            priority_weights::version,
        ))
        .first(conn)
        .optional()?;
    let Some(((votes, need, momentum), (effort, value, age), version)) = found else {
        return Ok((Weights::default(), 0));
    };
    let weights = Weights::new([votes, need, momentum, effort, value, age])
        .map_err(|_| Error::Broken(format!("board {board}: odd weights")))?;
    Ok((weights, version))
}

/// Stores how a board weighs, as the version after `version`. Its ideas are ranked anew by [`refresh`].
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn set_weights(conn: &mut AnyConnection, board: BoardId, weights: &Weights, version: i32) -> Result<()> {
    use domain::triage::Factor;
    let values = (
        priority_weights::votes.eq(weights.of(Factor::Votes)),
        priority_weights::need.eq(weights.of(Factor::Need)),
        priority_weights::momentum.eq(weights.of(Factor::Momentum)),
        priority_weights::effort.eq(weights.of(Factor::Effort)),
        priority_weights::strategic_value.eq(weights.of(Factor::StrategicValue)),
        priority_weights::age.eq(weights.of(Factor::Age)),
        priority_weights::version.eq(version + 1),
    );
    let row = priority_weights::table.find(key(board));
    let rows = match version {
        0 => diesel::insert_into(priority_weights::table)
            .values((priority_weights::board_id.eq(key(board)), values))
            .execute(conn)
            .map_err(crate::error::taken(crate::error::Unique::Version))
            .map_err(|error| if matches!(error, Error::Taken(_)) { Error::Contended } else { error })?,
        _ => diesel::update(row).filter(priority_weights::version.eq(version)).set(values).execute(conn)?,
    };
    if rows == 1 { Ok(()) } else { Err(Error::Contended) }
}

/// What an idea is ranked by, as it stands now.
///
/// # Errors
/// [`Error::Missing`].
pub fn facts(conn: &mut AnyConnection, idea: IdeaId, now: DateTime<Utc>) -> Result<Facts> {
    let found = facts_of(conn, &[key(idea)], now)?;
    found.into_iter().next().map(|ranked| ranked.facts).ok_or(Error::Missing)
}

struct Ranked {
    idea: KeyValue,
    board: BoardId,
    facts: Facts,
    stored: (f64, f64, i64),
}

fn facts_of(conn: &mut AnyConnection, ids: &[KeyValue], now: DateTime<Utc>) -> Result<Vec<Ranked>> {
    type Found = (KeyValue, KeyValue, (i64, i64), String, NaiveDateTime, Row);
    let rows: Vec<Found> = ideas::table
        .inner_join(triage::table)
        .filter(ideas::id.eq_any(ids.to_vec()))
        .order(ideas::id)
        .select((
            ideas::id,
            ideas::board_id,
            (ideas::vote_count, ideas::carried_votes),
            ideas::category,
            ideas::created_at,
            Row::as_select(),
        ))
        .load(conn)?;
    let carried: Vec<(KeyValue, i64)> =
        rows.iter().map(|(idea, _, (_, carried), ..)| (*idea, *carried)).collect();
    let needs = segments::needs(conn, &carried)?;
    let since = (now - Duration::days(MOMENTUM_DAYS)).naive_utc();
    let gained: Vec<(KeyValue, i64)> = votes::table
        .filter(votes::idea_id.eq_any(ids.to_vec()).and(votes::created_at.ge(since)))
        .group_by(votes::idea_id)
        .select((votes::idea_id, count_star()))
        .load(conn)?;
    let gained: HashMap<KeyValue, i64> = gained.into_iter().collect();
    let ranked = rows.into_iter().map(|(idea, board, (vote_count, _), category, created, row)| {
        let decided = Category::of_key(&category).is_some_and(Category::is_decided);
        let waits = row.answered_at.is_none() && !decided;
        let facts = Facts {
            votes: vote_count,
            need: needs.get(&idea).copied().unwrap_or(0.0),
            momentum: gained.get(&idea).copied().unwrap_or(0),
            effort: row.effort,
            strategic_value: row.strategic_value,
            waiting: waits.then(|| (now - created.and_utc()).max(Duration::zero())),
        };
        Ranked { idea, board: board.into(), facts, stored: (row.priority, row.need, row.momentum) }
    });
    Ok(ranked.collect())
}

/// Ranks one idea by what is known of it now.
///
/// # Errors
/// Only when the database fails.
pub fn rank(conn: &mut AnyConnection, idea: IdeaId, now: DateTime<Utc>) -> Result<()> {
    rank_all(conn, &[key(idea)], now).map(drop)
}

fn rank_all(conn: &mut AnyConnection, ids: &[KeyValue], now: DateTime<Utc>) -> Result<usize> {
    let mut known: HashMap<BoardId, Weights> = HashMap::new();
    let mut moved = 0;
    for Ranked { idea, board, facts, stored } in facts_of(conn, ids, now)? {
        let weights = match known.get(&board) {
            Some(weights) => *weights,
            None => *known.entry(board).or_insert(weights(conn, board)?.0),
        };
        let found = (priority(&facts, &weights), facts.need, facts.momentum);
        if found == stored {
            continue;
        }
        moved += diesel::update(triage::table.find(idea))
            .set((triage::priority.eq(found.0), triage::need.eq(found.1), triage::momentum.eq(found.2)))
            .execute(conn)?;
    }
    values::refresh(conn, ids)?;
    Ok(moved)
}

/// Ranks up to `most` living ideas after `after` by id; says where to go on from, or nothing when all are done.
///
/// # Errors
/// Only when the database fails.
pub fn refresh(
    conn: &mut AnyConnection,
    now: DateTime<Utc>,
    after: Option<IdeaId>,
    most: i64,
) -> Result<Option<IdeaId>> {
    let after = KeyValue::from(after.map_or(uuid::Uuid::nil(), |id| id.uuid()));
    let ids: Vec<KeyValue> = ideas::table
        .filter(ideas::id.gt(after).and(ideas::hidden_at.is_null()))
        .order(ideas::id)
        .limit(most)
        .select(ideas::id)
        .load(conn)?;
    rank_all(conn, &ids, now)?;
    let full = i64::try_from(ids.len()).unwrap_or(i64::MAX) == most;
    Ok(ids.last().filter(|_| full).map(|id| IdeaId::from(*id)))
}
