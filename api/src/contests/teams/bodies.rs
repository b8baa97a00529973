//! Invitations into teams as they are written in requests and answers.

use chrono::{DateTime, Utc};
use domain::{
    contests::{
        Contest,
        entries::Entry,
        teams::{Addressee, Invitation},
    },
    members::Email,
    text::Fault,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::super::ContestRefBody;
use crate::{
    body::{field, present},
    error::Failure,
};

/// Who is asked into a team: a member, or whoever has an address.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "jisu@example.com" }))]
pub struct NewTeamInvitationBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = Uuid)]
    member_id: Option<Uuid>,
    #[serde(default, deserialize_with = "present")]
    #[validate(email, length(max = 254))]
    #[schema(
        required = false,
        nullable = false,
        format = "email",
        max_length = 254,
        example = "jisu@example.com"
    )]
    email: Option<String>,
}

impl NewTeamInvitationBody {
    pub(super) fn to(&self) -> Result<Addressee, Failure> {
        match (self.member_id, &self.email) {
            (Some(member), None) => Ok(Addressee::Member(member.into())),
            (None, Some(email)) => field("/email", Email::try_from(&**email)).map(Addressee::Email),
            (Some(_), Some(_)) => Err(Failure::field("/email", Fault::NotA("field beside member_id"))),
            (None, None) => Err(Failure::field("/member_id", Fault::Required)),
        }
    }
}

/// Somebody who was asked into a team. Of an address it is not told whether it is somebody's here.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamInvitationBody {
    id: Uuid,
    member_id: Option<Uuid>,
    #[schema(example = "jisu@example.com")]
    email: Option<String>,
    created_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    /// Null before it is answered.
    #[schema(example = true)]
    accepted: Option<bool>,
}

impl From<&Invitation> for TeamInvitationBody {
    fn from(invitation: &Invitation) -> Self {
        let (member_id, email) = match &invitation.to {
            Addressee::Member(member) => (Some(member.uuid()), None),
            Addressee::Email(email) => (None, Some(email.as_str().to_owned())),
        };
        Self {
            id: invitation.id.uuid(),
            member_id,
            email,
            created_at: invitation.created_at,
            answered_at: invitation.answer.map(|(at, _)| at),
            accepted: invitation.answer.map(|(_, accepted)| accepted),
        }
    }
}

/// What you are asked into: of the entry only what it is called, for the rest is its team's.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedBody {
    id: Uuid,
    contest: ContestRefBody,
    entry_id: Uuid,
    #[schema(example = "한마당")]
    entry_title: String,
    /// Who leads the team.
    #[schema(example = "아나")]
    leader: Option<String>,
    /// Until when one may join.
    until: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

impl AskedBody {
    pub(super) fn new(
        invitation: &Invitation,
        entry: &Entry,
        contest: &Contest,
        leader: Option<String>,
    ) -> Self {
        Self {
            id: invitation.id.uuid(),
            contest: contest.into(),
            entry_id: entry.id.uuid(),
            entry_title: entry.content.title.clone(),
            leader,
            until: contest.terms.teams_until(),
            created_at: invitation.created_at,
        }
    }
}

/// What somebody gives who joins.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptTeamInvitationBody {
    /// The keys of the consents you give; those that are required must be among them.
    #[serde(default)]
    #[validate(length(max = 30))]
    #[schema(required = false, example = json!(["privacy"]))]
    pub(super) consents: Vec<String>,
}
