//! Reviews as those who run a contest see them, and what they change by hand.

use std::collections::BTreeMap;

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, EntryId, MemberId,
    answers::News,
    contests::{
        Contest,
        reviews::{Kind, Review},
    },
    events::ReviewEvent,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{entries, judges, reviews},
    notifications::contests as news,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::{
    super::{run, run_alone},
    bodies::{ReasonBody, ReviewKindName, ReviewStateName, reason},
    ensure_free, give_samples,
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, Query},
    error::Failure,
    once::Post,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_contest_reviews).service(give_review).service(take_review);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReviewsQuery {
    /// Of judging; the one it is in where it says nothing.
    #[param(minimum = 1)]
    round: Option<i32>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// An entry that is given to a judge by hand.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewReviewBody {
    entry_id: Uuid,
    judge_id: Uuid,
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "전공자가 한 사람 더 보아야 합니다.")]
    reason: String,
}

/// A review, as those who run the contest see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContestReviewBody {
    id: Uuid,
    entry_id: Uuid,
    /// What the entry is called in assignments and results.
    #[schema(example = "a1b2c3d4e5f60718")]
    entry: String,
    judge_id: Uuid,
    #[schema(example = "2f1d0c9b8a7e6f54")]
    judge: String,
    #[schema(minimum = 1, example = 1)]
    round: i32,
    kind: ReviewKindName,
    state: ReviewStateName,
    /// Why it was given by hand, taken away, or why the judge stepped back.
    #[schema(example = "아는 사람의 작품 같습니다.")]
    reason: Option<String>,
    /// What was marked, by criterion, once the scores of the round are locked; of an extra review once the result is final.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, example = json!({ "idea": 4, "use": 3.5 }))]
    marks: Option<BTreeMap<String, f64>>,
    /// As `marks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, example = json!({ "idea": "처음 보는 생각입니다." }))]
    comments: Option<BTreeMap<String, String>>,
    /// As `marks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "다시 볼 것")]
    note: Option<String>,
    created_at: DateTime<Utc>,
    saved_at: Option<DateTime<Utc>>,
    sent_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl ContestReviewBody {
    pub fn new(contest: &Contest, review: Review) -> Self {
        let is_locked = match review.kind {
            Kind::Extra => contest.marks.finalized_at.is_some(),
            Kind::Assigned | Kind::Calibration => {
                contest.marks.locked_at.is_some() || review.round < contest.round
            }
        };
        let entry = contest.pseudonym_of_entry(review.entry_id);
        Self {
            id: review.id.uuid(),
            entry_id: review.entry_id.uuid(),
            entry,
            judge_id: review.judge_id.uuid(),
            judge: contest.pseudonym_of_judge(review.judge_id),
            round: review.round,
            kind: review.kind.into(),
            state: review.state.into(),
            reason: review.reason.map(|reason| reason.as_str().to_owned()),
            marks: is_locked.then_some(review.marks),
            comments: is_locked.then_some(review.comments),
            note: is_locked.then_some(review.note),
            created_at: review.created_at,
            saved_at: review.saved_at,
            sent_at: review.sent_at,
            ended_at: review.ended_at,
        }
    }
}

/// List the reviews of a contest
///
/// For those who run it: who judges what, and how far. What was marked is seen once the scores are locked.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), ReviewsQuery),
    responses((status = 200, body = Listing<ContestReviewBody>), (status = 403, description = "run_by_others")))]
#[get("/v1/contests/{id}/reviews")]
async fn list_contest_reviews(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<ReviewsQuery>,
) -> Result<Reply<Listing<ContestReviewBody>>, Failure> {
    let (limit, act) = (limit(query.limit)?, app.act(&me, "list_contest_reviews"));
    let list = ListName::of(&["reviews", &id.to_string(), &format!("{:?}", query.round)]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.look(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, id.into())?;
        let round = query.round.unwrap_or(contest.round);
        let page = reviews::list(tx, contest.id, round, after, limit)?;
        act.look(tx, actor, Some(id), page.items.iter().map(|review| review.judge_id.uuid()))?;
        let items = page.items.into_iter().map(|review| ContestReviewBody::new(&contest, review));
        Ok(domain::page::Page { items: items.collect(), next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |shown| shown)))
}

