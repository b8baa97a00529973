//! Exchanges of judges between two entries until every judge can be compared with every other.
//!
//! Two parts become one when an entry of the first exchanges a judge with one of the second, unless that cuts both: so of the two
//! pairs one must lie on a round of its part. As many exchanges as there are parts to join are enough, and no load changes. Where
//! there are fewer pairs than it takes to hold everybody together, no part has a round, and nothing helps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::judging::severity::Groups;

type Costs = [Vec<Option<i64>>];

/// An entry and one of its judges.
#[derive(Clone, Copy)]
struct Pair {
    entry: usize,
    judge: usize,
    on_round: bool,
}

/// The judges of each entry, sorted, after as many exchanges as were possible; and how many parts are left.
pub fn connect(mut holds: Vec<Vec<usize>>, costs: &Costs) -> (Vec<Vec<usize>>, usize) {
    loop {
        let parts = parts(&holds, costs);
        let exchange = if parts.len() > 1 { cheapest(&parts, costs) } else { None };
        let Some((one, other)) = exchange else {
            holds.iter_mut().for_each(|judges| judges.sort_unstable());
            return (holds, parts.len());
        };
        let mut change = |entry: usize, from: usize, to: usize| {
            holds[entry].iter_mut().filter(|judge| **judge == from).for_each(|judge| *judge = to);
        };
        change(one.entry, one.judge, other.judge);
        change(other.entry, other.judge, one.judge);
    }
}

/// The pairs by part, the smallest part first.
fn parts(holds: &[Vec<usize>], costs: &Costs) -> Vec<Vec<Pair>> {
    let (entries, judges) = (holds.len(), costs.first().map_or(0, Vec::len));
    let mut groups = Groups::of(entries + judges);
    for (entry, of) in holds.iter().enumerate() {
        for judge in of {
            groups.join(entry, entries + judge);
        }
    }
    let on_rounds = on_rounds(holds, judges);
    let mut parts: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
    for (entry, of) in holds.iter().enumerate() {
        for &judge in of {
            let on_round = on_rounds.contains(&(entry, judge));
            parts.entry(groups.of_one(entry)).or_default().push(Pair { entry, judge, on_round });
        }
    }
    let mut parts: Vec<Vec<Pair>> = parts.into_values().collect();
    parts.sort_by_key(Vec::len);
    parts
}

/// The pairs that lie on a round: a tree is laid through each part, and every pair that is not of it closes one.
fn on_rounds(holds: &[Vec<usize>], judges: usize) -> BTreeSet<(usize, usize)> {
    let entries = holds.len();
    let mut beside = vec![Vec::new(); entries + judges];
    for (entry, of) in holds.iter().enumerate() {
        for judge in of {
            beside[entry].push(entries + judge);
            beside[entries + judge].push(entry);
        }
    }
    // Above each, and how deep it lies; breadth first, so that nothing lies deeper than it must.
    let mut tree: Vec<Option<(usize, usize)>> = vec![None; beside.len()];
    for root in 0..entries {
        let mut next = VecDeque::from_iter(tree[root].is_none().then_some((root, root, 0)));
        while let Some((node, above, depth)) = next.pop_front() {
            if tree[node].is_none() {
                tree[node] = Some((above, depth));
                next.extend(beside[node].iter().map(|&below| (below, node, depth + 1)));
            }
        }
    }
    let above = |node: usize| tree[node].unwrap_or((node, 0));
    let pair = |a: usize, b: usize| (a.min(b), a.max(b) - entries);
    let mut on_rounds = BTreeSet::new();
    for (entry, of) in holds.iter().enumerate() {
        for judge in of.iter().map(|judge| entries + judge) {
            if above(entry).0 == judge || above(judge).0 == entry {
                continue;
            }
            on_rounds.insert(pair(entry, judge));
            let (mut a, mut b) = (entry, judge);
            while a != b {
                if above(a).1 < above(b).1 {
                    (a, b) = (b, a);
                }
                on_rounds.insert(pair(a, above(a).0));
                a = above(a).0;
            }
        }
    }
    on_rounds
}

/// The exchange between a part, the smallest for which there is any, and another that costs least and joins the two.
fn cheapest(parts: &[Vec<Pair>], costs: &Costs) -> Option<(Pair, Pair)> {
    let cost = |one: &Pair, other: &Pair| {
        let after = costs[one.entry][other.judge]? + costs[other.entry][one.judge]?;
        Some(after - costs[one.entry][one.judge]? - costs[other.entry][other.judge]?)
    };
    parts.iter().enumerate().find_map(|(nth, part)| {
        let others =
            || parts.iter().enumerate().filter(|(other, _)| *other != nth).flat_map(|(_, part)| part);
        let exchanges = part.iter().flat_map(|one| others().map(move |other| (one, other)));
        let joining = exchanges.filter(|(one, other)| one.on_round || other.on_round);
        let costed = joining.filter_map(|(one, other)| Some((cost(one, other)?, one, other)));
        costed.min_by_key(|(cost, ..)| *cost).map(|(_, one, other)| (*one, *other))
    })
}
