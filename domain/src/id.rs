//! Ids: UUIDv7 values that know what they name.

use std::{cmp::Ordering, fmt, hash::Hash, marker::PhantomData};

use chrono::{DateTime, SubsecRound as _, Utc};
use uuid::{Builder, Uuid};

use crate::digest;

/// The id of an `Of`: a UUIDv7, so ids sort by the time they were made at.
pub struct Id<Of>(Uuid, PhantomData<fn() -> Of>);

pub type ApiKeyId = Id<crate::api_keys::ApiKey>;
pub type AttachmentId = Id<crate::attachments::Attachment>;
pub type ApplicationId = Id<crate::panels::applications::Application>;
pub type MemberId = Id<crate::members::Member>;
pub type BoardId = Id<crate::boards::Board>;
pub type CommentId = Id<crate::comments::Comment>;
pub type ChangelogEntryId = Id<crate::changelog::Entry>;
pub type ContestId = Id<crate::contests::Contest>;
pub type EntryId = Id<crate::contests::entries::Entry>;
pub type IdeaId = Id<crate::ideas::Idea>;
pub type InvitationId = Id<crate::invitations::Invitation>;
pub type ObjectionId = Id<crate::contests::objections::Objection>;
pub type MailId = Id<crate::mail::Mail>;
pub type MailLinkId = Id<crate::mail::MailLink>;
pub type FieldId = Id<crate::fields::Field>;
pub type StrikeId = Id<crate::panels::strikes::Strike>;
pub type StatusId = Id<crate::statuses::Status>;
pub type ViewId = Id<crate::triage::View>;
pub type PanelId = Id<crate::panels::Panel>;
pub type AssignmentId = Id<crate::contests::assigning::Assignment>;
pub type ConflictId = Id<crate::contests::conflicts::Conflict>;
pub type ReviewId = Id<crate::contests::reviews::Review>;
pub type ReportId = Id<crate::panels::reports::Report>;
pub type RoadmapId = Id<crate::roadmaps::Roadmap>;
pub type SegmentId = Id<crate::segments::Segment>;
pub type TeamInvitationId = Id<crate::contests::teams::Invitation>;
pub type SessionId = Id<crate::members::Session>;
pub type EventId = Id<crate::events::Event>;
pub type WorkId = Id<crate::panels::missions::Work>;

impl<Of> Id<Of> {
    /// The id made at `at` (millisecond precision) with ten bytes of `chance`.
    #[must_use]
    pub fn new(at: DateTime<Utc>, chance: [u8; 10]) -> Self {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        Self::from(Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
    }

    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl<Of> From<Uuid> for Id<Of> {
    fn from(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
}

/// When a change is made, and the chance its ids are made of. A change that runs twice makes the same ids.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// Cut to microseconds, which is what is stored.
    pub at: DateTime<Utc>,
    chance: [u8; 10],
}

impl Stamp {
    #[must_use]
    pub fn new(at: DateTime<Utc>, chance: [u8; 10]) -> Self {
        Self { at: at.trunc_subsecs(6), chance }
    }

    /// The `nth` id of the change, of sixteen.
    #[must_use]
    pub fn id<Of>(&self, nth: u8) -> Id<Of> {
        let mut chance = self.chance;
        // In the last four bits, so that the ids of one change sort in its order.
        chance[9] = chance[9] & 0xf0 | nth & 0x0f;
        Id::new(self.at, chance)
    }

    /// The stamp of the `nth` part of a change that has many, each with ids of its own.
    #[must_use]
    pub fn branch(&self, nth: u16) -> Self {
        let mixed = digest::of(&[b"branch", &self.chance, &nth.to_be_bytes()]);
        let mut chance = [0; 10];
        chance.copy_from_slice(&mixed[..10]);
        Self { chance, ..*self }
    }
}

// Written out, because a derive would ask the same of `Of`, which is only a name.
impl<Of> Clone for Id<Of> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<Of> Copy for Id<Of> {}
impl<Of> PartialEq for Id<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<Of> Eq for Id<Of> {}
impl<Of> PartialOrd for Id<Of> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<Of> Ord for Id<Of> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<Of> Hash for Id<Of> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<Of> fmt::Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<Of> fmt::Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_id_sorts_after_an_earlier_one() {
        let at = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        let early = IdeaId::new(at(1_000), [0xff; 10]);
        let late = IdeaId::new(at(1_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
    }
}
