//! Invitations as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::invitations::{Invitation, MOST_DAYS};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    body::present,
    members::{LocaleName, RoleName},
};

/// An invitation to join. Its link is in the mail alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationToJoinBody {
    id: Uuid,
    #[schema(example = "jisu@example.com")]
    email: String,
    role: RoleName,
    invited_by: InviterBody,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// Who of staff sent an invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviterBody {
    id: Uuid,
    #[schema(example = "한지기")]
    display_name: String,
}

impl InvitationToJoinBody {
    pub(super) fn new(invitation: &Invitation, by: String) -> Self {
        Self {
            id: invitation.id.uuid(),
            email: invitation.email.as_str().to_owned(),
            role: invitation.role.into(),
            invited_by: InviterBody { id: invitation.invited_by.uuid(), display_name: by },
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitationBody {
    #[validate(email, length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "jisu@example.com")]
    pub(super) email: String,
    pub(super) role: RoleName,
    /// The language of the mail; that of whoever invites unless said.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = LocaleName)]
    pub(super) locale: Option<LocaleName>,
    /// How long the link is good for: 7 days unless said.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MOST_DAYS))]
    #[schema(required = false, nullable = false, value_type = u16, minimum = 1, maximum = 30, example = 7)]
    pub(super) expires_in_days: Option<u16>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitationBody {
    /// What stood after the `#` of the link.
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "Zb4v0Yw2n1mQy3xk8sT5rE7uI9oP6aSdFgHjKlZxCvB")]
    pub(super) secret: String,
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50, example = "지수")]
    pub(super) display_name: String,
    #[validate(length(min = 10, max = 200))]
    #[schema(min_length = 10, max_length = 200, example = "a long enough password")]
    pub(super) password: String,
    /// The language to write to the member in; Korean unless said.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = LocaleName)]
    pub(super) locale: Option<LocaleName>,
}
