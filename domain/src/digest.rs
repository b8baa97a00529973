//! SHA-256 over parts, each prefixed by its length, so that no two lists of parts share a digest.

use sha2::{Digest as _, Sha256};

/// 256 bits.
pub type Digest = [u8; 32];

/// The SHA-256 (FIPS 180-4) of the parts: for each its length in bytes as eight bytes, the greatest first, and the part.
#[must_use]
pub fn of(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest that [`hex`] wrote.
#[must_use]
pub fn of_hex(text: &str) -> Option<Digest> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let byte = |place: usize| {
        let pair = text.get(2 * place..2 * place + 2)?;
        pair.bytes().all(|c| c.is_ascii_hexdigit()).then(|| u8::from_str_radix(pair, 16).ok())?
    };
    let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        let digest = of(&[b"a"]);
        assert_eq!(of_hex(&hex(digest)), Some(digest));
        for odd in ["", "00", &"+f".repeat(32), &"가".repeat(32)] {
            assert_eq!(of_hex(odd), None, "{odd}");
        }
    }
}
