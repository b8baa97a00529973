//! Screening: what is known of whoever applies, looked at when they do, and again where that has changed.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, MemberId, Refusal, Stamp,
    panels::{
        Barred, Panel,
        applications::Application,
        screening::{Answers, NO_SHOWS, Question, Standing, screen},
        strikes::Reliability,
    },
    text::Fault,
};
use persistence::{
    AnyConnection, Error, Result as Rows, members,
    panels::{self, applications, draws, strikes},
};

/// Why a member may not be taken, by what is known of them now.
pub fn reasons(
    tx: &mut AnyConnection,
    panel: &Panel,
    member: MemberId,
    (answers, agreed): (&Answers, &BTreeSet<String>),
    now: DateTime<Utc>,
) -> Rows<Vec<String>> {
    let found = members::find(tx, member)?;
    let cooling = TimeDelta::days(panel.terms.cooling_off_days.into());
    let is_cooling_off = match panel.terms.cooling_off_days {
        0 => false,
        _ => draws::last_seat(tx, member)?.is_some_and(|at| now < at + cooling),
    };
    let is_barred = Reliability::of(&strikes::of_member(tx, member)?, now).barred_until.is_some();
    let (attributes, is_staff) = (&found.attributes, found.role.is_staff());
    let standing = Standing { attributes, is_staff, is_cooling_off, is_barred };
    Ok(screen(&panel.terms, answers, agreed, &standing)?)
}

/// Whether only answers change that keep nobody out: the first answer to another stands, or one could try which of them qualify.
pub fn ensure_first_stand(panel: &Panel, before: &Answers, after: &Answers) -> Rows<()> {
    let changed = |key: &&String| before.get(*key) != after.get(*key);
    let screens = |key: &&String| panel.terms.question(key).is_some_and(Question::screens);
    match before.keys().filter(changed).find(screens) {
        Some(key) => {
            let fault = Fault::NotA("answer that is given anew: the first answer to this question stands");
            Err(Error::Refused(Refusal::UnfitAt { pointer: format!("/answers/{key}"), fault }))
        }
        None => Ok(()),
    }
}

/// Looks anew at whoever was kept out by strikes, since one was overturned, as far as they can still be taken.
pub fn screen_anew(tx: &mut AnyConnection, stamp: &Stamp, member: MemberId) -> Rows<()> {
    let open = applications::open_of_member(tx, member)?.into_iter();
    let kept_out = open.filter(|application| application.reasons.iter().any(|reason| reason == NO_SHOWS));
    for (application, nth) in kept_out.zip(0..) {
        panels::be_alone_with(tx, application.panel_id)?;
        let panel = panels::find(tx, &Actor::System, application.panel_id)?;
        let application = applications::find(tx, application.id)?;
        if !application.can_be_screened(&panel, stamp.at) {
            continue;
        }
        let said = (&application.answers, &application.agreed);
        let reasons = reasons(tx, &panel, member, said, stamp.at)?;
        let anew = Application { reasons, updated_at: stamp.at, ..application };
        match applications::ensure_room(tx, &panel, &anew) {
            Ok(()) => drop(applications::update(tx, &stamp.branch(nth), &panel, anew)?),
            // Others came first meanwhile; it stays as it is, and may be changed when somebody leaves.
            Err(Error::Refused(Refusal::Panel(Barred::Full))) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
