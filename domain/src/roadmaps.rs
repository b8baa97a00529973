//! Roadmaps: which ideas of a board come when, in columns by status or by time, in an order that staff keeps.

mod period;

use chrono::{DateTime, Utc};

pub use self::period::Period;
use crate::{
    Actor, Audience, BoardId, Refusal, RoadmapId,
    ideas::Idea,
    names::{Bilingual, Key},
    statuses::{Category, StatusKey},
    text::{Fault, Lines, clean},
};

/// A named view of a board's plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roadmap {
    pub id: RoadmapId,
    pub board_id: BoardId,
    pub name: RoadmapName,
    /// Of those who may view the board, who sees it.
    pub audience: Audience,
    pub columns: Columns,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1; moving ideas does not count.
    pub version: i32,
}

/// The most roadmaps of a board.
pub const MOST_ROADMAPS: usize = 20;
/// The most columns of a roadmap.
pub const MOST_COLUMNS: usize = 12;

/// The columns, in their order. A roadmap keeps its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// An idea stands in the column of its status.
    Statuses(Vec<StatusKey>),
    /// An idea stands where staff puts it.
    Times(Vec<Time>),
}

/// A column of a roadmap by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Time {
    Period(Period),
    /// What has no dates, such as later.
    Label {
        key: Key,
        names: Bilingual,
    },
}

impl Time {
    /// What a program calls the column.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Period(period) => period.key(),
            Self::Label { key, .. } => key.to_string(),
        }
    }
}

impl Columns {
    /// The keys of the columns, in their order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        match self {
            Self::Statuses(keys) => keys.iter().map(ToString::to_string).collect(),
            Self::Times(times) => times.iter().map(Time::key).collect(),
        }
    }

    /// Whether there are neither too few nor too many, and each is there once.
    ///
    /// # Errors
    /// What is wrong, and at which column if it is about one.
    pub fn ensure_distinct(&self) -> Result<(), (Option<usize>, Fault)> {
        let keys = self.keys();
        match keys.len() {
            0 => return Err((None, Fault::TooShort { least: 1 })),
            many if many > MOST_COLUMNS => return Err((None, Fault::TooMany { most: MOST_COLUMNS })),
            _ => {}
        }
        match (1..keys.len()).find(|nth| keys[..*nth].contains(&keys[*nth])) {
            Some(nth) => Err((Some(nth), Fault::NotA("column that is not there yet"))),
            None => Ok(()),
        }
    }
}

impl Roadmap {
    /// Whether the actor is among those it is for; `invited` to its board, which they may view.
    #[must_use]
    pub fn is_for(&self, actor: &Actor, invited: bool) -> bool {
        self.audience.holds(actor, invited)
    }

    /// Whether the idea may stand in a column: one of the board that lives on its own, and by status only in its own.
    ///
    /// # Errors
    /// [`Refusal::IdeaMerged`], [`Refusal::FollowsStatus`], or [`Refusal::Unfit`] when there is no such column.
    pub fn ensure_may_hold(&self, idea: &Idea, column: &str) -> Result<(), Refusal> {
        if let Some(into) = idea.merged_into {
            return Err(Refusal::IdeaMerged { into });
        }
        if !self.columns.keys().iter().any(|key| key == column) {
            return Err(Refusal::Unfit { field: "column", fault: Fault::NotA("column of the roadmap") });
        }
        match self.columns {
            Columns::Statuses(_) if idea.status.key.as_str() != column => Err(Refusal::FollowsStatus),
            Columns::Statuses(_) | Columns::Times(_) => Ok(()),
        }
    }
}

/// Whether a status of this category is a column where nobody has set one up: what the brand will do, does and has done.
#[must_use]
pub fn is_on_the_way(category: Category) -> bool {
    matches!(category, Category::Planned | Category::InProgress | Category::Shipped)
}

/// 1–80 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadmapName(String);

impl RoadmapName {
    pub const MOST: usize = 80;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for RoadmapName {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::One).map(Self)
    }
}

/// How far apart positions are where there is room: twenty times one can move between the same two.
const GAP: i64 = 1 << 20;

/// The position of the `nth` of a column whose positions are given anew, from 0.
#[must_use]
pub fn spread(nth: usize) -> i64 {
    GAP.saturating_mul(i64::try_from(nth).unwrap_or(i64::MAX).saturating_add(1))
}

/// A position between two neighbours, either of which may be missing at an end; none when there is no room left.
#[must_use]
pub fn between(before: Option<i64>, after: Option<i64>) -> Option<i64> {
    match (before, after) {
        (None, None) => Some(spread(0)),
        (Some(before), None) => before.checked_add(GAP),
        (None, Some(after)) => after.checked_sub(GAP),
        (Some(before), Some(after)) => {
            let room = after.checked_sub(before)?;
            (room >= 2).then(|| before + room / 2)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statuses(keys: &[&str]) -> Columns {
        Columns::Statuses(keys.iter().map(|key| StatusKey::try_from(*key).unwrap()).collect())
    }

    #[test]
    fn each_column_is_there_once() {
        assert_eq!(statuses(&["planned", "shipped"]).ensure_distinct(), Ok(()));
        assert_eq!(statuses(&[]).ensure_distinct(), Err((None, Fault::TooShort { least: 1 })));
        let twice = statuses(&["planned", "shipped", "planned"]).ensure_distinct();
        assert_eq!(twice.unwrap_err().0, Some(2));
        let label = Time::Label {
            key: Key::try_from("2027").unwrap(),
            names: Bilingual { ko: "그때".into(), en: "Then".into() },
        };
        let times = Columns::Times(vec![Time::Period(Period::try_from("2027").unwrap()), label]);
        assert_eq!(times.ensure_distinct().unwrap_err().0, Some(1));
        let months = (1..=13).map(|month| format!("20{:02}-01", 10 + month));
        let many = months.map(|key| Time::Period(Period::try_from(&*key).unwrap())).collect();
        let found = Columns::Times(many).ensure_distinct();
        assert_eq!(found, Err((None, Fault::TooMany { most: MOST_COLUMNS })));
    }

    #[test]
    fn there_is_room_until_there_is_none() {
        assert_eq!(between(Some(4), Some(6)), Some(5));
        assert_eq!(between(Some(4), Some(5)), None);
        assert_eq!(between(Some(i64::MAX), None), None);
        assert_eq!(between(None, Some(i64::MIN)), None);
        let (before, mut after) = (spread(0), spread(1));
        let mut times = 0;
        while let Some(middle) = between(Some(before), Some(after)) {
            (after, times) = (middle, times + 1);
        }
        assert_eq!(times, 20);
    }

    proptest! {
        #[test]
        fn what_is_between_is_between(a in any::<i64>(), b in any::<i64>()) {
            let (low, high) = (a.min(b), a.max(b));
            if let Some(middle) = between(Some(low), Some(high)) {
                prop_assert!(low < middle && middle < high);
            }
            prop_assert!(between(None, Some(low)).is_none_or(|position| position < low));
            prop_assert!(between(Some(high), None).is_none_or(|position| position > high));
        }
    }
}
