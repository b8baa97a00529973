//! Tokens: signed access tokens that name a session, and opaque refresh tokens.

use std::fs;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{MemberId, SessionId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use persistence::{Error, Result as Rows};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    clock::random,
    config::{BadSetting, Config},
    digest,
    error::{Code, Failure},
    key_file::{self, Replace},
};

/// How long an access token is good for.
pub const ACCESS: TimeDelta = TimeDelta::minutes(15);
/// How long a session lives after its last refresh.
pub const REFRESH: TimeDelta = TimeDelta::days(30);
const AUDIENCE: &str = "madang";
const KEY_FILE: &str = "signing-keys";

/// What an access token says. Who may do what is not in it: that is read anew for each request.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// The keys that sign access tokens and cursors. The first signs, all are accepted.
pub struct Keys {
    keys: Vec<Key>,
    issuer: String,
}

struct Key {
    id: String,
    secret: Vec<u8>,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Keys {
    /// The configured keys (`id:base64url,…`), or those in the data folder, where one is made on the first start.
    ///
    /// # Errors
    /// [`BadSetting`] when a key cannot be read, written, or is shorter than 32 bytes.
    pub fn of(config: &Config) -> Result<Self, BadSetting> {
        let text = match &config.signing_keys {
            Some(keys) => keys.reveal().to_owned(),
            None => key_file::read_or_make(&config.data_dir.join(KEY_FILE))?,
        };
        let key = |(id, secret): (String, Vec<u8>)| Key {
            id,
            encoding: EncodingKey::from_secret(&secret),
            decoding: DecodingKey::from_secret(&secret),
            secret,
        };
        let keys = key_file::parsed("MADANG_SIGNING_KEYS", &text)?.into_iter().map(key).collect();
        Ok(Self { keys, issuer: config.public_url.clone() })
    }

    /// An access token for a session of a member.
    ///
    /// # Errors
    /// [`Error::Broken`] when signing fails.
    pub fn access(&self, member: MemberId, session: SessionId, now: DateTime<Utc>) -> Rows<String> {
        let broken = |what: String| Error::Broken(what);
        let [key, ..] = self.keys.as_slice() else { return Err(broken("no signing key".to_owned())) };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: member.uuid(),
            sid: session.uuid(),
            iat: now.timestamp(),
            exp: (now + ACCESS).timestamp(),
        };
        let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|error| broken(error.to_string()))
    }

    /// The member and session an access token names.
    ///
    /// # Errors
    /// 401 when it is forged, meant for somebody else, or has expired.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<(MemberId, SessionId), Failure> {
        let invalid = || Failure::new(Code::InvalidToken);
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let key = self.keys.iter().find(|key| Some(&key.id) == header.kid.as_ref()).ok_or_else(invalid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        // Asked below, of our own clock.
        validation.validate_exp = false;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(|_| invalid())?.claims;
        if claims.exp <= now.timestamp() {
            return Err(Code::TokenExpired.into());
        }
        Ok((claims.sub.into(), claims.sid.into()))
    }

    /// A secret of its own for a purpose, of each of the keys; the first signs, all are accepted.
    pub fn secrets(&self, purpose: &'static str) -> impl Iterator<Item = [u8; 32]> {
        self.keys.iter().map(move |key| digest::keyed(&key.secret, &[purpose.as_bytes(), &[1]].concat()))
    }

    /// The message with a tag that only these keys can make, as text for an address.
    #[must_use]
    pub fn seal(&self, purpose: &str, message: &[u8]) -> String {
        let tag = self.keys.first().map(|key| key.tag(purpose, message)).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([&tag, message].concat())
    }

    /// The message in a sealed text, if no byte of it was changed.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (tag, message) = bytes.split_at_checked(TAG)?;
        self.keys.iter().any(|key| digest::same(tag, &key.tag(purpose, message))).then(|| message.to_vec())
    }
}

const TAG: usize = 12;

impl Key {
    fn tag(&self, purpose: &str, message: &[u8]) -> [u8; TAG] {
        let whole = digest::keyed(&self.secret, &[purpose.as_bytes(), &[0], message].concat());
        let mut tag = [0; TAG];
        tag.copy_from_slice(&whole[..TAG]);
        tag
    }
}

/// A new refresh token and the hash it is found by.
#[must_use]
pub fn refresh_token() -> (String, [u8; 32]) {
    let token = URL_SAFE_NO_PAD.encode(random::<32>());
    let hash = refresh_hash(&token);
    (token, hash)
}

/// The hash a refresh token is found by.
#[must_use]
pub fn refresh_hash(token: &str) -> [u8; 32] {
    digest::of(&[b"refresh", token.as_bytes()])
}

/// Makes a new key the one that signs; tokens signed with the others are accepted until those are taken out of the file.
///
/// # Errors
/// [`BadSetting`] when the file cannot be written.
pub fn rotate(config: &Config) -> Result<(), BadSetting> {
    if config.signing_keys.is_some() {
        let why = "is set, so the keys are not in the data folder: put a new one before the others there"
            .to_owned();
        return Err(BadSetting::Value { name: "MADANG_SIGNING_KEYS", why });
    }
    let path = config.data_dir.join(KEY_FILE);
    let present = key_file::read_or_make(&path)?;
    key_file::write(&path, &format!("{}\n{present}", key_file::new_key()), Replace::Yes)
}

/// The keys in the data folder, if there are any.
///
/// # Errors
/// [`BadSetting`] when the file cannot be read.
pub fn kept(config: &Config) -> Result<Option<String>, BadSetting> {
    key_file::read(&config.data_dir.join(KEY_FILE))
}

/// Puts keys into a data folder that has none; others that are there stay.
///
/// # Errors
/// [`BadSetting`] when the file cannot be written.
pub fn keep(config: &Config, keys: &str) -> Result<(), BadSetting> {
    key_file::write(&config.data_dir.join(KEY_FILE), keys, Replace::No)
}

/// Takes the keys out of the data folder.
pub fn forget(config: &Config) {
    // What is not there need not go.
    let _ = fs::remove_file(config.data_dir.join(KEY_FILE));
}
