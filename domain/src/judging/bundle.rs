//! Everything that was published of a judged contest, and what comes out when it is computed again.

mod hashes;
mod inputs;
mod outcome;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value, value::RawValue};

pub use self::hashes::{Locked, inputs_hash};
use self::inputs::Inputs;
use super::{
    score::{Criterion, Marks},
    severity::{self, Warning},
    ties::{Line, Prizes, Rule},
};
use crate::{
    digest::{self, Digest, hex},
    draws::{
        Beacon, priority,
        proof::{Check, Checks, Number, Unproven, check_number},
    },
};

/// The most bytes of rules, which are kept as a tree that is many times as large as its text.
pub const RULES_MOST: usize = 1 << 20;

/// What is published of a contest, entries, judges and voters under pseudonyms. What can be derived may be left out: then it is
/// computed, and not compared. The order of lists means nothing but in `rubric`, `tie_order` and `prizes.places`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub formula: String,
    /// The rules as they were frozen, in whatever form; their numbers have up to four decimals.
    #[serde(default, deserialize_with = "rules_of_some_length")]
    pub rules: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_hash: Option<String>,
    pub jury_weight: f64,
    pub rubric: Vec<Criterion>,
    pub scores: Vec<Score>,
    #[serde(default)]
    pub ballots: Vec<Ballot>,
    /// Those who withdrew or were disqualified. Their scores still tell how severe judges are.
    #[serde(default)]
    pub withdrawn: BTreeSet<String>,
    #[serde(default)]
    pub tie_order: Vec<Rule>,
    #[serde(default)]
    pub draw: Option<Lot>,
    /// Entries that judges scored to be compared by, and that do not compete.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub calibration: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prizes: Option<Prizes>,
    /// How many stars a ballot may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stars: Option<usize>,
    /// What other judges gave to entries that were tied across a line, after the lock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_reviews: Vec<Score>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashes: Option<Hashes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

/// The marks of one judge for one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    pub entry: String,
    pub judge: String,
    pub marks: Marks,
}

/// The entries that somebody starred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    pub voter: String,
    pub stars: BTreeSet<String>,
    pub state: State,
}

/// Whether a ballot counts. None is ever deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Counted,
    /// Until a person has decided.
    Held,
    Rejected,
}

impl State {
    pub const ALL: [Self; 3] = [Self::Counted, Self::Held, Self::Rejected];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Held => "held",
            Self::Rejected => "rejected",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Where the number of a lot comes from, fixed at the lock; and the number, once it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    pub beacon: Beacon,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// Of the hash of the lock and the number, as in a draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
}

/// What was published before this bundle was, so that nothing in it could be changed since. In base 16.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hashes {
    /// Merkle roots, so that a voter can be shown that their ballot is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores_root: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ballots_root: Option<String>,
    /// Of all that decides the result but withdrawals, extra reviews and the lot's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock_hash: Option<String>,
    /// Of all that decides the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs_hash: Option<String>,
}

/// The result of a contest. Figures are [`shown`](super::shown).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The best first, and by name where the final scores are equal.
    pub entries: Vec<Place>,
    pub severity: BTreeMap<String, f64>,
    pub icc: Option<f64>,
    /// One for each prize, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<Line>>,
}

/// An entry in the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub entry: String,
    pub theta: f64,
    pub se: f64,
    pub jury: f64,
    pub public: f64,
    #[serde(rename = "final")]
    pub total: f64,
    pub rank: usize,
    pub tied_with: Vec<String>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Whether every check holds.
    pub valid: bool,
    pub checks: Vec<Check>,
    /// What was not checked, because there is nothing to check it by.
    pub unchecked: Vec<&'static str>,
    /// What does not make the result wrong, but weak.
    pub warnings: Vec<Warning>,
    /// Of what was computed with, in base 16. A bundle may be right in itself and of no contest at all: that it is the one of a
    /// contest is shown by this being the hash that the contest has made public at its lock.
    pub lock_hash: Option<String>,
    /// None where what was sent cannot be computed with.
    pub result: Option<Outcome>,
}

