//! Ballots as voters have them: what they may star, their own ballot, and an appeal. What staff do with ballots is in [`decisions`].

mod bodies;
mod candidates;
mod decisions;
pub mod examination;
mod tally;

use std::net::IpAddr;

use actix_web::{get, post, put, web};
use domain::{
    ContestId, EntryId, MemberId,
    answers::News,
    contests::{
        Contest,
        ballots::{Ballot, State, Trace},
        screening::Note,
    },
    events::BallotEvent,
    judging::ballots::Candidate,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{
        self,
        ballots::{self, voting},
    },
    notifications::contests as news,
};

use self::bodies::{AppealBallotBody, CastBallotBody, OwnBallotBody};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, field},
    digest,
    error::Failure,
    front::ClientAddress,
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    candidates::routes(to);
    to.service(get_ballot).service(cast_ballot).service(appeal_ballot);
    tally::routes(to);
    examination::routes(to);
    decisions::routes(to);
}

/// What is known of where a ballot came from: nobody can tell the address by it, and in another contest it is another number.
fn prefix(app: &App, contest: ContestId, address: Option<IpAddr>) -> Option<u64> {
    let part: Vec<u8> = match address?.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[..3].to_vec(),
        IpAddr::V6(v6) => v6.octets()[..6].to_vec(),
    };
    let secret = app.keys.secrets("ballots").next()?;
    let hash = digest::keyed(&secret, &[contest.uuid().as_bytes(), part.as_slice()].concat());
    Some(hash[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The member's ballot with these stars: cast, changed, or as it was when it had them already.
fn cast(
    tx: &mut AnyConnection,
    stamp: &domain::Stamp,
    (contest, member): (&Contest, MemberId),
    stars: &[EntryId],
    trace: Trace,
) -> Rows<Ballot> {
    let rules = contest.ensure_takes_ballots(stamp.at)?;
    rules.ensure_of(voting::voter(tx, contest.id, member)?)?;
    let standing = voting::standing(tx, contest.id, member, stars)?;
    let candidate = |entry: &EntryId| standing.get(entry).copied().unwrap_or(Candidate::Unknown);
    let stars = rules.ensure_stars(stars, candidate)?;
    if let Some(before) = ballots::of_member(tx, contest.id, member)? {
        let Some(after) = before.restarred(stars, trace, stamp.at) else { return Ok(before) };
        ballots::update(tx, stamp, &after, Some(BallotEvent::Changed))?;
        return Ok(after);
    }
    let ballot = Ballot {
        contest_id: contest.id,
        voter: member,
        stars,
        state: State::Counted,
        signals: Vec::new(),
        trace: Trace { first_act: !voting::has_acted(tx, member)?, ..trace },
        cast_at: stamp.at,
        changed_at: stamp.at,
        decision: None,
        appeal: None,
        version: 1,
    };
    ballots::insert(tx, stamp, &ballot, &contest.pseudonym_of_voter(member))?;
    Ok(ballot)
}

/// Read your ballot
///
/// Without stars while you have cast none.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = OwnBallotBody), (status = 304), (status = 409, description = "no_ballot")))]
#[get("/v1/contests/{id}/ballot")]
async fn get_ballot(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<OwnBallotBody>, Failure> {
    let member = me.member;
    app.read(&me.caller, move |tx, actor| {
        let contest = contests::find(tx, actor, id.into())?;
        contest.ensure_has_ballot()?;
        let ballot = ballots::of_member(tx, contest.id, member)?;
        Ok(Reply::ok(&OwnBallotBody::new(&contest, member, ballot.as_ref())))
    })
    .await
}

/// Cast your ballot
///
/// All the entries you star; it takes the place of what you starred before, and an empty list takes all back. Changeable until the close
/// by the clock of the server. Members vote; staff and judges do not.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = CastBallotBody,
    responses((status = 200, body = OwnBallotBody), (status = 403, description = "not_a_voter"),
        (status = 409, description = "no_ballot, ballot_not_open, ballot_closed, contest_phase")))]
#[put("/v1/contests/{id}/ballot")]
async fn cast_ballot(
    app: web::Data<App>,
    me: SignedIn,
    ClientAddress(address): ClientAddress,
    PathId(id): PathId,
    Json(body): Json<CastBallotBody>,
) -> Result<Reply<OwnBallotBody>, Failure> {
    let (stamp, id) = (app.stamp(), ContestId::from(id));
    let stars: Vec<EntryId> = body.stars.into_iter().map(EntryId::from).collect();
    let prefix = prefix(&app, id, address);
    let trace = Trace { first_act: false, prefix, seconds_on_page: body.seconds_on_page };
    app.count(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let member = actor.ensure_member()?;
        // Scores are locked over every ballot that was taken: whoever locks them waits, and who comes after them finds it closed.
        contests::share(tx, id)?;
        let contest = contests::find(tx, actor, id)?;
        let ballot = cast(tx, &stamp, (&contest, member), &stars, trace)?;
        Ok(Reply::ok(&OwnBallotBody::new(&contest, member, Some(&ballot))))
    })
    .await
}

/// Appeal against the rejection of your ballot
///
/// Once, within `appeal_hours` of the decision, until the scores are locked.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = AppealBallotBody,
    responses((status = 200, body = OwnBallotBody),
        (status = 409, description = "no_ballot, contest_phase, not_rejected, already_appealed, appeal_over")))]
#[post("/v1/contests/{id}/ballot/appeal")]
async fn appeal_ballot(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<AppealBallotBody>,
) -> Result<Reply<OwnBallotBody>, Failure> {
    let (stamp, id) = (app.stamp(), ContestId::from(id));
    let text = field("/text", Note::try_from(&*post.body.text))?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let member = actor.ensure_member()?;
        contests::share(tx, id)?;
        let contest = contests::find(tx, actor, id)?;
        contest.ensure_has_ballot()?;
        let ballot = ballots::of_member(tx, id, member)?.ok_or(Error::Missing)?;
        let after = ballot.appealed(&contest, text.clone(), stamp.at)?;
        ballots::update(tx, &stamp, &after, Some(BallotEvent::Appealed))?;
        news::tell_staff(tx, &stamp, News::ContestAppealWaiting, id)?;
        Ok(Reply::ok(&OwnBallotBody::new(&contest, member, Some(&after))))
    })
    .await
}
