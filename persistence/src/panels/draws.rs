//! The rows of draws: what was fixed at the lock, the number that came later, and who took the seats that fell free. The result
//! itself is no row: it follows from these.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    MemberId, PanelId,
    draws::{
        Drawn, Excluded, Line, Pool, Spec, Ticket,
        beacon::Evidence,
        fairness::{self, Fairness},
        priority,
        proof::Replacement,
    },
    panels::{
        Panel,
        applications::{Application, Outcome},
        household,
        lock::{Candidate, Locked},
        screening::facets,
    },
};

use super::{applications, from_json, seats::give, secret, to_json};
use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result},
    key::{KeyValue, key},
    members::attributes::attributes,
    schema::{applications as applications_table, members, panel_draws, panel_replacements, panels},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = panel_draws, check_for_backend(MultiBackend))]
struct Row {
    spec: String,
    pool: String,
    excluded: String,
    locked_at: NaiveDateTime,
    number: Option<String>,
    evidence: Option<String>,
    fairness: Option<String>,
}

/// What is known of a draw.
#[derive(Debug, Clone)]
pub struct Draw {
    pub spec: Spec,
    /// Sorted by ticket.
    pub pool: Vec<Line>,
    pub excluded: Vec<Excluded>,
    pub locked_at: DateTime<Utc>,
    /// The bytes of the beacon and its evidence, once it was drawn.
    pub number: Option<(Vec<u8>, Evidence)>,
    pub replacements: Vec<Replacement>,
    /// Everybody's chances, once they are estimated.
    pub fairness: Option<Fairness>,
}

impl Draw {
    /// What came of it; none before it was drawn.
    ///
    /// # Errors
    /// [`Error::Broken`] when what was locked could not be drawn, which the lock rules out.
    pub fn result(&self) -> Result<Option<Drawn>> {
        let Some((number, _)) = &self.number else { return Ok(None) };
        let seed = priority::seed(&self.spec.hash(), number);
        let drawn = Pool::of(&self.spec, &self.pool).and_then(|pool| pool.draw(&seed));
        drawn.map(Some).map_err(|unfit| Error::Broken(format!("a locked draw: {unfit}")))
    }

    /// Everybody's chances, which takes two thousand draws; none before it was drawn.
    ///
    /// # Errors
    /// As [`Draw::result`].
    pub fn chances(&self) -> Result<Option<Fairness>> {
        let Some((number, _)) = &self.number else { return Ok(None) };
        let seed = priority::seed(&self.spec.hash(), number);
        let fairness = fairness::of(&self.spec, &self.pool, &seed);
        fairness.map(Some).map_err(|unfit| Error::Broken(format!("a locked draw: {unfit}")))
    }
}

/// Everybody who applied, with what a draw needs to know of them.
///
/// # Errors
/// Only when the database fails.
pub fn candidates(conn: &mut AnyConnection, panel: &Panel, now: DateTime<Utc>) -> Result<Vec<Candidate>> {
    let rows: Vec<(applications::Row, Option<String>)> = applications_table::table
        .left_join(members::table)
        .filter(applications_table::panel_id.eq(key(panel.id)))
        .order(applications_table::id)
        .select((applications::Row::as_select(), members::attributes.nullable()))
        .load(conn)?;
    let (secret, lost) = (secret(conn, panel.id)?, lost_draws(conn, panel.id, now)?);
    let candidate = |(row, known): (applications::Row, Option<String>)| {
        let application = Application::try_from(row)?;
        let known = known.as_deref().and_then(attributes).unwrap_or_default();
        Ok(Candidate {
            facets: facets(&panel.terms, &application.answers, &known),
            household: household(&panel.terms, &known, &secret),
            lost_draws: application.member_id.and_then(|id| lost.get(&id).copied()).unwrap_or(0),
            application,
        })
    };
    rows.into_iter().map(candidate).collect()
}

