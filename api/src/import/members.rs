//! Importing what the brand knows of its members: attributes by e-mail address. Nobody is made a member by it.

use std::{collections::BTreeMap, path::Path, process::ExitCode, time::Instant};

use domain::{
    Stamp,
    members::{Attribute, Email, Said, Source, clean_said},
};
use persistence::{AloneWith, AnyConnection, Database, Result as Rows, members as rows};
use serde_json::{Number, Value, json};

use super::{BATCH, Numbered, keep, progress, read, wrong};
use crate::{
    config::Config,
    error::Failure,
    serve::{StartError, open_database},
};

/// A line, ready to be stored.
#[derive(Clone)]
struct Ready {
    number: usize,
    stamp: Stamp,
    email: Email,
    said: Said,
}

/// What became of a line.
enum Outcome {
    Updated,
    /// The member had all of it already, or from an admin.
    Unchanged,
    Refused(String),
}

#[derive(Debug, Default, Clone, Copy)]
struct Summary {
    updated: usize,
    unchanged: usize,
    bad: usize,
}

/// Imports the attributes of a JSONL or CSV file with a column `email`. Exit code 1 when some line was bad.
///
/// # Errors
/// [`StartError`] when the file cannot be read or the database fails.
pub async fn members(config: &Config, file: &Path, dry_run: bool) -> Result<ExitCode, StartError> {
    let started = Instant::now();
    let db = open_database(config)?;
    let lines = lines(file)?;
    let bar = progress(lines.len());
    let mut summary = Summary::default();
    let mut ready: Vec<Ready> = Vec::with_capacity(BATCH);
    for (number, line) in lines {
        match line.and_then(|line| understood(line, number, config.clock.stamp())) {
            Ok(line) => ready.push(line),
            Err(why) => {
                summary.bad += 1;
                bar.suspend(|| eprintln!("line {number}: {why}"));
            }
        }
        if ready.len() == BATCH {
            store(&db, std::mem::take(&mut ready), dry_run, &mut summary).await?;
        }
        bar.inc(1);
    }
    store(&db, ready, dry_run, &mut summary).await?;
    bar.finish_and_clear();
    let Summary { updated, unchanged, bad } = summary;
    if !dry_run {
        let counts = json!({ "updated": updated, "unchanged": unchanged, "bad": bad });
        keep(&db, config, "import members", None, counts).await?;
    }
    let done = if dry_run { "would update" } else { "updated" };
    println!(
        "{done} {updated}, unchanged {unchanged}, bad {bad}, in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The cells of each line by the name of their column.
fn lines(file: &Path) -> Result<Numbered<BTreeMap<String, Value>>, StartError> {
    if file.extension().is_none_or(|extension| extension != "csv") {
        return read(file);
    }
    let rows = read::<BTreeMap<String, String>>(file)?;
    let valued = |row: BTreeMap<String, String>| {
        row.into_iter().filter_map(|(name, cell)| Some((name, value_of(cell)?))).collect()
    };
    Ok(rows.into_iter().map(|(number, row)| (number, row.map(valued))).collect())
}

/// What a cell of a CSV file means: a number where it is written as JSON writes one, so that `010` stays a text; an empty
/// cell says nothing.
fn value_of(cell: String) -> Option<Value> {
    match cell.as_str() {
        "" => None,
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        text => Some(serde_json::from_str::<Number>(text).map_or(Value::String(cell), Value::Number)),
    }
}

fn understood(line: BTreeMap<String, Value>, number: usize, stamp: Stamp) -> Result<Ready, String> {
    let mut line = line;
    let Some(Value::String(email)) = line.remove("email") else {
        return Err("email: Is needed here.".to_owned());
    };
    let email = Email::try_from(&*email).map_err(|fault| wrong("email", fault))?;
    let mut said = Said::new();
    for (name, value) in line {
        let value = match value {
            Value::Null => None,
            Value::String(text) => Some(Attribute::Text(text)),
            Value::Bool(flag) => Some(Attribute::Flag(flag)),
            Value::Number(number) => Some(Attribute::Number(number.as_f64().unwrap_or(f64::NAN))),
            Value::Array(_) | Value::Object(_) => return Err(format!("{name}: is no text, number or flag.")),
        };
        said.insert(name, value);
    }
    let said = clean_said(&said).map_err(|(name, fault)| wrong(&name, fault))?;
    Ok(Ready { number, stamp, email, said })
}

async fn store(
    db: &Database,
    ready: Vec<Ready>,
    dry_run: bool,
    summary: &mut Summary,
) -> Result<(), StartError> {
    let stored = db.write(AloneWith::Nobody, move |tx| {
        let store = |line: &Ready| Ok((line.number, store_line(tx, line, dry_run)?));
        ready.iter().map(store).collect::<Rows<Vec<_>>>()
    });
    for (number, outcome) in stored.await.map_err(Failure::from)? {
        match outcome {
            Outcome::Updated => summary.updated += 1,
            Outcome::Unchanged => summary.unchanged += 1,
            Outcome::Refused(why) => {
                summary.bad += 1;
                eprintln!("line {number}: {why}");
            }
        }
    }
    Ok(())
}

fn store_line(tx: &mut AnyConnection, line: &Ready, dry_run: bool) -> Rows<Outcome> {
    let Some((before, _)) = rows::find_by_email(tx, &line.email)? else {
        return Ok(Outcome::Refused("email: nobody has this address.".to_owned()));
    };
    let mut after = before.clone();
    if let Err(fault) = after.take_attributes(Source::Import, &line.said, line.stamp.at) {
        return Ok(Outcome::Refused(wrong("attributes", fault)));
    }
    if after == before {
        return Ok(Outcome::Unchanged);
    }
    if !dry_run {
        rows::update(tx, &line.stamp, &before, after)?;
    }
    Ok(Outcome::Updated)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_a_number_only_where_nothing_is_lost_by_it() {
        for (cell, value) in [
            ("12", json!(12)),
            ("-1.5", json!(-1.5)),
            ("010", json!("010")),
            ("+82", json!("+82")),
            ("NaN", json!("NaN")),
            ("true", json!(true)),
            ("True", json!("True")),
            ("2026-01-01", json!("2026-01-01")),
        ] {
            assert_eq!(value_of(cell.to_owned()), Some(value), "{cell}");
        }
        assert_eq!(value_of(String::new()), None);
    }

    #[test]
    fn a_bad_line_says_what_is_bad() {
        let stamp = Stamp::new(chrono::DateTime::UNIX_EPOCH, [0; 10]);
        let why = |line: Value| understood(serde_json::from_value(line).unwrap(), 1, stamp).err().unwrap();
        assert_eq!(why(json!({ "plan": "gold" })), "email: Is needed here.");
        assert_eq!(why(json!({ "email": "ana" })), "email: Is not a valid email.");
        assert_eq!(why(json!({ "email": "a@b.kr", "plan": ["gold"] })), "plan: is no text, number or flag.");
        let reserved = why(json!({ "email": "a@b.kr", "member.role": "admin" }));
        assert!(reserved.starts_with("member.role: "), "{reserved}");
    }
}
