//! Screening: whether an entry keeps the rules, by people, with reasons as codes, one chance to mend it and one to appeal.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Barred, Contest, Phase,
    entries::{Entry, State},
    terms::Terms,
};
use crate::{
    Refusal,
    text::{Fault, Lines, clean},
};

/// What staff found, and what the team said to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Screening {
    pub reasons: BTreeSet<Reason>,
    pub note: Option<Note>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Until when it may be mended, if that was ever asked for: it is asked for once.
    pub fix_until: Option<DateTime<Utc>>,
    pub appeal: Option<Appeal>,
}

/// Why a team finds that its entry was wrongly rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    pub text: Note,
    pub at: DateTime<Utc>,
    pub verdict: Option<Verdict>,
}

/// What staff say to an appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub at: DateTime<Utc>,
    pub granted: bool,
    pub note: Note,
}

/// What people say of it: 1–2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    pub const MOST: usize = 2_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Note {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::Many).map(Self)
    }
}

/// Which rule an entry breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Ineligible,
    Incomplete,
    OffBrief,
    NotOriginal,
    Rights,
    Duplicate,
    Unlawful,
    Late,
    UndisclosedAi,
}

impl Reason {
    pub const ALL: [Self; 9] = [
        Self::Ineligible,
        Self::Incomplete,
        Self::OffBrief,
        Self::NotOriginal,
        Self::Rights,
        Self::Duplicate,
        Self::Unlawful,
        Self::Late,
        Self::UndisclosedAi,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ineligible => "ineligible",
            Self::Incomplete => "incomplete",
            Self::OffBrief => "off_brief",
            Self::NotOriginal => "not_original",
            Self::Rights => "rights",
            Self::Duplicate => "duplicate",
            Self::Unlawful => "unlawful",
            Self::Late => "late",
            Self::UndisclosedAi => "undisclosed_ai",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What is decided about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Reject,
    /// It may be mended and sent again, once.
    Fix,
}

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub decision: Decision,
    pub reasons: BTreeSet<Reason>,
    pub note: Option<Note>,
}

impl Finding {
    /// # Errors
    /// [`Refusal::Unfit`] when a no has no reason, or a yes has one.
    fn ensure_reasoned(&self) -> Result<(), Refusal> {
        let fault = match (self.decision, self.reasons.is_empty()) {
            (Decision::Accept, false) => Fault::NotA("list of an entry that is accepted"),
            (Decision::Reject | Decision::Fix, true) => Fault::Required,
            _ => return Ok(()),
        };
        Err(Refusal::Unfit { field: "reasons", fault })
    }
}

impl Entry {
    /// The entry as staff find it. While screening lasts they may think again, until the team has appealed.
    ///
    /// # Errors
    /// [`Barred::Phase`], [`Barred::EntryState`], [`Barred::NoMending`], [`Barred::AlreadyAppealed`]; [`Refusal::Unfit`] of the reasons.
    pub fn screened(self, contest: &Contest, finding: Finding, now: DateTime<Utc>) -> Result<Self, Refusal> {
        finding.ensure_reasoned()?;
        if contest.phase(now) != Phase::Screening {
            return Err(Barred::Phase(contest.phase(now)).into());
        }
        if !State::SENT.contains(&self.state) {
            return Err(Barred::EntryState(self.state).into());
        }
        if self.screening.appeal.is_some() {
            return Err(Barred::AlreadyAppealed.into());
        }
        let hours = contest.terms.resubmit_hours;
        let (state, fix_until) = match finding.decision {
            Decision::Accept => (State::Accepted, self.screening.fix_until),
            Decision::Reject => (State::Rejected, self.screening.fix_until),
            Decision::Fix if hours == 0 || self.screening.fix_until.is_some() => {
                return Err(Barred::NoMending.into());
            }
            Decision::Fix => (State::FixRequested, Some(now + TimeDelta::hours(hours.into()))),
        };
        let Finding { reasons, note, .. } = finding;
        let screening = Screening { reasons, note, decided_at: Some(now), fix_until, appeal: None };
        Ok(Self { state, screening, updated_at: now, version: self.version + 1, ..self })
    }

