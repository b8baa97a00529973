//! Ideas out of reports, and the reports that ideas were made of.

use std::collections::BTreeMap;

use actix_web::{get, post, web};
use domain::{
    BoardId, Refusal, Stamp,
    access::Permission,
    fields::Sent,
    ideas::{Body, Tags, Title, Words},
    panels::{Barred, reports::State},
    text::{Fault, Lines, clean},
};
use persistence::{
    AloneWith, Error,
    boards::{self, BoardRef},
    ideas,
    panels::reports as rows,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::{PathId, field, present},
    error::Failure,
    fields::{NewAnswerBody, sent},
    ideas::{Draft, IdeaBody},
    once::Post,
    reply::Reply,
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(create_idea_from_report).service(list_idea_reports);
}

/// The most characters of a passage.
const MOST_QUOTE: usize = 1_000;

/// An idea that staff make of what a report says.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReportedIdeaBody {
    board_id: Uuid,
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "더 작은 충전 케이스")]
    title: String,
    /// Markdown.
    #[serde(default)]
    #[validate(length(max = 50_000))]
    #[schema(max_length = 50_000, example = "체험단 세 분이 케이스가 크다고 하셨어요.")]
    body: String,
    /// What is answered to the fields of the board, by their keys.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, NewAnswerBody>, example = json!({}))]
    fields: BTreeMap<String, Value>,
    /// The passage it is made of: words of the report.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 1_000))]
    #[schema(
        required = false,
        nullable = false,
        min_length = 1,
        max_length = 1_000,
        example = "케이스가 커요"
    )]
    quote: Option<String>,
}

impl ReportedIdeaBody {
    fn draft(&self) -> Result<(Draft, Option<String>), Failure> {
        let words = Words {
            title: field("/title", Title::try_from(&*self.title))?,
            body: field("/body", Body::try_from(&*self.body))?,
            tags: Tags::default(),
        };
        let quote = self.quote.as_deref().map(|quote| clean(quote, 1, MOST_QUOTE, Lines::Many));
        let sent: Sent = sent(&self.fields);
        let draft = Draft { words, sent, attachments: Vec::new(), customer: None };
        Ok((draft, quote.map(|quote| field("/quote", quote)).transpose()?))
    }
}

/// A report that an idea was made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportRefBody {
    id: Uuid,
    panel_id: Uuid,
    #[schema(example = "[협찬] 2주 동안 써 본 마당 이어폰")]
    title: String,
    /// The passage it was made of.
    #[schema(example = "케이스가 커요")]
    quote: Option<String>,
}

/// The reports that an idea was made of, as far as you may read them.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdeaReportsBody {
    items: Vec<ReportRefBody>,
}

/// Make an idea of what a report says
///
/// Of one that is accepted, on a board that takes ideas of yours. You are its author: the name of who reported is hidden, and would stand
/// above the idea otherwise. A quote must stand in the report.
#[utoipa::path(tag = "Trials", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ReportedIdeaBody,
    responses((status = 201, body = IdeaBody), (status = 403, description = "board_forbidden"),
        (status = 409, description = "report_not_accepted")))]
#[post("/v1/reports/{id}/ideas")]
async fn create_idea_from_report(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    post: Post<ReportedIdeaBody>,
) -> Result<Reply<IdeaBody>, Failure> {
    let (stamps, act): ([Stamp; 3], _) =
        ([app.stamp(), app.stamp(), app.stamp()], app.act(&me, "create_idea_from_report"));
    let (board, (draft, quote)) = (BoardId::from(post.body.board_id), post.body.draft()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let report = rows::find(tx, actor, id.into())?.0.report;
        if report.state() != State::Accepted {
            return Err(Refusal::from(Barred::ReportNotAccepted).into());
        }
        quote.as_deref().map_or(Ok(()), |quote| report.words.ensure_says(quote))?;
        let on = boards::find(tx, actor, &BoardRef::Id(board)).map_err(|error| match error {
            Error::Missing => Refusal::Unfit { field: "board_id", fault: Fault::NotA("board") }.into(),
            error => error,
        })?;
        let idea = draft.post(tx, actor, &on, &stamps)?;
        rows::ideas::link(tx, &stamps[2], &report, idea, quote.as_deref())?;
        let made = IdeaBody::new(ideas::read(tx, actor, idea)?, actor, showing);
        let reply = Reply::created(&made, format!("/v1/ideas/{idea}")).tagged(1);
        act.keep(tx, actor, idea.uuid(), None, reply)
    })
    .await
}

/// List the reports an idea was made of
#[utoipa::path(tag = "Ideas", params(("id" = Uuid, Path)), responses((status = 200, body = IdeaReportsBody)))]
#[get("/v1/ideas/{id}/reports")]
async fn list_idea_reports(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<IdeaReportsBody>, Failure> {
    app.read(&caller, move |tx, actor| {
        let (idea, _) = ideas::find(tx, actor, id.into())?;
        let made_of = rows::ideas::of_idea(tx, actor, idea.id)?.into_iter();
        let items = made_of.map(|(report, quote)| ReportRefBody {
            id: report.id.uuid(),
            panel_id: report.panel_id.uuid(),
            title: report.words.title,
            quote,
        });
        Ok(Reply::ok(&IdeaReportsBody { items: items.collect() }))
    })
    .await
}
