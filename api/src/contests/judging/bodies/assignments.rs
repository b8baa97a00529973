//! What entries were given to judges by, as it is answered.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::contests::assigning::{Assignment, Kind};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Whether entries were given anew, or those that lacked judges were filled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentKindName {
    /// Every entry got all its judges.
    Anew,
    /// Entries got the judges they lacked, and nobody else's work changed.
    Filled,
}

/// What should be known of an assignment before scores are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentWarningName {
    /// Fewer than three judges look at an entry.
    FewReviews,
    /// Judges share no entries, so that how severe they are cannot be compared.
    NotConnected,
    /// Entries lack judges, and nobody could take them.
    Lacking,
}

/// One time that entries were given to judges. Entries and judges are under pseudonyms.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentBody {
    id: Uuid,
    contest_id: Uuid,
    /// Of judging, from 1.
    #[schema(minimum = 1, example = 1)]
    round: i32,
    kind: AssignmentKindName,
    /// How many reviews were given.
    #[schema(minimum = 0, example = 120)]
    given: usize,
    /// How many of them each judge got.
    #[schema(example = json!({ "2f1d0c9b8a7e6f54": 15 }))]
    loads: BTreeMap<String, usize>,
    /// How many judges entries still lack.
    #[schema(example = json!({}))]
    lacking: BTreeMap<String, usize>,
    /// The groups of judges that share no entry with another group, of all reviews of the round.
    #[schema(minimum = 0, example = 1)]
    parts: usize,
    warnings: Vec<AssignmentWarningName>,
    created_at: DateTime<Utc>,
}

impl From<&Assignment> for AssignmentBody {
    fn from(one: &Assignment) -> Self {
        let (planned, given) = (&one.written.planned, &one.written.given);
        let mut loads: BTreeMap<String, usize> = BTreeMap::new();
        given.judges.values().flatten().for_each(|judge| *loads.entry(judge.clone()).or_default() += 1);
        let warnings = [
            (planned.reviews < 3, AssignmentWarningName::FewReviews),
            (one.parts > 1, AssignmentWarningName::NotConnected),
            (!given.lacking.is_empty(), AssignmentWarningName::Lacking),
        ];
        Self {
            id: one.id.uuid(),
            contest_id: one.contest_id.uuid(),
            round: one.round,
            kind: match planned.kind {
                Kind::Anew => AssignmentKindName::Anew,
                Kind::Filled => AssignmentKindName::Filled,
            },
            given: given.judges.values().map(|judges| judges.len()).sum(),
            loads,
            lacking: given.lacking.clone(),
            parts: one.parts,
            warnings: warnings.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect(),
            created_at: one.created_at,
        }
    }
}

/// The same, with all that it was made from: the same plan gives the same again.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentPlanBody {
    assignment: AssignmentBody,
    /// Seed, entries, judges and conflicts.
    #[schema(value_type = Object, example = json!({ "kind": "anew", "seed": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        "reviews": 3, "entries": {}, "judges": {}, "conflicts": [] }))]
    planned: Value,
    /// Those who were added to each entry.
    #[schema(value_type = Object, example = json!({ "a1b2c3d4e5f60718": ["2f1d0c9b8a7e6f54"] }))]
    judges: Value,
}

impl From<&Assignment> for AssignmentPlanBody {
    fn from(one: &Assignment) -> Self {
        Self {
            assignment: one.into(),
            planned: serde_json::to_value(&one.written.planned).unwrap_or_default(),
            judges: serde_json::to_value(&one.written.given.judges).unwrap_or_default(),
        }
    }
}
