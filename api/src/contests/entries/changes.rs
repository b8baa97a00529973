//! What becomes of an entry: it is changed, deleted, sent and withdrawn.

use std::collections::BTreeSet;

use actix_web::{delete, get, patch, post, web};
use domain::{
    Actor, AttachmentId, Stamp,
    attachments::{MOST_AT_A_PLACE, Place},
    contests::{
        answers::Answers,
        entries::{Content, Entry},
        teams::{Needed, agreed},
    },
    events::EntryEvent,
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    attachments::contests::{ensure_nameless, files},
    contests::{
        entries::{self, Whole},
        teams, versions,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    EntryBody,
    bodies::{EntryVersionBody, EntryVersionsBody},
    drafts::answers_of,
    own_alone, shown,
};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::{attach, each_in_order, links::Links},
    body::{Json, PathId, present},
    error::Failure,
    once::{Empty, Post},
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(update_entry).service(delete_entry);
    to.service(submit_entry).service(withdraw_entry).service(list_entry_versions);
}

/// What changes of a draft; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateEntryBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 200))]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "한마당")]
    title: Option<String>,
    /// All answers, in place of those there are.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, value_type = Option<Object>, example = json!({ "why": "크고 함께라는 뜻입니다." }))]
    answers: Option<Map<String, Value>>,
    /// All files, in place of those there are.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(nullable = false, max_items = 10)]
    attachment_ids: Option<Vec<Uuid>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, example = true)]
    original: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 5_000))]
    #[schema(nullable = false, max_length = 5_000, example = "쓰지 않았습니다.")]
    ai_use: Option<String>,
    /// The keys of the consents you give; others in the team give their own.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 30))]
    #[schema(nullable = false, example = json!(["privacy"]))]
    consents: Option<Vec<String>>,
}

/// A change of a draft, read.
struct Changed {
    title: Option<String>,
    answers: Option<Answers>,
    wanted: Option<Vec<AttachmentId>>,
    original: Option<bool>,
    ai_use: Option<String>,
    given: Option<BTreeSet<String>>,
}

impl UpdateEntryBody {
    fn read(self) -> Result<Changed, Failure> {
        Ok(Changed {
            title: self.title,
            answers: self.answers.map(answers_of).transpose()?,
            wanted: self.attachment_ids.as_deref().map(each_in_order),
            original: self.original,
            ai_use: self.ai_use,
            given: self.consents.map(|keys| keys.into_iter().collect()),
        })
    }
}

/// The draft after a change, with what is to stand with it.
fn changed(tx: &mut AnyConnection, whole: &Whole, body: &Changed) -> Rows<Content> {
    let before = whole.entry.content.clone();
    if let Some(wanted) = &body.wanted {
        ensure_nameless(tx, &whole.contest, wanted)?;
    }
    let files = body.wanted.as_ref().map(|wanted| files(tx, wanted)).transpose()?;
    let content = Content {
        title: body.title.clone().unwrap_or(before.title),
        answers: body.answers.clone().unwrap_or(before.answers),
        files: files.unwrap_or(before.files),
        original: body.original.unwrap_or(before.original),
        ai_use: body.ai_use.clone().unwrap_or(before.ai_use),
    };
    Ok(content.fit(&whole.contest.terms)?)
}

/// Change a draft
///
/// Anybody in the team may, until the deadline, or while staff let it be mended. What was sent stays as it was sent until it is sent
/// again.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = UpdateEntryBody,
    responses((status = 200, body = EntryBody), (status = 409, description = "contest_phase, entries_closed, entry_state")))]
