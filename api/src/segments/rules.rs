//! Rules as they are written in requests and answers.

use domain::{
    members::Attribute,
    segments::{Condition, Rule, Test, Wanted},
    text::Fault,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    body::{field, present},
    error::Failure,
    members::AttributeBody,
};

/// A rule: `all` or `any` of some rules, `not` one, or one comparison of one `attribute`.
///
/// Besides the attributes of members there are `member.role`, `member.locale` and `member.created_at`. Where a member has
/// no such attribute, or one of another kind, a comparison does not hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({ "all": [
    { "attribute": "plan", "in": ["gold", "vip"] },
    { "attribute": "purchases", "at_least": 12 },
    { "not": { "attribute": "member.role", "is_not": "member" } },
] }))]
pub struct RuleBody {
    /// Each of these holds.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = Vec<RuleBody>, no_recursion)]
    all: Option<Vec<Self>>,
    /// One of these holds at least.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = Vec<RuleBody>, no_recursion)]
    any: Option<Vec<Self>>,
    /// This does not hold.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = RuleBody, no_recursion)]
    not: Option<Box<Self>>,
    /// The name of the attribute that one of the following is asked of.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String, max_length = 64)]
    attribute: Option<String>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = AttributeBody)]
    is: Option<WantedBody>,
    /// It has another value of the same kind.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = AttributeBody)]
    is_not: Option<WantedBody>,
    #[serde(rename = "in", deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = Vec<AttributeBody>, min_items = 1, max_items = 50)]
    one_of: Option<WantedBody>,
    /// The text has this in it, letter for letter.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String)]
    contains: Option<WantedBody>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = f64)]
    at_least: Option<WantedBody>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = f64)]
    at_most: Option<WantedBody>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = f64)]
    more_than: Option<WantedBody>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = f64)]
    less_than: Option<WantedBody>,
    /// A date or time earlier than this one; a date is a day in Korea.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String, example = "2026-01-01")]
    before: Option<WantedBody>,
    /// A date or time that is this one or later.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String, example = "2026-01-01T00:00:00+09:00")]
    after: Option<WantedBody>,
    /// A date or time in the last so many days.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = u32, minimum = 1, maximum = 36_500)]
    within_days: Option<WantedBody>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = bool)]
    exists: Option<WantedBody>,
}

/// What a comparison compares with.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected a value or a list of values")]
pub enum WantedBody {
    One(AttributeBody),
    Many(Vec<AttributeBody>),
}

impl From<&WantedBody> for Wanted {
    fn from(body: &WantedBody) -> Self {
        match body {
            WantedBody::One(value) => Self::One(value.into()),
            WantedBody::Many(values) => Self::Many(values.iter().map(Attribute::from).collect()),
        }
    }
}

impl From<Wanted> for WantedBody {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::One(value) => Self::One(value.into()),
            Wanted::Many(values) => Self::Many(values.into_iter().map(AttributeBody::from).collect()),
        }
    }
}

impl RuleBody {
    /// The rule, which stands at `/rule` of a body.
    pub(super) fn rule(&self) -> Result<Rule, Failure> {
        let rule = self.part("/rule")?;
        field("/rule", rule.ensure_measured())?;
        Ok(rule)
    }

    fn part(&self, place: &str) -> Result<Rule, Failure> {
        let list = |word: &str, parts: &[Self]| {
            let parts = parts.iter().enumerate();
            parts.map(|(nth, part)| part.part(&format!("{place}/{word}/{nth}"))).collect::<Result<_, _>>()
        };
        let asked: Vec<_> =
            self.questions().into_iter().filter_map(|(op, wanted)| Some((op, wanted?))).collect();
        match (&self.all, &self.any, &self.not, &self.attribute, asked.as_slice()) {
            (Some(parts), None, None, None, []) => Ok(Rule::All(list("all", parts)?)),
            (None, Some(parts), None, None, []) => Ok(Rule::Any(list("any", parts)?)),
            (None, None, Some(part), None, []) => {
                Ok(Rule::Not(Box::new(part.part(&format!("{place}/not"))?)))
            }
            (None, None, None, Some(attribute), [(op, wanted)]) => {
                let test = field(&format!("{place}/{op}"), Test::of(op, Wanted::from(*wanted)))?;
                let condition = Condition::new(attribute, test);
                Ok(Rule::Where(field(&format!("{place}/attribute"), condition)?))
            }
            _ => Err(Failure::field(
                place,
                Fault::NotA("rule: it is one of all, any, not, or an attribute with one comparison"),
            )),
        }
    }

    fn questions(&self) -> [(&'static str, Option<&WantedBody>); 12] {
        [
            ("is", self.is.as_ref()),
            ("is_not", self.is_not.as_ref()),
            ("in", self.one_of.as_ref()),
            ("contains", self.contains.as_ref()),
            ("at_least", self.at_least.as_ref()),
            ("at_most", self.at_most.as_ref()),
            ("more_than", self.more_than.as_ref()),
            ("less_than", self.less_than.as_ref()),
            ("before", self.before.as_ref()),
            ("after", self.after.as_ref()),
            ("within_days", self.within_days.as_ref()),
            ("exists", self.exists.as_ref()),
        ]
    }
}

impl From<&Rule> for RuleBody {
    fn from(rule: &Rule) -> Self {
        let list = |parts: &[Rule]| Some(parts.iter().map(Self::from).collect());
        match rule {
            Rule::All(parts) => Self { all: list(parts), ..Self::default() },
            Rule::Any(parts) => Self { any: list(parts), ..Self::default() },
            Rule::Not(part) => Self { not: Some(Box::new(Self::from(&**part))), ..Self::default() },
            Rule::Where(condition) => {
                let attribute = Some(condition.attribute().to_owned());
                let wanted = Some(WantedBody::from(condition.test.wanted()));
                let mut body = Self { attribute, ..Self::default() };
                *body.question(&condition.test) = wanted;
                body
            }
        }
    }
}

impl RuleBody {
    fn question(&mut self, test: &Test) -> &mut Option<WantedBody> {
        match test {
            Test::Is(_) => &mut self.is,
            Test::IsNot(_) => &mut self.is_not,
            Test::In(_) => &mut self.one_of,
            Test::Contains(_) => &mut self.contains,
            Test::AtLeast(_) => &mut self.at_least,
            Test::AtMost(_) => &mut self.at_most,
            Test::MoreThan(_) => &mut self.more_than,
            Test::LessThan(_) => &mut self.less_than,
            Test::Before(_) => &mut self.before,
            Test::After(_) => &mut self.after,
            Test::WithinDays(_) => &mut self.within_days,
            Test::Exists(_) => &mut self.exists,
        }
    }
}
