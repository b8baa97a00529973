//! Promises that were not kept: how much they count, for how long they keep somebody out, and how one appeals.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Barred, Panel,
    applications::{Application, Outcome},
    excuses::Excuse,
    trials::Trial,
};
use crate::{
    ApplicationId, MemberId, PanelId, Refusal, StrikeId,
    text::{Fault, Lines, clean},
};

/// Days after the report was due before its absence is a strike.
pub const GRACE_DAYS: i64 = 7;
/// Days in which a strike comes to count for half.
pub const HALF_LIFE_DAYS: i64 = 180;
/// Days in which one may appeal.
pub const APPEAL_DAYS: i64 = 30;
/// From what sum one may not apply, and for how many days; the greatest first.
const BARS: [(f64, i64); 3] = [(3.0, 365), (2.0, 90), (1.0, 30)];

/// What people say to each other of a promise that was not kept: 1–2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plea(String);

impl Plea {
    pub const MOST: usize = 2_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Plea {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::Many).map(Self)
    }
}

/// That somebody with a product told nothing of it in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    pub id: StrikeId,
    pub member_id: MemberId,
    pub application_id: ApplicationId,
    pub panel_id: PanelId,
    pub kind: Kind,
    pub created_at: DateTime<Utc>,
    pub appeal: Option<Appeal>,
}

/// What was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No report came.
    NoShow,
    /// It came after the strike, while the panel was still open.
    Late,
}

/// What somebody says against a strike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    pub text: Plea,
    pub at: DateTime<Utc>,
    pub verdict: Option<Verdict>,
}

/// What staff made of an appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub at: DateTime<Utc>,
    pub overturned: bool,
    pub note: Plea,
}

/// How reliable somebody is, at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// What their strikes add up to by then.
    pub weight: f64,
    /// Until when they may not be taken; none where they may.
    pub barred_until: Option<DateTime<Utc>>,
}

impl Kind {
    /// What was missed by who reported at a moment, or never, to a panel that was closed at another, or goes on.
    #[must_use]
    pub fn of(reported_at: Option<DateTime<Utc>>, closed_at: Option<DateTime<Utc>>) -> Self {
        match (reported_at, closed_at) {
            (Some(reported), Some(closed)) if reported > closed => Self::NoShow,
            (Some(_), _) => Self::Late,
            (None, _) => Self::NoShow,
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoShow => "no_show",
            Self::Late => "late",
        }
    }

    /// What it counts on its first day.
    #[must_use]
    pub fn weight(self) -> f64 {
        match self {
            Self::NoShow => 1.0,
            Self::Late => 0.5,
        }
    }
}

impl Strike {
    #[must_use]
    pub fn is_overturned(&self) -> bool {
        let verdict = self.appeal.as_ref().and_then(|appeal| appeal.verdict.as_ref());
        verdict.is_some_and(|verdict| verdict.overturned)
    }

    /// What it counts at a moment: nothing before it was recorded, nor once it is overturned.
    #[must_use]
    pub fn weight_at(&self, at: DateTime<Utc>) -> f64 {
        let age = at - self.created_at;
        match self.is_overturned() || age < TimeDelta::zero() {
            true => 0.0,
            false => {
                let halvings = age.as_seconds_f64() / TimeDelta::days(HALF_LIFE_DAYS).as_seconds_f64();
                self.kind.weight() * (-halvings).exp2()
            }
        }
    }

    /// Until when one may appeal.
    #[must_use]
    pub fn appealable_until(&self) -> DateTime<Utc> {
        self.created_at + TimeDelta::days(APPEAL_DAYS)
    }

    /// The strike with an appeal, of which there is one.
    ///
    /// # Errors
    /// [`Barred::AlreadyAppealed`] or [`Barred::AppealTooLate`].
    pub fn appealed(self, text: Plea, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match &self.appeal {
            Some(_) => Err(Barred::AlreadyAppealed.into()),
            None if now >= self.appealable_until() => Err(Barred::AppealTooLate.into()),
            None => Ok(Self { appeal: Some(Appeal { text, at: now, verdict: None }), ..self }),
        }
    }

    /// The strike after staff have decided about its appeal, which they do once.
    ///
    /// # Errors
    /// [`Barred::NothingToDecide`] or [`Barred::AlreadyDecided`].
    pub fn decided(self, verdict: Verdict) -> Result<Self, Refusal> {
        match self.appeal {
            None => Err(Barred::NothingToDecide.into()),
            Some(Appeal { verdict: Some(_), .. }) => Err(Barred::AlreadyDecided.into()),
            Some(appeal) => Ok(Self { appeal: Some(Appeal { verdict: Some(verdict), ..appeal }), ..self }),
        }
    }
}

impl Reliability {
    /// Of somebody with these strikes.
    #[must_use]
    pub fn of(strikes: &[Strike], now: DateTime<Utc>) -> Self {
        let until = barred_until(strikes).filter(|until| now < *until);
        Self { weight: weight_at(strikes, now), barred_until: until }
    }
}

fn weight_at(strikes: &[Strike], at: DateTime<Utc>) -> f64 {
    strikes.iter().map(|strike| strike.weight_at(at)).sum()
}

/// Until when strikes keep somebody out: each by what they added up to when it came, and the longest of that, so that a further
/// strike never shortens what an earlier one began.
fn barred_until(strikes: &[Strike]) -> Option<DateTime<Utc>> {
    let standing = strikes.iter().filter(|strike| !strike.is_overturned());
    let bar = |strike: &Strike| {
        let weight = weight_at(strikes, strike.created_at);
        let (_, days) = BARS.into_iter().find(|(least, _)| weight >= *least)?;
        Some(strike.created_at + TimeDelta::days(days))
    };
    standing.filter_map(bar).max()
}

