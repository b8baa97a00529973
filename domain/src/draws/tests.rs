//! The test vector of `priority-first/1`, and what holds of every draw.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    beacon::{self, Evidence, Forged},
    proof::{Chances, Number, Proof, Replacement, Verdict, replacements, verify},
    *,
};

mod brute;
mod limits;

const PEOPLE: [(&str, &str); 8] = [
    ("20s", "F"),
    ("20s", "F"),
    ("30s", "M"),
    ("30s", "F"),
    ("40s", "M"),
    ("20s", "M"),
    ("30s", "F"),
    ("40s", "F"),
];

/// The ticket of `mem_01` to `mem_08`.
fn ticket(person: usize) -> Ticket {
    let id = format!("mem_{person:02}");
    let mut salt = [0; 16];
    salt.copy_from_slice(&Sha256::digest(format!("salt:{id}"))[..16]);
    priority::ticket("drw_0001", &id, &salt)
}

fn tickets(people: &[usize]) -> Vec<Ticket> {
    people.iter().map(|&person| ticket(person)).collect()
}

/// Quotas of one attribute.
type Values<'a> = &'a [(&'a str, u32, u32)];

fn quotas(of: &[(&str, Values)]) -> Quotas {
    let values = |values: Values| {
        values.iter().map(|&(value, least, most)| (value.to_owned(), (least, most))).collect()
    };
    of.iter().map(|(name, of)| ((*name).to_owned(), values(of))).collect()
}

/// The spec of lines, with the quotas of the vector.
fn spec(lines: &[Line], seats: u32, quotas: Quotas) -> Spec {
    Spec {
        v: VERSION,
        alg: ALGORITHM.to_owned(),
        draw_id: "drw_0001".to_owned(),
        seats,
        waitlist: 2,
        quotas,
        pool_root: merkle::root(&leaves(lines)),
        pool_size: lines.len(),
        excluded_root: merkle::root::<String>(&[]),
        excluded_size: 0,
        beacon: Beacon::Drand {
            chain: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971".to_owned(),
            round: 1000,
        },
        household: false,
        merit: Vec::new(),
        relax: Vec::new(),
    }
}

fn vector() -> (Spec, Vec<Line>) {
    let mut lines: Vec<Line> = (1..=8)
        .map(|person| {
            let (age, gender) = PEOPLE[person - 1];
            let f =
                [("age", age), ("gender", gender)].map(|(name, value)| (name.to_owned(), value.to_owned()));
            Line { f: f.into(), h: None, t: ticket(person), w: 1 }
        })
        .collect();
    lines.sort_by_key(|line| line.t);
    let quotas = quotas(&[
        ("age", &[("20s", 1, 2), ("30s", 1, 2), ("40s", 1, 2)]),
        ("gender", &[("F", 2, 2), ("M", 2, 2)]),
    ]);
    (spec(&lines, 4, quotas), lines)
}

/// Everything that is published of a draw with a stand-in for its number.
fn published(spec: Spec, lines: Vec<Line>, left: &[Ticket]) -> Proof {
    let seed = priority::seed(&spec.hash(), &[3; 32]);
    let pool = Pool::of(&spec, &lines).unwrap();
    let drawn = pool.draw(&seed).unwrap();
    let replacements = replacements(&pool, &drawn, left, &spec.relax).unwrap();
    let fairness = fairness::of(&spec, &lines, &seed).unwrap();
    Proof {
        spec_hash: Some(digest::hex(spec.hash())),
        excluded: Some(Vec::new()),
        beacon: Number { bytes: "03".repeat(32), evidence: Evidence::default() },
        seed: Some(digest::hex(seed)),
        walk: Some(drawn.walk),
        selected: Some(drawn.selected),
        waitlist: Some(drawn.waitlist),
        replacements: Some(replacements),
        fairness: Some(fairness),
        spec,
        pool: Some(lines),
    }
}

#[test]
fn the_vector_comes_out_to_the_byte() {
    let (spec, lines) = vector();
    assert_eq!(ticket(1).to_string(), "f739379a1e9b0746fd3a13b9775e80de");
    let first = r#"{"f":{"age":"30s","gender":"M"},"t":"0bea8c6aeb401bb8186c636651c2a97e","w":1}"#;
    assert_eq!(canonical(&lines[0]), first);
    assert_eq!(
        digest::hex(spec.pool_root),
        "8908fa8dd6095f8a9db23b25bc900bd1f631cc1409980e2f8e55f807f8c13d6c"
    );
    assert_eq!(digest::hex(spec.hash()), "74602d5e332360847f6202ce682f1a01b9a84f2e69f52e15a3f86e0bace864b6");
    let seed = priority::seed(&spec.hash(), &[3; 32]);
    assert_eq!(digest::hex(seed), "42f790b682fa3dc0c977a499a544bace16eb5d0cb481d9ef52526c1c3e876258");
    let pool = Pool::of(&spec, &lines).unwrap();
    let called: Vec<Ticket> = pool.order(&seed).into_iter().map(|place| lines[place].t).collect();
    assert_eq!(called, tickets(&[7, 1, 8, 2, 3, 6, 4, 5]));
    let key = priority::Priorities::of(&seed);
    let firsts = [
        "03059b951189d4b3",
        "58f7091da5bdc753",
        "688c4d66f718dff2",
        "6dffabc4ed3ae7fb",
        "c00bb4ca11ce9caf",
        "c3dfe9155b13d558",
        "cd8284757e40adcd",
        "edcc0e807d449191",
    ];
    for (ticket, first) in called.iter().zip(firsts) {
        assert!(digest::hex(key.of_ticket(*ticket, 1)).starts_with(first));
    }
    let drawn = pool.draw(&seed).unwrap();
    assert_eq!(drawn.selected, tickets(&[7, 1, 3, 5]));
    assert_eq!(drawn.waitlist, tickets(&[8, 2, 6, 4]));
    let reasons: Vec<_> = drawn.walk.iter().map(|step| step.reason.clone()).collect();
    let full = |values: &[&str]| {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Some(Reason { kind: ReasonKind::MaxReached, values })
    };
    let needed = Reason { kind: ReasonKind::WouldMakeMinimumUnreachable, values: vec!["age=40s".to_owned()] };
    let f = full(&["gender=F"]);
    assert_eq!(reasons, [None, None, f.clone(), f, None, Some(needed), full(&["age=30s", "gender=F"]), None]);
    for (left, taken_by) in [(7, Some(8)), (1, Some(2)), (3, Some(6)), (5, None)] {
        let made = replacements(&pool, &drawn, &[ticket(left)], &[]).unwrap();
        let taken_by = taken_by.map(ticket);
        assert_eq!(made, [Replacement { left: ticket(left), taken_by, relaxed: Vec::new() }]);
    }
    let relaxed =
        replacements(&pool, &drawn, &[ticket(5)], &["gender".to_owned(), "age".to_owned()]).unwrap();
    assert_eq!((relaxed[0].taken_by, &relaxed[0].relaxed), (Some(ticket(8)), &vec!["gender".to_owned()]));
}

#[test]
fn a_proof_is_verified_from_what_is_there() {
    let (spec, lines) = vector();
    let proof = published(spec, lines, &tickets(&[7, 5]));
    let Verdict { valid, checks, unchecked, selected, waitlist } = verify(&proof, Chances::Estimated);
    let failed: Vec<_> = checks.iter().filter(|check| !check.ok).collect();
    assert!(valid && failed.is_empty(), "{failed:?}");
    assert_eq!((selected, waitlist), (tickets(&[7, 1, 3, 5]), tickets(&[8, 2, 6, 4])));
    // The vector has a stand-in for its number, which nothing shows.
    assert_eq!((checks.len(), unchecked), (15, vec!["beacon"]));
    // Nothing but what it is computed from.
    let bare = Proof {
        spec_hash: None,
        seed: None,
        walk: None,
        selected: None,
        waitlist: None,
        replacements: None,
        fairness: None,
        ..proof.clone()
    };
    let verdict = verify(&bare, Chances::LeftOut);
    assert!(verdict.valid && verdict.selected == tickets(&[7, 1, 3, 5]), "{verdict:?}");
    // Without its lines, nothing can be drawn again, and the verdict says so.
    let verdict = verify(&Proof { pool: None, excluded: None, ..proof }, Chances::LeftOut);
    assert_eq!((verdict.valid, verdict.unchecked), (true, vec!["excluded", "pool", "beacon"]));
    assert!(verdict.selected.is_empty());
}

#[test]
fn quotas_that_cannot_be_met_say_what_would_help() {
    let (mut spec, lines) = vector();
    spec.quotas.get_mut("age").unwrap().insert("40s".to_owned(), (3, 4));
    let pool = Pool::of(&spec, &lines).unwrap();
    assert_eq!(pool.ensure_feasible(), Err(Unfit::Infeasible));
    assert_eq!(pool.ways_out().unwrap(), ["age=40s"]);
    let proof = Proof { spec, pool: Some(lines), ..published(vector().0, vector().1, &[]) };
    let verdict = verify(&proof, Chances::LeftOut);
    assert!(!verdict.valid && verdict.checks.iter().any(|check| check.name == "feasible" && !check.ok));
}

#[test]
fn one_of_a_household_stands_for_it_and_who_was_scored_sits_before_the_draw() {
    let (mut spec, mut lines) = vector();
    let seed = [9; 32];
    for line in &mut lines {
        let together = [ticket(7), ticket(1)].contains(&line.t);
        line.h = Some(if together { "one home".to_owned() } else { line.t.to_string() });
    }
    spec.household = true;
    let drawn = Pool::of(&spec, &lines).unwrap().draw(&seed).unwrap();
    let both = tickets(&[7, 1]);
    assert!(drawn.selected.iter().filter(|ticket| both.contains(ticket)).count() <= 1);
    assert!(drawn.selected.len() == 4 && drawn.waitlist.len() == 3);
    spec.merit = tickets(&[1]);
    let drawn = Pool::of(&spec, &lines).unwrap().draw(&seed).unwrap();
    assert_eq!(drawn.selected[0], ticket(1));
    assert!(!drawn.selected.contains(&ticket(7)) && !drawn.waitlist.contains(&ticket(7)));
    spec.merit = vec![Ticket([0; 16])];
    assert!(matches!(Pool::of(&spec, &lines), Err(Unfit::Lines(_))));
    // Two more of which the quota lets only one sit.
    spec.merit = tickets(&[2, 4, 8]);
    assert_eq!(Pool::of(&spec, &lines).unwrap().ensure_feasible(), Err(Unfit::Infeasible));
}

#[test]
fn a_number_is_believed_when_it_is_shown() {
    // Round 657413 of quicknet, as drand published it.
    let chain = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
    let drand = |round| Beacon::Drand { chain: chain.to_owned(), round };
    let signature =
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";
    let signed = |text: &str| Evidence { signature: Some(text.to_owned()), ..Evidence::default() };
    let bytes = drand(657_413).proven(&signed(signature)).unwrap().unwrap();
    assert_eq!(
        bytes,
        bytes_of_hex("fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587").unwrap()
    );
    assert_eq!(drand(657_414).proven(&signed(signature)), Err(Forged::Signature));
    assert_eq!(drand(657_413).proven(&signed(&signature.replace('7', "8"))), Err(Forged::Signature));
    assert_eq!(drand(1).proven(&signed("xx")), Err(Forged::Signature));
    let other = Beacon::Drand { chain: "00".to_owned(), round: 1 };
    assert!(matches!(other.proven(&signed(signature)), Err(Forged::Chain(_))));
    assert_eq!(beacon::time_of_round(chain, 1).unwrap().timestamp(), 1_692_803_367);
    let time = beacon::time_of_round(chain, 657_413).unwrap();
    assert_eq!(beacon::first_round_after(time), (chain, 657_414));
    let just_before = time - chrono::TimeDelta::milliseconds(1);
    assert_eq!(beacon::first_round_after(just_before), (chain, 657_413));

    let sources = Beacon::ManualSources { sources: vec!["로또 1200회".to_owned(), "KOSPI".to_owned()] };
    let of = |values: &[&str]| {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Evidence { values: Some(values), ..Evidence::default() }
    };
    let bytes = sources.proven(&of(&["1 2", "3"])).unwrap().unwrap();
    assert_eq!(bytes, [0, 0, 0, 3, b'1', b' ', b'2', 0, 0, 0, 1, b'3']);
    assert_eq!(sources.proven(&of(&["1 2"])), Err(Forged::Values));
    assert_eq!(sources.proven(&of(&["1 2", ""])), Err(Forged::Values));

    let hide = |nonce: &[u8]| digest::hex(Sha256::digest(nonce));
    let many = Beacon::MultiParty { commitments: vec![hide(b"a"), hide(b"b"), hide(b"c")] };
    let show = |pairs: &[(&[u8], &str)]| {
        let nonces = pairs.iter().map(|(nonce, hex)| (hide(nonce), (*hex).to_owned())).collect();
        Evidence { nonces: Some(nonces), ..Evidence::default() }
    };
    let bytes = many.proven(&show(&[(b"a", "61"), (b"c", "63")])).unwrap().unwrap();
    let mut sorted = [(hide(b"a"), b'a'), (hide(b"c"), b'c')];
    sorted.sort();
    assert_eq!(bytes, [0, 0, 0, 1, sorted[0].1, 0, 0, 0, 1, sorted[1].1]);
    assert!(matches!(many.proven(&show(&[(b"a", "62")])), Err(Forged::Nonce(_))));
    assert!(matches!(many.proven(&show(&[(b"d", "64")])), Err(Forged::Nonce(_))));
    assert_eq!(many.proven(&show(&[])), Err(Forged::Nobody));
}

#[test]
fn a_changed_byte_anywhere_is_caught() {
    let (spec, lines) = vector();
    let mut proof = published(spec, lines, &tickets(&[7]));
    proof.spec.household = false;
    let text = serde_json::to_string(&proof).unwrap();
    assert!(verify(&serde_json::from_str(&text).unwrap(), Chances::LeftOut).valid);
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = match bytes[place] {
            b'9' => b'8',
            digit @ b'0'..=b'8' => digit + 1,
            b'f' => b'e',
            other => other ^ 1,
        };
        let Ok(changed) = serde_json::from_slice::<Proof>(&bytes) else { continue };
        // Only a change of the chances themselves takes two thousand draws to be seen.
        let caught = changed == proof
            || !verify(&changed, Chances::LeftOut).valid
            || !verify(&changed, Chances::Estimated).valid;
        assert!(caught, "{place}: {}", String::from_utf8_lossy(&bytes[place.saturating_sub(30)..place + 9]));
    }
}

#[test]
fn canonical_json_is_sorted_and_unescaped() {
    let value = serde_json::json!({ "b": [1, null, true], "a": "한글 \"\\\n\u{1}\u{7f}", "A": {} });
    assert_eq!(canonical(&value), "{\"A\":{},\"a\":\"한글 \\\"\\\\\\n\\u0001\u{7f}\",\"b\":[1,null,true]}");
    let line = Line { f: BTreeMap::new(), h: Some("x".to_owned()), t: Ticket([0xab; 16]), w: 2 };
    assert_eq!(canonical(&line), format!("{{\"f\":{{}},\"h\":\"x\",\"t\":\"{}\",\"w\":2}}", "ab".repeat(16)));
}
