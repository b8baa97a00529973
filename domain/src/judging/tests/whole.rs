//! What holds of every contest as a whole, with ballots, prizes and all that decides between those who are tied.

use proptest::prelude::*;

use super::{
    laws::{Jury, jury, near},
    *,
};
use crate::judging::{
    hybrid::{Standing, standings},
    severity::{fit, shift_bound},
};

/// What customers starred of up to nine entries, and whether it counts.
fn ballots() -> impl Strategy<Value = Vec<Ballot>> {
    let one = (prop::collection::vec(prop::bool::weighted(0.3), 9), prop::sample::select(&State::ALL[..]));
    prop::collection::vec(one, 0..30).prop_map(|all| {
        let ballot = |(nth, (starred, state)): (usize, (Vec<bool>, State))| Ballot {
            voter: format!("v{nth}"),
            stars: starred
                .iter()
                .enumerate()
                .filter(|(_, is)| **is)
                .map(|(nth, _)| format!("e{nth}"))
                .collect(),
            state,
        };
        all.into_iter().enumerate().map(ballot).collect()
    })
}

/// Some rules, in any order.
fn order() -> impl Strategy<Value = Vec<Rule>> {
    let rules = [Rule::HeaviestCriterion, Rule::FirstRanks, Rule::ExtraReview, Rule::JointPrize, Rule::Lot];
    (Just(rules.to_vec()).prop_shuffle(), 0..=5_usize).prop_map(|(mut rules, count)| {
        rules.truncate(count);
        rules
    })
}

fn contest() -> impl Strategy<Value = Bundle> {
    let prizes = (prop::collection::vec(1..4_u32, 1..4), prop::option::of(120..280_u32));
    let out = (prop::bool::weighted(0.3), prop::bool::weighted(0.3), any::<bool>(), any::<bool>());
    (jury(0.6), ballots(), 5..=10_u32, order(), prizes, out).prop_map(
        |(jury, ballots, weight, order, prizes, out)| {
            let (withdraws, calibrates, is_reviewed, is_drawn) = out;
            let (places, least) = prizes;
            let number = Number {
                bytes: "000000017a".to_owned(),
                evidence: Evidence { values: Some(vec!["z".to_owned()]), ..Evidence::default() },
            };
            let beacon = Beacon::ManualSources { sources: vec!["x".to_owned()] };
            let extra = |nth: usize| score(&format!("e{nth}"), "another", (nth * 7 % 4) as f64);
            Bundle {
                scores: jury.0.iter().map(|(entry, judge, y)| score(entry, judge, *y)).collect(),
                ballots,
                jury_weight: f64::from(weight) / 10.0,
                tie_order: order,
                prizes: Some(Prizes { places, least: least.map(|least| f64::from(least) / 4.0) }),
                withdrawn: if withdraws { set(&["e1"]) } else { set(&[]) },
                calibration: if calibrates { set(&["e0"]) } else { set(&[]) },
                extra_reviews: if is_reviewed { (0..9).map(extra).collect() } else { Vec::new() },
                draw: Some(Lot { beacon, number: is_drawn.then_some(number), seed: None }),
                ..vector()
            }
        },
    )
}

/// Whether the least error could make two entries that are tied not tied, or the reverse.
fn is_at_an_edge(result: &crate::judging::bundle::Outcome) -> bool {
    result.entries.iter().any(|a| {
        let gap = |b: &crate::judging::bundle::Place| {
            (a.theta - b.theta).abs() - (a.se * a.se + b.se * b.se).sqrt()
        };
        result.entries.iter().any(|b| a.entry != b.entry && gap(b).abs() < 1e-3)
    })
}

