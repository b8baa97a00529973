//! What happened: the facts other systems may hear of. They carry ids and never text, so that whoever hears of an
//! idea reads it through the API with their own rights.

mod contests;
mod panels;

use uuid::Uuid;

pub use self::contests::{BallotEvent, ContestEvent, EntryEvent, ObjectionEvent, ReviewEvent};
pub use self::panels::{ApplicationEvent, PanelEvent, ReportEvent, ShipmentEvent, StrikeEvent};
use crate::{
    ApiKeyId, ApplicationId, AttachmentId, BoardId, ChangelogEntryId, CommentId, ContestId, EntryId, IdeaId,
    InvitationId, MemberId, ObjectionId, PanelId, ReportId, ReviewId, RoadmapId, SegmentId, StrikeId,
    comments::Reaction, members::Role, statuses::StatusKey,
};

/// A change that was made, with what is needed to look it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    MemberRegistered { member: MemberId },
    MemberUpdated { member: MemberId },
    MemberRoleChanged { member: MemberId, from: Role, to: Role },
    MemberBlocked { member: MemberId },
    MemberUnblocked { member: MemberId },
    MemberErased { member: MemberId },
    MemberEmailVerified { member: MemberId },
    MemberEmailChanged { member: MemberId },
    MemberPasswordReset { member: MemberId },
    SessionRevoked { member: MemberId, cause: Revocation },
    Invitation { invitation: InvitationId, what: InvitationEvent },
    BoardCreated { board: BoardId },
    BoardUpdated { board: BoardId },
    BoardDeleted { board: BoardId },
    BoardStatusesChanged { board: BoardId },
    BoardFieldsChanged { board: BoardId },
    BoardMemberInvited { board: BoardId, member: MemberId },
    BoardMemberUninvited { board: BoardId, member: MemberId },
    IdeaCreated { idea: IdeaId, board: BoardId, author: Option<MemberId> },
    IdeaUpdated { idea: IdeaId, board: BoardId, version: i32 },
    IdeaDeleted { idea: IdeaId, board: BoardId },
    IdeaRestored { idea: IdeaId, board: BoardId },
    IdeaHidden { idea: IdeaId, board: BoardId },
    IdeaShown { idea: IdeaId, board: BoardId },
    IdeaStatusChanged { idea: IdeaId, board: BoardId, from: StatusKey, to: StatusKey },
    IdeaResponded { idea: IdeaId, board: BoardId, version: i32 },
    IdeaMerged { idea: IdeaId, board: BoardId, into: IdeaId },
    IdeaUnmerged { idea: IdeaId, board: BoardId, from: IdeaId },
    IdeaCommentsLocked { idea: IdeaId, board: BoardId },
    IdeaCommentsUnlocked { idea: IdeaId, board: BoardId },
    IdeaCommentPinned { idea: IdeaId, board: BoardId, comment: CommentId },
    IdeaCommentUnpinned { idea: IdeaId, board: BoardId, comment: CommentId },
    Comment { comment: CommentId, idea: IdeaId, board: BoardId, what: CommentEvent },
    VoteCast { idea: IdeaId, board: BoardId, member: MemberId },
    VoteWithdrawn { idea: IdeaId, board: BoardId, member: MemberId },
    SegmentCreated { segment: SegmentId },
    SegmentUpdated { segment: SegmentId },
    SegmentDeleted { segment: SegmentId },
    Roadmap { roadmap: RoadmapId, board: BoardId, what: RoadmapEvent },
    Changelog { entry: ChangelogEntryId, board: Option<BoardId>, what: ChangelogEvent },
    Panel { panel: PanelId, what: PanelEvent },
    Application { application: ApplicationId, panel: PanelId, what: ApplicationEvent },
    Shipment { application: ApplicationId, panel: PanelId, what: ShipmentEvent },
    Strike { strike: StrikeId, application: ApplicationId, panel: PanelId, what: StrikeEvent },
    Report { report: ReportId, panel: PanelId, application: ApplicationId, what: ReportEvent },
    Contest { contest: ContestId, what: ContestEvent },
    Ballot { contest: ContestId, voter: MemberId, what: BallotEvent },
    Entry { entry: EntryId, contest: ContestId, what: EntryEvent },
    Review { review: ReviewId, contest: ContestId, what: ReviewEvent },
    Objection { objection: ObjectionId, contest: ContestId, what: ObjectionEvent },
    ApiKeyCreated { key: ApiKeyId, member: MemberId },
    ApiKeyRevoked { key: ApiKeyId, member: MemberId },
    AttachmentCreated { attachment: AttachmentId, member: MemberId },
    AttachmentDeleted { attachment: AttachmentId, member: MemberId },
}

