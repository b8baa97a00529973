//! Applications in lists: those of a panel, for staff, and one's own.

use actix_web::{get, web};
use domain::{ApplicationId, PanelId, access::Permission};
use persistence::{
    Error, Result as Rows,
    panels::{
        self,
        applications::list::{self, Listed, Waiting},
        trials,
    },
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::super::{
    bodies::{ApplicationBody, Looks},
    strikes::Conduct,
};
use crate::{
    actor::SignedIn,
    app::App,
    boards::PageQuery,
    body::{PathId, Query},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_panel_applications).service(list_my_applications);
}

/// What staff have to decide.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    Excuse,
    Appeal,
}

impl From<WaitingFor> for Waiting {
    fn from(waiting: WaitingFor) -> Self {
        match waiting {
            WaitingFor::Excuse => Self::Excuse,
            WaitingFor::Appeal => Self::Appeal,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationsQuery {
    /// Only those of which this waits to be decided.
    waiting: Option<WaitingFor>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// List who applied to a panel, in the order in which they came
///
/// With `waiting`, those whose excuse or appeal staff have to decide about.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path), ApplicationsQuery),
    responses((status = 200, body = Listing<ApplicationBody>)))]
#[get("/v1/panels/{id}/applications")]
async fn list_panel_applications(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<ApplicationsQuery>,
) -> Result<Reply<Listing<ApplicationBody>>, Failure> {
    let (limit, now, act) = (limit(query.limit)?, app.stamp().at, app.act(&me, "list_panel_applications"));
    let waiting = query.waiting.map(Waiting::from);
    let name = ListName::of(&["applications", &id.to_string(), &format!("{waiting:?}")]);
    let after = name.place(&app.keys, query.cursor.as_deref())?;
    let page = app.look(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let panel = panels::find(tx, actor, id.into())?;
        let page = list::list(tx, panel.id, waiting, after, limit)?;
        let of = page.items.iter().filter_map(|listed| listed.application.member_id.map(|id| id.uuid()));
        act.look(tx, actor, Some(id), of)?;
        let ids: Vec<ApplicationId> = page.items.iter().map(|listed| listed.application.id).collect();
        let trials = trials::of(tx, &ids)?;
        let conduct = Conduct::of(tx, page.items.iter().map(|listed| &listed.application))?;
        Ok(page.map(|Listed { application, display_name }| {
            ApplicationBody::new(&application, &panel, Looks::Staff, display_name, now)
                .with(trials.get(&application.id), &panel)
                .with_conduct(&conduct, &application, &panel, now)
        }))
    });
    Ok(Reply::ok(&name.listing(&app.keys, page.await?, None, |body| body)))
}

/// List one's own applications, the newest first
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<ApplicationBody>)))]
#[get("/v1/me/applications")]
async fn list_my_applications(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<ApplicationBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.config.clock.now());
    let name = ListName::of(&["my applications"]);
    let after = name.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&me.caller, move |tx, actor| {
        let page = list::of_member(tx, actor.ensure_member()?, after, limit)?;
        let ids: Vec<ApplicationId> = page.items.iter().map(|application| application.id).collect();
        let trials = trials::of(tx, &ids)?;
        let conduct = Conduct::of(tx, page.items.iter())?;
        let of: Vec<PanelId> = page.items.iter().map(|application| application.panel_id).collect();
        let panels = panels::of_ids(tx, actor, &of)?;
        let shown = page.items.iter().map(|application| {
            let panel = panels.get(&application.panel_id).ok_or(Error::Missing)?;
            let body = ApplicationBody::new(application, panel, Looks::Applicant, None, now)
                .with(trials.get(&application.id), panel);
            Ok(body.with_conduct(&conduct, application, panel, now))
        });
        let items = shown.collect::<Rows<Vec<_>>>()?;
        Ok(domain::page::Page { items, next: page.next })
    });
    Ok(Reply::ok(&name.listing(&app.keys, page.await?, None, |body| body)))
}
