//! What the team of a winning entry says, and what staff found.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payment;
use crate::{
    ContestId, EntryId, MemberId, Refusal,
    contests::Barred,
    judging::prizes::{Missplit, WHOLE, evenly, split},
    text::Fault,
};

/// A prize that is offered to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub entry_id: EntryId,
    pub contest_id: ContestId,
    /// When the team was told.
    pub offered_at: DateTime<Utc>,
    pub shares: Shares,
    /// When whoever leads stated again that it is their own, and agreed to the licence.
    pub claimed_at: Option<DateTime<Utc>>,
    pub declined_at: Option<DateTime<Utc>>,
    /// When staff had seen who they are, and what the tax office asks for. What they saw is nowhere here.
    pub identity_at: Option<DateTime<Utc>>,
    pub tax_at: Option<DateTime<Utc>>,
    /// From the final result on.
    pub payments: Option<Vec<Payment>>,
    /// Counts edits, from 1.
    pub version: i32,
}

impl Claim {
    /// A prize that nobody has said anything to.
    #[must_use]
    pub fn offered(contest_id: ContestId, entry_id: EntryId, at: DateTime<Utc>) -> Self {
        Self {
            entry_id,
            contest_id,
            offered_at: at,
            shares: Shares::default(),
            claimed_at: None,
            declined_at: None,
            identity_at: None,
            tax_at: None,
            payments: None,
            version: 1,
        }
    }

    /// # Errors
    /// [`Barred::PrizeDeclined`], or [`Barred::PrizeVerified`] once staff have looked at it.
    pub fn claimed(self, shares: Shares, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_wanted()?;
        match self.identity_at {
            Some(_) => Err(Barred::PrizeVerified.into()),
            None => Ok(Self { shares, claimed_at: Some(now), ..self.edited() }),
        }
    }

    /// For good: who is next in line has it by now.
    ///
    /// # Errors
    /// [`Barred::PrizeDeclined`].
    pub fn declined(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_wanted()?;
        Ok(Self { declined_at: Some(now), ..self.edited() })
    }

    /// The claim once staff have seen who they are. What the tax office asks for is asked for where something is withheld, and nowhere
    /// else.
    ///
    /// # Errors
    /// [`Barred::PrizeDeclined`], [`Barred::NotClaimed`] or [`Barred::NothingTaxed`]; [`Refusal::Unfit`] without what is asked for.
    pub fn verified(self, taxed: Taxed, tax_data: bool, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.ensure_wanted()?;
        match (self.claimed_at, taxed, tax_data) {
            (None, ..) => Err(Barred::NotClaimed.into()),
            (_, Taxed::No, true) => Err(Barred::NothingTaxed.into()),
            (_, Taxed::Yes, false) => Err(Refusal::Unfit { field: "tax_data", fault: Fault::Required }),
            (Some(_), ..) => {
                let tax_at = tax_data.then_some(now).or(self.tax_at);
                Ok(Self { identity_at: Some(now), tax_at, ..self.edited() })
            }
        }
    }

    /// Whether the prize may be given.
    #[must_use]
    pub fn is_verified(&self, taxed: Taxed) -> bool {
        let is_known = self.claimed_at.is_some() && self.identity_at.is_some() && self.declined_at.is_none();
        is_known && (taxed == Taxed::No || self.tax_at.is_some())
    }

    /// The claim once its team is another: what was agreed between them holds no more.
    #[must_use]
    pub fn regrouped(self) -> Self {
        Self { shares: Shares::default(), ..self.edited() }
    }

    fn ensure_wanted(&self) -> Result<(), Refusal> {
        match self.declined_at {
            None => Ok(()),
            Some(_) => Err(Barred::PrizeDeclined.into()),
        }
    }

    #[must_use]
    pub fn edited(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

/// Whether something is withheld from anybody in the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taxed {
    Yes,
    No,
}

/// In what shares a team divides a prize, in hundredths of a percent, by member; all are equal where it names nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares(BTreeMap<Uuid, u32>);

impl Shares {
    /// # Errors
    /// [`Refusal::UnfitAt`]: somebody is not in the team, named twice or left out, or they are not exactly the whole.
    pub fn of(team: &[MemberId], given: &[(MemberId, u32)]) -> Result<Self, Refusal> {
        let at = |pointer: String, fault| Refusal::UnfitAt { pointer, fault };
        let mut shares = BTreeMap::new();
        for (nth, (member, share)) in given.iter().enumerate() {
            if !team.contains(member) || shares.insert(member.uuid(), *share).is_some() {
                let fault = Fault::NotA("member of the team who is not named yet");
                return Err(at(format!("/shares/{nth}/member_id"), fault));
            }
        }
        if shares.len() < team.len() {
            return Err(at("/shares".to_owned(), Fault::NotA("share of everybody in the team")));
        }
        let whole: Vec<u32> = shares.values().copied().collect();
        match split(0, &whole) {
            Ok(_) => Ok(Self(shares)),
            Err(Missplit::Above) => {
                Err(at("/shares".to_owned(), Fault::NotA("split: it is above 10000, which is 100 %")))
            }
            Err(Missplit::Below) => {
                Err(at("/shares".to_owned(), Fault::NotA("split: it is below 10000, which is 100 %")))
            }
        }
    }

