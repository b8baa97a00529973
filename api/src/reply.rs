//! What goes out: a typed body with its status, its `Location` and its `ETag`.

use std::{future::Ready, future::ready, marker::PhantomData};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::EitherBody,
    dev::Payload,
    http::{StatusCode, header},
    web::Bytes,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Refusal;
use serde::Serialize;

use crate::{digest, error::Failure};

/// An answer whose body is a `T`.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    pub status: StatusCode,
    pub location: Option<String>,
    pub etag: Option<String>,
    pub body: Bytes,
    /// Whether it was given before, to the same `Idempotency-Key`.
    pub replayed: bool,
    of: PhantomData<fn() -> T>,
}

/// The body of an answer that has none.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Nothing;

impl<T: Serialize> Reply<T> {
    /// 200.
    ///
    /// # Panics
    /// Never: bodies are structs of plain values, which always have a JSON form.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "bodies are structs of plain values, which always have a JSON form"
    )]
    pub fn ok(body: &T) -> Self {
        let bytes = serde_json::to_vec(body).expect("a body has a JSON form");
        Self::of_parts(StatusCode::OK, None, None, bytes.into())
    }

    /// 201 with the address of what was made.
    #[must_use]
    pub fn created(body: &T, location: String) -> Self {
        Self { status: StatusCode::CREATED, location: Some(location), ..Self::ok(body) }
    }

    /// With an `ETag` that changes with every byte of the body, and begins with the version that edits count, which is
    /// what `If-Match` is compared with: a vote makes a cached copy old, but not an edit in progress.
    #[must_use]
    pub fn tagged(mut self, version: i32) -> Self {
        let digest = digest::of(&[&self.body]);
        self.etag = Some(format!("\"{version}-{}\"", URL_SAFE_NO_PAD.encode(&digest[..9])));
        self
    }
}

impl<T> Reply<T> {
    /// The body as facts; null where there is none.
    #[must_use]
    pub fn facts(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    #[must_use]
    pub fn of_parts(status: StatusCode, location: Option<String>, etag: Option<String>, body: Bytes) -> Self {
        Self { status, location, etag, body, replayed: false, of: PhantomData }
    }
}

impl Reply<Nothing> {
    /// 204.
    #[must_use]
    pub fn nothing() -> Self {
        Self::of_parts(StatusCode::NO_CONTENT, None, None, Bytes::new())
    }

    /// 202: it will be done.
    #[must_use]
    pub fn accepted() -> Self {
        Self::of_parts(StatusCode::ACCEPTED, None, None, Bytes::new())
    }
}

impl<T> Responder for Reply<T> {
    type Body = EitherBody<Bytes>;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<Self::Body> {
        let fresh = self.etag.as_deref().is_some_and(|etag| if_none_match(request, etag));
        let unchanged = fresh && self.status == StatusCode::OK && request.method().is_safe();
        let mut response =
            HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { self.status });
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if self.replayed {
            response.insert_header(("Idempotent-Replayed", "true"));
        }
        if unchanged || self.body.is_empty() {
            return response.finish().map_into_right_body();
        }
        response.content_type("application/json");
        match response.message_body(self.body) {
            Ok(response) => response.map_into_left_body(),
            Err(error) => HttpResponse::from_error(error).map_into_right_body(),
        }
    }
}

pub(crate) fn if_none_match(request: &HttpRequest, etag: &str) -> bool {
    IfNoneMatch::of(request).names(etag)
}

/// What the caller has already, for answers that are long to make.
pub struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    fn of(request: &HttpRequest) -> Self {
        let header = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        Self(header.map(str::to_owned))
    }

    #[must_use]
    pub fn names(&self, etag: &str) -> bool {
        self.0.as_ref().is_some_and(|header| {
            header.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
        })
    }
}

impl FromRequest for IfNoneMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// The versions the caller is willing to change; none named is any.
pub struct IfMatch(Option<String>);

impl IfMatch {
    /// Of whoever takes what there is.
    pub const ANY: Self = Self(None);

    /// # Errors
    /// [`Refusal::Stale`] when the header names other versions than the present one.
    pub fn ensure(&self, version: i32) -> Result<(), Refusal> {
        let Some(header) = &self.0 else { return Ok(()) };
        let matches = header.split(',').map(str::trim).any(|tag| {
            tag == "*" || tag.trim_matches('"').split('-').next() == Some(version.to_string().as_str())
        });
        if matches { Ok(()) } else { Err(Refusal::Stale) }
    }
}

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(header::IF_MATCH);
        // What is not text matches no version.
        ready(Ok(Self(header.map(|value| value.to_str().unwrap_or("").to_owned()))))
    }
}
