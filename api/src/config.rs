//! Settings: one struct, read once in `main` from the environment and then from a `.env` file, and passed down.

mod mail;
mod promise;
mod secret;
mod sso;

mod store;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use domain::insights::Promise;
use ipnet::IpNet;
use persistence::Location;

use crate::{clock::Clock, rates::Rates};

pub use self::{
    mail::{Mail, SmtpUrl},
    secret::Secret,
    sso::{Sso, SsoKeys},
    store::{Bucket, StoreSettings},
};

/// Everything that can be set. `.env.example` explains each variable.
#[derive(Debug, Clone)]
pub struct Config {
    pub database: Location,
    pub read_database: Option<Location>,
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    /// Where the bytes of attachments are.
    pub store: StoreSettings,
    pub public_url: String,
    pub admin: Option<FirstAdmin>,
    pub sso: Option<Sso>,
    pub signing_keys: Option<Secret>,
    /// What the addresses of those with a seat are sealed with.
    pub address_keys: Option<Secret>,
    pub rates: Rates,
    pub log: LogForm,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<IpNet>,
    pub workers: usize,
    pub connections: usize,
    pub queue: usize,
    pub body_limit: usize,
    /// How long a visitor may be shown a page from memory.
    pub page_cache: Duration,
    /// Whether this process does the background work as well.
    pub jobs: bool,
    /// Within how much working time customers are to hear back.
    pub promise: Promise,
    pub mail: Mail,
    pub clock: Clock,
}

/// The admin that the first start makes.
#[derive(Debug, Clone)]
pub struct FirstAdmin {
    pub email: String,
    pub password: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    Pretty,
    Json,
}

/// A setting that cannot be used, in one line.
#[derive(Debug, thiserror::Error)]
pub enum BadSetting {
    #[error("{name}: {why}")]
    Value { name: &'static str, why: String },
    #[error("unknown setting {0}; the known ones are in .env.example")]
    Unknown(String),
    #[error("cannot read .env: {0}")]
    File(String),
}

/// Every variable that is read. One that begins with `MADANG_` and is not here is a mistake.
const KNOWN: [&str; 31] = [
    "DATABASE_URL",
    "DATABASE_READ_URL",
    "MADANG_LISTEN",
    "MADANG_DATA_DIR",
    "MADANG_PUBLIC_URL",
    "MADANG_ADMIN_EMAIL",
    "MADANG_ADMIN_PASSWORD",
    "MADANG_SSO_SECRET",
    "MADANG_SSO_JWKS_FILE",
    "MADANG_SSO_JWKS_URL",
    "MADANG_SSO_ISSUER",
    "MADANG_SSO_AUDIENCE",
    "MADANG_SIGNING_KEYS",
    "MADANG_ADDRESS_KEYS",
    "MADANG_RATE_LIMITS",
    "MADANG_LOG",
    "MADANG_CORS_ORIGINS",
    "MADANG_TRUSTED_PROXIES",
    "MADANG_WORKERS",
    "MADANG_CONNECTIONS",
    "MADANG_QUEUE",
    "MADANG_BODY_LIMIT",
    "MADANG_PAGE_CACHE_MS",
    "MADANG_JOBS",
    "MADANG_BUSINESS_HOURS",
    "MADANG_HOLIDAYS",
    "MADANG_PROMISED_DAYS",
    "MADANG_SMTP_URL",
    "MADANG_MAIL_FROM",
    "MADANG_LINK_URL",
    "MADANG_STORE_URL",
];

/// The variables of the environment, with those of a `.env` file in the working folder where the environment has none.
///
/// # Errors
/// [`BadSetting::File`] when the file is there and cannot be read.
pub fn variables() -> Result<BTreeMap<String, String>, BadSetting> {
    let mut found = BTreeMap::new();
    match dotenvy::from_path_iter(".env") {
        Ok(lines) => {
            for line in lines {
                let (name, value) = line.map_err(|error| BadSetting::File(error.to_string()))?;
                found.insert(name, value);
            }
        }
        Err(error) if error.not_found() => {}
        Err(error) => return Err(BadSetting::File(error.to_string())),
    }
    found.extend(
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }),
    );
    Ok(found)
}

