//! The promise of an answer: working hours, holidays and days.

use std::fs;

use domain::{
    calendar::{Calendar, Hours, holidays},
    insights::Promise,
};

use super::{BadSetting, Variables, not};

impl Variables<'_> {
    pub(super) fn promise(&self) -> Result<Promise, BadSetting> {
        let usual = Promise::default();
        let hours = self.text("MADANG_BUSINESS_HOURS").map(|text| {
            Hours::try_from(text).map_err(|_| not("MADANG_BUSINESS_HOURS", "hours like 09:00-18:00", text))
        });
        let holidays = self.text("MADANG_HOLIDAYS").map(|file| {
            let bad =
                |why: String| BadSetting::Value { name: "MADANG_HOLIDAYS", why: format!("{file}: {why}") };
            let text = fs::read_to_string(file).map_err(|error| bad(error.to_string()))?;
            holidays(&text).map_err(|error| bad(error.to_string()))
        });
        let days = self.text("MADANG_PROMISED_DAYS").map(|text| {
            let days = text.parse().ok().filter(|days| (1..=365).contains(days));
            days.ok_or_else(|| not("MADANG_PROMISED_DAYS", "a number from 1 to 365", text))
        });
        Ok(Promise {
            calendar: Calendar::new(
                hours.transpose()?.unwrap_or_default(),
                holidays.transpose()?.unwrap_or_default(),
            ),
            days: days.transpose()?.unwrap_or(usual.days),
        })
    }
}
