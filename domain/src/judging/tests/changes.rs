//! A bundle says what it says: the same in any order, and nothing else once a byte is changed.

use super::*;

/// The example that is published, whose result `docs/verify/contest.py` computes as well.
const EXAMPLE: &str = include_str!("../../../../docs/verify/contest.json");

#[test]
fn the_published_example_is_the_vector_with_everything_that_can_be_published() {
    let example: Bundle = serde_json::from_str(EXAMPLE).unwrap();
    assert_eq!(example, published(vector()));
    let verdict = recompute(&example);
    assert!(verdict.valid && verdict.unchecked.is_empty(), "{:?}", failed(&verdict));
}

#[test]
fn recomputing_a_result_gives_it_byte_for_byte() {
    let bundle = published(vector());
    let first = recompute(&bundle);
    let again = Bundle { result: Some(json!(first.result)), ..bundle.clone() };
    let again: Bundle = serde_json::from_str(&serde_json::to_string(&again).unwrap()).unwrap();
    let second = recompute(&again);
    assert!(second.valid, "{:?}", failed(&second));
    assert_eq!(first.canonical_result(), second.canonical_result());
    // Without what can be derived, the same is computed.
    let bare = Bundle {
        rules_hash: None,
        hashes: None,
        result: None,
        draw: bundle.draw.clone().map(|lot| Lot { seed: None, ..lot }),
        ..bundle
    };
    let third = recompute(&bare);
    assert_eq!((third.valid, third.canonical_result()), (true, first.canonical_result()));
    assert_eq!(third.lock_hash, first.lock_hash);
    // And it is said that nothing was there to compare with.
    let derived = ["rules_hash", "scores_root", "ballots_root", "lock_hash", "inputs_hash", "seed", "result"];
    assert_eq!(third.unchecked, derived);
    assert_eq!(recompute(&vector()).unchecked[0], "rules", "which say nothing");
}

/// A bundle that is right in itself, and computed with something else than what its rules say.
#[test]
fn what_is_computed_with_is_what_the_rules_say() {
    let cases: [Named; 11] = [
        ("rules.rubric", |bundle| bundle.rubric[0].scale = (0.0, 101.0)),
        ("rules.jury_weight", |bundle| bundle.jury_weight = 0.6),
        ("rules.tie_order", |bundle| bundle.tie_order.reverse()),
        ("rules.prizes", |bundle| bundle.prizes.as_mut().unwrap().places = vec![1, 2]),
        ("rules.prizes", |bundle| bundle.prizes.as_mut().unwrap().least = None),
        ("rules.prizes", |bundle| bundle.prizes = None),
        ("rules.stars", |bundle| bundle.stars = Some(5)),
        ("rules.lot", |bundle| {
            let beacon = Beacon::ManualSources { sources: vec!["로또 6/45 1201회".to_owned()] };
            bundle.draw.as_mut().unwrap().beacon = beacon;
        }),
        ("rules.lot", |bundle| {
            let beacon = Beacon::Drand { chain: "00".to_owned(), round: 7 };
            bundle.draw = Some(Lot { beacon, number: None, seed: None });
        }),
        ("rules.lot", |bundle| bundle.draw = None),
        ("rules", |bundle| drop(bundle.rules.insert("prizes".to_owned(), json!([{ "places": "1" }])))),
    ];
    for (name, change) in cases {
        let mut bundle = published(vector());
        change(&mut bundle);
        assert_eq!(failed(&recompute(&signed(bundle))), [name]);
    }
    // What terms leave out has a meaning too.
    for left_out in ["least_score", "ballot", "lot"] {
        let mut bundle = published(vector());
        bundle.rules.remove(left_out);
        let name = ["rules.prizes", "rules.stars", "rules.lot"]
            [["least_score", "ballot", "lot"].iter().position(|name| *name == left_out).unwrap()];
        assert_eq!(failed(&recompute(&signed(bundle))), [name]);
    }
}

