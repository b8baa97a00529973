//! A prize divided among a team, to the last won.

/// The whole, in hundredths of a percent.
pub const WHOLE: u32 = 10_000;

/// Why shares divide nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Missplit {
    #[error("the shares are more than the whole")]
    Above,
    #[error("the shares are less than the whole")]
    Below,
}

/// What each share comes to; together exactly the prize. Shares are in hundredths of a percent, of [`WHOLE`]. What cannot be divided
/// goes, won by won, to those whose share was cut most (largest remainder), and between equals to who is listed first.
///
/// # Errors
/// [`Missplit`] when the shares are not the whole.
pub fn split(prize: u64, shares: &[u32]) -> Result<Vec<u64>, Missplit> {
    let whole = shares.iter().map(|&share| u64::from(share)).sum::<u64>();
    match whole.cmp(&u64::from(WHOLE)) {
        std::cmp::Ordering::Greater => return Err(Missplit::Above),
        std::cmp::Ordering::Less => return Err(Missplit::Below),
        std::cmp::Ordering::Equal => {}
    }
    let exact = |share: u32| u128::from(prize) * u128::from(share);
    let (whole, part) = (u128::from(WHOLE), |won: u128| u64::try_from(won).unwrap_or(u64::MAX));
    let mut parts: Vec<u64> = shares.iter().map(|&share| part(exact(share) / whole)).collect();
    let left = prize - parts.iter().sum::<u64>();
    let mut most_cut: Vec<usize> = (0..shares.len()).collect();
    most_cut.sort_by_key(|&nth| std::cmp::Reverse(exact(shares[nth]) % whole));
    // Fewer are left than there are shares.
    for &nth in most_cut.iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        parts[nth] += 1;
    }
    Ok(parts)
}

/// A sum in so many equal parts; what cannot be divided goes, won by won, to who is listed first.
#[must_use]
pub fn evenly(sum: u64, parts: usize) -> Vec<u64> {
    let count = parts as u64;
    (0..count).map(|nth| sum / count + u64::from(nth < sum % count)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_divided_goes_to_who_was_cut_most() {
        assert_eq!(split(100, &[3_333, 3_333, 3_334]), Ok(vec![33, 33, 34]));
        assert_eq!(split(10, &[3_333, 3_333, 3_334]), Ok(vec![3, 3, 4]));
        assert_eq!(split(1, &[5_000, 5_000]), Ok(vec![1, 0]));
        assert_eq!(split(1_000_000, &[10_000]), Ok(vec![1_000_000]));
        assert_eq!(split(u64::MAX, &[1, 9_999]).unwrap().iter().sum::<u64>(), u64::MAX);
    }

    #[test]
    fn equal_parts_differ_by_a_won_at_most() {
        assert_eq!(evenly(1_500_000, 3), [500_000; 3]);
        assert_eq!(evenly(100, 3), [34, 33, 33]);
        assert_eq!(evenly(1, 2), [1, 0]);
        assert_eq!(evenly(5, 0), [0; 0]);
    }

    #[test]
    fn shares_are_the_whole_and_no_more() {
        assert_eq!(split(100, &[5_000, 5_001]), Err(Missplit::Above));
        assert_eq!(split(100, &[u32::MAX; 3]), Err(Missplit::Above));
        assert_eq!(split(100, &[5_000, 4_999]), Err(Missplit::Below));
        assert_eq!(split(100, &[]), Err(Missplit::Below));
    }

    proptest! {
        #[test]
        fn parts_are_exactly_the_prize_and_within_a_won_of_their_share(prize in 0_u64..1_000_000_000, cuts in prop::collection::vec(0..=WHOLE, 0..12)) {
            let mut ends = cuts;
            ends.extend([0, WHOLE]);
            ends.sort_unstable();
            let shares: Vec<u32> = ends.windows(2).map(|two| two[1] - two[0]).collect();
            let parts = split(prize, &shares).unwrap();
            prop_assert_eq!(parts.iter().sum::<u64>(), prize);
            for (part, share) in parts.iter().zip(&shares) {
                let exact = prize as f64 * f64::from(*share) / f64::from(WHOLE);
                prop_assert!((*part as f64 - exact).abs() < 1.0);
            }
        }
    }
}
