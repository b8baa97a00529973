//! Ballots that are nearly the same (Jaccard ≥ 0.8) and come together.
//!
//! Of two sets of up to ten stars that are so near, one or both lack at most two of the other's. So each ballot is listed under its
//! set less none, one or two of its stars, and those near another are found under what the two have in common: nobody is compared
//! with everybody.

use std::collections::{BTreeMap, HashMap};

use super::{
    STARS_MOST,
    chance::Factorials,
    signals::{Cast, Limits, Signal, Suspicion},
};
use crate::judging::severity::Groups;

/// Fewer stars than these are alike by chance: everybody's favourite is.
const STARS_TELLING: usize = 3;

/// Entries by number, sorted; the greatest number stands for none.
type Core = [u16; STARS_MOST];

/// What two ballots have in common, and how many stars more the one that is listed has.
type Key = (Core, usize);

/// When, and which.
type Listed = (i64, usize);

/// Ballots with enough others near them, in time and in what they star, and more than chance brings together when many vote at once
/// for what everybody likes. Those that lead to one another are one ring.
pub fn rings(casts: &[Cast<'_>], limits: &Limits) -> Vec<Suspicion> {
    let sets = numbered(casts);
    let index = Index::of(casts, &sets, limits.window_seconds);
    let (factorials, liked) = (Factorials::up_to(casts.len()), Liked::of(&sets, limits.alike_least));
    let is_suspect = |listed: &&Listed| {
        let &&(at, nth) = listed;
        let near = index.count_near(at, &sets[nth]);
        let by_chance = liked.by_chance(&sets[nth]) * index.within(&index.in_time, at).len() as f64;
        near >= limits.alike_least && factorials.poisson_tail(near, by_chance) < limits.chance
    };
    let suspects: Vec<Listed> = index.in_time.iter().filter(is_suspect).copied().collect();
    together(&suspects, &sets, limits.window_seconds, casts)
}

/// How many star each entry.
struct Liked {
    stars: HashMap<u16, usize>,
    ballots: usize,
    /// As many as make a ring do not count, so that a ring does not explain itself where few others vote.
    left_out: usize,
}

impl Liked {
    fn of(sets: &[Vec<u16>], left_out: usize) -> Self {
        let mut stars = HashMap::new();
        sets.iter().flatten().for_each(|&entry| *stars.entry(entry).or_default() += 1);
        Self { stars, ballots: sets.len(), left_out }
    }

    /// How likely it is that somebody stars all of a set, if they choose each for itself.
    fn by_chance(&self, set: &[u16]) -> f64 {
        let rest = |count: usize| count.saturating_sub(self.left_out) as f64;
        let share = |entry: &u16| (rest(self.stars[entry]) + 1.0) / (rest(self.ballots) + 2.0);
        set.iter().map(share).product()
    }
}

/// Ballots in the order of time, all and by what they have in common with others.
struct Index {
    in_time: Vec<Listed>,
    by_core: HashMap<Key, Vec<Listed>>,
    window: i64,
}

impl Index {
    fn of(casts: &[Cast<'_>], sets: &[Vec<u16>], window: i64) -> Self {
        let mut in_time: Vec<Listed> = (0..casts.len())
            .filter(|&nth| (STARS_TELLING..=STARS_MOST).contains(&sets[nth].len()))
            .map(|nth| (casts[nth].at.timestamp(), nth))
            .collect();
        in_time.sort_unstable();
        let mut by_core: HashMap<Key, Vec<Listed>> = HashMap::new();
        for &listed in &in_time {
            for key in listings(&sets[listed.1]) {
                by_core.entry(key).or_default().push(listed);
            }
        }
        Self { in_time, by_core, window }
    }

    /// Those at most a window before or after.
    fn within<'l>(&self, listed: &'l [Listed], at: i64) -> &'l [Listed] {
        let from = listed.partition_point(|&(then, _)| then < at - self.window);
        let to = listed.partition_point(|&(then, _)| then <= at + self.window);
        &listed[from..to.max(from)]
    }

    /// How many are near a set that is among them.
    fn count_near(&self, at: i64, set: &[u16]) -> usize {
        let count = |key: &Key| self.by_core.get(key).map_or(0, |listed| self.within(listed, at).len());
        let found: usize = keys(set).iter().map(count).sum();
        // Who stars the same shares every core with one star less, and is counted under each.
        let again = if set.len() > STARS_MOST - 2 { set.len() * count(&(core(set), 0)) } else { 0 };
        found - again
    }
}