    /// Until when one may appeal against a rejection.
    #[must_use]
    pub fn appealable_until(&self, contest: &Contest) -> Option<DateTime<Utc>> {
        let decided_at = self.screening.decided_at.filter(|_| self.state == State::Rejected)?;
        Some(decided_at + TimeDelta::hours(contest.terms.appeal_hours.into()))
    }

    /// The entry with an appeal, once and in time.
    ///
    /// # Errors
    /// [`Barred::NotRejected`], [`Barred::AlreadyAppealed`], [`Barred::AppealTooLate`] or [`Barred::Phase`].
    pub fn appealed(mut self, contest: &Contest, text: Note, now: DateTime<Utc>) -> Result<Self, Refusal> {
        // What was appealed before may be accepted by now, and is told so.
        if self.screening.appeal.is_some() {
            return Err(Barred::AlreadyAppealed.into());
        }
        let Some(until) = self.appealable_until(contest) else { return Err(Barred::NotRejected.into()) };
        match contest.phase(now) {
            Phase::Screening if now < until => {}
            Phase::Screening => return Err(Barred::AppealTooLate { until }.into()),
            phase => return Err(Barred::Phase(phase).into()),
        }
        self.screening.appeal = Some(Appeal { text, at: now, verdict: None });
        Ok(Self { updated_at: now, version: self.version + 1, ..self })
    }

    /// The entry after its appeal was decided: accepted, or rejected for good.
    ///
    /// # Errors
    /// [`Barred::NothingToDecide`], [`Barred::AlreadyDecided`] or [`Barred::Phase`].
    pub fn appeal_decided(mut self, contest: &Contest, verdict: Verdict) -> Result<Self, Refusal> {
        let (at, granted) = (verdict.at, verdict.granted);
        let Some(appeal) = &mut self.screening.appeal else { return Err(Barred::NothingToDecide.into()) };
        if appeal.verdict.is_some() {
            return Err(Barred::AlreadyDecided.into());
        }
        match (contest.phase(at), self.state) {
            (Phase::Screening, State::Rejected) => {}
            (Phase::Screening, state) => return Err(Barred::EntryState(state).into()),
            (phase, _) => return Err(Barred::Phase(phase).into()),
        }
        appeal.verdict = Some(verdict);
        let state = if granted { State::Accepted } else { State::Rejected };
        Ok(Self { state, updated_at: at, version: self.version + 1, ..self })
    }
}

/// How screening stands: what judging may not begin before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Entries nobody decided about, those that may be mended, and rejections that can still be appealed or are.
    pub waiting: i64,
    pub accepted: i64,
}

impl Progress {
    /// Whether what was accepted can be judged together: found out when it is accepted, and not when its judges are done.
    ///
    /// # Errors
    /// [`Barred::TooManyEntries`].
    pub fn ensure_judgeable(self, terms: &Terms) -> Result<(), Refusal> {
        let most = terms.entries_most();
        match usize::try_from(self.accepted).is_ok_and(|accepted| accepted > most) {
            true => Err(Barred::TooManyEntries { most }.into()),
            false => Ok(()),
        }
    }

    /// # Errors
    /// [`Barred::ScreeningOpen`], [`Barred::NothingToJudge`] or [`Barred::TooManyEntries`].
    pub fn ensure_done(self, terms: &Terms) -> Result<(), Refusal> {
        match self {
            Self { waiting: 1.., .. } => Err(Barred::ScreeningOpen { waiting: self.waiting }.into()),
            Self { accepted: 0, .. } => Err(Barred::NothingToJudge.into()),
            _ => self.ensure_judgeable(terms),
        }
    }
}
