//! Fields as they are written in requests and answers.

use domain::{
    Stamp,
    boards::Board,
    fields::{Choice, ChoiceKey, Field, FieldKey, Kind, Visible, ensure_choices},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    body::{Patch, field, present},
    error::Failure,
    language::Language,
    names::{HintsBody, NamesBody},
    reply::Reply,
};

/// What an answer is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// 1-1,000 characters.
    Text,
    Number,
    /// The key of one of the choices.
    Choice,
    /// A list of keys of choices, each once.
    Choices,
    /// `YYYY-MM-DD`.
    Date,
    YesNo,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Text => Self::Text,
            KindName::Number => Self::Number,
            KindName::Choice => Self::Choice,
            KindName::Choices => Self::Choices,
            KindName::Date => Self::Date,
            KindName::YesNo => Self::YesNo,
        }
    }
}

impl From<Kind> for KindName {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text,
            Kind::Number => Self::Number,
            Kind::Choice => Self::Choice,
            Kind::Choices => Self::Choices,
            Kind::Date => Self::Date,
            Kind::YesNo => Self::YesNo,
        }
    }
}

/// Who sees the answers.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisibleName {
    /// Everybody who may view the idea.
    #[default]
    Public,
    /// Staff, and the author of the idea.
    Staff,
}

impl From<VisibleName> for Visible {
    fn from(name: VisibleName) -> Self {
        match name {
            VisibleName::Public => Self::Public,
            VisibleName::Staff => Self::Staff,
        }
    }
}

impl From<Visible> for VisibleName {
    fn from(visible: Visible) -> Self {
        match visible {
            Visible::Public => Self::Public,
            Visible::Staff => Self::Staff,
        }
    }
}

/// One of the answers a field offers.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceBody {
    #[schema(example = "earphones")]
    key: String,
    /// In the caller's language.
    #[schema(example = "이어폰")]
    name: String,
    names: NamesBody,
}

/// What a board asks with an idea.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldBody {
    id: Uuid,
    /// What `fields` of an idea calls it.
    #[schema(example = "product")]
    key: String,
    /// In the caller's language.
    #[schema(example = "어느 제품인가요?")]
    label: String,
    labels: NamesBody,
    help: Option<HintsBody>,
    kind: KindName,
    required: bool,
    /// Of the kinds `choice` and `choices`; of the others empty.
    choices: Vec<ChoiceBody>,
    /// Its place in the order of the board.
    position: i32,
    visible: VisibleName,
}

impl FieldBody {
    pub(super) fn new(field: &Field, language: Language) -> Self {
        let choice = |choice: &Choice| ChoiceBody {
            key: choice.key.to_string(),
            name: language.pick(&choice.name.ko, &choice.name.en).clone(),
            names: NamesBody::from(&choice.name),
        };
        Self {
            id: field.id.uuid(),
            key: field.key.to_string(),
            label: language.pick(&field.label.ko, &field.label.en).clone(),
            labels: NamesBody::from(&field.label),
            help: field.help.as_ref().map(HintsBody::from),
            kind: field.kind.into(),
            required: field.required,
            choices: field.choices.iter().map(choice).collect(),
            position: field.position,
            visible: field.visible.into(),
        }
    }
}

pub(super) fn shown(field: &Field, language: Language) -> Reply<FieldBody> {
    Reply::ok(&FieldBody::new(field, language)).tagged(field.version)
}

/// How the key of a field or of a choice is described.
#[derive(ToSchema)]
#[schema(max_length = 40, pattern = "^[a-z0-9]+(_[a-z0-9]+)*$", example = "product")]
#[expect(dead_code, reason = "names the form of a key in the document")]
pub struct FieldKeyText(String);

#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChoiceBody {
    /// Made from the English name unless given. It never changes.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = FieldKeyText)]
    key: Option<String>,
    #[validate(nested)]
    names: NamesBody,
}

