//! The result of a bundle, and where another one differs from it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Bundle, Outcome, Place, State, inputs::Inputs};
use crate::{
    digest::Digest,
    draws::proof::Checks,
    judging::{
        hybrid::{self, Standing},
        severity::Fit,
        shown,
        ties::{self, Evidence},
    },
};

pub fn of(bundle: &Bundle, inputs: &Inputs<'_>, fit: &Fit<'_>, seed: Option<Digest>) -> Outcome {
    let competes = |entry: &str| !bundle.calibration.contains(entry);
    let stars = counted(bundle);
    let stars = |entry: &str| stars.get(entry).copied().unwrap_or_default();
    let mut standings = hybrid::standings(fit, competes, stars, bundle.jury_weight);
    standings.retain(|standing| !bundle.withdrawn.contains(standing.entry));
    let evidence = Evidence::of(&inputs.marked, competes, &inputs.extra, seed);
    let lines = bundle.prizes.as_ref();
    Outcome {
        lines: lines.map(|prizes| ties::lines(&standings, prizes, &bundle.tie_order, &evidence)),
        entries: places(&standings),
        severity: fit.severity.iter().map(|&(judge, b)| (judge.to_owned(), shown(b))).collect(),
        icc: fit.agreement.map(shown),
    }
}

/// How many counted ballots name each entry.
fn counted(bundle: &Bundle) -> BTreeMap<&str, u32> {
    let mut stars = BTreeMap::new();
    let counted = bundle.ballots.iter().filter(|ballot| ballot.state == State::Counted);
    for entry in counted.flat_map(|ballot| &ballot.stars) {
        *stars.entry(entry.as_str()).or_default() += 1;
    }
    stars
}

fn places(standings: &[Standing<'_>]) -> Vec<Place> {
    let (ranks, ties) = (hybrid::ranks(standings), ties::tied_with(standings));
    let place = |((one, rank), tied_with): ((&Standing, usize), Vec<String>)| Place {
        entry: one.entry.to_owned(),
        theta: shown(one.theta),
        se: shown(one.se),
        jury: shown(one.jury),
        public: shown(one.public),
        total: shown(one.total),
        rank,
        tied_with,
    };
    standings.iter().zip(ranks).zip(ties).map(place).collect()
}

/// Part by part, so that the check that fails names the part, and shows no more of it than where it differs first.
pub fn compare(expected: &Outcome, found: &Value, checks: &mut Checks) {
    let expected = json!(expected);
    for name in ["entries", "severity", "icc", "lines"] {
        let [expected, found] = [&expected, found].map(|result| result.get(name).unwrap_or(&Value::Null));
        let (expected, found) = first_difference(expected, found);
        checks.compare(name, expected, found);
    }
    let keys =
        |result: &Value| result.as_object().map(|result| result.keys().cloned().collect::<BTreeSet<_>>());
    checks.compare("result", keys(&expected), keys(found));
}

fn first_difference(expected: &Value, found: &Value) -> (Value, Value) {
    let at = |place: usize, list: &[Value]| json!({ "place": place, "value": list.get(place) });
    match (expected, found) {
        _ if expected == found => (json!(true), json!(true)),
        (Value::Array(expected), Value::Array(found)) => {
            let same = expected.iter().zip(found).take_while(|(expected, found)| expected == found).count();
            (at(same, expected), at(same, found))
        }
        _ => (expected.clone(), found.clone()),
    }
}
