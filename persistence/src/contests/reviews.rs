//! The rows of reviews.

mod counts;

use chrono::NaiveDateTime;
use diesel::{
    AsChangeset, BoolExpressionMethods as _, ExpressionMethods as _, Insertable, QueryDsl as _, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _,
    dsl::exists,
    result::{DatabaseErrorKind, Error as Diesel},
};
use domain::{
    ContestId, EntryId, MemberId, ReviewId, Stamp,
    contests::{
        Barred, Contest,
        reviews::{Kind, Review, State},
        screening::Note,
    },
    events::{Event, ReviewEvent},
    page::{Limit, Page, Place},
};

pub use self::counts::{Marked, assigned, open_count, seats, sent_by, sent_marks, standing};
use super::{from_json, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    outbox,
    schema::{contest_judges, entry_reviews},
    written::Written,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = entry_reviews, check_for_backend(MultiBackend))]
struct Row {
    id: KeyValue,
    contest_id: KeyValue,
    entry_id: KeyValue,
    judge_id: KeyValue,
    round: i32,
    kind: String,
    state: String,
    marks: String,
    comments: String,
    note: String,
    reason: Option<String>,
    created_at: NaiveDateTime,
    saved_at: Option<NaiveDateTime>,
    sent_at: Option<NaiveDateTime>,
    ended_at: Option<NaiveDateTime>,
    version: i32,
}

impl TryFrom<Row> for Review {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("review {}: odd {what}", row.id.uuid()));
        let utc = |at: Option<NaiveDateTime>| at.map(|at| at.and_utc());
        Ok(Self {
            kind: Kind::named(&row.kind).ok_or_else(|| odd("kind"))?,
            state: State::named(&row.state).ok_or_else(|| odd("state"))?,
            marks: from_json(&row.marks)?,
            comments: from_json(&row.comments)?,
            reason: row.reason.as_deref().map(Note::try_from).transpose().map_err(|_| odd("reason"))?,
            id: row.id.into(),
            contest_id: row.contest_id.into(),
            entry_id: row.entry_id.into(),
            judge_id: row.judge_id.into(),
            round: row.round,
            note: row.note,
            created_at: row.created_at.and_utc(),
            saved_at: utc(row.saved_at),
            sent_at: utc(row.sent_at),
            ended_at: utc(row.ended_at),
            version: row.version,
        })
    }
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: ReviewId) -> Result<Review> {
    entry_reviews::table.find(key(id)).select(Row::as_select()).first::<Row>(conn)?.try_into()
}

/// How many extra reviews are not sent yet.
///
/// # Errors
/// Only when the database fails.
pub fn open_extra(conn: &mut AnyConnection, contest: &Contest) -> Result<i64> {
    Ok(entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest.id)))
        .filter(entry_reviews::round.eq(contest.round))
        .filter(entry_reviews::kind.eq(Kind::Extra.name()))
        .filter(entry_reviews::state.eq(State::Open.name()))
        .count()
        .get_result(conn)?)
}

/// What a judge has, or had, in a contest or in any, in the order in which it was given; nothing of one they do not judge, or left.
///
/// # Errors
/// Only when the database fails.
pub fn of_judge(
    conn: &mut AnyConnection,
    contest: Option<ContestId>,
    judge: MemberId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Review>> {
    let judges = contest_judges::table
        .filter(contest_judges::contest_id.eq(entry_reviews::contest_id))
        .filter(contest_judges::member_id.eq(key(judge)))
        .filter(contest_judges::left_at.is_null());
    let mut query = entry_reviews::table
        .filter(entry_reviews::judge_id.eq(key(judge)))
        .filter(exists(judges))
        .order(entry_reviews::id)
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Some(contest) = contest {
        query = query.filter(entry_reviews::contest_id.eq(key(contest)));
    }
    if let Some(after) = after {
        query = query.filter(entry_reviews::id.gt(KeyValue::from(after.id)));
    }
    page(query.load(conn)?, limit)
}

/// The reviews of a round of a contest, in the order in which they were given.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    contest: ContestId,
    round: i32,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Review>> {
    let mut query = entry_reviews::table
        .filter(entry_reviews::contest_id.eq(key(contest)))
        .filter(entry_reviews::round.eq(round))
        .order(entry_reviews::id)
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(entry_reviews::id.gt(KeyValue::from(after.id)));
    }
    page(query.load(conn)?, limit)
}

fn page(rows: Vec<Row>, limit: Limit) -> Result<Page<Review>> {
    let found = rows.into_iter().map(Review::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |review| Place { lap: 0, key: 0, id: review.id.uuid() }))
}

/// What a judge holds of a contest in the round it is in, calibration too.
///
/// # Errors
/// Only when the database fails.
pub fn held_by(conn: &mut AnyConnection, contest: &Contest, judge: MemberId) -> Result<Vec<Review>> {
    let rows: Vec<Row> = entry_reviews::table
        .filter(entry_reviews::judge_id.eq(key(judge)))
        .filter(entry_reviews::contest_id.eq(key(contest.id)))
        .filter(entry_reviews::round.eq(contest.round))
        .filter(entry_reviews::state.eq_any(State::HELD.map(State::name)))
        .order(entry_reviews::id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Review::try_from).collect()
}

/// Who has an entry in a round, or had it.
///
/// # Errors
/// Only when the database fails.
pub fn judges_of(conn: &mut AnyConnection, entry: EntryId, round: i32) -> Result<Vec<MemberId>> {
    let rows: Vec<KeyValue> = entry_reviews::table
        .filter(entry_reviews::entry_id.eq(key(entry)))
        .filter(entry_reviews::round.eq(round))
        .select(entry_reviews::judge_id)
        .load(conn)?;
    Ok(rows.into_iter().map(MemberId::from).collect())
}

