//! What the document says of each of the terms of a contest.

use domain::{
    attachments::MOST_AT_A_PLACE,
    contests::{answers::Question, terms::Terms},
    judging::{
        assignment::REVIEWS_MOST, ballots::STARS_MOST, prizes::PRIZE_MOST, score::CRITERIA_MOST,
        ties::PRIZES_MOST,
    },
};
use serde_json::{Map, Value, json};

use crate::terms::{consent, fields, time};

pub fn terms() -> Map<String, Value> {
    let mut terms = how_it_is_entered();
    terms.extend(how_it_is_judged());
    terms
}

fn text(most: u32, description: &str) -> Value {
    json!({ "type": "string", "maxLength": most, "description": description })
}

fn number(least: u64, most: u64, description: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most, "description": description })
}

fn how_it_is_entered() -> Map<String, Value> {
    let at = json!({ "type": "string", "format": "date-time" });
    fields(json!({
        "title": text(200, "What it is called."),
        "brief": text(20_000, "Markdown: what is asked for."),
        "contact": text(300, "Whom to ask."),
        "schedule": {
            "type": "object", "additionalProperties": false, "description": "Each time is later than the one before.",
            "required": ["opens_at", "closes_at", "judging_until", "provisional_at"],
            "properties": { "opens_at": at, "closes_at": at, "judging_until": at, "provisional_at": at },
        },
        "audience": {
            "type": "object", "additionalProperties": false,
            "description": "Who may enter; everybody who is signed in where it says nothing.",
            "properties": { "segments": { "type": "array", "maxItems": Terms::LISTED_MOST,
                "items": { "type": "string", "format": "uuid" }, "description": "Members of any of these." } },
        },
        "team": {
            "type": "object", "additionalProperties": false, "required": ["least", "most"],
            "description": "How many enter together; left out, everybody enters alone.",
            "properties": { "least": number(1, Terms::TEAM_MOST.into(), "Members."), "most": number(2, Terms::TEAM_MOST.into(), "Members."),
                "merge_deadline": { "type": "string", "format": "date-time", "description": "Until when somebody may join." } },
        },
        "entries_per_person": number(1, Terms::ENTRIES_MOST.into(), "In how many entries one may be."),
        "form": { "type": "array", "maxItems": Terms::LISTED_MOST, "items": question() },
        "files": {
            "type": "object", "additionalProperties": false, "description": "How many files an entry has.",
            "properties": { "least": number(0, MOST_AT_A_PLACE, "Files."), "most": number(0, MOST_AT_A_PLACE, "Files.") },
        },
        "originality_statement": text(2_000, "What everybody who sends an entry states."),
        "ai_policy": text(5_000, "Markdown: how AI may be used, and what is to be said of it."),
        "rights": {
            "type": "object", "additionalProperties": false, "description": "What the organiser may do with entries.",
            "properties": {
                "kind": { "type": "string", "enum": ["licence_on_award", "licence", "transfer"],
                    "description": "A licence of whoever wins, of every entrant, or all the rights of whoever wins." },
                "scope": text(2_000, "For what."),
                "term_months": number(1, 1_200, "For how long; for ever where it says nothing."),
                "fee_krw": number(0, PRIZE_MOST, "What is paid for it besides the prize, in won."),
            },
        },
        "consents": { "type": "array", "maxItems": Terms::LISTED_MOST, "items": consent() },
        "rules": text(20_000, "Markdown: the rules of taking part."),
        "retention_days": number(1, 1_095, "How many days after its end what is personal is kept."),
        "appeal_hours": number(0, 720, "How long a team may appeal after its entry was rejected."),
        "resubmit_hours": number(0, 720, "How long a team has to mend an entry, once; with 0 nothing is mended."),
    }))
}

