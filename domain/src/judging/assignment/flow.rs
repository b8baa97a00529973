//! A flow of least cost from entries to judges, one review after the other (successive shortest paths; Dijkstra with potentials).
//!
//! A path from an entry goes to a judge, and where that judge has too much, from one of their entries to another judge, and so on:
//! so it is enough to walk among judges, of whom there are few, if it is known for each two of them which entry is moved from one
//! to the other at the least cost. Each path is the shortest, so what is assigned so far always costs the least; a judge's next
//! entry costs more than the last, and more than all expertise together, so loads are as even as they can be.

/// What chance may add to the cost of a pair, at most.
const CHANCE: i64 = 1 << 10;
/// What a step of expertise is worth: more than chance may add to all pairs together.
const STEP: i64 = CHANCE << 14;
/// What one entry more is worth: more than all the expertise of all pairs together.
const LOAD: i64 = STEP << 21;

/// What a pair costs, by how much of the greatest expertise is lacking.
pub fn cost(lacking: u8, chance: u16) -> i64 {
    i64::from(lacking) * STEP + i64::from(chance) % CHANCE
}

/// A judge's entry that another judge could take, and what that would cost.
type Move = Option<(i64, usize)>;

pub struct Flow<'a> {
    costs: &'a [Vec<Option<i64>>],
    /// The most entries of each judge.
    mosts: Vec<usize>,
    /// The judges of each entry that this flow has placed, and may move.
    pub holds: Vec<Vec<usize>>,
    /// Those that were placed before, and may not be moved.
    fixed: Vec<Vec<usize>>,
    /// The entries of each judge that may be moved.
    of_judge: Vec<Vec<usize>>,
    loads: Vec<usize>,
    /// From a judge to another, the move that costs least.
    moves: Vec<Vec<Move>>,
    /// How far each judge was from the last entry. With these, no move costs less than nothing: its cost and where it begins are
    /// together never less than where it ends.
    far: Vec<i64>,
}

/// How far a judge is from an entry that is to be placed.
#[derive(Clone, Copy)]
struct Reached {
    cost: i64,
    /// The judge before, and the entry that is moved on from there.
    before: Option<(usize, usize)>,
}

impl<'a> Flow<'a> {
    pub fn of(costs: &'a [Vec<Option<i64>>], mosts: Vec<usize>) -> Self {
        let judges = mosts.len();
        Self {
            costs,
            mosts,
            holds: vec![Vec::new(); costs.len()],
            fixed: vec![Vec::new(); costs.len()],
            of_judge: vec![Vec::new(); judges],
            loads: vec![0; judges],
            moves: vec![vec![None; judges]; judges],
            far: vec![0; judges],
        }
    }

    /// A review that stays as it is.
    pub fn fix(&mut self, entry: usize, judge: usize) {
        self.fixed[entry].push(judge);
        self.loads[judge] += 1;
    }

    /// Reviews of a judge that are not of these entries.
    pub fn carry(&mut self, judge: usize, reviews: usize) {
        self.loads[judge] += reviews;
    }

    /// What it costs that a judge takes an entry, who may.
    fn cost(&self, entry: usize, judge: usize) -> Option<i64> {
        let has = self.holds[entry].contains(&judge) || self.fixed[entry].contains(&judge);
        if has { None } else { self.costs[entry][judge] }
    }

    /// Gives an entry one more judge, and moves other entries about where that is better.
    ///
    /// # Errors
    /// The judges it could have, directly or by moving others, who are all full.
    pub fn place(&mut self, entry: usize) -> Result<(), Vec<usize>> {
        let reached = self.reach(entry);
        let free = (0..self.loads.len()).filter(|&judge| self.loads[judge] < self.mosts[judge]);
        let total =
            |judge: usize| Some((reached[judge]?.cost + LOAD * (2 * self.loads[judge] as i64 + 1), judge));
        let Some((_, last)) = free.filter_map(total).min() else {
            return Err((0..reached.len()).filter(|&judge| reached[judge].is_some()).collect());
        };
        let known = reached.iter().zip(&mut self.far);
        let further = known.filter_map(|(reached, far)| {
            let by = reached.as_ref()?.cost - *far;
            *far += by;
            Some(by)
        });
        // Who is out of reach stays behind all others.
        let furthest = further.max().unwrap_or_default();
        let beyond = self.far.iter_mut().zip(&reached).filter(|(_, reached)| reached.is_none());
        beyond.for_each(|(far, _)| *far += furthest);
        self.follow(entry, last, &reached);
        Ok(())
    }

    /// The shortest way to each judge.
    fn reach(&self, entry: usize) -> Vec<Option<Reached>> {
        let judges = self.loads.len();
        let direct = |judge| Some(Reached { cost: self.cost(entry, judge)?, before: None });
        let mut reached: Vec<Option<Reached>> = (0..judges).map(direct).collect();
        let mut ahead: Vec<usize> = (0..judges).collect();
        let nearest = |reached: &[Option<Reached>], ahead: &[usize]| {
            let cost = |(place, &judge): (usize, &usize)| {
                Some((reached[judge]?.cost - self.far[judge], judge, place))
            };
            ahead.iter().enumerate().filter_map(cost).min()
        };
        while let Some((_, judge, place)) = nearest(&reached, &ahead) {
            ahead.swap_remove(place);
            let so_far = reached[judge].map_or(0, |reached| reached.cost);
            for &other in &ahead {
                let Some((more, moved)) = self.moves[judge][other] else { continue };
                if reached[other].is_none_or(|known| so_far + more < known.cost) {
                    reached[other] = Some(Reached { cost: so_far + more, before: Some((judge, moved)) });
                }
            }
        }
        reached
    }

    /// Moves entries along the way to a judge, and looks again at what may be moved of them.
    fn follow(&mut self, entry: usize, last: usize, reached: &[Option<Reached>]) {
        self.loads[last] += 1;
        let (mut to, mut changed) = (last, Vec::new());
        while let Some((from, moved)) = reached[to].and_then(|reached| reached.before) {
            self.holds[moved].retain(|&judge| judge != from);
            self.of_judge[from].retain(|&other| other != moved);
            self.give(moved, to);
            changed.extend([(moved, from), (moved, to)]);
            to = from;
        }
        self.give(entry, to);
        changed.push((entry, to));
        let beside =
            changed.iter().flat_map(|&(entry, _)| self.holds[entry].iter().map(move |&judge| (entry, judge)));
        let mut changed: Vec<(usize, usize)> = beside.chain(changed.iter().copied()).collect();
        changed.sort_unstable();
        changed.dedup();
        changed.into_iter().for_each(|(entry, judge)| self.look_at_moves(entry, judge));
    }

    fn give(&mut self, entry: usize, judge: usize) {
        self.holds[entry].push(judge);
        self.of_judge[judge].push(entry);
    }

    /// What it costs that an entry goes from a judge who has it to another who may.
    fn step(&self, entry: usize, from: usize, to: usize) -> Move {
        Some((self.cost(entry, to)? - self.costs[entry][from]?, entry))
    }

    /// What can be moved from a judge, after an entry that they have, or had, went to or from somebody.
    fn look_at_moves(&mut self, entry: usize, judge: usize) {
        let has = self.holds[entry].contains(&judge);
        for other in 0..self.loads.len() {
            let known = self.moves[judge][other];
            self.moves[judge][other] = if known.is_some_and(|(_, moved)| moved == entry) {
                self.of_judge[judge].iter().filter_map(|&entry| self.step(entry, judge, other)).min()
            } else {
                let found = if has { self.step(entry, judge, other) } else { None };
                known.into_iter().chain(found).min()
            };
        }
    }
}
