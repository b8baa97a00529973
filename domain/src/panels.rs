//! Trial panels (체험단): members try a product and say what they found. Who is taken is decided by a rule that everybody knows.

pub mod addresses;
pub mod applications;
pub mod bands;
mod barred;
pub mod disclosure;
pub mod excuses;
pub mod lock;
pub mod metrics;
pub mod missions;
pub mod planning;
pub mod posts;
pub mod reminders;
pub mod reports;
pub mod results;
pub mod screening;
pub mod seats;
pub mod shipping;
pub mod strikes;
pub mod terms;
pub mod trials;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::barred::Barred;
use self::terms::{Method, Source, Terms};
use crate::{
    Actor, PanelId, Refusal,
    access::Permission,
    digest::{self, Digest},
    members::Attributes,
};

/// A trial panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub id: PanelId,
    pub terms: Terms,
    pub marks: Marks,
    /// Of the terms as they were published; on every receipt.
    pub rules_hash: Option<Digest>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// What staff did, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    pub published_at: Option<DateTime<Utc>>,
    /// When recruiting was closed before its time.
    pub recruited_at: Option<DateTime<Utc>>,
    pub locked_at: Option<DateTime<Utc>>,
    pub drawn_at: Option<DateTime<Utc>>,
    pub announced_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// How far a panel is: a function of its schedule, of what staff did, and of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Draft,
    /// Published; recruiting has not begun.
    Scheduled,
    Recruiting,
    /// Nobody can apply any more; staff look at the answers.
    Screening,
    /// Who may be drawn is fixed, and the objection window runs.
    PoolLocked,
    Drawn,
    /// The result is fixed for a moment to come, at which the applicants learn of it.
    Announced,
    Confirming,
    InTrial,
    /// Reports are due, and staff look at them.
    Reviewing,
    Closed,
    Cancelled,
}

impl Phase {
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Scheduled,
        Self::Recruiting,
        Self::Screening,
        Self::PoolLocked,
        Self::Drawn,
        Self::Announced,
        Self::Confirming,
        Self::InTrial,
        Self::Reviewing,
        Self::Closed,
        Self::Cancelled,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Recruiting => "recruiting",
            Self::Screening => "screening",
            Self::PoolLocked => "pool_locked",
            Self::Drawn => "drawn",
            Self::Announced => "announced",
            Self::Confirming => "confirming",
            Self::InTrial => "in_trial",
            Self::Reviewing => "reviewing",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What staff do with a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Publish,
    CloseRecruiting,
    Lock,
    /// Before there can be a number to draw with.
    Unlock,
    Draw,
    Announce,
    Close,
    Cancel,
}

