//! Sending: every few seconds the mails that are due are handed over, beside the other jobs, so that a slow server keeps
//! nothing else waiting. A mail is claimed first, for longer than handing it over may take: of several nodes one sends it.
//! A node that dies meanwhile leaves it to the others, who may then send it twice, but never not at all.

use std::time::Duration;

use chrono::TimeDelta;
use domain::mail::Mail;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use persistence::{AloneWith, Database, mails};

use super::{
    carrier::{Carrier, Undelivered},
    panels,
};
use crate::{config::Config, error::Failure, resets};

/// How soon a mail leaves.
const TICK: Duration = Duration::from_secs(2);
/// How long a mail that is being handed over is nobody else's: [`super::carrier::PATIENCE`] and as long again.
const CLAIM: TimeDelta = TimeDelta::minutes(2);
/// How many are looked up, and how many are handed over, at a time.
const BATCH: i64 = 20;
const TOGETHER: usize = 4;

/// Sends what is due, for ever.
pub async fn run(db: &Database, config: &Config, carrier: &Carrier) {
    loop {
        if let Err(failure) = send_due(db, config, carrier).await {
            tracing::error!(?failure, "mails could not be sent");
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Sends every mail that is due, and then some of what members are told of panels. However many hear of a result, and whatever
/// is wrong with what they are told: the other mails have left before.
///
/// # Errors
/// When the database fails; what was sent is sent.
pub async fn send_due(db: &Database, config: &Config, carrier: &Carrier) -> Result<(), Failure> {
    hand_over(db, config, carrier).await?;
    panels::write_due(db, config).await?;
    hand_over(db, config, carrier).await
}

async fn hand_over(db: &Database, config: &Config, carrier: &Carrier) -> Result<(), Failure> {
    loop {
        // Each time anew, so that whoever asks for a new password meanwhile does not wait for all the others.
        resets::answer(db, config).await?;
        let now = config.clock.now();
        let due = db.read(move |tx| mails::due(tx, now, BATCH)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let sends = stream::iter(due).map(|mail| send(db, config, carrier, mail));
        sends.buffer_unordered(TOGETHER).try_collect::<()>().await?;
    }
}

async fn send(db: &Database, config: &Config, carrier: &Carrier, due: Mail) -> Result<(), Failure> {
    let now = config.clock.stamp().at;
    let claim = move |tx: &mut _| mails::claim(tx, &due, now + CLAIM);
    // Another node may have been first.
    let Some(mail) = db.write(AloneWith::Nobody, claim).await? else { return Ok(()) };
    let (id, kind, attempts) = (mail.id, mail.kind.name(), mail.attempts);
    let carried = match mail.expires_at <= now {
        true => Err(Undelivered::Never("it is of no use any more".to_owned())),
        false => carrier.carry(&mail).await,
    };
    let now = config.clock.stamp().at;
    let retry = match carried {
        Ok(()) => {
            db.write(AloneWith::Nobody, move |tx| mails::end(tx, id, Some(now))).await?;
            return Ok(());
        }
        Err(Undelivered::Later(why)) => mail.next_try(now).ok_or(why.clone()).map(|at| (at, why)),
        Err(Undelivered::Never(why)) => Err(why),
    };
    match retry {
        Ok((at, why)) => {
            tracing::info!(mail = %id, kind, attempts, why, again_at = %at, "a mail was not taken; it waits");
            db.write(AloneWith::Nobody, move |tx| mails::put_off(tx, id, at)).await?;
        }
        Err(why) => {
            tracing::warn!(mail = %id, kind, attempts, why, "a mail was given up");
            db.write(AloneWith::Nobody, move |tx| mails::end(tx, id, None)).await?;
        }
    }
    Ok(())
}
