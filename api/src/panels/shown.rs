//! Panels as they are shown, with what stands beside their own row: read for all of a page at once.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Actor, ApplicationId, PanelId,
    access::Permission,
    attachments::Place,
    digest,
    markdown::to_html,
    panels::{Panel, rules_salt, terms::Terms},
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    attachments::trials::{Standing, of_panels},
    panels::{
        self,
        applications::list::{self as applications, Count},
        draws,
        reports::list::{Summary, summaries},
        results,
    },
};
use serde::Serialize;
use uuid::Uuid;

use super::{bodies::hashes, reports::ReportSummary};
use crate::{
    app::App,
    attachments::{AttachmentBody, links::Links},
};

/// A panel, and how far it is.
#[derive(Debug, Serialize)]
pub struct PanelShown {
    id: Uuid,
    phase: &'static str,
    rules_hash: Option<String>,
    rules_salt: Option<String>,
    published_at: Option<DateTime<Utc>>,
    locked_at: Option<DateTime<Utc>>,
    spec_hash: Option<String>,
    objections_until: Option<DateTime<Utc>>,
    drawn_at: Option<DateTime<Utc>>,
    announced_at: Option<DateTime<Utc>>,
    results_at: Option<DateTime<Utc>>,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    applicant_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eligible_count: Option<i64>,
    my_application_id: Option<Uuid>,
    consent_hashes: BTreeMap<String, String>,
    attachments: Vec<AttachmentBody>,
    reports: ReportSummary,
    /// Not in lists, which would be twice as long.
    #[serde(flatten)]
    html: Option<Html>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(flatten)]
    terms: Terms,
}

/// What is Markdown in the terms, as HTML.
#[derive(Debug, Serialize)]
struct Html {
    description_html: String,
    rules_html: String,
}

impl From<&Terms> for Html {
    fn from(terms: &Terms) -> Self {
        Self { description_html: to_html(&terms.description), rules_html: to_html(&terms.rules) }
    }
}

/// What is read beside the rows of panels.
struct Beside {
    /// For staff.
    counts: Option<HashMap<PanelId, Count>>,
    mine: HashMap<PanelId, ApplicationId>,
    /// Of those that are announced.
    secrets: HashMap<PanelId, String>,
    spec_hashes: HashMap<PanelId, String>,
    results: HashMap<PanelId, DateTime<Utc>>,
    pictures: Standing,
    reports: HashMap<PanelId, Summary>,
}

impl Beside {
    fn of(tx: &mut AnyConnection, actor: &Actor, panels: &[Panel], now: DateTime<Utc>) -> Rows<Self> {
        let ids: Vec<PanelId> = panels.iter().map(|panel| panel.id).collect();
        let announced: Vec<PanelId> =
            panels.iter().filter(|panel| panel.is_announced(now)).map(|panel| panel.id).collect();
        let runs_them = actor.ensure(Permission::ManagePanels).is_ok();
        Ok(Self {
            counts: runs_them.then(|| applications::count(tx, &ids)).transpose()?,
            mine: match actor.member_id() {
                Some(member) => applications::ids_of_member(tx, &ids, member)?,
                None => HashMap::new(),
            },
            secrets: panels::secrets(tx, &announced)?,
            spec_hashes: draws::spec_hashes(tx, &ids)?,
            results: results::since(tx, &ids)?,
            pictures: of_panels(tx, &ids)?,
            reports: summaries(tx, &ids)?,
        })
    }
}

impl PanelShown {
    pub fn of(tx: &mut AnyConnection, actor: &Actor, panel: &Panel, app: &App) -> Rows<Self> {
        let mut shown = Self::all(tx, actor, std::slice::from_ref(panel), app)?;
        let shown = shown.pop().ok_or(Error::Missing)?;
        Ok(Self { html: Some((&panel.terms).into()), ..shown })
    }

    /// Each of these, by as many statements as one of them takes.
    pub fn all(tx: &mut AnyConnection, actor: &Actor, panels: &[Panel], app: &App) -> Rows<Vec<Self>> {
        let (now, links) = (app.config.clock.now(), Links::of(app));
        let mut beside = Beside::of(tx, actor, panels, now)?;
        let pictures = |beside: &mut Beside, panel: &Panel| {
            let standing = beside.pictures.remove(&Place::Panel(panel.id)).unwrap_or_default();
            AttachmentBody::list(standing, &links, actor)
        };
        Ok(panels
            .iter()
            .map(|panel| Self { attachments: pictures(&mut beside, panel), ..Self::new(panel, &beside, now) })
            .collect())
    }

    fn new(panel: &Panel, beside: &Beside, now: DateTime<Utc>) -> Self {
        let Panel { id, terms, marks, rules_hash, created_at, updated_at, .. } = panel;
        let counts = beside.counts.as_ref().map(|counts| counts.get(id).copied().unwrap_or_default());
        let open = counts.is_some() || panel.is_announced(now);
        Self {
            id: id.uuid(),
            phase: panel.phase(now).name(),
            rules_hash: rules_hash.as_ref().map(digest::hex),
            rules_salt: beside.secrets.get(id).map(|secret| rules_salt(secret)),
            published_at: marks.published_at,
            locked_at: marks.locked_at,
            spec_hash: beside.spec_hashes.get(id).cloned(),
            objections_until: panel.objections_until(),
            drawn_at: marks.drawn_at,
            announced_at: marks.announced_at,
            results_at: beside.results.get(id).copied(),
            applicant_count: counts.map(|counts| counts.all),
            eligible_count: counts.map(|counts| counts.eligible),
            my_application_id: beside.mine.get(id).map(|application| application.uuid()),
            consent_hashes: hashes(&terms.consents, |_| true),
            attachments: Vec::new(),
            reports: beside.reports.get(id).copied().unwrap_or_default().into(),
            html: None,
            created_at: *created_at,
            updated_at: *updated_at,
            terms: if open { terms.clone() } else { terms.for_applicants() },
        }
    }
}