#[test]
fn a_round_with_a_cut_is_computed_with_what_the_rules_of_its_contest_say() {
    let mut bundle = published(vector());
    let mut contest = bundle.rules.clone();
    contest.insert(
        "judging".to_owned(),
        json!({ "rounds": [{ "name": "예심", "cut_to": 3 }, { "name": "본심" }] }),
    );
    bundle.rules = json!({ "contest": contest, "round": 1 }).as_object().unwrap().clone();
    bundle = Bundle {
        jury_weight: 1.0,
        tie_order: vec![Rule::FirstRanks, Rule::JointPrize],
        prizes: Some(Prizes { places: vec![3], least: None }),
        ballots: Vec::new(),
        stars: None,
        draw: None,
        ..bundle
    };
    let bundle = signed(bundle);
    assert_eq!(failed(&recompute(&bundle)), [""; 0]);
    let cases: [Named; 6] = [
        ("rules.prizes", |bundle| bundle.prizes.as_mut().unwrap().places = vec![2]),
        ("rules.rubric", |bundle| bundle.rubric[0].key = "all".to_owned()),
        ("rules.jury_weight", |bundle| bundle.jury_weight = 0.7),
        ("rules.tie_order", |bundle| bundle.tie_order = vec![Rule::JointPrize]),
        ("rules", |bundle| drop(bundle.rules.insert("round".to_owned(), json!(2)))),
        ("rules", |bundle| drop(bundle.rules.remove("round"))),
    ];
    for (name, change) in cases {
        let mut forged = bundle.clone();
        change(&mut forged);
        if name == "rules.rubric" {
            forged.scores.iter_mut().for_each(|score| score.marks = [("all".to_owned(), 50.0)].into());
        }
        assert_eq!(failed(&recompute(&signed(forged))), [name]);
    }
}

#[test]
fn a_number_that_nothing_shows_draws_no_lot() {
    let mut bundle = published(vector());
    bundle.draw.as_mut().unwrap().number.as_mut().unwrap().evidence = Evidence::default();
    assert_eq!(failed(&recompute(&signed(bundle))), ["beacon"]);
}

#[test]
fn rules_are_not_as_long_as_a_bundle_may_be() {
    let mut written = json!(published(vector()));
    written["rules"]["more"] = json!(vec![0; 1 << 19]);
    let refused = serde_json::from_str::<Bundle>(&written.to_string()).unwrap_err();
    assert!(refused.to_string().starts_with("rules have at most 1048576 bytes"), "{refused}");
}

#[test]
fn a_changed_byte_anywhere_is_caught() {
    // Fewer ballots, of which two do not count, so that every byte can be tried.
    let mut bundle = vector();
    bundle.ballots.retain(|ballot| ballot.voter.ends_with("09"));
    bundle.ballots[0].state = State::Held;
    bundle.ballots[1].state = State::Rejected;
    bundle.withdrawn = set(&["z"]);
    bundle.calibration = set(&["e"]);
    let bundle = published(bundle);
    let text = serde_json::to_string(&bundle).unwrap();
    assert!(recompute(&serde_json::from_str(&text).unwrap()).valid);
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = match bytes[place] {
            b'9' => b'8',
            digit @ b'0'..=b'8' => digit + 1,
            b'f' => b'e',
            other => other ^ 1,
        };
        let Ok(changed) = serde_json::from_slice::<Bundle>(&bytes) else { continue };
        let caught = changed == bundle || !recompute(&changed).valid;
        assert!(caught, "{place}: {}", String::from_utf8_lossy(&bytes[place.saturating_sub(30)..place + 9]));
    }
}

