//! Statuses as they are written in requests and answers.

use domain::{
    Stamp,
    answers::Response,
    boards::Board,
    ideas::Reason,
    statuses::{Category, Colour, DeclineReason, Freezes, Status, StatusKey},
};
use persistence::{ideas::change::Explained, statuses::Step};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    body::{Patch, field, present},
    error::Failure,
    language::Language,
    names::NamesBody,
    reply::Reply,
    responses::NotifyName,
};

/// What a status means, whatever the board calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CategoryName {
    Open,
    UnderReview,
    Planned,
    InProgress,
    Shipped,
    Declined,
    Merged,
}

impl From<CategoryName> for Category {
    fn from(name: CategoryName) -> Self {
        match name {
            CategoryName::Open => Self::Open,
            CategoryName::UnderReview => Self::UnderReview,
            CategoryName::Planned => Self::Planned,
            CategoryName::InProgress => Self::InProgress,
            CategoryName::Shipped => Self::Shipped,
            CategoryName::Declined => Self::Declined,
            CategoryName::Merged => Self::Merged,
        }
    }
}

impl From<Category> for CategoryName {
    fn from(category: Category) -> Self {
        match category {
            Category::Open => Self::Open,
            Category::UnderReview => Self::UnderReview,
            Category::Planned => Self::Planned,
            Category::InProgress => Self::InProgress,
            Category::Shipped => Self::Shipped,
            Category::Declined => Self::Declined,
            Category::Merged => Self::Merged,
        }
    }
}

/// How far an idea has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusRefBody {
    #[schema(example = "open")]
    key: String,
    /// In the caller's language.
    #[schema(example = "열림")]
    name: String,
    category: CategoryName,
    #[schema(example = "#6b7280")]
    colour: String,
}

impl StatusRefBody {
    pub(crate) fn new(status: &Status, language: Language) -> Self {
        Self {
            key: status.key.to_string(),
            name: language.pick(&status.name.ko, &status.name.en).clone(),
            category: status.category.into(),
            colour: status.colour.as_str().to_owned(),
        }
    }
}

/// What nobody may do any more while an idea has the status.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezesBody {
    votes: bool,
    comments: bool,
    /// Edits by the author; staff may always.
    edits: bool,
}

impl From<FreezesBody> for Freezes {
    fn from(body: FreezesBody) -> Self {
        Self { votes: body.votes, comments: body.comments, edits: body.edits }
    }
}

/// A status of a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusBody {
    id: Uuid,
    #[schema(example = "beta_test")]
    key: String,
    /// In the caller's language.
    #[schema(example = "베타 시험")]
    name: String,
    names: NamesBody,
    #[schema(example = "#7c3aed")]
    colour: String,
    /// Its place in the order of the board; the first of category `open` is that of a new idea.
    position: i32,
    category: CategoryName,
    freezes: FreezesBody,
    /// The keys of the statuses that may follow it; null is any.
    #[schema(example = json!(["shipped", "declined"]))]
    next: Option<Vec<String>>,
}

impl StatusBody {
    pub(super) fn new(step: &Step, language: Language) -> Self {
        let status = &step.status;
        let Freezes { votes, comments, edits } = status.freezes;
        Self {
            id: status.id.uuid(),
            key: status.key.to_string(),
            name: language.pick(&status.name.ko, &status.name.en).clone(),
            names: NamesBody::from(&status.name),
            colour: status.colour.as_str().to_owned(),
            position: status.position,
            category: status.category.into(),
            freezes: FreezesBody { votes, comments, edits },
            next: status.restricted.then(|| step.next.iter().map(ToString::to_string).collect()),
        }
    }
}

pub(super) fn shown(step: &Step, language: Language) -> Reply<StatusBody> {
    Reply::ok(&StatusBody::new(step, language)).tagged(step.status.version)
}

/// How the key of a status is described.
#[derive(ToSchema)]
#[schema(max_length = 40, pattern = "^[a-z0-9]+(_[a-z0-9]+)*$", example = "planned")]
#[expect(dead_code, reason = "names the form of a key in the document")]
pub struct StatusKeyText(String);

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatusBody {
    /// Made from the English name unless given. It never changes.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = StatusKeyText)]
    key: Option<String>,
    #[validate(nested)]
    names: NamesBody,
    #[serde(default = "grey")]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$", example = "#7c3aed", required = false)]
    colour: String,
    category: CategoryName,
    /// As the category suggests unless given: settled ones freeze votes.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = FreezesBody)]
    freezes: Option<FreezesBody>,
    /// The keys of the statuses that may follow it; null is any.
    #[serde(default)]
    #[validate(length(max = 30))]
    #[schema(required = false, value_type = Option<Vec<StatusKeyText>>, max_items = 30)]
    next: Option<Vec<String>>,
}

