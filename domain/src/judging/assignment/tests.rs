//! Assignments against brute force, and what holds of all of them.

use proptest::prelude::*;

use super::*;

/// A small plan by number: entries, judges, reviews, the most of one judge, conflicts and expertise by pair.
#[derive(Debug, Clone)]
struct Small {
    entries: Vec<String>,
    judges: Vec<String>,
    reviews: usize,
    most: usize,
    conflicts: Vec<(usize, usize)>,
    expertise: Vec<Vec<u8>>,
    seed: Digest,
}

impl Small {
    fn plan(&self) -> Plan<'_> {
        let pairs = self
            .conflicts
            .iter()
            .filter(|(entry, judge)| *entry < self.entries.len() && *judge < self.judges.len());
        let names = |entry: usize, judge: usize| (self.entries[entry].as_str(), self.judges[judge].as_str());
        let all =
            (0..self.entries.len()).flat_map(|entry| (0..self.judges.len()).map(move |judge| (entry, judge)));
        Plan {
            entries: self.entries.iter().map(String::as_str).collect(),
            judges: self.judges.iter().map(String::as_str).collect(),
            reviews: self.reviews,
            most: self.most,
            conflicts: pairs.map(|&(entry, judge)| names(entry, judge)).collect(),
            expertise: all
                .map(|(entry, judge)| (names(entry, judge), self.expertise[entry][judge]))
                .collect(),
            seed: self.seed,
            ..Plan::default()
        }
    }
}

fn small(entries: usize, judges: usize) -> impl Strategy<Value = Small> {
    let named =
        |letter: char, count: usize| (0..count).map(|nth| format!("{letter}{nth}")).collect::<Vec<_>>();
    let expertise = prop::collection::vec(prop::collection::vec(0..=4_u8, judges), entries);
    let conflicts = prop::collection::vec((0..entries, 0..judges), 0..6);
    (1..=entries, 1..=judges, 1..=3_usize, 1..=5_usize, conflicts, expertise, any::<[u8; 32]>()).prop_map(
        move |(entries, judges, reviews, most, conflicts, expertise, seed)| Small {
            entries: named('e', entries),
            judges: named('j', judges),
            reviews,
            most,
            conflicts,
            expertise,
            seed,
        },
    )
}

/// The least sum of squares of loads, and then of lacking expertise, of every assignment there is.
fn brute(plan: &Plan<'_>, at: usize, loads: &mut Vec<usize>, lacking: i64) -> Option<(usize, i64)> {
    let Some(entry) = plan.entries.get(at) else {
        return Some((loads.iter().map(|load| load * load).sum(), lacking));
    };
    let sets = (0..1_usize << plan.judges.len()).filter(|set| set.count_ones() as usize == plan.reviews);
    let mut best = None;
    for set in sets {
        let of: Vec<usize> = (0..plan.judges.len()).filter(|nth| set >> nth & 1 == 1).collect();
        let free = |&judge: &usize| {
            loads[judge] < plan.most && !plan.conflicts.contains(&(*entry, plan.judges[judge]))
        };
        if of.iter().all(free) {
            of.iter().for_each(|&judge| loads[judge] += 1);
            let lacks =
                |&judge: &usize| i64::from(EXPERTISE_MOST - plan.expertise[&(*entry, plan.judges[judge])]);
            let found = brute(plan, at + 1, loads, lacking + of.iter().map(lacks).sum::<i64>());
            best = best.into_iter().chain(found).min();
            of.iter().for_each(|&judge| loads[judge] -= 1);
        }
    }
    best
}

fn squares(assigned: &Assigned) -> usize {
    assigned.loads().values().map(|load| load * load).sum()
}

