//! What came out of a round.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    Refusal,
    contests::{Barred, Contest},
    judging::{
        bundle::{Bundle, Outcome, Place, State},
        severity::{AGREEMENT_LEAST, Warning},
        ties::Rule,
    },
};

/// What came out, and of how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    pub result: Outcome,
    pub warnings: Vec<Warning>,
    pub counts: Counts,
}

/// Of how much it came out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub judges: usize,
    pub scores: usize,
    pub counted: usize,
    pub held: usize,
    pub rejected: usize,
    /// Entries that lost their rank.
    pub withdrawn: BTreeSet<String>,
}

impl Counts {
    pub(super) fn of(bundle: &Bundle) -> Self {
        let judges: BTreeSet<&str> = bundle.scores.iter().map(|score| score.judge.as_str()).collect();
        let ballots = |state| bundle.ballots.iter().filter(|ballot| ballot.state == state).count();
        Self {
            judges: judges.len(),
            scores: bundle.scores.len(),
            counted: ballots(State::Counted),
            held: ballots(State::Held),
            rejected: ballots(State::Rejected),
            withdrawn: bundle.withdrawn.clone(),
        }
    }
}

/// An entry's line in the result, with both rankings beside the final one. Those of the jury and of the public compare the figures
/// that are shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked<'a> {
    pub place: &'a Place,
    pub jury_rank: usize,
    pub public_rank: usize,
    /// Which prize it gets, from 0.
    pub prize: Option<usize>,
    /// What gave it that prize, where the figures did not.
    pub by: Option<Rule>,
}

impl Found {
    /// What a prize line waits for, where one does: the rule whose evidence is missing, or none where the order has come to its end.
    #[must_use]
    pub fn awaits(&self) -> Option<Option<Rule>> {
        let lines = self.result.lines.iter().flatten();
        lines.into_iter().find(|line| !line.open.is_empty()).map(|line| line.awaits)
    }

    /// Those of whom an extra review is to decide which gets a prize.
    ///
    /// # Errors
    /// [`Barred::NoTie`] where none waits for it.
    pub fn tied_for_review(&self) -> Result<&[String], Refusal> {
        let mut lines = self.result.lines.iter().flatten();
        match lines.find(|line| line.awaits == Some(Rule::ExtraReview)) {
            Some(line) => Ok(&line.open),
            None => Err(Barred::NoTie.into()),
        }
    }

    /// # Errors
    /// [`Barred::TiesOpen`] when it is not decided yet who gets a prize.
    pub fn ensure_settled(&self) -> Result<(), Refusal> {
        match self.awaits() {
            None => Ok(()),
            Some(awaits) => Err(Barred::TiesOpen { awaits }.into()),
        }
    }

    /// Whether judges agree so little that another round is advised.
    #[must_use]
    pub fn advises_another_round(&self) -> bool {
        self.result.icc.is_some_and(|icc| icc < AGREEMENT_LEAST)
    }

    /// Who gets which prize, from 0.
    pub fn awarded(&self) -> impl Iterator<Item = (&str, usize)> {
        let lines = self.result.lines.iter().flatten().zip(0..);
        lines.flat_map(|(line, nth)| line.awarded.iter().map(move |entry| (entry.as_str(), nth)))
    }

    /// Every line of the result, the best first.
    #[must_use]
    pub fn ranked(&self) -> Vec<Ranked<'_>> {
        let prizes: BTreeMap<&str, usize> = self.awarded().collect();
        let decided = self.result.lines.iter().flatten().flat_map(|line| &line.decided);
        let by: BTreeMap<&str, Rule> = decided
            .filter_map(|decision| decision.by.map(|rule| (&decision.taken, rule)))
            .flat_map(|(taken, rule)| taken.iter().map(move |entry| (entry.as_str(), rule)))
            .collect();
        let places = &self.result.entries;
        let jury = descending(places.iter().map(|place| place.jury));
        let public = descending(places.iter().map(|place| place.public));
        let rank = |sorted: &[f64], figure: f64| sorted.partition_point(|other| *other > figure) + 1;
        let ranked = places.iter().map(|place| Ranked {
            place,
            jury_rank: rank(&jury, place.jury),
            public_rank: rank(&public, place.public),
            prize: prizes.get(place.entry.as_str()).copied(),
            by: by.get(place.entry.as_str()).copied(),
        });
        ranked.collect()
    }
}

fn descending(figures: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(|a, b| b.total_cmp(a));
    figures
}

/// Whose titles are shown with a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titles {
    /// Everybody saw the entries when they starred them.
    All,
    Winners,
}

impl Contest {
    #[must_use]
    pub fn titles_in_result(&self) -> Titles {
        if self.terms.ballot.is_some() { Titles::All } else { Titles::Winners }
    }
}
