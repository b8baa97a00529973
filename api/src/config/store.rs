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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    fn store(variables: &[(&str, &str)]) -> Result<StoreSettings, BadSetting> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::of(&variables.collect()).map(|config| config.store)
    }

    #[test]
    fn a_bucket_is_named_with_its_keys_or_refused_in_one_line() {
        let keys = [("AWS_ACCESS_KEY_ID", "keeper"), ("AWS_SECRET_ACCESS_KEY", "hidden-words")];
        let with = |more: &[(&'static str, &'static str)]| store(&[keys.as_slice(), more].concat());
        assert!(matches!(with(&[]), Ok(StoreSettings::Folder)));
        let Ok(StoreSettings::Bucket(bucket)) = with(&[
            ("MADANG_STORE_URL", "s3://square/files/of/"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/"),
        ]) else {
            panic!("no bucket")
        };
        assert_eq!((&*bucket.name, &*bucket.prefix, &*bucket.region), ("square", "files/of", "us-east-1"));
        assert_eq!(bucket.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert!(!format!("{bucket:?}").contains("hidden-words"));
        for (setting, message) in [
            (
                ("MADANG_STORE_URL", "gs://b"),
                "MADANG_STORE_URL: must be s3://BUCKET or s3://BUCKET/PREFIX, not `gs://b`",
            ),
            (
                ("MADANG_STORE_URL", "s3://B"),
                "MADANG_STORE_URL: must be s3://BUCKET or s3://BUCKET/PREFIX, not `s3://B`",
            ),
        ] {
            assert_eq!(with(&[setting]).unwrap_err().to_string(), message);
        }
        let endless =
            with(&[("MADANG_STORE_URL", "s3://b"), ("AWS_ENDPOINT_URL", "minio:9000")]).unwrap_err();
        assert_eq!(
            endless.to_string(),
            "AWS_ENDPOINT_URL: must be an http:// or https:// address, not `minio:9000`"
        );
        let keyless = store(&[("MADANG_STORE_URL", "s3://b")]).unwrap_err();
        assert_eq!(keyless.to_string(), "AWS_ACCESS_KEY_ID: is missing, though MADANG_STORE_URL is set");
    }
}
