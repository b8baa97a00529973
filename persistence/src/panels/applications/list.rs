//! Applications by panel and by member.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    RunQueryDsl as _, SelectableHelper as _, dsl::count_star,
};
use domain::{
    ApplicationId, MemberId, PanelId,
    page::{Limit, Page, Place},
    panels::applications::{Application, Outcome},
};

use super::Row;
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{applications, excuses, members, strikes},
};

/// An application in a list for staff.
#[derive(Debug, Clone)]
pub struct Listed {
    pub application: Application,
    pub display_name: Option<String>,
}

/// What staff have to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    Excuse,
    Appeal,
}

/// The applications of a panel in the order in which they came; all, or those of which something waits to be decided.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    panel: PanelId,
    waiting: Option<Waiting>,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Listed>> {
    let mut query = applications::table
        .left_join(members::table)
        .filter(applications::panel_id.eq(key(panel)))
        .order(applications::id)
        .limit(limit.probe())
        .into_boxed();
    query = match waiting {
        None => query,
        Some(Waiting::Excuse) => {
            let excused = excuses::table.filter(excuses::decided_at.is_null());
            query.filter(applications::id.eq_any(excused.select(excuses::application_id)))
        }
        Some(Waiting::Appeal) => {
            let struck = strikes::table.filter(strikes::panel_id.eq(key(panel)));
            let appealed = strikes::appealed_at.is_not_null().and(strikes::decided_at.is_null());
            query.filter(applications::id.eq_any(struck.filter(appealed).select(strikes::application_id)))
        }
    };
    if let Some(after) = after {
        query = query.filter(applications::id.gt(KeyValue::from(after.id)));
    }
    let rows: Vec<(Row, Option<String>)> =
        query.select((Row::as_select(), members::display_name.nullable())).load(conn)?;
    let listed = |(row, display_name): (Row, Option<String>)| {
        Ok(Listed { application: row.try_into()?, display_name })
    };
    let found = rows.into_iter().map(listed).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |listed| Place { lap: 0, key: 0, id: listed.application.id.uuid() }))
}

/// All that a member sent to panels, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn of_member(
    conn: &mut AnyConnection,
    member: MemberId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Application>> {
    let mut query = applications::table
        .filter(applications::member_id.eq(key(member)))
        .order(applications::id.desc())
        .limit(limit.probe())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(applications::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn)?;
    let found = rows.into_iter().map(Application::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |application| Place { lap: 0, key: 0, id: application.id.uuid() }))
}

/// What a member sent to these panels.
///
/// # Errors
/// Only when the database fails.
pub fn ids_of_member(
    conn: &mut AnyConnection,
    panels: &[PanelId],
    member: MemberId,
) -> Result<HashMap<PanelId, ApplicationId>> {
    let rows: Vec<(KeyValue, KeyValue)> = applications::table
        .filter(applications::panel_id.eq_any(panels.iter().copied().map(key)))
        .filter(applications::member_id.eq(key(member)))
        .select((applications::panel_id, applications::id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(panel, id)| (panel.into(), id.into())).collect())
}

/// How many applied, and how many of them may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub all: i64,
    pub eligible: i64,
}

/// How many applied to these panels. One to which nobody did is not there.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection, panels: &[PanelId]) -> Result<HashMap<PanelId, Count>> {
    let there = || {
        applications::table
            .filter(applications::panel_id.eq_any(panels.iter().copied().map(key)))
            .filter(applications::outcome.ne(Outcome::Withdrawn.name()))
            .group_by(applications::panel_id)
            .select((applications::panel_id, count_star()))
    };
    let all: Vec<(KeyValue, i64)> = there().load(conn)?;
    let eligible: Vec<(KeyValue, i64)> = there().filter(applications::reasons.eq("[]")).load(conn)?;
    let mut counts: HashMap<PanelId, Count> = HashMap::new();
    for (panel, all) in all {
        counts.entry(panel.into()).or_default().all = all;
    }
    for (panel, eligible) in eligible {
        counts.entry(panel.into()).or_default().eligible = eligible;
    }
    Ok(counts)
}
