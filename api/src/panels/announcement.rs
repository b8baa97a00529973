//! The announcement: who was chosen, for everybody to read, with names that only their owners know.

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use domain::{
    draws::proof::Replacement,
    panels::{Barred, Panel},
};
use persistence::{
    Error,
    panels::{
        self,
        announcement::{self, Announcement, Named},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{actor::Caller, app::App, body::PathId, error::Failure, reply::Reply, routes::Routes};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_panel_announcement);
}

/// Somebody who was chosen or waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnouncedBody {
    /// The first and the last letter; none once the person is forgotten.
    #[schema(example = "홍*동")]
    name: Option<String>,
    /// Under which they stand in the draw.
    #[schema(pattern = "^[0-9a-f]{32}$", example = "0bea8c6aeb401bb8186c636651c2a97e")]
    ticket: String,
}

/// A seat that was left since.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatTakenBody {
    #[schema(pattern = "^[0-9a-f]{32}$", example = "0bea8c6aeb401bb8186c636651c2a97e")]
    left: String,
    /// None where nobody could take it.
    #[schema(pattern = "^[0-9a-f]{32}$", example = "6f0f0bb4b5d2c1a7fd2f2e7a3a1f6a2f")]
    taken_by: Option<String>,
}

/// Who was chosen for a panel.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnouncementBody {
    /// When everybody could know.
    announced_at: DateTime<Utc>,
    #[schema(example = 50, minimum = 1)]
    seats: u32,
    /// In the order in which they were drawn, came, or were scored.
    chosen: Vec<AnnouncedBody>,
    /// In the order of their places, as it was then.
    waitlist: Vec<AnnouncedBody>,
    /// In the order in which the seats were left.
    replacements: Vec<SeatTakenBody>,
    /// Where the proof of the draw is; none where nothing was drawn.
    #[schema(example = "/v1/panels/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d/draw")]
    proof: Option<String>,
}

impl From<Named> for AnnouncedBody {
    fn from(named: Named) -> Self {
        Self { name: named.name, ticket: named.ticket.to_string() }
    }
}

impl From<Replacement> for SeatTakenBody {
    fn from(made: Replacement) -> Self {
        let taken_by = made.taken_by.map(|ticket| ticket.to_string());
        Self { left: made.left.to_string(), taken_by }
    }
}

impl AnnouncementBody {
    fn new(panel: &Panel, announced: Announcement) -> Self {
        let at = panel.terms.schedule.announce_at;
        Self {
            announced_at: panel.marks.announced_at.map_or(at, |released| released.max(at)),
            seats: panel.terms.seats,
            chosen: announced.chosen.into_iter().map(Into::into).collect(),
            waitlist: announced.waitlist.into_iter().map(Into::into).collect(),
            replacements: announced.replacements.into_iter().map(Into::into).collect(),
            proof: panel.is_drawn().then(|| format!("/v1/panels/{}/draw", panel.id)),
        }
    }
}

/// Read who was chosen
///
/// For everybody, once the result is out. Names are masked; who knows a ticket knows whose line it is.
#[utoipa::path(tag = "Panels", params(("id" = Uuid, Path)),
    responses((status = 200, body = AnnouncementBody), (status = 409, description = "panel_phase")))]
#[get("/v1/panels/{id}/announcement")]
async fn get_panel_announcement(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<AnnouncementBody>, Failure> {
    let (now, state) = (app.config.clock.now(), app.clone());
    // Thousands read it in the minute in which it comes out.
    let make = async move {
        let read = state.read(&caller, move |tx, actor| {
            let panel = panels::find(tx, actor, id.into())?;
            match panel.is_announced(now) {
                true => Ok(AnnouncementBody::new(&panel, announcement::of(tx, &panel)?)),
                false => Err(Error::Refused(Barred::Phase(panel.phase(now)).into())),
            }
        });
        Ok(Reply::ok(&read.await?))
    };
    app.pages.get(&caller, format!("/v1/panels/{id}/announcement"), make).await
}
