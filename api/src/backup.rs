//! `madang backup` and `madang restore`: the whole instance in one file, out of either database and into either.

mod archive;
mod ledger;
mod objects;

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    time::Instant,
};

use chrono::SubsecRound as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use persistence::{
    Location,
    backup::{self, Failed, Rows, Target},
};

use self::{
    archive::{Archive, FORMAT, Manifest, Part, TableEntry, Writer, of_file},
    ledger::{Closing, Ledger},
    objects::Objects,
};
use crate::{address_keys, config::Config, serve::StartError, tokens};

/// Writes everything into a new file, as it was at one moment; the server may go on serving.
///
/// # Errors
/// [`StartError::Failed`]; the file is then not there.
pub fn create(config: &Config, file: &Path) -> Result<(), StartError> {
    let started = Instant::now();
    let mut writer = Writer::create(file)?;
    let keys = tokens::kept(config)?;
    let objects = backup::snapshot(&config.database, |rows, migrations| {
        // A bucket that is away is better noticed now than after the rows.
        let objects = Objects::reached(config)?;
        let manifest = manifest(config, rows, migrations)?;
        writer.manifest(&manifest)?;
        if let Some(keys) = &keys {
            writer.keys(keys)?;
        }
        write_rows(&mut writer, rows, &manifest)?;
        Ok(objects)
    })?;
    // After the rows: an attachment that is in a row was there before it.
    for key in objects.list()? {
        // One that went meanwhile is in no row that stays.
        if let Some(content) = objects.get(&key)? {
            writer.object(&key, &content)?;
        }
    }
    let closing = writer.finish()?;
    let size = file.metadata().map_err(of_file(file))?.len();
    println!(
        "backed up {} to {} ({:.1} MB) in {}",
        held(&closing),
        file.display(),
        size as f64 / 1e6,
        took(started)
    );
    println!("content sha256 {}", closing.content());
    if config.signing_keys.is_some() {
        println!("the signing keys are in MADANG_SIGNING_KEYS, and not in this file: keep them too");
    }
    println!(
        "{} are not in this file, or it would tell where people live: keep them too",
        address_keys::whereabouts(config)
    );
    Ok(())
}

fn manifest(config: &Config, rows: &mut Rows<'_>, migrations: Vec<String>) -> Result<Manifest, Failed> {
    let entry = |rows: &mut Rows<'_>, table: &backup::Table| {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        Ok(TableEntry { name: table.name.clone(), rows: rows.count(table)?, columns })
    };
    let tables = rows.tables.clone().iter().map(|table| entry(rows, table)).collect::<Result<_, Failed>>()?;
    let from = match config.database {
        Location::Sqlite(_) => "sqlite",
        Location::Postgres(_) => "postgres",
    };
    let (madang, made_at) = (env!("CARGO_PKG_VERSION").to_owned(), config.clock.now().trunc_subsecs(0));
    Ok(Manifest { format: FORMAT, madang, made_at, from: from.to_owned(), migrations, tables })
}

fn write_rows(writer: &mut Writer, rows: &mut Rows<'_>, manifest: &Manifest) -> Result<(), Failed> {
    let progress = Progress::of(manifest.rows());
    for table in rows.tables.clone() {
        rows.read(&table, |line| {
            progress.count(1);
            writer.row(&table.name, line)
        })?;
        writer.end(&table.name)?;
        progress.done("read", &table.name);
    }
    progress.end();
    Ok(())
}

/// Reads a backup from end to end and stores nothing.
///
/// # Errors
/// [`StartError::Failed`] when anything is missing, or other than it says.
pub fn check(file: &Path) -> Result<(), StartError> {
    let mut archive = Archive::open(file)?;
    let progress = Progress::of(archive.manifest.rows());
    let closing = archive.parts(|part| {
        if let Part::Rows { lines, .. } = part {
            progress.count(lines.lines().count());
        }
        Ok(())
    })?;
    progress.end();
    let Manifest { madang, made_at, from, .. } = &archive.manifest;
    println!(
        "{} is whole: {}, made by Madang {madang} from {from}, {made_at}",
        file.display(),
        held(&closing)
    );
    println!("content sha256 {}", closing.content());
    Ok(())
}

