//! Moderation: what is held until somebody has looked at it, what members report, and what is decided about a post.

mod letters;
pub mod words;

use chrono::{DateTime, TimeDelta, Utc};

use self::words::List;
use crate::{
    Actor, MemberId, Refusal,
    access::Permission,
    text::{Fault, Lines, clean},
};

/// When a board shows what members post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// At once, but for what looks suspicious.
    #[default]
    PublishFirst,
    /// Once somebody has approved it.
    ApproveFirst,
    /// At once, but of newcomers once somebody has approved it.
    ApproveNewcomers,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::PublishFirst, Self::ApproveFirst, Self::ApproveNewcomers];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PublishFirst => "publish_first",
            Self::ApproveFirst => "approve_first",
            Self::ApproveNewcomers => "approve_newcomers",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Why a post is out of sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has looked at it yet.
    Held,
    /// Somebody did, and did not let it through.
    Rejected,
    /// It was there, and somebody took it away.
    Hidden,
    Deleted,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Held, Self::Rejected, Self::Hidden, Self::Deleted];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Hidden => "hidden",
            Self::Deleted => "deleted",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Since when a post is out of sight, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    pub since: DateTime<Utc>,
    pub state: State,
}

impl Hidden {
    /// Whether the actor may still know of the post: staff, and whoever wrote it unless it was deleted.
    #[must_use]
    pub fn is_seen_by(&self, actor: &Actor, author: Option<MemberId>) -> bool {
        let own = author.is_some() && author == actor.member_id() && self.state != State::Deleted;
        own || actor.ensure(Permission::ManageIdeas).is_ok()
    }
}

/// Why a post is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The board approves everything first.
    Approval,
    /// It is by a newcomer, and the board approves those first.
    Newcomer,
    /// It has too many links.
    Links,
    /// It has banned words.
    Words,
}

impl Cause {
    pub const ALL: [Self; 4] = [Self::Approval, Self::Newcomer, Self::Links, Self::Words];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Newcomer => "newcomer",
            Self::Links => "links",
            Self::Words => "words",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// What is known of whoever posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poster {
    pub staff: bool,
    /// Whether a moderator lets them skip the queue.
    pub trusted: bool,
    pub joined_at: DateTime<Utc>,
    /// Whether something they posted can be seen.
    pub published: bool,
}

/// For how long somebody is new, and until something of theirs has been published.
pub const NEW_FOR: TimeDelta = TimeDelta::hours(24);
/// How many links are not suspicious; of a newcomer none is.
pub const MOST_LINKS: usize = 3;

impl Poster {
    #[must_use]
    pub fn is_new(&self, now: DateTime<Utc>) -> bool {
        !self.published || now - self.joined_at < NEW_FOR
    }

    /// Why what they post is held; nothing of staff is. Banned words hold whoever else uses them.
    #[must_use]
    pub fn held_for(&self, mode: Mode, texts: &[&str], banned: &List, now: DateTime<Utc>) -> Vec<Cause> {
        if self.staff {
            return Vec::new();
        }
        let new = self.is_new(now);
        let links: usize = texts.iter().map(|text| links(text)).sum();
        let causes = [
            (Cause::Approval, !self.trusted && mode == Mode::ApproveFirst),
            (Cause::Newcomer, !self.trusted && mode == Mode::ApproveNewcomers && new),
            (Cause::Links, !self.trusted && links > if new { 0 } else { MOST_LINKS }),
            (Cause::Words, texts.iter().any(|text| !banned.hits(text).is_empty())),
        ];
        causes.into_iter().filter(|(_, holds)| *holds).map(|(cause, _)| cause).collect()
    }
}

/// How many addresses of the web a text has.
#[must_use]
pub fn links(text: &str) -> usize {
    let lower = text.to_lowercase();
    let begins = |word: &str| lower.matches(word).count();
    // `https://www.` is one.
    begins("http://") + begins("https://") + begins("www.") - begins("//www.")
}

/// Why a member reports a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaint {
    Spam,
    Abuse,
    OffTopic,
    PersonalInformation,
    Illegal,
    Other,
}

impl Complaint {
    pub const ALL: [Self; 6] =
        [Self::Spam, Self::Abuse, Self::OffTopic, Self::PersonalInformation, Self::Illegal, Self::Other];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Abuse => "abuse",
            Self::OffTopic => "off_topic",
            Self::PersonalInformation => "personal_information",
            Self::Illegal => "illegal",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|complaint| complaint.name() == name)
    }
}

