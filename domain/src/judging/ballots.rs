//! What customers star: approval with a number of stars, one ballot each; and which ballots a person should look at first.

mod burst;
mod chance;
mod lockstep;
pub mod signals;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bundle::{Ballot, State},
    ties,
};
use crate::{
    digest::{self, Digest},
    draws::priority,
};

/// The most stars of a ballot.
pub const STARS_MOST: usize = 10;

/// What an entry is to somebody who stars it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidate {
    Open,
    Own,
    Withdrawn,
    Unknown,
}

/// Why a ballot is none, and the place of the star, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Miscast {
    #[error("a ballot has up to {most} stars")]
    TooMany { most: usize },
    #[error("stars[{place}]: this entry has a star already")]
    Twice { place: usize },
    #[error("stars[{place}]: nobody stars an entry of their own")]
    Own { place: usize },
    #[error("stars[{place}]: this entry was withdrawn")]
    Withdrawn { place: usize },
    #[error("stars[{place}]: there is no such entry")]
    Unknown { place: usize },
}

/// A ballot may be cast: up to `most` stars, each for another entry that is open to whoever casts it. An empty one takes all back.
///
/// # Errors
/// [`Miscast`] for the first star that is not.
pub fn ensure_castable<Entry: Ord>(
    stars: &[Entry],
    most: usize,
    candidate: impl Fn(&Entry) -> Candidate,
) -> Result<(), Miscast> {
    if stars.len() > most {
        return Err(Miscast::TooMany { most });
    }
    let mut seen = BTreeSet::new();
    for (place, entry) in stars.iter().enumerate() {
        match candidate(entry) {
            Candidate::Own => return Err(Miscast::Own { place }),
            Candidate::Withdrawn => return Err(Miscast::Withdrawn { place }),
            Candidate::Unknown => return Err(Miscast::Unknown { place }),
            Candidate::Open if !seen.insert(entry) => return Err(Miscast::Twice { place }),
            Candidate::Open => {}
        }
    }
    Ok(())
}

/// How many ballots name an entry, by what became of them. The public sees `counted` alone, and only after the close.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub counted: u32,
    pub held: u32,
    pub rejected: u32,
}

/// The tally of every entry that has a star.
#[must_use]
pub fn tally(ballots: &[Ballot]) -> BTreeMap<&str, Tally> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for ballot in ballots {
        for entry in &ballot.stars {
            let tally = tallies.entry(entry).or_default();
            let count = match ballot.state {
                State::Counted => &mut tally.counted,
                State::Held => &mut tally.held,
                State::Rejected => &mut tally.rejected,
            };
            *count += 1;
        }
    }
    tallies
}

/// Entries in the order in which they are shown to a voter: another for each, always the same for one, so that pages hold still and
/// an entry that goes moves none of the others. `seed` is the contest's own.
#[must_use]
pub fn presentation<'a>(seed: &Digest, voter: &str, entries: &[&'a str]) -> Vec<&'a str> {
    let own = digest::of(&[b"judging/present/v1", seed, voter.as_bytes()]);
    let order = priority::order(&own, entries.iter().map(|entry| (ties::ticket(entry), 1)));
    order.into_iter().map(|place| entries[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballot_has_a_star_or_none_for_each_entry_that_is_open() {
        let candidate = |entry: &char| match entry {
            'o' => Candidate::Own,
            'w' => Candidate::Withdrawn,
            'x' => Candidate::Unknown,
            _ => Candidate::Open,
        };
        let cast = |stars: &str| ensure_castable(&stars.chars().collect::<Vec<_>>(), 3, candidate);
        assert_eq!((cast(""), cast("abc")), (Ok(()), Ok(())));
        assert_eq!(cast("abcd"), Err(Miscast::TooMany { most: 3 }));
        assert_eq!(cast("aba"), Err(Miscast::Twice { place: 2 }));
        assert_eq!(cast("ao"), Err(Miscast::Own { place: 1 }));
        assert_eq!(cast("w"), Err(Miscast::Withdrawn { place: 0 }));
        assert_eq!(cast("x"), Err(Miscast::Unknown { place: 0 }));
    }

    #[test]
    fn what_is_held_is_told_apart_from_what_counts() {
        let ballot = |voter: &str, stars: &[&str], state| Ballot {
            voter: voter.to_owned(),
            stars: stars.iter().map(|&entry| entry.to_owned()).collect(),
            state,
        };
        let ballots = [
            ballot("1", &["a", "b"], State::Counted),
            ballot("2", &["a"], State::Counted),
            ballot("3", &["a"], State::Held),
            ballot("4", &["b"], State::Rejected),
            ballot("5", &[], State::Counted),
        ];
        let of = |counted, held, rejected| Tally { counted, held, rejected };
        assert_eq!(tally(&ballots), BTreeMap::from([("a", of(2, 1, 0)), ("b", of(1, 0, 1))]));
    }

    #[test]
    fn everybody_sees_another_order_and_the_same_one_again() {
        let names: Vec<String> = (0..40).map(|nth| format!("e{nth}")).collect();
        let entries: Vec<&str> = names.iter().map(String::as_str).collect();
        let ana = presentation(&[1; 32], "ana", &entries);
        let reversed: Vec<&str> = entries.iter().rev().copied().collect();
        assert_eq!(presentation(&[1; 32], "ana", &reversed), ana);
        assert_ne!(presentation(&[1; 32], "ben", &entries), ana);
        assert_ne!(presentation(&[2; 32], "ana", &entries), ana);
        let mut fewer = ana.clone();
        let gone = fewer.remove(7);
        let rest: Vec<&str> = entries.iter().copied().filter(|entry| *entry != gone).collect();
        assert_eq!(presentation(&[1; 32], "ana", &rest), fewer);
        // Nobody has an advantage: each entry stands first about as often as any other.
        let mut first: BTreeMap<&str, u32> = BTreeMap::new();
        for voter in 0..1_000 {
            *first.entry(presentation(&[1; 32], &voter.to_string(), &entries)[0]).or_default() += 1;
        }
        assert!(first.len() == 40 && first.values().all(|count| (8..50).contains(count)), "{first:?}");
    }
}
