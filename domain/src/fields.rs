//! Fields: what a board asks besides the words of an idea, of which kind the answers are, and who sees them.

mod answers;
mod wanted;

use chrono::{DateTime, Utc};

pub use self::{
    answers::{Answer, Asked, Given, Misfit, Sent, Why, answers},
    wanted::Wanted,
};
use crate::{
    Actor, BoardId, FieldId, MemberId, Refusal,
    names::{Bilingual, Key},
    text::Fault,
};

/// A question that a board asks whoever posts an idea.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub id: FieldId,
    pub board_id: BoardId,
    pub key: FieldKey,
    pub label: Bilingual,
    /// A hint on how to answer.
    pub help: Option<Bilingual>,
    /// It never changes.
    pub kind: Kind,
    pub required: bool,
    /// Of the kinds that have choices 1–50, of the others none; see [`ensure_choices`].
    pub choices: Vec<Choice>,
    /// Where it stands among the fields of the board.
    pub position: i32,
    pub visible: Visible,
    /// When it was deleted while it had answers, which staff still see. It is asked no more.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// What a program calls a field.
pub type FieldKey = Key;
/// What a program calls a choice of a field.
pub type ChoiceKey = Key;

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    /// One of the choices.
    Choice,
    /// Some of the choices.
    Choices,
    Date,
    YesNo,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Text, Self::Number, Self::Choice, Self::Choices, Self::Date, Self::YesNo];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Date => "date",
            Self::YesNo => "yes_no",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    #[must_use]
    pub fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }
}

/// One of the answers a field offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub key: ChoiceKey,
    pub name: Bilingual,
}

/// Who sees the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visible {
    /// Everybody who may view the idea.
    Public,
    /// Staff, and the author of the idea.
    Staff,
}

/// The most fields a board asks, and the most choices of one.
pub const MOST_FIELDS: usize = 20;
pub const MOST_CHOICES: usize = 50;

/// # Errors
/// [`Refusal::Unfit`] when a kind with choices has none, too many, or one twice, or another kind has any.
pub fn ensure_choices(kind: Kind, choices: &[Choice]) -> Result<(), Refusal> {
    let twice = choices
        .iter()
        .enumerate()
        .any(|(n, one)| choices.iter().skip(n + 1).any(|other| other.key == one.key));
    let fault = match choices.len() {
        0 if kind.has_choices() => Fault::Required,
        1.. if !kind.has_choices() => Fault::NotA("property of this kind"),
        n if n > MOST_CHOICES => Fault::TooMany { most: MOST_CHOICES },
        _ if twice => Fault::NotA("list of different keys"),
        _ => return Ok(()),
    };
    Err(Refusal::Unfit { field: "choices", fault })
}

impl Field {
    /// Whether the actor sees what was answered here with an idea of this author.
    #[must_use]
    pub fn shows_answers_to(&self, actor: &Actor, author: Option<MemberId>) -> bool {
        let own = author.is_some() && actor.member_id() == author;
        actor.is_staff() || self.archived_at.is_none() && (self.visible == Visible::Public || own)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::members::Role;

    pub(crate) fn bilingual(text: &str) -> Bilingual {
        Bilingual { ko: text.to_owned(), en: text.to_owned() }
    }

    pub(crate) fn choice(key: &str) -> Choice {
        Choice { key: Key::try_from(key).unwrap(), name: bilingual(key) }
    }

    pub(crate) fn field(key: &str, kind: Kind) -> Field {
        let nth = u8::try_from(Kind::ALL.iter().position(|one| *one == kind).unwrap()).unwrap();
        Field {
            id: FieldId::new(DateTime::UNIX_EPOCH, [nth; 10]),
            board_id: BoardId::new(DateTime::UNIX_EPOCH, [0; 10]),
            key: Key::try_from(key).unwrap(),
            label: bilingual(key),
            help: None,
            kind,
            required: false,
            choices: if kind.has_choices() { vec![choice("app"), choice("web")] } else { Vec::new() },
            position: 0,
            visible: Visible::Public,
            archived_at: None,
            version: 1,
        }
    }

    #[test]
    fn kinds_with_choices_have_some_and_the_others_none() {
        let unfit = |fault| Err(Refusal::Unfit { field: "choices", fault });
        let many: Vec<Choice> = (0..51).map(|n| choice(&format!("c{n}"))).collect();
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
            let (none, some) = match kind.has_choices() {
                true => (unfit(Fault::Required), Ok(())),
                false => (Ok(()), unfit(Fault::NotA("property of this kind"))),
            };
            assert_eq!(ensure_choices(kind, &[]), none);
            assert_eq!(ensure_choices(kind, &many[..50]), some);
        }
        assert_eq!(ensure_choices(Kind::Choice, &many), unfit(Fault::TooMany { most: 50 }));
        let twice = [choice("a"), choice("b"), choice("a")];
        assert_eq!(ensure_choices(Kind::Choices, &twice), unfit(Fault::NotA("list of different keys")));
    }

    #[test]
    fn answers_for_staff_are_seen_by_staff_and_the_author() {
        let member = |n, role| Actor::Member { id: MemberId::new(DateTime::UNIX_EPOCH, [n; 10]), role };
        let (author, other, staff) =
            (member(1, Role::Member), member(2, Role::Member), member(3, Role::Marketer));
        let public = field("x", Kind::Text);
        let private = Field { visible: Visible::Staff, ..public.clone() };
        let archived = Field { archived_at: Some(DateTime::UNIX_EPOCH), ..public.clone() };
        let table = [
            // field, visitor, other, author, staff
            (public, [true, true, true, true]),
            (private.clone(), [false, false, true, true]),
            (archived, [false, false, false, true]),
        ];
        for (field, expected) in table {
            let seen = [Actor::Visitor, other, author, staff]
                .map(|actor| field.shows_answers_to(&actor, author.member_id()));
            assert_eq!(seen, expected, "{field:?}");
        }
        // An imported idea has no author, and a visitor no id: they are not one another.
        assert!(!private.shows_answers_to(&Actor::Visitor, None));
    }
}
