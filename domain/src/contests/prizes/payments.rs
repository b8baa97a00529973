//! What each in a winning team is paid. Income is a person's and not a team's, so what is untaxed is looked at for each part.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Shares, claims::Taxed};
use crate::{
    MemberId,
    contests::terms::TaxCategory,
    judging::prizes::{Rates, Unfit, Withheld},
};

/// What one person is paid, and what is withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Nobody once they are forgotten.
    pub member: Option<Uuid>,
    pub withheld: Withheld,
    /// From when the rates hold by which it was worked out; none where nothing is taxed by its kind.
    pub rates_from: Option<NaiveDate>,
}

/// What each of a team gets of a prize, in its order.
///
/// # Errors
/// [`Unfit::Prize`].
pub fn payments(
    (value, category): (u64, TaxCategory),
    team: &[MemberId],
    shares: &Shares,
    rates: &Rates,
) -> Result<Vec<Payment>, Unfit> {
    let parts = shares.divide(value, team);
    let payment = |(member, part): (&MemberId, u64)| {
        let untaxed = Withheld { prize: part, income: 0, income_tax: 0, local_tax: 0, paid: part };
        let category = category.category();
        let withheld = category.map(|category| rates.withhold(category, part)).transpose()?;
        Ok(Payment {
            member: Some(member.uuid()),
            withheld: withheld.unwrap_or(untaxed),
            rates_from: category.map(|_| rates.from),
        })
    };
    team.iter().zip(parts).map(payment).collect()
}

impl Taxed {
    #[must_use]
    pub fn of(payments: &[Payment]) -> Self {
        match payments.iter().any(|payment| payment.withheld.income_tax > 0) {
            true => Self::Yes,
            false => Self::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contests::entries::tests::member, judging::prizes::Table};

    #[test]
    fn each_person_is_taxed_on_their_own_part() {
        let table = Table::default();
        let (rates, team) = (&table.rates()[0], [member(1), member(2)]);
        let pay = |value, category, team: &[MemberId]| {
            payments((value, category), team, &Shares::default(), rates).unwrap()
        };
        let paid = |payments: &[Payment]| payments.iter().map(|one| one.withheld.paid).collect::<Vec<_>>();
        let alone = pay(500_000, TaxCategory::Contest, &team[..1]);
        assert_eq!((paid(&alone), Taxed::of(&alone)), (vec![478_000], Taxed::Yes));
        // A half each is 250,000, of which the income is 50,000.
        let two = pay(500_000, TaxCategory::Contest, &team);
        assert_eq!((paid(&two), Taxed::of(&two)), (vec![250_000, 250_000], Taxed::No));
        let gift = pay(500_000, TaxCategory::None, &team[..1]);
        assert_eq!((paid(&gift), gift[0].rates_from), (vec![500_000], None));
    }
}
