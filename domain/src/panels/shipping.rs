//! A product on its way: who carries it, when it left and when it came.

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

/// Who carries it and how far it is. A delivery is never before the shipping, and nothing is known of the future.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parcel {
    pub courier: Option<Courier>,
    pub tracking: Option<Tracking>,
    pub shipped_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
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

const NOT_YET: &str = "time that has come";

impl Parcel {
    /// The parcel, if its times can be.
    ///
    /// # Errors
    /// Which of them cannot, and why.
    pub fn checked(mut self, now: DateTime<Utc>) -> Result<Self, (&'static str, Fault)> {
        let cut = |at: Option<DateTime<Utc>>| at.map(|at| at.trunc_subsecs(6));
        (self.shipped_at, self.delivered_at) = (cut(self.shipped_at), cut(self.delivered_at));
        let has_come = |at: Option<DateTime<Utc>>| at.is_none_or(|at| at <= now);
        let not_yet = Fault::NotA(NOT_YET);
        match (self.shipped_at, self.delivered_at) {
            (shipped, _) if !has_come(shipped) => Err(("shipped_at", not_yet)),
            (_, delivered) if !has_come(delivered) => Err(("delivered_at", not_yet)),
            (None, Some(_)) => {
                Err(("delivered_at", Fault::NotA("time of delivery: nothing was shipped yet")))
            }
            (Some(shipped), Some(delivered)) if delivered < shipped => {
                Err(("delivered_at", Fault::NotA("time of delivery: it was shipped later")))
            }
            _ => Ok(self),
        }
    }

    /// The parcel after what a courier says. Of two shippings or deliveries the earlier stands, so saying the same again changes
    /// nothing; and what was delivered had left by then, whenever that was told.
    ///
    /// # Errors
    /// As [`Parcel::checked`].
    pub fn told(self, news: &News, now: DateTime<Utc>) -> Result<Self, (&'static str, Fault)> {
        if news.at.is_some_and(|at| at > now) {
            // Also where an earlier time is known, and would stand.
            return Err((news.state.field(), Fault::NotA(NOT_YET)));
        }
        let earlier = |known: Option<DateTime<Utc>>| {
            let at = news.at.or(known).unwrap_or(now);
            known.map_or(at, |known| known.min(at))
        };
        let (shipped_at, delivered_at) = match news.state {
            State::Shipped => (Some(earlier(self.shipped_at)), self.delivered_at),
            State::Delivered => {
                let came = earlier(self.delivered_at);
                (self.shipped_at.map(|left| left.min(came)), Some(came))
            }
        };
        let courier = news.courier.clone().or(self.courier);
        let tracking = news.tracking.clone().or(self.tracking);
        Self { courier, tracking, shipped_at, delivered_at }.checked(now)
    }

    /// The parcel after whoever waits for it says that it came.
    ///
    /// # Errors
    /// [`Barred::NotShipped`].
    pub fn received(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.shipped_at {
            Some(shipped) if shipped <= now => {
                Ok(Self { delivered_at: self.delivered_at.or(Some(now)), ..self })
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
                State::Delivered => parcel.clone().told(&news(State::Shipped, Some(2)), at(9)).unwrap(),
            };
            let once = base.clone().told(&news(state, hour), at(9)).unwrap();
            let twice = once.clone().told(&news(state, hour), at(10)).unwrap();
            assert_eq!(once, twice);
            assert!(once.events_to(&twice).is_empty() && !base.events_to(&once).is_empty());
        }
    }

    #[test]
    fn of_two_deliveries_the_earlier_stands() {
        let shipped = Parcel::default().told(&news(State::Shipped, Some(1)), at(9)).unwrap();
        assert_eq!(Parcel::default().received(at(5)), Err(Barred::NotShipped.into()));
        let there = shipped.received(at(5)).unwrap();
        assert_eq!(there.clone().received(at(6)).unwrap(), there);
        let later = there.clone().told(&news(State::Delivered, Some(6)), at(9)).unwrap();
        assert_eq!(later, there);
        let unsaid = there.clone().told(&news(State::Delivered, None), at(9)).unwrap();
        assert_eq!(unsaid, there);
        let earlier = there.told(&news(State::Delivered, Some(4)), at(9)).unwrap();
        assert_eq!(earlier.delivered_at, Some(at(4)));
    }

    #[test]
    fn what_was_delivered_had_left_by_then() {
        let shipped = Parcel::default().told(&news(State::Shipped, Some(3)), at(9)).unwrap();
        let there = shipped.clone().told(&news(State::Delivered, Some(2)), at(9)).unwrap();
        assert_eq!((there.shipped_at, there.delivered_at), (Some(at(2)), Some(at(2))));
        // Said again or later, the shipping is the one that was known.
        for hour in [None, Some(3), Some(6)] {
            assert_eq!(there.clone().told(&news(State::Shipped, hour), at(9)).unwrap(), there);
        }
        let earlier = there.told(&news(State::Shipped, Some(1)), at(9)).unwrap();
        assert_eq!((earlier.shipped_at, earlier.delivered_at), (Some(at(1)), Some(at(2))));
    }

    #[test]
    fn times_that_cannot_be_are_named() {
        let shipped = Parcel::default().told(&news(State::Shipped, Some(3)), at(9)).unwrap();
        let field = |parcel: &Parcel, state, hour| {
            parcel.clone().told(&news(state, hour), at(9)).map_err(|(field, _)| field)
        };
        assert_eq!(field(&shipped, State::Shipped, Some(10)), Err("shipped_at"));
        assert_eq!(field(&shipped, State::Delivered, Some(10)), Err("delivered_at"));
        assert_eq!(field(&Parcel::default(), State::Delivered, None), Err("delivered_at"));
        // By hand nothing is moved along.
        let odd = Parcel { delivered_at: Some(at(2)), ..shipped };
        assert_eq!(odd.checked(at(9)).map_err(|(field, _)| field), Err("delivered_at"));
    }

    #[test]
    fn what_a_spreadsheet_made_of_a_number_is_no_number() {
        assert!(Tracking::try_from("612345678901").is_ok());
        for odd in ["6.12346E+11", "123", "=1+1", "12 34 56", "운송장"] {
            assert!(Tracking::try_from(odd).is_err(), "{odd}");
        }
    }
}
