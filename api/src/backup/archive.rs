//! The file of a backup: a tar of JSON, which ordinary tools can look into, and a checksum of it behind.
//!
//! First `manifest.json`, then `data/signing-keys`, the rows as `tables/NAME/000001.jsonl.gz` and on, `attachments/KEY`, and
//! last `closing.json`. The last line of the file is the SHA-256 of every byte before it, so what is missing or changed
//! anywhere is noticed before anything is read.

mod reading;
mod writing;

use std::{io, path::Path};

use chrono::{DateTime, Utc};
use persistence::backup::{Failed, Origin};
use serde::{Deserialize, Serialize};

pub use self::{
    reading::{Archive, Part},
    writing::Writer,
};

/// The form of the file. A release reads those up to its own.
pub const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";
const KEYS: &str = "data/signing-keys";
const TABLES: &str = "tables/";
const ATTACHMENTS: &str = "attachments/";
const CLOSING: &str = "closing.json";
/// What stands before the checksum, in the last line.
const MARK: &str = "sha256:";
/// The length of the last line.
const LAST_LINE: u64 = MARK.len() as u64 + 64 + 1;
/// How many bytes of rows make a part. One row more may be in it.
const PART: usize = 1 << 20;
/// A part with more is none of ours, and would fill the memory.
pub const MOST: u64 = 64 << 20;

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The release that made it.
    pub madang: String,
    pub made_at: DateTime<Utc>,
    /// The kind of database it was taken from.
    pub from: String,
    pub migrations: Vec<String>,
    pub tables: Vec<TableEntry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TableEntry {
    pub name: String,
    pub rows: u64,
    /// In the order of the values of a row.
    pub columns: Vec<String>,
}

impl Manifest {
    pub fn origin(&self) -> Origin {
        let tables = self.tables.iter().map(|table| (table.name.clone(), table.columns.clone()));
        Origin { migrations: self.migrations.clone(), tables: tables.collect() }
    }

    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// A failure with a file, in words.
pub fn of_file(path: &Path) -> impl Fn(io::Error) -> Failed + use<> {
    let path = path.display().to_string();
    move |error| Failed::Halted(format!("{path}: {error}"))
}
