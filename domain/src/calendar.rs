//! Working time: the days of Korea, and how much of a brand's working time lies between two moments.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::text::Fault;

/// Korea has had one offset from UTC and no summer time since 1988.
const SEOUL: TimeDelta = TimeDelta::hours(9);

/// The date and time in Seoul at a moment.
#[must_use]
pub fn seoul(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().checked_add_signed(SEOUL).unwrap_or(NaiveDateTime::MAX)
}

/// The moment at which a date begins in Seoul.
#[must_use]
pub fn midnight(date: NaiveDate) -> DateTime<Utc> {
    let local = date.and_time(NaiveTime::MIN);
    local.checked_sub_signed(SEOUL).unwrap_or(NaiveDateTime::MIN).and_utc()
}

/// The Monday of the week of a date.
#[must_use]
pub fn monday(date: NaiveDate) -> NaiveDate {
    let since = TimeDelta::days(date.weekday().num_days_from_monday().into());
    date.checked_sub_signed(since).unwrap_or(date)
}

/// The working hours of a day, on the clock of Seoul: `09:00-18:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Both since midnight; the first is before the second.
    opens: TimeDelta,
    closes: TimeDelta,
}

impl Default for Hours {
    fn default() -> Self {
        Self { opens: TimeDelta::hours(9), closes: TimeDelta::hours(18) }
    }
}

impl TryFrom<&str> for Hours {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        let fault = Fault::NotA("time of opening and of closing like 09:00-18:00");
        let (opens, closes) = text.split_once('-').ok_or(fault.clone())?;
        match (since_midnight(opens), since_midnight(closes)) {
            (Some(opens), Some(closes)) if opens < closes => Ok(Self { opens, closes }),
            _ => Err(fault),
        }
    }
}

/// `HH:MM`, up to `24:00`.
fn since_midnight(text: &str) -> Option<TimeDelta> {
    match text.trim() {
        "24:00" => Some(TimeDelta::days(1)),
        text => Some(NaiveTime::parse_from_str(text, "%H:%M").ok()? - NaiveTime::MIN),
    }
}

/// A line of a list of holidays that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not a date like 2027-01-01")]
pub struct NoDate {
    /// From 1.
    pub line: usize,
}

/// The dates of a list: one on a line; `#` begins a comment.
///
/// # Errors
/// [`NoDate`] names the first line that holds something else.
pub fn holidays(text: &str) -> Result<Vec<NaiveDate>, NoDate> {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    let dates = lines.map(|(text, line)| (text.split('#').next().unwrap_or("").trim(), line));
    dates
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, line)| NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| NoDate { line }))
        .collect()
}

/// When a brand works: the same hours from Monday to Friday in Seoul, but for holidays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    hours: Hours,
    /// Those that fall on Monday to Friday, in their order, each once.
    holidays: Vec<NaiveDate>,
}

impl Calendar {
    #[must_use]
    pub fn new(hours: Hours, mut holidays: Vec<NaiveDate>) -> Self {
        holidays.retain(|date| is_weekday(*date));
        holidays.sort_unstable();
        holidays.dedup();
        Self { hours, holidays }
    }

    /// The working time from `a` to `b`; none when `b` is earlier. From a to b and from b to c make that from a to c.
    #[must_use]
    pub fn time_between(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
        (self.worked(b) - self.worked(a)).max(TimeDelta::zero())
    }

