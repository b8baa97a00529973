//! Who gets a prize when figures do not tell entries apart.

use proptest::prelude::*;

use super::*;
use crate::judging::{
    hybrid::Standing,
    severity::Review,
    ties::{Decision, Evidence, Line, Marked, lines, ticket, tied},
};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// Entries with these scores and one standard error, the best first; the jury alone decides.
fn standings(thetas: &[f64], se: f64) -> Vec<Standing<'static>> {
    let mut of: Vec<Standing> = (thetas.iter().zip(NAMES))
        .map(|(&theta, entry)| Standing { entry, theta, se, jury: theta, public: 50.0, total: theta })
        .collect();
    of.sort_by(|a, b| b.key().cmp(&a.key()).then(a.entry.cmp(b.entry)));
    of
}

fn prizes(places: &[u32]) -> Prizes {
    Prizes { places: places.to_vec(), least: None }
}

fn awarded(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.awarded.concat()).collect()
}

/// Of judge, entry, score and the part of the heaviest criterion.
fn marked(of: &[(&'static str, &'static str, f64, f64)]) -> Vec<Marked<'static>> {
    let one = |&(judge, entry, y, heaviest)| Marked { review: Review { entry, judge, y }, heaviest };
    of.iter().map(one).collect()
}

#[test]
fn a_clear_line_needs_no_rule() {
    let lines =
        lines(&standings(&[90.0, 80.0, 70.0, 60.0], 1.0), &prizes(&[1, 2]), &[], &Evidence::default());
    assert_eq!(awarded(&lines), ["a", "bc"]);
    assert!(
        lines.iter().all(|line| line.contested.is_empty() && line.decided.is_empty() && line.open.is_empty())
    );
}

#[test]
fn the_declared_rules_decide_in_their_order() {
    // a and b have the same mean on the heaviest criterion; b has more first ranks.
    let marks = marked(&[
        ("j", "a", 70.0, 0.5),
        ("j", "b", 71.0, 0.75),
        ("k", "a", 90.0, 0.75),
        ("k", "b", 90.0, 0.5),
        ("l", "c", 95.0, 0.25),
    ]);
    let evidence = Evidence::of(&marks, |_| true, &[], None);
    let tied = standings(&[80.0, 79.0, 40.0], 1.0);
    let decide = |order: &[Rule]| lines(&tied, &prizes(&[1]), order, &evidence).remove(0);
    let [a, b] = ["a", "b"].map(str::to_owned);
    let line = decide(&[Rule::HeaviestCriterion, Rule::FirstRanks, Rule::Lot]);
    let by_ranks =
        Decision { taken: vec![b.clone()], of: vec![a.clone(), b.clone()], by: Some(Rule::FirstRanks) };
    assert_eq!(
        (line.awarded, line.contested, line.decided),
        (vec![b.clone()], vec![a.clone(), b.clone()], vec![by_ranks])
    );
    // Nothing decides: it is said whom and what it waits for.
    let line = decide(&[Rule::HeaviestCriterion]);
    assert_eq!((line.awarded, line.open, line.awaits), (Vec::new(), vec![a.clone(), b.clone()], None));
    for rule in [Rule::ExtraReview, Rule::Lot] {
        assert_eq!(decide(&[rule]).awaits, Some(rule));
    }
    // Who did not compete takes no first rank away.
    let evidence = Evidence::of(&marks, |entry| entry != "b", &[], None);
    let line = lines(&tied, &prizes(&[1]), &[Rule::FirstRanks], &evidence).remove(0);
    assert_eq!(line.awarded, [a]);
}

#[test]
fn an_extra_review_decides_when_the_same_judges_wrote_it() {
    let tied = standings(&[80.0, 79.0], 1.0);
    let by = |reviews: &[(&'static str, &'static str, f64)]| {
        let reviews: Vec<Review> =
            reviews.iter().map(|&(judge, entry, y)| Review { entry, judge, y }).collect();
        let evidence = Evidence::of(&[], |_| true, &reviews, None);
        let line = lines(&tied, &prizes(&[1]), &[Rule::ExtraReview], &evidence).remove(0);
        (line.awarded.concat(), line.awaits)
    };
    assert_eq!(by(&[("x", "a", 60.0), ("x", "b", 61.0)]), ("b".to_owned(), None));
    assert_eq!(
        by(&[("x", "a", 60.0), ("x", "b", 61.0), ("y", "a", 9.0), ("y", "b", 7.0)]),
        ("a".to_owned(), None)
    );
    // Who scored one of them alone has no say.
    assert_eq!(by(&[("x", "a", 60.0), ("x", "b", 61.0), ("y", "a", 9.0)]), ("b".to_owned(), None));
    assert_eq!(by(&[("x", "a", 60.0), ("y", "b", 61.0)]), (String::new(), Some(Rule::ExtraReview)));
    assert_eq!(by(&[("x", "a", 60.0)]), (String::new(), Some(Rule::ExtraReview)));
}

#[test]
fn a_joint_prize_takes_its_places_from_the_next() {
    let tied = standings(&[80.0, 79.9, 79.8, 60.0, 40.0], 1.0);
    let lines = lines(&tied, &prizes(&[1, 1, 2]), &[Rule::JointPrize], &Evidence::default());
    assert_eq!(awarded(&lines), ["abc", "", "d"]);
    assert_eq!(lines[0].decided[0].by, Some(Rule::JointPrize));
    assert_eq!(lines.iter().map(|line| line.places).collect::<Vec<_>>(), [1, 0, 1]);
}

