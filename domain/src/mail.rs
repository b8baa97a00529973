//! Mail: what people are written, how long it is tried, and the links by which they show that it reached them.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    MailId, MailLinkId, MemberId, Refusal,
    members::{Email, Member},
};

/// A mail on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub id: MailId,
    pub kind: Kind,
    /// Nobody's, when it goes to somebody who has no account yet.
    pub member: Option<MemberId>,
    pub to: Email,
    pub subject: String,
    pub body: String,
    pub created_at: DateTime<Utc>,
    /// From when it is of no use to anybody.
    pub expires_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i32,
    pub due_at: DateTime<Utc>,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The link by which an address is shown to be the member's.
    Verification,
    /// The link to a new password.
    Reset,
    /// That there is no password: the member comes by the brand's sign-on.
    ResetBySignOn,
    /// The link to another address, sent there.
    Change,
    /// That another address was asked for, sent to the present one.
    ChangeNotice,
    Invitation,
    /// That the result of a panel is out.
    PanelResult,
    /// That a seat of a panel is theirs.
    PanelSeat,
    /// That a report is due, or was.
    PanelReminder,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Verification,
        Self::Reset,
        Self::ResetBySignOn,
        Self::Change,
        Self::ChangeNotice,
        Self::Invitation,
        Self::PanelResult,
        Self::PanelSeat,
        Self::PanelReminder,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::Reset => "reset",
            Self::ResetBySignOn => "reset_by_sign_on",
            Self::Change => "change",
            Self::ChangeNotice => "change_notice",
            Self::Invitation => "invitation",
            Self::PanelResult => "panel_result",
            Self::PanelSeat => "panel_seat",
            Self::PanelReminder => "panel_reminder",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it goes to many at once, who wait for nothing, and so lets those go first that somebody asked for.
    #[must_use]
    pub fn gives_way(self) -> bool {
        matches!(self, Self::PanelResult | Self::PanelSeat | Self::PanelReminder)
    }
}

/// How long a mail is tried at most, whatever it is about.
pub const LONGEST_TRIED: TimeDelta = TimeDelta::hours(24);
/// How many mails of a kind somebody may ask for in [`WINDOW`].
pub const MOST_ASKED: usize = 3;
/// See [`MOST_ASKED`].
pub const WINDOW: TimeDelta = TimeDelta::hours(1);

impl Mail {
    /// When to try again after one more attempt has failed: 30 seconds later, then twice as long each time, up to an hour.
    /// Never, once it would be of no use.
    #[must_use]
    pub fn next_try(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let doublings = u32::try_from(self.attempts.saturating_sub(1)).unwrap_or(0).min(7);
        let wait = TimeDelta::seconds(30 << doublings).min(TimeDelta::hours(1));
        Some(now + wait).filter(|at| *at < self.expires_at)
    }
}

/// Whether there is room for one more mail, beside those asked for in the last [`WINDOW`], the newest first.
///
/// # Errors
/// [`Refusal::TooManyMails`].
pub fn ensure_room(asked: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<(), Refusal> {
    match asked.get(MOST_ASKED - 1) {
        Some(oldest) => {
            let wait = (*oldest + WINDOW - now).num_seconds().max(0) + 1;
            Err(Refusal::TooManyMails { wait: wait.unsigned_abs() })
        }
        None => Ok(()),
    }
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To show that the address is the member's.
    Verify,
    /// To set a new password.
    Reset,
    /// To put the address in the place of the present one.
    Change,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::Verify, Self::Reset, Self::Change];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Change => "change",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// How long a link is good for: the shorter, the more it opens.
    #[must_use]
    pub fn life(self) -> TimeDelta {
        match self {
            Self::Reset => TimeDelta::minutes(30),
            Self::Verify | Self::Change => TimeDelta::hours(24),
        }
    }
}

