//! Demand: who is behind an idea, and what their votes weigh beside the whole membership.
//!
//! Those who vote are not a sample of the members: the eager are over-represented. Post-stratification sets that right.
//! Members are parted into strata, and a vote from stratum h weighs
//!
//! ```text
//! w(h) = clip( (N(h) / N) / (n(h) / n), 0.3, 3 )
//! ```
//!
//! where N(h) of all N members and n(h) of all n voters of the idea are in h. See R. J. A. Little, "Post-stratification: a
//! modeler's perspective", Journal of the American Statistical Association 88 (1993), 1001–1012, and A. Gelman and J. B.
//! Carlin, "Poststratification and weighting adjustments", in Groves et al., Survey Nonresponse (2002), 289–302, who also
//! advise to trim: a stratum with one voter must not speak for thousands.
//!
//! The stratum of a member is the first segment, in the order of segments, that holds them, or none: the cells of every
//! combination of segments would be too small to say anything.

use std::collections::BTreeMap;

use super::Weight;
use crate::SegmentId;

/// The least and the most a vote weighs.
pub const LEAST: f64 = 0.3;
pub const MOST: f64 = 3.0;

/// A part of the members that counts as one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// Members whose first segment it is.
    pub members: i64,
    /// What its votes count for when needs are compared.
    pub weight: Weight,
}

/// The whole membership.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Population {
    pub members: i64,
    pub strata: BTreeMap<SegmentId, Stratum>,
}

/// What stands behind an idea.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    pub votes: i64,
    /// By segment in their order, then those of no segment. A voter counts in each of their segments.
    pub by_segment: Vec<(Option<SegmentId>, Tally)>,
    /// The votes as they weigh beside the whole membership.
    pub weighted: f64,
    /// [`need`].
    pub need: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    pub votes: i64,
    pub weighted: f64,
}

/// What a vote weighs where `members` of `of_members` and `voters` of `of_voters` are in its stratum.
#[must_use]
pub fn vote_weight(members: i64, of_members: i64, voters: i64, of_voters: i64) -> f64 {
    if of_members <= 0 || voters <= 0 {
        return 1.0;
    }
    let in_population = members as f64 / of_members as f64;
    let among_voters = voters as f64 / of_voters as f64;
    (in_population / among_voters).clamp(LEAST, MOST)
}

impl Population {
    /// Those whom no segment holds when there is no id.
    fn stratum(&self, id: Option<SegmentId>) -> Stratum {
        id.and_then(|id| self.strata.get(&id)).copied().unwrap_or_else(|| {
            let elsewhere: i64 = self.strata.values().map(|stratum| stratum.members).sum();
            Stratum { members: self.members - elsewhere, weight: Weight::default() }
        })
    }
}

/// How much an idea is needed: its votes as they weigh, each times the weight of its stratum. `voters` are counted by
/// stratum. Nobody knows whose carried-over votes are, so each counts for one.
#[must_use]
pub fn need(population: &Population, voters: &BTreeMap<Option<SegmentId>, i64>, carried: i64) -> f64 {
    let votes: i64 = voters.values().sum();
    let of_stratum = |(id, voters): (&Option<SegmentId>, &i64)| {
        let Stratum { members, weight } = population.stratum(*id);
        *voters as f64 * vote_weight(members, population.members, *voters, votes) * weight.value()
    };
    voters.iter().map(of_stratum).sum::<f64>() + carried as f64
}

/// The demand of the voters of an idea: for each the segments that hold them, in order.
#[must_use]
pub fn demand(population: &Population, voters: &[Vec<SegmentId>], carried: i64) -> Demand {
    let votes = voters.len() as i64;
    let mut in_stratum: BTreeMap<Option<SegmentId>, i64> = BTreeMap::new();
    for segments in voters {
        *in_stratum.entry(segments.first().copied()).or_default() += 1;
    }
    let mut tallies: BTreeMap<Option<SegmentId>, Tally> =
        population.strata.keys().map(|id| (Some(*id), Tally::default())).collect();
    let mut weighted = 0.0;
    for segments in voters {
        let first = segments.first().copied();
        let members = population.stratum(first).members;
        let voters = in_stratum.get(&first).copied().unwrap_or(0);
        let vote = vote_weight(members, population.members, voters, votes);
        weighted += vote;
        let counted = segments.iter().copied().map(Some).chain(segments.is_empty().then_some(None));
        for id in counted {
            let tally = tallies.entry(id).or_default();
            tally.votes += 1;
            tally.weighted += vote;
        }
    }
    let of_none = tallies.remove(&None).unwrap_or_default();
    let by_segment = tallies.into_iter().chain([(None, of_none)]).collect();
    Demand { votes, by_segment, weighted, need: need(population, &in_stratum, carried) }
}

