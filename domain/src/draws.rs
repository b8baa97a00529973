//! Fair draws that anybody can recompute: the rule `priority-first/1`.
//!
//! What is drawn, and how, is fixed first (a [`Spec`], and its hash is published); only then comes a number that nobody could
//! know before (a [`Beacon`]). Rule and number make a seed, the seed gives each ticket a priority, and people are seated in
//! that order unless the panel could then no longer be completed within its quotas. Whoever holds the published
//! [`Proof`](proof::Proof) comes to the same result; an applicant finds their own ticket in it, and nobody else's.
//!
//! Background: RFC 3797 (publicly verifiable random selection), RFC 6962 (Merkle trees), RFC 8785 (canonical JSON).

pub mod beacon;
mod brought;
mod completion;
pub mod fairness;
mod fraction;
pub mod merkle;
mod pool;
pub mod priority;
pub mod proof;
mod walk;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub use self::{
    beacon::Beacon,
    pool::{ATTRIBUTES_MOST, CELLS_MOST, Pool, Unfit},
    walk::{Drawn, Outcome, Reason, ReasonKind, Step},
};
use crate::digest::{self, Digest};

/// The version of the form, and the name of the rule.
pub const VERSION: u32 = 1;
pub const ALGORITHM: &str = "priority-first/1";

/// Somebody who applied, under a name that only they can trace: sixteen bytes, in text as base 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub [u8; 16]);

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TryFrom<&str> for Ticket {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        bytes_of_hex(text)
            .and_then(|bytes| bytes.try_into().ok().map(Self))
            .ok_or("a ticket is 32 hexadecimal digits")
    }
}

impl Serialize for Ticket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ticket {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?.as_str()).map_err(D::Error::custom)
    }
}

/// By attribute and value, how many of the seats at least and at most. A value that is not named is not limited.
pub type Quotas = BTreeMap<String, BTreeMap<String, (u32, u32)>>;

/// All that decides a draw but the beacon's number. Its hash is published before there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    pub v: u32,
    pub alg: String,
    pub draw_id: String,
    pub seats: u32,
    /// How many of those who are not seated are told of their place in the queue.
    pub waitlist: u32,
    pub quotas: Quotas,
    #[serde(with = "hexadecimal")]
    pub pool_root: Digest,
    pub pool_size: usize,
    #[serde(with = "hexadecimal")]
    pub excluded_root: Digest,
    pub excluded_size: usize,
    pub beacon: Beacon,
    /// Whether one of a household stands for all of it.
    #[serde(default, skip_serializing_if = "is_off")]
    pub household: bool,
    /// Those who were scored into seats before the draw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merit: Vec<Ticket>,
    /// The attributes whose quotas give way to a replacement, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relax: Vec<String>,
}

impl Spec {
    /// What is published at the lock.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Sha256::digest(canonical(self)).into()
    }
}

/// Somebody who may be drawn: values of the attributes that have quotas, household (a keyed hash), ticket and weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub f: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub h: Option<String>,
    pub t: Ticket,
    pub w: u32,
}

/// Somebody who may not, and the codes of the reasons, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    pub r: Vec<String>,
    pub t: Ticket,
}

/// How many people must be alike, at least, for their lines to tell of none of them.
const ALIKE_LEAST: usize = 3;

/// Whether lines may be published: nobody's attributes are rare.
#[must_use]
pub fn is_anonymous(lines: &[Line]) -> bool {
    let mut alike: BTreeMap<&BTreeMap<String, String>, usize> = BTreeMap::new();
    lines.iter().for_each(|line| *alike.entry(&line.f).or_default() += 1);
    alike.values().all(|&people| people >= ALIKE_LEAST)
}

/// Lines as they stand in a Merkle tree.
pub fn leaves<Line: Serialize>(lines: &[Line]) -> Vec<String> {
    lines.iter().map(canonical).collect()
}

/// JSON with sorted keys and no spaces, its text unescaped (RFC 8785, with keys in the order of their UTF-8).
#[must_use]
pub fn canonical(value: &impl Serialize) -> String {
    let mut text = String::new();
    // Only values that were read from JSON, or that hold nothing else, come here.
    write_canonical(&serde_json::to_value(value).unwrap_or_default(), &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            text.push('{');
            for (nth, (key, value)) in sorted.into_iter().enumerate() {
                text.push_str(if nth == 0 { "" } else { "," });
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_canonical(value, text);
            }
            text.push('}');
        }
        Value::Array(list) => {
            text.push('[');
            for (nth, value) in list.iter().enumerate() {
                text.push_str(if nth == 0 { "" } else { "," });
                write_canonical(value, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

/// Each part behind its length in four bytes, the greatest first, so that no two lists of parts are the same bytes.
fn prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Bytes of base 16 in small letters, as [`digest::hex`] writes them.
#[must_use]
pub fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |&[high, low]: &[u8; 2]| u8::try_from(digit(high)? * 16 + digit(low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_off(flag: &bool) -> bool {
    !flag
}

/// A digest in base 16.
mod hexadecimal {
    use super::*;

    pub fn serialize<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&digest::hex(digest))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        let bytes = bytes_of_hex(&String::deserialize(deserializer)?);
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| D::Error::custom("must be 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests;
