//! The hashes of a bundle. They do not depend on the order in which scores and ballots are listed.

use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Bundle;
use crate::{
    digest::{Digest, hex},
    draws::{canonical, merkle},
    judging::FORMULA,
};

/// The hashes of what was fixed at the lock, each of which is computed once: the roots stand for everything that was scored and
/// starred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locked {
    /// SHA-256 of the canonical JSON of the rules.
    pub rules: Digest,
    /// The Merkle root of the canonical lines `{"entry", "judge", "marks"}`, sorted.
    pub scores_root: Digest,
    /// The Merkle root of the canonical lines `{"stars", "state", "voter"}`, sorted.
    pub ballots_root: Digest,
    /// What is published when scores are locked, before anybody knows the number of a lot: SHA-256 of the canonical JSON of the
    /// rules' hash, the roots, and all that a result is computed with.
    pub lock: Digest,
}

impl Locked {
    #[must_use]
    pub fn of(bundle: &Bundle) -> Self {
        let rules = Sha256::digest(canonical(&bundle.rules)).into();
        let (scores_root, ballots_root) = (root(&bundle.scores), root(&bundle.ballots));
        let lock = json!({
            "alg": FORMULA,
            "ballots_root": hex(ballots_root),
            "beacon": bundle.draw.as_ref().map(|lot| &lot.beacon),
            "calibration": bundle.calibration,
            "jury_weight": bundle.jury_weight,
            "prizes": bundle.prizes,
            "rubric": bundle.rubric,
            "rules_hash": hex(rules),
            "scores_root": hex(scores_root),
            "stars": bundle.stars,
            "tie_order": bundle.tie_order,
        });
        Self { rules, scores_root, ballots_root, lock: Sha256::digest(canonical(&lock)).into() }
    }
}

/// What is published with a result: SHA-256 of the canonical JSON of the lock's hash and what came after it.
#[must_use]
pub fn inputs_hash(lock: &Digest, bundle: &Bundle) -> Digest {
    let number = bundle.draw.as_ref().and_then(|lot| lot.number.as_ref());
    let inputs = json!({
        "extra_root": hex(root(&bundle.extra_reviews)),
        "lock_hash": hex(lock),
        "number": number.map(|number| &number.bytes),
        "withdrawn": bundle.withdrawn,
    });
    Sha256::digest(canonical(&inputs)).into()
}

fn root(of: &[impl Serialize]) -> Digest {
    let mut lines: Vec<String> = of.iter().map(canonical).collect();
    lines.sort_unstable();
    merkle::root(&lines)
}