/// The standings of a jury's scores beside stars.
fn beside<'a>(jury: &'a Jury, ballots: &[Ballot], weight: f64) -> (Vec<Standing<'a>>, f64) {
    let reviews = jury.reviews();
    let fit = fit(&reviews).unwrap();
    let stars = |entry: &str| ballots.iter().filter(|ballot| ballot.stars.contains(entry)).count() as u32;
    let thetas: Vec<f64> = fit.entries.iter().map(|merit| merit.theta).collect();
    let mean = thetas.iter().sum::<f64>() / thetas.len() as f64;
    let variance = thetas.iter().map(|theta| (theta - mean).powi(2)).sum::<f64>() / thetas.len() as f64;
    (standings(&fit, |_| true, stars, weight), variance.sqrt())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn recomputing_is_a_fixed_point(contest in contest()) {
        let published = signed(contest);
        let text = serde_json::to_string(&published).unwrap();
        let read: Bundle = serde_json::from_str(&text).unwrap();
        let verdict = recompute(&read);
        prop_assert_eq!(failed(&verdict), Vec::<&str>::new());
        prop_assert_eq!(verdict.canonical_result(), crate::draws::canonical(&published.result));
        let again = signed(Bundle { result: Some(json!(verdict.result)), hashes: None, ..read });
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }

    #[test]
    fn other_names_change_no_rank_and_no_winner(contest in contest(), turn in 1..9_usize) {
        // A lot is drawn by names.
        let contest = Bundle { tie_order: contest.tie_order.into_iter().filter(|rule| *rule != Rule::Lot).collect(), ..contest };
        let other = |name: &String| match name[1..].parse::<usize>() {
            Ok(nth) => format!("{}{}", &name[..1], (nth + turn) % if name.starts_with('v') { 40 } else { 9 }),
            Err(_) => name.clone(),
        };
        let renamed = |scores: &[Score]| -> Vec<Score> {
            scores.iter().map(|of| Score { entry: other(&of.entry), judge: other(&of.judge), marks: of.marks.clone() }).collect()
        };
        let ballot = |of: &Ballot| Ballot { voter: other(&of.voter), stars: of.stars.iter().map(other).collect(), state: of.state };
        let others = Bundle {
            scores: renamed(&contest.scores),
            extra_reviews: renamed(&contest.extra_reviews),
            ballots: contest.ballots.iter().map(ballot).collect(),
            withdrawn: contest.withdrawn.iter().map(other).collect(),
            calibration: contest.calibration.iter().map(other).collect(),
            ..contest.clone()
        };
        let [before, after] = [&contest, &others].map(|bundle| recompute(bundle).result.unwrap());
        prop_assume!(!is_at_an_edge(&before));
        let rank: BTreeMap<String, usize> = after.entries.iter().map(|of| (of.entry.clone(), of.rank)).collect();
        for place in &before.entries {
            prop_assert_eq!(rank[&other(&place.entry)], place.rank);
        }
        let (before, after) = (before.lines.unwrap(), after.lines.unwrap());
        prop_assert_eq!(before.len(), after.len());
        for (then, now) in before.iter().zip(&after) {
            let won: BTreeSet<String> = then.awarded.iter().map(other).collect();
            prop_assert_eq!(won, now.awarded.iter().cloned().collect::<BTreeSet<_>>());
            prop_assert_eq!((then.places, then.awaits), (now.places, now.awaits));
        }
    }

    #[test]
    fn a_severer_judge_moves_no_rank_beside_stars_beyond_the_bound(
        jury in jury(0.6), ballots in ballots(), weight in 5..=10_u32, judge: prop::sample::Index, c in -10.0..10.0_f64,
    ) {
        let (judges, w) = (jury.judges(), f64::from(weight) / 10.0);
        let judge = *judge.get(&judges.into_iter().collect::<Vec<_>>());
        let own = jury.0.iter().filter(|(_, by, _)| by == judge).count();
        let most = jury.entries().into_iter().map(|entry| jury.0.iter().filter(|(of, ..)| of == entry).count()).max().unwrap();
        let bound = c.abs() * shift_bound(own, jury.0.len(), most);
        let shifted = jury.shifted(judge, c);
        let ((before, spread), (after, spread_after)) = (beside(&jury, &ballots, w), beside(&shifted, &ballots, w));
        prop_assume!(spread > 1e-6 && spread_after > 1e-6);
        // Two spreads of merits that moved against each other by so much differ by half of it at most.
        prop_assert!((spread - spread_after).abs() <= bound / 2.0 + 1e-7);
        let now: BTreeMap<&str, &Standing> = after.iter().map(|of| (of.entry, of)).collect();
        for a in &before {
            for b in &before {
                let margin = bound / spread * (10.0 * w + (1.0 - w) * (a.public - b.public).abs() / 2.0);
                prop_assert!(near(now[a.entry].public, a.public));
                prop_assert!(a.total - b.total <= margin + 1e-6 || now[a.entry].total > now[b.entry].total);
            }
        }
    }
}
