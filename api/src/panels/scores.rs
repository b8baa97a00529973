//! What staff give the answers of those who apply.

use actix_web::{put, web};
use domain::{
    access::Permission,
    panels::{Barred, Phase, applications::Application},
    text::Fault,
};
use persistence::{
    AloneWith, Error,
    panels::{self, applications},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::bodies::{ApplicationBody, Looks};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId},
    error::Failure,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(score_application);
}

/// What staff give an application.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ScoreBody {
    /// None takes it back.
    #[schema(minimum = 0, maximum = 100, example = 80)]
    score: Option<i32>,
}

/// Score an application
///
/// From 0 to 100, until the lock; `null` takes it back.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ScoreBody,
    responses((status = 200, body = ApplicationBody), (status = 409, description = "panel_phase")))]
#[put("/v1/applications/{id}/score")]
async fn score_application(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<ScoreBody>,
) -> Result<Reply<ApplicationBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "score_application"));
    if body.score.is_some_and(|score| !(0..=100).contains(&score)) {
        return Err(Failure::field("/score", Fault::NotA("number in its range")));
    }
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let panel = applications::find(tx, id.into())?.panel_id;
        panels::be_alone_with(tx, panel)?;
        let (application, panel) = (applications::find(tx, id.into())?, panels::find(tx, actor, panel)?);
        match panel.phase(stamp.at) {
            Phase::Recruiting | Phase::Screening => {}
            phase => return Err(Error::Refused(Barred::Phase(phase).into())),
        }
        let show = |application: &Application| {
            Reply::ok(&ApplicationBody::new(application, &panel, Looks::Staff, None, stamp.at))
        };
        let was = show(&application);
        let scored = Application { score: body.score, updated_at: stamp.at, ..application };
        applications::score(tx, &stamp, &scored)?;
        act.keep(tx, actor, id, was.facts(), show(&scored))
    })
    .await
}
