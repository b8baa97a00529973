//! What chance the members there are would have of a seat.

use std::collections::BTreeMap;

use actix_web::{post, web};
use domain::{
    Refusal, SegmentId,
    access::Permission,
    draws::{ATTRIBUTES_MOST, Quotas, fairness},
    panels::{Barred, bands::Bands, planning::Imagined, terms::Terms},
    text::Fault,
};
use persistence::panels;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{actor::SignedIn, app::App, body::Json, error::Failure, reply::Reply, routes::Routes};

/// How many people are drawn from in all runs together: what a processor does in a second or two.
const WORK: usize = 1_000_000;

pub fn routes(to: &mut Routes<'_>) {
    to.service(simulate_draw);
}

/// A draw that is planned.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SimulationBody {
    #[schema(minimum = 1, maximum = 10_000, example = 50)]
    seats: u32,
    /// By attribute and value, the least and the most of the seats.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "region": { "seoul": [10, 20] } }))]
    quotas: Quotas,
    /// By attribute, the spans of numbers that count as one value.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "age": [{ "key": "20s", "at_least": 20, "at_most": 29 }] }))]
    bands: Bands,
    /// Only members of any of these segments.
    #[serde(default)]
    #[validate(length(max = 30))]
    segments: Vec<Uuid>,
}

/// What would come of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedBody {
    /// How many members have a value of each attribute.
    people: usize,
    /// How many seats would be filled.
    seats: u32,
    /// How many draws the chances are estimated from.
    runs: u32,
    cells: Vec<CellBody>,
    /// The least and the greatest chance, and the Gini coefficient of all (0: all equal).
    #[schema(example = 0.057)]
    min: f64,
    #[schema(example = 0.21)]
    max: f64,
    #[schema(example = 0.12)]
    gini: f64,
}

/// Members who are alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellBody {
    #[schema(value_type = Object, example = json!({ "region": "seoul" }))]
    values: BTreeMap<String, String>,
    people: u64,
    /// Of a seat, for each of them.
    #[schema(example = 0.12)]
    chance: f64,
}

/// Estimate the chances of a planned draw
///
/// Over the members there are. Nothing is stored, and the same plan has the same answer.
#[utoipa::path(tag = "Draws", security(("bearer" = [])), request_body = SimulationBody,
    responses((status = 200, body = SimulatedBody), (status = 409, description = "quotas_infeasible"),
        (status = 422, description = "quota_check_too_complex")))]
#[post("/v1/draws/simulate")]
async fn simulate_draw(
    app: web::Data<App>,
    me: SignedIn,
    Json(body): Json<SimulationBody>,
) -> Result<Reply<SimulatedBody>, Failure> {
    let SimulationBody { seats, quotas, bands, segments } = body;
    if !(1..=Terms::SEATS_MOST).contains(&seats) {
        return Err(Failure::field("/seats", Fault::NotA("number in its range")));
    }
    if quotas.len() > ATTRIBUTES_MOST {
        return Err(Failure::field("/quotas", Fault::TooMany { most: ATTRIBUTES_MOST }));
    }
    for (name, of) in &bands {
        for (nth, band) in of.iter().enumerate() {
            band.check().map_err(|fault| Failure::field(format!("/bands/{name}/{nth}"), fault))?;
        }
    }
    let names: Vec<String> = quotas.keys().cloned().collect();
    let segments: Vec<SegmentId> = segments.into_iter().map(SegmentId::from).collect();
    let people = app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        panels::population(tx, &segments, &names, &bands)
    });
    let people = people.await?;
    let simulate = move || simulated(seats, &quotas, &people);
    Ok(Reply::ok(&web::block(simulate).await.map_err(Failure::internal)??))
}

fn simulated(
    seats: u32,
    quotas: &Quotas,
    people: &[BTreeMap<String, String>],
) -> Result<SimulatedBody, Refusal> {
    let imagined = Imagined::new(seats, quotas, people);
    imagined.ensure_feasible()?;
    let (people, seats) = imagined.size();
    let runs = (WORK / people.max(1)).clamp(20, fairness::RUNS as usize) as u32;
    let merge = || quotas.keys().cloned().collect::<Vec<_>>().join(", ");
    let chances = imagined.chances(runs).map_err(|_| Barred::TooComplex { merge: merge() })?;
    let all = fairness::summary(&chances);
    let cell = |chance: fairness::Chance| CellBody {
        values: chance.f,
        people: chance.people,
        chance: fairness::six_digits(chance.chance),
    };
    Ok(SimulatedBody {
        people,
        seats,
        runs,
        cells: chances.into_iter().map(cell).collect(),
        min: all.min,
        max: all.max,
        gini: all.gini,
    })
}
