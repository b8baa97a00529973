//! What moderators decide: about posts, and about whom to trust and whom to keep out.

use actix_web::{patch, post, web};
use domain::{
    Actor, CommentId, IdeaId, MemberId, Refusal, Stamp,
    access::Permission,
    moderation::{Decision, Note, State},
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    boards::Seen,
    comments, ideas, members,
    moderation::{self, Decided, Post as Posted},
    votes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::bodies::DecisionName;
use crate::{
    actor::SignedIn,
    app::App,
    attachments::links::Links,
    audit::facts,
    body::{Json, PathId, field, present},
    comments::{CommentBody, comment_shown},
    error::Failure,
    ideas::{IdeaBody, idea_shown},
    once::Post,
    reply::Reply,
    showing::Showing,
    votes::ensure_takes_vote_of,
};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideBody {
    decision: DecisionName,
    /// What the author is told; needed to reject and to hide.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500, example = "광고는 올릴 수 없습니다.")]
    reason: String,
}

impl DecideBody {
    fn parts(&self) -> Result<(Decision, Option<Note>), Failure> {
        let decision = Decision::from(self.decision);
        let reason = field("/reason", Note::new(&self.reason, usize::from(decision.needs_reason())))?;
        Ok((decision, Some(reason).filter(|reason| !reason.as_str().is_empty())))
    }
}

/// Decide about an idea: approve, reject, hide or lift
///
/// Its author is told, with the reason.
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = DecideBody,
    responses((status = 200, body = IdeaBody), (status = 409, description = "undecidable")))]
#[post("/v1/ideas/{id}/moderation")]
pub(super) async fn moderate_idea(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    post: Post<DecideBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, stamps, act) = (IdeaId::from(id), [app.stamp(), app.stamp()], app.act(&me, "moderate_idea"));
    let (decision, reason) = post.body.parts()?;
    app.write_once(&me.caller, post.once, AloneWith::Idea(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::Moderate)?;
        let (idea, on) = ideas::find(tx, actor, id)?;
        let state = decision.of(idea.hidden.map(|hidden| hidden.state))?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        let decided = Decided { decision, reason: reason.as_ref(), by: actor.member_id() };
        moderation::decide(tx, &stamps[0], Posted::Idea(&idea), decided)?;
        match (state, idea.hidden) {
            (Some(state), _) => ideas::change::hide(tx, &stamps[0], &idea, state)?,
            (None, Some(_)) => publish(tx, &stamps, &idea, &on)?,
            (None, None) => {}
        }
        let after = idea_shown(tx, actor, id, showing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

/// Shows an idea; one that was never seen gets the vote of its author that others get when they are posted.
fn publish(tx: &mut AnyConnection, stamps: &[Stamp; 2], idea: &domain::ideas::Idea, on: &Seen) -> Rows<()> {
    ideas::change::show(tx, &stamps[0], idea)?;
    let Some(author) =
        idea.author_id.filter(|_| idea.hidden.is_none_or(|hidden| hidden.state != State::Hidden))
    else {
        return Ok(());
    };
    let (shown, _) = ideas::find(tx, &Actor::System, idea.id)?;
    match ensure_takes_vote_of(tx, author, &shown, on) {
        Ok(()) => votes::cast(tx, &stamps[1], &shown, author).map(drop),
        Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Decide about a comment: approve, reject, hide or lift
///
/// Its author is told, with the reason.
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = DecideBody,
    responses((status = 200, body = CommentBody), (status = 409, description = "undecidable")))]
#[post("/v1/comments/{id}/moderation")]
pub(super) async fn moderate_comment(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<DecideBody>,
) -> Result<Reply<CommentBody>, Failure> {
    let (id, stamp, act) = (CommentId::from(id), app.stamp(), app.act(&me, "moderate_comment"));
    let (decision, reason) = post.body.parts()?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Moderate)?;
        let (comment, idea, _) = comments::find(tx, actor, id)?;
        let state = decision.of(comment.hidden.map(|hidden| hidden.state))?;
        let before = comment_shown(tx, actor, id, &links)?.facts();
        let decided = Decided { decision, reason: reason.as_ref(), by: actor.member_id() };
        moderation::decide(tx, &stamp, Posted::Comment(&comment, &idea), decided)?;
        match (state, comment.hidden) {
            (Some(state), _) => comments::sight::hide(tx, &stamp, &idea, &comment, state)?,
            (None, Some(_)) => comments::sight::show(tx, &stamp, &idea, &comment)?,
            (None, None) => {}
        }
        let after = comment_shown(tx, actor, id, &links)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModerateMemberBody {
    /// Whether to keep the member out; their tokens stop working at once.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    blocked: Option<bool>,
    /// Whether what they post skips the queue.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false)]
    trusted: Option<bool>,
}

/// A customer as moderators see them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModeratedMemberBody {
    id: Uuid,
    #[schema(example = "아나")]
    display_name: String,
    blocked: bool,
    trusted: bool,
}

impl From<&domain::members::Member> for ModeratedMemberBody {
    fn from(member: &domain::members::Member) -> Self {
        Self {
            id: member.id.uuid(),
            display_name: member.display_name.as_str().to_owned(),
            blocked: member.blocked_at.is_some(),
            trusted: member.trusted,
        }
    }
}

/// Block a customer or let them in again, trust them or no more
///
/// Customers only: about staff admins decide.
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = ModerateMemberBody,
    responses((status = 200, body = ModeratedMemberBody), (status = 409, description = "not_a_customer")))]
#[patch("/v1/moderation/members/{id}")]
pub(super) async fn moderate_member(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<ModerateMemberBody>,
) -> Result<Reply<ModeratedMemberBody>, Failure> {
    let (id, stamp, act) = (MemberId::from(id), app.stamp(), app.act(&me, "moderate_member"));
    app.write(&me.caller, AloneWith::Member(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::Moderate)?;
        let before = members::find(tx, id)?;
        if before.role.is_staff() {
            return Err(Refusal::NotACustomer.into());
        }
        let mut after = before.clone();
        if let Some(blocked) = body.blocked {
            after.blocked_at = blocked.then(|| before.blocked_at.unwrap_or(stamp.at));
        }
        after.trusted = body.trusted.unwrap_or(before.trusted);
        let after = members::update(tx, &stamp, &before, after)?;
        let reply = Reply::ok(&ModeratedMemberBody::from(&after));
        act.keep(tx, actor, id.uuid(), facts(&ModeratedMemberBody::from(&before)), reply)
    })
    .await
}
