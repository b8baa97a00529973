//! The front: what happens to every request before its handler and to every answer after it.

use std::{
    future::{Ready, ready},
    net::IpAddr,
    rc::Rc,
    time::Instant,
};

use actix_web::{
    Error, FromRequest, HttpMessage as _, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};

use crate::{
    actor::{Caller, Found, RequestId},
    app::App,
    error::{Code, Failure},
    language::Language,
    rates::{Class, Payer, Standing},
};

/// Where one signs in and out.
const SIGN_IN: &str = "/v1/auth/";
/// Where somebody who has signed in is asked for their password: it must not be found by trying either.
const PASSWORD_ASKED: [&str; 2] = ["/v1/me/email", "/v1/me/erase"];

/// Reads who calls, spends their budget, lets the handler answer, and dresses the answer.
///
/// # Errors
/// Only the server's own, when there is no request left to answer.
pub async fn front(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let id = request_id(&request);
    let language = Language::of(request.headers());
    let caller = if request.path().starts_with(SIGN_IN) {
        // Whoever signs in is nobody yet: a token that has expired must not keep them from getting another.
        Ok(Caller::Visitor)
    } else {
        Caller::of(request.headers(), &app).await
    };
    let standing = spend(&app, &request, &caller);
    request.extensions_mut().insert::<Found>(Rc::new(caller));
    request.extensions_mut().insert(RequestId(id.as_str().into()));

    let mut response = match standing {
        Some(Standing { allowed: false, reset, .. }) => {
            let failure = Failure::new(Code::TooManyRequests).with_fact(reset);
            let failure = Failure { retry_after: Some(reset), ..failure };
            request.into_response(failure.response(language, &id))
        }
        // Whatever handlers refuse comes back as an answer with an error in it.
        _ => problem_of_error(next.call(request).await?.map_into_boxed_body(), language, &id),
    };
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    dress(response.headers_mut(), &id, standing.as_ref(), route.starts_with("/docs"));
    let status = response.status().as_u16();
    let method = match response.request().method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        // A caller may invent any number of others.
        _ => "other".to_owned(),
    };
    let took = started.elapsed();
    app.metrics.answered(&method, &route, status, took);
    tracing::info!(target: "madang::requests", request_id = %id, method, route, status, ms = took.as_secs_f64() * 1e3);
    Ok(response)
}

/// The id the caller gave, if it is one, or a new one.
fn request_id(request: &ServiceRequest) -> String {
    let given = request.headers().get("X-Request-Id").and_then(|value| value.to_str().ok());
    let fit = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    given.filter(fit).map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

fn spend(app: &App, request: &ServiceRequest, caller: &Result<Caller, Failure>) -> Option<Standing> {
    if !request.path().starts_with("/v1/") {
        return None;
    }
    let class = match *request.method() {
        _ if request.path().starts_with(SIGN_IN) || PASSWORD_ASKED.contains(&request.path()) => Class::SignIn,
        Method::GET | Method::HEAD | Method::OPTIONS => Class::Reads,
        _ => Class::Writes,
    };
    let member = caller.as_ref().ok().and_then(Caller::member);
    let payer = match member {
        Some(member) => Payer::Member(member.uuid()),
        None => Payer::of_address(client_address(app, request.request())?),
    };
    app.limits.spend(class, payer)
}

/// The address the request came from. What a proxy says is believed only of the configured proxies, from the nearest on.
fn client_address(app: &App, request: &HttpRequest) -> Option<IpAddr> {
    let trusted = |address: &IpAddr| app.config.trusted_proxies.iter().any(|net| net.contains(address));
    let mut address = request.peer_addr()?.ip();
    let forwarded = request.headers().get_all("X-Forwarded-For").filter_map(|value| value.to_str().ok());
    let forwarded: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in forwarded.into_iter().rev() {
        if !trusted(&address) {
            break;
        }
        let Ok(before) = hop.parse() else { break };
        address = before;
    }
    Some(address)
}

/// The address the request came from, where it is known.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequest for ClientAddress {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>();
        ready(Ok(Self(app.and_then(|app| client_address(app, request)))))
    }
}

fn failure_of(error: &Error) -> Failure {
    match error.as_error::<Failure>() {
        Some(failure) => failure.clone(),
        None => failure_of_status(error.as_response_error().status_code(), error.to_string()),
    }
}

/// What the server itself refuses, before any handler.
fn failure_of_status(status: StatusCode, said: String) -> Failure {
    match status {
        StatusCode::NOT_FOUND => Code::NotFound.into(),
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed.into(),
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge.into(),
        StatusCode::URI_TOO_LONG => Code::UriTooLong.into(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Failure::new(Code::UnsupportedMediaType).with_fact("application/json")
        }
        status if status.is_client_error() => Failure::new(Code::MalformedRequest).with_fact(said),
        _ => Failure::internal(said),
    }
}

fn problem_of_error(response: ServiceResponse, language: Language, id: &str) -> ServiceResponse {
    let Some(error) = response.response().error() else { return response };
    let failure = failure_of(error);
    report(&failure, id);
    let problem = failure.response(language, id);
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, problem)
}

/// Logs why, where only we are to know.
fn report(failure: &Failure, id: &str) {
    if let Some(cause) = &failure.cause {
        tracing::error!(request_id = %id, code = ?failure.code, cause, "a request failed");
    }
}

fn dress(headers: &mut HeaderMap, id: &str, standing: Option<&Standing>, is_page: bool) {
    // What a handler says of its own answer stays.
    let own = ["content-security-policy", "cache-control", "cross-origin-resource-policy"]
        .map(|name| (name, headers.contains_key(name)));
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value)
            && !own.contains(&(name, true))
        {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", id);
    if let Some(Standing { name, rate, remaining, reset, .. }) = standing {
        set("ratelimit-policy", &format!("\"{name}\";q={};w={}", rate.requests, rate.seconds));
        set("ratelimit", &format!("\"{name}\";r={remaining};t={reset}"));
    }
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "no-referrer");
    set("cross-origin-resource-policy", "same-site");
    if is_page {
        // Swagger UI brings its own inline style and script.
        let policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
        set("content-security-policy", policy);
    } else {
        set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
        set("cache-control", "private, no-cache");
        set("vary", "Accept, Accept-Language, Authorization, Origin");
    }
}
