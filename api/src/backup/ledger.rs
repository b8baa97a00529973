//! What a backup holds, counted and hashed: the same of equal content, whichever database it is in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Rows and objects as they pass.
#[derive(Default)]
pub struct Ledger {
    tables: BTreeMap<String, (u64, Sha256)>,
    objects: (u64, u64, Sha256),
}

/// The last part of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    pub tables: BTreeMap<String, TableSum>,
    pub objects: ObjectSum,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    pub rows: u64,
    /// Of the rows, each with a line feed behind it.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectSum {
    pub count: u64,
    pub bytes: u64,
    /// Of a line for each: key, size and SHA-256.
    pub sha256: String,
}

impl Ledger {
    /// A table, which may have no row.
    pub fn table(&mut self, table: &str) {
        if !self.tables.contains_key(table) {
            self.tables.insert(table.to_owned(), Default::default());
        }
    }

    pub fn row(&mut self, table: &str, line: &str) {
        self.table(table);
        if let Some((rows, sha256)) = self.tables.get_mut(table) {
            *rows += 1;
            sha256.update(line);
            sha256.update("\n");
        }
    }

    pub fn object(&mut self, key: &str, content: &[u8]) {
        let (count, all, sha256) = &mut self.objects;
        *count += 1;
        *all += content.len() as u64;
        let own = hex(Sha256::new_with_prefix(content));
        sha256.update(format!("{key} {} {own}\n", content.len()));
    }

    pub fn close(self) -> Closing {
        let sum = |(table, (rows, sha256)): (String, (u64, Sha256))| {
            (table, TableSum { rows, sha256: hex(sha256) })
        };
        let (count, bytes, sha256) = self.objects;
        Closing {
            tables: self.tables.into_iter().map(sum).collect(),
            objects: ObjectSum { count, bytes, sha256: hex(sha256) },
        }
    }
}

impl Closing {
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.rows).sum()
    }

    /// One hash of everything: equal where the content is.
    pub fn content(&self) -> String {
        let mut all = Sha256::new();
        for (name, TableSum { rows, sha256 }) in &self.tables {
            all.update(format!("{name} {rows} {sha256}\n"));
        }
        let ObjectSum { count, bytes, sha256 } = &self.objects;
        all.update(format!("{count} {bytes} {sha256}\n"));
        hex(all)
    }
}

/// A digest in base 16.
pub fn hex(digest: Sha256) -> String {
    domain::digest::hex(digest.finalize())
}
