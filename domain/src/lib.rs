//! The rules of Madang: what may happen, and why not.
//!
//! Nothing here knows of HTTP, SQL, the clock or chance: times and ids come in as arguments, and a value
//! that exists is valid.

pub mod access;
pub mod answers;
pub mod api_keys;
pub mod attachments;
pub mod audit;
pub mod boards;
pub mod calendar;
pub mod changelog;
pub mod comments;
pub mod contests;
pub mod digest;
pub mod draws;
pub mod duplicates;
pub mod events;
pub mod fields;
pub mod id;
pub mod ideas;
pub mod insights;
pub mod invitations;
pub mod judging;
pub mod mail;
pub mod markdown;
pub mod members;
pub mod moderation;
pub mod names;
pub mod page;
pub mod panels;
pub mod proxies;
pub mod ranking;
pub mod refusal;
pub mod roadmaps;
pub mod search;
pub mod segments;
pub mod statuses;
pub mod terms;
pub mod text;
pub mod triage;

pub use access::{Action, Actor, Audience};
pub use id::{
    ApiKeyId, ApplicationId, AssignmentId, AttachmentId, BoardId, ChangelogEntryId, CommentId, ConflictId,
    ContestId, EntryId, FieldId, IdeaId, InvitationId, MailId, MailLinkId, MemberId, ObjectionId, PanelId,
    ReportId, ReviewId, RoadmapId, SegmentId, SessionId, Stamp, StatusId, StrikeId, TeamInvitationId, ViewId,
    WorkId,
};
pub use refusal::Refusal;
