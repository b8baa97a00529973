//! The changelog: what the brand has made, told to everybody, and to those who asked for it.

use chrono::{DateTime, Utc};

use crate::{
    Actor, Audience, BoardId, ChangelogEntryId, MemberId, Refusal,
    access::Permission,
    ideas::Title,
    text::{Fault, Lines, clean},
};

/// A piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: ChangelogEntryId,
    pub scope: Scope,
    pub author_id: Option<MemberId>,
    pub title: Title,
    pub body: News,
    /// Each once, in the order of [`Label::ALL`].
    pub labels: Vec<Label>,
    /// From when it is public; a draft where it says nothing. The state follows from it and the time, so no job has to run
    /// for a scheduled entry to be there.
    pub publish_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// The most ideas an entry may name.
pub const MOST_IDEAS: usize = 30;

/// Who sees an entry once it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Whoever may view the board.
    Board(BoardId),
    /// Those of an audience, which is not that of the invited: there is no list to be on.
    Audience(Audience),
}

/// How far an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    Scheduled,
    Published,
}

impl Entry {
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> State {
        match self.publish_at {
            None => State::Draft,
            Some(at) if now < at => State::Scheduled,
            Some(_) => State::Published,
        }
    }

    /// When the public saw it last change: not before it saw it.
    #[must_use]
    pub fn changed_at(&self) -> DateTime<Utc> {
        self.publish_at.map_or(self.updated_at, |at| at.max(self.updated_at))
    }

    /// Whether the actor may know of it, apart from its board.
    #[must_use]
    pub fn is_for(&self, actor: &Actor, now: DateTime<Utc>) -> bool {
        let audience = match self.scope {
            Scope::Board(_) => true,
            Scope::Audience(audience) => audience.holds(actor, false),
        };
        audience && (self.state(now) == State::Published || actor.ensure(Permission::ManageChangelog).is_ok())
    }

    /// The entry as it is from `at` on, or as a draft again.
    ///
    /// # Errors
    /// [`Refusal::AlreadyPublished`] when a published one would be put off: it is withdrawn first. [`Refusal::Unfit`] when
    /// the time has gone.
    pub fn scheduled(self, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match at {
            _ if at == self.publish_at => Ok(self),
            Some(_) if self.state(now) == State::Published => Err(Refusal::AlreadyPublished),
            Some(at) => ensure_ahead(at, now).map(|()| Self { publish_at: Some(at), ..self }),
            None => Ok(Self { publish_at: None, ..self }),
        }
    }
}

/// Whether a time to publish at is still to come.
///
/// # Errors
/// [`Refusal::Unfit`].
pub fn ensure_ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Refusal> {
    match at > now {
        true => Ok(()),
        false => Err(Refusal::Unfit { field: "publish_at", fault: Fault::NotA("time in the future") }),
    }
}

/// What an entry says: Markdown of 1–20,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News(String);

impl News {
    pub const MOST: usize = 20_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for News {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::Many).map(Self)
    }
}

/// What kind of news it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    New,
    Improved,
    Fixed,
    Removed,
    Notice,
}

impl Label {
    pub const ALL: [Self; 5] = [Self::New, Self::Improved, Self::Fixed, Self::Removed, Self::Notice];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Improved => "improved",
            Self::Fixed => "fixed",
            Self::Removed => "removed",
            Self::Notice => "notice",
        }
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.key() == key)
    }

    /// Each once, in the one order they are kept in.
    #[must_use]
    pub fn sorted(labels: &[Self]) -> Vec<Self> {
        Self::ALL.into_iter().filter(|label| labels.contains(label)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::Role;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn entry(publish_at: Option<i64>) -> Entry {
        Entry {
            id: ChangelogEntryId::new(at(0), [0; 10]),
            scope: Scope::Audience(Audience::Everyone),
            author_id: None,
            title: Title::try_from("소식").unwrap(),
            body: News::try_from("나왔습니다").unwrap(),
            labels: Vec::new(),
            publish_at: publish_at.map(at),
            created_at: at(0),
            updated_at: at(5),
            version: 1,
        }
    }

    #[test]
    fn the_clock_alone_publishes_what_is_scheduled() {
        assert_eq!(entry(None).state(at(99)), State::Draft);
        for (now, state) in [(9, State::Scheduled), (10, State::Published), (11, State::Published)] {
            assert_eq!(entry(Some(10)).state(at(now)), state);
        }
        assert_eq!((entry(Some(10)).changed_at(), entry(Some(1)).changed_at()), (at(10), at(5)));
    }

    #[test]
    fn what_is_out_is_withdrawn_before_it_is_put_off() {
        assert_eq!(entry(None).scheduled(Some(at(20)), at(10)).unwrap().publish_at, Some(at(20)));
        assert_eq!(entry(Some(20)).scheduled(Some(at(30)), at(10)).unwrap().publish_at, Some(at(30)));
        assert_eq!(entry(Some(5)).scheduled(None, at(10)).unwrap().publish_at, None);
        assert_eq!(entry(Some(5)).scheduled(Some(at(5)), at(10)).unwrap(), entry(Some(5)));
        assert_eq!(entry(Some(5)).scheduled(Some(at(30)), at(10)), Err(Refusal::AlreadyPublished));
        assert!(matches!(entry(None).scheduled(Some(at(10)), at(10)), Err(Refusal::Unfit { .. })));
    }

    #[test]
    fn drafts_are_for_those_who_write_them_and_the_rest_for_its_audience() {
        let of = |role| Actor::Member { id: MemberId::new(at(0), [0; 10]), role };
        let (member, moderator, marketer) = (of(Role::Member), of(Role::Moderator), of(Role::Marketer));
        let inside = Entry { scope: Scope::Audience(Audience::Staff), ..entry(Some(1)) };
        let signed_in = Entry { scope: Scope::Audience(Audience::Members), ..entry(Some(1)) };
        let table = [
            (entry(None), [false, false, false, true]),
            (entry(Some(20)), [false, false, false, true]),
            (entry(Some(1)), [true, true, true, true]),
            (signed_in, [false, true, true, true]),
            (inside, [false, false, true, true]),
        ];
        for (entry, expected) in table {
            let found =
                [Actor::Visitor, member, moderator, marketer].map(|actor| entry.is_for(&actor, at(10)));
            assert_eq!(found, expected, "{entry:?}");
        }
    }

    #[test]
    fn labels_are_kept_once_and_in_order() {
        assert_eq!(
            Label::sorted(&[Label::Fixed, Label::New, Label::Fixed]).as_slice(),
            [Label::New, Label::Fixed]
        );
        for label in Label::ALL {
            assert_eq!(Label::of_key(label.key()), Some(label));
        }
    }
}
