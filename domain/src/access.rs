//! Who may see and do what. Every list, detail, count, search and event asks here.

use crate::{
    ApiKeyId, MemberId, Refusal,
    api_keys::{Scope, Scopes},
    boards::Board,
    members::Role,
};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Visitor,
    Member {
        id: MemberId,
        role: Role,
    },
    /// A program with a key of a member: rights of both, no more.
    Key {
        id: ApiKeyId,
        owner: MemberId,
        role: Role,
        scopes: Scopes,
    },
    /// The platform itself: the command line and the jobs.
    System,
}

impl Actor {
    #[must_use]
    pub fn member_id(&self) -> Option<MemberId> {
        match self {
            Self::Member { id, .. } | Self::Key { owner: id, .. } => Some(*id),
            Self::Visitor | Self::System => None,
        }
    }

    #[must_use]
    pub fn is_staff(&self) -> bool {
        match self {
            Self::Member { role, .. } => role.is_staff(),
            Self::Key { role, scopes, .. } => role.is_staff() && scopes.has_staff(),
            Self::System => true,
            Self::Visitor => false,
        }
    }

    /// The member asking.
    ///
    /// # Errors
    /// [`Refusal::SignInNeeded`] for a visitor.
    pub fn ensure_member(&self) -> Result<MemberId, Refusal> {
        self.member_id().ok_or(Refusal::SignInNeeded)
    }

    /// Whether a program was given a key for this; whoever is no program may try.
    ///
    /// # Errors
    /// [`Refusal::KeyLacks`].
    pub fn ensure_scope(&self, scope: Scope) -> Result<(), Refusal> {
        match self {
            Self::Key { scopes, .. } if !scopes.holds(scope) => Err(Refusal::KeyLacks(scope)),
            Self::Key { .. } | Self::Member { .. } | Self::Visitor | Self::System => Ok(()),
        }
    }

    /// The member, in person: what opens the account itself is not lent to programs.
    ///
    /// # Errors
    /// [`Refusal::SignInNeeded`] for a visitor, [`Refusal::NotByKey`] for a program.
    pub fn ensure_in_person(&self) -> Result<MemberId, Refusal> {
        match self {
            Self::Key { .. } => Err(Refusal::NotByKey),
            Self::Member { .. } | Self::Visitor | Self::System => self.ensure_member(),
        }
    }

    /// # Errors
    /// [`Refusal::SignInNeeded`] for a visitor, [`Refusal::Lacks`] for a member without it, [`Refusal::KeyLacks`] for a
    /// program whose owner has it.
    pub fn ensure(&self, permission: Permission) -> Result<(), Refusal> {
        match self {
            Self::System => Ok(()),
            Self::Visitor => Err(Refusal::SignInNeeded),
            Self::Member { role, .. } if permission.is_of(*role) => Ok(()),
            Self::Member { .. } => Err(Refusal::Lacks(permission)),
            Self::Key { role, .. } if permission.is_of(*role) => self.ensure_scope(Scope::Staff(permission)),
            Self::Key { .. } => Err(Refusal::Lacks(permission)),
        }
    }

    /// Whether the actor may give somebody a role: nobody grants a right they have not themselves.
    ///
    /// # Errors
    /// As [`Actor::ensure`], for [`Permission::ManageMembers`] or the first right that is missing.
    pub fn ensure_may_grant(&self, role: Role) -> Result<(), Refusal> {
        self.ensure(Permission::ManageMembers)?;
        Permission::ALL.into_iter().filter(|right| right.is_of(role)).try_for_each(|right| self.ensure(right))
    }
}

/// What a role lets a person do, whatever the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Find members, set roles, block.
    ManageMembers,
    /// Make, change and delete boards and their invitations.
    ManageBoards,
    /// Edit, delete and restore the ideas of others, and see deleted ones.
    ManageIdeas,
    /// Move an idea from one status to another.
    SetStatus,
    /// Speak for the brand: the official response.
    Respond,
    /// Work with the inbox: find, mark and rank ideas.
    Triage,
    /// See, make, change and delete segments, and who is in them.
    ManageSegments,
    /// See who voted where a board keeps it to staff, and carried-over votes apart.
    SeeVoters,
    /// See how soon and how often customers hear back.
    SeeInsights,
    /// Post and vote for a customer, and see where others did.
    ActOnBehalf,
    /// Read the audit log.
    SeeAudit,
    /// Decide about what is held and reported, and about whom to trust.
    Moderate,
    /// Write, publish, withdraw and delete entries of the changelog, and see those that are not out.
    ManageChangelog,
    /// Make, run and close trial panels, and see who applied.
    ManagePanels,
    /// See the addresses of those with a seat, and say what was shipped and delivered.
    Ship,
    /// Make, run and close contests, and look into entries once no more are taken.
    ManageContests,
}

impl Permission {
    pub const ALL: [Self; 16] = [
        Self::ManageMembers,
        Self::ManageBoards,
        Self::ManageIdeas,
        Self::SetStatus,
        Self::Respond,
        Self::Triage,
        Self::ManageSegments,
        Self::SeeVoters,
        Self::SeeInsights,
        Self::ActOnBehalf,
        Self::SeeAudit,
        Self::Moderate,
        Self::ManageChangelog,
        Self::ManagePanels,
        Self::Ship,
        Self::ManageContests,
    ];

