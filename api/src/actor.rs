//! Who calls: read from the token once, by [`crate::front`]; what they may do is read with the rows of the request.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header::AUTHORIZATION,
    http::header::HeaderMap,
};
use chrono::{DateTime, Utc};
use domain::{Actor, MemberId, SessionId};
use persistence::{AnyConnection, Result as Rows, sessions};

use crate::{
    error::{Code, Failure},
    tokens::Keys,
};

/// A visitor, or the holder of an access token. Whether the holder is blocked and which role they have is not known
/// yet: [`Caller::actor`] asks in the transaction that acts on it, so a change counts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Visitor,
    Signed { member: MemberId, session: SessionId },
}

impl Caller {
    /// # Errors
    /// 401 when there is a token and it is not good.
    pub fn of(headers: &HeaderMap, keys: &Keys, now: DateTime<Utc>) -> Result<Self, Failure> {
        let Some(header) = headers.get(AUTHORIZATION) else { return Ok(Self::Visitor) };
        let text = header.to_str().map_err(|_| Code::InvalidToken)?;
        let (scheme, token) = text.split_once(' ').ok_or(Code::InvalidToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Code::InvalidToken.into());
        }
        let (member, session) = keys.read(token.trim(), now)?;
        Ok(Self::Signed { member, session })
    }

    /// Who that is, and with which rights.
    ///
    /// # Errors
    /// [`domain::Refusal::SessionEnded`] or [`domain::Refusal::Blocked`].
    pub fn actor(&self, tx: &mut AnyConnection, now: DateTime<Utc>) -> Rows<Actor> {
        match self {
            Self::Visitor => Ok(Actor::Visitor),
            Self::Signed { session, .. } => sessions::actor(tx, *session, now),
        }
    }

    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        match self {
            Self::Visitor => None,
            Self::Signed { member, .. } => Some(*member),
        }
    }

    /// What an idempotency key belongs to.
    #[must_use]
    pub fn scope(&self) -> String {
        self.member().map_or_else(|| "visitor".to_owned(), |member| member.to_string())
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

/// A caller who must have signed in.
pub struct SignedIn {
    pub caller: Caller,
    pub member: MemberId,
}

impl FromRequest for SignedIn {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(match Caller::from_request(request, payload).into_inner() {
            Ok(caller @ Caller::Signed { member, .. }) => Ok(Self { caller, member }),
            Ok(Caller::Visitor) => Err(Code::SignInRequired.into()),
            Err(failure) => Err(failure),
        })
    }
}
