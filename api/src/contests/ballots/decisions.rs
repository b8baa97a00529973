//! What staff do with ballots: look at them under pseudonyms, and decide about those that were held.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, Refusal,
    access::Permission,
    answers::News,
    contests::{
        Barred, Contest,
        ballots::{Ballot, Decision, Ruling, State},
        screening::{Note, Verdict},
    },
    events::BallotEvent,
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{
        self,
        ballots::{self, voting},
    },
    notifications::contests as news,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{
    super::{entries::AppealWaiting, run},
    bodies::{
        BallotBody, BallotStateName, BallotsBody, DecideBallotAppealBody, DecideBallotsBody, SeenBallotBody,
    },
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, Query, field},
    error::Failure,
    once::Post,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_ballots).service(decide_ballots).service(decide_ballot_appeal);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListBallotsQuery {
    /// Those in this state alone.
    #[param(inline)]
    state: Option<BallotStateName>,
    /// Only those of which this waits to be decided.
    waiting: Option<AppealWaiting>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The contest, kept as far as it is, for somebody of the staff who has no part in it.
fn to_decide(tx: &mut AnyConnection, actor: &Actor, id: ContestId, now: DateTime<Utc>) -> Rows<Contest> {
    actor.ensure(Permission::ManageContests)?;
    contests::share(tx, id)?;
    let contest = run(tx, actor, id)?;
    contest.ensure_decides_ballots(now)?;
    match voting::enters(tx, id, actor.ensure_member()?)? {
        true => Err(Error::Refused(Barred::OwnEntry.into())),
        false => Ok(contest),
    }
}

/// The ballot of a voter as it was seen, not of whoever decides.
fn of_another(
    tx: &mut AnyConnection,
    actor: &Actor,
    contest: &Contest,
    seen: &SeenBallotBody,
) -> Rows<Ballot> {
    let ballot = ballots::find(tx, contest.id, &seen.voter)?;
    if actor.member_id() == Some(ballot.voter) {
        return Err(Error::Refused(Barred::OwnBallot.into()));
    }
    ballot.ensure_seen(contest, seen.version)?;
    Ok(ballot)
}

fn shown(contest: &Contest, ballots: &[Ballot], now: DateTime<Utc>) -> Reply<BallotsBody> {
    let items = ballots.iter().map(|ballot| BallotBody::new(contest, ballot, now));
    Reply::ok(&BallotsBody { items: items.collect() })
}

/// List the ballots of a contest
///
/// For staff, once voting is over, and before that those that were held: under pseudonyms, with what they were held for. With `waiting`,
/// those whose appeal against a rejection staff have to decide about. 404 once ballots had their time; the bundle has what counted.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), ListBallotsQuery),
    responses((status = 200, body = Listing<BallotBody>), (status = 403, description = "run_by_others"), (status = 409, description = "no_ballot, ballot_open")))]
#[get("/v1/contests/{id}/ballots")]
async fn list_ballots(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<ListBallotsQuery>,
) -> Result<Reply<Listing<BallotBody>>, Failure> {
    let (limit, state) = (limit(query.limit)?, query.state.map(State::from));
    let waiting = query.waiting.map(|AppealWaiting::Appeal| ballots::Waiting::Appeal);
    let (act, now) = (app.act(&me, "list_ballots"), app.config.clock.now());
    let name = [state.map_or("", State::name), &format!("{waiting:?}")];
    let list = ListName::of(&["ballots", &id.to_string(), name[0], name[1]]);
    // Only a rejection is appealed against.
    let state = state.or(waiting.map(|_| State::Rejected));
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.look(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, id.into())?;
        contest.ensure_has_ballot()?;
        if contest.marks.forgotten_at.is_some() {
            return Err(Error::Missing);
        }
        // Whoever counted them all would have the tally.
        if !matches!(state, Some(State::Held | State::Rejected)) {
            contest.ensure_ballot_closed(now)?;
        }
        let page = ballots::list(tx, contest.id, (state, waiting), after, limit)?;
        let page = page.map(|ballot| BallotBody::new(&contest, &ballot, now));
        let voters: Vec<&str> = page.items.iter().map(BallotBody::voter).collect();
        act.keep_facts(tx, actor, Some(id), (None, Some(json!({ "voters": voters }))))?;
        Ok(page)
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |shown| shown)))
}

