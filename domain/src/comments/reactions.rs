//! Reactions to comments, and the order that follows from them.

/// What one may answer a comment without words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reaction {
    Agree,
    Disagree,
    Thanks,
    Insightful,
}

impl Reaction {
    pub const ALL: [Self; 4] = [Self::Agree, Self::Disagree, Self::Thanks, Self::Insightful];

    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Disagree => "disagree",
            Self::Thanks => "thanks",
            Self::Insightful => "insightful",
        }
    }

    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reaction| reaction.key() == key)
    }

    /// The one that nobody means at the same time, so that giving one takes the other back.
    #[must_use]
    pub fn opposite(self) -> Option<Self> {
        match self {
            Self::Agree => Some(Self::Disagree),
            Self::Disagree => Some(Self::Agree),
            Self::Thanks | Self::Insightful => None,
        }
    }

    /// Whether it judges the comment, which nobody does of their own.
    #[must_use]
    pub fn judges(self) -> bool {
        self.opposite().is_some()
    }
}

/// How many of each reaction a comment has, or how many more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub agree: i64,
    pub disagree: i64,
    pub thanks: i64,
    pub insightful: i64,
}

impl Tally {
    /// With `more` of one reaction.
    #[must_use]
    pub fn with(mut self, reaction: Reaction, more: i64) -> Self {
        let counter = match reaction {
            Reaction::Agree => &mut self.agree,
            Reaction::Disagree => &mut self.disagree,
            Reaction::Thanks => &mut self.thanks,
            Reaction::Insightful => &mut self.insightful,
        };
        *counter += more;
        self
    }
}

/// The lower bound of the Wilson score interval at 95 %: of which share of agreement one can be sure, from 0 to 1, when
/// `agree` agree and `disagree` do not. Few reactions say little, so three of three stand below ninety of a hundred.
///
/// With p̂ = agree/n and z = 1.96 it is (p̂ + z²/2n − z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n): E. B. Wilson, "Probable
/// inference, the law of succession, and statistical inference", Journal of the American Statistical Association 22 (1927).
#[must_use]
pub fn wilson(agree: i64, disagree: i64) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    let (agree, n) = (agree.max(0) as f64, (agree.max(0) + disagree.max(0)) as f64);
    if agree == 0.0 {
        return 0.0;
    }
    let (share, square) = (agree / n, Z * Z);
    let spread = Z * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    (share + square / (2.0 * n) - spread) / (1.0 + square / n)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bound_is_that_of_the_published_tables() {
        for (agree, disagree, bound) in
            [(0, 0, 0.0), (0, 9, 0.0), (1, 0, 0.206_5), (3, 0, 0.438_5), (90, 10, 0.825_6), (5, 5, 0.236_6)]
        {
            assert!((wilson(agree, disagree) - bound).abs() < 5e-5, "{agree}:{disagree}");
        }
    }

    proptest! {
        #[test]
        fn agreement_raises_and_disagreement_lowers(agree in 1i64..100_000, disagree in 0i64..100_000) {
            let bound = wilson(agree, disagree);
            prop_assert!(bound > 0.0 && bound < agree as f64 / (agree + disagree) as f64);
            prop_assert!(wilson(agree + 1, disagree) > bound);
            prop_assert!(wilson(agree, disagree + 1) < bound);
        }
    }
}
