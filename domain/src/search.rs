//! Search: a text becomes runs, runs become terms, and a query is a list of needles each of which must be found.
//!
//! Korean needs no dictionary here: a run of Hangul, Han or Kana is indexed by its characters and overlapping pairs,
//! so `환불` is found inside `전액환불` and in `환불정책이`. Both databases store the folded text and the terms, and
//! both decide a hit by looking for the needles in the folded text, so they give the same hits.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

/// Terms are cut to this many characters, so that no index refuses one.
const LONGEST_TERM: usize = 64;

/// A text as search sees it: runs in NFC and lower case, each between single spaces, a space at either end.
/// A run is a word of letters and digits, or a stretch of Hangul, Han and Kana.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded(String);

impl Folded {
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len() + 2);
        folded.push(' ');
        let mut last = None;
        for c in text.nfc().flat_map(char::to_lowercase) {
            let kind = Kind::of(c);
            if kind != last && !folded.ends_with(' ') {
                folded.push(' ');
            }
            if kind.is_some() {
                folded.push(c);
            }
            last = kind;
        }
        if !folded.ends_with(' ') {
            folded.push(' ');
        }
        Self(folded)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn runs(&self) -> impl Iterator<Item = &str> {
        self.0.split_ascii_whitespace()
    }

    /// What the text is indexed by: words, single characters and pairs.
    #[must_use]
    pub fn terms(&self) -> BTreeSet<String> {
        let mut terms = BTreeSet::new();
        for run in self.runs() {
            if is_word(run) {
                terms.insert(cut(run));
            } else {
                terms.extend(run.chars().map(String::from));
                terms.extend(pairs(run));
            }
        }
        terms
    }

    /// What two texts are compared by: words and pairs, and a single character only where it stands alone.
    #[must_use]
    pub fn features(&self) -> BTreeSet<String> {
        self.runs().flat_map(run_terms).collect()
    }
}

/// What a reader looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    needles: Vec<String>,
    terms: BTreeSet<String>,
}

impl Query {
    /// The longest query, in characters.
    pub const MOST: usize = 200;
    /// More words than this say no more.
    const MOST_NEEDLES: usize = 16;

    #[must_use]
    pub fn new(text: &str) -> Self {
        let folded = Folded::new(text);
        let mut needles = Vec::new();
        let mut terms = BTreeSet::new();
        for run in folded.runs() {
            let needle = if is_word(run) { format!(" {run} ") } else { run.to_owned() };
            if needles.len() < Self::MOST_NEEDLES && !needles.contains(&needle) {
                terms.extend(run_terms(run));
                needles.push(needle);
            }
        }
        Self { needles, terms }
    }

    /// Each must be found in the folded text: a hit is exactly that.
    #[must_use]
    pub fn needles(&self) -> &[String] {
        &self.needles
    }

    /// Each is among the terms of every hit: what an index narrows the search by.
    #[must_use]
    pub fn terms(&self) -> &BTreeSet<String> {
        &self.terms
    }

    /// The needles that a text may lack though it holds all their terms: the pairs of a longer run may stand apart in
    /// it, and a long word is cut. The others an index of terms decides by itself.
    pub fn doubtful(&self) -> impl Iterator<Item = &String> {
        self.needles.iter().filter(|needle| {
            let run = needle.trim();
            run.chars().count() > if is_word(run) { LONGEST_TERM } else { 2 }
        })
    }

    /// A query of signs alone, which finds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    #[must_use]
    pub fn hits(&self, text: &Folded) -> bool {
        !self.is_empty() && self.needles.iter().all(|needle| text.0.contains(needle))
    }
}

/// How alike two sets of features are: the Sørensen–Dice coefficient 2·|A∩B|/(|A|+|B|), 0 to 1.
#[must_use]
pub fn likeness(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    match a.len() + b.len() {
        0 => 0.0,
        total => 2.0 * a.intersection(b).count() as f64 / total as f64,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    /// Written without spaces between words, or, as Korean, with particles attached to them.
    Dense,
}

impl Kind {
    fn of(c: char) -> Option<Self> {
        match c {
            // Hangul: jamo, compatibility jamo, extended jamo, syllables.
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
            // Han, with the iteration mark and the supplementary planes.
            | '\u{3005}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
            // Kana, with the phonetic extensions and the half-width forms; not the middle dot.
            | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
            | '\u{ff66}'..='\u{ff9f}' => Some(Self::Dense),
            c if c.is_alphanumeric() => Some(Self::Word),
            _ => None,
        }
    }
}

fn is_word(run: &str) -> bool {
    run.chars().next().and_then(Kind::of) == Some(Kind::Word)
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST_TERM).collect()
}

fn pairs(run: &str) -> impl Iterator<Item = String> {
    run.chars().zip(run.chars().skip(1)).map(|(a, b)| String::from_iter([a, b]))
}

fn run_terms(run: &str) -> Vec<String> {
    if is_word(run) {
        vec![cut(run)]
    } else if run.chars().nth(1).is_none() {
        vec![run.to_owned()]
    } else {
        pairs(run).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_korean_word_is_found_in_a_compound_and_with_a_particle() {
        for text in ["환불정책이 없다", "전액환불 요청", "환불", "HWAN환불!"] {
            assert!(Query::new("환불").hits(&Folded::new(text)), "{text}");
            assert!(Query::new("환").hits(&Folded::new(text)), "{text}");
        }
        assert!(!Query::new("환불").hits(&Folded::new("환 불")));
        assert!(!Query::new("환불").hits(&Folded::new("교환 불가")));
    }

    #[test]
    fn every_word_of_a_query_must_be_there_as_a_whole() {
        let text = Folded::new("Dark-mode for iOS 17, 다크모드");
        for (query, hit) in [
            ("dark", true),
            ("DARK mode", true),
            ("da", false),
            ("ios17", false),
            ("17 모드", true),
            ("mode missing", false),
            ("!?", false),
        ] {
            assert_eq!(Query::new(query).hits(&text), hit, "{query}");
        }
    }

    #[test]
    fn a_text_is_cut_into_runs_where_the_script_changes() {
        assert_eq!(Folded::new("AS센터·5G요금").as_str(), " as 센터 5g 요금 ");
        assert_eq!(Folded::new("").as_str(), " ");
        let terms: Vec<_> = Folded::new("요금제 5G").terms().into_iter().collect();
        assert_eq!(terms, ["5g", "금", "금제", "요", "요금", "제"]);
    }

    #[test]
    fn likeness_is_one_for_equals_and_nothing_for_strangers() {
        let features = |text| Folded::new(text).features();
        assert_eq!(likeness(&features("환불 정책"), &features("환불 정책!")), 1.0);
        assert_eq!(likeness(&features("환불"), &features("배송")), 0.0);
        assert!(likeness(&features("환불 정책 개선"), &features("환불정책 개선")) > 0.7);
    }

    proptest! {
        #[test]
        fn every_hit_holds_every_term_of_its_query(before in "[가-깋a-c .]{0,9}", query in "[가-깋a-c ]{1,5}") {
            let (text, query) = (Folded::new(&format!("{before}{query}")), Query::new(&query));
            prop_assume!(query.hits(&text));
            prop_assert!(query.terms().is_subset(&text.terms()));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = Folded::new(&text);
            prop_assert_eq!(Folded::new(once.as_str()), once);
        }
    }
}
