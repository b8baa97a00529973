//! The terms of a contest: what is asked, who may enter, how it is judged, and what is won. Published terms are hashed, so their form
//! is JSON.

mod checks;
mod judging;
mod prizes;
#[cfg(test)]
pub(crate) mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use self::{
    judging::{Blind, Judging, Round},
    prizes::{Prize, PrizeKind, Rights, RightsKind, TaxCategory},
};
use super::answers::Question;
use crate::{
    digest::Digest,
    draws::{self, Beacon},
    judging::{
        ENTRIES_MOST, SAMPLES_MOST,
        assignment::PAIRS_MOST,
        score::{self, Rubric},
        ties::{Prizes, Rule},
    },
    terms::Consent,
};

/// All that is fixed when a contest is published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub title: String,
    /// Markdown: what is asked for.
    pub brief: String,
    /// Whom to ask.
    pub contact: String,
    pub schedule: Schedule,
    #[serde(default)]
    pub audience: Invited,
    /// None: everybody enters alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Team>,
    /// In how many entries one may be, alone or in a team.
    #[serde(default = "one")]
    pub entries_per_person: u32,
    /// What is asked besides the title of an entry.
    #[serde(default)]
    pub form: Vec<Question>,
    #[serde(default)]
    pub files: Files,
    pub rubric: Vec<Criterion>,
    #[serde(default)]
    pub judging: Judging,
    /// None: customers have no say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ballot: Option<Ballot>,
    /// What the jury counts beside the ballot: from 0.5 to 1.
    #[serde(default = "all")]
    pub jury_weight: f64,
    /// What decides between entries that are tied across a prize line, in this order.
    #[serde(default = "tie_order")]
    pub tie_order: Vec<Rule>,
    /// Where the number of a lot comes from.
    #[serde(default, skip_serializing_if = "Source::is_usual")]
    pub lot: Source,
    #[serde(default)]
    pub prizes: Vec<Prize>,
    /// Who is scored below this gets no prize, and places stay empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_score: Option<f64>,
    /// What everybody who sends an entry states.
    pub originality_statement: String,
    /// Markdown: how AI may be used, and what is to be said of it.
    pub ai_policy: String,
    #[serde(default)]
    pub rights: Rights,
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// Markdown: the rules of taking part.
    pub rules: String,
    /// How many days after its end what is personal is kept.
    #[serde(default = "retention_days")]
    pub retention_days: u32,
    /// How long objections to the provisional result may be raised.
    #[serde(default = "three_days")]
    pub objection_hours: u32,
    /// How long a team may appeal after its entry was rejected.
    #[serde(default = "three_days")]
    pub appeal_hours: u32,
    /// How long a team has to mend an entry that breaks a rule, once; with 0 nothing is mended.
    #[serde(default)]
    pub resubmit_hours: u32,
}

fn one() -> u32 {
    1
}

fn all() -> f64 {
    1.0
}

fn tie_order() -> Vec<Rule> {
    vec![Rule::HeaviestCriterion, Rule::FirstRanks, Rule::JointPrize]
}

fn retention_days() -> u32 {
    90
}

fn three_days() -> u32 {
    72
}

/// When what happens, each later than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    /// When judges are to be done.
    pub judging_until: DateTime<Utc>,
    /// From when the provisional result is public, if it is known by then.
    pub provisional_at: DateTime<Utc>,
}

/// Who may enter; everybody who is signed in where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// Members of any of these segments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Uuid>,
}

/// How many enter together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub least: u32,
    pub most: u32,
    /// Until when somebody may join; without it until entries close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_deadline: Option<DateTime<Utc>>,
}

/// How many files an entry has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    #[serde(default)]
    pub least: u32,
    #[serde(default)]
    pub most: u32,
}

