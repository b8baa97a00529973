//! Entries and judges told apart: an entry's score is its own merit and the judge's leniency.
//!
//! Minimises `Σ (y_ej − θ_e − b_j)² + λ_b Σ b_j² + λ_θ Σ (θ_e − μ)²`, where `μ` is the mean of all scores. The two ridge terms
//! draw what few scores tell about towards the middle, and make the minimum one point even where judges share no entry.
//!
//! With the scores less `μ`, the normal equations are `[D_E M; Mᵀ D_J] [θ − μ; b] = [c_E; c_J]`: `D_E` and `D_J` are diagonal
//! (the number of scores and λ), `M` has a 1 for each score, and `c` are sums of scores. Eliminating the entries leaves
//! `S b = c_J − Mᵀ D_E⁻¹ c_E` with `S = D_J − Mᵀ D_E⁻¹ M`, which has the size of the jury and is positive definite (each of
//! its rows outweighs the rest of it), so Cholesky solves it exactly: a thousand entries cost no more than they are many.

mod graph;
mod warnings;

use std::collections::BTreeMap;

use nalgebra::{Cholesky, DMatrix};

pub(super) use self::graph::Groups;
pub use self::{
    graph::parts,
    warnings::{Warning, warnings},
};

/// How much a judge's severity is drawn towards none.
pub const LAMBDA_B: f64 = 0.5;
/// How much an entry's score is drawn towards the mean.
pub const LAMBDA_THETA: f64 = 0.3;
/// Fewer scores than this are too few for an entry.
pub const REVIEWS_LEAST: usize = 3;
/// Below this agreement, another round is advised.
pub const AGREEMENT_LEAST: f64 = 0.5;

/// What one judge gave one entry, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Review<'a> {
    pub entry: &'a str,
    pub judge: &'a str,
    pub y: f64,
}

/// An entry and its merit, with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merit<'a> {
    pub entry: &'a str,
    pub theta: f64,
    pub se: f64,
    pub reviews: usize,
}

/// What the scores say, sorted by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fit<'a> {
    pub entries: Vec<Merit<'a>>,
    /// By judge, how many points above (or below) the others they score. For the organiser.
    pub severity: Vec<(&'a str, f64)>,
    /// `σ̂² = RSS / max(1, N − E − J + 1)`.
    pub variance: f64,
    /// ICC(1,k) of the scores as they were given. None where nothing can be said: one entry, one score each, or all alike.
    pub agreement: Option<f64>,
}

/// Why scores cannot be worked with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("{judge} scored {entry} twice")]
    Twice { entry: String, judge: String },
    #[error("the scores are no numbers that can be worked with")]
    Unsolvable,
}

/// The scores, numbered and sorted: so that sums have one order, whatever order they came in.
struct Table<'a> {
    entries: Vec<&'a str>,
    judges: Vec<&'a str>,
    /// For each entry its judges, in order, with their scores less the mean of all.
    rows: Vec<Vec<(usize, f64)>>,
    mean: f64,
    count: usize,
}

impl<'a> Table<'a> {
    fn of(reviews: &[Review<'a>]) -> Result<Self, Unfit> {
        let mut sorted = reviews.to_vec();
        sorted.sort_by_key(|review| (review.entry, review.judge));
        let twice =
            sorted.windows(2).find(|two| (two[0].entry, two[0].judge) == (two[1].entry, two[1].judge));
        if let Some([first, ..]) = twice {
            return Err(Unfit::Twice { entry: first.entry.to_owned(), judge: first.judge.to_owned() });
        }
        let mut judges: Vec<&str> = sorted.iter().map(|review| review.judge).collect();
        judges.sort_unstable();
        judges.dedup();
        let number: BTreeMap<&str, usize> =
            judges.iter().enumerate().map(|(nth, &judge)| (judge, nth)).collect();
        let mean = sum(sorted.iter().map(|review| review.y)) / sorted.len() as f64;
        let (mut entries, mut rows) = (Vec::new(), Vec::new());
        for of_one in sorted.chunk_by(|a, b| a.entry == b.entry) {
            entries.push(of_one[0].entry);
            rows.push(of_one.iter().map(|review| (number[review.judge], review.y - mean)).collect());
        }
        Ok(Self { entries, judges, rows, mean, count: sorted.len() })
    }

    /// The inverse of the Cholesky factor of `S`.
    fn factor(&self) -> Option<DMatrix<f64>> {
        let size = self.judges.len();
        let mut schur = DMatrix::<f64>::zeros(size, size);
        for row in &self.rows {
            for &(judge, _) in row {
                schur[(judge, judge)] += 1.0;
            }
        }
        (0..size).for_each(|judge| schur[(judge, judge)] += LAMBDA_B);
        for row in &self.rows {
            let share = 1.0 / weight(row);
            for (nth, &(judge, _)) in row.iter().enumerate() {
                row[..=nth].iter().for_each(|&(other, _)| schur[(judge, other)] -= share);
            }
        }
        Cholesky::new(schur)?.l().solve_lower_triangular(&DMatrix::identity(size, size))
    }

    /// How severe each judge is: `L⁻ᵀ L⁻¹ (c_J − Mᵀ D_E⁻¹ c_E)`.
    fn severity(&self, inverse: &DMatrix<f64>) -> Vec<f64> {
        let size = self.judges.len();
        let mut right = vec![0.0; size];
        for row in &self.rows {
            row.iter().for_each(|&(judge, y)| right[judge] += y);
        }
        for row in &self.rows {
            let share = total(row) / weight(row);
            row.iter().for_each(|&(judge, _)| right[judge] -= share);
        }
        let half: Vec<f64> = (0..size).map(|i| sum((0..=i).map(|k| inverse[(i, k)] * right[k]))).collect();
        (0..size).map(|k| sum((k..size).map(|i| inverse[(i, k)] * half[i]))).collect()
    }

    /// `(A⁻¹)_ee = 1 / d + |L⁻¹ m|² / d²`, where `m` has a 1 for each judge of the entry.
    fn uncertainty(&self, row: &[(usize, f64)], inverse: &DMatrix<f64>) -> f64 {
        let first = row.first().map_or(0, |&(judge, _)| judge);
        let squares = (first..self.judges.len()).map(|i| {
            let of_judges = sum(row.iter().map(|&(judge, _)| inverse[(i, judge)]));
            of_judges * of_judges
        });
        1.0 / weight(row) + sum(squares) / (weight(row) * weight(row))
    }

    /// `ICC(1,k) = (MS_between − MS_within) / MS_between`.
    fn agreement(&self) -> Option<f64> {
        let (entries, scores) = (self.rows.len(), self.count);
        if entries < 2 || scores == entries {
            return None;
        }
        let mean = |row: &Vec<(usize, f64)>| total(row) / row.len() as f64;
        let between = sum(self.rows.iter().map(|row| row.len() as f64 * mean(row) * mean(row)));
        let within = sum(self.rows.iter().flat_map(|row| {
            let mean = mean(row);
            row.iter().map(move |&(_, y)| (y - mean) * (y - mean))
        }));
        let (between, within) = (between / (entries - 1) as f64, within / (scores - entries) as f64);
        (between > 1e-9).then(|| (between - within) / between)
    }
}

/// From the first to the last, from zero.
fn sum(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |sum, number| sum + number)
}

