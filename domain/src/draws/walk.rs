//! Who is seated: everybody is called in the order of chance, and seated if the panel can still be completed.

use serde::{Deserialize, Serialize};

use super::{
    Pool, Ticket, Unfit,
    completion::{Bounds, Completion},
    pool::Quota,
};

/// What happened to somebody who was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub t: Ticket,
    pub outcome: Outcome,
    pub reason: Option<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Selected,
    Skipped,
}

/// Why somebody was not seated when called, and the quotas that stood in the way as `attribute=value`, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub kind: ReasonKind,
    pub values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// As many are seated of these as may be.
    MaxReached,
    /// The seats that are left are needed: for these, of which too few are seated yet, or (where there are none) because
    /// nobody else could fill them all.
    WouldMakeMinimumUnreachable,
    /// Somebody of the same household was called before.
    HouseholdRepresentedByOtherTicket,
}

/// The result of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// From the first who was called to the last who was seated.
    pub walk: Vec<Step>,
    pub selected: Vec<Ticket>,
    /// All others who may follow, in the order in which they are asked.
    pub waitlist: Vec<Ticket>,
}

/// A panel that is being filled.
pub(super) struct Walking<'a> {
    pool: &'a Pool<'a>,
    completion: Completion,
    /// Whole numbers that complete the panel, one for each cell; most steps need no other.
    witness: Vec<i64>,
    counts: Vec<i64>,
    /// The seats that are free.
    pub left: i64,
}

impl<'a> Walking<'a> {
    /// With those seated who were scored.
    pub fn begin(pool: &'a Pool<'a>, stand: &[usize]) -> Result<Self, Unfit> {
        let mut cells = vec![Bounds { least: 0, most: 0 }; pool.counts_for.len()];
        stand.iter().for_each(|&place| cells[pool.cell_of[place]].most += 1);
        let mut counts = vec![0; pool.quotas.len()];
        for &place in &pool.merit {
            let cell = pool.cell_of[place];
            cells[cell].least += 1;
            pool.counts_for[cell].iter().for_each(|&quota| counts[quota] += 1);
        }
        let members = |quota: usize| {
            (0..cells.len()).filter(|&cell| pool.counts_for[cell].contains(&quota)).collect::<Vec<_>>()
        };
        let mut rows: Vec<(Vec<usize>, Bounds)> =
            pool.quotas.iter().enumerate().map(|(nth, quota)| (members(nth), quota.bounds)).collect();
        rows.push(((0..cells.len()).collect(), Bounds { least: pool.seats, most: pool.seats }));
        let left = pool.seats - i64::try_from(pool.merit.len()).unwrap_or(i64::MAX);
        let possible = cells.iter().all(|cell| cell.least <= cell.most);
        let mut completion = Completion::new(&cells, &rows);
        let witness = if possible { completion.solve()? } else { None }.ok_or(Unfit::Infeasible)?;
        Ok(Self { pool, completion, witness, counts, left })
    }

    /// Seats somebody of a cell, or says why not.
    pub fn call(&mut self, cell: usize) -> Result<Option<Reason>, Unfit> {
        let own = &self.pool.counts_for[cell];
        let full = |&&quota: &&usize| self.counts[quota] >= self.pool.quotas[quota].bounds.most;
        let full: Vec<String> =
            own.iter().filter(full).map(|&nth| self.pool.quotas[nth].name.clone()).collect();
        if !full.is_empty() {
            return Ok(Some(Reason { kind: ReasonKind::MaxReached, values: full }));
        }
        if !self.may_seat(cell)? {
            return Ok(Some(self.needed_elsewhere(cell)));
        }
        let own = &self.pool.counts_for[cell];
        own.iter().for_each(|&quota| self.counts[quota] += 1);
        self.left -= 1;
        Ok(None)
    }

    /// What cannot be completed with one more of a cell never can again: more are seated, and fewer are left.
    fn may_seat(&mut self, cell: usize) -> Result<bool, Unfit> {
        let Bounds { least, most } = self.completion.bounds(cell);
        if least == most {
            return Ok(false);
        }
        self.completion.bind(cell, Bounds { least: least + 1, most })?;
        if self.witness[cell] > least {
            return Ok(true);
        }
        if let Some(witness) = self.completion.solve()? {
            self.witness = witness;
            return Ok(true);
        }
        self.completion.bind(cell, Bounds { least, most: least })?;
        Ok(false)
    }

    fn needed_elsewhere(&self, cell: usize) -> Reason {
        let own = &self.pool.counts_for[cell];
        let lacks = |&(nth, quota): &(usize, &Quota)| {
            self.counts[nth] + i64::from(own.contains(&nth)) < quota.bounds.least
        };
        let lacking = self.pool.quotas.iter().enumerate().filter(lacks);
        let values = lacking.map(|(_, quota)| quota.name.clone()).collect();
        Reason { kind: ReasonKind::WouldMakeMinimumUnreachable, values }
    }
}
