//! Every way a request can fail: its status, its stable code and its words, as `application/problem+json` (RFC 9457).

mod code;
mod refusals;

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use domain::text::Fault;
use persistence::{Error as Stored, Unique};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::code::Code;
use crate::{language::Language, phrases};

/// Why a request failed.
#[derive(Debug, Clone)]
pub struct Failure {
    pub code: Code,
    /// A fact the words of the code have a place for, in Korean and in English.
    pub fact: Option<Box<[String; 2]>>,
    pub fields: Vec<Field>,
    pub retry_after: Option<u64>,
    /// The methods there are, when the one asked for is not among them.
    pub allow: Option<String>,
    /// For the log alone.
    pub cause: Option<String>,
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// A JSON pointer into the body, `?name` for a query parameter, `{name}` for a part of the path.
    pub pointer: String,
    pub wrong: Wrong,
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    Meaning(Fault),
    Unknown,
    Type(String),
}

/// The body of every failed answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:madang:problem:invalid_fields",
    "title": "Some fields are not right",
    "status": 422,
    "detail": "See `errors`: each names a field and what it must be.",
    "code": "invalid_fields",
    "request_id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d",
    "errors": [{ "pointer": "/title", "code": "too_short", "message": "Must have at least 1 characters." }]
}))]
pub struct Problem {
    /// A name for the kind of problem: `urn:madang:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The problem in a few words, in the caller's language.
    title: String,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What to do next, in the caller's language.
    detail: String,
    /// The stable name of the problem; see docs/API.md.
    code: &'static str,
    /// The same as in `X-Request-Id`, to find the request in the log.
    request_id: String,
    /// The fields that are wrong; left out when none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<ProblemField>,
}

/// One field that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// A JSON pointer into the body, `?name` for a query parameter, `{name}` for a part of the path.
    pointer: String,
    /// The stable name of what is wrong.
    code: &'static str,
    /// What it must be, in the caller's language.
    message: String,
}

impl Failure {
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, fact: None, fields: Vec::new(), retry_after: None, allow: None, cause: None }
    }

    #[must_use]
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..Self::new(Code::Internal) }
    }

    #[must_use]
    pub fn fields(fields: Vec<Field>) -> Self {
        Self { fields, ..Self::new(Code::InvalidFields) }
    }

    /// A field whose value has the wrong meaning.
    #[must_use]
    pub fn field(pointer: impl Into<String>, fault: Fault) -> Self {
        Self::fields(vec![Field { pointer: pointer.into(), wrong: Wrong::Meaning(fault) }])
    }

    /// The same of a part of a body: its fields are under a pointer, whether they were written for a body or a query.
    #[must_use]
    pub fn under(mut self, pointer: &str) -> Self {
        for field in &mut self.fields {
            field.pointer = format!("{pointer}/{}", field.pointer.trim_start_matches(['/', '?']));
        }
        self
    }

    #[must_use]
    pub fn with_fact(self, fact: impl fmt::Display) -> Self {
        self.with_words([fact.to_string(), fact.to_string()])
    }

    /// With a fact that is said in Korean and in English.
    #[must_use]
    pub fn with_words(self, words: [String; 2]) -> Self {
        Self { fact: Some(Box::new(words)), ..self }
    }

    #[must_use]
    pub fn caused_by(self, cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    /// The problem document, in a language.
    #[must_use]
    pub fn response(&self, language: Language, request_id: &str) -> HttpResponse {
        let (status, code, title, detail) = phrases::of(self.code, language);
        let errors = self.fields.iter().map(|field| {
            let (code, message) = phrases::of_field(&field.wrong, language);
            ProblemField { pointer: field.pointer.clone(), code, message }
        });
        let fact = self.fact.as_deref().map_or("", |[ko, en]| language.pick(ko, en));
        let problem = Problem {
            kind: format!("urn:madang:problem:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.replace("{}", fact),
            code,
            request_id: request_id.to_owned(),
            errors: errors.collect(),
        };
        let mut response = HttpResponse::build(status);
        response.content_type("application/problem+json");
        response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(methods) = &self.allow {
            response.insert_header((header::ALLOW, methods.as_str()));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.json(problem)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.code)
    }
}

impl std::error::Error for Failure {}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        phrases::of(self.code, Language::En).0
    }

    /// What a caller gets is made in [`crate::front`], where the language and the request's id are known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Stored> for Failure {
    fn from(error: Stored) -> Self {
        let passing =
            |cause: String| Self { cause: Some(cause), retry_after: Some(1), ..Self::new(Code::Unavailable) };
        match error {
            Stored::Refused(refusal) => refusal.into(),
            Stored::Missing => Self::new(Code::NotFound),
            Stored::Taken(Unique::Email) => Self::new(Code::EmailTaken),
            Stored::Taken(Unique::Slug) => Self::new(Code::SlugTaken),
            Stored::Taken(Unique::StatusKey) => Self::new(Code::StatusKeyTaken),
            Stored::Taken(Unique::FieldKey) => Self::new(Code::FieldKeyTaken),
            Stored::Taken(Unique::SourceId) => Self::new(Code::SourceTaken),
            Stored::Taken(Unique::Commitment) => Self::new(Code::CommitmentTaken),
            Stored::Taken(Unique::Word) => Self::new(Code::WordTaken),
            Stored::Taken(Unique::ReplayKey) => {
                Self { retry_after: Some(1), ..Self::new(Code::RequestInProgress) }
            }
            Stored::Taken(Unique::Lease | Unique::Version) => {
                Self::internal("taken, where whoever asks is to try again")
            }
            Stored::Contended => passing("contended".to_owned()),
            Stored::Unavailable(cause) => passing(cause),
            Stored::Broken(cause) => Self::internal(cause),
        }
    }
}
