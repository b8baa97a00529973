//! The secret of a link: in the mail that carries it, and nowhere else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use persistence::mail_links::LinkHash;

use crate::{clock::random, digest};

/// What a link ends with.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new one, of 256 random bits.
    #[must_use]
    pub fn new() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random::<32>()))
    }

    /// The one that somebody sent.
    #[must_use]
    pub fn sent(text: &str) -> Self {
        Self(text.to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is found by. It is long and random, so a plain hash is enough.
    #[must_use]
    pub fn hash(&self) -> LinkHash {
        digest::of(&[b"mail link", self.0.as_bytes()])
    }
}
