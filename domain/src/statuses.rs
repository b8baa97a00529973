//! Statuses: how far an idea has come, in the words of its board, and which way it may go from there.

use crate::{
    BoardId, Refusal, Stamp, StatusId,
    names::{Bilingual, Key},
    text::Fault,
};

/// One step of a board's own way from a proposal to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub id: StatusId,
    pub board_id: BoardId,
    pub key: StatusKey,
    pub name: Bilingual,
    pub colour: Colour,
    /// Where it stands among the statuses of the board; the first of category open is that of a new idea.
    pub position: i32,
    pub category: Category,
    pub freezes: Freezes,
    /// Whether an idea may go on only to the statuses named as next ones.
    pub restricted: bool,
    /// Counts edits, from 1.
    pub version: i32,
}

/// What a status means, whatever the board calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    Open,
    UnderReview,
    Planned,
    InProgress,
    Shipped,
    Declined,
    Merged,
}

impl Category {
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::UnderReview,
        Self::Planned,
        Self::InProgress,
        Self::Shipped,
        Self::Declined,
        Self::Merged,
    ];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::UnderReview => "under_review",
            Self::Planned => "planned",
            Self::InProgress => "in_progress",
            Self::Shipped => "shipped",
            Self::Declined => "declined",
            Self::Merged => "merged",
        }
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.key() == key)
    }

    /// Whether the matter is settled: votes return to their budgets.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Shipped | Self::Declined | Self::Merged)
    }

    /// Whether the brand has said what it will do.
    #[must_use]
    pub fn is_decided(self) -> bool {
        !matches!(self, Self::Open | Self::UnderReview)
    }
}

/// What nobody may do any more while an idea has the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freezes {
    pub votes: bool,
    pub comments: bool,
    /// Edits by the author; staff may always.
    pub edits: bool,
}

/// What a program calls a status.
pub type StatusKey = Key;

/// A colour as `#rrggbb`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colour(String);

impl Colour {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Colour {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        let digits = text.strip_prefix('#').unwrap_or("");
        match digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(Fault::NotA("colour like #3366cc")),
        }
    }
}

/// Why the brand declines, for the statistics; the words to the customer come with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclineReason {
    OutOfScope,
    NotFeasible,
    TooCostly,
    LowDemand,
    AlreadyPossible,
    Policy,
    Other,
}

impl DeclineReason {
    pub const ALL: [Self; 7] = [
        Self::OutOfScope,
        Self::NotFeasible,
        Self::TooCostly,
        Self::LowDemand,
        Self::AlreadyPossible,
        Self::Policy,
        Self::Other,
    ];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::OutOfScope => "out_of_scope",
            Self::NotFeasible => "not_feasible",
            Self::TooCostly => "too_costly",
            Self::LowDemand => "low_demand",
            Self::AlreadyPossible => "already_possible",
            Self::Policy => "policy",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }
}

/// The most statuses a board has.
pub const MOST_STATUSES: usize = 30;

impl Status {
    /// The statuses a board begins with: one of each category, free to move between.
    #[must_use]
    pub fn first_of(board_id: BoardId, stamp: &Stamp) -> Vec<Self> {
        let texts = [
            ("열림", "Open", "#6b7280"),
            ("검토 중", "Under review", "#d97706"),
            ("예정", "Planned", "#2563eb"),
            ("진행 중", "In progress", "#7c3aed"),
            ("출시", "Shipped", "#16a34a"),
            ("반려", "Declined", "#dc2626"),
            ("병합", "Merged", "#9ca3af"),
        ];
        (0u8..)
            .zip(Category::ALL)
            .zip(texts)
            .map(|((nth, category), (ko, en, colour))| Self {
                id: stamp.id(nth),
                board_id,
                key: Key::known(category.key()),
                name: Bilingual { ko: ko.to_owned(), en: en.to_owned() },
                colour: Colour(colour.to_owned()),
                position: i32::from(nth),
                category,
                freezes: Freezes {
                    votes: category.is_closed(),
                    comments: category == Category::Merged,
                    edits: category == Category::Merged,
                },
                restricted: false,
                version: 1,
            })
            .collect()
    }