impl Config {
    /// The settings in these variables.
    ///
    /// # Errors
    /// [`BadSetting`] names the first that cannot be used.
    pub fn of(variables: &BTreeMap<String, String>) -> Result<Self, BadSetting> {
        if let Some(unknown) =
            variables.keys().find(|name| name.starts_with("MADANG_") && !KNOWN.contains(&name.as_str()))
        {
            return Err(BadSetting::Unknown(unknown.clone()));
        }
        let read = Variables(variables);
        let data_dir = PathBuf::from(read.text("MADANG_DATA_DIR").unwrap_or("data"));
        let database = match read.text("DATABASE_URL") {
            Some(url) => location("DATABASE_URL", url)?,
            None => Location::Sqlite(data_dir.join("madang.db")),
        };
        let listen: SocketAddr = read.parsed("MADANG_LISTEN", "127.0.0.1:8080", "an address and port")?;
        let public_url = read
            .text("MADANG_PUBLIC_URL")
            .map_or_else(|| format!("http://{listen}"), |url| url.trim_end_matches('/').to_owned());
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            read_database: read
                .text("DATABASE_READ_URL")
                .map(|url| location("DATABASE_READ_URL", url))
                .transpose()?,
            store: read.store()?,
            admin: read.admin()?,
            sso: read.sso()?,
            signing_keys: read.text("MADANG_SIGNING_KEYS").map(Secret::new),
            address_keys: read.text("MADANG_ADDRESS_KEYS").map(Secret::new),
            rates: Rates::of(read.text("MADANG_RATE_LIMITS").unwrap_or("on"))
                .map_err(|why| BadSetting::Value { name: "MADANG_RATE_LIMITS", why })?,
            log: match read.text("MADANG_LOG").unwrap_or("pretty") {
                "pretty" => LogForm::Pretty,
                "json" => LogForm::Json,
                other => return Err(not("MADANG_LOG", "pretty or json", other)),
            },
            cors_origins: read.list("MADANG_CORS_ORIGINS"),
            trusted_proxies: read.networks("MADANG_TRUSTED_PROXIES")?,
            workers: read.positive("MADANG_WORKERS", cores)?,
            connections: read.positive("MADANG_CONNECTIONS", (cores * 4).clamp(4, 16))?,
            queue: read.positive("MADANG_QUEUE", 1_024)?,
            body_limit: read.positive("MADANG_BODY_LIMIT", 1_048_576)?,
            page_cache: Duration::from_millis(read.parsed("MADANG_PAGE_CACHE_MS", "1000", "milliseconds")?),
            jobs: match read.text("MADANG_JOBS").unwrap_or("on") {
                "on" => true,
                "off" => false,
                other => return Err(not("MADANG_JOBS", "on or off", other)),
            },
            promise: read.promise()?,
            mail: read.mail(&public_url)?,
            public_url,
            clock: Clock::System,
            database,
            listen,
            data_dir,
        })
    }
}

fn location(name: &'static str, url: &str) -> Result<Location, BadSetting> {
    Location::of_url(url).map_err(|error| BadSetting::Value { name, why: error.to_string() })
}

fn not(name: &'static str, wanted: &str, found: &str) -> BadSetting {
    BadSetting::Value { name, why: format!("must be {wanted}, not `{found}`") }
}

struct Variables<'a>(&'a BTreeMap<String, String>);