/// What a member says with a report, or a moderator with a decision: up to 500 characters, and as few as `least`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    pub const MOST: usize = 500;

    /// # Errors
    /// [`Fault`] when it is too short or too long.
    pub fn new(text: &str, least: usize) -> Result<Self, Fault> {
        clean(text, least, Self::MOST, Lines::Many).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a moderator decides about a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is fine: what is held is shown, what was reported stays.
    Approve,
    /// What is held is not shown.
    Reject,
    /// What is there is taken away.
    Hide,
    /// What was hidden or rejected is shown.
    Lift,
}

impl Decision {
    pub const ALL: [Self; 4] = [Self::Approve, Self::Reject, Self::Hide, Self::Lift];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Hide => "hide",
            Self::Lift => "lift",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.name() == name)
    }

    /// What becomes of a post in this state; none is in sight.
    ///
    /// # Errors
    /// [`Refusal::Undecidable`].
    pub fn of(self, state: Option<State>) -> Result<Option<State>, Refusal> {
        match (self, state) {
            (Self::Approve, Some(State::Held) | None) => Ok(None),
            (Self::Reject, Some(State::Held)) => Ok(Some(State::Rejected)),
            (Self::Hide, None) => Ok(Some(State::Hidden)),
            (Self::Lift, Some(State::Hidden | State::Rejected)) => Ok(None),
            (_, state) => Err(Refusal::Undecidable { state }),
        }
    }

    /// Whether whoever wrote the post is owed a reason.
    #[must_use]
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Reject | Self::Hide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poster() -> Poster {
        let joined_at = DateTime::UNIX_EPOCH;
        Poster { staff: false, trusted: false, joined_at, published: true }
    }

    const LATER: DateTime<Utc> = DateTime::from_timestamp(100 * 24 * 3_600, 0).unwrap();

    fn held(poster: Poster, mode: Mode, text: &str) -> Vec<Cause> {
        let banned = words::Banned { word: words::Word::try_from("시발").unwrap(), except: Vec::new() };
        poster.held_for(mode, &["제목", text], &List::new(&[banned]), LATER)
    }

    #[test]
    fn a_board_holds_what_it_says_it_holds() {
        let new = Poster { published: false, ..poster() };
        let recent = Poster { joined_at: LATER - TimeDelta::hours(23), ..poster() };
        assert_eq!(held(poster(), Mode::PublishFirst, "안녕"), []);
        assert_eq!(held(poster(), Mode::ApproveFirst, "안녕"), [Cause::Approval]);
        assert_eq!(held(poster(), Mode::ApproveNewcomers, "안녕"), []);
        for newcomer in [new, recent] {
            assert_eq!(held(newcomer, Mode::ApproveNewcomers, "안녕"), [Cause::Newcomer]);
            assert_eq!(held(newcomer, Mode::PublishFirst, "안녕"), []);
        }
    }

    #[test]
    fn links_and_banned_words_are_held_everywhere() {
        let new = Poster { published: false, ..poster() };
        let many = "http://a.example https://www.b.example www.c.example https://d.example";
        assert_eq!(links(many), 4);
        assert_eq!(held(poster(), Mode::PublishFirst, many), [Cause::Links]);
        assert_eq!(held(poster(), Mode::PublishFirst, "http://a.example"), []);
        assert_eq!(held(new, Mode::PublishFirst, "http://a.example"), [Cause::Links]);
        assert_eq!(held(poster(), Mode::PublishFirst, "시1발"), [Cause::Words]);
        assert_eq!(
            held(new, Mode::ApproveNewcomers, "시1발 www.x.kr"),
            [Cause::Newcomer, Cause::Links, Cause::Words]
        );
    }

    #[test]
    fn the_trusted_skip_the_queue_and_staff_are_never_in_it() {
        let trusted = Poster { trusted: true, published: false, ..poster() };
        let staff = Poster { staff: true, ..poster() };
        for mode in Mode::ALL {
            assert_eq!(held(trusted, mode, "http://a.example"), []);
            assert_eq!(held(trusted, mode, "시발"), [Cause::Words]);
            assert_eq!(held(staff, mode, "시발"), []);
        }
    }

    #[test]
    fn a_decision_fits_what_it_is_about() {
        let states =
            [None, Some(State::Held), Some(State::Rejected), Some(State::Hidden), Some(State::Deleted)];
        #[rustfmt::skip]
        let table = [
            (Decision::Approve, [Some(None), Some(None), None, None, None]),
            (Decision::Reject, [None, Some(Some(State::Rejected)), None, None, None]),
            (Decision::Hide, [Some(Some(State::Hidden)), None, None, None, None]),
            (Decision::Lift, [None, None, Some(None), Some(None), None]),
        ];
        for (decision, expected) in table {
            for (state, expected) in states.into_iter().zip(expected) {
                assert_eq!(decision.of(state).ok(), expected, "{decision:?} of {state:?}");
            }
        }
    }
}
