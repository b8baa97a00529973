//! Fractions in their lowest terms. What does not fit is said, never rounded.

use std::cmp::Ordering;

/// A number that does not fit into 64 bits above and below the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overflow;

/// `above / below`, in lowest terms, with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    above: i64,
    below: i64,
}

impl Fraction {
    pub const ZERO: Self = Self::whole(0);
    pub const ONE: Self = Self::whole(1);

    pub const fn whole(number: i64) -> Self {
        Self { above: number, below: 1 }
    }

    fn of(above: i128, below: i128) -> Result<Self, Overflow> {
        let divisor = if below == 1 { 1 } else { common(above.unsigned_abs(), below.unsigned_abs()) };
        let divisor = i128::try_from(divisor).map_err(|_| Overflow)? * below.signum();
        let fit = |number: i128| i64::try_from(number / divisor).map_err(|_| Overflow);
        Ok(Self { above: fit(above)?, below: fit(below)? })
    }

    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        if self.below == 1 && other.below == 1 {
            return self.above.checked_add(other.above).map(Self::whole).ok_or(Overflow);
        }
        // Products of 64 bits, so neither they nor their sum leave 128.
        let [a, b, c, d] = [self.above, self.below, other.above, other.below].map(i128::from);
        Self::of(a * d + c * b, b * d)
    }

    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.plus(Self { above: other.above.checked_neg().ok_or(Overflow)?, ..other })
    }

    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        let [a, b, c, d] = [self.above, self.below, other.above, other.below].map(i128::from);
        Self::of(a * c, b * d)
    }

    /// Divided by another, which is not zero.
    pub fn over(self, other: Self) -> Result<Self, Overflow> {
        let [a, b, c, d] = [self.above, self.below, other.above, other.below].map(i128::from);
        Self::of(a * d, b * c)
    }

    pub fn sign(self) -> i64 {
        self.above.signum()
    }

    pub fn is_whole(self) -> bool {
        self.below == 1
    }

    pub fn floor(self) -> i64 {
        self.above.div_euclid(self.below)
    }

    pub fn exceeds(self, number: i64) -> bool {
        self.compare(number) == Ordering::Greater
    }

    pub fn falls_short_of(self, number: i64) -> bool {
        self.compare(number) == Ordering::Less
    }

    pub fn at_least(self, number: i64) -> Self {
        if self.falls_short_of(number) { Self::whole(number) } else { self }
    }

    pub fn at_most(self, number: i64) -> Self {
        if self.exceeds(number) { Self::whole(number) } else { self }
    }

    fn compare(self, number: i64) -> Ordering {
        i128::from(self.above).cmp(&(i128::from(number) * i128::from(self.below)))
    }
}

/// The greatest common divisor (Euclid).
fn common(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_in_lowest_terms_and_never_rounded() {
        let third = Fraction::ONE.over(Fraction::whole(-3)).unwrap();
        assert_eq!((third.above, third.below, third.floor()), (-1, 3, -1));
        assert_eq!(third.plus(third).unwrap().plus(third), Ok(Fraction::whole(-1)));
        assert_eq!(third.times(Fraction::whole(6)), Ok(Fraction::whole(-2)));
        assert_eq!(third.minus(third), Ok(Fraction::ZERO));
        assert!(third.falls_short_of(0) && third.exceeds(-1) && !Fraction::ZERO.exceeds(0));
        let large = Fraction::whole(i64::MAX);
        assert_eq!(large.times(large), Err(Overflow));
        assert_eq!(large.plus(Fraction::ONE), Err(Overflow));
        assert_eq!(Fraction::whole(i64::MIN).over(Fraction::whole(-1)), Err(Overflow));
        let small = Fraction::ONE.over(large).unwrap();
        assert_eq!(small.times(small), Err(Overflow));
        assert_eq!(small.times(large), Ok(Fraction::ONE));
    }
}
