//! What the document says of contests. The form of their terms is the domain's, because it is hashed.

mod terms;

use domain::contests::{Phase, terms::Terms};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};
use validator::{Validate, ValidationErrors};

use self::terms::terms;
use super::bodies::ContestShown;
use crate::terms::{fields, html, merge, object, say_defaults, schema, time};

/// The terms of a new contest.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct NewContestBody(pub Value);

/// A merge patch (RFC 7396) of the terms.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct UpdateContestBody(Value);

/// A contest: its terms, and how far it is.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ContestBody(pub ContestShown);

impl UpdateContestBody {
    /// The terms after the patch, not checked yet.
    pub fn over(self, terms: &Terms) -> Value {
        let mut merged = serde_json::to_value(terms).unwrap_or_default();
        merge(&mut merged, self.0);
        merged
    }
}

// The domain checks them, because it is the one that knows how.
impl Validate for NewContestBody {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

impl Validate for UpdateContestBody {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

impl ToSchema for NewContestBody {}
impl ToSchema for UpdateContestBody {}
impl ToSchema for ContestBody {}

impl PartialSchema for NewContestBody {
    fn schema() -> RefOr<Schema> {
        let mut fields = terms();
        say_defaults::<Terms>(&mut fields, example(), &NEEDED);
        schema(object(fields, &NEEDED, json!({ "example": example() })))
    }
}

impl PartialSchema for UpdateContestBody {
    fn schema() -> RefOr<Schema> {
        let mut fields = terms();
        // A patch may take out what may be left out.
        let optional = fields.iter_mut().filter(|(name, _)| !NEEDED.contains(&name.as_str()));
        optional.for_each(|(_, field)| *field = json!({ "anyOf": [field.take(), { "type": "null" }] }));
        schema(object(fields, &[], json!({ "example": { "contact": "contest@example.com" } })))
    }
}

impl PartialSchema for ContestBody {
    fn schema() -> RefOr<Schema> {
        let mut fields = facts();
        let needed: Vec<String> = fields
            .keys()
            .filter(|name| !NOT_ALWAYS.contains(&name.as_str()))
            .cloned()
            .chain(NEEDED.map(str::to_owned))
            .collect();
        fields.extend(terms());
        let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
        schema(object(fields, &needed, json!({ "example": shown_example() })))
    }
}

const NEEDED: [&str; 8] =
    ["title", "brief", "contact", "schedule", "rubric", "originality_statement", "ai_policy", "rules"];

/// What not everybody is shown, or not in a list.
const NOT_ALWAYS: [&str; 5] = ["entry_count", "yours", "brief_html", "rules_html", "ai_policy_html"];

pub(super) fn example() -> Value {
    json!({
        "title": "새 이름 공모전", "brief": "마당의 새 이름을 지어 주세요.", "contact": "contest@example.com",
        "schedule": {
            "opens_at": "2027-01-04T00:00:00Z", "closes_at": "2027-01-31T15:00:00Z", "judging_until": "2027-02-14T15:00:00Z",
            "provisional_at": "2027-02-22T01:00:00Z",
        },
        "team": { "least": 1, "most": 4, "merge_deadline": "2027-01-24T15:00:00Z" },
        "form": [{ "key": "why", "label": "이름의 뜻", "kind": "long_text", "required": true }],
        "files": { "least": 0, "most": 3 },
        "rubric": [
            { "key": "idea", "title": "독창성", "weight": 60, "scale": [1, 5], "anchors": [{ "mark": 5, "text": "처음 보는 생각" }] },
            { "key": "use", "title": "쓸모", "weight": 40, "scale": [1, 5], "comment_required_below": 2 },
        ],
        "judging": { "reviews_per_entry": 3, "blind": ["author", "team", "files"] },
        "ballot": { "stars": 3, "opens_at": "2027-02-01T00:00:00Z", "closes_at": "2027-02-14T15:00:00Z" },
        "jury_weight": 0.7, "tie_order": ["heaviest_criterion", "joint_prize"],
        "prizes": [{ "rank": 1, "name": "대상", "kind": "cash", "value_krw": 1_000_000, "tax_category": "contest", "alternates": 2 }],
        "originality_statement": "팀이 직접 만들었고 다른 곳에서 상을 받지 않은 작품입니다.",
        "ai_policy": "AI를 썼다면 어디에 썼는지 적어 주세요.",
        "rights": { "kind": "licence_on_award", "scope": "수상작을 홍보에 쓸 수 있습니다.", "term_months": 12 },
        "consents": [{ "key": "privacy", "purpose": "공모전 운영", "text": "이름을 심사와 발표에 씁니다.", "required": true }],
        "rules": "한 사람이 한 작품을 냅니다.", "resubmit_hours": 48,
    })
}

fn shown_example() -> Value {
    let mut shown = fields(example());
    shown.extend(fields(json!({
        "id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "phase": "draft", "rules_hash": null, "published_at": null,
        "round": 1, "judging_at": null, "locked_at": null, "lock_hash": null, "provisional_at": null, "objections_until": null, "finalized_at": null,
        "cancelled_at": null, "attachments": [],
        "consent_hashes": { "privacy": "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e" },
        "created_at": "2026-12-30T01:00:00Z", "updated_at": "2026-12-30T01:00:00Z",
    })));
    Value::Object(shown)
}

fn phases(description: &str) -> Value {
    json!({ "type": "string", "enum": Phase::ALL.map(Phase::name), "description": description })
}

/// One of the phases.
pub(super) fn phase() -> RefOr<Schema> {
    schema(phases("How far the contest is."))
}

/// What is not of the terms.
fn facts() -> Map<String, Value> {
    fields(json!({
        "id": { "type": "string", "format": "uuid" },
        "phase": phases("How far it is: by its schedule, the steps of staff, and the time."),
        "rules_hash": { "type": ["string", "null"], "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of the canonical JSON of the terms without contact and `schedule.closes_at`." },
        "published_at": time("When it was published."),
        "judging_at": time("When judging began."),
        "round": { "type": "integer", "minimum": 1, "description": "Of judging." },
        "locked_at": time("When the scores were locked."),
        "lock_hash": { "type": ["string", "null"], "pattern": "^[0-9a-f]{64}$",
            "description": "Of all that the result is computed from, as it stood then; null before." },
        "provisional_at": time("When the provisional result was released."),
        "objections_until": time("Until when objections to it may be raised."),
        "finalized_at": time("When the result became final."),
        "cancelled_at": time("When it was cancelled."),
        "entry_count": { "type": "integer", "minimum": 0,
            "description": "For those who run contests, once entries are closed: how many were sent and not withdrawn." },
        "yours": yours(),
        "brief_html": html("brief"), "rules_html": html("rules"), "ai_policy_html": html("ai_policy"),
        "consent_hashes": { "type": "object", "additionalProperties": { "type": "string" },
            "description": "SHA-256 of the text of each consent, in base 16, by its key." },
        "attachments": { "type": "array", "items": { "$ref": "#/components/schemas/AttachmentBody" }, "description": "Its pictures." },
        "created_at": { "type": "string", "format": "date-time" },
        "updated_at": { "type": "string", "format": "date-time" },
    }))
}

fn yours() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["entry_ids", "judges"],
        "description": "For whoever is signed in, what they are in it; nobody else is told.",
        "properties": {
            "entry_ids": { "type": "array", "items": { "type": "string", "format": "uuid" }, "description": "Entries they are in, withdrawn ones too." },
            "judges": { "type": "boolean", "description": "Whether they judge it." },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_them_is_a_schema() {
        for schema in [NewContestBody::schema(), UpdateContestBody::schema(), ContestBody::schema()] {
            let written = serde_json::to_value(schema).unwrap();
            assert!(written["properties"].as_object().is_some_and(|fields| fields.len() > 20), "{written}");
        }
    }

    #[test]
    fn what_terms_are_that_say_nothing_of_it_is_told() {
        let written = serde_json::to_value(NewContestBody::schema()).unwrap();
        let default = |name: &str| &written["properties"][name]["default"];
        for (name, expected) in [("retention_days", 90), ("objection_hours", 72), ("appeal_hours", 72)] {
            assert_eq!(default(name), expected, "{name}");
        }
        assert_eq!((default("entries_per_person"), default("resubmit_hours")), (&json!(1), &json!(0)));
        assert_eq!((default("jury_weight"), default("team")), (&json!(1.0), &Value::Null));
        assert_eq!(default("judging")["reviews_per_entry"], 3);
        // What must be said has none, and a patch keeps what it says nothing of.
        assert!(NEEDED.iter().all(|name| default(name).is_null()));
        let patch = serde_json::to_string(&UpdateContestBody::schema()).unwrap();
        assert!(!patch.contains("\"default\":90"), "{patch}");
    }

    #[test]
    fn the_example_is_of_terms_that_are_taken() {
        assert!(super::super::bodies::terms_of(example()).is_ok());
    }
}