/// Fills an empty database, and a data folder without keys, from a backup.
///
/// # Errors
/// [`StartError::Failed`]; database and folder are then as they were.
pub fn restore(config: &Config, file: &Path) -> Result<(), StartError> {
    let started = Instant::now();
    let mut archive = Archive::open(file)?;
    let mut files = Files { config, objects: Objects::reached(config)?, put: Vec::new(), keys_put: false };
    let origin = archive.manifest.origin();
    let mut closing = None;
    let restored = backup::restore(&config.database, &origin, |target| {
        closing = Some(fill(&mut archive, target, &mut files)?);
        Ok(())
    });
    if let Err(failed) = restored {
        files.take_back();
        return Err(failed.into());
    }
    if let Some(closing) = closing {
        println!("restored {} in {}", held(&closing), took(started));
        println!("content sha256 {}", closing.content());
    }
    Ok(())
}

/// Puts everything in, and looks whether it is there.
fn fill(archive: &mut Archive, target: &mut Target<'_>, files: &mut Files<'_>) -> Result<Closing, Failed> {
    let progress = Progress::of(2 * archive.manifest.rows());
    let closing = archive.parts(|part| match part {
        Part::Keys(keys) => files.put_keys(&keys),
        Part::Object { key, content } => files.put(key, content),
        Part::Rows { table, lines } => {
            target.insert(table, lines)?;
            progress.count(lines.lines().count());
            Ok(())
        }
    })?;
    progress.done("stored", "the rows");
    let mut found = Ledger::default();
    for table in closing.tables.keys() {
        found.table(table);
        target.read(table, |line| {
            progress.count(1);
            found.row(table, line);
            Ok(())
        })?;
    }
    let found = found.close();
    if let Some((table, _)) = closing.tables.iter().find(|(table, sum)| found.tables.get(*table) != Some(sum))
    {
        return Err(Failed::Halted(format!("{table}: what the database gives back is not what was put in")));
    }
    progress.done("compared", "the rows");
    progress.end();
    Ok(closing)
}

/// What is put beside the database, to be taken back when that fails.
struct Files<'a> {
    config: &'a Config,
    objects: Objects,
    put: Vec<String>,
    keys_put: bool,
}

impl Files<'_> {
    fn put(&mut self, key: &str, content: &[u8]) -> Result<(), Failed> {
        if self.objects.put(key, content)? {
            self.put.push(key.to_owned());
        }
        Ok(())
    }

    /// The keys go where there are none: others would be lost, and with them what they have signed.
    fn put_keys(&mut self, keys: &str) -> Result<(), Failed> {
        let halted = |error: crate::config::BadSetting| Failed::Halted(error.to_string());
        if self.config.signing_keys.is_some() {
            eprintln!("the signing keys of the backup are left out: MADANG_SIGNING_KEYS is set");
            return Ok(());
        }
        match tokens::kept(self.config).map_err(halted)? {
            Some(present) if present == keys => Ok(()),
            Some(_) => Err(Failed::Halted(format!(
                "{} has signing keys that are not those of the backup: move them away first",
                self.config.data_dir.display()
            ))),
            None => {
                self.keys_put = true;
                tokens::keep(self.config, keys).map_err(halted)
            }
        }
    }

    fn take_back(&self) {
        self.put.iter().for_each(|key| self.objects.remove(key));
        if self.keys_put {
            tokens::forget(self.config);
        }
    }
}

/// The path with more behind its name.
fn named_beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn held(closing: &Closing) -> String {
    let (tables, objects) = (closing.tables.len(), closing.objects.count);
    format!("{} rows of {tables} tables and {objects} attachments", closing.rows())
}

fn took(started: Instant) -> String {
    format!("{:.1} s", started.elapsed().as_secs_f64())
}

/// A bar on a terminal, and elsewhere a line for each table.
struct Progress(ProgressBar);

impl Progress {
    fn of(rows: u64) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} rows, {eta} left")
            .unwrap_or(ProgressStyle::default_bar());
        Self(ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr()).with_style(style))
    }

    fn count(&self, rows: usize) {
        self.0.inc(rows as u64);
    }

    fn done(&self, what: &str, of: &str) {
        if self.0.is_hidden() && !std::io::stderr().is_terminal() {
            eprintln!("{what} {of}: {} rows in all", self.0.position());
        }
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}