/// Whether an entry may be before a judge: it is judged in this round, they judge, and nothing stands between them.
pub(super) fn ensure_fits(tx: &mut AnyConnection, contest: &Contest, pair: (EntryId, MemberId)) -> Rows<()> {
    use domain::{Refusal, contests::entries::State as EntryState, text::Fault};
    let unfit = |field| Error::from(Refusal::Unfit { field, fault: Fault::NotA("entry that is judged now") });
    match entries::find(tx, pair.0) {
        Ok(entry) if entry.contest_id != contest.id => return Err(unfit("entry_id")),
        Ok(entry) if entry.state == EntryState::Accepted && entry.cut_in.is_none() => {}
        Ok(_) | Err(Error::Missing) => return Err(unfit("entry_id")),
        Err(error) => return Err(error),
    }
    match judges::look_up(tx, contest.id, pair.1)? {
        Some(judge) => judge.ensure_ready()?,
        None => {
            let fault = Fault::NotA("judge of the contest");
            return Err(Refusal::Unfit { field: "judge_id", fault }.into());
        }
    }
    ensure_free(tx, contest, pair)
}

/// Give an entry to a judge by hand
///
/// Never to one in conflict with it, nor to one who had it.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewReviewBody,
    responses((status = 201, body = ContestReviewBody), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase, conflicts_undeclared, conflict_of_interest, reviewed_before")))]
#[post("/v1/contests/{id}/reviews")]
async fn give_review(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewReviewBody>,
) -> Result<Reply<ContestReviewBody>, Failure> {
    let (stamp, act, why) = (app.stamp(), app.act(&me, "give_review"), reason(&post.body.reason)?);
    let (kind, pair) = (Kind::Assigned, (post.body.entry_id.into(), post.body.judge_id.into()));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, id.into())?;
        contest.ensure_in(kind.phases(), stamp.at)?;
        ensure_fits(tx, &contest, pair)?;
        let review =
            Review { reason: Some(why.clone()), ..Review::new(stamp.id(0), &contest, pair, kind, stamp.at) };
        reviews::insert(tx, &stamp, &review)?;
        give_samples(tx, &stamp.branch(0), &contest)?;
        news::tell_member(tx, &stamp, News::ContestReviewAssigned, contest.id, review.judge_id)?;
        // Where those who run a contest find it; alone it is shown to its judge only.
        let location = format!("/v1/contests/{}/reviews", contest.id);
        let reply = Reply::created(&ContestReviewBody::new(&contest, review), location);
        act.keep(tx, actor, id, None, reply)
    })
    .await
}

/// The review and its contest, for those who run it, alone with it: to all others it is not there.
fn to_take(tx: &mut AnyConnection, actor: &Actor, id: Uuid) -> Rows<(Contest, Review)> {
    actor.ensure(domain::access::Permission::ManageContests)?;
    let contest = reviews::find(tx, id.into())?.contest_id;
    let contest = run_alone(tx, actor, contest)?;
    Ok((contest, reviews::find(tx, id.into())?))
}

/// Take an entry from a judge by hand
///
/// What was sent is not taken: a mark that somebody dislikes is still a mark. Where the judge may not judge it, add the conflict instead.
/// Nobody else gets it by this; give it by hand, or assign again.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ReasonBody,
    responses((status = 200, body = ContestReviewBody), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase, review_state")))]
#[post("/v1/reviews/{id}/take")]
async fn take_review(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<ReasonBody>,
) -> Result<Reply<ContestReviewBody>, Failure> {
    let (stamp, act, why) = (app.stamp(), app.act(&me, "take_review"), reason(&post.body.reason)?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (contest, review) = to_take(tx, actor, id)?;
        let was = crate::audit::facts(&ContestReviewBody::new(&contest, review.clone()));
        let after = review.taken(&contest, why.clone(), stamp.at)?;
        reviews::update(tx, &stamp, &after, Some(ReviewEvent::Taken))?;
        act.keep(tx, actor, id, was, Reply::ok(&ContestReviewBody::new(&contest, after)))
    })
    .await
}