#[patch("/v1/entries/{id}")]
async fn update_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateEntryBody>,
) -> Result<Reply<EntryBody>, Failure> {
    let (stamp, body) = (app.stamp(), body.read()?);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (whole, member) = entries::own(tx, actor, id.into())?;
        if_match.ensure(whole.entry.version)?;
        whole.entry.ensure_open(&whole.contest, stamp.at)?;
        let content = changed(tx, &whole, &body)?;
        if let Some(given) = &body.given {
            agreed(&whole.contest.terms, given, Needed::Later)?;
            teams::agree(tx, whole.entry.id, member, given)?;
        }
        let after = Entry { content, ..whole.entry }.regrouped(stamp.at);
        entries::update(tx, &stamp, &after, EntryEvent::Updated)?;
        if body.wanted.is_some() {
            stand(tx, &stamp, &after, actor)?;
        }
        Ok(Reply::ok(&shown(tx, actor, after.id, &links)?).tagged(after.version))
    })
    .await
}

/// Puts the files of an entry where they belong: those of the draft, and those of what was sent last.
fn stand(tx: &mut AnyConnection, stamp: &Stamp, entry: &Entry, actor: &Actor) -> Rows<()> {
    let last = versions::last(tx, entry.id)?;
    let sent = last.map(|(version, _)| version.content.files).unwrap_or_default();
    let all = entry.content.files.iter().chain(&sent).map(|file| file.id);
    let wanted = each_in_order(&all.collect::<Vec<_>>());
    attach(tx, stamp, Place::Entry(entry.id), Some(&wanted), actor).map(drop)
}

/// Delete a draft
///
/// Whoever leads the team may, as long as it is not sent; what was sent is withdrawn.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_leader"), (status = 409, description = "entry_state")))]
#[delete("/v1/entries/{id}")]
async fn delete_entry(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let stamp = app.stamp();
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (whole, member) = entries::own(tx, actor, id.into())?;
        if_match.ensure(whole.entry.version)?;
        whole.entry.ensure_led_by(member)?;
        whole.entry.ensure_draft()?;
        entries::delete(tx, &stamp, &whole.entry)?;
        Ok(Reply::nothing())
    })
    .await
}

/// Send an entry
///
/// As often as one likes until the deadline, at which very moment it is too late; what was sent last counts. Whoever leads the team
/// sends, once everybody has answered. The answer has the receipt.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryBody), (status = 403, description = "not_leader"),
        (status = 409, description = "contest_phase, entries_closed, entry_state, team_unanswered, team_size, too_many_versions")))]
#[post("/v1/entries/{id}/submit")]
async fn submit_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<EntryBody>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        // Nobody begins judging over what is on its way.
        let (Whole { entry, contest, team }, member) = entries::own_kept(tx, actor, id.into())?;
        entry.ensure_led_by(member)?;
        let (sent, version) = entry.sent(&contest, &team, stamp.at)?;
        entries::update(tx, &stamp, &sent, EntryEvent::Submitted)?;
        versions::insert(tx, &version)?;
        stand(tx, &stamp, &sent, actor)?;
        Ok(Reply::ok(&shown(tx, actor, sent.id, &links)?).tagged(sent.version))
    })
    .await
}

/// Withdraw an entry
///
/// Until judging begins. It cannot be sent again; while entries are taken, another can.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryBody), (status = 403, description = "not_leader"),
        (status = 409, description = "contest_phase, entry_state")))]
#[post("/v1/entries/{id}/withdraw")]
async fn withdraw_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<EntryBody>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (Whole { entry, contest, .. }, member) = own_alone(tx, actor, id.into())?;
        entry.ensure_led_by(member)?;
        let after = entry.withdrawn(&contest, stamp.at)?;
        entries::update(tx, &stamp, &after, EntryEvent::Withdrawn)?;
        Ok(Reply::ok(&shown(tx, actor, after.id, &links)?).tagged(after.version))
    })
    .await
}

/// List what was sent of an entry, the last first
///
/// For its team: each version with its receipt. Files of versions before the last are gone, and known by their hashes.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryVersionsBody)))]
#[get("/v1/entries/{id}/versions")]
async fn list_entry_versions(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<EntryVersionsBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        let (whole, _) = entries::own(tx, actor, id.into())?;
        let items = versions::of(tx, whole.entry.id)?.into_iter().map(EntryVersionBody::new);
        Ok(Reply::ok(&EntryVersionsBody { items: items.collect() }))
    })
    .await
}
