//! The ideas of a board as a file, which is read as fast as it is taken: a page of it is in memory at a time, and no
//! connection waits for a slow client.

mod lines;

use std::pin::Pin;

use actix_web::{
    Error, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    get,
    web::{self, Bytes},
};
use chrono::{DateTime, Utc};
use domain::{
    Actor,
    access::Permission,
    boards::Board,
    calendar::seoul,
    fields::Field,
    page::{Limit, Page, Place},
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use persistence::{
    AnyConnection,
    boards::{self, BoardRef},
    fields::{self, Which},
    ideas::export::{self, Exported},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use self::lines::Form;
use super::list::{ListIdeasQuery, Wanted, filter};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    boards::board_in_path,
    body::Query,
    error::Failure,
    language::Language,
    spreadsheet::disposition,
    statuses::CategoryName,
};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormatName {
    /// A table for spreadsheets, with a byte order mark.
    #[default]
    Csv,
    /// An idea on each line, as JSON.
    Jsonl,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    #[serde(default)]
    #[param(inline, default = "csv")]
    format: FormatName,
    /// The key of a status.
    #[param(max_length = 40, pattern = "^[a-z0-9]+(_[a-z0-9]+)*$")]
    status: Option<String>,
    /// What the statuses mean. Merged ideas are in the file only where they are asked for, here or by status.
    #[param(inline)]
    category: Option<CategoryName>,
    #[param(max_length = 30)]
    tag: Option<String>,
    /// The id of a member.
    author: Option<Uuid>,
    /// Only ideas that somebody of this segment votes for, by its id.
    voter_segment: Option<Uuid>,
    /// At this time or later.
    created_after: Option<DateTime<Utc>>,
    /// Before this time.
    created_before: Option<DateTime<Utc>>,
    /// Words to be found, each of them.
    #[param(max_length = 200)]
    q: Option<String>,
    /// What the answers to fields must be, as in a list: `key:condition`, parted by commas.
    #[param(max_length = 500, example = "product:earphones,how_often:3..")]
    field: Option<String>,
}

impl From<ExportQuery> for ListIdeasQuery {
    fn from(query: ExportQuery) -> Self {
        Self {
            status: query.status,
            category: query.category,
            tag: query.tag,
            author: query.author,
            voter_segment: query.voter_segment,
            created_after: query.created_after,
            created_before: query.created_before,
            q: query.q,
            field: query.field,
            ..Self::default()
        }
    }
}

/// Take the ideas of a board as a file
///
/// The newest first, of any number. It is read while it is taken: an idea posted meanwhile is not in it, and one that is
/// changed may be there as it was or as it is. Deleted ideas are never in it.
#[utoipa::path(tag = "Ideas", security(("bearer" = [])),
    params(("board" = String, Path, description = "Id or slug"), ExportQuery),
    responses((status = 200, content((String = "text/csv"), (String = "application/jsonl")))))]
#[get("/v1/boards/{board}/export")]
pub(super) async fn export_ideas(
    app: web::Data<App>,
    me: SignedIn,
    language: Language,
    request: HttpRequest,
    Query(query): Query<ExportQuery>,
) -> Result<Export, Failure> {
    let now = app.config.clock.now();
    let format = query.format;
    let wanted = ListIdeasQuery::from(query).wanted(&me.caller, now)?;
    let (act, asked) = (app.act(&me, "export_ideas"), json!({ "query": request.query_string() }));
    let reader = Reader { app, caller: me.caller, board: board_in_path(&request)?, wanted };
    let first = reader.first().await?;
    let board = first.board.id.uuid();
    let keep = move |tx: &mut AnyConnection, actor: &Actor| {
        act.keep_facts(tx, actor, Some(board), (None, Some(asked.clone())))
    };
    reader.app.look(&reader.caller, keep).await?;
    let name = format!("{}-{}", first.board.name.as_str(), seoul(now).date());
    let form = Form::new(format, &first, &reader.app.config.public_url, language);
    let fallback = format!("{}-{}", first.board.slug.as_str(), seoul(now).date());
    Ok(Export { format, name, fallback, body: Box::pin(reader.body(form, first.page)) })
}

/// What the first look tells: the file is laid out by it, whatever changes later.
struct First {
    board: Board,
    fields: Vec<Field>,
    /// Whether the addresses of authors, and the votes that an import brought, are for the caller.
    with_emails: bool,
    with_carried_votes: bool,
    page: Page<Exported>,
}

/// Reads page after page, as the caller: who may no longer see them is shown no more.
struct Reader {
    app: web::Data<App>,
    caller: Caller,
    board: BoardRef,
    wanted: Wanted,
}

/// A body may have 50,000 characters, so a page has few megabytes at most.
const PAGE: i64 = 50;

impl Reader {
    async fn first(&self) -> Result<First, Failure> {
        self.read(None, |tx, actor, board, page| {
            Ok(First {
                fields: fields::of_board(tx, board.id, Which::Ever)?,
                with_emails: actor.ensure(Permission::ManageMembers).is_ok(),
                with_carried_votes: actor.ensure(Permission::SeeVoters).is_ok(),
                board,
                page,
            })
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        after: Option<Place>,
        show: impl Fn(
            &mut persistence::AnyConnection,
            &domain::Actor,
            Board,
            Page<Exported>,
        ) -> persistence::Result<T>
        + Send
        + 'static,
    ) -> Result<T, Failure> {
        let (named, wanted) = (self.board.clone(), self.wanted.clone());
        let limit = Limit::of(PAGE).unwrap_or_default();
        self.app
            .read(&self.caller, move |tx, actor| {
                let board = boards::find(tx, actor, &named)?.board;
                actor.ensure(Permission::Triage)?;
                let (filter, _) = filter(tx, actor, Some(&named), &wanted)?;
                let page = export::page(tx, actor, board.id, &filter, after, limit)?;
                show(tx, actor, board, page)
            })
            .await
    }

    /// The file in pieces, each made when the one before was taken.
    fn body(self, form: Form, first: Page<Exported>) -> impl Stream<Item = Result<Bytes, Failure>> {
        let head = form.head();
        let pages = stream::try_unfold((self, form, Ahead::Page(first)), async |(reader, form, ahead)| {
            let page = match ahead {
                Ahead::Page(page) => page,
                Ahead::After(place) => reader.read(Some(place), |_, _, _, page| Ok(page)).await?,
                Ahead::Nothing => return Ok(None),
            };
            let ahead = page.next.map_or(Ahead::Nothing, Ahead::After);
            let piece = form.lines(page.items)?;
            Ok(Some((piece, (reader, form, ahead))))
        });
        stream::once(async { head }).chain(pages)
    }
}

/// What comes next.
enum Ahead {
    Page(Page<Exported>),
    After(Place),
    Nothing,
}

/// A file of ideas on its way.
pub struct Export {
    format: FormatName,
    name: String,
    /// For what knows no other letters than those of a slug.
    fallback: String,
    body: Pin<Box<dyn Stream<Item = Result<Bytes, Failure>>>>,
}

impl Responder for Export {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let (media, end) = match self.format {
            FormatName::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
            FormatName::Jsonl => ("application/jsonl; charset=utf-8", "jsonl"),
        };
        let body = self.body.map_err(|failure| {
            // The status has been sent: a file that breaks off is all there is left to say.
            tracing::error!(?failure, "an export broke off");
            Error::from(failure)
        });
        HttpResponse::Ok()
            .content_type(media)
            .insert_header(disposition(&self.name, &self.fallback, end))
            .streaming(body)
    }
}
