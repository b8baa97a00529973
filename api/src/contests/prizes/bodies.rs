//! Prizes as they are written in answers.

mod awards;

use chrono::{DateTime, NaiveDate, Utc};
use domain::contests::{
    Contest,
    prizes::{Award, Cause, Claim, Disqualification, NameAs, Payment},
    terms::PrizeKind,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::awards::{AwardBody, AwardedPrizeBody, AwardsBody, DisqualifiedBody};

/// What is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrizeKindName {
    Cash,
    Voucher,
    Goods,
    /// A title, or a certificate.
    Honour,
}

impl From<PrizeKind> for PrizeKindName {
    fn from(kind: PrizeKind) -> Self {
        match kind {
            PrizeKind::Cash => Self::Cash,
            PrizeKind::Voucher => Self::Voucher,
            PrizeKind::Goods => Self::Goods,
            PrizeKind::Honour => Self::Honour,
        }
    }
}

/// What the public reads of the name of a winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameAsName {
    Full,
    /// `홍*동`
    Masked,
    /// Nothing, as long as they say nothing else.
    Hidden,
}

impl From<NameAsName> for NameAs {
    fn from(name: NameAsName) -> Self {
        match name {
            NameAsName::Full => Self::Full,
            NameAsName::Masked => Self::Masked,
            NameAsName::Hidden => Self::Hidden,
        }
    }
}

impl From<NameAs> for NameAsName {
    fn from(name_as: NameAs) -> Self {
        match name_as {
            NameAs::Full => Self::Full,
            NameAs::Masked => Self::Masked,
            NameAs::Hidden => Self::Hidden,
        }
    }
}

/// Why an entry lost its rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisqualificationReasonName {
    /// Its team may not enter.
    Ineligible,
    NotOriginal,
    /// It uses what is somebody else's.
    Rights,
    Unlawful,
    UndisclosedAi,
    /// Votes for it were bought, or made up.
    VoteManipulation,
    /// Who they are could not be confirmed.
    Unverified,
    /// Nobody claimed the prize in time.
    Unresponsive,
}

impl From<DisqualificationReasonName> for Cause {
    fn from(name: DisqualificationReasonName) -> Self {
        match name {
            DisqualificationReasonName::Ineligible => Self::Ineligible,
            DisqualificationReasonName::NotOriginal => Self::NotOriginal,
            DisqualificationReasonName::Rights => Self::Rights,
            DisqualificationReasonName::Unlawful => Self::Unlawful,
            DisqualificationReasonName::UndisclosedAi => Self::UndisclosedAi,
            DisqualificationReasonName::VoteManipulation => Self::VoteManipulation,
            DisqualificationReasonName::Unverified => Self::Unverified,
            DisqualificationReasonName::Unresponsive => Self::Unresponsive,
        }
    }
}

impl From<Cause> for DisqualificationReasonName {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Ineligible => Self::Ineligible,
            Cause::NotOriginal => Self::NotOriginal,
            Cause::Rights => Self::Rights,
            Cause::Unlawful => Self::Unlawful,
            Cause::UndisclosedAi => Self::UndisclosedAi,
            Cause::VoteManipulation => Self::VoteManipulation,
            Cause::Unverified => Self::Unverified,
            Cause::Unresponsive => Self::Unresponsive,
        }
    }
}

/// The prize of one entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryAwardBody {
    #[schema(minimum = 1, example = 1)]
    rank: u32,
    #[schema(example = "대상")]
    name: String,
    kind: PrizeKindName,
    /// What it is worth to this entry, in won.
    #[schema(minimum = 0, example = 1_000_000)]
    value_krw: u64,
    /// Whether it is shared with other entries.
    joint: bool,
}

impl EntryAwardBody {
    pub fn new(award: &Award, contest: &Contest) -> Option<Self> {
        let prize = contest.terms.prizes.get(award.prize)?;
        let (name, kind) = (prize.name.clone(), prize.kind.into());
        Some(Self { rank: prize.rank, name, kind, value_krw: award.value, joint: award.joint })
    }
}

