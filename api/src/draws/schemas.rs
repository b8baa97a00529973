//! What the document says of proofs and verdicts. Their form is the domain's, because it is hashed.

use domain::draws::proof::{Proof, Verdict};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::terms::schema;

/// The proof of a draw.
#[derive(Serialize)]
#[serde(transparent)]
pub struct ProofBody(pub Proof);

/// What came out when a draw was computed again.
#[derive(Serialize)]
#[serde(transparent)]
pub struct VerdictBody(pub Verdict);

impl ToSchema for ProofBody {}
impl ToSchema for VerdictBody {}

impl PartialSchema for ProofBody {
    fn schema() -> RefOr<Schema> {
        schema(proof())
    }
}

impl PartialSchema for VerdictBody {
    fn schema() -> RefOr<Schema> {
        schema(json!({
            "type": "object",
            "required": ["valid", "checks", "unchecked", "selected", "waitlist"],
            "properties": {
                "valid": { "type": "boolean", "description": "Whether every check holds.", "examples": [true] },
                "checks": checks("pool_root", HASH, "What the proof says."),
                "unchecked": {
                    "type": "array", "items": { "type": "string", "examples": ["beacon"] },
                    "description": "What there is nothing to check by, or takes too long here.",
                },
                "selected": tickets("Who is seated, in the order in which they were."),
                "waitlist": tickets("Who is asked when a seat falls free, in that order."),
            },
        }))
    }
}

const HASH: &str = "8908fa8dd6095f8a9db23b25bc900bd1f631cc1409980e2f8e55f807f8c13d6c";
const TICKET: &str = "0bea8c6aeb401bb8186c636651c2a97e";

/// What was compared when something published was computed again.
pub(crate) fn checks(name: &str, hash: &str, found: &str) -> Value {
    let any = json!(["string", "number", "boolean", "array", "object", "null"]);
    json!({ "type": "array", "items": {
        "type": "object",
        "required": ["name", "ok", "expected", "found"],
        "properties": {
            "name": { "type": "string", "description": "What was compared.", "examples": [name] },
            "ok": { "type": "boolean", "examples": [true] },
            "expected": { "type": any, "description": "What comes out when it is computed.", "examples": [hash] },
            "found": { "type": any, "description": found, "examples": [hash] },
        },
    } })
}

fn ticket() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{32}$", "examples": [TICKET] })
}

fn tickets(description: &str) -> Value {
    json!({ "type": "array", "items": ticket(), "description": description })
}

fn hash(description: &str) -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": description, "examples": [HASH] })
}

fn proof() -> Value {
    let example: Value =
        serde_json::from_str(include_str!("../../../docs/verify/example.json")).unwrap_or_default();
    json!({
        "type": "object",
        "description": "All that was published of a draw by `priority-first/1`.",
        "required": ["spec", "beacon"],
        "additionalProperties": false,
        "example": example,
        "properties": {
            "spec": spec(),
            "pool": { "type": "array", "items": line(), "description": "Who could be drawn, sorted by ticket." },
            "excluded": { "type": "array", "items": excluded(), "description": "Who could not, sorted by ticket." },
            "beacon": {
                "type": "object",
                "required": ["bytes"],
                "properties": {
                    "bytes": { "type": "string", "description": "The number, in base 16." },
                    "evidence": { "type": "object", "description":
                        "What shows that it is the number: `signature` of a drand round, `values` of named sources (with \
                         `witness` and `link`), or `nonces` by commitment." },
                },
            },
            "spec_hash": hash("SHA-256 of the spec as canonical JSON, published before there was a number."),
            "seed": hash("What the priorities are computed with."),
            "walk": { "type": "array", "items": step() },
            "selected": tickets("Who is seated."),
            "waitlist": tickets("Who is asked when a seat falls free."),
            "replacements": { "type": "array", "items": replacement() },
            "fairness": {
                "type": "object",
                "required": ["min", "max", "gini"],
                "description": "The least and the greatest chance, and the Gini coefficient of all.",
                "properties": { "min": { "type": "number" }, "max": { "type": "number" }, "gini": { "type": "number" } },
            },
        },
    })
}

fn spec() -> Value {
    json!({
        "type": "object",
        "description": "All that decides the draw but the number.",
        "required": ["v", "alg", "draw_id", "seats", "waitlist", "quotas", "pool_root", "pool_size", "excluded_root",
            "excluded_size", "beacon"],
        "additionalProperties": false,
        "properties": {
            "v": { "type": "integer", "enum": [1] },
            "alg": { "type": "string", "enum": ["priority-first/1"] },
            "draw_id": { "type": "string" },
            "seats": { "type": "integer", "minimum": 0 },
            "waitlist": { "type": "integer", "minimum": 0 },
            "quotas": {
                "type": "object",
                "description": "By attribute and value, the least and the most of the seats.",
                "additionalProperties": { "type": "object", "additionalProperties": {
                    "type": "array", "items": { "type": "integer", "minimum": 0 }, "minItems": 2, "maxItems": 2,
                } },
            },
            "pool_root": hash("RFC 6962 Merkle root of the pool's lines."),
            "pool_size": { "type": "integer", "minimum": 0 },
            "excluded_root": hash("The same of those who could not be drawn."),
            "excluded_size": { "type": "integer", "minimum": 0 },
            "beacon": {
                "type": "object",
                "required": ["kind"],
                "description": "`drand` with `chain` and `round`, `manual_sources` with `sources`, or `multi_party` with `commitments`.",
                "properties": { "kind": { "type": "string", "enum": ["drand", "manual_sources", "multi_party"] } },
            },
            "household": { "type": "boolean", "description": "One of a household stands for it." },
            "merit": tickets("Who was scored into a seat before the draw."),
            "relax": { "type": "array", "items": { "type": "string" }, "description": "Attributes whose quotas give way to a replacement." },
        },
    })
}

fn line() -> Value {
    json!({
        "type": "object",
        "required": ["f", "t", "w"],
        "additionalProperties": false,
        "properties": {
            "f": { "type": "object", "additionalProperties": { "type": "string" }, "description": "Attributes that have quotas." },
            "h": { "type": "string", "description": "A keyed hash of the household." },
            "t": ticket(),
            "w": { "type": "integer", "minimum": 0, "description": "Weight: of so many numbers the least counts." },
        },
    })
}

fn excluded() -> Value {
    json!({
        "type": "object",
        "required": ["r", "t"],
        "additionalProperties": false,
        "properties": { "r": { "type": "array", "items": { "type": "string" } }, "t": ticket() },
    })
}

fn step() -> Value {
    json!({
        "type": "object",
        "required": ["t", "outcome", "reason"],
        "properties": {
            "t": ticket(),
            "outcome": { "type": "string", "enum": ["selected", "skipped"] },
            "reason": { "type": ["object", "null"], "required": ["kind", "values"], "properties": {
                "kind": { "type": "string", "enum": ["max_reached", "would_make_minimum_unreachable", "household_represented_by_other_ticket"] },
                "values": { "type": "array", "items": { "type": "string", "examples": ["age=30s"] } },
            } },
        },
    })
}

fn replacement() -> Value {
    json!({
        "type": "object",
        "required": ["left"],
        "properties": {
            "left": ticket(),
            "taken_by": { "type": ["string", "null"] },
            "relaxed": { "type": "array", "items": { "type": "string" } },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_them_is_a_schema() {
        for schema in [ProofBody::schema(), VerdictBody::schema()] {
            let written = serde_json::to_value(schema).unwrap();
            assert!(written["properties"].as_object().is_some_and(|fields| fields.len() > 4), "{written}");
        }
    }
}
