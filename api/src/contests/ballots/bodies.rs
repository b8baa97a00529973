//! Ballots as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    MemberId,
    contests::{
        Contest,
        ballots::{Ballot, Decision, Ruling, Signal, State},
        screening::Appeal,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;
use validator::Validate;

use crate::{audit::facts, body::present, terms::schema};

/// The entries you star.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "stars": ["01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d"], "seconds_on_page": 45 }))]
pub struct CastBallotBody {
    /// Each once, as many as `ballot.stars` says; none takes all back.
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub stars: Vec<Uuid>,
    /// How long the page with the entries was open.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    pub seconds_on_page: Option<u32>,
}

/// Why a ballot was wrongly rejected.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AppealBallotBody {
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "가족이 같은 집에서 각자 투표했습니다.")]
    pub text: String,
}

/// What staff decide about ballots.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ballots": [{ "voter": "9f86d081884c7d65", "version": 2 }], "state": "rejected", "note": "같은 표가 몇 초 사이에 모였습니다." }))]
pub struct DecideBallotsBody {
    /// Each once.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub ballots: Vec<SeenBallotBody>,
    pub state: RulingName,
    /// What the voters read, if they are rejected.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    pub note: String,
}

/// A ballot as somebody saw it: about another nobody decides.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenBallotBody {
    /// What the voter is called.
    #[schema(example = "9f86d081884c7d65")]
    pub voter: String,
    /// Of the ballot, as it was read.
    #[schema(minimum = 1, example = 2)]
    pub version: i32,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RulingName {
    Counted,
    Rejected,
}

impl From<RulingName> for Ruling {
    fn from(name: RulingName) -> Self {
        match name {
            RulingName::Counted => Self::Count,
            RulingName::Rejected => Self::Reject,
        }
    }
}

/// What staff say to the appeal of a voter.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideBallotAppealBody {
    pub granted: bool,
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "같은 집에서 온 표임을 확인했습니다.")]
    pub note: String,
    /// Of the ballot, as it was read.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
}

/// Whether a ballot counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BallotStateName {
    Counted,
    /// Until a person has decided.
    Held,
    Rejected,
}

impl From<State> for BallotStateName {
    fn from(state: State) -> Self {
        match state {
            State::Counted => Self::Counted,
            State::Held => Self::Held,
            State::Rejected => Self::Rejected,
        }
    }
}

impl From<BallotStateName> for State {
    fn from(name: BallotStateName) -> Self {
        match name {
            BallotStateName::Counted => Self::Counted,
            BallotStateName::Held => Self::Held,
            BallotStateName::Rejected => Self::Rejected,
        }
    }
}

/// Why a voter finds that they were wrongly rejected, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotAppealBody {
    #[schema(example = "가족이 같은 집에서 각자 투표했습니다.")]
    text: String,
    at: DateTime<Utc>,
    /// Null until somebody has decided.
    granted: Option<bool>,
    decided_at: Option<DateTime<Utc>>,
    #[schema(example = "같은 집에서 온 표임을 확인했습니다.")]
    note: Option<String>,
}

impl From<&Appeal> for BallotAppealBody {
    fn from(appeal: &Appeal) -> Self {
        let verdict = appeal.verdict.as_ref();
        Self {
            text: appeal.text.as_str().to_owned(),
            at: appeal.at,
            granted: verdict.map(|verdict| verdict.granted),
            decided_at: verdict.map(|verdict| verdict.at),
            note: verdict.map(|verdict| verdict.note.as_str().to_owned()),
        }
    }
}

/// What staff said of a ballot.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotDecisionBody {
    at: DateTime<Utc>,
    #[schema(example = "같은 표가 몇 초 사이에 모였습니다.")]
    note: String,
    /// Until when the voter may appeal; null unless it was rejected.
    appealable_until: Option<DateTime<Utc>>,
}

impl BallotDecisionBody {
    fn new(decision: &Decision, appealable_until: Option<DateTime<Utc>>) -> Self {
        Self { at: decision.at, note: decision.note.as_str().to_owned(), appealable_until }
    }
}

/// Your ballot. That it is held is not told, or a ring would learn what gives it away.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnBallotBody {
    contest_id: Uuid,
    /// What you are called where ballots are published.
    #[schema(pattern = "^[0-9a-f]{16}$", example = "9f86d081884c7d65")]
    voter: String,
    stars: Vec<Uuid>,
    /// Null while you have cast none.
    cast_at: Option<DateTime<Utc>>,
    /// When you last changed it.
    changed_at: Option<DateTime<Utc>>,
    /// When and why it was rejected; null unless it is.
    rejected: Option<BallotDecisionBody>,
    appeal: Option<BallotAppealBody>,
}

