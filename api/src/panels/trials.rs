//! How far a trial is, as it is shown.

use chrono::{DateTime, Utc};
use domain::panels::{
    Panel,
    trials::{Stage, Trial},
};
use serde::Serialize;
use utoipa::ToSchema;

/// The trial of a confirmed seat.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBody {
    stage: StageName,
    shipped_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    /// When the report is due, counted from the delivery.
    due_at: Option<DateTime<Utc>>,
    /// When the report came first.
    reported_at: Option<DateTime<Utc>>,
    accepted_at: Option<DateTime<Utc>>,
}

/// How far it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    Confirmed,
    Shipped,
    InTrial,
    Reported,
    RevisionRequested,
    Completed,
    Excused,
    NoShow,
}

impl From<Stage> for StageName {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Confirmed => Self::Confirmed,
            Stage::Shipped => Self::Shipped,
            Stage::InTrial => Self::InTrial,
            Stage::Reported => Self::Reported,
            Stage::RevisionRequested => Self::RevisionRequested,
            Stage::Completed => Self::Completed,
            Stage::Excused => Self::Excused,
            Stage::NoShow => Self::NoShow,
        }
    }
}

impl TrialBody {
    pub fn new(trial: &Trial, panel: &Panel) -> Self {
        Self {
            stage: trial.stage().into(),
            shipped_at: trial.shipped_at,
            delivered_at: trial.delivered_at,
            due_at: trial.due_at(&panel.terms),
            reported_at: trial.reported_at,
            accepted_at: trial.accepted_at,
        }
    }
}
