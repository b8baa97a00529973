//! Results as they are shown.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    contests::{
        Contest,
        results::{Counts, Ranked},
        terms::Prize,
    },
    judging::{
        severity::Warning,
        ties::{Decision, Line, Rule},
    },
};
use persistence::contests::results::Outcome;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::{ContestRefBody, schemas::phase};
use crate::judging::schemas::warnings;

/// What a reader is shown besides the figures.
pub struct Seen {
    /// Of entries that are shown by them, by pseudonym.
    pub titles: HashMap<String, String>,
    /// Of winners, once everybody may know them.
    pub names: HashMap<String, Vec<String>>,
    /// Whether they run the contest.
    pub runs_it: bool,
    pub now: DateTime<Utc>,
}

/// What came out of a contest, or of a round of it. Entries and judges are under pseudonyms; a team knows that of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContestResultsBody {
    pub contest: ContestRefBody,
    #[schema(schema_with = phase)]
    phase: &'static str,
    /// Of judging, from 1.
    #[schema(minimum = 1, example = 1)]
    round: i32,
    /// What the jury counts beside the ballot.
    #[schema(minimum = 0.5, maximum = 1, example = 0.7)]
    pub jury_weight: f64,
    /// The best first.
    pub entries: Vec<RankedEntryBody>,
    /// Who did not come to this round, those of the latest round first.
    pub cut: Vec<CutEntryBody>,
    /// Entries that withdrew or were disqualified after they were judged.
    #[schema(example = json!([]))]
    withdrawn: Vec<String>,
    /// What happened at the line below each prize; of a round with a cut, below those who go on.
    pub lines: Vec<PrizeLineBody>,
    pub judges: usize,
    /// Scores: one judge's of one entry.
    #[schema(example = 120)]
    pub scores: usize,
    /// Null where customers had no say.
    pub ballots: Option<ResultBallotsBody>,
    /// How far the judges agree: ICC(1,k). Null where nothing can be said.
    #[schema(example = 0.74)]
    pub icc: Option<f64>,
    /// Whether they agree so little that another round is advised.
    pub another_round_advised: bool,
    #[schema(schema_with = warnings)]
    warnings: Vec<Warning>,
    /// By judge, how many points above the others they score; for those who run the contest.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<BTreeMap<String, f64>>,
    /// Of all that was fixed at the lock.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "20f894230502ac7a0c354a61bc78869813fa6863cfe4f9983a60bc1e84a19c3c"
    )]
    lock_hash: String,
    locked_at: DateTime<Utc>,
    /// When it came out as it is now.
    computed_at: DateTime<Utc>,
}

/// An entry in the result.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankedEntryBody {
    /// Its pseudonym.
    #[schema(example = "9f86d081884c7d65")]
    pub entry: String,
    /// Of winners, and of all where everybody saw them in the ballot.
    #[schema(example = "한마당")]
    pub title: Option<String>,
    /// Who won, as far as they want to be named.
    #[schema(example = json!(["홍*동"]))]
    pub names: Vec<String>,
    #[schema(minimum = 1, example = 1)]
    pub rank: usize,
    #[schema(minimum = 1, example = 1)]
    pub jury_rank: usize,
    /// Null where customers had no say.
    #[schema(minimum = 1, example = 3)]
    pub public_rank: Option<usize>,
    /// `w · jury + (1 − w) · public`.
    #[serde(rename = "final")]
    #[schema(example = 60.4694)]
    pub total: f64,
    /// 50 + 10 z of the merit.
    #[schema(example = 64.107)]
    pub jury: f64,
    /// 50 + 10 z of the logarithm of the stars; null where customers had no say.
    #[schema(example = 51.9817)]
    pub public: Option<f64>,
    /// Its merit, without the severity of its judges.
    #[schema(example = 83.3428)]
    pub theta: f64,
    /// The standard error of that.
    #[schema(minimum = 0, example = 2.6765)]
    pub se: f64,
    /// Whom the figures do not tell it apart from.
    #[schema(example = json!([]))]
    pub tied_with: Vec<String>,
    pub prize: Option<PrizeWonBody>,
    /// What gave it its prize, where the figures did not.
    pub decided_by: Option<TieRuleName>,
}

/// A prize that an entry gets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PrizeWonBody {
    #[schema(minimum = 1, example = 1)]
    rank: u32,
    #[schema(example = "대상")]
    pub name: String,
}

/// An entry that did not come to the round.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutEntryBody {
    #[schema(example = "60303ae22b998861")]
    pub entry: String,
    #[schema(example = "큰마당")]
    pub title: Option<String>,
    /// The last round it was in.
    #[schema(minimum = 1, example = 1)]
    pub round: i32,
    /// Its rank in that round.
    #[schema(minimum = 1, example = 24)]
    pub rank: usize,
    #[schema(example = 61.2)]
    pub theta: f64,
    #[schema(minimum = 0, example = 2.7)]
    pub se: f64,
}

/// What happened at the line below a prize. Entries stand in their final order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrizeLineBody {
    /// Null between rounds.
    prize: Option<PrizeWonBody>,
    /// For how many it is, less those who share the one above beyond its places.
    places: usize,
    #[schema(example = json!(["9f86d081884c7d65"]))]
    awarded: Vec<String>,
    /// Whom the figures could not tell apart across the line.
    #[schema(example = json!([]))]
    contested: Vec<String>,
    /// How they were parted, place after place.
    decided: Vec<TieDecisionBody>,
    /// Of whom it is not decided yet.
    #[schema(example = json!([]))]
    open: Vec<String>,
    /// What would decide it.
    awaits: Option<TieRuleName>,
}

