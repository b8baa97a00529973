//! The rule of a segment: conditions on what is known of a member, joined by all, any and not.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{kinds::Kinds, test::Test};
use crate::{
    Refusal,
    members::{Attribute, Attributes, Locale, MOST_ATTRIBUTE_NAME, Member, Role},
    text::{Fault, Lines, clean},
};

/// Whom a segment holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Holds where every part does, and so where there is none.
    All(Vec<Self>),
    /// Holds where some part does, and so nowhere where there is none.
    Any(Vec<Self>),
    Not(Box<Self>),
    Where(Condition),
}

/// One thing asked of one attribute. Where the attribute is missing or of another kind it does not hold, whatever is
/// asked but whether it exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    attribute: String,
    pub test: Test,
}

/// What Madang itself knows of each member, by the names a rule has for it.
const BUILT_IN: [&str; 3] = ["member.role", "member.locale", "member.created_at"];

impl Condition {
    /// # Errors
    /// [`Fault`] when the name cannot be one of an attribute.
    pub fn new(attribute: &str, test: Test) -> Result<Self, Fault> {
        let attribute = clean(attribute, 1, MOST_ATTRIBUTE_NAME, Lines::One)?;
        match attribute.starts_with(crate::members::RESERVED) && !BUILT_IN.contains(&&*attribute) {
            true => Err(Fault::NotA(
                "name: besides attributes there are member.role, member.locale and member.created_at",
            )),
            false => Ok(Self { attribute, test }),
        }
    }

    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }
}

/// What a rule may ask of a member.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub role: Role,
    pub locale: Locale,
    pub created_at: DateTime<Utc>,
    pub attributes: &'a Attributes,
}

impl<'a> Facts<'a> {
    #[must_use]
    pub fn of(member: &'a Member) -> Self {
        let Member { role, locale, created_at, attributes, .. } = member;
        Self { role: *role, locale: *locale, created_at: *created_at, attributes }
    }

    fn get(&self, name: &str) -> Option<Attribute> {
        match name {
            "member.role" => Some(Attribute::Text(self.role.name().to_owned())),
            "member.locale" => Some(Attribute::Text(self.locale.name().to_owned())),
            "member.created_at" => Some(Attribute::Text(self.created_at.to_rfc3339())),
            name => self.attributes.get(name).cloned(),
        }
    }
}

/// What became of one condition for one member.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<'a> {
    /// Where it stands in the rule, as a JSON pointer.
    pub pointer: String,
    pub condition: &'a Condition,
    /// What the member has under the name.
    pub found: Option<Attribute>,
    pub holds: bool,
}

impl Rule {
    /// The most levels, that of the conditions included, and the most conditions; an empty group counts as one.
    pub const MOST_LEVELS: usize = 5;
    pub const MOST_CONDITIONS: usize = 50;

    /// # Errors
    /// [`Fault`] when it is too deep or too long.
    pub fn ensure_measured(&self) -> Result<(), Fault> {
        match self.measure() {
            (levels, _) if levels > Self::MOST_LEVELS => {
                Err(Fault::NotA("rule: it has more than five levels"))
            }
            (_, conditions) if conditions > Self::MOST_CONDITIONS => {
                Err(Fault::TooMany { most: Self::MOST_CONDITIONS })
            }
            _ => Ok(()),
        }
    }

    fn measure(&self) -> (usize, usize) {
        match self {
            Self::All(parts) | Self::Any(parts) if parts.is_empty() => (1, 1),
            Self::All(parts) | Self::Any(parts) => {
                let join = |(levels, sum): (usize, usize), part: &Self| {
                    let (deep, many) = part.measure();
                    (levels.max(deep + 1), sum + many)
                };
                parts.iter().fold((0, 0), join)
            }
            Self::Not(part) => {
                let (levels, conditions) = part.measure();
                (levels + 1, conditions)
            }
            Self::Where(_) => (1, 1),
        }
    }

