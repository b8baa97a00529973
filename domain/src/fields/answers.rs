//! Answers: what a person sent, made into what the field asks for, or why it cannot be.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::{ChoiceKey, Field, Kind, MOST_CHOICES};
use crate::{
    FieldId, Refusal,
    text::{Fault, Lines, clean},
};

/// A value as it came, before the field has been asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    Text(String),
    Number(f64),
    Flag(bool),
    Many(Vec<String>),
    /// What is an answer to no field.
    Other,
}

/// What was sent, by the keys of fields; none is a field to be left empty.
pub type Sent = BTreeMap<String, Option<Given>>;

/// An answer that fits its field.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// 1–1,000 characters.
    Text(String),
    /// Finite.
    Number(f64),
    Choice(ChoiceKey),
    /// At least one, each once, in the order given.
    Choices(Vec<ChoiceKey>),
    /// Of the years 1–9999.
    Date(NaiveDate),
    YesNo(bool),
}

impl Answer {
    /// The most characters of a text.
    pub const MOST: usize = 1_000;
}

/// A value that does not fit, by the key it was sent under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub key: String,
    pub why: Why,
}

/// Why a value does not fit its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The board does not ask for it.
    Unknown,
    /// It is a value of another type; the word says what was wanted.
    Type(&'static str),
    Meaning(Fault),
}

/// Which fields are to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// All: with a new idea, what is required must be there.
    All,
    /// Those that were sent: what is left out stays as it is.
    Sent,
}

/// What becomes of the answers to the fields a board asks; none is taken back, which no first answer is.
///
/// # Errors
/// [`Refusal::Answers`] with everything that does not fit.
pub fn answers(
    fields: &[Field],
    sent: &Sent,
    asked: Asked,
) -> Result<Vec<(FieldId, Option<Answer>)>, Refusal> {
    let is_asked = |key: &String| fields.iter().any(|field| field.key.as_str() == key);
    let unknown = sent.keys().filter(|key| !is_asked(key));
    let mut misfits: Vec<Misfit> =
        unknown.map(|key| Misfit { key: key.clone(), why: Why::Unknown }).collect();
    let mut fitting = Vec::new();
    for field in fields {
        let given = sent.get(field.key.as_str());
        if given.is_none() && asked == Asked::Sent {
            continue;
        }
        let answer = given.and_then(Option::as_ref).map_or(Ok(None), |given| field.answer(given));
        let why = match answer {
            Ok(None) if field.required => Why::Meaning(Fault::Required),
            Ok(None) if asked == Asked::All => continue,
            Ok(answer) => {
                fitting.push((field.id, answer));
                continue;
            }
            Err(why) => why,
        };
        misfits.push(Misfit { key: field.key.to_string(), why });
    }
    if misfits.is_empty() { Ok(fitting) } else { Err(Refusal::Answers(misfits)) }
}

impl Field {
    /// What a value answers; an empty list answers nothing.
    ///
    /// # Errors
    /// [`Why`] it does not fit.
    pub fn answer(&self, given: &Given) -> Result<Option<Answer>, Why> {
        match (self.kind, given) {
            (Kind::Text, Given::Text(text)) => {
                let text = clean(text, 1, Answer::MOST, Lines::Many).map_err(Why::Meaning)?;
                Ok(Some(Answer::Text(text)))
            }
            (Kind::Number, Given::Number(number)) if number.is_finite() => Ok(Some(Answer::Number(*number))),
            (Kind::Choice, Given::Text(text)) => Ok(Some(Answer::Choice(self.choice(text)?))),
            (Kind::Choices, Given::Many(texts)) => self.some_of(texts),
            (Kind::Date, Given::Text(text)) => {
                let date = date(text).ok_or(Why::Meaning(Fault::NotA(DATE)))?;
                Ok(Some(Answer::Date(date)))
            }
            (Kind::YesNo, Given::Flag(flag)) => Ok(Some(Answer::YesNo(*flag))),
            (Kind::Text, _) => Err(Why::Type("a text")),
            (Kind::Number, _) => Err(Why::Type("a number")),
            (Kind::Choice, _) => Err(Why::Type("the key of a choice")),
            (Kind::Choices, _) => Err(Why::Type("a list of the keys of choices")),
            (Kind::Date, _) => Err(Why::Type("a date as a text")),
            (Kind::YesNo, _) => Err(Why::Type("true or false")),
        }
    }

    /// The choice of this key.
    pub(super) fn choice(&self, text: &str) -> Result<ChoiceKey, Why> {
        let found = self.choices.iter().find(|choice| choice.key.as_str() == text);
        found.map(|choice| choice.key.clone()).ok_or(Why::Meaning(Fault::NotA("choice of the field")))
    }

    fn some_of(&self, texts: &[String]) -> Result<Option<Answer>, Why> {
        if texts.len() > MOST_CHOICES {
            return Err(Why::Meaning(Fault::TooMany { most: MOST_CHOICES }));
        }
        let mut keys = Vec::with_capacity(texts.len());
        for text in texts {
            let key = self.choice(text)?;
            if keys.contains(&key) {
                return Err(Why::Meaning(Fault::NotA("list of different choices")));
            }
            keys.push(key);
        }
        Ok(Some(keys).filter(|keys| !keys.is_empty()).map(Answer::Choices))
    }
}

pub(super) const DATE: &str = "date like 2026-11-22";

