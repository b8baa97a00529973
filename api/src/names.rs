//! Names and hints in both languages, as they are written in requests and answers.

use domain::{names::Bilingual, text::Fault};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{body::field, error::Failure};

/// A name in both languages.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NamesBody {
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "베타 시험")]
    ko: String,
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "Beta test")]
    en: String,
}

impl From<&Bilingual> for NamesBody {
    fn from(names: &Bilingual) -> Self {
        Self { ko: names.ko.clone(), en: names.en.clone() }
    }
}

impl NamesBody {
    pub(crate) fn english(&self) -> &str {
        &self.en
    }

    pub(crate) fn value(&self, pointer: &str) -> Result<Bilingual, Failure> {
        self.texts().or_else(|(part, fault)| field(&format!("{pointer}{part}"), Err(fault)))
    }

    /// The names, or which of them is wrong.
    pub(crate) fn texts(&self) -> Result<Bilingual, (&'static str, Fault)> {
        Ok(Bilingual {
            ko: Bilingual::text(&self.ko).map_err(|fault| ("/ko", fault))?,
            en: Bilingual::text(&self.en).map_err(|fault| ("/en", fault))?,
        })
    }
}

/// A hint in both languages.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct HintsBody {
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "가장 자주 쓰는 제품을 골라 주세요.")]
    ko: String,
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "Choose the one you use most.")]
    en: String,
}

impl From<&Bilingual> for HintsBody {
    fn from(hints: &Bilingual) -> Self {
        Self { ko: hints.ko.clone(), en: hints.en.clone() }
    }
}

impl HintsBody {
    pub(crate) fn value(&self, pointer: &str) -> Result<Bilingual, Failure> {
        Ok(Bilingual {
            ko: field(&format!("{pointer}/ko"), Bilingual::hint(&self.ko))?,
            en: field(&format!("{pointer}/en"), Bilingual::hint(&self.en))?,
        })
    }
}