/// What is kept of ballots that were decided about: the log outlives what they starred.
fn states(contest: &Contest, ballots: &[Ballot]) -> BTreeMap<String, &'static str> {
    ballots.iter().map(|ballot| (contest.pseudonym_of_voter(ballot.voter), ballot.state.name())).collect()
}

/// Decide about ballots that were held
///
/// Let them count, or reject them: then their voters are told, and may appeal. Until they do, staff may think again. All or none, and
/// each as it was seen: one that has other stars since is not decided about.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DecideBallotsBody,
    responses((status = 200, body = BallotsBody), (status = 403, description = "run_by_others"), (status = 409,
        description = "no_ballot, contest_phase, ballot_not_held, ballot_changed, already_appealed, own_entry, own_ballot")))]
#[post("/v1/contests/{id}/ballots/decide")]
async fn decide_ballots(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<DecideBallotsBody>,
) -> Result<Reply<BallotsBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "decide_ballots"));
    let DecideBallotsBody { ballots: seen, state, note } = post.body;
    let (ruling, note) = (Ruling::from(state), field("/note", Note::try_from(&*note))?);
    let decision = Decision { at: stamp.at, note };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = to_decide(tx, actor, id.into(), stamp.at)?;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (seen, nth) in seen.iter().zip(0..) {
            let ballot = of_another(tx, actor, &contest, seen).map_err(|error| nobody(error, nth))?;
            let decided = ballot.clone().decided(&contest, ruling, decision.clone())?;
            let own = stamp.branch(nth);
            ballots::update(tx, &own, &decided, decided.told_since(&ballot))?;
            if ruling == Ruling::Reject {
                news::tell_member(tx, &own, News::ContestBallotRejected, contest.id, decided.voter)?;
            }
            before.push(ballot);
            after.push(decided);
        }
        let (was, is) = (states(&contest, &before), states(&contest, &after));
        let is = json!({ "states": is, "note": decision.note.as_str() });
        act.keep_facts(tx, actor, Some(id), (Some(json!({ "states": was })), Some(is)))?;
        Ok(shown(&contest, &after, stamp.at))
    })
    .await
}

/// Who is called by no such name is a wrong field, and not a wrong address.
fn nobody(error: Error, nth: u16) -> Error {
    match error {
        Error::Missing => {
            let (pointer, fault) = (format!("/ballots/{nth}/voter"), Fault::NotA("voter of this contest"));
            Error::Refused(Refusal::UnfitAt { pointer, fault })
        }
        error => error,
    }
}

/// Decide about the appeal of a voter
///
/// Once; the voter is told.
#[utoipa::path(tag = "Contests", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("voter" = String, Path, description = "What the voter is called.")),
    request_body = DecideBallotAppealBody, responses((status = 200, body = BallotBody), (status = 403, description = "run_by_others"), (status = 409,
        description = "no_ballot, contest_phase, ballot_changed, nothing_to_decide, already_decided, own_entry, own_ballot")))]
#[post("/v1/contests/{id}/ballots/{voter}/appeal/decide")]
async fn decide_ballot_appeal(
    app: web::Data<App>,
    me: SignedIn,
    request: HttpRequest,
    PathId(id): PathId,
    post: Post<DecideBallotAppealBody>,
) -> Result<Reply<BallotBody>, Failure> {
    let (stamp, act, granted) = (app.stamp(), app.act(&me, "decide_ballot_appeal"), post.body.granted);
    let note = field("/note", Note::try_from(&*post.body.note))?;
    let voter = request.match_info().get("voter").unwrap_or_default().to_owned();
    let seen = SeenBallotBody { voter, version: post.body.version };
    let verdict = Verdict { at: stamp.at, granted, note };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = to_decide(tx, actor, id.into(), stamp.at)?;
        let ballot = of_another(tx, actor, &contest, &seen)?;
        let was = Reply::ok(&BallotBody::new(&contest, &ballot, stamp.at)).facts();
        let after = ballot.appeal_decided(&contest, verdict.clone())?;
        ballots::update(tx, &stamp, &after, Some(BallotEvent::AppealDecided))?;
        news::tell_member(tx, &stamp, News::ContestBallotAppealDecided, contest.id, after.voter)?;
        act.keep(tx, actor, id, was, Reply::ok(&BallotBody::new(&contest, &after, stamp.at)))
    })
    .await
}
