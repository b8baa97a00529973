//! Triage: the inbox, what staff decides about an idea, and why one stands before another.

mod bulk;
mod duplicates;
mod priority;
mod query;
mod views;

use std::collections::BTreeMap;

use actix_web::{get, patch, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{Actor, IdeaId, MemberId, Refusal, access::Permission, ideas::Tags, text::Fault};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows, ideas, members,
    triage::{
        self, Marks,
        facets::{self, Facets},
        inbox::{self, Item},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

pub use self::query::InboxQuery;
use crate::{
    actor::SignedIn,
    app::App,
    boards::Names,
    body::{Json, Patch, PathId, Query, present},
    error::Failure,
    ideas::{BoardRefBody, IdeaSummaryBody, TagText},
    language::Language,
    page::{ListName, Listing, limit},
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_triage).service(get_triage).service(update_triage);
    bulk::routes(to);
    duplicates::routes(to);
    views::routes(to);
    priority::routes(to);
}

/// An idea in the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriageBody {
    #[serde(flatten)]
    idea: IdeaSummaryBody,
    /// Who takes care of it.
    owner_id: Option<Uuid>,
    #[schema(example = "2026-12-24")]
    due_on: Option<NaiveDate>,
    /// How much work it is, 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    effort: Option<i32>,
    /// How well it fits what the brand wants, 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    strategic_value: Option<i32>,
    /// Only staff sees them.
    #[schema(example = json!(["분기 계획"]))]
    private_tags: Vec<String>,
    /// When the brand first answered.
    answered_at: Option<DateTime<Utc>>,
    /// 0 to 100; `GET /v1/ideas/{id}/priority` explains it. Worked out anew every few minutes.
    #[schema(minimum = 0, maximum = 100, example = 41.5)]
    priority: f64,
    /// Votes as they would be if the voters were like the members, weighed by segment.
    #[schema(minimum = 0, example = 31.2)]
    need: f64,
    /// Votes of the last seven days.
    #[schema(minimum = 0)]
    momentum: i64,
    /// With `sort=value`: what the voters have of the attribute, added up. Worked out anew every few minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = 1_250_000.0)]
    value: Option<f64>,
}

impl TriageBody {
    fn new(item: Item, names: &Names, actor: &Actor, language: Language) -> Self {
        let Item { listed, marks, value } = item;
        let board = names.get(&listed.idea.board_id).cloned().unwrap_or_else(BoardRefBody::nowhere);
        Self {
            owner_id: marks.owner.map(MemberId::uuid),
            due_on: marks.due_on,
            effort: marks.effort,
            strategic_value: marks.strategic_value,
            private_tags: marks.private_tags,
            answered_at: marks.answered_at,
            priority: rounded(marks.priority),
            need: rounded(marks.need),
            momentum: marks.momentum,
            value,
            idea: IdeaSummaryBody::new(listed, board, actor, language),
        }
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

/// How many ideas there are of each kind, among the first three hundred in the order.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct FacetsBody {
    /// How many ideas were counted: when it is 300 there may be more.
    #[schema(minimum = 0, maximum = 300)]
    counted: i64,
    /// By id of the board.
    #[schema(value_type = BTreeMap<String, i64>)]
    board: BTreeMap<String, i64>,
    /// By key of the status.
    #[schema(value_type = BTreeMap<String, i64>, example = json!({ "open": 12, "planned": 3 }))]
    status: BTreeMap<String, i64>,
    #[schema(value_type = BTreeMap<String, i64>, example = json!({ "open": 12, "planned": 3 }))]
    category: BTreeMap<String, i64>,
    #[schema(value_type = BTreeMap<String, i64>, example = json!({ "화면": 4 }))]
    tag: BTreeMap<String, i64>,
    /// By id of the member, or `none`.
    #[schema(value_type = BTreeMap<String, i64>, example = json!({ "none": 15 }))]
    owner: BTreeMap<String, i64>,
    /// `true` or `false`.
    #[schema(value_type = BTreeMap<String, i64>, example = json!({ "false": 15 }))]
    has_response: BTreeMap<String, i64>,
}

/// Facets are counted over so many ideas, so that their cost does not grow with the board.
const MOST_COUNTED: i64 = 300;

impl FacetsBody {
    fn of(Facets { kinds, tags }: Facets) -> Self {
        let mut facets = Self::default();
        let add = |facet: &mut BTreeMap<String, i64>, value: String, count| {
            *facet.entry(value).or_default() += count
        };
        for kind in kinds {
            facets.counted += kind.count;
            add(&mut facets.board, kind.board.to_string(), kind.count);
            add(&mut facets.status, kind.status, kind.count);
            add(&mut facets.category, kind.category, kind.count);
            let owner = kind.owner.map_or_else(|| "none".to_owned(), |id| id.to_string());
            add(&mut facets.owner, owner, kind.count);
            add(&mut facets.has_response, kind.answered.to_string(), kind.count);
        }
        facets.tag = tags.into_iter().collect();
        facets
    }
}

/// A page of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxBody {
    #[serde(flatten)]
    page: Listing<TriageBody>,
    /// Only with `facets=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    facets: Option<FacetsBody>,
}

