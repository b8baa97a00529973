//! Judges: who they are, what they know much of, and how many entries they take.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    Barred, Contest, Phase,
    answers::{Answer, Answers, QuestionKind},
    reviews::Kind,
    screening::Note,
    terms::{Blind, Terms},
};
use crate::{
    ContestId, MemberId, Refusal,
    judging::{ENTRIES_MOST, assignment::EXPERTISE_MOST, ties::Rule},
    terms::escaped,
    text::Fault,
};

/// A member who judges a contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judge {
    pub contest_id: ContestId,
    pub member_id: MemberId,
    pub expertise: Expertise,
    /// The most entries they take; none where they take as many as there are.
    pub most: Option<u32>,
    pub appointed_at: DateTime<Utc>,
    /// When they said with whom they are in conflict, or that they are with nobody. Nobody is given entries before.
    pub declared_at: Option<DateTime<Utc>>,
    /// When they stopped, and why.
    pub left: Option<(DateTime<Utc>, Note)>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// What somebody knows much of, from 0 to 100: by a question with choices, and one of these.
pub type Expertise = BTreeMap<String, BTreeMap<String, u8>>;

impl Judge {
    /// Whether they may be given entries.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.left.is_none() && self.declared_at.is_some()
    }

    /// Whether they may be given entries.
    ///
    /// # Errors
    /// [`Barred::Undeclared`]; [`Refusal::Unfit`] of who has left.
    pub fn ensure_ready(&self) -> Result<(), Refusal> {
        match (&self.left, self.declared_at) {
            (Some(_), _) => {
                Err(Refusal::Unfit { field: "judge_id", fault: Fault::NotA("judge of the contest") })
            }
            (None, None) => Err(Barred::Undeclared.into()),
            (None, Some(_)) => Ok(()),
        }
    }
}

