//! The rows of ideas: found and stored one at a time. How one changes is in [`change`], lists are in [`list`].

pub mod change;
pub mod export;
pub mod likeness;
pub mod list;
pub mod upkeep;

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    dsl::{self, auto_type},
};
use domain::{
    Actor, BoardId, CommentId, IdeaId, MemberId, Stamp,
    access::Permission,
    attachments::Attachment,
    events::Event,
    ideas::{Idea, Words},
    markdown,
    moderation::{Hidden, State},
    ranking,
    search::Folded,
    statuses::{Category, Status},
};
use uuid::Uuid;

use crate::{
    attachments,
    boards::{self, Seen},
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, Unique, taken},
    fields::answers::{self, Answered},
    follows,
    key::{KeyValue, key},
    moderation::{self, Post},
    outbox,
    proxies::{self, Proxy},
    responses::{self, Standing},
    schema::{
        boards as boards_table, idea_tags, idea_texts, ideas, members, statuses as statuses_table, votes,
    },
    search, statuses, triage,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = ideas, check_for_backend(MultiBackend))]
pub(crate) struct Row {
    id: KeyValue,
    board_id: KeyValue,
    author_id: Option<KeyValue>,
    vote_count: i64,
    carried_votes: i64,
    comment_count: i64,
    attachment_count: i64,
    trending: f64,
    merged_into: Option<KeyValue>,
    comments_locked: bool,
    pinned_comment_id: Option<KeyValue>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    hidden_at: Option<NaiveDateTime>,
    hidden_as: Option<String>,
    version: i32,
}

/// What joins an idea and its status.
#[auto_type]
fn status_of() -> _ {
    statuses_table::board_id.eq(ideas::board_id).and(statuses_table::key.eq(ideas::status))
}

impl Row {
    fn of_status(self, status: Status) -> Idea {
        let row = self;
        Idea {
            id: row.id.into(),
            board_id: row.board_id.into(),
            author_id: row.author_id.map(MemberId::from),
            status,
            vote_count: row.vote_count,
            carried_votes: row.carried_votes,
            comment_count: row.comment_count,
            attachment_count: row.attachment_count,
            trending: row.trending,
            merged_into: row.merged_into.map(IdeaId::from),
            comments_locked: row.comments_locked,
            pinned_comment_id: row.pinned_comment_id.map(CommentId::from),
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            hidden: hidden(row.hidden_at, row.hidden_as.as_deref()),
            version: row.version,
        }
    }
}

/// Since when a post is out of sight, and why.
pub(crate) fn hidden(at: Option<NaiveDateTime>, state: Option<&str>) -> Option<Hidden> {
    // A state that only a newer release knows hides like a deletion.
    let state = state.and_then(State::named).unwrap_or(State::Deleted);
    at.map(|at| Hidden { since: at.and_utc(), state })
}

/// An idea as one reader sees it in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub idea: Idea,
    pub title: String,
    pub excerpt: String,
    pub tags: Vec<String>,
    pub author_name: Option<String>,
    pub my_vote: bool,
}

/// An idea as one reader sees it in full, with its board.
#[derive(Debug, Clone)]
pub struct Read {
    pub listed: Listed,
    pub body: String,
    /// In their order.
    pub attachments: Vec<Attachment>,
    /// In the order of the fields.
    pub answers: Vec<Answered>,
    pub on: Seen,
    pub response: Option<Standing>,
    /// Whether the one who reads hears of it.
    pub following: bool,
    /// Why a moderator rejected or hid it.
    pub state_reason: Option<String>,
    pub proxies: Option<Proxies>,
}

/// What of an idea staff did for customers; for those who may act so themselves.
#[derive(Debug, Clone)]
pub struct Proxies {
    pub posted: Option<Proxy>,
    pub votes: i64,
}

