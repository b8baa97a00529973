//! Comments: what members say under an idea, who may say and change it, and in which order it is read.

mod reactions;

use chrono::{DateTime, Utc};

pub use self::reactions::{Reaction, Tally, wilson};
use crate::{
    Actor, CommentId, IdeaId, MemberId, Refusal,
    access::Permission,
    ideas::Idea,
    moderation::{Hidden, State},
    text::{Fault, Lines, clean},
};

/// Something said under an idea, or in reply to something said there.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    pub id: CommentId,
    /// The idea it stands under now.
    pub idea_id: IdeaId,
    /// The idea it was written under; another one than `idea_id` while that is merged.
    pub home_idea_id: IdeaId,
    pub parent_id: Option<CommentId>,
    /// The first of its thread.
    pub root_id: CommentId,
    /// How many replies lead to it: 0 for the first of a thread, at most [`DEEPEST`].
    pub depth: i32,
    pub author_id: MemberId,
    /// A note between staff, which nobody else may know of.
    pub internal: bool,
    /// Markdown; empty once it is deleted.
    pub body: String,
    /// Direct replies everybody is shown: those that are in sight, or have such replies themselves; never notes.
    pub reply_count: i64,
    /// Direct replies staff are shown: the same with notes.
    pub staff_reply_count: i64,
    pub attachment_count: i64,
    pub reactions: Tally,
    /// [`wilson`] of its reactions, by which `best` sorts.
    pub best: f64,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    /// Set while it is out of sight.
    pub hidden: Option<Hidden>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// The greatest depth of a comment. Deeper ones no screen has room for.
pub const DEEPEST: i32 = 8;

/// How many members one comment may mention.
pub const MOST_MENTIONS: usize = 20;

/// Markdown of 1–4,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    pub const MOST: usize = 4_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Said {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::Many).map(Self)
    }
}

/// In which order comments are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Oldest,
    Newest,
    /// By [`wilson`], the older first where it is equal.
    Best,
}

/// Whether somebody may know of the notes between staff.
#[must_use]
pub fn sees_notes(actor: &Actor) -> bool {
    ensure_sees_notes(actor).is_ok()
}

/// # Errors
/// [`Refusal::SignInNeeded`] or [`Refusal::Lacks`] for everybody but staff.
pub fn ensure_sees_notes(actor: &Actor) -> Result<(), Refusal> {
    actor.ensure(Permission::ManageIdeas)
}

impl Comment {
    /// Whether it is the actor's to know of. One that is out of sight keeps its place for as long as something hangs on it;
    /// for staff always, and for its author until it is deleted.
    #[must_use]
    pub fn is_seen_by(&self, actor: &Actor) -> bool {
        sees_notes(actor) || !self.internal && (self.is_read_by(actor) || self.reply_count > 0)
    }

