//! Where the bytes of attachments are kept.

use super::{BadSetting, Secret, Variables, not};

/// A folder beside the database, or a bucket of S3 or of what speaks as it does.
#[derive(Debug, Clone)]
pub enum StoreSettings {
    /// `attachments` in the data folder.
    Folder,
    Bucket(Bucket),
}

#[derive(Debug, Clone)]
pub struct Bucket {
    pub name: String,
    /// What the names of its objects begin with; may be empty.
    pub prefix: String,
    /// Of Amazon where it says nothing.
    pub endpoint: Option<String>,
    pub region: String,
    pub key_id: String,
    pub key: Secret,
}

impl Variables<'_> {
    pub(super) fn store(&self) -> Result<StoreSettings, BadSetting> {
        const URL: &str = "MADANG_STORE_URL";
        let Some(url) = self.text(URL) else { return Ok(StoreSettings::Folder) };
        let wrong = || not(URL, "s3://BUCKET or s3://BUCKET/PREFIX", url);
        let place = url.strip_prefix("s3://").ok_or_else(wrong)?;
        let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(wrong());
        }
        let needed = |name: &'static str| {
            let why = "is missing, though MADANG_STORE_URL is set".to_owned();
            self.text(name).ok_or(BadSetting::Value { name, why })
        };
        let endpoint = self.text("AWS_ENDPOINT_URL");
        if let Some(address) = endpoint
            && !address.starts_with("http://")
            && !address.starts_with("https://")
        {
            return Err(not("AWS_ENDPOINT_URL", "an http:// or https:// address", address));
        }
        Ok(StoreSettings::Bucket(Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: endpoint.map(|address| address.trim_end_matches('/').to_owned()),
            region: self.text("AWS_REGION").unwrap_or("us-east-1").to_owned(),
            key_id: needed("AWS_ACCESS_KEY_ID")?.to_owned(),
            key: Secret::new(needed("AWS_SECRET_ACCESS_KEY")?),
        }))
    }
}
