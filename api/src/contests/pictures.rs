//! The pictures of a contest.

use actix_web::{put, web};
use domain::{
    access::Permission,
    attachments::{MOST_AT_A_PLACE, Place},
    contests::Contest,
    events::ContestEvent,
};
use persistence::{AloneWith, attachments::links::ensure_pictures, contests};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{ContestBody, shown};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::{attach, each_in_order},
    body::{Json, PathId},
    error::Failure,
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(set_contest_pictures);
}

/// Pictures, in their order.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ContestPicturesBody {
    /// Those it has, and others of your own that were sent before.
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(max_items = 10)]
    attachment_ids: Vec<Uuid>,
}

/// Set the pictures of a contest
///
/// In place of those it has. They are no part of its rules, so they may change at any time.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ContestPicturesBody,
    responses((status = 200, body = ContestBody)))]
#[put("/v1/contests/{id}/pictures")]
async fn set_contest_pictures(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<ContestPicturesBody>,
) -> Result<Reply<ContestBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "set_contest_pictures"), app.clone());
    let wanted = each_in_order(&body.attachment_ids);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageContests)?;
        let before = contests::find(tx, actor, id.into())?;
        if_match.ensure(before.version)?;
        let was = shown(tx, actor, &before, &held)?;
        ensure_pictures(tx, &wanted)?;
        if !attach(tx, &stamp, Place::Contest(before.id), Some(&wanted), actor)? {
            return Ok(was);
        }
        let after = Contest { updated_at: stamp.at, version: before.version + 1, ..before };
        contests::update(tx, &stamp, &after, ContestEvent::Updated)?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}
