//! Excuses: why somebody cannot tell of a product, said in time.

use chrono::{DateTime, Utc};

use super::{
    Barred, Panel,
    applications::{Application, Outcome},
    strikes::Plea,
    trials::Trial,
};
use crate::{ApplicationId, Refusal};

/// What somebody says, and what staff made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excuse {
    pub application_id: ApplicationId,
    /// None once it had its time.
    pub reason: Option<Plea>,
    pub created_at: DateTime<Utc>,
    pub decision: Option<Decision>,
}

/// Whether staff granted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub at: DateTime<Utc>,
    pub granted: bool,
}

impl Excuse {
    /// The excuse after staff have decided, which they do once.
    ///
    /// # Errors
    /// [`Barred::AlreadyDecided`].
    pub fn decided(self, decision: Decision) -> Result<Self, Refusal> {
        match self.decision {
            Some(_) => Err(Barred::AlreadyDecided.into()),
            None => Ok(Self { decision: Some(decision), ..self }),
        }
    }
}

/// Whether somebody may excuse themselves now, from the moment the seat is confirmed until a strike would be recorded: what is
/// decided stays so, and what was told of needs no excuse.
///
/// # Errors
/// [`Barred::Phase`], [`Barred::NothingToExcuse`], [`Barred::AlreadyDecided`] or [`Barred::ExcuseTooLate`].
pub fn ensure_may_excuse(
    application: &Application,
    panel: &Panel,
    trial: &Trial,
    said: Option<&Excuse>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let until = trial.struck_from(&panel.terms);
    let is_over = trial.reported_at.is_some() || trial.missed_at.is_some();
    if !panel.takes_replies(now) {
        Err(Barred::Phase(panel.phase(now)).into())
    } else if application.outcome != Outcome::Confirmed || is_over {
        Err(Barred::NothingToExcuse.into())
    } else if said.is_some_and(|excuse| excuse.decision.is_some()) {
        Err(Barred::AlreadyDecided.into())
    } else if until.is_some_and(|until| now >= until) {
        Err(Barred::ExcuseTooLate.into())
    } else {
        Ok(())
    }
}
