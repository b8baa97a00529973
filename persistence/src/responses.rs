//! The rows of official responses and of what supporters think of them.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, RunQueryDsl as _,
};
use domain::{
    Actor, IdeaId, MemberId, Refusal, Stamp,
    answers::{Happening, News, Notify, Response},
    boards::Board,
    events::Event,
    ideas::Idea,
    page::{Limit, Page, Place},
};
use uuid::Uuid;

use crate::{
    activities::{self, Entry},
    connection::AnyConnection,
    error::{Error, Result, Unique, taken},
    key::{KeyValue, key},
    notifications::{self, Notice},
    outbox,
    schema::{members, response_ratings, responses},
    triage, votes,
};

/// What the brand said, in one version.
#[derive(Debug, Clone)]
pub struct Said {
    pub version: i32,
    pub body: String,
    /// Who said it: id and name.
    pub author: Option<(MemberId, String)>,
    pub at: DateTime<Utc>,
}

/// The response that counts, and what its readers think of it.
#[derive(Debug, Clone)]
pub struct Standing {
    pub said: Said,
    pub helpful: i64,
    pub not_helpful: i64,
    /// What the one who looks has said of it.
    pub mine: Option<bool>,
}

type Found = (i32, String, Option<KeyValue>, Option<String>, NaiveDateTime);

fn said((version, body, author, name, at): Found) -> Said {
    Said { version, body, author: author.map(MemberId::from).zip(name), at: at.and_utc() }
}

/// Every version, the latest first.
///
/// # Errors
/// Only when the database fails.
pub fn versions(
    conn: &mut AnyConnection,
    idea: IdeaId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Said>> {
    let before = after.map_or(i32::MAX, |place| i32::try_from(place.key).unwrap_or(0));
    let rows: Vec<Found> = responses::table
        .left_join(members::table.on(responses::author_id.eq(members::id.nullable())))
        .filter(responses::idea_id.eq(key(idea)).and(responses::version.lt(before)))
        .order(responses::version.desc())
        .limit(limit.probe())
        .select((
            responses::version,
            responses::body,
            responses::author_id,
            members::display_name.nullable(),
            responses::created_at,
        ))
        .load(conn)?;
    let found = rows.into_iter().map(said).collect();
    Ok(Page::of(found, limit, |said: &Said| Place { lap: 0, key: said.version.into(), id: Uuid::nil() }))
}

/// The response that counts, if there is one.
///
/// # Errors
/// Only when the database fails.
pub fn current(conn: &mut AnyConnection, actor: &Actor, idea: IdeaId) -> Result<Option<Standing>> {
    let first = Limit::of(1).unwrap_or_default();
    let Some(said) = versions(conn, idea, None, first)?.items.into_iter().next() else { return Ok(None) };
    let of_it = response_ratings::table
        .filter(response_ratings::idea_id.eq(key(idea)).and(response_ratings::version.eq(said.version)));
    let all: i64 = of_it.count().get_result(conn)?;
    let helpful: i64 = of_it.filter(response_ratings::helpful.eq(true)).count().get_result(conn)?;
    let mine = match actor.member_id() {
        None => None,
        Some(me) => of_it
            .filter(response_ratings::member_id.eq(key(me)))
            .select(response_ratings::helpful)
            .first(conn)
            .optional()?,
    };
    Ok(Some(Standing { said, helpful, not_helpful: all - helpful, mine }))
}

/// Says something, as the version after the present one, without telling anybody.
///
/// # Errors
/// [`Error::Contended`] when somebody said something meanwhile.
pub(crate) fn say(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    text: &Response,
    by: Option<MemberId>,
) -> Result<i32> {
    let last: Option<i32> = responses::table
        .filter(responses::idea_id.eq(key(idea.id)))
        .order(responses::version.desc())
        .select(responses::version)
        .first(conn)
        .optional()?;
    let version = last.unwrap_or(0) + 1;
    diesel::insert_into(responses::table)
        .values((
            responses::idea_id.eq(key(idea.id)),
            responses::version.eq(version),
            responses::body.eq(text.as_str()),
            responses::author_id.eq(by.map(key)),
            responses::created_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)
        .map_err(taken(Unique::Version))
        .map_err(|error| if matches!(error, Error::Taken(_)) { Error::Contended } else { error })?;
    triage::answered(conn, idea.id, stamp.at)?;
    triage::rank(conn, idea.id, stamp.at)?;
    Ok(version)
}

/// Puts a response in place of the present one, which is kept, and tells the supporters.
///
/// # Errors
/// [`Error::Contended`] when somebody said something meanwhile.
pub fn put(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    (idea, board): (&Idea, &Board),
    text: &Response,
    by: Option<MemberId>,
    notify: Notify,
) -> Result<()> {
    let version = say(conn, stamp, idea, text, by)?;
    let notice = Notice { news: News::Responded, idea: idea.id, board, by, notify };
    let reach = notifications::tell(conn, stamp, &notice)?;
    let entry = Entry { version: Some(version), reach: Some(reach), ..Entry::new(Happening::Responded, by) };
    activities::write(conn, (stamp, 0), idea.id, &entry)?;
    outbox::write(conn, stamp, &[Event::IdeaResponded { idea: idea.id, board: idea.board_id, version }])
}

/// Keeps what a supporter thinks of the present response, in place of what they thought; none takes it back.
///
/// # Errors
/// [`Error::Missing`] without a response, [`Refusal::NotASupporter`] for whoever does not vote for the idea.
pub fn rate(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    member: MemberId,
    helpful: Option<bool>,
) -> Result<()> {
    let actor = Actor::System;
    let version = current(conn, &actor, idea.id)?.ok_or(Error::Missing)?.said.version;
    if !votes::exists(conn, idea.id, member)? {
        return Err(Refusal::NotASupporter.into());
    }
    let row = response_ratings::table.find((key(idea.id), version, key(member)));
    let Some(helpful) = helpful else {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    };
    if diesel::update(row).set(response_ratings::helpful.eq(helpful)).execute(conn)? == 0 {
        diesel::insert_into(response_ratings::table)
            .values((
                response_ratings::idea_id.eq(key(idea.id)),
                response_ratings::version.eq(version),
                response_ratings::member_id.eq(key(member)),
                response_ratings::helpful.eq(helpful),
                response_ratings::created_at.eq(stamp.at.naive_utc()),
            ))
            .execute(conn)?;
    }
    Ok(())
}
