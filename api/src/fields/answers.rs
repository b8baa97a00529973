//! Answers as they are written in ideas, and asked for in lists.

use std::collections::BTreeMap;

use domain::{
    Actor, BoardId, Refusal,
    fields::{Answer, Asked, ChoiceKey, Given, Sent, answers},
    ideas::Idea,
    text::Fault,
};
use persistence::{
    AnyConnection, Result as Rows,
    fields::{
        self, Which,
        answers::{AnswerFilter, Answered, NewAnswer},
    },
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::bodies::KindName;
use crate::{error::Failure, language::Language, members::plain_number};

/// What was answered: by the kind of the field a text, a number, a date, the key of a choice or several, or yes or no.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AnswerValueBody {
    #[schema(example = "earphones")]
    Text(String),
    #[schema(value_type = f64)]
    Number(serde_json::Number),
    Flag(bool),
    Many(Vec<String>),
}

impl From<Answer> for AnswerValueBody {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Text(text) => Self::Text(text),
            Answer::Number(number) => Self::Number(plain_number(number)),
            Answer::Choice(key) => Self::Text(key.to_string()),
            Answer::Choices(keys) => Self::Many(keys.iter().map(ToString::to_string).collect()),
            Answer::Date(day) => Self::Text(day.to_string()),
            Answer::YesNo(yes) => Self::Flag(yes),
        }
    }
}

/// An answer as it is sent; null is none.
#[derive(ToSchema)]
#[expect(dead_code, reason = "names the form of an answer in the document")]
pub struct NewAnswerBody(Option<AnswerValueBody>);

/// An answer, and what it answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerBody {
    #[schema(example = "product")]
    key: String,
    /// In the caller's language.
    #[schema(example = "어느 제품인가요?")]
    label: String,
    kind: KindName,
    value: AnswerValueBody,
    /// What the choices are called in the caller's language, where the kind has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = json!(["이어폰"]))]
    names: Option<Vec<String>>,
}

impl AnswerBody {
    pub(crate) fn new(Answered { field, answer }: Answered, language: Language) -> Self {
        let name = |key: &ChoiceKey| {
            let choice = field.choices.iter().find(|choice| choice.key == *key)?;
            Some(language.pick(&choice.name.ko, &choice.name.en).clone())
        };
        let names = match &answer {
            Answer::Choice(key) => Some(name(key).into_iter().collect()),
            Answer::Choices(keys) => Some(keys.iter().filter_map(name).collect()),
            Answer::Text(_) | Answer::Number(_) | Answer::Date(_) | Answer::YesNo(_) => None,
        };
        Self {
            key: field.key.to_string(),
            label: language.pick(field.label.ko, field.label.en),
            kind: field.kind.into(),
            value: answer.into(),
            names,
        }
    }
}

/// The values of a body, for the fields to judge.
pub(crate) fn sent(values: &BTreeMap<String, Value>) -> Sent {
    values.iter().map(|(key, value)| (key.clone(), given(value))).collect()
}

fn given(value: &Value) -> Option<Given> {
    Some(match value {
        Value::Null => return None,
        Value::String(text) => Given::Text(text.clone()),
        Value::Bool(flag) => Given::Flag(*flag),
        Value::Number(number) => number.as_f64().map_or(Given::Other, Given::Number),
        Value::Array(items) => {
            let texts: Option<Vec<String>> =
                items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            texts.map_or(Given::Other, Given::Many)
        }
        Value::Object(_) => Given::Other,
    })
}

/// The answers of an idea that what was sent changes.
pub(crate) fn changed(tx: &mut AnyConnection, idea: &Idea, sent: &Sent) -> Rows<Vec<NewAnswer>> {
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    let asked = fields::of_board(tx, idea.board_id, Which::Asked)?;
    let mut new = answers(&asked, sent, Asked::Sent)?;
    let present = fields::answers::of_idea(tx, idea)?;
    new.retain(|(field, answer)| {
        let before = present.iter().find(|answered| answered.field.id == *field);
        before.map(|answered| &answered.answer) != answer.as_ref()
    });
    Ok(new)
}

/// What a query asks of answers: the key of a field, and the condition in words.
pub(crate) type Asking = (String, Option<String>);

const MOST_ASKED: usize = 10;

/// The parts of the parameter `field`: `key:condition`, parted by commas.
pub(crate) fn asking(text: Option<&str>) -> Result<Vec<Asking>, Failure> {
    let part = |part: &str| match part.split_once(':') {
        Some((key, condition)) => (key.to_owned(), Some(condition.to_owned())),
        None => (part.to_owned(), None),
    };
    let parts: Vec<Asking> = text.into_iter().flat_map(|text| text.split(',')).map(part).collect();
    if parts.len() > MOST_ASKED {
        return Err(Failure::field("?field", Fault::TooMany { most: MOST_ASKED }));
    }
    Ok(parts)
}

/// What is asked of the answers on a board. Of fields for staff only staff may ask, or the list would tell what the idea
/// does not.
pub(crate) fn filters(
    tx: &mut AnyConnection,
    actor: &Actor,
    board: Option<BoardId>,
    asking: &[Asking],
) -> Rows<Vec<AnswerFilter>> {
    let unfit = |fault| Refusal::Unfit { field: "?field", fault };
    if asking.is_empty() {
        return Ok(Vec::new());
    }
    let Some(board) = board else { return Err(unfit(Fault::NotA("filter of all boards")).into()) };
    let fields = fields::of_board(tx, board, Which::Ever)?;
    let filter = |(key, condition): &Asking| {
        let field = fields.iter().find(|field| field.key.as_str() == key);
        let field = field.filter(|field| field.shows_answers_to(actor, None));
        let field = field.ok_or_else(|| unfit(Fault::NotA("field of the board")))?;
        let wanted = field.wanted(condition.as_deref()).map_err(unfit)?;
        Ok(AnswerFilter { field: field.id, wanted })
    };
    asking.iter().map(filter).collect()
}
