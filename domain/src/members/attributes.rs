//! Attributes: what the brand knows of a member, and who said so.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Member;
use crate::text::{Fault, Lines, clean};

/// What the brand knows of a member, by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// Who said each attribute, by name.
pub type Origins = BTreeMap<String, Origin>;

/// What somebody says of a member now: a value, or nothing where they take one back.
pub type Said = BTreeMap<String, Option<Attribute>>;

/// One thing the brand knows of a member.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    Text(String),
    Number(f64),
    Flag(bool),
}

/// Who says an attribute, in the order of who is believed: a value is overwritten by its own source and by later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The brand's sign-on, each time the member signs in.
    Sso,
    /// A file that the operator imported.
    Import,
    Admin,
}

impl Source {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sso => "sso",
            Self::Import => "import",
            Self::Admin => "admin",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Sso, Self::Import, Self::Admin].into_iter().find(|source| source.name() == name)
    }
}

/// Who said an attribute, and when it came to be what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub source: Source,
    pub at: DateTime<Utc>,
}

/// The most attributes of a sign-on token, and of a member after an import or an admin's change.
pub const MOST_ATTRIBUTES: usize = 50;
/// The most characters of a name and of a text.
pub const MOST_ATTRIBUTE_NAME: usize = 64;
pub const MOST_ATTRIBUTE_TEXT: usize = 500;
/// Names that begin so are what Madang itself knows of a member.
pub(crate) const RESERVED: &str = "member.";

fn clean_name(name: &str) -> Result<String, Fault> {
    let name = clean(name, 1, MOST_ATTRIBUTE_NAME, Lines::One)?;
    match name.starts_with(RESERVED) {
        true => Err(Fault::NotA("name of an attribute: `member.` is reserved")),
        false => Ok(name),
    }
}

pub(crate) fn clean_value(value: &Attribute) -> Result<Attribute, Fault> {
    match value {
        Attribute::Text(text) => clean(text, 0, MOST_ATTRIBUTE_TEXT, Lines::One).map(Attribute::Text),
        Attribute::Number(number) if !number.is_finite() => Err(Fault::NotA("number")),
        Attribute::Number(_) | Attribute::Flag(_) => Ok(value.clone()),
    }
}

/// Names and values in the form they are kept in.
///
/// # Errors
/// The name with its [`Fault`]: it or a text is too long, empty or holds control characters, or the name is reserved.
pub fn clean_said(said: &Said) -> Result<Said, (String, Fault)> {
    let clean = |(name, value): (&String, &Option<Attribute>)| {
        let value = value.as_ref().map(clean_value).transpose();
        let clean = clean_name(name).and_then(|clean| Ok((clean, value?)));
        clean.map_err(|fault| (name.clone(), fault))
    };
    said.iter().map(clean).collect()
}

impl Member {
    /// Takes what an import or an admin says now. What somebody of more weight said stays.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when the member would have more than [`MOST_ATTRIBUTES`].
    pub fn take_attributes(&mut self, source: Source, said: &Said, at: DateTime<Utc>) -> Result<(), Fault> {
        let before = self.attributes.len();
        self.take(source, said, at);
        match self.attributes.len() {
            after if after > before && after > MOST_ATTRIBUTES => {
                Err(Fault::TooMany { most: MOST_ATTRIBUTES })
            }
            _ => Ok(()),
        }
    }

    /// Takes what a sign-on token says, which is all that the sign-on knows: what it said before and says no more goes.
    /// Nobody is kept out for what others have said of them, so this is never refused.
    pub fn take_sign_on(&mut self, all: &Attributes, at: DateTime<Utc>) {
        let silent = self.attributes.keys().filter(|name| !all.contains_key(*name));
        let said = silent.map(|name| (name.clone(), None));
        let said = said.chain(all.iter().map(|(name, value)| (name.clone(), Some(value.clone())))).collect();
        self.take(Source::Sso, &said, at);
    }

    /// The origin of what is not changed stays.
    fn take(&mut self, source: Source, said: &Said, at: DateTime<Utc>) {
        for (name, value) in said {
            let origin = self.origins.get(name);
            if origin.is_some_and(|origin| origin.source > source) {
                continue;
            }
            let Some(value) = value else {
                self.attributes.remove(name);
                self.origins.remove(name);
                continue;
            };
            let same = origin.is_some_and(|origin| origin.source == source);
            if !same || self.attributes.get(name) != Some(value) {
                self.attributes.insert(name.clone(), value.clone());
                self.origins.insert(name.clone(), Origin { source, at });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::tests::member;

    fn text(text: &str) -> Attribute {
        Attribute::Text(text.to_owned())
    }

    fn said(pairs: &[(&str, Option<Attribute>)]) -> Said {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn a_sign_on_overwrites_only_what_a_sign_on_or_nobody_said() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let mut ana = member();
        let token = Attributes::from([("plan".to_owned(), text("gold")), ("old".to_owned(), text("x"))]);
        ana.take_sign_on(&token, at(1));
        ana.take_attributes(Source::Admin, &said(&[("plan", Some(text("vip")))]), at(2)).unwrap();
        ana.take_attributes(Source::Import, &said(&[("city", Some(text("서울")))]), at(3)).unwrap();
        // The import does not overrule the admin, nor the sign-on either of them; what it says no more goes.
        ana.take_attributes(Source::Import, &said(&[("plan", Some(text("iron")))]), at(4)).unwrap();
        let token = Attributes::from([("plan".to_owned(), text("gold")), ("city".to_owned(), text("부산"))]);
        ana.take_sign_on(&token, at(5));
        let expected =
            Attributes::from([("plan".to_owned(), text("vip")), ("city".to_owned(), text("서울"))]);
        assert_eq!(ana.attributes, expected);
        assert_eq!(ana.origins["plan"], Origin { source: Source::Admin, at: at(2) });
        assert_eq!(ana.origins["city"], Origin { source: Source::Import, at: at(3) });
        // What the admin takes back, the sign-on may say again; saying the same again keeps its time.
        ana.take_attributes(Source::Admin, &said(&[("plan", None)]), at(6)).unwrap();
        ana.take_sign_on(&token, at(7));
        ana.take_sign_on(&token, at(8));
        assert_eq!(ana.attributes["plan"], text("gold"));
        assert_eq!(ana.origins["plan"], Origin { source: Source::Sso, at: at(7) });
    }

    #[test]
    fn an_attribute_has_a_name_of_its_own_and_a_value_that_compares() {
        assert_eq!(
            clean_said(&said(&[(" plan ", Some(text("gold")))])),
            Ok(said(&[("plan", Some(text("gold")))]))
        );
        for (name, value) in [
            ("", text("a")),
            ("member.role", text("admin")),
            (
                "a
b",
                text("a"),
            ),
            ("n", Attribute::Number(f64::NAN)),
        ] {
            let (blamed, _) = clean_said(&said(&[("fine", None), (name, Some(value))])).unwrap_err();
            assert_eq!(blamed, name);
        }
    }

    #[test]
    fn an_admin_gives_a_member_so_many_attributes_and_no_more() {
        let many: Said = (0..=MOST_ATTRIBUTES).map(|n| (n.to_string(), Some(text("x")))).collect();
        let mut ana = member();
        let refused = ana.take_attributes(Source::Admin, &many, DateTime::UNIX_EPOCH);
        assert_eq!(refused, Err(Fault::TooMany { most: MOST_ATTRIBUTES }));
    }
}