impl<'a> Variables<'a> {
    /// A variable that is set and not empty.
    fn text(&self, name: &'static str) -> Option<&'a str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn list(&self, name: &'static str) -> Vec<String> {
        let items = self.text(name).unwrap_or("").split(',').map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    fn networks(&self, name: &'static str) -> Result<Vec<IpNet>, BadSetting> {
        let network = |text: &String| {
            let parsed = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            parsed.map_err(|_| not(name, "addresses or networks like 10.0.0.0/8", text))
        };
        self.list(name).iter().map(network).collect()
    }

    fn parsed<T: std::str::FromStr>(
        &self,
        name: &'static str,
        default: &str,
        wanted: &str,
    ) -> Result<T, BadSetting> {
        let text = self.text(name).unwrap_or(default);
        text.parse().map_err(|_| not(name, wanted, text))
    }

    fn positive(&self, name: &'static str, default: usize) -> Result<usize, BadSetting> {
        match self.parsed(name, &default.to_string(), "a number above 0")? {
            0 => Err(not(name, "a number above 0", "0")),
            number => Ok(number),
        }
    }

    fn admin(&self) -> Result<Option<FirstAdmin>, BadSetting> {
        match (self.text("MADANG_ADMIN_EMAIL"), self.text("MADANG_ADMIN_PASSWORD")) {
            (Some(email), Some(password)) => {
                Ok(Some(FirstAdmin { email: email.to_owned(), password: Secret::new(password) }))
            }
            // A password alone is for `madang admin create`.
            (None, _) => Ok(None),
            (Some(_), None) => {
                let why = "is missing, though MADANG_ADMIN_EMAIL is set".to_owned();
                Err(BadSetting::Value { name: "MADANG_ADMIN_PASSWORD", why })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Result<Config, BadSetting> {
        Config::of(&variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn nothing_set_is_a_working_server() {
        let config = config(&[]).unwrap();
        assert_eq!(config.database, Location::Sqlite("data/madang.db".into()));
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
    }

    #[test]
    fn a_mistake_is_named_in_one_line() {
        for (name, value, message) in [
            ("MADANG_LISTEM", "x", "unknown setting MADANG_LISTEM; the known ones are in .env.example"),
            ("MADANG_LISTEN", "x", "MADANG_LISTEN: must be an address and port, not `x`"),
            ("MADANG_QUEUE", "0", "MADANG_QUEUE: must be a number above 0, not `0`"),
            ("MADANG_LOG", "xml", "MADANG_LOG: must be pretty or json, not `xml`"),
            (
                "MADANG_BUSINESS_HOURS",
                "9-6",
                "MADANG_BUSINESS_HOURS: must be hours like 09:00-18:00, not `9-6`",
            ),
            (
                "MADANG_PROMISED_DAYS",
                "366",
                "MADANG_PROMISED_DAYS: must be a number from 1 to 365, not `366`",
            ),
            (
                "MADANG_SMTP_URL",
                "mail.example.com",
                "MADANG_SMTP_URL: must be a URL like smtps://user:password@host:port",
            ),
            (
                "MADANG_SMTP_URL",
                "http://u:hidden@h",
                "MADANG_SMTP_URL: must be a URL like smtps://user:password@host:port",
            ),
            ("MADANG_SMTP_URL", "smtp://host", "MADANG_MAIL_FROM: is missing, though MADANG_SMTP_URL is set"),
            (
                "MADANG_MAIL_FROM",
                "마당",
                "MADANG_MAIL_FROM: must be an address like 마당 <no-reply@example.com>, not `마당`",
            ),
            (
                "MADANG_LINK_URL",
                "front",
                "MADANG_LINK_URL: must be an address like https://feedback.example.com, not `front`",
            ),
            ("MADANG_SSO_SECRET", "short", "MADANG_SSO_SECRET: must have 32 bytes or more"),
            (
                "MADANG_ADMIN_EMAIL",
                "a@b.kr",
                "MADANG_ADMIN_PASSWORD: is missing, though MADANG_ADMIN_EMAIL is set",
            ),
            (
                "DATABASE_URL",
                "postgre://h/d",
                "DATABASE_URL: must begin with sqlite:// or postgres://, not `postgre://`",
            ),
        ] {
            assert_eq!(config(&[(name, value)]).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_secret_prints_as_stars() {
        let config =
            config(&[("MADANG_ADMIN_EMAIL", "a@b.kr"), ("MADANG_ADMIN_PASSWORD", "hidden-words")]).unwrap();
        assert!(!format!("{config:?}").contains("hidden-words"));
    }
}
