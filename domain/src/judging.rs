//! Judging that stands up, and that anybody can recompute: the rule `additive-severity/1`.
//!
//! Judges mark entries by a rubric ([`score`]), each entry the same number of judges and none in conflict ([`assignment`]). A
//! judge who is severe with everybody is told from entries that are weak ([`severity`]); what customers starred counts with the
//! weight that was declared ([`ballots`], [`hybrid`]). Where the marks cannot tell two entries apart and a prize lies between
//! them, the declared order of rules decides, and says so ([`ties`]). Whoever holds the published [`Bundle`](bundle::Bundle)
//! comes to the same result, byte for byte.
//!
//! # What is promised of the numbers
//! Everything that reaches a result is made of additions, subtractions, multiplications, divisions and square roots of IEEE 754
//! doubles, each rounded once, in an order that only the names of entries and judges decide: they are sorted as UTF-8 first.
//! No thread, no fused multiplication and no function of the system's library has a part in it (logarithms are [`hybrid::ln`]).
//! So the same bundle gives the same bytes on every machine, and in any other language that does the same.

pub mod assignment;
pub mod ballots;
pub mod bundle;
pub mod hybrid;
pub mod prizes;
pub mod score;
pub mod severity;
pub mod ties;

#[cfg(test)]
mod tests;

/// The name of the rule. Another formula has another name.
pub const FORMULA: &str = "additive-severity/1";
/// The most entries that are judged together.
pub const ENTRIES_MOST: usize = 2_000;
/// The most samples of a contest, which every judge marks to be compared by.
pub const SAMPLES_MOST: usize = 3;
/// The most judges of a contest.
pub const JUDGES_MOST: usize = 300;
/// The most scores: one judge's of one entry. Of ballots there may be any number, since they only are counted.
pub const SCORES_MOST: usize = 50_000;
/// The most characters of the name of an entry, judge, voter or criterion.
pub const NAME_MOST: usize = 64;
/// The greatest mark, weight or end of a scale, and with a minus the least.
pub const NUMBER_MOST: f64 = 1e6;

/// A figure as it is shown: four decimals, half to even. The same in every language, whose `round` need not be.
#[must_use]
pub fn shown(figure: f64) -> f64 {
    // Adding zero makes zero of minus zero.
    (figure * 1e4).round_ties_even() / 1e4 + 0.0
}

/// A figure in millionths, half to even: what ranks and rules compare, so that the last bits of a sum rank nobody.
#[must_use]
pub fn millionths(figure: f64) -> i64 {
    (figure * 1e6).round_ties_even() as i64
}

/// Whether a number is one that people write: up to four decimals and [`NUMBER_MOST`]. Every language writes these alike.
#[must_use]
pub fn is_plain(number: f64) -> bool {
    number.abs() <= NUMBER_MOST && number == shown(number) && (number != 0.0 || number.is_sign_positive())
}

/// Whether a text can name somebody or something: 1 to [`NAME_MOST`] characters, none of which hides or breaks a line.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=NAME_MOST).contains(&text.chars().count())
        && !text.contains(|c| crate::text::is_unfit(c, crate::text::Lines::One))
}
