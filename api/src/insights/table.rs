//! The numbers as CSV, for a spreadsheet: one number on a line, then the weeks, then the ideas that wait.

use super::bodies::LoopBody;
use crate::{
    error::Failure,
    spreadsheet::{joined, table, text},
};

/// The numbers as CSV (RFC 4180); three tables with an empty line between them.
///
/// # Errors
/// 500 when it cannot be written.
pub(super) fn csv(body: &LoopBody) -> Result<Vec<u8>, Failure> {
    let parts = [
        table(["metric", "value"], metrics(body).map(|(name, value)| [name.to_owned(), value]))?,
        table(
            ["week", "ideas", "answered", "decided"],
            body.weeks.iter().map(|week| {
                [
                    week.week.to_string(),
                    week.ideas.to_string(),
                    week.answered.to_string(),
                    week.decided.to_string(),
                ]
            }),
        )?,
        table(
            ["waiting_idea", "title", "board", "created_at", "business_days", "vote_count"],
            body.waiting.iter().map(|waiting| {
                [
                    waiting.idea.id.to_string(),
                    text(&waiting.idea.title),
                    text(&waiting.board.slug),
                    waiting.created_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                    waiting.business_days.to_string(),
                    waiting.vote_count.to_string(),
                ]
            }),
        )?,
    ];
    Ok(joined(&parts))
}

fn metrics(body: &LoopBody) -> impl Iterator<Item = (&'static str, String)> {
    let number = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    let hours = body.response_hours.as_ref();
    [
        ("board", body.board.as_ref().map_or_else(String::new, |board| text(&board.slug))),
        ("from", body.from.to_string()),
        ("to", body.to.to_string()),
        ("ideas", body.ideas.to_string()),
        ("answered", body.answered.to_string()),
        ("answered_share", number(body.answered_share)),
        ("response_hours_p50", number(hours.map(|hours| hours.p50))),
        ("response_hours_p90", number(hours.map(|hours| hours.p90))),
        ("promised_days", body.promised_days.to_string()),
        ("answered_in_time_share", number(body.answered_in_time_share)),
        ("too_young", body.too_young.to_string()),
        ("decided", body.decided.to_string()),
        ("decided_share", number(body.decided_share)),
        ("supporters", body.supporters.to_string()),
        ("told", body.told.to_string()),
        ("told_rate", number(body.told_rate)),
        ("rating_helpful", body.rating.helpful.to_string()),
        ("rating_not_helpful", body.rating.not_helpful.to_string()),
        ("rating_share", number(body.rating.share)),
    ]
    .into_iter()
}
