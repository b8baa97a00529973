//! Entries as they are read: by their teams, and once they are closed by those who screen. How they begin is in [`drafts`], what becomes
//! of them in [`changes`].

mod bodies;
mod changes;
mod drafts;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ContestId, EntryId, MemberId,
    access::Permission,
    contests::{Barred, Contest, entries::State},
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    contests::{
        self,
        entries::{self, Whole},
        judges,
    },
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use self::bodies::{EntryBody, Showing, own};
use self::bodies::{ReadStateName, owned};
pub(super) use self::drafts::answers_of;
use super::run;
use crate::{
    actor::SignedIn,
    app::App,
    attachments::links::Links,
    body::{PathId, Query},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    drafts::routes(to);
    to.service(list_contest_entries).service(list_my_entries).service(get_entry);
    changes::routes(to);
}

/// What staff have to decide of entries and ballots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealWaiting {
    Appeal,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyEntriesQuery {
    /// Only those in this contest.
    contest: Option<Uuid>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEntriesQuery {
    /// Those in this state alone.
    #[param(inline)]
    state: Option<ReadStateName>,
    /// Only those of which this waits to be decided.
    waiting: Option<AppealWaiting>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The entry as one in its team sees it now.
pub(super) fn shown(tx: &mut AnyConnection, actor: &Actor, id: EntryId, links: &Links) -> Rows<EntryBody> {
    let (whole, _) = entries::own(tx, actor, id)?;
    own(tx, actor, &whole, links)
}

/// The entry for its team, and who of it asks, alone with its contest.
pub(super) fn own_alone(tx: &mut AnyConnection, actor: &Actor, id: EntryId) -> Rows<(Whole, MemberId)> {
    let contest = entries::own(tx, actor, id)?.0.contest.id;
    contests::be_alone_with(tx, contest)?;
    entries::own(tx, actor, id)
}

/// The entry that staff decide about, alone with its contest: not one of their own.
pub(super) fn to_decide(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: EntryId,
    now: DateTime<Utc>,
) -> Rows<(entries::Sent, Whole)> {
    actor.ensure(Permission::ManageContests)?;
    let contest = entries::find(tx, id)?.contest_id;
    contests::be_alone_with(tx, contest)?;
    let (sent, _) = unsealed(tx, actor, id, now)?;
    let whole = entries::whole(tx, id)?;
    match whole.team.holds(actor.ensure_member()?) {
        true => Err(Error::Refused(Barred::OwnEntry.into())),
        false => Ok((sent, whole)),
    }
}

/// What was sent of an entry, for those who screen: not while entries are taken, and not what was never sent.
pub(super) fn unsealed(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: EntryId,
    now: DateTime<Utc>,
) -> Rows<(entries::Sent, Contest)> {
    if actor.ensure(Permission::ManageContests).is_err() {
        return Err(Error::Missing);
    }
    let sent = entries::last_sent(tx, id)?;
    let contest = contests::find(tx, actor, sent.entry.contest_id)?;
    judges::ensure_runs(tx, &contest, actor)?;
    if contest.is_unsealed(now) { Ok((sent, contest)) } else { Err(Error::Missing) }
}

/// List the entries of a contest
///
/// For those who screen, once entries are closed: what was sent and not withdrawn, as it was sent last. With `waiting`, those whose
/// appeal against a rejection staff have to decide about.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path), ListEntriesQuery),
    responses((status = 200, body = Listing<EntryBody>), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase")))]
#[get("/v1/contests/{id}/entries")]
async fn list_contest_entries(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    Query(query): Query<ListEntriesQuery>,
) -> Result<Reply<Listing<EntryBody>>, Failure> {
    let (limit, state) = (limit(query.limit)?, query.state.map(State::from));
    let waiting = query.waiting.map(|AppealWaiting::Appeal| entries::Waiting::Appeal);
    let (act, now) = (app.act(&me, "list_contest_entries"), app.config.clock.now());
    let name = [state.map_or("", State::name), &format!("{waiting:?}")];
    let list = ListName::of(&["entries", &id.to_string(), name[0], name[1]]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.look(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, id.into())?;
        if !contest.is_unsealed(now) {
            return Err(Error::Refused(Barred::Phase(contest.phase(now)).into()));
        }
        let page = entries::list(tx, contest.id, (state, waiting), after, limit)?;
        let ids: Vec<EntryId> = page.items.iter().map(|sent| sent.entry.id).collect();
        let showing = Showing::of(tx, &ids)?;
        act.look(tx, actor, Some(id), showing.members())?;
        let items = page.items.iter().map(|sent| showing.sent(sent, &contest, (&links, actor)));
        Ok(domain::page::Page { items: items.collect(), next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |shown| shown)))
}

/// List the entries you are in, the newest first
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(MyEntriesQuery),
    responses((status = 200, body = Listing<EntryBody>)))]
#[get("/v1/me/entries")]
async fn list_my_entries(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    Query(query): Query<MyEntriesQuery>,
) -> Result<Reply<Listing<EntryBody>>, Failure> {
    let (limit, member, contest) = (limit(query.limit)?, me.member, query.contest);
    let name = contest.map(|id| id.to_string()).unwrap_or_default();
    let list = ListName::of(&["my entries", &member.to_string(), &name]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&me.caller, move |tx, actor| {
        let page = entries::of_member(tx, member, contest.map(Into::into), after, limit)?;
        let of: Vec<ContestId> = page.items.iter().map(|entry| entry.contest_id).collect();
        let contests = contests::each(tx, &of)?;
        let contests = contests.iter().map(|(id, contest)| (*id, contest)).collect();
        let items = owned(tx, member, &page.items, &contests, (&links, actor))?;
        Ok(domain::page::Page { items, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |shown| shown)))
}

/// Read an entry
///
/// For its team, as they have it now. Once entries are closed also for those who screen, as it was sent last; each such look is kept.
/// Whoever judges the contest blind is kept from it, and to everybody else it is not there.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryBody), (status = 403, description = "run_by_others")))]
#[get("/v1/entries/{id}")]
async fn get_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
) -> Result<Reply<EntryBody>, Failure> {
    let (act, now) = (app.act(&me, "get_entry"), app.config.clock.now());
    app.look(&me.caller, move |tx, actor| match entries::own(tx, actor, id.into()) {
        Ok((whole, _)) => {
            let shown = own(tx, actor, &whole, &links)?;
            Ok(Reply::ok(&shown).tagged(whole.entry.version))
        }
        Err(Error::Missing) => {
            let (sent, contest) = unsealed(tx, actor, id.into(), now)?;
            let showing = Showing::of(tx, &[sent.entry.id])?;
            act.look(tx, actor, Some(id), showing.members())?;
            let shown = showing.sent(&sent, &contest, (&links, actor));
            Ok(Reply::ok(&shown).tagged(sent.entry.version))
        }
        Err(error) => Err(error),
    })
    .await
}
