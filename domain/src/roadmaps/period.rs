//! Periods: the months, quarters, halves and years that columns of a roadmap stand for, by the calendar of Korea.

use chrono::{DateTime, Months, NaiveDate, Utc};

use crate::{calendar::seoul, names::Bilingual, text::Fault};

/// A month, a quarter, a half or a whole year, written `2027-03`, `2027-Q1`, `2027-H1` or `2027`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    year: i32,
    part: Part,
}

/// Counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Month(u32),
    Quarter(u32),
    Half(u32),
    Whole,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Period {
    /// As it is written.
    #[must_use]
    pub fn key(self) -> String {
        let year = self.year;
        match self.part {
            Part::Month(month) => format!("{year}-{month:02}"),
            Part::Quarter(quarter) => format!("{year}-Q{quarter}"),
            Part::Half(half) => format!("{year}-H{half}"),
            Part::Whole => year.to_string(),
        }
    }

    /// What people call it.
    #[must_use]
    pub fn names(self) -> Bilingual {
        let year = self.year;
        let (ko, en) = match self.part {
            Part::Month(month) => {
                let name = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
                (format!("{year}년 {month}월"), format!("{name} {year}"))
            }
            Part::Quarter(quarter) => (format!("{year}년 {quarter}분기"), format!("Q{quarter} {year}")),
            Part::Half(1) => (format!("{year}년 상반기"), format!("First half of {year}")),
            Part::Half(_) => (format!("{year}년 하반기"), format!("Second half of {year}")),
            Part::Whole => (format!("{year}년"), year.to_string()),
        };
        Bilingual { ko, en }
    }

    /// The first day, and the day after the last.
    #[must_use]
    pub fn days(self) -> (NaiveDate, NaiveDate) {
        let (first, months) = match self.part {
            Part::Month(month) => (month, 1),
            Part::Quarter(quarter) => (quarter * 3 - 2, 3),
            Part::Half(half) => (half * 6 - 5, 6),
            Part::Whole => (1, 12),
        };
        let from = NaiveDate::from_ymd_opt(self.year, first, 1).unwrap_or(NaiveDate::MIN);
        (from, from + Months::new(months))
    }

    /// Whether the moment lies in it, on the clock of Seoul.
    #[must_use]
    pub fn holds(self, at: DateTime<Utc>) -> bool {
        let (from, to) = self.days();
        (from..to).contains(&seoul(at).date())
    }
}

impl TryFrom<&str> for Period {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        let fault = || Fault::NotA("period like 2027-03, 2027-Q1, 2027-H1 or 2027");
        let (year, part) = text.split_at_checked(4).ok_or_else(fault)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let year = year.parse().ok().filter(|year| digits(text.get(..4).unwrap_or("")) && *year >= 2000);
        let number = |text: &str, length: usize, most: u32| {
            let number: u32 = text.parse().ok().filter(|_| digits(text) && text.len() == length)?;
            (1..=most).contains(&number).then_some(number)
        };
        let part = match part.strip_prefix('-').map(|part| part.split_at_checked(1)) {
            None if part.is_empty() => Some(Part::Whole),
            Some(Some(("Q", quarter))) => number(quarter, 1, 4).map(Part::Quarter),
            Some(Some(("H", half))) => number(half, 1, 2).map(Part::Half),
            Some(_) => number(&part[1..], 2, 12).map(Part::Month),
            None => None,
        };
        Ok(Self { year: year.ok_or_else(fault)?, part: part.ok_or_else(fault)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_its_days_and_its_names() {
        #[rustfmt::skip]
        let table = [
            ("2027-03", "2027-03-01", "2027-04-01", "2027년 3월", "March 2027"),
            ("2027-12", "2027-12-01", "2028-01-01", "2027년 12월", "December 2027"),
            ("2027-Q1", "2027-01-01", "2027-04-01", "2027년 1분기", "Q1 2027"),
            ("2027-Q4", "2027-10-01", "2028-01-01", "2027년 4분기", "Q4 2027"),
            ("2027-H1", "2027-01-01", "2027-07-01", "2027년 상반기", "First half of 2027"),
            ("2027-H2", "2027-07-01", "2028-01-01", "2027년 하반기", "Second half of 2027"),
            ("2027", "2027-01-01", "2028-01-01", "2027년", "2027"),
        ];
        for (key, from, to, ko, en) in table {
            let period = Period::try_from(key).unwrap();
            assert_eq!(period.key(), key);
            let (first, after) = period.days();
            assert_eq!((first.to_string(), after.to_string()), (from.to_owned(), to.to_owned()));
            assert_eq!(period.names(), Bilingual { ko: ko.to_owned(), en: en.to_owned() });
        }
        for bad in [
            "",
            "27",
            "2027-",
            "2027-0",
            "2027-3",
            "2027-00",
            "2027-13",
            "2027-Q0",
            "2027-Q5",
            "2027-H3",
            "2027-Q",
            "2027-q1",
            "+027",
            "1999",
            "2027-+1",
            "20270",
            "2027년",
            "가나다라",
            "2027-가",
        ] {
            assert!(Period::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_period_begins_at_midnight_in_seoul() {
        let quarter = Period::try_from("2027-Q1").unwrap();
        let at = |text: &str| text.parse().unwrap();
        assert!(!quarter.holds(at("2026-12-31T14:59:59Z")) && quarter.holds(at("2026-12-31T15:00:00Z")));
        assert!(quarter.holds(at("2027-03-31T14:59:59Z")) && !quarter.holds(at("2027-03-31T15:00:00Z")));
    }
}
