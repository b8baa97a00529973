//! What the jury and the public say, as one figure.

use super::{millionths, severity::Fit};

/// The least weight of the jury. The most is 1, which leaves the public out.
pub const JURY_WEIGHT_LEAST: f64 = 0.5;
/// A spread below this is none: what is left of equal numbers after rounding.
const SPREAD_LEAST: f64 = 1e-9;

/// Where an entry stands. Not rounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing<'a> {
    pub entry: &'a str,
    pub theta: f64,
    pub se: f64,
    /// `50 + 10 z(θ)`.
    pub jury: f64,
    /// `50 + 10 z(ln(1 + ballots))`.
    pub public: f64,
    /// `w · jury + (1 − w) · public`.
    pub total: f64,
}

impl Standing<'_> {
    /// What ranks are made of.
    #[must_use]
    pub fn key(&self) -> i64 {
        millionths(self.total)
    }
}

/// Whether a weight may be declared.
#[must_use]
pub fn is_jury_weight(weight: f64) -> bool {
    super::is_plain(weight) && (JURY_WEIGHT_LEAST..=1.0).contains(&weight)
}

/// Both scores and the final one of all entries that `compete`, the best first and then by name. `stars` is how many counted
/// ballots name an entry.
///
/// Whoever withdraws or is disqualified still competes here and is only left out of the ranks: means and spreads are those of all
/// who were judged, so that nobody else's figures move and the next in line moves up.
#[must_use]
pub fn standings<'a>(
    fit: &Fit<'a>,
    compete: impl Fn(&str) -> bool,
    stars: impl Fn(&str) -> u32,
    jury_weight: f64,
) -> Vec<Standing<'a>> {
    let entries: Vec<_> = fit.entries.iter().filter(|merit| compete(merit.entry)).collect();
    let jury = standard(&entries.iter().map(|merit| merit.theta).collect::<Vec<_>>());
    let public = entries.iter().map(|merit| ln(1 + u64::from(stars(merit.entry))));
    let public = standard(&public.collect::<Vec<_>>());
    let mut standings: Vec<Standing> = (entries.iter().zip(jury).zip(public))
        .map(|((merit, jury), public)| {
            let (jury, public) = (50.0 + 10.0 * jury, 50.0 + 10.0 * public);
            let total = jury_weight * jury + (1.0 - jury_weight) * public;
            Standing { entry: merit.entry, theta: merit.theta, se: merit.se, jury, public, total }
        })
        .collect();
    standings.sort_by(|a, b| b.key().cmp(&a.key()).then(a.entry.cmp(b.entry)));
    standings
}

/// The rank of each, of standings in their order: equals share one, and the next is as far down as there are before it.
#[must_use]
pub fn ranks(standings: &[Standing<'_>]) -> Vec<usize> {
    let first = |key: i64| standings.partition_point(|standing| standing.key() > key) + 1;
    standings.iter().map(|standing| first(standing.key())).collect()
}

/// How many standard deviations (of the population) each lies above the mean; all 0 where there is no spread.
#[must_use]
pub fn standard(values: &[f64]) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
    let z = |value: &f64| if spread > SPREAD_LEAST { (value - mean) / spread } else { 0.0 };
    values.iter().map(z).collect()
}

/// The natural logarithm of a number above zero, by arithmetic alone, because libraries differ in the last digit:
/// `ln(m · 2^k) = 2 artanh((m − 1) / (m + 1)) + k ln 2` with `m` from √½ to √2, and twelve terms of the series.
#[must_use]
pub fn ln(number: u64) -> f64 {
    let bits = (number as f64).to_bits();
    let (mut m, mut k) = (f64::from_bits(bits & !(0xfff << 52) | 1023 << 52), (bits >> 52) as f64 - 1023.0);
    if m > std::f64::consts::SQRT_2 {
        (m, k) = (m / 2.0, k + 1.0);
    }
    let s = (m - 1.0) / (m + 1.0);
    let series = (0..12).rev().fold(0.0, |sum, n| sum * (s * s) + 1.0 / f64::from(2 * n + 1));
    2.0 * s * series + k * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_everybody_else() {
        for number in (1..2_000).chain([65_535, 200_001, u64::from(u32::MAX) + 1]) {
            let expected = (number as f64).ln();
            assert!((ln(number) - expected).abs() <= 4.0 * f64::EPSILON * expected, "{number}");
        }
        assert_eq!(ln(1).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn what_does_not_differ_has_no_spread() {
        assert_eq!(standard(&[3.0, 3.0]), [0.0, 0.0]);
        // The mean of three equal numbers need not be that number.
        assert_eq!(standard(&[0.1 + 0.2, 0.3, 0.1 + 0.2]), [0.0; 3]);
        assert_eq!(standard(&[1.0, 3.0]), [-1.0, 1.0]);
        assert_eq!(standard(&[]), [0.0; 0]);
    }

    #[test]
    fn the_jury_weighs_half_or_more() {
        let fits = |weight| is_jury_weight(weight);
        assert!(fits(0.5) && fits(0.7) && fits(1.0));
        assert!(!fits(0.4999) && !fits(1.0001) && !fits(f64::NAN) && !fits(0.700_01));
    }

    #[test]
    fn equals_share_a_rank() {
        let at = |entry, total| Standing { entry, theta: 0.0, se: 0.0, jury: 0.0, public: 0.0, total };
        let all = [at("a", 3.0), at("b", 2.000_000_1), at("c", 2.0), at("d", 1.0)];
        assert_eq!(ranks(&all), [1, 2, 2, 4]);
    }
}
