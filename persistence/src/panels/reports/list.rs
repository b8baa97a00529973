//! Reports by panel: for readers, for staff, and for the job that ends silence.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, RunQueryDsl as _, SelectableHelper as _, dsl::count_star, dsl::sum,
};
use domain::{
    PanelId,
    page::{Limit, Page, Place},
    panels::reports::{Report, SILENT_DAYS, State},
};

use super::{Found, Read, Row, read};
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{applications, members, panels, shipments, trial_reports},
};

/// Which reports of a panel are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What everybody may read who may see the panel.
    Published,
    All,
    In(State),
}

/// The reports of a panel, the newest first.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    panel: PanelId,
    which: Which,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Read>> {
    let (asked_at, sent_at, accepted_at) =
        (trial_reports::asked_at, trial_reports::sent_at, trial_reports::accepted_at);
    let mut query = trial_reports::table
        .inner_join(applications::table.left_join(members::table).left_join(shipments::table))
        .filter(trial_reports::panel_id.eq(key(panel)))
        .order(trial_reports::id.desc())
        .limit(limit.probe())
        .into_boxed();
    query = match which {
        Which::All => query,
        Which::Published => query.filter(accepted_at.is_not_null().and(trial_reports::disclosed.eq(true))),
        Which::In(State::Accepted) => query.filter(accepted_at.is_not_null()),
        Which::In(State::RevisionRequested) => {
            query.filter(accepted_at.is_null()).filter(asked_at.gt(sent_at.nullable()))
        }
        Which::In(State::Sent) => query
            .filter(accepted_at.is_null())
            .filter(asked_at.is_null().or(asked_at.le(sent_at.nullable()).assume_not_null())),
    };
    if let Some(after) = after {
        query = query.filter(trial_reports::id.lt(KeyValue::from(after.id)));
    }
    let rows: Vec<Found> = query
        .select((
            Row::as_select(),
            applications::member_id,
            members::display_name.nullable(),
            shipments::delivered_at.nullable(),
        ))
        .load(conn)?;
    let found = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |read| Place { lap: 0, key: 0, id: read.report.id.uuid() }))
}

/// How the published reports of a panel rate the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    pub count: i64,
    /// The points of all of them together.
    pub useful: i64,
    pub usable: i64,
    pub enjoyable: i64,
}

/// How the published reports of these panels rate their products. A panel without any is not there.
///
/// # Errors
/// Only when the database fails.
pub fn summaries(conn: &mut AnyConnection, panels: &[PanelId]) -> Result<HashMap<PanelId, Summary>> {
    type Found = (KeyValue, i64, Option<i64>, Option<i64>, Option<i64>);
    let rows: Vec<Found> = trial_reports::table
        .filter(trial_reports::panel_id.eq_any(panels.iter().copied().map(key)))
        .filter(trial_reports::accepted_at.is_not_null().and(trial_reports::disclosed.eq(true)))
        .group_by(trial_reports::panel_id)
        .select((
            trial_reports::panel_id,
            count_star(),
            sum(trial_reports::useful),
            sum(trial_reports::usable),
            sum(trial_reports::enjoyable),
        ))
        .load(conn)?;
    let points = |sum: Option<i64>| sum.unwrap_or(0);
    let summary = |(panel, count, useful, usable, enjoyable): Found| {
        let [useful, usable, enjoyable] = [useful, usable, enjoyable].map(points);
        (panel.into(), Summary { count, useful, usable, enjoyable })
    };
    Ok(rows.into_iter().map(summary).collect())
}

/// Up to `most` reports that staff may have been silent about for too long, the longest first, and as many whose author has not answered
/// staff in time; none of a cancelled panel. So many working days are never fewer days.
///
/// # Errors
/// Only when the database fails.
pub fn perhaps_left_alone(conn: &mut AnyConnection, now: DateTime<Utc>, most: i64) -> Result<Vec<Report>> {
    let (asked_at, sent_at) = (trial_reports::asked_at, trial_reports::sent_at);
    let unanswered: Vec<Row> = trial_reports::table
        .inner_join(panels::table.on(panels::id.eq(trial_reports::panel_id)))
        .filter(trial_reports::accepted_at.is_null().and(panels::cancelled_at.is_null()))
        .filter(trial_reports::asked_due_at.le(now.naive_utc()))
        .filter(asked_at.gt(sent_at.nullable()))
        .order(trial_reports::asked_due_at)
        .limit(most)
        .select(Row::as_select())
        .load(conn)?;
    let since: NaiveDateTime = (now - TimeDelta::days(SILENT_DAYS.into())).naive_utc();
    let rows: Vec<Row> = trial_reports::table
        .inner_join(panels::table.on(panels::id.eq(trial_reports::panel_id)))
        .filter(trial_reports::accepted_at.is_null().and(panels::cancelled_at.is_null()))
        .filter(sent_at.le(since))
        .filter(asked_at.is_null().or(asked_at.le(sent_at.nullable()).assume_not_null()))
        .order(sent_at)
        .limit(most)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().chain(unanswered).map(Report::try_from).collect()
}
