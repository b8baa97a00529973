//! Rings among many who mean it.

use super::*;
use crate::digest;

const ENTRIES: [&str; 40] = [
    "e00", "e01", "e02", "e03", "e04", "e05", "e06", "e07", "e08", "e09", "e10", "e11", "e12", "e13", "e14",
    "e15", "e16", "e17", "e18", "e19", "e20", "e21", "e22", "e23", "e24", "e25", "e26", "e27", "e28", "e29",
    "e30", "e31", "e32", "e33", "e34", "e35", "e36", "e37", "e38", "e39",
];

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

fn cast<'a>(seconds: i64, stars: &[&'a str]) -> Cast<'a> {
    Cast {
        at: at(seconds),
        stars: stars.iter().copied().collect(),
        first_act: false,
        prefix: None,
        seconds_on_page: None,
    }
}

/// People who star three each, some entries more than others, over so many seconds.
fn people(count: usize, seconds: i64) -> Vec<Cast<'static>> {
    let person = |nth: usize| {
        let chance = digest::of(&[&nth.to_be_bytes()]);
        // The product of two bytes is small more often than large.
        let entry =
            |place: usize| ENTRIES[usize::from(chance[place]) * usize::from(chance[place + 1]) * 40 / 65_026];
        Cast {
            first_act: chance[20] < 40,
            prefix: Some(u64::from(chance[21])),
            seconds_on_page: Some(20 + u32::from(chance[22])),
            ..cast(nth as i64 * seconds / count as i64, &[entry(0), entry(2), entry(4)])
        }
    };
    (0..count).map(person).collect()
}

