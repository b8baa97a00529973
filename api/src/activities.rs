//! Activity: the timeline of an idea.

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::answers::Happening;
use persistence::{
    activities::{self, Activity, Depth},
    ideas,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    actor::Caller,
    app::App,
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    ideas::AuthorBody,
    page::{ListName, Listing, limit},
    reply::Reply,
    responses::author,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_activity);
}

/// What happened to an idea.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HappeningName {
    StatusChanged,
    Responded,
    Edited,
    /// Into another idea.
    Merged,
    Unmerged,
    /// Another idea into this one.
    Absorbed,
    /// The other idea is on its own again.
    Released,
    Pinned,
    Unpinned,
    Locked,
    Unlocked,
    /// For staff alone: owner, due date or the marks it is ranked by.
    Triaged,
    /// In an entry of the changelog.
    Announced,
}

impl From<Happening> for HappeningName {
    fn from(happening: Happening) -> Self {
        match happening {
            Happening::StatusChanged => Self::StatusChanged,
            Happening::Responded => Self::Responded,
            Happening::Edited => Self::Edited,
            Happening::Merged => Self::Merged,
            Happening::Unmerged => Self::Unmerged,
            Happening::Absorbed => Self::Absorbed,
            Happening::Released => Self::Released,
            Happening::Pinned => Self::Pinned,
            Happening::Unpinned => Self::Unpinned,
            Happening::Locked => Self::Locked,
            Happening::Unlocked => Self::Unlocked,
            Happening::Triaged => Self::Triaged,
            Happening::Announced => Self::Announced,
        }
    }
}

/// An entry of an idea's timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityBody {
    id: Uuid,
    kind: HappeningName,
    /// Null when the platform did it.
    by: Option<AuthorBody>,
    #[schema(example = "open")]
    from_status: Option<String>,
    #[schema(example = "planned")]
    to_status: Option<String>,
    #[schema(example = "다음 분기에 시작합니다.")]
    reason: Option<String>,
    #[schema(example = "too_costly")]
    decline_reason: Option<String>,
    /// The other idea of a merge.
    other_idea_id: Option<Uuid>,
    /// The version that came of an edit or a response.
    version: Option<i32>,
    /// The entry of the changelog it was announced in.
    changelog_entry_id: Option<Uuid>,
    /// How many stood behind the idea then; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 0)]
    supporters: Option<i64>,
    /// How many of them were told; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 0)]
    told: Option<i64>,
    /// Whether only staff sees the entry.
    internal: bool,
    created_at: DateTime<Utc>,
}

/// Read what happened to an idea, latest first
#[utoipa::path(tag = "Ideas", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Listing<ActivityBody>)))]
#[get("/v1/ideas/{id}/activity")]
async fn list_activity(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<ActivityBody>>, Failure> {
    let limit = limit(query.limit)?;
    let list = ListName::of(&["activity", &id.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let (page, staff) = app
        .read(&caller, move |tx, actor| {
            let (idea, _) = ideas::find(tx, actor, id.into())?;
            let depth = if actor.is_staff() { Depth::Internal } else { Depth::Public };
            Ok((activities::list(tx, actor, idea.id, depth, after, limit)?, actor.is_staff()))
        })
        .await?;
    Ok(Reply::ok(&list.listing(&app.keys, page, None, |entry| shown(entry, staff))))
}

fn shown(entry: Activity, staff: bool) -> ActivityBody {
    ActivityBody {
        id: entry.id,
        kind: entry.happening.into(),
        by: entry.by.map(author),
        from_status: entry.from_status,
        to_status: entry.to_status,
        reason: entry.reason,
        decline_reason: entry.decline_reason,
        other_idea_id: entry.other.map(domain::IdeaId::uuid),
        version: entry.version,
        changelog_entry_id: entry.entry.map(domain::ChangelogEntryId::uuid),
        supporters: entry.supporters.filter(|_| staff),
        told: entry.told.filter(|_| staff),
        internal: entry.internal,
        created_at: entry.at,
    }
}
