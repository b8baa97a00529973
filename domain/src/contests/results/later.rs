//! What comes after the lock, and whether anything did.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Since;
use crate::{contests::Contest, judging::bundle::Score};

/// What of the inputs may change after the lock, as they were computed with last. It is read without all the rest, which is long.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Later {
    scores: Vec<Scored>,
    #[serde(default)]
    withdrawn: BTreeSet<String>,
    #[serde(default)]
    extra_reviews: Vec<Score>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Scored {
    entry: String,
}

impl Contest {
    /// Whether nothing came since that is not in the inputs, so that there is nothing to compute.
    #[must_use]
    pub fn is_settled(&self, inputs: &Later, since: &Since) -> bool {
        let scored = inputs.scores.iter().map(|score| score.entry.as_str());
        self.withdrawn(scored, since) == inputs.withdrawn && self.scores(&since.extra) == inputs.extra_reviews
    }

    /// Of those that were judged, the entries that have no rank any more.
    pub(super) fn withdrawn<'a>(
        &self,
        scored: impl Iterator<Item = &'a str>,
        since: &Since,
    ) -> BTreeSet<String> {
        let scored: BTreeSet<&str> = scored.collect();
        let out = since.out.iter().map(|entry| self.pseudonym_of_entry(*entry));
        out.filter(|entry| scored.contains(entry.as_str())).collect()
    }
}
