//! Prizes given out by the lines of a result.

use crate::{
    contests::terms::{Prize, Terms},
    judging::{
        bundle::{Outcome, Place},
        prizes::evenly,
        ties::{Line, Rule},
    },
};

/// An entry that is to get a prize.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// Its pseudonym.
    pub entry: String,
    /// Which of the prizes, from 0.
    pub prize: usize,
    /// What it is worth to this entry, in won.
    pub value: u64,
    /// Whether it shares the prize with others that the tie order could not part.
    pub joint: bool,
}

/// Who gets what, the highest prize first. Those who share a prize take the places it spans, and divide what these are worth evenly;
/// in all else it is the prize of their line.
#[must_use]
pub fn awards(terms: &Terms, lines: &[Line]) -> Vec<Award> {
    let mut awards = Vec::new();
    for ((nth, line), prize) in lines.iter().enumerate().zip(&terms.prizes) {
        let sharing = sharing(line);
        let first = awards.len() + line.awarded.len() - sharing.len();
        let together = (first..first + sharing.len()).map(|place| worth(&terms.prizes, place)).sum();
        let mut parts = evenly(together, sharing.len()).into_iter();
        for entry in &line.awarded {
            let joint = sharing.contains(entry);
            let part = if joint { parts.next() } else { None };
            let value = part.unwrap_or(prize.value_krw);
            awards.push(Award { entry: entry.clone(), prize: nth, value, joint });
        }
    }
    awards
}

/// Those who share the prize of a line. They are more than it has places, so they were taken last.
fn sharing(line: &Line) -> &[String] {
    match line.decided.last() {
        Some(last) if last.by == Some(Rule::JointPrize) => &last.taken,
        Some(_) | None => &[],
    }
}

/// What a place is worth, from 0; nothing where there is no prize for it.
fn worth(prizes: &[Prize], place: usize) -> u64 {
    let mut end = 0;
    let found = prizes.iter().find(|prize| {
        end += prize.places as usize;
        place < end
    });
    found.map_or(0, |prize| prize.value_krw)
}

/// Those of whom it is not known yet whether they get a prize.
#[must_use]
pub fn undecided(lines: &[Line]) -> Vec<String> {
    lines.iter().flat_map(|line| &line.open).cloned().collect()
}

/// Who follows, as ranked, on those who get the prize: as many as it has alternates. A tie across the line is decided when it comes to
/// that.
#[must_use]
pub fn next_in_line<'o>(terms: &Terms, outcome: &'o Outcome, nth: usize) -> Vec<&'o Place> {
    let lines = outcome.lines.as_deref().unwrap_or_default();
    let before: Vec<&String> = lines.iter().take(nth + 1).flat_map(|line| &line.awarded).collect();
    let alternates = terms.prizes.get(nth).map_or(0, |prize| prize.alternates as usize);
    let is_next = |place: &&Place| {
        !before.contains(&&place.entry) && terms.least_score.is_none_or(|least| place.theta >= least)
    };
    match lines.get(nth) {
        Some(_) => outcome.entries.iter().filter(is_next).take(alternates).collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::{contests::terms::tests::terms, judging::ties::Decision};

    /// Prizes of 1,000,000 for one, 400,000 for two and 100,000 for one.
    pub fn with_prizes() -> Terms {
        let prize = |rank: u32, value: u64, places: u32| json!({ "rank": rank, "name": "상", "kind": "cash", "value_krw": value, "tax_category": "contest", "places": places, "alternates": 2 });
        let prizes = json!([prize(1, 1_000_000, 1), prize(2, 400_000, 2), prize(3, 100_000, 1)]);
        Terms { prizes: serde_json::from_value(prizes).unwrap(), ..terms() }
    }

    fn line(places: usize, awarded: &[&str], shared: &[&str]) -> Line {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let decision = Decision { taken: named(shared), of: named(shared), by: Some(Rule::JointPrize) };
        Line {
            places,
            awarded: named(awarded),
            contested: named(shared),
            decided: if shared.is_empty() { vec![] } else { vec![decision] },
            open: vec![],
            awaits: None,
        }
    }

    fn values(lines: &[Line]) -> Vec<(String, usize, u64, bool)> {
        let plain = |award: Award| (award.entry, award.prize, award.value, award.joint);
        awards(&with_prizes(), lines).into_iter().map(plain).collect()
    }

    #[test]
    fn each_gets_the_prize_of_its_line() {
        let lines = [line(1, &["a"], &[]), line(2, &["b", "c"], &[]), line(1, &[], &[])];
        let expected = [("a", 0, 1_000_000), ("b", 1, 400_000), ("c", 1, 400_000)];
        assert_eq!(
            values(&lines),
            expected.map(|(entry, prize, value)| (entry.to_owned(), prize, value, false))
        );
        assert_eq!(values(&[]), []);
    }

    #[test]
    fn those_who_share_a_prize_divide_the_places_it_spans_evenly() {
        // Three share the first: 1,000,000 + 400,000 + 400,000.
        let all = [line(1, &["a", "b", "c"], &["a", "b", "c"]), line(0, &[], &[]), line(1, &["d"], &[])];
        let got: Vec<_> =
            values(&all).into_iter().map(|(_, prize, value, joint)| (prize, value, joint)).collect();
        assert_eq!(got, [(0, 600_000, true), (0, 600_000, true), (0, 600_000, true), (2, 100_000, false)]);
        // One is certain of the second, three share its other place, the third prize and what is worth nothing.
        let some =
            [line(1, &["a"], &[]), line(2, &["b", "c", "d", "e"], &["c", "d", "e"]), line(0, &[], &[])];
        let got: Vec<_> = values(&some).into_iter().map(|(entry, _, value, _)| (entry, value)).collect();
        let expected = [("a", 1_000_000), ("b", 400_000), ("c", 166_667), ("d", 166_667), ("e", 166_666)];
        assert_eq!(got, expected.map(|(entry, value)| (entry.to_owned(), value)));
    }

    #[test]
    fn who_is_next_follows_as_ranked() {
        let place = |entry: &str, theta| json!({ "entry": entry, "theta": theta, "se": 1, "jury": 50, "public": 50, "final": 50, "rank": 1, "tied_with": [] });
        let outcome = json!({ "severity": {}, "icc": null, "entries": [
            place("a", 90.0), place("b", 80.0), place("c", 70.0), place("d", 60.0), place("e", 50.0),
        ] });
        let mut outcome: Outcome = serde_json::from_value(outcome).unwrap();
        outcome.lines = Some(vec![line(1, &["a"], &[]), line(2, &["b", "c"], &[])]);
        let next = |terms: &Terms, nth| {
            let next = next_in_line(terms, &outcome, nth).into_iter();
            next.map(|place| place.entry.clone()).collect::<Vec<_>>()
        };
        let terms = with_prizes();
        assert_eq!([next(&terms, 0), next(&terms, 1)], [["b", "c"], ["d", "e"]]);
        assert_eq!(next(&terms, 2), [""; 0], "what is not decided has no line yet");
        let worthy = Terms { least_score: Some(60.0), ..terms };
        assert_eq!(next(&worthy, 1), ["d"]);
    }
}
