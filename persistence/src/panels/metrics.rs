//! What the numbers of a panel are worked out from.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    ApplicationId, MemberId, PanelId,
    draws::Ticket,
    members::Role,
    panels::{Panel, applications::Outcome, metrics::Trace},
};

use super::{applications::outcome_of, draws::Facets, trials};
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
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

/// Everybody who applied, and how far they came; `facets` are what their tickets count for in the quotas.
///
/// # Errors
/// Only when the database fails.
pub fn traces(conn: &mut AnyConnection, panel: PanelId, facets: &Facets) -> Result<Vec<Trace>> {
    let all = applied(conn, panel)?;
    let confirmed = || all.iter().filter(|one| one.outcome == Outcome::Confirmed);
    let ids: Vec<ApplicationId> = confirmed().map(|one| one.id).collect();
    let people: Vec<MemberId> = confirmed().filter_map(|one| one.member).collect();
    let (mut trials, disclosed) = (trials::of(conn, &ids)?, disclosed(conn, panel)?);
    let before = seats(conn, panel, &people)?;
    let trace = |one: Applied| Trace {
        eligible: one.is_eligible,
        outcome: one.outcome,
        trial: trials.remove(&one.id).unwrap_or_default(),
        disclosed: disclosed.get(&one.id).copied(),
        had_seat: one.member.and_then(|member| before.get(&member)).is_some_and(|seats| {
            // By their own confirmation, so that the figure of a panel that is over stays as it is.
            seats.iter().any(|seat| (one.decided_at - YEAR..one.decided_at).contains(seat))
        }),
        facets: facets.get(&one.ticket).cloned().unwrap_or_default(),
    };
    Ok(all.into_iter().map(trace).collect())
}

/// As much of an application as is counted.
struct Applied {
    id: ApplicationId,
    member: Option<MemberId>,
    ticket: Ticket,
    is_eligible: bool,
    outcome: Outcome,
    /// When it became what it is.
    decided_at: DateTime<Utc>,
}

fn applied(conn: &mut AnyConnection, panel: PanelId) -> Result<Vec<Applied>> {
    type How = (String, Option<i32>, Option<NaiveDateTime>);
    type Found = (KeyValue, Option<KeyValue>, String, String, How, NaiveDateTime);
    let rows: Vec<Found> = applications::table
        .filter(applications::panel_id.eq(key(panel)))
        .order(applications::id)
        .select((
            applications::id,
            applications::member_id,
            applications::ticket,
            applications::reasons,
            (applications::outcome, applications::place, applications::confirm_by),
            applications::updated_at,
        ))
        .load(conn)?;
    let applied = |(id, member, ticket, reasons, (outcome, place, by), at): Found| {
        let odd = |what: &str| Error::Broken(format!("application {}: odd {what}", id.uuid()));
        Ok(Applied {
            id: id.into(),
            member: member.map(MemberId::from),
            ticket: Ticket::try_from(&*ticket).map_err(|_| odd("ticket"))?,
            is_eligible: reasons == "[]",
            outcome: outcome_of(&outcome, place, by).ok_or_else(|| odd("outcome"))?,
            decided_at: at.and_utc(),
        })
    };
    rows.into_iter().map(applied).collect()
}

fn disclosed(conn: &mut AnyConnection, panel: PanelId) -> Result<HashMap<ApplicationId, bool>> {
    let rows: Vec<(KeyValue, bool)> = trial_reports::table
        .filter(trial_reports::panel_id.eq(key(panel)))
        .select((trial_reports::application_id, trial_reports::disclosed))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, disclosed)| (id.into(), disclosed)).collect())
}

/// When these people confirmed seats in other panels.
fn seats(
    conn: &mut AnyConnection,
    panel: PanelId,
    people: &[MemberId],
) -> Result<HashMap<MemberId, Vec<DateTime<Utc>>>> {
    let rows: Vec<(Option<KeyValue>, NaiveDateTime)> = applications::table
        .filter(applications::member_id.eq_any(people.iter().copied().map(key)))
        .filter(applications::panel_id.ne(key(panel)))
        .filter(applications::outcome.eq(Outcome::Confirmed.name()))
        .select((applications::member_id, applications::updated_at))
        .load(conn)?;
    let mut seats: HashMap<MemberId, Vec<DateTime<Utc>>> = HashMap::new();
    for (member, at) in rows {
        if let Some(member) = member {
            seats.entry(member.into()).or_default().push(at.and_utc());
        }
    }
    Ok(seats)
}
