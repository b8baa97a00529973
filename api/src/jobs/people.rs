//! What people hear of panels by the clock: that the result is out, that a report is due, and that it was missed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{Actor, PanelId, panels::Panel};
use persistence::{
    AloneWith, Database, notifications,
    panels::{
        self,
        reminders::{self, Reminder},
        strikes,
    },
};
use uuid::Uuid;

use super::BATCH;
use crate::{clock::Clock, error::Failure};

/// Tells everybody who applied that a result is out; says of how many panels.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn tell_results(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let now = clock.now();
    let under_way = db.read(reminders::under_way).await?;
    let untold = |(panel, told): &(Panel, bool)| !told && panel.is_announced(now);
    let due: Vec<Panel> = under_way.into_iter().filter(untold).map(|(panel, _)| panel).collect();
    for panel in &due {
        let (id, stamp) = (panel.id, clock.stamp());
        db.write(AloneWith::Nobody, move |tx| reminders::tell_result(tx, &stamp, id)).await?;
    }
    Ok(due.len())
}

/// Reminds those whose report is due in some days, or was; says how many that were.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn remind(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let (at, mut reminded) = (clock.stamp().at, 0);
    for (panel, _) in db.read(reminders::under_way).await? {
        let id = panel.id;
        let due = db.read(move |tx| reminders::due(tx, &panel, at)).await?;
        reminded += remind_these(db, id, &due, at).await?;
    }
    Ok(reminded)
}

/// Reminds those of a panel who still are to be; says how many that were.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn remind_these(
    db: &Database,
    id: PanelId,
    due: &[Reminder],
    at: DateTime<Utc>,
) -> Result<usize, Failure> {
    let mut reminded = 0;
    for some in due.chunks(BATCH as usize) {
        let some = some.to_vec();
        let remind = move |tx: &mut _| {
            // Whoever tells just now is waited for; who told since, and who is in a panel that ended, needs no reminder.
            panels::be_alone_with(tx, id)?;
            let panel = panels::find(tx, &Actor::System, id)?;
            let due = if panel.takes_replies(at) { reminders::due(tx, &panel, at)? } else { Vec::new() };
            let due: HashSet<Uuid> = due.iter().map(|reminder| reminder.id).collect();
            let mut still = some.iter().filter(|reminder| due.contains(&reminder.id));
            still.try_fold(0, |count, reminder| {
                notifications::panels::remind(tx, reminder, at).map(|()| count + 1)
            })
        };
        reminded += db.write(AloneWith::Nobody, remind).await?;
    }
    Ok(reminded)
}

/// Records a strike for each report that was missed; says how many there were.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn record_strikes(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let mut recorded = 0;
    for (panel, _) in db.read(reminders::under_way).await? {
        recorded += record_strikes_of(db, clock, &panel).await?;
    }
    Ok(recorded)
}

/// The same for one panel, as it was when it was looked at.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn record_strikes_of(db: &Database, clock: &Clock, panel: &Panel) -> Result<usize, Failure> {
    let (now, mut total) = (clock.now(), 0);
    loop {
        let held = panel.clone();
        let missed = db.read(move |tx| reminders::missed(tx, &held, now, BATCH)).await?;
        let mut recorded = 0;
        for id in &missed {
            let (id, stamp) = (*id, clock.stamp());
            let is_new = db.write(AloneWith::Nobody, move |tx| strikes::record(tx, &stamp, id)).await?;
            recorded += usize::from(is_new);
        }
        total += recorded;
        // Nothing is recorded of a panel that ended meanwhile, so the same would be found for ever.
        if recorded == 0 || missed.len() < BATCH as usize {
            return Ok(total);
        }
    }
}
