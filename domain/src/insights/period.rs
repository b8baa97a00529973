//! The days that numbers are told of.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Utc};

use crate::{calendar, text::Fault};

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
