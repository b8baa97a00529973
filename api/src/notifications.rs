//! Notifications: what a member was told, read and unread.

use std::collections::HashMap;

use actix_web::{delete, get, post, put, web};
use chrono::{DateTime, Utc};
use domain::{BoardId, answers::News};
use persistence::{
    AloneWith, boards,
    notifications::{self, About, Notification, Which},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, Query},
    contests::ContestRefBody,
    error::Failure,
    ideas::BoardRefBody,
    once::{Empty, Post},
    page::{ListName, Listing, limit},
    panels::PanelRefBody,
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_notifications).service(read_all_notifications);
    to.service(read_notification).service(unread_notification);
}

/// What a member is told of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewsName {
    StatusChanged,
    Responded,
    Merged,
    Mentioned,
    Replied,
    /// A moderator decided about your idea or comment.
    Moderated,
    /// An idea you support stands in the changelog.
    Announced,
    /// What became of your application is known.
    PanelResult,
    /// You have the seat that somebody left; confirm it in time.
    PanelSeat,
    /// For staff: a seat was left, and nobody could take it.
    PanelSeatEmpty,
    /// Your report is due soon, or was.
    PanelReminder,
    /// Your report did not come, which counts against you.
    PanelNoShow,
    /// For staff: somebody excuses themselves.
    PanelExcuseWaiting,
    PanelExcuseDecided,
    /// For staff: somebody appeals.
    PanelAppealWaiting,
    PanelAppealDecided,
    /// What was learned from a panel you applied to, and what changes.
    PanelResultsBack,
    PanelCancelled,
    /// Somebody asks you into a team.
    ContestTeamAsked,
    /// Whom your team asked has answered, or somebody left it.
    ContestTeamChanged,
    /// Whether your entry keeps the rules is decided.
    ContestScreened,
    /// For staff: a team appeals.
    ContestAppealWaiting,
    ContestAppealDecided,
    ContestCancelled,
    /// You are asked to judge.
    ContestJudgeAppointed,
    /// You have entries to judge.
    ContestReviewAssigned,
    /// For staff: an entry lacks a judge, and nobody can take it.
    ContestReviewerMissing,
    /// For staff: ballots look bought.
    ContestBallotsHeld,
    /// Your ballot was rejected; you may appeal.
    ContestBallotRejected,
    ContestBallotAppealDecided,
    /// For staff: somebody objects to a provisional result.
    ContestObjectionWaiting,
    ContestObjectionDecided,
    /// Your entry lost its rank.
    ContestDisqualified,
    /// It has it back.
    ContestReinstated,
    /// Your entry is to get a prize: claim it.
    ContestPrizeWon,
    /// It is no more, because somebody else has their rank back.
    ContestPrizePassed,
    /// The result of a contest in which you took part is final.
    ContestFinal,
}

impl From<News> for NewsName {
    fn from(news: News) -> Self {
        match news {
            News::StatusChanged => Self::StatusChanged,
            News::Responded => Self::Responded,
            News::Merged => Self::Merged,
            News::Mentioned => Self::Mentioned,
            News::Replied => Self::Replied,
            News::Moderated => Self::Moderated,
            News::Announced => Self::Announced,
            News::PanelResult => Self::PanelResult,
            News::PanelSeat => Self::PanelSeat,
            News::PanelSeatEmpty => Self::PanelSeatEmpty,
            News::PanelReminder => Self::PanelReminder,
            News::PanelNoShow => Self::PanelNoShow,
            News::PanelExcuseWaiting => Self::PanelExcuseWaiting,
            News::PanelExcuseDecided => Self::PanelExcuseDecided,
            News::PanelAppealWaiting => Self::PanelAppealWaiting,
            News::PanelAppealDecided => Self::PanelAppealDecided,
            News::PanelResultsBack => Self::PanelResultsBack,
            News::PanelCancelled => Self::PanelCancelled,
            News::ContestTeamAsked => Self::ContestTeamAsked,
            News::ContestTeamChanged => Self::ContestTeamChanged,
            News::ContestScreened => Self::ContestScreened,
            News::ContestAppealWaiting => Self::ContestAppealWaiting,
            News::ContestAppealDecided => Self::ContestAppealDecided,
            News::ContestCancelled => Self::ContestCancelled,
            News::ContestJudgeAppointed => Self::ContestJudgeAppointed,
            News::ContestReviewAssigned => Self::ContestReviewAssigned,
            News::ContestReviewerMissing => Self::ContestReviewerMissing,
            News::ContestBallotsHeld => Self::ContestBallotsHeld,
            News::ContestBallotRejected => Self::ContestBallotRejected,
            News::ContestBallotAppealDecided => Self::ContestBallotAppealDecided,
            News::ContestObjectionWaiting => Self::ContestObjectionWaiting,
            News::ContestObjectionDecided => Self::ContestObjectionDecided,
            News::ContestDisqualified => Self::ContestDisqualified,
            News::ContestReinstated => Self::ContestReinstated,
            News::ContestPrizeWon => Self::ContestPrizeWon,
            News::ContestPrizePassed => Self::ContestPrizePassed,
            News::ContestFinal => Self::ContestFinal,
        }
    }
}

