//! Segments: saved rules over what is known of members, and what the votes of an idea weigh by them.

pub mod demand;
mod kinds;
mod rule;
mod test;

use chrono::{DateTime, Utc};

pub use self::{
    kinds::Kinds,
    rule::{Condition, Facts, Finding, Rule},
    test::{Moment, Test, Wanted},
};
use crate::{
    SegmentId,
    boards::Description,
    text::{Fault, Lines, clean},
};

/// Members who have something in common. Segments stand in the order they were made in.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub id: SegmentId,
    pub name: SegmentName,
    pub description: Description,
    pub rule: Rule,
    pub weight: Weight,
    /// How many members the rule holds for.
    pub member_count: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// The most segments there are: each is asked of a member whenever something about them changes.
pub const MOST_SEGMENTS: usize = 100;

/// What a segment is called: 1–60 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentName(String);

impl SegmentName {
    pub const MOST: usize = 60;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for SegmentName {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::One).map(Self)
    }
}

/// What a vote from the segment counts for when needs are compared: 0–10, 1 unless said.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Weight(f64);

impl Weight {
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self(1.0)
    }
}

impl TryFrom<f64> for Weight {
    type Error = Fault;

    fn try_from(value: f64) -> Result<Self, Fault> {
        if (0.0..=10.0).contains(&value) { Ok(Self(value)) } else { Err(Fault::NotA("number from 0 to 10")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_from_nothing_to_ten() {
        assert!([0.0, 1.0, 10.0].iter().all(|value| Weight::try_from(*value).is_ok()));
        assert!([-0.1, 10.1, f64::NAN, f64::INFINITY].iter().all(|value| Weight::try_from(*value).is_err()));
    }
}
