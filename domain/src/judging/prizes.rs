//! What a winner is paid and what is withheld, in won. Nothing here is advice: rates are settings with a date.

mod split;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::split::{Missplit, WHOLE, evenly, split};
use crate::text::Fault;

/// The greatest value of a prize, in won.
pub const PRIZE_MOST: u64 = 1_000_000_000_000;

/// What a prize is in the eyes of the tax office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Many competed for rank (Income Tax Act Decree art. 87 (1) (a)).
    ContestPrize,
    /// Won by lot (Income Tax Act art. 84).
    LotteryPrize,
    /// Paid for a single piece of work (Decree art. 87 (1-2)).
    ServiceFee,
}

/// What is withheld from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    pub from: NaiveDate,
    /// When somebody has to look whether the law has moved.
    pub review_by: NaiveDate,
    /// How many percent of a prize count as what it cost to win it.
    pub contest_expense: u64,
    pub lottery_expense: u64,
    pub service_expense: u64,
    /// Percent of the income: the prize less that expense.
    pub income_tax: u64,
    /// Percent of the income tax.
    pub local_tax: u64,
    /// Incomes up to this are not taxed, in won.
    pub untaxed: u64,
    /// An income tax below this is not collected, in won.
    pub least_collected: u64,
    /// Taxes are cut to a whole number of these, in won.
    pub unit: u64,
}

/// What is withheld from one payment, in won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    pub prize: u64,
    /// The prize less the deemed expense.
    pub income: u64,
    pub income_tax: u64,
    pub local_tax: u64,
    pub paid: u64,
}

/// Rates by date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table(Vec<Rates>);

/// Why there is nothing to withhold by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("no rates hold on that day")]
    Undated,
    #[error("a prize is up to {PRIZE_MOST} won")]
    Prize,
}

impl Table {
    /// The most rates.
    pub const MOST: usize = 50;

    /// # Errors
    /// Where and why they are none: no rates hold today, a number is out of its range, or two begin on one day.
    pub fn of(mut rates: Vec<Rates>, today: NaiveDate) -> Result<Self, (String, Fault)> {
        for (nth, one) in rates.iter().enumerate() {
            one.check().map_err(|(name, fault)| (format!("/rates/{nth}/{name}"), fault))?;
            if rates[..nth].iter().any(|other| other.from == one.from) {
                return Err((format!("/rates/{nth}/from"), Fault::NotA("day that is not there yet")));
            }
        }
        rates.sort_by_key(|rates| rates.from);
        match rates.len() {
            many if many > Self::MOST => Err(("/rates".to_owned(), Fault::TooMany { most: Self::MOST })),
            _ if rates.first().is_none_or(|first| first.from > today) => {
                Err(("/rates".to_owned(), Fault::NotA("table with rates that hold today")))
            }
            _ => Ok(Self(rates)),
        }
    }

    /// The first day first.
    #[must_use]
    pub fn rates(&self) -> &[Rates] {
        &self.0
    }

    /// The rates of a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&Rates> {
        self.0.iter().rfind(|rates| rates.from <= day)
    }

    /// What is withheld from a prize paid on a day.
    ///
    /// # Errors
    /// [`Unfit::Undated`] and [`Unfit::Prize`].
    pub fn withhold(&self, category: Category, prize: u64, day: NaiveDate) -> Result<Withheld, Unfit> {
        self.on(day).ok_or(Unfit::Undated)?.withhold(category, prize)
    }
}

impl Default for Table {
    /// As they stand in field notes of 2026, with a year until they are looked at again.
    fn default() -> Self {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        Self(vec![Rates {
            from: day(2019, 1, 1),
            review_by: day(2027, 1, 1),
            contest_expense: 80,
            lottery_expense: 0,
            service_expense: 60,
            income_tax: 20,
            local_tax: 10,
            untaxed: 50_000,
            least_collected: 1_000,
            unit: 10,
        }])
    }
}

impl Rates {
    /// The name and fault of a number that is out of its range.
    fn check(&self) -> Result<(), (&'static str, Fault)> {
        let ranges = [
            ("contest_expense", self.contest_expense, 0..=100),
            ("lottery_expense", self.lottery_expense, 0..=100),
            ("service_expense", self.service_expense, 0..=100),
            ("income_tax", self.income_tax, 0..=100),
            ("local_tax", self.local_tax, 0..=100),
            ("untaxed", self.untaxed, 0..=PRIZE_MOST),
            ("least_collected", self.least_collected, 0..=PRIZE_MOST),
            ("unit", self.unit, 1..=PRIZE_MOST),
        ];
        let odd = ranges.into_iter().find(|(_, number, range)| !range.contains(number));
        odd.map_or(Ok(()), |(name, ..)| Err((name, Fault::NotA("number in its range"))))
    }

