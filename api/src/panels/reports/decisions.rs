//! What staff do with a report: accept it, or ask once for a better one. There is no third way.

use actix_web::{post, web};
use domain::{
    Actor, ReportId,
    access::Permission,
    events::ReportEvent,
    panels::{
        Panel,
        reports::{Accepted, Asked, MOST_NOTE, Report, SILENT_DAYS},
    },
    text::{Lines, clean},
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    panels::{self, reports as rows},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    bodies::{RevisionReason, TrialReportBody},
    shown,
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, field},
    error::Failure,
    once::{Empty, Post},
    reply::Reply,
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(accept_report).service(request_revision);
}

/// What staff ask for.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewRevisionBody {
    reason: RevisionReason,
    /// What its author is to do.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "제목이나 첫 줄에 [협찬]을 적어 주세요.")]
    note: String,
}

/// The report as it is and its panel, for those who run panels.
fn found(tx: &mut AnyConnection, actor: &Actor, id: ReportId) -> Rows<(Report, Panel)> {
    actor.ensure(Permission::ManagePanels)?;
    let (read, panel) = rows::find(tx, actor, id)?;
    Ok((read.report, panel))
}

/// Accept a report
///
/// Again, it changes nothing. After seven working days without a word from staff it is done for them. A report that does not say who paid
/// for it is 409 `undisclosed` until a revision was asked for; accepted after that, it stays between its author and staff.
#[utoipa::path(tag = "Trials", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = TrialReportBody), (status = 409, description = "undisclosed")))]
#[post("/v1/reports/{id}/accept")]
async fn accept_report(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<TrialReportBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "accept_report"));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        // Its author may be changing it just now.
        let (report, _) = found(tx, actor, id.into())?;
        panels::be_alone_with(tx, report.panel_id)?;
        let (before, _) = found(tx, actor, id.into())?;
        let was = shown(tx, actor, before.id, showing)?;
        let accepted = Accepted { at: stamp.at, by: actor.member_id() };
        let after = before.clone().accepted(accepted)?;
        if after == before {
            return Ok(was);
        }
        rows::update(tx, &stamp, &after, ReportEvent::Accepted)?;
        let is = shown(tx, actor, after.id, showing)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}

/// Ask for a revision
///
/// Once for each report, while the panel goes on. That its author does not like the product is no reason. Who has not answered by
/// `review.revision.due_at`, seven working days later, has the report accepted as it was.
#[utoipa::path(tag = "Trials", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewRevisionBody,
    responses((status = 200, body = TrialReportBody),
        (status = 409, description = "report_accepted, revision_asked, panel_phase")))]
#[post("/v1/reports/{id}/request_revision")]
async fn request_revision(
    app: web::Data<App>,
    me: SignedIn,
    showing: Showing,
    PathId(id): PathId,
    post: Post<NewRevisionBody>,
) -> Result<Reply<TrialReportBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "request_revision"));
    let note = field("/note", clean(&post.body.note, 1, MOST_NOTE, Lines::Many))?;
    let due_at = app.config.promise.calendar.after(stamp.at, SILENT_DAYS);
    let asked = Asked { reason: post.body.reason.into(), note, at: stamp.at, due_at };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        // Its author may be changing it just now, or others close the panel.
        let (report, _) = found(tx, actor, id.into())?;
        panels::be_alone_with(tx, report.panel_id)?;
        let (before, panel) = found(tx, actor, id.into())?;
        let was = shown(tx, actor, before.id, showing)?;
        let after = before.asked(asked.clone(), &panel)?;
        rows::update(tx, &stamp, &after, ReportEvent::RevisionRequested)?;
        let is = shown(tx, actor, after.id, showing)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}
