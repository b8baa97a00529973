//! What a list asks of the answers: which choice, from where to where, or that there is one.

use chrono::NaiveDate;

use super::{
    ChoiceKey, Field, Kind,
    answers::{DATE, Why, date},
};
use crate::text::Fault;

/// What an answer must be to be listed.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Whatever it is.
    Answered,
    /// This choice, or this among others.
    Choice(ChoiceKey),
    /// A number from and up to these, both inclusive. Yes is 1, no is 0.
    Number { least: Option<f64>, most: Option<f64> },
    /// A day from and up to these, both inclusive.
    Day { first: Option<NaiveDate>, last: Option<NaiveDate> },
}

impl Field {
    /// The condition in words: none is any answer; else the key of a choice, `true` or `false`, a number or a day, or a
    /// range of these: `3..5`, `3..`, `..5`.
    ///
    /// # Errors
    /// [`Fault`] when it is no condition for this kind; a text can only be asked for as answered.
    pub fn wanted(&self, text: Option<&str>) -> Result<Wanted, Fault> {
        let Some(text) = text else { return Ok(Wanted::Answered) };
        match self.kind {
            Kind::Text => Err(Fault::NotA("condition: a text is answered or not")),
            Kind::Choice | Kind::Choices => match self.choice(text) {
                Ok(key) => Ok(Wanted::Choice(key)),
                Err(Why::Meaning(fault)) => Err(fault),
                Err(Why::Unknown | Why::Type(_)) => Err(Fault::NotA("choice of the field")),
            },
            Kind::YesNo => match text {
                "true" => Ok(Wanted::Number { least: Some(1.0), most: Some(1.0) }),
                "false" => Ok(Wanted::Number { least: Some(0.0), most: Some(0.0) }),
                _ => Err(Fault::NotA("true or false")),
            },
            Kind::Number => {
                let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
                let (least, most) = range(text, number).ok_or(Fault::NotA("number, or range like 3..5"))?;
                Ok(Wanted::Number { least, most })
            }
            Kind::Date => {
                let (first, last) = range(text, date).ok_or(Fault::NotA(DATE))?;
                Ok(Wanted::Day { first, last })
            }
        }
    }
}

/// One value is a range of itself. At least one end must be there.
fn range<T: Copy>(text: &str, value: impl Fn(&str) -> Option<T>) -> Option<(Option<T>, Option<T>)> {
    let Some((from, to)) = text.split_once("..") else {
        let only = value(text)?;
        return Some((Some(only), Some(only)));
    };
    let end = |text: &str| if text.is_empty() { Some(None) } else { value(text).map(Some) };
    match (end(from)?, end(to)?) {
        (None, None) => None,
        ends => Some(ends),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::tests::{choice, field};

    #[test]
    fn each_kind_is_asked_for_in_its_own_way() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d);
        let number = |least, most| Wanted::Number { least, most };
        let table = [
            (Kind::Choice, "app", Wanted::Choice(choice("app").key)),
            (Kind::Choices, "web", Wanted::Choice(choice("web").key)),
            (Kind::YesNo, "true", number(Some(1.0), Some(1.0))),
            (Kind::YesNo, "false", number(Some(0.0), Some(0.0))),
            (Kind::Number, "3", number(Some(3.0), Some(3.0))),
            (Kind::Number, "-3.5..4", number(Some(-3.5), Some(4.0))),
            (Kind::Number, "3..", number(Some(3.0), None)),
            (Kind::Number, "..3", number(None, Some(3.0))),
            (Kind::Date, "2026-11-22", Wanted::Day { first: day(22), last: day(22) }),
            (Kind::Date, "2026-11-01..", Wanted::Day { first: day(1), last: None }),
        ];
        for (kind, text, wanted) in table {
            assert_eq!(field("x", kind).wanted(Some(text)), Ok(wanted), "{kind:?} {text}");
        }
        for kind in Kind::ALL {
            assert_eq!(field("x", kind).wanted(None), Ok(Wanted::Answered));
            for bad in ["", "..", "tv", "1..2..3", "nan", "inf..", "2026-11-31", "1..x"] {
                assert!(field("x", kind).wanted(Some(bad)).is_err(), "{kind:?} {bad}");
            }
        }
        assert!(field("x", Kind::Text).wanted(Some("집")).is_err());
    }
}
