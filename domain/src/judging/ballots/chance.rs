//! How likely it is to see so much by chance.

/// Sums of logarithms, for factorials of numbers up to a largest one.
pub struct Factorials(Vec<f64>);

impl Factorials {
    pub fn up_to(most: usize) -> Self {
        let mut sum = 0.0;
        let logarithm = |n: usize| {
            sum += (n.max(1) as f64).ln();
            sum
        };
        Self((0..=most).map(logarithm).collect())
    }

    /// `P(X ≥ seen)` of a Poisson variable with mean `expected`.
    pub fn poisson_tail(&self, seen: usize, expected: f64) -> f64 {
        if seen as f64 <= expected {
            return 1.0;
        }
        let first = (seen as f64 * expected.ln() - expected - self.0[seen]).exp();
        first * series(|n| expected / (seen + n) as f64)
    }

    /// `P(X ≥ seen)` of a binomial variable: `seen` of `of`, each with the chance `share`.
    pub fn binomial_tail(&self, seen: usize, of: usize, share: f64) -> f64 {
        if seen as f64 <= of as f64 * share {
            return 1.0;
        }
        let chosen = self.0[of] - self.0[seen] - self.0[of - seen];
        let first = (chosen + seen as f64 * share.ln() + (of - seen) as f64 * (1.0 - share).ln()).exp();
        let odds = share / (1.0 - share);
        first * series(|n| odds * (of - seen).saturating_sub(n - 1) as f64 / (seen + n) as f64)
    }
}

/// `1 + r(1) + r(1) r(2) + …`, of ratios that fall below 1 and stay there, until nothing is added any more.
fn series(ratio: impl Fn(usize) -> f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1.. {
        term *= ratio(n);
        if term < sum * f64::EPSILON {
            break;
        }
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        let factorials = Factorials::up_to(1_000);
        let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-9, "{found}");
        // 1 − e^{−2}(1 + 2 + 2), and 1 − e^{−1}.
        near(factorials.poisson_tail(3, 2.0), 1.0 - (-2.0_f64).exp() * 5.0);
        near(factorials.poisson_tail(2, 1.0), 1.0 - 2.0 / std::f64::consts::E);
        near(factorials.binomial_tail(2, 3, 0.5), 0.5);
        near(factorials.binomial_tail(10, 10, 0.5), 0.5_f64.powi(10));
        near(factorials.binomial_tail(9, 10, 0.5), 11.0 * 0.5_f64.powi(10));
        assert_eq!((factorials.poisson_tail(1, 1.0), factorials.binomial_tail(1, 10, 0.5)), (1.0, 1.0));
        assert!(factorials.poisson_tail(1_000, 1.0) < 1e-300);
    }
}
