//! Prizes: who is to get which, what their teams say to it, and what becomes of entries that lose their rank.

mod bodies;
mod claims;
mod disqualification;
mod settling;
mod staff;

use actix_web::{get, web};
use domain::{
    Actor,
    contests::{Contest, prizes::next_in_line},
};
use persistence::{
    AnyConnection, Result as Rows,
    contests::{
        self, entries, judges,
        prizes::{disqualifications, given, names},
        results,
    },
};

use self::bodies::{AwardBody, AwardedPrizeBody, AwardsBody, DisqualifiedBody};
pub use self::settling::settle;
use crate::{actor::Caller, app::App, body::PathId, error::Failure, reply::Reply, routes::Routes};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_awards);
    claims::routes(to);
    staff::routes(to);
    disqualification::routes(to);
}

/// Who is to get which prize by the result as it stands; under the names that they chose.
fn awarded(tx: &mut AnyConnection, contest: &Contest) -> Rows<AwardsBody> {
    let (given, outcome) = (given(tx, contest)?, results::present(tx, contest)?);
    let ids = given.entries();
    let (titles, named) = (entries::titles(tx, &ids)?, names::of(tx, &ids)?);
    let prizes = contest.terms.prizes.iter().enumerate().map(|(nth, prize)| {
        let of_prize = given.awards.iter().filter(|(_, award)| award.prize == nth);
        let awards = of_prize.map(|(id, award)| AwardBody::new(*id, award, &titles, &named)).collect();
        let is_last = contest.rounds_left() == 0;
        let outcome = outcome.as_ref().filter(|_| is_last);
        let next = outcome.map(|outcome| next_in_line(&contest.terms, outcome, nth)).unwrap_or_default();
        AwardedPrizeBody::new(prize, awards, next)
    });
    Ok(AwardsBody {
        prizes: prizes.collect(),
        undecided: given.undecided.clone(),
        disqualified: disqualifications::of_contest(tx, contest.id)?
            .iter()
            .map(|one| DisqualifiedBody::new(one, contest))
            .collect(),
    })
}

/// Read who is to get which prize
///
/// For staff from the moment on when scores are locked, for everybody once the provisional result is public. Of people it has what they
/// chose to show of their names; of entries that were disqualified why, and which only of those that everybody saw win.
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path)),
    responses((status = 200, body = AwardsBody), (status = 409, description = "contest_phase")))]
#[get("/v1/contests/{id}/awards")]
async fn get_awards(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<AwardsBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&caller, move |tx, actor: &Actor| {
        let contest = contests::find(tx, actor, id.into())?;
        match judges::runs(tx, &contest, actor)? {
            true => contest.ensure_awards_known(now)?,
            false => contest.ensure_awards_public(now)?,
        }
        Ok(Reply::ok(&awarded(tx, &contest)?).tagged(0))
    })
    .await
}
