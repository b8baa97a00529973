//! How long draws take: `cargo bench -p madang-domain --bench draw`. The figures are in `docs/PERFORMANCE.md`.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::{collections::BTreeMap, time::Instant};

use domain::draws::{
    ALGORITHM, Beacon, Line, Pool, Quotas, Spec, Ticket, VERSION,
    beacon::Evidence,
    leaves, merkle, priority,
    proof::{Chances, Number, Proof, verify},
};
use sha2::{Digest as _, Sha256};

const AGES: [(&str, u32); 5] = [("10s", 4), ("20s", 12), ("30s", 28), ("40s", 36), ("50s", 20)];
const GENDERS: [(&str, u32); 2] = [("F", 62), ("M", 38)];
const REGIONS: [(&str, u32); 6] =
    [("seoul", 48), ("busan", 20), ("daegu", 14), ("gwangju", 9), ("gangwon", 6), ("jeju", 3)];

/// A value of a skewed attribute, by a number from 0 to 99.
fn value(of: &[(&str, u32)], mut at: u32) -> String {
    let found = of.iter().find(|(_, share)| {
        let here = at < *share;
        at = at.saturating_sub(*share);
        here
    });
    found.unwrap_or(&of[0]).0.to_owned()
}

fn people(count: u32) -> Vec<Line> {
    let person = |nth: u32| {
        let chance: [u8; 32] = Sha256::digest(nth.to_be_bytes()).into();
        let at = |place: usize| u32::from(u16::from_be_bytes([chance[place], chance[place + 1]])) % 100;
        let f = [
            ("age", value(&AGES, at(0))),
            ("gender", value(&GENDERS, at(2))),
            ("region", value(&REGIONS, at(4))),
        ];
        let f = f.map(|(name, value)| (name.to_owned(), value));
        Line { f: BTreeMap::from(f), h: None, t: Ticket(chance[16..].try_into().unwrap()), w: 1 }
    };
    let mut lines: Vec<Line> = (0..count).map(person).collect();
    lines.sort_by_key(|line| line.t);
    lines
}

/// As many seats for each value as for any other, give or take a few: far from the shares of those who apply.
fn quotas(seats: u32) -> Quotas {
    let even = |of: &[(&str, u32)]| {
        let share = seats / u32::try_from(of.len()).unwrap();
        of.iter().map(|(value, _)| ((*value).to_owned(), (share - share / 10, share + share / 10))).collect()
    };
    [("age", even(&AGES)), ("gender", even(&GENDERS)), ("region", even(&REGIONS))]
        .map(|(name, values)| (name.to_owned(), values))
        .into()
}

fn main() {
    for (count, seats) in [(10_000, 500), (100_000, 500), (100_000, 5_000)] {
        let lines = people(count);
        let started = Instant::now();
        let spec = Spec {
            v: VERSION,
            alg: ALGORITHM.to_owned(),
            draw_id: "bench".to_owned(),
            seats,
            waitlist: 50,
            quotas: quotas(seats),
            pool_root: merkle::root(&leaves(&lines)),
            pool_size: lines.len(),
            excluded_root: merkle::root::<String>(&[]),
            excluded_size: 0,
            beacon: Beacon::ManualSources { sources: vec!["a die".to_owned()] },
            household: false,
            merit: Vec::new(),
            relax: Vec::new(),
        };
        let locked = started.elapsed();
        let seed = priority::seed(&spec.hash(), &[3; 32]);
        let started = Instant::now();
        let drawn = Pool::of(&spec, &lines).unwrap().draw(&seed).unwrap();
        let took = started.elapsed();
        let proof = Proof {
            spec_hash: None,
            excluded: Some(Vec::new()),
            beacon: Number { bytes: "03".repeat(32), evidence: Evidence::default() },
            seed: None,
            walk: Some(drawn.walk),
            selected: Some(drawn.selected),
            waitlist: Some(drawn.waitlist),
            replacements: None,
            fairness: None,
            spec,
            pool: Some(lines),
        };
        let started = Instant::now();
        assert!(verify(&proof, Chances::LeftOut).valid);
        let verified = started.elapsed();
        println!(
            "{count} people, {seats} seats: lock {:.3} s, draw {:.3} s, verify {:.3} s",
            locked.as_secs_f64(),
            took.as_secs_f64(),
            verified.as_secs_f64()
        );
    }
}
