//! Roadmaps as they are written in requests and answers.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Audience, Refusal, Stamp,
    boards::Board,
    names::{Bilingual, Key},
    roadmaps::{Columns, Period, Roadmap, RoadmapName, Time},
    statuses::{Category, StatusKey},
    text::Fault,
};
use persistence::statuses::Step;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    body::{Patch, field, present},
    boards::AudienceName,
    error::Failure,
    ideas::BoardRefBody,
    language::Language,
    names::NamesBody,
    statuses::StatusRefBody,
};

/// What the columns of a roadmap stand for. It never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadmapKindName {
    /// Statuses of the board: each idea stands in the column of its own.
    Status,
    /// Periods, or labels such as later: ideas stand where staff puts them.
    Time,
}

impl From<&Columns> for RoadmapKindName {
    fn from(columns: &Columns) -> Self {
        match columns {
            Columns::Statuses(_) => Self::Status,
            Columns::Times(_) => Self::Time,
        }
    }
}

/// What a roadmap is, without its columns.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadmapFacts {
    id: Uuid,
    board: BoardRefBody,
    #[schema(example = "2027년 계획")]
    name: String,
    audience: AudienceName,
    kind: RoadmapKindName,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl RoadmapFacts {
    pub(super) fn new(roadmap: &Roadmap, board: &Board) -> Self {
        Self {
            id: roadmap.id.uuid(),
            board: BoardRefBody::from(board),
            name: roadmap.name.as_str().to_owned(),
            audience: roadmap.audience.into(),
            kind: RoadmapKindName::from(&roadmap.columns),
            created_at: roadmap.created_at,
            updated_at: roadmap.updated_at,
        }
    }
}

/// A roadmap, without what stands on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadmapBody {
    #[serde(flatten)]
    pub(super) facts: RoadmapFacts,
    pub(super) columns: Vec<ColumnBody>,
}

/// A column of a roadmap.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnBody {
    #[schema(example = "2027-Q1")]
    pub(super) key: String,
    /// In the caller's language.
    #[schema(example = "2027년 1분기")]
    name: String,
    /// On a roadmap by status.
    status: Option<StatusRefBody>,
    /// The first day of the period.
    #[schema(example = "2027-01-01")]
    from: Option<NaiveDate>,
    /// The day after its last.
    #[schema(example = "2027-04-01")]
    to: Option<NaiveDate>,
    /// Whether today in Seoul lies in the period.
    current: bool,
}

/// The columns as they are shown. One whose status has gone is not there.
pub(super) fn shown(
    columns: &Columns,
    steps: &[Step],
    language: Language,
    now: DateTime<Utc>,
) -> Vec<ColumnBody> {
    let of_status = |key: &StatusKey| {
        let step = steps.iter().find(|step| step.status.key == *key)?;
        let name = language.pick(&step.status.name.ko, &step.status.name.en).clone();
        let status = Some(StatusRefBody::new(&step.status, language));
        Some(ColumnBody { key: key.to_string(), name, status, from: None, to: None, current: false })
    };
    let of_time = |time: &Time| {
        let (Bilingual { ko, en }, period) = match time {
            Time::Period(period) => (period.names(), Some(*period)),
            Time::Label { names, .. } => (names.clone(), None),
        };
        let days = period.map(Period::days);
        ColumnBody {
            key: time.key(),
            name: language.pick(ko, en),
            status: None,
            from: days.map(|(from, _)| from),
            to: days.map(|(_, to)| to),
            current: period.is_some_and(|period| period.holds(now)),
        }
    };
    match columns {
        Columns::Statuses(keys) => keys.iter().filter_map(of_status).collect(),
        Columns::Times(times) => times.iter().map(of_time).collect(),
    }
}

