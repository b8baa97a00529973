//! Why a rule said no.

use crate::access::{Action, Permission};

/// Why a rule said no: facts only; the API gives each its status, code and words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("nobody is signed in")]
    SignInNeeded,
    #[error("the member is blocked")]
    Blocked,
    #[error("the session has ended")]
    SessionEnded,
    #[error("e-mail address or password is wrong")]
    WrongCredentials,
    #[error("the caller lacks the permission {0:?}")]
    Lacks(Permission),
    #[error("the board does not let the caller {0:?}")]
    BoardClosedTo(Action),
    #[error("the idea is closed")]
    IdeaClosed,
    #[error("all {budget} votes of the board's budget are cast")]
    VoteBudgetSpent { budget: u32 },
    #[error("others have voted or commented, so only staff may edit")]
    OthersHaveJoined,
    #[error("only its author and staff may change this")]
    NotYours,
    #[error("deleted more than {days} days ago")]
    RestoreWindowOver { days: i64 },
    #[error("the idea is not deleted")]
    NotDeleted,
    #[error("the idea already has this status")]
    SameStatus,
    #[error("the board holds ideas")]
    BoardHoldsIdeas,
    #[error("an admin may not block or demote themselves")]
    OwnAccount,
    #[error("the version sent is not the current one")]
    Stale,
    #[error("the token was used before; the whole session is revoked")]
    TokenReused,
    #[error("the address belongs to an account with a password, and the token does not say it is verified")]
    EmailUnproven,
}
