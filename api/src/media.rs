//! The forms the numbers are given in, and which of them a caller wants.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::Payload,
    http::header::{ACCEPT, CONTENT_LANGUAGE, HeaderMap},
    web::Bytes,
};
use std::marker::PhantomData;

use serde::Serialize;

use crate::{
    error::{Code, Failure},
    language::Language,
    reply::Reply,
};

/// A form, in the order of preference where the caller has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    Json,
    Csv,
    Svg,
}

impl Media {
    const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Svg];

    fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The one that `Accept` prefers (RFC 9110, 12.5.1), if it takes any.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let lines: Vec<&str> = headers.get_all(ACCEPT).map(|value| value.to_str().unwrap_or("")).collect();
        let accept = lines.join(",");
        if accept.trim().is_empty() {
            return Some(Self::Json);
        }
        let mut best = (0.0, None);
        for media in Self::ALL {
            let quality = media.quality(&accept);
            if quality > best.0 {
                best = (quality, Some(media));
            }
        }
        best.1
    }

    /// That of the range which names it most closely.
    fn quality(self, accept: &str) -> f32 {
        let (group, _) = self.name().split_once('/').unwrap_or_default();
        let mut closest = (0, 0.0);
        for range in accept.split(',') {
            let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
            let range = parts.next().unwrap_or_default();
            let closeness = match range.as_str() {
                range if range == self.name() => 3,
                range if range.strip_suffix("/*") == Some(group) => 2,
                "*/*" => 1,
                _ => continue,
            };
            let quality =
                parts.find_map(|part| part.strip_prefix("q=").map(|text| text.parse().unwrap_or(0.0)));
            if closeness > closest.0 {
                closest = (closeness, quality.unwrap_or(1.0));
            }
        }
        closest.1
    }
}

impl FromRequest for Media {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let names = || Self::ALL.map(Self::name).join(", ");
        ready(Self::of(request.headers()).ok_or_else(|| Failure::new(Code::NotAcceptable).with_fact(names())))
    }
}

/// A `T` in the form that was asked for.
pub struct Shown<T> {
    media: &'static str,
    language: Language,
    body: Bytes,
    of: PhantomData<fn() -> T>,
}

/// Numbers that are also a table and a picture.
pub trait Numbers: Serialize {
    /// As CSV (RFC 4180), for a spreadsheet.
    ///
    /// # Errors
    /// 500 when it cannot be written.
    fn csv(&self) -> Result<Vec<u8>, Failure>;

    /// # Errors
    /// 500 when it cannot be drawn.
    fn svg(&self, language: Language) -> Result<String, Failure>;
}

impl<T: Numbers> Shown<T> {
    /// # Errors
    /// 500 when it cannot be written or drawn.
    pub fn of(body: &T, media: Media, language: Language) -> Result<Self, Failure> {
        let (name, bytes) = match media {
            Media::Json => ("application/json", Reply::ok(body).body),
            Media::Csv => ("text/csv; charset=utf-8; header=present", body.csv()?.into()),
            Media::Svg => ("image/svg+xml", body.svg(language)?.into()),
        };
        Ok(Self { media: name, language, body: bytes, of: PhantomData })
    }
}

impl<T> Responder for Shown<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.content_type(self.media);
        if self.media == Media::Svg.name() {
            response.insert_header((CONTENT_LANGUAGE, self.language.tag()));
        }
        response.body(self.body)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_form_named_most_closely_and_wanted_most_is_given() {
        #[rustfmt::skip]
        let table = [
            ("", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            ("text/csv", Some(Media::Csv)),
            ("TEXT/*", Some(Media::Csv)),
            ("text/csv;charset=utf-8;q=0.5, image/svg+xml; q=0.6", Some(Media::Svg)),
            // What browsers send for an address and for a picture.
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Media::Json)),
            ("image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", Some(Media::Svg)),
            ("application/json;q=0, */*;q=0.1", Some(Media::Csv)),
            ("image/*;q=0.9, image/svg+xml;q=0.1, text/csv;q=0.2", Some(Media::Csv)),
            ("application/xml", None),
            ("application/json;q=0", None),
            ("application/json;q=much", None),
            ("nonsense", None),
        ];
        for (accept, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Media::of(&headers), expected, "{accept}");
        }
        assert_eq!(Media::of(&HeaderMap::new()), Some(Media::Json));
    }
}
