//! The form of an entry: what is asked, and what was answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    judging::is_plain,
    terms::{each_once, key, measured},
    text::{Fault, Lines, address, clean},
};

/// What is asked of whoever enters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub key: String,
    pub label: String,
    pub kind: QuestionKind,
    #[serde(default)]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One line of up to 500 characters.
    Text,
    /// Markdown of up to 20,000 characters.
    LongText,
    /// The key of one of the choices.
    Choice,
    /// With up to four decimals, within a million.
    Number,
    /// The address of a page, of up to 1,000 characters.
    Url,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub label: String,
}

/// What somebody answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    Text(String),
    Number(f64),
}

/// Answers by the key of their question.
pub type Answers = BTreeMap<String, Answer>;

impl Question {
    /// The most choices of a question.
    pub const CHOICES_MOST: usize = 50;

    /// # Errors
    /// The name of the part that is wrong, and why.
    pub(super) fn check(&self) -> Result<(), (String, Fault)> {
        let least = usize::from(self.kind == QuestionKind::Choice);
        measured("choices", self.choices.len(), least, least * Self::CHOICES_MOST)?;
        each_once("choices", self.choices.iter().map(|choice| choice.key.as_str()))?;
        for (nth, choice) in self.choices.iter().enumerate() {
            key(&format!("choices/{nth}/key"), &choice.key)?;
            clean(&choice.label, 1, 200, Lines::One)
                .map_err(|fault| (format!("choices/{nth}/label"), fault))?;
        }
        Ok(())
    }

    /// The answer in the form it is kept in.
    ///
    /// # Errors
    /// [`Fault`] when it answers something else.
    pub fn fit(&self, answer: &Answer) -> Result<Answer, Fault> {
        let text = |text| Ok(Answer::Text(text));
        match (self.kind, answer) {
            (QuestionKind::Text, Answer::Text(said)) => text(clean(said, 1, 500, Lines::One)?),
            (QuestionKind::LongText, Answer::Text(said)) => text(clean(said, 1, 20_000, Lines::Many)?),
            (QuestionKind::Url, Answer::Text(said)) => text(address(said, 1_000, &["https://", "http://"])?),
            (QuestionKind::Choice, Answer::Text(said)) => {
                match self.choices.iter().any(|choice| choice.key == *said) {
                    true => text(said.clone()),
                    false => Err(Fault::NotA("choice of this question")),
                }
            }
            (QuestionKind::Number, Answer::Number(number)) if is_plain(*number) => Ok(answer.clone()),
            (QuestionKind::Number, _) => {
                Err(Fault::NotA("number within a million, with up to four decimals"))
            }
            (_, Answer::Number(_)) => Err(Fault::NotA("text")),
        }
    }
}

/// The answers in the form they are kept in; what is required may be missing yet.
///
/// # Errors
/// The keys of those that answer nothing that is asked, or not what is asked, and why.
pub fn fit(form: &[Question], answers: &Answers) -> Result<Answers, Vec<(String, Fault)>> {
    let (mut fitting, mut wrong) = (Answers::new(), Vec::new());
    for (key, answer) in answers {
        let question = form.iter().find(|question| question.key == *key);
        match question.map_or(Err(Fault::NotA("question of the form")), |question| question.fit(answer)) {
            Ok(answer) => drop(fitting.insert(key.clone(), answer)),
            Err(fault) => wrong.push((key.clone(), fault)),
        }
    }
    if wrong.is_empty() { Ok(fitting) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: QuestionKind) -> Question {
        let choices = match kind {
            QuestionKind::Choice => vec![Choice { key: "app".to_owned(), label: "앱".to_owned() }],
            _ => Vec::new(),
        };
        Question { key: "q".to_owned(), label: "물음".to_owned(), kind, required: true, choices }
    }

    #[test]
    fn each_kind_takes_its_own_answers_and_no_others() {
        let text = |text: &str| Answer::Text(text.to_owned());
        for (kind, answer, kept) in [
            (QuestionKind::Text, text(" 한 줄 "), Some(text("한 줄"))),
            (QuestionKind::Text, text("두\n줄"), None),
            (QuestionKind::Text, text(&"가".repeat(501)), None),
            (QuestionKind::LongText, text("두\n줄"), Some(text("두\n줄"))),
            (QuestionKind::LongText, text(&"가".repeat(20_001)), None),
            (QuestionKind::Choice, text("app"), Some(text("app"))),
            (QuestionKind::Choice, text("web"), None),
            (QuestionKind::Number, Answer::Number(2.5), Some(Answer::Number(2.5))),
            (QuestionKind::Number, Answer::Number(0.00001), None),
            (QuestionKind::Number, text("2"), None),
            (QuestionKind::Url, text("https://a.kr/x"), Some(text("https://a.kr/x"))),
            (QuestionKind::Url, text("javascript:alert(1)"), None),
            (QuestionKind::Url, Answer::Number(1.0), None),
        ] {
            assert_eq!(question(kind).fit(&answer).ok(), kept, "{kind:?} {answer:?}");
        }
    }

    #[test]
    fn an_answer_to_nothing_is_named() {
        let answers: Answers = [("z".to_owned(), Answer::Number(1.0))].into();
        let wrong = fit(&[question(QuestionKind::Text)], &answers).unwrap_err();
        assert_eq!(wrong, [("z".to_owned(), Fault::NotA("question of the form"))]);
    }
}
