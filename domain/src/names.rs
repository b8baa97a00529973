//! Names: what people call the things of a board, in both languages, and what programs call them.

use std::fmt;

use crate::{
    boards::Slug,
    text::{Fault, Lines, clean},
};

/// What a program calls a thing of a board: `a-z`, `0-9` and single inner underscores, up to 40. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    pub const MOST: usize = 40;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key from a name.
    ///
    /// # Errors
    /// [`Fault::Required`] when nothing usable is left, so that one must be given.
    pub fn from_name(name: &str) -> Result<Self, Fault> {
        let slug = Slug::of_text(name)?.as_str().replace('-', "_");
        let cut: String = slug.chars().take(Self::MOST).collect();
        Self::try_from(cut.trim_end_matches('_'))
    }

    /// One of our own, which is known to be a key.
    pub(crate) fn known(key: &'static str) -> Self {
        Self(key.to_owned())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<&str> for Key {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        let letters = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        match text {
            _ if text.len() > Self::MOST => Err(Fault::TooLong { most: Self::MOST }),
            _ if !text.split('_').all(letters) => Err(Fault::NotA("key")),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// A short text in both languages, each on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    pub ko: String,
    pub en: String,
}

impl Bilingual {
    /// The most characters of a name.
    pub const MOST: usize = 60;
    /// The most characters of a hint, which stands beside a name.
    pub const MOST_HINT: usize = 300;

    /// One of the two texts of a name in the form it is kept in.
    ///
    /// # Errors
    /// [`Fault`] when it is empty, too long or holds a control character.
    pub fn text(text: &str) -> Result<String, Fault> {
        clean(text, 1, Self::MOST, Lines::One)
    }

    /// One of the two texts of a hint in the form it is kept in.
    ///
    /// # Errors
    /// As [`Bilingual::text`].
    pub fn hint(text: &str) -> Result<String, Fault> {
        clean(text, 1, Self::MOST_HINT, Lines::One)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_from_a_name_in_either_language() {
        for (name, key) in
            [("Beta test", "beta_test"), ("베타 시험", "beta_siheom"), ("2차 검토!", "2cha_geomto")]
        {
            assert_eq!(Key::from_name(name).unwrap().as_str(), key);
        }
        assert_eq!(Key::from_name("日本"), Err(Fault::Required));
        for bad in ["", "A", "a-b", "_a", "a__b"] {
            assert!(Key::try_from(bad).is_err(), "{bad}");
        }
    }
}
