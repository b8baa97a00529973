//! How an idea is shown to whoever asked: the language of its words, and the addresses of its files.

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{attachments::links::Links, error::Failure, language::Language};

#[derive(Debug, Clone, Copy)]
pub struct Showing {
    pub language: Language,
    pub links: Links,
}

impl FromRequest for Showing {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let language = Language::of(request.headers());
        let links = Links::from_request(request, payload).into_inner();
        std::future::ready(links.map(|links| Self { language, links }))
    }
}