/// How many draws each of those who applied has lost since their last seat, as far as everybody knows the result.
fn lost_draws(
    conn: &mut AnyConnection,
    panel: PanelId,
    now: DateTime<Utc>,
) -> Result<HashMap<MemberId, u32>> {
    let drawn: Vec<super::Row> = panels::table
        .filter(panels::drawn_at.is_not_null().and(panels::announced_at.is_not_null()))
        .filter(panels::cancelled_at.is_null())
        .select(super::Row::as_select())
        .load(conn)?;
    let mut known = Vec::new();
    for row in drawn {
        let other = Panel::try_from(row)?;
        known.extend(Some(key(other.id)).filter(|_| other.id != panel && other.is_announced(now)));
    }
    diesel::alias!(applications_table as others: Others);
    let rows: Vec<(Option<KeyValue>, String)> = applications_table::table
        .inner_join(others.on(others.field(applications_table::member_id).eq(applications_table::member_id)))
        .filter(applications_table::panel_id.eq(key(panel)))
        .filter(others.field(applications_table::panel_id).eq_any(known))
        .filter(others.field(applications_table::reasons).eq("[]"))
        .order(others.field(applications_table::id))
        .select((others.field(applications_table::member_id), others.field(applications_table::outcome)))
        .load(conn)?;
    let mut lost = HashMap::new();
    for (member, outcome) in rows {
        let Some(member) = member.map(MemberId::from) else { continue };
        match &*outcome {
            "waitlisted" | "not_selected" => *lost.entry(member).or_insert(0) += 1,
            "selected" | "confirmed" => {
                lost.remove(&member);
            }
            _ => {}
        }
    }
    Ok(lost)
}

/// When a member last had a seat.
///
/// # Errors
/// Only when the database fails.
pub fn last_seat(conn: &mut AnyConnection, member: MemberId) -> Result<Option<DateTime<Utc>>> {
    let at: Option<NaiveDateTime> = applications_table::table
        .filter(applications_table::member_id.eq(key(member)))
        .filter(applications_table::outcome.eq(Outcome::Confirmed.name()))
        .select(diesel::dsl::max(applications_table::updated_at))
        .first(conn)?;
    Ok(at.map(|at| at.and_utc()))
}

