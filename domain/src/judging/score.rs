//! What a judge's marks for an entry come to: 0 to 100, by the rubric that was declared.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{is_name, is_plain};

/// The most criteria of a rubric.
pub const CRITERIA_MOST: usize = 20;

/// What judges look at, how much it counts beside the others, and the worst and the best mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub key: String,
    pub weight: f64,
    pub scale: (f64, f64),
}

/// The marks of one judge for one entry, by criterion.
pub type Marks = BTreeMap<String, f64>;

/// Criteria that marks can be given by.
#[derive(Debug, Clone, PartialEq)]
pub struct Rubric(Vec<Criterion>);

/// Why criteria are no rubric. A criterion is named by its place, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a rubric has 1 to {CRITERIA_MOST} criteria")]
    Count,
    #[error("criterion {0}: a key has 1 to 64 characters, and each criterion another")]
    Key(usize),
    #[error("criterion {0}: a weight is above 0, at most 1,000,000, and has up to four decimals")]
    Weight(usize),
    #[error(
        "criterion {0}: a scale ends above where it begins, within a million, and has up to four decimals"
    )]
    Scale(usize),
    #[error("the weights add up to neither 1 nor 100")]
    Sum,
}

/// Why marks are not by the rubric.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Mismarked {
    #[error("{criterion}: has no mark")]
    Missing { criterion: String },
    #[error("{criterion}: is no criterion of the rubric")]
    Unknown { criterion: String },
    #[error("{criterion}: a mark is from {} to {} with up to four decimals", .scale.0, .scale.1)]
    Outside { criterion: String, scale: (f64, f64) },
}

impl TryFrom<Vec<Criterion>> for Rubric {
    type Error = Unfit;

    fn try_from(criteria: Vec<Criterion>) -> Result<Self, Unfit> {
        if criteria.is_empty() || criteria.len() > CRITERIA_MOST {
            return Err(Unfit::Count);
        }
        let mut keys = BTreeSet::new();
        for (nth, Criterion { key, weight, scale: (low, high) }) in criteria.iter().enumerate() {
            if !is_name(key) || !keys.insert(key) {
                return Err(Unfit::Key(nth));
            }
            if !is_plain(*weight) || *weight <= 0.0 {
                return Err(Unfit::Weight(nth));
            }
            if !is_plain(*low) || !is_plain(*high) || low >= high {
                return Err(Unfit::Scale(nth));
            }
        }
        Ok(Self(criteria))
    }
}

impl Rubric {
    #[must_use]
    pub fn criteria(&self) -> &[Criterion] {
        &self.0
    }

    /// What is asked of a rubric that is declared to people, who read weights as shares. The formula does not need it.
    ///
    /// # Errors
    /// [`Unfit::Sum`] when the weights add up to neither 1 nor 100.
    pub fn ensure_adds_up(&self) -> Result<(), Unfit> {
        // In ten-thousandths, which all weights are a whole number of.
        let sum: f64 = self.0.iter().map(|criterion| (criterion.weight * 1e4).round_ties_even()).sum();
        if sum == 1e4 || sum == 1e6 { Ok(()) } else { Err(Unfit::Sum) }
    }

    /// The criterion that weighs most; of several that do, the one that is declared first. By its place.
    #[must_use]
    pub fn heaviest(&self) -> usize {
        let heavier =
            |best: usize, nth: usize| if self.0[nth].weight > self.0[best].weight { nth } else { best };
        (0..self.0.len()).fold(0, heavier)
    }

    /// Each criterion has a mark inside its scale, and nothing else has one.
    ///
    /// # Errors
    /// [`Mismarked`] with the criterion, the first of the rubric first.
    pub fn ensure_marked(&self, marks: &Marks) -> Result<(), Mismarked> {
        for Criterion { key, scale, .. } in &self.0 {
            let mark = marks.get(key).ok_or_else(|| Mismarked::Missing { criterion: key.clone() })?;
            if !is_plain(*mark) || !(scale.0..=scale.1).contains(mark) {
                return Err(Mismarked::Outside { criterion: key.clone(), scale: *scale });
            }
        }
        let unknown = marks.keys().find(|key| !self.0.iter().any(|criterion| criterion.key == **key));
        unknown.map_or(Ok(()), |key| Err(Mismarked::Unknown { criterion: key.clone() }))
    }

    /// How far up its scale each criterion is marked, 0 to 1, in the order of the rubric.
    ///
    /// # Errors
    /// As [`ensure_marked`](Self::ensure_marked).
    pub fn parts(&self, marks: &Marks) -> Result<Vec<f64>, Mismarked> {
        self.ensure_marked(marks)?;
        Ok(self.0.iter().map(|of| (marks[&of.key] - of.scale.0) / (of.scale.1 - of.scale.0)).collect())
    }

