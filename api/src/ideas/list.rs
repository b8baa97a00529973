//! Lists of ideas, and the ideas most alike.

use actix_web::{HttpRequest, get, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, MemberId, Refusal, SegmentId,
    access::Permission,
    calendar::seoul,
    ideas::{Tags, Title},
    page::{Page, Sort},
    search::Query as Search,
    statuses::{Category, StatusKey},
    text::{Fault, Lines, clean},
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    boards::{self, BoardRef},
    ideas::{
        Listed, likeness,
        list::{self, Boards, Deleted, Filter},
    },
    segments,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bodies::{BoardRefBody, IdeaSummaryBody, SimilarBody, SimilarIdeaBody};
use crate::{
    actor::Caller,
    app::App,
    boards::{Names, board_in_path, boards_of},
    body::Query,
    error::{Code, Failure},
    fields::{Asking, asking, filters},
    language::Language,
    page::{ListName, Listing, limit},
    reply::Reply,
    statuses::CategoryName,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortName {
    /// Most votes first.
    Top,
    /// Votes count less the older they are.
    Trending,
    /// Newest first.
    New,
    /// Most comments first.
    Discussed,
    /// Shuffled; the same order for the same `seed`.
    Random,
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListIdeasQuery {
    /// `top` unless given; with `q`, ideas with every word in the title come first unless it is given.
    #[param(inline)]
    pub(super) sort: Option<SortName>,
    /// For `sort=random`: pages of one seed fit together. The date in Korea unless given.
    #[param(max_length = 64)]
    pub(super) seed: Option<String>,
    /// The key of a status, on whichever board.
    #[param(max_length = 40, pattern = "^[a-z0-9]+(_[a-z0-9]+)*$")]
    pub(super) status: Option<String>,
    /// What the statuses mean. Merged ideas are listed only where they are asked for, here or by status.
    #[param(inline)]
    pub(super) category: Option<CategoryName>,
    #[param(max_length = 30)]
    pub(super) tag: Option<String>,
    /// The id of a member.
    pub(super) author: Option<Uuid>,
    /// Only your own ideas.
    #[serde(default)]
    pub(super) mine: bool,
    /// Only ideas you vote for.
    #[serde(default)]
    pub(super) voted: bool,
    /// For staff: only ideas that somebody of this segment votes for, by its id.
    pub(super) voter_segment: Option<Uuid>,
    /// At this time or later.
    pub(super) created_after: Option<DateTime<Utc>>,
    /// Before this time.
    pub(super) created_before: Option<DateTime<Utc>>,
    /// Words to be found, each of them.
    #[param(max_length = 200)]
    pub(super) q: Option<String>,
    /// What the answers to fields must be, on a list of one board: `key:condition`, parted by commas. The condition is the key
    /// of a choice, `true` or `false`, a number, a date, or a range of these (`3..5`, `3..`); a key alone asks for any answer.
    #[param(max_length = 500, example = "product:earphones,how_often:3..")]
    pub(super) field: Option<String>,
    /// For staff: the deleted ideas instead.
    #[serde(default)]
    pub(super) deleted: bool,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub(super) limit: Option<i64>,
    pub(super) cursor: Option<String>,
    #[serde(default)]
    pub(super) include_total: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SimilarQuery {
    #[param(min_length = 1, max_length = 200)]
    title: String,
    /// The beginning of the body is enough.
    #[serde(default)]
    #[param(max_length = 2_000)]
    body: String,
}

/// List the ideas of every board you may view
#[utoipa::path(tag = "Ideas", params(ListIdeasQuery),
    responses((status = 200, body = Listing<IdeaSummaryBody>), (status = 304)))]
#[get("/v1/ideas")]
pub(super) async fn list_ideas(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    request: HttpRequest,
    Query(query): Query<ListIdeasQuery>,
) -> Result<Reply<Listing<IdeaSummaryBody>>, Failure> {
    page_of(&app, caller, language, &request, None, query).await
}

/// List the ideas of a board
#[utoipa::path(tag = "Ideas", params(("board" = String, Path, description = "Id or slug"), ListIdeasQuery),
    responses((status = 200, body = Listing<IdeaSummaryBody>), (status = 304)))]
#[get("/v1/boards/{board}/ideas")]
pub(super) async fn list_board_ideas(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    request: HttpRequest,
    Query(query): Query<ListIdeasQuery>,
) -> Result<Reply<Listing<IdeaSummaryBody>>, Failure> {
    page_of(&app, caller, language, &request, Some(board_in_path(&request)?), query).await
}

/// The ideas of a board that are most alike, to be shown while somebody writes a new one
#[utoipa::path(tag = "Ideas", params(("board" = String, Path, description = "Id or slug"), SimilarQuery),
    responses((status = 200, body = SimilarBody)))]
#[get("/v1/boards/{board}/ideas/similar")]
pub(super) async fn list_similar_ideas(
    app: web::Data<App>,
    caller: Caller,
    language: Language,
    request: HttpRequest,
    Query(query): Query<SimilarQuery>,
) -> Result<Reply<SimilarBody>, Failure> {
    const MOST: usize = 5;
    let title = Title::try_from(&*query.title).map_err(|fault| Failure::field("?title", fault))?;
    let body = clean(&query.body, 0, 2_000, Lines::Many).map_err(|fault| Failure::field("?body", fault))?;
    let board = board_in_path(&request)?;
    app.read(&caller, move |tx, actor| {
        let board = boards::find(tx, actor, &board)?.board;
        let found = likeness::similar(tx, actor, board.id, title.as_str(), &body, MOST)?;
        let shown = |(score, listed): (f64, Listed)| SimilarIdeaBody {
            score: (score * 1e4).round() / 1e4,
            idea: IdeaSummaryBody::new(listed, BoardRefBody::from(&board), actor, language),
        };
        Ok(Reply::ok(&SimilarBody { items: found.into_iter().map(shown).collect() }))
    })
    .await
}

