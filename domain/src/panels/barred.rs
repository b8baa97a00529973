//! Why a panel does not let something happen.

use chrono::{DateTime, Utc};

use super::Phase;
use crate::Refusal;

/// Why a panel does not let something happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    #[error("the panel is {}", .0.name())]
    Phase(Phase),
    #[error("objections may be raised until {until}")]
    ObjectionWindow { until: DateTime<Utc> },
    #[error("objections could be raised until {until}")]
    WindowOver { until: DateTime<Utc> },
    #[error("the number of the draw may be known already")]
    LockStays,
    #[error("what was published is not changed: {0}")]
    TermsFrozen(&'static str),
    #[error("the panel is for others")]
    NotInvited,
    #[error("the member has applied")]
    AlreadyApplied,
    #[error("seats and waitlist are taken")]
    Full,
    #[error("the seats cannot be filled within the quotas: {}", .ways_out.join(", "))]
    Infeasible { ways_out: Vec<String> },
    #[error("the quotas are too complex: {merge}")]
    TooComplex { merge: String },
    #[error("nobody has hidden a number to draw with")]
    NobodyHidANumber,
    #[error("only applicants and staff have a part in the number")]
    NoPart,
    #[error("the application has no seat to answer for")]
    NoSeat,
    #[error("the time to confirm is over")]
    TooLate,
    #[error("the seat is not confirmed")]
    NotConfirmed,
    #[error("the product was shipped")]
    AlreadyShipped,
    #[error("the product was not shipped yet")]
    NotShipped,
    #[error("no key that is set opens the address")]
    AddressUnreadable,
    #[error("no report is waited for")]
    NothingToExcuse,
    #[error("the time to excuse oneself is over")]
    ExcuseTooLate,
    #[error("there is an appeal already")]
    AlreadyAppealed,
    #[error("the time to appeal is over")]
    AppealTooLate,
    #[error("nobody has asked for a decision")]
    NothingToDecide,
    #[error("it is decided")]
    AlreadyDecided,
    #[error("{trying} still try the product, as things stand until {until}")]
    TrialsUnderWay { trying: usize, until: DateTime<Utc> },
    #[error("nobody has told what was learned")]
    ResultsMissing,
    #[error("the product has not come")]
    NotDelivered,
    #[error("the mission begins at {from}")]
    MissionNotOpen { from: DateTime<Utc> },
    #[error("not done yet: {}", .0.join(", "))]
    MissionsMissing(Vec<String>),
    #[error("it was handed in")]
    HandedIn,
    #[error("the report is accepted")]
    ReportAccepted,
    #[error("the report is not accepted")]
    ReportNotAccepted,
    #[error("what was asked for came")]
    RevisionSent,
    #[error("a revision was asked for before")]
    RevisionAsked,
    #[error("the report does not say who paid for it")]
    Undisclosed,
}

impl From<Barred> for Refusal {
    fn from(barred: Barred) -> Self {
        Self::Panel(barred)
    }
}