/// The idea a notification is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdeaRefBody {
    pub id: Uuid,
    #[schema(example = "다크 모드를 넣어 주세요")]
    pub title: String,
}

/// The entry of the changelog a notification is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangelogEntryRefBody {
    pub id: Uuid,
    #[schema(example = "다크 모드가 나왔어요")]
    pub title: String,
}

/// Something you were told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationBody {
    /// That of what happened.
    id: Uuid,
    kind: NewsName,
    /// Of an idea, a panel or a contest: the others are null.
    idea: Option<IdeaRefBody>,
    /// Of the idea.
    board: Option<BoardRefBody>,
    panel: Option<PanelRefBody>,
    contest: Option<ContestRefBody>,
    /// Where the news is that the idea stands in the changelog: the entry. It is told once, also where several of your
    /// ideas stand there.
    changelog_entry: Option<ChangelogEntryRefBody>,
    /// The key of the status the idea came to, where that is the news.
    #[schema(example = "planned")]
    to_status: Option<String>,
    #[schema(example = "다음 분기에 시작합니다.")]
    reason: Option<String>,
    created_at: DateTime<Utc>,
    /// Null while unread.
    read_at: Option<DateTime<Utc>>,
}

impl NotificationBody {
    fn new(told: Notification, boards: &HashMap<BoardId, BoardRefBody>) -> Self {
        let (idea, board, panel, contest) = match told.about {
            About::Idea { id, title, board } => {
                let board = boards.get(&board).cloned().unwrap_or_else(BoardRefBody::nowhere);
                (Some(IdeaRefBody { id: id.uuid(), title }), Some(board), None, None)
            }
            About::Panel { id, title } => (None, None, Some(PanelRefBody { id: id.uuid(), title }), None),
            About::Contest { id, title } => (None, None, None, Some(ContestRefBody { id: id.uuid(), title })),
        };
        Self {
            id: told.id,
            kind: told.news.into(),
            idea,
            board,
            panel,
            contest,
            changelog_entry: told.entry.map(|(id, title)| ChangelogEntryRefBody { id: id.uuid(), title }),
            to_status: told.to_status,
            reason: told.reason,
            created_at: told.at,
            read_at: told.read_at,
        }
    }
}

/// How many were marked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadAllBody {
    #[schema(minimum = 0)]
    read: usize,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListNotificationsQuery {
    /// Only what you have not read.
    #[serde(default)]
    unread: bool,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// List what you were told, latest first
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(ListNotificationsQuery),
    responses((status = 200, body = Listing<NotificationBody>)))]
#[get("/v1/me/notifications")]
async fn list_notifications(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<ListNotificationsQuery>,
) -> Result<Reply<Listing<NotificationBody>>, Failure> {
    let limit = limit(query.limit)?;
    let list = ListName::of(&["notifications", &me.member.to_string(), &query.unread.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let which = if query.unread { Which::Unread } else { Which::Every };
    let (page, names) = app
        .read(&me.caller, move |tx, actor| {
            let seen = boards::visible(tx, actor)?;
            let names: HashMap<BoardId, BoardRefBody> =
                seen.iter().map(|seen| (seen.board.id, BoardRefBody::from(&seen.board))).collect();
            let ids = seen.iter().map(|seen| seen.board.id).collect::<Vec<_>>();
            Ok((notifications::list(tx, actor, &ids, which, after, limit)?, names))
        })
        .await?;
    let shown = |told| NotificationBody::new(told, &names);
    Ok(Reply::ok(&list.listing(&app.keys, page, None, shown)))
}

/// Mark a notification as read
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[put("/v1/me/notifications/{id}/read")]
async fn read_notification(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let at = app.stamp().at;
    mark(&app, &me, id, Some(at)).await
}

/// Mark a notification as unread
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/me/notifications/{id}/read")]
async fn unread_notification(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    mark(&app, &me, id, None).await
}

async fn mark(
    app: &App,
    me: &SignedIn,
    id: Uuid,
    read_at: Option<DateTime<Utc>>,
) -> Result<Reply<Nothing>, Failure> {
    let member = me.member;
    app.count(&me.caller, AloneWith::Nobody, move |tx, _| notifications::mark(tx, member, id, read_at))
        .await?;
    Ok(Reply::nothing())
}

/// Mark every notification as read
#[utoipa::path(tag = "Notifications", security(("bearer" = [])),
    responses((status = 200, body = ReadAllBody)))]
#[post("/v1/me/notifications/read-all")]
async fn read_all_notifications(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<Empty>,
) -> Result<Reply<ReadAllBody>, Failure> {
    let (member, at) = (me.member, app.stamp().at);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, _| {
        let read = notifications::mark_all(tx, member, at)?;
        Ok(Reply::ok(&ReadAllBody { read }))
    })
    .await
}
