//! On behalf: staff post and vote for a customer who called, came by or wrote, and say by which way they heard it.

use crate::{
    MemberId, Refusal,
    members::{Member, Role},
    text::{Fault, address},
};

/// How the customer told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Call,
    Visit,
    Mail,
    Other,
}

impl Channel {
    pub const ALL: [Self; 4] = [Self::Call, Self::Visit, Self::Mail, Self::Other];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Visit => "visit",
            Self::Mail => "mail",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// Where it is on record: an `https` address of up to 1,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    pub const MOST: usize = 1_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Link {
    type Error = Fault;

    fn try_from(text: &str) -> Result<Self, Fault> {
        address(text, Self::MOST, &["https://"]).map(Self).map_err(|fault| match fault {
            Fault::NotA(_) => Fault::NotA("https address"),
            fault => fault,
        })
    }
}

/// Who of staff acted for a customer, and how they came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBehalf {
    pub by: MemberId,
    pub channel: Channel,
    pub link: Option<Link>,
}

/// Staff speak for customers: never for each other or for themselves, nor for whom the brand has shut out.
///
/// # Errors
/// [`Refusal::NotACustomer`] or [`Refusal::CustomerBlocked`].
pub fn ensure_customer(member: &Member) -> Result<(), Refusal> {
    match member {
        _ if member.role != Role::Member => Err(Refusal::NotACustomer),
        _ if member.blocked_at.is_some() => Err(Refusal::CustomerBlocked),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn member(role: Role) -> Member {
        Member { role, ..crate::members::tests::member() }
    }

    #[test]
    fn staff_speak_for_customers_alone() {
        assert_eq!(ensure_customer(&member(Role::Member)), Ok(()));
        let blocked = Member { blocked_at: Some(DateTime::UNIX_EPOCH), ..member(Role::Member) };
        assert_eq!(ensure_customer(&blocked), Err(Refusal::CustomerBlocked));
        for role in Role::ALL.into_iter().filter(|role| role.is_staff()) {
            assert_eq!(ensure_customer(&member(role)), Err(Refusal::NotACustomer), "{role:?}");
        }
    }

    #[test]
    fn a_link_is_a_plain_https_address() {
        for good in ["https://crm.shop.kr/tickets/1?x=%20#y", "https://예시.한국", "https://a:8443"] {
            assert_eq!(Link::try_from(good).unwrap().as_str(), good);
        }
        for bad in [
            "http://a.kr",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "https://a b",
            "//a.kr",
            "https://shop.kr@evil.kr/",
            "https://a.kr/\"onclick=",
            "https://?a",
            "",
        ] {
            assert!(Link::try_from(bad).is_err(), "{bad}");
        }
        assert!(Link::try_from(&*format!("https://{}", "a".repeat(993))).is_err());
    }

    #[test]
    fn a_channel_is_known_by_its_name() {
        for channel in Channel::ALL {
            assert_eq!(Channel::named(channel.name()), Some(channel));
        }
        assert_eq!(Channel::named("fax"), None);
    }
}
