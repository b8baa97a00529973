//! Attributes as they are written in requests and answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::members::{Attribute, Origin, Said, Source, clean_said};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Failure;

/// One thing the brand knows of a member.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected a text, a number, true or false")]
pub enum AttributeBody {
    Text(String),
    #[schema(value_type = f64)]
    Number(serde_json::Number),
    Flag(bool),
}

impl From<Attribute> for AttributeBody {
    fn from(attribute: Attribute) -> Self {
        match attribute {
            Attribute::Text(text) => Self::Text(text),
            Attribute::Flag(flag) => Self::Flag(flag),
            Attribute::Number(number) => Self::Number(plain_number(number)),
        }
    }
}

/// A whole number is written as one, as it was sent; beyond 2^53 a double holds no whole numbers apart.
pub(crate) fn plain_number(number: f64) -> serde_json::Number {
    match number.fract() == 0.0 && number.abs() < 9e15 {
        true => (number as i64).into(),
        false => serde_json::Number::from_f64(number).unwrap_or_else(|| 0.into()),
    }
}

impl From<&AttributeBody> for Attribute {
    fn from(body: &AttributeBody) -> Self {
        match body {
            AttributeBody::Text(text) => Self::Text(text.clone()),
            AttributeBody::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            AttributeBody::Flag(flag) => Self::Flag(*flag),
        }
    }
}

/// Who says an attribute.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SourceName {
    Sso,
    Import,
    Admin,
}

/// Who said an attribute, and when it came to be what it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttributeSourceBody {
    source: SourceName,
    at: DateTime<Utc>,
}

impl From<Origin> for AttributeSourceBody {
    fn from(origin: Origin) -> Self {
        let source = match origin.source {
            Source::Sso => SourceName::Sso,
            Source::Import => SourceName::Import,
            Source::Admin => SourceName::Admin,
        };
        Self { source, at: origin.at }
    }
}

/// A value to be set; null takes it back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SaidBody(Option<AttributeBody>);

/// What an admin says, in the form it is kept in.
pub(super) fn said(body: Option<BTreeMap<String, SaidBody>>) -> Result<Said, Failure> {
    let said = body.unwrap_or_default().into_iter();
    let said = said.map(|(name, SaidBody(value))| (name, value.as_ref().map(Attribute::from))).collect();
    clean_said(&said).map_err(|(name, fault)| {
        let name = name.replace('~', "~0").replace('/', "~1");
        Failure::field(format!("/attributes/{name}"), fault)
    })
}
