//! Ideas and the votes for them: what one is made of, who may change it, when it takes votes.

use chrono::{DateTime, Duration, Utc};

use crate::{
    Actor, BoardId, CommentId, IdeaId, MemberId, Refusal,
    access::Permission,
    moderation::{Hidden, State},
    statuses::Status,
    text::{Fault, Lines, clean},
};

/// A proposal or piece of feedback on a board, without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Idea {
    pub id: IdeaId,
    pub board_id: BoardId,
    pub author_id: Option<MemberId>,
    pub status: Status,
    /// Vote rows plus `carried_votes`.
    pub vote_count: i64,
    /// Votes an import brought without their voters.
    pub carried_votes: i64,
    /// Without internal notes and comments that are out of sight.
    pub comment_count: i64,
    pub attachment_count: i64,
    /// See [`crate::ranking`].
    pub trending: f64,
    /// The idea it was found to be the same as, where its votes and comments are now.
    pub merged_into: Option<IdeaId>,
    /// Whether staff closed the conversation.
    pub comments_locked: bool,
    /// The comment that staff show as the answer.
    pub pinned_comment_id: Option<CommentId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Set while it is out of sight.
    pub hidden: Option<Hidden>,
    /// Counts edits, from 1; votes do not count.
    pub version: i32,
}

/// What an idea says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: Title,
    pub body: Body,
    pub tags: Tags,
}

/// 1–200 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    pub const MOST: usize = 200;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Title {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::One).map(Self)
    }
}

/// Markdown of up to 50,000 characters; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body(String);

impl Body {
    pub const MOST: usize = 50_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Body {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 0, Self::MOST, Lines::Many).map(Self)
    }
}

/// Up to ten words to sort ideas by: 1–30 characters each, in lower case, each once, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tags(Vec<String>);

impl Tags {
    pub const MOST: usize = 10;
    pub const MOST_CHARACTERS: usize = 30;

    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// One tag in the form it is kept in.
    ///
    /// # Errors
    /// [`Fault`] when it is empty, too long or holds a control character.
    pub fn tag(text: &str) -> Result<String, Fault> {
        clean(&text.to_lowercase(), 1, Self::MOST_CHARACTERS, Lines::One)
    }
}

impl<T: AsRef<str>> TryFrom<&[T]> for Tags {
    /// The place of the tag at fault, if it is one of them, and the fault.
    type Error = (Option<usize>, Fault);

    fn try_from(texts: &[T]) -> Result<Self, Self::Error> {
        if texts.len() > Self::MOST {
            return Err((None, Fault::TooMany { most: Self::MOST }));
        }
        let mut tags = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            let tag = Self::tag(text.as_ref()).map_err(|fault| (Some(place), fault))?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(Self(tags))
    }
}

/// Why staff moved an idea: 1–2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    pub const MOST: usize = 2_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Reason {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::Many).map(Self)
    }
}

/// For how long staff can bring a deleted idea back.
pub const RESTORABLE_DAYS: i64 = 30;

impl Idea {
    /// Whether the actor wrote it.
    #[must_use]
    pub fn is_of(&self, actor: &Actor) -> bool {
        self.author_id.is_some() && self.author_id == actor.member_id()
    }

    /// Staff may always; the author until somebody else has voted or commented (`others_joined`) or the status freezes edits.
    ///
    /// # Errors
    /// [`Refusal::SignInNeeded`], [`Refusal::NotYours`], [`Refusal::EditsFrozen`] or [`Refusal::OthersHaveJoined`].
    pub fn ensure_may_change(&self, actor: &Actor, others_joined: bool) -> Result<(), Refusal> {
        if actor.ensure(Permission::ManageIdeas).is_ok() {
            return Ok(());
        }
        let member = actor.ensure_member()?;
        match self.author_id {
            Some(author) if author != member => Err(Refusal::NotYours),
            None => Err(Refusal::NotYours),
            Some(_) if self.status.freezes.edits => Err(Refusal::EditsFrozen),
            Some(_) if others_joined => Err(Refusal::OthersHaveJoined),
            Some(_) => Ok(()),
        }
    }

    /// Whether votes may come and go.
    ///
    /// # Errors
    /// [`Refusal::IdeaMerged`] or [`Refusal::IdeaClosed`].
    pub fn ensure_takes_votes(&self) -> Result<(), Refusal> {
        match self.merged_into {
            Some(into) => Err(Refusal::IdeaMerged { into }),
            None if self.status.freezes.votes => Err(Refusal::IdeaClosed),
            None => Ok(()),
        }
    }

    /// Whether members may comment; staff may also where the conversation is closed.
    ///
    /// # Errors
    /// [`Refusal::IdeaMerged`] or [`Refusal::CommentsClosed`].
    pub fn ensure_takes_comments(&self, actor: &Actor) -> Result<(), Refusal> {
        let closed = self.comments_locked || self.status.freezes.comments;
        match self.merged_into {
            Some(into) => Err(Refusal::IdeaMerged { into }),
            None if closed && !actor.is_staff() => Err(Refusal::CommentsClosed),
            None => Ok(()),
        }
    }

    /// # Errors
    /// [`Refusal::NotDeleted`], or [`Refusal::RestoreWindowOver`] after [`RESTORABLE_DAYS`].
    pub fn ensure_restorable(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.hidden {
            Some(Hidden { since, state: State::Deleted })
                if now - since > Duration::days(RESTORABLE_DAYS) =>
            {
                Err(Refusal::RestoreWindowOver { days: RESTORABLE_DAYS })
            }
            Some(Hidden { state: State::Deleted, .. }) => Ok(()),
            Some(_) | None => Err(Refusal::NotDeleted),
        }
    }
}

