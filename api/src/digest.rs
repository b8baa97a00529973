//! SHA-256 over parts, each prefixed by its length, so that no two lists of parts share a digest.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of the parts.
#[must_use]
pub fn of(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The HMAC-SHA256 of a message.
///
/// # Panics
/// Never: a key of any length is taken.
#[must_use]
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub fn keyed(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Whether two digests are the same, taking the same time either way.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}
