//! The tally of a ballot: nobody's before the close.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{get, web};
use domain::{
    EntryId,
    contests::{
        Contest,
        ballots::{State, TallyFor},
    },
    judging::ballots::Tally,
};
use persistence::{
    AnyConnection, Result as Rows,
    contests::{
        self,
        ballots::{self, voting},
        judges, results,
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{actor::Caller, app::App, body::PathId, error::Failure, reply::Reply, routes::Routes};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_tally);
}

/// How many ballots there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotCountsBody {
    #[schema(example = 1_840)]
    counted: u32,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = 12)]
    held: Option<u32>,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = 40)]
    rejected: Option<u32>,
}

impl BallotCountsBody {
    fn new(tally: Tally, told: TallyFor) -> Self {
        let for_staff = |count| (told == TallyFor::Staff).then_some(count);
        Self { counted: tally.counted, held: for_staff(tally.held), rejected: for_staff(tally.rejected) }
    }
}

/// How many star an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryTallyBody {
    entry_id: Uuid,
    stars: BallotCountsBody,
}

/// What a ballot came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct BallotTallyBody {
    ballots: BallotCountsBody,
    /// Of every entry that may be starred, the most starred first.
    items: Vec<EntryTallyBody>,
}

fn add(tally: &mut Tally, state: State) {
    let count = match state {
        State::Counted => &mut tally.counted,
        State::Held => &mut tally.held,
        State::Rejected => &mut tally.rejected,
    };
    *count += 1;
}

/// Read the tally of the ballots
///
/// Nobody's before the close. For staff after it, also of what is held and rejected; for everybody once the result is public.
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path)), responses((status = 200, body = BallotTallyBody), (status = 304),
    (status = 409, description = "no_ballot, ballot_open, contest_phase")))]
#[get("/v1/contests/{id}/tally")]
async fn get_tally(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<BallotTallyBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&caller, move |tx, actor| {
        let contest = contests::find(tx, actor, id.into())?;
        let told = contest.ensure_tells_tally(judges::runs(tx, &contest, actor)?, now)?;
        let candidates = voting::candidates(tx, contest.id)?;
        let mut of_each: BTreeMap<EntryId, Tally> =
            candidates.into_iter().map(|entry| (entry, Tally::default())).collect();
        let mut of_all = Tally::default();
        for (stars, state) in cast(tx, &contest)? {
            add(&mut of_all, state);
            stars.iter().for_each(|entry| add_to(&mut of_each, entry, state));
        }
        let mut items: Vec<(EntryId, Tally)> = of_each.into_iter().collect();
        items.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.counted));
        let item = |(entry, tally): (EntryId, Tally)| EntryTallyBody {
            entry_id: entry.uuid(),
            stars: BallotCountsBody::new(tally, told),
        };
        let items = items.into_iter().map(item).collect();
        Ok(Reply::ok(&BallotTallyBody { ballots: BallotCountsBody::new(of_all, told), items }))
    })
    .await
}

/// What was starred: as it stands, and from the lock on as the result was computed from it. Whoever loses their vote later would else
/// be the difference between two tallies.
fn cast(tx: &mut AnyConnection, contest: &Contest) -> Rows<Vec<(BTreeSet<EntryId>, State)>> {
    match contest.marks.locked_at {
        None => ballots::stars(tx, contest.id),
        Some(_) => results::stars(tx, contest),
    }
}

/// Stars of what does not take part any more are nobody's to count.
fn add_to(of_each: &mut BTreeMap<EntryId, Tally>, entry: &EntryId, state: State) {
    if let Some(tally) = of_each.get_mut(entry) {
        add(tally, state);
    }
}
