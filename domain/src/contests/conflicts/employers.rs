//! Who works for the same house, as far as their addresses tell.

use crate::members::Email;

/// Where anybody gets an address, so that two who have one there have nothing else in common.
const OF_ANYBODY: [&str; 40] = [
    // Korea.
    "naver.com",
    "hanmail.net",
    "daum.net",
    "kakao.com",
    "nate.com",
    "lycos.co.kr",
    "empas.com",
    "korea.com",
    "dreamwiz.com",
    "paran.com",
    "freechal.com",
    "hanafos.com",
    "hitel.net",
    "chol.com",
    // The world.
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "outlook.kr",
    "hotmail.com",
    "live.com",
    "live.co.kr",
    "msn.com",
    "yahoo.com",
    "yahoo.co.kr",
    "yahoo.co.jp",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "aol.com",
    "gmx.com",
    "gmx.de",
    "web.de",
    "mail.com",
    "qq.com",
    "163.com",
    "126.com",
    "foxmail.com",
    "zoho.com",
];
/// Names that are nobody's (RFC 2606), and those under them.
const OF_NOBODY: [&str; 7] =
    ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"];

/// The house an address is of; none of one that anybody can have.
#[must_use]
pub fn employer(email: &Email) -> Option<String> {
    let key = email.key();
    let (_, house) = key.rsplit_once('@')?;
    let is_anybodys = OF_ANYBODY.contains(&house) || OF_NOBODY.iter().any(|name| is_under(house, name));
    (!is_anybodys).then(|| house.to_owned())
}

/// Whether two houses are one: the same, or one a part of the other.
pub fn are_one(one: &str, other: &str) -> bool {
    is_under(one, other) || is_under(other, one)
}

fn is_under(name: &str, above: &str) -> bool {
    name.strip_suffix(above).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_anybody_can_have_names_no_employer() {
        for (email, house) in [
            ("kim@hanbit.co.kr", Some("hanbit.co.kr")),
            ("kim@Mail.Hanbit.CO.KR", Some("mail.hanbit.co.kr")),
            ("kim@naver.com", None),
            ("kim@gmail.com", None),
            ("kim@example.com", None),
            ("kim@team.example.org", None),
            ("kim@a.test", None),
            ("kim@contest.kr", Some("contest.kr")),
        ] {
            let email = Email::try_from(email).unwrap();
            assert_eq!(employer(&email).as_deref(), house, "{email:?}");
        }
        assert!(are_one("a.kr", "a.kr") && are_one("b.a.kr", "a.kr") && are_one("a.kr", "b.a.kr"));
        assert!(!are_one("ba.kr", "a.kr") && !are_one("b.kr", "a.kr"));
    }
}
