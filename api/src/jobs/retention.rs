//! What is personal of panels goes in its time. That it was done stays in the audit log.

use domain::{Actor, PanelId, panels::Panel};
use persistence::{
    AloneWith, AnyConnection, Database, Result as Rows,
    panels::{
        reminders,
        retention::{self, Gone},
    },
};
use serde_json::json;

use super::BATCH;
use crate::{audit::Act, clock::Clock, error::Failure};

/// Deletes what had its time, of panels that ended and of parcels in panels that nobody ends; says how many things went.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn forget_panels(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let (now, mut total) = (clock.stamp().at, 0);
    let had_their_time = |panel: &Panel| panel.forgets_at().is_some_and(|at| at <= now);
    for panel in db.read(retention::ended).await?.into_iter().filter(had_their_time) {
        let id = panel.id;
        forget_words(db, panel).await?;
        total += forget(db, clock, id, move |tx| retention::forget(tx, id, now)).await?;
    }
    for (panel, _) in db.read(reminders::under_way).await? {
        let (id, until) = (panel.id, panel.forgets_deliveries_until(now));
        total += forget(db, clock, id, move |tx| retention::forget_parcels(tx, id, until)).await?;
    }
    Ok(total)
}

/// A few at a time, so that others wait briefly. The panel is marked after it, so a crash in between only has it done again.
async fn forget_words(db: &Database, panel: Panel) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let panel = panel.clone();
        let forget = move |tx: &mut _| retention::forget_words(tx, &panel, after, BATCH);
        after = db.write(AloneWith::Nobody, forget).await?;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn forget(
    db: &Database,
    clock: &Clock,
    panel: PanelId,
    forget: impl Fn(&mut AnyConnection) -> Rows<Gone> + Send + 'static,
) -> Result<usize, Failure> {
    let act = Act::new("delete personal data", None, clock.stamp().at);
    let write = move |tx: &mut AnyConnection| {
        let Gone { addresses, tracking_numbers, excuses } = forget(tx)?;
        let total = addresses + tracking_numbers + excuses;
        if total > 0 {
            let counts =
                json!({ "addresses": addresses, "tracking_numbers": tracking_numbers, "excuses": excuses });
            act.keep_facts(tx, &Actor::System, Some(panel.uuid()), (None, Some(counts)))?;
        }
        Ok(total)
    };
    Ok(db.write(AloneWith::Nobody, write).await?)
}
