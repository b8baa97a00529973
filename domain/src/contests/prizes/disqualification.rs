//! Entries that lose their rank after the scores were locked.

use chrono::{DateTime, Utc};

use crate::{
    ContestId, EntryId, Refusal,
    contests::{
        Barred, Contest,
        entries::{Entry, State},
        screening::Note,
    },
};

/// That an entry lost its rank, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disqualification {
    pub entry_id: EntryId,
    pub contest_id: ContestId,
    pub cause: Cause,
    /// For its team.
    pub note: Note,
    /// Whether everybody knew by then that it was to get a prize, so that everybody is told which it was.
    pub awarded: bool,
    pub at: DateTime<Utc>,
}

/// Why an entry loses its rank; published without saying whose, unless everybody saw it win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Its team may not enter.
    Ineligible,
    NotOriginal,
    /// It uses what is somebody else's.
    Rights,
    Unlawful,
    UndisclosedAi,
    /// Votes for it were bought, or made up.
    VoteManipulation,
    /// Who they are could not be confirmed.
    Unverified,
    /// Nobody claimed the prize in time.
    Unresponsive,
}

impl Cause {
    pub const ALL: [Self; 8] = [
        Self::Ineligible,
        Self::NotOriginal,
        Self::Rights,
        Self::Unlawful,
        Self::UndisclosedAi,
        Self::VoteManipulation,
        Self::Unverified,
        Self::Unresponsive,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ineligible => "ineligible",
            Self::NotOriginal => "not_original",
            Self::Rights => "rights",
            Self::Unlawful => "unlawful",
            Self::UndisclosedAi => "undisclosed_ai",
            Self::VoteManipulation => "vote_manipulation",
            Self::Unverified => "unverified",
            Self::Unresponsive => "unresponsive",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

impl Entry {
    /// Whether it may lose its rank, or get it back.
    ///
    /// # Errors
    /// [`Barred::Phase`], and [`Barred::EntryState`] of one that did not compete.
    pub fn ensure_ranked(&self, contest: &Contest, now: DateTime<Utc>) -> Result<(), Refusal> {
        contest.ensure_result_open(now)?;
        match self.state {
            State::Accepted => Ok(()),
            state => Err(Barred::EntryState(state).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::{
        Phase, Step,
        entries::tests::entry,
        tests::{contest, day},
    };

    #[test]
    fn an_entry_is_disqualified_between_the_lock_and_the_final_result() {
        let entry = Entry { state: State::Accepted, ..entry() };
        let judged = contest().after(Step::BeginJudging, day(25)).unwrap();
        assert_eq!(entry.ensure_ranked(&judged, day(30)), Err(Barred::Phase(Phase::Judging).into()));
        let locked = judged.after(Step::LockScores, day(40)).unwrap();
        let told = locked.clone().after(Step::PublishProvisional, day(45)).unwrap();
        for (contest, now) in [(&locked, day(41)), (&told, day(46)), (&told, day(51))] {
            assert_eq!(entry.ensure_ranked(contest, now), Ok(()));
        }
        let done = told.after(Step::Finalize, day(53)).unwrap();
        assert_eq!(entry.ensure_ranked(&done, day(53)), Err(Barred::Phase(Phase::Final).into()));
        let rejected = Entry { state: State::Rejected, ..entry };
        assert_eq!(rejected.ensure_ranked(&locked, day(41)), Err(Barred::EntryState(State::Rejected).into()));
        assert!(Cause::ALL.iter().all(|cause| Cause::named(cause.name()) == Some(*cause)));
    }
}
