//! The trial of somebody who confirmed: the product goes out, comes to hand, is tried and told of.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Barred, strikes::GRACE_DAYS, terms::Terms};
use crate::Refusal;

/// Days for which a product that has not come is waited for: from the shipping, or from the seat where nothing was shipped. After
/// them it is for staff to say whether anything may still come of it.
pub const PATIENCE_DAYS: i64 = 14;

/// What happened to a confirmed seat, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trial {
    pub shipped_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    /// When the delivery was told to us.
    pub told_at: Option<DateTime<Utc>>,
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

    /// Whether the seat may still be left: who has been sent the product keeps it.
    ///
    /// # Errors
    /// [`Barred::AlreadyShipped`].
    pub fn ensure_may_leave(&self) -> Result<(), Refusal> {
        match self.shipped_at {
            Some(_) => Err(Barred::AlreadyShipped.into()),
            None => Ok(()),
        }
    }

    /// When the report is due: its days count from the delivery.
    #[must_use]
    pub fn due_at(&self, terms: &Terms) -> Option<DateTime<Utc>> {
        let days = terms.schedule.trial_days + terms.schedule.report_days;
        Some(self.delivered_at? + TimeDelta::days(days.into()))
    }

    /// From when the absence of a report is a strike: [`GRACE_DAYS`] after it was due, and after the delivery was told, before which
    /// nobody could see when it is.
    #[must_use]
    pub fn struck_from(&self, terms: &Terms) -> Option<DateTime<Utc>> {
        let due = self.due_at(terms)?;
        Some(self.told_at.map_or(due, |told| due.max(told)) + TimeDelta::days(GRACE_DAYS))
    }
}

/// A confirmed seat of somebody who can still tell of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// When it was confirmed.
    pub since: DateTime<Utc>,
    pub trial: Trial,
}

impl Seat {
    /// Until when it keeps the panel open, as things stand; none once there is a report, a granted excuse or a strike. Whoever has
    /// the product has until the strike, whoever has not is waited for [`PATIENCE_DAYS`].
    #[must_use]
    pub fn open_until(&self, terms: &Terms) -> Option<DateTime<Utc>> {
        let Trial { shipped_at, reported_at, excused_at, missed_at, .. } = self.trial;
        if reported_at.or(excused_at).or(missed_at).is_some() {
            return None;
        }
        let waits_since = shipped_at.unwrap_or(self.since.max(terms.schedule.confirm_by));
        let patience = waits_since + TimeDelta::days(PATIENCE_DAYS);
        Some(self.trial.struck_from(terms).unwrap_or(patience))
    }
}

/// Whether nobody with a seat still tries the product, or waits for it.
///
/// # Errors
/// [`Barred::TrialsUnderWay`].
pub fn ensure_over(terms: &Terms, seats: &[Seat], now: DateTime<Utc>) -> Result<(), Refusal> {
    let open: Vec<DateTime<Utc>> =
        seats.iter().filter_map(|seat| seat.open_until(terms)).filter(|until| now < *until).collect();
    match open.iter().max() {
        Some(until) => Err(Barred::TrialsUnderWay { trying: open.len(), until: *until }.into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    #[test]
    fn a_panel_is_open_as_long_as_something_may_come_of_a_seat() {
        // Confirmed by the fourth, with two days to try and one to tell.
        let terms: Terms = serde_json::from_value(json!({
            "title": "t", "product": "p", "contact": "c", "seats": 1, "method": "manual", "rules": "r", "disclosure": "d",
            "schedule": { "opens_at": day(1), "closes_at": day(2), "announce_at": day(3), "confirm_by": day(4),
                "trial_days": 2, "report_days": 1 },
        }))
        .unwrap();
        let confirmed = Trial::default();
        let shipped = Trial { shipped_at: Some(day(6)), ..confirmed };
        let there = Trial { delivered_at: Some(day(8)), ..shipped };
        for (since, trial, until) in [
            (3, confirmed, Some(4 + 14)),
            // Whoever took the seat of another.
            (5, confirmed, Some(5 + 14)),
            (3, shipped, Some(6 + 14)),
            (3, there, Some(8 + 3 + 7)),
            (3, Trial { told_at: Some(day(9)), ..there }, Some(8 + 3 + 7)),
            (3, Trial { told_at: Some(day(30)), ..there }, Some(30 + 7)),
            (3, Trial { excused_at: Some(day(5)), ..confirmed }, None),
            (3, Trial { reported_at: Some(day(9)), ..there }, None),
            (3, Trial { missed_at: Some(day(18)), ..there }, None),
        ] {
            let seat = Seat { since: day(since), trial };
            assert_eq!(seat.open_until(&terms), until.map(day), "{seat:?}");
        }
        let seats = [confirmed, shipped, there].map(|trial| Seat { since: day(3), trial });
        let over = |now| ensure_over(&terms, &seats, now);
        let open = |trying, until| Err(Barred::TrialsUnderWay { trying, until: day(until) }.into());
        assert_eq!(over(day(17)), open(3, 20));
        assert_eq!(over(day(18)), open(1, 20));
        assert_eq!(over(day(20)), Ok(()));
    }

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
