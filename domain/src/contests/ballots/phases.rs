//! When ballots are taken, shown, decided about and counted.

use chrono::{DateTime, Utc};

use super::{Barred, Contest, Phase, terms};
use crate::Refusal;

impl Contest {
    /// The rules of the ballot, if ballots are taken now. All entries come before voters together, so nobody votes before screening is
    /// done.
    ///
    /// # Errors
    /// [`Barred::NoBallot`], [`Barred::BallotNotOpen`], [`Barred::BallotClosed`] from the close on, at that very moment too, or
    /// [`Barred::Phase`].
    pub fn ensure_takes_ballots(&self, now: DateTime<Utc>) -> Result<&terms::Ballot, Refusal> {
        let ballot = self.ensure_has_ballot()?;
        match self.phase(now) {
            phase @ (Phase::Draft | Phase::Cancelled) => Err(Barred::Phase(phase).into()),
            _ if now < ballot.opens_at => Err(Barred::BallotNotOpen { from: ballot.opens_at }.into()),
            _ if now >= ballot.closes_at => Err(Barred::BallotClosed { until: ballot.closes_at }.into()),
            Phase::Judging => Ok(ballot),
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// # Errors
    /// [`Barred::NoBallot`].
    pub fn ensure_has_ballot(&self) -> Result<&terms::Ballot, Refusal> {
        self.terms.ballot.as_ref().ok_or_else(|| Barred::NoBallot.into())
    }

    /// Whether everybody is shown the entries that may be starred: from the opening of the ballot on, until the contest is archived.
    #[must_use]
    pub fn shows_candidates(&self, now: DateTime<Utc>) -> bool {
        let is_on = (Phase::Judging..=Phase::Final).contains(&self.phase(now));
        is_on && self.terms.ballot.is_some_and(|ballot| now >= ballot.opens_at)
    }

    /// # Errors
    /// [`Barred::NoBallot`], [`Barred::BallotNotOpen`] or [`Barred::Phase`].
    pub fn ensure_shows_candidates(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        let ballot = self.ensure_has_ballot()?;
        match self.phase(now) {
            _ if self.shows_candidates(now) => Ok(()),
            phase if phase != Phase::Cancelled && now < ballot.opens_at => {
                Err(Barred::BallotNotOpen { from: ballot.opens_at }.into())
            }
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// Whether ballots may be held and decided about: until the scores are locked with them.
    ///
    /// # Errors
    /// [`Barred::NoBallot`] or [`Barred::Phase`].
    pub fn ensure_decides_ballots(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.ensure_has_ballot()?;
        match self.phase(now) {
            Phase::Judging => Ok(()),
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// Whether nobody can vote any more, where anybody could.
    ///
    /// # Errors
    /// [`Barred::BallotOpen`].
    pub fn ensure_ballot_closed(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.terms.ballot {
            Some(ballot) if now < ballot.closes_at => {
                Err(Barred::BallotOpen { until: ballot.closes_at }.into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Who may know the tally: nobody before the close, those who run the contest after it, and everybody once the result is public.
    ///
    /// # Errors
    /// [`Barred::NoBallot`], [`Barred::BallotOpen`] or [`Barred::Phase`].
    pub fn ensure_tells_tally(&self, runs_it: bool, now: DateTime<Utc>) -> Result<TallyFor, Refusal> {
        self.ensure_has_ballot()?;
        self.ensure_ballot_closed(now)?;
        match self.phase(now) {
            _ if runs_it => Ok(TallyFor::Staff),
            Phase::Objection | Phase::Final | Phase::Archived => Ok(TallyFor::Everybody),
            phase => Err(Barred::Phase(phase).into()),
        }
    }
}

/// Who is told a tally: staff what is held and rejected as well, all others what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TallyFor {
    Staff,
    Everybody,
}
