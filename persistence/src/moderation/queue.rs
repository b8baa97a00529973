//! What waits to be looked at, and what became of a member's own posts.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _, dsl::exists,
};
use domain::{
    BoardId, IdeaId, MemberId,
    moderation::{Cause, Complaint, Decision, Hidden, State},
    page::{Limit, Page, Place},
};
use uuid::Uuid;

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    ideas::hidden,
    key::{KeyValue, key},
    schema::{comments, idea_texts, ideas, members, moderation_cases, reports},
};

/// What kind of post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Idea,
    Comment,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Comment => "comment",
        }
    }
}

/// Why a post is in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    Held,
    Reported,
}

/// Which posts are listed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub board: Option<BoardId>,
    pub kind: Option<Kind>,
    pub because: Option<Because>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = moderation_cases, check_for_backend(MultiBackend))]
struct Row {
    post_id: KeyValue,
    kind: String,
    idea_id: KeyValue,
    board_id: KeyValue,
    causes: String,
    report_count: i64,
    opened_at: NaiveDateTime,
    decision: Option<String>,
    reason: Option<String>,
    decided_at: Option<NaiveDateTime>,
}

/// A post that was held or reported.
#[derive(Debug, Clone)]
pub struct Case {
    pub post: Uuid,
    pub kind: Kind,
    pub idea: IdeaId,
    pub board: BoardId,
    /// The title of the idea, or of the idea that the comment stands under.
    pub title: String,
    /// What it says, in Markdown.
    pub body: String,
    /// Id and name.
    pub author: Option<(MemberId, String)>,
    pub hidden: Option<Hidden>,
    pub causes: Vec<Cause>,
    pub report_count: i64,
    pub reports: Vec<Report>,
    pub opened_at: DateTime<Utc>,
    /// What was decided last, why, and when.
    pub decided: Option<(Decision, Option<String>, DateTime<Utc>)>,
}

/// What a member says against a post.
#[derive(Debug, Clone)]
pub struct Report {
    pub by: (MemberId, String),
    pub complaint: Complaint,
    pub note: String,
    pub at: DateTime<Utc>,
}

/// How many reports of a post are shown with it, the latest first.
const SHOWN: i64 = 10;

