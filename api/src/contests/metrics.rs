//! The numbers of a contest, as JSON, as a table and as a funnel.

use std::collections::HashMap;

use actix_web::{get, put, web};
use chrono::{DateTime, Utc};
use domain::{
    contests::{
        Contest,
        metrics::{Funnel, Spread},
    },
    judging::shown,
};
use persistence::{
    AloneWith,
    contests::{self, metrics, results},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{run, schemas::phase};
use crate::{
    actor::SignedIn,
    app::App,
    body::PathId,
    error::Failure,
    funnel,
    language::Language,
    media::{Media, Numbers, Shown},
    reply::{Nothing, Reply},
    routes::Routes,
    spreadsheet::{joined, table, text},
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(see_contest).service(get_contest_metrics);
}

/// How a contest fared until now. What is sealed is null.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContestMetricsBody {
    contest_id: Uuid,
    #[schema(example = "새 이름 공모전")]
    title: String,
    funnel: ContestFunnelBody,
    /// How far the judges are in this round.
    judging: JudgingProgressBody,
    /// How far judges differ, in points of 100; null before the scores are locked.
    severity: Option<SeverityBody>,
    /// Ballots, not what they say; null once what is personal has had its time.
    ballots: Option<BallotTurnoutBody>,
    /// How long each phase has lasted, in their order, without those that do not end.
    phases: Vec<PhaseTimeBody>,
}

/// How many came how far.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContestFunnelBody {
    /// Members who were shown it; null once what is personal has had its time.
    #[schema(example = 1200)]
    viewed: Option<i64>,
    /// Entries that were begun. This and what follows is null while entries are taken.
    #[schema(example = 90)]
    begun: Option<i64>,
    /// Entries that were sent, and not withdrawn.
    #[schema(example = 60)]
    submitted: Option<i64>,
    #[schema(example = 55)]
    accepted: Option<i64>,
    /// Accepted entries that some judge has marked.
    #[schema(example = 55)]
    judged: Option<i64>,
    /// Entries that were given a prize; null before the result is final.
    #[schema(example = 6)]
    awarded: Option<i64>,
}

/// How far the judges are.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgingProgressBody {
    /// From 1.
    #[schema(minimum = 1, example = 1)]
    round: i32,
    /// Those who have entries to mark.
    #[schema(example = 8)]
    judges: usize,
    /// Those of them who have marked all.
    #[schema(example = 5)]
    done: usize,
    #[schema(example = 12)]
    open: i64,
    #[schema(example = 108)]
    sent: i64,
    /// Given back by a judge.
    #[schema(example = 1)]
    recused: i64,
    /// Taken away by staff.
    #[schema(example = 0)]
    taken: i64,
}

/// The severity of judges, below 0 for those who are severe.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeverityBody {
    #[schema(example = -8.9591)]
    least: f64,
    #[schema(example = 11.6969)]
    most: f64,
    /// The population standard deviation.
    #[schema(minimum = 0, example = 7.6021)]
    deviation: f64,
}

/// How many ballots there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotTurnoutBody {
    /// Null before voting is over.
    #[schema(example = 260)]
    counted: Option<i64>,
    /// Until a person has decided.
    #[schema(example = 40)]
    held: i64,
    #[schema(example = 0)]
    rejected: i64,
}

/// How long a phase has lasted.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhaseTimeBody {
    #[schema(schema_with = phase)]
    phase: &'static str,
    #[schema(minimum = 0, example = 864_000)]
    seconds: i64,
}

/// Say that you were shown a contest
///
/// Once, however often it is said; it counts for `funnel.viewed`.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 204)))]
#[put("/v1/contests/{id}/seen")]
async fn see_contest(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let (at, member) = (app.config.clock.now(), me.member);
    app.count(&me.caller, AloneWith::Nobody, move |tx, actor| {
        // Who saw it is not being forgotten meanwhile, and once it is, it is kept no more.
        contests::share(tx, id.into())?;
        let contest = contests::find(tx, actor, id.into())?;
        if contest.marks.forgotten_at.is_none() {
            metrics::see(tx, contest.id, member, at)?;
        }
        Ok(Reply::nothing())
    })
    .await
}

/// See how a contest fares
///
/// For those who run contests. `Accept` chooses between JSON, tables (CSV) and a picture of the funnel (SVG).
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses(
        (status = 200, content((ContestMetricsBody = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 403, description = "run_by_others"), (status = 406, description = "not_acceptable")))]
