//! The terms of a panel: what it offers, whom it wants, and how it chooses. Published terms are hashed, so their form is JSON.

mod checks;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    bands::Bands,
    missions::Mission,
    screening::{Answers, Question, QuestionKind, Requirement},
};
pub use crate::terms::Consent;
use crate::{
    digest::Digest,
    draws::{self, Beacon, Quotas},
};

/// All that is fixed when a panel is published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub title: String,
    pub product: String,
    /// Markdown.
    #[serde(default)]
    pub description: String,
    /// Whom to ask.
    pub contact: String,
    pub seats: u32,
    /// How many of those who get no seat are told of their place in the queue.
    #[serde(default)]
    pub waitlist: u32,
    pub method: Method,
    pub schedule: Schedule,
    #[serde(default)]
    pub audience: Invited,
    #[serde(default)]
    pub eligibility: Vec<Requirement>,
    #[serde(default)]
    pub questions: Vec<Question>,
    #[serde(default)]
    pub quotas: Quotas,
    /// Where quotas are on numbers, what spans of them count as one value.
    #[serde(default, skip_serializing_if = "Bands::is_empty")]
    pub bands: Bands,
    /// Attributes in the order in which their quotas give way to a replacement.
    #[serde(default)]
    pub relax: Vec<String>,
    /// How many seats go by score before the draw.
    #[serde(default)]
    pub merit_seats: u32,
    /// What each draw lost since the last seat adds to a weight of one.
    #[serde(default)]
    pub weight_per_lost_draw: u32,
    /// The attribute by which people live together; one of them may have a seat.
    #[serde(default)]
    pub household: Option<String>,
    /// Days since the last seat before somebody may have another.
    #[serde(default)]
    pub cooling_off_days: u32,
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// Markdown: the rules of taking part.
    pub rules: String,
    /// What a report has to say of who paid for it.
    pub disclosure: String,
    #[serde(default)]
    pub reward: String,
    /// How many days after the panel ended addresses, tracking numbers, the words of excuses and answers in words of one's own are
    /// kept.
    #[serde(default = "retention_days")]
    pub retention_days: u32,
    /// How long after the lock nothing may be drawn.
    #[serde(default = "objection_hours")]
    pub objection_hours: u32,
    /// Where the number of the draw comes from.
    #[serde(default)]
    pub beacon: Source,
    /// What is asked of those who try the product, in its order. Left out where nothing is, as it was before there were any: a hash
    /// that was published stays what it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missions: Vec<Mission>,
}

fn retention_days() -> u32 {
    90
}

fn objection_hours() -> u32 {
    24
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Lottery,
    FirstCome,
    /// By score alone.
    Manual,
    MeritThenLottery,
}

/// When what happens, each later than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub announce_at: DateTime<Utc>,
    pub confirm_by: DateTime<Utc>,
    /// Days to try the product, from its delivery.
    pub trial_days: u32,
    /// Days to write the report, from the end of the trial.
    pub report_days: u32,
}

/// Whom the panel is for; everybody who is signed in where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// Members of any of these segments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Uuid>,
    /// Those who may view this board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<Uuid>,
    /// Those who vote for this idea.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supporters_of: Option<Uuid>,
}

/// Where the number of a draw comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// The first round of drand after the objection window.
    #[default]
    Drand,
    ManualSources {
        sources: Vec<String>,
    },
    /// Numbers that applicants and staff hide before the lock and show after it.
    MultiParty,
}

impl Source {
    /// What the number will be, for a draw that may not happen before a moment; `commitments` are those that were made by now.
    #[must_use]
    pub fn beacon(&self, not_before: DateTime<Utc>, commitments: &[String]) -> Beacon {
        match self {
            Self::Drand => {
                let (chain, round) = draws::beacon::first_round_after(not_before);
                Beacon::Drand { chain: chain.to_owned(), round }
            }
            Self::ManualSources { sources } => Beacon::ManualSources { sources: sources.clone() },
            Self::MultiParty => Beacon::MultiParty { commitments: commitments.to_vec() },
        }
    }
}

impl Terms {
    /// SHA-256 of the canonical JSON of `{"salt", "terms"}`, of what may not change once it is published. The salt is told with the
    /// result: before it, which answers qualify could be found out by trying.
    #[must_use]
    pub fn hash(&self, salt: &str) -> Digest {
        Sha256::digest(draws::canonical(&json!({ "salt": salt, "terms": self.frozen() }))).into()
    }

    /// The terms without what may still change: description, contact, and when recruiting closes.
    fn frozen(&self) -> Value {
        let mut terms = serde_json::to_value(self).unwrap_or_default();
        if let Some(terms) = terms.as_object_mut() {
            terms.remove("description");
            terms.remove("contact");
            terms
                .get_mut("schedule")
                .and_then(Value::as_object_mut)
                .map(|schedule| schedule.remove("closes_at"));
        }
        terms
    }

    /// The first term that differs though it may not once it is published: what is told may be told better, and recruiting may
    /// last longer.
    #[must_use]
    pub fn first_frozen_change(&self, other: &Self) -> Option<&'static str> {
        match (other.schedule.closes_at < self.schedule.closes_at, self.frozen() == other.frozen()) {
            (true, _) => Some("schedule.closes_at"),
            (false, false) => Some("terms"),
            (false, true) => None,
        }
    }

    /// The terms as everybody may read them: not which answers qualify.
    #[must_use]
    pub fn for_applicants(&self) -> Self {
        let mut terms = self.clone();
        for question in &mut terms.questions {
            question.choices.iter_mut().for_each(|choice| choice.qualifies = None);
            (question.at_least, question.at_most) = (None, None);
        }
        terms
    }

    /// What an answer or an attribute counts for: the names that quotas are for.
    #[must_use]
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.key == name)
    }

    /// The answers without those that people gave in words of their own.
    #[must_use]
    pub fn without_words(&self, answers: &Answers) -> Answers {
        let is_free = |key: &String| self.question(key).is_some_and(|asked| asked.kind == QuestionKind::Text);
        answers.iter().filter(|(key, _)| !is_free(key)).map(|(key, one)| (key.clone(), one.clone())).collect()
    }

    /// The mission of a key.
    #[must_use]
    pub fn mission(&self, key: &str) -> Option<&Mission> {
        self.missions.iter().find(|mission| mission.key == key)
    }
}
