//! Demand: who stands behind an idea.

use actix_web::{get, web};
use domain::{
    IdeaId, Refusal,
    access::Permission,
    segments::demand::Amount,
    text::{Fault, Lines, clean},
};
use persistence::{
    AnyConnection, Result as Rows, ideas,
    members::numbers,
    segments::{self, demand},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, Query},
    error::Failure,
    reply::Reply,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DemandQuery {
    /// An attribute whose values are numbers, to be added up over the voters.
    #[param(min_length = 1, max_length = 64, example = "purchases")]
    attribute: Option<String>,
}

/// Who stands behind an idea.
#[derive(Debug, Serialize, ToSchema)]
pub struct DemandBody {
    idea_id: Uuid,
    /// Votes cast by members.
    #[schema(minimum = 0, example = 34)]
    votes: i64,
    /// Votes that an import carried over; nobody knows whose they are, so of the figures below
    /// they count in the need alone, each for one.
    #[schema(minimum = 0, example = 0)]
    carried_votes: i64,
    /// By segment, in their order, and last those of no segment.
    segments: Vec<SegmentDemandBody>,
    /// The votes as they weigh beside the whole membership.
    #[schema(example = 29.4)]
    weighted_total: f64,
    /// The same, each times the weight of the first segment that holds its voter, and the votes carried over.
    #[schema(example = 41.2)]
    need: f64,
    /// What the voters have of the attribute asked for.
    attribute: Option<AmountBody>,
}

/// The votes from a segment. A voter counts in each segment that holds them.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentDemandBody {
    /// Null for voters of no segment.
    segment: Option<SegmentRefBody>,
    #[schema(minimum = 0, example = 12)]
    votes: i64,
    /// Of all votes cast.
    #[schema(minimum = 0, maximum = 1, example = 0.35)]
    share: f64,
    #[schema(example = 9.6)]
    weighted_votes: f64,
}

/// A segment, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentRefBody {
    id: Uuid,
    #[schema(example = "단골")]
    name: String,
}

/// An attribute over the voters who have it as a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmountBody {
    #[schema(example = "purchases")]
    name: String,
    #[schema(minimum = 0, example = 20)]
    voters_with_it: i64,
    #[schema(example = 240.0)]
    sum: f64,
    #[schema(example = 12.0)]
    mean: Option<f64>,
    #[schema(example = 31.0)]
    max: Option<f64>,
}

/// Say who stands behind an idea
///
/// Votes by segment, as they were cast and as they weigh beside the whole membership (post-stratified, each between 0.3
/// and 3), and what the voters have of a number such as their purchases.
#[utoipa::path(tag = "Segments", security(("bearer" = [])), params(("id" = Uuid, Path), DemandQuery),
    responses((status = 200, body = DemandBody)))]
#[get("/v1/ideas/{id}/demand")]
pub(super) async fn get_idea_demand(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<DemandQuery>,
) -> Result<Reply<DemandBody>, Failure> {
    let name = query.attribute.as_deref().map(|name| clean(name, 1, 64, Lines::One));
    let name = name.transpose().map_err(|fault| Failure::field("?attribute", fault))?;
    app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::SeeVoters)?;
        let (idea, _) = ideas::find(tx, actor, IdeaId::from(id))?;
        let found = demand::of_idea(tx, &idea)?;
        let attribute = name.as_deref().map(|name| amount(tx, idea.id, name)).transpose()?;
        Ok(Reply::ok(&DemandBody {
            idea_id: id,
            votes: found.votes,
            carried_votes: idea.carried_votes,
            segments: by_segment(tx, &found)?,
            weighted_total: found.weighted,
            need: found.need,
            attribute,
        }))
    })
    .await
}

fn by_segment(
    tx: &mut AnyConnection,
    found: &domain::segments::demand::Demand,
) -> Rows<Vec<SegmentDemandBody>> {
    let names = segments::names(tx)?;
    let rows = found.by_segment.iter().map(|(id, tally)| SegmentDemandBody {
        segment: id.map(|id| SegmentRefBody {
            id: id.uuid(),
            name: names.get(&id).map(|name| name.as_str().to_owned()).unwrap_or_default(),
        }),
        votes: tally.votes,
        share: tally.votes as f64 / found.votes.max(1) as f64,
        weighted_votes: tally.weighted,
    });
    Ok(rows.collect())
}

/// A name under which no member at all has a number is a slip.
pub(crate) fn ensure_number(tx: &mut AnyConnection, name: &str) -> Rows<()> {
    match numbers::any(tx, name)? {
        true => Ok(()),
        false => {
            let fault = Fault::NotA("attribute: no member has a number under it");
            Err(Refusal::Unfit { field: "?attribute", fault }.into())
        }
    }
}

/// The attribute over the voters.
fn amount(tx: &mut AnyConnection, idea: IdeaId, name: &str) -> Rows<AmountBody> {
    let Amount { voters, sum, mean, max } = demand::amount(tx, idea, name)?;
    if voters == 0 {
        ensure_number(tx, name)?;
    }
    Ok(AmountBody { name: name.to_owned(), voters_with_it: voters, sum, mean, max })
}
