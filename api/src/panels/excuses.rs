//! Excuses: why no report will come, and what staff say to that.

use actix_web::{post, put, web};
use chrono::{DateTime, Utc};
use domain::{
    access::Permission,
    panels::{
        Barred,
        excuses::{Decision, Excuse, ensure_may_excuse},
        strikes::Plea,
    },
};
use persistence::{
    AloneWith, Error,
    panels::{self, applications, excuses, trials},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::applications::own_alone;
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, field},
    error::Failure,
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(put_excuse).service(decide_excuse);
}

/// Why no report will come.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PutExcuseBody {
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "갑자기 입원하게 되어 기한까지 쓸 수 없습니다.")]
    reason: String,
}

/// Whether it is granted.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideExcuseBody {
    #[schema(example = true)]
    granted: bool,
}

/// An excuse.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExcuseBody {
    /// None once it had its time.
    #[schema(example = "갑자기 입원하게 되어 기한까지 쓸 수 없습니다.")]
    reason: Option<String>,
    created_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    /// None before it is decided.
    #[schema(example = true)]
    granted: Option<bool>,
}

impl From<&Excuse> for ExcuseBody {
    fn from(excuse: &Excuse) -> Self {
        Self {
            reason: excuse.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            created_at: excuse.created_at,
            decided_at: excuse.decision.map(|decision| decision.at),
            granted: excuse.decision.map(|decision| decision.granted),
        }
    }
}

/// Excuse oneself from a report
///
/// From the moment the seat is confirmed until seven days after the report is due, or after the delivery was told where that was
/// later. It may be said anew until staff decide; as long
/// as they have not, nothing is held against anybody.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = PutExcuseBody,
    responses((status = 200, body = ExcuseBody),
        (status = 409, description = "panel_phase, nothing_to_excuse, excuse_too_late, already_decided")))]
#[put("/v1/applications/{id}/excuse")]
async fn put_excuse(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<PutExcuseBody>,
) -> Result<Reply<ExcuseBody>, Failure> {
    let stamp = app.stamp();
    let reason = field("/reason", Plea::try_from(&*body.reason))?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (application, panel, _) = own_alone(tx, actor, id.into())?;
        let trial = trials::of_one(tx, application.id)?;
        let said = excuses::of(tx, &[application.id])?.pop();
        ensure_may_excuse(&application, &panel, &trial, said.as_ref(), stamp.at)?;
        let excuse = Excuse {
            application_id: application.id,
            reason: Some(reason.clone()),
            created_at: said.map_or(stamp.at, |said| said.created_at),
            decision: None,
        };
        excuses::put(tx, &stamp, panel.id, &excuse)?;
        Ok(Reply::ok(&ExcuseBody::from(&excuse)))
    })
    .await
}

/// Decide about an excuse
///
/// Once. What is granted is no strike, whatever comes or does not; its applicant is told either way.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DecideExcuseBody,
    responses((status = 200, body = ExcuseBody), (status = 409, description = "nothing_to_decide, already_decided")))]
#[post("/v1/applications/{id}/excuse/decide")]
async fn decide_excuse(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<DecideExcuseBody>,
) -> Result<Reply<ExcuseBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "decide_excuse"));
    let decision = Decision { at: stamp.at, granted: post.body.granted };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let application = applications::find(tx, id.into())?;
        panels::be_alone_with(tx, application.panel_id)?;
        let excuse = excuses::of(tx, &[application.id])?.pop();
        let before = excuse.ok_or(Error::Refused(Barred::NothingToDecide.into()))?;
        let was = Reply::ok(&ExcuseBody::from(&before)).facts();
        let decided = before.decided(decision)?;
        excuses::decide(tx, &stamp, &application, decision)?;
        act.keep(tx, actor, id, was, Reply::ok(&ExcuseBody::from(&decided)))
    })
    .await
}
