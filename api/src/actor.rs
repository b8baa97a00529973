//! Who calls: read from the token once, by [`crate::front`]; what they may do is read with the rows of the request.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header::AUTHORIZATION,
    http::header::HeaderMap,
};
use chrono::{DateTime, Utc};
use domain::{Actor, ApiKeyId, MemberId, SessionId};
use persistence::{AloneWith, AnyConnection, Error, Result as Rows, api_keys, sessions};

use crate::{
    app::App,
    error::{Code, Failure},
    key_text::KeyText,
};

/// A visitor, or the holder of an access token or of an API key. Whether the holder is blocked and which role they have
/// is not known yet: [`Caller::actor`] asks in the transaction that acts on it, so a change counts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Visitor,
    Signed {
        member: MemberId,
        session: SessionId,
    },
    /// A program with a key of a member.
    Key {
        member: MemberId,
        key: ApiKeyId,
    },
}

impl Caller {
    /// # Errors
    /// 401 when there is a token or a key and it is not good.
    pub async fn of(headers: &HeaderMap, app: &App) -> Result<Self, Failure> {
        let Some(header) = headers.get(AUTHORIZATION) else { return Ok(Self::Visitor) };
        let text = header.to_str().map_err(|_| Code::InvalidToken)?;
        let (scheme, token) = text.split_once(' ').ok_or(Code::InvalidToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Code::InvalidToken.into());
        }
        let now = app.config.clock.now();
        match KeyText::of_token(token.trim()) {
            Some(key) => Self::of_key(app, &key, now).await,
            None => {
                let (member, session) = app.keys.read(token.trim(), now)?;
                Ok(Self::Signed { member, session })
            }
        }
    }

    async fn of_key(app: &App, text: &KeyText, now: DateTime<Utc>) -> Result<Self, Failure> {
        let hash = text.hash();
        let key = match app.db.read(move |tx| api_keys::find_by_hash(tx, &hash)).await {
            Err(Error::Missing) => return Err(Code::InvalidToken.into()),
            key => key?,
        };
        let (id, member) = (key.id, key.owner);
        if key.is_good(now) && key.was_used_long_before(now) {
            app.db.write(AloneWith::Nobody, move |tx| api_keys::touch(tx, id, now)).await?;
        }
        Ok(Self::Key { member, key: id })
    }

    /// Who that is, and with which rights.
    ///
    /// # Errors
    /// [`domain::Refusal::SessionEnded`], [`domain::Refusal::KeyEnded`] or [`domain::Refusal::Blocked`].
    pub fn actor(&self, tx: &mut AnyConnection, now: DateTime<Utc>) -> Rows<Actor> {
        match self {
            Self::Visitor => Ok(Actor::Visitor),
            Self::Signed { session, .. } => sessions::actor(tx, *session, now),
            Self::Key { key, .. } => api_keys::actor(tx, *key, now),
        }
    }

    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        match self {
            Self::Visitor => None,
            Self::Signed { member, .. } | Self::Key { member, .. } => Some(*member),
        }
    }

    /// What an idempotency key belongs to.
    #[must_use]
    pub fn scope(&self) -> String {
        match self {
            Self::Visitor => "visitor".to_owned(),
            Self::Signed { member, .. } => member.to_string(),
            Self::Key { key, .. } => format!("key {key}"),
        }
    }
}

/// What the front found, for the extractors.
pub(crate) type Found = std::rc::Rc<Result<Caller, Failure>>;

impl FromRequest for Caller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.extensions().get::<Found>().map(|found| (**found).as_ref()) {
            Some(Ok(caller)) => Ok(*caller),
            Some(Err(failure)) => Err(failure.code.into()),
            None => Err(Failure::internal("the front did not run")),
        })
    }
}

/// The id of the request, as in its `X-Request-Id`.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

impl FromRequest for RequestId {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            request
                .extensions()
                .get::<Self>()
                .cloned()
                .ok_or_else(|| Failure::internal("the front did not run")),
        )
    }
}

/// A caller who must have signed in.
pub struct SignedIn {
    pub caller: Caller,
    pub member: MemberId,
    pub request: RequestId,
}

impl FromRequest for SignedIn {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload).into_inner();
        let id = RequestId::from_request(request, payload).into_inner();
        ready(caller.and_then(|caller| {
            let member = caller.member().ok_or(Code::SignInRequired)?;
            Ok(Self { caller, member, request: id? })
        }))
    }
}
