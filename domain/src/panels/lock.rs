//! The lock: who may be drawn is fixed, before there is a number to draw with.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Barred, Panel,
    applications::{Application, Outcome},
    screening::NO_VALUE,
    terms::{Method, Source},
};
use crate::{
    Refusal,
    digest::Digest,
    draws::{self, Excluded, Line, Pool, Spec, Ticket, Unfit, leaves, merkle},
};

/// Somebody who applied, with what the draw needs to know of them.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub application: Application,
    /// What they count for in the quotas; none excludes them.
    pub facets: Option<BTreeMap<String, String>>,
    /// A keyed hash of where they live, where the panel asks.
    pub household: Option<String>,
    /// How many draws they lost since their last seat.
    pub lost_draws: u32,
}

/// What is fixed at the lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    pub spec: Spec,
    pub hash: Digest,
    pub pool: Vec<Line>,
    pub excluded: Vec<Excluded>,
}

/// Why somebody is not in the pool though their answers are right.
const WITHDRAWN: &str = "withdrawn";

/// Fixes pool, exclusions, seats by score, rule and source of the number of a draw. The seats may be fewer than the panel has when fewer may be drawn and
/// no quota asks for more.
///
/// # Errors
/// [`Barred::Infeasible`] with what to relax, [`Barred::TooComplex`], or [`Barred::NobodyHidANumber`].
pub fn lock(
    panel: &Panel,
    draw_id: &str,
    candidates: &[Candidate],
    commitments: &[String],
) -> Result<Locked, Refusal> {
    let terms = &panel.terms;
    if terms.beacon == Source::MultiParty && commitments.is_empty() {
        return Err(Barred::NobodyHidANumber.into());
    }
    let (mut pool, mut excluded) = (Vec::new(), Vec::new());
    for candidate in candidates {
        let t = candidate.application.ticket;
        match (why_not(&candidate.application), &candidate.facets) {
            (reasons, Some(facets)) if reasons.is_empty() => pool.push(Line {
                f: facets.clone(),
                h: candidate.household.clone(),
                t,
                w: 1 + candidate.lost_draws.saturating_mul(terms.weight_per_lost_draw).min(99),
            }),
            (reasons, None) if reasons.is_empty() => {
                excluded.push(Excluded { r: vec![NO_VALUE.to_owned()], t })
            }
            (reasons, _) => excluded.push(Excluded { r: reasons, t }),
        }
    }
    pool.sort_by_key(|line| line.t);
    excluded.sort_by_key(|line| line.t);
    let open = panel.objections_until().unwrap_or(panel.updated_at);
    let spec = Spec {
        v: draws::VERSION,
        alg: draws::ALGORITHM.to_owned(),
        draw_id: draw_id.to_owned(),
        seats: terms.seats.min(u32::try_from(homes(&pool)).unwrap_or(u32::MAX)),
        waitlist: terms.waitlist,
        quotas: terms.quotas.clone(),
        pool_root: merkle::root(&leaves(&pool)),
        pool_size: pool.len(),
        excluded_root: merkle::root(&leaves(&excluded)),
        excluded_size: excluded.len(),
        beacon: terms.beacon.beacon(open, commitments),
        household: terms.household.is_some(),
        merit: by_score(panel, candidates, &pool),
        relax: terms.relax.clone(),
    };
    ensure_feasible(&spec, &pool)?;
    Ok(Locked { hash: spec.hash(), spec, pool, excluded })
}

/// How many could have a seat at once: one of each household.
fn homes(pool: &[Line]) -> usize {
    let homes: BTreeSet<&str> = pool.iter().filter_map(|line| line.h.as_deref()).collect();
    homes.len() + pool.iter().filter(|line| line.h.is_none()).count()
}

fn why_not(application: &Application) -> Vec<String> {
    match application.outcome {
        Outcome::Withdrawn => vec![WITHDRAWN.to_owned()],
        _ => application.reasons.clone(),
    }
}

/// Those who are seated by score: the best first, of equal scores the earlier application.
fn by_score(panel: &Panel, candidates: &[Candidate], pool: &[Line]) -> Vec<Ticket> {
    let seats = match panel.terms.method {
        Method::MeritThenLottery => panel.terms.merit_seats,
        Method::Lottery | Method::FirstCome | Method::Manual => 0,
    };
    let line =
        |ticket: Ticket| pool.binary_search_by_key(&ticket, |line| line.t).ok().map(|place| &pool[place]);
    let mut scored: Vec<&Application> = candidates
        .iter()
        .map(|candidate| &candidate.application)
        .filter(|application| application.score.is_some() && line(application.ticket).is_some())
        .collect();
    scored.sort_by_key(|application| (std::cmp::Reverse(application.score), application.id.uuid()));
    let mut seen = BTreeSet::new();
    let lives_alone = |application: &&Application| {
        line(application.ticket).and_then(|line| line.h.as_deref()).is_none_or(|home| seen.insert(home))
    };
    let seated = scored.into_iter().filter(lives_alone).take(seats as usize);
    seated.map(|application| application.ticket).collect()
}

pub(super) fn ensure_feasible(spec: &Spec, pool: &[Line]) -> Result<(), Refusal> {
    let checked = Pool::of(spec, pool).and_then(|pool| match pool.ensure_feasible() {
        Err(Unfit::Infeasible) => pool.ways_out().map(Some),
        other => other.map(|()| None),
    });
    match checked {
        Ok(None) => Ok(()),
        Ok(Some(ways_out)) => Err(Barred::Infeasible { ways_out }.into()),
        Err(_) => {
            Err(Barred::TooComplex { merge: spec.quotas.keys().cloned().collect::<Vec<_>>().join(", ") }
                .into())
        }
    }
}
