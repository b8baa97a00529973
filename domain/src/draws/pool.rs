//! The people of a draw and its quotas.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Line, Spec, Ticket,
    completion::{Bounds, TooComplex},
    priority,
    walk::{Drawn, Outcome, Reason, ReasonKind, Step, Walking},
};
use crate::digest::Digest;

/// The most attributes that may have quotas.
pub const ATTRIBUTES_MOST: usize = 4;
/// The most values of an attribute that may have quotas.
pub const VALUES_MOST: usize = 100;
/// The most combinations of their values that people may have.
pub const CELLS_MOST: usize = 300;
/// The greatest weight.
pub const WEIGHT_MOST: u32 = 100;

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("the seats cannot be filled within the quotas")]
    Infeasible,
    #[error("the quotas are too complex to be checked exactly")]
    TooComplex,
    #[error("the lines do not fit the rules of the draw: {0}")]
    Lines(&'static str),
}

impl From<TooComplex> for Unfit {
    fn from(_: TooComplex) -> Self {
        Self::TooComplex
    }
}

/// Whether a spec that anybody may have written can be worked with: what it asks for ends soon.
fn ensure_fit(spec: &Spec, lines: &[Line]) -> Result<(), Unfit> {
    let unfit = |holds: bool, why| if holds { Ok(()) } else { Err(Unfit::Lines(why)) };
    let quotas = &spec.quotas;
    if quotas.len() > ATTRIBUTES_MOST || quotas.values().any(|values| values.len() > VALUES_MOST) {
        return Err(Unfit::TooComplex);
    }
    unfit(
        quotas.values().flatten().all(|(_, (least, most))| least <= most),
        "a quota asks for more than it allows",
    )?;
    unfit(lines.iter().all(|line| (1..=WEIGHT_MOST).contains(&line.w)), "a weight is not from 1 to 100")?;
    let relax: BTreeSet<&String> = spec.relax.iter().collect();
    let known = relax.len() == spec.relax.len() && relax.iter().all(|name| quotas.contains_key(*name));
    unfit(known, "what gives way is not an attribute with quotas, each once")?;
    let merit: BTreeSet<&Ticket> = spec.merit.iter().collect();
    let fits = merit.len() == spec.merit.len() && merit.len() <= spec.seats as usize;
    unfit(fits, "more were scored into seats than there are, or one twice")
}

/// A quota: the people who count for it are those with this value of this attribute.
#[derive(Debug, Clone)]
pub(super) struct Quota {
    pub name: String,
    attribute: usize,
    value: String,
    pub bounds: Bounds,
}

/// The people of a draw by cell, and the quotas.
#[derive(Debug, Clone)]
pub struct Pool<'a> {
    lines: &'a [Line],
    pub(super) cell_of: Vec<usize>,
    /// The quotas that each cell counts for.
    pub(super) counts_for: Vec<Vec<usize>>,
    pub(super) quotas: Vec<Quota>,
    attributes: Vec<String>,
    pub(super) seats: i64,
    pub(super) merit: Vec<usize>,
    household: bool,
}

impl<'a> Pool<'a> {
    /// # Errors
    /// [`Unfit`], also where the lines are not as the rules say.
    pub fn of(spec: &Spec, lines: &'a [Line]) -> Result<Self, Unfit> {
        ensure_fit(spec, lines)?;
        let attributes: Vec<String> = spec.quotas.keys().cloned().collect();
        let quotas: Vec<Quota> = spec
            .quotas
            .iter()
            .enumerate()
            .flat_map(|(attribute, (name, values))| {
                values.iter().map(move |(value, &(least, most))| Quota {
                    name: format!("{name}={value}"),
                    attribute,
                    value: value.clone(),
                    bounds: Bounds { least: least.into(), most: most.into() },
                })
            })
            .collect();
        let mut cells: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let mut cell_of = Vec::with_capacity(lines.len());
        for line in lines {
            let values: Option<Vec<&str>> =
                attributes.iter().map(|name| line.f.get(name).map(String::as_str)).collect();
            let values = values.ok_or(Unfit::Lines("a line lacks an attribute that has quotas"))?;
            let next = cells.len();
            cell_of.push(*cells.entry(values).or_insert(next));
        }
        if cells.len() > CELLS_MOST {
            return Err(Unfit::TooComplex);
        }
        let mut counts_for = vec![Vec::new(); cells.len()];
        for (values, &cell) in &cells {
            counts_for[cell] =
                (0..quotas.len()).filter(|&nth| values[quotas[nth].attribute] == quotas[nth].value).collect();
        }
        let place = |ticket: &Ticket| lines.binary_search_by_key(ticket, |line| line.t).ok();
        let merit: Option<Vec<usize>> = spec.merit.iter().map(place).collect();
        let merit = merit.ok_or(Unfit::Lines("a ticket that was scored is not in the pool"))?;
        let (seats, household) = (i64::from(spec.seats), spec.household);
        Ok(Self { lines, cell_of, counts_for, quotas, attributes, seats, merit, household })
    }

    /// Whether the seats can be filled within the quotas, whatever the seed. Where one of a household stands for it, only those
    /// households count that are all alike: which of the others is called is not known.
    ///
    /// # Errors
    /// [`Unfit::Infeasible`] or [`Unfit::TooComplex`].
    pub fn ensure_feasible(&self) -> Result<(), Unfit> {
        let certain: Vec<usize> = match self.household {
            false => (0..self.lines.len()).collect(),
            true => self.certain(),
        };
        Walking::begin(self, &certain).map(drop)
    }

