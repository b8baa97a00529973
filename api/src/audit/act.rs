//! What staff do and look at, kept with the change itself.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Actor, audit::Deed};
use persistence::{AnyConnection, Result as Rows, audit};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::reply::Reply;

/// One thing that somebody does, asked for by one request, to be kept in the audit log.
#[derive(Debug, Clone)]
pub struct Act {
    action: &'static str,
    request_id: Option<Arc<str>>,
    at: DateTime<Utc>,
}

impl Act {
    #[must_use]
    pub fn new(action: &'static str, request_id: Option<Arc<str>>, at: DateTime<Utc>) -> Self {
        Self { action, request_id, at }
    }

    /// Keeps what a thing was before and what it is after, which is what is answered; to be called last.
    ///
    /// # Errors
    /// Only when the database fails.
    pub fn keep<T>(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        subject: Uuid,
        before: impl Into<Option<Value>>,
        after: Reply<T>,
    ) -> Rows<Reply<T>> {
        self.keep_facts(tx, actor, Some(subject), (before.into(), Some(after.facts())))?;
        Ok(after)
    }

    /// [`Act::keep`] of facts that are not answered so.
    ///
    /// # Errors
    /// Only when the database fails.
    pub fn keep_facts(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        subject: Option<Uuid>,
        (before, after): (Option<Value>, Option<Value>),
    ) -> Rows<()> {
        let (before, after) = differing(before.unwrap_or_default(), after.unwrap_or_default());
        let deed = Deed { action: self.action.to_owned(), subject, before: told(before), after: told(after) };
        audit::keep(tx, self.at, actor, self.request_id.as_deref(), deed)
    }

    /// Keeps that somebody looked at personal data: of whom.
    ///
    /// # Errors
    /// Only when the database fails.
    pub fn look(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        subject: Option<Uuid>,
        of: impl IntoIterator<Item = Uuid>,
    ) -> Rows<()> {
        let of: Vec<Uuid> = of.into_iter().collect();
        self.keep_facts(tx, actor, subject, (None, Some(json!({ "members": of }))))
    }
}

/// A body as facts.
pub fn facts(body: &impl Serialize) -> Value {
    serde_json::to_value(body).unwrap_or_default()
}

/// What differs, of two objects; else both.
fn differing(before: Value, after: Value) -> (Value, Value) {
    let (Value::Object(mut before), Value::Object(mut after)) = (before.clone(), after.clone()) else {
        return (before, after);
    };
    let same: Vec<String> = before
        .iter()
        .filter(|(name, value)| after.get(*name) == Some(*value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in same {
        before.remove(&name);
        after.remove(&name);
    }
    (Value::Object(before), Value::Object(after))
}

/// Made of other facts, or of the moment; a signed address is a key besides.
const DERIVED: [&str; 4] = ["excerpt", "updated_at", "url", "thumbnail_url"];
/// How a name ends whose value is another's Markdown as HTML.
const RENDERED: &str = "_html";
/// The log outlives a member's wish to be forgotten, so it says that such a thing changed, and not what it was.
const PERSONAL: [&str; 5] = ["email", "display_name", "attributes", "address", "tracking"];

fn told(facts: Value) -> Option<String> {
    (!facts.is_null()).then(|| plain(facts).to_string())
}

fn plain(facts: Value) -> Value {
    match facts {
        Value::Object(facts) => {
            let kept = facts
                .into_iter()
                .filter(|(name, _)| !DERIVED.contains(&&**name) && !name.ends_with(RENDERED));
            let hidden = |(name, value): (String, Value)| match PERSONAL.contains(&&*name) {
                true => (name, Value::from("***")),
                false => (name, plain(value)),
            };
            Value::Object(kept.map(hidden).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_kept_and_nothing_personal() {
        let before = json!({ "name": "앱", "role": "member", "email": "a@b.c", "author": { "id": 1, "display_name": "아나" } });
        let after = json!({ "name": "앱", "role": "admin", "email": "d@e.f", "author": { "id": 2, "display_name": "보라" } });
        let (before, after) = differing(before, after);
        assert_eq!(
            plain(before),
            json!({ "role": "member", "email": "***", "author": { "id": 1, "display_name": "***" } })
        );
        assert_eq!(
            plain(after),
            json!({ "role": "admin", "email": "***", "author": { "id": 2, "display_name": "***" } })
        );
        let rendered =
            json!({ "brief": "*a*", "brief_html": "<p>a</p>", "learned_html": "", "updated_at": 1 });
        assert_eq!(plain(rendered), json!({ "brief": "*a*" }));
        assert_eq!(differing(Value::Null, json!({ "a": 1 })), (Value::Null, json!({ "a": 1 })));
        assert_eq!(told(Value::Null), None);
    }
}