/// A day as `YYYY-MM-DD`, of the years 1–9999.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    // The length alone keeps out what the format would take besides: signs, blanks, fewer digits.
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| plain)?;
    (1..=9_999).contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::tests::{choice, field};

    fn text(text: &str) -> Given {
        Given::Text(text.to_owned())
    }

    fn many(texts: &[&str]) -> Given {
        Given::Many(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    fn fault<T>(form: &'static str) -> Result<T, Why> {
        Err(Why::Meaning(Fault::NotA(form)))
    }

    #[test]
    fn each_kind_takes_its_own_values_and_no_others() {
        let (app, web) = (choice("app").key, choice("web").key);
        let day = |y, m, d| Some(Answer::Date(NaiveDate::from_ymd_opt(y, m, d).unwrap()));
        let good = [
            (Kind::Text, text(" 매일\r\n아침 "), Some(Answer::Text("매일\n아침".to_owned()))),
            (Kind::Text, text(&"가".repeat(1_000)), Some(Answer::Text("가".repeat(1_000)))),
            (Kind::Number, Given::Number(-1.5), Some(Answer::Number(-1.5))),
            (Kind::Choice, text("app"), Some(Answer::Choice(app.clone()))),
            (Kind::Choices, many(&["web", "app"]), Some(Answer::Choices(vec![web, app]))),
            (Kind::Choices, many(&[]), None),
            (Kind::Date, text("2024-02-29"), day(2024, 2, 29)),
            (Kind::YesNo, Given::Flag(false), Some(Answer::YesNo(false))),
        ];
        for (kind, given, answer) in good {
            assert_eq!(field("x", kind).answer(&given), Ok(answer), "{kind:?} {given:?}");
        }
        let bad = [
            (Kind::Text, text(" "), Err(Why::Meaning(Fault::TooShort { least: 1 }))),
            (Kind::Text, text(&"가".repeat(1_001)), Err(Why::Meaning(Fault::TooLong { most: 1_000 }))),
            (Kind::Text, text("a\0"), Err(Why::Meaning(Fault::ControlCharacter))),
            (Kind::Number, Given::Number(f64::NAN), Err(Why::Type("a number"))),
            (Kind::Number, text("1"), Err(Why::Type("a number"))),
            (Kind::Choice, text("App"), fault("choice of the field")),
            (Kind::Choice, many(&["app"]), Err(Why::Type("the key of a choice"))),
            (Kind::Choices, text("app"), Err(Why::Type("a list of the keys of choices"))),
            (Kind::Choices, many(&["app", "tv"]), fault("choice of the field")),
            (Kind::Choices, many(&["app", "app"]), fault("list of different choices")),
            (Kind::Choices, many(&["app"; 51]), Err(Why::Meaning(Fault::TooMany { most: 50 }))),
            (Kind::YesNo, text("true"), Err(Why::Type("true or false"))),
        ];
        for (kind, given, why) in bad {
            assert_eq!(field("x", kind).answer(&given), why, "{kind:?} {given:?}");
        }
        for bad in
            ["2023-02-29", "2024-2-29", "+2024-02-9", "0000-01-01", "10000-01-01", "오늘", "2024-02-29Z"]
        {
            assert_eq!(field("x", Kind::Date).answer(&text(bad)), fault(DATE), "{bad}");
        }
        for kind in Kind::ALL {
            assert!(matches!(field("x", kind).answer(&Given::Other), Err(Why::Type(_))), "{kind:?}");
        }
    }

    #[test]
    fn what_is_required_must_be_there_at_first_and_may_not_be_taken_back() {
        let needed = Field { required: true, ..field("where", Kind::Text) };
        let free = field("often", Kind::Number);
        let fields = [needed.clone(), free.clone()];
        let sent = |pairs: &[(&str, Option<Given>)]| -> Sent {
            pairs.iter().map(|(key, given)| ((*key).to_owned(), given.clone())).collect()
        };
        let refused = |key: &str, why| Err(Refusal::Answers(vec![Misfit { key: key.to_owned(), why }]));
        let required = || refused("where", Why::Meaning(Fault::Required));
        assert_eq!(answers(&fields, &sent(&[]), Asked::All), required());
        assert_eq!(answers(&fields, &sent(&[]), Asked::Sent), Ok(vec![]));
        for asked in [Asked::All, Asked::Sent] {
            assert_eq!(answers(&fields, &sent(&[("where", None)]), asked), required());
            let both = sent(&[("where", Some(text("집"))), ("often", None)]);
            let mut expected = vec![(needed.id, Some(Answer::Text("집".to_owned())))];
            expected.extend((asked == Asked::Sent).then_some((free.id, None)));
            assert_eq!(answers(&fields, &both, asked), Ok(expected));
            let odd = sent(&[("where", Some(text("집"))), ("colour", None)]);
            assert_eq!(answers(&fields, &odd, asked), refused("colour", Why::Unknown));
        }
        // Everything that does not fit is named at once.
        let all_wrong = sent(&[("often", Some(text("x"))), ("?", Some(Given::Other))]);
        let Err(Refusal::Answers(misfits)) = answers(&fields, &all_wrong, Asked::All) else { panic!() };
        let keys: Vec<&str> = misfits.iter().map(|misfit| &*misfit.key).collect();
        assert_eq!(keys, ["?", "where", "often"]);
    }
}
