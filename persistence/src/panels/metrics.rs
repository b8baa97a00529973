//! What the numbers of a panel are worked out from.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _};
use domain::{
    ApplicationId, MemberId,
    draws::Ticket,
    members::Role,
    panels::{
        Panel,
        applications::{Application, Outcome},
        metrics::Trace,
    },
};

use super::{applications::Row, draws, trials};
use crate::{
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{applications, members, segment_members, trial_reports, votes},
};

/// For how long a seat counts against its owner when it is asked whether few people have many.
const YEAR: TimeDelta = TimeDelta::days(365);

/// How many customers a panel is for; none where its board decides, which is asked of each alone.
///
/// # Errors
/// Only when the database fails.
pub fn invited(conn: &mut AnyConnection, panel: &Panel) -> Result<Option<i64>> {
    let audience = &panel.terms.audience;
    if audience.board.is_some() {
        return Ok(None);
    }
    let mut query = members::table
        .filter(members::role.eq(Role::Member.name()))
        .filter(members::blocked_at.is_null())
        .into_boxed();
    if !audience.segments.is_empty() {
        let ids: Vec<KeyValue> = audience.segments.iter().copied().map(KeyValue::from).collect();
        let held = segment_members::table.filter(segment_members::segment_id.eq_any(ids));
        query = query.filter(members::id.eq_any(held.select(segment_members::member_id)));
    }
    if let Some(idea) = audience.supporters_of {
        let for_it = votes::table.filter(votes::idea_id.eq(KeyValue::from(idea)));
        query = query.filter(members::id.eq_any(for_it.select(votes::member_id)));
    }
    Ok(Some(query.count().get_result(conn)?))
}

/// Everybody who applied, and how far they came.
///
/// # Errors
/// Only when the database fails.
pub fn traces(conn: &mut AnyConnection, panel: &Panel, now: DateTime<Utc>) -> Result<Vec<Trace>> {
    let rows: Vec<Row> = applications::table
        .filter(applications::panel_id.eq(key(panel.id)))
        .order(applications::id)
        .select(Row::as_select())
        .load(conn)?;
    let all = rows.into_iter().map(Application::try_from).collect::<Result<Vec<_>>>()?;
    let confirmed = all.iter().filter(|application| application.outcome == Outcome::Confirmed);
    let ids: Vec<ApplicationId> = confirmed.clone().map(|application| application.id).collect();
    let people: Vec<MemberId> = confirmed.filter_map(|application| application.member_id).collect();
    let (mut trials, disclosed) = (trials::of(conn, &ids)?, disclosed(conn, panel)?);
    let (before, facets) = (seated_before(conn, panel, &people, now)?, facets(conn, panel)?);
    let trace = |application: Application| Trace {
        eligible: application.reasons.is_empty(),
        outcome: application.outcome,
        trial: trials.remove(&application.id).unwrap_or_default(),
        disclosed: disclosed.get(&application.id).copied(),
        had_seat: application.member_id.is_some_and(|member| before.contains(&member)),
        facets: facets.get(&application.ticket).cloned().unwrap_or_default(),
    };
    Ok(all.into_iter().map(trace).collect())
}

fn disclosed(conn: &mut AnyConnection, panel: &Panel) -> Result<HashMap<ApplicationId, bool>> {
    let rows: Vec<(KeyValue, bool)> = trial_reports::table
        .filter(trial_reports::panel_id.eq(key(panel.id)))
        .select((trial_reports::application_id, trial_reports::disclosed))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, disclosed)| (id.into(), disclosed)).collect())
}

/// Those who have confirmed a seat in another panel in the last year.
fn seated_before(
    conn: &mut AnyConnection,
    panel: &Panel,
    people: &[MemberId],
    now: DateTime<Utc>,
) -> Result<HashSet<MemberId>> {
    let rows: Vec<Option<KeyValue>> = applications::table
        .filter(applications::member_id.eq_any(people.iter().copied().map(key)))
        .filter(applications::panel_id.ne(key(panel.id)))
        .filter(applications::outcome.eq(Outcome::Confirmed.name()))
        .filter(applications::updated_at.ge((now - YEAR).naive_utc()))
        .select(applications::member_id)
        .load(conn)?;
    Ok(rows.into_iter().flatten().map(MemberId::from).collect())
}

/// What each ticket of a drawn panel counts for in the quotas.
fn facets(conn: &mut AnyConnection, panel: &Panel) -> Result<HashMap<Ticket, BTreeMap<String, String>>> {
    if panel.marks.locked_at.is_none() {
        return Ok(HashMap::new());
    }
    let draw = draws::find(conn, panel.id)?;
    Ok(draw.pool.into_iter().map(|line| (line.t, line.f)).collect())
}
