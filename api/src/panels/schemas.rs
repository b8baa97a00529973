//! What the document says of panels. The form of their terms is the domain's, because it is hashed.

mod terms;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};
use validator::{Validate, ValidationErrors};

use domain::panels::terms::Terms;

use self::terms::terms;
use super::shown::PanelShown;
use crate::terms::{fields, html, merge, object, say_defaults, schema, time};

/// The terms of a new panel.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct NewPanelBody(pub Value);

/// A merge patch (RFC 7396) of the terms.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct UpdatePanelBody(Value);

/// A panel: its terms, and how far it is.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct PanelBody(pub PanelShown);

impl UpdatePanelBody {
    /// The terms after the patch, not checked yet.
    pub fn over(self, terms: &Terms) -> Value {
        let mut merged = serde_json::to_value(terms).unwrap_or_default();
        merge(&mut merged, self.0);
        merged
    }
}

// The domain checks them, because it is the one that knows how.
impl Validate for NewPanelBody {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

impl Validate for UpdatePanelBody {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

impl ToSchema for NewPanelBody {}
impl ToSchema for UpdatePanelBody {}
impl ToSchema for PanelBody {}

impl PartialSchema for NewPanelBody {
    fn schema() -> RefOr<Schema> {
        let mut fields = terms();
        say_defaults::<Terms>(&mut fields, example(), &NEEDED);
        schema(object(fields, &NEEDED, json!({ "example": example() })))
    }
}

impl PartialSchema for UpdatePanelBody {
    fn schema() -> RefOr<Schema> {
        let mut fields = terms();
        // A patch may take out what may be left out.
        let optional = fields.iter_mut().filter(|(name, _)| !NEEDED.contains(&name.as_str()));
        optional.for_each(|(_, field)| *field = json!({ "anyOf": [field.take(), { "type": "null" }] }));
        schema(object(fields, &[], json!({ "example": { "contact": "panel@example.com" } })))
    }
}

impl PartialSchema for PanelBody {
    fn schema() -> RefOr<Schema> {
        let mut fields = facts();
        let needed: Vec<String> = fields
            .keys()
            .filter(|name| !name.ends_with("_count") && !name.ends_with("_html"))
            .cloned()
            .chain(NEEDED.map(str::to_owned))
            .collect();
        fields.extend(terms());
        let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
        schema(object(fields, &needed, json!({ "example": shown_example() })))
    }
}

const NEEDED: [&str; 8] =
    ["title", "product", "contact", "seats", "method", "schedule", "rules", "disclosure"];

fn example() -> Value {
    json!({
        "title": "새 이어폰 체험단", "product": "마당 이어폰", "contact": "panel@example.com", "seats": 50, "waitlist": 20,
        "method": "lottery",
        "schedule": {
            "opens_at": "2027-01-04T00:00:00Z", "closes_at": "2027-01-15T15:00:00Z", "announce_at": "2027-01-19T01:00:00Z",
            "confirm_by": "2027-01-22T15:00:00Z", "trial_days": 14, "report_days": 7,
        },
        "eligibility": [{ "attribute": "region", "one_of": ["seoul", "busan"] }],
        "questions": [{ "key": "device", "label": "어떤 기기를 쓰세요?", "required": true, "kind": "single",
            "choices": [{ "key": "phone", "label": "휴대폰" }, { "key": "none", "label": "없음", "qualifies": false }] }],
        "quotas": { "device": { "phone": [10, 50] } },
        "consents": [{ "key": "privacy", "purpose": "체험단 운영", "text": "이름과 주소를 발송에 씁니다.", "required": true }],
        "rules": "보고서는 기한까지 씁니다.", "disclosure": "[협찬] 제품을 무상으로 제공받아 작성했습니다.",
    })
}

fn shown_example() -> Value {
    let mut shown = fields(example());
    shown.extend(fields(json!({
        "id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "phase": "draft", "rules_hash": null, "rules_salt": null, "published_at": null,
        "consent_hashes": { "privacy": "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e" },
        "locked_at": null, "spec_hash": null, "objections_until": null, "drawn_at": null, "announced_at": null, "results_at": null, "my_application_id": null,
        "attachments": [], "reports": { "count": 2, "useful": 4.5, "usable": 4.0, "enjoyable": 3.5 },
        "created_at": "2026-12-30T01:00:00Z", "updated_at": "2026-12-30T01:00:00Z",
    })));
    Value::Object(shown)
}

/// What is not of the terms.
fn facts() -> Map<String, Value> {
    let phases: Vec<&str> = domain::panels::Phase::ALL.map(domain::panels::Phase::name).into();
    fields(json!({
        "id": { "type": "string", "format": "uuid" },
        "phase": { "type": "string", "enum": phases, "description": "How far it is: by its schedule, the steps of staff, and the time." },
        "rules_hash": { "type": ["string", "null"], "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of the canonical JSON of `{\"salt\", \"terms\"}`: the salt, and the terms without description, \
                            contact and `schedule.closes_at`." },
        "rules_salt": { "type": ["string", "null"], "pattern": "^[0-9a-f]{64}$",
            "description": "What they are hashed with, told with the result." },
        "published_at": time("When it was published."),
        "locked_at": time("When it was fixed who may be drawn."),
        "spec_hash": { "type": ["string", "null"], "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of what was fixed at the lock." },
        "objections_until": time("Until when nothing may be drawn after the lock."),
        "drawn_at": time("When it was drawn."),
        "announced_at": time("When the result was released."),
        "results_at": time("When it was told what was learned."),
        "applicant_count": { "type": "integer", "description": "For those who run panels." },
        "eligible_count": { "type": "integer", "description": "For those who run panels." },
        "consent_hashes": { "type": "object", "additionalProperties": { "type": "string" },
            "description": "SHA-256 of the text of each consent, in base 16, by its key." },
        "description_html": html("description"), "rules_html": html("rules"),
        "my_application_id": { "type": ["string", "null"], "format": "uuid" },
        "attachments": { "type": "array", "items": { "$ref": "#/components/schemas/AttachmentBody" }, "description": "Its pictures." },
        "reports": report_summary(),
        "created_at": { "type": "string", "format": "date-time" },
        "updated_at": { "type": "string", "format": "date-time" },
    }))
}

fn report_summary() -> Value {
    let mean = json!({ "type": ["number", "null"], "minimum": 1, "maximum": 5 });
    json!({
        "type": "object", "additionalProperties": false, "required": ["count", "useful", "usable", "enjoyable"],
        "description": "How the published reports rate the product: how many there are, and the means of all of them.",
        "properties": { "count": { "type": "integer", "minimum": 0 }, "useful": mean, "usable": mean, "enjoyable": mean },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_them_is_a_schema() {
        for schema in [NewPanelBody::schema(), UpdatePanelBody::schema(), PanelBody::schema()] {
            let written = serde_json::to_value(schema).unwrap();
            assert!(written["properties"].as_object().is_some_and(|fields| fields.len() > 20), "{written}");
        }
    }

    #[test]
    fn what_terms_are_that_say_nothing_of_it_is_told() {
        let written = serde_json::to_value(NewPanelBody::schema()).unwrap();
        let default = |name: &str| &written["properties"][name]["default"];
        assert_eq!((default("retention_days"), default("objection_hours")), (&json!(90), &json!(24)));
        assert!(NEEDED.iter().all(|name| default(name).is_null()));
    }
}
