//! Mail: written in the transaction of the change it is about, and handed over by a job afterwards.

pub mod carrier;
pub(crate) mod letters;
mod panels;
mod secret;
pub mod sending;

use domain::{
    MemberId, Stamp,
    invitations::Invitation,
    mail::{LONGEST_TRIED, Mail, MailLink, Purpose},
    members::{Email, Member},
};
use persistence::{AnyConnection, Result as Rows, invitations, mail_links, mails};

use self::letters::{Letter, Words};
pub(crate) use self::secret::Secret;
use crate::config;

/// Writes a member a link to `email`, for a purpose; the mail has the id of the link.
pub(crate) fn send_link(
    tx: &mut AnyConnection,
    settings: &config::Mail,
    stamp: &Stamp,
    (member, email): (&Member, &Email),
    (purpose, secret): (Purpose, &Secret),
) -> Rows<()> {
    let expires_at = stamp.at + purpose.life();
    let link = MailLink {
        id: stamp.id(0),
        purpose,
        member: member.id,
        email: email.clone(),
        created_at: stamp.at,
        expires_at,
    };
    mail_links::insert(tx, &link, &secret.hash())?;
    let words = match purpose {
        Purpose::Verify => Words::Verification(secret),
        Purpose::Reset => Words::Reset(secret),
        Purpose::Change => Words::Change(secret),
    };
    let letter = letters::write(settings, member.locale, &words);
    mails::queue(tx, &mail(stamp, 0, Some(member.id), email, letter, expires_at))
}

/// Writes a member something that needs no link; the `nth` id of the change is that of the mail.
pub(crate) fn send_note(
    tx: &mut AnyConnection,
    settings: &config::Mail,
    (stamp, nth): (&Stamp, u8),
    member: &Member,
    words: &Words<'_>,
) -> Rows<()> {
    send_letter(tx, (stamp, nth), member, letters::write(settings, member.locale, words))
}

fn send_letter(
    tx: &mut AnyConnection,
    (stamp, nth): (&Stamp, u8),
    member: &Member,
    letter: Letter,
) -> Rows<()> {
    let expires_at = stamp.at + LONGEST_TRIED;
    mails::queue(tx, &mail(stamp, nth, Some(member.id), &member.email, letter, expires_at))
}

/// Invites somebody who has no account, in the place of an invitation they may have.
pub(crate) fn send_invitation(
    tx: &mut AnyConnection,
    stamp: &Stamp,
    invitation: &Invitation,
    letter: Letter,
    secret: &Secret,
) -> Rows<()> {
    invitations::replace(tx, stamp, invitation, &secret.hash())?;
    mails::queue(tx, &mail(stamp, 0, None, &invitation.email, letter, invitation.expires_at))
}

fn mail(
    stamp: &Stamp,
    nth: u8,
    member: Option<MemberId>,
    to: &Email,
    letter: Letter,
    until: chrono::DateTime<chrono::Utc>,
) -> Mail {
    Mail {
        id: stamp.id(nth),
        kind: letter.kind,
        member,
        to: to.clone(),
        subject: letter.subject,
        body: letter.body,
        created_at: stamp.at,
        expires_at: until.min(stamp.at + LONGEST_TRIED),
        attempts: 0,
        due_at: stamp.at,
    }
}
