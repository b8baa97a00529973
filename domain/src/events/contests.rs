//! What happens to contests and entries.

use crate::{AssignmentId, IdeaId, MemberId, contests::Step};

/// What happened to a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContestEvent {
    Created,
    Updated,
    Deleted,
    /// Staff took a step.
    Stepped(Step),
    /// What came after the lock changed its result.
    Computed,
    /// Ballots look bought, and wait for a person.
    BallotsHeld,
    /// What was personal of it has had its time.
    Forgotten,
    JudgeAppointed {
        judge: MemberId,
    },
    /// They know more, or less, or take another number of entries.
    JudgeUpdated {
        judge: MemberId,
    },
    /// It was said with whom they are in conflict.
    ConflictsSaid {
        judge: MemberId,
    },
    JudgeLeft {
        judge: MemberId,
    },
    /// Entries were given to judges.
    Assigned {
        assignment: AssignmentId,
    },
}

/// What happened to a review. That it is saved is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewEvent {
    /// Staff gave it by hand.
    Given,
    Sent,
    Recused,
    Taken,
}

/// What happened to the ballot of a member in a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BallotEvent {
    Cast,
    /// It has other stars.
    Changed,
    /// Staff rejected it, or let it count after all.
    Decided,
    Appealed,
    AppealDecided,
    /// Whoever cast it is forgotten, and voting goes on.
    Withdrawn,
}

/// What happened to an entry of a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryEvent {
    Created,
    Updated,
    Deleted,
    Submitted,
    Withdrawn,
    /// Somebody was asked into the team, has answered, is asked no more, or left.
    TeamChanged,
    Screened,
    Appealed,
    AppealDecided,
    IdeaMade {
        idea: IdeaId,
    },
    /// It lost its rank.
    Disqualified,
    /// It has it back.
    Reinstated,
    PrizeClaimed,
    PrizeDeclined,
    /// Staff know who won.
    WinnerVerified,
    /// Somebody in its team said under which name the public reads of them.
    NameChosen,
}

/// What happened to an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionEvent {
    Raised,
    Decided,
    /// Whoever raised it is forgotten, and nobody had decided.
    Withdrawn,
}

impl ObjectionEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Raised => "objection.raised",
            Self::Decided => "objection.decided",
            Self::Withdrawn => "objection.withdrawn",
        }
    }
}

impl ContestEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Created => "contest.created",
            Self::Updated => "contest.updated",
            Self::Deleted => "contest.deleted",
            Self::BallotsHeld => "contest.ballots_held",
            Self::Stepped(Step::Publish) => "contest.published",
            Self::Stepped(Step::BeginJudging) => "contest.judging_begun",
            Self::Stepped(Step::NextRound) => "contest.round_ended",
            Self::Computed => "contest.result_computed",
            Self::Stepped(Step::LockScores) => "contest.scores_locked",
            Self::Stepped(Step::PublishProvisional) => "contest.provisional_published",
            Self::Stepped(Step::Finalize) => "contest.finalized",
            Self::Stepped(Step::Archive) => "contest.archived",
            Self::Stepped(Step::Cancel) => "contest.cancelled",
            Self::Forgotten => "contest.forgotten",
            Self::JudgeAppointed { .. } => "contest.judge_appointed",
            Self::JudgeUpdated { .. } => "contest.judge_updated",
            Self::ConflictsSaid { .. } => "contest.conflicts_said",
            Self::JudgeLeft { .. } => "contest.judge_left",
            Self::Assigned { .. } => "contest.assigned",
        }
    }
}

impl ReviewEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Given => "review.given",
            Self::Sent => "review.sent",
            Self::Recused => "review.recused",
            Self::Taken => "review.taken",
        }
    }
}

impl BallotEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Cast => "ballot.cast",
            Self::Changed => "ballot.changed",
            Self::Decided => "ballot.decided",
            Self::Appealed => "ballot.appealed",
            Self::AppealDecided => "ballot.appeal_decided",
            Self::Withdrawn => "ballot.withdrawn",
        }
    }
}

impl EntryEvent {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Created => "entry.created",
            Self::Updated => "entry.updated",
            Self::Deleted => "entry.deleted",
            Self::Submitted => "entry.submitted",
            Self::Withdrawn => "entry.withdrawn",
            Self::TeamChanged => "entry.team_changed",
            Self::Screened => "entry.screened",
            Self::Appealed => "entry.appealed",
            Self::AppealDecided => "entry.appeal_decided",
            Self::IdeaMade { .. } => "entry.idea_made",
            Self::Disqualified => "entry.disqualified",
            Self::Reinstated => "entry.reinstated",
            Self::PrizeClaimed => "entry.prize_claimed",
            Self::PrizeDeclined => "entry.prize_declined",
            Self::WinnerVerified => "entry.winner_verified",
            Self::NameChosen => "entry.name_chosen",
        }
    }
}