    /// The quotas of which one, given up, would let the seats be filled, as `attribute=value`: what to relax.
    ///
    /// # Errors
    /// [`Unfit::TooComplex`].
    pub fn ways_out(&self) -> Result<Vec<String>, Unfit> {
        let mut ways = Vec::new();
        for (nth, quota) in self.quotas.iter().enumerate() {
            let mut eased = self.clone();
            eased.quotas[nth].bounds = Bounds { least: 0, most: i64::from(u32::MAX) };
            match eased.ensure_feasible() {
                Ok(()) => ways.push(quota.name.clone()),
                Err(Unfit::Infeasible) => {}
                Err(unfit) => return Err(unfit),
            }
        }
        Ok(ways)
    }

    /// Draws.
    ///
    /// # Errors
    /// [`Unfit::Infeasible`] or [`Unfit::TooComplex`].
    pub fn draw(&self, seed: &Digest) -> Result<Drawn, Unfit> {
        let order = self.order(seed);
        let (stand, doubles) = self.collapsed(&order);
        let mut walking = Walking::begin(self, &stand)?;
        let is_merit: BTreeSet<usize> = self.merit.iter().copied().collect();
        let mut selected: Vec<Ticket> = self.merit.iter().map(|&place| self.lines[place].t).collect();
        let (mut walk, mut waitlist) = (Vec::new(), Vec::new());
        for place in order.into_iter().filter(|place| !is_merit.contains(place)) {
            let t = self.lines[place].t;
            if doubles.contains(&place) {
                if walking.left > 0 {
                    let kind = ReasonKind::HouseholdRepresentedByOtherTicket;
                    let reason = Some(Reason { kind, values: Vec::new() });
                    walk.push(Step { t, outcome: Outcome::Skipped, reason });
                }
                continue;
            }
            if walking.left == 0 {
                waitlist.push(t);
                continue;
            }
            let reason = walking.call(self.cell_of[place])?;
            if reason.is_none() {
                selected.push(t);
                walk.push(Step { t, outcome: Outcome::Selected, reason });
            } else {
                waitlist.push(t);
                walk.push(Step { t, outcome: Outcome::Skipped, reason });
            }
        }
        Ok(Drawn { walk, selected, waitlist })
    }

    /// The places of all, in the order in which a seed calls them.
    #[must_use]
    pub fn order(&self, seed: &Digest) -> Vec<usize> {
        priority::order(seed, self.lines.iter().map(|line| (line.t, line.w)))
    }

    /// Those who stand for themselves and their households, and those whom another stands for.
    fn collapsed(&self, order: &[usize]) -> (Vec<usize>, BTreeSet<usize>) {
        if !self.household {
            return (order.to_vec(), BTreeSet::new());
        }
        let home = |place: usize| self.lines[place].h.as_deref();
        let merit: BTreeSet<usize> = self.merit.iter().copied().collect();
        // Who was scored into a seat comes before chance.
        let mut seen: BTreeSet<&str> = self.merit.iter().filter_map(|&place| home(place)).collect();
        let is_double =
            |&place: &usize| !merit.contains(&place) && home(place).is_some_and(|home| !seen.insert(home));
        let doubles: BTreeSet<usize> = order.iter().copied().filter(is_double).collect();
        let stands = |place: &usize| !doubles.contains(place);
        (order.iter().copied().filter(stands).collect(), doubles)
    }

    /// One of each household that is all alike, and those who were scored into seats.
    fn certain(&self) -> Vec<usize> {
        let mut homes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (place, line) in self.lines.iter().enumerate() {
            homes.entry(line.h.as_deref().unwrap_or("")).or_default().insert(self.cell_of[place]);
        }
        let merit: BTreeSet<usize> = self.merit.iter().copied().collect();
        let seated: BTreeSet<&str> =
            self.merit.iter().filter_map(|&place| self.lines[place].h.as_deref()).collect();
        let mut seen = BTreeSet::new();
        let stands = |&place: &usize| match self.lines[place].h.as_deref() {
            _ if merit.contains(&place) => true,
            None => true,
            Some(home) => !seated.contains(home) && homes[home].len() == 1 && seen.insert(home),
        };
        (0..self.lines.len()).filter(stands).collect()
    }

    /// Who takes the seat of somebody who left, and the attributes whose quotas gave way for that. `seated` are those who stay,
    /// `waiting` those who are asked in turn.
    ///
    /// # Errors
    /// [`Unfit::Lines`] for a ticket that is not in the pool.
    pub fn replace(
        &self,
        seated: &[Ticket],
        waiting: &[Ticket],
        relax: &[String],
    ) -> Result<(Option<Ticket>, Vec<String>), Unfit> {
        let place = |ticket: &Ticket| {
            let found = self.lines.binary_search_by_key(ticket, |line| line.t);
            found.map_err(|_| Unfit::Lines("a ticket of the panel is not in the pool"))
        };
        let mut counts = vec![0; self.quotas.len()];
        for ticket in seated {
            self.counts_for[self.cell_of[place(ticket)?]].iter().for_each(|&quota| counts[quota] += 1);
        }
        for given_up in 0..=relax.len() {
            let holds = |quota: &Quota| !relax[..given_up].contains(&self.attributes[quota.attribute]);
            let keeps = |own: &Vec<usize>| {
                self.quotas.iter().enumerate().filter(|(_, quota)| holds(quota)).all(|(nth, quota)| {
                    let count = counts[nth] + i64::from(own.contains(&nth));
                    (quota.bounds.least..=quota.bounds.most).contains(&count)
                })
            };
            // Those who are alike fit alike.
            let fits: Vec<bool> = self.counts_for.iter().map(keeps).collect();
            for ticket in waiting {
                if fits[self.cell_of[place(ticket)?]] {
                    return Ok((Some(*ticket), relax[..given_up].to_vec()));
                }
            }
        }
        Ok((None, Vec::new()))
    }
}
