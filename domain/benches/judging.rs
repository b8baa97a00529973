//! How long judging takes: `cargo bench -p madang-domain --bench judging`. The figures are in `docs/PERFORMANCE.md`.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use chrono::DateTime;
use domain::{
    EntryId, MemberId,
    contests::{
        Contest, Marks,
        results::{Cast as Voted, Field, Purpose, Sent, Since},
        terms::Terms,
    },
    digest,
    judging::{
        FORMULA,
        assignment::{Assigned, Plan, assign},
        ballots::signals::{Cast, Limits, suspicions},
        bundle::{Ballot, Bundle, Score, State, recompute},
        hybrid::standings,
        score::Criterion,
        severity::{Review, fit, parts},
        ties::{Evidence, Marked, Prizes, Rule, lines},
    },
};
use serde_json::json;

const KEYS: [&str; 3] = ["idea", "use", "craft"];

/// The same number for the same things, below a most.
fn chance(of: &[usize], most: usize) -> usize {
    let bytes: Vec<[u8; 8]> = of.iter().map(|part| part.to_be_bytes()).collect();
    let digest = digest::of(&bytes.iter().map(<[u8; 8]>::as_slice).collect::<Vec<_>>());
    usize::from(u16::from_be_bytes([digest[0], digest[1]])) % most
}

fn names(letter: char, count: usize) -> Vec<String> {
    (0..count).map(|nth| format!("{letter}{nth:06}")).collect()
}

/// Does something, and says how long it took.
fn timed<T>(does: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let done = does();
    (done, started.elapsed().as_secs_f64())
}

/// So many of a hundred pairs are in conflict, and of the others every judge knows something of some.
fn assigned(entries: &[String], judges: &[String], reviews: usize, conflicts: usize) -> (Assigned, f64) {
    let [entries, judges] =
        [entries, judges].map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
    let pairs = || {
        entries
            .iter()
            .enumerate()
            .flat_map(|(e, &entry)| judges.iter().enumerate().map(move |(j, &judge)| (e, j, (entry, judge))))
    };
    let plan = Plan {
        conflicts: pairs()
            .filter(|&(e, j, _)| chance(&[e, j], 100) < conflicts)
            .map(|(.., pair)| pair)
            .collect(),
        expertise: pairs()
            .map(|(e, j, pair)| (pair, u8::try_from(chance(&[j, e, 1], 5) * 25).unwrap()))
            .collect(),
        reviews,
        most: entries.len() * reviews / judges.len() + 10,
        seed: [7; 32],
        entries: entries.clone(),
        judges: judges.clone(),
        ..Plan::default()
    };
    let (assigned, seconds) = timed(|| assign(&plan).unwrap());
    let loads = assigned.loads();
    let (least, most) = (loads.values().min().unwrap(), loads.values().max().unwrap());
    let in_conflict =
        plan.conflicts.iter().filter(|(entry, judge)| assigned.judges[*entry].contains(*judge)).count();
    assert!(assigned.judges.values().all(|of| of.len() == reviews));
    assert!(loads.len() == judges.len() && most - least <= 1 && assigned.parts == 1 && in_conflict == 0);
    println!(
        "{} entries × {reviews} reviews over {} judges, {conflicts} % in conflict: assigned in {seconds:.3} s, {least} to {most} each, {} part, {in_conflict} in conflict",
        entries.len(),
        judges.len(),
        assigned.parts
    );
    (assigned, seconds)
}

