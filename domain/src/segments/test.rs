//! What a condition asks of a value.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::{
    members::{Attribute, MOST_ATTRIBUTE_TEXT, clean_value},
    text::{Fault, Lines, clean},
};

/// A question about the value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Is(Attribute),
    IsNot(Attribute),
    In(Vec<Attribute>),
    /// The text has this in it, letter for letter.
    Contains(String),
    AtLeast(f64),
    AtMost(f64),
    MoreThan(f64),
    LessThan(f64),
    /// Earlier than this moment.
    Before(Moment),
    /// At this moment or later.
    After(Moment),
    /// In the last so many days: not in the future, and not longer ago.
    WithinDays(u32),
    Exists(bool),
}

/// What a question compares with, before it is known to fit.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    One(Attribute),
    Many(Vec<Attribute>),
}

/// A day in Korea, which is its first moment, or a time with its offset (RFC 3339); shown as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    text: String,
    at: DateTime<Utc>,
}

impl TryFrom<&str> for Moment {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        // Korea has had one offset and no summer time since 1988.
        let day = || {
            let midnight = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN);
            midnight.and_local_timezone(FixedOffset::east_opt(9 * 3_600)?).single()
        };
        let at = DateTime::parse_from_rfc3339(text).ok().or_else(day).ok_or(Fault::NotA("date or time"))?;
        Ok(Self { text: text.to_owned(), at: at.to_utc() })
    }
}

const MOST_VALUES: usize = 50;
const MOST_DAYS: u32 = 36_500;

impl Test {
    /// The question under a word.
    ///
    /// # Errors
    /// [`Fault`] when what it compares with does not fit it.
    pub fn of(op: &str, wanted: Wanted) -> Result<Self, Fault> {
        let one = |wanted| match wanted {
            Wanted::One(value) => clean_value(&value),
            Wanted::Many(_) => Err(Fault::NotA("single value")),
        };
        Ok(match op {
            "is" => Self::Is(one(wanted)?),
            "is_not" => Self::IsNot(one(wanted)?),
            "in" => Self::In(values(wanted)?),
            "contains" => match one(wanted)? {
                Attribute::Text(text) => Self::Contains(clean(&text, 1, MOST_ATTRIBUTE_TEXT, Lines::One)?),
                _ => return Err(Fault::NotA("text")),
            },
            "at_least" => Self::AtLeast(number(one(wanted)?)?),
            "at_most" => Self::AtMost(number(one(wanted)?)?),
            "more_than" => Self::MoreThan(number(one(wanted)?)?),
            "less_than" => Self::LessThan(number(one(wanted)?)?),
            "before" => Self::Before(moment(one(wanted)?)?),
            "after" => Self::After(moment(one(wanted)?)?),
            "within_days" => Self::WithinDays(days(number(one(wanted)?)?)?),
            "exists" => match one(wanted)? {
                Attribute::Flag(flag) => Self::Exists(flag),
                _ => return Err(Fault::NotA("true or false")),
            },
            _ => return Err(Fault::NotA("comparison")),
        })
    }

    /// Its word.
    #[must_use]
    pub fn op(&self) -> &'static str {
        match self {
            Self::Is(_) => "is",
            Self::IsNot(_) => "is_not",
            Self::In(_) => "in",
            Self::Contains(_) => "contains",
            Self::AtLeast(_) => "at_least",
            Self::AtMost(_) => "at_most",
            Self::MoreThan(_) => "more_than",
            Self::LessThan(_) => "less_than",
            Self::Before(_) => "before",
            Self::After(_) => "after",
            Self::WithinDays(_) => "within_days",
            Self::Exists(_) => "exists",
        }
    }

    /// What it compares with.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted::One(match self {
            Self::In(values) => return Wanted::Many(values.clone()),
            Self::Is(value) | Self::IsNot(value) => value.clone(),
            Self::Contains(text) => Attribute::Text(text.clone()),
            Self::AtLeast(number)
            | Self::AtMost(number)
            | Self::MoreThan(number)
            | Self::LessThan(number) => Attribute::Number(*number),
            Self::Before(moment) | Self::After(moment) => Attribute::Text(moment.text.clone()),
            Self::WithinDays(days) => Attribute::Number(f64::from(*days)),
            Self::Exists(flag) => Attribute::Flag(*flag),
        })
    }

    /// The answer, where `found` is what a member has.
    #[must_use]
    pub(super) fn holds(&self, found: Option<&Attribute>, now: DateTime<Utc>) -> bool {
        let Some(found) = found else { return *self == Self::Exists(false) };
        let text = |asks: &dyn Fn(&str) -> bool| matches!(found, Attribute::Text(text) if asks(text));
        let number = |asks: &dyn Fn(f64) -> bool| matches!(found, Attribute::Number(number) if asks(*number));
        let moment = |asks: &dyn Fn(DateTime<Utc>) -> bool| {
            text(&|text| Moment::try_from(text).is_ok_and(|moment| asks(moment.at)))
        };
        match self {
            Self::Is(wanted) => found == wanted,
            // Of the same kind and different: a number is not said to be no text.
            Self::IsNot(wanted) => {
                found != wanted && std::mem::discriminant(found) == std::mem::discriminant(wanted)
            }
            Self::In(wanted) => wanted.contains(found),
            Self::Contains(part) => text(&|text| text.contains(part)),
            Self::AtLeast(least) => number(&|number| number >= *least),
            Self::AtMost(most) => number(&|number| number <= *most),
            Self::MoreThan(bound) => number(&|number| number > *bound),
            Self::LessThan(bound) => number(&|number| number < *bound),
            Self::Before(wanted) => moment(&|at| at < wanted.at),
            Self::After(wanted) => moment(&|at| at >= wanted.at),
            Self::WithinDays(days) => {
                let since = now - TimeDelta::days(i64::from(*days));
                moment(&|at| since <= at && at <= now)
            }
            Self::Exists(wanted) => *wanted,
        }
    }
}

