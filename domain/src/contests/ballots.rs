//! Ballots: one of each member for the entries they like best, theirs to change until the close. What looks bought is held until a person
//! has decided, nothing is ever deleted, and whoever is rejected may appeal.

mod phases;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::phases::TallyFor;
use super::{
    Barred, Contest, Phase,
    screening::{Appeal, Note, Verdict},
    terms,
};
pub use crate::judging::{ballots::signals::Signal, bundle::State};
use crate::{
    ContestId, EntryId, MemberId, Refusal,
    events::BallotEvent,
    judging::{
        ballots::{
            Candidate, Miscast, ensure_castable,
            signals::{self, Cast, Limits},
        },
        bundle,
    },
    members::Role,
    text::Fault,
};

/// What a member stars.
#[derive(Debug, Clone, PartialEq)]
pub struct Ballot {
    pub contest_id: ContestId,
    pub voter: MemberId,
    pub stars: BTreeSet<EntryId>,
    pub state: State,
    /// Why it was held, if it ever was.
    pub signals: Vec<Signal>,
    pub trace: Trace,
    pub cast_at: DateTime<Utc>,
    /// When it got the stars it has.
    pub changed_at: DateTime<Utc>,
    /// What a person of the staff said of it last.
    pub decision: Option<Decision>,
    pub appeal: Option<Appeal>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// What is known of how a ballot came, for signals alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// Whether it was the first thing that the member ever did here.
    pub first_act: bool,
    /// A keyed hash of the first part of the address it came from.
    pub prefix: Option<u64>,
    pub seconds_on_page: Option<u32>,
}

/// When somebody of the staff decided about a ballot, and what they say to its voter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub at: DateTime<Utc>,
    pub note: Note,
}

/// What staff decide about a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    Count,
    Reject,
}

/// Whoever wants to vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voter {
    pub role: Role,
    pub member_since: DateTime<Utc>,
    /// Whether they judge the contest, or did.
    pub judges: bool,
}

impl terms::Ballot {
    /// Whether somebody has a vote: customers do, and neither those who run or judge the contest, nor who came too late.
    ///
    /// # Errors
    /// [`Barred::NotAVoter`].
    pub fn ensure_of(&self, voter: Voter) -> Result<(), Refusal> {
        let in_time = self.members_before.is_none_or(|before| voter.member_since < before);
        match in_time && !voter.role.is_staff() && !voter.judges {
            true => Ok(()),
            false => Err(Barred::NotAVoter.into()),
        }
    }

    /// The stars of a ballot, each for another entry that is there and not the voter's own.
    ///
    /// # Errors
    /// [`Refusal::UnfitAt`] names the first that is not.
    pub fn ensure_stars(
        &self,
        stars: &[EntryId],
        candidate: impl Fn(&EntryId) -> Candidate,
    ) -> Result<BTreeSet<EntryId>, Refusal> {
        let most = usize::try_from(self.stars).unwrap_or(usize::MAX);
        let (place, fault) = match ensure_castable(stars, most, candidate) {
            Ok(()) => return Ok(stars.iter().copied().collect()),
            Err(Miscast::TooMany { most }) => (None, Fault::TooMany { most }),
            Err(Miscast::Twice { place }) => {
                (Some(place), Fault::NotA("entry that has no star of yours yet"))
            }
            Err(Miscast::Own { place }) => (Some(place), Fault::NotA("entry of somebody else")),
            Err(Miscast::Withdrawn { place }) => (Some(place), Fault::NotA("entry that still takes part")),
            Err(Miscast::Unknown { place }) => (Some(place), Fault::NotA("entry of this contest")),
        };
        let pointer = place.map_or("/stars".to_owned(), |place| format!("/stars/{place}"));
        Err(Refusal::UnfitAt { pointer, fault })
    }
}

impl Ballot {
    /// The ballot with other stars; none when they are the same. What was held or rejected stays so: changing it frees nobody.
    #[must_use]
    pub fn restarred(&self, stars: BTreeSet<EntryId>, trace: Trace, now: DateTime<Utc>) -> Option<Self> {
        let trace = Trace { first_act: self.trace.first_act, ..trace };
        let is_same = self.stars == stars;
        let changed = || Self { stars, trace, changed_at: now, version: self.version + 1, ..self.clone() };
        (!is_same).then(changed)
    }

    /// Whether it is as it was when somebody looked at it: whoever decides about other stars than they saw decides about none.
    ///
    /// # Errors
    /// [`Barred::BallotChanged`].
    pub fn ensure_seen(&self, contest: &Contest, version: i32) -> Result<(), Refusal> {
        match self.version == version {
            true => Ok(()),
            false => Err(Barred::BallotChanged { voter: contest.pseudonym_of_voter(self.voter) }.into()),
        }
    }

    /// When a person said something of it last, by themselves or about an appeal.
    fn decided_at(&self) -> Option<DateTime<Utc>> {
        let verdict = self.appeal.as_ref().and_then(|appeal| appeal.verdict.as_ref());
        let decided = self.decision.as_ref().map(|decision| decision.at);
        decided.max(verdict.map(|verdict| verdict.at))
    }

