//! Who gets which prize by the result as it stands, what the team says to it, and what each of them is paid. An entry that is
//! [disqualified](Disqualification) or declines loses its rank, and who is next in line moves up.

mod awards;
mod claims;
mod disqualification;
mod names;
mod payments;
mod standing;

pub use self::{
    awards::{Award, awards, next_in_line, undecided},
    claims::{Claim, Shares, Taxed},
    disqualification::{Cause, Disqualification},
    names::NameAs,
    payments::{Payment, payments},
};
use super::{Barred, Contest, Phase};
use crate::Refusal;
use chrono::{DateTime, Utc};

impl Contest {
    /// Whether everybody may know who is to get a prize.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_awards_public(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.is_result_public(now) {
            true => Ok(()),
            false => Err(Barred::Phase(self.phase(now)).into()),
        }
    }

    /// Whether those who run it may: from the moment on when nobody marks any more.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_awards_known(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.ensure_result_open(now).or_else(|_| self.ensure_awards_public(now))
    }

    /// Whether prizes are claimed and winners verified now.
    ///
    /// # Errors
    /// [`Barred::Phase`].
    pub fn ensure_claiming(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.phase(now) {
            Phase::Objection => Ok(()),
            phase => Err(Barred::Phase(phase).into()),
        }
    }
}
