//! Reports: sent by those who tried the product, and read by everybody who may see the panel.

mod bodies;
mod decisions;
mod ideas;
mod list;

use actix_web::{get, put, web};
use domain::{
    Actor, AttachmentId, ReportId, Stamp,
    attachments::{MOST_AT_A_PLACE, Place},
    events::ReportEvent,
    panels::{
        applications::Application,
        disclosure::Rules,
        missions::{Work, ensure_done, ensure_trying},
        reports::{Looked, Rating, Report, State, Words, concerns, look_through},
    },
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    attachments::{links::ensure_pictures, trials::of_reports},
    panels::{disclosure, missions, reports as rows},
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

pub use self::bodies::ReportSummary;
use self::bodies::{Reader, TrialReportBody};
use super::{
    applications::{own, own_alone},
    missions::trial_of,
    posts::PostBody,
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    attachments::{AttachmentBody, attach, each_in_order},
    body::{Json, PathId},
    error::Failure,
    reply::Reply,
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(send_report).service(get_own_report).service(get_report);
    list::routes(to);
    decisions::routes(to);
    ideas::routes(to);
}

/// What somebody reports.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewTrialReportBody {
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "[협찬] 2주 동안 써 본 마당 이어폰")]
    title: String,
    /// Markdown.
    #[validate(length(min = 1, max = 20_000))]
    #[schema(
        min_length = 1,
        max_length = 20_000,
        example = "제품을 무상으로 제공받아 작성했습니다.\n\n소리가 **또렷**해요."
    )]
    body: String,
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(required = false, max_items = 10, example = json!(["소리가 또렷해요"]))]
    pros: Vec<String>,
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(required = false, max_items = 10, example = json!(["케이스가 커요"]))]
    cons: Vec<String>,
    #[schema(minimum = 1, maximum = 5, example = 4)]
    useful: i32,
    #[schema(minimum = 1, maximum = 5, example = 5)]
    usable: i32,
    #[schema(minimum = 1, maximum = 5, example = 3)]
    enjoyable: i32,
    /// Pictures of your own that were sent before, and those that stand there.
    #[serde(default)]
    #[validate(length(max = MOST_AT_A_PLACE))]
    #[schema(required = false, max_items = 10)]
    attachment_ids: Vec<Uuid>,
    /// What you wrote of the product elsewhere.
    #[serde(default)]
    #[validate(length(max = 10), nested)]
    #[schema(required = false, max_items = 10)]
    external_posts: Vec<PostBody>,
}

impl NewTrialReportBody {
    fn told(self) -> Result<Told, Failure> {
        let pictures = each_in_order(&self.attachment_ids);
        let posts = (0..).zip(&self.external_posts);
        let posts = posts.map(|(nth, post)| post.post(&format!("/external_posts/{nth}")));
        let words = Words {
            title: self.title,
            body: self.body,
            pros: self.pros,
            cons: self.cons,
            posts: posts.collect::<Result<_, _>>()?,
        };
        let rating = Rating::new([self.useful, self.usable, self.enjoyable]);
        Ok(Told {
            words: words.checked().map_err(|(pointer, fault)| Failure::field(pointer, fault))?,
            rating: rating.map_err(|(name, fault)| Failure::field(format!("/{name}"), fault))?,
            pictures,
        })
    }
}

/// The texts of a report as the rules see them now.
fn looked(rules: &Rules, words: &Words, works: &[Work]) -> Vec<Looked> {
    look_through(rules, words, works.iter().filter_map(|work| work.done.post.as_ref()))
}

fn is_disclosed(looked: &[Looked]) -> bool {
    looked.iter().all(|looked| looked.findings.is_empty())
}

/// Looks through the report of an application again, where something changed that belongs to it.
pub(super) fn look_again(tx: &mut AnyConnection, application: &Application) -> Rows<()> {
    let Some(report) = rows::of_application(tx, application.id)? else { return Ok(()) };
    let works = missions::of(tx, application.id)?;
    let disclosed = is_disclosed(&looked(&disclosure::find(tx)?.rules, &report.words, &works));
    match disclosed == report.disclosed {
        true => Ok(()),
        false => rows::keep_look(tx, report.id, disclosed),
    }
}

