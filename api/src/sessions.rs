//! Sessions: where a member is signed in, and how they end that.

use actix_web::{FromRequest, HttpRequest, delete, dev::Payload, get, http::header::USER_AGENT, web};
use chrono::{DateTime, Utc};
use domain::{
    SessionId,
    events::Revocation,
    text::{Lines, clean},
};
use persistence::{AloneWith, Error, sessions};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_sessions).service(end_other_sessions).service(end_session);
}

/// What a browser or an app says it is.
pub struct Device(Option<String>);

impl Device {
    const MOST: usize = 200;

    pub(crate) fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl FromRequest for Device {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    /// What cannot be read is left out: nobody is kept from signing in by it.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let said = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        let cut = said.map(|text| text.chars().take(Self::MOST).collect::<String>());
        std::future::ready(Ok(Self(cut.and_then(|text| clean(&text, 1, Self::MOST, Lines::One).ok()))))
    }
}

/// A sign-in on one device.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionBody {
    id: Uuid,
    /// What the browser or app said it is: its `User-Agent`, cut to 200 characters.
    #[schema(example = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)")]
    device: Option<String>,
    created_at: DateTime<Utc>,
    /// When it ends unless it is refreshed.
    expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    current: bool,
}

/// List where you are signed in, the newest first
#[utoipa::path(tag = "Accounts", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<SessionBody>), (status = 403, description = "not_by_key")))]
#[get("/v1/me/sessions")]
async fn list_sessions(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<SessionBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.stamp().at);
    let list = ListName::of(&["sessions", &me.member.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&me.caller, move |tx, actor| sessions::list(tx, actor.ensure_in_person()?, now, after, limit))
        .await?;
    let current = session_of(&me.caller);
    let shown = |session: sessions::Session| SessionBody {
        id: session.id.uuid(),
        device: session.device,
        created_at: session.created_at,
        expires_at: session.expires_at,
        current: current == Some(session.id),
    };
    Ok(Reply::ok(&list.listing(&app.keys, page, None, shown)))
}

fn session_of(caller: &Caller) -> Option<SessionId> {
    match caller {
        Caller::Signed { session, .. } => Some(*session),
        Caller::Visitor | Caller::Key { .. } => None,
    }
}

/// Sign out everywhere else
#[utoipa::path(tag = "Accounts", security(("bearer" = [])),
    responses((status = 204), (status = 403, description = "not_by_key")))]
#[delete("/v1/me/sessions")]
async fn end_other_sessions(app: web::Data<App>, me: SignedIn) -> Result<Reply<Nothing>, Failure> {
    let (stamp, current) = (app.stamp(), session_of(&me.caller));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let member = actor.ensure_in_person()?;
        sessions::revoke_all(tx, &stamp, member, current, Revocation::SignedOut)?;
        Ok(Reply::nothing())
    })
    .await
}

/// Sign out on one device
///
/// Its tokens stop working at once.
#[utoipa::path(tag = "Accounts", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_by_key")))]
#[delete("/v1/me/sessions/{id}")]
async fn end_session(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, session) = (app.stamp(), SessionId::from(id));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        if sessions::member_of(tx, session)? != actor.ensure_in_person()? {
            return Err(Error::Missing);
        }
        sessions::revoke(tx, &stamp, session, Revocation::SignedOut)?;
        Ok(Reply::nothing())
    })
    .await
}
