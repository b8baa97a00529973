//! Reading a backup, of which nothing is believed before the checksum.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek as _},
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use persistence::backup::Failed;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{ATTACHMENTS, CLOSING, FORMAT, KEYS, LAST_LINE, MANIFEST, MARK, MOST, Manifest, TABLES, of_file};
use crate::backup::ledger::{Closing, Ledger, hex};

/// A backup that is whole.
pub struct Archive {
    path: PathBuf,
    file: File,
    pub manifest: Manifest,
}

/// A piece of it.
pub enum Part<'a> {
    Keys(String),
    /// Rows of a table, each on a line.
    Rows {
        table: &'a str,
        lines: &'a str,
    },
    /// The file of an attachment.
    Object {
        key: &'a str,
        content: &'a [u8],
    },
}

impl Archive {
    /// Opens a backup and reads it from end to end: what is cut off or changed is refused here.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        let mut file = File::open(path).map_err(of_file(path))?;
        let manifest = manifest(path, &mut file)?;
        ensure_whole(&mut file)
            .map_err(of_file(path))?
            .then_some(Self { path: path.to_owned(), file, manifest })
            .ok_or_else(|| {
                Failed::Halted(format!("{} is damaged or not whole: its checksum is wrong", path.display()))
            })
    }

    /// Gives every part in its order, and what all of them come to.
    pub fn parts(&mut self, mut take: impl FnMut(Part<'_>) -> Result<(), Failed>) -> Result<Closing, Failed> {
        let failed = of_file(&self.path);
        self.file.rewind().map_err(&failed)?;
        let mut ledger = Ledger::default();
        self.manifest.tables.iter().for_each(|table| ledger.table(&table.name));
        let mut tar = tar::Archive::new(BufReader::with_capacity(1 << 20, &self.file));
        let mut closing: Option<Closing> = None;
        for entry in tar.entries().map_err(&failed)?.raw(true) {
            let mut entry = entry.map_err(&failed)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if name == KEYS {
                take(Part::Keys(text(&mut entry).map_err(&failed)?))?;
            } else if name == CLOSING {
                closing = Some(json(&mut entry).map_err(&failed)?);
            } else if let Some((table, _)) = name.strip_prefix(TABLES).and_then(|rest| rest.split_once('/')) {
                let lines = text(&mut GzDecoder::new(entry)).map_err(&failed)?;
                lines.lines().for_each(|line| ledger.row(table, line));
                take(Part::Rows { table, lines: &lines })?;
            } else if let Some(key) = name.strip_prefix(ATTACHMENTS) {
                let content = bytes(&mut entry).map_err(&failed)?;
                take(Part::Object { key, content: &content })?;
                ledger.object(key, &content);
            } else if name != MANIFEST {
                return Err(Failed::Halted(format!(
                    "{}: {name} is no part of a backup",
                    self.path.display()
                )));
            }
        }
        match closing.filter(|closing| *closing == ledger.close()) {
            Some(closing) => Ok(closing),
            None => Err(Failed::Halted(format!("{} does not hold what it says", self.path.display()))),
        }
    }
}

/// The first part, and whether this release can read the others.
fn manifest(path: &Path, file: &mut File) -> Result<Manifest, Failed> {
    #[derive(Deserialize)]
    struct Form {
        format: u32,
        madang: String,
    }
    let no_backup = || Failed::Halted(format!("{} is no backup of Madang", path.display()));
    let text = first(file).ok().flatten().ok_or_else(no_backup)?;
    let Form { format, madang } = serde_json::from_str(&text).map_err(|_| no_backup())?;
    if format > FORMAT {
        let (path, own) = (path.display(), env!("CARGO_PKG_VERSION"));
        let why = format!(
            "{path} was made by Madang {madang}, in a form that {own} does not know: use the newer release"
        );
        return Err(Failed::Halted(why));
    }
    serde_json::from_str(&text).map_err(|_| no_backup())
}

fn first(file: &mut File) -> io::Result<Option<String>> {
    let mut tar = tar::Archive::new(file);
    // Raw, because what only looks like a tar may have a name as long as the memory.
    let Some(entry) = tar.entries()?.raw(true).next() else { return Ok(None) };
    let mut entry = entry?;
    if *entry.path_bytes() != *MANIFEST.as_bytes() {
        return Ok(None);
    }
    text(&mut entry).map(Some)
}

/// Whether the last line is the checksum of all before it.
fn ensure_whole(file: &mut File) -> io::Result<bool> {
    let Some(length) = file.metadata()?.len().checked_sub(LAST_LINE) else { return Ok(false) };
    file.rewind()?;
    let mut source = BufReader::with_capacity(1 << 20, file);
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut before = source.by_ref().take(length);
    loop {
        match before.read(&mut buffer)? {
            0 => break,
            read => sha256.update(&buffer[..read]),
        }
    }
    let mut last = Vec::new();
    source.take(LAST_LINE + 1).read_to_end(&mut last)?;
    Ok(last == format!("{MARK}{}\n", hex(sha256)).into_bytes())
}

fn bytes(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a part is longer than any of ours"));
    }
    Ok(bytes)
}

fn text(source: &mut impl Read) -> io::Result<String> {
    String::from_utf8(bytes(source)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn json<T: DeserializeOwned>(source: &mut impl Read) -> io::Result<T> {
    Ok(serde_json::from_str(&text(source)?)?)
}
