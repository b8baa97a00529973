//! Missions: what is asked of those who try the product, and what they hand in.

use actix_web::{HttpRequest, get, put, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ApplicationId, WorkId,
    access::Permission,
    attachments::{Attachment, MOST_AT_A_PLACE, Place},
    panels::{
        Panel,
        applications::Application,
        disclosure::Rules,
        missions::{Mission, MissionKind, Sent, Work, ensure_trying},
        posts::Page,
        trials::Trial,
    },
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    attachments::{links::ensure_pictures, trials::of_works},
    panels::{self, applications, disclosure, missions, trials},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    applications::{answers_of, own, own_alone},
    posts::{DisclosureFindingBody, PostBody},
    reports::look_again,
};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::{AttachmentBody, attach, each_in_order, links::Links},
    body::{Json, PathId, field, present},
    error::Failure,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_missions).service(do_mission);
}

/// What is handed in for a mission, by its kind: `answers` for `questions`, `attachment_ids` for `photo`, `url` for `video`, `text` for
/// `diary`, `post` for `post`. A text may go with any, and pictures with a diary.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "이틀째: 출근길에 써 보니 소음이 확 줄었어요." }))]
pub struct NewWorkBody {
    /// Answers by the key of their question.
    #[serde(default, deserialize_with = "present")]
    #[schema(required = false, nullable = false, value_type = Object, example = json!({ "hours": 3 }))]
    answers: Option<Map<String, Value>>,
    /// Pictures of your own that were sent before, and those that stand there.
    #[serde(default)]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, max_items = 10)]
    attachment_ids: Vec<Uuid>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 1_000))]
    #[schema(
        required = false,
        nullable = false,
        max_length = 1_000,
        example = "https://youtu.be/dQw4w9WgXcQ"
    )]
    url: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 10_000))]
    #[schema(
        required = false,
        nullable = false,
        max_length = 10_000,
        example = "이틀째: 소음이 확 줄었어요."
    )]
    text: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(required = false, nullable = false, value_type = PostBody)]
    post: Option<PostBody>,
}

impl NewWorkBody {
    fn sent(self) -> Result<Sent, Failure> {
        Ok(Sent {
            answers: self.answers.map(answers_of).transpose()?,
            pictures: self.attachment_ids.len(),
            url: self.url.as_deref().map(|url| field("/url", Page::try_from(url))).transpose()?,
            text: self.text,
            post: self.post.map(|post| post.post("/post")).transpose()?,
        })
    }
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissionKindName {
    Questions,
    Photo,
    Video,
    Diary,
    Post,
}

impl From<MissionKind> for MissionKindName {
    fn from(kind: MissionKind) -> Self {
        match kind {
            MissionKind::Questions => Self::Questions,
            MissionKind::Photo => Self::Photo,
            MissionKind::Video => Self::Video,
            MissionKind::Diary => Self::Diary,
            MissionKind::Post => Self::Post,
        }
    }
}

/// A mission of a panel, as it stands with one who tries the product.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionBody {
    #[schema(example = "first_week")]
    key: String,
    #[schema(example = "첫 주의 일기")]
    title: String,
    kind: MissionKindName,
    /// Whether a report is taken only once it is done.
    required: bool,
    /// From when it may be done; null before the product has come.
    opens_at: Option<DateTime<Utc>>,
    /// Until when it is on time.
    closes_at: Option<DateTime<Utc>>,
    /// Null before anything was handed in.
    done: Option<WorkBody>,
}

/// What was handed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkBody {
    /// Answers by the key of their question.
    #[schema(value_type = Object, example = json!({ "hours": 3 }))]
    answers: Value,
    url: Option<String>,
    #[schema(example = "이틀째: 소음이 확 줄었어요.")]
    text: Option<String>,
    post: Option<PostBody>,
    /// What of the post is not as it has to be.
    findings: Vec<DisclosureFindingBody>,
    attachments: Vec<AttachmentBody>,
    /// By which it is on time: what is mended later makes nobody late.
    first_done_at: DateTime<Utc>,
    done_at: DateTime<Utc>,
    on_time: bool,
}

/// The missions of a panel, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionsBody {
    items: Vec<MissionBody>,
}

/// What a work is shown with.
struct With<'a> {
    delivered_at: Option<DateTime<Utc>>,
    rules: &'a Rules,
    links: &'a Links,
    actor: &'a Actor,
}

impl MissionBody {
    fn new(mission: &Mission, work: Option<(Work, Vec<Attachment>)>, with: &With<'_>) -> Self {
        let on =
            |day: fn(&Mission, DateTime<Utc>) -> DateTime<Utc>| with.delivered_at.map(|at| day(mission, at));
        Self {
            key: mission.key.clone(),
            title: mission.title.clone(),
            kind: mission.kind.into(),
            required: mission.required,
            opens_at: on(Mission::opens_at),
            closes_at: on(Mission::closes_at),
            done: work.map(|(work, pictures)| WorkBody::new(mission, work, pictures, with)),
        }
    }
}