    #[must_use]
    pub fn is_of(self, role: Role) -> bool {
        match self {
            Self::ManageMembers | Self::SeeAudit => role == Role::Admin,
            Self::ManageBoards | Self::SetStatus => matches!(role, Role::Admin | Role::ProductManager),
            Self::ManageIdeas
            | Self::Respond
            | Self::Triage
            | Self::SeeVoters
            | Self::SeeInsights
            | Self::ActOnBehalf => role.is_staff(),
            Self::Moderate => matches!(role, Role::Admin | Role::ProductManager | Role::Moderator),
            Self::Ship => matches!(role, Role::Admin | Role::Marketer),
            Self::ManageSegments | Self::ManageChangelog | Self::ManagePanels | Self::ManageContests => {
                matches!(role, Role::Admin | Role::ProductManager | Role::Marketer)
            }
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ManageMembers => "manage_members",
            Self::ManageBoards => "manage_boards",
            Self::ManageIdeas => "manage_ideas",
            Self::SetStatus => "set_status",
            Self::Respond => "respond",
            Self::Triage => "triage",
            Self::ManageSegments => "manage_segments",
            Self::SeeVoters => "see_voters",
            Self::SeeInsights => "see_insights",
            Self::ActOnBehalf => "act_on_behalf",
            Self::SeeAudit => "see_audit",
            Self::Moderate => "moderate",
            Self::ManageChangelog => "manage_changelog",
            Self::ManagePanels => "manage_panels",
            Self::Ship => "ship",
            Self::ManageContests => "manage_contests",
        }
    }
}

/// What one does on a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    View,
    Vote,
    Comment,
    Submit,
}

/// For whom an action is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Visitors too; for [`Action::View`] only.
    Everyone,
    Members,
    /// The members invited to the board, and staff.
    Invited,
    Staff,
}

impl Audience {
    pub const ALL: [Self; 4] = [Self::Everyone, Self::Members, Self::Invited, Self::Staff];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Members => "members",
            Self::Invited => "invited",
            Self::Staff => "staff",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.name() == name)
    }

    /// Whether the actor is of it; `invited` says whether they are on the list it is about.
    #[must_use]
    pub fn holds(self, actor: &Actor, invited: bool) -> bool {
        match self {
            _ if actor.is_staff() => true,
            Self::Everyone => true,
            Self::Members => actor.member_id().is_some(),
            Self::Invited => invited,
            Self::Staff => false,
        }
    }
}

/// The one predicate of visibility and of action: `invited` says whether the actor is on the board's list.
/// Whoever may not view a board may do nothing on it.
#[must_use]
pub fn may(actor: &Actor, action: Action, board: &Board, invited: bool) -> bool {
    board.audience(Action::View).holds(actor, invited) && board.audience(action).holds(actor, invited)
}

/// # Errors
/// [`Refusal::SignInNeeded`] when signing in could help, else [`Refusal::BoardClosedTo`].
pub fn ensure_may(actor: &Actor, action: Action, board: &Board, invited: bool) -> Result<(), Refusal> {
    match actor {
        _ if may(actor, action, board, invited) => Ok(()),
        Actor::Visitor => Err(Refusal::SignInNeeded),
        _ => Err(Refusal::BoardClosedTo(action)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn each_audience_holds_whom_it_names() {
        let member = Actor::Member { id: MemberId::new(DateTime::UNIX_EPOCH, [0; 10]), role: Role::Member };
        let staff = Actor::Member { id: MemberId::new(DateTime::UNIX_EPOCH, [1; 10]), role: Role::Marketer };
        #[rustfmt::skip]
        let table = [
            // audience, visitor, member, invited member, staff
            (Audience::Everyone, [true, true, true, true]),
            (Audience::Members, [false, true, true, true]),
            (Audience::Invited, [false, false, true, true]),
            (Audience::Staff, [false, false, false, true]),
        ];
        for (audience, expected) in table {
            let found = [(Actor::Visitor, false), (member, false), (member, true), (staff, false)]
                .map(|(actor, invited)| audience.holds(&actor, invited));
            assert_eq!(found, expected, "{audience:?}");
        }
    }

    #[test]
    fn nobody_grants_a_right_they_have_not() {
        let id = MemberId::new(DateTime::UNIX_EPOCH, [0; 10]);
        let member = |role| Actor::Member { id, role };
        for role in Role::ALL {
            assert_eq!(member(Role::Admin).ensure_may_grant(role), Ok(()));
            let lacks = Refusal::Lacks(Permission::ManageMembers);
            assert_eq!(member(Role::ProductManager).ensure_may_grant(role), Err(lacks));
        }
        let scopes = [Scope::Write, Scope::Staff(Permission::ManageMembers)].into_iter().collect();
        let key = Actor::Key { id: ApiKeyId::from(id.uuid()), owner: id, role: Role::Admin, scopes };
        assert_eq!(key.ensure_may_grant(Role::Member), Ok(()));
        assert!(matches!(key.ensure_may_grant(Role::Moderator), Err(Refusal::KeyLacks(_))));
        assert_eq!(Actor::Visitor.ensure_may_grant(Role::Member), Err(Refusal::SignInNeeded));
    }

    #[test]
    fn nobody_acts_on_a_board_they_may_not_view() {
        let member = Actor::Member { id: MemberId::new(DateTime::UNIX_EPOCH, [0; 10]), role: Role::Member };
        let board = Board { view: Audience::Staff, vote: Audience::Members, ..crate::boards::tests::board() };
        assert!(!may(&member, Action::Vote, &board, true));
        assert_eq!(ensure_may(&Actor::Visitor, Action::Vote, &board, false), Err(Refusal::SignInNeeded));
        assert_eq!(
            ensure_may(&member, Action::Vote, &board, false),
            Err(Refusal::BoardClosedTo(Action::Vote))
        );
    }
}
