//! Reminders of a report: on which days, at which hours, and of which deliveries.

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use uuid::Uuid;

use super::terms::Terms;
use crate::{
    ApplicationId,
    calendar::{midnight, seoul},
    digest,
    id::Id,
};

/// Days from the one on which the report is due; those before it are negative.
const DAYS: [i64; 5] = [-7, -3, -1, 1, 3];
/// The hours of Seoul in which people are reminded, by courtesy: from the first, until the last.
const HOURS: std::ops::Range<u32> = 8..21;

/// Those who are reminded today because their product came on a day: deliveries from a moment until another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Days from the one on which the report is due.
    pub day: i64,
    pub delivered_from: DateTime<Utc>,
    pub delivered_until: DateTime<Utc>,
}

/// Who is reminded at a moment; nobody at night. A day that has passed is in none, so what was not said on it is never said.
#[must_use]
pub fn rounds(terms: &Terms, now: DateTime<Utc>) -> Vec<Round> {
    let local = seoul(now);
    if !HOURS.contains(&local.hour()) {
        return Vec::new();
    }
    let lasts = i64::from(terms.schedule.trial_days + terms.schedule.report_days);
    // Seoul has no summer time, so what is due in so many days is due in so many days of the calendar.
    let round = |day: i64| {
        let delivered = local.date() - TimeDelta::days(day + lasts);
        let delivered_from = midnight(delivered);
        Round { day, delivered_from, delivered_until: delivered_from + TimeDelta::days(1) }
    };
    DAYS.map(round).into()
}

/// The id of a reminder: the same whoever makes it and however often, so that nobody is reminded twice.
#[must_use]
pub fn id(application: ApplicationId, day: i64, now: DateTime<Utc>) -> Uuid {
    let (today, application) = (seoul(now).date(), application.uuid());
    let parts: [&[u8]; 3] = [b"reminder", application.as_bytes(), &day.to_be_bytes()];
    let mut chance = [0; 10];
    chance.copy_from_slice(&digest::of(&parts)[..10]);
    Id::<Round>::new(midnight(today) + TimeDelta::hours(HOURS.start.into()), chance).uuid()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Fourteen days to try and seven to tell.
    fn terms() -> Terms {
        let at = |day: u32| format!("2026-12-{day}T00:00:00Z");
        let schedule = json!({
            "opens_at": at(10), "closes_at": at(11), "announce_at": at(12), "confirm_by": at(13),
            "trial_days": 14, "report_days": 7,
        });
        serde_json::from_value(json!({
            "title": "t", "product": "p", "contact": "c", "seats": 1, "method": "manual", "rules": "r", "disclosure": "d",
            "schedule": schedule,
        }))
        .unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_is_reminded_at_night() {
        let awake = |text: &str| !rounds(&terms(), at(text)).is_empty();
        // 07:59, 08:00, 20:59 and 21:00 in Seoul.
        let hours =
            ["2027-01-10T22:59:59Z", "2027-01-10T23:00:00Z", "2027-01-11T11:59:59Z", "2027-01-11T12:00:00Z"];
        assert_eq!(hours.map(awake), [false, true, true, false]);
    }

    #[test]
    fn a_day_of_seoul_is_reminded_of_by_its_deliveries() {
        // Delivered on 1 January at 00:30 and at 23:30 in Seoul: due on the 22nd, 14 and 7 days later.
        let delivered = [at("2026-12-31T15:30:00Z"), at("2027-01-01T14:30:00Z")];
        let reminded = |now: &str| -> Vec<i64> {
            let found = rounds(&terms(), at(now)).into_iter().filter(|round| {
                delivered.iter().all(|at| (round.delivered_from..round.delivered_until).contains(at))
            });
            found.map(|round| round.day).collect()
        };
        let days = (10..=28).map(|day| (day, reminded(&format!("2027-01-{day}T05:00:00Z"))));
        let days: Vec<(u32, Vec<i64>)> = days.filter(|(_, found)| !found.is_empty()).collect();
        assert_eq!(days, [(15, vec![-7]), (19, vec![-3]), (21, vec![-1]), (23, vec![1]), (25, vec![3])]);
    }

    #[test]
    fn a_reminder_is_the_same_all_day_and_another_on_each_day() {
        let application = ApplicationId::new(at("2027-01-01T00:00:00Z"), [7; 10]);
        let morning = id(application, -7, at("2027-01-15T00:00:00Z"));
        assert_eq!(morning, id(application, -7, at("2027-01-15T11:00:00Z")));
        assert_ne!(morning, id(application, -3, at("2027-01-19T00:00:00Z")));
        assert_ne!(
            morning,
            id(ApplicationId::new(at("2027-01-01T00:00:00Z"), [8; 10]), -7, at("2027-01-15T00:00:00Z"))
        );
    }
}
