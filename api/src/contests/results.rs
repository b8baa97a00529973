//! What came out of a contest, and all that it came from.

mod bodies;
mod chart;
mod table;

use std::collections::HashMap;

use actix_web::{get, http::StatusCode, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, EntryId,
    contests::{
        Contest,
        results::{Found, Titles},
    },
    draws::beacon::Evidence,
    judging::bundle::Outcome,
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    contests::{
        self, entries, judges,
        prizes::{self, names},
        results,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use self::bodies::{ContestResultsBody, Seen};
use super::run_alone;
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::{PathId, Query},
    error::Failure,
    judging::BundleBody,
    language::Language,
    media::{Media, Numbers, Shown},
    once::{Empty, Post},
    panels::DrawBody,
    reply::{IfNoneMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_contest_results).service(get_contest_bundle);
    to.service(compute_contest_result).service(draw_contest_lot);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoundQuery {
    /// Of judging, from 1; the last one unless given.
    #[param(minimum = 1)]
    round: Option<i32>,
}

impl RoundQuery {
    fn of(&self, contest: &Contest) -> i32 {
        self.round.unwrap_or(contest.round)
    }
}

impl Numbers for ContestResultsBody {
    fn csv(&self) -> Result<Vec<u8>, Failure> {
        table::csv(self)
    }

    fn svg(&self, language: Language) -> Result<String, Failure> {
        chart::svg(self, language)
    }
}

/// The result of a round as the actor may see it.
fn shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    contest: &Contest,
    round: i32,
    now: DateTime<Utc>,
) -> Rows<ContestResultsBody> {
    let outcome = results::find(tx, contest.id, round)?;
    let earlier = results::before(tx, contest.id, round)?;
    let entries = prizes::accepted(tx, contest)?;
    let runs_it = judges::runs(tx, contest, actor)?;
    let winners = match contest.cut_to(round) {
        None => outcome.found.awarded().filter_map(|(entry, _)| entries.get_key_value(entry)).collect(),
        Some(_) => Vec::new(),
    };
    let names = match contest.is_result_public(now) {
        true => names_of(tx, &winners)?,
        false => HashMap::new(),
    };
    let titles = match contest.titles_in_result() {
        Titles::Winners if !runs_it => titles_of(tx, winners)?,
        Titles::Winners | Titles::All => titles_of(tx, entries.iter())?,
    };
    Ok(ContestResultsBody::new(contest, &outcome, &earlier, &Seen { titles, names, runs_it, now }))
}

/// What entries are called, by their pseudonyms.
fn titles_of<'a>(
    tx: &mut AnyConnection,
    shown: impl IntoIterator<Item = (&'a String, &'a EntryId)>,
) -> Rows<HashMap<String, String>> {
    let (names, ids): (Vec<&String>, Vec<EntryId>) = shown.into_iter().unzip();
    let titles = entries::titles(tx, &ids)?;
    let titled =
        names.into_iter().zip(&ids).filter_map(|(name, id)| Some((name.clone(), titles.get(id)?.clone())));
    Ok(titled.collect())
}

/// What those who won are called, by the pseudonym of their entry.
fn names_of(tx: &mut AnyConnection, won: &[(&String, &EntryId)]) -> Rows<HashMap<String, Vec<String>>> {
    let ids: Vec<EntryId> = won.iter().map(|(_, id)| **id).collect();
    let called = names::of(tx, &ids)?;
    let public = |id: &EntryId| {
        let team = called.get(id).into_iter().flatten();
        team.filter_map(|one| one.name_as.shown(&one.display_name)).collect()
    };
    Ok(won.iter().map(|(entry, id)| ((*entry).clone(), public(id))).collect())
}

/// Read the result of a contest
///
/// Staff from the lock of the scores on, everybody once the provisional result is public. Both rankings stand beside the final one, with
/// the uncertainty of each figure, what could not be told apart and what decided it. `Accept` chooses between JSON, a table (CSV) and
/// a picture with error bars (SVG).
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path), RoundQuery),
    responses(
        (status = 200, content((ContestResultsBody = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 406, description = "not_acceptable"), (status = 409, description = "contest_phase")))]
#[get("/v1/contests/{id}/results")]
async fn get_contest_results(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
    language: Language,
    media: Media,
    Query(query): Query<RoundQuery>,
) -> Result<Shown<ContestResultsBody>, Failure> {
    let now = app.config.clock.now();
    let body = app.read(&caller, move |tx, actor| {
        let contest = contests::find(tx, actor, id.into())?;
        let round = query.of(&contest);
        contest.ensure_result_known(judges::runs(tx, &contest, actor)?, round, now)?;
        shown(tx, actor, &contest, round, now)
    });
    Shown::of(&body.await?, media, language)
}