/// The report as it is answered wherever it changes, with what of it is for its author and staff alone.
fn shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: ReportId,
    showing: Showing,
) -> Rows<Reply<TrialReportBody>> {
    let (read, panel) = rows::find(tx, actor, id)?;
    let whose = match concerns(actor, read.author) {
        true => {
            let works = missions::of(tx, read.report.application_id)?;
            Reader::Concerned(looked(&disclosure::find(tx)?.rules, &read.report.words, &works))
        }
        false => Reader::Anybody,
    };
    let ideas = rows::ideas::of_report(tx, actor, id)?;
    let pictures = of_reports(tx, &[id])?.remove(&Place::Report(id)).unwrap_or_default();
    let version = read.report.version;
    let pictures = AttachmentBody::list(pictures, &showing.links, actor);
    let body = TrialReportBody::new(read, &panel, pictures, whose).with(ideas, showing);
    Ok(Reply::ok(&body).tagged(version))
}

/// What was sent, ready to be kept.
#[derive(Clone)]
struct Told {
    words: Words,
    rating: Rating,
    pictures: Vec<AttachmentId>,
}

/// Keeps what was sent. The same again, while staff look at it, is no new report.
fn keep(
    tx: &mut AnyConnection,
    actor: &Actor,
    stamp: &Stamp,
    application: &Application,
    (told, disclosed): (&Told, bool),
) -> Rows<ReportId> {
    let Told { words, rating, pictures } = told.clone();
    let attached = |tx: &mut AnyConnection, id| attach(tx, stamp, Place::Report(id), Some(&pictures), actor);
    let Some(before) = rows::of_application(tx, application.id)? else {
        let new = Report {
            id: stamp.id(0),
            application_id: application.id,
            panel_id: application.panel_id,
            words,
            rating,
            disclosed,
            asked: None,
            first_sent_at: stamp.at,
            sent_at: stamp.at,
            accepted: None,
            version: 1,
        };
        rows::insert(tx, stamp, &new)?;
        attached(tx, new.id)?;
        return Ok(new.id);
    };
    let (id, moved) = (before.id, attached(tx, before.id)?);
    let same = !moved && (&before.words, before.rating) == (&words, rating);
    if same && before.state() == State::Sent {
        rows::keep_look(tx, id, disclosed)?;
    } else {
        let after = Report { disclosed, ..before.sent_anew(words, rating, stamp.at)? };
        rows::update(tx, stamp, &after, ReportEvent::SentAnew)?;
    }
    Ok(id)
}

/// Send a report
///
/// By who has a confirmed seat and the product, once the required missions are done: as often as one likes until staff accept it or
/// ask for a revision, and then once more. `review.texts` says where the interest is not stated as it has to be; a report with such a
/// text is taken, and nobody else is shown it before it is mended. Nothing is fetched from the web.
#[utoipa::path(tag = "Trials", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewTrialReportBody,
    responses((status = 200, body = TrialReportBody),
        (status = 409, description = "no_seat, panel_phase, not_delivered, report_accepted, revision_sent"),
        (status = 422, description = "missions_missing")))]
#[put("/v1/applications/{id}/report")]
async fn send_report(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    Json(body): Json<NewTrialReportBody>,
) -> Result<Reply<TrialReportBody>, Failure> {
    let (stamp, told) = (app.stamp(), body.told()?);
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (application, panel, _) = own_alone(tx, actor, id.into())?;
        let trial = trial_of(tx, application.id)?;
        ensure_trying(&panel, &application, &trial, stamp.at)?;
        let works = missions::of(tx, application.id)?;
        ensure_done(&panel.terms, &works)?;
        ensure_pictures(tx, &told.pictures)?;
        let disclosed = is_disclosed(&looked(&disclosure::find(tx)?.rules, &told.words, &works));
        let report = keep(tx, actor, &stamp, &application, (&told, disclosed))?;
        shown(tx, actor, report, showing)
    })
    .await
}

/// Read one's own report
#[utoipa::path(tag = "Trials", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = TrialReportBody)))]
#[get("/v1/applications/{id}/report")]
async fn get_own_report(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
) -> Result<Reply<TrialReportBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        let (application, ..) = own(tx, actor, id.into())?;
        let report = rows::of_application(tx, application.id)?.ok_or(Error::Missing)?;
        shown(tx, actor, report.id, showing)
    })
    .await
}

/// Read a report
///
/// Before it is published its author and staff may.
#[utoipa::path(tag = "Trials", params(("id" = Uuid, Path)), responses((status = 200, body = TrialReportBody), (status = 304)))]
#[get("/v1/reports/{id}")]
async fn get_report(
    app: web::Data<App>,
    caller: Caller,
    showing: Showing,
    PathId(id): PathId,
) -> Result<Reply<TrialReportBody>, Failure> {
    app.read(&caller, move |tx, actor| shown(tx, actor, id.into(), showing)).await
}
