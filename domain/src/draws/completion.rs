//! Whether a panel can still be completed within its quotas: exactly, with whole numbers and fractions, never with floating
//! point.
//!
//! The question is whether whole numbers x_c, one for each cell, exist with `least_c ≤ x_c ≤ most_c` and every sum of a row
//! within the bounds of the row. It is answered by the simplex for feasibility of Dutertre and de Moura (*A fast linear
//! arithmetic solver for DPLL(T)*, 2006) with Bland's rule, which ends, and by branching where a corner of the polytope is no
//! whole number. With one or two attributes the rows are those of a flow, every corner is whole, and nothing is branched.

use super::fraction::{Fraction, Overflow};

/// How many times it may branch for one question.
const NODES: u32 = 20_000;

/// The question is too large to be answered exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooComplex;

impl From<Overflow> for TooComplex {
    fn from(_: Overflow) -> Self {
        Self
    }
}

/// From the least to the most, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub least: i64,
    pub most: i64,
}

/// Cells and rows with their bounds. A row is the sum of some of the cells.
///
/// The first variables are the cells, those after them the rows. Each row of the tableau says what a *basic* variable is in terms
/// of those that are not.
#[derive(Debug, Clone)]
pub struct Completion {
    bounds: Vec<Bounds>,
    values: Vec<Fraction>,
    tableau: Vec<Vec<Fraction>>,
    basic: Vec<usize>,
    others: Vec<usize>,
    cells: usize,
}

impl Completion {
    /// Bounds of the cells, and the rows: the cells of which each is the sum, and its bounds.
    #[must_use]
    pub fn new(cells: &[Bounds], rows: &[(Vec<usize>, Bounds)]) -> Self {
        let count = cells.len();
        let row_of = |members: &Vec<usize>| {
            let mut row = vec![Fraction::ZERO; count];
            members.iter().for_each(|&cell| row[cell] = Fraction::ONE);
            row
        };
        let mut made = Self {
            bounds: cells.iter().copied().chain(rows.iter().map(|(_, bounds)| *bounds)).collect(),
            values: vec![Fraction::ZERO; count + rows.len()],
            tableau: rows.iter().map(|(members, _)| row_of(members)).collect(),
            basic: (count..count + rows.len()).collect(),
            others: (0..count).collect(),
            cells: count,
        };
        for (cell, bounds) in cells.iter().enumerate() {
            made.values[cell] = Fraction::whole(bounds.least);
        }
        for (nth, (members, _)) in rows.iter().enumerate() {
            made.values[count + nth] = Fraction::whole(members.iter().map(|&cell| cells[cell].least).sum());
        }
        made
    }

    #[must_use]
    pub fn bounds(&self, cell: usize) -> Bounds {
        self.bounds[cell]
    }

    /// Bounds a cell anew.
    ///
    /// # Errors
    /// [`TooComplex`].
    pub fn bind(&mut self, cell: usize, bounds: Bounds) -> Result<(), TooComplex> {
        self.bounds[cell] = bounds;
        if let Some(place) = self.others.iter().position(|&variable| variable == cell) {
            let value = self.values[cell];
            let kept = value.at_least(bounds.least).at_most(bounds.most);
            self.shift(place, kept.minus(value)?)?;
        }
        Ok(())
    }

    /// Whole numbers for the cells that keep all bounds, if there are any.
    ///
    /// # Errors
    /// [`TooComplex`] when it would take too long, or numbers too large.
    pub fn solve(&mut self) -> Result<Option<Vec<i64>>, TooComplex> {
        let mut nodes = NODES;
        self.branch(&mut nodes)
    }

    fn branch(&mut self, nodes: &mut u32) -> Result<Option<Vec<i64>>, TooComplex> {
        *nodes = nodes.checked_sub(1).ok_or(TooComplex)?;
        if !self.relax()? {
            return Ok(None);
        }
        let Some(cell) = (0..self.cells).find(|&cell| !self.values[cell].is_whole()) else {
            return Ok(Some(self.values[..self.cells].iter().map(|value| value.floor()).collect()));
        };
        let (kept, floor) = (self.bounds[cell], self.values[cell].floor());
        let below = Bounds { most: floor, ..kept };
        let above = Bounds { least: floor + 1, ..kept };
        let mut found = None;
        for half in [below, above] {
            if found.is_none() {
                self.bind(cell, half)?;
                found = self.branch(nodes)?;
            }
        }
        self.bind(cell, kept)?;
        Ok(found)
    }

    /// Fractions that keep all bounds: says whether there are any.
    fn relax(&mut self) -> Result<bool, TooComplex> {
        loop {
            let off = (0..self.basic.len()).filter(|&row| self.miss(self.basic[row]) != 0);
            let Some(row) = off.min_by_key(|&row| self.basic[row]) else { return Ok(true) };
            let variable = self.basic[row];
            let Bounds { least, most } = self.bounds[variable];
            let rises = self.miss(variable) < 0;
            let Some(place) = self.mover(row, rises) else { return Ok(false) };
            let target = Fraction::whole(if rises { least } else { most });
            let step = target.minus(self.values[variable])?.over(self.tableau[row][place])?;
            self.shift(place, step)?;
            self.pivot(row, place)?;
        }
    }

    /// -1 below its bounds, 1 above them, else 0.
    fn miss(&self, variable: usize) -> i32 {
        let (value, Bounds { least, most }) = (self.values[variable], self.bounds[variable]);
        i32::from(value.exceeds(most)) - i32::from(value.falls_short_of(least))
    }

    /// The first of the other variables that can move so that the one of a row rises, or falls.
    fn mover(&self, row: usize, rises: bool) -> Option<usize> {
        let can = |place: &usize| {
            let (variable, factor) = (self.others[*place], self.tableau[row][*place]);
            let (value, Bounds { least, most }) = (self.values[variable], self.bounds[variable]);
            match factor.sign() {
                0 => false,
                sign if (sign > 0) == rises => value.falls_short_of(most),
                _ => value.exceeds(least),
            }
        };
        (0..self.others.len()).filter(can).min_by_key(|&place| self.others[place])
    }

    /// Moves one of the other variables, and with it the basic ones.
    fn shift(&mut self, place: usize, by: Fraction) -> Result<(), TooComplex> {
        if by.sign() != 0 {
            let moved = self.others[place];
            self.values[moved] = self.values[moved].plus(by)?;
            for (row, &variable) in self.tableau.iter().zip(&self.basic) {
                if row[place].sign() != 0 {
                    self.values[variable] = self.values[variable].plus(row[place].times(by)?)?;
                }
            }
        }
        Ok(())
    }

    /// Makes the basic variable of a row one of the others, and the other way round.
    fn pivot(&mut self, row: usize, place: usize) -> Result<(), TooComplex> {
        let factor = self.tableau[row][place];
        let mut solved = std::mem::take(&mut self.tableau[row]);
        solved[place] = Fraction::whole(-1);
        for part in &mut solved {
            if part.sign() != 0 {
                *part = Fraction::ZERO.minus(*part)?.over(factor)?;
            }
        }
        for other in &mut self.tableau {
            let Some(by) = other.get(place).copied().filter(|by| by.sign() != 0) else { continue };
            other[place] = Fraction::ZERO;
            for (part, own) in other.iter_mut().zip(&solved) {
                if own.sign() != 0 {
                    *part = part.plus(by.times(*own)?)?;
                }
            }
        }
        self.tableau[row] = solved;
        std::mem::swap(&mut self.basic[row], &mut self.others[place]);
        Ok(())
    }
}
