//! A product on its way: who carries it, when it left and when it came.

use std::ops::RangeInclusive;

use chrono::{DateTime, SubsecRound as _, Utc};

use super::{
    Barred, Panel,
    applications::{Application, Outcome},
};
use crate::{
    Actor, ApplicationId, PanelId, Refusal,
    access::Permission,
    events::ShipmentEvent,
    text::{Fault, Lines, clean},
};

/// What is sent to somebody who confirmed a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    pub application: ApplicationId,
    pub panel: PanelId,
    /// Sealed: which keys open it is not known here.
    pub address: Option<String>,
    pub parcel: Parcel,
}

impl Shipment {
    /// Before anything is known of it.
    #[must_use]
    pub fn of(application: &Application) -> Self {
        let (application, panel) = (application.id, application.panel_id);
        Self { application, panel, address: None, parcel: Parcel::default() }
    }
}

/// Who carries it and how far it is. A delivery is never before the shipping; neither is before the
/// announcement, nor in the future.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parcel {
    pub courier: Option<Courier>,
    pub tracking: Option<Tracking>,
    pub shipped_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    /// When that was told to us.
    pub told_at: Option<DateTime<Utc>>,
}

/// What a courier is called: 1–40 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Courier(String);

impl Courier {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Courier {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, 40, Lines::One).map(Self)
    }
}

/// The number a courier gives a parcel: 4–40 letters, digits and hyphens, so `1.23E+11`, as spreadsheets write it, is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking(String);

impl Tracking {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Tracking {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        let number = clean(text, 4, 40, Lines::One)?;
        match number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            true => Ok(Self(number)),
            false => Err(Fault::NotA("tracking number of letters, digits and hyphens")),
        }
    }
}

/// How far a courier says that a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Shipped,
    Delivered,
}

impl State {
    fn field(self) -> &'static str {
        match self {
            Self::Shipped => "shipped_at",
            Self::Delivered => "delivered_at",
        }
    }
}

/// What a courier says of a parcel; what it leaves out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub courier: Option<Courier>,
    pub tracking: Option<Tracking>,
    pub state: State,
    /// When that was; where it is left out, at the moment it is told.
    pub at: Option<DateTime<Utc>>,
}

/// The times that may be told of a parcel: from the announcement of its panel until now.
pub type Span = RangeInclusive<DateTime<Utc>>;

const OUT_OF_SPAN: Fault = Fault::NotA("time between the announcement of the panel and now");

impl Parcel {
    /// The parcel once it is said to be another, if the times that are new can be. A delivery at a time that was not known before is
    /// told now.
    ///
    /// # Errors
    /// Which of them cannot, and why.
    pub fn becoming(&self, mut said: Self, span: &Span) -> Result<Self, (&'static str, Fault)> {
        let cut = |at: Option<DateTime<Utc>>| at.map(|at| at.trunc_subsecs(6));
        (said.shipped_at, said.delivered_at) = (cut(said.shipped_at), cut(said.delivered_at));
        let is_odd = |before: Option<_>, after: Option<_>| {
            before != after && after.is_some_and(|at: DateTime<Utc>| !span.contains(&at))
        };
        match (said.shipped_at, said.delivered_at) {
            (shipped, _) if is_odd(self.shipped_at, shipped) => Err(("shipped_at", OUT_OF_SPAN)),
            (_, delivered) if is_odd(self.delivered_at, delivered) => Err(("delivered_at", OUT_OF_SPAN)),
            (None, Some(_)) => {
                Err(("delivered_at", Fault::NotA("time of delivery: nothing was shipped yet")))
            }
            (Some(shipped), Some(delivered)) if delivered < shipped => {
                Err(("delivered_at", Fault::NotA("time of delivery: it was shipped later")))
            }
            (_, delivered) => {
                let is_known = delivered == self.delivered_at;
                said.told_at = if is_known { self.told_at } else { delivered.map(|_| *span.end()) };
                Ok(said)
            }
        }
    }

