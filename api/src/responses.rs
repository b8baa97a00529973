//! Official responses: what the brand says to an idea, every version of it, and whether it helped.

use actix_web::{delete, get, put, web};
use chrono::{DateTime, Utc};
use domain::{
    IdeaId, MemberId,
    access::Permission,
    answers::{Notify, Response},
    markdown,
};
use persistence::{
    AloneWith, Error, ideas,
    responses::{self, Said, Standing},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::PageQuery,
    body::{Json, PathId, Query, field},
    error::Failure,
    ideas::AuthorBody,
    page::{ListName, Listing, limit},
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_response).service(put_response).service(list_response_versions);
    to.service(rate_response).service(unrate_response);
}

/// Who is told of a change.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotifyName {
    /// Who votes for the idea or follows it, and who follows its board.
    #[default]
    All,
    /// Who votes for the idea or follows it.
    Followers,
    None,
}

impl From<NotifyName> for Notify {
    fn from(name: NotifyName) -> Self {
        match name {
            NotifyName::All => Self::All,
            NotifyName::Followers => Self::Followers,
            NotifyName::None => Self::Nobody,
        }
    }
}

/// What the brand says.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaidBody {
    /// Counts the versions, from 1.
    #[schema(minimum = 1)]
    version: i32,
    /// Markdown, as it was written.
    #[schema(example = "제안 **고맙습니다**. 다음 분기에 시작합니다.")]
    body: String,
    /// The body as HTML that is safe to show.
    #[schema(example = "<p>제안 <strong>고맙습니다</strong>. 다음 분기에 시작합니다.</p>\n")]
    body_html: String,
    author: Option<AuthorBody>,
    created_at: DateTime<Utc>,
}

/// The official response to an idea.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResponseBody {
    #[serde(flatten)]
    said: SaidBody,
    /// How many of the supporters who rated it found it helpful.
    #[schema(minimum = 0)]
    helpful_count: i64,
    #[schema(minimum = 0)]
    not_helpful_count: i64,
    /// Whether you found it helpful; null when you have not said.
    my_rating: Option<bool>,
}

pub(crate) fn author((id, display_name): (MemberId, String)) -> AuthorBody {
    AuthorBody { id: id.uuid(), display_name }
}

impl From<Said> for SaidBody {
    fn from(said: Said) -> Self {
        Self {
            version: said.version,
            body_html: markdown::to_html(&said.body),
            body: said.body,
            author: said.author.map(author),
            created_at: said.at,
        }
    }
}

impl From<Standing> for ResponseBody {
    fn from(standing: Standing) -> Self {
        Self {
            said: standing.said.into(),
            helpful_count: standing.helpful,
            not_helpful_count: standing.not_helpful,
            my_rating: standing.mine,
        }
    }
}

fn shown(standing: Standing) -> Reply<ResponseBody> {
    let version = standing.said.version;
    Reply::ok(&ResponseBody::from(standing)).tagged(version)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutResponseBody {
    /// Markdown.
    #[validate(length(min = 1, max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000, example = "제안 **고맙습니다**. 다음 분기에 시작합니다.")]
    body: String,
    #[serde(default)]
    #[schema(required = false)]
    notify: NotifyName,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateResponseBody {
    helpful: bool,
}

/// Read the official response to an idea
///
/// 404 while there is none.
#[utoipa::path(tag = "Responses", params(("id" = Uuid, Path)),
    responses((status = 200, body = ResponseBody), (status = 304)))]
#[get("/v1/ideas/{id}/response")]
async fn get_response(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<ResponseBody>, Failure> {
    app.read(&caller, move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id.into())?;
        responses::current(tx, actor, idea.id)?.map(shown).ok_or(Error::Missing)
    })
    .await
}

/// Answer an idea, or answer it anew
///
/// What was said before is kept. Supporters are told, unless `notify` says otherwise.
#[utoipa::path(tag = "Responses", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = PutResponseBody, responses((status = 200, body = ResponseBody)))]
#[put("/v1/ideas/{id}/response")]
async fn put_response(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<PutResponseBody>,
) -> Result<Reply<ResponseBody>, Failure> {
    let (id, stamp, notify) = (IdeaId::from(id), app.stamp(), Notify::from(body.notify));
    let (text, act) = (field("/body", Response::try_from(&*body.body))?, app.act(&me, "put_response"));
    app.write(&me.caller, AloneWith::Idea(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::Respond)?;
        let (idea, on) = ideas::find(tx, actor, id)?;
        let present = responses::current(tx, actor, id)?;
        if_match.ensure(present.as_ref().map_or(0, |standing| standing.said.version))?;
        let before = match present {
            Some(standing) if standing.said.body == text.as_str() => return Ok(shown(standing)),
            present => present.map(|standing| shown(standing).facts()),
        };
        responses::put(tx, &stamp, (&idea, &on.board), &text, actor.member_id(), notify)?;
        let after = responses::current(tx, actor, id)?.map(shown).ok_or(Error::Missing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// List what the brand has said to an idea, latest first
#[utoipa::path(tag = "Responses", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Listing<SaidBody>)))]
#[get("/v1/ideas/{id}/response/versions")]
async fn list_response_versions(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<SaidBody>>, Failure> {
    let limit = limit(query.limit)?;
    let list = ListName::of(&["responses", &id.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&caller, move |tx, actor| {
            let (idea, _) = ideas::find(tx, actor, id.into())?;
            responses::versions(tx, idea.id, after, limit)
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, SaidBody::from)))
}

/// Say whether the response helped
///
/// For who votes for the idea; saying it again changes what was said. A new response is rated anew.
#[utoipa::path(tag = "Responses", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = RateResponseBody,
    responses((status = 200, body = ResponseBody), (status = 403, description = "not_a_supporter")))]
#[put("/v1/ideas/{id}/response/rating")]
async fn rate_response(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<RateResponseBody>,
) -> Result<Reply<ResponseBody>, Failure> {
    rated(&app, &me, id.into(), Some(body.helpful)).await
}

/// Take back what one said of the response
#[utoipa::path(tag = "Responses", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ResponseBody), (status = 403, description = "not_a_supporter")))]
#[delete("/v1/ideas/{id}/response/rating")]
async fn unrate_response(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<ResponseBody>, Failure> {
    rated(&app, &me, id.into(), None).await
}

async fn rated(
    app: &App,
    me: &SignedIn,
    id: IdeaId,
    helpful: Option<bool>,
) -> Result<Reply<ResponseBody>, Failure> {
    let (stamp, member) = (app.stamp(), me.member);
    // Alone with the member: twice at once is once.
    app.write(&me.caller, AloneWith::Member(member.uuid()), move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id)?;
        responses::rate(tx, &stamp, &idea, member, helpful)?;
        responses::current(tx, actor, id)?.map(shown).ok_or(Error::Missing)
    })
    .await
}
