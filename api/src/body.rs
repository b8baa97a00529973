//! What comes in: JSON bodies, queries and paths, each refused with a problem that names the field.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::CONTENT_TYPE,
    web::{self, Bytes, BytesMut},
};
use domain::text::Fault;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use uuid::Uuid;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::{
    app::App,
    error::{Code, Failure, Field, Wrong},
};

/// A JSON body whose shape is right; its meaning is checked by making domain values of it.
pub struct Json<T>(pub T);

/// The bytes of a body, up to the limit.
pub(crate) async fn bytes(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Failure> {
    let limit = request.app_data::<web::Data<App>>().map_or(0, |app| app.config.body_limit);
    bytes_up_to(limit, payload).await
}

/// The bytes of a body that has a limit of its own.
pub(crate) async fn bytes_up_to(limit: usize, payload: &mut Payload) -> Result<Bytes, Failure> {
    use futures_util::StreamExt as _;
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|error| Failure::new(Code::MalformedRequest).with_fact(error.to_string()))?;
        if body.len() + chunk.len() > limit {
            return Err(Failure::new(Code::BodyTooLarge).with_fact(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A value out of a JSON body, whose parts were looked at.
pub(crate) fn parse<T: DeserializeOwned + Validate>(
    request: &HttpRequest,
    body: &[u8],
) -> Result<T, Failure> {
    ensure_json(request)?;
    let value: T = value(body)?;
    value.validate().map_err(|errors| Failure::fields(invalid("", &errors)))?;
    Ok(value)
}

/// # Errors
/// 415 when a body is said to be something else.
pub(crate) fn ensure_json(request: &HttpRequest) -> Result<(), Failure> {
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match media.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(Failure::new(Code::UnsupportedMediaType).with_fact("application/json")),
    }
}

/// A value out of JSON.
///
/// # Errors
/// 400, or 422 with the pointer.
pub(crate) fn value<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Failure::new(Code::MalformedJson).with_fact("The body is not UTF-8."))?;
    // Serde would take a list for an object, field by field.
    if text.trim_start().starts_with('[') {
        let wrong = Wrong::Type("expected an object".to_owned());
        return Err(Failure::fields(vec![Field { pointer: String::new(), wrong }]));
    }
    let mut source = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut source).map_err(misshapen)?;
    source.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// A value out of JSON that was read already.
///
/// # Errors
/// 422 with the pointer.
pub(crate) fn of_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Failure> {
    serde_path_to_error::deserialize(value).map_err(misshapen)
}

fn misshapen(error: serde_path_to_error::Error<serde_json::Error>) -> Failure {
    let pointer = pointer(error.path());
    let inner = error.into_inner();
    if inner.is_data() { shape(pointer, &inner.to_string()) } else { malformed(&inner) }
}

fn malformed(error: &serde_json::Error) -> Failure {
    Failure::new(Code::MalformedJson).with_fact(error)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// What serde says of a value of the wrong shape: its messages begin with a few fixed words.
fn shape(pointer: String, message: &str) -> Failure {
    let quoted = message.split('`').nth(1).unwrap_or("");
    let message = message.split(" at line ").next().unwrap_or(message).to_owned();
    let named = |pointer: String| {
        if pointer.ends_with(&format!("/{quoted}")) { pointer } else { format!("{pointer}/{quoted}") }
    };
    let field = if message.starts_with("unknown field") {
        Field { pointer: named(pointer), wrong: Wrong::Unknown }
    } else if message.starts_with("missing field") {
        Field { pointer: named(pointer), wrong: Wrong::Meaning(Fault::Required) }
    } else {
        Field { pointer, wrong: Wrong::Type(message) }
    };
    Failure::fields(vec![field])
}

/// What the validator says, as fields.
fn invalid(under: &str, errors: &ValidationErrors) -> Vec<Field> {
    let mut fields = Vec::new();
    for (name, kind) in errors.errors() {
        let pointer = format!("{under}/{name}");
        match kind {
            ValidationErrorsKind::Struct(errors) => fields.extend(invalid(&pointer, errors)),
            ValidationErrorsKind::List(items) => {
                for (index, errors) in items {
                    fields.extend(invalid(&format!("{pointer}/{index}"), errors));
                }
            }
            ValidationErrorsKind::Field(errors) => {
                let wrong = |error| Field { pointer: pointer.clone(), wrong: Wrong::Meaning(fault(error)) };
                fields.extend(errors.iter().map(wrong));
            }
        }
    }
    fields.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    fields
}

fn fault(error: &validator::ValidationError) -> Fault {
    let number = |name: &str| error.params.get(name).and_then(serde_json::Value::as_u64);
    let length = error.params.get("value").map_or(0, |value| match value {
        serde_json::Value::String(text) => text.chars().count() as u64,
        serde_json::Value::Array(items) => items.len() as u64,
        _ => 0,
    });
    let is_list = error.params.get("value").is_some_and(serde_json::Value::is_array);
    match (error.code.as_ref(), number("min"), number("max")) {
        ("length", Some(min), _) if length < min => Fault::TooShort { least: min as usize },
        ("length", _, Some(max)) if is_list => Fault::TooMany { most: max as usize },
        ("length", _, Some(max)) => Fault::TooLong { most: max as usize },
        ("email", ..) => Fault::NotA("email"),
        _ => Fault::NotA("value"),
    }
}

/// The domain value of a field, or the problem that names it.
///
/// # Errors
/// 422 with the pointer.
pub fn field<T>(pointer: &str, value: Result<T, Fault>) -> Result<T, Failure> {
    value.map_err(|fault| Failure::field(pointer, fault))
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Json<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = bytes(&request, &mut payload).await?;
            parse(&request, &body).map(Self)
        })
    }
}

/// The query of an address. Unknown parameters are refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let source =
            serde_urlencoded::Deserializer::new(form_urlencoded::parse(request.query_string().as_bytes()));
        let parsed = serde_path_to_error::deserialize(source).map(Self).map_err(|error| {
            let name = error.path().to_string();
            let message = error.inner().to_string();
            let quoted = message.split('`').nth(1).unwrap_or("").to_owned();
            let (name, wrong) = if message.starts_with("unknown field") {
                (quoted, Wrong::Unknown)
            } else if message.starts_with("missing field") {
                (quoted, Wrong::Meaning(Fault::Required))
            } else {
                (name, Wrong::Type(message))
            };
            Failure::fields(vec![Field { pointer: format!("?{name}"), wrong }])
        });
        std::future::ready(parsed)
    }
}

/// An id in an address. What is no UUID names nothing, but says so.
pub struct PathId(pub Uuid);

impl FromRequest for PathId {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(uuid_in_path(request, "id").map(Self))
    }
}

/// The UUID in a part of the address.
///
/// # Errors
/// 422 that names the part.
pub fn uuid_in_path(request: &HttpRequest, part: &str) -> Result<Uuid, Failure> {
    let text = request.match_info().get(part).unwrap_or("");
    // Only the usual form with hyphens: one thing has one address.
    match Uuid::try_parse(text) {
        Ok(id) if text.len() == 36 => Ok(id),
        _ => Err(Failure::field(format!("{{{part}}}"), Fault::NotA("uuid"))),
    }
}

/// A field of a PATCH that may be left as it is, cleared with `null`, or set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T> Patch<T> {
    /// The value after the patch.
    pub fn over(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// For a field of a PATCH that may be left out but never be `null`.
///
/// # Errors
/// The deserializer's.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
