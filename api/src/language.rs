//! Korean or English, by `Accept-Language`.

use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ACCEPT_LANGUAGE, HeaderMap},
};

/// The language of messages. English when the caller names neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    Ko,
    En,
}

impl Language {
    /// The one the header prefers (RFC 9110, 12.5.4).
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut best = (0.0, Self::En);
        for range in header.split(',') {
            let (tag, quality) = range.split_once(';').unwrap_or((range, "q=1"));
            let quality: f32 =
                quality.trim().strip_prefix("q=").and_then(|text| text.parse().ok()).unwrap_or(0.0);
            let language = match tag.trim().split('-').next().unwrap_or("").to_ascii_lowercase().as_str() {
                "ko" => Self::Ko,
                "en" => Self::En,
                _ => continue,
            };
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The one of the two texts that is in this language.
    #[must_use]
    pub fn pick<T>(self, ko: T, en: T) -> T {
        match self {
            Self::Ko => ko,
            Self::En => en,
        }
    }

    #[must_use]
    pub fn tag(self) -> &'static str {
        self.pick("ko", "en")
    }
}

impl FromRequest for Language {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.headers())))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_preferred_of_the_two_is_chosen() {
        for (header, language) in [
            ("ko-KR,ko;q=0.9,en-US;q=0.8", Language::Ko),
            ("en-US,en;q=0.9,ko;q=0.8", Language::En),
            ("fr, ko;q=0.1", Language::Ko),
            ("fr", Language::En),
            ("ko;q=0", Language::En),
            ("", Language::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            assert_eq!(Language::of(&headers), language, "{header}");
        }
    }
}