    /// The parcel after what a courier says. Of two shippings or deliveries the earlier stands, so saying the same again changes
    /// nothing; and what was delivered had left by then, whenever that was told.
    ///
    /// # Errors
    /// As [`Parcel::becoming`].
    pub fn told(&self, news: &News, span: &Span) -> Result<Self, (&'static str, Fault)> {
        if news.at.is_some_and(|at| !span.contains(&at)) {
            // Also where an earlier time is known, and would stand.
            return Err((news.state.field(), OUT_OF_SPAN));
        }
        let earlier = |known: Option<DateTime<Utc>>| {
            let at = news.at.or(known).unwrap_or(*span.end());
            known.map_or(at, |known| known.min(at))
        };
        let (shipped_at, delivered_at) = match news.state {
            State::Shipped => (Some(earlier(self.shipped_at)), self.delivered_at),
            State::Delivered => {
                let came = earlier(self.delivered_at);
                (self.shipped_at.map(|left| left.min(came)), Some(came))
            }
        };
        let courier = news.courier.clone().or(self.courier.clone());
        let tracking = news.tracking.clone().or(self.tracking.clone());
        self.becoming(Self { courier, tracking, shipped_at, delivered_at, told_at: None }, span)
    }

    /// The parcel after whoever waits for it says that it came.
    ///
    /// # Errors
    /// [`Barred::NotShipped`].
    pub fn received(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match (self.shipped_at, self.delivered_at) {
            (_, Some(_)) => Ok(self),
            (Some(shipped), None) if shipped <= now => {
                Ok(Self { delivered_at: Some(now), told_at: Some(now), ..self })
            }
            _ => Err(Barred::NotShipped.into()),
        }
    }

    /// Whether where it goes may still be changed.
    ///
    /// # Errors
    /// [`Barred::AlreadyShipped`].
    pub fn ensure_not_shipped(&self) -> Result<(), Refusal> {
        match self.shipped_at {
            Some(_) => Err(Barred::AlreadyShipped.into()),
            None => Ok(()),
        }
    }

    /// What happened between this and what it is now.
    #[must_use]
    pub fn events_to(&self, after: &Self) -> Vec<ShipmentEvent> {
        let came = |before: Option<_>, after: Option<_>| before.is_none() && after.is_some();
        let mut events = Vec::new();
        if came(self.shipped_at, after.shipped_at) {
            events.push(ShipmentEvent::Shipped);
        }
        if came(self.delivered_at, after.delivered_at) {
            events.push(ShipmentEvent::Delivered);
        }
        if events.is_empty() && self != after {
            events.push(ShipmentEvent::Changed);
        }
        events
    }
}

/// Whether the actor may know who is sent what, though not where to.
///
/// # Errors
/// As [`Actor::ensure`].
pub fn ensure_may_follow(actor: &Actor) -> Result<(), Refusal> {
    actor.ensure(Permission::Ship).or_else(|_| actor.ensure(Permission::ManagePanels))
}

/// Whether it may still be told what became of a parcel: not once what is personal of the panel had its time, or it would come back.
///
/// # Errors
/// [`Barred::Phase`].
pub fn ensure_kept(panel: &Panel, now: DateTime<Utc>) -> Result<(), Refusal> {
    match panel.forgets_at() {
        Some(at) if at <= now => Err(Barred::Phase(panel.phase(now)).into()),
        _ => Ok(()),
    }
}

/// Whether somebody may say now where their product is to go.
///
/// # Errors
/// [`Barred::Phase`] before the announcement and after the panel, [`Barred::NotConfirmed`], [`Barred::AlreadyShipped`].
pub fn ensure_takes_address(
    application: &Application,
    panel: &Panel,
    parcel: &Parcel,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if !panel.takes_replies(now) {
        return Err(Barred::Phase(panel.phase(now)).into());
    }
    ensure_confirmed(application)?;
    parcel.ensure_not_shipped()
}

