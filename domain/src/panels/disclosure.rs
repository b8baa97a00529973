//! Disclosure: whether a text says, where it has to, that its author was given something. Since 2024-12-01 the guideline of the Korea
//! Fair Trade Commission wants it in the title or at the beginning, in clear words; it moves, so the rules are data with a day by which
//! somebody has to look at them again.

mod sentences;
mod words;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use self::sentences::{Sentence, sentences, signs};
use crate::{
    Refusal,
    text::{Fault, Lines, clean},
};

/// What a text is looked through for. Words are compared without spaces, case, signs and what cannot be seen; brackets of any kind are
/// `[` and `]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Any of these says it clearly.
    pub phrases: Vec<String>,
    /// Wordings under which something was given or perhaps not; they count beside one of `interests`, in the same sentence.
    pub conditional: Vec<String>,
    pub interests: Vec<String>,
    /// Any of these says that nothing was given.
    pub denials: Vec<String>,
    /// What turns a phrase into its contrary when it follows closely.
    pub negations: Vec<String>,
    /// Words that tell of a part in something, and not of what was given for it.
    pub vague: Vec<String>,
    /// How much of a text is its beginning: both hold.
    pub first_characters: u32,
    pub first_lines: u32,
    /// Until when the rules may be relied on without another look.
    pub review_by: NaiveDate,
}

/// Something that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: FindingKind,
    /// Nowhere for what is missing.
    pub place: Option<Place>,
    /// The words of the rules that were found there.
    pub found: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    Missing,
    /// Said, but neither in the title nor at the beginning.
    TooLate,
    Conditional,
    /// Something was given, and the text says it was not.
    Denied,
    Vague,
}

impl FindingKind {
    pub const ALL: [Self; 5] = [Self::Missing, Self::TooLate, Self::Conditional, Self::Denied, Self::Vague];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLate => "too_late",
            Self::Conditional => "conditional",
            Self::Denied => "denied",
            Self::Vague => "vague",
        }
    }
}

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Title,
    Text {
        /// From 1.
        line: usize,
    },
}

impl Rules {
    /// The most words of a kind.
    pub const MOST_WORDS: usize = 100;
    pub const MOST_CHARACTERS: u32 = 2_000;
    pub const MOST_LINES: u32 = 50;

    /// The rules in the form they are kept in.
    ///
    /// # Errors
    /// Where and why they are none.
    pub fn checked(mut self) -> Result<Self, (String, Fault)> {
        for (name, words, least) in [
            ("phrases", &mut self.phrases, 1),
            ("conditional", &mut self.conditional, 0),
            ("interests", &mut self.interests, 0),
            ("denials", &mut self.denials, 0),
            ("negations", &mut self.negations, 0),
            ("vague", &mut self.vague, 0),
        ] {
            match words.len() {
                few if few < least => return Err((format!("/{name}"), Fault::TooShort { least })),
                many if many > Self::MOST_WORDS => {
                    return Err((format!("/{name}"), Fault::TooMany { most: Self::MOST_WORDS }));
                }
                _ => {}
            }
            for (nth, word) in words.iter_mut().enumerate() {
                let at = |fault| (format!("/{name}/{nth}"), fault);
                *word = clean(word, 1, 60, Lines::One).map_err(at)?;
                if signs(word).is_empty() {
                    return Err(at(Fault::NotA("word with letters")));
                }
            }
        }
        for (name, number, most) in [
            ("first_characters", self.first_characters, Self::MOST_CHARACTERS),
            ("first_lines", self.first_lines, Self::MOST_LINES),
        ] {
            if !(1..=most).contains(&number) {
                return Err((format!("/{name}"), Fault::NotA("number in its range")));
            }
        }
        Ok(self)
    }

