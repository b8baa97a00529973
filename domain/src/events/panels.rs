//! What happens in trial panels.

use crate::{ApplicationId, IdeaId, panels::Step};

/// What happened to a trial panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelEvent {
    Created,
    Updated,
    Deleted,
    /// Staff took a step.
    Stepped(Step),
    /// A seat fell free, and somebody has it now, or nobody could take it.
    SeatFreed {
        taken_by: Option<ApplicationId>,
    },
    /// What was learned was told, or told better.
    ResultsWritten,
}

/// What happened to somebody's application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationEvent {
    Created,
    Updated,
    Withdrawn,
    Confirmed,
    Declined,
    Lapsed,
    /// Its applicant says why no report will come.
    ExcuseSent,
    ExcuseDecided,
    /// Something was handed in for a mission, or in place of what was.
    MissionDone,
}

/// What happened to a strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrikeEvent {
    Recorded,
    Appealed,
    Decided,
}

/// What happened to what is sent to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShipmentEvent {
    /// Given for the first time, or another.
    AddressGiven,
    /// By whom it is of.
    AddressDeleted,
    Shipped,
    Delivered,
    /// Its courier, its number or a time is another.
    Changed,
}

/// What happened to the report of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportEvent {
    Sent,
    SentAnew,
    RevisionRequested,
    Accepted,
    /// Staff made an idea of something it says.
    IdeaMade {
        idea: IdeaId,
    },
}

impl PanelEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Created => "panel.created",
            Self::Updated => "panel.updated",
            Self::Deleted => "panel.deleted",
            Self::Stepped(Step::Publish) => "panel.published",
            Self::Stepped(Step::CloseRecruiting) => "panel.recruiting_closed",
            Self::Stepped(Step::Lock) => "panel.locked",
            Self::Stepped(Step::Unlock) => "panel.unlocked",
            Self::Stepped(Step::Draw) => "panel.drawn",
            Self::Stepped(Step::Announce) => "panel.announced",
            Self::Stepped(Step::Close) => "panel.closed",
            Self::Stepped(Step::Cancel) => "panel.cancelled",
            Self::SeatFreed { .. } => "panel.seat_freed",
            Self::ResultsWritten => "panel.results_written",
        }
    }
}

impl ApplicationEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Created => "application.created",
            Self::Updated => "application.updated",
            Self::Withdrawn => "application.withdrawn",
            Self::Confirmed => "application.confirmed",
            Self::Declined => "application.declined",
            Self::Lapsed => "application.lapsed",
            Self::ExcuseSent => "application.excuse_sent",
            Self::ExcuseDecided => "application.excuse_decided",
            Self::MissionDone => "application.mission_done",
        }
    }
}

impl StrikeEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Recorded => "strike.recorded",
            Self::Appealed => "strike.appealed",
            Self::Decided => "strike.decided",
        }
    }
}

impl ShipmentEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::AddressGiven => "shipment.address_given",
            Self::AddressDeleted => "shipment.address_deleted",
            Self::Shipped => "shipment.shipped",
            Self::Delivered => "shipment.delivered",
            Self::Changed => "shipment.changed",
        }
    }
}

impl ReportEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Sent => "report.sent",
            Self::SentAnew => "report.sent_anew",
            Self::RevisionRequested => "report.revision_requested",
            Self::Accepted => "report.accepted",
            Self::IdeaMade { .. } => "report.idea_made",
        }
    }
}
