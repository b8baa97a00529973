//! Results back: what a panel taught, and what changes because of it.

use chrono::{DateTime, Utc};

use super::{Barred, Panel};
use crate::{
    PanelId, Refusal,
    text::{Fault, Lines, clean},
};

/// One of the two things that are told: Markdown of 1–20,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson(String);

impl Lesson {
    pub const MOST: usize = 20_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Lesson {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::Many).map(Self)
    }
}

/// What everybody who applied is told when the panel is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    pub panel_id: PanelId,
    pub learned: Lesson,
    pub changes: Lesson,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// Whether there can be something to tell: from the announcement on, also once the panel is closed, because a word can be put
/// better.
///
/// # Errors
/// [`Barred::Phase`].
pub fn ensure_may_write(panel: &Panel, now: DateTime<Utc>) -> Result<(), Refusal> {
    match panel.marks.cancelled_at.is_none() && panel.is_announced(now) {
        true => Ok(()),
        false => Err(Barred::Phase(panel.phase(now)).into()),
    }
}
