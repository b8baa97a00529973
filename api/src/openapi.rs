//! The OpenAPI document: what the annotations say, and what holds for every operation alike.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};

use crate::{error, routes::Routes};

/// The document as the annotations alone give it.
#[must_use]
pub fn annotated() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Madang (마당)")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "A square where a brand and its customers make products better together: ideas and votes. \
             Conventions, codes of problems and known exceptions are in docs/API.md.",
        ))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .build();
    OpenApiBuilder::from(Routes::described()).info(info).build()
}

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let mut document = serde_json::to_value(annotated()).unwrap_or_default();
    add_problem(&mut document);
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete(path, method, operation, &schemas);
        }
    }
    document["servers"] = json!([{ "url": "/" }]);
    document
}

/// The document as YAML, as committed in `openapi.yaml`.
///
/// # Errors
/// When the document cannot be written as YAML, which its own tests rule out.
pub fn yaml() -> Result<String, String> {
    // Through utoipa's model, so that its order of keys is kept.
    let whole: OpenApi = serde_json::from_value(document()).map_err(|error| error.to_string())?;
    whole.to_yaml().map_err(|error| error.to_string())
}

fn add_problem(document: &mut Value) {
    let mut schemas = Vec::new();
    schemas.push(("Problem".to_owned(), <error::Problem as utoipa::PartialSchema>::schema()));
    <error::Problem as utoipa::ToSchema>::schemas(&mut schemas);
    for (name, schema) in schemas {
        document["components"]["schemas"][name] = serde_json::to_value(schema).unwrap_or_default();
    }
    document["components"]["securitySchemes"]["bearer"] =
        json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" });
}

const API_KEYS: &str = "/v1/api-keys";
/// What is changed or deleted by its id, and has no version to name.
const UNVERSIONED: [&str; 8] = [
    API_KEYS,
    "/v1/invitations/",
    "/v1/attachments",
    "/v1/team_invitations",
    "/v1/applications/",
    "/v1/me/sessions/",
    "/v1/moderation/members/",
    "/v1/moderation/words/",
];

/// Adds to an operation what every one of its kind has: failures, headers, security, examples.
fn complete(path: &str, method: &str, operation: &mut Value, schemas: &Value) {
    let signed_in = operation.get("security").is_some();
    let in_api = path.starts_with("/v1/");
    if in_api && !signed_in && !path.starts_with("/v1/auth/") {
        operation["security"] = json!([{}, { "bearer": [] }]);
    }
    add_headers(method, operation, path);
    let mut failures: Vec<(u16, &str)> = vec![(500, "internal")];
    if in_api {
        failures.push((400, "malformed_request, malformed_json, invalid_cursor, invalid_header"));
        failures.push((401, "sign_in_required, invalid_token, token_expired, session_ended, key_ended"));
        failures.push((403, "forbidden, member_blocked, key_lacks_scope"));
        if path.starts_with(API_KEYS) {
            failures.push((403, "not_by_key"));
        }
        failures.push((422, "invalid_fields"));
        failures.push((429, "too_many_requests"));
        failures.push((503, "unavailable"));
    }
    if path.contains('{') {
        failures.push((404, "not_found"));
    }
    if operation.get("requestBody").is_some() {
        failures.extend([(413, "body_too_large"), (415, "unsupported_media_type")]);
    }
    if method == "post" {
        failures.extend([(409, "request_in_progress"), (422, "idempotency_key_reused")]);
    }
    if takes_if_match(path, method) {
        failures.push((412, "stale"));
    }
    for (status, codes) in failures {
        add_failure(operation, status, codes);
    }
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        finish_response(status, response, schemas);
    }
    if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json")
        && content.get("example").is_none()
    {
        content["example"] = example(&content["schema"].clone(), schemas);
    }
}

fn takes_if_match(path: &str, method: &str) -> bool {
    let ends_with = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
    match method {
        // What nobody edits has no version: it is there or it is not, or it says what is decided anew each time. An application is one
        // person's own.
        "patch" | "delete" if UNVERSIONED.iter().any(|at| path.starts_with(at)) => false,
        "patch" if path.ends_with("/judges/{member}") => true,
        "patch" | "delete" => path == "/v1/me" || ends_with(&["{id}", "{board}"]),
        "post" => ends_with(&["/status", "/merge", "/unmerge", "/publish"]),
        "put" => ends_with(&[
            "/response",
            "/priority-weights",
            "/results",
            "/pictures",
            "/disclosure_rules",
            "/tax_rules",
        ]),
        _ => false,
    }
}

