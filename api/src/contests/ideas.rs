//! Ideas out of entries, and the entries of ideas.

use std::collections::BTreeMap;

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, BoardId, EntryId, Refusal, Stamp,
    access::Permission,
    contests::{Barred, entries::Entry},
    events::EntryEvent,
    fields::Sent,
    ideas::{Body, Tags, Title, Words},
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    boards::{self, BoardRef},
    contests::{
        entries::{self, Whole},
        ideas::of_idea,
        prizes::claims,
    },
    ideas,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::{PathId, field},
    error::Failure,
    fields::{NewAnswerBody, sent},
    ideas::{Draft, IdeaBody},
    once::Post,
    reply::Reply,
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(create_idea_from_entry).service(list_idea_entries);
}

/// An idea that is made of an entry.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EnteredIdeaBody {
    board_id: Uuid,
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "새 이름 한마당")]
    title: String,
    /// Markdown.
    #[serde(default)]
    #[validate(length(max = 50_000))]
    #[schema(required = false, max_length = 50_000, example = "공모전에서 대상을 받은 이름입니다.")]
    body: String,
    /// What is answered to the fields of the board, by their keys.
    #[serde(default)]
    #[schema(required = false, value_type = BTreeMap<String, NewAnswerBody>, example = json!({}))]
    fields: BTreeMap<String, Value>,
}

impl EnteredIdeaBody {
    fn draft(&self) -> Result<Draft, Failure> {
        let words = Words {
            title: field("/title", Title::try_from(&*self.title))?,
            body: field("/body", Body::try_from(&*self.body))?,
            tags: Tags::default(),
        };
        let sent: Sent = sent(&self.fields);
        Ok(Draft { words, sent, attachments: Vec::new(), customer: None })
    }
}

/// How an entry and an idea belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryRelationName {
    /// The entry grew out of the idea.
    GrewOut,
    /// The idea was made of the entry.
    Became,
}

/// An entry that an idea has to do with.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdeaEntryBody {
    id: Uuid,
    contest_id: Uuid,
    relation: EntryRelationName,
}

/// The entries that an idea has to do with, as far as you may know of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdeaEntriesBody {
    items: Vec<IdeaEntryBody>,
}

/// The entry of which an idea may be made now: by those in its team, and where it won by those who run contests.
fn found(tx: &mut AnyConnection, actor: &Actor, id: EntryId, now: DateTime<Utc>) -> Rows<Whole> {
    let (whole, is_own) = match entries::own(tx, actor, id) {
        Err(Error::Missing) if actor.ensure(Permission::ManageContests).is_ok() => {
            // Not of what was never sent.
            entries::last_sent(tx, id)?;
            (entries::whole(tx, id)?, false)
        }
        found => (found?.0, true),
    };
    whole.entry.ensure_may_become_idea(&whole.contest, now)?;
    match is_own || claims::won(tx, whole.contest.id)?.contains(&id) {
        true => Ok(whole),
        false => Err(Error::Refused(Barred::NotAwarded.into())),
    }
}

/// Make an idea of an entry
///
/// Once the result is final, of one that was judged, on a board that takes ideas of theirs: by anybody in its team, and of one that won by
/// staff too.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = EnteredIdeaBody,
    responses((status = 201, body = IdeaBody), (status = 403, description = "board_forbidden"),
        (status = 409, description = "contest_phase, entry_state, idea_made, not_awarded")))]
#[post("/v1/entries/{id}/idea")]
async fn create_idea_from_entry(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    post: Post<EnteredIdeaBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (stamps, act): ([Stamp; 3], _) =
        ([app.stamp(), app.stamp(), app.stamp()], app.act(&me, "create_idea_from_entry"));
    let (board, draft) = (BoardId::from(post.body.board_id), post.body.draft()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let Whole { entry, .. } = found(tx, actor, id.into(), stamps[0].at)?;
        let on = boards::find(tx, actor, &BoardRef::Id(board)).map_err(|error| match error {
            Error::Missing => Refusal::Unfit { field: "board_id", fault: Fault::NotA("board") }.into(),
            error => error,
        })?;
        let idea = draft.post(tx, actor, &on, &stamps)?;
        let linked = Entry { idea_id: Some(idea), ..entry }.regrouped(stamps[2].at);
        entries::update(tx, &stamps[2], &linked, EntryEvent::IdeaMade { idea })?;
        let made = IdeaBody::new(ideas::read(tx, actor, idea)?, actor, showing);
        let reply = Reply::created(&made, format!("/v1/ideas/{idea}")).tagged(1);
        match actor.is_staff() {
            true => act.keep(tx, actor, idea.uuid(), None, reply),
            false => Ok(reply),
        }
    })
    .await
}

/// List the entries of contests that an idea has to do with
///
/// Of others than your own once their result is final: the one it was made of, and winners that grew out of it whose team has its author
/// under their whole name.
#[utoipa::path(tag = "Ideas", params(("id" = Uuid, Path)), responses((status = 200, body = IdeaEntriesBody)))]
#[get("/v1/ideas/{id}/entries")]
async fn list_idea_entries(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<IdeaEntriesBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&caller, move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id.into())?;
        let items =
            of_idea(tx, actor, (idea.id, idea.author_id), now)?.into_iter().map(|entry| IdeaEntryBody {
                id: entry.id.uuid(),
                contest_id: entry.contest_id.uuid(),
                relation: match entry.idea_id == Some(idea.id) {
                    true => EntryRelationName::Became,
                    false => EntryRelationName::GrewOut,
                },
            });
        Ok(Reply::ok(&IdeaEntriesBody { items: items.collect() }))
    })
    .await
}
