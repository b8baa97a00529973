//! Terms of panels and contests as they are sent and told of: merge patches, and the schemas of what the domain reads from JSON itself.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

/// RFC 7396, section 2.
pub fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    for (name, value) in patch {
        match (value, target.as_object_mut()) {
            (Value::Null, Some(fields)) => {
                fields.remove(&name);
            }
            (value, Some(fields)) => merge(fields.entry(name).or_insert(Value::Null), value),
            (_, None) => {}
        }
    }
}

/// A schema written out.
pub fn schema(of: Value) -> RefOr<Schema> {
    // Its own test finds out if this is no schema.
    serde_json::from_value(of).unwrap_or_default()
}

/// An object that has these properties and no others.
pub fn object(properties: Map<String, Value>, required: &[&str], more: Value) -> Value {
    let mut object = json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}

/// The fields of an object.
pub fn fields(of: Value) -> Map<String, Value> {
    if let Value::Object(fields) = of { fields } else { Map::new() }
}

/// Says of terms what they are where nothing is said of them, as they are read from an example that says only what is needed.
pub fn say_defaults<T: Serialize + DeserializeOwned>(
    terms: &mut Map<String, Value>,
    example: Value,
    needed: &[&str],
) {
    let mut said = fields(example);
    said.retain(|name, _| needed.contains(&name.as_str()));
    let read: Result<T, _> = serde_json::from_value(Value::Object(said));
    // Its own test finds out if the example is not of such terms.
    let read = fields(read.and_then(serde_json::to_value).unwrap_or_default());
    for (name, default) in read.into_iter().filter(|(name, _)| !needed.contains(&name.as_str())) {
        if let Some(term) = terms.get_mut(&name).and_then(Value::as_object_mut) {
            term.insert("default".to_owned(), default);
        }
    }
}

/// When something was done; null before.
pub fn time(description: &str) -> Value {
    json!({ "type": ["string", "null"], "format": "date-time", "description": description })
}

/// A term that is Markdown, as it can be put into a page.
pub fn html(name: &str) -> Value {
    let description = format!("`{name}` as sanitised HTML; left out of lists.");
    json!({ "type": "string", "description": description })
}

/// What people are asked to agree to.
pub fn consent() -> Value {
    json!({
        "type": "object", "required": ["key", "purpose", "text", "required"], "additionalProperties": false,
        "properties": {
            "key": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" },
            "purpose": { "type": "string", "maxLength": 200, "description": "What for." },
            "text": { "type": "string", "maxLength": 5_000, "description": "What is agreed to." },
            "required": { "type": "boolean", "description": "Refusing another never bars anybody." },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_merged_as_the_rfc_says() {
        for (target, patch, expected) in [
            (json!({ "a": "b" }), json!({ "a": null, "c": 1 }), json!({ "c": 1 })),
            (
                json!({ "a": { "b": "c" } }),
                json!({ "a": { "b": "d", "c": null } }),
                json!({ "a": { "b": "d" } }),
            ),
            (json!({ "a": [{ "b": "c" }] }), json!({ "a": [1] }), json!({ "a": [1] })),
            (json!({}), json!({ "a": { "bb": { "ccc": null } } }), json!({ "a": { "bb": {} } })),
        ] {
            let mut merged = target;
            merge(&mut merged, patch);
            assert_eq!(merged, expected);
        }
    }
}
