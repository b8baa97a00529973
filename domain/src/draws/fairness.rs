//! How fair a draw was before it was drawn: everybody's chance, estimated by drawing again with other seeds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Line, Pool, Spec, Ticket, Unfit, priority};
use crate::digest::Digest;

/// How many draws the chances are estimated from.
pub const RUNS: u32 = 2_000;

/// The least and the greatest chance of a seat, and the Gini coefficient of all chances (0: all equal). Six digits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fairness {
    pub min: f64,
    pub max: f64,
    pub gini: f64,
}

/// Of everybody in the pool. Those with the same attributes and weight have the same chance, so it is estimated for all of
/// them together.
///
/// # Errors
/// As [`Pool::draw`].
pub fn of(spec: &Spec, lines: &[Line], seed: &Digest) -> Result<Fairness, Unfit> {
    let pool = Pool::of(spec, lines)?;
    let kind_of: BTreeMap<Ticket, _> = lines.iter().map(|line| (line.t, (&line.f, line.w))).collect();
    // How many people each kind has, and how many seats they had.
    let mut kinds: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for kind in kind_of.values() {
        kinds.entry(*kind).or_default().0 += 1;
    }
    for nth in 0..RUNS {
        for ticket in pool.draw(&priority::derived_seed(seed, nth))?.selected {
            if let Some(kind) = kind_of.get(&ticket).and_then(|kind| kinds.get_mut(kind)) {
                kind.1 += 1;
            }
        }
    }
    Ok(summary(kinds.into_values().collect()))
}

/// Of kinds of people: how many there are, and how many seats they had in all runs.
fn summary(mut kinds: Vec<(u64, u64)>) -> Fairness {
    let chance = |&(people, seats): &(u64, u64)| seats as f64 / (people as f64 * f64::from(RUNS));
    kinds.sort_by(|a, b| chance(a).total_cmp(&chance(b)));
    // Gini = Σ_i Σ_j |p_i − p_j| / (2 n² mean), with the people sorted by their chance.
    let (mut people, mut seats, mut spread) = (0.0, 0.0, 0.0);
    for kind in &kinds {
        let (own, p) = (kind.0 as f64, chance(kind));
        spread += own * (people * p - seats);
        people += own;
        seats += own * p;
    }
    let gini = if seats > 0.0 { spread / (people * seats) } else { 0.0 };
    let digits = |number: f64| (number * 1e6).round() / 1e6;
    Fairness {
        min: digits(kinds.first().map_or(0.0, chance)),
        max: digits(kinds.last().map_or(0.0, chance)),
        gini: digits(gini),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_summed_up() {
        let all = u64::from(RUNS);
        assert_eq!(summary(vec![(4, 2 * all)]), Fairness { min: 0.5, max: 0.5, gini: 0.0 });
        // Chances 1, 0, 0, 0: the differences sum to 6, over 2 · 16 · 1/4.
        assert_eq!(summary(vec![(1, all), (3, 0)]), Fairness { min: 0.0, max: 1.0, gini: 0.75 });
        assert_eq!(summary(Vec::new()), Fairness { min: 0.0, max: 0.0, gini: 0.0 });
    }
}