    /// Whether a person decided about it as it is now.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.decided_at().is_some_and(|at| at >= self.changed_at)
    }

    /// The ballot until a person has looked at it; what was said of the one it was before is over.
    fn held(&self, signals: Vec<Signal>) -> Self {
        let version = self.version + 1;
        Self { state: State::Held, signals, decision: None, appeal: None, version, ..self.clone() }
    }

    /// The ballot as a person decided. They may think again until the voter appeals; a ballot that nothing spoke against is nobody's
    /// to reject.
    ///
    /// # Errors
    /// [`Barred::Phase`], [`Barred::BallotNotHeld`], [`Barred::AlreadyAppealed`].
    pub fn decided(self, contest: &Contest, ruling: Ruling, decision: Decision) -> Result<Self, Refusal> {
        contest.ensure_decides_ballots(decision.at)?;
        match (self.state, &self.decision, &self.appeal) {
            (State::Held, ..) | (State::Rejected, _, None) => {}
            // Of the stars it has now.
            (State::Counted, Some(_), None) if self.is_decided() => {}
            (_, _, Some(_)) => return Err(Barred::AlreadyAppealed.into()),
            (State::Counted, _, None) => {
                let voter = contest.pseudonym_of_voter(self.voter);
                return Err(Barred::BallotNotHeld { voter }.into());
            }
        }
        let state = match ruling {
            Ruling::Count => State::Counted,
            Ruling::Reject => State::Rejected,
        };
        Ok(Self { state, decision: Some(decision), version: self.version + 1, ..self })
    }

    /// What its voter hears of a decision: of a rejection, and that it was taken back. That it was held, and counts again, is not told.
    #[must_use]
    pub fn told_since(&self, before: &Self) -> Option<BallotEvent> {
        let is_told = [before.state, self.state].contains(&State::Rejected);
        is_told.then_some(BallotEvent::Decided)
    }

    /// Until when one may appeal against a rejection.
    #[must_use]
    pub fn appealable_until(&self, contest: &Contest) -> Option<DateTime<Utc>> {
        let decision = self.decision.as_ref().filter(|_| self.state == State::Rejected)?;
        Some(decision.at + TimeDelta::hours(contest.terms.appeal_hours.into()))
    }

    /// The ballot with an appeal, once and in time.
    ///
    /// # Errors
    /// [`Barred::AlreadyAppealed`], [`Barred::NotRejected`], [`Barred::AppealTooLate`] or [`Barred::Phase`].
    pub fn appealed(self, contest: &Contest, text: Note, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if self.appeal.is_some() {
            return Err(Barred::AlreadyAppealed.into());
        }
        let until = self.appealable_until(contest).ok_or(Barred::NotRejected)?;
        contest.ensure_decides_ballots(now)?;
        match now < until {
            true => {
                let appeal = Some(Appeal { text, at: now, verdict: None });
                Ok(Self { appeal, version: self.version + 1, ..self })
            }
            false => Err(Barred::AppealTooLate { until }.into()),
        }
    }

    /// The ballot after its appeal was decided: counted after all, or rejected for good.
    ///
    /// # Errors
    /// [`Barred::NothingToDecide`], [`Barred::AlreadyDecided`] or [`Barred::Phase`].
    pub fn appeal_decided(self, contest: &Contest, verdict: Verdict) -> Result<Self, Refusal> {
        contest.ensure_decides_ballots(verdict.at)?;
        let appeal = self.appeal.ok_or(Barred::NothingToDecide)?;
        if appeal.verdict.is_some() {
            return Err(Barred::AlreadyDecided.into());
        }
        let state = if verdict.granted { State::Counted } else { State::Rejected };
        let appeal = Some(Appeal { verdict: Some(verdict), ..appeal });
        Ok(Self { state, appeal, version: self.version + 1, ..self })
    }

    /// The ballot of somebody who is forgotten, as they cast it and as it was decided about, with nothing else that was theirs.
    #[must_use]
    pub fn forgotten(self) -> Self {
        let trace = Trace { prefix: None, seconds_on_page: None, ..self.trace };
        let decision = self.decided_at().zip(self.decision).map(|(at, decision)| Decision { at, ..decision });
        Self { trace, decision, appeal: None, version: self.version + 1, ..self }
    }

    /// The ballot as everybody may read it: who cast it and what they starred under pseudonyms.
    #[must_use]
    pub fn published(&self, contest: &Contest) -> bundle::Ballot {
        bundle::Ballot {
            voter: contest.pseudonym_of_voter(self.voter),
            stars: self.stars.iter().map(|entry| contest.pseudonym_of_entry(*entry)).collect(),
            state: self.state,
        }
    }
}

/// Of all ballots of a contest, those that count and look bought, as they are to be held: never one that a person decided about as it is.
#[must_use]
pub fn to_hold(ballots: &[Ballot]) -> Vec<Ballot> {
    let cast: Vec<(&Ballot, Vec<String>)> = ballots
        .iter()
        .filter(|ballot| !ballot.stars.is_empty())
        .map(|ballot| (ballot, ballot.stars.iter().map(ToString::to_string).collect()))
        .collect();
    let looked_at = cast.iter().map(|(ballot, names)| Cast {
        at: ballot.changed_at,
        stars: names.iter().map(String::as_str).collect(),
        first_act: ballot.trace.first_act,
        prefix: ballot.trace.prefix,
        seconds_on_page: ballot.trace.seconds_on_page,
    });
    let found = signals::suspicions(&looked_at.collect::<Vec<_>>(), &Limits::default());
    let to_hold = signals::to_hold(&found).into_iter().filter_map(|(nth, by)| {
        let ballot = cast[nth].0;
        let signals = || by.iter().map(|&nth| found[nth].signal.clone()).collect();
        (ballot.state == State::Counted && !ballot.is_decided()).then(|| ballot.held(signals()))
    });
    to_hold.collect()
}
