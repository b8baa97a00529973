//! Attributes and who said them, as the JSON they are kept in.

use chrono::{DateTime, SecondsFormat};
use domain::members::{Attribute, Attributes, Origin, Origins, Source};
use serde_json::{Map, Value, json};

pub(crate) fn attributes(text: &str) -> Option<Attributes> {
    let object: Map<String, Value> = serde_json::from_str(text).ok()?;
    object.into_iter().map(|(name, value)| Some((name, attribute(&value)?))).collect()
}

pub(crate) fn attribute(value: &Value) -> Option<Attribute> {
    match value {
        Value::String(text) => Some(Attribute::Text(text.clone())),
        Value::Number(number) => number.as_f64().map(Attribute::Number),
        Value::Bool(flag) => Some(Attribute::Flag(*flag)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

pub(super) fn json_of(attributes: &Attributes) -> String {
    let object = attributes.iter().map(|(name, attribute)| (name.clone(), value(attribute)));
    Value::Object(object.collect()).to_string()
}

pub(crate) fn value(attribute: &Attribute) -> Value {
    match attribute {
        Attribute::Text(text) => Value::from(text.as_str()),
        Attribute::Number(number) => Value::from(*number),
        Attribute::Flag(flag) => Value::from(*flag),
    }
}

pub(super) fn origins(text: &str) -> Option<Origins> {
    let object: Map<String, Value> = serde_json::from_str(text).ok()?;
    let origin = |value: &Value| {
        let at = DateTime::parse_from_rfc3339(value["at"].as_str()?).ok()?.to_utc();
        Some(Origin { source: Source::named(value["source"].as_str()?)?, at })
    };
    object.into_iter().map(|(name, value)| Some((name, origin(&value)?))).collect()
}

pub(super) fn json_of_origins(origins: &Origins) -> String {
    let said = |origin: &Origin| json!({ "source": origin.source.name(), "at": origin.at.to_rfc3339_opts(SecondsFormat::Micros, true) });
    let object = origins.iter().map(|(name, origin)| (name.clone(), said(origin)));
    Value::Object(object.collect()).to_string()
}
