//! Who judges what: each entry by as many judges as any other, nobody in conflict, the same work for all, and one connected whole.

mod connect;
mod flow;

use std::collections::{BTreeMap, BTreeSet};

use self::flow::Flow;
use super::{ENTRIES_MOST, JUDGES_MOST};
use crate::digest::{self, Digest};

/// The most reviews that are assigned at once.
pub const PAIRS_MOST: usize = 10_000;
/// The most judges of an entry: two hundred entries can be judged by so many.
pub const REVIEWS_MOST: usize = 50;
/// The greatest expertise.
pub const EXPERTISE_MOST: u8 = 100;

/// What an assignment is made from. The same plan gives the same assignment, in whatever order it is listed.
#[derive(Debug, Clone, Default)]
pub struct Plan<'a> {
    pub entries: Vec<&'a str>,
    pub judges: Vec<&'a str>,
    /// How many judges each entry gets.
    pub reviews: usize,
    /// The most entries of one judge.
    pub most: usize,
    /// Of judges who take fewer.
    pub limits: BTreeMap<&'a str, usize>,
    /// Entry and judge who may not meet.
    pub conflicts: BTreeSet<(&'a str, &'a str)>,
    /// How much a judge knows of what an entry is about, up to [`EXPERTISE_MOST`]; 0 where nothing is said.
    pub expertise: BTreeMap<(&'a str, &'a str), u8>,
    /// Decides between equals, as in a draw.
    pub seed: Digest,
}

/// The judges of each entry.
pub type Judges = BTreeMap<String, BTreeSet<String>>;

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    pub judges: Judges,
    /// The groups of judges that share no entry with another group: one, unless there is no way to join them. With more, the
    /// severities of judges cannot be compared.
    pub parts: usize,
}

impl Assigned {
    /// How many entries each judge has, of those who have any.
    #[must_use]
    pub fn loads(&self) -> BTreeMap<&str, usize> {
        let mut loads = BTreeMap::new();
        self.judges.values().flatten().for_each(|judge| *loads.entry(judge.as_str()).or_default() += 1);
        loads
    }
}

/// Why there is no assignment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("{0}")]
    Plan(&'static str),
    #[error("{entry} needs {needed} judges, and only {free} are not in conflict with it")]
    TooFewJudges { entry: String, free: usize, needed: usize },
    #[error("{needed} reviews are needed, and all judges together take {places}")]
    TooFewPlaces { needed: usize, places: usize },
    /// However the others are moved about.
    #[error("{entry} gets too few judges: all it could have are full with entries that others are in conflict with ({})", .full.join(", "))]
    Crowded { entry: String, full: Vec<String> },
}

/// Assigns. Loads differ by one at most, or as little as conflicts allow; among assignments that are as even, the one with the most
/// expertise; then pairs are exchanged until the whole is connected.
///
/// # Errors
/// [`Unfit`], with the entry that has too few judges.
pub fn assign(plan: &Plan<'_>) -> Result<Assigned, Unfit> {
    let table = Table::of(plan)?;
    table.ensure_possible(plan)?;
    let mut flow = Flow::of(&table.costs, table.mosts(plan));
    for entry in 0..table.entries.len() {
        for _ in 0..plan.reviews {
            flow.place(entry).map_err(|full| table.crowded(entry, &full))?;
        }
    }
    let (holds, parts) = connect::connect(flow.holds, &table.costs);
    let names = |of: &Vec<usize>| of.iter().map(|&judge| table.judges[judge].to_owned()).collect();
    let judges = table.entries.iter().zip(&holds).map(|(&entry, of)| (entry.to_owned(), names(of)));
    Ok(Assigned { judges: judges.collect(), parts })
}

/// What stays as it is while entries get more judges.
#[derive(Debug, Clone, Default)]
pub struct Standing<'a> {
    /// The judges that entries of the plan have.
    pub kept: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// How many entries that are not of the plan each judge has.
    pub elsewhere: BTreeMap<&'a str, usize>,
    /// How many more judges each entry needs; none where it is not named.
    pub wanted: BTreeMap<&'a str, usize>,
}

/// What was added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    pub judges: Judges,
    /// How many judges entries still lack: nobody could take them.
    pub lacking: BTreeMap<String, usize>,
}