/// What makes an idea.
#[derive(Debug, Clone)]
pub struct NewIdea {
    pub board: BoardId,
    pub author: Option<MemberId>,
    pub words: Words,
    /// What an import knows it by.
    pub source_id: Option<String>,
    pub carried_votes: i64,
    /// Whether it is out of sight until somebody has looked at it.
    pub held: bool,
}

pub(crate) fn tags_of(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The idea and its board, if the actor may know of them; ideas out of sight are for staff and their authors.
///
/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, actor: &Actor, id: IdeaId) -> Result<(Idea, Seen)> {
    let (row, status, board): (Row, statuses::Row, boards::Row) = ideas::table
        .inner_join(boards_table::table)
        .inner_join(statuses_table::table.on(status_of()))
        .filter(ideas::id.eq(key(id)))
        .select((Row::as_select(), statuses::Row::as_select(), boards::Row::as_select()))
        .first(conn)?;
    let seen = boards::seen(conn, actor, board)?;
    let idea = row.of_status(status.try_into()?);
    match idea.hidden {
        Some(hidden) if !hidden.is_seen_by(actor, idea.author_id) => Err(Error::Missing),
        Some(_) | None => Ok((idea, seen)),
    }
}

/// [`find`], with everything a reader sees.
///
/// # Errors
/// [`Error::Missing`].
pub fn read(conn: &mut AnyConnection, actor: &Actor, id: IdeaId) -> Result<Read> {
    type Found = (String, String, String, String, Option<String>, Option<KeyValue>);
    let (idea, on) = find(conn, actor, id)?;
    let me = actor.member_id().map_or(KeyValue::from(Uuid::nil()), key);
    let (title, body, excerpt, tags, author_name, voted): Found = ideas::table
        .inner_join(idea_texts::table)
        .left_join(members::table)
        .left_join(votes::table.on(votes::idea_id.eq(ideas::id).and(votes::member_id.eq(me))))
        .filter(ideas::id.eq(key(id)))
        .select((
            idea_texts::title,
            idea_texts::body,
            idea_texts::excerpt,
            idea_texts::tags,
            members::display_name.nullable(),
            votes::member_id.nullable(),
        ))
        .first(conn)?;
    let response = responses::current(conn, actor, id)?;
    let following = match actor.member_id() {
        Some(member) => follows::hears(conn, id, member)?,
        None => false,
    };
    let answers = answers::seen(conn, actor, &idea)?;
    let state_reason = match idea.hidden {
        Some(_) => moderation::reason(conn, Post::Idea(&idea))?,
        None => None,
    };
    let attachments = attachments::of_idea(conn, &idea)?;
    let proxies = actor.ensure(Permission::ActOnBehalf).is_ok().then(|| proxies_of(conn, id)).transpose()?;
    let listed = Listed { idea, title, excerpt, tags: tags_of(&tags), author_name, my_vote: voted.is_some() };
    Ok(Read { listed, body, attachments, answers, on, response, following, state_reason, proxies })
}

fn proxies_of(conn: &mut AnyConnection, id: IdeaId) -> Result<Proxies> {
    Ok(Proxies { posted: proxies::of_post(conn, id)?, votes: proxies::count_votes(conn, id)? })
}

