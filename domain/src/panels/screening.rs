//! Screening: whether somebody may be taken, and if not, why, as codes they can read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{bands::value_of, terms::Terms};
use crate::{
    Refusal,
    members::{Attribute, Attributes},
    text::{Fault, Lines, clean},
};

/// What must be known of a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    pub attribute: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

impl Requirement {
    /// # Errors
    /// [`Fault`] when it asks for nothing, or its name is none.
    pub fn check(&self) -> Result<(), Fault> {
        clean(&self.attribute, 1, crate::members::MOST_ATTRIBUTE_NAME, Lines::One)?;
        let asks = self.one_of.as_ref().is_some_and(|values| !values.is_empty() && values.len() <= 100);
        let bounds = [self.at_least, self.at_most];
        match asks || (self.one_of.is_none() && bounds.iter().flatten().count() > 0) {
            true if bounds.iter().flatten().all(|bound| bound.is_finite()) => Ok(()),
            _ => Err(Fault::NotA("requirement: `one_of` with values, or `at_least` or `at_most`")),
        }
    }

    fn holds(&self, attributes: &Attributes) -> bool {
        match attributes.get(&self.attribute) {
            None => false,
            Some(Attribute::Number(number)) => {
                self.at_least.is_none_or(|least| *number >= least)
                    && self.at_most.is_none_or(|most| *number <= most)
                    && self.one_of.as_ref().is_none_or(|values| values.contains(&number.to_string()))
            }
            Some(other) => {
                let bounded = self.at_least.is_some() || self.at_most.is_some();
                !bounded && self.one_of.as_ref().is_some_and(|values| values.contains(&written(other)))
            }
        }
    }
}

/// An attribute as the value of a quota.
#[must_use]
pub fn written(attribute: &Attribute) -> String {
    match attribute {
        Attribute::Text(text) => text.clone(),
        Attribute::Number(number) => number.to_string(),
        Attribute::Flag(flag) => flag.to_string(),
    }
}

/// What is asked of whoever applies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub key: String,
    pub label: String,
    #[serde(default)]
    pub required: bool,
    pub kind: QuestionKind,
    /// Of single and several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Of a number: what qualifies. Left out for those who apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One of the choices, which must qualify.
    Single,
    /// Any of the choices, of which all must qualify.
    Several,
    /// A number, which must be within the bounds.
    Number,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub label: String,
    /// Whether it qualifies, which it does where nothing is said. Left out for those who apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifies: Option<bool>,
}

/// What somebody answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    One(String),
    Several(Vec<String>),
    Number(f64),
}

/// Answers by the key of their question.
pub type Answers = BTreeMap<String, Answer>;

impl Question {
    /// # Errors
    /// [`Fault`] when it has not what its kind has.
    pub fn check(&self) -> Result<(), Fault> {
        let keys: BTreeSet<&str> = self.choices.iter().map(|choice| choice.key.as_str()).collect();
        let bounds = [self.at_least, self.at_most];
        let is_choice = matches!(self.kind, QuestionKind::Single | QuestionKind::Several);
        if is_choice
            && !((1..=50).contains(&self.choices.len())
                && keys.len() == self.choices.len()
                && !keys.contains(""))
        {
            return Err(Fault::NotA("question with 1 to 50 choices, each with a key of its own"));
        }
        if !is_choice && !self.choices.is_empty() {
            return Err(Fault::NotA("question that has choices"));
        }
        if self.kind != QuestionKind::Number && bounds.iter().flatten().count() > 0 {
            return Err(Fault::NotA("question that has bounds"));
        }
        Ok(())
    }

    /// Whether an answer to it can keep somebody out.
    #[must_use]
    pub fn screens(&self) -> bool {
        let bounded = self.at_least.is_some() || self.at_most.is_some();
        bounded || self.choices.iter().any(|choice| choice.qualifies == Some(false))
    }

