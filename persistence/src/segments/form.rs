//! Rules as the JSON they are kept in.

use domain::segments::{Condition, Rule, Test, Wanted};
use serde_json::{Map, Value, json};

use crate::members::attributes::{attribute, value};

pub(super) fn text(rule: &Rule) -> String {
    json_of(rule).to_string()
}

fn json_of(rule: &Rule) -> Value {
    let list = |parts: &[Rule]| Value::Array(parts.iter().map(json_of).collect());
    match rule {
        Rule::All(parts) => json!({ "all": list(parts) }),
        Rule::Any(parts) => json!({ "any": list(parts) }),
        Rule::Not(part) => json!({ "not": json_of(part) }),
        Rule::Where(condition) => {
            let wanted = match condition.test.wanted() {
                Wanted::One(wanted) => value(&wanted),
                Wanted::Many(wanted) => Value::Array(wanted.iter().map(value).collect()),
            };
            json!({ "attribute": condition.attribute(), condition.test.op(): wanted })
        }
    }
}

pub(super) fn rule(text: &str) -> Option<Rule> {
    of_json(&serde_json::from_str(text).ok()?)
}

fn of_json(value: &Value) -> Option<Rule> {
    let list = |parts: &Value| parts.as_array()?.iter().map(of_json).collect::<Option<Vec<_>>>();
    let object: &Map<String, Value> = value.as_object()?;
    if let Some(name) = object.get("attribute") {
        let (op, wanted) = object.iter().find(|(word, _)| *word != "attribute")?;
        let wanted = match wanted {
            Value::Array(wanted) => Wanted::Many(wanted.iter().map(attribute).collect::<Option<_>>()?),
            wanted => Wanted::One(attribute(wanted)?),
        };
        return Some(Rule::Where(Condition::new(name.as_str()?, Test::of(op, wanted).ok()?).ok()?));
    }
    let (word, parts) = object.iter().next()?;
    match word.as_str() {
        "all" => Some(Rule::All(list(parts)?)),
        "any" => Some(Rule::Any(list(parts)?)),
        "not" => Some(Rule::Not(Box::new(of_json(parts)?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_as_it_was_written() {
        let written = json!({ "all": [
            { "any": [{ "attribute": "plan", "is": "gold" }, { "attribute": "plan", "in": ["vip", 3.0, true] }] },
            { "not": { "attribute": "purchases", "at_least": 12.5 } },
            { "attribute": "member.created_at", "before": "2026-01-01" },
            { "attribute": "seen", "within_days": 30.0 },
            { "attribute": "exists", "exists": false },
            { "all": [] },
        ] });
        assert_eq!(text(&rule(&written.to_string()).unwrap()), written.to_string());
        for odd in
            ["", "1", "{}", r#"{"none":[]}"#, r#"{"attribute":"a"}"#, r#"{"attribute":"a","like":"b"}"#]
        {
            assert_eq!(rule(odd), None, "{odd}");
        }
    }
}
