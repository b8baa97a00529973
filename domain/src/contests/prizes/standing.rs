//! Who gets a prize by a result: nobody before the last round.

use super::{Award, awards, undecided};
use crate::{contests::Contest, judging::bundle::Outcome};

impl Contest {
    /// Who gets what by a result; nobody before the last round.
    #[must_use]
    pub fn awards(&self, outcome: &Outcome) -> Vec<Award> {
        match self.rounds_left() == 0 {
            true => awards(&self.terms, outcome.lines.as_deref().unwrap_or_default()),
            false => Vec::new(),
        }
    }

    /// Those of whom it is not known yet whether they get a prize.
    #[must_use]
    pub fn undecided(&self, outcome: &Outcome) -> Vec<String> {
        match self.rounds_left() == 0 {
            true => undecided(outcome.lines.as_deref().unwrap_or_default()),
            false => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        contests::{prizes::awards::tests::with_prizes, terms::Round, tests::contest},
        judging::bundle::{Bundle, recompute},
    };

    /// Four entries by two judges, clearly apart: a, b, c, d; without those who lost their rank.
    fn outcome(withdrawn: &[&str]) -> Outcome {
        let mut scores = Vec::new();
        for (entry, mark) in [("a", 90), ("b", 70), ("c", 50), ("d", 30)] {
            for (judge, more) in [("j1", 0), ("j2", 2)] {
                scores.push(json!({ "entry": entry, "judge": judge, "marks": { "idea": mark + more } }));
            }
        }
        let inputs: Bundle = serde_json::from_value(json!({
            "formula": "additive-severity/1", "jury_weight": 1.0, "scores": scores, "withdrawn": withdrawn,
            "rubric": [{ "key": "idea", "weight": 1.0, "scale": [0.0, 100.0] }], "prizes": { "places": [1, 2, 1] },
        }))
        .unwrap();
        recompute(&inputs).result.unwrap()
    }

    #[test]
    fn the_next_in_line_moves_up_and_nobody_elses_figures_move() {
        let contest = Contest { terms: with_prizes(), ..contest() };
        let names = |outcome: &Outcome| {
            let awards = contest.awards(outcome).into_iter();
            awards.map(|award| (award.entry, award.prize)).collect::<Vec<_>>()
        };
        let named = |of: &[(&str, usize)]| {
            of.iter().map(|(name, nth)| ((*name).to_owned(), *nth)).collect::<Vec<_>>()
        };
        let (before, after) = (outcome(&[]), outcome(&["b"]));
        assert_eq!(names(&before), named(&[("a", 0), ("b", 1), ("c", 1), ("d", 2)]));
        assert_eq!(names(&after), named(&[("a", 0), ("c", 1), ("d", 1)]));
        let figures = |outcome: &Outcome| outcome.entries.iter().map(|place| place.total).collect::<Vec<_>>();
        let [a, _, c, d] = figures(&before)[..] else { panic!() };
        assert_eq!(figures(&after), [a, c, d]);
    }

    #[test]
    fn only_the_last_round_gives_prizes() {
        let mut contest = Contest { terms: with_prizes(), ..contest() };
        let round = |name: &str, cut_to| Round { name: name.to_owned(), cut_to };
        contest.terms.judging.rounds = vec![round("예심", Some(2)), round("본심", None)];
        assert!(contest.awards(&outcome(&[])).is_empty());
        contest.round = 2;
        assert_eq!(contest.awards(&outcome(&[])).len(), 4);
    }
}