/// A change, and the check or the reason that is to name it.
type Named = (&'static str, fn(&mut Bundle));

#[test]
fn what_was_changed_is_named() {
    let cases: [Named; 16] = [
        ("formula", |bundle| bundle.formula = "additive-severity/2".to_owned()),
        ("inputs", |bundle| bundle.rubric[0].weight = 0.0),
        ("rules.jury_weight", |bundle| bundle.jury_weight = 0.6),
        ("rules.tie_order", |bundle| bundle.tie_order.reverse()),
        ("rules.rubric", |bundle| bundle.rubric[0].scale = (0.0, 101.0)),
        ("rules_hash", |bundle| drop(bundle.rules.insert("title".to_owned(), json!("겨울")))),
        ("scores_root", |bundle| bundle.scores[0] = score("a", "j1", 80.0001)),
        ("ballots_root", |bundle| bundle.ballots[299].voter = "somebody".to_owned()),
        ("ballots_root", |bundle| bundle.ballots[0].state = State::Held),
        ("lock_hash", |bundle| bundle.stars = Some(5)),
        ("lock_hash", |bundle| bundle.calibration = set(&["e"])),
        ("inputs_hash", |bundle| bundle.withdrawn = set(&["nobody"])),
        ("inputs_hash", |bundle| bundle.extra_reviews = vec![score("a", "j9", 1.0)]),
        ("beacon", |bundle| {
            bundle.draw.as_mut().unwrap().number.as_mut().unwrap().bytes.push_str("00");
        }),
        ("seed", |bundle| bundle.draw.as_mut().unwrap().seed = Some("00".to_owned())),
        ("lines", |bundle| bundle.result.as_mut().unwrap()["lines"][0]["places"] = json!(2)),
    ];
    for (name, change) in cases {
        let mut bundle = published(vector());
        change(&mut bundle);
        let verdict = recompute(&bundle);
        assert!(!verdict.valid && failed(&verdict).contains(&name), "{name}: {:?}", failed(&verdict));
    }
}

#[test]
fn a_result_that_differs_is_shown_where_it_differs_first() {
    let mut bundle = published(vector());
    bundle.result.as_mut().unwrap()["entries"][2]["theta"] = json!(73.9048);
    let verdict = recompute(&bundle);
    let check = verdict.checks.iter().find(|check| check.name == "entries").unwrap();
    assert_eq!((&check.expected["place"], &check.found["place"]), (&json!(2), &json!(2)));
    assert_eq!(
        (&check.expected["value"]["theta"], &check.found["value"]["theta"]),
        (&json!(73.9047), &json!(73.9048))
    );
    assert_eq!(failed(&verdict), ["entries"]);
    for result in
        [json!({}), json!([]), json!("x"), json!({ "entries": [], "severity": {}, "icc": null, "more": 1 })]
    {
        bundle.result = Some(result);
        assert!(failed(&recompute(&bundle)).contains(&"result"));
    }
}

#[test]
fn what_cannot_be_computed_with_names_its_place_and_gives_no_result() {
    let cases: [Named; 17] = [
        ("rubric: a rubric has 1 to 20 criteria", |bundle| bundle.rubric.clear()),
        ("rubric: criterion 0: a scale", |bundle| bundle.rubric[0].scale = (5.0, 5.0)),
        ("jury_weight", |bundle| bundle.jury_weight = 0.49),
        ("jury_weight", |bundle| bundle.jury_weight = 1.1),
        ("scores[2].marks.overall: a mark is from 0 to 100", |bundle| {
            bundle.scores[2] = score("a", "j3", 100.01)
        }),
        ("scores[2].marks.overall: has no mark", |bundle| bundle.scores[2].marks.clear()),
        ("scores[1]: j1 scored a before", |bundle| bundle.scores[1] = score("a", "j1", 1.0)),
        ("scores[0]: a name", |bundle| bundle.scores[0].judge = String::new()),
        ("extra_reviews[0]: j1 scored a before", |bundle| bundle.extra_reviews = vec![score("a", "j1", 1.0)]),
        ("ballots[1]: v000 has another", |bundle| bundle.ballots[1].voter = "v000".to_owned()),
        ("ballots[0]: more than 1 stars", |bundle| bundle.stars = Some(1)),
        ("ballots[7]: more than 10 stars", |bundle| {
            bundle.ballots[7].stars = (0..11).map(|nth| nth.to_string()).collect();
        }),
        ("stars", |bundle| bundle.stars = Some(11)),
        ("prizes", |bundle| bundle.prizes = Some(Prizes { places: vec![1, 0], least: None })),
        ("tie_order", |bundle| bundle.tie_order = vec![Rule::Lot, Rule::Lot]),
        ("rules", |bundle| drop(bundle.rules.insert("x".to_owned(), json!([{ "y": 0.00001 }])))),
        ("scores: more than 50000", |bundle| bundle.scores = vec![score("a", "j1", 1.0); 50_001]),
    ];
    for (why, change) in cases {
        let mut bundle = vector();
        change(&mut bundle);
        let verdict = recompute(&bundle);
        assert_eq!((failed(&verdict), &verdict.result), (vec!["inputs"], &None), "{why}");
        let found = verdict.checks.last().unwrap().found.as_str().unwrap();
        assert!(found.starts_with(why), "{found}");
    }
}

#[test]
fn too_many_entries_or_judges_are_refused_before_anything_is_solved() {
    let mut bundle = vector();
    bundle.scores = (0..=ENTRIES_MOST).map(|nth| score(&nth.to_string(), "j", 1.0)).collect();
    let verdict = recompute(&bundle);
    assert_eq!(verdict.checks.last().unwrap().found, json!("scores: of more than 2000 entries"));
    bundle.scores = (0..=JUDGES_MOST).map(|nth| score("a", &nth.to_string(), 1.0)).collect();
    let verdict = recompute(&bundle);
    assert_eq!(verdict.checks.last().unwrap().found, json!("scores: by more than 300 judges"));
}

#[test]
fn a_contest_without_a_ballot_is_the_jury_s_and_one_without_a_score_is_empty() {
    let bundle = Bundle { ballots: Vec::new(), jury_weight: 1.0, ..vector() };
    let result = recompute(&bundle).result.unwrap();
    assert!(result.entries.iter().all(|of| of.public == 50.0 && of.total == of.jury));
    let verdict = recompute(&Bundle { scores: Vec::new(), ..bundle });
    assert!(verdict.valid);
    assert_eq!(verdict.canonical_result(), r#"{"entries":[],"icc":null,"severity":{}}"#);
}

#[test]
fn who_is_disqualified_moves_nobody_else_s_figures_and_the_next_in_line_moves_up() {
    let before = recompute(&vector()).result.unwrap();
    let after = recompute(&Bundle { withdrawn: set(&["d"]), ..vector() }).result.unwrap();
    assert_eq!(after.severity, before.severity);
    let names: Vec<_> = after.entries.iter().map(|of| (of.entry.as_str(), of.rank)).collect();
    assert_eq!(names, [("a", 1), ("b", 2), ("c", 3), ("e", 4)]);
    for (now, then) in after.entries.iter().zip(&before.entries[1..]) {
        assert_eq!((&now.entry, now.theta, now.total), (&then.entry, then.theta, then.total));
    }
    // What everybody scored to be compared by tells of judges, and neither competes nor sets the scale of those who do.
    let calibrated = recompute(&Bundle { calibration: set(&["d"]), ..vector() }).result.unwrap();
    assert_eq!(calibrated.severity, before.severity);
    assert_eq!(calibrated.entries[0].theta, before.entries[1].theta);
    assert_ne!(calibrated.entries[0].total, before.entries[1].total);
}

#[test]
fn what_makes_a_result_weak_is_told() {
    let mut bundle = vector();
    bundle.scores.retain(|score| score.entry != "b" || score.judge == "j1");
    for (entry, mark) in [("x", 50.0), ("y", 50.0), ("z", 50.0)] {
        bundle.scores.push(score(entry, "alone", mark));
    }
    let few = |entry: &str| Warning::FewReviews { entry: entry.to_owned(), reviews: 1 };
    let parts = vec![vec!["alone".to_owned()], ["j1", "j2", "j3", "j4"].map(str::to_owned).to_vec()];
    let flat = Warning::AllEqual { judge: "alone".to_owned(), scores: 3 };
    let expected = [few("b"), few("x"), few("y"), few("z"), Warning::NotConnected { parts }, flat];
    assert_eq!(recompute(&bundle).warnings, expected);
    // Two judges who say the opposite agree on nothing.
    bundle.scores = ["a", "b"]
        .iter()
        .flat_map(|entry| {
            let up = if *entry == "a" { 90.0 } else { 10.0 };
            [score(entry, "up", up), score(entry, "down", 100.0 - up), score(entry, "mid", 50.0)]
        })
        .collect();
    let verdict = recompute(&bundle);
    // Nothing lies between the entries at all, so there is nothing that judges could agree on.
    assert_eq!((verdict.result.unwrap().icc, verdict.warnings), (None, vec![]));
    bundle.scores[0] = score("a", "up", 95.0);
    let verdict = recompute(&bundle);
    let icc = verdict.result.unwrap().icc.unwrap();
    assert!(icc < 0.0);
    assert_eq!(verdict.warnings, [Warning::LowAgreement { icc }]);
}
