//! What those with a seat say of it: they take it, or leave it to whoever is next.

use actix_web::{post, web};
use domain::{
    Actor, ApplicationId, Stamp,
    events::ApplicationEvent,
    panels::applications::{Application, Outcome, Reply as Answer},
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    panels::{applications, seats, trials},
};

use super::{
    applications::own_alone,
    bodies::{ApplicationBody, Looks},
};
use crate::{
    actor::SignedIn,
    app::App,
    body::PathId,
    error::Failure,
    once::{Empty, Post},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(confirm_seat).service(decline_seat);
}

/// Confirm a seat
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ApplicationBody), (status = 409, description = "no_seat, too_late, panel_phase")))]
#[post("/v1/applications/{id}/confirm")]
async fn confirm_seat(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ApplicationBody>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        answer(tx, actor, &stamp, id.into(), Answer::Confirm)
    })
    .await
}

/// Decline a seat
///
/// Also one that was confirmed, until the product is shipped. It goes to the first who waits with whom the quotas hold; an address that
/// was given is deleted.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ApplicationBody), (status = 409, description = "no_seat, too_late, panel_phase, already_shipped")))]
#[post("/v1/applications/{id}/decline")]
async fn decline_seat(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ApplicationBody>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        answer(tx, actor, &stamp, id.into(), Answer::Decline)
    })
    .await
}

fn answer(
    tx: &mut AnyConnection,
    actor: &Actor,
    stamp: &Stamp,
    id: ApplicationId,
    answer: Answer,
) -> Rows<Reply<ApplicationBody>> {
    // Of two who leave at once, the second sees who took the seat of the first.
    let (application, panel, _) = own_alone(tx, actor, id)?;
    let outcome = application.replied(answer, &panel, stamp.at)?;
    let is_new = outcome != application.outcome;
    let after = Application { outcome, updated_at: stamp.at, ..application };
    match outcome {
        _ if !is_new => {}
        Outcome::Declined => {
            let trial = trials::of_one(tx, after.id)?;
            trial.ensure_may_leave()?;
            seats::leave(tx, stamp, &panel, &after, ApplicationEvent::Declined)?;
        }
        _ => applications::confirm(tx, stamp, &after)?,
    }
    Ok(Reply::ok(&ApplicationBody::new(&after, &panel, Looks::Applicant, None, stamp.at)))
}