/// What happened to a comment that everybody who may view the board may read: of a note between staff, nothing is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentEvent {
    Created {
        author: MemberId,
        parent: Option<CommentId>,
        mentioned: Vec<MemberId>,
    },
    /// `mentioned` are those it did not mention before.
    Updated {
        version: i32,
        mentioned: Vec<MemberId>,
    },
    Deleted,
    /// By moderation.
    Hidden,
    Shown,
    ReactionAdded {
        member: MemberId,
        reaction: Reaction,
    },
    ReactionRemoved {
        member: MemberId,
        reaction: Reaction,
    },
}

/// What happened to an invitation to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationEvent {
    Created { by: MemberId },
    Deleted,
    Accepted { member: MemberId },
}

/// What happened to a roadmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoadmapEvent {
    Created,
    Updated,
    Deleted,
    /// Put into a column, or to another place of it.
    IdeaPlaced {
        idea: IdeaId,
    },
    IdeaRemoved {
        idea: IdeaId,
    },
}

/// What happened to an entry of the changelog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangelogEvent {
    Created,
    Updated,
    /// It is out, and the supporters of its ideas have been told.
    Published,
    /// It is a draft again.
    Withdrawn,
    Deleted,
}

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    SignedOut,
    TokenReused,
    /// The account was linked to the brand's sign-on by whoever owns its address.
    AccountLinked,
    PasswordReset,
    Erased,
}