/// What somebody knows much of, if it is by the form.
///
/// # Errors
/// [`Refusal::UnfitPlaces`] names what the form does not ask.
pub fn ensure_expertise(terms: &Terms, expertise: &Expertise) -> Result<(), Refusal> {
    let mut wrong = Vec::new();
    for (asked, choices) in expertise {
        let at = format!("/expertise/{}", escaped(asked));
        let question = terms.form.iter().find(|one| one.key == *asked && one.kind == QuestionKind::Choice);
        let Some(question) = question else {
            wrong.push((at, Fault::NotA("question of the form that has choices")));
            continue;
        };
        for (choice, known) in choices {
            let at = format!("{at}/{}", escaped(choice));
            if !question.choices.iter().any(|one| one.key == *choice) {
                wrong.push((at, Fault::NotA("choice of this question")));
            } else if *known > EXPERTISE_MOST {
                wrong.push((at, Fault::NotA("number from 0 to 100")));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::UnfitPlaces(wrong)) }
}

/// # Errors
/// [`Refusal::Unfit`].
pub fn ensure_most(most: Option<u32>) -> Result<(), Refusal> {
    let fits = |most: u32| (1..=ENTRIES_MOST).contains(&usize::try_from(most).unwrap_or(usize::MAX));
    match most.is_none_or(fits) {
        true => Ok(()),
        false => Err(Refusal::Unfit { field: "most", fault: Fault::NotA("number from 1 to 2,000") }),
    }
}

/// What an entry is about: the choices among what its form asks.
#[must_use]
pub fn choices(terms: &Terms, answers: &Answers) -> BTreeMap<String, String> {
    let asked = terms.form.iter().filter(|question| question.kind == QuestionKind::Choice);
    let chosen = asked.filter_map(|question| match answers.get(&question.key) {
        Some(Answer::Text(choice)) => Some((question.key.clone(), choice.clone())),
        Some(Answer::Number(_)) | None => None,
    });
    chosen.collect()
}

/// How much somebody knows of what an entry is about: the most that is said of any of its choices.
#[must_use]
pub fn expertise_in(expertise: &Expertise, choices: &BTreeMap<String, String>) -> u8 {
    let known = choices.iter().filter_map(|(asked, choice)| expertise.get(asked)?.get(choice).copied());
    known.max().unwrap_or_default()
}

impl Contest {
    /// Whether it is in one of these phases.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_in(&self, phases: &[Phase], now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.phase(now) {
            phase if phases.contains(&phase) => Ok(()),
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// Whether judges are appointed and changed: from the day it is published until the scores are locked, and where an extra review may
    /// have to settle a tie until the result is final, because everybody may have scored those who are tied.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_takes_judges(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        let asks_for_more = self.terms.tie_order.contains(&Rule::ExtraReview);
        match asks_for_more && Kind::Extra.phases().contains(&self.phase(now)) {
            true => Ok(()),
            false => self.ensure_in(&[Phase::Announced, Phase::Open, Phase::Screening, Phase::Judging], now),
        }
    }

    /// Whether whoever judges it must not learn yet what those who run it know: until its result is released.
    #[must_use]
    pub fn is_kept_from_judges(&self) -> bool {
        self.marks.provisional_at.is_none() && self.marks.cancelled_at.is_none()
    }

    /// Whether a sample, which nobody made, looks to judges like any entry.
    ///
    /// # Errors
    /// [`Barred::JudgesSeeAuthors`].
    pub fn ensure_hides_samples(&self) -> Result<(), Refusal> {
        let blind = &self.terms.judging.blind;
        match [Blind::Author, Blind::Team].iter().all(|hidden| blind.contains(hidden)) {
            true => Ok(()),
            false => Err(Barred::JudgesSeeAuthors.into()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::contests::{
        Step,
        answers::{Choice, Question},
        entries::tests::member,
        tests::{contest, day},
    };

    pub(crate) fn judge() -> Judge {
        Judge {
            contest_id: contest().id,
            member_id: member(7),
            expertise: Expertise::new(),
            most: None,
            appointed_at: day(5),
            declared_at: Some(day(6)),
            left: None,
            version: 1,
        }
    }

    fn asked() -> Terms {
        let choice = |key: &str| Choice { key: key.to_owned(), label: key.to_owned() };
        let question = |key: &str, kind, choices| Question {
            key: key.to_owned(),
            label: key.to_owned(),
            kind,
            required: false,
            choices,
        };
        let form = vec![
            question("where", QuestionKind::Choice, vec![choice("app"), choice("web")]),
            question("why", QuestionKind::Text, Vec::new()),
        ];
        Terms { form, ..contest().terms }
    }

    fn knows(asked: &str, choice: &str, known: u8) -> Expertise {
        [(asked.to_owned(), [(choice.to_owned(), known)].into())].into()
    }

    #[test]
    fn expertise_is_by_what_the_form_asks() {
        assert_eq!(ensure_expertise(&asked(), &knows("where", "app", 100)), Ok(()));
        for (odd, pointer) in [
            (knows("why", "app", 1), "/expertise/why"),
            (knows("a/b", "app", 1), "/expertise/a~1b"),
            (knows("where", "car", 1), "/expertise/where/car"),
            (knows("where", "app", 101), "/expertise/where/app"),
        ] {
            let Err(Refusal::UnfitPlaces(wrong)) = ensure_expertise(&asked(), &odd) else {
                panic!("{odd:?}")
            };
            assert_eq!(wrong[0].0, pointer);
        }
        let answers: Answers = [("where", "web"), ("why", "app")]
            .map(|(key, said)| (key.to_owned(), Answer::Text(said.to_owned())))
            .into();
        let about = choices(&asked(), &answers);
        assert_eq!(about, [("where".to_owned(), "web".to_owned())].into());
        assert_eq!(expertise_in(&knows("where", "web", 70), &about), 70);
        assert_eq!(expertise_in(&knows("where", "app", 70), &about), 0);
    }

    #[test]
    fn who_has_left_or_said_nothing_of_conflicts_gets_no_entries() {
        assert!(judge().is_ready() && judge().ensure_ready().is_ok());
        let silent = Judge { declared_at: None, ..judge() };
        assert_eq!((silent.is_ready(), silent.ensure_ready()), (false, Err(Barred::Undeclared.into())));
        let gone = Judge { left: Some((day(8), Note::try_from("바빠서").unwrap())), ..judge() };
        assert!(
            !gone.is_ready() && matches!(gone.ensure_ready(), Err(Refusal::Unfit { field: "judge_id", .. }))
        );
        for (most, fits) in [(None, true), (Some(1), true), (Some(0), false), (Some(2_001), false)] {
            assert_eq!(ensure_most(most).is_ok(), fits, "{most:?}");
        }
    }

    #[test]
    fn judges_change_until_the_scores_are_locked() {
        assert_eq!(contest().ensure_takes_judges(day(5)), Ok(()));
        let judged = contest().after(Step::BeginJudging, day(25)).unwrap();
        assert_eq!(judged.ensure_takes_judges(day(26)), Ok(()));
        let locked = judged.after(Step::LockScores, day(40)).unwrap();
        assert_eq!(locked.ensure_takes_judges(day(41)), Err(Barred::Phase(Phase::ScoresLocked).into()));
        let mut asks_for_more = locked;
        asks_for_more.terms.tie_order = vec![Rule::ExtraReview, Rule::Lot];
        assert_eq!(asks_for_more.ensure_takes_judges(day(41)), Ok(()));
    }
}
