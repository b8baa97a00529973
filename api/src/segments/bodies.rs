//! Segments as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    Stamp,
    boards::Description,
    segments::{Segment, SegmentName, Weight},
};
use persistence::segments::Named;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::rules::RuleBody;
use crate::{
    body::{field, present},
    error::Failure,
    reply::Reply,
};

/// A segment: members who have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentBody {
    id: Uuid,
    #[schema(example = "단골")]
    name: String,
    #[schema(example = "한 해에 열두 번 넘게 산 골드 회원")]
    description: String,
    rule: RuleBody,
    /// What a vote from the segment counts for when needs are compared.
    #[schema(minimum = 0, maximum = 10, example = 1.5)]
    weight: f64,
    /// How many members the rule holds for.
    #[schema(minimum = 0, example = 128)]
    member_count: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&Segment> for SegmentBody {
    fn from(segment: &Segment) -> Self {
        Self {
            id: segment.id.uuid(),
            name: segment.name.as_str().to_owned(),
            description: segment.description.as_str().to_owned(),
            rule: RuleBody::from(&segment.rule),
            weight: segment.weight.value(),
            member_count: segment.member_count,
            created_at: segment.created_at,
            updated_at: segment.updated_at,
        }
    }
}

pub(super) fn shown(segment: &Segment) -> Reply<SegmentBody> {
    Reply::ok(&SegmentBody::from(segment)).tagged(segment.version)
}

/// A member, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedBody {
    pub(super) id: Uuid,
    #[schema(example = "아나")]
    pub(super) display_name: String,
}

impl From<Named> for NamedBody {
    fn from(named: Named) -> Self {
        Self { id: named.member.uuid(), display_name: named.display_name }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSegmentBody {
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "단골")]
    name: String,
    #[serde(default)]
    #[validate(length(max = 2_000))]
    #[schema(max_length = 2_000, example = "한 해에 열두 번 넘게 산 골드 회원")]
    description: String,
    rule: RuleBody,
    /// 1 unless given.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = f64, minimum = 0, maximum = 10, example = 1.5)]
    weight: Option<f64>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSegmentBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 60))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 60, example = "단골")]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 2_000))]
    #[schema(required = false, nullable = false, max_length = 2_000, example = "골드 회원")]
    description: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = RuleBody)]
    rule: Option<RuleBody>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = f64, minimum = 0, maximum = 10, example = 1.5)]
    weight: Option<f64>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    pub(super) rule: RuleBody,
}

/// Whom a rule would hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundBody {
    #[schema(minimum = 0, example = 128)]
    pub(super) count: i64,
    /// How many members there are.
    #[schema(minimum = 0, example = 1_024)]
    pub(super) of: i64,
    /// The first of them, up to ten.
    pub(super) sample: Vec<NamedBody>,
}

impl NewSegmentBody {
    pub(super) fn segment(&self, stamp: &Stamp) -> Result<Segment, Failure> {
        let weight = self.weight.map_or(Ok(Weight::default()), Weight::try_from);
        Ok(Segment {
            id: stamp.id(0),
            name: field("/name", SegmentName::try_from(&*self.name))?,
            description: field("/description", Description::try_from(&*self.description))?,
            rule: self.rule.rule()?,
            weight: field("/weight", weight)?,
            member_count: 0,
            created_at: stamp.at,
            updated_at: stamp.at,
            version: 1,
        })
    }
}

impl UpdateSegmentBody {
    /// What a segment becomes; none when that is what it is.
    pub(super) fn changes(
        &self,
        stamp: Stamp,
    ) -> Result<impl Fn(&Segment) -> Option<Segment> + Send + 'static, Failure> {
        let name =
            self.name.as_deref().map(|text| field("/name", SegmentName::try_from(text))).transpose()?;
        let description = self.description.as_deref();
        let description =
            description.map(|text| field("/description", Description::try_from(text))).transpose()?;
        let rule = self.rule.as_ref().map(RuleBody::rule).transpose()?;
        let weight = self.weight.map(|weight| field("/weight", Weight::try_from(weight))).transpose()?;
        Ok(move |before: &Segment| {
            let same = before.clone();
            let after = Segment {
                name: name.clone().unwrap_or(same.name),
                description: description.clone().unwrap_or(same.description),
                rule: rule.clone().unwrap_or(same.rule),
                weight: weight.unwrap_or(same.weight),
                ..same
            };
            (after != *before).then(|| Segment { updated_at: stamp.at, version: before.version + 1, ..after })
        })
    }
}
