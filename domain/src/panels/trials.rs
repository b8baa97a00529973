//! The trial of somebody who confirmed: the product goes out, comes to hand, is tried and told of.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Barred, terms::Terms};
use crate::Refusal;

/// What happened to a confirmed seat, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trial {
    pub shipped_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    /// When the report came first.
    pub reported_at: Option<DateTime<Utc>>,
    /// When it came last, after what staff asked for.
    pub sent_at: Option<DateTime<Utc>>,
    /// When staff asked for a revision.
    pub asked_at: Option<DateTime<Utc>>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub excused_at: Option<DateTime<Utc>>,
    pub missed_at: Option<DateTime<Utc>>,
}

/// How far a trial is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Confirmed,
    Shipped,
    /// The product is there.
    InTrial,
    Reported,
    RevisionRequested,
    Completed,
    Excused,
    /// Nothing was told in time, and nobody said why.
    NoShow,
}

impl Stage {
    pub const ALL: [Self; 8] = [
        Self::Confirmed,
        Self::Shipped,
        Self::InTrial,
        Self::Reported,
        Self::RevisionRequested,
        Self::Completed,
        Self::Excused,
        Self::NoShow,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Shipped => "shipped",
            Self::InTrial => "in_trial",
            Self::Reported => "reported",
            Self::RevisionRequested => "revision_requested",
            Self::Completed => "completed",
            Self::Excused => "excused",
            Self::NoShow => "no_show",
        }
    }
}

impl Trial {
    /// How far it is. What was done in the end counts more than what was missed before it.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self { accepted_at: Some(_), .. } => Stage::Completed,
            Self { asked_at: Some(asked), sent_at: Some(sent), .. } if sent < asked => {
                Stage::RevisionRequested
            }
            Self { reported_at: Some(_), .. } => Stage::Reported,
            Self { excused_at: Some(_), .. } => Stage::Excused,
            Self { missed_at: Some(_), .. } => Stage::NoShow,
            Self { delivered_at: Some(_), .. } => Stage::InTrial,
            Self { shipped_at: Some(_), .. } => Stage::Shipped,
            _ => Stage::Confirmed,
        }
    }

    /// Whether the seat may be left: whoever has the product excuses themselves instead, or it would cost nothing to keep it and
    /// say nothing.
    ///
    /// # Errors
    /// [`Barred::Delivered`].
    pub fn ensure_may_leave(&self) -> Result<(), Refusal> {
        if self.delivered_at.is_some() { Err(Barred::Delivered.into()) } else { Ok(()) }
    }

    /// When the report is due: its days count from the delivery.
    #[must_use]
    pub fn due_at(&self, terms: &Terms) -> Option<DateTime<Utc>> {
        let days = terms.schedule.trial_days + terms.schedule.report_days;
        Some(self.delivered_at? + TimeDelta::days(days.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_counts_more_than_what_was_missed() {
        let at = |day: i64| Some(DateTime::UNIX_EPOCH + TimeDelta::days(day));
        let confirmed = Trial::default();
        let shipped = Trial { shipped_at: at(1), ..confirmed };
        let there = Trial { delivered_at: at(3), ..shipped };
        let missed = Trial { missed_at: at(30), ..there };
        let late = Trial { reported_at: at(31), sent_at: at(31), ..missed };
        let asked = Trial { asked_at: at(32), ..late };
        let again = Trial { sent_at: at(33), ..asked };
        let done = Trial { accepted_at: at(34), ..again };
        let excused = Trial { excused_at: at(9), ..there };
        let stages = [confirmed, shipped, there, missed, late, asked, again, done, excused]
            .map(|trial| trial.stage().name());
        let expected = [
            "confirmed",
            "shipped",
            "in_trial",
            "no_show",
            "reported",
            "revision_requested",
            "reported",
            "completed",
            "excused",
        ];
        assert_eq!(stages, expected);
    }
}
