//! Conflicts of interest: whom a judge said they may not judge, whom staff said, and what can be seen without anybody saying it.

mod employers;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

pub use self::employers::employer;
use super::screening::Note;
use crate::{ConflictId, ContestId, EntryId, MemberId};

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub id: ConflictId,
    pub contest_id: ContestId,
    pub judge_id: MemberId,
    pub with: With,
    pub source: Source,
    pub note: Option<Note>,
    pub created_at: DateTime<Utc>,
}

/// Whom or what a judge may not judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    Entry(EntryId),
    /// Whatever they are in.
    Member(MemberId),
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Judge,
    Staff,
}

impl Source {
    pub const ALL: [Self; 2] = [Self::Judge, Self::Staff];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::Staff => "staff",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// Why a judge may not judge an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// They are in its team.
    OwnTeam,
    /// The idea it grew out of, or one that was merged into that, is theirs.
    Idea,
    /// Their address and one of the team's are of the same house.
    Employer,
    /// They live with somebody in the team.
    Household,
    Declared,
    Staff,
}

impl Ground {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OwnTeam => "own_team",
            Self::Idea => "idea",
            Self::Employer => "employer",
            Self::Household => "household",
            Self::Declared => "declared",
            Self::Staff => "staff",
        }
    }
}

/// Somebody, as far as it matters to whom they are close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub member: MemberId,
    /// Of a proven address.
    pub employer: Option<String>,
    /// Where they live, as it is written in their attributes.
    pub household: Option<String>,
}

/// An entry, as far as it matters who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub entry: EntryId,
    pub team: Vec<Party>,
    /// Who wrote the idea it grew out of, and those merged into it.
    pub idea_by: BTreeSet<MemberId>,
}

impl Conflict {
    /// The most that is said of a judge.
    pub const MOST: usize = 200;

    fn meets(&self, judge: &Party, side: &Side) -> bool {
        let is_with = match self.with {
            With::Entry(entry) => entry == side.entry,
            With::Member(member) => side.team.iter().any(|party| party.member == member),
        };
        is_with && self.judge_id == judge.member
    }
}

/// Why a judge may not judge an entry, if so.
#[must_use]
pub fn ground(judge: &Party, side: &Side, said: &[Conflict]) -> Option<Ground> {
    let in_team = |is: &dyn Fn(&Party) -> bool| side.team.iter().any(is);
    let shared = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let same_house = |party: &Party| match (&judge.employer, &party.employer) {
        (Some(one), Some(other)) => employers::are_one(one, other),
        _ => false,
    };
    let declared = said.iter().find(|conflict| conflict.meets(judge, side));
    if in_team(&|party| party.member == judge.member) {
        Some(Ground::OwnTeam)
    } else if side.idea_by.contains(&judge.member) {
        Some(Ground::Idea)
    } else if let Some(conflict) = declared {
        Some(match conflict.source {
            Source::Judge => Ground::Declared,
            Source::Staff => Ground::Staff,
        })
    } else if in_team(&same_house) {
        Some(Ground::Employer)
    } else if in_team(&|party| shared(&judge.household, &party.household)) {
        Some(Ground::Household)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::{
        entries::tests::{entry, member},
        tests::{contest, day},
    };

    fn party(nth: u8, employer: Option<&str>, household: Option<&str>) -> Party {
        Party {
            member: member(nth),
            employer: employer.map(str::to_owned),
            household: household.map(str::to_owned),
        }
    }

    #[test]
    fn a_judge_is_kept_from_whom_they_are_close_to() {
        let side = Side {
            entry: entry().id,
            team: vec![party(1, Some("hanbit.co.kr"), Some("마포 1")), party(2, None, None)],
            idea_by: [member(3)].into(),
        };
        let said = |with, source| Conflict {
            id: ConflictId::new(day(0), [0; 10]),
            contest_id: contest().id,
            judge_id: member(9),
            with,
            source,
            note: None,
            created_at: day(0),
        };
        let alone = || party(9, None, None);
        for (judge, said, found) in [
            (alone(), vec![], None),
            (party(2, None, None), vec![], Some(Ground::OwnTeam)),
            (party(3, None, None), vec![], Some(Ground::Idea)),
            (party(9, Some("hanbit.co.kr"), None), vec![], Some(Ground::Employer)),
            (party(9, Some("lab.hanbit.co.kr"), None), vec![], Some(Ground::Employer)),
            (party(9, Some("notbit.co.kr"), None), vec![], None),
            (party(9, None, Some("마포 1")), vec![], Some(Ground::Household)),
            (party(9, None, Some("마포 2")), vec![], None),
            (alone(), vec![said(With::Member(member(2)), Source::Judge)], Some(Ground::Declared)),
            (alone(), vec![said(With::Member(member(4)), Source::Judge)], None),
            (alone(), vec![said(With::Entry(side.entry), Source::Staff)], Some(Ground::Staff)),
            (party(8, None, None), vec![said(With::Entry(side.entry), Source::Staff)], None),
        ] {
            assert_eq!(ground(&judge, &side, &said), found, "{judge:?} {said:?}");
        }
    }
}
