//! How entries are judged.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// How entries come before judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judging {
    #[serde(default = "three_reviews")]
    pub reviews_per_entry: u32,
    /// What judges do not see.
    #[serde(default = "Blind::all")]
    pub blind: BTreeSet<Blind>,
    /// The attribute of members by which people live together: nobody judges whom they live with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// One without a name where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<Round>,
}

fn three_reviews() -> u32 {
    3
}

impl Default for Judging {
    fn default() -> Self {
        Self { reviews_per_entry: three_reviews(), blind: Blind::all(), household: None, rounds: Vec::new() }
    }
}

/// What is hidden from judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blind {
    /// Who leads the team, or entered alone.
    Author,
    /// Who else is in it.
    Team,
    /// What files were called.
    Files,
}

impl Blind {
    fn all() -> BTreeSet<Self> {
        [Self::Author, Self::Team, Self::Files].into()
    }
}

/// A round of judging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    pub name: String,
    /// How many go on to the next; none of the last round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_to: Option<u32>,
}
