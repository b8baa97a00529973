//! What makes a result weak, though it is computed rightly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AGREEMENT_LEAST, Fit, REVIEWS_LEAST, Review, parts};
use crate::judging::{millionths, shown};

/// A weakness of a jury's work, for the organiser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// More reviews an entry say more than any formula.
    FewReviews { entry: String, reviews: usize },
    /// These groups of judges share no entry, so who is severe cannot be told from who had weak entries.
    NotConnected { parts: Vec<Vec<String>> },
    /// Another round is advised.
    LowAgreement { icc: f64 },
    /// A judge who tells nothing apart.
    AllEqual { judge: String, scores: usize },
}

/// All warnings of scores and of what came out of them.
#[must_use]
pub fn warnings(reviews: &[Review<'_>], fit: &Fit<'_>) -> Vec<Warning> {
    let few = fit.entries.iter().filter(|merit| merit.reviews < REVIEWS_LEAST);
    let mut warnings: Vec<Warning> = few
        .map(|merit| Warning::FewReviews { entry: merit.entry.to_owned(), reviews: merit.reviews })
        .collect();
    let parts = parts(reviews);
    if parts.len() > 1 {
        let named = |part: Vec<&str>| part.into_iter().map(str::to_owned).collect();
        warnings.push(Warning::NotConnected { parts: parts.into_iter().map(named).collect() });
    }
    if let Some(icc) = fit.agreement.filter(|&icc| icc < AGREEMENT_LEAST) {
        warnings.push(Warning::LowAgreement { icc: shown(icc) });
    }
    let mut of_judge: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for review in reviews {
        of_judge.entry(review.judge).or_default().push(millionths(review.y));
    }
    let is_flat = |scores: &Vec<i64>| scores.len() >= REVIEWS_LEAST && scores.iter().all(|y| *y == scores[0]);
    let flat = of_judge.into_iter().filter(|(_, scores)| is_flat(scores));
    warnings.extend(
        flat.map(|(judge, scores)| Warning::AllEqual { judge: judge.to_owned(), scores: scores.len() }),
    );
    warnings
}