/// Stores what was fixed.
///
/// # Errors
/// Only when the database fails.
pub fn lock(conn: &mut AnyConnection, panel: &Panel, locked: &Locked, at: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(panel_draws::table)
        .values((
            panel_draws::panel_id.eq(key(panel.id)),
            panel_draws::spec.eq(to_json(&locked.spec)?),
            panel_draws::spec_hash.eq(domain::digest::hex(locked.hash)),
            panel_draws::pool.eq(to_json(&locked.pool)?),
            panel_draws::excluded.eq(to_json(&locked.excluded)?),
            panel_draws::locked_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The hashes that were published at the locks of these panels, as far as they are locked.
///
/// # Errors
/// Only when the database fails.
pub fn spec_hashes(conn: &mut AnyConnection, panels: &[PanelId]) -> Result<HashMap<PanelId, String>> {
    let rows: Vec<(KeyValue, String)> = panel_draws::table
        .filter(panel_draws::panel_id.eq_any(panels.iter().copied().map(key)))
        .select((panel_draws::panel_id, panel_draws::spec_hash))
        .load(conn)?;
    Ok(rows.into_iter().map(|(panel, hash)| (panel.into(), hash)).collect())
}

/// What each ticket counts for in the quotas.
pub type Facets = HashMap<Ticket, BTreeMap<String, String>>;

/// What is known of a draw when it is counted who sits: what each ticket of the pool counts for in the quotas, and everybody's chances
/// once they are estimated. Nothing before the lock.
///
/// # Errors
/// Only when the database fails.
pub fn facets_and_chances(conn: &mut AnyConnection, panel: PanelId) -> Result<(Facets, Option<Fairness>)> {
    let row: Option<(String, Option<String>)> = panel_draws::table
        .find(key(panel))
        .select((panel_draws::pool, panel_draws::fairness))
        .first(conn)
        .optional()?;
    let Some((pool, fairness)) = row else { return Ok((HashMap::new(), None)) };
    let pool: Vec<Line> = from_json(&pool)?;
    let facets = pool.into_iter().map(|line| (line.t, line.f)).collect();
    Ok((facets, fairness.as_deref().map(from_json).transpose()?))
}

/// The draw of a panel.
///
/// # Errors
/// [`Error::Missing`] before the lock.
pub fn find(conn: &mut AnyConnection, panel: PanelId) -> Result<Draw> {
    let row: Row = panel_draws::table.find(key(panel)).select(Row::as_select()).first(conn)?;
    let number = match (&row.number, &row.evidence) {
        (Some(number), Some(evidence)) => Some((
            domain::draws::bytes_of_hex(number).ok_or_else(|| Error::Broken("an odd number".to_owned()))?,
            from_json(evidence)?,
        )),
        _ => None,
    };
    Ok(Draw {
        spec: from_json(&row.spec)?,
        pool: from_json(&row.pool)?,
        excluded: from_json(&row.excluded)?,
        locked_at: row.locked_at.and_utc(),
        number,
        fairness: row.fairness.as_deref().map(from_json).transpose()?,
        replacements: replaced(conn, panel)?,
    })
}

/// Who took the seats that fell free since the announcement, in the order in which they did.
///
/// # Errors
/// Only when the database fails.
pub fn replaced(conn: &mut AnyConnection, panel: PanelId) -> Result<Vec<Replacement>> {
    let rows: Vec<(String, Option<String>, String)> = panel_replacements::table
        .filter(panel_replacements::panel_id.eq(key(panel)))
        .order(panel_replacements::number)
        .select((panel_replacements::left_ticket, panel_replacements::taken_by, panel_replacements::relaxed))
        .load(conn)?;
    let ticket = |text: &str| Ticket::try_from(text).map_err(|odd| Error::Broken(odd.to_owned()));
    let replacement = |(left, taken_by, relaxed): (String, Option<String>, String)| {
        Ok(Replacement {
            left: ticket(&left)?,
            taken_by: taken_by.as_deref().map(ticket).transpose()?,
            relaxed: from_json(&relaxed)?,
        })
    };
    rows.into_iter().map(replacement).collect()
}

/// Draws whose chances are not estimated yet.
///
/// # Errors
/// Only when the database fails.
pub fn without_chances(conn: &mut AnyConnection, most: i64) -> Result<Vec<PanelId>> {
    let rows: Vec<KeyValue> = panel_draws::table
        .filter(panel_draws::number.is_not_null().and(panel_draws::fairness.is_null()))
        .order(panel_draws::panel_id)
        .limit(most)
        .select(panel_draws::panel_id)
        .load(conn)?;
    Ok(rows.into_iter().map(PanelId::from).collect())
}

/// Stores the chances of a draw.
///
/// # Errors
/// Only when the database fails.
pub fn keep_chances(conn: &mut AnyConnection, panel: PanelId, fairness: &Fairness) -> Result<()> {
    diesel::update(panel_draws::table.find(key(panel)))
        .set(panel_draws::fairness.eq(to_json(fairness)?))
        .execute(conn)?;
    Ok(())
}

/// Stores the number, and with it what became of everybody who applied.
///
/// # Errors
/// Only when the database fails.
pub fn draw(
    conn: &mut AnyConnection,
    panel: &Panel,
    draw: &Draw,
    (number, evidence): (&[u8], &Evidence),
    at: DateTime<Utc>,
) -> Result<()> {
    let hex = domain::digest::hex(number);
    diesel::update(panel_draws::table.find(key(panel.id)))
        .set((panel_draws::number.eq(hex), panel_draws::evidence.eq(to_json(evidence)?)))
        .execute(conn)?;
    let drawn = Draw { number: Some((number.to_owned(), evidence.clone())), ..draw.clone() };
    let drawn = drawn.result()?.ok_or_else(|| Error::Broken("a draw without a number".to_owned()))?;
    let all = applications_table::table.filter(applications_table::panel_id.eq(key(panel.id)));
    diesel::update(all.filter(applications_table::outcome.eq(Outcome::Open.name())))
        .set((
            applications_table::outcome.eq(Outcome::NotSelected.name()),
            applications_table::updated_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    let confirm_by = panel.terms.schedule.confirm_by;
    let seats = drawn.selected.iter().map(|ticket| (*ticket, Outcome::Selected { confirm_by }));
    let queue = drawn.waitlist.iter().take(panel.terms.waitlist as usize).zip(1..);
    let places = queue.map(|(ticket, place)| (*ticket, Outcome::Waitlisted { place }));
    for (ticket, outcome) in seats.chain(places).collect::<BTreeMap<_, _>>() {
        give(conn, panel.id, ticket, outcome, at)?;
    }
    Ok(())
}