/// Who was taken next of those whom the figures did not part.
#[derive(Debug, Serialize, ToSchema)]
pub struct TieDecisionBody {
    #[schema(example = json!(["9f86d081884c7d65"]))]
    taken: Vec<String>,
    #[schema(example = json!(["9f86d081884c7d65", "60303ae22b998861"]))]
    of: Vec<String>,
    /// Null where there was no other, or a place for each.
    by: Option<TieRuleName>,
}

/// What decides between entries that are tied.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TieRuleName {
    HeaviestCriterion,
    FirstRanks,
    ExtraReview,
    JointPrize,
    Lot,
}

/// How many ballots were cast. All are in the bundle.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultBallotsBody {
    #[schema(example = 260)]
    pub counted: usize,
    #[schema(example = 0)]
    pub held: usize,
    #[schema(example = 40)]
    pub rejected: usize,
}

impl From<Rule> for TieRuleName {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::HeaviestCriterion => Self::HeaviestCriterion,
            Rule::FirstRanks => Self::FirstRanks,
            Rule::ExtraReview => Self::ExtraReview,
            Rule::JointPrize => Self::JointPrize,
            Rule::Lot => Self::Lot,
        }
    }
}

impl From<&Prize> for PrizeWonBody {
    fn from(prize: &Prize) -> Self {
        Self { rank: prize.rank, name: prize.name.clone() }
    }
}

impl From<&Decision> for TieDecisionBody {
    fn from(decision: &Decision) -> Self {
        let Decision { taken, of, by } = decision.clone();
        Self { taken, of, by: by.map(TieRuleName::from) }
    }
}

impl PrizeLineBody {
    fn new(line: &Line, prize: Option<PrizeWonBody>) -> Self {
        Self {
            prize,
            places: line.places,
            awarded: line.awarded.clone(),
            contested: line.contested.clone(),
            decided: line.decided.iter().map(TieDecisionBody::from).collect(),
            open: line.open.clone(),
            awaits: line.awaits.map(TieRuleName::from),
        }
    }
}

impl RankedEntryBody {
    fn new(ranked: &Ranked<'_>, prize: Option<PrizeWonBody>, has_ballot: bool, seen: &Seen) -> Self {
        let place = ranked.place;
        Self {
            entry: place.entry.clone(),
            title: seen.titles.get(&place.entry).cloned(),
            names: seen.names.get(&place.entry).cloned().unwrap_or_default(),
            rank: place.rank,
            jury_rank: ranked.jury_rank,
            public_rank: has_ballot.then_some(ranked.public_rank),
            total: place.total,
            jury: place.jury,
            public: has_ballot.then_some(place.public),
            theta: place.theta,
            se: place.se,
            tied_with: place.tied_with.clone(),
            prize,
            decided_by: ranked.by.map(TieRuleName::from),
        }
    }
}

impl CutEntryBody {
    /// Those who did not go on after some rounds, of the latest round first.
    fn all(earlier: &[Outcome], seen: &Seen) -> Vec<Self> {
        let of_round = |outcome: &Outcome| {
            let out = outcome.found.ranked().into_iter().filter(|ranked| ranked.prize.is_none());
            let cut = |Ranked { place, .. }: Ranked<'_>| Self {
                entry: place.entry.clone(),
                title: seen.titles.get(&place.entry).cloned(),
                round: outcome.round,
                rank: place.rank,
                theta: place.theta,
                se: place.se,
            };
            out.map(cut).collect::<Vec<_>>()
        };
        earlier.iter().rev().flat_map(of_round).collect()
    }
}

impl ContestResultsBody {
    pub fn new(contest: &Contest, outcome: &Outcome, earlier: &[Outcome], seen: &Seen) -> Self {
        let Outcome { round, found, lock_hash, locked_at, computed_at, .. } = outcome;
        let is_last = contest.cut_to(*round).is_none();
        let has_ballot = is_last && contest.terms.ballot.is_some();
        let prize = |nth: usize| contest.terms.prizes.get(nth).filter(|_| is_last).map(PrizeWonBody::from);
        let ranked = found.ranked();
        let entries = ranked
            .iter()
            .map(|ranked| RankedEntryBody::new(ranked, ranked.prize.and_then(prize), has_ballot, seen));
        let lines = found.result.lines.iter().flatten().enumerate();
        let Counts { judges, scores, counted, held, rejected, withdrawn } = found.counts.clone();
        Self {
            contest: contest.into(),
            phase: contest.phase(seen.now).name(),
            round: *round,
            jury_weight: if is_last { contest.terms.jury_weight } else { 1.0 },
            entries: entries.collect(),
            cut: CutEntryBody::all(earlier, seen),
            withdrawn: withdrawn.into_iter().collect(),
            lines: lines.map(|(nth, line)| PrizeLineBody::new(line, prize(nth))).collect(),
            judges,
            scores,
            ballots: has_ballot.then_some(ResultBallotsBody { counted, held, rejected }),
            icc: found.result.icc,
            another_round_advised: found.advises_another_round(),
            warnings: found.warnings.clone(),
            severity: seen.runs_it.then(|| found.result.severity.clone()),
            lock_hash: lock_hash.clone(),
            locked_at: *locked_at,
            computed_at: *computed_at,
        }
    }

    /// What of it the audit log keeps: who gets which prize, and who is out.
    pub fn audited(&self) -> Value {
        json!({ "lines": self.lines, "withdrawn": self.withdrawn })
    }
}
