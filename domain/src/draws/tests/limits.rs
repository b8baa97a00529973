//! What a draw refuses, and what it promises before there is a seed.

use super::*;

#[test]
fn what_would_never_end_or_means_nothing_is_refused() {
    let (spec, lines) = vector();
    let odd = |change: &dyn Fn(&mut Spec, &mut Vec<Line>)| {
        let (mut spec, mut lines) = (spec.clone(), lines.clone());
        change(&mut spec, &mut lines);
        Pool::of(&spec, &lines).err()
    };
    assert_eq!(odd(&|_, _| {}), None);
    for weight in [0, 101, u32::MAX] {
        assert!(matches!(odd(&|_, lines| lines[0].w = weight), Some(Unfit::Lines(_))), "{weight}");
    }
    let age = |bounds: (u32, u32)| {
        move |spec: &mut Spec, _: &mut Vec<Line>| {
            spec.quotas.get_mut("age").unwrap().insert("20s".to_owned(), bounds);
        }
    };
    assert!(matches!(odd(&age((3, 1))), Some(Unfit::Lines(_))));
    for relax in [vec!["region"], vec!["age", "age"]] {
        let relax: Vec<String> = relax.into_iter().map(str::to_owned).collect();
        assert!(matches!(odd(&|spec, _| spec.relax = relax.clone()), Some(Unfit::Lines(_))));
    }
    assert!(matches!(odd(&|spec, _| spec.merit = tickets(&[1, 1])), Some(Unfit::Lines(_))));
    assert!(matches!(odd(&|spec, _| spec.merit = tickets(&[1, 3, 5, 6, 8])), Some(Unfit::Lines(_))));
    let many = |spec: &mut Spec, _: &mut Vec<Line>| {
        let values = (0..101).map(|nth| (nth.to_string(), (0, 1))).collect();
        spec.quotas.insert("age".to_owned(), values);
    };
    assert_eq!(odd(&many), Some(Unfit::TooComplex));
    let pool = Pool::of(&spec, &lines).unwrap();
    let drawn = pool.draw(&[0; 32]).unwrap();
    assert!(replacements(&pool, &drawn, &vec![drawn.selected[0]; 2_001], &[]).is_err());
}

#[test]
fn with_households_only_what_is_certain_is_feasible() {
    let (mut spec, mut lines) = vector();
    spec.household = true;
    lines.iter_mut().for_each(|line| line.h = Some(line.t.to_string()));
    assert_eq!(Pool::of(&spec, &lines).unwrap().ensure_feasible(), Ok(()));
    // The only two in their forties live together: who of them is called is not known, but both would do for "40s" and
    // neither is certain, being a man and a woman.
    for line in lines.iter_mut().filter(|line| [ticket(5), ticket(8)].contains(&line.t)) {
        line.h = Some("one home".to_owned());
    }
    assert_eq!(Pool::of(&spec, &lines).unwrap().ensure_feasible(), Err(Unfit::Infeasible));
    // Whatever passes can be drawn, with every seed.
    spec.quotas.remove("gender");
    for seed in 0..50 {
        let pool = Pool::of(&spec, &lines).unwrap();
        pool.ensure_feasible().unwrap();
        assert_eq!(pool.draw(&[seed; 32]).unwrap().selected.len(), 4);
    }
}
