//! Entries that the marks cannot tell apart, and what decides when a prize lies between them.

mod lines;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::lines::{Decision, Line, PRIZES_MOST, Prizes, lines};
use super::{FORMULA, hybrid::Standing, millionths, severity::Review};
use crate::{
    digest::Digest,
    draws::{
        Ticket,
        priority::{self, Priorities},
    },
};

/// Whether the difference of two entries is within their uncertainty: `|θ_a − θ_b| < √(SE_a² + SE_b²)`.
#[must_use]
pub fn tied(a: &Standing<'_>, b: &Standing<'_>) -> bool {
    (a.theta - b.theta).abs() < (a.se * a.se + b.se * b.se).sqrt()
}

/// The names, sorted, of all that each is tied with.
#[must_use]
pub fn tied_with(standings: &[Standing<'_>]) -> Vec<Vec<String>> {
    let mut by_name: Vec<&Standing> = standings.iter().collect();
    by_name.sort_by_key(|standing| standing.entry);
    let others = |one: &Standing| {
        let with = by_name.iter().filter(|other| other.entry != one.entry && tied(one, other));
        with.map(|other| other.entry.to_owned()).collect()
    };
    standings.iter().map(others).collect()
}

/// What decides between entries that are tied across a prize line. An organiser declares some of these, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The higher mean mark on the criterion that weighs most.
    HeaviestCriterion,
    /// More judges who gave none a higher score.
    FirstRanks,
    /// The higher score by judges who had not scored them, and now scored them all.
    ExtraReview,
    /// All of them get the prize.
    JointPrize,
    /// A draw that anybody can recompute.
    Lot,
}

impl Rule {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HeaviestCriterion => "heaviest_criterion",
            Self::FirstRanks => "first_ranks",
            Self::ExtraReview => "extra_review",
            Self::JointPrize => "joint_prize",
            Self::Lot => "lot",
        }
    }

    /// Whether what it decides by is there as soon as scores are.
    #[must_use]
    pub fn is_at_hand(self) -> bool {
        matches!(self, Self::HeaviestCriterion | Self::FirstRanks)
    }

    /// The order at a cut between rounds: nobody waits there, so whom the scores do not part goes on.
    #[must_use]
    pub fn at_a_cut(order: &[Self]) -> Vec<Self> {
        order.iter().copied().take_while(|rule| rule.is_at_hand()).chain([Self::JointPrize]).collect()
    }
}

/// What the rules look at. The greater wins; of the lot, the smaller.
#[derive(Debug, Default)]
pub struct Evidence<'a> {
    /// The sum of the parts of the heaviest criterion, in millionths, and of how many marks.
    heaviest: BTreeMap<&'a str, (i64, i64)>,
    first_ranks: BTreeMap<&'a str, u32>,
    /// Extra reviews: scores in millionths, by entry and judge.
    extra: BTreeMap<&'a str, BTreeMap<&'a str, i64>>,
    seed: Option<Digest>,
}

/// One of those who are level, and what the rules look at.
#[derive(Debug, Clone, Copy)]
struct Claim<'a> {
    entry: &'a str,
    heaviest: i64,
    first_ranks: u32,
    extra: Option<&'a BTreeMap<&'a str, i64>>,
    lot: Option<Digest>,
}

/// A score and the part of it that is due to the heaviest criterion, 0 to 1.
#[derive(Debug, Clone, Copy)]
pub struct Marked<'a> {
    pub review: Review<'a>,
    pub heaviest: f64,
}

impl<'a> Evidence<'a> {
    /// Of all scores of those that `compete`, and of extra reviews. The seed is the lot's, where its number is known.
    pub fn of(
        marked: &[Marked<'a>],
        compete: impl Fn(&str) -> bool,
        extra: &[Review<'a>],
        seed: Option<Digest>,
    ) -> Self {
        let mut evidence = Self { seed, ..Self::default() };
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        for Marked { review, heaviest } in marked.iter().filter(|marked| compete(marked.review.entry)) {
            let (sum, count) = evidence.heaviest.entry(review.entry).or_default();
            (*sum, *count) = (*sum + millionths(*heaviest), *count + 1);
            let best = best.entry(review.judge).or_insert(review.y);
            *best = best.max(review.y);
        }
        for Marked { review, .. } in marked.iter().filter(|marked| compete(marked.review.entry)) {
            let first = u32::from(millionths(review.y) == millionths(best[review.judge]));
            *evidence.first_ranks.entry(review.entry).or_default() += first;
        }
        for review in extra {
            evidence.extra.entry(review.entry).or_default().insert(review.judge, millionths(review.y));
        }
        evidence
    }

    /// What an entry has to show, looked up once: it may be compared to others as often as there are places.
    fn claim<'e>(&'e self, entry: &'e str, priorities: Option<&Priorities>) -> Claim<'e> {
        Claim {
            entry,
            heaviest: self.heaviest.get(entry).map_or(0, |(sum, count)| sum.div_euclid(*count)),
            first_ranks: self.first_ranks.get(entry).copied().unwrap_or_default(),
            extra: self.extra.get(entry),
            lot: priorities.map(|priorities| priorities.of_ticket(ticket(entry), 1)),
        }
    }

    /// Lots are drawn where the order says so and the number is known.
    fn priorities(&self, order: &[Rule]) -> Option<Priorities> {
        self.seed.as_ref().filter(|_| order.contains(&Rule::Lot)).map(Priorities::of)
    }
}

/// Who gave an extra review of each of these. Another judge is severe in another way, and one review does not tell by how much.
fn extra_judges<'a>(level: &[Claim<'a>]) -> Vec<&'a str> {
    let Some((first, others)) = level.split_first() else { return Vec::new() };
    let scored = |claim: &Claim, judge: &str| claim.extra.is_some_and(|given| given.contains_key(judge));
    let of_first = first.extra.into_iter().flat_map(|given| given.keys().copied());
    of_first.filter(|judge| others.iter().all(|claim| scored(claim, judge))).collect()
}

/// Of those who are level, the ones whom a rule puts first; the rule itself where its evidence is not there yet.
fn best<'a>(rule: Rule, level: &[Claim<'a>]) -> Result<Vec<Claim<'a>>, Rule> {
    let most = |value: &dyn Fn(&Claim<'a>) -> i64| {
        let most = level.iter().map(value).max();
        level.iter().copied().filter(|claim| Some(value(claim)) == most).collect()
    };
    match rule {
        Rule::HeaviestCriterion => Ok(most(&|claim| claim.heaviest)),
        Rule::FirstRanks => Ok(most(&|claim| claim.first_ranks.into())),
        Rule::ExtraReview => {
            let judges = extra_judges(level);
            let sum = |claim: &Claim<'a>| {
                claim.extra.map_or(0, |given| judges.iter().filter_map(|judge| given.get(judge)).sum())
            };
            if judges.is_empty() { Err(rule) } else { Ok(most(&sum)) }
        }
        Rule::JointPrize => Ok(level.to_vec()),
        Rule::Lot if level.iter().any(|claim| claim.lot.is_none()) => Err(rule),
        Rule::Lot => Ok(level.iter().min_by_key(|claim| claim.lot).copied().into_iter().collect()),
    }
}

/// What an entry is called by in a lot. Names of entries are public there, so it needs no salt.
#[must_use]
pub fn ticket(entry: &str) -> Ticket {
    priority::ticket(FORMULA, entry, &[0; 16])
}
