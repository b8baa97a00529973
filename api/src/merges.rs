//! Duplicates: one idea merged into another, and out of it again.

use actix_web::{post, web};
use domain::{IdeaId, Refusal, access::Permission, answers::Notify, answers::ensure_may_merge, text::Fault};
use persistence::{AloneWith, Error, ideas, merges};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    actor::SignedIn,
    app::App,
    body::PathId,
    error::Failure,
    ideas::{IdeaBody, idea_shown},
    once::{Empty, Post},
    reply::{IfMatch, Reply},
    responses::NotifyName,
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(merge_idea).service(unmerge_idea);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The idea that goes on.
    into: Uuid,
    /// Who is told, of those who support the idea that is merged.
    #[serde(default)]
    #[schema(required = false)]
    notify: NotifyName,
}

/// Merge an idea into another
///
/// Votes, supporters and comments are carried over, and each person counts once. The merged idea stays and points to
/// the other, which is answered.
#[utoipa::path(tag = "Ideas", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = MergeBody,
    responses((status = 200, body = IdeaBody),
        (status = 409, description = "merge_into_itself, merge_into_merged, idea_merged")))]
#[post("/v1/ideas/{id}/merge")]
async fn merge_idea(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    if_match: IfMatch,
    post: Post<MergeBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, into, notify) = (IdeaId::from(id), IdeaId::from(post.body.into), Notify::from(post.body.notify));
    let (stamp, act) = (app.stamp(), app.act(&me, "merge_idea"));
    app.write_once(&me.caller, post.once, AloneWith::Idea(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::ManageIdeas)?;
        let (source, on) = ideas::find(tx, actor, id)?;
        if_match.ensure(source.version)?;
        let (target, _) = ideas::find(tx, actor, into).map_err(unseen)?;
        if source.hidden.is_some() {
            return Err(Error::Missing);
        }
        if target.hidden.is_some() {
            return Err(unseen(Error::Missing));
        }
        ensure_may_merge(actor, &source, &target)?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        merges::merge(tx, &stamp, (&source, &on.board), &target, actor.member_id(), notify)?;
        let after = idea_shown(tx, actor, id, showing)?.facts();
        act.keep_facts(tx, actor, Some(id.uuid()), (Some(before), Some(after)))?;
        idea_shown(tx, actor, into, showing)
    })
    .await
}

/// What names an idea that is not there, or not the caller's to know of.
fn unseen(error: Error) -> Error {
    match error {
        Error::Missing => {
            Refusal::Unfit { field: "into", fault: Fault::NotA("idea that can be seen") }.into()
        }
        error => error,
    }
}

/// Take an idea out of the one it was merged into
///
/// Both stand as if they had never been merged, but for what was done since.
#[utoipa::path(tag = "Ideas", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = IdeaBody), (status = 409, description = "not_merged, idea_merged")))]
#[post("/v1/ideas/{id}/unmerge")]
async fn unmerge_idea(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    if_match: IfMatch,
    post: Post<Empty>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (id, stamp, act) = (IdeaId::from(id), app.stamp(), app.act(&me, "unmerge_idea"));
    app.write_once(&me.caller, post.once, AloneWith::Idea(id.uuid()), move |tx, actor| {
        actor.ensure(Permission::ManageIdeas)?;
        let (source, _) = ideas::find(tx, actor, id)?;
        if_match.ensure(source.version)?;
        let before = idea_shown(tx, actor, id, showing)?.facts();
        merges::unmerge(tx, &stamp, &source, actor.member_id())?;
        let after = idea_shown(tx, actor, id, showing)?;
        act.keep(tx, actor, id.uuid(), before, after)
    })
    .await
}
