//! Giving entries to judges, from what is written down, so that it can be done again by whoever doubts it.

mod facts;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::facts::{Facts, Seat, Work};
use super::{
    Contest,
    judges::{Expertise, expertise_in},
};
use crate::{
    AssignmentId, ContestId,
    digest::{self, Digest},
    judging::{
        assignment::{self, Judges, Plan, Standing, Unfit},
        severity,
    },
};

/// One time that entries were given to judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: AssignmentId,
    pub contest_id: ContestId,
    pub round: i32,
    pub written: Written,
    /// The groups of judges that share no entry with another group, of all reviews of the round.
    pub parts: usize,
    pub created_at: DateTime<Utc>,
}

/// What it was made from, and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    pub planned: Planned,
    pub given: Given,
}

/// What entries are given by, with entries and judges under pseudonyms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    pub kind: Kind,
    /// In base 16; nobody chooses it.
    pub seed: String,
    /// How many judges an entry is to have.
    pub reviews: usize,
    pub entries: BTreeMap<String, Asked>,
    pub judges: BTreeMap<String, Able>,
    /// Entry and judge who may not meet.
    pub conflicts: BTreeSet<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Every entry gets all its judges.
    Anew,
    /// Entries get the judges they lack, and nobody else's work changes.
    Filled,
}

/// An entry that needs judges.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What it is about: the choices among its answers.
    pub choices: BTreeMap<String, String>,
    /// Who has it, and keeps it.
    pub kept: BTreeSet<String>,
    /// How many judges it lacks.
    pub wanted: usize,
}

/// A judge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Able {
    /// The most entries they take; none where they take as many as there are.
    pub most: Option<u32>,
    pub expertise: Expertise,
    /// How many other entries they have.
    pub elsewhere: usize,
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Those who were added to each entry.
    pub judges: Judges,
    /// How many judges entries still lack.
    pub lacking: BTreeMap<String, usize>,
}

/// What decides between equals in a round: made of the rules, which were fixed before anybody entered.
#[must_use]
pub fn seed(contest: &Contest) -> Digest {
    let rules = contest.rules_hash.unwrap_or_default();
    digest::of(&[b"contests/assign/v1", &rules, &contest.round.to_be_bytes()])
}

impl Planned {
    /// Gives the entries to judges: the same of the same plan, at any time.
    ///
    /// # Errors
    /// [`Unfit`]; where entries are filled up, only for too many of anything.
    pub fn run(&self) -> Result<Given, Unfit> {
        let plan = self.plan();
        match self.kind {
            Kind::Anew => {
                let judges = assignment::assign(&plan)?.judges;
                Ok(Given { judges, lacking: BTreeMap::new() })
            }
            Kind::Filled => {
                let filled = assignment::fill(&plan, &self.standing())?;
                Ok(Given { judges: filled.judges, lacking: filled.lacking })
            }
        }
    }

    fn plan(&self) -> Plan<'_> {
        let mut expertise = BTreeMap::new();
        for (entry, asked) in &self.entries {
            for (judge, able) in &self.judges {
                let known = expertise_in(&able.expertise, &asked.choices);
                if known > 0 {
                    expertise.insert((entry.as_str(), judge.as_str()), known);
                }
            }
        }
        let limits = self.judges.iter().filter_map(|(name, able)| {
            let most = usize::try_from(able.most?).ok()?;
            Some((name.as_str(), most))
        });
        let conflicts = self.conflicts.iter().map(|(entry, judge)| (entry.as_str(), judge.as_str()));
        Plan {
            entries: self.entries.keys().map(String::as_str).collect(),
            judges: self.judges.keys().map(String::as_str).collect(),
            reviews: self.reviews,
            // Who names no limit takes as many as come.
            most: crate::judging::SCORES_MOST,
            limits: limits.collect(),
            conflicts: conflicts.collect(),
            expertise,
            seed: digest::of_hex(&self.seed).unwrap_or_default(),
        }
    }

    fn standing(&self) -> Standing<'_> {
        let entries = || self.entries.iter().map(|(name, asked)| (name.as_str(), asked));
        let elsewhere = self.judges.iter().map(|(name, able)| (name.as_str(), able.elsewhere));
        Standing {
            kept: entries()
                .map(|(name, asked)| (name, asked.kept.iter().map(String::as_str).collect()))
                .collect(),
            elsewhere: elsewhere.collect(),
            wanted: entries().map(|(name, asked)| (name, asked.wanted)).collect(),
        }
    }
}

/// The groups of judges that share no entry with another group, of pairs of an entry and a judge. With more than one, the severities
/// of judges cannot be compared.
#[must_use]
pub fn parts(pairs: &[(String, String)]) -> usize {
    let reviews: Vec<_> =
        pairs.iter().map(|(entry, judge)| severity::Review { entry, judge, y: 0.0 }).collect();
    severity::parts(&reviews).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::tests::contest;

    fn planned() -> Planned {
        let asked = |about: &str| Asked {
            choices: [("where".to_owned(), about.to_owned())].into(),
            ..Asked::default()
        };
        let knows = |about: &str| Able {
            expertise: [("where".to_owned(), [(about.to_owned(), 90)].into())].into(),
            ..Able::default()
        };
        Planned {
            kind: Kind::Anew,
            seed: digest::hex(seed(&contest())),
            reviews: 1,
            entries: [("a", "app"), ("b", "web")].map(|(name, about)| (name.to_owned(), asked(about))).into(),
            judges: [("j", "web"), ("k", "app")].map(|(name, about)| (name.to_owned(), knows(about))).into(),
            conflicts: BTreeSet::new(),
        }
    }

    #[test]
    fn what_is_written_down_gives_the_same_again() {
        let written = serde_json::to_string(&planned()).unwrap();
        let read: Planned = serde_json::from_str(&written).unwrap();
        assert_eq!(read, planned());
        let given = read.run().unwrap();
        assert_eq!(given, planned().run().unwrap());
        let known =
            [("a", "k"), ("b", "j")].map(|(entry, judge)| (entry.to_owned(), [judge.to_owned()].into()));
        assert_eq!(given.judges, known.into());
        let other = Contest { round: 2, ..contest() };
        assert_ne!(seed(&contest()), seed(&other));
    }

    #[test]
    fn an_entry_is_filled_up_by_whom_there_is() {
        let mut plan = planned();
        plan.kind = Kind::Filled;
        plan.conflicts.insert(("a".to_owned(), "k".to_owned()));
        for (name, asked) in &mut plan.entries {
            asked.wanted = if name == "a" { 2 } else { 0 };
        }
        let given = plan.run().unwrap();
        assert_eq!(given.judges, [("a".to_owned(), ["j".to_owned()].into())].into());
        assert_eq!(given.lacking, [("a".to_owned(), 1)].into());
        plan.judges.entry("j".to_owned()).and_modify(|able| (able.most, able.elsewhere) = (Some(3), 3));
        assert_eq!(plan.run().unwrap().lacking, [("a".to_owned(), 2)].into());
    }

    #[test]
    fn judges_who_share_no_entry_cannot_be_compared() {
        let pairs = |pairs: &[(&str, &str)]| {
            parts(&pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(pairs(&[("a", "j"), ("a", "k"), ("b", "l")]), 2);
        assert_eq!(pairs(&[("a", "j"), ("a", "k"), ("b", "k")]), 1);
        assert_eq!(pairs(&[]), 0);
    }
}
