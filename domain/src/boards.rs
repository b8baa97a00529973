//! Boards: one product or topic, who may do what on it, and the slug it is found under.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Action, Audience, BoardId,
    moderation::Mode,
    text::{Fault, Lines, clean},
};

/// One product or topic that members bring ideas to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    pub id: BoardId,
    pub name: BoardName,
    pub slug: Slug,
    pub description: Description,
    pub view: Audience,
    pub vote: Audience,
    pub comment: Audience,
    pub submit: Audience,
    pub voters: Voters,
    /// How many votes a member may have on open ideas of the board at one time; none means any number.
    pub vote_budget: Option<u32>,
    /// When it shows what members post.
    pub moderation: Mode,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

/// Who sees the names of those who voted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voters {
    SeenByStaff,
    SeenByViewers,
}

impl Board {
    /// A new board as most are: seen by everyone, open to every member, voters seen by staff, any number of votes, posts shown at once.
    #[must_use]
    pub fn open(
        id: BoardId,
        name: BoardName,
        slug: Slug,
        description: Description,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            name,
            slug,
            description,
            view: Audience::Everyone,
            vote: Audience::Members,
            comment: Audience::Members,
            submit: Audience::Members,
            voters: Voters::SeenByStaff,
            vote_budget: None,
            moderation: Mode::default(),
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    #[must_use]
    pub fn audience(&self, action: Action) -> Audience {
        match action {
            Action::View => self.view,
            Action::Vote => self.vote,
            Action::Comment => self.comment,
            Action::Submit => self.submit,
        }
    }
}

/// 1–80 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardName(String);

impl BoardName {
    pub const MOST: usize = 80;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for BoardName {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::One).map(Self)
    }
}

/// What a board is for: Markdown, up to 2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description(String);

impl Description {
    pub const MOST: usize = 2_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Description {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 0, Self::MOST, Lines::Many).map(Self)
    }
}

/// The part of an address that names a board: `a-z`, `0-9` and single inner hyphens, up to 60, and never a UUID,
/// which would be read as an id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slug(String);

impl Slug {
    pub const MOST: usize = 60;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A slug from a name: Hangul is spelt in Latin letters, everything else but letters and digits parts words.
    ///
    /// # Errors
    /// [`Fault::Required`] when nothing usable is left, so that one must be given.
    pub fn from_name(name: &BoardName) -> Result<Self, Fault> {
        Self::of_text(name.as_str())
    }

    /// [`Slug::from_name`] of any text.
    ///
    /// # Errors
    /// As [`Slug::from_name`].
    pub(crate) fn of_text(text: &str) -> Result<Self, Fault> {
        let mut slug = String::new();
        for c in text.chars() {
            match c {
                '가'..='힣' => slug.push_str(&romanised(c)),
                c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
                _ if slug.ends_with('-') || slug.is_empty() => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(Self::MOST);
        Self::try_from(slug.trim_end_matches('-')).map_err(|_| Fault::Required)
    }
}

impl TryFrom<&str> for Slug {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        let letters = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        match text {
            _ if text.len() > Self::MOST => Err(Fault::TooLong { most: Self::MOST }),
            _ if !text.split('-').all(letters) || Uuid::try_parse(text).is_ok() => Err(Fault::NotA("slug")),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// One syllable by the letters of the Revised Romanization of Korean (Ministry of Culture, 2000), without the sound
/// changes between syllables, which an address need not show.
fn romanised(syllable: char) -> String {
    const INITIAL: [&str; 19] =
        ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
    const VOWEL: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi",
        "yu", "eu", "ui", "i",
    ];
    const FINAL: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t",
        "t", "ng", "t", "t", "k", "t", "p", "t",
    ];
    let index = syllable as usize - '가' as usize;
    [INITIAL[index / 588], VOWEL[index % 588 / 28], FINAL[index % 28]].concat()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn board() -> Board {
        let (name, slug) = (BoardName::try_from("제품").unwrap(), Slug::try_from("jepum").unwrap());
        let id = BoardId::new(DateTime::UNIX_EPOCH, [0; 10]);
        Board::open(id, name, slug, Description::default(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_korean_name_yields_a_usable_slug() {
        let table = [
            ("환불 정책", "hwanbul-jeongchaek"),
            ("한글", "hangeul"),
            ("새 기능 2.0!", "sae-gineung-2-0"),
            ("Mobile App", "mobile-app"),
            ("값 & 할인", "gap-halin"),
        ];
        for (name, slug) in table {
            assert_eq!(Slug::from_name(&BoardName::try_from(name).unwrap()).unwrap().as_str(), slug);
        }
        let unspeakable = BoardName::try_from("日本語").unwrap();
        assert_eq!(Slug::from_name(&unspeakable), Err(Fault::Required));
    }

    #[test]
    fn a_slug_is_neither_odd_nor_an_id() {
        for bad in ["", "-a", "a-", "a--b", "A", "가", "a b", "01890a5d-ac96-774b-bcce-b302099a8057"] {
            assert!(Slug::try_from(bad).is_err(), "{bad}");
        }
        assert!(Slug::try_from(&*"a".repeat(61)).is_err());
    }
}
