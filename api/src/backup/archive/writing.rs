//! Writing a backup: beside its name first, and under it when it is whole.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use persistence::backup::Failed;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{ATTACHMENTS, CLOSING, KEYS, MANIFEST, MARK, Manifest, PART, TABLES, of_file};
use crate::backup::{
    ledger::{Closing, Ledger, hex},
    named_beside,
};

/// A backup that is being written. What is not finished goes.
pub struct Writer {
    tar: tar::Builder<Digested>,
    file: PathBuf,
    beside: PathBuf,
    made_at: u64,
    ledger: Ledger,
    /// The rows that wait to become a part, and how many parts their table has.
    waiting: String,
    parts: u32,
}

/// The file, and the hash of what was written to it.
struct Digested {
    to: BufWriter<File>,
    sha256: Sha256,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.sha256.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Writer {
    /// Begins a backup that is to have this name, which must be free.
    pub fn create(file: &Path) -> Result<Self, Failed> {
        ensure_free(file)?;
        let beside = named_beside(file, ".partial");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        // It holds hashes of passwords, and keys.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let to = options.open(&beside).map_err(of_file(&beside))?;
        match to.try_lock() {
            // Asked again, because another may just have finished: then this is its file.
            Ok(()) => ensure_free(file).and_then(|()| to.set_len(0).map_err(of_file(&beside)))?,
            Err(TryLockError::WouldBlock) => {
                return Err(Failed::Halted(format!("another backup is writing {}", beside.display())));
            }
            Err(TryLockError::Error(error)) => return Err(of_file(&beside)(error)),
        }
        let tar = tar::Builder::new(Digested { to: BufWriter::new(to), sha256: Sha256::new() });
        let (file, waiting) = (file.to_owned(), String::new());
        Ok(Self { tar, file, beside, made_at: 0, ledger: Ledger::default(), waiting, parts: 0 })
    }

    pub fn manifest(&mut self, manifest: &Manifest) -> Result<(), Failed> {
        self.made_at = u64::try_from(manifest.made_at.timestamp()).unwrap_or(0);
        self.json(MANIFEST, manifest)
    }

    pub fn keys(&mut self, keys: &str) -> Result<(), Failed> {
        self.entry(KEYS, keys.as_bytes())
    }

    /// Adds a row of a table; one table follows the other.
    pub fn row(&mut self, table: &str, line: &str) -> Result<(), Failed> {
        self.ledger.row(table, line);
        self.waiting.push_str(line);
        self.waiting.push('\n');
        if self.waiting.len() < PART { Ok(()) } else { self.part(table) }
    }

    /// Ends a table.
    pub fn end(&mut self, table: &str) -> Result<(), Failed> {
        self.ledger.table(table);
        if !self.waiting.is_empty() {
            self.part(table)?;
        }
        self.parts = 0;
        Ok(())
    }

    fn part(&mut self, table: &str) -> Result<(), Failed> {
        self.parts += 1;
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        let packed = packed.write_all(self.waiting.as_bytes()).and_then(|()| packed.finish());
        let packed = packed.map_err(of_file(&self.beside))?;
        self.waiting.clear();
        self.entry(&format!("{TABLES}{table}/{:06}.jsonl.gz", self.parts), &packed)
    }

    /// Adds the file of an attachment.
    pub fn object(&mut self, key: &str, content: &[u8]) -> Result<(), Failed> {
        self.ledger.object(key, content);
        self.entry(&format!("{ATTACHMENTS}{key}"), content)
    }

    /// Writes what everything came to, and gives the file its name.
    pub fn finish(mut self) -> Result<Closing, Failed> {
        let closing = std::mem::take(&mut self.ledger).close();
        self.json(CLOSING, &closing)?;
        ensure_free(&self.file)?;
        self.seal().map_err(of_file(&self.beside))?;
        Ok(closing)
    }

    fn seal(&mut self) -> io::Result<()> {
        self.tar.finish()?;
        let digested = self.tar.get_mut();
        let sum = hex(digested.sha256.clone());
        digested.to.write_all(format!("{MARK}{sum}\n").as_bytes())?;
        digested.to.flush()?;
        digested.to.get_ref().sync_all()?;
        fs::rename(&self.beside, &self.file)?;
        // The name itself is to survive a power cut.
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn json(&mut self, name: &str, value: &impl Serialize) -> Result<(), Failed> {
        let text = serde_json::to_vec_pretty(value).map_err(|error| Failed::Halted(error.to_string()))?;
        self.entry(name, &text)
    }

    fn entry(&mut self, name: &str, content: &[u8]) -> Result<(), Failed> {
        let failed = of_file(&self.beside);
        let mut header = tar::Header::new_ustar();
        header.set_path(name).map_err(&failed)?;
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.made_at);
        header.set_cksum();
        self.tar.append(&header, content).map_err(failed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Gone already when it was finished.
        let _ = fs::remove_file(&self.beside);
    }
}

fn ensure_free(file: &Path) -> Result<(), Failed> {
    match file.try_exists() {
        Ok(false) => Ok(()),
        Ok(true) => Err(Failed::Halted(format!("{} is there already, and stays as it is", file.display()))),
        Err(error) => Err(of_file(file)(error)),
    }
}