fn bundle(assigned: &Assigned, voters: usize) -> Bundle {
    let entries: Vec<&String> = assigned.judges.keys().collect();
    let score = |(e, entry): (usize, &String), judge: &String| Score {
        entry: entry.clone(),
        judge: judge.clone(),
        marks: KEYS
            .map(|key| {
                (key.to_owned(), chance(&[e, usize::from(judge.as_bytes()[6]), key.len()], 11) as f64 / 2.0)
            })
            .into(),
    };
    let scores = assigned
        .judges
        .iter()
        .enumerate()
        .flat_map(|(e, (entry, of))| of.iter().map(move |judge| score((e, entry), judge)));
    let ballot = |nth: usize| Ballot {
        voter: format!("v{nth}"),
        stars: (0..3).map(|star| entries[chance(&[nth, star], entries.len())].clone()).collect(),
        state: State::Counted,
    };
    let criterion = |(key, weight): (&str, f64)| Criterion { key: key.to_owned(), weight, scale: (0.0, 5.0) };
    Bundle {
        formula: FORMULA.to_owned(),
        rules: serde_json::Map::new(),
        rules_hash: None,
        jury_weight: 0.7,
        rubric: KEYS.into_iter().zip([0.5, 0.3, 0.2]).map(criterion).collect(),
        scores: scores.collect(),
        ballots: (0..voters).map(ballot).collect(),
        withdrawn: BTreeSet::new(),
        tie_order: Vec::new(),
        draw: None,
        calibration: BTreeSet::new(),
        prizes: Some(Prizes { places: vec![1, 3, 10], least: None }),
        stars: None,
        extra_reviews: Vec::new(),
        hashes: None,
        result: None,
    }
}

fn judged<'a>(assigned: &'a Assigned) {
    let pairs = assigned.judges.iter().flat_map(|(entry, of)| of.iter().map(move |judge| (entry, judge)));
    let review = |(nth, (entry, judge)): (usize, (&'a String, &'a String))| Review {
        entry,
        judge,
        y: chance(&[nth], 101) as f64,
    };
    let reviews: Vec<Review> = pairs.enumerate().map(review).collect();
    let (fit, seconds) = timed(|| fit(&reviews).unwrap());
    assert_eq!((fit.entries.len(), parts(&reviews).len()), (assigned.judges.len(), 1));
    println!(
        "{} scores of {} entries by {} judges: the model in {seconds:.4} s",
        reviews.len(),
        fit.entries.len(),
        fit.severity.len()
    );
}

/// Three stars each, over a week; one in a hundred is of a ring, which votes within ten minutes.
fn voted(count: usize) {
    let entries = names('e', 1_000);
    let cast = |nth: usize| {
        let ring = chance(&[nth, 9], 100) == 0;
        let star =
            |star: usize| if ring { star } else { chance(&[nth, star], 40) * chance(&[nth, star, 1], 25) };
        let seconds = if ring { 300_000 + nth % 600 } else { nth * 604_800 / count };
        Cast {
            at: DateTime::from_timestamp(1_790_000_000 + seconds as i64, 0).unwrap(),
            stars: (0..3).map(|nth| entries[star(nth)].as_str()).collect(),
            first_act: ring || chance(&[nth, 10], 10) == 0,
            prefix: Some(chance(&[nth, 11], 5_000) as u64),
            seconds_on_page: Some(10),
        }
    };
    let casts: Vec<Cast> = (0..count).map(cast).collect();
    let (found, seconds) = timed(|| suspicions(&casts, &Limits::default()));
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for suspicion in &found {
        let kind = serde_json::to_value(&suspicion.signal).unwrap()["kind"].to_string();
        *kinds.entry(kind).or_default() += suspicion.ballots.len();
    }
    println!("{count} ballots: signals in {seconds:.3} s, naming {kinds:?}");
}

