//! Which ballots look bought, and by what. Each signal only names ballots: a person decides, and what is held can be appealed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{burst, chance::Factorials, lockstep};

/// A ballot as signals look at it.
#[derive(Debug, Clone)]
pub struct Cast<'a> {
    pub at: DateTime<Utc>,
    pub stars: BTreeSet<&'a str>,
    /// Whether it was the first thing that the account ever did.
    pub first_act: bool,
    /// A keyed hash of the first part of the address it came from.
    pub prefix: Option<u64>,
    pub seconds_on_page: Option<u32>,
}

/// What is too much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// What comes within so many seconds comes together.
    pub window_seconds: i64,
    /// What is less likely than this is not chance.
    pub chance: f64,
    /// So many ballots are a group.
    pub alike_least: usize,
    /// So many standard errors are not chance.
    pub errors_most: f64,
    /// Who took less time has read nothing.
    pub seconds_least: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { window_seconds: 600, chance: 1e-6, alike_least: 8, errors_most: 4.75, seconds_least: 3 }
    }
}

/// What was noticed, with its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signal {
    /// More stars in a window than the rate before explains.
    Burst { entry: String, from: DateTime<Utc>, expected: f64, p: f64 },
    /// More of those who star an entry did nothing before, than of those who do not.
    Newcomers { entry: String, share: f64, elsewhere: f64, errors: f64 },
    /// Nearly the same ballots at nearly the same time.
    Lockstep { ballots: usize, seconds: i64 },
    /// One part of the network stars an entry much more than others do.
    Prefix { entry: String, ballots: usize, of: usize, expected: f64, p: f64 },
    /// Cast before anything could be read.
    Hasty { seconds_least: u32 },
}

/// A signal, and the places of the ballots it names, sorted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suspicion {
    pub signal: Signal,
    pub ballots: Vec<usize>,
}

/// Everything that looks bought among the ballots of a contest.
#[must_use]
pub fn suspicions(casts: &[Cast<'_>], limits: &Limits) -> Vec<Suspicion> {
    let mut found = burst::bursts(casts, limits);
    found.extend(newcomers(casts, limits));
    found.extend(lockstep::rings(casts, limits));
    found.extend(prefixes(casts, limits));
    found.extend(hasty(casts, limits));
    found.iter_mut().for_each(|suspicion| suspicion.ballots.sort_unstable());
    found
}

/// The ballots to hold until somebody has looked, and the places of the suspicions that name them. Being fast holds nobody back who
/// is not suspected of anything else.
#[must_use]
pub fn to_hold(suspicions: &[Suspicion]) -> BTreeMap<usize, Vec<usize>> {
    let mut named: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (nth, suspicion) in suspicions.iter().enumerate() {
        suspicion.ballots.iter().for_each(|&ballot| named.entry(ballot).or_default().push(nth));
    }
    let weighs = |nth: &usize| !matches!(suspicions[*nth].signal, Signal::Hasty { .. });
    named.retain(|_, by| by.iter().any(weighs));
    named
}

/// The ballots of each entry.
fn by_entry<'a>(casts: &[Cast<'a>]) -> BTreeMap<&'a str, Vec<usize>> {
    let mut ballots: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (nth, cast) in casts.iter().enumerate() {
        cast.stars.iter().for_each(|&entry| ballots.entry(entry).or_default().push(nth));
    }
    ballots
}

/// Two shares are compared by the z of their difference.
fn newcomers(casts: &[Cast<'_>], limits: &Limits) -> Vec<Suspicion> {
    let new_of =
        |ballots: &[usize]| ballots.iter().copied().filter(|&nth| casts[nth].first_act).collect::<Vec<_>>();
    let (all, all_new) = (casts.len(), casts.iter().filter(|cast| cast.first_act).count());
    let of_entry = |(entry, ballots): (&str, Vec<usize>)| {
        let (here, new) = (ballots.len(), new_of(&ballots));
        let there = all - here;
        if new.len() < limits.alike_least || there == 0 {
            return None;
        }
        let share = new.len() as f64 / here as f64;
        let elsewhere = (all_new - new.len()) as f64 / there as f64;
        let pooled = all_new as f64 / all as f64;
        let error = (pooled * (1.0 - pooled) * (1.0 / here as f64 + 1.0 / there as f64)).sqrt();
        let errors = (share - elsewhere) / error;
        let signal = Signal::Newcomers { entry: entry.to_owned(), share, elsewhere, errors };
        (errors > limits.errors_most).then_some(Suspicion { signal, ballots: new })
    };
    by_entry(casts).into_iter().filter_map(of_entry).collect()
}

/// How many from one part of the network star an entry, against the share of all others who do. Many who share an address and vote as
/// everybody does are a large company or a carrier.
fn prefixes(casts: &[Cast<'_>], limits: &Limits) -> Vec<Suspicion> {
    let mut from: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (nth, cast) in casts.iter().enumerate() {
        cast.prefix.into_iter().for_each(|prefix| from.entry(prefix).or_default().push(nth));
    }
    let stars: BTreeMap<&str, usize> =
        by_entry(casts).into_iter().map(|(entry, of)| (entry, of.len())).collect();
    let factorials = Factorials::up_to(casts.len());
    let mut found = Vec::new();
    // Where nearly everybody comes from one place, as behind a proxy that says nothing of them, there is nobody to compare them with.
    let compared = |ballots: &Vec<usize>| casts.len() - ballots.len() >= limits.alike_least;
    for ballots in
        from.into_values().filter(|ballots| ballots.len() >= limits.alike_least && compared(ballots))
    {
        let mut here: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &nth in &ballots {
            casts[nth].stars.iter().for_each(|&entry| here.entry(entry).or_default().push(nth));
        }
        for (entry, own) in here.into_iter().filter(|(_, own)| own.len() >= limits.alike_least) {
            // One star more and two ballots more than there are elsewhere, so that nothing is certain.
            let elsewhere = (stars[entry] - own.len() + 1) as f64 / (casts.len() - ballots.len() + 2) as f64;
            let p = factorials.binomial_tail(own.len(), ballots.len(), elsewhere);
            if p < limits.chance {
                let (of, expected) = (ballots.len(), ballots.len() as f64 * elsewhere);
                let signal = Signal::Prefix { entry: entry.to_owned(), ballots: own.len(), of, expected, p };
                found.push(Suspicion { signal, ballots: own });
            }
        }
    }
    found
}

fn hasty(casts: &[Cast<'_>], limits: &Limits) -> Option<Suspicion> {
    let is_hasty = |cast: &Cast| cast.seconds_on_page.is_some_and(|seconds| seconds < limits.seconds_least);
    let ballots: Vec<usize> = (0..casts.len()).filter(|&nth| is_hasty(&casts[nth])).collect();
    let signal = Signal::Hasty { seconds_least: limits.seconds_least };
    (!ballots.is_empty()).then_some(Suspicion { signal, ballots })
}

#[cfg(test)]
mod tests;
