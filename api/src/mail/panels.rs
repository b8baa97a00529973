//! Mail of panels: what a member was told that has a time, written to those who have shown that they read the mails there.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Stamp,
    answers::News,
    panels::{Panel, applications::Outcome},
};
use persistence::{
    AloneWith, AnyConnection, Database, Result as Rows, members,
    notifications::panels::{self as news, Mailing},
    panels::{self, applications, trials},
};

use super::letters::{self, PanelWords, Said};
use crate::{
    config::{self, Config},
    error::Failure,
};

/// How many are written in one transaction.
const BATCH: i64 = 100;

/// Writes the mails that are due, each once, whoever is first to do it.
///
/// # Errors
/// When the database fails; what was written is written.
pub async fn write_due(db: &Database, config: &Config) -> Result<(), Failure> {
    loop {
        let now = config.clock.now();
        let due = db.read(move |tx| news::to_mail(tx, now, BATCH)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let due: Vec<(Mailing, Stamp)> =
            due.into_iter().map(|mailing| (mailing, config.clock.stamp())).collect();
        let settings = config.mail.clone();
        let write = move |tx: &mut AnyConnection| {
            due.iter().try_for_each(|(mailing, stamp)| write(tx, &settings, mailing, stamp))
        };
        db.write(AloneWith::Nobody, write).await?;
    }
}

fn write(tx: &mut AnyConnection, settings: &config::Mail, mailing: &Mailing, stamp: &Stamp) -> Rows<()> {
    if !news::take(tx, mailing)? {
        return Ok(());
    }
    let member = members::find(tx, mailing.member)?;
    let panel = panels::find(tx, &Actor::System, mailing.panel)?;
    match said(tx, mailing, &panel, stamp.at)? {
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
fn said(tx: &mut AnyConnection, mailing: &Mailing, panel: &Panel, now: DateTime<Utc>) -> Rows<Option<Said>> {
    let Some(application) = applications::of_member(tx, mailing.panel, mailing.member)? else {
        return Ok(None);
    };
    let goes_on = panel.takes_replies(now);
    Ok(match (mailing.news, application.outcome) {
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
