//! API keys: a member's rights, as far as they are lent to a program.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    ApiKeyId, MemberId,
    access::Permission,
    text::{Fault, Lines, clean},
};

/// A key that acts as its owner, within its scopes. Of its secret only a hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub owner: MemberId,
    pub name: KeyName,
    /// The beginning of the key, by which people know it again.
    pub prefix: String,
    pub scopes: Scopes,
    pub created_at: DateTime<Utc>,
    /// From when it is good no more; never, where it says nothing.
    pub expires_at: Option<DateTime<Utc>>,
    /// To the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// The key that takes its place, once it was rotated.
    pub replaced_by: Option<ApiKeyId>,
}

/// The most keys of a member that are good.
pub const MOST_KEYS: usize = 20;
/// The longest time that a key stays good beside the one that replaces it, in hours.
pub const MOST_OVERLAP: u16 = 168;

impl ApiKey {
    /// Whether its last use is to be noted anew.
    #[must_use]
    pub fn was_used_long_before(&self, now: DateTime<Utc>) -> bool {
        self.last_used_at.is_none_or(|at| at + TimeDelta::minutes(1) <= now)
    }

    #[must_use]
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| now < at)
    }
}

/// What a key is called: 1–60 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    pub const MOST: usize = 60;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for KeyName {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::One).map(Self)
    }
}

/// One thing a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read what the owner may read.
    Read,
    /// Change what the owner may change.
    Write,
    /// A right of staff, which the owner must have as well.
    Staff(Permission),
}

impl Scope {
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Read, Self::Write].into_iter().chain(Permission::ALL.into_iter().map(Self::Staff))
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Staff(permission) => permission.name(),
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|scope| scope.name() == name)
    }
}

/// What a key is for. A key without a right of staff is no staff, whoever owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u32);

impl Scopes {
    fn bit(scope: Scope) -> u32 {
        Scope::all().position(|other| other == scope).map_or(0, |place| 1 << place)
    }

    #[must_use]
    pub fn holds(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// Whether there is any right of staff among them.
    #[must_use]
    pub fn has_staff(self) -> bool {
        self.iter().any(|scope| matches!(scope, Scope::Staff(_)))
    }

    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::all().filter(move |scope| self.holds(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | Self::bit(scope)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_set_of_what_has_a_name() {
        let scopes: Scopes =
            ["write", "triage", "write"].iter().filter_map(|name| Scope::named(name)).collect();
        assert!(
            scopes.holds(Scope::Write)
                && scopes.holds(Scope::Staff(Permission::Triage))
                && scopes.has_staff()
        );
        assert!(!scopes.holds(Scope::Read) && !scopes.holds(Scope::Staff(Permission::Respond)));
        assert_eq!(scopes.iter().map(Scope::name).collect::<Vec<_>>(), ["write", "triage"]);
        assert!(!Scopes::from_iter([Scope::Read]).has_staff());
        assert_eq!(Scope::named("everything"), None);
        let names: Vec<_> = Scope::all().map(Scope::name).collect();
        assert!(names.iter().enumerate().all(|(n, name)| !names[..n].contains(name)));
    }
}