/// What the voters have of something that is counted, such as what they buy in a year.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Amount {
    pub voters: i64,
    pub sum: f64,
    pub mean: Option<f64>,
    pub max: Option<f64>,
}

impl Amount {
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let voters = values.len() as i64;
        // Finite whatever is added up: JSON has no word for the infinite.
        let sum = values.iter().sum::<f64>().clamp(f64::MIN, f64::MAX);
        let mean = (voters > 0).then(|| sum / voters as f64);
        Self { voters, sum, mean, max: values.iter().copied().reduce(f64::max) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> SegmentId {
        SegmentId::from(Uuid::from_u128(n))
    }

    fn population(members: i64, strata: &[(u128, i64, f64)]) -> Population {
        let strata = strata.iter().map(|(n, members, weight)| {
            (id(*n), Stratum { members: *members, weight: Weight::try_from(*weight).unwrap() })
        });
        Population { members, strata: strata.collect() }
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    #[test]
    fn votes_weigh_what_their_part_of_the_membership_does() {
        // Of 100 members 20 are in the first stratum, 30 in the second, 50 in none; of 10 voters 5, 3 and 2.
        let population = population(100, &[(1, 20, 2.0), (2, 30, 1.0)]);
        let mut voters = vec![vec![id(1)]; 4];
        voters.push(vec![id(1), id(2)]);
        voters.extend(vec![vec![id(2)]; 3]);
        voters.extend(vec![vec![]; 2]);
        let found = demand(&population, &voters, 7);
        // 0.2/0.5 = 0.4, 0.3/0.3 = 1, 0.5/0.2 = 2.5.
        let expected = [(Some(id(1)), 5, 2.0), (Some(id(2)), 4, 3.4), (None, 2, 5.0)];
        for ((segment, tally), (wanted, votes, weighted)) in found.by_segment.iter().zip(expected) {
            assert_eq!((*segment, tally.votes), (wanted, votes));
            close(tally.weighted, weighted);
        }
        close(found.weighted, 10.0);
        close(found.need, 2.0 * 2.0 + 3.0 + 5.0 + 7.0);
    }

    #[test]
    fn no_vote_weighs_less_than_three_tenths_or_more_than_three() {
        close(vote_weight(1, 100, 9, 10), 0.3);
        close(vote_weight(99, 100, 1, 10), 3.0);
        close(vote_weight(50, 100, 5, 10), 1.0);
        let found = demand(&population(100, &[(1, 1, 10.0)]), &[vec![id(1)], vec![]], 0);
        // 0.01/0.5 and 0.99/0.5.
        close(found.weighted, 0.3 + 1.98);
        close(found.need, 3.0 + 1.98);
    }

    #[test]
    fn without_segments_a_vote_is_a_vote_and_without_votes_there_is_no_need() {
        let found = demand(&population(7, &[]), &[vec![], vec![]], 0);
        assert_eq!((found.votes, found.weighted, found.need), (2, 2.0, 2.0));
        let found = demand(&population(7, &[(1, 3, 5.0)]), &[], 0);
        assert_eq!((found.votes, found.weighted, found.need), (0, 0.0, 0.0));
        let silent = Tally::default();
        assert_eq!(found.by_segment, [(Some(id(1)), silent), (None, silent)]);
    }

    #[test]
    fn an_amount_is_added_up_and_never_infinite() {
        let found = Amount::of(&[3.0, 5.0, 10.0]);
        assert_eq!((found.voters, found.sum, found.mean, found.max), (3, 18.0, Some(6.0), Some(10.0)));
        assert_eq!(Amount::of(&[]), Amount::default());
        assert_eq!(Amount::of(&[f64::MAX, f64::MAX]).sum, f64::MAX);
    }
}