/// What waits, the longest first.
///
/// # Errors
/// Only when the database fails.
pub fn open(
    conn: &mut AnyConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Case>> {
    let mut query = moderation_cases::table
        // As the index says it; a value in its place would hide that.
        .filter(moderation_cases::open)
        .order((moderation_cases::opened_at, moderation_cases::post_id))
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Some(board) = filter.board {
        query = query.filter(moderation_cases::board_id.eq(key(board)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(moderation_cases::kind.eq(kind.name()));
    }
    query = match filter.because {
        Some(Because::Held) => query.filter(moderation_cases::causes.ne("[]")),
        Some(Because::Reported) => query.filter(moderation_cases::report_count.gt(0)),
        None => query,
    };
    if let Some(place) = after {
        let at = DateTime::from_timestamp_micros(place.key).unwrap_or_default().naive_utc();
        let later =
            moderation_cases::opened_at.gt(at).or(moderation_cases::post_id.gt(KeyValue::from(place.id)));
        query = query.filter(moderation_cases::opened_at.ge(at)).filter(later);
    }
    let rows: Vec<Row> = query.load(conn)?;
    let cases = cases(conn, rows)?;
    Ok(Page::of(cases, limit, |case| Place { lap: 0, key: case.opened_at.timestamp_micros(), id: case.post }))
}

/// A member's own posts that are held, rejected or hidden, the latest first.
///
/// # Errors
/// Only when the database fails.
pub fn own(conn: &mut AnyConnection, me: MemberId, after: Option<Place>, limit: Limit) -> Result<Page<Case>> {
    let away = [State::Held.name(), State::Rejected.name(), State::Hidden.name()];
    let idea =
        ideas::table.filter(ideas::id.eq(moderation_cases::post_id)).filter(ideas::hidden_as.eq_any(away));
    let comment = comments::table
        .filter(comments::id.eq(moderation_cases::post_id))
        .filter(comments::hidden_as.eq_any(away));
    let mut query = moderation_cases::table
        .filter(moderation_cases::author_id.eq(key(me)))
        .filter(exists(idea).or(exists(comment)))
        .order(moderation_cases::post_id.desc())
        .limit(limit.probe())
        .select(Row::as_select())
        .into_boxed();
    if let Some(place) = after {
        query = query.filter(moderation_cases::post_id.lt(KeyValue::from(place.id)));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let cases = cases(conn, rows)?;
    Ok(Page::of(cases, limit, |case| Place { lap: 0, key: 0, id: case.post }))
}

type Author = Option<(MemberId, String)>;
type Said = HashMap<KeyValue, (String, Author, Option<Hidden>)>;

/// The cases with everything a moderator reads of them.
fn cases(conn: &mut AnyConnection, rows: Vec<Row>) -> Result<Vec<Case>> {
    let (titles, mut said) = ideas_said(conn, &rows)?;
    said.extend(comments_said(conn, &rows)?);
    rows.into_iter()
        .map(|row| {
            let odd = |what: &str| Error::Broken(format!("case of {}: odd {what}", row.post_id.uuid()));
            let (body, author, hidden) = said.remove(&row.post_id).ok_or_else(|| odd("post"))?;
            let causes: Vec<String> = serde_json::from_str(&row.causes).map_err(|_| odd("causes"))?;
            let decision = row.decision.as_deref().and_then(Decision::named);
            Ok(Case {
                post: row.post_id.uuid(),
                kind: if row.kind == Kind::Idea.name() { Kind::Idea } else { Kind::Comment },
                idea: row.idea_id.into(),
                board: row.board_id.into(),
                title: titles.get(&row.idea_id).cloned().unwrap_or_default(),
                body,
                author,
                hidden,
                causes: causes.iter().filter_map(|name| Cause::named(name)).collect(),
                report_count: row.report_count,
                reports: if row.report_count > 0 { reports_of(conn, row.post_id)? } else { Vec::new() },
                opened_at: row.opened_at.and_utc(),
                decided: decision
                    .zip(row.decided_at)
                    .map(|(decision, at)| (decision, row.reason.clone(), at.and_utc())),
            })
        })
        .collect()
}

/// The titles of all ideas that are named, and what those say that are posts themselves.
fn ideas_said(conn: &mut AnyConnection, rows: &[Row]) -> Result<(HashMap<KeyValue, String>, Said)> {
    type Found =
        (KeyValue, String, String, Option<KeyValue>, Option<String>, Option<NaiveDateTime>, Option<String>);
    let found: Vec<Found> = ideas::table
        .inner_join(idea_texts::table)
        .left_join(members::table)
        .filter(ideas::id.eq_any(rows.iter().map(|row| row.idea_id).collect::<Vec<_>>()))
        .select((
            ideas::id,
            idea_texts::title,
            idea_texts::body,
            ideas::author_id,
            members::display_name.nullable(),
            ideas::hidden_at,
            ideas::hidden_as,
        ))
        .load(conn)?;
    let (mut titles, mut said) = (HashMap::new(), Said::new());
    for (id, title, body, author, name, at, state) in found {
        titles.insert(id, title);
        said.insert(id, (body, author.map(MemberId::from).zip(name), hidden(at, state.as_deref())));
    }
    Ok((titles, said))
}

fn comments_said(conn: &mut AnyConnection, rows: &[Row]) -> Result<Said> {
    type Found = (KeyValue, String, KeyValue, String, Option<NaiveDateTime>, Option<String>);
    let found: Vec<Found> = comments::table
        .inner_join(members::table.on(members::id.eq(comments::author_id)))
        .filter(comments::id.eq_any(rows.iter().map(|row| row.post_id).collect::<Vec<_>>()))
        .select((
            comments::id,
            comments::body,
            comments::author_id,
            members::display_name,
            comments::hidden_at,
            comments::hidden_as,
        ))
        .load(conn)?;
    let said = |(id, body, author, name, at, state): Found| {
        (id, (body, Some((author.into(), name)), hidden(at, state.as_deref())))
    };
    Ok(found.into_iter().map(said).collect())
}

/// A few a post, because a post may have any number.
fn reports_of(conn: &mut AnyConnection, post: KeyValue) -> Result<Vec<Report>> {
    type Found = (KeyValue, String, String, String, NaiveDateTime);
    let rows: Vec<Found> = reports::table
        .inner_join(members::table)
        .filter(reports::post_id.eq(post).and(reports::open.eq(true)))
        .order(reports::created_at.desc())
        .limit(SHOWN)
        .select((
            reports::member_id,
            members::display_name,
            reports::complaint,
            reports::note,
            reports::created_at,
        ))
        .load(conn)?;
    let report = |(member, name, complaint, note, at): Found| Report {
        by: (MemberId::from(member), name),
        complaint: Complaint::named(&complaint).unwrap_or(Complaint::Other),
        note,
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(report).collect())
}
