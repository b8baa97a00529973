//! How an idea changes: edited with its history kept, deleted and restored, moved to another status.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _,
};
use domain::{
    MemberId, Stamp,
    answers::{Happening, News, Notify, Response},
    boards::Board,
    events::Event,
    ideas::{Idea, Reason, Words},
    moderation::{Hidden, State},
    search::Folded,
    statuses::{DeclineReason, Status},
};
use uuid::Uuid;

use super::{index, insert_tags, texts};
use crate::{
    activities::{self, Entry},
    connection::AnyConnection,
    error::{Error, Result},
    fields::{self, answers::NewAnswer},
    key::{KeyValue, key},
    notifications::{self, Notice},
    outbox, responses,
    schema::{comments, idea_revisions, idea_tags, idea_texts, ideas, votes},
    search, triage,
};

/// Whether somebody besides the author has voted or commented.
///
/// # Errors
/// Only when the database fails.
pub fn others_joined(conn: &mut AnyConnection, idea: &Idea) -> Result<bool> {
    if idea.carried_votes > 0 {
        return Ok(true);
    }
    let author = idea.author_id.map_or(KeyValue::from(Uuid::nil()), key);
    let foreign: Option<KeyValue> = comments::table
        .filter(comments::idea_id.eq(key(idea.id)).and(comments::author_id.ne(author)))
        // A note between staff must not show in what the author may do.
        .filter(comments::hidden_at.is_null().and(comments::internal.eq(false)))
        .select(comments::author_id)
        .first(conn)
        .optional()?;
    if foreign.is_some() {
        return Ok(true);
    }
    let foreign: Option<KeyValue> = votes::table
        .filter(votes::idea_id.eq(key(idea.id)).and(votes::member_id.ne(author)))
        .select(votes::member_id)
        .first(conn)
        .optional()?;
    Ok(foreign.is_some())
}

/// What an edit makes of an idea.
#[derive(Debug, Clone)]
pub struct Edit {
    pub words: Words,
    pub answers: Vec<NewAnswer>,
}

/// Puts new words and answers in place of the old, which are kept as a revision.
///
/// # Errors
/// [`Error::Contended`] when the idea was edited meanwhile.
pub fn edit(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: &Idea,
    Edit { words, answers }: &Edit,
    editor: Option<MemberId>,
) -> Result<()> {
    let (title, body, tags): (String, String, String) = idea_texts::table
        .find(key(idea.id))
        .select((idea_texts::title, idea_texts::body, idea_texts::tags))
        .first(conn)?;
    let answered = fields::answers::of_idea(conn, idea)?;
    diesel::insert_into(idea_revisions::table)
        .values((
            idea_revisions::idea_id.eq(key(idea.id)),
            idea_revisions::version.eq(idea.version),
            idea_revisions::title.eq(title),
            idea_revisions::body.eq(body),
            idea_revisions::tags.eq(tags),
            idea_revisions::answers.eq(fields::answers::in_short(&answered)),
            idea_revisions::replaced_by.eq(editor.map(key)),
            idea_revisions::replaced_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)?;
    diesel::update(idea_texts::table.find(key(idea.id))).set(texts(words)).execute(conn)?;
    diesel::delete(idea_tags::table.filter(idea_tags::idea_id.eq(key(idea.id)))).execute(conn)?;
    insert_tags(conn, idea.id, words)?;
    if idea.hidden.is_none() {
        index(conn, idea.id, idea.board_id, words)?;
    }
    let entry = Entry { version: Some(idea.version + 1), ..Entry::new(Happening::Edited, editor) };
    activities::write(conn, (stamp, 0), idea.id, &entry)?;
    fields::answers::put(conn, idea.id, answers)?;
    if idea.hidden.is_none() {
        let event = Event::IdeaUpdated { idea: idea.id, board: idea.board_id, version: idea.version + 1 };
        outbox::write(conn, stamp, &[event])?;
    }
    bump(conn, stamp, idea)
}

/// Counts an edit, if the idea is still the one that was read.
pub(crate) fn bump(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea) -> Result<()> {
    let rows = diesel::update(ideas::table.find(key(idea.id)))
        .filter(ideas::version.eq(idea.version))
        .set((ideas::version.eq(ideas::version + 1), ideas::updated_at.eq(stamp.at.naive_utc())))
        .execute(conn)?;
    if rows == 1 { Ok(()) } else { Err(Error::Contended) }
}

/// Hides an idea from everybody but staff and takes it out of the search.
///
/// # Errors
/// [`Error::Contended`] when the idea was edited meanwhile.
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea) -> Result<()> {
    let event = Event::IdeaDeleted { idea: idea.id, board: idea.board_id };
    put_away(conn, stamp, idea, State::Deleted, event)
}

