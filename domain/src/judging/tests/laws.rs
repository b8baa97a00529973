//! What holds of every jury, and of which the proofs are in the documentation of the model and in `docs/decisions/0029-judging.md`.

use nalgebra::DMatrix;
use proptest::prelude::*;

use super::*;
use crate::judging::severity::{Fit, LAMBDA_B, LAMBDA_THETA, Review, fit, shift_bound};

/// Scores of some entries by some judges, in quarters of a point.
#[derive(Debug, Clone)]
pub(super) struct Jury(pub(super) Vec<(String, String, f64)>);

impl Jury {
    pub(super) fn reviews(&self) -> Vec<Review<'_>> {
        self.0.iter().map(|(entry, judge, y)| Review { entry, judge, y: *y }).collect()
    }

    pub(super) fn entries(&self) -> BTreeSet<&str> {
        self.0.iter().map(|(entry, ..)| entry.as_str()).collect()
    }

    pub(super) fn judges(&self) -> BTreeSet<&str> {
        self.0.iter().map(|(_, judge, _)| judge.as_str()).collect()
    }

    /// All that one judge gave, moved by `c`.
    pub(super) fn shifted(&self, judge: &str, c: f64) -> Self {
        let moved = |(entry, by, y): &(String, String, f64)| {
            (entry.clone(), by.clone(), if by == judge { y + c } else { *y })
        };
        Self(self.0.iter().map(moved).collect())
    }

    /// With a copy of everything that some judges gave.
    fn with_copies(&self, of: impl Fn(&str) -> bool) -> Self {
        let copied = self.0.iter().filter(|(_, judge, _)| of(judge));
        let copied = copied.map(|(entry, judge, y)| (entry.clone(), format!("{judge} again"), *y));
        Self(self.0.iter().cloned().chain(copied.collect::<Vec<_>>()).collect())
    }
}

/// Of every two a score with some chance, or always.
pub(super) fn jury(share: f64) -> impl Strategy<Value = Jury> {
    let mark = (prop::bool::weighted(share), 0..=400_u32).prop_map(|(scored, mark)| scored.then_some(mark));
    let sizes = (2..9_usize, 2..7_usize);
    let table = sizes.prop_flat_map(move |(entries, judges)| {
        prop::collection::vec(prop::collection::vec(mark.clone(), judges), entries)
    });
    let named = table.prop_map(|rows| {
        let score = |(entry, (judge, mark)): (usize, (usize, Option<u32>))| {
            Some((format!("e{entry}"), format!("j{judge}"), f64::from(mark?) / 4.0))
        };
        let cells = rows.into_iter().enumerate().flat_map(|(entry, row)| {
            row.into_iter().enumerate().map(move |cell| (entry, cell)).collect::<Vec<_>>()
        });
        Jury(cells.filter_map(score).collect())
    });
    named.prop_filter("nobody scored anything", |jury| !jury.0.is_empty())
}

fn thetas<'a>(fit: &Fit<'a>) -> BTreeMap<&'a str, f64> {
    fit.entries.iter().map(|merit| (merit.entry, merit.theta)).collect()
}

/// The inverse of the matrix of the normal equations, entries first, and the number of each name in it.
fn inverse(jury: &Jury) -> (DMatrix<f64>, BTreeMap<&str, usize>) {
    let names: BTreeMap<&str, usize> =
        jury.entries().into_iter().chain(jury.judges()).enumerate().map(|(nth, name)| (name, nth)).collect();
    let mut matrix = DMatrix::<f64>::zeros(names.len(), names.len());
    for (entry, judge, _) in &jury.0 {
        let (e, j) = (names[entry.as_str()], names[judge.as_str()]);
        for (row, column) in [(e, e), (j, j), (e, j), (j, e)] {
            matrix[(row, column)] += 1.0;
        }
    }
    for nth in 0..names.len() {
        matrix[(nth, nth)] += if nth < jury.entries().len() { LAMBDA_THETA } else { LAMBDA_B };
    }
    (matrix.try_inverse().unwrap(), names)
}

pub(super) fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-7
}

