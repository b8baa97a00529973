//! The entries as voters see them: in an order of their own, and without those who made them.

use std::collections::{BTreeSet, HashMap};

use actix_web::{get, web};
use domain::{
    Actor, EntryId, MemberId,
    attachments::Attachment,
    contests::{Contest, answers::Answers},
    judging::ballots::presentation,
    page::{Limit, Page, Place},
};
use persistence::{
    AnyConnection, Result as Rows,
    attachments::contests::nameless_of,
    contests::{
        self,
        ballots::{self, voting},
        entries::{self, Sent},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    actor::Caller,
    app::App,
    attachments::{AttachmentBody, links::Links},
    body::{PathId, Query},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_candidates);
}

/// An entry that may be starred, without those who made it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateBody {
    id: Uuid,
    #[schema(example = "한마당")]
    title: String,
    /// Answers by the key of their question.
    #[schema(value_type = Object, example = json!({ "why": "크고 함께라는 뜻입니다." }))]
    answers: Answers,
    /// Under names that tell nothing.
    attachments: Vec<AttachmentBody>,
    /// Whether you star it.
    starred: bool,
    /// Whether you are in it, and cannot star it.
    yours: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCandidatesQuery {
    /// Whoever has not signed in gets the order of this word, the same for the same; members have an order of their own.
    #[param(max_length = 100, example = "a1b2c3")]
    seed: Option<String>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The places of a page in the order in which a reader sees the entries. It goes on after the last one also where that is gone by now.
fn page_of(
    contest: &Contest,
    reader: &str,
    there: Vec<EntryId>,
    after: Option<Place>,
    limit: Limit,
) -> Page<EntryId> {
    let last = after.map(|place| EntryId::from(place.id));
    let all: BTreeSet<EntryId> = there.iter().copied().chain(last).collect();
    let named: HashMap<String, EntryId> = all.into_iter().map(|id| (id.to_string(), id)).collect();
    let names: Vec<&str> = named.keys().map(String::as_str).collect();
    let shown = presentation(&contest.presentation_seed(), reader, &names);
    let order = shown.into_iter().map(|name| named[name]);
    let most = limit.items() + 1;
    let items: Vec<EntryId> = match last {
        Some(last) => order.skip_while(|id| *id != last).skip(1).take(most).collect(),
        None => order.take(most).collect(),
    };
    Page::of(items, limit, |id| Place { lap: 0, key: 0, id: id.uuid() })
}

/// What a reader is shown entries with.
struct Showing {
    files: HashMap<EntryId, Vec<Attachment>>,
    starred: BTreeSet<EntryId>,
    own: Vec<EntryId>,
}

impl Showing {
    fn of(tx: &mut AnyConnection, contest: &Contest, reader: Option<MemberId>, sent: &[Sent]) -> Rows<Self> {
        let files = nameless_of(tx, sent)?;
        let Some(reader) = reader else {
            return Ok(Self { files, starred: BTreeSet::new(), own: Vec::new() });
        };
        let ballot = ballots::of_member(tx, contest.id, reader)?;
        let own = voting::own(tx, contest.id, reader)?;
        Ok(Self { files, starred: ballot.map(|ballot| ballot.stars).unwrap_or_default(), own })
    }

    fn candidate(&mut self, sent: Sent, links: &Links, actor: &Actor) -> CandidateBody {
        let id = sent.entry.id;
        CandidateBody {
            id: id.uuid(),
            title: sent.content.title,
            answers: sent.content.answers,
            attachments: AttachmentBody::list(self.files.remove(&id).unwrap_or_default(), links, actor),
            starred: self.starred.contains(&id),
            yours: self.own.contains(&id),
        }
    }
}

/// List the entries that may be starred
///
/// From the opening of the ballot on, once screening is done. Everybody sees them in another order, drawn once: pages hold still, and an
/// entry that goes moves none of the others.
#[utoipa::path(tag = "Contests", params(("id" = Uuid, Path), ListCandidatesQuery),
    responses((status = 200, body = Listing<CandidateBody>), (status = 409, description = "no_ballot, ballot_not_open, contest_phase")))]
#[get("/v1/contests/{id}/candidates")]
async fn list_candidates(
    app: web::Data<App>,
    caller: Caller,
    links: Links,
    PathId(id): PathId,
    Query(query): Query<ListCandidatesQuery>,
) -> Result<Reply<Listing<CandidateBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.config.clock.now());
    let seed = query.seed.unwrap_or_default();
    let reader = caller.member().map_or(format!("visitor {seed}"), |member| member.to_string());
    let list = ListName::of(&["candidates", &id.to_string(), &reader]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&caller, move |tx, actor| {
        let contest = contests::find(tx, actor, id.into())?;
        contest.ensure_shows_candidates(now)?;
        let page = page_of(&contest, &reader, voting::candidates(tx, contest.id)?, after, limit);
        let sent = entries::last_sent_of(tx, &page.items)?;
        let mut showing = Showing::of(tx, &contest, actor.member_id(), &sent)?;
        let mut sent: HashMap<EntryId, Sent> = sent.into_iter().map(|sent| (sent.entry.id, sent)).collect();
        let items = page.items.iter().filter_map(|id| sent.remove(id));
        let items = items.map(|sent| showing.candidate(sent, &links, actor)).collect();
        Ok(Page { items, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |shown| shown)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::contests::{Marks, terms::Terms};

    fn contest() -> Contest {
        let at = "2027-01-01T00:00:00Z".parse().unwrap();
        let terms: Terms = serde_json::from_value(crate::contests::schemas::example()).unwrap();
        Contest {
            id: Uuid::nil().into(),
            terms,
            marks: Marks::default(),
            rules_hash: None,
            secret: [3; 32],
            round: 1,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    #[test]
    fn pages_hold_still_while_entries_go() {
        let (contest, limit) = (contest(), Limit::of(3).unwrap());
        let mut there: Vec<EntryId> = (1..=10).map(|nth| Uuid::from_u128(nth).into()).collect();
        let whole = page_of(&contest, "ana", there.clone(), None, Limit::of(100).unwrap()).items;
        let first = page_of(&contest, "ana", there.clone(), None, limit);
        assert_eq!(first.items, whole[..3]);
        // The last of the first page goes, and one of the third.
        there.retain(|id| *id != whole[2] && *id != whole[7]);
        let second = page_of(&contest, "ana", there.clone(), first.next, limit);
        assert_eq!(second.items, whole[3..6]);
        let third = page_of(&contest, "ana", there.clone(), second.next, limit);
        assert_eq!((third.items, third.next), (vec![whole[6], whole[8], whole[9]], None));
        assert_ne!(page_of(&contest, "ben", there.clone(), None, Limit::of(100).unwrap()).items, whole);
    }
}
