//! What people hear of panels by the clock: that the result is out, that a report is due, and that it was missed.

use domain::panels::Panel;
use persistence::{AloneWith, Database, notifications, panels::reminders, panels::strikes};

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
    let at = clock.stamp().at;
    let due = db.read(move |tx| {
        let mut due = Vec::new();
        for (panel, _) in reminders::under_way(tx)? {
            due.extend(reminders::due(tx, &panel, at)?);
        }
        Ok(due)
    });
    let due = due.await?;
    for some in due.chunks(BATCH as usize) {
        let some = some.to_vec();
        let remind = move |tx: &mut _| {
            some.iter().try_for_each(|reminder| notifications::panels::remind(tx, reminder, at))
        };
        db.write(AloneWith::Nobody, remind).await?;
    }
    Ok(due.len())
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