impl WorkBody {
    fn new(mission: &Mission, work: Work, pictures: Vec<Attachment>, with: &With<'_>) -> Self {
        let on_time = with.delivered_at.is_some_and(|at| work.is_on_time(mission, at));
        let look = |post: &domain::panels::posts::Post| with.rules.check(&post.title, &post.beginning);
        let findings = work.done.post.as_ref().map(look).unwrap_or_default();
        Self {
            answers: serde_json::to_value(&work.done.answers).unwrap_or_default(),
            url: work.done.url.map(|url| url.as_str().to_owned()),
            text: work.done.text,
            post: work.done.post.map(PostBody::from),
            findings: DisclosureFindingBody::list(findings),
            attachments: AttachmentBody::list(pictures, with.links, with.actor),
            first_done_at: work.first_done_at,
            done_at: work.done_at,
            on_time,
        }
    }
}

/// Whose missions they are, and all of them.
fn shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    (application, panel): (&Application, &Panel),
    links: &Links,
) -> Rows<Vec<MissionBody>> {
    let trial = trial_of(tx, application.id)?;
    let rules = disclosure::find(tx)?.rules;
    let mut works = missions::of(tx, application.id)?;
    let ids: Vec<WorkId> = works.iter().map(|work| work.id).collect();
    let mut pictures = of_works(tx, &ids)?;
    let with = With { delivered_at: trial.delivered_at, rules: &rules, links, actor };
    let mission = |mission: &Mission| {
        let place = works.iter().position(|work| work.mission == mission.key);
        let work = place.map(|place| works.swap_remove(place)).map(|work| {
            let pictures = pictures.remove(&Place::Work(work.id)).unwrap_or_default();
            (work, pictures)
        });
        MissionBody::new(mission, work, &with)
    };
    Ok(panel.terms.missions.iter().map(mission).collect())
}

pub(super) fn trial_of(tx: &mut AnyConnection, application: ApplicationId) -> Rows<Trial> {
    trials::of_one(tx, application)
}

/// List the missions of an application, and what was done for them
///
/// For the one whose it is, and for staff.
#[utoipa::path(tag = "Trials", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = MissionsBody)))]
#[get("/v1/applications/{id}/missions")]
async fn list_missions(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
) -> Result<Reply<MissionsBody>, Failure> {
    let act = app.act(&me, "list_missions");
    app.look(&me.caller, move |tx, actor| {
        let application = applications::find(tx, id.into())?;
        let is_own = application.member_id == Some(actor.ensure_member()?);
        let panel = match is_own {
            true => own(tx, actor, application.id)?.1,
            false if actor.ensure(Permission::ManagePanels).is_ok() => {
                act.look(tx, actor, Some(id), application.member_id.map(|id| id.uuid()))?;
                panels::find(tx, actor, application.panel_id)?
            }
            false => return Err(Error::Missing),
        };
        Ok(Reply::ok(&MissionsBody { items: shown(tx, actor, (&application, &panel), &links)? }))
    })
    .await
}

/// Hand something in for a mission
///
/// From its day on, as often as one likes until the report is accepted, in place of what was handed in before. What comes late is
/// taken, and says so.
#[utoipa::path(tag = "Trials", security(("bearer" = [])), request_body = NewWorkBody,
    params(("id" = Uuid, Path), ("key" = String, Path, description = "Of the mission")),
    responses((status = 200, body = MissionBody),
        (status = 409, description = "no_seat, panel_phase, not_delivered, mission_not_open, report_accepted")))]
#[put("/v1/applications/{id}/missions/{key}")]
async fn do_mission(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    request: HttpRequest,
    Json(body): Json<NewWorkBody>,
) -> Result<Reply<MissionBody>, Failure> {
    let (stamp, pictures) = (app.stamp(), each_in_order(&body.attachment_ids));
    let (sent, key) = (body.sent()?, request.match_info().query("key").to_owned());
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (application, panel, _) = own_alone(tx, actor, id.into())?;
        let mission = panel.terms.mission(&key).ok_or(Error::Missing)?;
        let trial = trial_of(tx, application.id)?;
        let delivered_at = ensure_trying(&panel, &application, &trial, stamp.at)?;
        let done = mission.take(sent.clone(), delivered_at, stamp.at)?;
        ensure_pictures(tx, &pictures)?;
        let work = missions::put(tx, &stamp, &application, (&key, &done))?;
        attach(tx, &stamp, Place::Work(work), Some(&pictures), actor)?;
        look_again(tx, &application)?;
        let all = shown(tx, actor, (&application, &panel), &links)?;
        all.iter().find(|shown| shown.key == key).map(Reply::ok).ok_or(Error::Missing)
    })
    .await
}
