//! Which judges can be compared: those whom a chain of entries scored by both joins.

use std::collections::BTreeMap;

use super::Review;

/// The judges in groups that share no entry, each sorted, the group of the first judge first. More than one group means that the
/// severities of one say nothing of those of another.
#[must_use]
pub fn parts<'a>(reviews: &[Review<'a>]) -> Vec<Vec<&'a str>> {
    let mut judges: Vec<&str> = reviews.iter().map(|review| review.judge).collect();
    judges.sort_unstable();
    judges.dedup();
    let number: BTreeMap<&str, usize> = judges.iter().enumerate().map(|(nth, &judge)| (judge, nth)).collect();
    let mut groups = Groups::of(judges.len());
    let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
    for review in reviews {
        let judge = number[review.judge];
        let first = *first_of.entry(review.entry).or_insert(judge);
        groups.join(first, judge);
    }
    let mut parts: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (nth, &judge) in judges.iter().enumerate() {
        parts.entry(groups.of_one(nth)).or_default().push(judge);
    }
    let mut parts: Vec<Vec<&str>> = parts.into_values().collect();
    parts.sort_unstable();
    parts
}

/// Things in groups that can be joined (union–find).
#[derive(Debug, Clone)]
pub(in crate::judging) struct Groups(Vec<usize>);

impl Groups {
    /// Each alone.
    pub fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// What stands for the group of one.
    pub fn of_one(&mut self, mut one: usize) -> usize {
        while self.0[one] != one {
            self.0[one] = self.0[self.0[one]];
            one = self.0[one];
        }
        one
    }

    /// Whether they were apart.
    pub fn join(&mut self, one: usize, other: usize) -> bool {
        let (one, other) = (self.of_one(one), self.of_one(other));
        self.0[one.max(other)] = one.min(other);
        one != other
    }
}