/// A column: a `status` on a roadmap by status; else a `period`, or `names` with a `key`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewColumnBody {
    /// The key of a status of the board.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, example = "planned")]
    status: Option<String>,
    /// A month, quarter, half or year: `2027-03`, `2027-Q1`, `2027-H1` or `2027`.
    #[serde(default, deserialize_with = "present")]
    #[schema(
        required = false,
        nullable = false,
        pattern = "^[2-9][0-9]{3}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$",
        example = "2027-Q1"
    )]
    period: Option<String>,
    /// Made from the English name unless given.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, pattern = "^[a-z0-9]+(_[a-z0-9]+)*$", max_length = 40, example = "later")]
    key: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(required = false, nullable = false, value_type = NamesBody)]
    names: Option<NamesBody>,
}

impl NewColumnBody {
    fn status(&self) -> Result<StatusKey, (&'static str, Fault)> {
        match (&self.status, &self.period, &self.key, &self.names) {
            (Some(key), None, None, None) => {
                StatusKey::try_from(&**key).map_err(|fault| ("/status", fault))
            }
            (None, ..) => Err(("/status", Fault::Required)),
            _ => Err(("", Fault::NotA("column by status, which has a status alone"))),
        }
    }

    fn time(&self) -> Result<Time, (&'static str, Fault)> {
        let of_names = |(part, fault)| match part {
            "/ko" => ("/names/ko", fault),
            _ => ("/names/en", fault),
        };
        match (&self.status, &self.period, &self.key, &self.names) {
            (None, Some(period), None, None) => {
                Period::try_from(&**period).map(Time::Period).map_err(|fault| ("/period", fault))
            }
            (None, None, key, Some(names)) => {
                let made = || Key::from_name(names.english());
                let key = key.as_deref().map_or_else(made, Key::try_from).map_err(|fault| ("/key", fault))?;
                Ok(Time::Label { key, names: names.texts().map_err(of_names)? })
            }
            (None, None, ..) => Err(("/period", Fault::Required)),
            _ => Err(("", Fault::NotA("column by time, which has a period, or names and a key"))),
        }
    }
}

/// The columns that are meant, if the board has what they name.
pub(super) fn columns(
    kind: RoadmapKindName,
    sent: &[NewColumnBody],
    steps: &[Step],
) -> Result<Columns, Refusal> {
    let unfit = |place: String, fault| Refusal::UnfitAt { pointer: format!("/columns{place}"), fault };
    let columns = match kind {
        RoadmapKindName::Status => {
            let mut keys = Vec::with_capacity(sent.len());
            for (nth, column) in sent.iter().enumerate() {
                let key = column.status().map_err(|(part, fault)| unfit(format!("/{nth}{part}"), fault))?;
                // Merged ideas stand in no list.
                let known = |step: &Step| step.status.key == key && step.status.category != Category::Merged;
                if !steps.iter().any(known) {
                    return Err(unfit(format!("/{nth}/status"), Fault::NotA("status of the board")));
                }
                keys.push(key);
            }
            Columns::Statuses(keys)
        }
        RoadmapKindName::Time => {
            let time = |(nth, column): (usize, &NewColumnBody)| {
                column.time().map_err(|(part, fault)| unfit(format!("/{nth}{part}"), fault))
            };
            Columns::Times(sent.iter().enumerate().map(time).collect::<Result<_, _>>()?)
        }
    };
    distinct(columns)
}

fn distinct(columns: Columns) -> Result<Columns, Refusal> {
    let unfit = |(nth, fault): (Option<usize>, Fault)| Refusal::UnfitAt {
        pointer: nth.map_or_else(|| "/columns".to_owned(), |nth| format!("/columns/{nth}")),
        fault,
    };
    columns.ensure_distinct().map_err(unfit)?;
    Ok(columns)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoadmapBody {
    #[validate(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80, example = "2027년 계획")]
    name: String,
    /// Of those who may view the board.
    #[serde(default = "everyone")]
    #[schema(required = false)]
    audience: AudienceName,
    kind: RoadmapKindName,
    /// By status they are those of planned, in progress and shipped ideas unless given.
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(
        required = false,
        nullable = false,
        value_type = Vec<NewColumnBody>,
        min_items = 1,
        max_items = 12,
        example = json!([{ "status": "planned" }, { "status": "in_progress" }])
    )]
    columns: Option<Vec<NewColumnBody>>,
}

