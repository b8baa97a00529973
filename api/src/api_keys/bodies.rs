//! API keys as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    Actor, ApiKeyId, Refusal,
    access::Permission,
    api_keys::{ApiKey, KeyName, MOST_OVERLAP, Scope, Scopes},
    text::Fault,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    body::{field, present},
    error::Failure,
    key_text::KeyText,
};

/// What a key is for: reading, changing, and rights of staff, which its owner must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeName {
    /// Read what the owner may read.
    Read,
    /// Change what the owner may change.
    Write,
    ManageMembers,
    ManageBoards,
    ManageIdeas,
    SetStatus,
    Respond,
    Triage,
    ManageSegments,
    SeeVoters,
    SeeInsights,
    ActOnBehalf,
    SeeAudit,
    Moderate,
    ManageChangelog,
    ManagePanels,
    Ship,
    ManageContests,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Read => Self::Read,
            ScopeName::Write => Self::Write,
            ScopeName::ManageMembers => Self::Staff(Permission::ManageMembers),
            ScopeName::ManageBoards => Self::Staff(Permission::ManageBoards),
            ScopeName::ManageIdeas => Self::Staff(Permission::ManageIdeas),
            ScopeName::SetStatus => Self::Staff(Permission::SetStatus),
            ScopeName::Respond => Self::Staff(Permission::Respond),
            ScopeName::Triage => Self::Staff(Permission::Triage),
            ScopeName::ManageSegments => Self::Staff(Permission::ManageSegments),
            ScopeName::SeeVoters => Self::Staff(Permission::SeeVoters),
            ScopeName::SeeInsights => Self::Staff(Permission::SeeInsights),
            ScopeName::ActOnBehalf => Self::Staff(Permission::ActOnBehalf),
            ScopeName::SeeAudit => Self::Staff(Permission::SeeAudit),
            ScopeName::Moderate => Self::Staff(Permission::Moderate),
            ScopeName::ManageChangelog => Self::Staff(Permission::ManageChangelog),
            ScopeName::ManagePanels => Self::Staff(Permission::ManagePanels),
            ScopeName::Ship => Self::Staff(Permission::Ship),
            ScopeName::ManageContests => Self::Staff(Permission::ManageContests),
        }
    }
}

/// An API key. The key itself is shown only when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyBody {
    id: Uuid,
    #[schema(example = "야간 백업")]
    name: String,
    /// How the key begins.
    #[schema(example = "mdk_Xf2aQ9Lk")]
    prefix: String,
    #[schema(value_type = Vec<ScopeName>, example = json!(["read", "triage"]))]
    scopes: Vec<&'static str>,
    created_at: DateTime<Utc>,
    /// From when it is good no more; null when that is never.
    expires_at: Option<DateTime<Utc>>,
    /// To the minute.
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    /// The key that takes its place.
    replaced_by: Option<Uuid>,
    /// Whether it can be used now.
    good: bool,
}

impl ApiKeyBody {
    pub(super) fn new(key: &ApiKey, now: DateTime<Utc>) -> Self {
        Self {
            id: key.id.uuid(),
            name: key.name.as_str().to_owned(),
            prefix: key.prefix.clone(),
            scopes: key.scopes.iter().map(Scope::name).collect(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by.map(ApiKeyId::uuid),
            good: key.is_good(now),
        }
    }
}

/// A new API key, with the key.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeApiKeyBody {
    #[serde(flatten)]
    facts: ApiKeyBody,
    /// To be sent as a bearer token. It is shown this once.
    #[schema(example = "mdk_Xf2aQ9LkmVw0d3B7r5Jt8cZ1yHnP6sGeUoTiRxKqWvA")]
    key: String,
}

impl MadeApiKeyBody {
    pub(super) fn new(key: &ApiKey, text: &KeyText, now: DateTime<Utc>) -> Self {
        Self { facts: ApiKeyBody::new(key, now), key: text.as_str().to_owned() }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKeyBody {
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "야간 백업")]
    name: String,
    #[validate(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20, example = json!(["read", "triage"]))]
    scopes: Vec<ScopeName>,
    /// In the future; never unless given.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = DateTime<Utc>, example = "2030-01-01T00:00:00Z")]
    expires_at: Option<DateTime<Utc>>,
}

/// What is asked of a new key.
#[derive(Clone)]
pub(super) struct Wanted {
    pub name: KeyName,
    pub scopes: Scopes,
    pub expires_at: Option<DateTime<Utc>>,
}

impl NewApiKeyBody {
    pub(super) fn wanted(&self, now: DateTime<Utc>) -> Result<Wanted, Failure> {
        if self.expires_at.is_some_and(|at| at <= now) {
            return Err(Failure::field("/expires_at", Fault::NotA("time in the future")));
        }
        Ok(Wanted {
            name: field("/name", KeyName::try_from(&*self.name))?,
            scopes: self.scopes.iter().copied().map(Scope::from).collect(),
            expires_at: self.expires_at,
        })
    }
}

impl Wanted {
    /// Whether the member has every right of staff that the key is to have.
    pub(super) fn ensure_lendable(&self, actor: &Actor) -> Result<(), Refusal> {
        self.scopes.iter().try_for_each(|scope| match scope {
            Scope::Staff(permission) => actor.ensure(permission),
            Scope::Read | Scope::Write => Ok(()),
        })
    }
}

#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateBody {
    /// How long the old key stays good: 24 hours unless given. 0 ends it at once.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(max = 168))]
    #[schema(required = false, nullable = false, value_type = u16, minimum = 0, maximum = 168, example = 24)]
    overlap_hours: Option<u16>,
}

impl RotateBody {
    pub(super) fn overlap(&self) -> Result<u16, Failure> {
        match self.overlap_hours.unwrap_or(24) {
            hours if hours > MOST_OVERLAP => {
                Err(Failure::field("/overlap_hours", Fault::NotA("number of hours up to 168")))
            }
            hours => Ok(hours),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_its_name_in_the_document() {
        for scope in Scope::all() {
            let name: ScopeName = serde_json::from_value(scope.name().into()).unwrap();
            assert_eq!(Scope::from(name), scope);
        }
    }
}