/// Gives entries the judges they lack, as even and expert as [`assign`]. Nobody's work changes: what is kept, stays.
///
/// # Errors
/// [`Unfit::Plan`].
pub fn fill(plan: &Plan<'_>, standing: &Standing<'_>) -> Result<Filled, Unfit> {
    let table = Table::of(plan)?;
    let mut flow = Flow::of(&table.costs, table.mosts(plan));
    for (at, name) in table.judges.iter().enumerate() {
        flow.carry(at, standing.elsewhere.get(name).copied().unwrap_or_default());
    }
    for (nth, entry) in table.entries.iter().enumerate() {
        let kept = standing.kept.get(entry).into_iter().flatten();
        // Who is no judge of the plan any more has no load that counts.
        kept.filter_map(|name| table.judges.binary_search(name).ok()).for_each(|at| flow.fix(nth, at));
    }
    let mut filled = Filled::default();
    for (nth, &entry) in table.entries.iter().enumerate() {
        let wanted = standing.wanted.get(entry).copied().unwrap_or_default();
        let lacking = (0..wanted).filter(|_| flow.place(nth).is_err()).count();
        if lacking > 0 {
            filled.lacking.insert(entry.to_owned(), lacking);
        }
    }
    for (&entry, of) in table.entries.iter().zip(&flow.holds).filter(|(_, of)| !of.is_empty()) {
        let names = of.iter().map(|&judge| table.judges[judge].to_owned());
        filled.judges.insert(entry.to_owned(), names.collect());
    }
    Ok(filled)
}

/// A plan with names as numbers, in their order.
struct Table<'a> {
    entries: Vec<&'a str>,
    judges: Vec<&'a str>,
    /// What it costs that an entry has a judge; none for a conflict.
    costs: Vec<Vec<Option<i64>>>,
}

impl<'a> Table<'a> {
    fn of(plan: &Plan<'a>) -> Result<Self, Unfit> {
        let unfit = |holds: bool, why| if holds { Ok(()) } else { Err(Unfit::Plan(why)) };
        unfit(plan.entries.len() <= ENTRIES_MOST, "there are more than 2,000 entries")?;
        unfit(plan.judges.len() <= JUDGES_MOST, "there are more than 300 judges")?;
        unfit(plan.reviews > 0 && plan.most > 0, "an entry has a judge, and a judge an entry")?;
        let pairs = plan.entries.len().checked_mul(plan.reviews);
        unfit(pairs.is_some_and(|pairs| pairs <= PAIRS_MOST), "there are more than 10,000 reviews")?;
        let most = plan.expertise.values().all(|&expertise| expertise <= EXPERTISE_MOST);
        unfit(most, "an expertise is above 100")?;
        let sorted = |names: &[&'a str]| names.iter().copied().collect::<BTreeSet<_>>();
        let (entries, judges) = (sorted(&plan.entries), sorted(&plan.judges));
        let once = entries.len() == plan.entries.len() && judges.len() == plan.judges.len();
        unfit(once, "an entry or a judge is listed twice")?;
        let cost = |entry, judge| {
            let free = !plan.conflicts.contains(&(entry, judge));
            let expertise = plan.expertise.get(&(entry, judge)).copied().unwrap_or_default();
            free.then(|| flow::cost(EXPERTISE_MOST - expertise, chance(&plan.seed, entry, judge)))
        };
        let row = |&entry: &&'a str| judges.iter().map(|&judge| cost(entry, judge)).collect();
        let costs = entries.iter().map(row).collect();
        Ok(Self { entries: entries.into_iter().collect(), judges: judges.into_iter().collect(), costs })
    }

    /// The most entries of each judge.
    fn mosts(&self, plan: &Plan<'_>) -> Vec<usize> {
        let most = |name: &&str| plan.limits.get(name).map_or(plan.most, |limit| plan.most.min(*limit));
        self.judges.iter().map(most).collect()
    }

    fn ensure_possible(&self, plan: &Plan<'_>) -> Result<(), Unfit> {
        let needed = plan.reviews;
        for (&entry, row) in self.entries.iter().zip(&self.costs) {
            let free = row.iter().flatten().count();
            if free < needed {
                return Err(Unfit::TooFewJudges { entry: entry.to_owned(), free, needed });
            }
        }
        let places = self.mosts(plan).into_iter().fold(0_usize, usize::saturating_add);
        let needed = needed * self.entries.len();
        if needed > places { Err(Unfit::TooFewPlaces { needed, places }) } else { Ok(()) }
    }

    fn crowded(&self, entry: usize, full: &[usize]) -> Unfit {
        let full = full.iter().map(|&judge| self.judges[judge].to_owned()).collect();
        Unfit::Crowded { entry: self.entries[entry].to_owned(), full }
    }
}

/// What chance says of a pair, the same for whoever knows the seed.
fn chance(seed: &Digest, entry: &str, judge: &str) -> u16 {
    let digest = digest::of(&[b"judging/assign/v1", seed, entry.as_bytes(), judge.as_bytes()]);
    u16::from_be_bytes([digest[0], digest[1]])
}

#[cfg(test)]
mod tests;
