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
mod tests;
