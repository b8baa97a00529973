//! What reviews are called by, and reasons.

use domain::contests::{
    reviews::{Kind, State},
    screening::Note,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{body::field, error::Failure};

/// Why an entry is before a judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewKindName {
    Assigned,
    /// Of a sample: it tells how severe judges are.
    Calibration,
    /// One more, after the scores were locked, between entries that are tied.
    Extra,
}

impl From<Kind> for ReviewKindName {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Assigned => Self::Assigned,
            Kind::Calibration => Self::Calibration,
            Kind::Extra => Self::Extra,
        }
    }
}

/// How far a review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewStateName {
    Open,
    /// It counts.
    Sent,
    /// The judge stepped back from it.
    Recused,
    /// It was given to somebody else, or a conflict came to light.
    Taken,
}

impl From<State> for ReviewStateName {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Sent => Self::Sent,
            State::Recused => Self::Recused,
            State::Taken => Self::Taken,
        }
    }
}

/// A reason in a body.
pub fn reason(text: &str) -> Result<Note, Failure> {
    field("/reason", Note::try_from(text))
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "아는 사람의 작품 같습니다.")]
    pub reason: String,
}
