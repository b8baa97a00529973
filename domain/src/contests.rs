//! Contests (공모전): members enter works, judges and customers weigh them, by rules that are fixed before anybody enters.

pub mod answers;
pub mod assigning;
pub mod ballots;
mod barred;
pub mod conflicts;
pub mod entries;
pub mod judges;
pub mod metrics;
pub mod objections;
pub mod prizes;
pub mod pseudonyms;
pub mod results;
pub mod reviews;
pub mod screening;
pub mod teams;
pub mod terms;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::barred::Barred;
use self::terms::Terms;
use crate::{Actor, ContestId, Refusal, access::Permission, digest::Digest};

/// A contest.
#[derive(Debug, Clone, PartialEq)]
pub struct Contest {
    pub id: ContestId,
    pub terms: Terms,
    pub marks: Marks,
    /// Of the terms as they were published; on every receipt.
    pub rules_hash: Option<Digest>,
    /// Of chance: what makes pseudonyms that nobody else can make, and the order in which each voter sees entries. Never shown.
    pub secret: Digest,
    /// Of judging, from 1.
    pub round: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// What staff did, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    pub published_at: Option<DateTime<Utc>>,
    pub judging_at: Option<DateTime<Utc>>,
    pub locked_at: Option<DateTime<Utc>>,
    pub provisional_at: Option<DateTime<Utc>>,
    /// When an entry last lost its rank: whoever it befalls has as much time to object as anybody had.
    pub disqualified_at: Option<DateTime<Utc>>,
    pub finalized_at: Option<DateTime<Utc>>,
    pub archived_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When what was personal of it went.
    pub forgotten_at: Option<DateTime<Utc>>,
}

/// How far a contest is: a function of its schedule, of what staff did, and of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Draft,
    /// Published; nobody can enter yet.
    Announced,
    Open,
    /// Nobody can enter any more; staff look which entries keep the rules.
    Screening,
    Judging,
    ScoresLocked,
    /// The result is fixed for a moment to come, from which everybody may know it.
    Provisional,
    /// The provisional result is public; objections are raised and decided.
    Objection,
    Final,
    Archived,
    Cancelled,
}

impl Phase {
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Announced,
        Self::Open,
        Self::Screening,
        Self::Judging,
        Self::ScoresLocked,
        Self::Provisional,
        Self::Objection,
        Self::Final,
        Self::Archived,
        Self::Cancelled,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Announced => "announced",
            Self::Open => "open",
            Self::Screening => "screening",
            Self::Judging => "judging",
            Self::ScoresLocked => "scores_locked",
            Self::Provisional => "provisional",
            Self::Objection => "objection",
            Self::Final => "final",
            Self::Archived => "archived",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What staff do with a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Publish,
    BeginJudging,
    /// Ends a round that is not the last: some go on.
    NextRound,
    LockScores,
    PublishProvisional,
    Finalize,
    Archive,
    Cancel,
}

