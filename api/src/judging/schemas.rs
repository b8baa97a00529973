//! What the document says of bundles and of what comes out of them. Their form is the domain's, because it is hashed.

use domain::judging::bundle::{Bundle, Verdict};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{draws::schemas::checks, terms::schema};

/// Everything that was published of a judged contest.
#[derive(Serialize)]
#[serde(transparent)]
pub struct BundleBody(pub Bundle);

/// What came out when the result of a contest was computed again.
#[derive(Serialize)]
#[serde(transparent)]
pub struct RecomputedBody(pub Verdict);

impl ToSchema for BundleBody {}
impl ToSchema for RecomputedBody {}

impl PartialSchema for BundleBody {
    fn schema() -> RefOr<Schema> {
        schema(bundle())
    }
}

impl PartialSchema for RecomputedBody {
    fn schema() -> RefOr<Schema> {
        schema(json!({
            "type": "object",
            "required": ["valid", "checks", "unchecked", "warnings", "lock_hash", "result"],
            "properties": {
                "valid": { "type": "boolean", "description": "Whether every check holds.", "examples": [true] },
                "checks": checks("scores_root", HASH, "What the bundle says."),
                "unchecked": {
                    "type": "array", "items": { "type": "string", "examples": ["beacon"] },
                    "description": "What there is nothing to check by.",
                },
                "warnings": weak(),
                "lock_hash": { "type": ["string", "null"], "examples": [HASH],
                    "description": "Of what it was computed with. It is the bundle of a contest if the contest shows the same." },
                "result": { "anyOf": [result(), { "type": "null" }],
                    "description": "What comes out; null where what was sent cannot be computed with." },
            },
        }))
    }
}

const HASH: &str = "20f894230502ac7a0c354a61bc78869813fa6863cfe4f9983a60bc1e84a19c3c";
const RULES: [&str; 5] = ["heaviest_criterion", "first_ranks", "extra_review", "joint_prize", "lot"];

fn hash(description: &str) -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": description, "examples": [HASH] })
}

fn names(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": description })
}

fn scores(description: &str) -> Value {
    json!({ "type": "array", "description": description, "items": {
        "type": "object", "additionalProperties": false, "required": ["entry", "judge", "marks"],
        "properties": {
            "entry": { "type": "string" }, "judge": { "type": "string" },
            "marks": { "type": "object", "additionalProperties": { "type": "number" }, "description": "By criterion." },
        },
    } })
}

fn ballots() -> Value {
    json!({ "type": "array", "description": "All of them, also those that do not count.", "items": {
        "type": "object", "additionalProperties": false, "required": ["voter", "stars", "state"],
        "properties": {
            "voter": { "type": "string" }, "stars": names("The entries."),
            "state": { "type": "string", "enum": ["counted", "held", "rejected"] },
        },
    } })
}

fn lot() -> Value {
    json!({
        "type": ["object", "null"], "additionalProperties": false, "required": ["beacon"],
        "description": "Where the number of a lot comes from, as fixed at the lock, and the number once it is known.",
        "properties": {
            "beacon": { "type": "object", "required": ["kind"],
                "properties": { "kind": { "type": "string", "enum": ["drand", "manual_sources", "multi_party"] } } },
            "number": { "type": "object", "required": ["bytes"],
                "properties": { "bytes": { "type": "string" }, "evidence": { "type": "object" } } },
            "seed": hash("What the lot is computed with."),
        },
    })
}