/// Takes an idea out of sight for another reason.
///
/// # Errors
/// [`Error::Contended`] when the idea was edited meanwhile.
pub fn hide(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, state: State) -> Result<()> {
    put_away(conn, stamp, idea, state, Event::IdeaHidden { idea: idea.id, board: idea.board_id })
}

/// What was never seen is not told to be gone.
fn put_away(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, state: State, event: Event) -> Result<()> {
    if idea.hidden.is_none() {
        search::remove(conn, idea.id)?;
        outbox::write(conn, stamp, &[event])?;
    }
    mark(conn, stamp, idea, Some(state))
}

/// Brings a deleted idea back.
///
/// # Errors
/// [`Error::Contended`] when the idea was edited meanwhile.
pub fn restore(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea) -> Result<()> {
    bring_back(conn, stamp, idea, Event::IdeaRestored { idea: idea.id, board: idea.board_id })
}

/// Shows what was held, rejected or hidden; of what was never seen it is told as of a new idea.
///
/// # Errors
/// [`Error::Contended`] when the idea was edited meanwhile.
pub fn show(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea) -> Result<()> {
    let (id, board) = (idea.id, idea.board_id);
    let event = match idea.hidden {
        Some(Hidden { state: State::Held | State::Rejected, .. }) => {
            Event::IdeaCreated { idea: id, board, author: idea.author_id }
        }
        Some(_) | None => Event::IdeaShown { idea: id, board },
    };
    bring_back(conn, stamp, idea, event)
}

fn bring_back(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, event: Event) -> Result<()> {
    let (title, body): (String, String) =
        idea_texts::table.find(key(idea.id)).select((idea_texts::title, idea_texts::body)).first(conn)?;
    search::index(conn, idea.id, idea.board_id, &Folded::new(&title), &Folded::new(&body))?;
    outbox::write(conn, stamp, &[event])?;
    mark(conn, stamp, idea, None)
}

fn mark(conn: &mut AnyConnection, stamp: &Stamp, idea: &Idea, state: Option<State>) -> Result<()> {
    diesel::update(ideas::table.find(key(idea.id)))
        .set((
            ideas::hidden_at.eq(state.map(|_| stamp.at.naive_utc())),
            ideas::hidden_as.eq(state.map(State::name)),
        ))
        .execute(conn)?;
    triage::repeat(conn, idea.id)?;
    bump(conn, stamp, idea)
}

/// Why an idea moves to another status, and what is said with it to whom.
#[derive(Debug, Clone)]
pub struct Explained {
    pub reason: Reason,
    pub decline: Option<DeclineReason>,
    pub response: Option<Response>,
    pub notify: Notify,
}

/// Moves an idea to another status, keeps why, and tells the supporters, once, also when a response comes with it.
///
/// # Errors
/// [`Error::Contended`] when the idea was edited meanwhile.
pub fn set_status(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    (idea, board): (&Idea, &Board),
    to: &Status,
    why: &Explained,
    by: Option<MemberId>,
) -> Result<()> {
    let notice = Notice { news: News::StatusChanged, idea: idea.id, board, by, notify: why.notify };
    let reach = notifications::tell(conn, stamp, &notice)?;
    let entry = Entry {
        from_status: Some(idea.status.key.as_str()),
        to_status: Some(to.key.as_str()),
        reason: Some(why.reason.as_str()),
        decline_reason: why.decline.map(DeclineReason::key),
        reach: Some(reach),
        ..Entry::new(Happening::StatusChanged, by)
    };
    activities::write(conn, (stamp, 0), idea.id, &entry)?;
    let mut events = vec![Event::IdeaStatusChanged {
        idea: idea.id,
        board: idea.board_id,
        from: idea.status.key.clone(),
        to: to.key.clone(),
    }];
    if let Some(text) = &why.response {
        let version = responses::say(conn, stamp, idea, text, by)?;
        let entry = Entry { version: Some(version), ..Entry::new(Happening::Responded, by) };
        activities::write(conn, (stamp, 1), idea.id, &entry)?;
        events.push(Event::IdeaResponded { idea: idea.id, board: idea.board_id, version });
    }
    outbox::write(conn, stamp, &events)?;
    diesel::update(ideas::table.find(key(idea.id)))
        .set((ideas::status.eq(to.key.as_str()), ideas::category.eq(to.category.key())))
        .execute(conn)?;
    triage::repeat(conn, idea.id)?;
    triage::rank(conn, idea.id, stamp.at)?;
    bump(conn, stamp, idea)
}