/// Stores a new idea, without a vote; of one that is held nobody hears. Made when `stamp` says, told of when `told` does.
///
/// # Errors
/// [`Error::Taken`] when the board has an idea with the same `source_id`.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, told: &Stamp, new: &NewIdea) -> Result<IdeaId> {
    let id: IdeaId = stamp.id(0);
    let status = statuses::first(conn, new.board, Category::Open)?;
    diesel::insert_into(ideas::table)
        .values((
            ideas::id.eq(key(id)),
            ideas::board_id.eq(key(new.board)),
            ideas::author_id.eq(new.author.map(key)),
            ideas::status.eq(status.key.as_str()),
            ideas::category.eq(status.category.key()),
            ideas::vote_count.eq(new.carried_votes),
            ideas::carried_votes.eq(new.carried_votes),
            ideas::comment_count.eq(0),
            ideas::trending.eq(ranking::from_rows(stamp.at, new.carried_votes, [])),
            ideas::shuffled.eq(ranking::shuffled(id)),
            ideas::source_id.eq(new.source_id.as_deref()),
            ideas::hidden_at.eq(new.held.then(|| stamp.at.naive_utc())),
            ideas::hidden_as.eq(new.held.then(|| State::Held.name())),
            ideas::created_at.eq(stamp.at.naive_utc()),
            ideas::updated_at.eq(stamp.at.naive_utc()),
            ideas::version.eq(1),
        ))
        .execute(conn)
        .map_err(taken(Unique::SourceId))?;
    diesel::insert_into(idea_texts::table)
        .values((idea_texts::idea_id.eq(key(id)), texts(&new.words)))
        .execute(conn)?;
    insert_tags(conn, id, &new.words)?;
    triage::insert(conn, stamp, id, &status)?;
    if new.held {
        triage::repeat(conn, id)?;
        return Ok(id);
    }
    index(conn, id, new.board, &new.words)?;
    outbox::write(conn, told, &[Event::IdeaCreated { idea: id, board: new.board, author: new.author }])?;
    Ok(id)
}

/// Whether the board has an idea that an import knew by this name.
///
/// # Errors
/// Only when the database fails.
pub fn has_source(conn: &mut AnyConnection, board: BoardId, source_id: &str) -> Result<bool> {
    let found: Option<KeyValue> = ideas::table
        .filter(ideas::board_id.eq(key(board)).and(ideas::source_id.eq(source_id)))
        .select(ideas::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

#[derive(diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = idea_texts)]
struct Texts {
    title: String,
    body: String,
    excerpt: String,
    tags: String,
    folded_title: String,
    folded_whole: String,
}

fn texts(words: &Words) -> Texts {
    let title = Folded::new(words.title.as_str());
    let body = Folded::new(words.body.as_str());
    Texts {
        title: words.title.as_str().to_owned(),
        body: words.body.as_str().to_owned(),
        excerpt: markdown::excerpt(words.body.as_str()),
        tags: serde_json::json!(words.tags.as_slice()).to_string(),
        folded_whole: [title.as_str(), body.as_str()].concat(),
        folded_title: title.as_str().to_owned(),
    }
}

fn insert_tags(conn: &mut AnyConnection, id: IdeaId, words: &Words) -> Result<()> {
    for tag in words.tags.as_slice() {
        diesel::insert_into(idea_tags::table)
            .values((idea_tags::tag.eq(tag), idea_tags::idea_id.eq(key(id))))
            .execute(conn)?;
    }
    Ok(())
}

fn index(conn: &mut AnyConnection, id: IdeaId, board: BoardId, words: &Words) -> Result<()> {
    search::index(conn, id, board, &Folded::new(words.title.as_str()), &Folded::new(words.body.as_str()))
}

/// The words an idea has now.
///
/// # Errors
/// [`Error::Missing`].
pub fn words(conn: &mut AnyConnection, id: IdeaId) -> Result<Words> {
    use domain::ideas::{Body, Tags, Title};
    let odd = || Error::Broken(format!("idea {id}: odd words"));
    let (title, body, tags): (String, String, String) = idea_texts::table
        .find(key(id))
        .select((idea_texts::title, idea_texts::body, idea_texts::tags))
        .first(conn)?;
    Ok(Words {
        title: Title::try_from(&*title).map_err(|_| odd())?,
        body: Body::try_from(&*body).map_err(|_| odd())?,
        tags: Tags::try_from(tags_of(&tags).as_slice()).map_err(|_| odd())?,
    })
}

/// How many ideas there are, deleted ones apart.
///
/// # Errors
/// Only when the database fails.
pub fn total(conn: &mut AnyConnection) -> Result<i64> {
    Ok(ideas::table.filter(ideas::hidden_at.is_null()).select(dsl::count_star()).first(conn)?)
}