    /// What each of a team gets, in its order.
    #[must_use]
    pub fn divide(&self, value: u64, team: &[MemberId]) -> Vec<u64> {
        let shares: Vec<u32> = team.iter().filter_map(|member| self.0.get(&member.uuid()).copied()).collect();
        match shares.len() == team.len() {
            true => split(value, &shares).unwrap_or_else(|_| evenly(value, team.len())),
            false => evenly(value, team.len()),
        }
    }

    /// By member; nobody where all are equal.
    pub fn each(&self) -> impl Iterator<Item = (Uuid, u32)> {
        self.0.iter().map(|(member, share)| (*member, *share))
    }

    /// The most that a share can be.
    pub const MOST: u32 = WHOLE;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::{
        entries::tests::member,
        tests::{contest, day},
    };

    fn offered() -> Claim {
        Claim::offered(contest().id, EntryId::new(day(10), [1; 10]), day(50))
    }

    #[test]
    fn a_prize_is_split_by_whom_it_belongs_to_and_never_above_the_whole() {
        let (team, [a, b]) = ([member(1), member(2)], [member(1), member(2)]);
        let pointer = |given: &[(MemberId, u32)]| match Shares::of(&team, given) {
            Err(Refusal::UnfitAt { pointer, .. }) => pointer,
            other => format!("{other:?}"),
        };
        assert_eq!(pointer(&[(a, 6_000), (b, 4_001)]), "/shares");
        assert_eq!(pointer(&[(a, 6_000), (b, 3_999)]), "/shares");
        assert_eq!(pointer(&[(a, 10_000)]), "/shares");
        assert_eq!(pointer(&[(a, 5_000), (a, 5_000)]), "/shares/1/member_id");
        assert_eq!(pointer(&[(a, 5_000), (member(3), 5_000)]), "/shares/1/member_id");
        let shares = Shares::of(&team, &[(b, 2_500), (a, 7_500)]).unwrap();
        assert_eq!(shares.divide(1_000_001, &team), [750_001, 250_000]);
        assert_eq!(Shares::default().divide(1_000_001, &team), [500_001, 500_000]);
        assert_eq!(shares.divide(100, &[a]), [100], "somebody left: it is all that is known of the others");
        let stored = serde_json::to_string(&shares).unwrap();
        assert_eq!(serde_json::from_str::<Shares>(&stored).unwrap(), shares);
    }

    #[test]
    fn a_prize_is_claimed_verified_or_declined_for_good() {
        assert_eq!(offered().verified(Taxed::No, false, day(51)), Err(Barred::NotClaimed.into()));
        let claimed = offered().claimed(Shares::default(), day(51)).unwrap();
        assert!(claimed.clone().claimed(Shares::default(), day(52)).is_ok(), "until staff have looked");
        let verified = claimed.clone().verified(Taxed::No, false, day(52)).unwrap();
        assert_eq!((verified.is_verified(Taxed::No), verified.is_verified(Taxed::Yes)), (true, false));
        assert_eq!(verified.clone().claimed(Shares::default(), day(53)), Err(Barred::PrizeVerified.into()));
        let declined = verified.declined(day(53)).unwrap();
        assert!(!declined.is_verified(Taxed::No));
        for refused in [declined.clone().declined(day(54)), declined.claimed(Shares::default(), day(54))] {
            assert_eq!(refused, Err(Barred::PrizeDeclined.into()));
        }
    }

    #[test]
    fn tax_data_is_asked_for_where_something_is_withheld_and_nowhere_else() {
        let claimed = offered().claimed(Shares::default(), day(51)).unwrap();
        assert_eq!(claimed.clone().verified(Taxed::No, true, day(52)), Err(Barred::NothingTaxed.into()));
        let missing = Refusal::Unfit { field: "tax_data", fault: Fault::Required };
        assert_eq!(claimed.clone().verified(Taxed::Yes, false, day(52)), Err(missing));
        assert!(claimed.verified(Taxed::Yes, true, day(52)).unwrap().is_verified(Taxed::Yes));
    }
}