fn how_it_is_judged() -> Map<String, Value> {
    let at = json!({ "type": "string", "format": "date-time" });
    let rules = ["heaviest_criterion", "first_ranks", "extra_review", "joint_prize", "lot"];
    fields(json!({
        "rubric": { "type": "array", "minItems": 1, "maxItems": CRITERIA_MOST, "items": criterion(),
            "description": "Weights add up to 1 or 100." },
        "judging": {
            "type": "object", "additionalProperties": false,
            "properties": {
                "reviews_per_entry": number(1, REVIEWS_MOST as u64, "Judges of each entry."),
                "blind": { "type": "array", "items": { "type": "string", "enum": ["author", "team", "files"] },
                    "description": "What judges do not see. With `files` entries have pictures alone: a PDF may tell who made it." },
                "household": text(100, "The attribute of members by which people live together: nobody judges whom they live with."),
                "rounds": { "type": "array", "maxItems": 10, "items": {
                    "type": "object", "additionalProperties": false, "required": ["name"],
                    "properties": { "name": text(100, "What it is called."), "cut_to": number(1, 2_000, "How many go on; of each round but the last.") },
                } },
            },
        },
        "ballot": {
            "type": "object", "additionalProperties": false, "required": ["stars", "opens_at", "closes_at"],
            "description": "What customers say, between the closing of entries and the provisional result; left out, they have no say.",
            "properties": { "stars": number(1, STARS_MOST as u64, "How many entries one may star."), "opens_at": at, "closes_at": at,
                "members_before": time("Who became a member at this moment or later has no vote; left out, all members have.") },
        },
        "jury_weight": { "type": "number", "minimum": 0.5, "maximum": 1, "description": "What the jury counts beside the ballot; 1 without one." },
        "tie_order": { "type": "array", "maxItems": 5, "items": { "type": "string", "enum": rules },
            "description": "What decides between entries that are tied across a prize line, in this order. Where there are prizes, a joint prize or a lot is among them." },
        "lot": {
            "type": "object", "additionalProperties": false, "required": ["kind"],
            "description": "Where the number of a lot comes from; a round of drand after the lock unless it says.",
            "properties": { "kind": { "type": "string", "enum": ["drand", "manual_sources"] },
                "sources": { "type": "array", "minItems": 1, "maxItems": 5, "items": text(200, "A public number of a later day.") } },
        },
        "prizes": { "type": "array", "maxItems": PRIZES_MOST, "items": prize() },
        "least_score": { "type": "number", "minimum": 0, "maximum": 100, "description": "Who is scored below gets no prize." },
        "objection_hours": number(0, 720, "How long objections to the provisional result may be raised."),
    }))
}

fn criterion() -> Value {
    let mark = |description: &str| json!({ "type": "number", "description": description });
    json!({
        "type": "object", "additionalProperties": false, "required": ["key", "title", "weight", "scale"],
        "properties": {
            "key": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" },
            "title": text(200, "What judges look at."),
            "weight": { "type": "number", "exclusiveMinimum": 0 },
            "scale": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2, "description": "The worst and the best mark." },
            "anchors": { "type": "array", "maxItems": Terms::LISTED_MOST, "items": {
                "type": "object", "additionalProperties": false, "required": ["mark", "text"],
                "properties": { "mark": mark("On the scale."), "text": text(500, "What it means.") },
            } },
            "comment_required_below": mark("A mark below it needs a comment."),
            "comment_required_above": mark("A mark above it needs a comment."),
        },
    })
}

fn prize() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["rank", "name", "kind", "value_krw", "tax_category"],
        "properties": {
            "rank": number(1, PRIZES_MOST as u64, "From 1, one after the other."),
            "name": text(100, "What it is called."),
            "kind": { "type": "string", "enum": ["cash", "voucher", "goods", "honour"] },
            "value_krw": number(0, PRIZE_MOST, "What one of them is worth, in won."),
            "tax_category": { "type": "string", "enum": ["contest", "lottery", "service", "none"] },
            "places": { "type": "integer", "minimum": 1, "maximum": 10_000, "default": 1, "description": "For how many entries it is." },
            "alternates": { "type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "How many are next in line." },
        },
    })
}

fn question() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["key", "label", "kind"],
        "properties": {
            "key": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" },
            "label": text(500, "What is asked."),
            "kind": { "type": "string", "enum": ["text", "long_text", "choice", "number", "url"] },
            "required": { "type": "boolean" },
            "choices": { "type": "array", "maxItems": Question::CHOICES_MOST, "description": "Of a choice.", "items": {
                "type": "object", "additionalProperties": false, "required": ["key", "label"],
                "properties": { "key": { "type": "string" }, "label": text(200, "What it says.") },
            } },
        },
    })
}
