//! Votes: cast, withdrawn, counted, and by whom.

use actix_web::{delete, get, put, web};
use chrono::{DateTime, Utc};
use domain::{
    Action, Actor, IdeaId, MemberId, access::Permission, boards::Voters, ideas::Idea,
    ideas::ensure_within_budget,
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    boards::Seen,
    ideas, proxies,
    votes::{self, Voter},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    actor::{Caller, RequestId, SignedIn},
    app::App,
    audit::Act,
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    ideas::AuthorBody,
    page::{ListName, Listing, limit},
    proxies::ProxyBody,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(vote_for_idea).service(withdraw_vote).service(list_voters);
}

/// Where an idea's votes stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoteBody {
    pub idea_id: Uuid,
    #[schema(minimum = 0)]
    pub vote_count: i64,
    /// Whether you vote for it.
    pub my_vote: bool,
}

/// A vote, and whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoterBody {
    member: AuthorBody,
    voted_at: DateTime<Utc>,
    /// Who of staff cast it for them, if anybody did; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = Option<ProxyBody>)]
    on_behalf: Option<Option<ProxyBody>>,
}

/// Vote for an idea
///
/// Voting again changes nothing and is answered alike.
#[utoipa::path(tag = "Votes", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = VoteBody), (status = 403, description = "board_forbidden"),
        (status = 409, description = "idea_closed, idea_merged, vote_budget_spent")))]
#[put("/v1/ideas/{id}/vote")]
async fn vote_for_idea(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<VoteBody>, Failure> {
    let (stamp, id) = (app.stamp(), IdeaId::from(id));
    app.count(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (idea, on) = ideas::find(tx, actor, id)?;
        let member = actor.ensure_member()?;
        if on.board.vote_budget.is_some() {
            votes::be_alone_with(tx, member)?;
        }
        // Asked only where a rule may say no to what is done already.
        let may_refuse = idea.status.freezes.votes || on.board.vote_budget.is_some();
        if may_refuse && votes::exists(tx, id, member)? {
            return Ok(standing(&idea, votes::count(tx, id)?, true));
        }
        ensure_may_vote(tx, actor, &idea, &on)?;
        Ok(standing(&idea, votes::cast(tx, &stamp, &idea, member)?, true))
    })
    .await
}

/// Take a vote back
///
/// Taking back what was not cast changes nothing and is answered alike.
#[utoipa::path(tag = "Votes", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = VoteBody), (status = 409, description = "idea_closed, idea_merged")))]
#[delete("/v1/ideas/{id}/vote")]
async fn withdraw_vote(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<VoteBody>, Failure> {
    let (stamp, id) = (app.stamp(), IdeaId::from(id));
    app.count(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id)?;
        let member = actor.ensure_member()?;
        if idea.status.freezes.votes && !votes::exists(tx, id, member)? {
            return Ok(standing(&idea, votes::count(tx, id)?, false));
        }
        idea.ensure_takes_votes()?;
        if idea.hidden.is_some() {
            return Err(persistence::Error::Missing);
        }
        Ok(standing(&idea, votes::withdraw(tx, &stamp, &idea, member)?, false))
    })
    .await
}

/// List who votes for an idea, latest first
///
/// For staff, and for everybody who may view the board where it says so.
#[utoipa::path(tag = "Votes", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Listing<VoterBody>)))]
#[get("/v1/ideas/{id}/votes")]
async fn list_voters(
    app: web::Data<App>,
    caller: Caller,
    request: RequestId,
    PathId(id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<VoterBody>>, Failure> {
    let (limit, act) = (limit(query.limit)?, Act::new("list_voters", Some(request.0), app.stamp().at));
    let list = ListName::of(&["voters", &id.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let (page, mut proxies) = app
        .look(&caller, move |tx, actor| {
            let (idea, on) = ideas::find(tx, actor, id.into())?;
            let confided = on.board.voters == Voters::SeenByStaff;
            if confided {
                actor.ensure(Permission::SeeVoters)?;
            }
            let page = votes::voters(tx, idea.id, after, limit)?;
            let voters: Vec<MemberId> = page.items.iter().map(|voter| voter.member).collect();
            if confided {
                act.look(tx, actor, Some(id), voters.iter().map(|voter| voter.uuid()))?;
            }
            let for_staff = actor.ensure(Permission::ActOnBehalf).is_ok();
            let proxies = for_staff.then(|| proxies::of_votes(tx, idea.id, &voters)).transpose()?;
            Ok((page, proxies))
        })
        .await?;
    let shown = |voter: Voter| VoterBody {
        on_behalf: proxies.as_mut().map(|proxies| proxies.remove(&voter.member).map(ProxyBody::from)),
        member: AuthorBody { id: voter.member.uuid(), display_name: voter.display_name },
        voted_at: voter.voted_at,
    };
    Ok(Reply::ok(&list.listing(&app.keys, page, None, shown)))
}

fn standing(idea: &Idea, vote_count: i64, my_vote: bool) -> Reply<VoteBody> {
    Reply::ok(&VoteBody { idea_id: idea.id.uuid(), vote_count, my_vote })
}

/// Whether the actor may cast one more vote, for this idea.
pub(crate) fn ensure_may_vote(tx: &mut AnyConnection, actor: &Actor, idea: &Idea, on: &Seen) -> Rows<()> {
    on.ensure_may(actor, Action::Vote)?;
    ensure_takes_vote_of(tx, actor.ensure_member()?, idea, on)
}

/// Whether the idea takes one more vote and the member has one left, whoever casts it.
pub(crate) fn ensure_takes_vote_of(
    tx: &mut AnyConnection,
    member: MemberId,
    idea: &Idea,
    on: &Seen,
) -> Rows<()> {
    idea.ensure_takes_votes()?;
    if idea.hidden.is_some() {
        return Err(persistence::Error::Missing);
    }
    if on.board.vote_budget.is_some() {
        votes::be_alone_with(tx, member)?;
        ensure_within_budget(on.board.vote_budget, votes::count_open(tx, member, on.board.id)?)?;
    }
    Ok(())
}
