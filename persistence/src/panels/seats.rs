//! Who has a seat: by coming first, by score, or because somebody left.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _, SelectableHelper as _,
};
use domain::{
    Actor, ApplicationId, PanelId, Stamp,
    answers::News,
    draws::{
        Pool, Ticket,
        proof::{Replacement, replacements},
    },
    events::{ApplicationEvent, Event, PanelEvent},
    panels::{
        Barred, Panel,
        applications::{Application, Outcome},
        seats::Left,
    },
};

use super::{
    applications::{self, Row},
    draws::find as find_draw,
    shipments, to_json,
};
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    notifications::panels::{tell_member, tell_staff},
    outbox,
    schema::{applications as applications_table, panel_replacements, panels},
};

/// What whoever comes next gets, by who has a seat or a place now.
pub(super) fn next_by_arrival(conn: &mut AnyConnection, panel: &Panel) -> Result<Outcome> {
    let of_panel = || applications_table::table.filter(applications_table::panel_id.eq(key(panel.id)));
    let seated: i64 = of_panel()
        .filter(applications_table::outcome.eq_any(["selected", "confirmed"]))
        .count()
        .get_result(conn)?;
    let waiting: i64 =
        of_panel().filter(applications_table::outcome.eq("waitlisted")).count().get_result(conn)?;
    if seated < i64::from(panel.terms.seats) && waiting == 0 {
        return Ok(Outcome::Selected { confirm_by: panel.terms.schedule.confirm_by });
    }
    by_place(panel, waiting + 1)
}

/// The place in the queue, if it is as long.
fn by_place(panel: &Panel, place: i64) -> Result<Outcome> {
    match i32::try_from(place) {
        Ok(place) if i64::from(place) <= i64::from(panel.terms.waitlist) => Ok(Outcome::Waitlisted { place }),
        _ => Err(Error::Refused(Barred::Full.into())),
    }
}

/// Closes the gap that somebody left in the queue.
pub(super) fn move_up(conn: &mut AnyConnection, panel: PanelId, left: i32) -> Result<()> {
    diesel::update(applications_table::table.filter(applications_table::panel_id.eq(key(panel))))
        .filter(applications_table::outcome.eq("waitlisted"))
        .filter(applications_table::place.gt(left))
        .set(applications_table::place.eq(applications_table::place - 1))
        .execute(conn)?;
    Ok(())
}

pub(super) fn give(
    conn: &mut AnyConnection,
    panel: PanelId,
    ticket: Ticket,
    outcome: Outcome,
    at: DateTime<Utc>,
) -> Result<ApplicationId> {
    let application = applications::of_ticket(conn, panel, ticket)?;
    let (id, before) = (application.id, application.outcome);
    applications::settle(conn, &Application { outcome, updated_at: at, ..application })?;
    if let Outcome::Waitlisted { place } = before {
        move_up(conn, panel, place)?;
    }
    Ok(id)
}

/// The first on the waitlist of a panel.
///
/// # Errors
/// Only when the database fails.
pub fn first_waiting(conn: &mut AnyConnection, panel: PanelId) -> Result<Option<Application>> {
    let row: Option<Row> = applications_table::table
        .filter(applications_table::panel_id.eq(key(panel)).and(applications_table::outcome.eq("waitlisted")))
        .order(applications_table::place)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Application::try_from).transpose()
}

