//! The rows of votes, and the counters they move.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _, sql_types::BigInt,
};
use domain::{
    BoardId, IdeaId, MemberId, Stamp,
    events::Event,
    ideas::Idea,
    page::{Limit, Page, Place},
    ranking,
    statuses::Category,
};

use crate::{
    batch,
    connection::AnyConnection,
    database::AloneWith,
    error::{Error, Result},
    ideas::upkeep,
    key::{KeyValue, key},
    outbox,
    schema::{ideas, members, votes},
    written::Written,
};

/// A vote with the name of its voter.
#[derive(Debug, Clone)]
pub struct Voter {
    pub member: MemberId,
    pub display_name: String,
    pub voted_at: DateTime<Utc>,
}

/// Whether the member votes for the idea.
///
/// # Errors
/// Only when the database fails.
pub fn exists(conn: &mut AnyConnection, idea: IdeaId, member: MemberId) -> Result<bool> {
    let row: Option<KeyValue> =
        votes::table.find((key(idea), key(member))).select(votes::member_id).first(conn).optional()?;
    Ok(row.is_some())
}

/// How many votes the idea has now.
///
/// # Errors
/// [`Error::Missing`].
pub fn count(conn: &mut AnyConnection, idea: IdeaId) -> Result<i64> {
    Ok(ideas::table.find(key(idea)).select(ideas::vote_count).first(conn)?)
}

/// Waits until no other change is alone with the member: two votes at once must not both take the last place of a
/// budget. Asked for only where there is a budget, which the door cannot know beforehand.
///
/// # Errors
/// Only when the database fails.
pub fn be_alone_with(conn: &mut AnyConnection, member: MemberId) -> Result<()> {
    batch::lock(conn, AloneWith::Member(member.uuid()))
}

/// How many open ideas of the board the member votes for.
///
/// # Errors
/// Only when the database fails.
pub fn count_open(conn: &mut AnyConnection, member: MemberId, board: BoardId) -> Result<i64> {
    let open = Category::ALL.into_iter().filter(|category| !category.is_closed()).map(Category::key);
    let cast = votes::table
        .inner_join(ideas::table)
        .filter(votes::member_id.eq(key(member)).and(ideas::board_id.eq(key(board))))
        .filter(ideas::hidden_at.is_null().and(ideas::category.eq_any(open.collect::<Vec<_>>())))
        .count()
        .get_result(conn)?;
    Ok(cast)
}

/// Casts the member's vote, if it is not cast yet, and returns the count. The row of the idea is changed last, so that
/// it is locked briefly.
///
/// # Errors
/// [`Error::Contended`] when the idea was closed or deleted since it was read.
pub fn cast(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, member: MemberId) -> Result<i64> {
    cast_anew(conn, stamp, idea, member)?.map_or_else(|| count(conn, idea.id), Ok)
}

/// [`cast`], which returns nothing when the vote was there before.
///
/// # Errors
/// As [`cast`].
pub fn cast_anew(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    member: MemberId,
) -> Result<Option<i64>> {
    let vote = (
        votes::idea_id.eq(key(idea.id)),
        votes::member_id.eq(key(member)),
        votes::created_at.eq(stamp.at.naive_utc()),
    );
    let insert = diesel::insert_into(votes::table).values(vote);
    let cast = match conn {
        AnyConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
        AnyConnection::Postgres(postgres) => insert.on_conflict_do_nothing().execute(postgres)?,
    };
    if cast == 0 {
        // Where it is the copy of a vote for a merged idea, it is their own from now on, and stays if that is undone.
        let copy = votes::table.find((key(idea.id), key(member))).filter(votes::carried_from.is_not_null());
        diesel::update(copy).set(votes::carried_from.eq(None::<KeyValue>)).execute(conn)?;
        return Ok(None);
    }
    outbox::write(conn, stamp, &[Event::VoteCast { idea: idea.id, board: idea.board_id, member }])?;
    let weight = ranking::weight(stamp.at);
    let sql = "UPDATE ideas SET vote_count = vote_count + 1, trending = madang_with_vote(trending, ";
    count_by(conn, Written::new(sql).with(weight, ""), idea).map(Some)
}

/// Keeps the member's vote from changing until this change is stored; whether there is one.
///
/// # Errors
/// Only when the database fails.
pub fn hold(conn: &mut AnyConnection, idea: IdeaId, member: MemberId) -> Result<bool> {
    let vote = votes::table.find((key(idea), key(member)));
    // Changes nothing but takes the lock of the row.
    Ok(diesel::update(vote).set(votes::created_at.eq(votes::created_at)).execute(conn)? == 1)
}

/// Takes the member's vote back, if it is cast, and returns the count.
///
/// # Errors
/// [`Error::Contended`] when the idea was closed or deleted since it was read.
pub fn withdraw(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, member: MemberId) -> Result<i64> {
    let cast_at: Option<NaiveDateTime> = diesel::delete(votes::table.find((key(idea.id), key(member))))
        .returning(votes::created_at)
        .get_result(conn)
        .optional()?;
    let Some(cast_at) = cast_at else {
        return count(conn, idea.id);
    };
    outbox::write(conn, stamp, &[Event::VoteWithdrawn { idea: idea.id, board: idea.board_id, member }])?;
    let base = ranking::from_rows(idea.created_at, idea.carried_votes, []);
    let weight = ranking::weight(cast_at.and_utc());
    let sql = "UPDATE ideas SET vote_count = vote_count - 1, trending = madang_without_vote(trending, ";
    let count = count_by(conn, Written::new(sql).with(weight, ", ").with(base, ""), idea)?;
    // Where the vote was nearly all of the score, the difference has no digits left: then the rows tell.
    if ranking::is_drowned_out(idea.trending, weight) {
        upkeep::settle(conn, idea.id)?;
    }
    Ok(count)
}

/// Counts a vote by `sql`, which goes on with the idea's row. Written out, because Diesel keeps no UPDATE prepared, and to
/// plan this one anew for each vote costs as much as to run it.
fn count_by(conn: &mut AnyConnection, sql: Written<BigInt>, idea: &Idea) -> Result<i64> {
    let counted = sql
        .then(Written::new(") WHERE id = ").with(idea.id, " AND status = "))
        .then(Written::new("").with(idea.status.key.as_str(), " AND hidden_at IS NULL RETURNING vote_count"))
        .get_result(conn);
    counted.optional()?.ok_or(Error::Contended)
}

/// Who votes for an idea, latest vote first.
///
/// # Errors
/// Only when the database fails.
pub fn voters(
    conn: &mut AnyConnection,
    idea: IdeaId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Voter>> {
    let mut query = votes::table
        .inner_join(members::table)
        .filter(votes::idea_id.eq(key(idea)))
        .order((votes::created_at.desc(), votes::member_id.desc()))
        .select((votes::member_id, members::display_name, votes::created_at))
        .limit(limit.probe())
        .into_boxed();
    if let Some(after) = after {
        let at = DateTime::from_timestamp_micros(after.key).unwrap_or_default().naive_utc();
        let past = votes::created_at.lt(at).or(votes::member_id.lt(KeyValue::from(after.id)));
        query = query.filter(votes::created_at.le(at)).filter(past);
    }
    let rows: Vec<(KeyValue, String, NaiveDateTime)> = query.load(conn)?;
    let rows = rows
        .into_iter()
        .map(|(id, display_name, at)| Voter { member: id.into(), display_name, voted_at: at.and_utc() })
        .collect();
    Ok(Page::of(rows, limit, |voter| Place {
        lap: 0,
        key: voter.voted_at.timestamp_micros(),
        id: voter.member.uuid(),
    }))
}
