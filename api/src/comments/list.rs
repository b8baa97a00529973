//! Lists of comments, and of what a comment said before.

use actix_web::{get, web};
use domain::{
    CommentId, IdeaId,
    comments::{Order, ensure_sees_notes},
};
use persistence::{
    Error, comments,
    comments::list::{self, Under},
    ideas,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bodies::{CommentBody, CommentRevisionBody};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    attachments::links::Links,
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::Reply,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentSortName {
    /// Oldest first.
    #[default]
    Oldest,
    /// Newest first.
    Newest,
    /// By the share of agreement that is certain, then oldest first.
    Best,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCommentsQuery {
    /// `oldest` unless given.
    #[serde(default)]
    #[param(inline, required = false)]
    sort: CommentSortName,
    /// The id of a comment: its direct replies, instead of the first of each thread.
    parent: Option<Uuid>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
    #[serde(default)]
    include_total: bool,
}

/// List the comments on an idea, or the replies to a comment
///
/// A deleted comment stands in its place for as long as replies hang on it.
#[utoipa::path(tag = "Comments", params(("id" = Uuid, Path), ListCommentsQuery),
    responses((status = 200, body = Listing<CommentBody>)))]
#[get("/v1/ideas/{id}/comments")]
pub(super) async fn list_comments(
    app: web::Data<App>,
    caller: Caller,
    links: Links,
    PathId(id): PathId,
    Query(query): Query<ListCommentsQuery>,
) -> Result<Reply<Listing<CommentBody>>, Failure> {
    let (id, limit) = (IdeaId::from(id), limit(query.limit)?);
    let (order, parent) = (query.order(), query.parent.map(CommentId::from));
    let name = ListName::of(&["comments", &format!("{id} {parent:?} {order:?}")]);
    let after = name.place(&app.keys, query.cursor.as_deref())?;
    let (page, total) = app
        .read(&caller, move |tx, actor| {
            let (idea, _) = ideas::find(tx, actor, id)?;
            let under = match parent {
                None => Under::Idea(id),
                Some(parent) if comments::find(tx, actor, parent)?.1.id == id => Under::Comment(parent),
                Some(_) => return Err(Error::Missing),
            };
            let total = query.include_total.then(|| list::count(tx, actor, under)).transpose()?;
            let page = list::list(tx, actor, under, order, after, limit)?;
            let page = page.map(|read| CommentBody::new(read, idea.pinned_comment_id, &links, actor));
            Ok((page, total))
        })
        .await?;
    Ok(Reply::ok(&name.listing(&app.keys, page, total, |comment| comment)))
}

impl ListCommentsQuery {
    fn order(&self) -> Order {
        match self.sort {
            CommentSortName::Oldest => Order::Oldest,
            CommentSortName::Newest => Order::Newest,
            CommentSortName::Best => Order::Best,
        }
    }
}

/// List what a comment said before, latest first
///
/// For staff: before each edit, and before it was deleted.
#[utoipa::path(tag = "Comments", security(("bearer" = [])), params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Listing<CommentRevisionBody>)))]
#[get("/v1/comments/{id}/revisions")]
pub(super) async fn list_comment_revisions(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<CommentRevisionBody>>, Failure> {
    let limit = limit(query.limit)?;
    let name = ListName::of(&["comment revisions", &id.to_string()]);
    let after = name.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&me.caller, move |tx, actor| {
            ensure_sees_notes(actor)?;
            let (comment, ..) = comments::find(tx, actor, id.into())?;
            comments::revisions(tx, &comment, after, limit)
        })
        .await?;
    Ok(Reply::ok(&name.listing(&app.keys, page, None, CommentRevisionBody::from)))
}
