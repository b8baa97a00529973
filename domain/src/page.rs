//! Pages of a list: how long, in which order, from where.

use uuid::Uuid;

/// How many items a page holds: 1–100, 20 unless asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    pub const MOST: i64 = 100;

    #[must_use]
    pub fn of(items: i64) -> Option<Self> {
        u8::try_from(items).ok().filter(|items| (1..=100).contains(items)).map(Self)
    }

    #[must_use]
    pub fn items(self) -> usize {
        usize::from(self.0)
    }

    /// One more than the page holds: whether it comes tells whether a next page exists.
    #[must_use]
    pub fn probe(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Limit {
    /// How many entries a feed has.
    pub const FEED: Self = Self(30);
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// In which order ideas are listed. Ties go to the newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    Top,
    Trending,
    New,
    Discussed,
    /// The shuffled order, entered at [`crate::ranking::entry`] of the seed and read round.
    Random {
        seed: String,
    },
    /// Of a search: ideas with every needle in the title first, then by votes.
    Relevance,
}

/// The place of the last item of a page: the next page begins right after it.
///
/// A list is read in laps, one after the other (title hits and then the rest; from the seed to the end of the shuffle
/// and then from its beginning); in a lap it is ordered by `key`, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub lap: u8,
    /// What the sort orders by; a fraction is given as its bits.
    pub key: i64,
    pub id: Uuid,
}

impl Place {
    #[must_use]
    pub fn fraction(&self) -> f64 {
        f64::from_bits(self.key.cast_unsigned())
    }

    #[must_use]
    pub fn of_fraction(lap: u8, key: f64, id: Uuid) -> Self {
        Self { lap, key: key.to_bits().cast_signed(), id }
    }
}

/// Items and the place to go on from, if there is more.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Place>,
}

impl<T> Page<T> {
    /// The page out of up to [`Limit::probe`] items.
    #[must_use]
    pub fn of(mut items: Vec<T>, limit: Limit, place: impl Fn(&T) -> Place) -> Self {
        let more = items.len() > limit.items();
        items.truncate(limit.items());
        let next = items.last().filter(|_| more).map(place);
        Self { items, next }
    }

    #[must_use]
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_next_only_if_there_is_more() {
        let limit = Limit::of(2).unwrap();
        let place = |n: &i64| Place { lap: 0, key: *n, id: Uuid::nil() };
        assert_eq!(Page::of(vec![1, 2], limit, place).next, None);
        let page = Page::of(vec![1, 2, 3], limit, place);
        assert_eq!((page.items, page.next.unwrap().key), (vec![1, 2], 2));
        assert!([0, 101, -1, 300].iter().all(|n| Limit::of(*n).is_none()));
    }

    #[test]
    fn a_fraction_survives_its_place() {
        for key in [0.0, -1.5, 1e300] {
            assert_eq!(Place::of_fraction(0, key, Uuid::nil()).fraction(), key);
        }
    }
}
