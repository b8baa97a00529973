//! Forgetting who applied: seats go to others, and what is left are tickets nobody can be found by.

use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _};
use domain::{
    Actor, MemberId, Stamp,
    panels::{Panel, applications::Application},
};

use super::{
    applications::{self, Row},
    be_alone_with,
    seats::end,
    trials,
};
use crate::{
    attachments::sweep::forget_standing,
    connection::AnyConnection,
    error::Result,
    key::{KeyValue, key},
    schema::{applications as applications_table, excuses, mission_works, shipments, strikes, trial_reports},
};

/// Takes a member out of every panel. The ticket stays, so that draws can still be verified; what it was made of goes.
pub(crate) fn forget(conn: &mut AnyConnection, stamp: &Stamp, member: MemberId) -> Result<()> {
    let rows: Vec<Row> = applications_table::table
        .filter(applications_table::member_id.eq(key(member)))
        // One order for all, so that no two who leave wait for each other.
        .order(applications_table::panel_id)
        .select(Row::as_select())
        .load(conn)?;
    for (row, nth) in rows.into_iter().zip(0..) {
        let application = Application::try_from(row)?;
        be_alone_with(conn, application.panel_id)?;
        let panel = super::find(conn, &Actor::System, application.panel_id)?;
        let application = applications::find(conn, application.id)?;
        give_up(conn, &stamp.branch(nth), &panel, application)?;
    }
    let ids: Vec<KeyValue> = applications_table::table
        .filter(applications_table::member_id.eq(key(member)))
        .select(applications_table::id)
        .load(conn)?;
    diesel::delete(strikes::table.filter(strikes::member_id.eq(key(member)))).execute(conn)?;
    diesel::delete(excuses::table.filter(excuses::application_id.eq_any(ids.clone()))).execute(conn)?;
    forget_what_was_told(conn, stamp, &ids)?;
    diesel::update(shipments::table.filter(shipments::application_id.eq_any(ids.clone())))
        .set((shipments::address.eq(None::<String>), shipments::tracking.eq(None::<String>)))
        .execute(conn)?;
    diesel::update(applications_table::table.filter(applications_table::id.eq_any(ids)))
        .set((
            applications_table::member_id.eq(None::<KeyValue>),
            applications_table::salt.eq(None::<String>),
            applications_table::answers.eq("{}"),
            applications_table::agreed.eq("[]"),
        ))
        .execute(conn)?;
    Ok(())
}

/// What was handed in goes, and reports that nobody has accepted. Others are part of what was learned, and stay, without the addresses
/// of what their author wrote elsewhere, which lead to them.
fn forget_what_was_told(conn: &mut AnyConnection, stamp: &Stamp, ids: &[KeyValue]) -> Result<()> {
    let of_them = trial_reports::table.filter(trial_reports::application_id.eq_any(ids.to_vec()));
    let reports: Vec<KeyValue> =
        of_them.clone().filter(trial_reports::accepted_at.is_null()).select(trial_reports::id).load(conn)?;
    let works: Vec<KeyValue> = mission_works::table
        .filter(mission_works::application_id.eq_any(ids.to_vec()))
        .select(mission_works::id)
        .load(conn)?;
    forget_standing(conn, stamp.at, &reports, &works)?;
    diesel::delete(trial_reports::table.filter(trial_reports::id.eq_any(reports))).execute(conn)?;
    diesel::delete(mission_works::table.filter(mission_works::id.eq_any(works))).execute(conn)?;
    // What is left was accepted. It reads differently now, so it is another version.
    diesel::update(of_them)
        .set((trial_reports::posts.eq("[]"), trial_reports::version.eq(trial_reports::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Ends what is open of an application.
fn give_up(conn: &mut AnyConnection, stamp: &Stamp, panel: &Panel, before: Application) -> Result<()> {
    let trial = trials::of(conn, &[before.id])?.remove(&before.id);
    let is_sent = trial.is_some_and(|trial| trial.shipped_at.is_some());
    let outcome = before.forgotten(panel, stamp.at, is_sent);
    if outcome == before.outcome {
        return Ok(());
    }
    let after = Application { outcome, updated_at: stamp.at, ..before.clone() };
    end(conn, stamp, panel, before.outcome, &after)
}
