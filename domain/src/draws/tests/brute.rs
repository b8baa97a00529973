//! Small draws against brute force: the panel is the first of all feasible ones in the order of priority.

use proptest::prelude::*;

use super::*;

const VALUES: [&str; 3] = ["a", "b", "c"];

fn person(nth: usize, values: &[usize], weight: u32) -> Line {
    let f = values.iter().enumerate().map(|(nth, &value)| (format!("q{nth}"), VALUES[value].to_owned()));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(nth as u64).to_be_bytes());
    Line { f: f.collect(), h: None, t: Ticket(bytes), w: weight }
}

/// A small pool, seats, and quotas that may or may not be met.
fn pools() -> impl Strategy<Value = (Vec<Line>, Spec)> {
    (1..=4_usize, 1..=5_u32).prop_flat_map(|(attributes, seats)| {
        let people = prop::collection::vec((prop::collection::vec(0..3_usize, attributes), 1..3_u32), 0..9);
        let bounds = prop::collection::vec((0..3_u32, 0..4_u32), attributes * 3);
        (people, bounds).prop_map(move |(people, bounds)| {
            let lines: Vec<Line> = people
                .iter()
                .enumerate()
                .map(|(nth, (values, weight))| person(nth, values, *weight))
                .collect();
            let quotas = (0..attributes).map(|attribute| {
                let of = VALUES.iter().enumerate().map(|(value, name)| {
                    let (least, more) = bounds[attribute * 3 + value];
                    ((*name).to_owned(), (least.saturating_sub(1), least + more))
                });
                (format!("q{attribute}"), of.collect())
            });
            let spec = spec(&lines, seats, quotas.collect());
            (lines, spec)
        })
    })
}

fn fits(spec: &Spec, panel: &[&Line]) -> bool {
    spec.quotas.iter().all(|(name, values)| {
        values.iter().all(|(value, (least, most))| {
            let count = panel.iter().filter(|line| line.f[name] == *value).count();
            (*least as usize..=*most as usize).contains(&count)
        })
    })
}

/// The lexicographically first feasible panel, of every set there is.
fn brute<'a>(spec: &Spec, called: &[&'a Line]) -> Option<Vec<&'a Line>> {
    let size = spec.seats as usize;
    let sets = (0..1_usize << called.len()).filter(|set| set.count_ones() as usize == size);
    let panels = sets.map(|set| (0..called.len()).filter(|nth| set >> nth & 1 == 1).collect::<Vec<_>>());
    let feasible = panels.filter(|panel| {
        let people: Vec<&Line> = panel.iter().map(|&nth| called[nth]).collect();
        fits(spec, &people)
    });
    feasible.min().map(|panel| panel.into_iter().map(|nth| called[nth]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_panel_is_the_first_feasible_one((lines, spec) in pools(), seed: [u8; 32]) {
        let pool = Pool::of(&spec, &lines).unwrap();
        let called: Vec<&Line> = pool.order(&seed).into_iter().map(|place| &lines[place]).collect();
        let expected = brute(&spec, &called).map(|panel| panel.iter().map(|line| line.t).collect::<Vec<_>>());
        let drawn = pool.draw(&seed);
        prop_assert_eq!(drawn.clone().ok().map(|drawn| drawn.selected), expected.clone());
        prop_assert_eq!(pool.ensure_feasible().is_ok(), expected.is_some());
        if let Ok(drawn) = drawn {
            prop_assert_eq!(drawn.selected.len() + drawn.waitlist.len(), lines.len());
        } else {
            for way in pool.ways_out().unwrap() {
                let (name, value) = way.split_once('=').unwrap();
                let mut eased = spec.clone();
                eased.quotas.get_mut(name).unwrap().insert(value.to_owned(), (0, u32::MAX));
                prop_assert!(Pool::of(&eased, &lines).unwrap().ensure_feasible().is_ok());
            }
        }
    }

    #[test]
    fn dropping_somebody_never_reorders_the_others((lines, spec) in pools(), seed: [u8; 32], nth: prop::sample::Index) {
        prop_assume!(!lines.is_empty());
        let mut fewer = lines.clone();
        let gone = fewer.remove(nth.index(lines.len())).t;
        let order = |lines: &[Line]| {
            let places = Pool::of(&spec, lines).unwrap().order(&seed);
            places.into_iter().map(|place| lines[place].t).collect::<Vec<_>>()
        };
        let mut expected = order(&lines);
        expected.retain(|ticket| *ticket != gone);
        prop_assert_eq!(order(&fewer), expected);
    }

    #[test]
    fn replacements_keep_the_quotas_and_take_nobody_twice((lines, spec) in pools(), seed: [u8; 32], nth: prop::sample::Index) {
        let pool = Pool::of(&spec, &lines).unwrap();
        let Ok(drawn) = pool.draw(&seed) else { return Ok(()) };
        let left = drawn.selected[nth.index(drawn.selected.len())];
        let made = replacements(&pool, &drawn, &[left], &[]).unwrap();
        let stays = |line: &&Line| drawn.selected.contains(&line.t) && line.t != left;
        let with = |taken: Ticket| lines.iter().filter(|line| stays(line) || line.t == taken).collect::<Vec<_>>();
        let expected = drawn.waitlist.iter().copied().find(|&ticket| fits(&spec, &with(ticket)));
        prop_assert_eq!(made[0].taken_by, expected);
    }
}