fn grey() -> String {
    "#6b7280".to_owned()
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateStatusBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(required = false, nullable = false, value_type = NamesBody)]
    names: Option<NamesBody>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, pattern = "^#[0-9a-fA-F]{6}$", example = "#7c3aed")]
    colour: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    position: Option<i32>,
    /// Stays what it is while ideas have the status.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = CategoryName)]
    category: Option<CategoryName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = FreezesBody)]
    freezes: Option<FreezesBody>,
    /// The keys of the statuses that may follow it; null is any.
    #[serde(default)]
    #[schema(required = false, value_type = Option<Vec<StatusKeyText>>, max_items = 30)]
    next: Patch<Vec<String>>,
}

fn keys(texts: &[String]) -> Result<Vec<StatusKey>, Failure> {
    let mut keys = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        let key = field(&format!("/next/{place}"), StatusKey::try_from(&**text))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

impl NewStatusBody {
    /// The status, to be put on a board.
    pub(super) fn step(&self, stamp: &Stamp) -> Result<impl Fn(&Board) -> Step + Send + 'static, Failure> {
        let category = Category::from(self.category);
        let key = match &self.key {
            Some(key) => StatusKey::try_from(&**key),
            None => StatusKey::from_name(self.names.english()),
        };
        let suggested =
            Freezes { votes: category.is_closed(), comments: category == Category::Merged, edits: false };
        let status = Status {
            id: stamp.id(0),
            board_id: stamp.id(0),
            key: field("/key", key)?,
            name: self.names.value("/names")?,
            colour: field("/colour", Colour::try_from(&*self.colour))?,
            position: 0,
            category,
            freezes: self.freezes.map_or(suggested, Freezes::from),
            restricted: self.next.is_some(),
            version: 1,
        };
        let next = keys(self.next.as_deref().unwrap_or_default())?;
        Ok(move |board: &Board| Step {
            status: Status { board_id: board.id, ..status.clone() },
            next: next.clone(),
        })
    }
}

impl UpdateStatusBody {
    /// What a status becomes.
    pub(super) fn changes(&self) -> Result<impl Fn(&Step) -> Step + Send + 'static, Failure> {
        let name = self.names.as_ref().map(|names| names.value("/names")).transpose()?;
        let colour =
            self.colour.as_deref().map(|text| field("/colour", Colour::try_from(text))).transpose()?;
        let next = match &self.next {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(texts) => Patch::Set(keys(texts)?),
        };
        let (position, category) = (self.position, self.category.map(Category::from));
        let freezes = self.freezes.map(Freezes::from);
        Ok(move |step: &Step| {
            let before = step.status.clone();
            let present = before.restricted.then(|| step.next.clone());
            let next = next.clone().over(present);
            let status = Status {
                name: name.clone().unwrap_or(before.name),
                colour: colour.clone().unwrap_or(before.colour),
                position: position.unwrap_or(before.position),
                category: category.unwrap_or(before.category),
                freezes: freezes.unwrap_or(before.freezes),
                restricted: next.is_some(),
                version: before.version + 1,
                ..before
            };
            Step { status, next: next.unwrap_or_default() }
        })
    }
}

/// Why the brand declines.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReasonName {
    OutOfScope,
    NotFeasible,
    TooCostly,
    LowDemand,
    AlreadyPossible,
    Policy,
    Other,
}

impl From<DeclineReasonName> for DeclineReason {
    fn from(name: DeclineReasonName) -> Self {
        match name {
            DeclineReasonName::OutOfScope => Self::OutOfScope,
            DeclineReasonName::NotFeasible => Self::NotFeasible,
            DeclineReasonName::TooCostly => Self::TooCostly,
            DeclineReasonName::LowDemand => Self::LowDemand,
            DeclineReasonName::AlreadyPossible => Self::AlreadyPossible,
            DeclineReasonName::Policy => Self::Policy,
            DeclineReasonName::Other => Self::Other,
        }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStatusBody {
    /// The key of a status of the idea's board.
    #[schema(value_type = StatusKeyText)]
    status: String,
    /// Why, in words for the customers; it is kept with the change.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "다음 분기에 시작합니다.")]
    reason: String,
    /// Needed to decline, and only then.
    #[serde(default)]
    #[schema(required = false)]
    decline_reason: Option<DeclineReasonName>,
    /// An official response to go with it: Markdown. Supporters are told once of both.
    #[serde(default)]
    #[validate(length(min = 1, max = 10_000))]
    #[schema(required = false, min_length = 1, max_length = 10_000)]
    response: Option<String>,
    #[serde(default)]
    #[schema(required = false)]
    notify: NotifyName,
}

impl SetStatusBody {
    pub(crate) fn key(&self) -> Result<StatusKey, Failure> {
        field("/status", StatusKey::try_from(&*self.status))
    }

    pub(crate) fn why(&self) -> Result<Explained, Failure> {
        let reason = field("/reason", Reason::try_from(&*self.reason))?;
        let response = self.response.as_deref().map(|text| field("/response", Response::try_from(text)));
        Ok(Explained {
            reason,
            decline: self.decline_reason.map(DeclineReason::from),
            response: response.transpose()?,
            notify: self.notify.into(),
        })
    }
}