impl Verdict {
    /// The result as everybody writes it: two computations agree when these bytes do.
    #[must_use]
    pub fn canonical_result(&self) -> String {
        crate::draws::canonical(&self.result)
    }
}

impl Bundle {
    /// The hash of the lock: as the bundle says it, which [`recompute`] compares, or computed where it does not.
    #[must_use]
    pub fn lock(&self) -> Digest {
        let said = self.hashes.as_ref().and_then(|hashes| digest::of_hex(hashes.lock_hash.as_ref()?));
        said.unwrap_or_else(|| Locked::of(self).lock)
    }
}

fn rules_of_some_length<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    let text = Box::<RawValue>::deserialize(from)?;
    if text.get().len() > RULES_MOST {
        return Err(D::Error::custom(format!("rules have at most {RULES_MOST} bytes")));
    }
    serde_json::from_str(text.get()).map_err(D::Error::custom)
}

/// What came of a bundle that can be computed with.
struct Computed {
    outcome: Outcome,
    warnings: Vec<Warning>,
    lock: Digest,
}

/// Computes everything again, step by step, and compares with whatever derived parts are there.
#[must_use]
pub fn recompute(bundle: &Bundle) -> Verdict {
    let mut checks = Checks::default();
    let computed = compute(bundle, &mut checks);
    match (&computed, &bundle.result) {
        (Some(computed), Some(found)) => outcome::compare(&computed.outcome, found, &mut checks),
        (_, None) => checks.unchecked.push("result"),
        (None, Some(_)) => {}
    }
    let valid = checks.all_hold();
    let Checks { made: checks, unchecked } = checks;
    match computed {
        Some(Computed { outcome, warnings, lock }) => {
            Verdict { valid, checks, unchecked, warnings, lock_hash: Some(hex(lock)), result: Some(outcome) }
        }
        None => Verdict { valid, checks, unchecked, warnings: Vec::new(), lock_hash: None, result: None },
    }
}

fn compute(bundle: &Bundle, checks: &mut Checks) -> Option<Computed> {
    if !checks.compare("formula", super::FORMULA, &bundle.formula) {
        return None;
    }
    let inputs = checks.hold("inputs", Inputs::of(bundle))?;
    rules::check(bundle, checks);
    let lock = check_hashes(bundle, checks);
    let seed = check_lot(bundle, &lock, checks);
    let reviews = inputs.reviews();
    let fit = checks.hold("model", severity::fit(&reviews))?;
    let warnings = severity::warnings(&reviews, &fit);
    Some(Computed { outcome: outcome::of(bundle, &inputs, &fit, seed), warnings, lock })
}

/// Compares what was published before, and gives the hash of the lock.
fn check_hashes(bundle: &Bundle, checks: &mut Checks) -> Digest {
    let is = Locked::of(bundle);
    let found = bundle.hashes.clone().unwrap_or_default();
    checks.compare_or_note("rules_hash", hex(is.rules), bundle.rules_hash.as_ref());
    checks.compare_or_note("scores_root", hex(is.scores_root), found.scores_root.as_ref());
    checks.compare_or_note("ballots_root", hex(is.ballots_root), found.ballots_root.as_ref());
    checks.compare_or_note("lock_hash", hex(is.lock), found.lock_hash.as_ref());
    checks.compare_or_note("inputs_hash", hex(inputs_hash(&is.lock, bundle)), found.inputs_hash.as_ref());
    is.lock
}

/// The seed of the lot, once its number is known. Nobody draws by a number that nothing shows: it could be anybody's choice.
fn check_lot(bundle: &Bundle, lock: &Digest, checks: &mut Checks) -> Option<Digest> {
    let lot = bundle.draw.as_ref()?;
    let bytes = check_number(&lot.beacon, lot.number.as_ref()?, Unproven::False, checks)?;
    let seed = priority::seed(lock, &bytes);
    checks.compare_or_note("seed", hex(seed), lot.seed.as_ref());
    Some(seed)
}
