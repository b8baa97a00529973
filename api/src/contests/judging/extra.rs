//! Extra reviews: one judge more, of all entries that are tied for a prize.

use actix_web::{post, web};
use domain::{
    MemberId, Stamp,
    answers::News,
    contests::{
        Barred, Contest,
        reviews::{Kind, Review},
        screening::Note,
    },
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{results, reviews},
    notifications::contests as news,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    super::run_alone,
    bodies::reason,
    by_hand::{ContestReviewBody, ensure_fits},
};
use crate::{
    actor::SignedIn, app::App, body::PathId, error::Failure, once::Post, reply::Reply, routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(give_extra_reviews);
}

/// Who scores all that are tied.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewExtraReviewsBody {
    judge_id: Uuid,
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "두 작품을 아직 보지 않은 심사위원입니다.")]
    reason: String,
}

/// One review of each entry that is tied.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExtraReviewsBody {
    items: Vec<ContestReviewBody>,
}

/// One review of each tied entry for a judge who had none of them. Whoever could add judges one by one until the right entry leads
/// would choose the winner: so it is all of them or none, and nobody else while somebody scores them.
fn given(
    tx: &mut AnyConnection,
    stamp: &Stamp,
    contest: &Contest,
    judge: MemberId,
    why: &Note,
) -> Rows<Vec<Review>> {
    let found = results::settle(tx, stamp, contest)?;
    let tied = found.tied_for_review()?;
    match reviews::open_extra(tx, contest)? {
        0 => {}
        open => return Err(Error::Refused(Barred::ReviewsOpen { open }.into())),
    }
    let mut made = Vec::new();
    for (nth, entry) in (2_u16..).zip(results::entries_called(tx, contest, tied)?) {
        ensure_fits(tx, contest, (entry, judge))?;
        let stamp = stamp.branch(nth);
        let new = Review::new(stamp.id(0), contest, (entry, judge), Kind::Extra, stamp.at);
        let review = Review { reason: Some(why.clone()), ..new };
        reviews::insert(tx, &stamp, &review)?;
        made.push(review);
    }
    Ok(made)
}

/// Have entries that are tied scored by one judge more
///
/// Where the tie order has come to `extra_review`: one judge who had none of them gets all at once. What they send decides as soon as the
/// last is sent, cannot be changed then, and counts for nothing else; until the result is released nobody sees the marks. Everybody may have
/// scored them already, so judges are appointed for this after the lock as well.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewExtraReviewsBody,
    responses((status = 201, body = ExtraReviewsBody), (status = 403, description = "run_by_others"), (status = 409,
        description = "contest_phase, no_tie, reviews_open, conflicts_undeclared, conflict_of_interest, reviewed_before, not_computable")))]
#[post("/v1/contests/{id}/extra_reviews")]
async fn give_extra_reviews(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewExtraReviewsBody>,
) -> Result<Reply<ExtraReviewsBody>, Failure> {
    let (stamp, act, why) = (app.stamp(), app.act(&me, "give_extra_reviews"), reason(&post.body.reason)?);
    let judge = MemberId::from(post.body.judge_id);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, id.into())?;
        contest.ensure_in(Kind::Extra.phases(), stamp.at)?;
        let made = given(tx, &stamp, &contest, judge, &why)?;
        news::tell_member(tx, &stamp.branch(1), News::ContestReviewAssigned, contest.id, judge)?;
        let items = made.into_iter().map(|review| ContestReviewBody::new(&contest, review)).collect();
        let reply = Reply::created(&ExtraReviewsBody { items }, format!("/v1/contests/{id}/reviews"));
        act.keep(tx, actor, id, None, reply)
    })
    .await
}
