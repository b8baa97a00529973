//! Ideas that staff made of what reports say.

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{Actor, BoardId, IdeaId, ReportId, Stamp, events::ReportEvent, panels::reports::Report};

use super::tell;
use crate::{
    boards,
    connection::AnyConnection,
    error::{Error, Result},
    ideas::{
        Listed,
        list::{Boards, Filter, Hits, base_of, narrowed, select},
    },
    key::{KeyValue, key},
    schema::{ideas, report_ideas},
};

/// Keeps that an idea was made of what a report says.
///
/// # Errors
/// Only when the database fails.
pub fn link(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    report: &Report,
    idea: IdeaId,
    quote: Option<&str>,
) -> Result<()> {
    diesel::insert_into(report_ideas::table)
        .values((
            report_ideas::report_id.eq(key(report.id)),
            report_ideas::idea_id.eq(key(idea)),
            report_ideas::quote.eq(quote),
        ))
        .execute(conn)?;
    tell(conn, stamp, report, ReportEvent::IdeaMade { idea })
}

/// The ideas that were made of a report, as far as the actor may see them, with the passages they were made of.
///
/// # Errors
/// Only when the database fails.
pub fn of_report(
    conn: &mut AnyConnection,
    actor: &Actor,
    report: ReportId,
) -> Result<Vec<(Listed, Option<String>)>> {
    let links: Vec<(KeyValue, Option<String>)> = report_ideas::table
        .filter(report_ideas::report_id.eq(key(report)))
        .order(report_ideas::idea_id)
        .select((report_ideas::idea_id, report_ideas::quote))
        .load(conn)?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let boards: Vec<BoardId> = boards::visible(conn, actor)?.iter().map(|seen| seen.board.id).collect();
    let filter = Filter::of_boards(Boards::Only(boards));
    let Some(rows) = narrowed(conn, base_of(actor), &filter, Hits::Anywhere)? else { return Ok(Vec::new()) };
    let ids: Vec<KeyValue> = links.iter().map(|(idea, _)| *idea).collect();
    let found = select(conn, rows.filter(ideas::id.eq_any(ids)), None)?;
    let of_link = |(idea, quote): (KeyValue, Option<String>)| {
        let listed = found.iter().find(|listed| key(listed.idea.id) == idea)?;
        Some((listed.clone(), quote))
    };
    Ok(links.into_iter().filter_map(of_link).collect())
}

/// The reports that an idea was made of, as far as the actor may read them, with the passages.
///
/// # Errors
/// Only when the database fails.
pub fn of_idea(
    conn: &mut AnyConnection,
    actor: &Actor,
    idea: IdeaId,
) -> Result<Vec<(Report, Option<String>)>> {
    let links: Vec<(KeyValue, Option<String>)> = report_ideas::table
        .filter(report_ideas::idea_id.eq(key(idea)))
        .order(report_ideas::report_id)
        .select((report_ideas::report_id, report_ideas::quote))
        .load(conn)?;
    let mut seen = Vec::new();
    for (report, quote) in links {
        match super::find(conn, actor, report.into()) {
            Ok((read, _)) => seen.push((read.report, quote)),
            Err(Error::Missing) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(seen)
}