/// What judges look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub key: String,
    pub title: String,
    /// The weights of a rubric add up to 1 or 100.
    pub weight: f64,
    /// The worst and the best mark.
    pub scale: (f64, f64),
    /// What some marks mean.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<Anchor>,
    /// A mark below it needs a comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_required_below: Option<f64>,
    /// A mark above it needs a comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_required_above: Option<f64>,
}

/// What a mark means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    pub mark: f64,
    pub text: String,
}

/// What customers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    /// How many entries one may star.
    pub stars: u32,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    /// Who became a member at this moment or later has no vote; without it all have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members_before: Option<DateTime<Utc>>,
}

/// Where the number of a lot comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// A round of drand that comes out after the lock.
    #[default]
    Drand,
    /// Named public numbers of a later day.
    ManualSources { sources: Vec<String> },
}

impl Source {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// What the number will be, for a lot that may not be drawn before a moment.
    #[must_use]
    pub fn beacon(&self, not_before: DateTime<Utc>) -> Beacon {
        match self {
            Self::Drand => {
                let (chain, round) = draws::beacon::first_round_after(not_before);
                Beacon::Drand { chain: chain.to_owned(), round }
            }
            Self::ManualSources { sources } => Beacon::ManualSources { sources: sources.clone() },
        }
    }
}

impl Terms {
    /// SHA-256 of the canonical JSON of the [`rules`](Self::rules), as a bundle of judging hashes them. Nothing in them is secret, so
    /// there is no salt: anybody can hash them from the day they are published.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Sha256::digest(draws::canonical(&self.rules())).into()
    }

    /// The terms without what may still change: the contact, and when entries close.
    #[must_use]
    pub fn rules(&self) -> Map<String, Value> {
        let mut terms = match serde_json::to_value(self) {
            Ok(Value::Object(terms)) => terms,
            Ok(_) | Err(_) => Map::new(),
        };
        terms.remove("contact");
        terms.get_mut("schedule").and_then(Value::as_object_mut).map(|schedule| schedule.remove("closes_at"));
        terms
    }

    /// The first term that differs though it may not once it is published: a deadline is put off, and never brought forward.
    #[must_use]
    pub fn first_frozen_change(&self, other: &Self) -> Option<&'static str> {
        match (other.schedule.closes_at < self.schedule.closes_at, self.rules() == other.rules()) {
            (true, _) => Some("schedule.closes_at"),
            (false, false) => Some("terms"),
            (false, true) => None,
        }
    }

    /// How many are in an entry: one alone, where there are no teams.
    #[must_use]
    pub fn team_size(&self) -> (u32, u32) {
        self.team.map_or((1, 1), |team| (team.least, team.most))
    }

    /// Until when somebody may join a team.
    #[must_use]
    pub fn teams_until(&self) -> DateTime<Utc> {
        let closes_at = self.schedule.closes_at;
        self.team.and_then(|team| team.merge_deadline).map_or(closes_at, |until| until.min(closes_at))
    }

    /// The rubric as marks are weighed by it.
    ///
    /// # Errors
    /// [`score::Unfit`], of terms that were not checked.
    pub fn rubric(&self) -> Result<Rubric, score::Unfit> {
        let plain = |criterion: &Criterion| score::Criterion {
            key: criterion.key.clone(),
            weight: criterion.weight,
            scale: criterion.scale,
        };
        Rubric::try_from(self.rubric.iter().map(plain).collect::<Vec<_>>())
    }

    /// How many entries can be judged: fewer, where each is judged by many.
    #[must_use]
    pub fn entries_most(&self) -> usize {
        let reviews = usize::try_from(self.judging.reviews_per_entry).unwrap_or(usize::MAX).max(1);
        (ENTRIES_MOST - SAMPLES_MOST).min(PAIRS_MOST / reviews)
    }

    /// How many entries each prize is for; none where nothing is won.
    #[must_use]
    pub fn prize_places(&self) -> Option<Prizes> {
        let places: Vec<u32> = self.prizes.iter().map(|prize| prize.places).collect();
        (!places.is_empty()).then_some(Prizes { places, least: self.least_score })
    }
}
