//! The files of attachments, which stand beside the rows. This is all that a backup knows of where they are kept.

use std::{
    fs::{self, File},
    io::{self, BufReader, ErrorKind, Read},
    path::{Path, PathBuf},
};

use super::named_beside;
use persistence::backup::Failed;

use crate::config::{Config, StoreSettings};

/// The folder with the files, each under its key: names of letters, digits, `.`, `_` and `-`, parted by `/`.
pub struct Objects {
    folder: PathBuf,
}

impl Objects {
    /// # Errors
    /// Where attachments are in a bucket: they are not copied yet, and half a backup would be none.
    pub fn of(config: &Config) -> Result<Self, Failed> {
        match config.store {
            StoreSettings::Folder => Ok(Self { folder: config.data_dir.join("attachments") }),
            StoreSettings::Bucket(_) => Err(Failed::Halted(
                "attachments are in a bucket (MADANG_STORE_URL), which is neither copied nor filled yet: \
                 copy it with the tools of your storage into the folder `attachments`, and unset MADANG_STORE_URL"
                    .to_owned(),
            )),
        }
    }

    /// The key and the size of each, by key.
    pub fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        match gather(&self.folder, "", &mut found) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(()) => {
                found.sort();
                Ok(found)
            }
        }
    }

    /// What is under a key; none where it went.
    pub fn open(&self, key: &str) -> io::Result<Option<impl Read + use<>>> {
        match File::open(self.path(key)?) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts content under a key, unless it is there already; says whether it had to.
    pub fn put(&self, key: &str, content: &mut impl Read) -> io::Result<bool> {
        let path = self.path(key)?;
        if let Some(present) = self.open(key)? {
            return match same(present, content)? {
                true => Ok(false),
                false => Err(io::Error::new(ErrorKind::AlreadyExists, "another file is there already")),
            };
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // No key has this name, so what is under one is whole.
        let beside = named_beside(&path, "#new");
        let put = File::create(&beside)
            .and_then(|mut file| io::copy(content, &mut file).and_then(|_| file.sync_all()))
            .and_then(|()| fs::rename(&beside, path));
        if put.is_err() {
            // Nobody looks for it.
            let _ = fs::remove_file(beside);
        }
        put.map(|()| true)
    }

    pub fn remove(&self, key: &str) {
        // What is left belongs to no row, and goes with other such files.
        let _ = self.path(key).and_then(fs::remove_file);
    }

    /// A key never leads out of the folder.
    fn path(&self, key: &str) -> io::Result<PathBuf> {
        if key.split('/').all(is_name) {
            Ok(self.folder.join(key))
        } else {
            Err(io::Error::new(ErrorKind::InvalidInput, format!("`{key}` is no key of an attachment")))
        }
    }
}

fn same(one: impl Read, other: &mut impl Read) -> io::Result<bool> {
    let (mut one, mut other) = (BufReader::new(one).bytes(), BufReader::new(other).bytes());
    loop {
        match (one.next().transpose()?, other.next().transpose()?) {
            (None, None) => return Ok(true),
            (a, b) if a != b => return Ok(false),
            _ => {}
        }
    }
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(fits)
}

fn gather(folder: &Path, under: &str, found: &mut Vec<(String, u64)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What has another name is being written and not there yet.
        let Some(name) = entry.file_name().to_str().filter(|name| is_name(name)).map(str::to_owned) else {
            continue;
        };
        let key = if under.is_empty() { name } else { format!("{under}/{name}") };
        let about = entry.metadata()?;
        if about.is_dir() {
            gather(&entry.path(), &key, found)?;
        } else {
            found.push((key, about.len()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_a_key_stays_and_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects { folder: folder.path().join("attachments") };
        assert!(objects.list().unwrap().is_empty() && objects.open("01/a").unwrap().is_none());
        assert!(objects.put("01/a", &mut b"same".as_slice()).unwrap());
        assert!(!objects.put("01/a", &mut b"same".as_slice()).unwrap());
        for other in ["", "sam", "samE", "same "] {
            let error = objects.put("01/a", &mut other.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{other}");
        }
        let broken = &mut b"half".chain(Broken);
        assert!(objects.put("01/b", broken).is_err());
        assert_eq!(objects.list().unwrap(), [("01/a".to_owned(), 4)]);
        assert_eq!(fs::read_dir(objects.folder.join("01")).unwrap().count(), 1);
    }

    /// What cannot be read.
    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }

    #[test]
    fn a_key_never_leads_out_of_the_folder() {
        let objects = Objects { folder: "data/attachments".into() };
        for key in
            ["", ".", "..", "../x", "a/../x", "/etc/passwd", "a//b", "a/", "a\\b", "ㄱ", "a\0", ".hidden"]
        {
            assert!(objects.path(key).is_err(), "{key}");
        }
        assert_eq!(objects.path("01/a-b_c.png").unwrap(), Path::new("data/attachments/01/a-b_c.png"));
    }
}
