//! What waits to be looked at, and a member's own posts that are out of sight.

use actix_web::{get, web};
use domain::access::Permission;
use persistence::{
    boards,
    moderation::queue::{self, Because, Case, Filter},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bodies::{CaseBody, PostKindName, WithheldBody};
use crate::{
    actor::SignedIn,
    app::App,
    boards::{Names, PageQuery, board_named, boards_of},
    body::Query,
    error::Failure,
    ideas::BoardRefBody,
    page::{ListName, Listing, limit},
    reply::Reply,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BecauseName {
    Held,
    Reported,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Id or slug of a board; every board unless given.
    board: Option<String>,
    kind: Option<PostKindName>,
    /// Why it is in the queue.
    because: Option<BecauseName>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// List the posts that somebody has to look at, the longest waiting first
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(QueueQuery),
    responses((status = 200, body = Listing<CaseBody>), (status = 404, description = "not_found")))]
#[get("/v1/moderation/queue")]
pub(super) async fn list_moderation_queue(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<QueueQuery>,
) -> Result<Reply<Listing<CaseBody>>, Failure> {
    let limit = limit(query.limit)?;
    let board = query.board.as_deref().map(board_named).transpose()?;
    let list = ListName::of(&["moderation", &format!("{board:?} {:?} {:?}", query.kind, query.because)]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let filter = Filter {
        board: None,
        kind: query.kind.map(Into::into),
        because: query.because.map(|because| match because {
            BecauseName::Held => Because::Held,
            BecauseName::Reported => Because::Reported,
        }),
    };
    let (page, names) = app
        .read(&me.caller, move |tx, actor| {
            actor.ensure(Permission::Moderate)?;
            let (_, names) = boards_of(tx, actor, None)?;
            let board = board.as_ref().map(|board| boards::find(tx, actor, board)).transpose()?;
            let filter = Filter { board: board.map(|seen| seen.board.id), ..filter.clone() };
            Ok((queue::open(tx, &filter, after, limit)?, names))
        })
        .await?;
    let shown = |case: Case| {
        let board = of(&names, &case);
        CaseBody::new(case, board)
    };
    Ok(Reply::ok(&list.listing(&app.keys, page, None, shown)))
}

fn of(names: &Names, case: &Case) -> BoardRefBody {
    names.get(&case.board).cloned().unwrap_or_else(BoardRefBody::nowhere)
}

/// List your own posts that are held, rejected or hidden, latest first
///
/// Nobody but you and staff knows of them.
#[utoipa::path(tag = "Moderation", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<WithheldBody>)))]
#[get("/v1/me/withheld")]
pub(super) async fn list_own_withheld(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<WithheldBody>>, Failure> {
    let limit = limit(query.limit)?;
    let list = ListName::of(&["withheld", &me.member.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let (page, names) = app
        .read(&me.caller, move |tx, actor| {
            let page = queue::own(tx, actor.ensure_member()?, after, limit)?;
            Ok((page, boards_of(tx, actor, None)?.1))
        })
        .await?;
    let shown = |case: Case| WithheldBody::new(&case, of(&names, &case));
    Ok(Reply::ok(&list.listing(&app.keys, page, None, shown)))
}