fn bundle() -> Value {
    let example: Value =
        serde_json::from_str(include_str!("../../../docs/verify/contest.json")).unwrap_or_default();
    json!({
        "type": "object",
        "description": "All that was published of a contest judged by `additive-severity/1`, under pseudonyms.",
        "required": ["formula", "jury_weight", "rubric", "scores"],
        "additionalProperties": false,
        "example": example,
        "properties": {
            "formula": { "type": "string", "examples": ["additive-severity/1"] },
            "rules": { "type": "object", "description": "The rules as they were frozen." },
            "rules_hash": hash("SHA-256 of the canonical JSON of the rules."),
            "jury_weight": { "type": "number", "minimum": 0.5, "maximum": 1 },
            "rubric": { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["key", "weight", "scale"],
                "properties": { "key": { "type": "string" }, "weight": { "type": "number" },
                    "scale": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 } },
            } },
            "scores": scores("Who gave which marks to what."),
            "ballots": ballots(),
            "withdrawn": names("Entries that withdrew or were disqualified; their scores still tell how severe judges are."),
            "tie_order": { "type": "array", "items": { "type": "string", "enum": RULES } },
            "draw": lot(),
            "calibration": names("Entries that judges marked to be compared by, and that do not compete."),
            "prizes": { "type": "object", "additionalProperties": false, "required": ["places"],
                "description": "For how many entries each prize is.",
                "properties": { "places": { "type": "array", "items": { "type": "integer", "minimum": 1 } },
                    "least": { "type": "number", "description": "Who is scored below gets none." } } },
            "stars": { "type": "integer", "minimum": 1, "description": "How many a ballot may have." },
            "extra_reviews": scores("What other judges gave to entries that were tied across a line, after the lock."),
            "hashes": { "type": "object", "additionalProperties": false, "properties": {
                "scores_root": hash("RFC 6962 Merkle root of the scores' lines."),
                "ballots_root": hash("The same of the ballots'."),
                "lock_hash": hash("Of all that was fixed at the lock."),
                "inputs_hash": hash("Of that and of what came after it."),
            } },
            "result": result(),
        },
    })
}

pub(crate) fn result() -> Value {
    let figure = |description: &str| json!({ "type": "number", "description": description });
    json!({
        "type": "object",
        "required": ["entries", "severity", "icc"],
        "properties": {
            "entries": { "type": "array", "description": "The best first.", "items": {
                "type": "object",
                "required": ["entry", "theta", "se", "jury", "public", "final", "rank", "tied_with"],
                "properties": {
                    "entry": { "type": "string" },
                    "theta": figure("Its merit, 0 to 100, without the severity of its judges."),
                    "se": figure("The standard error of that."),
                    "jury": figure("50 + 10 z of the merit."),
                    "public": figure("50 + 10 z of the logarithm of its stars."),
                    "final": figure("Both, by the weight of the jury."),
                    "rank": { "type": "integer", "minimum": 1 },
                    "tied_with": names("Whom the figures do not tell it apart from."),
                },
            } },
            "severity": { "type": "object", "additionalProperties": { "type": "number" }, "description": "By judge, how many points above the others they score." },
            "icc": { "type": ["number", "null"], "description": "How far the judges agree: ICC(1,k)." },
            "lines": { "type": "array", "items": line() },
        },
    })
}

fn line() -> Value {
    json!({
        "type": "object",
        "required": ["places", "awarded", "contested", "decided", "open", "awaits"],
        "description": "What happened at the line below a prize.",
        "properties": {
            "places": { "type": "integer", "minimum": 0 },
            "awarded": names("Who gets it."),
            "contested": names("Whom the figures could not tell apart across the line."),
            "decided": { "type": "array", "items": { "type": "object", "required": ["taken", "of", "by"], "properties": {
                "taken": names("Who was taken."), "of": names("Of whom."),
                "by": { "type": ["string", "null"], "description": "The rule of the tie order; null where there was no other, or room for each." },
            } } },
            "open": names("Of whom it is not decided yet."),
            "awaits": { "type": ["string", "null"], "description": "The rule that waits for what it decides by." },
        },
    })
}

fn weak() -> Value {
    json!({ "type": "array", "items": warning(), "description": "What makes the result weak, though it is computed rightly." })
}

/// What makes a result weak.
pub fn warnings() -> RefOr<Schema> {
    schema(weak())
}

fn warning() -> Value {
    json!({
        "type": "object", "required": ["kind"],
        "properties": { "kind": { "type": "string", "enum": ["few_reviews", "not_connected", "low_agreement", "all_equal"] } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_them_is_a_schema() {
        for schema in [BundleBody::schema(), RecomputedBody::schema()] {
            let written = serde_json::to_value(schema).unwrap();
            assert!(written["properties"].as_object().is_some_and(|fields| fields.len() > 4), "{written}");
        }
    }
}
