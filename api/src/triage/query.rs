//! A question to the inbox: in an address, or kept in a view.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Actor, Refusal, SegmentId,
    access::Permission,
    boards::Slug,
    ideas::Tags,
    search::Query as Search,
    statuses::{Category, StatusKey},
    text::{Fault, Lines, clean},
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    boards::BoardRef,
    ideas::list::{Boards, Filter},
    triage::inbox::{Inbox, Order, Owner},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    boards::{Names, boards_of},
    error::Failure,
    fields::{Asking, asking, filters},
    ideas::ensure_segment,
    segments::ensure_number,
    statuses::CategoryName,
};

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderName {
    /// By the formula of the board.
    #[default]
    Priority,
    /// Votes, weighed as if the voters were like the members.
    Need,
    Votes,
    /// Votes of the last seven days.
    Momentum,
    /// What the voters have of the `attribute`, added up; ideas of whose voters nobody has it are left out.
    Value,
    /// Those without an answer, the oldest first.
    OldestUnanswered,
}

impl From<OrderName> for Order {
    fn from(name: OrderName) -> Self {
        match name {
            OrderName::Priority => Self::Priority,
            OrderName::Need => Self::Need,
            OrderName::Votes => Self::Votes,
            OrderName::Momentum => Self::Momentum,
            OrderName::Value => Self::Value,
            OrderName::OldestUnanswered => Self::OldestUnanswered,
        }
    }
}

/// Which ideas, and in which order.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// Id or slug; every board you may view unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "mobile-app")]
    board: Option<String>,
    /// The key of a status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 40, pattern = "^[a-z0-9]+(_[a-z0-9]+)*$")]
    #[schema(required = false, nullable = false, max_length = 40)]
    status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    #[schema(required = false, nullable = false, value_type = CategoryName)]
    category: Option<CategoryName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 30)]
    #[schema(required = false, nullable = false, max_length = 30)]
    tag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 30)]
    #[schema(required = false, nullable = false, max_length = 30)]
    private_tag: Option<String>,
    /// The id of a member of staff, or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "none")]
    owner: Option<String>,
    /// Without an answer for more than so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0, maximum = 3650)]
    #[schema(required = false, nullable = false, minimum = 0, maximum = 3650)]
    unanswered_days: Option<u16>,
    /// With at least so many votes in the last `gained_in_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1_000_000)]
    #[schema(required = false, nullable = false, minimum = 1, maximum = 1_000_000)]
    gained_at_least: Option<u32>,
    /// Seven unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 366)]
    #[schema(required = false, nullable = false, minimum = 1, maximum = 366)]
    gained_in_days: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    has_response: Option<bool>,
    /// With votes that an import brought without their voters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    carried_over: Option<bool>,
    /// Only ideas that somebody of this segment votes for, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    voter_segment: Option<Uuid>,
    /// Answers to the fields of the `board`: `key:condition`, several parted by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 500)]
    #[schema(required = false, nullable = false, max_length = 500, example = "product:earphones")]
    field: Option<String>,
    /// Words to be found, each of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 200)]
    #[schema(required = false, nullable = false, max_length = 200)]
    q: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    #[schema(required = false, nullable = false, value_type = OrderName)]
    sort: Option<OrderName>,
    /// For `sort=value`: an attribute of members that is a number, such as yearly purchases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 64, example = "purchases")]
    #[schema(required = false, nullable = false, max_length = 64)]
    attribute: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    #[schema(ignore)]
    pub(super) limit: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub(super) cursor: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(ignore)]
    pub(super) include_total: bool,
    /// Whether to count how many ideas there are of each kind.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(ignore)]
    pub(super) facets: bool,
}

/// A question, understood; the boards are still to be looked up.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    board: Option<BoardRef>,
    filter: Filter,
    owner: Option<Owner>,
    asking: Vec<Asking>,
    private_tag: Option<String>,
    unanswered_days: Option<u16>,
    gained: Option<(u16, u32)>,
    has_response: Option<bool>,
    carried_over: Option<bool>,
    attribute: Option<String>,
    pub(super) order: Order,
}