    /// [`Calendar::time_between`] in hours.
    #[must_use]
    pub fn hours_between(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> f64 {
        self.time_between(a, b).as_seconds_f64() / 3_600.0
    }

    /// [`Calendar::time_between`] in working days.
    #[must_use]
    pub fn days_between(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> f64 {
        self.time_between(a, b).as_seconds_f64() / self.day().as_seconds_f64()
    }

    /// The working time of so many days.
    #[must_use]
    pub fn days(&self, days: u16) -> TimeDelta {
        self.day() * i32::from(days)
    }

    /// When so many working days after a moment have passed, at least one: the first time that is.
    #[must_use]
    pub fn after(&self, from: DateTime<Utc>, days: u16) -> DateTime<Utc> {
        let mut left = self.days(days);
        for date in seoul(from).date().iter_days().filter(|date| self.works_on(*date)) {
            let (opens, closes) = (midnight(date) + self.hours.opens, midnight(date) + self.hours.closes);
            let begins = opens.max(from);
            if left <= closes - begins {
                return begins + left;
            }
            left -= (closes - begins).max(TimeDelta::zero());
        }
        DateTime::<Utc>::MAX_UTC
    }

    fn works_on(&self, date: NaiveDate) -> bool {
        is_weekday(date) && self.holidays.binary_search(&date).is_err()
    }

    fn day(&self) -> TimeDelta {
        self.hours.closes - self.hours.opens
    }

    /// The working time since the beginning of our era: its difference is the time between, however long that is.
    fn worked(&self, at: DateTime<Utc>) -> TimeDelta {
        let local = seoul(at);
        let date = local.date();
        let holidays = self.holidays.partition_point(|holiday| *holiday < date);
        let days = weekdays_before(date) - i32::try_from(holidays).unwrap_or(i32::MAX);
        let today = match self.works_on(date) {
            true => {
                (local.time() - NaiveTime::MIN).clamp(self.hours.opens, self.hours.closes) - self.hours.opens
            }
            false => TimeDelta::zero(),
        };
        self.day() * days + today
    }
}

fn is_weekday(date: NaiveDate) -> bool {
    date.weekday().num_days_from_monday() < 5
}

/// How many days from Monday to Friday lie between 0001-01-01, which was a Monday, and the date.
fn weekdays_before(date: NaiveDate) -> i32 {
    let days = date.num_days_from_ce() - 1;
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A moment by the clock of Seoul.
    fn at(text: &str) -> DateTime<Utc> {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc() - SEOUL
    }

    fn calendar() -> Calendar {
        Calendar::new(
            Hours::default(),
            holidays("2026-09-25 # 추석\n2026-09-24\n\n# 토요일\n2026-09-26\n2026-09-24").unwrap(),
        )
    }

    #[test]
    fn only_working_time_counts() {
        #[rustfmt::skip]
        let table = [
            // In 2026 the 21st of September is a Monday; the 24th and the 25th are holidays.
            ("within a day",               "2026-09-21 10:00", "2026-09-21 11:30", 1.5),
            ("before opening",             "2026-09-21 03:00", "2026-09-21 09:30", 0.5),
            ("after closing",              "2026-09-21 17:00", "2026-09-21 23:59", 1.0),
            ("over a night",               "2026-09-21 17:00", "2026-09-22 10:00", 2.0),
            ("posted and answered at night", "2026-09-21 19:00", "2026-09-22 02:00", 0.0),
            ("over a weekend",             "2026-09-18 18:30", "2026-09-21 09:00", 0.0),
            ("into Monday",                "2026-09-18 17:00", "2026-09-21 10:00", 2.0),
            ("on a weekend",               "2026-09-19 10:00", "2026-09-20 15:00", 0.0),
            ("on a holiday",               "2026-09-24 10:00", "2026-09-24 17:00", 0.0),
            ("over holidays and a weekend", "2026-09-23 17:00", "2026-09-28 10:00", 2.0),
            ("a week with two holidays",   "2026-09-21 00:00", "2026-09-28 00:00", 27.0),
            ("a month with two holidays",  "2026-09-01 00:00", "2026-10-01 00:00", 20.0 * 9.0),
            ("a year with two holidays",   "2026-01-01 00:00", "2027-01-01 00:00", (261.0 - 2.0) * 9.0),
            ("backwards",                  "2026-09-22 10:00", "2026-09-21 10:00", 0.0),
        ];
        for (what, a, b, hours) in table {
            assert_eq!(calendar().hours_between(at(a), at(b)), hours, "{what}");
            assert_eq!(calendar().days_between(at(a), at(b)), hours / 9.0, "{what}");
        }
    }

    #[test]
    fn the_day_is_that_of_seoul() {
        let late: DateTime<Utc> = "2026-09-20T15:30:00Z".parse().unwrap();
        assert_eq!(seoul(late).to_string(), "2026-09-21 00:30:00");
        assert_eq!(midnight(seoul(late).date()).to_rfc3339(), "2026-09-20T15:00:00+00:00");
        assert_eq!(monday(NaiveDate::from_ymd_opt(2027, 1, 3).unwrap()).to_string(), "2026-12-28");
        assert_eq!(monday(NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()).to_string(), "2027-01-04");
    }

    #[test]
    fn a_brand_may_work_round_the_clock_and_never_backwards() {
        let always = Calendar::new(Hours::try_from("00:00-24:00").unwrap(), Vec::new());
        assert_eq!(always.hours_between(at("2026-09-21 20:00"), at("2026-09-22 02:00")), 6.0);
        assert_eq!(always.days(5), TimeDelta::days(5));
        for bad in ["", "09:00", "18:00-09:00", "09:00-09:00", "9-18", "09:00-25:00", "09:00-18:00-19:00"] {
            assert!(Hours::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_list_of_holidays_says_which_line_is_none() {
        assert_eq!(holidays("\u{feff}2027-01-01\r\n  # 설날\r\n2027-02-08").unwrap().len(), 2);
        assert_eq!(holidays("2027-01-01\n\n2027-02-30"), Err(NoDate { line: 3 }));
        assert_eq!(holidays("설날 2027-02-08"), Err(NoDate { line: 1 }));
    }

    proptest! {
        /// Whatever the moments, from 1997 to 2060.
        #[test]
        fn working_time_adds_up_and_never_runs_back(mut minutes in proptest::collection::vec(14_200_000i64..47_300_000, 3)) {
            minutes.sort_unstable();
            let [a, b, c] = [0, 1, 2].map(|nth| DateTime::from_timestamp(minutes[nth] * 60, 0).unwrap());
            let calendar = calendar();
            let (ab, bc, ac) =
                (calendar.time_between(a, b), calendar.time_between(b, c), calendar.time_between(a, c));
            prop_assert_eq!(ab + bc, ac);
            prop_assert!(TimeDelta::zero() <= ab && ab <= ac && ac <= c - a);
            prop_assert_eq!(calendar.time_between(c, a), TimeDelta::zero());
        }

        /// What is due after some working days is due when they have passed, and no moment earlier.
        #[test]
        fn what_is_due_is_due_when_the_days_have_passed(minute in 14_200_000i64..47_300_000, days in 1u16..30) {
            let (from, calendar) = (DateTime::from_timestamp(minute * 60, 0).unwrap(), calendar());
            let due = calendar.after(from, days);
            prop_assert_eq!(calendar.time_between(from, due), calendar.days(days));
            prop_assert!(calendar.time_between(from, due - TimeDelta::microseconds(1)) < calendar.days(days));
        }

        /// The closed form agrees with going through the days one by one.
        #[test]
        fn weekdays_are_counted_and_not_guessed(day in 0i32..20_000, span in 0i32..60) {
            let first = NaiveDate::from_num_days_from_ce_opt(720_000 + day).unwrap();
            let counted = first.iter_days().take(span as usize).filter(|date| is_weekday(*date)).count();
            let last = first + TimeDelta::days(span.into());
            prop_assert_eq!(weekdays_before(last) - weekdays_before(first), counted as i32);
        }
    }
}
