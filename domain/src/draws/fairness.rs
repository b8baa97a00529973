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

/// The chance of people who are alike: they have the same, so it is estimated for all of them together.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    pub f: BTreeMap<String, String>,
    pub w: u32,
    pub people: u64,
    /// Of a seat, for each of them.
    pub chance: f64,
}

/// Of everybody in the pool, over [`RUNS`] draws.
///
/// # Errors
/// As [`Pool::draw`].
pub fn of(spec: &Spec, lines: &[Line], seed: &Digest) -> Result<Fairness, Unfit> {
    chances(spec, lines, seed, RUNS).map(|chances| summary(&chances))
}

/// Of each kind of people in the pool, over so many draws; by their attributes.
///
/// # Errors
/// As [`Pool::draw`].
pub fn chances(spec: &Spec, lines: &[Line], seed: &Digest, runs: u32) -> Result<Vec<Chance>, Unfit> {
    let pool = Pool::of(spec, lines)?;
    let kind_of: BTreeMap<Ticket, _> = lines.iter().map(|line| (line.t, (&line.f, line.w))).collect();
    // How many people each kind has, and how many seats they had.
    let mut kinds: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for kind in kind_of.values() {
        kinds.entry(*kind).or_default().0 += 1;
    }
    for nth in 0..runs {
        for ticket in pool.draw(&priority::derived_seed(seed, nth))?.selected {
            if let Some(kind) = kind_of.get(&ticket).and_then(|kind| kinds.get_mut(kind)) {
                kind.1 += 1;
            }
        }
    }
    let chance = |people: u64, seats: u64| seats as f64 / (people as f64 * f64::from(runs));
    let of = kinds.into_iter().map(|((f, w), (people, seats))| Chance {
        f: f.clone(),
        w,
        people,
        chance: chance(people, seats),
    });
    Ok(of.collect())
}

/// The least and the greatest of chances, and how unequal they are.
#[must_use]
pub fn summary(chances: &[Chance]) -> Fairness {
    let mut sorted: Vec<&Chance> = chances.iter().collect();
    sorted.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    // Gini = Σ_i Σ_j |p_i − p_j| / (2 n² mean), with the people sorted by their chance.
    let (mut people, mut seats, mut spread) = (0.0, 0.0, 0.0);
    for kind in &sorted {
        let own = kind.people as f64;
        spread += own * (people * kind.chance - seats);
        people += own;
        seats += own * kind.chance;
    }
    let gini = if seats > 0.0 { spread / (people * seats) } else { 0.0 };
    Fairness {
        min: six_digits(sorted.first().map_or(0.0, |kind| kind.chance)),
        max: six_digits(sorted.last().map_or(0.0, |kind| kind.chance)),
        gini: six_digits(gini),
    }
}

/// A number with six digits behind the point, which every machine writes alike.
#[must_use]
pub fn six_digits(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_summed_up() {
        let kinds = |of: &[(u64, f64)]| {
            let kind = |&(people, chance): &(u64, f64)| Chance { f: BTreeMap::new(), w: 1, people, chance };
            of.iter().map(kind).collect::<Vec<_>>()
        };
        assert_eq!(summary(&kinds(&[(4, 0.5)])), Fairness { min: 0.5, max: 0.5, gini: 0.0 });
        // Chances 1, 0, 0, 0: the differences sum to 6, over 2 · 16 · 1/4.
        assert_eq!(summary(&kinds(&[(1, 1.0), (3, 0.0)])), Fairness { min: 0.0, max: 1.0, gini: 0.75 });
        assert_eq!(summary(&[]), Fairness { min: 0.0, max: 0.0, gini: 0.0 });
    }
}
