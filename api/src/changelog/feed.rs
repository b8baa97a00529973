//! The changelog as an Atom feed (RFC 4287).

use std::{fmt, io};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{self, HttpDate},
    web::Bytes,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{boards::Board, markdown};
use persistence::changelog::Written;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use crate::{digest, language::Language, reply::if_none_match};

/// What a feed says.
pub(super) struct Content<'a> {
    /// Where clients reach the API, without a slash at the end.
    public_url: &'a str,
    /// Its own address after that.
    address: String,
    title: String,
    /// The latest first.
    entries: &'a [Written],
}

impl<'a> Content<'a> {
    pub(super) fn new(
        public_url: &'a str,
        board: Option<&Board>,
        language: Language,
        entries: &'a [Written],
    ) -> Self {
        let news = language.pick("새 소식", "What is new");
        let (address, title) = match board {
            Some(board) => (format!("?board={}", board.id), format!("{}: {news}", board.name.as_str())),
            None => (String::new(), news.to_owned()),
        };
        Self { public_url, address: format!("/v1/changelog.atom{address}"), title, entries }
    }
}

/// A feed as it is sent.
pub struct Feed {
    bytes: Bytes,
    etag: String,
    changed_at: DateTime<Utc>,
}

impl Feed {
    /// # Errors
    /// When it cannot be written, which memory does not refuse.
    pub(super) fn of(content: &Content<'_>) -> io::Result<Self> {
        let changed_at = content.entries.iter().map(|written| written.entry.changed_at()).max();
        let changed_at = changed_at.unwrap_or(DateTime::UNIX_EPOCH);
        let bytes = write(content, changed_at)?;
        let etag = format!("\"0-{}\"", URL_SAFE_NO_PAD.encode(&digest::of(&[&bytes])[..9]));
        Ok(Self { bytes: bytes.into(), etag, changed_at })
    }

    /// Whether the reader has this very feed. A date counts only where it is the one that was sent: what was withdrawn
    /// makes a feed older than it was.
    fn is_known(&self, request: &HttpRequest) -> bool {
        let headers = request.headers();
        let sent = HttpDate::from(std::time::SystemTime::from(self.changed_at)).to_string();
        match headers.contains_key(header::IF_NONE_MATCH) {
            true => if_none_match(request, &self.etag),
            false => {
                headers.get(header::IF_MODIFIED_SINCE).is_some_and(|date| date.as_bytes() == sent.as_bytes())
            }
        }
    }
}

impl Responder for Feed {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let known = self.is_known(request);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        let date = HttpDate::from(std::time::SystemTime::from(self.changed_at));
        response.insert_header((header::ETAG, self.etag)).insert_header(header::LastModified(date));
        match known {
            true => response.finish(),
            false => response.content_type("application/atom+xml; charset=utf-8").body(self.bytes),
        }
    }
}

type Out<'a> = &'a mut Writer<Vec<u8>>;

fn write(content: &Content<'_>, changed_at: DateTime<Utc>) -> io::Result<Vec<u8>> {
    let mut out = Writer::new(Vec::new());
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let address = format!("{}{}", content.public_url, content.address);
    let root = out.create_element("feed").with_attributes([
        ("xmlns", "http://www.w3.org/2005/Atom"),
        // What a body links to without saying where, is there.
        ("xml:base", &format!("{}/", content.public_url)),
    ]);
    root.write_inner_content(|out| {
        text(out, "id", &address)?;
        text(out, "title", &content.title)?;
        text(out, "updated", time(changed_at))?;
        link(out, "self", "application/atom+xml", &address)?;
        author(out, &content.title)?;
        content.entries.iter().try_for_each(|written| entry(out, content.public_url, written))
    })?;
    Ok(out.into_inner())
}

fn entry(out: Out<'_>, public_url: &str, written: &Written) -> io::Result<()> {
    let Written { entry, author_name } = written;
    out.create_element("entry").write_inner_content(|out| {
        text(out, "id", format!("urn:uuid:{}", entry.id))?;
        text(out, "title", entry.title.as_str())?;
        text(out, "updated", time(entry.changed_at()))?;
        entry.publish_at.map_or(Ok(()), |at| text(out, "published", time(at)))?;
        link(out, "alternate", "application/json", &format!("{public_url}/v1/changelog/{}", entry.id))?;
        author_name.as_deref().map_or(Ok(()), |name| author(out, name))?;
        for label in &entry.labels {
            out.create_element("category").with_attribute(("term", label.key())).write_empty()?;
        }
        let html = legal(&markdown::to_html(entry.body.as_str()));
        let element = out.create_element("content").with_attribute(("type", "html"));
        element.write_text_content(BytesText::new(&html)).map(drop)
    })?;
    Ok(())
}

fn text(out: Out<'_>, name: &str, value: impl fmt::Display) -> io::Result<()> {
    let value = legal(&value.to_string());
    out.create_element(name).write_text_content(BytesText::new(&value)).map(drop)
}

fn author(out: Out<'_>, name: &str) -> io::Result<()> {
    out.create_element("author").write_inner_content(|out| text(out, "name", name)).map(drop)
}

fn link(out: Out<'_>, rel: &str, media: &str, address: &str) -> io::Result<()> {
    let attributes = [("rel", rel), ("type", media), ("href", address)];
    out.create_element("link").with_attributes(attributes).write_empty().map(drop)
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The text without the characters that XML 1.0 cannot hold in any spelling (2.2, `Char`).
fn legal(text: &str) -> String {
    let allowed = |c: &char| match *c {
        '\t' | '\n' | '\r' => true,
        c => c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'),
    };
    text.chars().filter(allowed).collect()
}
