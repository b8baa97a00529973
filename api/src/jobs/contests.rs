//! What time does to contests: teams hear of prizes once the provisional result is public, and what is personal goes in the end.

use domain::{Actor, contests::Contest};
use persistence::{
    AloneWith, Database,
    contests::{self, prizes, retention},
};

use crate::{audit::Act, clock::Clock, error::Failure};

/// Forgets what is personal of contests that ended long enough ago, and says how many there were. That it was done stays in the audit
/// log.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn forget(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let now = clock.now();
    let due: Vec<Contest> = db
        .read(retention::ended)
        .await?
        .into_iter()
        .filter(|contest| contest.is_to_be_forgotten(now))
        .collect();
    for contest in &due {
        let (id, stamp) = (contest.id, clock.stamp());
        let act = Act::new("forget contest", None, stamp.at);
        let forget = db.write(AloneWith::Nobody, move |tx| match retention::forget(tx, &stamp, id)? {
            true => act.keep_facts(tx, &Actor::System, Some(id.uuid()), (None, None)),
            // Another node was first.
            false => Ok(()),
        });
        forget.await?;
    }
    Ok(due.len())
}

/// Offers the prizes of provisional results that have become public, and those that a result gives otherwise by now; says of how many
/// contests.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn offer_prizes(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let now = clock.now();
    let due = db.read(move |tx| prizes::unoffered(tx, now)).await?;
    for &id in &due {
        let stamp = clock.stamp();
        let offer = db.write(AloneWith::Nobody, move |tx| {
            contests::be_alone_with(tx, id)?;
            let contest = contests::find(tx, &Actor::System, id)?;
            prizes::offer(tx, &stamp, &contest).map(drop)
        });
        offer.await?;
    }
    Ok(due.len())
}