/// The order of two entries, where it is more than a matter of rounding.
fn order(of: &BTreeMap<&str, f64>, a: &str, b: &str) -> i32 {
    let difference = of[a] - of[b];
    if difference.abs() < 1e-7 { 0 } else { difference.signum() as i32 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_model_solves_its_normal_equations(jury in jury(0.6)) {
        let reviews = jury.reviews();
        let fit = fit(&reviews).unwrap();
        let (inverse, names) = inverse(&jury);
        let mean = jury.0.iter().map(|(.., y)| y).sum::<f64>() / jury.0.len() as f64;
        let mut right = vec![0.0; names.len()];
        for entry in jury.entries() {
            right[names[entry]] += LAMBDA_THETA * mean;
        }
        for (entry, judge, y) in &jury.0 {
            right[names[entry.as_str()]] += y;
            right[names[judge.as_str()]] += y;
        }
        let solved = |name: &str| (0..right.len()).map(|nth| inverse[(names[name], nth)] * right[nth]).sum::<f64>();
        for merit in &fit.entries {
            prop_assert!(near(merit.theta, solved(merit.entry)));
            let se = (fit.variance * inverse[(names[merit.entry], names[merit.entry])]).sqrt();
            prop_assert!(near(merit.se, se));
        }
        for (judge, b) in &fit.severity {
            prop_assert!(near(*b, solved(judge)));
        }
        let b: BTreeMap<&str, f64> = fit.severity.iter().copied().collect();
        let theta = thetas(&fit);
        let rss: f64 = reviews.iter().map(|of| (of.y - theta[of.entry] - b[of.judge]).powi(2)).sum();
        let freedom = jury.0.len() as f64 - names.len() as f64 + 1.0;
        prop_assert!(near(fit.variance, rss / freedom.max(1.0)));
    }

    #[test]
    fn a_severer_judge_moves_entries_no_further_than_the_bound(jury in jury(0.6), judge: prop::sample::Index, c in -40.0..40.0_f64) {
        let judge = *judge.get(&jury.judges().into_iter().collect::<Vec<_>>());
        let own = jury.0.iter().filter(|(_, by, _)| by == judge).count();
        let reviews = jury.reviews();
        let before = fit(&reviews).unwrap();
        let shifted = jury.shifted(judge, c);
        let after = shifted.reviews();
        let after = thetas(&fit(&after).unwrap());
        // What the proof says of each entry.
        let (inverse, names) = inverse(&jury);
        let entries = jury.entries();
        let moved = |entry: &str| {
            let at_judge = -LAMBDA_B * inverse[(names[entry], names[judge])];
            let at_entry = LAMBDA_THETA * (0..entries.len()).map(|other| inverse[(names[entry], other)]).sum::<f64>();
            c * (at_judge + at_entry * own as f64 / jury.0.len() as f64)
        };
        let most = before.entries.iter().map(|merit| merit.reviews).max().unwrap();
        let bound = c.abs() * shift_bound(own, jury.0.len(), most);
        let before = thetas(&before);
        for &entry in &entries {
            prop_assert!(near(after[entry] - before[entry], moved(entry)));
            for &other in &entries {
                let (then, now) = (before[entry] - before[other], after[entry] - after[other]);
                prop_assert!((then - now).abs() <= bound + 1e-7);
                // So only those that were closer than the bound change places.
                prop_assert!(then <= bound + 1e-7 || now > 0.0);
            }
        }
    }

    #[test]
    fn where_everybody_scored_everything_severity_moves_no_rank(jury in jury(1.0), judge: prop::sample::Index, c in -40.0..40.0_f64) {
        let judge = *judge.get(&jury.judges().into_iter().collect::<Vec<_>>());
        let (reviews, shifted) = (jury.reviews(), jury.shifted(judge, c));
        let (before, after) = (fit(&reviews).unwrap(), shifted.reviews());
        let (before, after) = (thetas(&before), thetas(&fit(&after).unwrap()));
        let first = after["e0"] - before["e0"];
        for entry in jury.entries() {
            prop_assert!(near(after[entry] - before[entry], first));
        }
    }

    #[test]
    fn where_everybody_scored_everything_a_copy_of_a_judge_changes_no_order_they_agree_with(jury in jury(1.0), judge: prop::sample::Index) {
        let judge = *judge.get(&jury.judges().into_iter().collect::<Vec<_>>());
        let given: BTreeMap<&str, f64> =
            jury.0.iter().filter(|(_, by, _)| by == judge).map(|(entry, _, y)| (entry.as_str(), *y)).collect();
        let (reviews, one_more, twice) = (jury.reviews(), jury.with_copies(|by| by == judge), jury.with_copies(|_| true));
        let (one_more, twice) = (one_more.reviews(), twice.reviews());
        let [before, one_more, twice] = [&reviews, &one_more, &twice].map(|reviews| thetas(&fit(reviews).unwrap()));
        for a in jury.entries() {
            for b in jury.entries() {
                let was = order(&before, a, b);
                if was > 0 && given[a] >= given[b] {
                    prop_assert_eq!(order(&one_more, a, b), was);
                }
                // And a copy of the whole jury changes no order at all.
                prop_assert_eq!(order(&twice, a, b), was);
            }
        }
    }

    #[test]
    fn a_judge_who_scores_as_the_model_does_moves_entries_only_towards_the_mean(jury in jury(0.6)) {
        let reviews = jury.reviews();
        let before = thetas(&fit(&reviews).unwrap());
        let agreeing = before.iter().map(|(entry, theta)| Review { entry, judge: "one more", y: *theta });
        let more: Vec<Review> = reviews.iter().copied().chain(agreeing).collect();
        let after = fit(&more).unwrap();
        let mean = |reviews: &[Review]| reviews.iter().map(|review| review.y).sum::<f64>() / reviews.len() as f64;
        let by = mean(&more) - mean(&reviews);
        let most = after.entries.iter().map(|merit| merit.reviews).max().unwrap() as f64;
        prop_assert!(near(after.severity.iter().find(|(judge, _)| *judge == "one more").unwrap().1.signum() * by, -by.abs()) || by.abs() < 1e-7);
        for (entry, theta) in thetas(&after) {
            let share = (theta - before[entry]) / by;
            prop_assert!(by.abs() < 1e-7 || (LAMBDA_THETA / (most + LAMBDA_THETA) - 1e-6..=1.0 + 1e-6).contains(&share));
        }
    }

    #[test]
    fn the_order_in_which_things_are_listed_changes_nothing(jury in jury(0.6), seed: [u8; 32]) {
        let shuffle = |of: &mut Vec<Score>| of.sort_by_key(|score| digest_of(&seed, &format!("{}{}", score.entry, score.judge)));
        let mut bundle = published(vector());
        bundle.ballots.truncate(12);
        bundle.scores = jury.0.iter().map(|(entry, judge, y)| score(entry, judge, *y)).collect();
        let (before, inputs) = (recompute(&bundle).canonical_result(), Locked::of(&bundle));
        shuffle(&mut bundle.scores);
        bundle.ballots.sort_by_key(|ballot| digest_of(&seed, &ballot.voter));
        prop_assert_eq!(recompute(&bundle).canonical_result(), before);
        prop_assert_eq!(Locked::of(&bundle), inputs);
    }

    #[test]
    fn other_names_for_judges_and_entries_change_no_figure(jury in jury(0.6), turn in 1..7_usize) {
        let other = |name: &str| format!("{}{}", &name[..1], (name[1..].parse::<usize>().unwrap() + turn) % 9);
        let renamed = Jury(jury.0.iter().map(|(entry, judge, y)| (other(entry), other(judge), *y)).collect());
        let (reviews, others) = (jury.reviews(), renamed.reviews());
        let (before, after) = (fit(&reviews).unwrap(), fit(&others).unwrap());
        let theta = thetas(&after);
        for merit in &before.entries {
            prop_assert!(near(merit.theta, theta[other(merit.entry).as_str()]));
        }
        prop_assert_eq!(before.agreement.map(shown), after.agreement.map(shown));
    }
}

fn digest_of(seed: &[u8; 32], name: &str) -> crate::digest::Digest {
    crate::digest::of(&[seed, name.as_bytes()])
}

/// That a copy of a judge never changes an order is not true of any model that counts each judge alike: two judges are at odds about
/// two entries, and a second one who says what the other one said decides it. It would be wrong if it did not.
#[test]
fn a_copy_of_a_judge_who_is_at_odds_with_the_others_can_change_the_order() {
    let at_odds = [("a", "one", 80.0), ("b", "one", 60.0), ("a", "other", 60.0), ("b", "other", 79.0)];
    let jury = Jury(at_odds.map(|(entry, judge, y)| (entry.to_owned(), judge.to_owned(), y)).to_vec());
    let more = jury.with_copies(|judge| judge == "other");
    let (before, after) = (jury.reviews(), more.reviews());
    let (before, after) = (thetas(&fit(&before).unwrap()), thetas(&fit(&after).unwrap()));
    assert_eq!((order(&before, "a", "b"), order(&after, "a", "b")), (1, -1));
}

#[test]
fn scores_that_cannot_be_worked_with_are_refused() {
    let review = |y| Review { entry: "a", judge: "j", y };
    let twice = severity::Unfit::Twice { entry: "a".to_owned(), judge: "j".to_owned() };
    assert_eq!(fit(&[review(1.0), review(2.0)]), Err(twice));
    for odd in [f64::NAN, f64::INFINITY, f64::MAX] {
        assert_eq!(
            fit(&[review(odd), Review { judge: "k", ..review(-odd) }]),
            Err(severity::Unfit::Unsolvable)
        );
    }
    assert_eq!(fit(&[]), Ok(Fit::default()));
    let one = fit(&[review(70.0)]).unwrap();
    assert_eq!((one.entries[0].theta, one.agreement, one.severity[0].1), (70.0, None, 0.0));
}