#[get("/v1/contests/{id}/metrics")]
async fn get_contest_metrics(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    language: Language,
    media: Media,
) -> Result<Shown<ContestMetricsBody>, Failure> {
    let now = app.config.clock.now();
    let body = app.read(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, id.into())?;
        let severity = match contest.marks.locked_at {
            Some(_) => results::present(tx, &contest)?,
            None => None,
        };
        let (judges, done) = metrics::judges(tx, &contest)?;
        let spent = |(phase, time): (domain::contests::Phase, chrono::TimeDelta)| PhaseTimeBody {
            phase: phase.name(),
            seconds: time.num_seconds(),
        };
        Ok(ContestMetricsBody {
            contest_id: id,
            funnel: metrics::funnel(tx, &contest, now)?.into(),
            judging: JudgingProgressBody::of(contest.round, (judges, done), &metrics::reviews(tx, &contest)?),
            severity: severity.and_then(|outcome| Spread::of(&outcome.severity)).map(SeverityBody::from),
            ballots: match contest.marks.forgotten_at {
                Some(_) => None,
                None => Some(BallotTurnoutBody::of(&contest, &metrics::ballots(tx, contest.id)?, now)),
            },
            phases: contest.spent(now).into_iter().map(spent).collect(),
            title: contest.terms.title,
        })
    });
    Shown::of(&body.await?, media, language)
}

fn count(of: &HashMap<String, i64>, state: &str) -> i64 {
    of.get(state).copied().unwrap_or_default()
}

impl JudgingProgressBody {
    fn of(round: i32, (judges, done): (usize, usize), reviews: &HashMap<String, i64>) -> Self {
        let [open, sent, recused, taken] =
            ["open", "sent", "recused", "taken"].map(|state| count(reviews, state));
        Self { round, judges, done, open, sent, recused, taken }
    }
}

impl BallotTurnoutBody {
    fn of(contest: &Contest, ballots: &HashMap<String, i64>, now: DateTime<Utc>) -> Self {
        let [counted, held, rejected] = ["counted", "held", "rejected"].map(|state| count(ballots, state));
        let is_closed = contest.ensure_ballot_closed(now).is_ok();
        Self { counted: is_closed.then_some(counted), held, rejected }
    }
}

impl From<Spread> for SeverityBody {
    fn from(spread: Spread) -> Self {
        let Spread { least, most, deviation } = spread;
        Self { least, most, deviation: shown(deviation) }
    }
}

impl From<Funnel> for ContestFunnelBody {
    fn from(funnel: Funnel) -> Self {
        let Funnel { viewed, begun, submitted, accepted, judged, awarded } = funnel;
        Self { viewed, begun, submitted, accepted, judged, awarded }
    }
}

impl ContestFunnelBody {
    fn steps(&self) -> [(&'static str, &'static str, Option<i64>); 6] {
        [
            ("viewed", "봄", self.viewed),
            ("begun", "시작", self.begun),
            ("submitted", "접수", self.submitted),
            ("accepted", "심사 대상", self.accepted),
            ("judged", "심사", self.judged),
            ("awarded", "수상", self.awarded),
        ]
    }
}

impl Numbers for ContestMetricsBody {
    fn csv(&self) -> Result<Vec<u8>, Failure> {
        let number = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
        let funnel = self.funnel.steps().map(|(name, _, count)| {
            [name.to_owned(), count.map_or_else(String::new, |count| count.to_string())]
        });
        let (of, spread) = (&self.judging, self.severity.as_ref());
        let ballots = |of: fn(&BallotTurnoutBody) -> Option<i64>| {
            self.ballots.as_ref().and_then(of).map_or_else(String::new, |count| count.to_string())
        };
        let rest = [
            ("round", of.round.to_string()),
            ("judges", of.judges.to_string()),
            ("judges_done", of.done.to_string()),
            ("reviews_open", of.open.to_string()),
            ("reviews_sent", of.sent.to_string()),
            ("reviews_recused", of.recused.to_string()),
            ("reviews_taken", of.taken.to_string()),
            ("severity_least", number(spread.map(|of| of.least))),
            ("severity_most", number(spread.map(|of| of.most))),
            ("severity_deviation", number(spread.map(|of| of.deviation))),
            ("ballots_counted", ballots(|of| of.counted)),
            ("ballots_held", ballots(|of| Some(of.held))),
            ("ballots_rejected", ballots(|of| Some(of.rejected))),
        ];
        let named = [["contest".to_owned(), text(&self.title)]];
        let rest = rest.map(|(name, value)| [name.to_owned(), value]);
        let phases = self.phases.iter().map(|of| [of.phase.to_owned(), of.seconds.to_string()]);
        Ok(joined(&[
            table(["metric", "value"], named.into_iter().chain(funnel).chain(rest))?,
            table(["phase", "seconds"], phases)?,
        ]))
    }

    fn svg(&self, language: Language) -> Result<String, Failure> {
        let caption = language.pick("공모전 깔때기", "how far they came");
        let steps = self.funnel.steps().map(|(name, ko, count)| (language.pick(ko, name), count));
        funnel::svg(&self.title, caption, &steps)
    }
}
