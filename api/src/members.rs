//! Members: one's own profile, and what an admin sees and sets.

mod attributes;

use std::collections::BTreeMap;

use actix_web::{get, patch, web};
use chrono::{DateTime, Utc};
use domain::{
    MemberId, Refusal,
    access::Permission,
    members::{DisplayName, Locale, Member, Role, Source, ensure_may_administer},
    text::{Lines, clean},
};
use persistence::{AloneWith, members};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

pub use self::attributes::AttributeBody;
pub(crate) use self::attributes::plain_number;
use self::attributes::{AttributeSourceBody, SetAttributeBody, said};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, Query, field, present},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_me).service(update_me);
    to.service(list_members).service(get_member).service(update_member);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocaleName {
    Ko,
    En,
}

impl From<LocaleName> for Locale {
    fn from(name: LocaleName) -> Self {
        match name {
            LocaleName::Ko => Self::Ko,
            LocaleName::En => Self::En,
        }
    }
}

impl From<Locale> for LocaleName {
    fn from(locale: Locale) -> Self {
        match locale {
            Locale::Ko => Self::Ko,
            Locale::En => Self::En,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    Member,
    Moderator,
    Marketer,
    ProductManager,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Member => Self::Member,
            RoleName::Moderator => Self::Moderator,
            RoleName::Marketer => Self::Marketer,
            RoleName::ProductManager => Self::ProductManager,
            RoleName::Admin => Self::Admin,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Moderator => Self::Moderator,
            Role::Marketer => Self::Marketer,
            Role::ProductManager => Self::ProductManager,
            Role::Admin => Self::Admin,
        }
    }
}

/// A member as they and admins see them.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberBody {
    pub id: Uuid,
    #[schema(example = "ana@example.com")]
    email: String,
    /// Whether they have shown that they read the mails there.
    email_verified: bool,
    #[schema(example = "아나")]
    display_name: String,
    role: RoleName,
    /// What the role lets them do, whatever the board.
    #[schema(example = json!(["manage_ideas", "see_voters"]))]
    permissions: Vec<&'static str>,
    locale: LocaleName,
    /// What the brand knows of them, by name.
    #[schema(example = json!({ "plan": "gold", "purchases": 12 }))]
    attributes: BTreeMap<String, AttributeBody>,
    /// Who said each attribute, and when.
    #[schema(example = json!({ "plan": { "source": "sso", "at": "2026-11-21T09:00:00Z" } }))]
    attribute_sources: BTreeMap<String, AttributeSourceBody>,
    blocked: bool,
    /// When what was known of them was forgotten.
    #[schema(example = json!(null))]
    erased_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Member> for MemberBody {
    fn from(member: Member) -> Self {
        let permissions = Permission::ALL.into_iter().filter(|permission| permission.is_of(member.role));
        Self {
            id: member.id.uuid(),
            email: member.email.as_str().to_owned(),
            email_verified: member.email_verified,
            display_name: member.display_name.as_str().to_owned(),
            role: member.role.into(),
            permissions: permissions.map(Permission::name).collect(),
            locale: member.locale.into(),
            attributes: member.attributes.into_iter().map(|(name, value)| (name, value.into())).collect(),
            attribute_sources: member.origins.into_iter().map(|(name, at)| (name, at.into())).collect(),
            blocked: member.blocked_at.is_some(),
            erased_at: member.erased_at,
            created_at: member.created_at,
            updated_at: member.updated_at,
        }
    }
}

fn shown(member: Member) -> Reply<MemberBody> {
    let version = member.version;
    Reply::ok(&MemberBody::from(member)).tagged(version)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMeBody {
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 50))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 50, example = "아나")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = LocaleName)]
    locale: Option<LocaleName>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMemberBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = RoleName)]
    role: Option<RoleName>,
    /// Whether to keep the member out; their tokens stop working at once.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    blocked: Option<bool>,
    /// Values by name; null takes one back. The sign-on and imports do not overwrite what is said here.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = BTreeMap<String, SetAttributeBody>,
        example = json!({ "plan": "gold", "purchases": 12, "old_plan": null }))]
    attributes: Option<BTreeMap<String, SetAttributeBody>>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMembersQuery {
    /// The beginning of an address, or a part of a name.
    #[param(max_length = 254)]
    q: Option<String>,
    role: Option<RoleName>,
    blocked: Option<bool>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
    #[serde(default)]
    include_total: bool,
}