/// Whether a strike is to be recorded: the product is there, the report is [`GRACE_DAYS`] late, and nobody has excused that or has
/// yet to decide about it.
#[must_use]
pub fn is_due(
    application: &Application,
    panel: &Panel,
    trial: &Trial,
    excuse: Option<&Excuse>,
    now: DateTime<Utc>,
) -> bool {
    let waits = application.outcome == Outcome::Confirmed && panel.takes_replies(now);
    let is_late = trial.struck_from(&panel.terms).is_some_and(|from| now >= from);
    let is_refused = |excuse: &Excuse| excuse.decision.is_some_and(|decision| !decision.granted);
    waits && is_late && trial.reported_at.is_none() && excuse.is_none_or(is_refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(days: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + days)
    }

    fn strike(kind: Kind, on: i64) -> Strike {
        Strike {
            id: StrikeId::new(day(on), [0; 10]),
            member_id: MemberId::new(day(0), [1; 10]),
            application_id: ApplicationId::new(day(on), [2; 10]),
            panel_id: PanelId::new(day(0), [3; 10]),
            kind,
            created_at: day(on),
            appeal: None,
        }
    }

    fn plea(text: &str) -> Plea {
        Plea::try_from(text).unwrap()
    }

    fn overturned(strike: Strike, overturned: bool) -> Strike {
        let at = strike.created_at;
        let appealed = strike.appealed(plea("아팠어요"), at).unwrap();
        appealed.decided(Verdict { at, overturned, note: plea("확인했습니다") }).unwrap()
    }

    fn bar(strikes: &[Strike]) -> Option<i64> {
        barred_until(strikes).map(|until| (until - day(0)).num_days())
    }

    #[test]
    fn a_report_that_comes_while_the_panel_is_open_is_late_and_another_is_none() {
        for (reported, closed, kind) in [
            (None, None, Kind::NoShow),
            (None, Some(9), Kind::NoShow),
            (Some(5), None, Kind::Late),
            (Some(9), Some(9), Kind::Late),
            (Some(10), Some(9), Kind::NoShow),
        ] {
            assert_eq!(Kind::of(reported.map(day), closed.map(day)), kind, "{reported:?} {closed:?}");
        }
    }

    #[test]
    fn a_strike_counts_for_half_after_half_a_year() {
        for (kind, now, weight) in [
            (Kind::NoShow, -1, 0.0),
            (Kind::NoShow, 0, 1.0),
            (Kind::NoShow, 180, 0.5),
            (Kind::NoShow, 360, 0.25),
            (Kind::Late, 0, 0.5),
            (Kind::Late, 180, 0.25),
        ] {
            let found = strike(kind, 0).weight_at(day(now));
            assert!((found - weight).abs() < 1e-12, "{kind:?} after {now} days: {found}");
        }
    }

    #[test]
    fn the_more_strikes_there_are_the_longer_they_keep_somebody_out() {
        let no_shows = |count: usize| vec![strike(Kind::NoShow, 0); count];
        assert_eq!(
            [0, 1, 2, 3, 4].map(|count| bar(&no_shows(count))),
            [None, Some(30), Some(90), Some(365), Some(365)]
        );
        // One late report is forgiven, two in a row are not.
        assert_eq!(bar(&[strike(Kind::Late, 0)]), None);
        assert_eq!(bar(&[strike(Kind::Late, 0), strike(Kind::Late, 0)]), Some(30));
        // What is half forgotten counts half: 0.5 + 1.
        assert_eq!(bar(&[strike(Kind::NoShow, -180), strike(Kind::NoShow, 0)]), Some(30));
    }

    #[test]
    fn a_further_strike_never_shortens_what_was_begun() {
        let mut strikes = vec![strike(Kind::NoShow, 0); 3];
        strikes.push(strike(Kind::Late, 200));
        assert_eq!(bar(&strikes), Some(365));
        // 0.78 of the three, 0.28 of the late one, and 1.
        strikes.push(strike(Kind::NoShow, 350));
        assert_eq!(bar(&strikes), Some(350 + 90));
    }

    #[test]
    fn an_overturned_strike_counts_nothing_and_an_upheld_one_as_before() {
        let (gone, kept) =
            (overturned(strike(Kind::NoShow, 0), true), overturned(strike(Kind::NoShow, 0), false));
        assert_eq!(bar(std::slice::from_ref(&gone)), None);
        assert_eq!(bar(&[gone, kept]), Some(30));
    }

    #[test]
    fn whoever_is_barred_may_come_back_at_that_moment() {
        let strikes = [strike(Kind::NoShow, 0)];
        let until = |now| Reliability::of(&strikes, now).barred_until;
        assert_eq!(until(day(30) - TimeDelta::microseconds(1)), Some(day(30)));
        assert_eq!(until(day(30)), None);
    }

    #[test]
    fn one_appeals_once_and_in_time_and_staff_decide_once() {
        let fresh = strike(Kind::NoShow, 0);
        assert_eq!(fresh.clone().appealed(plea("늦음"), day(30)), Err(Barred::AppealTooLate.into()));
        let verdict = || Verdict { at: day(2), overturned: true, note: plea("네") };
        assert_eq!(fresh.clone().decided(verdict()), Err(Barred::NothingToDecide.into()));
        let appealed = fresh.appealed(plea("아팠어요"), day(30) - TimeDelta::microseconds(1)).unwrap();
        assert_eq!(appealed.clone().appealed(plea("또"), day(1)), Err(Barred::AlreadyAppealed.into()));
        let decided = appealed.decided(verdict()).unwrap();
        assert_eq!(decided.decided(verdict()), Err(Barred::AlreadyDecided.into()));
    }
}