impl InboxQuery {
    pub(super) fn wanted(&self) -> Result<Wanted, Failure> {
        let wrong = |name: &str, fault| Failure::field(format!("?{name}"), fault);
        let tag = |name: &str, tag: Option<&String>| {
            tag.map(|tag| Tags::tag(tag)).transpose().map_err(|fault| wrong(name, fault))
        };
        let q = self.q.as_deref().map(|text| clean(text, 0, Search::MOST, Lines::One)).transpose();
        let q = q.map_err(|fault| wrong("q", fault))?.filter(|text| !text.is_empty());
        let status = self.status.as_deref().map(StatusKey::try_from).transpose();
        let gained_in = self.gained_in_days.unwrap_or(7);
        let bounds = [
            ("unanswered_days", self.unanswered_days.is_some_and(|days| days > 3_650)),
            ("gained_in_days", !(1..=366).contains(&gained_in)),
            ("gained_at_least", self.gained_at_least.is_some_and(|votes| !(1..=1_000_000).contains(&votes))),
        ];
        if let Some((name, _)) = bounds.into_iter().find(|(_, outside)| *outside) {
            return Err(wrong(name, Fault::NotA("number within the bounds")));
        }
        if self.gained_in_days.is_some() && self.gained_at_least.is_none() {
            return Err(wrong("gained_at_least", Fault::Required));
        }
        let order = Order::from(self.sort.unwrap_or_default());
        let attribute = self.attribute.as_deref().map(|name| clean(name, 1, 64, Lines::One)).transpose();
        let attribute = attribute.map_err(|fault| wrong("attribute", fault))?;
        match (order == Order::Value, &attribute) {
            (true, None) => return Err(wrong("attribute", Fault::Required)),
            (false, Some(_)) => return Err(wrong("attribute", Fault::NotA("part of this sort"))),
            _ => {}
        }
        let field = self.field.as_deref().map(|text| clean(text, 0, 500, Lines::One)).transpose();
        Ok(Wanted {
            asking: asking(field.map_err(|fault| wrong("field", fault))?.as_deref())?,
            board: self.board.as_deref().map(board).transpose()?,
            filter: Filter {
                status: status.map_err(|fault| wrong("status", fault))?,
                category: self.category.map(Category::from),
                tag: tag("tag", self.tag.as_ref())?,
                voter_segment: self.voter_segment.map(SegmentId::from),
                query: q.map(|text| Search::new(&text)),
                ..Filter::of_boards(Boards::Every)
            },
            owner: self.owner.as_deref().map(owner).transpose()?,
            private_tag: tag("private_tag", self.private_tag.as_ref())?,
            unanswered_days: self.unanswered_days,
            gained: self.gained_at_least.map(|least| (gained_in, least)),
            has_response: self.has_response,
            carried_over: self.carried_over,
            attribute,
            order,
        })
    }

    /// The question alone, to be kept.
    pub(super) fn kept(&self) -> Self {
        Self { limit: None, cursor: None, include_total: false, facets: false, ..self.clone() }
    }
}

/// The board in a query.
pub(super) fn board(text: &str) -> Result<BoardRef, Failure> {
    match Uuid::try_parse(text) {
        Ok(id) => Ok(BoardRef::Id(id.into())),
        Err(_) => Slug::try_from(text).map(BoardRef::Slug).map_err(|fault| Failure::field("?board", fault)),
    }
}

/// What names a board that is not there, or not the caller's to know of.
pub(super) fn not_a_board(error: Error) -> Error {
    match error {
        Error::Missing => Refusal::Unfit { field: "?board", fault: Fault::NotA("board you may view") }.into(),
        error => error,
    }
}

fn owner(text: &str) -> Result<Owner, Failure> {
    match (text, Uuid::try_parse(text)) {
        ("none", _) => Ok(Owner::Nobody),
        (_, Ok(id)) => Ok(Owner::Member(id.into())),
        (_, Err(_)) => Err(Failure::field("?owner", Fault::NotA("uuid or none"))),
    }
}

impl Wanted {
    /// The inbox as the actor may see it.
    pub(super) fn inbox(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Rows<(Inbox, Names)> {
        actor.ensure(Permission::Triage)?;
        let (boards, names) = boards_of(tx, actor, self.board.as_ref()).map_err(not_a_board)?;
        if let Some(segment) = self.filter.voter_segment {
            ensure_segment(tx, segment)?;
        }
        if let Some(attribute) = &self.attribute {
            ensure_number(tx, attribute)?;
        }
        let answers = filters(tx, actor, boards.single(), &self.asking)?;
        let before = |days: u16| now - Duration::days(days.into());
        let inbox = Inbox {
            filter: Filter { answers, boards, ..self.filter.clone() },
            owner: self.owner,
            private_tag: self.private_tag.clone(),
            unanswered_before: self.unanswered_days.map(before),
            has_response: self.has_response,
            carried_over: self.carried_over,
            gained: self.gained.map(|(days, least)| (before(days), least.into())),
            attribute: self.attribute.clone(),
        };
        Ok((inbox, names))
    }
}
