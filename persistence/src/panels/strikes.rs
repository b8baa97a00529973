//! The rows of strikes. Whether one is a no-show or merely late is no row: it follows from the report.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, QueryDsl as _, RunQueryDsl as _,
};
use domain::{
    Actor, ApplicationId, MemberId, Stamp, StrikeId,
    answers::News,
    events::{Event, StrikeEvent},
    panels::{
        Panel,
        strikes::{Appeal, Kind, Plea, Strike, Verdict, is_due},
    },
};

use super::{applications, be_alone_with, excuses, reminders, trials};
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    notifications::panels::{tell_member, tell_staff},
    outbox,
    schema::{panels, strikes, trial_reports},
};

type At = Option<NaiveDateTime>;
type Found = (
    (KeyValue, KeyValue, KeyValue, KeyValue, NaiveDateTime),
    (Option<String>, At, At, Option<bool>, Option<String>),
    (At, At),
);

fn strike(found: Found) -> Result<Strike> {
    let (
        (id, member, application, panel, created_at),
        (appeal, appealed_at, decided_at, overturned, note),
        (reported_at, closed_at),
    ) = found;
    let plea = |text: String| {
        Plea::try_from(&*text).map_err(|_| Error::Broken(format!("strike {}: odd words", id.uuid())))
    };
    let verdict = match (decided_at, overturned, note) {
        (Some(at), Some(overturned), Some(note)) => {
            Some(Verdict { at: at.and_utc(), overturned, note: plea(note)? })
        }
        _ => None,
    };
    let appeal = match (appeal, appealed_at) {
        (Some(text), Some(at)) => Some(Appeal { text: plea(text)?, at: at.and_utc(), verdict }),
        _ => None,
    };
    let utc = |at: At| at.map(|at| at.and_utc());
    Ok(Strike {
        id: id.into(),
        member_id: member.into(),
        application_id: application.into(),
        panel_id: panel.into(),
        kind: Kind::of(utc(reported_at), utc(closed_at)),
        created_at: created_at.and_utc(),
        appeal,
    })
}

/// The strikes of these members, in the order in which they came.
///
/// # Errors
/// Only when the database fails.
pub fn of_members(conn: &mut AnyConnection, members: &[MemberId]) -> Result<HashMap<MemberId, Vec<Strike>>> {
    let rows: Vec<Found> = strikes::table
        .inner_join(panels::table.on(panels::id.eq(strikes::panel_id)))
        .left_join(trial_reports::table.on(trial_reports::application_id.eq(strikes::application_id)))
        .filter(strikes::member_id.eq_any(members.iter().copied().map(key)))
        .order((strikes::member_id, strikes::created_at))
        .select((
            (
                strikes::id,
                strikes::member_id,
                strikes::application_id,
                strikes::panel_id,
                strikes::created_at,
            ),
            (strikes::appeal, strikes::appealed_at, strikes::decided_at, strikes::overturned, strikes::note),
            (trial_reports::first_sent_at.nullable(), panels::closed_at),
        ))
        .load(conn)?;
    let mut found: HashMap<MemberId, Vec<Strike>> = HashMap::new();
    for row in rows {
        let one = strike(row)?;
        found.entry(one.member_id).or_default().push(one);
    }
    Ok(found)
}

/// The strikes of a member, in the order in which they came.
///
/// # Errors
/// Only when the database fails.
pub fn of_member(conn: &mut AnyConnection, member: MemberId) -> Result<Vec<Strike>> {
    Ok(of_members(conn, &[member])?.remove(&member).unwrap_or_default())
}

/// # Errors
/// [`Error::Missing`].
pub fn find(conn: &mut AnyConnection, id: StrikeId) -> Result<Strike> {
    let member: KeyValue = strikes::table.find(key(id)).select(strikes::member_id).first(conn)?;
    let all = of_member(conn, member.into())?;
    all.into_iter().find(|strike| strike.id == id).ok_or(Error::Missing)
}

/// The strike, when nobody else decides about it until this is done.
///
/// # Errors
/// [`Error::Missing`].
pub fn find_alone(conn: &mut AnyConnection, id: StrikeId) -> Result<Strike> {
    let strike = find(conn, id)?;
    be_alone_with(conn, strike.panel_id)?;
    find(conn, id)
}

