//! Banned words, found also where somebody tries to hide them: `시1발`, `ㅅ ㅂ`, `시이발`, `ㅅㅣㅂㅏㄹ`, `십알`, `5h1t`.
//!
//! A text is read as letters: syllables of Hangul fall into their jamo, what is no letter falls away. A word is found where its
//! letters follow one another, from the beginning of a syllable to the end of one, so that 옷방 has no ㅅㅂ. Spaces are seen
//! through only where every piece between them belongs to the word: `시 발` is one, `다시 발표` is none.

use std::collections::HashMap;

pub use super::letters::composed;
use super::letters::{Letter, Spelling, is_vowel, read};
use crate::text::{Fault, Lines, clean};

/// 1–40 characters on one line, with a letter in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(String);

impl Word {
    pub const MOST: usize = 40;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Word {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        let word = clean(&text.to_lowercase(), 1, Self::MOST, Lines::One)?;
        match read(&word, Spelling::Plain).is_empty() {
            true => Err(Fault::NotA("word of letters")),
            false => Ok(Self(word)),
        }
    }
}

/// A word that holds a post back, but for the words it is a harmless part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banned {
    pub word: Word,
    pub except: Vec<Word>,
}

/// A banned word in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its place in the list.
    pub nth: usize,
    /// From which character of the [`composed`] text to before which.
    pub from: usize,
    pub to: usize,
}

/// A list of banned words, ready to be looked for.
pub struct List {
    words: Vec<(Vec<char>, Vec<Vec<char>>)>,
    /// Which words begin with a letter.
    by_first: HashMap<char, Vec<usize>>,
}

fn plain(word: &Word) -> Vec<char> {
    read(word.as_str(), Spelling::Plain).into_iter().map(|letter| letter.letter).collect()
}

impl List {
    #[must_use]
    pub fn new(banned: &[Banned]) -> Self {
        let words: Vec<_> = banned
            .iter()
            .map(|banned| (plain(&banned.word), banned.except.iter().map(plain).collect()))
            .collect();
        let mut by_first: HashMap<char, Vec<usize>> = HashMap::new();
        for (nth, (word, _)) in words.iter().enumerate() {
            if let Some(first) = word.first() {
                by_first.entry(*first).or_default().push(nth);
            }
        }
        Self { words, by_first }
    }

    /// The banned words of a text, in its order; of those that overlap the first, and the longest.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        let mut hits: Vec<Hit> = [Spelling::Plain, Spelling::Lookalike]
            .into_iter()
            .flat_map(|spelling| self.hits_of(&Reading::of(text, spelling)))
            .collect();
        hits.sort_unstable_by_key(|hit| (hit.from, usize::MAX - hit.to, hit.nth));
        let mut end = 0;
        hits.retain(|hit| {
            let apart = hit.from >= end;
            end = if apart { hit.to } else { end };
            apart
        });
        hits
    }

    fn hits_of(&self, reading: &Reading) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (start, letter) in reading.letters.iter().enumerate().filter(|(_, letter)| letter.begins) {
            for nth in self.by_first.get(&letter.letter).into_iter().flatten() {
                let (word, except) = &self.words[*nth];
                let Some(end) = reading.follow(start, word) else { continue };
                if reading.is_whole(start, end) && !reading.is_part_of(start, end, except) {
                    hits.push(Hit {
                        nth: *nth,
                        from: reading.letters[start].at,
                        to: reading.letters[end].at + 1,
                    });
                }
            }
        }
        hits
    }
}

/// A text as letters, with the first and last character of what stands between its spaces.
struct Reading {
    letters: Vec<Letter>,
    bounds: Vec<(usize, usize)>,
}

impl Reading {
    fn of(text: &str, spelling: Spelling) -> Self {
        let mut bounds = vec![(usize::MAX, 0)];
        for (at, c) in composed(text).chars().enumerate() {
            match bounds.last_mut() {
                _ if c.is_whitespace() => bounds.push((usize::MAX, 0)),
                Some((first, last)) => (*first, *last) = ((*first).min(at), at),
                None => {}
            }
        }
        Self { letters: read(text, spelling), bounds }
    }

    fn letter(&self, place: usize) -> Option<char> {
        self.letters.get(place).map(|letter| letter.letter)
    }

    /// The last letter of a word that begins at `start`; letters that are drawn out count once.
    fn follow(&self, start: usize, word: &[char]) -> Option<usize> {
        let mut place = start;
        for next in word.iter().copied().skip(1) {
            let last = self.letter(place)?;
            place += 1;
            while self.letter(place) != Some(next) {
                place += self.drawn_out(place, last)?;
            }
        }
        // What is drawn out at the end belongs to the word too.
        let last = self.letter(place)?;
        while let Some(more) = self.drawn_out(place + 1, last) {
            match self.letters.get(place + more) {
                Some(letter) if letter.ends && letter.letter == last => place += more,
                Some(_) | None => break,
            }
        }
        self.letters.get(place).filter(|letter| letter.ends).map(|_| place)
    }

