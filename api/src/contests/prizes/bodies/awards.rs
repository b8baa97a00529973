//! Awards as everybody reads them.

use std::collections::HashMap;

use domain::{
    EntryId,
    contests::{
        Contest,
        prizes::{Award, Disqualification},
        terms::Prize,
    },
    judging::bundle::Place,
};
use persistence::contests::prizes::names::Named;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DisqualificationReasonName, PrizeKindName};

/// A winner, as far as they let the public know.
#[derive(Debug, Serialize, ToSchema)]
pub struct WinnerNameBody {
    /// Whole or masked, as they chose; null where they chose neither.
    #[schema(example = "홍*동")]
    display_name: Option<String>,
}

/// An entry that is to get a prize.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardBody {
    entry_id: Uuid,
    /// What the result calls it.
    #[schema(example = "9f86d081884c7d65")]
    entry: String,
    #[schema(example = "한마당")]
    title: Option<String>,
    /// What the prize is worth to this entry, in won.
    #[schema(minimum = 0, example = 1_000_000)]
    value_krw: u64,
    /// Whether it shares the prize with others: they divide evenly what the places are worth that they take together.
    joint: bool,
    team: Vec<WinnerNameBody>,
}

impl AwardBody {
    pub fn new(
        id: EntryId,
        award: &Award,
        titles: &HashMap<EntryId, String>,
        named: &HashMap<EntryId, Vec<Named>>,
    ) -> Self {
        let team = named.get(&id).into_iter().flatten();
        let name = |one: &Named| WinnerNameBody { display_name: one.name_as.shown(&one.display_name) };
        Self {
            entry_id: id.uuid(),
            entry: award.entry.clone(),
            title: titles.get(&id).cloned(),
            value_krw: award.value,
            joint: award.joint,
            team: team.map(name).collect(),
        }
    }
}

/// A prize, and who is to get it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardedPrizeBody {
    #[schema(minimum = 1, example = 1)]
    rank: u32,
    #[schema(example = "대상")]
    name: String,
    kind: PrizeKindName,
    /// What one of them is worth, in won.
    #[schema(minimum = 0, example = 1_000_000)]
    value_krw: u64,
    awards: Vec<AwardBody>,
    /// What the result calls those who follow, as ranked; as many as the prize has alternates. A tie is decided when it comes to that.
    #[schema(example = json!(["2c26b46b68ffc68f"]))]
    alternates: Vec<String>,
}

impl AwardedPrizeBody {
    pub fn new(prize: &Prize, awards: Vec<AwardBody>, next: Vec<&Place>) -> Self {
        Self {
            rank: prize.rank,
            name: prize.name.clone(),
            kind: prize.kind.into(),
            value_krw: prize.value_krw,
            awards,
            alternates: next.into_iter().map(|place| place.entry.clone()).collect(),
        }
    }
}

/// An entry that lost its rank.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisqualifiedBody {
    reason: DisqualificationReasonName,
    /// What the result called it, where everybody saw it win; null of others.
    #[schema(example = "9f86d081884c7d65")]
    entry: Option<String>,
}

impl DisqualifiedBody {
    pub fn new(one: &Disqualification, contest: &Contest) -> Self {
        let entry = one.awarded.then(|| contest.pseudonym_of_entry(one.entry_id));
        Self { reason: one.cause.into(), entry }
    }
}

/// Who is to get which prize by the result as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardsBody {
    pub prizes: Vec<AwardedPrizeBody>,
    /// What the result calls those of whom it is not known yet, because of a tie that is open.
    #[schema(example = json!([]))]
    pub undecided: Vec<String>,
    pub disqualified: Vec<DisqualifiedBody>,
}
