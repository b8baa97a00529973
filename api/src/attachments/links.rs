//! Addresses that `<img>` can follow, which sends no token: they lend the reader's own right to look, for an hour or two.
//!
//! An address names the member it was shown to and when it ends. Who follows it is shown what that member may see at that
//! moment, and no more: when the idea is hidden, or the member blocked, it leads nowhere.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Actor, AttachmentId, MemberId, Refusal};
use persistence::{AnyConnection, Error, Result as Rows, members};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{app::App, digest, error::Failure};

/// Addresses are good until the second full hour from now, so that for an hour they are the same, and can be kept.
const HOUR: i64 = 3_600;

/// What signs addresses: made of the first of the keys, which sign tokens as well.
#[derive(Debug, Clone, Copy)]
pub struct Links {
    secret: [u8; 32],
    expires: i64,
}

/// What stands in an address after `?`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    /// Of a signed address: the member it was shown to.
    viewer: Option<Uuid>,
    /// Of a signed address: until when it is good, in seconds since 1970.
    expires: Option<i64>,
    /// Of a signed address.
    signature: Option<String>,
}

impl Links {
    #[must_use]
    pub fn of(app: &App) -> Self {
        let expires = (app.config.clock.now().timestamp() / HOUR + 2) * HOUR;
        Self { secret: app.keys.secrets("attachments").next().unwrap_or_default(), expires }
    }

    /// The address of the bytes of an attachment, for whoever reads.
    #[must_use]
    pub fn address(&self, id: AttachmentId, part: &str, actor: &Actor) -> String {
        let plain = format!("/v1/attachments/{id}/{part}");
        // A visitor needs no more than a visitor has.
        let Some(viewer) = actor.member_id() else { return plain };
        let expires = self.expires;
        let signature = URL_SAFE_NO_PAD.encode(signature(&self.secret, id, viewer, expires));
        format!("{plain}?viewer={viewer}&expires={expires}&signature={signature}")
    }
}

fn signature(secret: &[u8], id: AttachmentId, viewer: MemberId, expires: i64) -> [u8; 32] {
    digest::keyed(secret, format!("{id} {viewer} {expires}").as_bytes())
}

impl LinkQuery {
    /// The member whose right the address lends, if it is signed and its time is not over.
    #[must_use]
    pub fn viewer(&self, app: &App, id: AttachmentId, now: DateTime<Utc>) -> Option<MemberId> {
        let (viewer, expires) = (MemberId::from(self.viewer?), self.expires?);
        let given = URL_SAFE_NO_PAD.decode(self.signature.as_deref()?).ok()?;
        let in_time = DateTime::from_timestamp(expires, 0)
            .is_some_and(|end| now < end && end - now <= TimeDelta::seconds(2 * HOUR));
        let signed = app
            .keys
            .secrets("attachments")
            .any(|secret| digest::same(&given, &signature(&secret, id, viewer, expires)));
        (in_time && signed).then_some(viewer)
    }
}

/// Who looks, with the rights they have by now.
///
/// # Errors
/// [`Refusal::Blocked`]; [`Error::Missing`].
pub fn viewing(tx: &mut AnyConnection, viewer: MemberId) -> Rows<Actor> {
    let member = members::find(tx, viewer)?;
    match member.blocked_at {
        Some(_) => Err(Error::from(Refusal::Blocked)),
        None => Ok(Actor::Member { id: viewer, role: member.role }),
    }
}

impl FromRequest for Links {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>();
        std::future::ready(app.map(|app| Self::of(app)).ok_or_else(|| Failure::internal("no app")))
    }
}
