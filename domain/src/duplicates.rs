//! Duplicates: how alike two ideas are, and which pairs of them are proposed to be merged.

use std::{cmp::Reverse, collections::BTreeSet};

use uuid::Uuid;

use crate::{
    IdeaId, Refusal,
    ideas::Idea,
    search::{Folded, likeness},
    text::Fault,
};

/// Pairs less alike are not proposed.
pub const LEAST_SCORE: f64 = 0.5;
/// How many pairs are proposed for an idea when it is looked at; others may find it too.
pub const MOST_PAIRS: usize = 10;
/// A title that was filed this often counts as filed no oftener.
pub const MOST_COPIES: usize = 21;

/// What an idea is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gist {
    title: BTreeSet<String>,
    excerpt: BTreeSet<String>,
}

impl Gist {
    /// `excerpt` is the beginning of the body as [`crate::markdown::excerpt`] gives it.
    #[must_use]
    pub fn new(title: &str, excerpt: &str) -> Self {
        Self { title: Folded::new(title).features(), excerpt: Folded::new(excerpt).features() }
    }

    /// The words and pairs of the title, for an index to look for.
    #[must_use]
    pub fn title(&self) -> &BTreeSet<String> {
        &self.title
    }

    /// From 0 to 1: the [`likeness`] of the titles, or, where both have a body, seven tenths of it and three tenths of that
    /// of the excerpts.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let titles = likeness(&self.title, &other.title);
        if self.excerpt.is_empty() || other.excerpt.is_empty() {
            return titles;
        }
        0.7 * titles + 0.3 * likeness(&self.excerpt, &other.excerpt)
    }

    /// [`Gist::likeness`] as it is kept and shown, with four digits.
    #[must_use]
    pub fn score(&self, other: &Self) -> f64 {
        (self.likeness(other) * 1e4).round() / 1e4
    }
}

/// Two ideas, in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub first: IdeaId,
    pub second: IdeaId,
}

impl Pair {
    /// The pair of two different ideas.
    #[must_use]
    pub fn new(one: IdeaId, other: IdeaId) -> Self {
        Self { first: one.min(other), second: one.max(other) }
    }

    /// The pair of two ideas that could be duplicates.
    ///
    /// # Errors
    /// [`Refusal::Unfit`] when they are the same idea, or stand on different boards.
    pub fn of(one: &Idea, other: &Idea) -> Result<Self, Refusal> {
        let unfit = |what| Refusal::Unfit { field: "second", fault: Fault::NotA(what) };
        if one.id == other.id {
            return Err(unfit("idea other than the first"));
        }
        if one.board_id != other.board_id {
            return Err(unfit("idea of the same board"));
        }
        Ok(Self::new(one.id, other.id))
    }

    /// Orders pairs of the same rank: those of one idea stand together, the older idea first. It is made of the time of
    /// the first id and 62 bits of chance from both, so no two pairs share it.
    #[must_use]
    pub fn place(&self) -> Uuid {
        let ((time, first), (_, second)) =
            (self.first.uuid().as_u64_pair(), self.second.uuid().as_u64_pair());
        Uuid::from_u64_pair(time, first ^ second)
    }
}

/// What a pair is ordered by, the greatest first: its score; but before all others those whose titles are the same, the
/// title that stands on the most ideas (`copies`) first.
#[must_use]
pub fn rank(score: f64, copies: usize) -> f64 {
    if copies > 1 { copies.min(MOST_COPIES) as f64 + score } else { score }
}

/// Whether a pair of this [`rank`] has one title. A score alone is never more than 1.
#[must_use]
pub fn has_one_title(rank: f64) -> bool {
    rank > 1.0
}

/// Another idea, compared with the one that is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    pub other: IdeaId,
    pub score: f64,
    /// Whether the two are a pair already. Such a pair stays while it is alike enough: the other may have found it.
    pub paired: bool,
}

/// Which of the compared make a pair: the most alike, newer ones first where they are alike.
#[must_use]
pub fn chosen(mut compared: Vec<Compared>) -> Vec<Compared> {
    compared.retain(|one| one.score >= LEAST_SCORE);
    compared.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.other.cmp(&a.other)));
    let mut nth = 0;
    compared.retain(|one| {
        nth += 1;
        one.paired || nth <= MOST_PAIRS
    });
    compared
}

/// Where an idea stands in its pair: the one with more votes first, then the older, which is the one to merge into.
#[must_use]
pub fn standing(idea: &Idea) -> (Reverse<i64>, IdeaId) {
    (Reverse(idea.vote_count), idea.id)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn id(n: u8) -> IdeaId {
        IdeaId::new(DateTime::from_timestamp(1_800_000_000 + i64::from(n), 0).unwrap(), [n; 10])
    }

    #[test]
    fn bodies_count_only_where_both_have_one() {
        let gist = Gist::new;
        assert_eq!(gist("환불 정책", "").likeness(&gist("환불 정책!", "빨리요")), 1.0);
        assert_eq!(gist("환불 정책", "늦어요").score(&gist("환불 정책", "빨라요")), 0.7);
        assert_eq!(gist("환불 정책", "늦어요").likeness(&gist("배송", "빨라요")), 0.0);
        assert_eq!(gist("!?", "").likeness(&gist("!?", "")), 0.0);
    }

    #[test]
    fn a_pair_is_the_same_from_either_side() {
        assert_eq!(Pair::new(id(1), id(2)), Pair::new(id(2), id(1)));
        assert_eq!(Pair::new(id(2), id(1)).first, id(1));
        let places: BTreeSet<Uuid> =
            [(1, 2), (1, 3), (2, 3), (2, 4), (3, 4)].map(|(a, b)| Pair::new(id(a), id(b)).place()).into();
        assert_eq!(places.len(), 5);
        assert!(Pair::new(id(1), id(9)).place() < Pair::new(id(2), id(3)).place());
    }

    #[test]
    fn the_same_title_goes_before_the_most_alike_and_often_before_seldom() {
        let (twice, thrice) = (rank(1.0, 2), rank(0.7, 3));
        assert!(rank(1.0, 0) < rank(0.7, 2) && twice < thrice);
        assert_eq!(rank(0.7, 1_000), rank(0.7, MOST_COPIES));
        assert!(has_one_title(rank(0.7, 2)) && !has_one_title(rank(1.0, 1)));
    }

    #[test]
    fn an_idea_finds_ten_and_keeps_those_that_found_it() {
        let compared = |n: u8, score, paired| Compared { other: id(n), score, paired };
        let mut all: Vec<Compared> = (0..20).map(|n| compared(n, 0.9, false)).collect();
        all.extend([compared(30, 0.6, true), compared(31, 0.6, false), compared(32, 0.4, true)]);
        let ids: Vec<IdeaId> = chosen(all).into_iter().map(|one| one.other).collect();
        let expected: Vec<IdeaId> = (10..20).rev().chain([30]).map(id).collect();
        assert_eq!(ids, expected);
    }

    proptest! {
        #[test]
        fn likeness_has_no_direction_and_lies_between_nothing_and_all(
            texts in proptest::array::uniform4("[가-깋a-c ]{0,12}"),
        ) {
            let (one, other) = (Gist::new(&texts[0], &texts[1]), Gist::new(&texts[2], &texts[3]));
            prop_assert_eq!(one.score(&other), other.score(&one));
            prop_assert!((0.0..=1.0).contains(&one.score(&other)));
        }
    }
}
