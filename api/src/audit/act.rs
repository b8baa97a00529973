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

/// What differs, of two objects and of the objects in them; else both. What somebody wrote is not kept because something beside it
/// changed.
fn differing(before: Value, after: Value) -> (Value, Value) {
    let (Value::Object(mut before), Value::Object(mut after)) = (before.clone(), after.clone()) else {
        return (before, after);
    };
    let both: Vec<String> = before.keys().filter(|name| after.contains_key(*name)).cloned().collect();
    for name in both {
        if let (Some(was), Some(is)) = (before.remove(&name), after.remove(&name))
            && was != is
        {
            let (was, is) = differing(was, is);
            before.insert(name.clone(), was);
            after.insert(name, is);
        }
    }
    (Value::Object(before), Value::Object(after))
}

/// Made of other facts, or of the moment; a signed address is a key besides.
const DERIVED: [&str; 4] = ["excerpt", "updated_at", "url", "thumbnail_url"];
/// How a name ends whose value is another's Markdown as HTML.
const RENDERED: &str = "_html";
/// The log outlives a member's wish to be forgotten, so it says that such a thing changed, and not what it was.
const PERSONAL: [&str; 6] = ["email", "display_name", "attributes", "address", "tracking", "conflicts"];

fn told(facts: Value) -> Option<String> {
    (!facts.is_null()).then(|| plain(facts).to_string())
}

fn plain(facts: Value) -> Value {
    match facts {
        Value::Object(facts) => {
            let kept = facts
                .into_iter()
                .filter(|(name, _)| !DERIVED.contains(&&**name) && !name.ends_with(RENDERED));
            let hidden = |(name, value): (String, Value)| {
                let value = match name == "appeal" {
                    _ if PERSONAL.contains(&&*name) => Value::from("***"),
                    true => plain(unsaid(value)),
                    false => plain(value),
                };
                (name, value)
            };
            Value::Object(kept.map(hidden).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        other => other,
    }
}

/// An appeal without what somebody said for themselves, which is personal too.
fn unsaid(mut appeal: Value) -> Value {
    if let Some(text) = appeal.get_mut("text") {
        *text = Value::from("***");
    }
    appeal
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
        let appeal = |granted: Value| json!({ "state": "rejected", "appeal": { "text": "제가 쓴 말", "granted": granted } });
        assert_eq!(
            differing(appeal(Value::Null), appeal(json!(true))),
            (json!({ "appeal": { "granted": null } }), json!({ "appeal": { "granted": true } }))
        );
        let appealed =
            json!({ "screening": { "appeal": { "text": "저희가 그렸습니다.", "granted": true } } });
        assert_eq!(plain(appealed), json!({ "screening": { "appeal": { "text": "***", "granted": true } } }));
        let rendered =
            json!({ "brief": "*a*", "brief_html": "<p>a</p>", "learned_html": "", "updated_at": 1 });
        assert_eq!(plain(rendered), json!({ "brief": "*a*" }));
        assert_eq!(differing(Value::Null, json!({ "a": 1 })), (Value::Null, json!({ "a": 1 })));
        assert_eq!(told(Value::Null), None);
    }
}
