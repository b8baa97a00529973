//! The terms of panels as they are sent, and applications as they are shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    digest,
    panels::{
        Panel,
        applications::{Application, Outcome},
        terms::{Consent, Method, Terms},
        trials::Trial,
    },
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    excuses::ExcuseBody,
    strikes::{Conduct, ReliabilityBody, StrikeBody},
    trials::TrialBody,
};
use crate::{
    body,
    error::{Failure, Wrong},
};

/// The terms in a body.
pub fn terms_of(body: Value) -> Result<Terms, Failure> {
    let terms: Terms = body::of_value(body)?;
    terms.checked().map_err(|(pointer, fault)| Failure::field(pointer, fault))
}

/// The versions of the texts of consents, by key.
pub fn hashes(consents: &[Consent], wanted: impl Fn(&Consent) -> bool) -> BTreeMap<String, String> {
    let of = |consent: &Consent| (consent.key.clone(), digest::hex(consent.hash()));
    consents.iter().filter(|consent| wanted(consent)).map(of).collect()
}

/// An application, as its applicant and staff see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationBody {
    id: Uuid,
    panel_id: Uuid,
    /// For staff; none once the person is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<ApplicantBody>,
    /// Under which it stands in the draw.
    #[schema(pattern = "^[0-9a-f]{32}$", example = "0bea8c6aeb401bb8186c636651c2a97e")]
    ticket: String,
    /// With which its applicant can compute the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{32}$", example = "6f0f0bb4b5d2c1a7fd2f2e7a3a1f6a2f")]
    salt: Option<String>,
    /// Of the terms that held when it was sent.
    rules_hash: Option<String>,
    /// Answers by the key of their question.
    #[schema(value_type = Object, example = json!({ "device": "phone" }))]
    answers: Value,
    /// The keys of the consents given.
    #[schema(example = json!(["privacy"]))]
    consents: Vec<String>,
    /// SHA-256 of the text of each consent given, in base 16.
    #[schema(example = json!({ "privacy": "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e" }))]
    consent_hashes: BTreeMap<String, String>,
    eligible: bool,
    /// Codes of why not.
    #[schema(example = json!(["region"]))]
    reasons: Vec<String>,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    score: Option<i32>,
    /// Before the result is out: applied or withdrawn.
    outcome: OutcomeName,
    /// In the queue, from 1.
    place: Option<i32>,
    /// Until when the seat may be confirmed.
    confirm_by: Option<DateTime<Utc>>,
    /// Of a confirmed seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    trial: Option<TrialBody>,
    /// Why no report will come, if that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    excuse: Option<ExcuseBody>,
    /// That no report came in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    strike: Option<StrikeBody>,
    /// For staff: how the applicant keeps their promises.
    #[serde(skip_serializing_if = "Option::is_none")]
    reliability: Option<ReliabilityBody>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Whose an application is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicantBody {
    pub id: Uuid,
    pub display_name: Option<String>,
}

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    Applied,
    Withdrawn,
    Selected,
    Waitlisted,
    NotSelected,
    Confirmed,
    Declined,
    Lapsed,
}

impl From<Outcome> for OutcomeName {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Open => Self::Applied,
            Outcome::Withdrawn => Self::Withdrawn,
            Outcome::Selected { .. } => Self::Selected,
            Outcome::Waitlisted { .. } => Self::Waitlisted,
            Outcome::NotSelected => Self::NotSelected,
            Outcome::Confirmed => Self::Confirmed,
            Outcome::Declined => Self::Declined,
            Outcome::Lapsed => Self::Lapsed,
        }
    }
}

/// Who looks at an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    Applicant,
    Staff,
}

impl ApplicationBody {
    pub fn new(
        application: &Application,
        panel: &Panel,
        looks: Looks,
        name: Option<String>,
        now: DateTime<Utc>,
    ) -> Self {
        let is_staff = looks == Looks::Staff;
        // Who came first is known at once; what chance said is known to all at the same time.
        let is_out = is_staff || panel.is_announced(now) || panel.terms.method == Method::FirstCome;
        let outcome = match application.outcome {
            outcome if is_out => outcome,
            Outcome::Withdrawn => Outcome::Withdrawn,
            _ => Outcome::Open,
        };
        let member = application.member_id.filter(|_| is_staff);
        Self {
            id: application.id.uuid(),
            panel_id: application.panel_id.uuid(),
            member: member.map(|id| ApplicantBody { id: id.uuid(), display_name: name }),
            ticket: application.ticket.to_string(),
            salt: application.salt.filter(|_| !is_staff).map(|salt| domain::draws::Ticket(salt).to_string()),
            rules_hash: panel.rules_hash.as_ref().map(digest::hex),
            answers: serde_json::to_value(&application.answers).unwrap_or_default(),
            consents: application.agreed.iter().cloned().collect(),
            consent_hashes: hashes(&panel.terms.consents, |consent| {
                application.agreed.contains(&consent.key)
            }),
            eligible: application.is_eligible(),
            reasons: application.reasons.clone(),
            score: application.score.filter(|_| is_staff),
            outcome: outcome.into(),
            place: match outcome {
                Outcome::Waitlisted { place } => Some(place),
                _ => None,
            },
            confirm_by: match outcome {
                Outcome::Selected { confirm_by } => Some(confirm_by),
                _ => None,
            },
            trial: None,
            excuse: None,
            strike: None,
            reliability: None,
            created_at: application.created_at,
            updated_at: application.updated_at,
        }
    }

    /// With how far the trial is, where the seat was confirmed.
    pub fn with(self, trial: Option<&Trial>, panel: &Panel) -> Self {
        let trial = trial.filter(|_| self.outcome == OutcomeName::Confirmed);
        Self { trial: trial.map(|trial| TrialBody::new(trial, panel)), ..self }
    }

    /// With how the applicant keeps their promises.
    pub fn with_conduct(
        self,
        conduct: &Conduct,
        application: &Application,
        panel: &Panel,
        now: DateTime<Utc>,
    ) -> Self {
        let Application { id, member_id, .. } = *application;
        let is_staff = self.member.is_some();
        Self {
            excuse: conduct.excuse(id).map(Into::into),
            strike: conduct.strike((id, member_id), &panel.terms.title, now),
            reliability: is_staff.then(|| conduct.reliability(member_id, now)),
            ..self
        }
    }
}

/// What is wrong with the type of a value in a body.
pub fn odd(pointer: &str, wanted: &str) -> Failure {
    Failure::fields(vec![crate::error::Field {
        pointer: pointer.to_owned(),
        wrong: Wrong::Type(format!("expected {wanted}")),
    }])
}