#[test]
fn a_lot_is_drawn_as_a_draw_is() {
    let tied = standings(&[80.0, 79.9, 79.8], 1.0);
    for seed in 0..20 {
        let evidence = Evidence::of(&[], |_| true, &[], Some([seed; 32]));
        let lines = lines(&tied, &prizes(&[2]), &[Rule::Lot], &evidence);
        let mut called = ["a", "b", "c"];
        let priorities = priority::Priorities::of(&[seed; 32]);
        called.sort_by_key(|entry| priorities.of_ticket(ticket(entry), 1));
        // The first who is called; then there is no place for both others.
        called[..2].sort_unstable();
        assert_eq!(awarded(&lines), [called[..2].concat()]);
    }
}

#[test]
fn ties_that_form_no_groups_need_none() {
    // a and b are tied, and b and c; a is clearly ahead of c, whom the rule would put first of all.
    let chain = standings(&[82.0, 81.0, 80.0], 1.0);
    assert!(tied(&chain[0], &chain[1]) && tied(&chain[1], &chain[2]) && !tied(&chain[0], &chain[2]));
    let decide = |heaviest: [f64; 3], places: &[u32]| {
        let marks: Vec<_> =
            NAMES.iter().zip(heaviest).map(|(&entry, part)| ("j", entry, 1.0, part)).collect();
        let evidence = Evidence::of(&marked(&marks), |_| true, &[], None);
        awarded(&lines(&chain, &prizes(places), &[Rule::HeaviestCriterion], &evidence))
    };
    assert_eq!(decide([0.1, 0.2, 0.3], &[1]), ["b"]);
    assert_eq!(decide([0.2, 0.1, 0.3], &[1]), ["a"]);
    // With two places a is certain, being level with nobody outside, and c takes the other.
    assert_eq!(decide([0.1, 0.2, 0.3], &[2]), ["ac"]);
    assert_eq!(decide([0.3, 0.2, 0.1], &[1, 1]), ["a", "b"]);
}

#[test]
fn places_stay_empty_where_nobody_is_worthy() {
    let of = standings(&[80.0, 62.5, 62.4], 0.5);
    let prizes = Prizes { places: vec![1, 2], least: Some(62.5) };
    assert_eq!(awarded(&lines(&of, &prizes, &[], &Evidence::default())), ["a", "b"]);
    let prizes = Prizes { least: Some(90.0), ..prizes };
    assert_eq!(awarded(&lines(&of, &prizes, &[], &Evidence::default())), ["", ""]);
}

#[test]
fn equal_scores_are_level_even_where_there_is_no_uncertainty() {
    let of = standings(&[80.0, 80.0], 0.0);
    assert!(!tied(&of[0], &of[1]));
    let line = lines(&of, &prizes(&[1]), &[], &Evidence::default()).remove(0);
    assert_eq!(line.open, ["a", "b"]);
}

/// Entries whose final order need not be that of the jury, as the public has a part in it.
fn fields() -> impl Strategy<Value = Vec<Standing<'static>>> {
    let one = (0..40_u32, 0..8_u32, 0..40_u32);
    prop::collection::vec(one, 1..=8).prop_map(|of| {
        let mut standings: Vec<Standing> = (of.into_iter().zip(NAMES))
            .map(|((theta, se, total), entry)| {
                let (theta, se, total) = (f64::from(theta), f64::from(se), f64::from(total));
                Standing { entry, theta, se, jury: theta, public: 50.0, total }
            })
            .collect();
        standings.sort_by(|a, b| b.key().cmp(&a.key()).then(a.entry.cmp(b.entry)));
        standings
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nobody_is_passed_over_for_somebody_they_are_clearly_ahead_of(
        standings in fields(),
        places in prop::collection::vec(1..4_u32, 1..4),
        rules in prop::sample::subsequence(vec![Rule::FirstRanks, Rule::HeaviestCriterion, Rule::JointPrize], 0..=3),
        seed: [u8; 32],
    ) {
        let order: Vec<Rule> = rules.into_iter().chain([Rule::Lot]).collect();
        let lines = lines(&standings, &prizes(&places), &order, &Evidence::of(&[], |_| true, &[], Some(seed)));
        prop_assert_eq!(lines.len(), places.len());
        let (mut given, mut declared) = (BTreeSet::new(), 0);
        for (line, places) in lines.iter().zip(&places) {
            declared += *places as usize;
            prop_assert!(line.open.is_empty() && line.awaits.is_none());
            for entry in &line.awarded {
                prop_assert!(given.insert(entry.as_str()));
            }
            let joint = line.decided.iter().any(|decision| decision.by == Some(Rule::JointPrize));
            prop_assert!(joint || given.len() >= declared.min(standings.len()));
            for winner in standings.iter().filter(|one| given.contains(one.entry)) {
                for other in standings.iter().filter(|one| !given.contains(one.entry)) {
                    prop_assert!(other.key() <= winner.key() || tied(winner, other));
                }
            }
            // Who fell out though level with somebody who did not, was heard: a rule decided, and it is said which.
            let lost = line.contested.iter().filter(|entry| !line.awarded.contains(entry)).count();
            prop_assert_eq!(line.contested.is_empty(), line.decided.is_empty());
            prop_assert!(lost > 0 || joint || line.contested.is_empty());
            for decision in &line.decided {
                prop_assert!(decision.taken.iter().all(|entry| decision.of.contains(entry) && line.awarded.contains(entry)));
                prop_assert!(decision.by.is_some() || decision.of == decision.taken);
            }
        }
    }
}
