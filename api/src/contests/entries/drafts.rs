//! Beginning an entry.

use std::collections::BTreeSet;

use actix_web::{post, web};
use domain::{
    Actor, AttachmentId, IdeaId, MemberId, Refusal, Stamp,
    attachments::{MOST_AT_A_PLACE, Place},
    contests::{
        Contest,
        answers::Answers,
        entries::{Content, Entry, State},
        screening::Screening,
        teams::{Needed, agreed},
    },
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    attachments::contests::{ensure_nameless, files},
    contests::{self, entries, teams},
    ideas,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{EntryBody, shown};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::{attach, each_in_order, links::Links},
    body::{PathId, present},
    error::{Failure, Field, Wrong},
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(create_entry);
}

/// A draft of an entry: much may be missing before it is sent.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewEntryBody {
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "한마당")]
    title: String,
    /// Answers by the key of their question: a text, the key of a choice, or a number.
    #[serde(default)]
    #[schema(required = false, value_type = Object, example = json!({ "why": "크고 함께라는 뜻입니다." }))]
    answers: Map<String, Value>,
    /// Files of your own that were sent before: pictures alone where `judging.blind` has `files`.
    #[serde(default)]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, max_items = 10)]
    attachment_ids: Vec<Uuid>,
    /// Whether you state what `originality_statement` says; needed to send it.
    #[serde(default)]
    #[schema(required = false, example = true)]
    original: bool,
    /// Where AI had a part in it, or that it had none; needed to send it.
    #[serde(default)]
    #[validate(length(max = 5_000))]
    #[schema(required = false, max_length = 5_000, example = "쓰지 않았습니다.")]
    ai_use: String,
    /// The keys of the consents you give.
    #[serde(default)]
    #[validate(length(max = 30))]
    #[schema(required = false, example = json!(["privacy"]))]
    consents: Vec<String>,
    /// An idea of your own that it grows out of.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = Uuid)]
    from_idea_id: Option<Uuid>,
}

/// A draft of an entry, read.
struct Begun {
    content: Content,
    wanted: Vec<AttachmentId>,
    given: BTreeSet<String>,
    from: Option<IdeaId>,
}

impl NewEntryBody {
    fn read(self) -> Result<Begun, Failure> {
        let content = Content {
            title: self.title,
            answers: answers_of(self.answers)?,
            files: Vec::new(),
            original: self.original,
            ai_use: self.ai_use,
        };
        Ok(Begun {
            content,
            wanted: each_in_order(&self.attachment_ids),
            given: self.consents.into_iter().collect(),
            from: self.from_idea_id.map(IdeaId::from),
        })
    }
}

impl Begun {
    /// The entry of a member, if it may begin.
    fn entry(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        (contest, stamp): (&Contest, &Stamp),
        member: MemberId,
    ) -> Rows<Entry> {
        contests::ensure_eligible(tx, contest, member)?;
        contest.ensure_takes_entries(stamp.at)?;
        agreed(&contest.terms, &self.given, Needed::Later)?;
        self.from.map_or(Ok(()), |idea| ensure_own_idea(tx, actor, idea))?;
        ensure_nameless(tx, contest, &self.wanted)?;
        let content = Content { files: files(tx, &self.wanted)?, ..self.content.clone() };
        Ok(Entry {
            id: stamp.id(0),
            contest_id: contest.id,
            leader_id: Some(member),
            state: State::Draft,
            content: content.fit(&contest.terms)?,
            versions: 0,
            from_idea_id: self.from,
            idea_id: None,
            cut_in: None,
            screening: Screening::default(),
            created_at: stamp.at,
            updated_at: stamp.at,
            version: 1,
        })
    }
}

/// Answers that were sent.
pub(in super::super) fn answers_of(sent: Map<String, Value>) -> Result<Answers, Failure> {
    let answer = |(key, value): (String, Value)| match serde_json::from_value(value) {
        Ok(answer) => Ok((key, answer)),
        Err(_) => {
            let wrong = Wrong::Type("expected a text or a number".to_owned());
            Err(Failure::fields(vec![Field { pointer: format!("/answers/{key}"), wrong }]))
        }
    };
    sent.into_iter().map(answer).collect()
}

/// The idea of the actor that an entry grows out of.
fn ensure_own_idea(tx: &mut AnyConnection, actor: &Actor, idea: IdeaId) -> Rows<()> {
    let fault = Fault::NotA("idea of your own");
    let other = || Refusal::Unfit { field: "from_idea_id", fault: fault.clone() }.into();
    match ideas::find(tx, actor, idea) {
        Ok((idea, _)) if idea.is_of(actor) => Ok(()),
        Ok(_) | Err(Error::Missing) => Err(other()),
        Err(error) => Err(error),
    }
}

/// Begin an entry
///
/// A draft, which nobody but its team ever sees. While entries are taken, one may be in as many of a contest as its `entries_per_person`.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewEntryBody,
    responses((status = 201, body = EntryBody), (status = 403, description = "not_eligible"),
        (status = 409, description = "contest_phase, entries_closed, entries_used, is_judge")))]
#[post("/v1/contests/{id}/entries")]
async fn create_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<NewEntryBody>,
) -> Result<Reply<EntryBody>, Failure> {
    let (stamp, begun) = (app.stamp(), post.body.read()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let member = actor.ensure_member()?;
        // Nobody who enters is made a judge meanwhile.
        contests::share(tx, id.into())?;
        let contest = contests::find(tx, actor, id.into())?;
        let entry = begun.entry(tx, actor, (&contest, &stamp), member)?;
        entries::insert(tx, &stamp, &entry)?;
        teams::join(tx, &contest, entry.id, (member, &begun.given), stamp.at)?;
        attach(tx, &stamp, Place::Entry(entry.id), Some(&begun.wanted), actor)?;
        let shown = shown(tx, actor, entry.id, &links)?;
        Ok(Reply::created(&shown, format!("/v1/entries/{}", entry.id)).tagged(1))
    })
    .await
}