/// Entries that no judge tells apart: half of them contradict the other half. Half win the same prize, one after the other, by rules that
/// part nobody until the lot.
fn tied(count: usize) {
    let names = names('e', count);
    let marked: Vec<Marked> = names
        .iter()
        .enumerate()
        .flat_map(|(nth, entry)| {
            let up = if nth % 2 == 0 { 100.0 } else { 0.0 };
            [("j1", up), ("j2", 100.0 - up)]
                .map(|(judge, y)| Marked { review: Review { entry, judge, y }, heaviest: y / 100.0 })
        })
        .collect();
    let reviews: Vec<Review> = marked.iter().map(|marked| marked.review).collect();
    let standings = standings(&fit(&reviews).unwrap(), |_| true, |_| 0, 1.0);
    let evidence = Evidence::of(&marked, |_| true, &[], Some([7; 32]));
    let prizes = Prizes { places: vec![u32::try_from(count / 2).unwrap()], least: None };
    let (lines, seconds) = timed(|| {
        lines(&standings, &prizes, &[Rule::HeaviestCriterion, Rule::FirstRanks, Rule::Lot], &evidence)
    });
    assert_eq!((lines[0].awarded.len(), lines[0].contested.len()), (count / 2, count));
    let said: usize = lines[0].decided.iter().map(|decision| decision.of.len()).sum();
    assert!(said <= count * (count + 1) / 2);
    println!(
        "{count} entries that are all tied, {} places: parted in {seconds:.3} s, naming {said}",
        count / 2
    );
}

/// What the lock of a contest takes inside its transaction, but for reading and storing.
fn frozen(voters: usize) {
    let terms = json!({
        "title": "공모전", "brief": "이름을 지어 주세요.", "contact": "a@example.com", "originality_statement": "제 것입니다.",
        "ai_policy": "적어 주세요.", "rules": "한 사람에 하나.", "jury_weight": 0.7,
        "schedule": { "opens_at": "2027-01-01T00:00:00Z", "closes_at": "2027-01-02T00:00:00Z", "judging_until": "2027-01-03T00:00:00Z", "provisional_at": "2027-01-04T00:00:00Z" },
        "rubric": [{ "key": "idea", "title": "참신함", "weight": 1, "scale": [0, 10] }],
        "ballot": { "stars": 3, "opens_at": "2027-01-02T00:00:00Z", "closes_at": "2027-01-03T00:00:00Z" },
        "prizes": [{ "rank": 1, "name": "대상", "kind": "cash", "value_krw": 1, "tax_category": "contest" }],
    });
    let terms: Terms = serde_json::from_value(terms).unwrap();
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let contest = Contest {
        id: uuid::Uuid::from_u128(1).into(),
        terms: terms.checked().unwrap(),
        marks: Marks::default(),
        rules_hash: None,
        secret: [7; 32],
        round: 1,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    let entry = |nth: usize| EntryId::from(uuid::Uuid::from_u128(nth as u128 + 1));
    let member = |nth: usize| MemberId::from(uuid::Uuid::from_u128(nth as u128 + 1));
    let sent = |nth: usize| Sent {
        entry: entry(nth / 3),
        judge: member(nth / 3 % 20 + nth % 3),
        marks: [("idea".to_owned(), chance(&[nth], 11) as f64)].into(),
        purpose: Purpose::Score,
    };
    let cast = |nth: usize| Voted {
        voter: member(nth),
        stars: (0..3).map(|star| entry(chance(&[nth, star], 1_000))).collect(),
        state: State::Counted,
    };
    let field = Field {
        entries: (0..1_000).map(entry).collect(),
        sent: (0..3_000).map(sent).collect(),
        open: 0,
        ballots: (0..voters).map(cast).collect(),
    };
    let (result, seconds) =
        timed(|| contest.computed(contest.frozen(&field, at).unwrap(), &Since::default()).unwrap());
    assert_eq!(result.1.counts.counted, voters);
    println!("1,000 entries and {voters} ballots: frozen and computed in {seconds:.3} s");
}

fn main() {
    tied(2_000);
    [100_000, 1_000_000].into_iter().for_each(frozen);
    for (entries, judges, reviews) in [(1_000, 60, 3), (2_000, 300, 5)] {
        let (assigned, seconds) = assigned(&names('e', entries), &names('j', judges), reviews, 10);
        assert!(entries > 1_000 || seconds < 5.0);
        judged(&assigned);
        let bundle = bundle(&assigned, 100_000);
        let (verdict, seconds) = timed(|| recompute(&bundle));
        assert!(verdict.valid && verdict.result.is_some());
        println!("the same with 100,000 ballots: recomputed in {seconds:.3} s");
    }
    [10_000, 100_000].into_iter().for_each(voted);
}
