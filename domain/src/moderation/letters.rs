//! A text read as letters: syllables of Hangul fall into their jamo, what is no letter falls away.

use unicode_normalization::UnicodeNormalization as _;

/// What stands for a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Only itself: other characters fall away.
    Plain,
    /// Also a digit or a sign that looks like one of Latin.
    Lookalike,
}

/// A letter of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub letter: char,
    /// The character it comes from.
    pub at: usize,
    /// Whether it begins and ends a syllable; a letter that stands alone does both.
    pub begins: bool,
    pub ends: bool,
    /// Between which spaces.
    pub token: usize,
}

const INITIAL: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ',
    'ㅍ', 'ㅎ',
];
const FIRST_VOWEL: u32 = 'ㅏ' as u32;
const FINAL: [&str; 28] = [
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ",
    "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
];

/// The letters of a syllable (Unicode Standard, 3.12), as they are typed alone.
fn jamo(syllable: char) -> Vec<char> {
    let index = syllable as usize - '가' as usize;
    let vowel = char::from_u32(FIRST_VOWEL + (index % 588 / 28) as u32).unwrap_or('ㅏ');
    let mut letters = vec![INITIAL[index / 588], vowel];
    letters.extend(FINAL[index % 28].chars());
    letters
}

pub(super) fn is_vowel(letter: char) -> bool {
    ('ㅏ'..='ㅣ').contains(&letter)
}

/// The Latin letter that a character looks like.
fn lookalike(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => return None,
    })
}

/// The letters of a text in their order.
pub(super) fn read(text: &str, spelling: Spelling) -> Vec<Letter> {
    let mut letters = Vec::new();
    let mut token = 0;
    // Letter by letter of the original, so that a hit can say where it is; jamo that were typed as parts are put together.
    for (at, c) in composed(text).chars().enumerate() {
        if c.is_whitespace() {
            token += 1;
            continue;
        }
        let parts: Vec<char> = match c {
            '가'..='힣' => jamo(c),
            // Two consonants on one key, such as ㅄ.
            'ㄱ'..='ㅣ' => match FINAL
                .iter()
                .position(|cluster| cluster.chars().count() == 2 && joined(cluster) == Some(c))
            {
                Some(place) => FINAL[place].chars().collect(),
                None => vec![c],
            },
            _ => {
                let latin = if spelling == Spelling::Lookalike { lookalike(c) } else { None };
                latin.map_or_else(
                    || c.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphabetic()).collect(),
                    |c| vec![c],
                )
            }
        };
        let count = parts.len();
        let syllable = ('가'..='힣').contains(&c);
        letters.extend(parts.into_iter().enumerate().map(|(nth, letter)| Letter {
            letter,
            at,
            begins: !syllable || nth == 0,
            ends: !syllable || nth + 1 == count,
            token,
        }));
    }
    letters
}

/// The one character for two consonants.
fn joined(cluster: &str) -> Option<char> {
    const JOINED: [(&str, char); 11] = [
        ("ㄱㅅ", 'ㄳ'),
        ("ㄴㅈ", 'ㄵ'),
        ("ㄴㅎ", 'ㄶ'),
        ("ㄹㄱ", 'ㄺ'),
        ("ㄹㅁ", 'ㄻ'),
        ("ㄹㅂ", 'ㄼ'),
        ("ㄹㅅ", 'ㄽ'),
        ("ㄹㅌ", 'ㄾ'),
        ("ㄹㅍ", 'ㄿ'),
        ("ㄹㅎ", 'ㅀ'),
        ("ㅂㅅ", 'ㅄ'),
    ];
    JOINED.iter().find(|(parts, _)| *parts == cluster).map(|(_, joined)| *joined)
}

/// A text in the form in which the places of hits are counted (NFC).
#[must_use]
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}
