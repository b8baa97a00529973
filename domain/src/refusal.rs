//! Why a rule said no.

use crate::{
    IdeaId,
    access::{Action, Permission},
    api_keys::Scope,
    contests,
    fields::Misfit,
    moderation::State,
    panels::Barred,
    statuses::StatusKey,
    text::Fault,
};

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
    #[error("the idea was merged into {into}")]
    IdeaMerged { into: IdeaId },
    #[error("an idea is not merged into itself")]
    MergeIntoItself,
    #[error("the other idea was merged into {into} itself")]
    MergeIntoMerged { into: IdeaId },
    #[error("the idea is not merged")]
    NotMerged,
    #[error("only who votes for the idea may rate its response")]
    NotASupporter,
    #[error("the status freezes edits")]
    EditsFrozen,
    #[error("the conversation is closed")]
    CommentsClosed,
    #[error("only its author may change what a comment says")]
    NotYourWords,
    #[error("nobody judges their own comment")]
    OwnComment,
    #[error("a thread is at most {deepest} replies deep")]
    ThreadTooDeep { deepest: i32 },
    /// The one at this place is nobody, blocked, or may not know of the comment; which of these is not told.
    #[error("the member at {place} cannot be mentioned")]
    NotMentionable { place: usize },
    #[error("from this status an idea may only become {allowed:?}")]
    TransitionNotAllowed { allowed: Vec<StatusKey> },
    #[error("a merged status is reached and left by merging alone")]
    OnlyByMerging,
    #[error("ideas have the status")]
    StatusInUse,
    #[error("a board needs a status of this category")]
    LastOfCategory,
    #[error("a board has at most {most} statuses")]
    TooManyStatuses { most: usize },
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
    #[error("there are {count} of them by now")]
    CountChanged { count: i64 },
    /// A field that does not fit what it refers to, which only the rows know.
    #[error("{field}: {fault:?}")]
    Unfit { field: &'static str, fault: Fault },
    #[error("answers do not fit their fields: {0:?}")]
    Answers(Vec<Misfit>),
    #[error("a board asks at most {most} fields")]
    TooManyFields { most: usize },
    #[error("answers use a choice that would go")]
    ChoiceInUse,
    #[error("answers were given for staff alone")]
    AnsweredInConfidence,
    #[error("staff act for customers only")]
    NotACustomer,
    #[error("the customer is blocked")]
    CustomerBlocked,
    #[error("the vote was cast by the member")]
    OwnVote,
    /// As [`Refusal::Unfit`], where the place depends on what was sent: `/rule/all/1/attribute`.
    #[error("{pointer}: {fault:?}")]
    UnfitAt { pointer: String, fault: Fault },
    /// As [`Refusal::UnfitAt`], of several places.
    #[error("{} places are wrong", .0.len())]
    UnfitPlaces(Vec<(String, Fault)>),
    #[error("the key is good no more")]
    KeyEnded,
    #[error("the key has ended or was replaced")]
    KeyNotGood,
    #[error("the key is not for {}", .0.name())]
    KeyLacks(Scope),
    #[error("a program may not do this with a key")]
    NotByKey,
    #[error("a member has at most {most} keys")]
    TooManyKeys { most: usize },
    #[error("there are at most {most} segments")]
    TooManySegments { most: usize },
    #[error("a contest that takes entries is for the segment")]
    SegmentInUse,
    #[error("not to be decided so about a post that is {state:?}")]
    Undecidable { state: Option<State> },
    #[error("nobody reports their own post")]
    OwnPost,
    #[error("there are at most {most} banned words")]
    TooManyWords { most: usize },
    #[error("the file is not taken: {why}")]
    FileNotAccepted { why: &'static str },
    #[error("a picture so made may have {most_pixels} pixels")]
    PictureTooLarge { most_pixels: u64 },
    #[error("{most} attachments of the member stand nowhere")]
    TooManyUnlinked { most: usize },
    #[error("a board has at most {most} roadmaps")]
    TooManyRoadmaps { most: usize },
    #[error("on a roadmap by status an idea stands in the column of its own")]
    FollowsStatus,
    #[error("{0}")]
    Panel(Barred),
    #[error("{0}")]
    Contest(contests::Barred),
    #[error("the entry is published")]
    AlreadyPublished,
    #[error("the board holds ideas")]
    BoardHoldsIdeas,
    #[error("an admin may not block or demote themselves")]
    OwnAccount,
    #[error("an admin's account is not erased")]
    AdminAccount,
    #[error("the version sent is not the current one")]
    Stale,
    #[error("the token was used before; the whole session is revoked")]
    TokenReused,
    #[error("the link is unknown, used, expired or void")]
    LinkNotGood,
    #[error("the address is proven already")]
    AlreadyVerified,
    #[error("the present password is another")]
    WrongPassword,
    #[error("the brand's sign-on says the address")]
    EmailOfSignOn,
    /// Seconds until one more may be asked for.
    #[error("as many mails were asked for as there may be; the next in {wait} s")]
    TooManyMails { wait: u64 },
    #[error("the address belongs to an account, and the token does not say it is verified")]
    EmailUnproven,
}
