//! The test vector of `additive-severity/1`, and what holds of every bundle.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, json};

use super::{
    bundle::{Ballot, Bundle, Hashes, Locked, Lot, Score, State, Verdict, inputs_hash, recompute},
    score::Criterion,
    severity::Warning,
    ties::{Prizes, Rule},
    *,
};
use crate::{
    digest::hex,
    draws::{Beacon, beacon::Evidence, priority, proof::Number},
};

mod changes;
mod laws;
mod prize_lines;
mod whole;

const SCORES: [(&str, &str, f64); 15] = [
    ("a", "j1", 80.0),
    ("a", "j2", 72.0),
    ("a", "j3", 90.0),
    ("b", "j1", 78.0),
    ("b", "j2", 70.0),
    ("b", "j4", 64.0),
    ("c", "j1", 60.0),
    ("c", "j3", 79.0),
    ("c", "j4", 52.0),
    ("d", "j2", 81.0),
    ("d", "j3", 95.0),
    ("d", "j4", 77.0),
    ("e", "j1", 66.0),
    ("e", "j2", 58.0),
    ("e", "j4", 49.0),
];
const STARS: [(&str, usize); 4] = [("a", 120), ("b", 15), ("c", 300), ("d", 44)];

fn score(entry: &str, judge: &str, mark: f64) -> Score {
    let marks = BTreeMap::from([("overall".to_owned(), mark)]);
    Score { entry: entry.to_owned(), judge: judge.to_owned(), marks }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The vector, with nothing that can be derived.
fn vector() -> Bundle {
    let ballot = |nth: usize| Ballot {
        voter: format!("v{nth:03}"),
        stars: STARS.iter().filter(|(_, count)| nth < *count).map(|(entry, _)| (*entry).to_owned()).collect(),
        state: State::Counted,
    };
    Bundle {
        formula: FORMULA.to_owned(),
        rules: Map::new(),
        rules_hash: None,
        jury_weight: 0.7,
        rubric: vec![Criterion { key: "overall".to_owned(), weight: 1.0, scale: (0.0, 100.0) }],
        scores: SCORES.iter().map(|&(entry, judge, mark)| score(entry, judge, mark)).collect(),
        ballots: (0..300).map(ballot).collect(),
        withdrawn: BTreeSet::new(),
        tie_order: Vec::new(),
        draw: None,
        calibration: BTreeSet::new(),
        prizes: None,
        stars: None,
        extra_reviews: Vec::new(),
        hashes: None,
        result: None,
    }
}

/// With everything that is published: prizes, a lot whose number is known, all hashes and the result.
fn published(mut bundle: Bundle) -> Bundle {
    bundle.prizes = Some(Prizes { places: vec![1, 1, 2], least: Some(62.5) });
    bundle.tie_order = vec![Rule::FirstRanks, Rule::Lot];
    bundle.stars = Some(4);
    bundle.rules = json!({
        "title": "여름 음료 아이디어 공모전",
        "jury_weight": 0.7,
        "tie_order": ["first_ranks", "lot"],
        "rubric": [{ "key": "overall", "title": "전체", "weight": 1, "scale": [0, 100] }],
        "prizes": [{ "name": "대상", "places": 1 }, { "name": "금상", "places": 1 }, { "name": "은상", "places": 2 }],
        "least_score": 62.5,
        "ballot": { "stars": 4 },
        "lot": { "kind": "manual_sources", "sources": ["로또 6/45 1200회"] },
    })
    .as_object()
    .unwrap()
    .clone();
    let beacon = Beacon::ManualSources { sources: vec!["로또 6/45 1200회".to_owned()] };
    let bytes = [vec![0, 0, 0, 17], b"1 5 12 23 38 44+9".to_vec()].concat();
    let number = Number {
        bytes: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        evidence: Evidence { values: Some(vec!["1 5 12 23 38 44+9".to_owned()]), ..Evidence::default() },
    };
    bundle.draw = Some(Lot { beacon, number: Some(number), seed: None });
    signed(bundle)
}

/// With all that is derived from what it says: what somebody does who changes a bundle and wants it to pass.
fn signed(mut bundle: Bundle) -> Bundle {
    let is = Locked::of(&bundle);
    if let Some(Lot { number: Some(number), seed, .. }) = &mut bundle.draw {
        let bytes: Vec<u8> = crate::draws::bytes_of_hex(&number.bytes).unwrap();
        *seed = Some(hex(priority::seed(&is.lock, &bytes)));
    }
    bundle.rules_hash = Some(hex(is.rules));
    bundle.hashes = Some(Hashes {
        scores_root: Some(hex(is.scores_root)),
        ballots_root: Some(hex(is.ballots_root)),
        lock_hash: Some(hex(is.lock)),
        inputs_hash: Some(hex(inputs_hash(&is.lock, &bundle))),
    });
    bundle.result = Some(json!(recompute(&bundle).result.unwrap()));
    bundle
}

fn failed(verdict: &Verdict) -> Vec<&'static str> {
    verdict.checks.iter().filter(|check| !check.ok).map(|check| check.name).collect()
}

#[test]
fn the_vector_comes_out_to_its_four_decimals() {
    let verdict = recompute(&vector());
    assert!(verdict.valid, "{:?}", failed(&verdict));
    let result = verdict.result.unwrap();
    let figures: Vec<_> = result
        .entries
        .iter()
        .map(|of| (of.entry.as_str(), [of.theta, of.se, of.jury, of.public, of.total], of.rank))
        .collect();
    let expected = [
        ("d", [83.3428, 2.6765, 64.1070, 51.9817, 60.4694], 1),
        ("a", [76.7363, 2.6765, 56.0256, 57.0047, 56.3193], 2),
        ("b", [73.9047, 2.6761, 52.5619, 46.7304, 50.8125], 3),
        ("c", [62.9818, 2.6765, 39.2003, 61.6326, 45.9299], 4),
        ("e", [62.0866, 2.6761, 38.1052, 32.6506, 36.4688], 5),
    ];
    assert_eq!(figures, expected);
    let severity = [("j1", 1.8424), ("j2", -3.3490), ("j3", 11.6969), ("j4", -8.9591)];
    assert_eq!(result.severity, severity.map(|(judge, b)| (judge.to_owned(), b)).into());
    let ties: Vec<_> = result.entries.iter().map(|of| of.tied_with.join(" ")).collect();
    assert_eq!(ties, ["", "b", "a", "e", "c"]);
    // Means 80.667, 70.667, 63.667, 84.333 and 57.667 around 71.4: (376.6 − 96.9) / 376.6.
    assert_eq!((result.icc, result.lines), (Some(0.7426), None));
    assert_eq!(verdict.warnings, []);
}
