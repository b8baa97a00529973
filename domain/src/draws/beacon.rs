//! The number that nobody could know when the rule was fixed.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use drand_verify::{G2PubkeyRfc, Pubkey as _, derive_randomness};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{bytes_of_hex, prefixed};
use crate::digest;

/// Where the number will come from, as fixed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Beacon {
    /// A round of the public randomness beacon drand.
    Drand { chain: String, round: u64 },
    /// Named public numbers of a later day, such as those of a lottery.
    ManualSources { sources: Vec<String> },
    /// Numbers that several people chose and hid: the SHA-256 of each.
    MultiParty { commitments: Vec<String> },
}

/// What shows that the number is the one that was announced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Of drand: the signature of the round, in base 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Of named sources: their numbers, in the order in which they were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Of several people: what each commitment hid, both in base 16. Those who did not come back are not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonces: Option<BTreeMap<String, String>>,
}

/// Why evidence shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    #[error("the chain {0} is not known here")]
    Chain(String),
    #[error("the signature is not that of the round")]
    Signature,
    #[error("there is not one value for each source")]
    Values,
    #[error("{0} does not hide what is shown for it")]
    Nonce(String),
    #[error("nobody showed what they hid")]
    Nobody,
}

/// A chain of drand: a group of servers that sign each round together.
struct Chain {
    hash: &'static str,
    key: [u8; 96],
    genesis: i64,
    period: i64,
}

/// `quicknet`, unchained, with signatures on G1 (`bls-unchained-g1-rfc9380`); what its servers say of themselves under `/info`.
const QUICKNET: Chain = Chain {
    hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    key: *b"\x83\xcf\x0f\x28\x96\xad\xee\x7e\xb8\xb5\xf0\x1f\xca\xd3\x91\x22\x12\xc4\x37\xe0\x07\x3e\x91\x1f\
\xb9\x00\x22\xd3\xe7\x60\x18\x3c\x8c\x4b\x45\x0b\x6a\x0a\x6c\x3a\xc6\xa5\x77\x6a\x2d\x10\x64\x51\
\x0d\x1f\xec\x75\x8c\x92\x1c\xc2\x2b\x0e\x17\xe6\x3a\xaf\x4b\xcb\x5e\xd6\x63\x04\xde\x9c\xf8\x09\
\xbd\x27\x4c\xa7\x3b\xab\x4a\xf5\xa6\xe9\xc7\x6a\x4b\xc0\x9e\x76\xea\xe8\x99\x1e\xf5\xec\xe4\x5a",
    genesis: 1_692_803_367,
    period: 3,
};

/// When the round of a chain comes out; none where the chain is not known, or the time is no time.
#[must_use]
pub fn time_of_round(chain: &str, round: u64) -> Option<DateTime<Utc>> {
    let after = i64::try_from(round).ok()?.checked_sub(1)?.checked_mul(QUICKNET.period)?;
    let genesis = DateTime::from_timestamp(QUICKNET.genesis, 0).filter(|_| chain == QUICKNET.hash)?;
    genesis.checked_add_signed(TimeDelta::try_seconds(after)?)
}

/// The first round of `quicknet` that comes out later than a time, and the hash of that chain.
#[must_use]
pub fn first_round_after(time: DateTime<Utc>) -> (&'static str, u64) {
    let past = (time.timestamp() - QUICKNET.genesis).max(0) / QUICKNET.period;
    (QUICKNET.hash, u64::try_from(past).unwrap_or(0) + 2)
}

impl Beacon {
    /// The bytes that evidence proves; none where it holds nothing to prove them by.
    ///
    /// # Errors
    /// [`Forged`].
    pub fn proven(&self, evidence: &Evidence) -> Result<Option<Vec<u8>>, Forged> {
        match self {
            Self::Drand { chain, round } => {
                let Some(signature) = &evidence.signature else { return Ok(None) };
                of_drand(chain, *round, signature).map(Some)
            }
            Self::ManualSources { sources } => {
                let Some(values) = &evidence.values else { return Ok(None) };
                let complete = values.len() == sources.len() && values.iter().all(|value| !value.is_empty());
                let parts: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
                complete.then(|| Some(prefixed(&parts))).ok_or(Forged::Values)
            }
            Self::MultiParty { commitments } => {
                let Some(nonces) = &evidence.nonces else { return Ok(None) };
                of_many(commitments, nonces).map(Some)
            }
        }
    }
}

fn of_drand(chain: &str, round: u64, signature: &str) -> Result<Vec<u8>, Forged> {
    if chain != QUICKNET.hash {
        return Err(Forged::Chain(chain.to_owned()));
    }
    let signature = bytes_of_hex(signature).ok_or(Forged::Signature)?;
    let key = G2PubkeyRfc::from_fixed(QUICKNET.key).map_err(|_| Forged::Signature)?;
    match key.verify(round, b"", &signature) {
        Ok(true) => Ok(derive_randomness(&signature).to_vec()),
        _ => Err(Forged::Signature),
    }
}

fn of_many(commitments: &[String], nonces: &BTreeMap<String, String>) -> Result<Vec<u8>, Forged> {
    let mut shown = Vec::new();
    // Sorted by their commitments, as the map is.
    for (commitment, nonce) in nonces {
        let unfit = || Forged::Nonce(commitment.clone());
        let nonce = bytes_of_hex(nonce).ok_or_else(unfit)?;
        let hidden = digest::hex(Sha256::digest(&nonce));
        if hidden != *commitment || !commitments.contains(commitment) {
            return Err(unfit());
        }
        shown.push(nonce);
    }
    let parts: Vec<&[u8]> = shown.iter().map(Vec::as_slice).collect();
    (!parts.is_empty()).then(|| prefixed(&parts)).ok_or(Forged::Nobody)
}
