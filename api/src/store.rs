//! The store: the bytes of attachments, in a folder or in a bucket.

mod signing;

use std::{fs, ops::Range, sync::Arc, time::Duration};

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use domain::AttachmentId;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::{
    ClientOptions, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, RetryConfig,
    aws::AmazonS3Builder, local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use uuid::Uuid;

use crate::{
    config::{BadSetting, Bucket, Config, StoreSettings},
    error::{Code, Failure},
};

/// The bytes of attachments. What is kept under a key never changes.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
}

/// The name of an object: of an attachment, or of its small copy. Nothing that somebody sent is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Content(AttachmentId),
    Thumbnail(AttachmentId),
}

const THUMBNAIL: &str = ".thumbnail";

impl Key {
    /// Parted into 256 folders, by the part of an id that is chance.
    fn path(self) -> Path {
        let (id, end) = match self {
            Self::Content(id) => (id, ""),
            Self::Thumbnail(id) => (id, THUMBNAIL),
        };
        Path::from(format!("{:02x}/{id}{end}", id.uuid().as_bytes()[14]))
    }

    /// The attachment of an object, if that is what it is.
    fn attachment_of(path: &Path) -> Option<AttachmentId> {
        let name = path.filename()?;
        let id = AttachmentId::from(Uuid::try_parse(name.strip_suffix(THUMBNAIL).unwrap_or(name)).ok()?);
        [Self::Content(id), Self::Thumbnail(id)].iter().any(|key| key.path() == *path).then_some(id)
    }
}

impl Store {
    /// The store of a configuration. A folder is made when it is not there; a bucket is not asked yet.
    ///
    /// # Errors
    /// [`BadSetting`].
    pub fn open(config: &Config) -> Result<Self, BadSetting> {
        match &config.store {
            StoreSettings::Folder => {
                let folder = config.data_dir.join("attachments");
                let unusable = |why: String| BadSetting::Value {
                    name: "MADANG_DATA_DIR",
                    why: format!("cannot use {}: {why}", folder.display()),
                };
                fs::create_dir_all(&folder).map_err(|error| unusable(error.to_string()))?;
                let files = LocalFileSystem::new_with_prefix(&folder);
                // What was stored must be there after a power cut, as its row is.
                let files = files.map_err(|error| unusable(error.to_string()))?.with_fsync(true);
                Ok(Self { objects: Arc::new(files) })
            }
            StoreSettings::Bucket(bucket) => of_bucket(bucket),
        }
    }

    /// What is under the rows of attachments, as a backup sees it.
    pub(crate) fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// # Errors
    /// 503 when the store is full or away; then there is nothing under the key.
    pub async fn put(&self, key: Key, bytes: Bytes) -> Result<(), Failure> {
        self.objects.put(&key.path(), bytes.into()).await.map(drop).map_err(away)
    }

    /// All of it.
    ///
    /// # Errors
    /// 503 when the store is away, 500 when there is nothing under the key.
    pub async fn get(&self, key: Key) -> Result<Bytes, Failure> {
        let found = self.objects.get(&key.path()).await.map_err(away)?;
        found.bytes().await.map_err(away)
    }

    /// A part of it, as it comes.
    ///
    /// # Errors
    /// As [`Store::get`]; what breaks off later ends the stream.
    pub async fn read(
        &self,
        key: Key,
        part: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, Failure>> + use<>, Failure> {
        let options = GetOptions { range: Some(GetRange::Bounded(part)), ..GetOptions::default() };
        let found = self.objects.get_opts(&key.path(), options).await.map_err(away)?;
        Ok(found.into_stream().map_err(away))
    }

    /// Takes an attachment and its small copy out; what is not there is gone already.
    ///
    /// # Errors
    /// 503 when the store is away.
    pub async fn delete(&self, id: AttachmentId) -> Result<(), Failure> {
        for key in [Key::Content(id), Key::Thumbnail(id)] {
            match self.objects.delete(&key.path()).await {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(away(error)),
            }
        }
        Ok(())
    }

    /// The attachments that have objects last written before `before`, in chunks of up to `most`. One with a small copy may
    /// come twice.
    pub fn written_before(
        &self,
        before: DateTime<Utc>,
        most: usize,
    ) -> impl Stream<Item = Result<Vec<AttachmentId>, Failure>> + use<> {
        let old = self.objects.list(None).map_err(away).try_filter_map(move |object| {
            let found = Key::attachment_of(&object.location).filter(|_| object.last_modified < before);
            std::future::ready(Ok(found))
        });
        old.chunks(most).map(|ids| ids.into_iter().collect())
    }
}

fn of_bucket(bucket: &Bucket) -> Result<Store, BadSetting> {
    let client = ClientOptions::new()
        // Of one's own network, where there may be no TLS.
        .with_allow_http(true)
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(Duration::from_secs(60));
    let retries =
        RetryConfig { max_retries: 2, retry_timeout: Duration::from_secs(10), ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.key_id)
        .with_secret_access_key(bucket.key.reveal())
        .with_crypto_provider(Arc::new(signing::RustCrypto))
        .with_client_options(client)
        .with_retry(retries)
        // Not every server that speaks as S3 does has it.
        .with_disable_bulk_delete(true);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    let objects = builder
        .build()
        .map_err(|error| BadSetting::Value { name: "MADANG_STORE_URL", why: error.to_string() })?;
    Ok(Store { objects: Arc::new(PrefixStore::new(objects, Path::from(bucket.prefix.as_str()))) })
}

/// What a store says of itself is for the log alone.
fn away(error: Error) -> Failure {
    match error {
        Error::NotFound { path, .. } => Failure::internal(format!("the store has no {path}")),
        error => Failure { retry_after: Some(5), ..Failure::new(Code::Unavailable) }.caused_by(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_known_by_its_name() {
        let id = AttachmentId::from(Uuid::from_u128(0x0123_4567_89ab_7def_8123_4567_89ab_cdef));
        assert_eq!(Key::Content(id).path().as_ref(), "cd/01234567-89ab-7def-8123-456789abcdef");
        for key in [Key::Content(id), Key::Thumbnail(id)] {
            assert_eq!(Key::attachment_of(&key.path()), Some(id));
        }
        for strange in ["cd/README", "ab/01234567-89ab-7def-8123-456789abcdef", ""] {
            assert_eq!(Key::attachment_of(&Path::from(strange)), None);
        }
    }
}
