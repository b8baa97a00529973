//! What is won, and what becomes of the rights of whoever wins.

use serde::{Deserialize, Serialize};

use crate::judging::prizes::Category;

/// A prize, for one entry or several of the same rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prize {
    /// From 1, one after the other.
    pub rank: u32,
    pub name: String,
    pub kind: PrizeKind,
    /// What one of them is worth, in won.
    pub value_krw: u64,
    pub tax_category: TaxCategory,
    /// For how many entries it is.
    #[serde(default = "one")]
    pub places: u32,
    /// How many are next in line.
    #[serde(default)]
    pub alternates: u32,
}

fn one() -> u32 {
    1
}

/// What is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrizeKind {
    Cash,
    Voucher,
    Goods,
    /// A title, or a certificate.
    Honour,
}

/// What it is in the eyes of the tax office; the organiser answers for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxCategory {
    Contest,
    Lottery,
    Service,
    None,
}

impl TaxCategory {
    /// By what is withheld; none where nothing is.
    #[must_use]
    pub fn category(self) -> Option<Category> {
        match self {
            Self::Contest => Some(Category::ContestPrize),
            Self::Lottery => Some(Category::LotteryPrize),
            Self::Service => Some(Category::ServiceFee),
            Self::None => None,
        }
    }
}

/// What the organiser may do with entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    #[serde(default)]
    pub kind: RightsKind,
    /// For what; needed where more is taken than a licence on an award.
    #[serde(default)]
    pub scope: String,
    /// For how long; none is for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_months: Option<u32>,
    /// What is paid for it besides the prize, in won.
    #[serde(default)]
    pub fee_krw: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsKind {
    /// Entrants keep their rights; who wins grants a licence. Nothing is done with other entries.
    #[default]
    LicenceOnAward,
    /// Every entrant grants a licence.
    Licence,
    /// Who wins gives the rights away.
    Transfer,
}