/// The part of somebody in a team.
#[derive(Debug, Serialize, Deserialize, ToSchema, validator::Validate)]
#[serde(deny_unknown_fields)]
pub struct PrizeShareBody {
    pub member_id: Uuid,
    /// In hundredths of a percent; together 10,000.
    #[schema(maximum = 10_000, example = 5_000)]
    pub share: u32,
}

/// What the team said to a prize, and what staff found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimBody {
    offered_at: DateTime<Utc>,
    /// When whoever leads stated again that it is their own, and agreed to the licence.
    claimed_at: Option<DateTime<Utc>>,
    declined_at: Option<DateTime<Utc>>,
    /// When staff had seen who they are.
    identity_at: Option<DateTime<Utc>>,
    /// When staff had seen what the tax office asks for.
    tax_data_at: Option<DateTime<Utc>>,
    /// Empty where all are equal.
    shares: Vec<PrizeShareBody>,
}

impl From<&Claim> for ClaimBody {
    fn from(claim: &Claim) -> Self {
        let shares = claim.shares.each().map(|(member_id, share)| PrizeShareBody { member_id, share });
        Self {
            offered_at: claim.offered_at,
            claimed_at: claim.claimed_at,
            declined_at: claim.declined_at,
            identity_at: claim.identity_at,
            tax_data_at: claim.tax_at,
            shares: shares.collect(),
        }
    }
}

/// What one person is paid, and what is withheld: all in won.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "member_id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "part_krw": 1_000_000, "deemed_expense_krw": 800_000, "income_krw": 200_000,
    "income_tax_krw": 40_000, "local_tax_krw": 4_000, "paid_krw": 956_000, "rates_from": "2019-01-01",
}))]
pub struct PaymentBody {
    /// Null once they are forgotten.
    member_id: Option<Uuid>,
    /// Their part of the prize.
    part_krw: u64,
    /// What of it counts as what it cost to win it.
    deemed_expense_krw: u64,
    income_krw: u64,
    income_tax_krw: u64,
    local_tax_krw: u64,
    paid_krw: u64,
    /// From when the rates hold by which it is worked out; null where nothing is taxed by its kind.
    rates_from: Option<NaiveDate>,
}

impl From<&Payment> for PaymentBody {
    fn from(payment: &Payment) -> Self {
        let Payment { member, withheld, rates_from } = payment;
        let is_taxed = rates_from.is_some();
        Self {
            member_id: *member,
            part_krw: withheld.prize,
            deemed_expense_krw: if is_taxed { withheld.prize - withheld.income } else { 0 },
            income_krw: withheld.income,
            income_tax_krw: withheld.income_tax,
            local_tax_krw: withheld.local_tax,
            paid_krw: withheld.paid,
            rates_from: *rates_from,
        }
    }
}

/// Why an entry lost its rank.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisqualificationBody {
    reason: DisqualificationReasonName,
    #[schema(example = "작년에 다른 공모전에서 상을 받은 작품입니다.")]
    note: String,
    at: DateTime<Utc>,
}

impl From<&Disqualification> for DisqualificationBody {
    fn from(one: &Disqualification) -> Self {
        Self { reason: one.cause.into(), note: one.note.as_str().to_owned(), at: one.at }
    }
}

/// What became of an entry after the scores were locked; for its team and for staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryPrizeBody {
    pub(super) entry_id: Uuid,
    /// What the result calls it.
    #[schema(example = "9f86d081884c7d65")]
    pub(super) entry: String,
    pub(super) disqualification: Option<DisqualificationBody>,
    /// What it is to get by the result as it stands; null where nothing, and for the team before the result is public.
    pub(super) award: Option<EntryAwardBody>,
    /// Null where nothing was offered.
    pub(super) claim: Option<ClaimBody>,
    /// What each in the team is paid: as it would be today, and fixed from the final result on. Empty where there is no award.
    pub(super) payments: Vec<PaymentBody>,
    /// What the public reads of your name, if you are in the team.
    pub(super) your_name: Option<NameAsName>,
}
