//! What a bundle is computed from, looked through: anybody may have written it, so it must be small enough and make sense.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Bundle, Score};
use crate::judging::{
    ENTRIES_MOST, JUDGES_MOST, SCORES_MOST,
    ballots::STARS_MOST,
    hybrid::is_jury_weight,
    is_name, is_plain,
    score::{Marks, Rubric},
    severity::Review,
    ties::Marked,
};

/// The scores of a bundle by its rubric.
pub struct Inputs<'a> {
    pub marked: Vec<Marked<'a>>,
    pub extra: Vec<Review<'a>>,
}

impl<'a> Inputs<'a> {
    /// # Errors
    /// What cannot be worked with, and its place.
    pub fn of(bundle: &'a Bundle) -> Result<Self, String> {
        ensure_small(bundle)?;
        let rubric = Rubric::try_from(bundle.rubric.clone()).map_err(|unfit| format!("rubric: {unfit}"))?;
        ensure_declared(bundle)?;
        let marked = marked("scores", &bundle.scores, &rubric)?;
        let extra = self::marked("extra_reviews", &bundle.extra_reviews, &rubric)?;
        let inputs = Self { marked, extra: extra.into_iter().map(|marked| marked.review).collect() };
        inputs.ensure_counted()?;
        ensure_ballots(bundle)?;
        Ok(inputs)
    }

    pub fn reviews(&self) -> Vec<Review<'a>> {
        self.marked.iter().map(|marked| marked.review).collect()
    }

    /// Few enough entries and judges, and no judge twice for an entry, not even for an extra review.
    fn ensure_counted(&self) -> Result<(), String> {
        let reviews = self.reviews();
        let entries: BTreeSet<&str> = reviews.iter().map(|review| review.entry).collect();
        let judges: BTreeSet<&str> = reviews.iter().map(|review| review.judge).collect();
        ensure(entries.len() <= ENTRIES_MOST, || format!("scores: of more than {ENTRIES_MOST} entries"))?;
        ensure(judges.len() <= JUDGES_MOST, || format!("scores: by more than {JUDGES_MOST} judges"))?;
        let mut pairs = BTreeSet::new();
        for (list, of) in [("scores", &reviews), ("extra_reviews", &self.extra)] {
            for (nth, review) in of.iter().enumerate() {
                let is_first = pairs.insert((review.entry, review.judge));
                ensure(is_first, || {
                    format!("{list}[{nth}]: {} scored {} before", review.judge, review.entry)
                })?;
            }
        }
        Ok(())
    }
}

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

fn ensure_small(bundle: &Bundle) -> Result<(), String> {
    let scores = bundle.scores.len() + bundle.extra_reviews.len();
    ensure(scores <= SCORES_MOST, || format!("scores: more than {SCORES_MOST}"))
}

/// What was declared before anybody scored.
fn ensure_declared(bundle: &Bundle) -> Result<(), String> {
    ensure(is_jury_weight(bundle.jury_weight), || {
        "jury_weight: is from 0.5 to 1, with up to four decimals".to_owned()
    })?;
    let prizes = bundle.prizes.as_ref();
    ensure(prizes.is_none_or(|prizes| prizes.is_fit()), || {
        "prizes: have 1 to 20 kinds for 1 to 10,000 entries each, and a least score within a million"
            .to_owned()
    })?;
    let once: BTreeSet<_> = bundle.tie_order.iter().collect();
    ensure(once.len() == bundle.tie_order.len(), || "tie_order: a rule stands there twice".to_owned())?;
    ensure(bundle.stars.is_none_or(|stars| (1..=STARS_MOST).contains(&stars)), || {
        format!("stars: are from 1 to {STARS_MOST}")
    })?;
    ensure(are_plain(&Value::from(bundle.rules.clone())), || {
        "rules: a number is within a million and has up to four decimals, or is whole".to_owned()
    })
}

/// Numbers that every language writes alike.
fn are_plain(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_i64() || number.as_f64().is_some_and(is_plain),
        Value::Array(list) => list.iter().all(are_plain),
        Value::Object(map) => map.values().all(are_plain),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn marked<'a>(list: &str, scores: &'a [Score], rubric: &Rubric) -> Result<Vec<Marked<'a>>, String> {
    let one = |(nth, score): (usize, &'a Score)| {
        let Score { entry, judge, marks } = score;
        ensure(is_name(entry) && is_name(judge), || format!("{list}[{nth}]: a name has 1 to 64 characters"))?;
        parts(rubric, marks)
            .map(|(y, heaviest)| Marked { review: Review { entry, judge, y }, heaviest })
            .map_err(|why| format!("{list}[{nth}].marks.{why}"))
    };
    scores.iter().enumerate().map(one).collect()
}

fn parts(rubric: &Rubric, marks: &Marks) -> Result<(f64, f64), String> {
    let parts = rubric.parts(marks).map_err(|why| why.to_string())?;
    Ok((rubric.weigh(&parts), parts[rubric.heaviest()]))
}

fn ensure_ballots(bundle: &Bundle) -> Result<(), String> {
    let most = bundle.stars.unwrap_or(STARS_MOST);
    let mut voters = BTreeSet::new();
    for (nth, ballot) in bundle.ballots.iter().enumerate() {
        ensure(ballot.stars.len() <= most, || format!("ballots[{nth}]: more than {most} stars"))?;
        let are_names = is_name(&ballot.voter) && ballot.stars.iter().all(|entry| is_name(entry));
        ensure(are_names, || format!("ballots[{nth}]: a name has 1 to 64 characters"))?;
        ensure(voters.insert(&ballot.voter), || format!("ballots[{nth}]: {} has another", ballot.voter))?;
    }
    Ok(())
}
