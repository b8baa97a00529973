//! Contests as they are shown.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId,
    access::Permission,
    attachments::Place,
    contests::{Contest, terms::Terms},
    digest,
    markdown::to_html,
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    attachments::{contests::of_contests, trials::Standing},
    contests::{
        entries,
        parts::{self, Part},
        results,
    },
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::App,
    attachments::{AttachmentBody, links::Links},
    body,
    error::Failure,
};

/// The terms in a body.
pub fn terms_of(body: Value) -> Result<Terms, Failure> {
    let terms: Terms = body::of_value(body)?;
    terms.checked().map_err(|(pointer, fault)| Failure::field(pointer, fault))
}

/// A contest, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContestRefBody {
    pub id: Uuid,
    #[schema(example = "새 이름 공모전")]
    pub title: String,
}

impl From<&Contest> for ContestRefBody {
    fn from(contest: &Contest) -> Self {
        Self { id: contest.id.uuid(), title: contest.terms.title.clone() }
    }
}

/// A contest, and how far it is.
#[derive(Debug, Serialize)]
pub struct ContestShown {
    id: Uuid,
    phase: &'static str,
    round: i32,
    rules_hash: Option<String>,
    published_at: Option<DateTime<Utc>>,
    judging_at: Option<DateTime<Utc>>,
    locked_at: Option<DateTime<Utc>>,
    lock_hash: Option<String>,
    provisional_at: Option<DateTime<Utc>>,
    objections_until: Option<DateTime<Utc>>,
    finalized_at: Option<DateTime<Utc>>,
    cancelled_at: Option<DateTime<Utc>>,
    /// For staff, once entries are closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry_count: Option<i64>,
    /// For whoever is signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    yours: Option<Yours>,
    consent_hashes: BTreeMap<String, String>,
    attachments: Vec<AttachmentBody>,
    /// Not in lists, which would be twice as long.
    #[serde(flatten)]
    html: Option<Html>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(flatten)]
    terms: Terms,
}

/// What a contest is to whoever asks.
#[derive(Debug, Serialize)]
struct Yours {
    entry_ids: Vec<Uuid>,
    judges: bool,
}

impl From<Part> for Yours {
    fn from(part: Part) -> Self {
        Self { entry_ids: part.entries.iter().map(|id| id.uuid()).collect(), judges: part.judges }
    }
}

/// What is Markdown in the terms, as HTML.
#[derive(Debug, Serialize)]
struct Html {
    brief_html: String,
    rules_html: String,
    ai_policy_html: String,
}

impl From<&Terms> for Html {
    fn from(terms: &Terms) -> Self {
        Self {
            brief_html: to_html(&terms.brief),
            rules_html: to_html(&terms.rules),
            ai_policy_html: to_html(&terms.ai_policy),
        }
    }
}

/// What is read beside the rows of contests.
struct Beside {
    /// For staff.
    counts: Option<HashMap<ContestId, i64>>,
    /// Of whoever is signed in.
    parts: Option<HashMap<ContestId, Part>>,
    lock_hashes: HashMap<ContestId, String>,
    pictures: Standing,
}

impl ContestShown {
    pub fn of(tx: &mut AnyConnection, actor: &Actor, contest: &Contest, app: &App) -> Rows<Self> {
        let mut shown = Self::all(tx, actor, std::slice::from_ref(contest), app)?;
        let shown = shown.pop().ok_or(Error::Missing)?;
        Ok(Self { html: Some((&contest.terms).into()), ..shown })
    }

    /// Each of these, by as many statements as one of them takes.
    pub fn all(tx: &mut AnyConnection, actor: &Actor, contests: &[Contest], app: &App) -> Rows<Vec<Self>> {
        let (now, links) = (app.config.clock.now(), Links::of(app));
        let ids: Vec<ContestId> = contests.iter().map(|contest| contest.id).collect();
        let runs_them = actor.ensure(Permission::ManageContests).is_ok();
        let mut beside = Beside {
            counts: runs_them.then(|| entries::counts(tx, &ids)).transpose()?,
            parts: actor.member_id().map(|member| parts::of_member(tx, &ids, member)).transpose()?,
            lock_hashes: results::lock_hashes(tx, contests)?,
            pictures: of_contests(tx, &ids)?,
        };
        let shown = |contest: &Contest| {
            let standing = beside.pictures.remove(&Place::Contest(contest.id)).unwrap_or_default();
            let attachments = AttachmentBody::list(standing, &links, actor);
            Self { attachments, ..Self::new(contest, &beside, now) }
        };
        Ok(contests.iter().map(shown).collect())
    }

    fn new(contest: &Contest, beside: &Beside, now: DateTime<Utc>) -> Self {
        let counts = beside.counts.as_ref().filter(|_| contest.is_unsealed(now));
        let Contest { id, terms, marks, rules_hash, created_at, updated_at, .. } = contest;
        let part = |parts: &HashMap<ContestId, Part>| parts.get(id).cloned().unwrap_or_default().into();
        let hash = |consent: &domain::terms::Consent| (consent.key.clone(), digest::hex(consent.hash()));
        Self {
            id: id.uuid(),
            phase: contest.phase(now).name(),
            round: contest.round,
            rules_hash: rules_hash.map(digest::hex),
            published_at: marks.published_at,
            judging_at: marks.judging_at,
            locked_at: marks.locked_at,
            lock_hash: beside.lock_hashes.get(id).cloned(),
            provisional_at: marks.provisional_at,
            objections_until: contest.objections_until(),
            finalized_at: marks.finalized_at,
            cancelled_at: marks.cancelled_at,
            entry_count: counts.map(|counts| counts.get(id).copied().unwrap_or_default()),
            yours: beside.parts.as_ref().map(part),
            consent_hashes: terms.consents.iter().map(hash).collect(),
            attachments: Vec::new(),
            html: None,
            created_at: *created_at,
            updated_at: *updated_at,
            terms: terms.clone(),
        }
    }
}
