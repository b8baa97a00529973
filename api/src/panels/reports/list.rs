//! The reports of a panel: what everybody may read, and what staff have to look at.

use actix_web::{get, web};
use domain::{
    Actor, PanelId, ReportId, access::Permission, attachments::Place, page, panels::reports::State,
};
use persistence::{
    AnyConnection, Result as Rows,
    attachments::trials::of_reports,
    panels::{
        self,
        reports::list::{self, Which},
    },
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::bodies::{Reader, TrialReportBody};
use crate::{
    actor::{Caller, RequestId},
    app::App,
    attachments::AttachmentBody,
    audit::Act,
    body::{PathId, Query},
    error::Failure,
    page::{ListName, Listing, limit},
    reply::Reply,
    routes::Routes,
    showing::Showing,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_reports);
}

/// Which reports staff look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WantedState {
    All,
    Sent,
    RevisionRequested,
    Accepted,
}

impl From<WantedState> for Which {
    fn from(wanted: WantedState) -> Self {
        match wanted {
            WantedState::All => Self::All,
            WantedState::Sent => Self::In(State::Sent),
            WantedState::RevisionRequested => Self::In(State::RevisionRequested),
            WantedState::Accepted => Self::In(State::Accepted),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportsQuery {
    /// For those who run panels: all, or those in a state, with the names of their authors. Without it, what everybody may read.
    state: Option<WantedState>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// List the reports of a panel, the newest first
///
/// Those that were accepted and say who paid for them; with `state`, staff see the others too.
#[utoipa::path(tag = "Trials", params(("id" = Uuid, Path), ReportsQuery),
    responses((status = 200, body = Listing<TrialReportBody>)))]
#[get("/v1/panels/{id}/reports")]
async fn list_reports(
    app: web::Data<App>,
    caller: Caller,
    request: RequestId,
    showing: Showing,
    PathId(id): PathId,
    Query(query): Query<ReportsQuery>,
) -> Result<Reply<Listing<TrialReportBody>>, Failure> {
    let act = Act::new("list_reports", Some(request.0), app.stamp().at);
    let which = query.state.map_or(Which::Published, Which::from);
    let list = ListName::of(&["reports", &id.to_string(), &format!("{which:?}")]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let wanted = Wanted { panel: id.into(), which, after, limit: limit(query.limit)?, showing };
    let page = match which {
        Which::Published => app.read(&caller, move |tx, actor| wanted.read(tx, actor)).await?,
        Which::All | Which::In(_) => app.look(&caller, move |tx, actor| wanted.look(tx, actor, &act)).await?,
    };
    Ok(Reply::ok(&list.listing(&app.keys, page, None, |body| body)))
}

/// A page of the reports of a panel.
#[derive(Clone, Copy)]
struct Wanted {
    panel: PanelId,
    which: Which,
    after: Option<page::Place>,
    limit: page::Limit,
    showing: Showing,
}

impl Wanted {
    fn read(&self, tx: &mut AnyConnection, actor: &Actor) -> Rows<page::Page<TrialReportBody>> {
        let panel = panels::find(tx, actor, self.panel)?;
        let page = list::list(tx, panel.id, self.which, self.after, self.limit)?;
        let ids: Vec<ReportId> = page.items.iter().map(|read| read.report.id).collect();
        let mut pictures = of_reports(tx, &ids)?;
        Ok(page.map(|read| {
            let stand = pictures.remove(&Place::Report(read.report.id)).unwrap_or_default();
            let reader = if self.which == Which::Published { Reader::Anybody } else { Reader::Staff };
            let stand = AttachmentBody::list(stand, &self.showing.links, actor);
            TrialReportBody::new(read, &panel, stand, reader)
        }))
    }

    /// The same for staff, who see of whom they read.
    fn look(&self, tx: &mut AnyConnection, actor: &Actor, act: &Act) -> Rows<page::Page<TrialReportBody>> {
        actor.ensure(Permission::ManagePanels)?;
        let page = self.read(tx, actor)?;
        let of = page.items.iter().filter_map(TrialReportBody::author);
        act.look(tx, actor, Some(self.panel.uuid()), of)?;
        Ok(page)
    }
}
