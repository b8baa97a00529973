//! Seats that somebody leaves: what becomes of them, who hears of it, and how long whoever is next has to confirm.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Panel, applications::Application};
use crate::MemberId;

/// Hours that whoever has a seat has to confirm it, at least.
const HOURS_TO_CONFIRM: i64 = 48;

/// What becomes of a seat that somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Whoever has it now can confirm it, and is told.
    Taken(MemberId),
    /// Whoever has it now cannot confirm it yet, and hears of it with the result.
    TakenEarly,
    /// It fell to somebody who was forgotten. They wait no more, and nobody is kept waiting for them.
    PassedOn,
    /// Nobody could take it; staff are told.
    Empty,
    /// Nobody waits, and the result is not released: it is there for whoever comes next.
    Open,
}

impl Left {
    /// Of a seat that fell to this application, if to any.
    #[must_use]
    pub fn of(panel: &Panel, taker: Option<&Application>, now: DateTime<Utc>) -> Self {
        match taker.map(|taker| taker.member_id) {
            Some(Some(member)) if panel.takes_replies(now) => Self::Taken(member),
            Some(Some(_)) => Self::TakenEarly,
            Some(None) => Self::PassedOn,
            None if panel.marks.announced_at.is_some() => Self::Empty,
            None => Self::Open,
        }
    }
}

impl Panel {
    /// Until when a seat that is given at a moment may be confirmed.
    #[must_use]
    pub fn confirm_by(&self, given_at: DateTime<Utc>) -> DateTime<Utc> {
        self.terms.schedule.confirm_by.max(given_at + TimeDelta::hours(HOURS_TO_CONFIRM))
    }

    /// Until when seats may be confirmed at least, where the result is released at a moment.
    #[must_use]
    pub fn confirm_by_at_least(&self, released_at: DateTime<Utc>) -> DateTime<Utc> {
        self.terms.schedule.announce_at.max(released_at) + TimeDelta::hours(HOURS_TO_CONFIRM)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        ApplicationId, PanelId,
        draws::Ticket,
        panels::{Marks, applications::Outcome},
    };

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    /// The result is out at the hundredth hour, and is to be confirmed by the two hundredth.
    fn panel(released_at: Option<DateTime<Utc>>) -> Panel {
        let terms = json!({
            "title": "t", "product": "p", "contact": "c", "seats": 1, "method": "first_come", "rules": "r", "disclosure": "d",
            "schedule": {
                "opens_at": at(1), "closes_at": at(50), "announce_at": at(100), "confirm_by": at(200), "trial_days": 9, "report_days": 1,
            },
        });
        Panel {
            id: PanelId::new(at(0), [0; 10]),
            terms: serde_json::from_value(terms).unwrap(),
            marks: Marks { published_at: Some(at(0)), announced_at: released_at, ..Marks::default() },
            rules_hash: None,
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        }
    }

    fn taker(member_id: Option<MemberId>) -> Application {
        Application {
            id: ApplicationId::new(at(2), [2; 10]),
            panel_id: PanelId::new(at(0), [0; 10]),
            member_id,
            ticket: Ticket([3; 16]),
            salt: None,
            answers: Default::default(),
            agreed: Default::default(),
            reasons: Vec::new(),
            score: None,
            outcome: Outcome::Selected { confirm_by: at(200) },
            created_at: at(2),
            updated_at: at(3),
        }
    }

    #[test]
    fn whoever_is_told_of_a_seat_can_confirm_it() {
        let member = MemberId::new(at(0), [4; 10]);
        let (somebody, forgotten) = (taker(Some(member)), taker(None));
        let (early, released) = (panel(None), panel(Some(at(60))));
        for (panel, now, with, without) in [
            (&early, at(20), Left::TakenEarly, Left::Open),
            (&released, at(99), Left::TakenEarly, Left::Empty),
            (&released, at(100), Left::Taken(member), Left::Empty),
        ] {
            assert_eq!(Left::of(panel, Some(&somebody), now), with);
            assert_eq!(Left::of(panel, Some(&forgotten), now), Left::PassedOn);
            assert_eq!(Left::of(panel, None, now), without);
        }
    }

    #[test]
    fn there_are_two_days_to_confirm_at_least() {
        let panel = panel(Some(at(60)));
        assert_eq!([100, 152, 160].map(|hour| panel.confirm_by(at(hour))), [at(200), at(200), at(208)]);
        assert_eq!(
            [60, 100, 300].map(|hour| panel.confirm_by_at_least(at(hour))),
            [at(148), at(148), at(348)]
        );
    }
}
