//! The audit log: what staff did and which personal data they looked at, in a chain in which no link can be changed unseen.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Actor, ApiKeyId, MemberId,
    digest::{self, Digest},
    members::Role,
};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Member {
        id: MemberId,
        role: Role,
        /// The key with which a program did it for them.
        key: Option<ApiKeyId>,
    },
    /// The command line and the jobs.
    System,
}

impl By {
    /// None for a visitor, who does nothing that is kept here.
    #[must_use]
    pub fn of(actor: &Actor) -> Option<Self> {
        match *actor {
            Actor::Member { id, role } => Some(Self::Member { id, role, key: None }),
            Actor::Key { id, owner, role, .. } => Some(Self::Member { id: owner, role, key: Some(id) }),
            Actor::System => Some(Self::System),
            Actor::Visitor => None,
        }
    }
}

/// What was done, to what, and how it was before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The operation, as the API names it.
    pub action: String,
    pub subject: Option<Uuid>,
    /// JSON, of what differs.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without gaps.
    pub number: i64,
    /// In microseconds.
    pub at: DateTime<Utc>,
    pub request_id: Option<String>,
    pub by: By,
    pub deed: Deed,
}

/// The end of the chain, of as many entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub number: i64,
    pub hash: Digest,
}

impl Head {
    /// Before the first entry.
    pub const NONE: Self = Self { number: 0, hash: [0; 32] };
}

/// Where a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("entry {0} is missing")]
    Missing(i64),
    #[error("entry {0} does not follow from the one before it")]
    Unlinked(i64),
    #[error("entry {0} is not what it was when it was written")]
    Changed(i64),
}

impl Entry {
    /// The SHA-256 of the hash before and of everything the entry says, by [`digest::of`]. What is absent is told from what
    /// is empty.
    #[must_use]
    pub fn hash(&self, previous: &Digest) -> Digest {
        let (number, at) = (self.number.to_be_bytes(), self.at.timestamp_micros().to_be_bytes());
        let (member, role, key) = match self.by {
            By::Member { id, role, key } => (Some(id.uuid()), role.name(), key.map(ApiKeyId::uuid)),
            By::System => (None, "system", None),
        };
        let given = |text: &Option<String>| {
            text.as_ref().map_or_else(Vec::new, |text| [b"=", text.as_bytes()].concat())
        };
        let id = |id: Option<Uuid>| id.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        digest::of(&[
            previous,
            &number,
            &at,
            &given(&self.request_id),
            &id(member),
            role.as_bytes(),
            &id(key),
            self.deed.action.as_bytes(),
            &id(self.deed.subject),
            &given(&self.deed.before),
            &given(&self.deed.after),
        ])
    }

    /// The end of the chain with this entry on it, if it is the one that follows, as it was when it was written.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn follow(&self, end: Head, previous: &Digest, hash: &Digest) -> Result<Head, Broken> {
        match end.number + 1 {
            due if self.number != due => Err(Broken::Missing(due)),
            due if *previous != end.hash => Err(Broken::Unlinked(due)),
            due if self.hash(previous) != *hash => Err(Broken::Changed(due)),
            due => Ok(Head { number: due, hash: *hash }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: i64) -> Entry {
        let deed =
            Deed { action: "update_board".to_owned(), subject: Some(Uuid::nil()), before: None, after: None };
        let by = By::Member { id: MemberId::from(Uuid::nil()), role: Role::Admin, key: None };
        Entry { number, at: DateTime::UNIX_EPOCH, request_id: Some("r".to_owned()), by, deed }
    }

    #[test]
    fn whatever_an_entry_says_is_in_its_hash() {
        let base = entry(1);
        let deed = |change: fn(&mut Deed)| {
            let mut other = base.clone();
            change(&mut other.deed);
            other
        };
        let role = By::Member { id: MemberId::from(Uuid::nil()), role: Role::Moderator, key: None };
        let key = ApiKeyId::from(Uuid::nil());
        let keyed = By::Member { id: MemberId::from(Uuid::nil()), role: Role::Admin, key: Some(key) };
        let others = [
            entry(2),
            Entry { at: DateTime::UNIX_EPOCH + chrono::TimeDelta::microseconds(1), ..base.clone() },
            Entry { request_id: None, ..base.clone() },
            Entry { request_id: Some(String::new()), ..base.clone() },
            Entry { by: By::System, ..base.clone() },
            Entry { by: role, ..base.clone() },
            Entry { by: keyed, ..base.clone() },
            deed(|deed| deed.action.push('s')),
            deed(|deed| deed.subject = None),
            deed(|deed| deed.before = Some("{}".to_owned())),
            deed(|deed| deed.after = Some("{}".to_owned())),
        ];
        let mut hashes: Vec<Digest> = others.iter().map(|other| other.hash(&[0; 32])).collect();
        hashes.extend([base.hash(&[0; 32]), base.hash(&[1; 32])]);
        let found = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), found);
    }

    #[test]
    fn a_chain_is_followed_to_its_first_broken_link() {
        let first = entry(1);
        let one = first.follow(Head::NONE, &[0; 32], &first.hash(&[0; 32])).unwrap();
        let second = entry(2);
        let hash = second.hash(&one.hash);
        assert_eq!(second.follow(one, &one.hash, &hash), Ok(Head { number: 2, hash }));
        assert_eq!(entry(3).follow(one, &one.hash, &hash), Err(Broken::Missing(2)));
        assert_eq!(second.follow(one, &[9; 32], &hash), Err(Broken::Unlinked(2)));
        let tampered = Entry { request_id: None, ..second };
        assert_eq!(tampered.follow(one, &one.hash, &hash), Err(Broken::Changed(2)));
    }
}