/// Gives the seats of a panel to those with the best scores, of equal ones to the earlier application, and places in the queue to
/// those who follow.
///
/// # Errors
/// Only when the database fails.
pub fn seat_by_score(conn: &mut AnyConnection, panel: &Panel, at: DateTime<Utc>) -> Result<()> {
    let of_panel = || applications_table::table.filter(applications_table::panel_id.eq(key(panel.id)));
    let open = of_panel().filter(applications_table::outcome.eq(Outcome::Open.name()));
    let rows: Vec<Row> = open
        .filter(applications_table::reasons.eq("[]").and(applications_table::score.is_not_null()))
        .order((applications_table::score.desc(), applications_table::id))
        .limit(i64::from(panel.terms.seats) + i64::from(panel.terms.waitlist))
        .select(Row::as_select())
        .load(conn)?;
    diesel::update(of_panel().filter(applications_table::outcome.eq(Outcome::Open.name())))
        .set((
            applications_table::outcome.eq(Outcome::NotSelected.name()),
            applications_table::updated_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    for (row, arrival) in rows.into_iter().zip(1..) {
        let outcome = match arrival - i64::from(panel.terms.seats) {
            ..=0 => Outcome::Selected { confirm_by: panel.terms.schedule.confirm_by },
            place => by_place(panel, place)?,
        };
        applications::settle(conn, &Application { outcome, updated_at: at, ..row.try_into()? })?;
    }
    Ok(())
}

/// Gives everybody with a seat time to confirm it, also where the result is announced later than was planned.
///
/// # Errors
/// Only when the database fails.
pub fn give_time(conn: &mut AnyConnection, panel: &Panel, now: DateTime<Utc>) -> Result<()> {
    let by = panel.confirm_by_at_least(now);
    diesel::update(applications_table::table.filter(applications_table::panel_id.eq(key(panel.id))))
        .filter(applications_table::outcome.eq("selected"))
        .filter(applications_table::confirm_by.lt(by.naive_utc()))
        .set(applications_table::confirm_by.eq(by.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// Seats that nobody confirmed in time.
///
/// # Errors
/// Only when the database fails.
pub fn unconfirmed(conn: &mut AnyConnection, now: DateTime<Utc>, most: i64) -> Result<Vec<ApplicationId>> {
    let rows: Vec<KeyValue> = applications_table::table
        .inner_join(panels::table)
        .filter(panels::announced_at.is_not_null())
        .filter(panels::cancelled_at.is_null().and(panels::closed_at.is_null()))
        .filter(applications_table::outcome.eq("selected"))
        .filter(applications_table::confirm_by.le(now.naive_utc()))
        .order(applications_table::confirm_by)
        .limit(most)
        .select(applications_table::id)
        .load(conn)?;
    Ok(rows.into_iter().map(ApplicationId::from).collect())
}

/// Takes back a seat that was not confirmed in time, and gives it to whoever is next. Does nothing where that was done already.
///
/// # Errors
/// Only when the database fails.
pub fn lapse(conn: &mut AnyConnection, stamp: &Stamp, id: ApplicationId) -> Result<()> {
    let panel = applications::find(conn, id)?.panel_id;
    super::be_alone_with(conn, panel)?;
    let panel = super::find(conn, &Actor::System, panel)?;
    let application = applications::find(conn, id)?;
    match application.outcome {
        Outcome::Selected { confirm_by } if confirm_by <= stamp.at && panel.takes_replies(stamp.at) => {
            let lapsed = Application { outcome: Outcome::Lapsed, updated_at: stamp.at, ..application };
            leave(conn, stamp, &panel, &lapsed, ApplicationEvent::Lapsed).map(drop)
        }
        _ => Ok(()),
    }
}

/// Keeps that somebody who had this takes part no more; a seat goes to whoever is next.
///
/// # Errors
/// Only when the database fails.
pub fn end(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    panel: &Panel,
    had: Outcome,
    gone: &Application,
) -> Result<()> {
    let how = match gone.outcome {
        Outcome::Declined => ApplicationEvent::Declined,
        _ => ApplicationEvent::Withdrawn,
    };
    match had {
        Outcome::Selected { .. } | Outcome::Confirmed => leave(conn, stamp, panel, gone, how).map(drop),
        Outcome::Waitlisted { place } => applications::withdraw(conn, stamp, gone, Some(place)),
        _ => applications::withdraw(conn, stamp, gone, None),
    }
}

/// Keeps that somebody left their seat, gives it to whoever is next, and tells whom it concerns.
///
/// # Errors
/// Only when the database fails.
pub fn leave(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    panel: &Panel,
    leaver: &Application,
    what: ApplicationEvent,
) -> Result<Option<ApplicationId>> {
    applications::settle(conn, leaver)?;
    shipments::forget(conn, leaver.id)?;
    let made = next(conn, panel, leaver.ticket)?;
    if panel.marks.announced_at.is_some() {
        keep(conn, panel, &made, stamp.at)?;
    }
    let seat = Outcome::Selected { confirm_by: panel.confirm_by(stamp.at) };
    let taken_by = made.taken_by.map(|ticket| give(conn, panel.id, ticket, seat, stamp.at)).transpose()?;
    let taker = taken_by.map(|id| applications::find(conn, id)).transpose()?;
    let left = Left::of(panel, taker.as_ref(), stamp.at);
    match left {
        Left::Taken(member) => tell_member(conn, stamp, News::PanelSeat, panel.id, member)?,
        Left::Empty => tell_staff(conn, stamp, News::PanelSeatEmpty, panel.id)?,
        Left::TakenEarly | Left::PassedOn | Left::Open => {}
    }
    let told = [
        Event::Application { application: leaver.id, panel: panel.id, what },
        Event::Panel { panel: panel.id, what: PanelEvent::SeatFreed { taken_by } },
    ];
    outbox::write(conn, stamp, &told)?;
    match (left, taker) {
        (Left::PassedOn, Some(gone)) => {
            let lapsed = Application { outcome: Outcome::Lapsed, updated_at: stamp.at, ..gone };
            leave(conn, &stamp.branch(0), panel, &lapsed, ApplicationEvent::Lapsed)
        }
        _ => Ok(taken_by),
    }
}

/// Who takes a seat that somebody leaves: the first who waits, or by the rule of the draw.
fn next(conn: &mut AnyConnection, panel: &Panel, left: Ticket) -> Result<Replacement> {
    if !panel.is_drawn() {
        let taken_by = first_waiting(conn, panel.id)?.map(|next| next.ticket);
        return Ok(Replacement { left, taken_by, relaxed: Vec::new() });
    }
    let draw = find_draw(conn, panel.id)?;
    let drawn = draw.result()?.ok_or_else(|| Error::Broken("a seat before the draw".to_owned()))?;
    let pool = Pool::of(&draw.spec, &draw.pool).map_err(|unfit| Error::Broken(unfit.to_string()))?;
    let all: Vec<Ticket> = draw.replacements.iter().map(|one| one.left).chain([left]).collect();
    let made = replacements(&pool, &drawn, &all, &draw.spec.relax);
    let mut made = made.map_err(|unfit| Error::Broken(unfit.to_string()))?;
    made.pop().ok_or_else(|| Error::Broken("a seat that nobody left".to_owned()))
}

/// Keeps who took a seat, as the next of the replacements.
fn keep(conn: &mut AnyConnection, panel: &Panel, made: &Replacement, at: DateTime<Utc>) -> Result<()> {
    let before: i64 = panel_replacements::table
        .filter(panel_replacements::panel_id.eq(key(panel.id)))
        .count()
        .get_result(conn)?;
    diesel::insert_into(panel_replacements::table)
        .values((
            panel_replacements::panel_id.eq(key(panel.id)),
            panel_replacements::number.eq(i32::try_from(before + 1).unwrap_or(i32::MAX)),
            panel_replacements::left_ticket.eq(made.left.to_string()),
            panel_replacements::taken_by.eq(made.taken_by.map(|ticket| ticket.to_string())),
            panel_replacements::relaxed.eq(to_json(&made.relaxed)?),
            panel_replacements::created_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}