fn add_headers(method: &str, operation: &mut Value, path: &str) {
    let header = |name: &str, description: &str| {
        json!({ "name": name, "in": "header", "required": false, "description": description,
                "schema": { "type": "string" } })
    };
    let mut headers = vec![header("Accept-Language", "ko or en: the language of messages and names.")];
    if method == "post" {
        let mut key = header(
            "Idempotency-Key",
            "Repeating a request with the same key and body within 24 hours gives the same answer and does nothing again.",
        );
        key["schema"]["maxLength"] = json!(255);
        key["schema"]["minLength"] = json!(1);
        key["schema"]["pattern"] = json!("^[!-~]+$");
        headers.push(key);
    }
    if takes_if_match(path, method) {
        headers.push(header("If-Match", "The ETag that was read: 412 when the resource was edited since."));
    }
    if matches!(method, "get" | "head") && path.starts_with("/v1/") {
        headers.push(header("If-None-Match", "The ETag that was read: 304 when nothing has changed."));
        add_not_modified(operation);
    }
    match operation.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(parameters) => parameters.extend(headers),
        None => operation["parameters"] = Value::Array(headers),
    }
}

fn add_not_modified(operation: &mut Value) {
    if let Some(responses) = operation["responses"].as_object_mut() {
        responses.entry("304").or_insert(json!({ "description": "" }));
    }
}

fn add_failure(operation: &mut Value, status: u16, codes: &str) {
    let key = status.to_string();
    let responses = &mut operation["responses"];
    let said = responses[&key]["description"].as_str().unwrap_or("").to_owned();
    let all: BTreeSet<&str> =
        said.split(", ").chain(codes.split(", ")).filter(|code| !code.is_empty()).collect();
    let description = all.into_iter().collect::<Vec<_>>().join(", ");
    responses[&key] = json!({ "description": description });
}

fn finish_response(status: &str, response: &mut Value, schemas: &Value) {
    let code: u16 = status.parse().unwrap_or(0);
    if code >= 400 {
        response["content"] = json!({
            "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } }
        });
    }
    if response["description"].as_str().unwrap_or("").is_empty() {
        let description = match code {
            201 => "Made.",
            204 => "Done.",
            304 => "What you have is current.",
            _ => "As asked.",
        };
        response["description"] = json!(description);
    }
    let mut headers = Map::new();
    let mut header = |name: &str, description: &str| {
        headers
            .insert(name.to_owned(), json!({ "description": description, "schema": { "type": "string" } }));
    };
    header("X-Request-Id", "Names the request in the log.");
    if code == 201 {
        header("Location", "The address of what was made.");
    }
    if [429, 503].contains(&code) {
        header("Retry-After", "Seconds to wait.");
    }
    response["headers"] = Value::Object(headers);
    if let Some(content) = response.pointer_mut("/content/application~1json") {
        content["example"] = example(&content["schema"].clone(), schemas);
    }
}

/// An example made of the examples of the parts.
fn example(schema: &Value, schemas: &Value) -> Value {
    if let Some(given) = schema.get("example").or_else(|| schema.pointer("/examples/0")) {
        return given.clone();
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return example(&schemas[name], schemas);
    }
    if let Some(first) =
        schema.pointer("/enum/0").or_else(|| schema.get("const")).or_else(|| schema.get("default"))
    {
        return first.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let merged =
            parts.iter().map(|part| example(part, schemas)).filter_map(|part| part.as_object().cloned());
        return Value::Object(merged.flatten().collect());
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let some = choices.iter().find(|choice| choice["type"] != "null");
            return some.map_or(Value::Null, |choice| example(choice, schemas));
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or("null"),
        kind => kind.as_str().unwrap_or("object"),
    };
    match (kind, schema["format"].as_str()) {
        ("string", Some("uuid")) => json!("01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d"),
        ("string", Some("date-time")) => json!("2026-11-21T09:00:00Z"),
        ("string", _) => json!("…"),
        ("integer", _) => schema.get("minimum").cloned().unwrap_or(json!(1)),
        ("number", _) => json!(0.5),
        ("boolean", _) => json!(false),
        ("array", _) => json!([example(&schema["items"], schemas)]),
        ("object", _) => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            Value::Object(properties.map(|(name, part)| (name.clone(), example(part, schemas))).collect())
        }
        _ => Value::Null,
    }
}
