//! Reporting what does not belong.

use actix_web::{post, web};
use domain::{
    Actor, CommentId, IdeaId, MemberId, Refusal,
    moderation::{Complaint, Note},
};
use persistence::{
    AloneWith, Error, Result as Rows, comments, ideas,
    moderation::{self, Post as Posted},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::bodies::ComplaintName;
use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, field},
    error::Failure,
    once::Post,
    reply::{Nothing, Reply},
};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReportBody {
    complaint: ComplaintName,
    /// Needed with `other`.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500, example = "같은 광고를 여러 번 올렸어요.")]
    note: String,
}

impl NewReportBody {
    fn parts(&self) -> Result<(Complaint, Note), Failure> {
        let complaint = Complaint::from(self.complaint);
        let least = usize::from(complaint == Complaint::Other);
        Ok((complaint, field("/note", Note::new(&self.note, least))?))
    }
}

/// Who reports, if it is not whoever wrote it.
fn reporter(actor: &Actor, post: Posted<'_>) -> Rows<MemberId> {
    let member = actor.ensure_member()?;
    match post.author() == Some(member) {
        true => Err(Refusal::OwnPost.into()),
        false => Ok(member),
    }
}

/// Report an idea to the moderators
///
/// Reporting it again says it anew; each member counts once. Its author is not told.
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = NewReportBody, responses((status = 204), (status = 409, description = "own_post")))]
#[post("/v1/ideas/{id}/report")]
pub(super) async fn report_idea(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewReportBody>,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, said) = (IdeaId::from(id), app.stamp(), post.body.parts()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id)?;
        let by = reporter(actor, Posted::Idea(&idea))?;
        if idea.hidden.is_some() {
            return Err(Error::Missing);
        }
        moderation::report(tx, &stamp, Posted::Idea(&idea), by, (said.0, &said.1))?;
        Ok(Reply::nothing())
    })
    .await
}

/// Report a comment to the moderators
///
/// Reporting it again says it anew; each member counts once. Its author is not told.
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(("id" = Uuid, Path)),
    request_body = NewReportBody, responses((status = 204), (status = 409, description = "own_post")))]
#[post("/v1/comments/{id}/report")]
pub(super) async fn report_comment(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewReportBody>,
) -> Result<Reply<Nothing>, Failure> {
    let (id, stamp, said) = (CommentId::from(id), app.stamp(), post.body.parts()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (comment, idea, _) = comments::find_living(tx, actor, id)?;
        let by = reporter(actor, Posted::Comment(&comment, &idea))?;
        moderation::report(tx, &stamp, Posted::Comment(&comment, &idea), by, (said.0, &said.1))?;
        Ok(Reply::nothing())
    })
    .await
}
