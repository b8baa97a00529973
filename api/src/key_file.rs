//! Keys in the data folder, a line each, and in settings: `id:base64url`. The first is the one that is used, all are known.

use std::{fs, io::Write as _, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{clock::random, config::BadSetting};

/// A new key under a new id.
pub fn new_key() -> String {
    format!("{}:{}", URL_SAFE_NO_PAD.encode(random::<6>()), URL_SAFE_NO_PAD.encode(random::<32>()))
}

/// The keys of a text, each with its id; there is at least one, and none is shorter than 32 bytes.
///
/// # Errors
/// [`BadSetting`] of this name.
pub fn parsed(name: &'static str, text: &str) -> Result<Vec<(String, Vec<u8>)>, BadSetting> {
    let bad = |why: &str| BadSetting::Value { name, why: why.to_owned() };
    let mut keys = Vec::new();
    for part in text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let (id, secret) = part.split_once(':').ok_or_else(|| bad("must be id:base64url,…"))?;
        // As `openssl rand -base64 32` writes it, too.
        let secret = secret.trim_end_matches('=').replace('+', "-").replace('/', "_");
        let secret = URL_SAFE_NO_PAD.decode(secret).map_err(|_| bad("holds a key that is not base64url"))?;
        if secret.len() < 32 {
            return Err(bad("holds a key of fewer than 32 bytes"));
        }
        keys.push((id.to_owned(), secret));
    }
    if keys.is_empty() { Err(bad("holds no key")) } else { Ok(keys) }
}

/// The keys in a file, where one is made when there is none.
///
/// # Errors
/// [`BadSetting`] when the file cannot be read or made.
pub fn read_or_make(path: &Path) -> Result<String, BadSetting> {
    if let Some(keys) = read(path)? {
        return Ok(keys);
    }
    write(path, &new_key(), Replace::No)?;
    // Another process may have been first: what stands in the file counts.
    fs::read_to_string(path).map_err(|error| unusable(path, &error))
}

/// The keys in a file, if it is there.
///
/// # Errors
/// [`BadSetting`] when it cannot be read.
pub fn read(path: &Path) -> Result<Option<String>, BadSetting> {
    match fs::read_to_string(path) {
        Ok(keys) => Ok(Some(keys)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(path, &error)),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> BadSetting {
    BadSetting::Value { name: "MADANG_DATA_DIR", why: format!("cannot use {}: {error}", path.display()) }
}

/// Whether a file that is there gives way.
#[derive(Clone, Copy)]
pub enum Replace {
    Yes,
    No,
}

/// Written beside and moved into place, readable by the owner alone: nobody ever reads half a file.
///
/// # Errors
/// [`BadSetting`] when it cannot be written.
pub fn write(path: &Path, keys: &str, replace: Replace) -> Result<(), BadSetting> {
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(keys.as_bytes())?;
        file.sync_all()?;
        match replace {
            Replace::Yes => fs::rename(beside, path),
            Replace::No => {
                let linked = fs::hard_link(&beside, path);
                fs::remove_file(beside)?;
                linked.or_else(|error| if path.exists() { Ok(()) } else { Err(error) })
            }
        }
    };
    write().map_err(|error| unusable(path, &error))
}
