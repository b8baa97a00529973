//! The numbers of the loop: how soon and how often customers hear back.

use std::collections::BinaryHeap;

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Utc};

use crate::{
    IdeaId,
    calendar::{self, Calendar},
    text::Fault,
};

/// Days in Seoul, from the first up to and without the last: at least one, at most three years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

impl Period {
    /// How many days it has where nothing else is asked for.
    pub const DAYS: u64 = 90;
    const MOST: Months = Months::new(36);

    /// The period asked for. Without `to` it ends with today; without `from` it has [`Period::DAYS`].
    ///
    /// # Errors
    /// Which of the two is wrong, and why. When they do not go together, it is `from`.
    pub fn of(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<Self, (&'static str, Fault)> {
        for (name, date) in [("from", from), ("to", to)] {
            if date.is_some_and(|date| !(1970..=9999).contains(&date.year())) {
                return Err((name, Fault::NotA("date from 1970 to 9999")));
            }
        }
        let today = calendar::seoul(now).date();
        let to = to.unwrap_or(today + Days::new(1));
        let from = from.unwrap_or(to - Days::new(Self::DAYS));
        match () {
            () if from >= to => Err(("from", Fault::NotA("date before `to`"))),
            () if from + Self::MOST < to => {
                Err(("from", Fault::NotA("date at most three years before `to`")))
            }
            () => Ok(Self { from, to }),
        }
    }

    /// The first day.
    #[must_use]
    pub fn from(&self) -> NaiveDate {
        self.from
    }

    /// The day after the last.
    #[must_use]
    pub fn to(&self) -> NaiveDate {
        self.to
    }

    /// The moment it begins.
    #[must_use]
    pub fn begins(&self) -> DateTime<Utc> {
        calendar::midnight(self.from)
    }

    /// The first moment after it.
    #[must_use]
    pub fn ends(&self) -> DateTime<Utc> {
        calendar::midnight(self.to)
    }
}

/// What a brand promises: a first answer within so many of its working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    pub calendar: Calendar,
    pub days: u16,
}

impl Default for Promise {
    /// Five days from Monday to Friday, 9 to 18 o'clock.
    fn default() -> Self {
        Self { calendar: Calendar::default(), days: 5 }
    }
}

/// What became of an idea, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    pub idea: IdeaId,
    pub created_at: DateTime<Utc>,
    /// Whether the brand has said what it will do.
    pub decided: bool,
    /// When the brand first answered.
    pub answered_at: Option<DateTime<Utc>>,
}

/// How the ideas of a period fared until now.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    pub ideas: i64,
    pub answered: i64,
    pub decided: i64,
    /// Working hours to the first answer, of those answered; none when none is.
    pub response_hours: Option<Spread>,
    /// How many are as old as the promise, so that it was kept or broken.
    pub due: i64,
    /// How many of those were answered in time.
    pub in_time: i64,
    /// How many are younger, answered or not.
    pub too_young: i64,
    /// Every week of the period, in their order.
    pub weeks: Vec<Week>,
    /// The ideas neither answered nor decided that have waited longest, the longest first.
    pub waiting: Vec<Waiting>,
}

/// The 50th and the 90th percentile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub p50: f64,
    pub p90: f64,
}

/// The ideas of a week, and how many of them are answered and decided by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    pub monday: NaiveDate,
    pub ideas: i64,
    pub answered: i64,
    pub decided: i64,
}

/// An idea that nobody has answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    pub idea: IdeaId,
    pub created_at: DateTime<Utc>,
    /// In working days.
    pub days: f64,
}

/// Counts the ideas of a period, one at a time and in any order.
#[derive(Debug, Clone)]
pub struct Tally<'a> {
    promise: &'a Promise,
    now: DateTime<Utc>,
    hours: Vec<f64>,
    due: i64,
    in_time: i64,
    too_young: i64,
    weeks: Vec<Week>,
    /// The last to be dropped when one too many waits is the oldest.
    waiting: BinaryHeap<(DateTime<Utc>, IdeaId)>,
}