/// Records that somebody told nothing in time, if that is still so, and tells them; says whether it was. Does nothing where that was
/// done already.
///
/// # Errors
/// Only when the database fails.
pub fn record(conn: &mut AnyConnection, stamp: &Stamp, id: ApplicationId) -> Result<bool> {
    // Whoever excuses themselves just now, and staff who decide about it, are waited for.
    let panel = applications::find(conn, id)?.panel_id;
    be_alone_with(conn, panel)?;
    let (application, panel) = (applications::find(conn, id)?, super::find(conn, &Actor::System, panel)?);
    let trial = trials::of_one(conn, id)?;
    let excuse = excuses::of(conn, &[id])?.pop();
    let recorded: i64 =
        strikes::table.filter(strikes::application_id.eq(key(id))).count().get_result(conn)?;
    let is_due = is_due(&application, &panel, &trial, excuse.as_ref(), stamp.at);
    let Some(member) = application.member_id.filter(|_| is_due && recorded == 0) else { return Ok(false) };
    let strike: StrikeId = stamp.id(0);
    diesel::insert_into(strikes::table)
        .values((
            strikes::id.eq(key(strike)),
            strikes::member_id.eq(key(member)),
            strikes::application_id.eq(key(id)),
            strikes::panel_id.eq(key(panel.id)),
            strikes::created_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)?;
    tell_member(conn, stamp, News::PanelNoShow, panel.id, member)?;
    let event = Event::Strike { strike, application: id, panel: panel.id, what: StrikeEvent::Recorded };
    outbox::write(conn, stamp, &[event])?;
    Ok(true)
}

/// Records all that were missed in a panel by now. To be done alone with it.
///
/// # Errors
/// Only when the database fails.
pub fn record_missed(conn: &mut AnyConnection, stamp: &Stamp, panel: &Panel) -> Result<()> {
    let missed = reminders::missed(conn, panel, stamp.at, i64::MAX)?;
    missed.into_iter().zip(0..).try_for_each(|(id, nth)| record(conn, &stamp.branch(nth), id).map(drop))
}

/// Keeps an appeal, and tells those who decide.
///
/// # Errors
/// Only when the database fails.
pub fn appeal(conn: &mut AnyConnection, stamp: &Stamp, strike: &Strike) -> Result<()> {
    let said = strike.appeal.as_ref();
    diesel::update(strikes::table.find(key(strike.id)))
        .set((
            strikes::appeal.eq(said.map(|appeal| appeal.text.as_str())),
            strikes::appealed_at.eq(said.map(|appeal| appeal.at.naive_utc())),
        ))
        .execute(conn)?;
    tell_staff(conn, stamp, News::PanelAppealWaiting, strike.panel_id)?;
    tell(conn, stamp, strike, StrikeEvent::Appealed)
}

/// Keeps what staff decided, and tells whoever appealed.
///
/// # Errors
/// Only when the database fails.
pub fn decide(conn: &mut AnyConnection, stamp: &Stamp, strike: &Strike) -> Result<()> {
    let verdict = strike.appeal.as_ref().and_then(|appeal| appeal.verdict.as_ref());
    diesel::update(strikes::table.find(key(strike.id)))
        .set((
            strikes::decided_at.eq(verdict.map(|verdict| verdict.at.naive_utc())),
            strikes::overturned.eq(verdict.map(|verdict| verdict.overturned)),
            strikes::note.eq(verdict.map(|verdict| verdict.note.as_str())),
        ))
        .execute(conn)?;
    tell_member(conn, stamp, News::PanelAppealDecided, strike.panel_id, strike.member_id)?;
    tell(conn, stamp, strike, StrikeEvent::Decided)
}

fn tell(conn: &mut AnyConnection, stamp: &Stamp, strike: &Strike, what: StrikeEvent) -> Result<()> {
    let Strike { id, application_id, panel_id, .. } = *strike;
    let event = Event::Strike { strike: id, application: application_id, panel: panel_id, what };
    outbox::write(conn, stamp, &[event])
}