    /// Whether it holds for a member.
    #[must_use]
    pub fn matches(&self, facts: &Facts<'_>, now: DateTime<Utc>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(facts, now)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(facts, now)),
            Self::Not(part) => !part.matches(facts, now),
            Self::Where(condition) => condition.test.holds(facts.get(&condition.attribute).as_ref(), now),
        }
    }

    /// Each condition with what the member has and whether it holds, in the order of the rule.
    #[must_use]
    pub fn explain(&self, facts: &Facts<'_>, now: DateTime<Utc>) -> Vec<Finding<'_>> {
        let mut findings = Vec::new();
        for (pointer, condition) in self.conditions() {
            let found = facts.get(&condition.attribute);
            let holds = condition.test.holds(found.as_ref(), now);
            findings.push(Finding { pointer, condition, found, holds });
        }
        findings
    }

    /// Whether time alone may bring a member in or take them out.
    #[must_use]
    pub fn ages(&self) -> bool {
        self.conditions().iter().any(|(_, condition)| matches!(condition.test, Test::WithinDays(_)))
    }

    /// The attributes it asks for, those that Madang itself knows apart.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        let asked = self.conditions().into_iter().map(|(_, condition)| condition.attribute.as_str());
        asked.filter(|name| !BUILT_IN.contains(name))
    }

    /// Whether the attributes it asks for are there, and of a kind that compares. `known` are the kinds that members have.
    ///
    /// # Errors
    /// [`Refusal::UnfitAt`] with the place of the first that is not.
    pub fn ensure_known(&self, known: &BTreeMap<String, Kinds>) -> Result<(), Refusal> {
        for (pointer, Condition { attribute, test }) in self.conditions() {
            let kinds = match &**attribute {
                "member.created_at" => Kinds { text: true, date: true, ..Kinds::default() },
                name if BUILT_IN.contains(&name) => Kinds { text: true, ..Kinds::default() },
                name => known.get(name).copied().unwrap_or_default(),
            };
            if kinds == Kinds::default() {
                let fault = Fault::NotA("attribute: no member has it");
                return Err(Refusal::UnfitAt { pointer: format!("{pointer}/attribute"), fault });
            }
            if !kinds.fits(test) {
                let fault = Fault::NotA("comparison for what members have under this name");
                return Err(Refusal::UnfitAt { pointer: format!("{pointer}/{}", test.op()), fault });
            }
        }
        Ok(())
    }

    /// Each condition with its place in a body that has the rule under `rule`.
    fn conditions(&self) -> Vec<(String, &Condition)> {
        let mut found = Vec::new();
        self.visit("/rule", &mut found);
        found
    }

    fn visit<'a>(&'a self, place: &str, found: &mut Vec<(String, &'a Condition)>) {
        let (word, parts) = match self {
            Self::All(parts) => ("all", parts),
            Self::Any(parts) => ("any", parts),
            Self::Not(part) => return part.visit(&format!("{place}/not"), found),
            Self::Where(condition) => return found.push((place.to_owned(), condition)),
        };
        for (nth, part) in parts.iter().enumerate() {
            part.visit(&format!("{place}/{word}/{nth}"), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::segments::test::Moment;

    fn is(attribute: &str, value: &str) -> Rule {
        asks(attribute, Test::Is(Attribute::Text(value.to_owned())))
    }

    fn asks(attribute: &str, test: Test) -> Rule {
        Rule::Where(Condition::new(attribute, test).unwrap())
    }

    fn gold() -> Attributes {
        let text = |text: &str| Attribute::Text(text.to_owned());
        Attributes::from([
            ("plan".to_owned(), text("gold")),
            ("purchases".to_owned(), Attribute::Number(12.0)),
            ("vip".to_owned(), Attribute::Flag(true)),
        ])
    }

    fn facts(attributes: &Attributes) -> Facts<'_> {
        Facts { role: Role::Member, locale: Locale::Ko, created_at: DateTime::UNIX_EPOCH, attributes }
    }

    fn rules() -> impl Strategy<Value = Rule> {
        let leaf = prop_oneof![
            Just(is("plan", "gold")),
            Just(is("plan", "iron")),
            Just(is("missing", "x")),
            Just(asks("purchases", Test::AtLeast(10.0))),
            Just(asks("vip", Test::Exists(true))),
        ];
        leaf.prop_recursive(4, 24, 4, |part| {
            prop_oneof![
                prop::collection::vec(part.clone(), 0..4).prop_map(Rule::All),
                prop::collection::vec(part.clone(), 0..4).prop_map(Rule::Any),
                part.prop_map(|part| Rule::Not(Box::new(part))),
            ]
        })
    }

    proptest! {
        #[test]
        fn not_not_is_nothing_and_de_morgan_holds(rule in rules(), other in rules()) {
            let attributes = gold();
            let holds = |rule: Rule| rule.matches(&facts(&attributes), DateTime::UNIX_EPOCH);
            let not = |rule: &Rule| Rule::Not(Box::new(rule.clone()));
            prop_assert_eq!(holds(not(&not(&rule))), holds(rule.clone()));
            let both = Rule::All(vec![rule.clone(), other.clone()]);
            let neither = Rule::Any(vec![not(&rule), not(&other)]);
            prop_assert_eq!(holds(not(&both)), holds(neither));
            prop_assert_eq!(holds(Rule::All(vec![rule.clone()])), holds(rule.clone()));
            // An explanation has each condition once, and the truth of the whole follows from it.
            let explained = rule.explain(&facts(&attributes), DateTime::UNIX_EPOCH).len();
            prop_assert_eq!(explained, rule.conditions().len());
        }
    }

    #[test]
    fn nothing_asked_holds_for_all_and_no_choice_for_none() {
        let attributes = Attributes::new();
        let holds = |rule: Rule| rule.matches(&facts(&attributes), DateTime::UNIX_EPOCH);
        assert!(holds(Rule::All(Vec::new())) && !holds(Rule::Any(Vec::new())));
        assert!(!holds(Rule::Not(Box::new(Rule::All(Vec::new())))));
        assert!(holds(is("member.role", "member")) && holds(is("member.locale", "ko")));
    }

    #[test]
    fn a_rule_is_refused_for_what_nobody_has_and_what_does_not_compare() {
        let mut known: BTreeMap<String, Kinds> = BTreeMap::new();
        for (name, value) in gold() {
            known.entry(name).or_default().add(&value);
        }
        let place = |rule: Rule| match Rule::All(vec![is("plan", "gold"), rule]).ensure_known(&known) {
            Err(Refusal::UnfitAt { pointer, .. }) => pointer,
            other => format!("{other:?}"),
        };
        let at = |text: &str| Moment::try_from(text).unwrap();
        assert_eq!(place(is("plam", "gold")), "/rule/all/1/attribute");
        assert_eq!(place(Rule::Not(Box::new(is("x", "y")))), "/rule/all/1/not/attribute");
        assert_eq!(place(asks("plan", Test::AtLeast(1.0))), "/rule/all/1/at_least");
        assert_eq!(place(asks("plan", Test::Before(at("2026-01-01")))), "/rule/all/1/before");
        assert_eq!(place(asks("purchases", Test::Contains("1".to_owned()))), "/rule/all/1/contains");
        for fine in [
            asks("purchases", Test::LessThan(3.0)),
            asks("vip", Test::Is(Attribute::Flag(false))),
            asks("member.created_at", Test::After(at("2026-01-01"))),
            asks("plan", Test::Exists(false)),
        ] {
            assert_eq!(place(fine), "Ok(())");
        }
        assert!(Condition::new("member.email", Test::Exists(true)).is_err());
    }

    #[test]
    fn a_rule_has_five_levels_and_fifty_conditions_at_most() {
        let leaf = || is("plan", "gold");
        let deep = |levels: usize| (1..levels).fold(leaf(), |rule, _| Rule::Not(Box::new(rule)));
        assert_eq!(deep(5).ensure_measured(), Ok(()));
        assert!(deep(6).ensure_measured().is_err());
        let wide = |many| Rule::Any((0..many).map(|_| leaf()).collect());
        assert_eq!(wide(50).ensure_measured(), Ok(()));
        assert_eq!(wide(51).ensure_measured(), Err(Fault::TooMany { most: 50 }));
        let empty = Rule::All((0..51).map(|_| Rule::Any(Vec::new())).collect());
        assert!(empty.ensure_measured().is_err());
        assert!(asks("d", Test::WithinDays(3)).ages() && !leaf().ages());
    }
}
