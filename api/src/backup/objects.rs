//! The files of attachments, which stand beside the rows, in a folder or in a bucket.

use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::{Error, ObjectStore, ObjectStoreExt as _, path::Path};
use persistence::backup::Failed;
use tokio::runtime::Handle;

use super::archive::MOST;
use crate::{config::Config, store::Store};

/// What the store holds, each under its key: names of letters, digits, `.`, `_` and `-`, parted by `/`.
///
/// Its methods wait, so they belong on a thread that may.
pub struct Objects {
    of: Arc<dyn ObjectStore>,
    runtime: Handle,
}

impl Objects {
    /// The store of a configuration, if it answers.
    pub fn reached(config: &Config) -> Result<Self, Failed> {
        let store = Store::open(config).map_err(|error| Failed::Halted(error.to_string()))?;
        let objects = Self { of: store.objects().clone(), runtime: Handle::current() };
        objects.runtime.block_on(objects.of.list(None).try_next()).map_err(away)?;
        Ok(objects)
    }

    /// The keys of all, in their order.
    pub fn list(&self) -> Result<Vec<String>, Failed> {
        let mut found = Vec::new();
        self.runtime.block_on(async {
            let mut all = self.of.list(None);
            while let Some(object) = all.next().await {
                let object = object.map_err(away)?;
                if object.size > MOST {
                    let (key, size) = (object.location, object.size);
                    let why = format!("attachment {key} has {size} bytes, and is none of ours");
                    return Err(Failed::Halted(why));
                }
                // What has another name was put there by somebody else, and could not be put back.
                found.extend(Some(object.location.to_string()).filter(|key| is_key(key)));
            }
            Ok(())
        })?;
        found.sort();
        Ok(found)
    }

    /// What is under a key; none where it went.
    pub fn get(&self, key: &str) -> Result<Option<Bytes>, Failed> {
        let path = path(key)?;
        let got = self.runtime.block_on(async { self.of.get(&path).await?.bytes().await });
        match got {
            Ok(content) => Ok(Some(content)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(key, error)),
        }
    }

    /// Puts content under a key, unless it is there already; says whether it had to.
    pub fn put(&self, key: &str, content: &[u8]) -> Result<bool, Failed> {
        match self.get(key)? {
            Some(present) if present == content => return Ok(false),
            Some(_) => return Err(failed(key, "another file is there already")),
            None => {}
        }
        let content = Bytes::copy_from_slice(content);
        let put = self.runtime.block_on(self.of.put(&path(key)?, content.into()));
        put.map(|_| true).map_err(|error| failed(key, error))
    }

    pub fn remove(&self, key: &str) {
        // What is left belongs to no row, and goes with other such files.
        let _ = path(key).map(|path| self.runtime.block_on(self.of.delete(&path)));
    }
}

/// A key never leads out of the store.
fn path(key: &str) -> Result<Path, Failed> {
    match is_key(key) {
        true => Ok(Path::from(key)),
        false => Err(Failed::Halted(format!("`{key}` is no key of an attachment"))),
    }
}

fn is_key(key: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_name = |name: &str| !name.is_empty() && !name.starts_with('.') && name.bytes().all(fits);
    key.split('/').all(is_name)
}

fn away(error: Error) -> Failed {
    Failed::Halted(format!("the store of attachments: {error}"))
}

fn failed(key: &str, why: impl std::fmt::Display) -> Failed {
    Failed::Halted(format!("attachment {key}: {why}"))
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[test]
    fn what_is_under_a_key_stays() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let objects = Objects { of: Arc::new(InMemory::new()), runtime: runtime.handle().clone() };
        assert!(objects.list().unwrap().is_empty() && objects.get("01/a").unwrap().is_none());
        assert!(objects.put("01/a", b"same").unwrap());
        assert!(!objects.put("01/a", b"same").unwrap());
        for other in ["", "sam", "samE", "same "] {
            let why = objects.put("01/a", other.as_bytes()).unwrap_err().to_string();
            assert_eq!(why, "attachment 01/a: another file is there already", "{other}");
        }
        assert!(objects.put("00/b", b"").unwrap());
        assert_eq!(objects.list().unwrap(), ["00/b", "01/a"]);
        objects.remove("01/a");
        assert_eq!(objects.list().unwrap(), ["00/b"]);
    }

    #[test]
    fn a_key_never_leads_out_of_the_store() {
        for key in
            ["", ".", "..", "../x", "a/../x", "/etc/passwd", "a//b", "a/", "a\\b", "ㄱ", "a\0", ".hidden"]
        {
            assert!(path(key).is_err(), "{key}");
        }
        assert_eq!(path("01/a-b_c.png").unwrap().as_ref(), "01/a-b_c.png");
    }
}
