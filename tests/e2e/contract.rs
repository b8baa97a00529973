//! The contract: committed, fresh, and complete enough to write a client from.

use kit::contract::{DOCUMENT, validator};
use serde_json::Value;

#[test]
fn openapi_yaml_is_fresh() {
    let committed = include_str!("../../openapi.yaml");
    let fresh = madang::openapi::yaml().unwrap();
    assert!(committed == fresh, "openapi.yaml is stale; run: cargo run -q -- openapi > openapi.yaml");
}

fn operations() -> impl Iterator<Item = (String, &'static Value)> {
    DOCUMENT["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

#[test]
fn every_operation_has_a_summary_a_name_examples_and_its_codes() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    let mut names = std::collections::BTreeSet::new();
    for (place, operation) in operations() {
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() > 5), "{place}: summary");
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{place}: its name is taken");
        for (status, response) in operation["responses"].as_object().unwrap() {
            let description = response["description"].as_str().unwrap();
            assert!(!description.is_empty(), "{place} {status}");
            if status.as_str() >= "400" {
                assert!(
                    description
                        .split(", ")
                        .all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')),
                    "{place} {status}: {description}"
                );
            }
        }
        assert!(operation["responses"].get("500").is_some(), "{place}: failures");
    }
}

#[test]
fn every_example_is_valid() {
    for (place, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap().values();
        let contents = responses
            .chain([&operation["requestBody"]])
            .filter_map(|part| part.pointer("/content/application~1json"));
        for content in contents {
            let example = &content["example"];
            assert!(!example.is_null(), "{place}: no example");
            let errors: Vec<String> = validator(&content["schema"])
                .iter_errors(example)
                .map(|error| format!("{error} at {}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{place}: {errors:?} in {example}");
        }
    }
}
