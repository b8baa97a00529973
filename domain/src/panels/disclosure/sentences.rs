//! A text as a reader sees it: sentences of the characters that count, wherever they stand.

use unicode_normalization::UnicodeNormalization as _;

use super::Word;

/// How many signs may stand between a phrase and what makes it its contrary.
const CLOSE: usize = 6;

/// A character that counts, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    pub c: char,
    /// Whether something stands before it that does not count.
    parted: bool,
    /// How many characters can be seen up to it.
    pub at: usize,
}

pub(super) struct Sentence {
    /// From 1.
    pub line: usize,
    pub signs: Vec<Sign>,
}

impl Sentence {
    /// Where its first sign stands.
    pub fn start(&self) -> usize {
        self.signs.first().map_or(0, |sign| sign.at)
    }

    /// Where a word ends, wherever it stands: the place of its last sign.
    pub fn ends_of(&self, word: &Word<'_>) -> impl Iterator<Item = usize> {
        let starts = (0..self.signs.len()).filter(|start| self.stands_at(*start, word));
        starts.map(|start| start + word.signs.len() - 1)
    }

    fn stands_at(&self, start: usize, word: &Word<'_>) -> bool {
        let end = start + word.signs.len();
        self.signs.get(start..end).is_some_and(|signs| {
            signs.iter().map(|sign| sign.c).eq(word.signs.iter().copied()) && self.is_whole(start, end - 1)
        })
    }

    pub fn first_of<'w, 'a>(&self, words: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
        words.iter().find(|word| self.ends_of(word).next().is_some())
    }

    /// A word in Latin letters, and one after `#`, is no part of a longer one.
    fn is_whole(&self, start: usize, end: usize) -> bool {
        let (first, last) = (self.signs[start], self.signs[end]);
        let begins = first.parted
            || !first.c.is_ascii_alphanumeric()
            || start.checked_sub(1).is_none_or(|before| !self.signs[before].c.is_alphanumeric());
        let bounded = last.c.is_ascii_alphanumeric() || first.c == '#';
        let ends =
            !bounded || self.signs.get(end + 1).is_none_or(|next| next.parted || !next.c.is_alphanumeric());
        begins && ends
    }

    /// Whether a word begins closely after a place.
    pub fn follows(&self, end: usize, word: &Word<'_>) -> bool {
        // Only where it could: a sentence may be as long as a text.
        (end + 1..=end + CLOSE).any(|start| self.stands_at(start, word))
    }
}

/// The sentences of a text as a reader sees it; a line ends one too.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    for (line, part) in (1..).zip(signs_of(text).split(|sign| sign.c == '\n')) {
        let parts = part.split(|sign| matches!(sign.c, '.' | '!' | '?' | '。'));
        let parts = parts.map(|part| Sentence { line, signs: counted(part) });
        found.extend(parts.filter(|sentence| !sentence.signs.is_empty()));
    }
    found
}

pub(super) fn signs(word: &str) -> Vec<Sign> {
    counted(&signs_of(word))
}

/// The characters that can be seen, in their plain form: compatibility forms resolved, small letters, one kind of bracket.
fn signs_of(text: &str) -> Vec<Sign> {
    let seen = text.chars().filter(|c| !is_invisible(*c)).nfkc().filter(|c| !is_invisible(*c));
    let plain = seen.flat_map(char::to_lowercase).map(|c| match c {
        '(' | '{' | '<' | '【' | '〔' | '「' | '『' | '《' | '〈' | '〖' => '[',
        ')' | '}' | '>' | '】' | '〕' | '」' | '』' | '》' | '〉' | '〗' => ']',
        c => c,
    });
    plain.zip(1..).map(|(c, at)| Sign { c, parted: false, at }).collect()
}

fn counted(signs: &[Sign]) -> Vec<Sign> {
    let mut parted = false;
    let mut counted = Vec::with_capacity(signs.len());
    for sign in signs {
        if sign.c.is_alphanumeric() || matches!(sign.c, '[' | ']' | '#') {
            counted.push(Sign { parted, ..*sign });
            parted = false;
        } else {
            parted = true;
        }
    }
    counted
}

/// What takes no room on the page, and is good for parting words where nobody sees it.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}
