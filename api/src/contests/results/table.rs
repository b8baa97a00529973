//! A result as tables for a spreadsheet.

use super::bodies::{ContestResultsBody, CutEntryBody, RankedEntryBody};
use crate::{
    error::Failure,
    spreadsheet::{joined, table, text},
};

/// # Errors
/// 500 when it cannot be written.
pub fn csv(body: &ContestResultsBody) -> Result<Vec<u8>, Failure> {
    let head = [
        "rank",
        "entry",
        "title",
        "names",
        "prize",
        "decided_by",
        "final",
        "jury",
        "public",
        "jury_rank",
        "public_rank",
        "theta",
        "se",
        "tied_with",
    ];
    let cut = ["round", "rank", "entry", "title", "theta", "se"];
    Ok(joined(&[
        table(head, body.entries.iter().map(entry))?,
        table(cut, body.cut.iter().map(cut_entry))?,
        table(["metric", "value"], facts(body).into_iter())?,
    ]))
}

fn maybe(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn entry(entry: &RankedEntryBody) -> [String; 14] {
    let rule = entry.decided_by.and_then(|rule| serde_json::to_value(rule).ok());
    [
        entry.rank.to_string(),
        text(&entry.entry),
        text(entry.title.as_deref().unwrap_or("")),
        text(&entry.names.join(", ")),
        text(entry.prize.as_ref().map_or("", |prize| &prize.name)),
        rule.as_ref().and_then(|rule| rule.as_str()).unwrap_or("").to_owned(),
        entry.total.to_string(),
        entry.jury.to_string(),
        maybe(entry.public),
        entry.jury_rank.to_string(),
        maybe(entry.public_rank),
        entry.theta.to_string(),
        entry.se.to_string(),
        text(&entry.tied_with.join(" ")),
    ]
}

fn cut_entry(entry: &CutEntryBody) -> [String; 6] {
    [
        entry.round.to_string(),
        entry.rank.to_string(),
        text(&entry.entry),
        text(entry.title.as_deref().unwrap_or("")),
        entry.theta.to_string(),
        entry.se.to_string(),
    ]
}

fn facts(body: &ContestResultsBody) -> [[String; 2]; 8] {
    let ballots = body.ballots.as_ref();
    [
        ("contest", text(&body.contest.title)),
        ("jury_weight", body.jury_weight.to_string()),
        ("judges", body.judges.to_string()),
        ("scores", body.scores.to_string()),
        ("ballots_counted", maybe(ballots.map(|ballots| ballots.counted))),
        ("ballots_held", maybe(ballots.map(|ballots| ballots.held))),
        ("ballots_rejected", maybe(ballots.map(|ballots| ballots.rejected))),
        ("icc", maybe(body.icc)),
    ]
    .map(|(name, value)| [name.to_owned(), value])
}
