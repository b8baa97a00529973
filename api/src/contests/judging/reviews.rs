//! What a judge has before them, and what they say of it.

mod bodies;

use actix_web::{get, patch, post, web};
use domain::{
    Actor, ContestId, ReviewId,
    contests::{
        Contest,
        reviews::{Kind, Review},
    },
    events::ReviewEvent,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{self, judges, results, reviews},
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use self::bodies::{EntryReviewBody, UpdateReviewBody};
use super::{
    bodies::{ReasonBody, reason},
    ensure_free, reassign,
};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::links::Links,
    body::{Json, PathId, Query},
    error::Failure,
    once::{Empty, Post},
    page::{ListName, Listing, limit},
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_my_reviews).service(get_review).service(update_review);
    to.service(submit_review).service(recuse_from_review);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyReviewsQuery {
    /// Only what you judge in this contest; left out, in all of them.
    contest: Option<Uuid>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The contest, for whoever judges it: to all others there is nothing here.
fn judged(tx: &mut AnyConnection, actor: &Actor, id: ContestId) -> Rows<Contest> {
    let contest = contests::find(tx, actor, id)?;
    match judges::is_judging(tx, contest.id, actor.ensure_member()?)? {
        true => Ok(contest),
        false => Err(Error::Missing),
    }
}

/// A review of the actor's own.
fn own(tx: &mut AnyConnection, actor: &Actor, id: ReviewId) -> Rows<(Contest, Review)> {
    let member = actor.ensure_member()?;
    let review = reviews::find(tx, id)?;
    if review.judge_id != member {
        return Err(Error::Missing);
    }
    Ok((judged(tx, actor, review.contest_id)?, review))
}

/// The same to mark it: the contest is kept as far as it is, so that nothing is marked while its scores are locked, and nobody who
/// marks or votes waits for another. What is marked after the lock changes the result, and comes alone.
fn own_kept(tx: &mut AnyConnection, actor: &Actor, id: ReviewId) -> Rows<(Contest, Review)> {
    let (contest, review) = own(tx, actor, id)?;
    match review.kind {
        Kind::Assigned | Kind::Calibration => contests::share(tx, contest.id)?,
        Kind::Extra => contests::be_alone_with(tx, contest.id)?,
    }
    own(tx, actor, id)
}

/// The same to step back from it, alone with the contest: somebody else gets the entry.
fn own_alone(tx: &mut AnyConnection, actor: &Actor, id: ReviewId) -> Rows<(Contest, Review)> {
    let (contest, _) = own(tx, actor, id)?;
    contests::be_alone_with(tx, contest.id)?;
    own(tx, actor, id)
}

/// List what you judge, or judged, in the order in which it was given
///
/// In one contest or in all that you judge; nothing of one you left.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(MyReviewsQuery), responses((status = 200, body = Listing<EntryReviewBody>)))]
#[get("/v1/me/reviews")]
async fn list_my_reviews(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    Query(query): Query<MyReviewsQuery>,
) -> Result<Reply<Listing<EntryReviewBody>>, Failure> {
    let (limit, member, now) = (limit(query.limit)?, me.member, app.config.clock.now());
    let name = query.contest.map(|id| id.to_string()).unwrap_or_default();
    let list = ListName::of(&["my reviews", &member.to_string(), &name]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&me.caller, move |tx, actor| {
        // Whoever judges nothing has an empty list.
        let page = reviews::of_judge(tx, query.contest.map(Into::into), member, after, limit)?;
        let of: Vec<ContestId> = page.items.iter().map(|review| review.contest_id).collect();
        let contests = contests::each(tx, &of)?;
        let contests = contests.iter().map(|(id, contest)| (*id, contest)).collect();
        let items = EntryReviewBody::all(tx, (member, &contests), page.items, (&links, actor), now)?;
        Ok(domain::page::Page { items, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |shown| shown)))
}

/// Read a review of yours
///
/// The entry as it was sent last, without what `judging.blind` keeps from judges. Nobody sees what others mark.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = EntryReviewBody)))]
#[get("/v1/reviews/{id}")]
async fn get_review(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
) -> Result<Reply<EntryReviewBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&me.caller, move |tx, actor| {
        let (contest, review) = own(tx, actor, id.into())?;
        let version = review.version;
        Ok(Reply::ok(&EntryReviewBody::of(tx, &contest, review, (&links, actor), now)?).tagged(version))
    })
    .await
}

/// Save what you mark
///
/// As often as one likes, criterion by criterion: what is left out stays, and null takes it out. What was sent has to stay whole, and
/// counts as it is saved.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = UpdateReviewBody,
    responses((status = 200, body = EntryReviewBody), (status = 409, description = "contest_phase, review_state, conflict_of_interest")))]
#[patch("/v1/reviews/{id}")]
async fn update_review(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    if_match: IfMatch,
    Json(body): Json<UpdateReviewBody>,
) -> Result<Reply<EntryReviewBody>, Failure> {
    let (stamp, saving) = (app.stamp(), body.saving());
    // No page that visitors share shows it.
    app.count(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (contest, review) = own_kept(tx, actor, id.into())?;
        if_match.ensure(review.version)?;
        let after = review.saved(&contest, &saving, stamp.at)?;
        ensure_free(tx, &contest, (after.entry_id, after.judge_id))?;
        reviews::update(tx, &stamp, &after, None)?;
        let version = after.version;
        Ok(Reply::ok(&EntryReviewBody::of(tx, &contest, after, (&links, actor), stamp.at)?).tagged(version))
    })
    .await
}

/// Send a review
///
/// Once every criterion is marked, and has a comment where the rubric asks for one. From then on it counts; it may be sent again, and
/// changed, until the scores are locked.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryReviewBody), (status = 409, description = "contest_phase, review_state, conflict_of_interest")))]
#[post("/v1/reviews/{id}/submit")]
async fn submit_review(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<EntryReviewBody>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (contest, review) = own_kept(tx, actor, id.into())?;
        let after = review.sent(&contest, stamp.at)?;
        ensure_free(tx, &contest, (after.entry_id, after.judge_id))?;
        reviews::update(tx, &stamp, &after, Some(ReviewEvent::Sent))?;
        if after.kind == Kind::Extra && reviews::open_extra(tx, &contest)? == 0 {
            results::settle(tx, &stamp.branch(1), &contest)?;
        }
        let version = after.version;
        Ok(Reply::ok(&EntryReviewBody::of(tx, &contest, after, (&links, actor), stamp.at)?).tagged(version))
    })
    .await
}

/// Step back from a review
///
/// Also after it was sent, until the scores are locked; then it counts no more. Somebody else gets the entry at once, or staff are told.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ReasonBody,
    responses((status = 200, body = EntryReviewBody), (status = 409, description = "contest_phase, review_state")))]
#[post("/v1/reviews/{id}/recuse")]
async fn recuse_from_review(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<ReasonBody>,
) -> Result<Reply<EntryReviewBody>, Failure> {
    let (stamps, why) = ([app.stamp(), app.stamp()], reason(&post.body.reason)?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (contest, review) = own_alone(tx, actor, id.into())?;
        let after = review.recused(&contest, why.clone(), stamps[0].at)?;
        reviews::update(tx, &stamps[0], &after, Some(ReviewEvent::Recused))?;
        let lost = (after.kind == Kind::Assigned).then_some(after.entry_id);
        reassign(tx, &stamps[1], &contest, lost.as_slice())?;
        let version = after.version;
        Ok(Reply::ok(&EntryReviewBody::of(tx, &contest, after, (&links, actor), stamps[0].at)?)
            .tagged(version))
    })
    .await
}
