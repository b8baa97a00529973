//! Whether what a bundle is computed with is what its rules say.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Bundle, Lot};
use crate::{
    draws::{Beacon, proof::Checks},
    judging::{
        score::Criterion,
        ties::{Prizes, Rule},
    },
};

/// What the terms of a contest say that a result is computed with. What they may leave out is not there.
#[derive(Deserialize)]
struct Terms {
    rubric: Vec<Declared>,
    jury_weight: f64,
    tie_order: Vec<Rule>,
    prizes: Vec<Prize>,
    #[serde(default)]
    least_score: Option<f64>,
    #[serde(default)]
    ballot: Option<Voting>,
    #[serde(default = "drand")]
    lot: Value,
    #[serde(default)]
    judging: Judging,
}

/// With a title and a description, which decide nothing.
#[derive(Deserialize)]
struct Declared {
    key: String,
    weight: f64,
    scale: (f64, f64),
}

#[derive(Deserialize)]
struct Prize {
    places: u32,
}

#[derive(Deserialize)]
struct Voting {
    stars: usize,
}

#[derive(Default, Deserialize)]
struct Judging {
    #[serde(default)]
    rounds: Vec<Round>,
}

#[derive(Deserialize)]
struct Round {
    #[serde(default)]
    cut_to: Option<u32>,
}

/// What is to be computed with.
struct Said {
    jury_weight: f64,
    tie_order: Vec<Rule>,
    prizes: Option<Prizes>,
    stars: Option<usize>,
    lot: Option<Value>,
}

fn drand() -> Value {
    json!({ "kind": "drand" })
}

impl Terms {
    fn rubric(&self) -> Vec<Criterion> {
        let bare = |of: &Declared| Criterion { key: of.key.clone(), weight: of.weight, scale: of.scale };
        self.rubric.iter().map(bare).collect()
    }

    fn of_contest(&self) -> Said {
        let places: Vec<u32> = self.prizes.iter().map(|prize| prize.places).collect();
        let draws_lots = !places.is_empty() && self.tie_order.contains(&Rule::Lot);
        Said {
            jury_weight: self.jury_weight,
            tie_order: self.tie_order.clone(),
            prizes: (!places.is_empty()).then_some(Prizes { places, least: self.least_score }),
            stars: self.ballot.as_ref().map(|ballot| ballot.stars),
            lot: draws_lots.then(|| self.lot.clone()),
        }
    }

    /// The jury alone decides who goes on, and to go on is the prize.
    fn of_round(&self, round: Option<&Value>) -> Result<Said, &'static str> {
        let place =
            round.and_then(Value::as_u64).and_then(|round| usize::try_from(round).ok()?.checked_sub(1));
        let ended = place.and_then(|place| self.judging.rounds.get(place));
        let cut = ended.and_then(|round| round.cut_to).ok_or("the round has no cut")?;
        Ok(Said {
            jury_weight: 1.0,
            tie_order: Rule::at_a_cut(&self.tie_order),
            prizes: Some(Prizes { places: vec![cut], least: None }),
            stars: None,
            lot: None,
        })
    }
}

/// Compares all that is computed with to what the rules say of it; of a round with a cut they stand under `contest`. Rules without a
/// rubric, of whoever else judges by this formula, say nothing that could be compared.
pub fn check(bundle: &Bundle, checks: &mut Checks) {
    let of_round = bundle.rules.get("contest").map(|contest| (contest, bundle.rules.get("round")));
    let whole = Value::from(bundle.rules.clone());
    let terms = of_round.map_or(&whole, |(contest, _)| contest);
    if terms.get("rubric").is_none() {
        checks.unchecked.push("rules");
        return;
    }
    let said = Terms::deserialize(terms).map_err(|error| error.to_string()).and_then(|terms| {
        let said = match of_round {
            None => terms.of_contest(),
            Some((_, round)) => terms.of_round(round)?,
        };
        Ok((terms.rubric(), said))
    });
    let Some((rubric, said)) = checks.hold("rules", said) else { return };
    checks.compare("rules.rubric", rubric, &bundle.rubric);
    checks.compare("rules.jury_weight", said.jury_weight, bundle.jury_weight);
    checks.compare("rules.tie_order", said.tie_order, &bundle.tie_order);
    checks.compare("rules.prizes", said.prizes, &bundle.prizes);
    checks.compare("rules.stars", said.stars, bundle.stars);
    checks.compare("rules.lot", said.lot, bundle.draw.as_ref().map(source));
}

/// Where the number of a lot comes from, as terms say it: which round of drand it is, is known at the lock.
fn source(lot: &Lot) -> Value {
    match &lot.beacon {
        Beacon::Drand { .. } => drand(),
        Beacon::ManualSources { sources } => json!({ "kind": "manual_sources", "sources": sources }),
        Beacon::MultiParty { .. } => json!({ "kind": "multi_party" }),
    }
}