fn kinds(casts: &[Cast<'_>]) -> Vec<String> {
    let found = suspicions(casts, &Limits::default());
    let kinds =
        found.iter().map(|of| serde_json::to_value(&of.signal).unwrap()["kind"].as_str().unwrap().to_owned());
    kinds.collect()
}

/// The places of the ballots that a kind of signal names.
fn named(casts: &[Cast<'_>], kind: &str) -> BTreeSet<usize> {
    let found = suspicions(casts, &Limits::default());
    let of_kind = found.iter().filter(|of| serde_json::to_value(&of.signal).unwrap()["kind"] == kind);
    of_kind.flat_map(|of| of.ballots.clone()).collect()
}

#[test]
fn nobody_is_suspected_of_voting() {
    assert_eq!(kinds(&[]), Vec::<String>::new());
    // Some over two weeks; some all at once, when a newsletter has gone out.
    for seconds in [1_209_600, 120] {
        assert_eq!(kinds(&people(2_000, seconds)), Vec::<String>::new(), "{seconds}");
    }
}

#[test]
fn stars_that_come_all_at_once_are_a_burst() {
    let mut casts = people(600, 86_400);
    casts.extend((0..40).map(|nth| cast(43_200 + nth, &["e39"])));
    let found = suspicions(&casts, &Limits::default());
    let [Suspicion { signal: Signal::Burst { entry, from, expected, p }, ballots }] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!((entry.as_str(), *from), ("e39", at(43_200)));
    assert!(*expected < 2.0 && *p < 1e-30);
    assert!((600..640).all(|nth| ballots.contains(&nth)));
    // The same stars over the day are not.
    let mut casts = people(600, 86_400);
    casts.extend((0..40).map(|nth| cast(nth * 2_160, &["e39"])));
    assert_eq!(kinds(&casts), Vec::<String>::new());
}

#[test]
fn accounts_made_to_vote_stand_out_where_others_have_been_here_before() {
    let mut casts = people(600, 86_400);
    casts.extend(
        (0..60)
            .map(|nth| Cast { first_act: true, ..cast(nth * 1_440, &["e39", ENTRIES[nth as usize % 30]]) }),
    );
    assert!((600..660).all(|nth| named(&casts, "newcomers").contains(&nth)));
    // In a contest that brings everybody here, it tells nothing.
    casts.iter_mut().for_each(|cast| cast.first_act = true);
    assert!(named(&casts, "newcomers").is_empty());
}

#[test]
fn ballots_in_lockstep_are_found_and_the_rest_is_left_alone() {
    let alike = |stars: &[&'static str], count: usize, apart: i64| {
        let mut casts = people(600, 86_400);
        casts.extend((0..count).map(|nth| cast(50_000 + nth as i64 * apart, stars)));
        named(&casts, "lockstep")
    };
    let ring: BTreeSet<usize> = (600..608).collect();
    assert_eq!(alike(&["e30", "e33", "e36"], 8, 60), ring);
    assert_eq!(alike(&["e30", "e33", "e36"], 7, 60), BTreeSet::new());
    // Too far apart for eight of them to come together.
    assert_eq!(alike(&["e30", "e33", "e36"], 8, 600), BTreeSet::new());
    // Two stars are alike by chance.
    assert_eq!(alike(&["e30", "e33"], 40, 1), BTreeSet::new());
}

#[test]
fn a_ring_that_varies_its_ballots_is_one_ring() {
    let five = ["e01", "e05", "e09", "e13", "e17"];
    let four =
        |left_out: usize| (0..5).filter(|nth| *nth != left_out).map(|nth| five[nth]).collect::<Vec<_>>();
    let mut casts = people(600, 86_400);
    for nth in 0..12 {
        // The whole ones are near all others; of the others, each is near the whole ones and those that lack the same: four and four.
        let stars = if nth % 3 == 0 { five.to_vec() } else { four(nth % 3) };
        casts.push(cast(50_000 + nth as i64, &stars));
    }
    let found = suspicions(&casts, &Limits::default());
    let ring =
        Suspicion { signal: Signal::Lockstep { ballots: 12, seconds: 11 }, ballots: (600..612).collect() };
    assert!(found.contains(&ring), "{found:?}");
}

/// Every two compared, which takes too long for many.
fn brute(casts: &[Cast<'_>], limits: &Limits) -> BTreeSet<usize> {
    let near = |a: &Cast, b: &Cast| {
        let (both, any) = (a.stars.intersection(&b.stars).count(), a.stars.union(&b.stars).count());
        (a.at - b.at).num_seconds().abs() <= limits.window_seconds && 10 * both >= 8 * any
    };
    let suspect = |&nth: &usize| {
        casts[nth].stars.len() >= 3
            && casts.iter().filter(|cast| cast.stars.len() >= 3 && near(&casts[nth], cast)).count()
                >= limits.alike_least
    };
    (0..casts.len()).filter(suspect).collect()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Of twelve entries up to ten are starred, so that nearly everybody is near somebody.
    #[test]
    fn lockstep_finds_what_comparing_all_finds(
        ballots in proptest::collection::vec((0..3_000_i64, proptest::sample::subsequence(ENTRIES[..12].to_vec(), 0..=10)), 0..60),
        alike_least in 2..6_usize,
    ) {
        let casts: Vec<Cast> = ballots.iter().map(|(seconds, stars)| cast(*seconds, stars)).collect();
        // Whatever chance may explain.
        let limits = Limits { alike_least, chance: 2.0, ..Limits::default() };
        let rings = lockstep::rings(&casts, &limits);
        let found: Vec<usize> = rings.iter().flat_map(|ring| ring.ballots.clone()).collect();
        proptest::prop_assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), brute(&casts, &limits));
        proptest::prop_assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len());
    }
}

#[test]
fn one_part_of_the_network_stands_out_when_it_stars_as_nobody_else_does() {
    let mut casts = people(600, 86_400);
    let from_one =
        |nth: usize, stars: &[&'static str]| Cast { prefix: Some(1_000), ..cast(nth as i64 * 4_000, stars) };
    casts.extend((0..20).map(|nth| from_one(nth, &["e38"])));
    assert_eq!(named(&casts, "prefix"), (600..620).collect());
    // A carrier behind which people star what everybody does.
    let mut casts = people(600, 86_400);
    casts.iter_mut().take(300).for_each(|cast| cast.prefix = Some(1_000));
    assert!(named(&casts, "prefix").is_empty());
}

#[test]
fn being_fast_alone_holds_nobody_back() {
    let mut casts = people(600, 86_400);
    casts[5].seconds_on_page = Some(2);
    casts.extend(
        (0..10).map(|nth| Cast { seconds_on_page: Some(1), ..cast(50_000 + nth, &["e30", "e33", "e36"]) }),
    );
    let found = suspicions(&casts, &Limits::default());
    assert_eq!(named(&casts, "hasty"), (600..610).chain([5]).collect());
    let held = to_hold(&found);
    assert_eq!(held.keys().copied().collect::<Vec<_>>(), (600..610).collect::<Vec<_>>());
    assert!(held.values().all(|by| by.len() >= 2));
}