/// Whether one more vote fits: `cast` votes are on open ideas of the board now.
///
/// # Errors
/// [`Refusal::VoteBudgetSpent`].
pub fn ensure_within_budget(budget: Option<u32>, cast: i64) -> Result<(), Refusal> {
    match budget {
        Some(budget) if cast >= i64::from(budget) => Err(Refusal::VoteBudgetSpent { budget }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        MemberId, Stamp,
        members::Role,
        statuses::{Category, Freezes},
    };

    fn status(category: Category) -> Status {
        let stamp = Stamp::new(DateTime::UNIX_EPOCH, [0; 10]);
        let mut all = Status::first_of(BoardId::new(DateTime::UNIX_EPOCH, [0; 10]), &stamp).into_iter();
        all.find(|status| status.category == category).unwrap()
    }

    fn idea() -> Idea {
        Idea {
            id: IdeaId::new(DateTime::UNIX_EPOCH, [0; 10]),
            board_id: BoardId::new(DateTime::UNIX_EPOCH, [0; 10]),
            author_id: Some(member(1)),
            status: status(Category::Open),
            vote_count: 1,
            carried_votes: 0,
            comment_count: 0,
            attachment_count: 0,
            trending: 0.0,
            merged_into: None,
            comments_locked: false,
            pinned_comment_id: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            hidden: None,
            version: 1,
        }
    }

    fn member(n: u8) -> MemberId {
        MemberId::new(DateTime::UNIX_EPOCH, [n; 10])
    }

    fn acting(id: MemberId, role: Role) -> Actor {
        Actor::Member { id, role }
    }

    #[test]
    fn a_title_may_hold_two_hundred_korean_characters() {
        assert!(Title::try_from(&*"가".repeat(200)).is_ok());
        assert_eq!(Title::try_from(&*"가".repeat(201)), Err(Fault::TooLong { most: 200 }));
        assert!(Body::try_from(&*"가".repeat(50_000)).is_ok());
        assert!(Body::try_from(&*"가".repeat(50_001)).is_err());
    }

    #[test]
    fn tags_are_kept_once_in_lower_case() {
        let tags = Tags::try_from(["UI", "환불", "ui"].as_slice()).unwrap();
        assert_eq!(tags.as_slice(), ["ui", "환불"]);
        assert_eq!(Tags::try_from(["a", ""].as_slice()), Err((Some(1), Fault::TooShort { least: 1 })));
        assert_eq!(Tags::try_from(["a"; 11].as_slice()), Err((None, Fault::TooMany { most: 10 })));
    }

    #[test]
    fn an_author_edits_until_others_join_and_staff_always() {
        let author = acting(member(1), Role::Member);
        let other = acting(member(2), Role::Member);
        let staff = acting(member(3), Role::Moderator);
        assert_eq!(idea().ensure_may_change(&author, false), Ok(()));
        assert_eq!(idea().ensure_may_change(&author, true), Err(Refusal::OthersHaveJoined));
        assert_eq!(idea().ensure_may_change(&other, false), Err(Refusal::NotYours));
        assert_eq!(idea().ensure_may_change(&staff, true), Ok(()));
        assert_eq!(idea().ensure_may_change(&Actor::Visitor, false), Err(Refusal::SignInNeeded));
        let merged = Idea { status: status(Category::Merged), ..idea() };
        assert_eq!(merged.ensure_may_change(&author, false), Err(Refusal::EditsFrozen));
        assert_eq!(merged.ensure_may_change(&staff, false), Ok(()));
    }

    #[test]
    fn a_closed_idea_takes_no_vote() {
        for category in Category::ALL {
            let idea = Idea { status: status(category), ..idea() };
            assert_eq!(idea.ensure_takes_votes().is_err(), category.is_closed(), "{category:?}");
        }
        let into = IdeaId::new(DateTime::UNIX_EPOCH, [9; 10]);
        let merged = Idea { merged_into: Some(into), ..idea() };
        assert_eq!(merged.ensure_takes_votes(), Err(Refusal::IdeaMerged { into }));
    }

    #[test]
    fn a_locked_conversation_is_open_to_staff_alone() {
        let (member, staff) = (acting(member(2), Role::Member), acting(member(3), Role::Moderator));
        let locked = Idea { comments_locked: true, ..idea() };
        let frozen = Freezes { comments: true, ..Freezes::default() };
        let frozen = Idea { status: Status { freezes: frozen, ..status(Category::Open) }, ..idea() };
        for closed in [locked, frozen] {
            assert_eq!(closed.ensure_takes_comments(&member), Err(Refusal::CommentsClosed));
            assert_eq!(closed.ensure_takes_comments(&staff), Ok(()));
        }
        assert_eq!(idea().ensure_takes_comments(&member), Ok(()));
    }

    #[test]
    fn a_deleted_idea_comes_back_within_thirty_days() {
        let deleted = Hidden { since: DateTime::UNIX_EPOCH, state: State::Deleted };
        let deleted = Idea { hidden: Some(deleted), ..idea() };
        let after = |days| DateTime::UNIX_EPOCH + Duration::days(days);
        assert_eq!(deleted.ensure_restorable(after(30)), Ok(()));
        assert_eq!(deleted.ensure_restorable(after(31)), Err(Refusal::RestoreWindowOver { days: 30 }));
        assert_eq!(idea().ensure_restorable(after(1)), Err(Refusal::NotDeleted));
    }

    #[test]
    fn a_budget_counts_votes_on_open_ideas() {
        assert_eq!(ensure_within_budget(None, 1_000), Ok(()));
        assert_eq!(ensure_within_budget(Some(3), 2), Ok(()));
        assert_eq!(ensure_within_budget(Some(3), 3), Err(Refusal::VoteBudgetSpent { budget: 3 }));
    }
}
