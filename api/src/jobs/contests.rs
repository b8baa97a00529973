//! What time does to contests: teams hear of prizes once the provisional result is public, and what is personal goes in the end.

use domain::{Actor, ContestId};
use persistence::{
    AloneWith, Database,
    contests::{self, prizes, retention},
};

use crate::{audit::Act, clock::Clock, error::Failure};

/// Forgets what is personal of contests that ended long enough ago, and says of how many. One that cannot be forgotten keeps no other
/// there: it is logged, and the next turn tries it again.
///
/// # Errors
/// When the contests cannot be listed.
pub async fn forget(db: &Database, clock: &Clock) -> Result<usize, Failure> {
    let mut forgotten = 0;
    for contest in db.read(retention::ended).await? {
        match forget_one(db, clock, contest).await {
            Ok(is_forgotten) => forgotten += usize::from(is_forgotten),
            Err(failure) => tracing::error!(?failure, %contest, "a contest could not be forgotten"),
        }
    }
    Ok(forgotten)
}

/// Forgets what is personal of a contest if it is time, unless another node was first; says whether it did. That it was done stays in
/// the audit log.
async fn forget_one(db: &Database, clock: &Clock, id: ContestId) -> Result<bool, Failure> {
    let stamp = clock.stamp();
    let act = Act::new("forget contest", None, stamp.at);
    let forget = db.write(AloneWith::Nobody, move |tx| {
        let is_forgotten = retention::forget(tx, &stamp, id)?;
        if is_forgotten {
            act.keep_facts(tx, &Actor::System, Some(id.uuid()), (None, None))?;
        }
        Ok(is_forgotten)
    });
    Ok(forget.await?)
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