async fn page_of(
    app: &web::Data<App>,
    caller: Caller,
    language: Language,
    request: &HttpRequest,
    board: Option<BoardRef>,
    query: ListIdeasQuery,
) -> Result<Reply<Listing<IdeaSummaryBody>>, Failure> {
    let address = format!("{}?{}#{}", request.path(), request.query_string(), language.tag());
    let state = app.clone();
    let make = async move {
        let limit = limit(query.limit)?;
        let wanted = query.wanted(&caller, state.config.clock.now())?;
        let list = ListName::of(&["ideas", &format!("{board:?} {wanted:?}")]);
        let after = list.place(&state.keys, query.cursor.as_deref())?;
        let include_total = query.include_total;
        let (page, total) = state
            .read(&caller, move |tx, actor| {
                let (filter, names) = filter(tx, actor, board.as_ref(), &wanted)?;
                let total = include_total.then(|| list::count(tx, &filter)).transpose()?;
                let page = list::list(tx, actor, &filter, &wanted.sort, after, limit)?;
                Ok((shown(page, &names, actor, language), total))
            })
            .await?;
        Ok(Reply::ok(&list.listing(&state.keys, page, total, |idea| idea)).tagged(0))
    };
    app.pages.get(&caller, address, make).await
}

fn shown(page: Page<Listed>, names: &Names, actor: &Actor, language: Language) -> Page<IdeaSummaryBody> {
    page.map(|listed| {
        let board = names.get(&listed.idea.board_id).cloned().unwrap_or_else(BoardRefBody::nowhere);
        IdeaSummaryBody::new(listed, board, actor, language)
    })
}

/// The conditions of a query, with the boards the actor may view.
pub(super) fn filter(
    tx: &mut AnyConnection,
    actor: &Actor,
    board: Option<&BoardRef>,
    wanted: &Wanted,
) -> Rows<(Filter, Names)> {
    if wanted.filter.deleted == Deleted::Only {
        actor.ensure(Permission::ManageIdeas)?;
    }
    if let Some(segment) = wanted.filter.voter_segment {
        actor.ensure(Permission::SeeVoters)?;
        ensure_segment(tx, segment)?;
    }
    let (boards, names) = boards_of(tx, actor, board)?;
    let one = board.and(boards.single());
    let answers = filters(tx, actor, one, &wanted.asking)?;
    Ok((Filter { boards, answers, ..wanted.filter.clone() }, names))
}

/// Whether there is a segment to ask the voters of.
pub(crate) fn ensure_segment(tx: &mut AnyConnection, segment: SegmentId) -> Rows<()> {
    match segments::find(tx, segment) {
        Ok(_) => Ok(()),
        Err(Error::Missing) => {
            Err(Refusal::Unfit { field: "?voter_segment", fault: Fault::NotA("segment") }.into())
        }
        Err(error) => Err(error),
    }
}

/// What a query asks for, understood; the boards are still to be filled in.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    filter: Filter,
    asking: Vec<Asking>,
    sort: Sort,
}

impl ListIdeasQuery {
    pub(super) fn wanted(&self, caller: &Caller, now: DateTime<Utc>) -> Result<Wanted, Failure> {
        let text = |name: &str, text: Option<&String>, most| {
            text.map(|text| clean(text, 0, most, Lines::One))
                .transpose()
                .map_err(|fault| Failure::field(format!("?{name}"), fault))
        };
        let me = match (caller.member(), self.mine || self.voted) {
            (None, true) => return Err(Code::SignInRequired.into()),
            (me, _) => me,
        };
        let tag = self.tag.as_deref().map(Tags::tag).transpose();
        let status = self.status.as_deref().map(StatusKey::try_from).transpose();
        let query = text("q", self.q.as_ref(), Search::MOST)?.filter(|text| !text.is_empty());
        let seed = text("seed", self.seed.as_ref(), 64)?.unwrap_or_else(|| seoul(now).date().to_string());
        let own = me.filter(|_| self.mine);
        let author = self.author.map(MemberId::from);
        if own.is_some() && author.is_some() && own != author {
            return Err(Failure::field("?author", Fault::NotA("author while mine=true")));
        }
        let sort = match self.sort {
            Some(SortName::Top) => Sort::Top,
            Some(SortName::Trending) => Sort::Trending,
            Some(SortName::New) => Sort::New,
            Some(SortName::Discussed) => Sort::Discussed,
            Some(SortName::Random) => Sort::Random { seed },
            None if query.is_some() => Sort::Relevance,
            None => Sort::Top,
        };
        let filter = Filter {
            boards: Boards::Every,
            status: status.map_err(|fault| Failure::field("?status", fault))?,
            category: self.category.map(Category::from),
            tag: tag.map_err(|fault| Failure::field("?tag", fault))?,
            author: own.or(author),
            voted_by: me.filter(|_| self.voted),
            voter_segment: self.voter_segment.map(SegmentId::from),
            created_after: self.created_after,
            created_before: self.created_before,
            answers: Vec::new(),
            query: query.map(|text| Search::new(&text)),
            deleted: if self.deleted { Deleted::Only } else { Deleted::Without },
        };
        let asking = asking(text("field", self.field.as_ref(), 500)?.as_deref())?;
        Ok(Wanted { filter, asking, sort })
    }
}