    /// Whether the actor may know what it says; of one that is seen only in its place nothing else is told.
    #[must_use]
    pub fn is_read_by(&self, actor: &Actor) -> bool {
        self.hidden.is_none_or(|hidden| {
            hidden.state != State::Deleted && hidden.is_seen_by(actor, Some(self.author_id))
        })
    }

    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.hidden.is_some_and(|hidden| hidden.state == State::Deleted)
    }

    /// How many direct replies the actor is shown.
    #[must_use]
    pub fn replies_for(&self, actor: &Actor) -> i64 {
        if sees_notes(actor) { self.staff_reply_count } else { self.reply_count }
    }

    /// # Errors
    /// [`Refusal::ThreadTooDeep`].
    pub fn ensure_takes_replies(&self) -> Result<(), Refusal> {
        if self.depth < DEEPEST { Ok(()) } else { Err(Refusal::ThreadTooDeep { deepest: DEEPEST }) }
    }

    /// Its author alone may change what it says, while the conversation is open to them.
    ///
    /// # Errors
    /// [`Refusal::SignInNeeded`], [`Refusal::NotYourWords`], or those of [`Idea::ensure_takes_comments`].
    pub fn ensure_may_edit(&self, actor: &Actor, idea: &Idea) -> Result<(), Refusal> {
        match actor.ensure_member()? == self.author_id {
            true => idea.ensure_takes_comments(actor),
            false => Err(Refusal::NotYourWords),
        }
    }

    /// Staff may always; its author while the conversation is open.
    ///
    /// # Errors
    /// [`Refusal::SignInNeeded`], [`Refusal::NotYours`], or those of [`Idea::ensure_takes_comments`].
    pub fn ensure_may_delete(&self, actor: &Actor, idea: &Idea) -> Result<(), Refusal> {
        if actor.ensure(Permission::ManageIdeas).is_ok() {
            return Ok(());
        }
        match actor.ensure_member()? == self.author_id {
            true => idea.ensure_takes_comments(actor),
            false => Err(Refusal::NotYours),
        }
    }

    /// Whether a member may react to it so.
    ///
    /// # Errors
    /// [`Refusal::OwnComment`]: nobody judges what they said themselves.
    pub fn ensure_takes(&self, reaction: Reaction, member: MemberId) -> Result<(), Refusal> {
        if reaction.judges() && self.author_id == member { Err(Refusal::OwnComment) } else { Ok(()) }
    }

    /// Whether it may be shown as the answer: the first of its thread, there, and no note.
    ///
    /// # Errors
    /// [`Refusal::Unfit`].
    pub fn ensure_pinnable(&self) -> Result<(), Refusal> {
        match self.parent_id.is_none() && self.hidden.is_none() && !self.internal {
            true => Ok(()),
            false => {
                Err(Refusal::Unfit { field: "comment_id", fault: Fault::NotA("comment that can be pinned") })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::Role;

    fn member(n: u8) -> MemberId {
        MemberId::new(DateTime::UNIX_EPOCH, [n; 10])
    }

    fn acting(n: u8, role: Role) -> Actor {
        Actor::Member { id: member(n), role }
    }

    fn comment() -> Comment {
        let id = CommentId::new(DateTime::UNIX_EPOCH, [1; 10]);
        let idea = IdeaId::new(DateTime::UNIX_EPOCH, [2; 10]);
        Comment {
            id,
            idea_id: idea,
            home_idea_id: idea,
            parent_id: None,
            root_id: id,
            depth: 0,
            author_id: member(1),
            internal: false,
            body: "좋아요".to_owned(),
            reply_count: 0,
            staff_reply_count: 0,
            attachment_count: 0,
            reactions: Tally::default(),
            best: 0.0,
            created_at: DateTime::UNIX_EPOCH,
            edited_at: None,
            hidden: None,
            version: 1,
        }
    }

    fn hidden(state: State) -> Hidden {
        Hidden { since: DateTime::UNIX_EPOCH, state }
    }

    #[test]
    fn a_comment_may_have_four_thousand_korean_characters() {
        assert!(Said::try_from(&*"가".repeat(4_000)).is_ok());
        assert_eq!(Said::try_from(&*"가".repeat(4_001)), Err(Fault::TooLong { most: 4_000 }));
        assert_eq!(Said::try_from(" \n "), Err(Fault::TooShort { least: 1 }));
    }

    #[test]
    fn a_note_and_a_deleted_comment_without_replies_are_for_staff_alone() {
        let (reader, staff) = (acting(1, Role::Member), acting(2, Role::Moderator));
        let note = Comment { internal: true, ..comment() };
        let deleted = Comment { hidden: Some(hidden(State::Deleted)), staff_reply_count: 1, ..comment() };
        for hidden in [&note, &deleted] {
            assert!(!hidden.is_seen_by(&reader) && !hidden.is_seen_by(&Actor::Visitor));
            assert!(hidden.is_seen_by(&staff));
        }
        let answered = Comment { reply_count: 1, ..deleted };
        assert!(answered.is_seen_by(&Actor::Visitor));
        let both = Comment { reply_count: 1, staff_reply_count: 3, ..comment() };
        assert_eq!((both.replies_for(&reader), both.replies_for(&staff)), (1, 3));
    }

    #[test]
    fn what_moderation_took_is_read_by_its_author_and_staff_alone() {
        let (author, other, staff) =
            (acting(1, Role::Member), acting(2, Role::Member), acting(3, Role::Moderator));
        for state in State::ALL {
            let taken = Comment { hidden: Some(hidden(state)), reply_count: 1, ..comment() };
            let there = state != State::Deleted;
            assert!(
                taken.is_seen_by(&other) && !taken.is_read_by(&other) && !taken.is_read_by(&Actor::Visitor)
            );
            assert_eq!((taken.is_read_by(&author), taken.is_read_by(&staff)), (there, there), "{state:?}");
            assert_eq!(Comment { reply_count: 0, ..taken }.is_seen_by(&author), there, "{state:?}");
        }
    }

    #[test]
    fn a_thread_is_eight_replies_deep_and_no_deeper() {
        assert_eq!(Comment { depth: 7, ..comment() }.ensure_takes_replies(), Ok(()));
        let refused = Err(Refusal::ThreadTooDeep { deepest: 8 });
        assert_eq!(Comment { depth: 8, ..comment() }.ensure_takes_replies(), refused);
    }

    #[test]
    fn nobody_judges_their_own_comment_but_may_say_thanks() {
        for reaction in Reaction::ALL {
            let own = comment().ensure_takes(reaction, member(1));
            assert_eq!(own.is_err(), reaction.judges(), "{reaction:?}");
            assert_eq!(comment().ensure_takes(reaction, member(2)), Ok(()));
            assert_eq!(Reaction::of_key(reaction.key()), Some(reaction));
            assert_eq!(
                reaction.opposite().and_then(Reaction::opposite),
                reaction.opposite().map(|_| reaction)
            );
        }
    }

    #[test]
    fn only_the_first_of_an_open_thread_is_pinned() {
        assert_eq!(comment().ensure_pinnable(), Ok(()));
        for unfit in [
            Comment { parent_id: Some(comment().id), ..comment() },
            Comment { internal: true, ..comment() },
            Comment { hidden: Some(hidden(State::Deleted)), ..comment() },
        ] {
            assert!(matches!(unfit.ensure_pinnable(), Err(Refusal::Unfit { field: "comment_id", .. })));
        }
    }
}