impl Panel {
    #[must_use]
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        let (marks, schedule) = (&self.marks, &self.terms.schedule);
        let is_past = |at: DateTime<Utc>| now >= at;
        match marks {
            Marks { cancelled_at: Some(_), .. } => Phase::Cancelled,
            Marks { closed_at: Some(_), .. } => Phase::Closed,
            Marks { announced_at: Some(_), .. } if !is_past(schedule.announce_at) => Phase::Announced,
            Marks { announced_at: Some(_), .. } if !is_past(schedule.confirm_by) => Phase::Confirming,
            Marks { announced_at: Some(_), .. } if !is_past(self.trial_ends_at()) => Phase::InTrial,
            Marks { announced_at: Some(_), .. } => Phase::Reviewing,
            Marks { drawn_at: Some(_), .. } => Phase::Drawn,
            Marks { locked_at: Some(_), .. } => Phase::PoolLocked,
            Marks { published_at: None, .. } => Phase::Draft,
            _ if !is_past(schedule.opens_at) => Phase::Scheduled,
            _ if is_past(self.recruits_until()) => Phase::Screening,
            _ => Phase::Recruiting,
        }
    }

    /// Whether one may apply now.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_recruiting(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.phase(now) {
            Phase::Recruiting => Ok(()),
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// Until when one may apply: at this very moment it is too late.
    #[must_use]
    pub fn recruits_until(&self) -> DateTime<Utc> {
        let early = self.marks.recruited_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.terms.schedule.closes_at.min(early)
    }

    /// When the last who confirms in time has had the trial days and the days for the report. What is delivered later ends later;
    /// each application knows its own days.
    #[must_use]
    pub fn trial_ends_at(&self) -> DateTime<Utc> {
        let schedule = &self.terms.schedule;
        schedule.confirm_by + TimeDelta::days((schedule.trial_days + schedule.report_days).into())
    }

    /// Until when objections to the locked pool may be raised; none before the lock.
    #[must_use]
    pub fn objections_until(&self) -> Option<DateTime<Utc>> {
        self.marks.locked_at.map(|at| at + TimeDelta::hours(self.terms.objection_hours.into()))
    }

    /// Whether chance has a part in it.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        matches!(self.terms.method, Method::Lottery | Method::MeritThenLottery)
    }

    /// Whether the actor may know of it: drafts are for those who make panels.
    #[must_use]
    pub fn is_for(&self, actor: &Actor) -> bool {
        self.marks.published_at.is_some() || actor.ensure(Permission::ManagePanels).is_ok()
    }

    /// Whether seats are taken and left now: the result is out, and the panel is not over.
    #[must_use]
    pub fn takes_replies(&self, now: DateTime<Utc>) -> bool {
        (Phase::Confirming..Phase::Closed).contains(&self.phase(now))
    }

    /// From when what is personal is kept no longer; none while the panel goes on.
    #[must_use]
    pub fn forgets_at(&self) -> Option<DateTime<Utc>> {
        let ended = self.marks.closed_at.or(self.marks.cancelled_at)?;
        Some(ended + TimeDelta::days(self.terms.retention_days.into()))
    }

    /// Up to which delivery what is personal had its time, where nobody ended the panel: the report on it was due so long ago.
    #[must_use]
    pub fn forgets_deliveries_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let schedule = &self.terms.schedule;
        let days = schedule.trial_days + schedule.report_days + self.terms.retention_days;
        now - TimeDelta::days(days.into())
    }

    /// From when the result is out, if it is released by then.
    #[must_use]
    pub fn out_from(&self) -> DateTime<Utc> {
        let planned = self.terms.schedule.announce_at;
        self.marks.announced_at.map_or(planned, |released| planned.max(released))
    }

    /// Whether the result may be known by everybody.
    #[must_use]
    pub fn is_announced(&self, now: DateTime<Utc>) -> bool {
        self.marks.announced_at.is_some() && now >= self.terms.schedule.announce_at
    }

    /// Whether staff may take a step now.
    ///
    /// # Errors
    /// [`Barred::Phase`], [`Barred::ObjectionWindow`], [`Barred::WindowOver`] or [`Barred::LockStays`].
    pub fn ensure_may(&self, step: Step, now: DateTime<Utc>) -> Result<(), Refusal> {
        let phase = self.phase(now);
        let fits = match step {
            Step::Publish => phase == Phase::Draft,
            Step::CloseRecruiting => phase == Phase::Recruiting,
            Step::Lock => phase == Phase::Screening && self.is_drawn(),
            Step::Unlock | Step::Draw => phase == Phase::PoolLocked,
            // Who came first, or was scored best, needs no draw.
            Step::Announce => match self.terms.method {
                Method::FirstCome | Method::Manual => phase == Phase::Screening,
                Method::Lottery | Method::MeritThenLottery => phase == Phase::Drawn,
            },
            Step::Close => phase == Phase::Reviewing,
            Step::Cancel => !matches!(phase, Phase::Closed | Phase::Cancelled),
        };
        let named = matches!(self.terms.beacon, Source::ManualSources { .. });
        match (fits, step, self.objections_until()) {
            (false, ..) => Err(Barred::Phase(phase).into()),
            // When a named source comes out nobody here can tell; it may be known already.
            (true, Step::Unlock, _) if named => Err(Barred::LockStays.into()),
            (true, Step::Draw, Some(until)) if now < until => Err(Barred::ObjectionWindow { until }.into()),
            // Whoever knows the number could take back a lock because of it.
            (true, Step::Unlock, Some(until)) if now >= until => Err(Barred::WindowOver { until }.into()),
            _ => Ok(()),
        }
    }

    /// Whether numbers may be hidden for the draw: until the lock names them.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_may_hide(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.phase(now) {
            Phase::Recruiting | Phase::Screening => Ok(()),
            phase => Err(Barred::Phase(phase).into()),
        }
    }

    /// Whether numbers that were hidden for the draw may be shown: once no lock can be taken back, or staff who know them could lock
    /// anew until the draw pleases them.
    ///
    /// # Errors
    /// [`Barred::Phase`] or [`Barred::ObjectionWindow`].
    pub fn ensure_may_show(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.ensure_may(Step::Draw, now)
    }

    /// The panel after a step at a moment; `secret` is that of the panel.
    ///
    /// # Errors
    /// As [`Panel::ensure_may`].
    pub fn after(mut self, step: Step, now: DateTime<Utc>, secret: &str) -> Result<Self, Refusal> {
        self.ensure_may(step, now)?;
        let mark = match step {
            Step::Publish => {
                self.terms.schedule.ensure_ahead(now)?;
                self.rules_hash = Some(self.terms.hash(&rules_salt(secret)));
                &mut self.marks.published_at
            }
            Step::CloseRecruiting => &mut self.marks.recruited_at,
            Step::Unlock => {
                self.marks.locked_at = None;
                return Ok(self);
            }
            Step::Lock => &mut self.marks.locked_at,
            Step::Draw => &mut self.marks.drawn_at,
            Step::Announce => &mut self.marks.announced_at,
            Step::Close => &mut self.marks.closed_at,
            Step::Cancel => &mut self.marks.cancelled_at,
        };
        *mark = Some(now);
        Ok(self)
    }

    /// The panel with other terms. What was published may be told better and last longer while it recruits, and name another contact
    /// until it is over, and nothing else.
    ///
    /// # Errors
    /// [`Barred::TermsFrozen`] names the first term that may not change any more, [`Barred::Phase`] what comes too late.
    pub fn with_terms(self, terms: Terms, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let told = |terms: &Terms| (terms.schedule.closes_at, terms.description.clone());
        match (self.phase(now), self.terms.first_frozen_change(&terms)) {
            (phase @ (Phase::Closed | Phase::Cancelled), _) => Err(Barred::Phase(phase).into()),
            (Phase::Draft, _) | (Phase::Scheduled | Phase::Recruiting, None) => Ok(Self { terms, ..self }),
            (_, Some(frozen)) => Err(Barred::TermsFrozen(frozen).into()),
            (phase, None) if told(&terms) != told(&self.terms) => Err(Barred::Phase(phase).into()),
            (_, None) => Ok(Self { terms, ..self }),
        }
    }
}

/// What the terms of a panel are hashed with, told with the result.
#[must_use]
pub fn rules_salt(secret: &str) -> String {
    digest::hex(digest::of(&[b"rules", secret.as_bytes()]))
}

/// Where somebody lives, hashed so that only whether two live together can be told; none where the panel does not ask or it is
/// not known.
#[must_use]
pub fn household(terms: &Terms, attributes: &Attributes, secret: &str) -> Option<String> {
    let home = attributes.get(terms.household.as_ref()?)?;
    let written = screening::written(home);
    Some(digest::hex(digest::of(&[
        b"household",
        secret.as_bytes(),
        written.trim().to_lowercase().as_bytes(),
    ])))
}

#[cfg(test)]
mod tests;