impl OwnBallotBody {
    pub fn new(contest: &Contest, member: MemberId, ballot: Option<&Ballot>) -> Self {
        let rejected = |ballot: &Ballot| {
            let decision = ballot.decision.as_ref().filter(|_| ballot.state == State::Rejected)?;
            Some(BallotDecisionBody::new(decision, ballot.appealable_until(contest)))
        };
        let stars = ballot.into_iter().flat_map(|ballot| &ballot.stars);
        Self {
            contest_id: contest.id.uuid(),
            voter: contest.pseudonym_of_voter(member),
            stars: stars.map(|entry| entry.uuid()).collect(),
            cast_at: ballot.map(|ballot| ballot.cast_at),
            changed_at: ballot.map(|ballot| ballot.changed_at),
            rejected: ballot.and_then(rejected),
            appeal: ballot.and_then(|ballot| ballot.appeal.as_ref()).map(Into::into),
        }
    }
}

/// A ballot as staff see it: not whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotBody {
    /// What the voter is called; nobody can tell who that is.
    #[schema(pattern = "^[0-9a-f]{16}$", example = "9f86d081884c7d65")]
    voter: String,
    stars: Vec<Uuid>,
    state: BallotStateName,
    #[schema(schema_with = signals)]
    signals: Vec<Value>,
    /// Whether it was the first thing that its voter ever did here.
    first_act: bool,
    #[schema(example = 45)]
    seconds_on_page: Option<u32>,
    cast_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// What a person said of it; null before.
    decision: Option<BallotDecisionBody>,
    appeal: Option<BallotAppealBody>,
    /// Counts its changes, from 1: a decision says which of them it is about.
    #[schema(minimum = 1, example = 2)]
    version: i32,
}

/// A signal, without its figures while voting goes on.
/// What the document says of signals. Their form is the domain's.
fn signals() -> RefOr<Schema> {
    let figure = |what: &str| json!({ "type": "number", "description": what });
    let count = |what: &str| json!({ "type": "integer", "minimum": 0, "description": what });
    schema(json!({
        "type": "array", "examples": [[{ "kind": "lockstep", "ballots": 12, "seconds": 40 }]],
        "description": "What it was held for. The figures come with it once voting is over, because they add up to the tally.",
        "items": {
            "type": "object", "required": ["kind"],
            "properties": {
                "kind": { "type": "string", "enum": ["burst", "newcomers", "lockstep", "prefix", "hasty"] },
                "entry": { "type": "string", "description": "Where it is about one: its pseudonym." },
                "from": { "type": "string", "format": "date-time", "description": "Of a burst: when it began." },
                "ballots": count("Of a lockstep or of one part of the network: how many."),
                "of": count("Of one part of the network: how many ballots came from there."),
                "seconds": count("Of a lockstep: within how many."),
                "seconds_least": count("Of a hasty one: what reading takes."),
                "share": figure("Of newcomers: their share of those who star the entry."),
                "elsewhere": figure("Of newcomers: their share of the others."),
                "errors": figure("Of newcomers: by how many standard errors the shares differ."),
                "expected": figure("How many there would be by chance."),
                "p": figure("How likely chance makes as many."),
            },
        },
    }))
}

fn signal(signal: &Signal, is_closed: bool) -> Value {
    let mut told = facts(signal);
    if let Some(fields) = told.as_object_mut().filter(|_| !is_closed) {
        fields.retain(|name, _| ["kind", "entry"].contains(&name.as_str()));
    }
    told
}

impl BallotBody {
    pub fn new(contest: &Contest, ballot: &Ballot, now: DateTime<Utc>) -> Self {
        let until = ballot.appealable_until(contest);
        let is_closed = contest.ensure_ballot_closed(now).is_ok();
        Self {
            voter: contest.pseudonym_of_voter(ballot.voter),
            stars: ballot.stars.iter().map(|entry| entry.uuid()).collect(),
            state: ballot.state.into(),
            signals: ballot.signals.iter().map(|one| signal(one, is_closed)).collect(),
            first_act: ballot.trace.first_act,
            seconds_on_page: ballot.trace.seconds_on_page,
            cast_at: ballot.cast_at,
            changed_at: ballot.changed_at,
            decision: ballot.decision.as_ref().map(|decision| BallotDecisionBody::new(decision, until)),
            appeal: ballot.appeal.as_ref().map(Into::into),
            version: ballot.version,
        }
    }

    pub fn voter(&self) -> &str {
        &self.voter
    }
}

/// Ballots that were decided about.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotsBody {
    pub items: Vec<BallotBody>,
}
