//! The proof of a draw: everything that was published, and what comes out when it is computed again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ALGORITHM, Beacon, Drawn, Excluded, Line, Pool, Spec, Step, Ticket, Unfit, VERSION,
    beacon::Evidence,
    bytes_of_hex,
    fairness::{self, Fairness},
    leaves, merkle, priority,
};
use crate::digest::{self, Digest};

/// What is published of a draw. What can be derived may be left out: then it is computed, and not compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pub spec: Spec,
    /// Sorted by ticket. None where somebody could be told by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<Vec<Line>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<Vec<Excluded>>,
    pub beacon: Number,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk: Option<Vec<Step>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<Vec<Ticket>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waitlist: Option<Vec<Ticket>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacements: Option<Vec<Replacement>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fairness: Option<Fairness>,
}

/// The bytes of the beacon, in base 16, and what shows that they are its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    pub bytes: String,
    #[serde(default)]
    pub evidence: Evidence,
}

/// A seat that fell free, who has it now, and the attributes whose quotas gave way for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    pub left: Ticket,
    #[serde(default)]
    pub taken_by: Option<Ticket>,
    #[serde(default)]
    pub relaxed: Vec<String>,
}

/// Whether the chances are estimated again, which takes two thousand draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chances {
    Estimated,
    LeftOut,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Whether every check holds.
    pub valid: bool,
    pub checks: Vec<Check>,
    /// What was not checked: there is nothing to check it by, or it takes too long here.
    pub unchecked: Vec<&'static str>,
    pub selected: Vec<Ticket>,
    pub waitlist: Vec<Ticket>,
}

/// What is expected by computing it, and what was found in the proof.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub expected: Value,
    pub found: Value,
}

/// What has been compared so far.
#[derive(Default)]
pub(crate) struct Checks {
    pub made: Vec<Check>,
    pub unchecked: Vec<&'static str>,
}

impl Checks {
    pub fn compare(&mut self, name: &'static str, expected: impl Serialize, found: impl Serialize) -> bool {
        let (expected, found) = (json!(expected), json!(found));
        let ok = expected == found;
        self.made.push(Check { name, ok, expected, found });
        ok
    }

    /// Compares where there is something to compare with.
    pub fn compare_any(
        &mut self,
        name: &'static str,
        expected: impl Serialize,
        found: Option<&impl Serialize>,
    ) {
        if let Some(found) = found {
            self.compare(name, expected, found);
        }
    }

    /// The same, noting it where there is nothing to compare with.
    pub fn compare_or_note(
        &mut self,
        name: &'static str,
        expected: impl Serialize,
        found: Option<&impl Serialize>,
    ) {
        if found.is_none() {
            self.unchecked.push(name);
        }
        self.compare_any(name, expected, found);
    }

    /// Notes whether something can be worked with, and why not.
    pub fn hold<T>(&mut self, name: &'static str, held: Result<T, impl ToString>) -> Option<T> {
        let found = held.as_ref().map_or_else(|why| json!(why.to_string()), |_| json!(true));
        self.compare(name, true, found);
        held.ok()
    }

    pub fn all_hold(&self) -> bool {
        self.made.iter().all(|check| check.ok)
    }

    fn close(self, drawn: Option<Drawn>) -> Verdict {
        let (selected, waitlist) = drawn.map(|drawn| (drawn.selected, drawn.waitlist)).unwrap_or_default();
        let valid = self.all_hold();
        Verdict { valid, checks: self.made, unchecked: self.unchecked, selected, waitlist }
    }
}

/// Computes everything again, step by step, and compares.
#[must_use]
pub fn verify(proof: &Proof, chances: Chances) -> Verdict {
    let mut checks = Checks::default();
    let spec = &proof.spec;
    checks.compare("rule", (VERSION, ALGORITHM), (spec.v, &spec.alg));
    let listed = check_lists(proof, &mut checks);
    let hash = spec.hash();
    checks.compare_any("spec_hash", digest::hex(hash), proof.spec_hash.as_ref());
    let Some(bytes) = check_number(&spec.beacon, &proof.beacon, Unproven::Unchecked, &mut checks) else {
        return checks.close(None);
    };
    let seed = priority::seed(&hash, &bytes);
    checks.compare_any("seed", digest::hex(seed), proof.seed.as_ref());
    let Some(lines) = listed else { return checks.close(None) };
    match redraw(proof, lines, &seed, chances, &mut checks) {
        Ok(drawn) => checks.close(Some(drawn)),
        Err(unfit) => {
            checks.hold::<()>("feasible", Err(unfit));
            checks.close(None)
        }
    }
}