/// A link that was sent to a member. Whoever knows its secret reads the mails at the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLink {
    pub id: MailLinkId,
    pub purpose: Purpose,
    pub member: MemberId,
    /// What it was sent to.
    pub email: Email,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl MailLink {
    /// The member as the link makes them when it is opened for one of `purposes`: with its address, which is proven now.
    ///
    /// # Errors
    /// [`Refusal::LinkNotGood`], whyever it is not: for whoever tries secrets there is nothing to learn.
    pub fn open(&self, purposes: &[Purpose], member: &Member, now: DateTime<Utc>) -> Result<Member, Refusal> {
        // But for a change, it proves what was the address when it was sent, and may be so no more.
        let fits = self.purpose == Purpose::Change || self.email == member.email;
        let good = purposes.contains(&self.purpose) && now < self.expires_at && fits;
        if !good || member.id != self.member || member.blocked_at.is_some() {
            return Err(Refusal::LinkNotGood);
        }
        let email = if self.purpose == Purpose::Change { &self.email } else { &member.email };
        Ok(Member { email: email.clone(), email_verified: true, ..member.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::tests::member;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + seconds, 0).unwrap()
    }

    fn email(text: &str) -> Email {
        Email::try_from(text).unwrap()
    }

    #[test]
    fn a_mail_is_tried_less_and_less_often_until_it_is_of_no_use() {
        let mut mail = Mail {
            id: MailId::new(at(0), [0; 10]),
            kind: Kind::Reset,
            member: None,
            to: email("ana@example.com"),
            subject: String::new(),
            body: String::new(),
            created_at: at(0),
            expires_at: at(0) + LONGEST_TRIED,
            attempts: 0,
            due_at: at(0),
        };
        let mut waits = Vec::new();
        for attempts in [1, 2, 3, 7, 8, 9, 1_000, i32::MAX] {
            mail.attempts = attempts;
            waits.push((mail.next_try(at(0)).unwrap() - at(0)).num_seconds());
        }
        assert_eq!(waits, [30, 60, 120, 1_920, 3_600, 3_600, 3_600, 3_600]);
        assert_eq!(mail.next_try(mail.expires_at - TimeDelta::hours(1)), None);
        mail.attempts = 1;
        assert!(mail.next_try(mail.expires_at - TimeDelta::seconds(31)).is_some());
        assert_eq!(mail.next_try(mail.expires_at - TimeDelta::seconds(30)), None);
    }

    #[test]
    fn there_is_room_for_three_in_an_hour() {
        assert_eq!(ensure_room(&[at(20), at(10)], at(30)), Ok(()));
        let wait = TimeDelta::hours(1).num_seconds().unsigned_abs() - 30 + 1;
        assert_eq!(ensure_room(&[at(20), at(10), at(0)], at(30)), Err(Refusal::TooManyMails { wait }));
    }

    #[test]
    fn a_link_opens_for_its_member_at_its_address_in_its_time() {
        let known = Member { email_verified: false, ..member() };
        let link = |purpose: Purpose, to: &str| MailLink {
            id: MailLinkId::new(at(0), [0; 10]),
            purpose,
            member: known.id,
            email: email(to),
            created_at: at(0),
            expires_at: at(0) + purpose.life(),
        };
        for purpose in Purpose::ALL {
            let here = link(purpose, "ANA@example.com");
            let opened = here.open(&[purpose], &known, at(1)).unwrap();
            assert!(opened.email_verified && opened.email == known.email);
            assert_eq!(here.open(&[purpose], &known, here.expires_at), Err(Refusal::LinkNotGood));
            let others: Vec<_> = Purpose::ALL.into_iter().filter(|other| *other != purpose).collect();
            assert_eq!(here.open(&others, &known, at(1)), Err(Refusal::LinkNotGood));
            let blocked = Member { blocked_at: Some(at(0)), ..known.clone() };
            assert_eq!(here.open(&[purpose], &blocked, at(1)), Err(Refusal::LinkNotGood));
            let other = Member { id: MemberId::new(at(5), [5; 10]), ..known.clone() };
            assert_eq!(here.open(&[purpose], &other, at(1)), Err(Refusal::LinkNotGood));
            // The address is another by now: only a change goes to one that is not the member's.
            let elsewhere = link(purpose, "new@example.com").open(&[purpose], &known, at(1));
            match purpose {
                Purpose::Change => assert_eq!(elsewhere.unwrap().email, email("new@example.com")),
                Purpose::Verify | Purpose::Reset => assert_eq!(elsewhere, Err(Refusal::LinkNotGood)),
            }
        }
    }
}