    /// How many letters only draw out the one before: the same again (`시시발`), a silent ㅇ with the same vowel (`시이발`), or
    /// the silent ㅇ that a final consonant is pulled over (`십알`).
    fn drawn_out(&self, place: usize, last: char) -> Option<usize> {
        let letter = self.letter(place)?;
        match letter {
            _ if letter == last => Some(1),
            'ㅇ' if is_vowel(last) && self.letter(place + 1) == Some(last) => Some(2),
            'ㅇ' if !is_vowel(last) && self.letters[place].begins && !self.letters[place].ends => Some(1),
            _ => None,
        }
    }

    /// Whether the letters are a word by themselves: Latin ones not in the middle of others, and where spaces are between
    /// them, nothing else between the same spaces.
    fn is_whole(&self, start: usize, end: usize) -> bool {
        let (first, last) = (self.letters[start], self.letters[end]);
        let joins = |place: Option<usize>, to: Letter| {
            place.and_then(|place| self.letters.get(place)).is_some_and(|letter| {
                letter.token == to.token
                    && letter.letter.is_ascii_alphabetic()
                    && to.letter.is_ascii_alphabetic()
            })
        };
        if joins(start.checked_sub(1), first) || joins(Some(end + 1), last) {
            return false;
        }
        first.token == last.token
            || self.bounds[first.token].0 == first.at && self.bounds[last.token].1 == last.at
    }

    /// Whether they are a part of one of these words.
    fn is_part_of(&self, start: usize, end: usize, words: &[Vec<char>]) -> bool {
        words.iter().any(|word| {
            let earliest = start.saturating_sub(word.len());
            (earliest..=start).any(|from| {
                let letters = self.letters.get(from..from + word.len());
                from + word.len() > end
                    && letters
                        .is_some_and(|letters| letters.iter().map(|l| l.letter).eq(word.iter().copied()))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(text: &str) -> Word {
        Word::try_from(text).unwrap()
    }

    fn list() -> List {
        let banned = |text: &str, except: &[&str]| Banned {
            word: word(text),
            except: except.iter().map(|text| word(text)).collect(),
        };
        List::new(&[
            banned("시발", &["시발점", "시발역"]),
            banned("ㅅㅂ", &[]),
            banned("shit", &[]),
            banned("병신", &[]),
        ])
    }

    fn found(text: &str) -> Vec<String> {
        let composed: Vec<char> = composed(text).chars().collect();
        list().hits(text).into_iter().map(|hit| composed[hit.from..hit.to].iter().collect()).collect()
    }

    #[test]
    fn a_word_is_found_however_it_is_hidden() {
        #[rustfmt::skip]
        let table = [
            "시발", "시1발", "시.발", "시@@발", "시 발", "ㅅㅂ", "ㅅ ㅂ", "ㅅ1ㅂ", "ㅅㅅㅂㅂ", "시이발", "시이이발", "시바알", "십알", "ㅅㅣㅂㅏㄹ",
            "시ㅂㅏㄹ", "ㅅ\u{200b}ㅂ", "시\n발", "시😀발", "shit", "SHIT", "sh1t", "5h1t", "s.h.i.t", "s h i t", "shiiiit", "ｓｈｉｔ", "병1신",
            "\u{1109}\u{1175}\u{1107}\u{1161}\u{11af}",
        ];
        for text in table {
            assert_eq!(found(text).len(), 1, "{text}");
            assert_eq!(found(&format!("정말 {text} 네요")).len(), 1, "{text}");
        }
        assert_eq!(found("야 시1발놈아, shit이네"), ["시1발", "shit"]);
    }

    #[test]
    fn what_only_looks_like_a_word_is_not_found() {
        #[rustfmt::skip]
        let table = [
            "다시 발표해 주세요", "몇 시 발표인가요", "5시 발송", "시발점이 되었다", "옷방", "삯바느질",
            "shitake 버섯", "yoshitaka", "시간과 발전", "신발", "병원 신관", "싱발", "집안", "",
        ];
        for text in table {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn a_word_without_letters_is_none() {
        assert_eq!(Word::try_from("123"), Err(Fault::NotA("word of letters")));
        assert_eq!(Word::try_from("!!"), Err(Fault::NotA("word of letters")));
        assert_eq!(Word::try_from("ShIt").unwrap().as_str(), "shit");
    }

    proptest! {
        #[test]
        fn noise_between_the_letters_hides_nothing(noise in "[0-9.,*_~^-]{0,4}", before in "[가나다라마]{0,3}", after in "[가나다라마]{0,3}") {
            prop_assert_eq!(found(&format!("{before} {} {after}", ["병", "신"].join(&noise))).len(), 1);
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,80}") {
            let length = composed(&text).chars().count();
            for hit in list().hits(&text) {
                prop_assert!(hit.from < hit.to && hit.to <= length);
            }
        }
    }
}
