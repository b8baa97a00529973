//! The brand's own sign-on.

use std::path::PathBuf;

use super::{BadSetting, Secret, Variables};

/// The brand's own sign-on.
#[derive(Debug, Clone)]
pub struct Sso {
    pub keys: SsoKeys,
    pub issuer: Option<String>,
    pub audience: Option<String>,
}

/// What its tokens are checked with.
#[derive(Debug, Clone)]
pub enum SsoKeys {
    Secret(Secret),
    JwksFile(PathBuf),
    JwksUrl(String),
}

impl Variables<'_> {
    pub(super) fn sso(&self) -> Result<Option<Sso>, BadSetting> {
        let secret = self.text("MADANG_SSO_SECRET").map(|secret| SsoKeys::Secret(Secret::new(secret)));
        let file = self.text("MADANG_SSO_JWKS_FILE").map(|path| SsoKeys::JwksFile(path.into()));
        let url = self.text("MADANG_SSO_JWKS_URL").map(|url| SsoKeys::JwksUrl(url.to_owned()));
        let mut given = [secret, file, url].into_iter().flatten();
        let keys = given.next();
        if given.next().is_some() {
            let why = "set only one of it, MADANG_SSO_JWKS_FILE and MADANG_SSO_JWKS_URL".to_owned();
            return Err(BadSetting::Value { name: "MADANG_SSO_SECRET", why });
        }
        if let Some(SsoKeys::Secret(secret)) = &keys
            && secret.reveal().len() < 32
        {
            let why = "must have 32 bytes or more".to_owned();
            return Err(BadSetting::Value { name: "MADANG_SSO_SECRET", why });
        }
        let text = |name| self.text(name).map(str::to_owned);
        Ok(keys.map(|keys| Sso {
            keys,
            issuer: text("MADANG_SSO_ISSUER"),
            audience: text("MADANG_SSO_AUDIENCE"),
        }))
    }
}