fn everyone() -> AudienceName {
    AudienceName::Everyone
}

/// What is asked of a new roadmap.
#[derive(Clone)]
pub(super) struct Wanted {
    name: RoadmapName,
    audience: Audience,
    kind: RoadmapKindName,
    columns: Option<Vec<NewColumnBody>>,
}

impl NewRoadmapBody {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        if self.columns.is_none() && self.kind == RoadmapKindName::Time {
            return Err(Failure::field("/columns", Fault::Required));
        }
        Ok(Wanted {
            name: field("/name", RoadmapName::try_from(&*self.name))?,
            audience: self.audience.into(),
            kind: self.kind,
            columns: self.columns,
        })
    }
}

impl Wanted {
    pub(super) fn roadmap(&self, stamp: &Stamp, board: &Board, steps: &[Step]) -> Result<Roadmap, Refusal> {
        Ok(Roadmap {
            id: stamp.id(0),
            board_id: board.id,
            name: self.name.clone(),
            audience: self.audience,
            columns: match &self.columns {
                Some(sent) => columns(self.kind, sent, steps)?,
                None => distinct(plain(steps))?,
            },
            created_at: stamp.at,
            updated_at: stamp.at,
            version: 1,
        })
    }
}

/// The columns where nobody has chosen any.
pub(super) fn plain(steps: &[Step]) -> Columns {
    let on_the_way = |step: &&Step| domain::roadmaps::is_on_the_way(step.status.category);
    Columns::Statuses(steps.iter().filter(on_the_way).map(|step| step.status.key.clone()).collect())
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRoadmapBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 80))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 80, example = "2027년 계획")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = AudienceName)]
    audience: Option<AudienceName>,
    /// What stands in a column that goes is off the roadmap.
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(
        required = false,
        nullable = false,
        value_type = Vec<NewColumnBody>,
        min_items = 1,
        max_items = 12,
        example = json!([{ "period": "2027-Q1" }, { "key": "later", "names": { "ko": "나중", "en": "Later" } }])
    )]
    columns: Option<Vec<NewColumnBody>>,
}

impl UpdateRoadmapBody {
    /// What a roadmap becomes, as the next version.
    pub(super) fn changes(
        self,
        stamp: Stamp,
    ) -> Result<impl Fn(&Roadmap, &[Step]) -> Result<Roadmap, Refusal> + Send + 'static, Failure> {
        let name = self.name.as_deref().map(|name| field("/name", RoadmapName::try_from(name))).transpose()?;
        let (audience, sent) = (self.audience.map(Audience::from), self.columns);
        Ok(move |before: &Roadmap, steps: &[Step]| {
            let kind = RoadmapKindName::from(&before.columns);
            Ok(Roadmap {
                name: name.clone().unwrap_or(before.name.clone()),
                audience: audience.unwrap_or(before.audience),
                columns: match &sent {
                    Some(sent) => columns(kind, sent, steps)?,
                    None => before.columns.clone(),
                },
                updated_at: stamp.at,
                version: before.version + 1,
                ..before.clone()
            })
        })
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    /// The key of a column.
    #[schema(example = "2027-Q1")]
    pub(super) column: String,
    /// An idea that is placed in the column; null puts it first. It goes last unless given.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>, required = false)]
    pub(super) after: Patch<Uuid>,
}

/// Where an idea stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedBody {
    pub(super) roadmap_id: Uuid,
    pub(super) idea_id: Uuid,
    #[schema(example = "2027-Q1")]
    pub(super) column: String,
}