    /// `y = 100 · Σ w_k (mark_k − lo_k) / (hi_k − lo_k) / Σ w_k`, of the [`parts`](Self::parts).
    #[must_use]
    pub fn weigh(&self, parts: &[f64]) -> f64 {
        let weighed: f64 = self.0.iter().zip(parts).map(|(of, part)| of.weight * part).sum();
        100.0 * weighed / self.0.iter().map(|of| of.weight).sum::<f64>()
    }

    /// The score of these marks, 0 to 100.
    ///
    /// # Errors
    /// As [`ensure_marked`](Self::ensure_marked).
    pub fn score(&self, marks: &Marks) -> Result<f64, Mismarked> {
        self.parts(marks).map(|parts| self.weigh(&parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(key: &str, weight: f64, scale: (f64, f64)) -> Criterion {
        Criterion { key: key.to_owned(), weight, scale }
    }

    fn marks(of: &[(&str, f64)]) -> Marks {
        of.iter().map(|&(key, mark)| (key.to_owned(), mark)).collect()
    }

    #[test]
    fn marks_are_weighed_by_how_far_up_their_scales_they_are() {
        let of = vec![criterion("idea", 3.0, (1.0, 5.0)), criterion("use", 1.0, (-10.0, 10.0))];
        let rubric = Rubric::try_from(of).unwrap();
        assert_eq!(rubric.score(&marks(&[("idea", 5.0), ("use", 10.0)])), Ok(100.0));
        assert_eq!(rubric.score(&marks(&[("idea", 1.0), ("use", -10.0)])), Ok(0.0));
        assert_eq!(rubric.score(&marks(&[("idea", 2.0), ("use", 5.0)])), Ok(37.5));
        assert_eq!(rubric.heaviest(), 0);
        assert_eq!(rubric.ensure_adds_up(), Err(Unfit::Sum));
        let shares = [0.1, 0.2, 0.7].iter().enumerate();
        let shares = shares.map(|(nth, &weight)| criterion(&nth.to_string(), weight, (0.0, 1.0)));
        let rubric = Rubric::try_from(shares.collect::<Vec<_>>()).unwrap();
        assert_eq!((rubric.ensure_adds_up(), rubric.heaviest()), (Ok(()), 2));
    }

    #[test]
    fn marks_that_are_not_by_the_rubric_name_the_criterion() {
        let rubric = Rubric::try_from(vec![criterion("독창성", 1.0, (1.0, 5.0))]).unwrap();
        let key = || "독창성".to_owned();
        assert_eq!(rubric.score(&marks(&[])), Err(Mismarked::Missing { criterion: key() }));
        for mark in [0.0, 5.0001, 2.00001, f64::NAN, f64::INFINITY] {
            let outside = Mismarked::Outside { criterion: key(), scale: (1.0, 5.0) };
            let found = rubric.score(&marks(&[("독창성", mark)])).unwrap_err();
            assert_eq!(found, outside, "{mark}");
            assert_eq!(found.to_string(), "독창성: a mark is from 1 to 5 with up to four decimals");
        }
        let found = rubric.score(&marks(&[("독창성", 3.0), ("완성도", 3.0)]));
        assert_eq!(found, Err(Mismarked::Unknown { criterion: "완성도".to_owned() }));
    }

    #[test]
    fn criteria_that_are_no_rubric_name_the_place() {
        let odd = |of: Criterion| Rubric::try_from(vec![criterion("a", 1.0, (0.0, 1.0)), of]).unwrap_err();
        assert_eq!(Rubric::try_from(Vec::new()), Err(Unfit::Count));
        assert_eq!(Rubric::try_from(vec![criterion("a", 1.0, (0.0, 1.0)); 21]), Err(Unfit::Count));
        for key in ["", "a", "b\nc", &"가".repeat(65)] {
            assert_eq!(odd(criterion(key, 1.0, (0.0, 1.0))), Unfit::Key(1), "{key:?}");
        }
        for weight in [0.0, -1.0, f64::NAN, 1e7, 0.00001] {
            assert_eq!(odd(criterion("b", weight, (0.0, 1.0))), Unfit::Weight(1), "{weight}");
        }
        for scale in [(1.0, 1.0), (2.0, 1.0), (0.0, f64::INFINITY), (-0.0, 1.0), (0.0, 0.00001)] {
            assert_eq!(odd(criterion("b", 1.0, scale)), Unfit::Scale(1), "{scale:?}");
        }
    }
}