/// The lists stand in their order and have the roots that were locked. Gives the pool, where it is published and in order.
fn check_lists<'a>(proof: &'a Proof, checks: &mut Checks) -> Option<&'a [Line]> {
    let spec = &proof.spec;
    if let Some(excluded) = &proof.excluded {
        checks.compare(
            "excluded_order",
            true,
            excluded.is_sorted_by(|a, b| a.t < b.t) && sorted_reasons(excluded),
        );
        checks.compare("excluded_size", excluded.len(), spec.excluded_size);
        checks.compare("excluded_root", root_of(excluded), digest::hex(spec.excluded_root));
    } else {
        checks.unchecked.push("excluded");
    }
    let Some(pool) = &proof.pool else {
        checks.unchecked.push("pool");
        return None;
    };
    let in_order = checks.compare("pool_order", true, pool.is_sorted_by(|a, b| a.t < b.t));
    checks.compare("pool_size", pool.len(), spec.pool_size);
    checks.compare("pool_root", root_of(pool), digest::hex(spec.pool_root));
    in_order.then_some(pool)
}

fn sorted_reasons(excluded: &[Excluded]) -> bool {
    excluded.iter().all(|line| line.r.is_sorted_by(|a, b| a < b))
}

fn root_of<L: Serialize>(lines: &[L]) -> String {
    digest::hex(merkle::root(&leaves(lines)))
}

/// What it is that nothing shows a number to be the one that was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unproven {
    Unchecked,
    False,
}

/// The bytes of a number, and whether they are shown to be what was fixed.
pub(crate) fn check_number(
    beacon: &Beacon,
    number: &Number,
    unproven: Unproven,
    checks: &mut Checks,
) -> Option<Vec<u8>> {
    let found = &number.bytes;
    match beacon.proven(&number.evidence) {
        Ok(Some(bytes)) => {
            let hex = digest::hex(&bytes);
            checks.compare("beacon", hex, found);
        }
        Ok(None) if unproven == Unproven::Unchecked => checks.unchecked.push("beacon"),
        Ok(None) => {
            checks.compare("beacon", "evidence of the number", found);
        }
        Err(forged) => {
            checks.compare("beacon", forged.to_string(), found);
        }
    }
    let bytes = bytes_of_hex(found).filter(|bytes| !bytes.is_empty());
    if bytes.is_none() {
        checks.compare("beacon", "bytes in base 16", found);
    }
    bytes
}

fn redraw(
    proof: &Proof,
    lines: &[Line],
    seed: &Digest,
    chances: Chances,
    checks: &mut Checks,
) -> Result<Drawn, Unfit> {
    let spec = &proof.spec;
    let pool = Pool::of(spec, lines)?;
    let drawn = pool.draw(seed)?;
    checks.compare("feasible", true, true);
    checks.compare_any("walk", &drawn.walk, proof.walk.as_ref());
    checks.compare_any("selected", &drawn.selected, proof.selected.as_ref());
    checks.compare_any("waitlist", &drawn.waitlist, proof.waitlist.as_ref());
    if let Some(found) = &proof.replacements {
        let left: Vec<Ticket> = found.iter().map(|one| one.left).collect();
        checks.compare("replacements", replacements(&pool, &drawn, &left, &spec.relax)?, found);
    }
    match (&proof.fairness, chances) {
        (Some(found), Chances::Estimated) => {
            checks.compare("fairness", fairness::of(spec, lines, seed)?, found);
        }
        (Some(_), Chances::LeftOut) => checks.unchecked.push("fairness"),
        (None, _) => {}
    }
    Ok(drawn)
}

/// The most replacements of one draw.
const REPLACEMENTS_MOST: usize = 2_000;

/// Who takes the seats of those who leave, one after the other. Who has taken a seat may leave it again.
///
/// # Errors
/// [`Unfit::Lines`] when somebody leaves who has no seat.
pub fn replacements(
    pool: &Pool<'_>,
    drawn: &Drawn,
    left: &[Ticket],
    relax: &[String],
) -> Result<Vec<Replacement>, Unfit> {
    if left.len() > REPLACEMENTS_MOST {
        return Err(Unfit::Lines("more have left than there can be replacements"));
    }
    let (mut seated, mut waiting) = (drawn.selected.clone(), drawn.waitlist.clone());
    let mut made = Vec::with_capacity(left.len());
    for &left in left {
        let place = seated.iter().position(|&ticket| ticket == left);
        seated.remove(place.ok_or(Unfit::Lines("somebody left who had no seat"))?);
        let (taken_by, relaxed) = pool.replace(&seated, &waiting, relax)?;
        seated.extend(taken_by);
        waiting.retain(|ticket| Some(*ticket) != taken_by);
        made.push(Replacement { left, taken_by, relaxed });
    }
    Ok(made)
}
