//! Contests: what they ask for, the steps staff take, and what was entered.

mod ballots;
mod bodies;
mod entries;
mod ideas;
mod judging;
mod metrics;
mod objections;
mod pictures;
mod prizes;
mod results;
mod schemas;
mod screening;
mod steps;
mod taxes;
mod teams;

use actix_web::{delete, get, patch, post, web};
use domain::{
    Actor, ContestId,
    access::Permission,
    contests::{Barred, Contest, Marks, Phase},
    events::ContestEvent,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{self, judges},
    segments,
};

pub use self::{
    ballots::examination::examine_all,
    bodies::ContestRefBody,
    schemas::{ContestBody, NewContestBody},
};
use self::{
    bodies::{ContestShown, terms_of},
    schemas::UpdateContestBody,
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::PageQuery,
    body::{Json, PathId, Query},
    clock::random,
    error::Failure,
    once::Post,
    page::{ListName, Listing, limit},
    reply::{IfMatch, Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_contests).service(create_contest);
    to.service(get_contest).service(update_contest).service(delete_contest);
    steps::routes(to);
    pictures::routes(to);
    entries::routes(to);
    teams::routes(to);
    screening::routes(to);
    results::routes(to);
    ideas::routes(to);
    metrics::routes(to);
    judging::routes(to);
    ballots::routes(to);
    objections::routes(to);
    prizes::routes(to);
    taxes::routes(to);
}

/// The contest, for those who run it.
fn run(tx: &mut AnyConnection, actor: &Actor, id: ContestId) -> Rows<Contest> {
    actor.ensure(Permission::ManageContests)?;
    let contest = contests::find(tx, actor, id)?;
    judges::ensure_runs(tx, &contest, actor)?;
    Ok(contest)
}

/// The same, alone with it.
fn run_alone(tx: &mut AnyConnection, actor: &Actor, id: ContestId) -> Rows<Contest> {
    actor.ensure(Permission::ManageContests)?;
    contests::be_alone_with(tx, id)?;
    run(tx, actor, id)
}

/// A contest as it is answered wherever it changes.
fn shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    contest: &Contest,
    app: &web::Data<App>,
) -> Rows<Reply<ContestBody>> {
    let shown = ContestShown::of(tx, actor, contest, app)?;
    Ok(Reply::ok(&ContestBody(shown)).tagged(contest.version))
}

/// List contests, the newest first
///
/// Drafts are for those who make contests.
#[utoipa::path(tag = "Contests", params(PageQuery), responses((status = 200, body = Listing<ContestBody>)))]
#[get("/v1/contests")]
async fn list_contests(
    app: web::Data<App>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<ContestBody>>, Failure> {
    let (limit, held) = (limit(query.limit)?, app.clone());
    let list = ListName::of(&["contests"]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&caller, move |tx, actor| {
        let page = contests::list(tx, actor, after, limit)?;
        let items = ContestShown::all(tx, actor, &page.items, &held)?;
        Ok(domain::page::Page { items, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, ContestBody)))
}

/// Make a contest
///
/// A draft, which nobody else sees before it is published.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), request_body = NewContestBody,
    responses((status = 201, body = ContestBody)))]
#[post("/v1/contests")]
async fn create_contest(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewContestBody>,
) -> Result<Reply<ContestBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "create_contest"), app.clone());
    let contest = Contest {
        id: stamp.id(0),
        terms: terms_of(post.body.0)?,
        marks: Marks::default(),
        rules_hash: None,
        secret: random(),
        round: 1,
        created_at: stamp.at,
        updated_at: stamp.at,
        version: 1,
    };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageContests)?;
        segments::ensure_there(tx, &contest.terms.audience.segments)?;
        contests::insert(tx, &stamp, &contest)?;
        let shown = ContestShown::of(tx, actor, &contest, &held)?;
        let reply = Reply::created(&ContestBody(shown), format!("/v1/contests/{}", contest.id)).tagged(1);
        act.keep(tx, actor, contest.id.uuid(), None, reply)
    })
    .await
}

/// Read a contest
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path)), responses((status = 200, body = ContestBody), (status = 304)))]
#[get("/v1/contests/{id}")]
async fn get_contest(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<ContestBody>, Failure> {
    let held = app.clone();
    app.read(&caller, move |tx, actor| {
        let contest = contests::find(tx, actor, id.into())?;
        shown(tx, actor, &contest, &held)
    })
    .await
}

/// Change a contest
///
/// A merge patch (RFC 7396) of its terms. Once it is published, only the contact may change, until it is archived or cancelled, and
/// `schedule.closes_at` may be put off while entries are taken.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = UpdateContestBody,
    responses((status = 200, body = ContestBody), (status = 409, description = "rules_frozen, contest_phase")))]
#[patch("/v1/contests/{id}")]
async fn update_contest(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateContestBody>,
) -> Result<Reply<ContestBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "update_contest"), app.clone());
    let find = move |tx: &mut AnyConnection, actor: &Actor| {
        actor.ensure(Permission::ManageContests)?;
        contests::find(tx, actor, id.into())
    };
    let found = app.read(&me.caller, find).await?;
    let terms = terms_of(body.over(&found.terms))?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let before = find(tx, actor)?;
        if_match.ensure(before.version)?;
        // The patch was applied to what was read then.
        if before.version != found.version {
            return Err(Error::Contended);
        }
        let was = shown(tx, actor, &before, &held)?;
        let after = before.clone().with_terms(terms.clone(), stamp.at)?;
        if after == before {
            return Ok(was);
        }
        if after.terms.audience != before.terms.audience {
            segments::ensure_there(tx, &after.terms.audience.segments)?;
        }
        let after = Contest { updated_at: stamp.at, version: before.version + 1, ..after };
        contests::update(tx, &stamp, &after, ContestEvent::Updated)?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}

/// Delete a draft
///
/// What was published is cancelled instead, and stays to be read.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "contest_phase")))]
#[delete("/v1/contests/{id}")]
async fn delete_contest(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, "delete_contest"), app.clone());
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageContests)?;
        let contest = contests::find(tx, actor, id.into())?;
        if_match.ensure(contest.version)?;
        match contest.phase(stamp.at) {
            Phase::Draft => {}
            phase => return Err(Error::Refused(Barred::Phase(phase).into())),
        }
        let before = shown(tx, actor, &contest, &held)?.facts();
        contests::delete(tx, &stamp, &contest)?;
        act.keep(tx, actor, id, before, Reply::nothing())
    })
    .await
}
