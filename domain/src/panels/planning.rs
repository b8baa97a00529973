//! Planning: whether quotas can be met by the members there are, and what chance each of them would have.

use std::collections::BTreeMap;

use super::{lock::ensure_feasible, terms::Terms};
use crate::{
    Refusal,
    digest::Digest,
    draws::{
        ALGORITHM, Beacon, Line, Quotas, Spec, Ticket, Unfit, VERSION,
        fairness::{self, Chance},
        leaves, merkle, priority,
    },
};

/// A draw among members that nobody asked yet.
#[derive(Debug, Clone)]
pub struct Imagined {
    spec: Spec,
    lines: Vec<Line>,
}

impl Imagined {
    /// `people` are the values that each has of the attributes with quotas. Who lacks one could not be drawn, and is left out.
    #[must_use]
    pub fn new(seats: u32, quotas: &Quotas, people: &[BTreeMap<String, String>]) -> Self {
        let has_all =
            |person: &&BTreeMap<String, String>| quotas.keys().all(|name| person.contains_key(name));
        let line = |(nth, person): (usize, &BTreeMap<String, String>)| {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&(nth as u64).to_be_bytes());
            let f = person.iter().filter(|(name, _)| quotas.contains_key(*name));
            Line {
                f: f.map(|(name, value)| (name.clone(), value.clone())).collect(),
                h: None,
                t: Ticket(bytes),
                w: 1,
            }
        };
        let lines: Vec<Line> = people.iter().filter(has_all).enumerate().map(line).collect();
        let spec = Spec {
            v: VERSION,
            alg: ALGORITHM.to_owned(),
            draw_id: "imagined".to_owned(),
            seats: seats.min(u32::try_from(lines.len()).unwrap_or(u32::MAX)),
            waitlist: 0,
            quotas: quotas.clone(),
            pool_root: merkle::root(&leaves(&lines)),
            pool_size: lines.len(),
            excluded_root: merkle::root::<String>(&[]),
            excluded_size: 0,
            beacon: Beacon::ManualSources { sources: Vec::new() },
            household: false,
            merit: Vec::new(),
            relax: Vec::new(),
        };
        Self { spec, lines }
    }

    /// How many could be drawn, and how many seats they would fill.
    #[must_use]
    pub fn size(&self) -> (usize, u32) {
        (self.lines.len(), self.spec.seats)
    }

    /// # Errors
    /// [`super::Barred::Infeasible`] with what to relax, or [`super::Barred::TooComplex`].
    pub fn ensure_feasible(&self) -> Result<(), Refusal> {
        ensure_feasible(&self.spec, &self.lines)
    }

    /// Everybody's chance over so many draws; the same each time.
    ///
    /// # Errors
    /// As a draw.
    pub fn chances(&self, runs: u32) -> Result<Vec<Chance>, Unfit> {
        let seed: Digest = priority::seed(&self.spec.hash(), b"imagined");
        fairness::chances(&self.spec, &self.lines, &seed, runs)
    }
}

/// The quotas that attributes decide, and not answers that nobody gave yet.
#[must_use]
pub fn of_attributes(terms: &Terms) -> Quotas {
    let asked = |name: &String| terms.question(name).is_some();
    terms
        .quotas
        .iter()
        .filter(|(name, _)| !asked(name))
        .map(|(name, of)| (name.clone(), of.clone()))
        .collect()
}
