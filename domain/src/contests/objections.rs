//! Objections to a provisional result: by whoever took part, decided by people, and all of them before the result is final.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Barred, Contest, Phase, screening::Note};
use crate::{ContestId, EntryId, MemberId, ObjectionId, Refusal};

/// An objection to a provisional result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    pub id: ObjectionId,
    pub contest_id: ContestId,
    /// Nobody once they are forgotten.
    pub member_id: Option<MemberId>,
    /// What it is about, where it is about one entry.
    pub entry_id: Option<EntryId>,
    /// Nothing once whoever wrote it is forgotten.
    pub text: Option<Note>,
    pub created_at: DateTime<Utc>,
    pub decision: Option<Decision>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// What staff made of an objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub at: DateTime<Utc>,
    pub upheld: bool,
    /// Nothing once what is personal of the contest is forgotten.
    pub note: Option<Note>,
}

impl Objection {
    /// How many one may raise in a contest.
    pub const MOST: i64 = 3;

    /// The objection once staff have decided.
    ///
    /// # Errors
    /// [`Barred::AlreadyDecided`], [`Barred::Phase`], or [`Barred::OwnObjection`].
    pub fn decided(self, contest: &Contest, by: MemberId, decision: Decision) -> Result<Self, Refusal> {
        match (contest.phase(decision.at), &self.decision, self.member_id) {
            (_, Some(_), _) => Err(Barred::AlreadyDecided.into()),
            (Phase::Objection, None, Some(member)) if member == by => Err(Barred::OwnObjection.into()),
            (Phase::Objection, None, _) => {
                Ok(Self { decision: Some(decision), version: self.version + 1, ..self })
            }
            (phase, ..) => Err(Barred::Phase(phase).into()),
        }
    }

    /// The objection once whoever raised it is forgotten: that it was decided stays.
    #[must_use]
    pub fn nobodys(self) -> Self {
        Self { member_id: None, text: None, version: self.version + 1, ..self }
    }
}

impl Contest {
    /// Until when objections to the provisional result may be raised, and to what became of it since; none before it is released.
    #[must_use]
    pub fn objections_until(&self) -> Option<DateTime<Utc>> {
        let public_at = self.marks.provisional_at?.max(self.terms.schedule.provisional_at);
        // None comes before any time.
        let from = Some(public_at).max(self.marks.disqualified_at)?;
        Some(from + TimeDelta::hours(self.terms.objection_hours.into()))
    }

    /// Whether objections are raised now.
    ///
    /// # Errors
    /// [`Barred::ObjectionsOver`] from the end of their time on, at that very moment too; else [`Barred::Phase`].
    pub fn ensure_takes_objections(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match (self.phase(now), self.objections_until()) {
            (Phase::Objection, Some(until)) if now < until => Ok(()),
            (Phase::Objection, Some(until)) => Err(Barred::ObjectionsOver { until }.into()),
            (phase, _) => Err(Barred::Phase(phase).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::{
        Marks, Step,
        entries::tests::member,
        tests::{contest, day},
    };

    #[test]
    fn objections_are_raised_in_their_time_and_decided_once_by_somebody_else() {
        let locked = contest().after(Step::BeginJudging, day(25)).unwrap().after(Step::LockScores, day(40));
        let told = locked.unwrap().after(Step::PublishProvisional, day(45)).unwrap();
        assert_eq!(told.ensure_takes_objections(day(49)), Err(Barred::Phase(Phase::Provisional).into()));
        assert_eq!(told.ensure_takes_objections(day(50)), Ok(()));
        assert_eq!(told.ensure_takes_objections(day(53) - TimeDelta::microseconds(1)), Ok(()));
        assert_eq!(
            told.ensure_takes_objections(day(53)),
            Err(Barred::ObjectionsOver { until: day(53) }.into())
        );
        let anew = Contest { marks: Marks { disqualified_at: Some(day(54)), ..told.marks }, ..told.clone() };
        assert_eq!(anew.objections_until(), Some(day(57)), "whom it befalls late may object too");
        assert_eq!(
            anew.after(Step::Finalize, day(56)),
            Err(Barred::ObjectionsOpen { until: day(57) }.into())
        );
        let note = |text: &str| Note::try_from(text).unwrap();
        let raised = Objection {
            id: ObjectionId::new(day(51), [1; 10]),
            contest_id: told.id,
            member_id: Some(member(1)),
            entry_id: None,
            text: Some(note("다시 봐 주세요.")),
            created_at: day(51),
            decision: None,
            version: 1,
        };
        let decision = Decision { at: day(54), upheld: true, note: Some(note("확인했습니다.")) };
        let own = raised.clone().decided(&told, member(1), decision.clone());
        assert_eq!(own, Err(Barred::OwnObjection.into()));
        let decided = raised.decided(&told, member(2), decision.clone()).unwrap();
        let again = decided.clone().decided(&told, member(2), decision);
        assert_eq!(again, Err(Barred::AlreadyDecided.into()));
        assert_eq!(
            (decided.clone().nobodys().text, decided.nobodys().decision.map(|one| one.upheld)),
            (None, Some(true))
        );
    }
}
