//! Stars that come faster than before: too many of a window for a Poisson variable of the rate so far.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    chance::Factorials,
    signals::{Cast, Limits, Signal, Suspicion},
};

/// How much the last window counts for the rate (EWMA).
const NEWEST: f64 = 0.2;

/// A rate for each window, moving with what is seen in it.
#[derive(Default)]
struct Rate {
    value: f64,
    window: i64,
}

impl Rate {
    /// Before a window: after those that were empty, it has fallen.
    fn before(&self, window: i64) -> f64 {
        let empty = i32::try_from(window - self.window).unwrap_or(i32::MAX);
        self.value * (1.0 - NEWEST).powi(empty)
    }

    fn see(&mut self, window: i64, count: usize) {
        self.value = self.before(window) * (1.0 - NEWEST) + NEWEST * count as f64;
        self.window = window + 1;
    }
}

/// Windows in which an entry got more stars than its rate explains. The rate is taken to rise as that of all other entries does: a
/// newsletter brings stars to all of them, a ring to one.
pub fn bursts(casts: &[Cast<'_>], limits: &Limits) -> Vec<Suspicion> {
    let Some(first) = casts.iter().map(|cast| cast.at).min() else { return Vec::new() };
    let window = |at: DateTime<Utc>| (at - first).num_seconds() / limits.window_seconds.max(1);
    let mut stars: BTreeMap<(i64, &str), Vec<usize>> = BTreeMap::new();
    let mut all: BTreeMap<i64, usize> = BTreeMap::new();
    for (nth, cast) in casts.iter().enumerate() {
        let window = window(cast.at);
        for &entry in &cast.stars {
            stars.entry((window, entry)).or_default().push(nth);
        }
        *all.entry(window).or_default() += cast.stars.len();
    }
    let factorials = Factorials::up_to(casts.len());
    let (mut rates, mut rate_of_all): (BTreeMap<&str, Rate>, Rate) = Default::default();
    let mut found = Vec::new();
    for (&window, &count) in &all {
        for (&(_, entry), ballots) in stars.range((window, "")..(window + 1, "")) {
            let rate = rates.entry(entry).or_default();
            let own = rate.before(window);
            let others = (rate_of_all.before(window) - own).max(1.0);
            let busier = ((count - ballots.len()) as f64 / others).max(1.0);
            let expected = own.max(1.0) * busier;
            let p = factorials.poisson_tail(ballots.len(), expected);
            rate.see(window, ballots.len());
            if p < limits.chance {
                let from = first + TimeDelta::seconds(window * limits.window_seconds.max(1));
                let signal = Signal::Burst { entry: entry.to_owned(), from, expected, p };
                found.push(Suspicion { signal, ballots: ballots.clone() });
            }
        }
        rate_of_all.see(window, count);
    }
    found
}
