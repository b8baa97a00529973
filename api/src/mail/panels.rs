//! Mail of panels: what a member was told that has a time, written to those who have shown that they read the mails there.

use chrono::{DateTime, Utc};
use domain::{
    Actor, MemberId, Stamp,
    answers::News,
    panels::{Panel, applications::Outcome},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use persistence::{
    AloneWith, AnyConnection, Database, Error, Result as Rows, members,
    notifications::panels::{self as news, Due},
    panels::{self, applications, trials},
};

use super::letters::{self, PanelWords, Said};
use crate::{
    config::{self, Config},
    error::Failure,
};

/// How many are written at a time, and how many of them together.
const BATCH: i64 = 100;
const TOGETHER: usize = 4;

/// Writes some of the mails that are due, each once, whoever is first to do it. What cannot be written is set aside, so that it
/// keeps no other from being written.
///
/// # Errors
/// When the database fails; what was written is written.
pub async fn write_due(db: &Database, config: &Config) -> Result<(), Failure> {
    let now = config.clock.now();
    let due = db.read(move |tx| news::to_mail(tx, now, BATCH)).await?;
    let writes = stream::iter(due).map(|due| write_one(db, config, due));
    writes.buffer_unordered(TOGETHER).try_collect().await
}

async fn write_one(db: &Database, config: &Config, due: Due) -> Result<(), Failure> {
    let (settings, stamp) = (config.mail.clone(), config.clock.stamp());
    // Whoever leaves for good meanwhile is not written to afterwards.
    let alone_with = AloneWith::Member(due.member.uuid());
    match db.write(alone_with, move |tx| write(tx, &settings, due, &stamp)).await {
        Err(error @ (Error::Contended | Error::Unavailable(_))) => Err(error.into()),
        Err(why) => {
            tracing::error!(?due, ?why, "news of a panel cannot be mailed; it is set aside");
            db.write(alone_with, move |tx| news::set_aside(tx, due).map(drop)).await?;
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn write(tx: &mut AnyConnection, settings: &config::Mail, due: Due, stamp: &Stamp) -> Rows<()> {
    let Some(mailing) = news::take(tx, due)? else { return Ok(()) };
    let member = members::find(tx, due.member)?;
    let panel = panels::find(tx, &Actor::System, mailing.panel)?;
    match said(tx, (mailing.news, due.member), &panel, stamp.at)? {
        Some(said) if member.email_verified && member.blocked_at.is_none() => {
            let page = format!("{}/panels/{}", settings.link_url, panel.id);
            let words = PanelWords { said, title: &panel.terms.title, page: &page };
            let letter = letters::of_panel(settings, member.locale, &words);
            super::send_letter(tx, (stamp, 0), &member, letter)
        }
        _ => Ok(()),
    }
}

/// What there is to say, unless it has been overtaken: the seat was answered for, the report is there, or the panel is over.
fn said(
    tx: &mut AnyConnection,
    (news, member): (News, MemberId),
    panel: &Panel,
    now: DateTime<Utc>,
) -> Rows<Option<Said>> {
    let Some(application) = applications::of_member(tx, panel.id, member)? else { return Ok(None) };
    let goes_on = panel.takes_replies(now);
    Ok(match (news, application.outcome) {
        (News::PanelResult, _) if panel.marks.cancelled_at.is_none() => Some(Said::Result),
        (News::PanelSeat, Outcome::Selected { confirm_by }) if goes_on => Some(Said::Seat { confirm_by }),
        (News::PanelReminder, Outcome::Confirmed) if goes_on => {
            let trial = trials::of_one(tx, application.id)?;
            let due = trial.due_at(&panel.terms).filter(|_| trial.reported_at.is_none());
            due.map(|due_at| Said::Due { due_at })
        }
        _ => None,
    })
}
