//! Priority: how a board weighs, and why an idea stands where it stands.

use actix_web::{HttpRequest, get, put, web};
use domain::{
    access::Permission,
    triage::{Factor, Share, Weights, explain},
};
use persistence::{AloneWith, boards, ideas, triage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rounded;
use crate::{
    actor::SignedIn,
    app::App,
    audit::facts,
    boards::board_in_path,
    body::{Json, PathId, field},
    error::Failure,
    jobs,
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_priority).service(get_priority_weights).service(put_priority_weights);
}

/// What one factor adds to a priority.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareBody {
    #[schema(example = "votes")]
    factor: &'static str,
    /// Between 0 and 1.
    #[schema(minimum = 0, maximum = 1, example = 0.62)]
    value: f64,
    #[schema(minimum = 0, maximum = 10, example = 3.0)]
    weight: f64,
    /// In points of the priority.
    #[schema(minimum = 0, maximum = 100, example = 16.9)]
    points: f64,
}

impl From<Share> for ShareBody {
    fn from(share: Share) -> Self {
        Self {
            factor: share.factor.key(),
            value: rounded(share.value),
            weight: share.weight,
            points: rounded(share.points),
        }
    }
}

/// Why an idea stands where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriorityBody {
    /// As it is now: 0 to 100.
    #[schema(minimum = 0, maximum = 100, example = 41.5)]
    priority: f64,
    /// As the inbox is ordered by it, until it is worked out anew.
    #[schema(minimum = 0, maximum = 100, example = 41.2)]
    ranked_as: f64,
    factors: Vec<ShareBody>,
}

/// How much each factor counts on a board: each from 0 to 10, and not all 0.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightsBody {
    #[schema(minimum = 0, maximum = 10, example = 3.0)]
    votes: f64,
    #[schema(minimum = 0, maximum = 10, example = 2.0)]
    need: f64,
    #[schema(minimum = 0, maximum = 10, example = 2.0)]
    momentum: f64,
    #[schema(minimum = 0, maximum = 10, example = 1.0)]
    effort: f64,
    #[schema(minimum = 0, maximum = 10, example = 2.0)]
    strategic_value: f64,
    #[schema(minimum = 0, maximum = 10, example = 1.0)]
    age: f64,
}

impl From<Weights> for WeightsBody {
    fn from(weights: Weights) -> Self {
        Self {
            votes: weights.of(Factor::Votes),
            need: weights.of(Factor::Need),
            momentum: weights.of(Factor::Momentum),
            effort: weights.of(Factor::Effort),
            strategic_value: weights.of(Factor::StrategicValue),
            age: weights.of(Factor::Age),
        }
    }
}

/// Explain the priority of an idea
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = PriorityBody)))]
#[get("/v1/ideas/{id}/priority")]
async fn get_priority(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<PriorityBody>, Failure> {
    let now = app.stamp().at;
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let (idea, _) = ideas::find(tx, actor, id.into())?;
        let (weights, _) = triage::weights(tx, idea.board_id)?;
        let shares = explain(&triage::facts(tx, idea.id, now)?, &weights);
        let marks = triage::marks_of(tx, idea.id)?;
        Ok(Reply::ok(&PriorityBody {
            priority: rounded(shares.iter().map(|share| share.points).sum()),
            ranked_as: rounded(marks.priority),
            factors: shares.into_iter().map(ShareBody::from).collect(),
        }))
    })
    .await
}

/// Read how a board weighs
#[utoipa::path(tag = "Triage", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug")),
    responses((status = 200, body = WeightsBody)))]
#[get("/v1/boards/{board}/priority-weights")]
async fn get_priority_weights(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
) -> Result<Reply<WeightsBody>, Failure> {
    let board = board_in_path(&request)?;
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let board = boards::find(tx, actor, &board)?.board.id;
        let (weights, version) = triage::weights(tx, board)?;
        Ok(Reply::ok(&WeightsBody::from(weights)).tagged(version))
    })
    .await
}

/// Weigh otherwise on a board
///
/// Its ideas are ranked anew in the background.
#[utoipa::path(tag = "Triage", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug")), request_body = WeightsBody,
    responses((status = 200, body = WeightsBody)))]
#[put("/v1/boards/{board}/priority-weights")]
async fn put_priority_weights(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
    if_match: IfMatch,
    Json(body): Json<WeightsBody>,
) -> Result<Reply<WeightsBody>, Failure> {
    let (board, now) = (board_in_path(&request)?, app.stamp().at);
    let values = [body.votes, body.need, body.momentum, body.effort, body.strategic_value, body.age];
    let (weights, act) = (field("", Weights::new(values))?, app.act(&me, "put_priority_weights"));
    let reply = app
        .write(&me.caller, AloneWith::Nobody, move |tx, actor| {
            actor.ensure(Permission::ManageBoards)?;
            let board = boards::find(tx, actor, &board)?.board.id;
            let (before, version) = triage::weights(tx, board)?;
            if_match.ensure(version)?;
            triage::set_weights(tx, board, &weights, version)?;
            let reply = Reply::ok(&WeightsBody::from(weights)).tagged(version + 1);
            act.keep(tx, actor, board.uuid(), facts(&WeightsBody::from(before)), reply)
        })
        .await?;
    let db = app.db.clone();
    actix_web::rt::spawn(async move {
        if let Err(failure) = jobs::rank(&db, now).await {
            tracing::error!(?failure, "ideas were not ranked anew; the next turn will");
        }
    });
    Ok(reply)
}
