//! Results back: what was learned from a panel, and what changes.

use actix_web::{get, put, web};
use chrono::{DateTime, Utc};
use domain::{
    access::Permission,
    markdown,
    panels::results::{Lesson, Results, ensure_may_write},
};
use persistence::{
    AloneWith, Error,
    panels::{self, results},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::{Json, PathId, field},
    error::Failure,
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_panel_results).service(put_panel_results);
}

/// What is told.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PutPanelResultsBody {
    /// Markdown: what was learned.
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000, example = "귀가 작은 분께는 **너무 컸습니다**.")]
    learned: String,
    /// Markdown: what changes because of it.
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000, example = "가장 작은 이어팁을 함께 드립니다.")]
    changes: String,
}

/// What was learned from a panel, and what changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelResultsBody {
    #[schema(example = "귀가 작은 분께는 **너무 컸습니다**.")]
    learned: String,
    #[schema(example = "<p>귀가 작은 분께는 <strong>너무 컸습니다</strong>.</p>\n")]
    learned_html: String,
    #[schema(example = "가장 작은 이어팁을 함께 드립니다.")]
    changes: String,
    #[schema(example = "<p>가장 작은 이어팁을 함께 드립니다.</p>\n")]
    changes_html: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn shown(results: &Results) -> Reply<PanelResultsBody> {
    Reply::ok(&PanelResultsBody {
        learned: results.learned.as_str().to_owned(),
        learned_html: markdown::to_html(results.learned.as_str()),
        changes: results.changes.as_str().to_owned(),
        changes_html: markdown::to_html(results.changes.as_str()),
        created_at: results.created_at,
        updated_at: results.updated_at,
    })
    .tagged(results.version)
}

/// Read what was learned from a panel
///
/// 404 while nothing is told.
#[utoipa::path(tag = "Panels", params(("id" = Uuid, Path)),
    responses((status = 200, body = PanelResultsBody), (status = 304)))]
#[get("/v1/panels/{id}/results")]
async fn get_panel_results(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<PanelResultsBody>, Failure> {
    app.read(&caller, move |tx, actor| {
        let panel = panels::find(tx, actor, id.into())?;
        results::of_panel(tx, panel.id)?.as_ref().map(shown).ok_or(Error::Missing)
    })
    .await
}

/// Tell what was learned from a panel
///
/// From the announcement on. Everybody may read it at once; those who applied are told of it when the panel is closed, which needs
/// it.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = PutPanelResultsBody,
    responses((status = 200, body = PanelResultsBody), (status = 409, description = "panel_phase")))]
#[put("/v1/panels/{id}/results")]
async fn put_panel_results(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<PutPanelResultsBody>,
) -> Result<Reply<PanelResultsBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "put_panel_results"));
    let learned = field("/learned", Lesson::try_from(&*body.learned))?;
    let changes = field("/changes", Lesson::try_from(&*body.changes))?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let panel = panels::find(tx, actor, id.into())?;
        ensure_may_write(&panel, stamp.at)?;
        let before = results::of_panel(tx, panel.id)?;
        if_match.ensure(before.as_ref().map_or(0, |results| results.version))?;
        let results = Results {
            panel_id: panel.id,
            learned: learned.clone(),
            changes: changes.clone(),
            created_at: before.as_ref().map_or(stamp.at, |results| results.created_at),
            updated_at: stamp.at,
            version: before.as_ref().map_or(0, |results| results.version) + 1,
        };
        match &before {
            Some(said) if said.learned == learned && said.changes == changes => return Ok(shown(said)),
            _ => results::put(tx, &stamp, &results)?,
        }
        act.keep(tx, actor, id, before.map(|said| shown(&said).facts()), shown(&results))
    })
    .await
}
