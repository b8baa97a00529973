//! Bytes on their way out: whole or in part, as they come from the store, and never as something that runs.

use std::ops::Range;

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    get, head,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
    web,
};
use domain::{
    AttachmentId,
    attachments::{Attachment, Kind},
};
use persistence::attachments;

use super::links::{LinkQuery, viewing};
use crate::{
    actor::Caller,
    app::App,
    body::{PathId, Query},
    error::{Code, Failure},
    store::Key,
};

/// Read the bytes of an attachment
///
/// Whoever may see what it stands with may; a signed address lends the right of the member it was shown to. One range of
/// bytes can be asked for.
#[utoipa::path(tag = "Attachments", params(("id" = Uuid, Path), LinkQuery), responses(
    (status = 200, content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"),
        (Vec<u8> = "image/gif"), (Vec<u8> = "application/pdf"))),
    (status = 206, description = "The range.", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "image/webp"), (Vec<u8> = "image/gif"), (Vec<u8> = "application/pdf"))),
    (status = 416, description = "range_not_satisfiable")))]
#[get("/v1/attachments/{id}/content")]
pub(super) async fn get_attachment_content(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    PathId(id): PathId,
    Query(link): Query<LinkQuery>,
) -> Result<HttpResponse, Failure> {
    content(&app, &caller, &request, id.into(), &link).await
}

/// Ask what the bytes of an attachment are
#[utoipa::path(tag = "Attachments", params(("id" = Uuid, Path), LinkQuery),
    responses((status = 200, description = "As for GET, without the bytes."), (status = 304)))]
#[head("/v1/attachments/{id}/content")]
pub(super) async fn head_attachment_content(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    PathId(id): PathId,
    Query(link): Query<LinkQuery>,
) -> Result<HttpResponse, Failure> {
    content(&app, &caller, &request, id.into(), &link).await
}

/// Read the small copy of a picture
#[utoipa::path(tag = "Attachments", params(("id" = Uuid, Path), LinkQuery),
    responses((status = 200, content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg")))))]
#[get("/v1/attachments/{id}/thumbnail")]
pub(super) async fn get_attachment_thumbnail(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    PathId(id): PathId,
    Query(link): Query<LinkQuery>,
) -> Result<HttpResponse, Failure> {
    let found = find(&app, &caller, id.into(), &link).await?;
    let kind = found.thumbnail.ok_or(Code::NotFound)?;
    let etag = etag(&found, ".thumbnail");
    if is_known(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    let bytes = app.store.get(Key::Thumbnail(found.id)).await?;
    let name = found.name.of_kind(kind);
    Ok(dressed(StatusCode::OK, kind, name.as_str(), etag).body(bytes))
}

/// The attachment, if the caller, or whose right the address lends, may see it.
async fn find(app: &App, caller: &Caller, id: AttachmentId, link: &LinkQuery) -> Result<Attachment, Failure> {
    let now = app.config.clock.now();
    match link.viewer(app, id, now) {
        // Not at a replica, which may not know yet of what its member has just posted.
        Some(viewer) => {
            let look = move |tx: &mut persistence::AnyConnection| {
                let actor = viewing(tx, viewer)?;
                attachments::find(tx, &actor, id, now)
            };
            Ok(app.db.read(look).await?)
        }
        None => app.read(caller, move |tx, actor| attachments::find(tx, actor, id, now)).await,
    }
}

async fn content(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    id: AttachmentId,
    link: &LinkQuery,
) -> Result<HttpResponse, Failure> {
    let found = find(app, caller, id, link).await?;
    let etag = etag(&found, "");
    if is_known(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    let size = u64::try_from(found.bytes).map_err(Failure::internal)?;
    let part = match request.method() {
        &Method::GET => range(request.headers(), &etag, size)?,
        // A range is asked of a GET alone.
        _ => None,
    };
    let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut response = dressed(status, found.kind, found.name.as_str(), etag);
    response.insert_header((header::ACCEPT_RANGES, "bytes"));
    if let Some(part) = &part {
        let shown = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        response.insert_header((header::CONTENT_RANGE, shown));
    }
    let part = part.unwrap_or(0..size);
    let length = part.end - part.start;
    if request.method() == Method::HEAD {
        let nothing = futures_util::stream::empty::<Result<web::Bytes, Failure>>();
        return Ok(response.body(SizedStream::new(length, nothing)));
    }
    let bytes = app.store.read(Key::Content(found.id), part).await?;
    Ok(response.body(SizedStream::new(length, Box::pin(bytes))))
}

/// What keeps a file from being taken for anything but what it is, in whichever page.
fn dressed(status: StatusCode, kind: Kind, name: &str, etag: String) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, kind.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, disposition(kind, name)))
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ))
        // Pages of other origins show pictures of it: who may see them is asked of the address.
        .insert_header(("cross-origin-resource-policy", "cross-origin"));
    response
}