impl Contest {
    /// How far it is now. A late step of staff is a late phase: no job has to fire for the truth to change.
    #[must_use]
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        let schedule = &self.terms.schedule;
        match self.marks {
            Marks { cancelled_at: Some(_), .. } => Phase::Cancelled,
            Marks { archived_at: Some(_), .. } => Phase::Archived,
            Marks { finalized_at: Some(_), .. } => Phase::Final,
            Marks { provisional_at: Some(_), .. } if now < schedule.provisional_at => Phase::Provisional,
            Marks { provisional_at: Some(_), .. } => Phase::Objection,
            Marks { locked_at: Some(_), .. } => Phase::ScoresLocked,
            Marks { judging_at: Some(_), .. } => Phase::Judging,
            Marks { published_at: None, .. } => Phase::Draft,
            _ if now < schedule.opens_at => Phase::Announced,
            _ if now < schedule.closes_at => Phase::Open,
            _ => Phase::Screening,
        }
    }

    /// Whether the actor may know of it: drafts are for those who make contests.
    #[must_use]
    pub fn is_for(&self, actor: &Actor) -> bool {
        self.marks.published_at.is_some() || actor.ensure(Permission::ManageContests).is_ok()
    }

    /// From when what is personal is kept no longer; none while the contest goes on.
    #[must_use]
    pub fn forgets_at(&self) -> Option<DateTime<Utc>> {
        let ended = self.marks.finalized_at.or(self.marks.cancelled_at)?;
        Some(ended + TimeDelta::days(self.terms.retention_days.into()))
    }

    /// Whether what is personal of it has had its time, and is still there.
    #[must_use]
    pub fn is_to_be_forgotten(&self, now: DateTime<Utc>) -> bool {
        self.marks.forgotten_at.is_none() && self.forgets_at().is_some_and(|at| at <= now)
    }

    /// Whether entries are taken now.
    ///
    /// # Errors
    /// [`Barred::EntriesClosed`] from the deadline on, at that very moment too; else [`Barred::Phase`].
    pub fn ensure_takes_entries(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.phase(now) {
            Phase::Open => Ok(()),
            phase @ (Phase::Draft | Phase::Announced | Phase::Cancelled) => Err(Barred::Phase(phase).into()),
            _ => Err(Barred::EntriesClosed { until: self.terms.schedule.closes_at }.into()),
        }
    }

    /// Whether staff may look into entries: nobody does while entries are still taken.
    #[must_use]
    pub fn is_unsealed(&self, now: DateTime<Utc>) -> bool {
        let closed = now >= self.terms.schedule.closes_at && self.marks.published_at.is_some();
        closed && self.phase(now) != Phase::Cancelled
    }

    /// Whether staff may take a step now, as far as the contest itself can say.
    ///
    /// # Errors
    /// [`Barred::Phase`], [`Barred::RoundsLeft`], [`Barred::LastRound`] or [`Barred::ObjectionsOpen`].
    pub fn ensure_may(&self, step: Step, now: DateTime<Utc>) -> Result<(), Refusal> {
        let phase = self.phase(now);
        let fits = match step {
            Step::Publish => phase == Phase::Draft,
            Step::BeginJudging => phase == Phase::Screening,
            Step::NextRound | Step::LockScores => phase == Phase::Judging,
            Step::PublishProvisional => phase == Phase::ScoresLocked,
            Step::Finalize => phase == Phase::Objection,
            Step::Archive => phase == Phase::Final,
            // What everybody has read is not taken back: from then on entries are disqualified, for reasons, and it becomes final.
            Step::Cancel => phase < Phase::Objection,
        };
        if !fits {
            return Err(Barred::Phase(phase).into());
        }
        match (step, self.rounds_left(), self.objections_until()) {
            (Step::NextRound, 0, _) => Err(Barred::LastRound.into()),
            (Step::LockScores, left @ 1.., _) => Err(Barred::RoundsLeft { left }.into()),
            (Step::Finalize, _, Some(until)) if now < until => Err(Barred::ObjectionsOpen { until }.into()),
            _ => Ok(()),
        }
    }

    /// The contest after a step at a moment.
    ///
    /// # Errors
    /// As [`Contest::ensure_may`]; [`Refusal::UnfitAt`] when there is no time left to enter.
    pub fn after(mut self, step: Step, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_may(step, now)?;
        let mark = match step {
            Step::Publish => {
                self.terms.schedule.ensure_ahead(now)?;
                self.rules_hash = Some(self.terms.hash());
                &mut self.marks.published_at
            }
            Step::BeginJudging => &mut self.marks.judging_at,
            Step::NextRound => {
                self.round += 1;
                return Ok(self);
            }
            Step::LockScores => &mut self.marks.locked_at,
            Step::PublishProvisional => &mut self.marks.provisional_at,
            Step::Finalize => &mut self.marks.finalized_at,
            Step::Archive => &mut self.marks.archived_at,
            Step::Cancel => &mut self.marks.cancelled_at,
        };
        *mark = Some(now);
        Ok(self)
    }

    /// The contest with other terms. What was published may take entries for longer while it takes any, and name another contact until
    /// it is over, and nothing else.
    ///
    /// # Errors
    /// [`Barred::RulesFrozen`] names the first term that may not change any more, [`Barred::Phase`] what comes too late.
    pub fn with_terms(self, terms: Terms, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let is_put_off = terms.schedule.closes_at != self.terms.schedule.closes_at;
        match (self.phase(now), self.terms.first_frozen_change(&terms)) {
            (phase @ (Phase::Archived | Phase::Cancelled), _) => Err(Barred::Phase(phase).into()),
            (Phase::Draft, _) | (Phase::Announced | Phase::Open, None) => Ok(Self { terms, ..self }),
            (_, Some(frozen)) => Err(Barred::RulesFrozen(frozen).into()),
            (phase, None) if is_put_off => Err(Barred::Phase(phase).into()),
            (_, None) => Ok(Self { terms, ..self }),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn day(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    /// Takes entries from day 10 to day 20; judges until day 40, and tells on day 50.
    pub(crate) fn contest() -> Contest {
        Contest {
            id: ContestId::new(day(0), [0; 10]),
            terms: terms::tests::terms(),
            marks: Marks { published_at: Some(day(1)), ..Marks::default() },
            rules_hash: Some([7; 32]),
            secret: [9; 32],
            round: 1,
            created_at: day(0),
            updated_at: day(1),
            version: 2,
        }
    }

    #[test]
    fn the_phase_follows_from_schedule_steps_and_time() {
        let draft = Contest { marks: Marks::default(), ..contest() };
        assert_eq!(draft.phase(day(100)), Phase::Draft);
        let published = contest();
        let almost = day(20) - TimeDelta::microseconds(1);
        for (now, phase) in [
            (day(9), Phase::Announced),
            (day(10), Phase::Open),
            (almost, Phase::Open),
            (day(20), Phase::Screening),
            (day(400), Phase::Screening),
        ] {
            assert_eq!(published.phase(now), phase, "{now}");
        }
        let judged = published.after(Step::BeginJudging, day(25)).unwrap();
        assert_eq!(judged.phase(day(25)), Phase::Judging);
        let locked = judged.after(Step::LockScores, day(40)).unwrap();
        assert_eq!(locked.phase(day(99)), Phase::ScoresLocked);
        let told = locked.after(Step::PublishProvisional, day(45)).unwrap();
        assert_eq!((told.phase(day(49)), told.phase(day(50))), (Phase::Provisional, Phase::Objection));
        assert_eq!(told.objections_until(), Some(day(53)));
        assert_eq!(
            told.ensure_may(Step::Finalize, day(52)),
            Err(Barred::ObjectionsOpen { until: day(53) }.into())
        );
        assert_eq!(told.ensure_may(Step::Cancel, day(49)), Ok(()));
        assert_eq!(told.ensure_may(Step::Cancel, day(50)), Err(Barred::Phase(Phase::Objection).into()));
        let done = told.after(Step::Finalize, day(53)).unwrap();
        assert_eq!((done.phase(day(53)), done.forgets_at()), (Phase::Final, Some(day(53 + 90))));
        let archived = done.after(Step::Archive, day(54)).unwrap();
        assert_eq!(archived.phase(day(54)), Phase::Archived);
        assert_eq!(archived.after(Step::Cancel, day(55)), Err(Barred::Phase(Phase::Archived).into()));
    }

    #[test]
    fn what_was_published_is_frozen_but_for_whom_to_ask_and_a_longer_time() {
        let with_on = |now: i64, change: fn(&mut Terms)| {
            let mut terms = contest().terms;
            change(&mut terms);
            contest().with_terms(terms, day(now))
        };
        let with = |change: fn(&mut Terms)| with_on(5, change);
        assert!(with(|terms| terms.contact = "desk@example.com".to_owned()).is_ok());
        let longer = with(|terms| terms.schedule.closes_at = day(22)).unwrap();
        assert_eq!(longer.terms.hash(), contest().terms.hash());
        let frozen = |at| Err(Refusal::from(Barred::RulesFrozen(at)));
        assert_eq!(with(|terms| terms.schedule.closes_at = day(19)), frozen("schedule.closes_at"));
        assert_eq!(with(|terms| terms.jury_weight = 0.6), frozen("terms"));
        assert!(with_on(20, |terms| terms.contact = "desk@example.com".to_owned()).is_ok());
        let over = with_on(20, |terms| terms.schedule.closes_at = day(22));
        assert_eq!(over, Err(Barred::Phase(Phase::Screening).into()));
    }

    #[test]
    fn a_deadline_is_over_at_its_very_moment() {
        let open = contest();
        assert_eq!(open.ensure_takes_entries(day(20) - TimeDelta::microseconds(1)), Ok(()));
        let closed = Err(Barred::EntriesClosed { until: day(20) }.into());
        assert_eq!(open.ensure_takes_entries(day(20)), closed);
        assert_eq!(open.ensure_takes_entries(day(9)), Err(Barred::Phase(Phase::Announced).into()));
        assert!(!open.is_unsealed(day(19)) && open.is_unsealed(day(20)));
        let cancelled = open.after(Step::Cancel, day(15)).unwrap();
        assert!(!cancelled.is_unsealed(day(30)));
        assert!(!cancelled.is_to_be_forgotten(day(15 + 89)) && cancelled.is_to_be_forgotten(day(15 + 90)));
    }
}