fn values(wanted: Wanted) -> Result<Vec<Attribute>, Fault> {
    match wanted {
        Wanted::Many(values) if values.len() > MOST_VALUES => Err(Fault::TooMany { most: MOST_VALUES }),
        Wanted::Many(values) if !values.is_empty() => values.iter().map(clean_value).collect(),
        _ => Err(Fault::NotA("list of values")),
    }
}

fn number(value: Attribute) -> Result<f64, Fault> {
    match value {
        Attribute::Number(number) => Ok(number),
        _ => Err(Fault::NotA("number")),
    }
}

fn moment(value: Attribute) -> Result<Moment, Fault> {
    match value {
        Attribute::Text(text) => Moment::try_from(&*text),
        _ => Err(Fault::NotA("date or time")),
    }
}

fn days(number: f64) -> Result<u32, Fault> {
    let days = number as u32;
    match f64::from(days) == number && (1..=MOST_DAYS).contains(&days) {
        true => Ok(days),
        false => Err(Fault::NotA("number of days from 1 to 36500")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Attribute {
        Attribute::Text(text.to_owned())
    }

    fn one(value: Attribute) -> Wanted {
        Wanted::One(value)
    }

    #[test]
    fn each_question_holds_for_what_it_says() {
        let now = DateTime::parse_from_rfc3339("2026-11-22T00:00:00Z").unwrap().to_utc();
        let number = Attribute::Number;
        #[rustfmt::skip]
        let table = [
            // op, wanted, values it holds for, values it does not
            ("is", one(text("gold")), vec![text("gold")], vec![text("Gold"), number(1.0)]),
            ("is", one(number(12.0)), vec![number(12.0)], vec![number(12.5), text("12")]),
            ("is_not", one(text("gold")), vec![text("iron")], vec![text("gold"), number(1.0), Attribute::Flag(true)]),
            ("in", Wanted::Many(vec![text("a"), number(1.0)]), vec![text("a"), number(1.0)], vec![text("b"), Attribute::Flag(true)]),
            ("contains", one(text("강남")), vec![text("서울 강남구")], vec![text("서울"), number(1.0)]),
            ("at_least", one(number(10.0)), vec![number(10.0), number(11.0)], vec![number(9.9), text("11")]),
            ("at_most", one(number(10.0)), vec![number(10.0), number(-1.0)], vec![number(10.1)]),
            ("more_than", one(number(10.0)), vec![number(10.1)], vec![number(10.0)]),
            ("less_than", one(number(10.0)), vec![number(9.9)], vec![number(10.0)]),
            // A day begins in Korea nine hours before it does in UTC.
            ("before", one(text("2026-01-01")), vec![text("2025-12-31"), text("2025-12-31T14:59:59Z")], vec![text("2026-01-01"), text("2025-12-31T15:00:00Z"), text("soon")]),
            ("after", one(text("2026-01-01T00:00:00+09:00")), vec![text("2026-01-01"), text("2027-05-05")], vec![text("2025-12-31"), number(2027.0)]),
            ("within_days", one(number(30.0)), vec![text("2026-11-22T00:00:00Z"), text("2026-10-23T00:00:00Z")], vec![text("2026-11-22T00:00:01Z"), text("2026-10-22T23:59:59Z")]),
            ("exists", one(Attribute::Flag(true)), vec![text(""), Attribute::Flag(false)], vec![]),
            ("exists", one(Attribute::Flag(false)), vec![], vec![text("")]),
        ];
        for (op, wanted, holds, fails) in table {
            let test = Test::of(op, wanted.clone()).unwrap();
            assert_eq!((test.op(), test.wanted()), (op, wanted));
            for value in &holds {
                assert!(test.holds(Some(value), now), "{op} {test:?}: {value:?}");
            }
            for value in &fails {
                assert!(!test.holds(Some(value), now), "{op} {test:?}: {value:?}");
            }
            // Of what is not there, only its absence holds.
            assert_eq!(test.holds(None, now), test == Test::Exists(false), "{op}");
        }
    }

    #[test]
    fn a_question_compares_with_what_fits_it() {
        for (op, wanted) in [
            ("is", Wanted::Many(vec![text("a")])),
            ("in", one(text("a"))),
            ("in", Wanted::Many(Vec::new())),
            ("in", Wanted::Many(vec![text("a"); 51])),
            ("contains", one(Attribute::Number(1.0))),
            ("contains", one(text(" "))),
            ("at_least", one(text("10"))),
            ("before", one(text("01/02/2026"))),
            ("after", one(Attribute::Number(2026.0))),
            ("within_days", one(Attribute::Number(0.5))),
            ("within_days", one(Attribute::Number(-3.0))),
            ("within_days", one(Attribute::Number(40_000.0))),
            ("exists", one(text("yes"))),
            ("is", one(text("a\nb"))),
            ("like", one(text("a"))),
        ] {
            assert!(Test::of(op, wanted.clone()).is_err(), "{op} {wanted:?}");
        }
    }
}
