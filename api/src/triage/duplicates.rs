//! Duplicates: pairs of ideas that may be one, proposed to be merged or dismissed for good.

use actix_web::{get, post, web};
use domain::{Actor, IdeaId, Refusal, access::Permission, boards::Board, duplicates::Pair, text::Fault};
use persistence::{
    AloneWith, Error, boards, ideas,
    triage::duplicates::{self, Proposal},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::query::{board, not_a_board};
use crate::{
    actor::SignedIn,
    app::App,
    body::Query,
    error::Failure,
    ideas::{BoardRefBody, IdeaSummaryBody},
    language::Language,
    once::Post,
    page::{ListName, Listing, limit},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_duplicates).service(dismiss_duplicate);
}

/// Two ideas that may be one.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateBody {
    /// How alike they are, as with similar ideas: 1 is the same words.
    #[schema(minimum = 0.5, maximum = 1, example = 0.9533)]
    score: f64,
    /// Whether their titles are the same but for signs and capitals. These pairs come first.
    same_title: bool,
    /// The one with more votes, or else the older: the one to merge into.
    first: IdeaSummaryBody,
    second: IdeaSummaryBody,
}

impl DuplicateBody {
    fn new(found: Proposal, on: &Board, actor: &Actor, language: Language) -> Self {
        let shown = |listed| IdeaSummaryBody::new(listed, BoardRefBody::from(on), actor, language);
        Self {
            score: found.score,
            same_title: found.same_title,
            first: shown(found.first),
            second: shown(found.second),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DuplicatesQuery {
    /// Id or slug.
    #[param(example = "mobile-app")]
    board: String,
    /// Only pairs that are at least so alike; below 0.5 none is proposed.
    #[param(minimum = 0, maximum = 1)]
    min_score: Option<f64>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

impl DuplicatesQuery {
    fn least(&self) -> Result<f64, Failure> {
        match self.min_score.unwrap_or(0.0) {
            least if (0.0..=1.0).contains(&least) => Ok(least),
            _ => Err(Failure::field("?min_score", Fault::NotA("number from 0 to 1"))),
        }
    }
}

/// List pairs of ideas of a board that may be duplicates, the likeliest first
///
/// First those with one title, the title that was filed most often before the others; then by score. New and changed
/// ideas are compared every few minutes.
#[utoipa::path(tag = "Triage", security(("bearer" = [])), params(DuplicatesQuery),
    responses((status = 200, body = Listing<DuplicateBody>)))]
#[get("/v1/triage/duplicates")]
async fn list_duplicates(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    Query(query): Query<DuplicatesQuery>,
) -> Result<Reply<Listing<DuplicateBody>>, Failure> {
    let (limit, least, board) = (limit(query.limit)?, query.least()?, board(&query.board)?);
    let list = ListName::of(&["duplicates", &format!("{board:?} {least}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app
        .read(&me.caller, move |tx, actor| {
            actor.ensure(Permission::Triage)?;
            let on = boards::find(tx, actor, &board).map_err(not_a_board)?.board;
            let page = duplicates::list(tx, actor, on.id, least, after, limit)?;
            Ok(page.map(|found| DuplicateBody::new(found, &on, actor, language)))
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, |pair| pair)))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissBody {
    first: Uuid,
    /// Another idea of the same board; which of the two is named first does not matter.
    second: Uuid,
}

/// Say that two ideas are no duplicates: they are not proposed again
#[utoipa::path(tag = "Triage", security(("bearer" = [])), request_body = DismissBody,
    responses((status = 204)))]
#[post("/v1/triage/duplicates/dismiss")]
async fn dismiss_duplicate(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<DismissBody>,
) -> Result<Reply<Nothing>, Failure> {
    let (first, second) = (IdeaId::from(post.body.first), IdeaId::from(post.body.second));
    let (stamp, member, act) = (app.stamp(), me.member, app.act(&me, "dismiss_duplicate"));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::Triage)?;
        let (one, _) = ideas::find(tx, actor, first).map_err(unseen("first"))?;
        let (other, _) = ideas::find(tx, actor, second).map_err(unseen("second"))?;
        duplicates::dismiss(tx, &stamp, Pair::of(&one, &other)?, member)?;
        let after = json!({ "first": first.uuid(), "second": second.uuid() });
        act.keep_facts(tx, actor, Some(first.uuid()), (None, Some(after)))?;
        Ok(Reply::nothing())
    })
    .await
}

/// What names an idea that is not there, or not the caller's to know of.
fn unseen(field: &'static str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Missing => Refusal::Unfit { field, fault: Fault::NotA("idea that can be seen") }.into(),
        error => error,
    }
}
