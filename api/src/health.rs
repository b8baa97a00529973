//! Whether the node lives, whether it is ready, and its figures.

use actix_web::{HttpResponse, get, web};
use persistence::{migrations, outbox};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    error::{Code, Failure},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_liveness).service(get_readiness).service(get_metrics);
}

/// That the process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct LivenessBody {
    #[schema(example = "ok")]
    status: &'static str,
}

/// That it can serve.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessBody {
    #[schema(example = "ok")]
    status: &'static str,
    /// That the database answers.
    #[schema(example = "ok")]
    database: &'static str,
    /// That the database has the form this release needs.
    #[schema(example = "ok")]
    migrations: &'static str,
    /// How long the oldest event has waited to be delivered; null when none waits.
    #[schema(minimum = 0)]
    outbox_age_seconds: Option<i64>,
}

/// Whether the process lives
#[utoipa::path(tag = "Running", responses((status = 200, body = LivenessBody)))]
#[get("/health/live")]
async fn get_liveness() -> Reply<LivenessBody> {
    Reply::ok(&LivenessBody { status: "ok" })
}

/// Whether it can serve: database, migrations, age of the outbox
#[utoipa::path(tag = "Running", responses((status = 200, body = ReadinessBody),
    (status = 503, description = "unavailable")))]
#[get("/health/ready")]
async fn get_readiness(app: web::Data<App>) -> Result<Reply<ReadinessBody>, Failure> {
    let now = app.config.clock.now();
    let found = app.db.read(|tx| {
        let current =
            migrations::is_current(tx).map_err(|error| persistence::Error::Unavailable(error.to_string()))?;
        Ok((current, outbox::oldest(tx)?))
    });
    let (current, oldest) = found.await?;
    if !current {
        return Err(Failure { retry_after: Some(5), ..Failure::new(Code::Unavailable) }
            .caused_by("migrations are pending"));
    }
    let outbox_age_seconds = oldest.map(|at| (now - at).num_seconds().max(0));
    Ok(Reply::ok(&ReadinessBody { status: "ok", database: "ok", migrations: "ok", outbox_age_seconds }))
}

/// Figures for Prometheus
#[utoipa::path(tag = "Running", responses((status = 200, body = String, content_type = "text/plain")))]
#[get("/metrics")]
async fn get_metrics(app: web::Data<App>) -> Result<HttpResponse, Failure> {
    let text = app.metrics.text(&app).map_err(Failure::internal)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