/// Read the inbox: ideas to be decided and answered
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(InboxQuery),
    responses((status = 200, body = InboxBody)))]
#[get("/v1/triage/ideas")]
async fn list_triage(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    Query(query): Query<InboxQuery>,
) -> Result<Reply<InboxBody>, Failure> {
    let (limit, wanted) = (limit(query.limit)?, query.wanted()?);
    let list = ListName::of(&["triage", &format!("{wanted:?}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let (total, facets, now) = (query.include_total, query.facets, app.stamp().at);
    let (page, facets, total) = app
        .read(&me.caller, move |tx, actor| {
            actor.ensure(Permission::Triage)?;
            let (inbox, names) = wanted.inbox(tx, actor, now)?;
            let total = total.then(|| inbox::count(tx, &inbox, wanted.order)).transpose()?;
            let facets = match facets {
                true => Some(facets::count(tx, &inbox, wanted.order, MOST_COUNTED)?),
                false => None,
            };
            let page = inbox::list(tx, actor, &inbox, wanted.order, after, limit)?;
            Ok((page.map(|item| TriageBody::new(item, &names, actor, language)), facets, total))
        })
        .await?;
    let page = list.listing(&app.keys, page, total, |item| item);
    Ok(Reply::ok(&InboxBody { page, facets: facets.map(FacetsBody::of) }))
}

/// Read what staff decided about an idea
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = TriageBody), (status = 304)))]
#[get("/v1/triage/ideas/{id}")]
async fn get_triage(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
) -> Result<Reply<TriageBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        shown(tx, actor, id.into(), language)
    })
    .await
}

fn shown(tx: &mut AnyConnection, actor: &Actor, id: IdeaId, language: Language) -> Rows<Reply<TriageBody>> {
    let read = ideas::read(tx, actor, id)?;
    let marks = triage::marks_of(tx, id)?;
    let (board, version) = (BoardRefBody::from(&read.on.board), marks.version);
    let names = Names::from([(read.on.board.id, board)]);
    let item = Item { listed: read.listed, marks, value: None };
    Ok(Reply::ok(&TriageBody::new(item, &names, actor, language)).tagged(version))
}