impl Event {
    /// The type, as written in `docs/EVENTS.md`.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "a table: one line for each kind, and the compiler misses none"
    )]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MemberRegistered { .. } => "member.registered",
            Self::MemberUpdated { .. } => "member.updated",
            Self::MemberRoleChanged { .. } => "member.role_changed",
            Self::MemberBlocked { .. } => "member.blocked",
            Self::MemberUnblocked { .. } => "member.unblocked",
            Self::MemberErased { .. } => "member.erased",
            Self::MemberEmailVerified { .. } => "member.email_verified",
            Self::MemberEmailChanged { .. } => "member.email_changed",
            Self::MemberPasswordReset { .. } => "member.password_reset",
            Self::SessionRevoked { .. } => "session.revoked",
            Self::Invitation { what, .. } => match what {
                InvitationEvent::Created { .. } => "invitation.created",
                InvitationEvent::Deleted => "invitation.deleted",
                InvitationEvent::Accepted { .. } => "invitation.accepted",
            },
            Self::BoardCreated { .. } => "board.created",
            Self::BoardUpdated { .. } => "board.updated",
            Self::BoardDeleted { .. } => "board.deleted",
            Self::BoardStatusesChanged { .. } => "board.statuses_changed",
            Self::BoardFieldsChanged { .. } => "board.fields_changed",
            Self::BoardMemberInvited { .. } => "board.member_invited",
            Self::BoardMemberUninvited { .. } => "board.member_uninvited",
            Self::IdeaCreated { .. } => "idea.created",
            Self::IdeaUpdated { .. } => "idea.updated",
            Self::IdeaDeleted { .. } => "idea.deleted",
            Self::IdeaRestored { .. } => "idea.restored",
            Self::IdeaHidden { .. } => "idea.hidden",
            Self::IdeaShown { .. } => "idea.shown",
            Self::IdeaStatusChanged { .. } => "idea.status_changed",
            Self::IdeaResponded { .. } => "idea.responded",
            Self::IdeaMerged { .. } => "idea.merged",
            Self::IdeaUnmerged { .. } => "idea.unmerged",
            Self::IdeaCommentsLocked { .. } => "idea.comments_locked",
            Self::IdeaCommentsUnlocked { .. } => "idea.comments_unlocked",
            Self::IdeaCommentPinned { .. } => "idea.comment_pinned",
            Self::IdeaCommentUnpinned { .. } => "idea.comment_unpinned",
            Self::Comment { what, .. } => match what {
                CommentEvent::Created { .. } => "comment.created",
                CommentEvent::Updated { .. } => "comment.updated",
                CommentEvent::Deleted => "comment.deleted",
                CommentEvent::Hidden => "comment.hidden",
                CommentEvent::Shown => "comment.shown",
                CommentEvent::ReactionAdded { .. } => "comment.reaction_added",
                CommentEvent::ReactionRemoved { .. } => "comment.reaction_removed",
            },
            Self::VoteCast { .. } => "vote.cast",
            Self::VoteWithdrawn { .. } => "vote.withdrawn",
            Self::SegmentCreated { .. } => "segment.created",
            Self::SegmentUpdated { .. } => "segment.updated",
            Self::SegmentDeleted { .. } => "segment.deleted",
            Self::Roadmap { what, .. } => match what {
                RoadmapEvent::Created => "roadmap.created",
                RoadmapEvent::Updated => "roadmap.updated",
                RoadmapEvent::Deleted => "roadmap.deleted",
                RoadmapEvent::IdeaPlaced { .. } => "roadmap.idea_placed",
                RoadmapEvent::IdeaRemoved { .. } => "roadmap.idea_removed",
            },
            Self::Changelog { what, .. } => match what {
                ChangelogEvent::Created => "changelog.created",
                ChangelogEvent::Updated => "changelog.updated",
                ChangelogEvent::Published => "changelog.published",
                ChangelogEvent::Withdrawn => "changelog.withdrawn",
                ChangelogEvent::Deleted => "changelog.deleted",
            },
            Self::Panel { what, .. } => what.kind(),
            Self::Application { what, .. } => what.kind(),
            Self::Strike { what, .. } => what.kind(),
            Self::Shipment { what, .. } => what.kind(),
            Self::Report { what, .. } => what.kind(),
            Self::Contest { what, .. } => what.kind(),
            Self::Ballot { what, .. } => what.kind(),
            Self::Entry { what, .. } => what.kind(),
            Self::Review { what, .. } => what.kind(),
            Self::Objection { what, .. } => what.kind(),
            Self::ApiKeyCreated { .. } => "api_key.created",
            Self::ApiKeyRevoked { .. } => "api_key.revoked",
            Self::AttachmentCreated { .. } => "attachment.created",
            Self::AttachmentDeleted { .. } => "attachment.deleted",
        }
    }

    /// What it happened to.
    #[must_use]
    pub fn subject(&self) -> Uuid {
        match self {
            Self::MemberRegistered { member }
            | Self::MemberUpdated { member }
            | Self::MemberRoleChanged { member, .. }
            | Self::MemberBlocked { member }
            | Self::MemberUnblocked { member }
            | Self::MemberErased { member }
            | Self::MemberEmailVerified { member }
            | Self::MemberEmailChanged { member }
            | Self::MemberPasswordReset { member }
            | Self::SessionRevoked { member, .. } => member.uuid(),
            Self::Invitation { invitation, .. } => invitation.uuid(),
            Self::BoardCreated { board }
            | Self::BoardUpdated { board }
            | Self::BoardDeleted { board }
            | Self::BoardStatusesChanged { board }
            | Self::BoardFieldsChanged { board }
            | Self::BoardMemberInvited { board, .. }
            | Self::BoardMemberUninvited { board, .. } => board.uuid(),
            Self::IdeaCreated { idea, .. }
            | Self::IdeaUpdated { idea, .. }
            | Self::IdeaDeleted { idea, .. }
            | Self::IdeaRestored { idea, .. }
            | Self::IdeaHidden { idea, .. }
            | Self::IdeaShown { idea, .. }
            | Self::IdeaStatusChanged { idea, .. }
            | Self::IdeaResponded { idea, .. }
            | Self::IdeaMerged { idea, .. }
            | Self::IdeaUnmerged { idea, .. }
            | Self::IdeaCommentsLocked { idea, .. }
            | Self::IdeaCommentsUnlocked { idea, .. }
            | Self::IdeaCommentPinned { idea, .. }
            | Self::IdeaCommentUnpinned { idea, .. }
            | Self::VoteCast { idea, .. }
            | Self::VoteWithdrawn { idea, .. } => idea.uuid(),
            Self::Comment { comment, .. } => comment.uuid(),
            Self::SegmentCreated { segment }
            | Self::SegmentUpdated { segment }
            | Self::SegmentDeleted { segment } => segment.uuid(),
            Self::Roadmap { roadmap, .. } => roadmap.uuid(),
            Self::Changelog { entry, .. } => entry.uuid(),
            Self::Panel { panel, .. } => panel.uuid(),
            Self::Application { application, .. } | Self::Shipment { application, .. } => application.uuid(),
            Self::Strike { strike, .. } => strike.uuid(),
            Self::Report { report, .. } => report.uuid(),
            Self::Contest { contest, .. } | Self::Ballot { contest, .. } => contest.uuid(),
            Self::Entry { entry, .. } => entry.uuid(),
            Self::Review { review, .. } => review.uuid(),
            Self::Objection { objection, .. } => objection.uuid(),
            Self::ApiKeyCreated { key, .. } | Self::ApiKeyRevoked { key, .. } => key.uuid(),
            Self::AttachmentCreated { attachment, .. } | Self::AttachmentDeleted { attachment, .. } => {
                attachment.uuid()
            }
        }
    }
}