/// # Errors
/// [`Barred::NotConfirmed`].
pub fn ensure_confirmed(application: &Application) -> Result<(), Refusal> {
    match application.outcome {
        Outcome::Confirmed => Ok(()),
        _ => Err(Barred::NotConfirmed.into()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    /// The panel was announced at the first hour.
    fn until(hour: i64) -> Span {
        at(1)..=at(hour)
    }

    fn news(state: State, hour: Option<i64>) -> News {
        let tracking = Tracking::try_from("6123-4567-8901").unwrap();
        let courier = Courier::try_from("CJ대한통운").unwrap();
        News { courier: Some(courier), tracking: Some(tracking), state, at: hour.map(at) }
    }

    #[test]
    fn the_same_news_twice_changes_nothing() {
        let parcel = Parcel::default();
        for (state, hour) in [(State::Shipped, None), (State::Shipped, Some(3)), (State::Delivered, Some(4))]
        {
            let base = match state {
                State::Shipped => parcel.clone(),
                State::Delivered => parcel.clone().told(&news(State::Shipped, Some(2)), &until(9)).unwrap(),
            };
            let once = base.clone().told(&news(state, hour), &until(9)).unwrap();
            let twice = once.clone().told(&news(state, hour), &until(10)).unwrap();
            assert_eq!(once, twice);
            assert!(once.events_to(&twice).is_empty() && !base.events_to(&once).is_empty());
        }
    }

    #[test]
    fn of_two_deliveries_the_earlier_stands() {
        let shipped = Parcel::default().told(&news(State::Shipped, Some(1)), &until(9)).unwrap();
        assert_eq!(Parcel::default().received(at(5)), Err(Barred::NotShipped.into()));
        let there = shipped.received(at(5)).unwrap();
        assert_eq!(there.clone().received(at(6)).unwrap(), there);
        let later = there.clone().told(&news(State::Delivered, Some(6)), &until(9)).unwrap();
        assert_eq!(later, there);
        let unsaid = there.clone().told(&news(State::Delivered, None), &until(9)).unwrap();
        assert_eq!(unsaid, there);
        let earlier = there.told(&news(State::Delivered, Some(4)), &until(9)).unwrap();
        assert_eq!(earlier.delivered_at, Some(at(4)));
    }

    #[test]
    fn what_was_delivered_had_left_by_then() {
        let shipped = Parcel::default().told(&news(State::Shipped, Some(3)), &until(9)).unwrap();
        let there = shipped.clone().told(&news(State::Delivered, Some(2)), &until(9)).unwrap();
        assert_eq!((there.shipped_at, there.delivered_at), (Some(at(2)), Some(at(2))));
        // Said again or later, the shipping is the one that was known.
        for hour in [None, Some(3), Some(6)] {
            assert_eq!(there.clone().told(&news(State::Shipped, hour), &until(9)).unwrap(), there);
        }
        let earlier = there.told(&news(State::Shipped, Some(1)), &until(9)).unwrap();
        assert_eq!((earlier.shipped_at, earlier.delivered_at), (Some(at(1)), Some(at(2))));
    }

    #[test]
    fn times_that_cannot_be_are_named() {
        let shipped = Parcel::default().told(&news(State::Shipped, Some(3)), &until(9)).unwrap();
        let field = |parcel: &Parcel, state, hour| {
            parcel.clone().told(&news(state, hour), &until(9)).map_err(|(field, _)| field)
        };
        assert_eq!(field(&shipped, State::Shipped, Some(10)), Err("shipped_at"));
        assert_eq!(field(&shipped, State::Delivered, Some(10)), Err("delivered_at"));
        assert_eq!(field(&Parcel::default(), State::Delivered, None), Err("delivered_at"));
        // By hand nothing is moved along.
        let odd = Parcel { delivered_at: Some(at(2)), ..shipped.clone() };
        assert_eq!(shipped.becoming(odd, &until(9)).map_err(|(field, _)| field), Err("delivered_at"));
        // A wrong year is no time of this panel; what was kept before there was such a rule holds up nothing that is said today.
        for state in [State::Shipped, State::Delivered] {
            assert!(field(&shipped, state, Some(0)).is_err());
        }
        let old = Parcel { shipped_at: Some(at(-9)), ..Parcel::default() };
        assert_eq!(field(&old, State::Delivered, Some(2)).unwrap().delivered_at, Some(at(2)));
    }

    #[test]
    fn a_delivery_is_told_when_it_was_first_said_to_be_then() {
        let shipped = Parcel::default().told(&news(State::Shipped, Some(1)), &until(2)).unwrap();
        assert_eq!(shipped.told_at, None);
        let there = shipped.told(&news(State::Delivered, Some(4)), &until(7)).unwrap();
        assert_eq!(there.told_at, Some(at(7)));
        for hour in [None, Some(4), Some(5)] {
            assert_eq!(there.told(&news(State::Delivered, hour), &until(8)).unwrap().told_at, Some(at(7)));
        }
        assert_eq!(there.clone().received(at(8)).unwrap().told_at, Some(at(7)));
        let earlier = there.told(&news(State::Delivered, Some(3)), &until(9)).unwrap();
        assert_eq!(earlier.told_at, Some(at(9)));
        let back = earlier.becoming(Parcel { delivered_at: None, ..earlier.clone() }, &until(9)).unwrap();
        assert_eq!(back.told_at, None);
    }

    #[test]
    fn what_a_spreadsheet_made_of_a_number_is_no_number() {
        assert!(Tracking::try_from("612345678901").is_ok());
        for odd in ["6.12346E+11", "123", "=1+1", "12 34 56", "운송장"] {
            assert!(Tracking::try_from(odd).is_err(), "{odd}");
        }
    }
}