/// Where a set is listed: under itself, and less one or two stars where it is near what lacks them.
fn listings(set: &[u16]) -> Vec<Key> {
    let with = |more: usize| cores(set, more).into_iter().map(move |core| (core, more));
    (0..=set.len() / 5).flat_map(with).collect()
}

/// Entries as numbers, by ballot.
fn numbered(casts: &[Cast<'_>]) -> Vec<Vec<u16>> {
    let mut numbers: BTreeMap<&str, u16> = BTreeMap::new();
    for &entry in casts.iter().flat_map(|cast| &cast.stars) {
        // There are fewer entries than numbers; any beyond them would be alike, which only makes more to look at.
        let next = u16::try_from(numbers.len()).unwrap_or(u16::MAX - 1);
        numbers.entry(entry).or_insert(next);
    }
    let numbered = casts.iter().map(|cast| {
        let mut set: Vec<u16> = cast.stars.iter().map(|entry| numbers[entry]).collect();
        set.sort_unstable();
        set
    });
    numbered.collect()
}

fn core(set: &[u16]) -> Core {
    let mut core = [u16::MAX; STARS_MOST];
    core.iter_mut().zip(set).for_each(|(place, &entry)| *place = entry);
    core
}

/// A set less so many of its stars, in every way.
fn cores(set: &[u16], less: usize) -> Vec<Core> {
    fn without(set: &[u16], less: usize, from: usize, found: &mut Vec<Core>) {
        if less == 0 {
            return found.push(core(set));
        }
        for place in from..set.len() {
            let mut fewer = set.to_vec();
            fewer.remove(place);
            without(&fewer, less - 1, place, found);
        }
    }
    let mut found = Vec::new();
    without(set, less, 0, &mut found);
    found
}

/// Where those are listed that are near a set: `c / (c + less + more) ≥ 4/5`, with `c` in common.
fn keys(set: &[u16]) -> Vec<Key> {
    let mut keys = Vec::new();
    for less in 0..=set.len() / 5 {
        for more in (0..=2).filter(|more| set.len() - less >= 4 * (less + more)) {
            keys.extend(cores(set, less).into_iter().map(|core| (core, more)));
        }
    }
    keys
}

/// Suspects that are near one another and follow in time, as one ring each; `suspects` in the order of time.
fn together(suspects: &[Listed], sets: &[Vec<u16>], window: i64, casts: &[Cast<'_>]) -> Vec<Suspicion> {
    let mut groups = Groups::of(suspects.len());
    let mut last: HashMap<Key, (i64, usize)> = HashMap::new();
    for (place, &(at, nth)) in suspects.iter().enumerate() {
        let set = &sets[nth];
        for key in &keys(set) {
            if let Some(&(_, other)) = last.get(key).filter(|(then, _)| at - then <= window) {
                groups.join(other, place);
            }
        }
        for key in listings(set) {
            last.insert(key, (at, place));
        }
    }
    let mut rings: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, &(_, nth)) in suspects.iter().enumerate() {
        rings.entry(groups.of_one(place)).or_default().push(nth);
    }
    let ring = |ballots: Vec<usize>| {
        let times = ballots.iter().map(|&nth| casts[nth].at.timestamp());
        let seconds = times.clone().max().zip(times.min()).map_or(0, |(last, first)| last - first);
        Suspicion { signal: Signal::Lockstep { ballots: ballots.len(), seconds }, ballots }
    };
    rings.into_values().map(ring).collect()
}
