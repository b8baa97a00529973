//! The brand's own sign-on: tokens that its systems sign and Madang checks.

use std::{collections::BTreeMap, fs, sync::Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    members::{Attribute, Attributes, DisplayName, Email, MOST_ATTRIBUTES, Said, clean_said},
    text::{Fault, Lines, clean},
};
use jsonwebtoken::{AlgorithmFamily, DecodingKey, Validation, jwk::JwkSet};
use serde::Deserialize;

use crate::{
    config::{BadSetting, Sso, SsoKeys},
    error::{Code, Failure},
};

/// What a brand's token says of a person, once it has been checked.
#[derive(Debug, Clone)]
pub struct Person {
    pub subject: String,
    pub email: Email,
    pub email_verified: bool,
    pub display_name: DisplayName,
    /// None when the token does not speak of attributes.
    pub attributes: Option<Attributes>,
}

/// Checks the brand's tokens.
pub struct Verifier {
    sso: Sso,
    fetched: Mutex<Fetched>,
}

#[derive(Default)]
struct Fetched {
    keys: Option<JwkSet>,
    /// When the address was last asked, whatever came of it.
    asked_at: Option<DateTime<Utc>>,
}

/// How often the address of the keys is asked at most: an unknown `kid` must not become a way to make us hammer it.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);
/// After so long the keys are asked for again, so that one taken back stops being good.
const FRESH: TimeDelta = TimeDelta::hours(1);

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    email: String,
    #[serde(default)]
    email_verified: bool,
    name: Option<String>,
    attributes: Option<BTreeMap<String, serde_json::Value>>,
}

impl Verifier {
    /// # Errors
    /// [`BadSetting`] when the file of keys cannot be read.
    pub fn new(sso: Sso) -> Result<Self, BadSetting> {
        let keys = match &sso.keys {
            SsoKeys::JwksFile(path) => {
                let bad = |why: String| BadSetting::Value { name: "MADANG_SSO_JWKS_FILE", why };
                let text = fs::read(path).map_err(|error| bad(format!("{}: {error}", path.display())))?;
                Some(serde_json::from_slice(&text).map_err(|error| bad(format!("is no JWKS: {error}")))?)
            }
            SsoKeys::Secret(_) | SsoKeys::JwksUrl(_) => None,
        };
        Ok(Self { sso, fetched: Mutex::new(Fetched { keys, asked_at: None }) })
    }

    /// The person a token speaks of. May ask the configured address for keys, so it must not run on an async worker.
    ///
    /// # Errors
    /// 401 when the token is forged, expired or meant for others; 422 when what it says cannot be used; 503 when the
    /// keys cannot be had.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Person, Failure> {
        let (key, family) = self.key_for(token, now)?;
        let mut validation = Validation::new_for_family(family);
        validation.set_required_spec_claims(&["exp", "sub"]);
        // Asked below, of our own clock.
        validation.validate_exp = false;
        if let Some(issuer) = &self.sso.issuer {
            validation.set_issuer(&[issuer]);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        match &self.sso.audience {
            Some(audience) => {
                validation.set_audience(&[audience]);
                validation.required_spec_claims.insert("aud".to_owned());
            }
            None => validation.validate_aud = false,
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::Json(error) => {
                    Failure::field("/token", Fault::NotA("sign-on token")).caused_by(error)
                }
                _ => Code::InvalidToken.into(),
            })?
            .claims;
        if claims.exp <= now.timestamp() {
            return Err(Code::TokenExpired.into());
        }
        person(claims)
    }

    fn key_for(&self, token: &str, now: DateTime<Utc>) -> Result<(DecodingKey, AlgorithmFamily), Failure> {
        let invalid = || Failure::new(Code::InvalidToken);
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        if let SsoKeys::Secret(secret) = &self.sso.keys {
            let key = DecodingKey::from_secret(secret.reveal().as_bytes());
            return Ok((key, AlgorithmFamily::Hmac));
        }
        let mut fetched = self.fetched.lock().map_err(Failure::internal)?;
        let old = fetched.asked_at.is_none_or(|at| now - at > FRESH);
        if let SsoKeys::JwksUrl(url) = &self.sso.keys
            && (old || fetched.find(header.kid.as_deref()).is_none())
            && fetched.asked_at.is_none_or(|at| now - at > PATIENCE)
        {
            fetched.asked_at = Some(now);
            match fetch(url) {
                Ok(keys) => fetched.keys = Some(keys),
                Err(error) => tracing::warn!(%error, "cannot fetch the sign-on keys"),
            }
        }
        if fetched.keys.is_none() {
            return Err(Failure { retry_after: Some(30), ..Failure::new(Code::Unavailable) });
        }
        let key = fetched.find(header.kid.as_deref()).ok_or_else(invalid)?;
        match key.family() {
            // A public list of keys cannot hold a shared secret.
            AlgorithmFamily::Hmac => Err(invalid()),
            family => Ok((key, family)),
        }
    }
}

impl Fetched {
    /// The key of that name; or the only key, for a token that names none.
    fn find(&self, kid: Option<&str>) -> Option<DecodingKey> {
        let keys = self.keys.as_ref()?;
        let jwk = match kid {
            Some(kid) => keys.find(kid)?,
            None => match keys.keys.as_slice() {
                [only] => only,
                _ => return None,
            },
        };
        DecodingKey::from_jwk(jwk).ok()
    }
}

fn fetch(url: &str) -> Result<JwkSet, String> {
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .timeout_global(Some(std::time::Duration::from_secs(5)))
            .tls_config(ureq::tls::TlsConfig::builder().provider(ureq::tls::TlsProvider::NativeTls).build())
            .build(),
    );
    let mut response = agent.get(url).call().map_err(|error| error.to_string())?;
    let body = response.body_mut().with_config().limit(1_048_576).read_to_vec();
    serde_json::from_slice(&body.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

fn person(claims: Claims) -> Result<Person, Failure> {
    let at = |claim: &str, fault| Failure::field(format!("/token/{claim}"), fault);
    let email = Email::try_from(claims.email.as_str()).map_err(|fault| at("email", fault))?;
    let name = claims.name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or("").to_owned());
    let name: String = name.chars().take(DisplayName::MOST).collect();
    let attributes = claims.attributes.map(attributes).transpose()?;
    Ok(Person {
        subject: clean(&claims.sub, 1, 200, Lines::One).map_err(|fault| at("sub", fault))?,
        display_name: DisplayName::try_from(name.as_str()).map_err(|fault| at("name", fault))?,
        email_verified: claims.email_verified,
        email,
        attributes,
    })
}

/// Attributes out of JSON: texts, numbers, and yes or no.
fn attributes(values: BTreeMap<String, serde_json::Value>) -> Result<Attributes, Failure> {
    use serde_json::Value;
    let mut said = Said::new();
    for (name, value) in values {
        let attribute = match value {
            Value::String(text) => Attribute::Text(text),
            Value::Bool(flag) => Attribute::Flag(flag),
            Value::Number(number) => Attribute::Number(number.as_f64().unwrap_or(0.0)),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(Failure::field(
                    format!("/token/attributes/{name}"),
                    Fault::NotA("text, number or flag"),
                ));
            }
        };
        said.insert(name, Some(attribute));
    }
    if said.len() > MOST_ATTRIBUTES {
        return Err(Failure::field("/token/attributes", Fault::TooMany { most: MOST_ATTRIBUTES }));
    }
    let clean = clean_said(&said);
    let clean = clean.map_err(|(name, fault)| Failure::field(format!("/token/attributes/{name}"), fault))?;
    Ok(clean.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}
