//! Ranking: the trending score and the shuffled order.
//!
//! The trending score of an idea created at c with votes at times t₁…tₙ is
//! s = ln(e^(c/τ) + Σ e^(tᵢ/τ)): each vote counts e times less for each τ it lies back, so the order between two
//! ideas changes only when one of them is voted for, and a page of the list holds still. Times are seconds since
//! 2025-01-01T00:00Z. It is the log-sum-exp form of an exponential decay (as in "forward decay": Cormode et al., ICDE 2009).

use chrono::{DateTime, Utc};

use crate::IdeaId;

/// τ in seconds: seven days.
const TAU: f64 = 7.0 * 86_400.0;

/// 2025-01-01T00:00:00Z, so that scores stay small.
fn epoch() -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_689_600, 0).unwrap_or_default()
}

/// The weight of an event at `at`, as a logarithm: (at − epoch)/τ.
#[must_use]
pub fn weight(at: DateTime<Utc>) -> f64 {
    let seconds = (at - epoch()).as_seconds_f64();
    seconds / TAU
}

/// ln(e^score + e^weight), without leaving the range of a double.
#[must_use]
pub fn with_vote(score: f64, weight: f64) -> f64 {
    score.max(weight) + (-(score - weight).abs()).exp().ln_1p()
}

/// ln(e^score − e^weight): takes one vote's own weight out again. It never falls below `floor`, the score without votes.
#[must_use]
pub fn without_vote(score: f64, weight: f64, floor: f64) -> f64 {
    let rest = -(weight - score).exp_m1();
    // A rest of nothing means that rounding ate it.
    if rest > 0.0 { (score + rest.ln()).max(floor) } else { floor }
}

/// Whether a vote of this weight covers what else a score holds so far that [`without_vote`] cannot bring it back.
#[must_use]
pub fn is_drowned_out(score: f64, weight: f64) -> bool {
    -(weight - score).exp_m1() < 1e-4
}

/// The score worked out from nothing: created at `created`, `carried` votes without a time of their own, `votes` cast.
#[must_use]
pub fn from_rows(
    created: DateTime<Utc>,
    carried: i64,
    votes: impl IntoIterator<Item = DateTime<Utc>>,
) -> f64 {
    let base = weight(created) + (carried.max(0) as f64).ln_1p();
    votes.into_iter().fold(base, |score, at| with_vote(score, weight(at)))
}

/// Where an idea stands in the shuffled order: the same for each reader, without relation to anything else.
#[must_use]
pub fn shuffled(id: IdeaId) -> i64 {
    let (high, low) = id.uuid().as_u64_pair();
    mixed(low ^ mixed(high)).cast_signed()
}

/// Where a reader with this seed enters the shuffled order, which is read round like a clock.
#[must_use]
pub fn entry(seed: &str) -> i64 {
    seed.bytes().fold(0u64, |state, byte| mixed(state ^ u64::from(byte))).cast_signed()
}

/// The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014): each input bit flips half of the output bits.
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn day(days: f64) -> DateTime<Utc> {
        epoch() + Duration::milliseconds((days * 86_400_000.0) as i64)
    }

    #[test]
    fn a_fresh_vote_outweighs_two_old_ones() {
        let old = from_rows(day(0.0), 0, [day(0.0), day(0.0)]);
        let fresh = from_rows(day(0.0), 0, [day(10.0)]);
        assert!(fresh > old);
    }

    #[test]
    fn an_idea_without_votes_scores_its_birth() {
        assert_eq!(from_rows(day(7.0), 0, []), 1.0);
        assert!((from_rows(day(7.0), 1, []) - (1.0 + 2f64.ln())).abs() < 1e-12);
    }

    #[test]
    fn the_shuffle_spreads_neighbours() {
        let id = |n| IdeaId::new(day(0.0), [0, 0, 0, 0, 0, 0, 0, 0, 0, n]);
        let mut places: Vec<i64> = (0..100).map(|n| shuffled(id(n))).collect();
        let in_order = places.is_sorted();
        places.sort_unstable();
        places.dedup();
        assert_eq!((places.len(), in_order), (100, false));
        assert_ne!(entry("a"), entry("b"));
    }

    proptest! {
        #[test]
        fn taking_a_vote_back_gives_what_was(
            days in proptest::collection::vec(0.0..2_000.0f64, 0..40),
            own in 0.0..2_000.0f64,
        ) {
            let before = from_rows(day(0.0), 0, days.iter().copied().map(day));
            let weight = weight(day(own));
            let score = with_vote(before, weight);
            prop_assume!(!is_drowned_out(score, weight));
            let after = without_vote(score, weight, from_rows(day(0.0), 0, []));
            // Scores are below 1,000, so they are exact to 1e-13, and the rest is a ten thousandth of them or more.
            prop_assert!((after - before).abs() <= 1e-8, "{before} became {after}");
        }

        #[test]
        fn the_order_of_votes_does_not_matter(mut days in proptest::collection::vec(0.0..2_000.0f64, 0..40)) {
            let one = from_rows(day(0.0), 3, days.iter().copied().map(day));
            days.reverse();
            prop_assert!((one - from_rows(day(0.0), 3, days.into_iter().map(day))).abs() < 1e-9);
        }
    }
}
