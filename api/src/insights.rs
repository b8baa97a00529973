//! The numbers of the loop: how soon and how often customers hear back, as JSON, as a table and as a picture.

mod bodies;
mod chart;
mod table;

use std::collections::HashMap;

use actix_web::{get, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Actor, BoardId, IdeaId,
    access::Permission,
    insights::{Period, Promise, Tally},
};
use persistence::{
    AnyConnection, Result as Rows,
    boards::{self, BoardRef},
    insights,
};
use serde::Deserialize;
use utoipa::IntoParams;

use self::bodies::{Counted, LoopBody};
use crate::{
    actor::SignedIn,
    app::App,
    boards::board_named,
    body::Query,
    error::Failure,
    ideas::BoardRefBody,
    language::Language,
    media::{Media, Numbers, Shown},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_loop_insights);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LoopQuery {
    /// Id or slug of a board; every board you may view unless given.
    board: Option<String>,
    /// The first day, in Seoul; 90 days before `to` unless given.
    #[param(example = "2026-10-01")]
    from: Option<NaiveDate>,
    /// The day after the last, in Seoul; tomorrow unless given. At most three years after `from`.
    #[param(example = "2027-01-01")]
    to: Option<NaiveDate>,
}

impl Numbers for LoopBody {
    fn csv(&self) -> Result<Vec<u8>, Failure> {
        table::csv(self)
    }

    fn svg(&self, language: Language) -> Result<String, Failure> {
        chart::svg(self, language)
    }
}

/// See how soon and how often customers hear back
///
/// Of the ideas made in a period, without deleted and merged ones. `Accept` chooses between JSON, a table (CSV) and a
/// picture of the weeks (SVG).
#[utoipa::path(tag = "Insights", security(("bearer" = [])), params(LoopQuery),
    responses(
        (status = 200, content((LoopBody = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 404, description = "not_found"), (status = 406, description = "not_acceptable")))]
#[get("/v1/insights/loop")]
async fn get_loop_insights(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    media: Media,
    Query(query): Query<LoopQuery>,
) -> Result<Shown<LoopBody>, Failure> {
    let (promise, now) = (app.config.promise.clone(), app.config.clock.now());
    let period = Period::of(query.from, query.to, now)
        .map_err(|(name, fault)| Failure::field(format!("?{name}"), fault))?;
    let board = query.board.as_deref().map(board_named).transpose()?;
    let body = app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::SeeInsights)?;
        numbers(tx, actor, board.as_ref(), &period, &promise, now)
    });
    Shown::of(&body.await?, media, language)
}

fn numbers(
    tx: &mut AnyConnection,
    actor: &Actor,
    board: Option<&BoardRef>,
    period: &Period,
    promise: &Promise,
    now: DateTime<Utc>,
) -> Rows<LoopBody> {
    let seen = match board {
        Some(board) => vec![boards::find(tx, actor, board)?],
        None => boards::visible(tx, actor)?,
    };
    let ids: Vec<BoardId> = seen.iter().map(|seen| seen.board.id).collect();
    let mut tally = Tally::new(period, promise, now);
    insights::each(tx, &ids, period, |trace| tally.count(trace))?;
    let numbers = tally.numbers();
    let waiting: Vec<IdeaId> = numbers.waiting.iter().map(|waiting| waiting.idea).collect();
    let counted = Counted {
        period: *period,
        promised_days: promise.days,
        reach: insights::reach(tx, &ids, period)?,
        ratings: insights::ratings(tx, &ids, period)?,
        names: insights::names(tx, &waiting)?.into_iter().map(|named| (named.idea, named)).collect(),
        boards: seen
            .iter()
            .map(|seen| (seen.board.id, BoardRefBody::from(&seen.board)))
            .collect::<HashMap<_, _>>(),
        numbers,
    };
    let board = board.and_then(|_| seen.first()).map(|seen| BoardRefBody::from(&seen.board));
    Ok(LoopBody::new(board, counted))
}