    /// Whether the day has passed by which somebody was to look at them again.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        today > self.review_by
    }

    /// What is not as it has to be, in a text that a reader sees so. Nothing is found where the interest is stated clearly in the title
    /// or at the beginning, and not taken back there.
    #[must_use]
    pub fn check(&self, title: &str, text: &str) -> Vec<Finding> {
        let words = Words::of(self);
        let mut findings = Vec::new();
        let (mut stated, mut late, mut vague) = (false, None, None);
        let of_title = sentences(title).into_iter().map(|sentence| (Place::Title, sentence));
        let of_text =
            sentences(text).into_iter().map(|sentence| (Place::Text { line: sentence.line }, sentence));
        for (place, sentence) in of_title.chain(of_text) {
            let is_first = |at: usize| place == Place::Title || self.is_first(sentence.line, at);
            let finding =
                |kind, word: &Word| Finding { kind, place: Some(place), found: Some(word.text.to_owned()) };
            let (clear, denied) = words.said(&sentence);
            let conditional = words.conditional_in(&sentence);
            if is_first(sentence.start()) {
                findings.extend(conditional.map(|word| finding(FindingKind::Conditional, word)));
                findings.extend(denied.map(|word| finding(FindingKind::Denied, word)));
                let unclear = || sentence.first_of(&words.vague);
                vague = vague.or_else(|| unclear().map(|word| finding(FindingKind::Vague, word)));
            }
            match clear.filter(|_| conditional.is_none()) {
                Some((_, end)) if is_first(end) => stated = true,
                Some((word, _)) => late = late.or_else(|| Some(finding(FindingKind::TooLate, word))),
                None => {}
            }
        }
        if !stated && findings.is_empty() {
            let missing = Finding { kind: FindingKind::Missing, place: None, found: None };
            findings.push(late.or(vague).unwrap_or(missing));
        }
        findings
    }

    /// Whether a text that others are to put above theirs states the interest.
    ///
    /// # Errors
    /// [`Refusal::Unfit`].
    pub fn ensure_stated(&self, disclosure: &str) -> Result<(), Refusal> {
        match self.check("", disclosure)[..] {
            [] => Ok(()),
            _ => Err(Refusal::Unfit {
                field: "disclosure",
                fault: Fault::NotA("clear statement of what was given"),
            }),
        }
    }

    fn is_first(&self, line: usize, at: usize) -> bool {
        line <= self.first_lines as usize && at <= self.first_characters as usize
    }
}

/// A word of the rules, and what of it counts.
struct Word<'a> {
    text: &'a str,
    signs: Vec<char>,
}

/// The words of rules, ready to be looked for.
struct Words<'a> {
    phrases: Vec<Word<'a>>,
    conditional: Vec<Word<'a>>,
    interests: Vec<Word<'a>>,
    denials: Vec<Word<'a>>,
    negations: Vec<Word<'a>>,
    vague: Vec<Word<'a>>,
}

impl<'a> Words<'a> {
    fn of(rules: &'a Rules) -> Self {
        let each = |words: &'a [String]| {
            let signs = |word: &str| signs(word).iter().map(|sign| sign.c).collect();
            let words = words.iter().map(|word| Word { text: word, signs: signs(word) });
            words.filter(|word: &Word| !word.signs.is_empty()).collect()
        };
        Self {
            phrases: each(&rules.phrases),
            conditional: each(&rules.conditional),
            interests: each(&rules.interests),
            denials: each(&rules.denials),
            negations: each(&rules.negations),
            vague: each(&rules.vague),
        }
    }

    /// The phrase that states it clearly, with where it ends; and what denies it.
    fn said(&self, sentence: &Sentence) -> (Option<(&Word<'a>, usize)>, Option<&Word<'a>>) {
        let mut denied = sentence.first_of(&self.denials);
        let mut clear: Option<(&Word<'a>, usize)> = None;
        for phrase in &self.phrases {
            for end in sentence.ends_of(phrase) {
                let at = sentence.signs[end].at;
                if self.negations.iter().any(|word| sentence.follows(end, word)) {
                    denied = denied.or(Some(phrase));
                } else if clear.is_none_or(|(_, earlier)| at < earlier) {
                    clear = Some((phrase, at));
                }
            }
        }
        (clear.filter(|_| denied.is_none()), denied)
    }

    fn conditional_in(&self, sentence: &Sentence) -> Option<&Word<'a>> {
        sentence.first_of(&self.conditional).filter(|_| sentence.first_of(&self.interests).is_some())
    }
}

#[cfg(test)]
mod tests;