fn total(row: &[(usize, f64)]) -> f64 {
    sum(row.iter().map(|&(_, y)| y))
}

/// An entry's place in `D_E`.
fn weight(row: &[(usize, f64)]) -> f64 {
    row.len() as f64 + LAMBDA_THETA
}

/// Solves the model, exactly but for the rounding of doubles.
///
/// What the ridge terms cost: when every score of judge `j` moves by `c`, two entries move against each other by no more than
/// `|c|` times [`shift_bound`] of the panel, and by nothing at all if each judge scored every entry.
///
/// # Errors
/// [`Unfit`] when a judge scored an entry twice, or with numbers that are none.
pub fn fit<'a>(reviews: &[Review<'a>]) -> Result<Fit<'a>, Unfit> {
    if reviews.is_empty() {
        return Ok(Fit::default());
    }
    let table = Table::of(reviews)?;
    let inverse = table.factor().ok_or(Unfit::Unsolvable)?;
    let severity = table.severity(&inverse);
    let merits: Vec<f64> = (table.rows.iter())
        .map(|row| (total(row) - sum(row.iter().map(|&(judge, _)| severity[judge]))) / weight(row))
        .collect();
    let residuals = table.rows.iter().zip(&merits).flat_map(|(row, &merit)| {
        let severity = &severity;
        row.iter().map(move |&(judge, y)| y - merit - severity[judge])
    });
    let freedom = table.count as f64 - (table.entries.len() + table.judges.len()) as f64 + 1.0;
    let variance = sum(residuals.map(|residual| residual * residual)) / freedom.max(1.0);
    if !variance.is_finite() {
        return Err(Unfit::Unsolvable);
    }
    let entries = table.entries.iter().zip(&table.rows).zip(&merits).map(|((&entry, row), merit)| Merit {
        entry,
        theta: table.mean + merit,
        se: (variance * table.uncertainty(row, &inverse)).sqrt(),
        reviews: row.len(),
    });
    Ok(Fit {
        entries: entries.collect(),
        agreement: table.agreement(),
        severity: table.judges.iter().copied().zip(severity).collect(),
        variance,
    })
}

/// By how much, at most, two entries move against each other when a judge with so many of all `scores` scores everything one
/// point higher; `reviews` is the most that any entry has.
///
/// Proof. `A` with the signs of its off-diagonal blocks turned is an M-matrix whose rows sum to `λ_θ` (entries) and `λ_b` (judges),
/// so its inverse says where a walk ends that goes from an entry to one of its judges and from a judge to one of their entries,
/// each as likely, and ends at an entry with `λ_θ / (n_e + λ_θ)` and at a judge with `λ_b / (n_j + λ_b)`. Moving the scores of `j`
/// by `c` moves `θ_e` by `c (p_e + q_e n_j / N)`: `p_e` is the chance that a walk from `e` ends at `j`, `q_e` that it ends at some
/// entry. A walk that is at `j` ends there at once with `k = λ_b / (n_j + λ_b)`, and comes back to `j` at most with
/// `(1 − k)(1 − t)`, `t = λ_θ / (r + λ_θ)`; so `p_e` is between 0 and `k / (1 − (1 − k)(1 − t))`. `q_e` is between `t` and 1.
#[must_use]
pub fn shift_bound(of_judge: usize, scores: usize, reviews: usize) -> f64 {
    let (own, all) = (of_judge as f64, scores as f64);
    let ends_at_judge = LAMBDA_B / (own + LAMBDA_B);
    let ends_at_entry = LAMBDA_THETA / (reviews as f64 + LAMBDA_THETA);
    let returns = (1.0 - ends_at_judge) * (1.0 - ends_at_entry);
    ends_at_judge / (1.0 - returns) + own / all * (1.0 - ends_at_entry)
}