#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTriageBody {
    /// A member of staff; null gives it to nobody.
    #[serde(default)]
    #[schema(required = false, value_type = Option<Uuid>)]
    owner_id: Patch<Uuid>,
    #[serde(default)]
    #[schema(required = false, value_type = Option<String>, format = "date", example = "2026-12-24")]
    due_on: Patch<NaiveDate>,
    /// How much work it is, 1 to 5.
    #[serde(default)]
    #[schema(required = false, value_type = Option<i32>, minimum = 1, maximum = 5)]
    effort: Patch<i32>,
    /// How well it fits what the brand wants, 1 to 5.
    #[serde(default)]
    #[schema(required = false, value_type = Option<i32>, minimum = 1, maximum = 5)]
    strategic_value: Patch<i32>,
    /// In place of those it has.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 10))]
    #[schema(required = false, nullable = false, value_type = Vec<TagText>, max_items = 10, example = json!(["분기 계획"]))]
    private_tags: Option<Vec<String>>,
}

/// New marks, as far as they are given.
#[derive(Clone)]
struct NewMarks {
    owner: Patch<Uuid>,
    due_on: Patch<NaiveDate>,
    effort: Patch<i32>,
    strategic_value: Patch<i32>,
    private_tags: Option<Vec<String>>,
}

impl UpdateTriageBody {
    fn marks(&self, under: &str) -> Result<NewMarks, Failure> {
        for (name, mark) in [("effort", self.effort), ("strategic_value", self.strategic_value)] {
            if let Patch::Set(mark) = mark
                && !(1..=5).contains(&mark)
            {
                return Err(Failure::field(format!("{under}/{name}"), Fault::NotA("number from 1 to 5")));
            }
        }
        let tags = self.private_tags.as_deref().map(Tags::try_from).transpose();
        let tags = tags.map_err(|(place, fault): (Option<usize>, Fault)| {
            let place = place.map_or_else(String::new, |place| format!("/{place}"));
            Failure::field(format!("{under}/private_tags{place}"), fault)
        })?;
        Ok(NewMarks {
            owner: self.owner_id,
            due_on: self.due_on,
            effort: self.effort,
            strategic_value: self.strategic_value,
            private_tags: tags.as_ref().map(triage::sorted),
        })
    }
}

impl NewMarks {
    /// The marks after the change; an owner must be of staff.
    fn over(&self, tx: &mut AnyConnection, marks: &Marks) -> Rows<Marks> {
        if let Patch::Set(owner) = self.owner {
            let unfit =
                || Error::from(Refusal::Unfit { field: "owner_id", fault: Fault::NotA("member of staff") });
            match members::find(tx, owner.into()) {
                Ok(member) if member.role.is_staff() && member.blocked_at.is_none() => {}
                Ok(_) | Err(Error::Missing) => return Err(unfit()),
                Err(error) => return Err(error),
            }
        }
        Ok(Marks {
            owner: self.owner.over(marks.owner.map(MemberId::uuid)).map(MemberId::from),
            due_on: self.due_on.over(marks.due_on),
            effort: self.effort.over(marks.effort),
            strategic_value: self.strategic_value.over(marks.strategic_value),
            private_tags: self.private_tags.clone().unwrap_or_else(|| marks.private_tags.clone()),
            ..marks.clone()
        })
    }
}

/// Decide about an idea: who takes care of it, until when, and how it is marked
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateTriageBody, responses((status = 200, body = TriageBody)))]
#[patch("/v1/triage/ideas/{id}")]
async fn update_triage(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateTriageBody>,
) -> Result<Reply<TriageBody>, Failure> {
    let (id, stamp, new) = (IdeaId::from(id), app.stamp(), body.marks("")?);
    let act = app.act(&me, "update_triage");
    app.write(&me.caller, AloneWith::Idea(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let (idea, _) = ideas::find(tx, actor, id)?;
        let before = triage::marks_of(tx, id)?;
        if_match.ensure(before.version)?;
        let after = new.over(tx, &before)?;
        let present = shown(tx, actor, id, language)?;
        if after == before {
            return Ok(present);
        }
        triage::mark(tx, (&stamp, 0), &idea, (&before, &after), actor.member_id())?;
        let changed = shown(tx, actor, id, language)?;
        act.keep(tx, actor, id.uuid(), present.facts(), changed)
    })
    .await
}