/// How a browser is to treat it, and what it is called (RFC 6266 and 8187).
fn disposition(kind: Kind, name: &str) -> String {
    let way = if kind.is_picture() { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) { c } else { '_' }).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        match byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            true => whole.push(byte.into()),
            false => whole.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// The bytes of an attachment never change, so their digest says which they are.
fn etag(attachment: &Attachment, part: &str) -> String {
    let digest = domain::digest::hex(attachment.sha256);
    format!("\"{digest}{part}\"")
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let tags = text(headers, header::IF_NONE_MATCH).unwrap_or("").split(',').map(str::trim);
    tags.into_iter().any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// The range that is asked for (RFC 9110, 14). What is not understood is not asked, and neither are several.
///
/// # Errors
/// 416 when nothing of it is there.
fn range(headers: &HeaderMap, etag: &str, size: u64) -> Result<Option<Range<u64>>, Failure> {
    let same = text(headers, header::IF_RANGE).is_none_or(|tag| tag == etag);
    let Some(asked) = text(headers, header::RANGE).filter(|_| same) else { return Ok(None) };
    let Some((first, last)) = asked.strip_prefix("bytes=").and_then(|asked| asked.split_once('-')) else {
        return Ok(None);
    };
    let number = |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse::<u64>().ok());
    let part = match (first.trim(), last.trim()) {
        ("", "") => return Ok(None),
        ("", last) => number(last).flatten().map(|last| size.saturating_sub(last)..size),
        (first, "") => number(first).flatten().map(|first| first..size),
        (first, last) => match (number(first).flatten(), number(last).flatten()) {
            (Some(first), Some(last)) if first <= last => Some(first..size.min(last.saturating_add(1))),
            _ => None,
        },
    };
    match part {
        Some(part) if part.start >= part.end => Err(Failure::new(Code::RangeNotSatisfiable).with_fact(size)),
        part => Ok(part),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_range_is_what_was_asked_for() {
        for (asked, found) in [
            ("bytes=0-9", Some(Some(0..10))),
            ("bytes=5-", Some(Some(5..100))),
            ("bytes=-5", Some(Some(95..100))),
            ("bytes=-500", Some(Some(0..100))),
            ("bytes=90-500", Some(Some(90..100))),
            ("bytes=90-18446744073709551615", Some(Some(90..100))),
            ("bytes=100-", None),
            ("bytes=-0", None),
            ("bytes=5-4", Some(None)),
            ("bytes=0-1,3-4", Some(None)),
            ("bytes=+1-2", Some(None)),
            ("bytes=-", Some(None)),
            ("lines=0-9", Some(None)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(asked));
            assert_eq!(range(&headers, "\"a\"", 100).ok(), found, "{asked}");
            headers.insert(header::IF_RANGE, HeaderValue::from_static("\"b\""));
            assert_eq!(range(&headers, "\"a\"", 100).ok(), Some(None), "of another version: {asked}");
        }
    }

    #[test]
    fn a_name_of_any_script_stands_in_a_header() {
        assert_eq!(
            disposition(Kind::Pdf, "환불 \"1\".pdf"),
            "attachment; filename=\"___1_.pdf\"; filename*=UTF-8''%ED%99%98%EB%B6%88%20%221%22.pdf"
                .replace("___1_", "____1_"),
        );
    }
}