impl<'a> Tally<'a> {
    /// How many of those that wait are named.
    pub const MOST_WAITING: usize = 10;

    #[must_use]
    pub fn new(period: &Period, promise: &'a Promise, now: DateTime<Utc>) -> Self {
        let first = calendar::monday(period.from);
        let mondays = first.iter_weeks().take_while(|monday| *monday < period.to);
        let week = |monday| Week { monday, ideas: 0, answered: 0, decided: 0 };
        Self {
            promise,
            now,
            hours: Vec::new(),
            due: 0,
            in_time: 0,
            too_young: 0,
            weeks: mondays.map(week).collect(),
            waiting: BinaryHeap::new(),
        }
    }

    /// Counts an idea; one of another period is none of it.
    pub fn count(&mut self, trace: &Trace) {
        let date = calendar::seoul(trace.created_at).date();
        let week = self.weeks.partition_point(|week| week.monday <= date).checked_sub(1);
        let Some(week) = week.and_then(|nth| self.weeks.get_mut(nth)) else { return };
        week.ideas += 1;
        week.answered += i64::from(trace.answered_at.is_some());
        week.decided += i64::from(trace.decided);
        let Promise { calendar, days } = self.promise;
        let promised = calendar.days(*days);
        let took = trace.answered_at.map(|at| calendar.time_between(trace.created_at, at));
        self.hours.extend(took.map(|took| took.as_seconds_f64() / 3_600.0));
        if calendar.time_between(trace.created_at, self.now) < promised {
            self.too_young += 1;
        } else {
            self.due += 1;
            self.in_time += i64::from(took.is_some_and(|took| took <= promised));
        }
        if trace.answered_at.is_none() && !trace.decided {
            self.waiting.push((trace.created_at, trace.idea));
            if self.waiting.len() > Self::MOST_WAITING {
                self.waiting.pop();
            }
        }
    }

    #[must_use]
    pub fn numbers(self) -> Numbers {
        let Self { promise, now, mut hours, due, in_time, too_young, weeks, waiting } = self;
        let sum = |of: fn(&Week) -> i64| weeks.iter().map(of).sum();
        hours.sort_unstable_by(f64::total_cmp);
        let spread = percentile(&hours, 50).zip(percentile(&hours, 90));
        let days = |since| promise.calendar.days_between(since, now);
        Numbers {
            ideas: sum(|week| week.ideas),
            answered: sum(|week| week.answered),
            decided: sum(|week| week.decided),
            response_hours: spread.map(|(p50, p90)| Spread { p50, p90 }),
            due,
            in_time,
            too_young,
            waiting: waiting
                .into_sorted_vec()
                .into_iter()
                .map(|(created_at, idea)| Waiting { idea, created_at, days: days(created_at) })
                .collect(),
            weeks,
        }
    }
}

