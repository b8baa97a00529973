//! The text of an API key, and how one is told from an access token.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use persistence::api_keys::KeyHash;

use crate::{clock::random, digest};

/// What every key begins with, so that scanners of secrets know one when they see it.
const MARK: &str = "mdk_";
/// How much of a key is shown: 48 bits of its 256.
const SHOWN: usize = MARK.len() + 8;

/// A key, as a program sends it.
#[derive(Clone)]
pub struct KeyText(String);

impl KeyText {
    /// A new one, of 256 random bits.
    #[must_use]
    pub fn new() -> Self {
        Self(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(random::<32>())))
    }

    /// The key in a bearer token, if it is one.
    #[must_use]
    pub fn of_token(token: &str) -> Option<Self> {
        token.starts_with(MARK).then(|| Self(token.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn prefix(&self) -> String {
        self.0.chars().take(SHOWN).collect()
    }

    #[must_use]
    pub fn hash(&self) -> KeyHash {
        digest::of(&[b"api key", self.0.as_bytes()])
    }
}
