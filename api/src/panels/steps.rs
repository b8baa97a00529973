//! The steps staff take, and what follows from each: seats, and who hears of it.

use actix_web::{post, web};
use domain::{
    PanelId, SegmentId, Stamp,
    access::Permission,
    answers::News,
    events::PanelEvent,
    panels::{
        Panel, Step,
        planning::{self, Imagined},
        terms::Method,
        trials::ensure_over,
    },
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows, notifications,
    panels::{self, results, seats, strikes, trials},
};

use super::{PanelBody, shown};
use crate::{
    actor::SignedIn,
    app::App,
    body::PathId,
    error::Failure,
    once::{Empty, Post},
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(publish_panel)
        .service(close_panel_recruiting)
        .service(announce_panel)
        .service(close_panel)
        .service(cancel_panel);
}

/// What follows from a step, after which the panel is as said.
fn follow(tx: &mut AnyConnection, step: Step, panel: &Panel, stamp: &Stamp) -> Rows<()> {
    match step {
        Step::Announce => {
            if panel.terms.method == Method::Manual {
                seats::seat_by_score(tx, panel, stamp.at)?;
            }
            seats::give_time(tx, panel, stamp.at)
        }
        Step::Close => {
            ensure_over(&panel.terms, &trials::of_panel(tx, panel.id)?, stamp.at)?;
            // Whose time ended a moment ago, before the job looked.
            strikes::record_missed(tx, stamp, panel)?;
            results::tell_all(tx, stamp, panel.id)
        }
        Step::Cancel => notifications::panels::tell_applicants(tx, stamp, News::PanelCancelled, panel.id),
        Step::Publish | Step::CloseRecruiting | Step::Lock | Step::Unlock | Step::Draw => Ok(()),
    }
}

/// Takes a step that changes the panel alone.
async fn step(
    app: web::Data<App>,
    me: SignedIn,
    id: PanelId,
    (step, action, if_match): (Step, &'static str, IfMatch),
    post: Post<Empty>,
) -> Result<Reply<PanelBody>, Failure> {
    let (stamp, act, held) = (app.stamp(), app.act(&me, action), app.clone());
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        // Whoever is scoring or applying just now is waited for.
        panels::be_alone_with(tx, id)?;
        let before = panels::find(tx, actor, id)?;
        if_match.ensure(before.version)?;
        let was = shown(tx, actor, &before, &held)?;
        if step == Step::Publish {
            panels::disclosure::find(tx)?.rules.ensure_stated(&before.terms.disclosure)?;
        }
        let after = stepped(tx, before, step, stamp)?;
        follow(tx, step, &after, &stamp)?;
        panels::update(tx, &stamp, &after, PanelEvent::Stepped(step))?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id.uuid(), was.facts(), is)
    })
    .await
}

/// The panel after a step, as its next version.
pub(super) fn stepped(tx: &mut AnyConnection, before: Panel, step: Step, stamp: Stamp) -> Rows<Panel> {
    let (version, secret) = (before.version + 1, panels::secret(tx, before.id)?);
    let after = before.after(step, stamp.at, &secret)?;
    Ok(Panel { updated_at: stamp.at, version, ..after })
}

/// Publish a panel
///
/// Its terms are fixed and hashed: `rules_hash` is on every receipt. A `disclosure` that the rules find wanting is refused. Quotas of attributes that the members there are could not meet
/// are refused, with what to relax.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = PanelBody), (status = 409, description = "panel_phase, quotas_infeasible"),
        (status = 422, description = "quota_check_too_complex")))]
#[post("/v1/panels/{id}/publish")]
async fn publish_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    if_match: IfMatch,
    post: Post<Empty>,
) -> Result<Reply<PanelBody>, Failure> {
    let looked = app.read(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let terms = panels::find(tx, actor, id.into())?.terms;
        let quotas = planning::of_attributes(&terms);
        let segments: Vec<_> = terms.audience.segments.iter().copied().map(SegmentId::from).collect();
        let names: Vec<String> = quotas.keys().cloned().collect();
        let people = if names.is_empty() {
            Vec::new()
        } else {
            panels::population(tx, &segments, &names, &terms.bands)?
        };
        Ok((quotas, terms.seats, people))
    });
    let (quotas, seats, people) = looked.await?;
    if !quotas.is_empty() {
        let check = move || Imagined::new(seats, &quotas, &people).ensure_feasible();
        web::block(check).await.map_err(Failure::internal)??;
    }
    step(app, me, id.into(), (Step::Publish, "publish_panel", if_match), post).await
}

/// Close recruiting before its time
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = PanelBody), (status = 409, description = "panel_phase")))]
#[post("/v1/panels/{id}/close_recruiting")]
async fn close_panel_recruiting(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<PanelBody>, Failure> {
    step(app, me, id.into(), (Step::CloseRecruiting, "close_panel_recruiting", IfMatch::ANY), post).await
}

/// Announce the result
///
/// Everybody who applied learns what became of it and is told so, at `announce_at` or at once when that is past.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = PanelBody), (status = 409, description = "panel_phase")))]
#[post("/v1/panels/{id}/announce")]
async fn announce_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<PanelBody>, Failure> {
    step(app, me, id.into(), (Step::Announce, "announce_panel", IfMatch::ANY), post).await
}

/// Close a panel
///
/// Once nobody tries the product any more, and it was told what was learned; everybody who applied hears of that now.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = PanelBody), (status = 409, description = "panel_phase, trials_under_way, results_missing")))]
#[post("/v1/panels/{id}/close")]
async fn close_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<PanelBody>, Failure> {
    step(app, me, id.into(), (Step::Close, "close_panel", IfMatch::ANY), post).await
}

/// Cancel a panel
///
/// Everybody who applied is told.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = PanelBody), (status = 409, description = "panel_phase")))]
#[post("/v1/panels/{id}/cancel")]
async fn cancel_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<PanelBody>, Failure> {
    step(app, me, id.into(), (Step::Cancel, "cancel_panel", IfMatch::ANY), post).await
}
