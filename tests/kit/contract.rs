//! The contract: every answer that a test sees must be one that the OpenAPI document describes.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::Answer;

/// The document, as the server gives it.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(madang::openapi::document);

type Key = (String, String, String);
static VALIDATORS: LazyLock<Mutex<HashMap<Key, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The path template of the document that an address belongs to; one without variables comes first.
pub fn template(path: &str) -> Option<&'static str> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let fits = |template: &&String| {
        let (wanted, found) = (template.split('/'), path.split('/'));
        wanted.clone().count() == found.clone().count()
            && wanted
                .zip(found)
                .all(|(wanted, found)| wanted.starts_with('{') && !found.is_empty() || wanted == found)
    };
    paths.keys().filter(fits).min_by_key(|template| template.matches('{').count()).map(String::as_str)
}

/// That the answer is described: its status, its media type, its headers and its body.
#[track_caller]
pub fn check(method: &Method, path: &str, answer: &Answer) {
    assert!(answer.header("x-request-id").is_some(), "{}: no X-Request-Id", answer.request);
    let Some(template) = template(path) else {
        assert_eq!(answer.status, 404, "{} is not in the document", answer.request);
        return;
    };
    let operation = &DOCUMENT["paths"][template][method.as_str().to_lowercase()];
    if operation.is_null() {
        assert_eq!(answer.status, 405, "{} is not in the document", answer.request);
        assert!(answer.header("allow").is_some());
        return;
    }
    let status = answer.status.as_str();
    let response = &operation["responses"][status];
    assert!(!response.is_null(), "{}: {status} is not described: {}", answer.request, answer.text);
    for (name, _) in response["headers"].as_object().into_iter().flatten() {
        assert!(answer.header(name).is_some(), "{}: {status} without {name}", answer.request);
    }
    if *method == Method::HEAD {
        assert!(answer.text.is_empty(), "{}: a HEAD has no body", answer.request);
        return;
    }
    let Some(contents) = response["content"].as_object() else {
        assert!(answer.text.is_empty(), "{}: {status} must be empty: {}", answer.request, answer.text);
        return;
    };
    let media = answer.header("content-type").and_then(|found| found.split(';').next()).unwrap_or("");
    let Some(content) = contents.get(media) else {
        panic!("{}: {media} is none of {:?}", answer.request, contents.keys());
    };
    if media.ends_with("json") {
        let key = (method.to_string(), template.to_owned(), status.to_owned());
        let validator = Arc::clone(
            VALIDATORS.lock().unwrap().entry(key).or_insert_with(|| Arc::new(validator(&content["schema"]))),
        );
        let errors: Vec<String> = validator
            .iter_errors(&answer.json)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {status}: {errors:?} in {}", answer.request, answer.text);
    }
    if answer.status.is_client_error() {
        check_code(response, answer);
    }
}

/// That the code of a problem is one that the operation names.
#[track_caller]
fn check_code(response: &Value, answer: &Answer) {
    let named = response["description"].as_str().unwrap();
    let code = answer.json["code"].as_str().unwrap();
    assert!(named.split(", ").any(|name| name == code), "{}: {code} is not among {named}", answer.request);
}

/// A validator for a schema that refers to the components of the document.
pub fn validator(schema: &Value) -> Validator {
    let mut whole = schema.as_object().unwrap().clone();
    whole.insert("components".to_owned(), DOCUMENT["components"].clone());
    jsonschema::options().should_validate_formats(true).build(&json!(whole)).unwrap()
}