/// Whether an entry is before a judge.
pub(crate) fn is_before(conn: &mut AnyConnection, entry: EntryId, judge: MemberId) -> Result<bool> {
    let held: i64 = entry_reviews::table
        .filter(entry_reviews::entry_id.eq(key(entry)))
        .filter(entry_reviews::judge_id.eq(key(judge)))
        .filter(entry_reviews::state.eq_any(State::HELD.map(State::name)))
        .count()
        .get_result(conn)?;
    Ok(held > 0)
}

/// Stores a review that was given by hand.
///
/// # Errors
/// [`Barred::ReviewedBefore`].
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, review: &Review) -> Result<()> {
    diesel::insert_into(entry_reviews::table)
        .values((
            entry_reviews::id.eq(key(review.id)),
            entry_reviews::contest_id.eq(key(review.contest_id)),
            entry_reviews::entry_id.eq(key(review.entry_id)),
            entry_reviews::judge_id.eq(key(review.judge_id)),
            entry_reviews::round.eq(review.round),
            entry_reviews::kind.eq(review.kind.name()),
            entry_reviews::created_at.eq(review.created_at.naive_utc()),
            changes(review)?,
        ))
        .execute(conn)
        .map_err(|error| match error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Error::Refused(Barred::ReviewedBefore.into())
            }
            error => error.into(),
        })?;
    tell(conn, stamp, review, ReviewEvent::Given)
}

/// How many reviews go into one statement.
const AT_ONCE: usize = 50;

/// Puts entries before judges, as many as there are.
///
/// # Errors
/// Only when the database fails.
pub fn give(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    contest: &Contest,
    kind: Kind,
    pairs: &[(EntryId, MemberId)],
) -> Result<()> {
    let numbered: Vec<_> = (0_u16..).zip(pairs).collect();
    for some in numbered.chunks(AT_ONCE) {
        let mut insert: Written = Written::new(
            "INSERT INTO entry_reviews (id, contest_id, entry_id, judge_id, round, kind, state, marks, comments, note, created_at, version) VALUES ",
        );
        for (nth, (place, (entry, judge))) in some.iter().enumerate() {
            let id: ReviewId = stamp.branch(*place).id(0);
            let row = Written::new(if nth == 0 { "(" } else { ", (" })
                .with(id, ", ")
                .with(contest.id, ", ")
                .with(*entry, ", ")
                .with(*judge, ", ")
                .with(contest.round, ", ")
                .with(kind.name(), ", 'open', '{}', '{}', '', ")
                .with(stamp.at.naive_utc(), ", 1)");
            insert = insert.then(row);
        }
        insert.execute(conn)?;
    }
    Ok(())
}

/// Stores a review as the version after the one that was read, and says so where it is anybody's business.
///
/// # Errors
/// [`Error::Contended`] when it was changed meanwhile.
pub fn update(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    review: &Review,
    what: Option<ReviewEvent>,
) -> Result<()> {
    let rows = diesel::update(entry_reviews::table.find(key(review.id)))
        .filter(entry_reviews::version.eq(review.version - 1))
        .set(changes(review)?)
        .execute(conn)?;
    match (rows, what) {
        (0, _) => Err(Error::Contended),
        (_, Some(what)) => tell(conn, stamp, review, what),
        (_, None) => Ok(()),
    }
}

/// Takes away all that was given in the round, before anybody worked on it, and the samples that nobody worked on: what was given before
/// the rest would be known by it.
///
/// # Errors
/// Only when the database fails.
pub fn clear(conn: &mut AnyConnection, contest: &Contest) -> Result<()> {
    let samples = entry_reviews::kind.eq(Kind::Calibration.name()).and(entry_reviews::saved_at.is_null());
    let given = entry_reviews::kind.eq(Kind::Assigned.name()).or(samples);
    let of_round = entry_reviews::contest_id.eq(key(contest.id)).and(entry_reviews::round.eq(contest.round));
    diesel::delete(entry_reviews::table.filter(of_round.and(given))).execute(conn)?;
    Ok(())
}

/// Forgets what a judge wrote; what they marked stays, under their pseudonym.
pub(super) fn forget(conn: &mut AnyConnection, judge: MemberId) -> Result<()> {
    diesel::update(entry_reviews::table.filter(entry_reviews::judge_id.eq(key(judge))))
        .set((
            entry_reviews::comments.eq("{}"),
            entry_reviews::note.eq(""),
            entry_reviews::reason.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, review: &Review, what: ReviewEvent) -> Result<()> {
    outbox::write(conn, stamp, &[Event::Review { review: review.id, contest: review.contest_id, what }])
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = entry_reviews, treat_none_as_null = true)]
struct Changes {
    state: String,
    marks: String,
    comments: String,
    note: String,
    reason: Option<String>,
    saved_at: Option<NaiveDateTime>,
    sent_at: Option<NaiveDateTime>,
    ended_at: Option<NaiveDateTime>,
    version: i32,
}

fn changes(review: &Review) -> Result<Changes> {
    let naive = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.naive_utc());
    Ok(Changes {
        state: review.state.name().to_owned(),
        marks: to_json(&review.marks)?,
        comments: to_json(&review.comments)?,
        note: review.note.clone(),
        reason: review.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        saved_at: naive(review.saved_at),
        sent_at: naive(review.sent_at),
        ended_at: naive(review.ended_at),
        version: review.version,
    })
}
