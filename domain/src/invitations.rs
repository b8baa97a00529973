//! Invitations: somebody without an account is asked to join, in a role.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Actor, InvitationId, MemberId, Refusal,
    members::{Email, Member, Role},
};

/// An invitation that was sent to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: Email,
    pub role: Role,
    pub invited_by: MemberId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// How many days an invitation is good for unless it is said.
pub const USUAL_DAYS: u16 = 7;
/// The most days it may be good for.
pub const MOST_DAYS: u16 = 30;

impl Invitation {
    /// Until when an invitation made now is good.
    #[must_use]
    pub fn expiry(now: DateTime<Utc>, days: u16) -> DateTime<Utc> {
        now + TimeDelta::days(days.into())
    }

    /// Whether it can be accepted: in its time, and while whoever sent it may still grant the role.
    ///
    /// # Errors
    /// [`Refusal::LinkNotGood`].
    pub fn ensure_good(&self, inviter: &Member, now: DateTime<Utc>) -> Result<(), Refusal> {
        let actor = Actor::Member { id: inviter.id, role: inviter.role };
        let may = inviter.blocked_at.is_none() && actor.ensure_may_grant(self.role).is_ok();
        match may && inviter.id == self.invited_by && now < self.expires_at {
            true => Ok(()),
            false => Err(Refusal::LinkNotGood),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::tests::member;

    #[test]
    fn an_invitation_is_as_good_as_the_rights_of_whoever_sent_it() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let admin = Member { role: Role::Admin, ..member() };
        let invitation = Invitation {
            id: InvitationId::new(at(0), [0; 10]),
            email: Email::try_from("ben@example.com").unwrap(),
            role: Role::Marketer,
            invited_by: admin.id,
            created_at: at(0),
            expires_at: Invitation::expiry(at(0), USUAL_DAYS),
        };
        assert_eq!(invitation.ensure_good(&admin, at(604_799)), Ok(()));
        assert_eq!(invitation.ensure_good(&admin, at(604_800)), Err(Refusal::LinkNotGood));
        let other = Member { id: MemberId::new(at(9), [9; 10]), ..admin.clone() };
        for inviter in [
            Member { role: Role::ProductManager, ..admin.clone() },
            Member { blocked_at: Some(at(1)), ..admin.clone() },
            other,
        ] {
            assert_eq!(invitation.ensure_good(&inviter, at(2)), Err(Refusal::LinkNotGood));
        }
    }
}
