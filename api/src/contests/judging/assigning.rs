//! Giving entries to judges.

use actix_web::{get, post, web};
use domain::{
    Actor, Refusal,
    contests::{
        Barred, Contest, Phase,
        assigning::{Facts, Given, Kind, Planned},
    },
};
use persistence::{
    AloneWith, AnyConnection, Error,
    contests::{assigning, reviews},
};

use super::{
    super::{run, run_alone},
    bodies::{AssignmentBody, AssignmentPlanBody},
    give,
};
use crate::{
    actor::SignedIn,
    app::App,
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    once::{Empty, Post},
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(assign_entries).service(list_assignments).service(get_assignment);
}

/// The plan and what comes of it, or why there is none.
type Computed = Result<(Planned, Given), Refusal>;

/// What comes of these facts: no work for a transaction, nor for whoever answers others meanwhile.
async fn computed(app: &App, contest: Contest, facts: Facts) -> Result<Computed, Failure> {
    let now = app.config.clock.now();
    let compute = move || {
        contest.ensure_in(&[Phase::Judging], now)?;
        let planned = facts.planned(&contest, None)?;
        let given = planned.run().map_err(Barred::Unassignable)?;
        Ok((planned, given))
    };
    web::block(compute).await.map_err(Failure::internal)
}

/// Give entries to judges
///
/// Each as many as `judging.reviews_per_entry`, nobody in conflict, evenly, and so that judges can be compared; chance comes from
/// `rules_hash` and the round, so that it can be done again. As long as nobody has begun, all are given anew; later only entries that
/// lack judges get some.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 201, body = AssignmentPlanBody), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase, nothing_to_assign, not_assignable, judging_changed")))]
#[post("/v1/contests/{id}/assign")]
async fn assign_entries(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<AssignmentPlanBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "assign_entries"));
    let look = move |tx: &mut AnyConnection, actor: &Actor| {
        let contest = run(tx, actor, id.into())?;
        let facts = assigning::facts(tx, &contest)?;
        Ok((contest, facts))
    };
    let (contest, facts) = app.read(&me.caller, look).await?;
    let computed = computed(&app, contest.clone(), facts.clone()).await?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let now = run_alone(tx, actor, id.into())?;
        let (planned, given) = computed.clone()?;
        now.ensure_in(&[Phase::Judging], stamp.at)?;
        if now.round != contest.round || assigning::facts(tx, &now)? != facts {
            return Err(Error::Refused(Barred::JudgingChanged.into()));
        }
        if planned.kind == Kind::Anew {
            reviews::clear(tx, &now)?;
        }
        let made = give(tx, &stamp, (&now, &facts), (planned, given))?;
        let reply = Reply::created(&AssignmentPlanBody::from(&made), format!("/v1/assignments/{}", made.id));
        let facts = crate::audit::facts(&AssignmentBody::from(&made));
        act.keep_facts(tx, actor, Some(id), (None, Some(facts)))?;
        Ok(reply)
    })
    .await
}

/// List the times that entries were given to judges, the last first
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Listing<AssignmentBody>), (status = 403, description = "run_by_others")))]
#[get("/v1/contests/{id}/assignments")]
async fn list_assignments(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<AssignmentBody>>, Failure> {
    let (limit, list) = (limit(query.limit)?, ListName::of(&["assignments", &id.to_string()]));
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, id.into())?;
        assigning::list(tx, contest.id, after, limit)
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |one| AssignmentBody::from(&one))))
}

/// Read how entries were given to judges
///
/// With the plan it was made from, which gives the same again.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = AssignmentPlanBody), (status = 403, description = "run_by_others")))]
#[get("/v1/assignments/{id}")]
async fn get_assignment(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<AssignmentPlanBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(domain::access::Permission::ManageContests)?;
        let found = assigning::find(tx, id.into())?;
        run(tx, actor, found.contest_id)?;
        Ok(Reply::ok(&AssignmentPlanBody::from(&found)))
    })
    .await
}
