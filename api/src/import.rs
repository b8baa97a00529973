//! Importing from a file: line by line, bad lines named and passed over, safe to run again. Ideas here, members in
//! [`members`].

mod members;

use std::{fs::File, io::BufReader, path::Path, process::ExitCode, time::Instant};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::{
    Actor, Stamp,
    boards::Slug,
    ideas::{Body, Tags, Title, Words},
    text::Fault,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use persistence::{
    AloneWith, Database, Error,
    boards::{self, BoardRef},
    ideas::{self, NewIdea},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

pub use self::members::members;
use crate::{
    audit::Act, clock::random, config::Config, error::Failure, error::Wrong, language::Language, phrases,
    serve::StartError, serve::open_database,
};

/// A line of the file. Fields that are not here are refused by name, because a misspelt one would be lost unseen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    source_id: String,
    title: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    votes: i64,
    /// Becomes the first tag.
    #[serde(default)]
    category: Option<String>,
    /// Parted by commas.
    #[serde(default)]
    tags: Option<String>,
    /// A date in Korea, or a time.
    #[serde(default)]
    opened_on: Option<String>,
    /// Read and left: when another system stopped taking votes says nothing here.
    #[serde(default)]
    #[expect(dead_code, reason = "a known field of the format that has no meaning here")]
    closed_on: Option<String>,
}

/// An idea out of a line, ready to be stored.
#[derive(Clone)]
struct Ready {
    stamp: Stamp,
    /// When it is told, which is now and not when it was opened.
    told: Stamp,
    idea: NewIdea,
}

#[derive(Debug, Default, Clone, Copy)]
struct Summary {
    imported: usize,
    known: usize,
    bad: usize,
}

/// How many ideas are stored in one transaction.
const BATCH: usize = 50;

/// Imports the ideas of a JSONL or CSV file. Exit code 1 when some line was bad.
///
/// # Errors
/// [`StartError`] when the file or the board cannot be read or the database fails.
pub async fn ideas(config: &Config, file: &Path, board: &str, dry_run: bool) -> Result<ExitCode, StartError> {
    let started = Instant::now();
    let db = open_database(config)?;
    let slug = Slug::try_from(board).map_err(|_| StartError::Other(format!("`{board}` is no slug")))?;
    let slug = BoardRef::Slug(slug);
    let board =
        db.read(move |tx| boards::find(tx, &Actor::System, &slug)).await.map_err(|error| match error {
            Error::Missing => StartError::Other(format!("there is no board `{board}`")),
            error => Failure::from(error).into(),
        })?;
    let lines = read::<Line>(file)?;
    let bar = progress(lines.len());
    let mut summary = Summary::default();
    let mut ready: Vec<Ready> = Vec::with_capacity(BATCH);
    for (number, line) in &lines {
        bar.inc(1);
        if bar.is_hidden() && number % 1_000 == 0 {
            eprintln!("{number} lines");
        }
        let line = line.as_ref().map_err(Clone::clone);
        match line.and_then(|line| understood(line, *number, board.board.id, config.clock.now())) {
            Ok(idea) => ready.push(idea),
            Err(why) => {
                summary.bad += 1;
                bar.suspend(|| eprintln!("line {number}: {why}"));
            }
        }
        if ready.len() == BATCH {
            store(&db, std::mem::take(&mut ready), dry_run, &mut summary).await?;
        }
    }
    store(&db, ready, dry_run, &mut summary).await?;
    bar.finish_and_clear();
    let Summary { imported, known, bad } = summary;
    if !dry_run {
        let counts = json!({ "imported": imported, "known": known, "bad": bad });
        keep(&db, config, "import ideas", Some(board.board.id.uuid()), counts).await?;
    }
    let done = if dry_run { "would import" } else { "imported" };
    println!(
        "{done} {imported}, already there {known}, bad {bad}, in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Keeps in the audit log what an import did.
async fn keep(
    db: &Database,
    config: &Config,
    action: &'static str,
    subject: Option<Uuid>,
    counts: Value,
) -> Result<(), StartError> {
    let act = Act::new(action, None, config.clock.stamp().at);
    let kept = db.write(AloneWith::Nobody, move |tx| {
        act.keep_facts(tx, &Actor::System, subject, (None, Some(counts.clone())))
    });
    Ok(kept.await.map_err(Failure::from)?)
}

async fn store(
    db: &Database,
    ready: Vec<Ready>,
    dry_run: bool,
    summary: &mut Summary,
) -> Result<(), StartError> {
    let stored = db.write(AloneWith::Nobody, move |tx| {
        let mut imported = 0;
        for Ready { stamp, told, idea } in &ready {
            if ideas::has_source(tx, idea.board, idea.source_id.as_deref().unwrap_or(""))? {
                continue;
            }
            if !dry_run {
                ideas::insert(tx, stamp, told, idea)?;
            }
            imported += 1;
        }
        Ok((imported, ready.len() - imported))
    });
    let (imported, known) = stored.await.map_err(Failure::from)?;
    summary.imported += imported;
    summary.known += known;
    Ok(())
}

/// What each line of a file says, or why it cannot be read.
type Numbered<T> = Vec<(usize, Result<T, String>)>;

fn read<T: DeserializeOwned>(file: &Path) -> Result<Numbered<T>, StartError> {
    let unreadable = |error: std::io::Error| StartError::Other(format!("{}: {error}", file.display()));
    let source = BufReader::new(File::open(file).map_err(unreadable)?);
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => {
            let mut reader = csv::Reader::from_reader(source);
            let headers = reader.headers().map_err(|error| StartError::Other(error.to_string()))?.clone();
            let rows = reader.records().map(|record| {
                let place =
                    |error: &csv::Error| error.position().map_or(0, |position| position.line() as usize);
                let record = record.map_err(|error| (place(&error), error.to_string()));
                let line =
                    |record: &csv::StringRecord| record.position().map_or(0, csv::Position::line) as usize;
                match record {
                    Ok(record) => {
                        (line(&record), record.deserialize(Some(&headers)).map_err(|error| error.to_string()))
                    }
                    Err((number, why)) => (number, Err(why)),
                }
            });
            Ok(rows.collect())
        }
        Some("jsonl" | "ndjson") => {
            use std::io::BufRead as _;
            let lines = (1..).zip(source.split(b'\n'));
            let mut numbered = Vec::new();
            for (number, line) in lines {
                let line = line.map_err(unreadable)?;
                if !line.trim_ascii().is_empty() {
                    numbered.push((number, serde_json::from_slice(&line).map_err(|error| error.to_string())));
                }
            }
            Ok(numbered)
        }
        _ => Err(StartError::Other(format!("{}: must end in .jsonl or .csv", file.display()))),
    }
}

fn understood(
    line: &Line,
    number: usize,
    board: domain::BoardId,
    now: DateTime<Utc>,
) -> Result<Ready, String> {
    let wrong = |name: &'static str| move |fault: Fault| wrong(name, fault);
    let category = line.category.iter().map(String::as_str);
    let tags = line.tags.iter().flat_map(|tags| tags.split(',')).map(str::trim).filter(|tag| !tag.is_empty());
    let tags: Vec<&str> = category.chain(tags).collect();
    if line.source_id.trim().is_empty() {
        return Err("source_id: Is needed here.".to_owned());
    }
    if line.votes < 0 {
        return Err("votes: must be 0 or more.".to_owned());
    }
    let opened = line.opened_on.as_deref().map_or(Some(now), opened_at).ok_or("opened_on: is no date.")?;
    if opened > now {
        return Err("opened_on: lies in the future.".to_owned());
    }
    // Lines of one day keep their order, because ids are made of the time in milliseconds.
    let at = opened + TimeDelta::milliseconds(i64::try_from(number).unwrap_or(0) % 86_400_000);
    let words = Words {
        title: Title::try_from(&*line.title).map_err(wrong("title"))?,
        body: Body::try_from(&*line.body).map_err(wrong("body"))?,
        tags: Tags::try_from(tags.as_slice()).map_err(|(_, fault)| wrong("tags")(fault))?,
    };
    let source_id = Some(line.source_id.trim().to_owned());
    let idea = NewIdea { board, author: None, words, source_id, carried_votes: line.votes, held: false };
    Ok(Ready { stamp: Stamp::new(at, random()), told: Stamp::new(now, random()), idea })
}

/// What is wrong with a field, as the API says it.
fn wrong(name: &str, fault: Fault) -> String {
    format!("{name}: {}", phrases::of_field(&Wrong::Meaning(fault), Language::En).1)
}

/// A time, or the first moment of a day in Korea.
fn opened_at(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let korea = FixedOffset::east_opt(9 * 3_600)?;
    date.and_time(NaiveTime::MIN).and_local_timezone(korea).single().map(|time| time.to_utc())
}

fn progress(lines: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:30} {pos}/{len} lines").unwrap_or(ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(lines as u64), ProgressDrawTarget::stderr()).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: &str) -> Line {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_date_is_a_day_in_korea() {
        let at = opened_at("2017-08-25").unwrap();
        assert_eq!(at.to_rfc3339(), "2017-08-24T15:00:00+00:00");
        assert_eq!(opened_at("2017-08-25T00:00:00Z").unwrap().to_rfc3339(), "2017-08-25T00:00:00+00:00");
        assert_eq!(opened_at("yesterday"), None);
    }

    #[test]
    fn a_bad_line_says_what_is_bad() {
        let board = domain::BoardId::new(DateTime::UNIX_EPOCH, [0; 10]);
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let why = |json: &str| understood(&line(json), 1, board, now).err().unwrap();
        assert_eq!(why(r#"{"source_id":"1","title":""}"#), "title: Must have at least 1 characters.");
        assert_eq!(why(r#"{"source_id":"","title":"a"}"#), "source_id: Is needed here.");
        assert_eq!(why(r#"{"source_id":"1","title":"a","votes":-1}"#), "votes: must be 0 or more.");
        assert_eq!(why(r#"{"source_id":"1","title":"a","opened_on":"x"}"#), "opened_on: is no date.");
        assert_eq!(
            why(r#"{"source_id":"1","title":"a","opened_on":"2999-01-01"}"#),
            "opened_on: lies in the future."
        );
        assert!(serde_json::from_str::<Line>(r#"{"source_id":"1","titel":"a"}"#).is_err());
    }
}
