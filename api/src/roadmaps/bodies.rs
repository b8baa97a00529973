//! Roadmaps as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    Audience, Refusal, Stamp,
    boards::Board,
    roadmaps::{Columns, Roadmap, RoadmapName},
    text::Fault,
};
use persistence::statuses::Step;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::columns::{NewRoadmapColumnBody, RoadmapColumnBody, columns, distinct, plain};
use crate::{
    boards::AudienceName,
    body::{Patch, field, present},
    error::Failure,
    ideas::BoardRefBody,
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
    pub(super) columns: Vec<RoadmapColumnBody>,
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
        value_type = Vec<NewRoadmapColumnBody>,
        min_items = 1,
        max_items = 12,
        example = json!([{ "status": "planned" }, { "status": "in_progress" }])
    )]
    columns: Option<Vec<NewRoadmapColumnBody>>,
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
    columns: Option<Vec<NewRoadmapColumnBody>>,
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
        value_type = Vec<NewRoadmapColumnBody>,
        min_items = 1,
        max_items = 12,
        example = json!([{ "period": "2027-Q1" }, { "key": "later", "names": { "ko": "나중", "en": "Later" } }])
    )]
    columns: Option<Vec<NewRoadmapColumnBody>>,
}

impl UpdateRoadmapBody {
    /// What a roadmap becomes, as the next version.
    pub(super) fn changes(
        self,
        stamp: Stamp,
    ) -> Result<impl Fn(&Roadmap, &[Step]) -> Result<Roadmap, Refusal> + Send + 'static, Failure> {
        let name =
            self.name.as_deref().map(|name| field("/name", RoadmapName::try_from(name))).transpose()?;
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
