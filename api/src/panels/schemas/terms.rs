//! What is said of the terms of a panel.

use domain::panels::terms::Terms;
use serde_json::{Map, Value, json};

use crate::terms::{consent, fields};

fn mission() -> Value {
    json!({
        "type": "object", "required": ["key", "title", "kind", "from_day", "until_day"], "additionalProperties": false,
        "properties": {
            "key": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" },
            "title": { "type": "string", "maxLength": 200 },
            "kind": { "type": "string", "enum": ["questions", "photo", "video", "diary", "post"] },
            "text": { "type": "string", "maxLength": 5_000, "description": "Markdown." },
            "required": { "type": "boolean", "description": "Whether a report is taken only once it is done." },
            "from_day": { "type": "integer", "minimum": 0, "description": "Days from the delivery." },
            "until_day": { "type": "integer", "minimum": 1, "description": "After it, it is late; no later than the report is due." },
            "questions": { "type": "array", "maxItems": Terms::LISTED_MOST, "items": question() },
        },
    })
}

pub(super) fn terms() -> Map<String, Value> {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let count = |most: u32, description: &str| json!({ "type": "integer", "minimum": 0, "maximum": most, "description": description });
    let text = |most: u32, description: &str| json!({ "type": "string", "maxLength": most, "description": description });
    fields(json!({
        "title": text(200, "What it is called."),
        "product": text(200, "What is tried."),
        "description": text(20_000, "Markdown."),
        "contact": text(300, "Whom to ask."),
        "seats": { "type": "integer", "minimum": 1, "maximum": Terms::SEATS_MOST },
        "waitlist": count(Terms::SEATS_MOST, "How many of the others are told of their place in the queue."),
        "method": { "type": "string", "enum": ["lottery", "first_come", "manual", "merit_then_lottery"] },
        "schedule": schedule(),
        "audience": {
            "type": "object", "additionalProperties": false,
            "description": "Whom it is for; everybody who is signed in where it says nothing.",
            "properties": {
                "segments": { "type": "array", "items": { "type": "string", "format": "uuid" }, "description": "Members of any of these." },
                "board": { "type": "string", "format": "uuid", "description": "Those who may view it." },
                "supporters_of": { "type": "string", "format": "uuid", "description": "Those who vote for this idea." },
            },
        },
        "eligibility": { "type": "array", "maxItems": Terms::LISTED_MOST, "items": {
            "type": "object", "required": ["attribute"], "additionalProperties": false,
            "description": "What must be known of a member: `one_of` these values, or a number within bounds.",
            "properties": {
                "attribute": { "type": "string" }, "one_of": texts,
                "at_least": { "type": "number" }, "at_most": { "type": "number" },
            },
        } },
        "questions": { "type": "array", "maxItems": Terms::LISTED_MOST, "items": question() },
        "quotas": quotas(),
        "bands": bands(),
        "relax": { "type": "array", "items": { "type": "string" },
            "description": "Attributes in the order in which their quotas give way to a replacement." },
        "merit_seats": count(Terms::SEATS_MOST, "How many seats go by score before the draw."),
        "weight_per_lost_draw": count(10, "What each draw lost since the last seat adds to a weight of one."),
        "household": { "type": ["string", "null"], "description": "The attribute by which people live together: one of them may have a seat." },
        "cooling_off_days": count(1_000, "Days since the last seat before somebody may have another."),
        "consents": { "type": "array", "maxItems": Terms::LISTED_MOST, "items": consent() },
        "rules": text(20_000, "Markdown: the rules of taking part."),
        "disclosure": text(500, "What a report has to say of who paid for it."),
        "reward": text(1_000, "What those who take part get."),
        "retention_days": { "type": "integer", "minimum": 1, "maximum": 1_095,
            "description": "How many days after the panel ended addresses, tracking numbers, the words of excuses and answers in words \
                            of one's own are kept." },
        "objection_hours": count(720, "How long after the lock nothing may be drawn."),
        "beacon": {
            "type": "object", "required": ["kind"],
            "description": "Where the number of the draw comes from: the first round of `drand` after the objection window, \
                            `manual_sources` (named public numbers of a later day), or `multi_party` (numbers that applicants and \
                            staff hide before the lock and show after it).",
            "properties": { "kind": { "type": "string", "enum": ["drand", "manual_sources", "multi_party"] }, "sources": { "type": "array", "items": { "type": "string" } } },
        },
        "missions": { "type": "array", "maxItems": Terms::MISSIONS_MOST, "items": mission(),
            "description": "What is asked of those who try the product, in its order; left out where nothing is." },
    }))
}

fn quotas() -> Value {
    json!({
        "type": "object", "maxProperties": domain::draws::ATTRIBUTES_MOST,
        "description": "By attribute, or key of a single question, and value: the least and the most of the seats.",
        "additionalProperties": { "type": "object", "additionalProperties": {
            "type": "array", "items": { "type": "integer", "minimum": 0 }, "minItems": 2, "maxItems": 2,
        } },
    })
}

fn bands() -> Value {
    json!({
        "type": "object",
        "description": "By attribute: spans of numbers that count as one value of its quotas, the first that holds a number.",
        "additionalProperties": { "type": "array", "minItems": 1, "maxItems": 100, "items": {
            "type": "object", "required": ["key"], "additionalProperties": false,
            "properties": {
                "key": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" },
                "at_least": { "type": "number" }, "at_most": { "type": "number" },
            },
        } },
    })
}

fn schedule() -> Value {
    let at = json!({ "type": "string", "format": "date-time" });
    json!({
        "type": "object", "additionalProperties": false,
        "required": ["opens_at", "closes_at", "announce_at", "confirm_by", "trial_days", "report_days"],
        "description": "Each time is later than the one before.",
        "properties": {
            "opens_at": at, "closes_at": at, "announce_at": at, "confirm_by": at,
            "trial_days": { "type": "integer", "minimum": 1, "maximum": 365 },
            "report_days": { "type": "integer", "minimum": 1, "maximum": 90 },
        },
    })
}

fn question() -> Value {
    json!({
        "type": "object", "required": ["key", "label", "kind"], "additionalProperties": false,
        "properties": {
            "key": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" },
            "label": { "type": "string", "maxLength": 500 },
            "required": { "type": "boolean" },
            "kind": { "type": "string", "enum": ["single", "several", "number", "text"] },
            "choices": { "type": "array", "items": {
                "type": "object", "required": ["key", "label"], "additionalProperties": false,
                "properties": {
                    "key": { "type": "string" }, "label": { "type": "string" },
                    "qualifies": { "type": "boolean", "description": "Not shown to those who apply." },
                },
            } },
            "at_least": { "type": "number", "description": "Not shown to those who apply." },
            "at_most": { "type": "number", "description": "Not shown to those who apply." },
        },
    })
}
