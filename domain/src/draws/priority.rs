//! The order in which chance calls people: the same for whoever knows the seed, and for nobody before.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{Ticket, prefixed};
use crate::digest::Digest;

/// What a ticket is made of.
#[must_use]
pub fn ticket(draw_id: &str, applicant_id: &str, salt: &[u8; 16]) -> Ticket {
    let parts = [b"draw/ticket/v1", draw_id.as_bytes(), applicant_id.as_bytes(), salt];
    let digest: Digest = Sha256::digest(prefixed(&parts)).into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    Ticket(half)
}

/// What chance is made of: a rule that was fixed before, and a beacon that nobody knew then.
#[must_use]
pub fn seed(spec_hash: &Digest, beacon: &[u8]) -> Digest {
    Sha256::digest(prefixed(&[b"draw/seed/v1", spec_hash, beacon])).into()
}

/// The `nth` of the seeds by which chances are estimated.
#[must_use]
pub fn derived_seed(seed: &Digest, nth: u32) -> Digest {
    Sha256::digest(prefixed(&[b"draw/mc/v1", seed, &nth.to_be_bytes()])).into()
}

/// The places of tickets in the order of their priority, the first called first: of as many numbers as a ticket has weight, the
/// least counts.
pub fn order(seed: &Digest, tickets: impl Iterator<Item = (Ticket, u32)>) -> Vec<usize> {
    let key = Priorities::of(seed);
    let mut called: Vec<(Digest, Ticket, usize)> = tickets
        .enumerate()
        .map(|(place, (ticket, weight))| (key.of_ticket(ticket, weight), ticket, place))
        .collect();
    called.sort_unstable();
    called.into_iter().map(|(_, _, place)| place).collect()
}

/// What a priority is computed with.
pub struct Priorities(Hmac<Sha256>);

impl Priorities {
    #[must_use]
    pub fn of(seed: &Digest) -> Self {
        // A key of the length of a block, which the key of an HMAC is filled up to with zeros (RFC 2104).
        let mut block = [0; 64];
        block[..32].copy_from_slice(seed);
        Self(Hmac::new(&block.into()))
    }

    /// The priority of a ticket; the smaller, the earlier it is called.
    #[must_use]
    pub fn of_ticket(&self, ticket: Ticket, weight: u32) -> Digest {
        let named = ticket.to_string();
        let number = |nth: u32| -> Digest {
            let parts: [&[u8]; 3] = [b"draw/prio/v1", named.as_bytes(), &nth.to_be_bytes()];
            self.0.clone().chain_update(prefixed(&parts)).finalize().into_bytes().into()
        };
        (0..weight.max(1)).map(number).min().unwrap_or([u8::MAX; 32])
    }
}