fn pairs(judges: &Judges) -> Vec<(&str, &str)> {
    judges.iter().flat_map(|(entry, of)| of.iter().map(|judge| (entry.as_str(), judge.as_str()))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_flow_is_the_evenest_and_of_those_the_most_expert(small in small(4, 4)) {
        let plan = small.plan();
        let best = brute(&plan, 0, &mut vec![0; plan.judges.len()], 0);
        let assigned = assign(&plan);
        prop_assert_eq!(assigned.as_ref().ok().map(squares), best.map(|(squares, _)| squares));
        if best.is_some() {
            let table = Table::of(&plan).unwrap();
            let mut flow = Flow::of(&table.costs, table.mosts(&plan));
            for entry in 0..table.entries.len() {
                (0..plan.reviews).for_each(|_| flow.place(entry).unwrap());
            }
            let lacking = |(entry, of): (usize, &Vec<usize>)| {
                of.iter().map(|&judge| i64::from(EXPERTISE_MOST - small.expertise[entry][judge])).sum::<i64>()
            };
            let lacking: i64 = flow.holds.iter().enumerate().map(lacking).sum();
            prop_assert_eq!(Some(lacking), best.map(|(_, lacking)| lacking));
        }
    }

    #[test]
    fn each_entry_has_its_judges_and_nobody_is_in_conflict_or_has_too_much(small in small(12, 8)) {
        let plan = small.plan();
        let Ok(assigned) = assign(&plan) else { return Ok(()) };
        prop_assert_eq!(assigned.judges.len(), plan.entries.len());
        prop_assert!(assigned.judges.values().all(|of| of.len() == plan.reviews));
        prop_assert!(assigned.loads().values().all(|load| *load <= plan.most));
        prop_assert!(pairs(&assigned.judges).iter().all(|pair| !plan.conflicts.contains(pair)));
        let y = |(entry, judge)| crate::judging::severity::Review { entry, judge, y: 0.0 };
        let reviews: Vec<_> = pairs(&assigned.judges).into_iter().map(y).collect();
        prop_assert_eq!(crate::judging::severity::parts(&reviews).len(), assigned.parts);
        let reversed = Plan {
            entries: plan.entries.iter().rev().copied().collect(),
            judges: plan.judges.iter().rev().copied().collect(),
            ..plan.clone()
        };
        prop_assert_eq!(assign(&reversed).unwrap(), assigned);
    }

    #[test]
    fn without_conflicts_it_is_even_and_as_connected_as_can_be(small in small(16, 8)) {
        let small = Small { conflicts: Vec::new(), most: 100, ..small };
        let plan = small.plan();
        let Ok(assigned) = assign(&plan) else { return Ok(()) };
        let loads = assigned.loads();
        let total = plan.entries.len() * plan.reviews;
        let even = |load: &usize| (total / plan.judges.len()..=total.div_ceil(plan.judges.len())).contains(load);
        prop_assert!(loads.values().all(even));
        // It takes one pair less than there are entries and judges to hold them together, and no more.
        prop_assert_eq!(assigned.parts == 1, total + 1 >= plan.entries.len() + loads.len());
    }

    #[test]
    fn who_steps_back_leaves_everybody_else_s_work_alone(small in small(10, 8), judge: prop::sample::Index, done in 0..3_usize) {
        let plan = small.plan();
        let Ok(assigned) = assign(&plan) else { return Ok(()) };
        let judge = *judge.get(&plan.judges);
        let own: Vec<&str> = pairs(&assigned.judges).into_iter().filter(|pair| pair.1 == judge).map(|pair| pair.0).collect();
        let open: BTreeSet<&str> = own.iter().copied().skip(done).collect();
        let kept = |(entry, of): (&String, &BTreeSet<String>)| {
            let entry = plan.entries.iter().copied().find(|name| name == entry).unwrap();
            let stays = |name: &&str| of.contains(*name) && !(*name == judge && open.contains(entry));
            (entry, plan.judges.iter().copied().filter(stays).collect::<BTreeSet<_>>())
        };
        let standing = Standing {
            kept: assigned.judges.iter().map(kept).collect(),
            wanted: open.iter().map(|entry| (*entry, 1)).collect(),
            ..Standing::default()
        };
        let conflicts = plan.conflicts.iter().copied().chain(plan.entries.iter().map(|entry| (*entry, judge))).collect();
        let plan = Plan { conflicts, ..plan };
        let filled = fill(&plan, &standing).unwrap();
        let mut loads: BTreeMap<&str, usize> = BTreeMap::new();
        standing.kept.values().flatten().for_each(|name| *loads.entry(name).or_default() += 1);
        for (entry, new) in pairs(&filled.judges) {
            prop_assert!(open.contains(entry) && !standing.kept[entry].contains(new));
            prop_assert!(!plan.conflicts.contains(&(entry, new)));
            *loads.entry(new).or_default() += 1;
        }
        prop_assert!(loads.values().all(|load| *load <= plan.most));
        let found: BTreeSet<&str> = filled.judges.keys().chain(filled.lacking.keys()).map(String::as_str).collect();
        prop_assert_eq!(found, open);
        for entry in filled.lacking.keys() {
            let could = |name: &&&str| {
                !plan.conflicts.contains(&(entry.as_str(), **name)) && !standing.kept[entry.as_str()].contains(**name)
            };
            let full = |name: &&str| loads.get(name).copied().unwrap_or_default() == plan.most;
            prop_assert!(plan.judges.iter().filter(could).all(full), "somebody could have taken it");
        }
        prop_assert_eq!(fill(&plan, &standing), Ok(filled));
    }

    #[test]
    fn nobody_gets_more_than_they_take(small in small(8, 5), limits in prop::collection::vec(0..4_usize, 5)) {
        let plan = small.plan();
        let plan = Plan { limits: plan.judges.iter().copied().zip(limits).collect(), ..plan };
        let Ok(assigned) = assign(&plan) else { return Ok(()) };
        prop_assert!(assigned.loads().iter().all(|(judge, load)| *load <= plan.limits[judge].min(plan.most)));
    }
}

fn of<'a>(entries: &[&'a str], judges: &[&'a str], reviews: usize, most: usize) -> Plan<'a> {
    Plan { entries: entries.to_vec(), judges: judges.to_vec(), reviews, most, ..Plan::default() }
}

#[test]
fn what_cannot_be_says_why() {
    let plan = of(&["a", "b"], &["j", "k"], 2, 2);
    let conflicts = BTreeSet::from([("b", "k")]);
    let few = Unfit::TooFewJudges { entry: "b".to_owned(), free: 1, needed: 2 };
    assert_eq!(assign(&Plan { conflicts, ..plan.clone() }), Err(few));
    assert_eq!(assign(&Plan { most: 1, ..plan.clone() }), Err(Unfit::TooFewPlaces { needed: 4, places: 2 }));
    // Both a and b may only have j, who takes one of them.
    let conflicts = BTreeSet::from([("a", "k"), ("b", "k")]);
    let crowded = Unfit::Crowded { entry: "b".to_owned(), full: vec!["j".to_owned()] };
    assert_eq!(assign(&Plan { conflicts, reviews: 1, most: 1, ..plan.clone() }), Err(crowded.clone()));
    assert_eq!(
        crowded.to_string(),
        "b gets too few judges: all it could have are full with entries that others are in conflict with (j)"
    );
    // What stands elsewhere counts, and a judge who takes fewer is full sooner.
    let plan = Plan { limits: BTreeMap::from([("k", 1)]), ..of(&["a"], &["j", "k"], 2, 2) };
    let standing = Standing {
        elsewhere: BTreeMap::from([("j", 1), ("k", 1)]),
        wanted: BTreeMap::from([("a", 2)]),
        ..Standing::default()
    };
    let filled = fill(&plan, &standing).unwrap();
    assert_eq!(filled.judges, Judges::from([("a".to_owned(), BTreeSet::from(["j".to_owned()]))]));
    assert_eq!(filled.lacking, BTreeMap::from([("a".to_owned(), 1)]));
    for odd in [
        of(&["a", "a"], &["j"], 1, 1),
        of(&["a"], &["j", "j"], 1, 1),
        of(&["a"], &["j"], 0, 1),
        of(&["a"], &["j"], 1, 0),
        of(&["a"], &["j"], usize::MAX, 1),
        of(&["a"; 2_001], &["j"], 1, 1),
        of(&["a"], &["j"; 301], 1, 1),
        Plan { expertise: BTreeMap::from([(("a", "j"), 101)]), ..of(&["a"], &["j"], 1, 1) },
    ] {
        assert!(matches!(assign(&odd), Err(Unfit::Plan(_))));
    }
    assert_eq!(assign(&of(&[], &[], 1, 1)), Ok(Assigned { judges: Judges::new(), parts: 0 }));
}

#[test]
fn who_knows_most_judges_and_another_seed_gives_another_assignment() {
    let entries: Vec<String> = (0..30).map(|nth| format!("e{nth}")).collect();
    let judges: Vec<String> = (0..6).map(|nth| format!("j{nth}")).collect();
    let (entries, judges): (Vec<&str>, Vec<&str>) =
        (entries.iter().map(String::as_str).collect(), judges.iter().map(String::as_str).collect());
    let plan = of(&entries, &judges, 2, 30);
    let assigned = assign(&plan).unwrap();
    assert_eq!(assigned.loads(), judges.iter().map(|&judge| (judge, 10)).collect());
    assert_ne!(assign(&Plan { seed: [1; 32], ..plan.clone() }).unwrap(), assigned);
    // Whom each knows best comes before chance, where it leaves loads even and the whole connected.
    let wanted: BTreeSet<(&str, &str)> = pairs(&assigned.judges).into_iter().collect();
    let expertise = wanted.iter().map(|&pair| (pair, 1)).collect();
    assert_eq!(assign(&Plan { seed: [1; 32], expertise, ..plan }).unwrap(), assigned);
}

#[test]
fn parts_are_joined_by_exchanges_unless_every_one_is_in_conflict() {
    // Two entries for two judges each, whom expertise keeps apart.
    let mut plan = of(&["a", "b", "c", "d"], &["j", "k", "l", "m"], 2, 2);
    plan.expertise =
        [("a", "j"), ("a", "k"), ("b", "j"), ("b", "k"), ("c", "l"), ("c", "m"), ("d", "l"), ("d", "m")]
            .map(|pair| (pair, 100))
            .into();
    let assigned = assign(&plan).unwrap();
    assert_eq!((assigned.parts, squares(&assigned)), (1, 16));
    let apart = ["a", "b"].iter().flat_map(|&entry| [(entry, "l"), (entry, "m")]);
    plan.conflicts = apart.collect();
    assert_eq!(assign(&plan).unwrap().parts, 2);
}