    /// Whether an answer is one to this question, and if so whether it qualifies.
    pub(super) fn weigh(&self, answer: &Answer) -> Result<bool, Fault> {
        let choice = |key: &String| {
            let found = self.choices.iter().find(|choice| choice.key == *key);
            found.map(|choice| choice.qualifies.unwrap_or(true)).ok_or(Fault::NotA("choice of this question"))
        };
        match (self.kind, answer) {
            (QuestionKind::Single, Answer::One(key)) => choice(key),
            (QuestionKind::Several, Answer::Several(keys)) => {
                let once: BTreeSet<&String> = keys.iter().collect();
                if once.len() != keys.len() {
                    return Err(Fault::NotA("list of choices, each once"));
                }
                let weighed: Result<Vec<bool>, Fault> = keys.iter().map(choice).collect();
                weighed.map(|all| all.into_iter().all(|qualifies| qualifies))
            }
            (QuestionKind::Number, Answer::Number(number)) if number.is_finite() => {
                Ok(self.at_least.is_none_or(|least| *number >= least)
                    && self.at_most.is_none_or(|most| *number <= most))
            }
            (QuestionKind::Text, Answer::One(text)) => clean(text, 1, 5_000, Lines::Many).map(|_| true),
            _ => Err(Fault::NotA("answer of the kind that is asked for")),
        }
    }
}

/// The code of somebody whom strikes keep out.
pub const NO_SHOWS: &str = "no_shows";
/// The code of somebody of whom a value that has quotas is not known.
pub const NO_VALUE: &str = "no_value_for_quota";

/// What is known of somebody beside their answers.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    pub attributes: &'a Attributes,
    pub is_staff: bool,
    /// Whether their last seat is too recent.
    pub is_cooling_off: bool,
    /// Whether strikes keep them out.
    pub is_barred: bool,
}

/// Why somebody may not be taken, as sorted codes; none when they may.
///
/// # Errors
/// [`Refusal::UnfitAt`] when an answer is none to its question, or a required one is missing.
pub fn screen(
    terms: &Terms,
    answers: &Answers,
    agreed: &BTreeSet<String>,
    standing: &Standing<'_>,
) -> Result<Vec<String>, Refusal> {
    let unfit = |key: &str, fault| Refusal::UnfitAt { pointer: format!("/answers/{key}"), fault };
    let mut reasons = BTreeSet::new();
    if let Some(key) = answers.keys().find(|key| terms.question(key).is_none()) {
        return Err(unfit(key, Fault::NotA("question of this panel")));
    }
    for question in &terms.questions {
        let Some(answer) = answers.get(&question.key) else {
            if question.required {
                return Err(unfit(&question.key, Fault::Required));
            }
            continue;
        };
        if !question.weigh(answer).map_err(|fault| unfit(&question.key, fault))? {
            reasons.insert(format!("failed_screen:{}", question.key));
        }
    }
    let failed = terms.eligibility.iter().filter(|requirement| !requirement.holds(standing.attributes));
    reasons.extend(failed.map(|requirement| requirement.attribute.clone()));
    let lacks = |consent: &&super::terms::Consent| consent.required && !agreed.contains(&consent.key);
    for (code, holds) in [
        ("missing_consent", terms.consents.iter().any(|consent| lacks(&consent))),
        ("employee_or_family", standing.is_staff),
        ("cooldown", standing.is_cooling_off),
        (NO_SHOWS, standing.is_barred),
        (NO_VALUE, facets(terms, answers, standing.attributes).is_none()),
    ] {
        if holds {
            reasons.insert(code.to_owned());
        }
    }
    Ok(reasons.into_iter().collect())
}

/// What somebody counts for in the quotas: answers to single questions, else attributes. None where one is not known.
#[must_use]
pub fn facets(terms: &Terms, answers: &Answers, attributes: &Attributes) -> Option<BTreeMap<String, String>> {
    let value = |name: &String| match (terms.question(name), answers.get(name)) {
        (Some(Question { kind: QuestionKind::Single, .. }), Some(Answer::One(key))) => Some(key.clone()),
        (Some(_), _) => None,
        (None, _) => attributes.get(name).and_then(|known| value_of(&terms.bands, name, known)),
    };
    terms.quotas.keys().map(|name| Some((name.clone(), value(name)?))).collect()
}
