//! Triage: what makes an idea urgent, by a formula that can be read and explained.
//!
//! priority = 100 · Σ wᵢ·fᵢ / Σ wᵢ, where each factor fᵢ lies between 0 and 1 and each weight wᵢ ≥ 0 is the board's own.
//! Counts enter by their logarithm, ln(1 + n)/ln(1 + N) and at most 1: ten votes more say much to an idea with five and little
//! to one with five hundred.

use chrono::Duration;

use crate::text::{Fault, Lines, clean};

/// Over how many days votes count as momentum.
pub const MOMENTUM_DAYS: i64 = 7;

/// What a factor is called, in the order they are explained in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// Votes; a thousand are as many as it takes.
    Votes,
    /// Votes as they would be if the voters were like the members, weighted by segment; a thousand likewise.
    Need,
    /// Votes of the last seven days; a hundred are as many as it takes.
    Momentum,
    /// How little work it is: 1 of 5 gives 1, 5 of 5 gives 0; not estimated lies in the middle.
    Effort,
    /// How well it fits what the brand wants: 1 of 5 to 5 of 5; not estimated counts nothing.
    StrategicValue,
    /// Days without an answer, up to ninety; an idea that was answered or settled does not wait.
    Age,
}

impl Factor {
    pub const ALL: [Self; 6] =
        [Self::Votes, Self::Need, Self::Momentum, Self::Effort, Self::StrategicValue, Self::Age];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Votes => "votes",
            Self::Need => "need",
            Self::Momentum => "momentum",
            Self::Effort => "effort",
            Self::StrategicValue => "strategic_value",
            Self::Age => "age",
        }
    }
}

/// How much each factor counts on a board, in the order of [`Factor::ALL`]: each from 0 to 10, and not all 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights([f64; 6]);

impl Weights {
    pub const MOST: f64 = 10.0;

    /// # Errors
    /// [`Fault::NotA`] when one is not a number from 0 to 10, or all are 0.
    pub fn new(weights: [f64; 6]) -> Result<Self, Fault> {
        let fine = weights.iter().all(|weight| (0.0..=Self::MOST).contains(weight));
        match fine && weights.iter().sum::<f64>() > 0.0 {
            true => Ok(Self(weights)),
            false => Err(Fault::NotA("weight from 0 to 10, of which one is above 0")),
        }
    }

    #[must_use]
    pub fn of(&self, factor: Factor) -> f64 {
        self.0[factor as usize]
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self([3.0, 2.0, 2.0, 1.0, 2.0, 1.0])
    }
}

/// What is known of an idea besides its words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    pub votes: i64,
    pub need: f64,
    pub momentum: i64,
    /// 1 to 5.
    pub effort: Option<i32>,
    /// 1 to 5.
    pub strategic_value: Option<i32>,
    /// How long it has waited; none when it need not wait.
    pub waiting: Option<Duration>,
}

impl Facts {
    fn factor(&self, factor: Factor) -> f64 {
        let log = |count: f64, most: f64| (count.max(0.0).ln_1p() / most.ln_1p()).min(1.0);
        match factor {
            Factor::Votes => log(self.votes as f64, 1_000.0),
            Factor::Need => log(self.need, 1_000.0),
            Factor::Momentum => log(self.momentum as f64, 100.0),
            Factor::Effort => self.effort.map_or(0.5, |effort| f64::from(5 - effort.clamp(1, 5)) / 4.0),
            Factor::StrategicValue => {
                self.strategic_value.map_or(0.0, |value| f64::from(value.clamp(0, 5)) / 5.0)
            }
            Factor::Age => {
                self.waiting.map_or(0.0, |waited| (waited.num_seconds() as f64 / 7_776_000.0).min(1.0))
            }
        }
    }
}

/// What one factor adds to a priority.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub factor: Factor,
    /// Between 0 and 1.
    pub value: f64,
    pub weight: f64,
    /// In points of the priority.
    pub points: f64,
}

/// What each factor adds; their points are the priority.
#[must_use]
pub fn explain(facts: &Facts, weights: &Weights) -> [Share; 6] {
    let whole: f64 = weights.0.iter().sum();
    Factor::ALL.map(|factor| {
        let (value, weight) = (facts.factor(factor), weights.of(factor));
        Share { factor, value, weight, points: 100.0 * weight * value / whole }
    })
}

/// From 0 to 100.
#[must_use]
pub fn priority(facts: &Facts, weights: &Weights) -> f64 {
    explain(facts, weights).iter().map(|share| share.points).sum()
}

/// A question to the inbox that staff keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View;

/// What staff calls a question to the inbox: 1–80 characters on one line.
///
/// # Errors
/// [`Fault`].
pub fn view_name(text: &str) -> Result<String, Fault> {
    clean(text, 1, 80, Lines::One)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOTHING: Facts =
        Facts { votes: 0, need: 0.0, momentum: 0, effort: None, strategic_value: None, waiting: None };

    fn only(factor: Factor) -> Weights {
        let mut weights = [0.0; 6];
        weights[factor as usize] = 2.0;
        Weights::new(weights).unwrap()
    }

    #[test]
    fn each_factor_runs_from_nothing_to_all_there_is() {
        let most = Facts {
            votes: 1_000,
            need: 1_000.0,
            momentum: 100,
            effort: Some(1),
            strategic_value: Some(5),
            waiting: Some(Duration::days(90)),
        };
        let beyond = Facts { votes: 9_999, momentum: 500, waiting: Some(Duration::days(900)), ..most };
        for factor in Factor::ALL {
            assert!((priority(&most, &only(factor)) - 100.0).abs() < 1e-9, "{factor:?}");
            assert!((priority(&beyond, &only(factor)) - 100.0).abs() < 1e-9, "{factor:?}");
            let least = if factor == Factor::Effort { 50.0 } else { 0.0 };
            assert_eq!(priority(&NOTHING, &only(factor)), least, "{factor:?}");
        }
        assert_eq!(priority(&Facts { effort: Some(5), ..NOTHING }, &only(Factor::Effort)), 0.0);
    }

    #[test]
    fn a_board_weighs_as_it_likes_but_not_with_nothing() {
        assert!(Weights::new([0.0; 6]).is_err());
        assert!(Weights::new([11.0, 0.0, 0.0, 0.0, 0.0, 0.0]).is_err());
        assert!(Weights::new([-1.0, 5.0, 0.0, 0.0, 0.0, 0.0]).is_err());
        assert!(Weights::new([f64::NAN; 6]).is_err());
        // By hand: votes 9 of 1,000 give ln 10 / ln 1001 = 0.33329, weighed 1 of 1.
        let found = priority(&Facts { votes: 9, ..NOTHING }, &only(Factor::Votes));
        assert!((found - 33.328_6).abs() < 1e-3, "{found}");
    }

    proptest! {
        #[test]
        fn shares_add_up_and_more_votes_never_lower_a_priority(votes in 0i64..100_000, more in 1i64..1_000, need in 0.0..5_000f64) {
            let facts = Facts { votes, need, ..NOTHING };
            let weights = Weights::default();
            let sum: f64 = explain(&facts, &weights).iter().map(|share| share.points).sum();
            prop_assert!((sum - priority(&facts, &weights)).abs() < 1e-9 && (0.0..=100.0).contains(&sum));
            let raised = priority(&Facts { votes: votes + more, ..facts }, &weights);
            prop_assert!(raised >= sum);
        }
    }
}