fn choices(bodies: &[NewChoiceBody]) -> Result<Vec<Choice>, Failure> {
    let choice = |(place, body): (usize, &NewChoiceBody)| {
        let key = match &body.key {
            Some(key) => ChoiceKey::try_from(&**key),
            None => ChoiceKey::from_name(body.names.english()),
        };
        Ok(Choice {
            key: field(&format!("/choices/{place}/key"), key)?,
            name: body.names.value(&format!("/choices/{place}/names"))?,
        })
    };
    bodies.iter().enumerate().map(choice).collect()
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "key": "product", "labels": { "ko": "어느 제품인가요?", "en": "Which product?" }, "kind": "choice",
    "required": true, "visible": "public",
    "choices": [{ "names": { "ko": "이어폰", "en": "Earphones" } }, { "names": { "ko": "시계", "en": "Watch" } }]
}))]
pub struct NewFieldBody {
    /// Made from the English label unless given. It never changes.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = FieldKeyText)]
    key: Option<String>,
    #[validate(nested)]
    labels: NamesBody,
    #[serde(default)]
    #[validate(nested)]
    #[schema(required = false)]
    help: Option<HintsBody>,
    /// It never changes.
    kind: KindName,
    /// Whether an idea cannot be posted without an answer.
    #[serde(default)]
    required: bool,
    /// Of the kinds `choice` and `choices`, and only there.
    #[serde(default)]
    #[validate(length(max = 50), nested)]
    #[schema(max_items = 50)]
    choices: Vec<NewChoiceBody>,
    #[serde(default)]
    #[schema(required = false)]
    visible: VisibleName,
}

impl NewFieldBody {
    /// The field, to be put on a board.
    pub(super) fn field(&self, stamp: &Stamp) -> Result<impl Fn(&Board) -> Field + Send + 'static, Failure> {
        let key = match &self.key {
            Some(key) => FieldKey::try_from(&**key),
            None => FieldKey::from_name(self.labels.english()),
        };
        let new = Field {
            id: stamp.id(0),
            board_id: stamp.id(0),
            key: field("/key", key)?,
            label: self.labels.value("/labels")?,
            help: self.help.as_ref().map(|help| help.value("/help")).transpose()?,
            kind: self.kind.into(),
            required: self.required,
            choices: choices(&self.choices)?,
            position: 0,
            visible: self.visible.into(),
            archived_at: None,
            version: 1,
        };
        ensure_choices(new.kind, &new.choices)?;
        Ok(move |board: &Board| Field { board_id: board.id, ..new.clone() })
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateFieldBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(required = false, nullable = false, value_type = NamesBody)]
    labels: Option<NamesBody>,
    #[serde(default)]
    #[schema(required = false, value_type = Option<HintsBody>)]
    help: Patch<HintsBody>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    required: Option<bool>,
    /// All of them, in their order; those that answers use must be among them.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 50), nested)]
    #[schema(required = false, nullable = false, max_items = 50)]
    choices: Option<Vec<NewChoiceBody>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    position: Option<i32>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = VisibleName)]
    visible: Option<VisibleName>,
}

impl UpdateFieldBody {
    /// What a field becomes.
    pub(super) fn changes(&self) -> Result<impl Fn(&Field) -> Field + Send + 'static, Failure> {
        let label = self.labels.as_ref().map(|labels| labels.value("/labels")).transpose()?;
        let help = match &self.help {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(help) => Patch::Set(help.value("/help")?),
        };
        let choices = self.choices.as_deref().map(choices).transpose()?;
        let (required, position, visible) = (self.required, self.position, self.visible.map(Visible::from));
        Ok(move |before: &Field| Field {
            label: label.clone().unwrap_or_else(|| before.label.clone()),
            help: help.clone().over(before.help.clone()),
            required: required.unwrap_or(before.required),
            choices: choices.clone().unwrap_or_else(|| before.choices.clone()),
            position: position.unwrap_or(before.position),
            visible: visible.unwrap_or(before.visible),
            ..before.clone()
        })
    }
}
