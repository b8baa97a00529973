//! API keys: a member's rights, lent to a program as far as its scopes go.

mod bodies;

use actix_web::{delete, get, post, web};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Actor, ApiKeyId, MemberId, Stamp, api_keys::ApiKey};
use persistence::{AloneWith, AnyConnection, Error, Result as Rows, api_keys};

use self::bodies::{ApiKeyBody, MadeApiKeyBody, NewApiKeyBody, RotateBody};
use crate::{
    actor::SignedIn,
    app::App,
    audit::{Act, facts},
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    key_text::KeyText,
    once::Post,
    page::{ListName, Listing, limit},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_api_keys).service(create_api_key).service(rotate_api_key).service(delete_api_key);
}

/// The key, if it is the member's own.
fn own(tx: &mut AnyConnection, actor: &Actor, id: ApiKeyId) -> Rows<ApiKey> {
    let me: MemberId = actor.ensure_in_person()?;
    match api_keys::find(tx, id)? {
        key if key.owner == me => Ok(key),
        _ => Err(Error::Missing),
    }
}

/// List your API keys, the newest first
#[utoipa::path(tag = "API keys", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<ApiKeyBody>)))]
#[get("/v1/api-keys")]
async fn list_api_keys(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<ApiKeyBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.stamp().at);
    let list = ListName::of(&["api-keys", &me.member.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&me.caller, move |tx, actor| api_keys::list(tx, actor.ensure_in_person()?, after, limit))
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, |key| ApiKeyBody::new(&key, now))))
}

/// Make an API key
///
/// The answer shows the key, and nothing shows it again. It acts as you, within its scopes, and never beyond your own
/// rights: what you may do no more, it may do no more.
#[utoipa::path(tag = "API keys", security(("bearer" = [])), request_body = NewApiKeyBody,
    responses((status = 201, body = MadeApiKeyBody), (status = 409, description = "too_many_keys")))]
#[post("/v1/api-keys")]
async fn create_api_key(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewApiKeyBody>,
) -> Result<Reply<MadeApiKeyBody>, Failure> {
    let (stamp, text) = (app.stamp(), KeyText::new());
    let (wanted, act) = (post.body.wanted(stamp.at)?, app.act(&me, "create_api_key"));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let owner = actor.ensure_in_person()?;
        wanted.ensure_lendable(actor)?;
        let key = ApiKey {
            id: stamp.id(0),
            owner,
            name: wanted.name.clone(),
            prefix: text.prefix(),
            scopes: wanted.scopes,
            created_at: stamp.at,
            expires_at: wanted.expires_at,
            last_used_at: None,
            revoked_at: None,
            replaced_by: None,
        };
        api_keys::insert(tx, &stamp, &key, &text.hash())?;
        keep(&act, tx, actor, (None, Some(&key)), stamp.at)?;
        Ok(made(&key, &text, &stamp))
    })
    .await
}

/// Keeps what staff do with their keys, which reach as far as they do.
fn keep(
    act: &Act,
    tx: &mut AnyConnection,
    actor: &Actor,
    (before, after): (Option<&ApiKey>, Option<&ApiKey>),
    now: DateTime<Utc>,
) -> Rows<()> {
    if !actor.is_staff() {
        return Ok(());
    }
    let shown = |key: Option<&ApiKey>| key.map(|key| facts(&ApiKeyBody::new(key, now)));
    act.keep_facts(tx, actor, after.or(before).map(|key| key.id.uuid()), (shown(before), shown(after)))
}

fn made(key: &ApiKey, text: &KeyText, stamp: &Stamp) -> Reply<MadeApiKeyBody> {
    Reply::created(&MadeApiKeyBody::new(key, text, stamp.at), format!("/v1/api-keys/{}", key.id))
}

/// Put a new API key in the place of one
///
/// Both are good for `overlap_hours`, so that programs can be moved from one to the other.
#[utoipa::path(tag = "API keys", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = RotateBody,
    responses((status = 201, body = MadeApiKeyBody), (status = 409, description = "key_not_good, too_many_keys")))]
#[post("/v1/api-keys/{id}/rotate")]
async fn rotate_api_key(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<RotateBody>,
) -> Result<Reply<MadeApiKeyBody>, Failure> {
    let (stamp, text) = (app.stamp(), KeyText::new());
    let (overlap, act) = (TimeDelta::hours(post.body.overlap()?.into()), app.act(&me, "rotate_api_key"));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let old = own(tx, actor, id.into())?;
        let key = ApiKey {
            id: stamp.id(0),
            prefix: text.prefix(),
            created_at: stamp.at,
            last_used_at: None,
            // As long as the old one was made for.
            expires_at: old.expires_at.map(|at| stamp.at + (at - old.created_at)),
            ..old.clone()
        };
        api_keys::replace(tx, &stamp, &old, (&key, &text.hash()), stamp.at + overlap)?;
        keep(&act, tx, actor, (Some(&old), Some(&key)), stamp.at)?;
        Ok(made(&key, &text, &stamp))
    })
    .await
}

/// End an API key at once
#[utoipa::path(tag = "API keys", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/api-keys/{id}")]
async fn delete_api_key(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "delete_api_key"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let key = own(tx, actor, id.into())?;
        api_keys::revoke(tx, &stamp, &key)?;
        keep(&act, tx, actor, (Some(&key), None), stamp.at)?;
        Ok(Reply::nothing())
    })
    .await
}
