//! Applications: who wants to take part, and what became of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Barred, Panel, Phase, screening::Answers, terms::Method};
use crate::{ApplicationId, MemberId, PanelId, Refusal, draws::Ticket};

/// What somebody sent to take part in a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Application {
    pub id: ApplicationId,
    pub panel_id: PanelId,
    /// None once the person is forgotten; the ticket stays.
    pub member_id: Option<MemberId>,
    pub ticket: Ticket,
    /// With which whoever applied can show that the ticket is theirs.
    pub salt: Option<[u8; 16]>,
    pub answers: Answers,
    /// The keys of the consents that were given.
    pub agreed: BTreeSet<String>,
    /// Why they may not be taken, as sorted codes; none when they may.
    pub reasons: Vec<String>,
    /// What staff give soft answers, from 0 to 100.
    pub score: Option<i32>,
    pub outcome: Outcome,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is decided.
    Open,
    Withdrawn,
    /// May take a seat until a moment.
    Selected {
        confirm_by: DateTime<Utc>,
    },
    /// Place in the queue, from 1.
    Waitlisted {
        place: i32,
    },
    NotSelected,
    Confirmed,
    Declined,
    /// Did not answer in time.
    Lapsed,
}

impl Outcome {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "applied",
            Self::Withdrawn => "withdrawn",
            Self::Selected { .. } => "selected",
            Self::Waitlisted { .. } => "waitlisted",
            Self::NotSelected => "not_selected",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }
}

/// What somebody with a seat says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    Confirm,
    Decline,
}

impl Application {
    #[must_use]
    pub fn is_eligible(&self) -> bool {
        self.reasons.is_empty() && self.outcome != Outcome::Withdrawn
    }

    /// What becomes of it when its applicant is forgotten: a seat that can go to somebody else is left, unless the product
    /// `is_sent`. What is locked stays as it was locked; whoever is drawn and gone leaves the seat then.
    #[must_use]
    pub fn forgotten(&self, panel: &Panel, now: DateTime<Utc>, is_sent: bool) -> Outcome {
        let is_early = panel.phase(now) < Phase::PoolLocked;
        match self.outcome {
            Outcome::Open | Outcome::Waitlisted { .. } | Outcome::Selected { .. } if is_early => {
                Outcome::Withdrawn
            }
            Outcome::Selected { .. } | Outcome::Confirmed if panel.takes_replies(now) && !is_sent => {
                Outcome::Declined
            }
            outcome => outcome,
        }
    }

    /// Whether it may be looked at anew: nothing is decided of it, and whoever sent it can still be taken.
    #[must_use]
    pub fn can_be_screened(&self, panel: &Panel, now: DateTime<Utc>) -> bool {
        let last = match panel.terms.method {
            // Whoever comes after the others have come comes too late.
            Method::FirstCome => Phase::Recruiting,
            Method::Lottery | Method::MeritThenLottery | Method::Manual => Phase::Screening,
        };
        self.outcome == Outcome::Open && (Phase::Recruiting..=last).contains(&panel.phase(now))
    }

    /// Whether it may still be changed or withdrawn.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_open(&self, panel: &Panel, now: DateTime<Utc>) -> Result<(), Refusal> {
        match panel.phase(now) {
            Phase::Recruiting if self.outcome == Outcome::Open => Ok(()),
            Phase::Recruiting => Err(Barred::NoSeat.into()),
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// What a reply makes of it. Saying the same again changes nothing.
    ///
    /// # Errors
    /// [`Barred::NoSeat`], [`Barred::TooLate`], or [`Barred::Phase`] before the announcement and after the panel.
    pub fn replied(&self, reply: Reply, panel: &Panel, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
        if !panel.takes_replies(now) {
            return Err(Barred::Phase(panel.phase(now)).into());
        }
        match (self.outcome, reply) {
            (Outcome::Confirmed, Reply::Confirm) => Ok(Outcome::Confirmed),
            (Outcome::Declined, Reply::Decline) => Ok(Outcome::Declined),
            (Outcome::Selected { confirm_by }, _) if now >= confirm_by => Err(Barred::TooLate.into()),
            (Outcome::Selected { .. }, Reply::Confirm) => Ok(Outcome::Confirmed),
            (Outcome::Selected { .. } | Outcome::Confirmed, Reply::Decline) => Ok(Outcome::Declined),
            _ => Err(Barred::NoSeat.into()),
        }
    }
}

/// A name that its owner knows and others do not: the first and the last letter (`홍*동`), of two letters the first.
#[must_use]
pub fn masked(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters[..] {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, ref hidden @ .., last] => format!("{first}{}{last}", "*".repeat(hidden.len().min(10))),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn names_are_masked_letter_by_letter() {
        let masks = ["홍길동", "이산", "남궁민수", "A", "", "Kim Gildong"].map(masked);
        assert_eq!(masks, ["홍*동", "이*", "남**수", "*", "", "K*********g"]);
    }
}
