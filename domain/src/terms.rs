//! Terms that are published and kept to, of panels and contests alike: what people agree to, and how terms say where they are wrong.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Refusal,
    digest::Digest,
    text::{Fault, Lines, clean},
};

/// A term that is not right, and where: a JSON pointer.
pub type Wrong = (String, Fault);

/// What somebody is asked to agree to, for one purpose. Refusing what is not required never bars anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    pub key: String,
    pub purpose: String,
    pub text: String,
    pub required: bool,
}

impl Consent {
    /// The version of its text, which a consent given is kept with.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Sha256::digest(&self.text).into()
    }
}

/// Consents in the form they are kept in, each with a key of its own.
pub(crate) fn clean_consents(consents: &mut [Consent]) -> Result<(), Wrong> {
    for (nth, consent) in consents.iter_mut().enumerate() {
        let at = |name: &str| format!("/consents/{nth}/{name}");
        key(&at("key"), &consent.key)?;
        consent.purpose =
            clean(&consent.purpose, 1, 200, Lines::One).map_err(|fault| (at("purpose"), fault))?;
        consent.text = clean(&consent.text, 1, 5_000, Lines::Many).map_err(|fault| (at("text"), fault))?;
    }
    each_once("/consents", consents.iter().map(|consent| consent.key.as_str()))
}

pub(crate) fn within(pointer: &str, number: u32, least: u32, most: u32) -> Result<(), Wrong> {
    match (least..=most).contains(&number) {
        true => Ok(()),
        false => Err((pointer.to_owned(), Fault::NotA("number in its range"))),
    }
}

/// Whether there is still time until what terms offer is closed.
///
/// # Errors
/// [`Refusal::UnfitAt`].
pub(crate) fn ensure_ahead(closes_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Refusal> {
    match closes_at > now {
        true => Ok(()),
        false => Err(Refusal::UnfitAt {
            pointer: "/schedule/closes_at".to_owned(),
            fault: Fault::NotA("time in the future"),
        }),
    }
}

pub(crate) fn measured(pointer: &str, count: usize, least: usize, most: usize) -> Result<(), Wrong> {
    match count {
        few if few < least => Err((pointer.to_owned(), Fault::TooShort { least })),
        many if many > most => Err((pointer.to_owned(), Fault::TooMany { most })),
        _ => Ok(()),
    }
}

pub(crate) fn each_once<'a>(pointer: &str, keys: impl Iterator<Item = &'a str>) -> Result<(), Wrong> {
    let mut seen = BTreeSet::new();
    let again = keys.enumerate().find(|(_, key)| !seen.insert(*key));
    again.map_or(Ok(()), |(nth, _)| {
        Err((format!("{pointer}/{nth}/key"), Fault::NotA("key that is not there yet")))
    })
}

pub(crate) fn key(pointer: &str, key: &str) -> Result<(), Wrong> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match (1..=40).contains(&key.len()) && key.chars().all(fits) {
        true => Ok(()),
        false => Err((pointer.to_owned(), Fault::NotA("key of 1 to 40 of a-z, 0-9 and _"))),
    }
}

pub(crate) fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}