/// The percentile by nearest rank: the smallest of the values, which are in their order, that at least `percent` in a
/// hundred of them do not exceed. None of no values. It is always one of the values, never something between two.
#[must_use]
pub fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// A part of a whole, from 0 to 1; none of nothing.
#[must_use]
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A moment by the clock of Seoul.
    fn at(date: &str, hour: i64) -> DateTime<Utc> {
        calendar::midnight(day(date)) + TimeDelta::hours(hour)
    }

    fn trace(nth: u8, created_at: DateTime<Utc>, answered_at: Option<DateTime<Utc>>) -> Trace {
        Trace { idea: IdeaId::new(created_at, [nth; 10]), created_at, decided: false, answered_at }
    }

    #[test]
    fn a_period_has_one_day_to_three_years() {
        let now = at("2026-09-21", 23);
        let of = |from: &str, to: &str| {
            let date = |text: &str| (!text.is_empty()).then(|| day(text));
            Period::of(date(from), date(to), now)
        };
        let usual = of("", "").unwrap();
        assert_eq!((usual.from(), usual.to()), (day("2026-06-24"), day("2026-09-22")));
        assert_eq!(usual.ends(), at("2026-09-21", 24));
        assert_eq!(of("", "2026-01-31").unwrap().from(), day("2025-11-02"));
        assert!(of("2023-09-22", "2026-09-22").is_ok());
        assert!(of("2026-09-21", "").is_ok());
        for (from, to, wrong) in [
            ("2026-09-22", "", "from"),
            ("2026-09-21", "2026-09-21", "from"),
            ("2023-09-21", "2026-09-22", "from"),
            ("1969-12-31", "1970-01-02", "from"),
            ("", "+10000-01-01", "to"),
        ] {
            assert_eq!(of(from, to).unwrap_err().0, wrong, "{from} {to}");
        }
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        assert_eq!(percentile(&[], 50), None);
        let table: [(&[f64], f64, f64); 4] = [
            (&[3.0], 3.0, 3.0),
            (&[1.0, 2.0], 1.0, 2.0),
            (&[15.0, 20.0, 35.0, 40.0, 50.0], 35.0, 50.0),
            (&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], 5.0, 9.0),
        ];
        for (values, p50, p90) in table {
            assert_eq!(
                (percentile(values, 50), percentile(values, 90)),
                (Some(p50), Some(p90)),
                "{values:?}"
            );
        }
        assert_eq!((share(1, 4), share(0, 4), share(0, 0)), (Some(0.25), Some(0.0), None));
    }

    #[test]
    fn a_promise_is_judged_when_its_days_are_over() {
        // Monday to the next Monday are five working days.
        let (promise, now) = (Promise::default(), at("2026-09-14", 10));
        let period = Period::of(Some(day("2026-08-31")), Some(day("2026-09-15")), now).unwrap();
        let mut tally = Tally::new(&period, &promise, now);
        let posted = at("2026-09-07", 10);
        for (nth, created_at, answered_at) in [
            (0, posted, None),
            (1, posted, Some(at("2026-09-14", 10))),
            (2, at("2026-09-04", 10), Some(at("2026-09-14", 9))),
            // A minute younger than the promise, answered or not.
            (3, posted + TimeDelta::minutes(1), None),
            (4, posted + TimeDelta::minutes(1), Some(at("2026-09-07", 11))),
        ] {
            tally.count(&trace(nth, created_at, answered_at));
        }
        let numbers = tally.numbers();
        assert_eq!((numbers.due, numbers.in_time, numbers.too_young), (3, 1, 2));
        assert_eq!(numbers.waiting.iter().map(|waiting| waiting.days).fold(0.0, f64::max), 5.0);
        assert_eq!((numbers.ideas, numbers.answered), (5, 3));
        let weeks: Vec<_> = numbers.weeks.iter().map(|week| (week.monday.day(), week.ideas)).collect();
        assert_eq!(weeks, [(31, 1), (7, 4), (14, 0)]);
    }

    #[test]
    fn those_who_wait_longest_are_named_and_no_others() {
        let (promise, now) = (Promise::default(), at("2026-09-30", 0));
        let period = Period::of(Some(day("2026-09-01")), None, now).unwrap();
        let mut tally = Tally::new(&period, &promise, now);
        // In no order, and among them one that is decided and one that is answered.
        for nth in [7u8, 3, 19, 0, 11, 5, 2, 13, 17, 1, 4, 6, 8, 9, 10, 12, 14, 15, 16, 18] {
            let created_at = at("2026-09-01", 10 + i64::from(nth));
            let answered_at = (nth == 2).then_some(now);
            tally.count(&Trace { decided: nth == 4, ..trace(nth, created_at, answered_at) });
        }
        let since: Vec<_> = tally
            .numbers()
            .waiting
            .iter()
            .map(|waiting| (waiting.created_at - at("2026-09-01", 10)).num_hours())
            .collect();
        assert_eq!(since, [0, 1, 3, 5, 6, 7, 8, 9, 10, 11]);
    }
}