/// Read one's own profile
#[utoipa::path(tag = "Accounts", security(("bearer" = [])), responses((status = 200, body = MemberBody)))]
#[get("/v1/me")]
async fn get_me(app: web::Data<App>, me: SignedIn) -> Result<Reply<MemberBody>, Failure> {
    app.read(&me.caller, move |tx, _| members::find(tx, me.member)).await.map(shown)
}

/// Change one's own profile
#[utoipa::path(tag = "Accounts", security(("bearer" = [])), request_body = UpdateMeBody,
    responses((status = 200, body = MemberBody)))]
#[patch("/v1/me")]
async fn update_me(
    app: web::Data<App>,
    me: SignedIn,
    if_match: IfMatch,
    Json(body): Json<UpdateMeBody>,
) -> Result<Reply<MemberBody>, Failure> {
    let name = body.display_name.as_deref().map(|name| field("/display_name", DisplayName::try_from(name)));
    let (name, locale, stamp) = (name.transpose()?, body.locale.map(Locale::from), app.stamp());
    app.write(&me.caller, AloneWith::Member(me.member.uuid()), move |tx, _| {
        let before = members::find(tx, me.member)?;
        if_match.ensure(before.version)?;
        let mut after = before.clone();
        after.display_name = name.clone().unwrap_or(after.display_name);
        after.locale = locale.unwrap_or(after.locale);
        members::update(tx, &stamp, &before, after)
    })
    .await
    .map(shown)
}

/// Find members
#[utoipa::path(tag = "Members", security(("bearer" = [])), params(ListMembersQuery),
    responses((status = 200, body = Listing<MemberBody>)))]
#[get("/v1/members")]
async fn list_members(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<ListMembersQuery>,
) -> Result<Reply<Listing<MemberBody>>, Failure> {
    let limit = limit(query.limit)?;
    let filter = members::Filter {
        text: query
            .q
            .map(|text| clean(&text, 0, 254, Lines::One).map_err(|fault| Failure::field("?q", fault)))
            .transpose()?
            .filter(|text| !text.is_empty()),
        role: query.role.map(Role::from),
        blocked: query.blocked,
    };
    let list = ListName::of(&["members", &format!("{filter:?}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let act = app.act(&me, "list_members");
    let (page, total) = app
        .look(&me.caller, move |tx, actor| {
            actor.ensure(Permission::ManageMembers)?;
            let total = query.include_total.then(|| members::count(tx, &filter)).transpose()?;
            let page = members::list(tx, &filter, after, limit)?;
            act.look(tx, actor, None, page.items.iter().map(|member| member.id.uuid()))?;
            Ok((page, total))
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, total, MemberBody::from)))
}

/// Read a member
#[utoipa::path(tag = "Members", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = MemberBody)))]
#[get("/v1/members/{id}")]
async fn get_member(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<MemberBody>, Failure> {
    let act = app.act(&me, "get_member");
    app.look(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManageMembers)?;
        let member = members::find(tx, id.into())?;
        act.look(tx, actor, Some(id), [id])?;
        Ok(member)
    })
    .await
    .map(shown)
}

/// Whether there is still somebody to change.
fn ensure_there(member: &Member) -> Result<(), persistence::Error> {
    match member.erased_at {
        Some(_) => Err(persistence::Error::Missing),
        None => Ok(()),
    }
}

/// Set a member's role and attributes, block them or let them in again
#[utoipa::path(tag = "Members", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = UpdateMemberBody,
    responses((status = 200, body = MemberBody), (status = 409, description = "own_account")))]
#[patch("/v1/members/{id}")]
async fn update_member(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateMemberBody>,
) -> Result<Reply<MemberBody>, Failure> {
    let (id, stamp, said) = (MemberId::from(id), app.stamp(), said(body.attributes)?);
    let act = app.act(&me, "update_member");
    app.write(&me.caller, AloneWith::Member(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::ManageMembers)?;
        let before = members::find(tx, id)?;
        if_match.ensure(before.version)?;
        ensure_there(&before)?;
        let mut after = before.clone();
        if let Some(role) = body.role.map(Role::from).filter(|role| *role != before.role) {
            actor.ensure_may_grant(role)?;
            after.role = role;
        }
        if let Some(blocked) = body.blocked {
            after.blocked_at = blocked.then(|| before.blocked_at.unwrap_or(stamp.at));
        }
        let taken = after.take_attributes(Source::Admin, &said, stamp.at);
        taken.map_err(|fault| Refusal::Unfit { field: "attributes", fault })?;
        ensure_may_administer(actor, id, after.role, after.blocked_at.is_some())?;
        let after = shown(members::update(tx, &stamp, &before, after)?);
        act.keep(tx, actor, id.uuid(), shown(before).facts(), after)
    })
    .await
}
