//! What the document says of the terms of a contest. Their form is the domain's, because it is hashed.

use domain::{
    attachments::MOST_AT_A_PLACE,
    contests::{Phase, answers::Question, terms::Terms},
    judging::{
        assignment::REVIEWS_MOST, ballots::STARS_MOST, prizes::PRIZE_MOST, score::CRITERIA_MOST,
        ties::PRIZES_MOST,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};
use validator::{Validate, ValidationErrors};

use super::bodies::ContestShown;
use crate::terms::{consent, fields, html, merge, object, schema, time};

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
        schema(object(terms(), &NEEDED, json!({ "example": example() })))
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

/// What is not of the terms.
fn facts() -> Map<String, Value> {
    let phases: Vec<&str> = Phase::ALL.map(Phase::name).into();
    fields(json!({
        "id": { "type": "string", "format": "uuid" },
        "phase": { "type": "string", "enum": phases, "description": "How far it is: by its schedule, the steps of staff, and the time." },
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

fn text(most: u32, description: &str) -> Value {
    json!({ "type": "string", "maxLength": most, "description": description })
}

fn number(least: u64, most: u64, description: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most, "description": description })
}

fn terms() -> Map<String, Value> {
    let mut terms = how_it_is_entered();
    terms.extend(how_it_is_judged());
    terms
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
            "places": number(1, 10_000, "For how many entries it is; 1 unless said."),
            "alternates": number(0, 100, "How many are next in line."),
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
    fn the_example_is_of_terms_that_are_taken() {
        assert!(super::super::bodies::terms_of(example()).is_ok());
    }
}