    /// Whether the day has passed by which somebody was to look at them again.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        today > self.review_by
    }

    /// What is withheld from a prize.
    ///
    /// # Errors
    /// [`Unfit::Prize`].
    pub fn withhold(&self, category: Category, prize: u64) -> Result<Withheld, Unfit> {
        if prize > PRIZE_MOST {
            return Err(Unfit::Prize);
        }
        let expense = match category {
            Category::ContestPrize => self.contest_expense,
            Category::LotteryPrize => self.lottery_expense,
            Category::ServiceFee => self.service_expense,
        };
        let cut = |won: u64| won / self.unit * self.unit;
        let income = prize - prize * expense / 100;
        let tax = if income <= self.untaxed { 0 } else { cut(income * self.income_tax / 100) };
        let income_tax = if tax < self.least_collected { 0 } else { tax };
        let local_tax = cut(income_tax * self.local_tax / 100);
        // With the greatest percentages the two are more than there is.
        let paid = prize.saturating_sub(income_tax + local_tax);
        Ok(Withheld { prize, income, income_tax, local_tax, paid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    /// Income tax and local tax of a prize.
    fn taxes(category: Category, prize: u64) -> (u64, u64) {
        let withheld = Table::default().withhold(category, prize, today()).unwrap();
        assert_eq!(withheld.paid + withheld.income_tax + withheld.local_tax, prize);
        (withheld.income_tax, withheld.local_tax)
    }

    #[test]
    fn the_worked_numbers_come_out() {
        assert_eq!(taxes(Category::LotteryPrize, 60_000), (12_000, 1_200));
        assert_eq!(taxes(Category::ContestPrize, 1_000_000), (40_000, 4_000));
        assert_eq!(taxes(Category::ContestPrize, 250_000), (0, 0));
        assert_eq!(taxes(Category::ServiceFee, 130_000), (10_400, 1_040));
        let withheld = Table::default().withhold(Category::ContestPrize, 1_000_000, today()).unwrap();
        assert_eq!((withheld.income, withheld.paid), (200_000, 956_000));
    }

    #[test]
    fn a_prize_is_taxed_from_the_first_won_above_what_is_untaxed() {
        // 250,001 less 80 % is 50,001: 10,000.2, cut to 10,000.
        assert_eq!(taxes(Category::ContestPrize, 250_001), (10_000, 1_000));
        assert_eq!(taxes(Category::LotteryPrize, 50_000), (0, 0));
        assert_eq!(taxes(Category::LotteryPrize, 50_001), (10_000, 1_000));
        assert_eq!(taxes(Category::ServiceFee, 125_000), (0, 0));
        assert_eq!(taxes(Category::ServiceFee, 125_001), (10_000, 1_000));
        assert_eq!(taxes(Category::LotteryPrize, 0), (0, 0));
        // 20 % of 50,099 are 10,019.8, and a tenth of 10,010 is 1,001.
        assert_eq!(taxes(Category::LotteryPrize, 50_099), (10_010, 1_000));
        let withheld = Table::default().withhold(Category::LotteryPrize, PRIZE_MOST, today());
        assert_eq!(withheld.unwrap().income_tax, PRIZE_MOST / 5);
        let above = Table::default().withhold(Category::LotteryPrize, PRIZE_MOST + 1, today());
        assert_eq!(above, Err(Unfit::Prize));
    }

    #[test]
    fn rates_hold_from_their_day_and_small_taxes_are_not_collected() {
        let first = Table::default().on(today()).unwrap().clone();
        let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        let next = Rates { from: new_year, untaxed: 0, income_tax: 10, ..first.clone() };
        let table = Table::of(vec![next.clone(), first.clone()], today()).unwrap();
        assert_eq!(table.withhold(Category::LotteryPrize, 9_990, today()).unwrap().paid, 9_990);
        let day_before = new_year.pred_opt().unwrap();
        assert_eq!(table.on(day_before), Some(&first));
        assert_eq!(table.on(new_year), Some(&next));
        // A tenth of 9,999 is 999, which is cut to 990 and not collected; of 10,000 it is.
        assert_eq!(table.withhold(Category::LotteryPrize, 9_999, new_year).unwrap().paid, 9_999);
        assert_eq!(table.withhold(Category::LotteryPrize, 10_000, new_year).unwrap().income_tax, 1_000);
        let before = NaiveDate::from_ymd_opt(2018, 12, 31).unwrap();
        assert_eq!(table.withhold(Category::LotteryPrize, 1, before), Err(Unfit::Undated));
        for (odd, pointer) in [
            (vec![], "/rates"),
            (vec![next.clone()], "/rates"),
            (vec![first.clone(); Table::MOST + 1], "/rates/1/from"),
            (vec![first.clone(), Rates { unit: 0, ..next.clone() }], "/rates/1/unit"),
            (vec![Rates { service_expense: 101, ..first.clone() }], "/rates/0/service_expense"),
            (vec![Rates { untaxed: PRIZE_MOST + 1, ..first.clone() }], "/rates/0/untaxed"),
        ] {
            assert_eq!(Table::of(odd, today()).unwrap_err().0, pointer);
        }
        assert!(!first.is_overdue(new_year) && first.is_overdue(new_year.succ_opt().unwrap()));
    }
}