/// Read all that a result was computed from
///
/// Rules, scores, ballots and what came after the lock, under pseudonyms, and the result: `POST /v1/contests/recompute` takes it as it
/// is, and so do `madang contest recompute` and `docs/verify/contest.py`. Staff from the lock on, everybody once the provisional
/// result is public.
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path), RoundQuery),
    responses((status = 200, body = BundleBody), (status = 304), (status = 409, description = "contest_phase")))]
#[get("/v1/contests/{id}/bundle")]
async fn get_contest_bundle(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
    known: IfNoneMatch,
    Query(query): Query<RoundQuery>,
) -> Result<Reply<BundleBody>, Failure> {
    let now = app.config.clock.now();
    let read = app.read(&caller, move |tx, actor| {
        let contest = contests::find(tx, actor, id.into())?;
        let round = query.of(&contest);
        contest.ensure_result_known(judges::runs(tx, &contest, actor)?, round, now)?;
        let outcome = results::find(tx, contest.id, round)?;
        let etag = etag(&outcome);
        // What somebody has already is not even read.
        let inputs = match known.names(&etag) {
            true => None,
            false => Some(results::inputs(tx, contest.id, round)?),
        };
        Ok((etag, inputs, outcome))
    });
    let (etag, inputs, outcome) = read.await?;
    let body = inputs.map(|inputs| whole(inputs, &outcome.found.result)).transpose()?.unwrap_or_default();
    Ok(Reply::of_parts(StatusCode::OK, None, Some(etag), body.into()))
}

/// A bundle is another one when its result came out another way, and never else: all that it holds was stored then.
fn etag(outcome: &results::Outcome) -> String {
    format!(
        "\"{}-{}-{}\"",
        outcome.version,
        outcome.round,
        &outcome.lock_hash[..16.min(outcome.lock_hash.len())]
    )
}

/// The bundle with its result. What was hashed is long, and stays the text that was stored.
fn whole(mut inputs: String, result: &Outcome) -> Result<String, Failure> {
    let result = serde_json::to_string(result).map_err(Failure::internal)?;
    if inputs.pop() != Some('}') {
        return Err(Failure::internal("inputs of a result that are no object"));
    }
    inputs.extend([",\"result\":", &result, "}"]);
    Ok(inputs)
}

/// Changes what is computed of a locked contest.
async fn recomputed<T: Send + 'static>(
    app: web::Data<App>,
    me: SignedIn,
    (id, action): (ContestId, &'static str),
    post: Post<T>,
    compute: impl Fn(&mut AnyConnection, &domain::Stamp, &Contest) -> Rows<Found> + Send + 'static,
) -> Result<Reply<ContestResultsBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, action));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let contest = run_alone(tx, actor, id)?;
        contest.ensure_result_open(stamp.at)?;
        let was = shown(tx, actor, &contest, contest.round, stamp.at)?.audited();
        compute(tx, &stamp, &contest)?;
        let is = shown(tx, actor, &contest, contest.round, stamp.at)?;
        act.keep_facts(tx, actor, Some(id.uuid()), (Some(was), Some(is.audited())))?;
        Ok(Reply::ok(&is))
    })
    .await
}

/// Compute the result of a locked contest again
///
/// From what was frozen and what came after it: extra reviews of tied entries, and who was disqualified or declined. It is done by
/// itself when such a thing happens and when the result is released; asking for it changes nothing else.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ContestResultsBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, not_computable")))]
#[post("/v1/contests/{id}/compute")]
async fn compute_contest_result(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<ContestResultsBody>, Failure> {
    recomputed(app, me, (id.into(), "compute_contest_result"), post, results::settle).await
}

/// Draw the lot that a prize waits for
///
/// With the number that was announced at the lock, and what shows that it is. It is brought once: bringing another answers with the
/// result of the first.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DrawBody,
    responses((status = 200, body = ContestResultsBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, no_lot, not_computable")))]
#[post("/v1/contests/{id}/lot")]
async fn draw_contest_lot(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<DrawBody>,
) -> Result<Reply<ContestResultsBody>, Failure> {
    let Post { body, once } = post;
    let evidence = Evidence::from(body);
    let post = Post { body: (), once };
    recomputed(app, me, (id.into(), "draw_contest_lot"), post, move |tx, stamp, contest| {
        results::draw(tx, stamp, contest, &evidence)
    })
    .await
}
