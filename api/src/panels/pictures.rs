//! The pictures of a panel.

use actix_web::{put, web};
use domain::{
    access::Permission,
    attachments::{MOST_AT_A_PLACE, Place},
    events::PanelEvent,
    panels::Panel,
};
use persistence::{AloneWith, attachments::links::ensure_pictures, panels};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{PanelBody, shown};
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
    to.service(set_panel_pictures);
}

/// Pictures, in their order.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PicturesBody {
    /// Those it has, and others of your own that were sent before.
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(max_items = 10)]
    attachment_ids: Vec<Uuid>,
}

/// Set the pictures of a panel
///
/// In place of those it has. They are no part of its terms, so they may change at any time.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = PicturesBody,
    responses((status = 200, body = PanelBody)))]
#[put("/v1/panels/{id}/pictures")]
async fn set_panel_pictures(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<PicturesBody>,
) -> Result<Reply<PanelBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "set_panel_pictures"), app.clone());
    let wanted = each_in_order(&body.attachment_ids);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let before = panels::find(tx, actor, id.into())?;
        if_match.ensure(before.version)?;
        let was = shown(tx, actor, &before, &held)?;
        ensure_pictures(tx, &wanted)?;
        if !attach(tx, &stamp, Place::Panel(before.id), Some(&wanted), actor)? {
            return Ok(was);
        }
        let after = Panel { updated_at: stamp.at, version: before.version + 1, ..before };
        panels::update(tx, &stamp, &after, PanelEvent::Updated)?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}