    /// Whether an idea of this status may move to another of its board. `next` are the statuses named as next ones.
    ///
    /// # Errors
    /// [`Refusal::SameStatus`]; [`Refusal::OnlyByMerging`] into and out of a merged status, which merging and unmerging
    /// alone do; [`Refusal::TransitionNotAllowed`].
    pub fn ensure_may_become(&self, to: &Self, next: &[StatusKey]) -> Result<(), Refusal> {
        match () {
            () if self.key == to.key => Err(Refusal::SameStatus),
            () if [self.category, to.category].contains(&Category::Merged) => Err(Refusal::OnlyByMerging),
            () if self.restricted && !next.contains(&to.key) => {
                Err(Refusal::TransitionNotAllowed { allowed: next.to_vec() })
            }
            () => Ok(()),
        }
    }
}

/// Declining needs one of the short list, and nothing else has one.
///
/// # Errors
/// [`Refusal::Unfit`].
pub fn ensure_explained(to: Category, decline: Option<DeclineReason>) -> Result<(), Refusal> {
    let unfit = |fault| Err(Refusal::Unfit { field: "decline_reason", fault });
    match (to == Category::Declined, decline) {
        (true, None) => unfit(Fault::Required),
        (false, Some(_)) => unfit(Fault::NotA("reason for a status that does not decline")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn first() -> Vec<Status> {
        let stamp = Stamp::new(DateTime::UNIX_EPOCH, [0; 10]);
        Status::first_of(BoardId::new(DateTime::UNIX_EPOCH, [0; 10]), &stamp)
    }

    fn of(category: Category) -> Status {
        first().into_iter().find(|status| status.category == category).unwrap()
    }

    #[test]
    fn a_board_begins_with_one_status_of_each_category() {
        let categories: Vec<Category> = first().iter().map(|status| status.category).collect();
        assert_eq!(categories, Category::ALL);
        for status in first() {
            assert_eq!(Category::of_key(status.key.as_str()), Some(status.category));
            assert_eq!(status.freezes.votes, status.category.is_closed());
        }
    }

    #[test]
    fn an_idea_goes_where_its_status_lets_it() {
        let (open, planned, merged) = (of(Category::Open), of(Category::Planned), of(Category::Merged));
        assert_eq!(open.ensure_may_become(&planned, &[]), Ok(()));
        assert_eq!(open.ensure_may_become(&open, &[]), Err(Refusal::SameStatus));
        assert_eq!(open.ensure_may_become(&merged, &[]), Err(Refusal::OnlyByMerging));
        assert_eq!(merged.ensure_may_become(&open, &[]), Err(Refusal::OnlyByMerging));
        let strict = Status { restricted: true, ..open };
        let allowed = vec![of(Category::UnderReview).key];
        let refused = Err(Refusal::TransitionNotAllowed { allowed: allowed.clone() });
        assert_eq!(strict.ensure_may_become(&planned, &allowed), refused);
        assert_eq!(strict.ensure_may_become(&of(Category::UnderReview), &allowed), Ok(()));
        assert!(strict.ensure_may_become(&planned, &[]).is_err());
    }

    #[test]
    fn declining_and_only_declining_says_why_from_the_list() {
        let required = Refusal::Unfit { field: "decline_reason", fault: Fault::Required };
        assert_eq!(ensure_explained(Category::Declined, None), Err(required));
        assert_eq!(ensure_explained(Category::Declined, Some(DeclineReason::Policy)), Ok(()));
        assert_eq!(ensure_explained(Category::Planned, None), Ok(()));
        assert!(ensure_explained(Category::Planned, Some(DeclineReason::Other)).is_err());
        for reason in DeclineReason::ALL {
            assert_eq!(DeclineReason::of_key(reason.key()), Some(reason));
        }
    }

    #[test]
    fn a_colour_is_six_digits_in_lower_case() {
        assert_eq!(Colour::try_from("#3366CC").unwrap().as_str(), "#3366cc");
        assert!(["3366cc", "#36c", "#gggggg", ""].iter().all(|bad| Colour::try_from(*bad).is_err()));
    }
}
