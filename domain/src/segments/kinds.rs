//! What members have under a name: which kinds of value, so that a question nobody could answer is noticed.

use super::test::{Moment, Test};
use crate::members::Attribute;

/// Which kinds of value members have under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds {
    pub text: bool,
    pub number: bool,
    pub flag: bool,
    /// Some text is a date.
    pub date: bool,
}

impl Kinds {
    pub fn add(&mut self, value: &Attribute) {
        match value {
            Attribute::Text(text) => {
                self.text = true;
                self.date = self.date || Moment::try_from(&**text).is_ok();
            }
            Attribute::Number(_) => self.number = true,
            Attribute::Flag(_) => self.flag = true,
        }
    }

    fn has(self, value: &Attribute) -> bool {
        match value {
            Attribute::Text(_) => self.text,
            Attribute::Number(_) => self.number,
            Attribute::Flag(_) => self.flag,
        }
    }

    /// Whether the question can hold for some value of these kinds.
    pub(super) fn fits(self, test: &Test) -> bool {
        match test {
            Test::Is(value) | Test::IsNot(value) => self.has(value),
            Test::In(values) => values.iter().all(|value| self.has(value)),
            Test::Contains(_) => self.text,
            Test::AtLeast(_) | Test::AtMost(_) | Test::MoreThan(_) | Test::LessThan(_) => self.number,
            Test::Before(_) | Test::After(_) | Test::WithinDays(_) => self.date,
            Test::Exists(_) => true,
        }
    }
}
