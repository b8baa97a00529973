//! Members: who they are, what role they hold, and what may be done to an account.

mod attributes;

use chrono::{DateTime, Utc};

pub use self::attributes::{
    Attribute, Attributes, MOST_ATTRIBUTE_NAME, MOST_ATTRIBUTE_TEXT, MOST_ATTRIBUTES, Origin, Origins, Said,
    Source, clean_said,
};
pub(crate) use self::attributes::{RESERVED, clean_value};
use crate::{
    Actor, MemberId, Refusal,
    text::{Fault, Lines, clean},
};

/// A signed-in customer or a person of staff.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub id: MemberId,
    pub email: Email,
    /// Whether they have shown that they read the mails there.
    pub email_verified: bool,
    pub display_name: DisplayName,
    pub role: Role,
    pub locale: Locale,
    pub attributes: Attributes,
    /// Who said each attribute, and when.
    pub origins: Origins,
    pub blocked_at: Option<DateTime<Utc>>,
    /// Whether what they post skips the queue of moderation.
    pub trusted: bool,
    /// When what was known of them was forgotten.
    pub erased_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts edits, from 1.
    pub version: i32,
}

impl Member {
    /// What is left of somebody whom the platform forgets: a member without a name, who cannot sign in, so that what they said
    /// and voted for stays as it was.
    #[must_use]
    pub fn erased(&self, at: DateTime<Utc>) -> Self {
        Self {
            // A name of its own, in the domain that is nobody's (RFC 2606).
            email: Email(format!("{}@erased.invalid", self.id)),
            email_verified: false,
            display_name: DisplayName("(탈퇴한 회원)".to_owned()),
            role: Role::Member,
            locale: Locale::default(),
            attributes: Attributes::new(),
            origins: Origins::new(),
            blocked_at: Some(at),
            trusted: false,
            erased_at: Some(at),
            ..self.clone()
        }
    }
}

/// A sign-in on one device: the family of the refresh tokens that grew out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session;

/// What a person is to the platform. Everybody but [`Role::Member`] is staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Member,
    Moderator,
    Marketer,
    ProductManager,
    Admin,
}

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Member, Self::Moderator, Self::Marketer, Self::ProductManager, Self::Admin];

    #[must_use]
    pub fn is_staff(self) -> bool {
        self != Self::Member
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Marketer => "marketer",
            Self::ProductManager => "product_manager",
            Self::Admin => "admin",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// The language a member is written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    #[default]
    Ko,
    En,
}

impl Locale {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Ko, Self::En].into_iter().find(|locale| locale.name() == name)
    }
}

/// An e-mail address: written as given, compared without case.
#[derive(Debug, Clone)]
pub struct Email(String);

impl Email {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address have in common.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Email {}

impl TryFrom<&str> for Email {
    type Error = Fault;

    /// Asks for `local@domain` with a dot inside the domain and no spaces: whether mail arrives, only mail can tell.
    fn try_from(text: &str) -> Result<Self, Fault> {
        let text = clean(text, 3, 254, Lines::One)?;
        let Some((local, domain)) = text.rsplit_once('@') else { return Err(Fault::NotA("email")) };
        let dotted = domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
        if local.is_empty() || local.contains('@') || !dotted || text.contains(char::is_whitespace) {
            return Err(Fault::NotA("email"));
        }
        Ok(Self(text))
    }
}

/// The name a member is seen under: 1–50 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    pub const MOST: usize = 50;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for DisplayName {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        clean(text, 1, Self::MOST, Lines::One).map(Self)
    }
}

/// A password fit to be hashed: 10–200 characters (NIST SP 800-63B asks for length, not for kinds of characters).
pub struct Password(String);

impl Password {
    pub const LEAST: usize = 10;
    pub const MOST: usize = 200;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Password {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        // Not cleaned: a space at the end is part of a password.
        match text.chars().count() {
            count if count < Self::LEAST => Err(Fault::TooShort { least: Self::LEAST }),
            count if count > Self::MOST => Err(Fault::TooLong { most: Self::MOST }),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// An admin may change any account but not lock themselves out: `role` and `blocked` are what would become of `target`.
///
/// # Errors
/// [`Refusal::OwnAccount`] when the actor would demote or block themselves.
pub fn ensure_may_administer(
    actor: &Actor,
    target: MemberId,
    role: Role,
    blocked: bool,
) -> Result<(), Refusal> {
    match actor.member_id() == Some(target) && (role != Role::Admin || blocked) {
        true => Err(Refusal::OwnAccount),
        false => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn member() -> Member {
        Member {
            id: MemberId::new(DateTime::UNIX_EPOCH, [0; 10]),
            email: Email::try_from("ana@example.com").unwrap(),
            email_verified: true,
            display_name: DisplayName::try_from("아나").unwrap(),
            role: Role::Member,
            locale: Locale::Ko,
            attributes: Attributes::new(),
            origins: Origins::new(),
            blocked_at: None,
            trusted: false,
            erased_at: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn an_address_has_a_name_an_at_and_a_domain() {
        for good in ["a@b.kr", "이름@예시.한국", "A.B+c@x.example.com"] {
            assert!(Email::try_from(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "a@b", "@b.kr", "a@.kr", "a@b.", "a b@c.kr", "a@b@c.kr"] {
            assert!(Email::try_from(bad).is_err(), "{bad}");
        }
        assert_eq!(Email::try_from("Ana@B.kr").unwrap(), Email::try_from("ana@b.KR").unwrap());
    }

    #[test]
    fn an_admin_does_not_lock_themselves_out() {
        let me = MemberId::new(DateTime::UNIX_EPOCH, [1; 10]);
        let other = MemberId::new(DateTime::UNIX_EPOCH, [2; 10]);
        let actor = Actor::Member { id: me, role: Role::Admin };
        assert_eq!(ensure_may_administer(&actor, me, Role::Member, false), Err(Refusal::OwnAccount));
        assert_eq!(ensure_may_administer(&actor, me, Role::Admin, true), Err(Refusal::OwnAccount));
        assert_eq!(ensure_may_administer(&actor, me, Role::Admin, false), Ok(()));
        assert_eq!(ensure_may_administer(&actor, other, Role::Member, true), Ok(()));
    }
}
