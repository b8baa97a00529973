//! The lock: who may be drawn is fixed, and may be fixed anew before there is a number.

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    PanelId,
    access::Permission,
    digest,
    events::PanelEvent,
    panels::{Step, lock},
    text::{Lines, clean},
};
use persistence::{
    AloneWith,
    panels::{
        self, draws, nonces,
        voids::{self, VoidLock},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::{PanelBody, shown, steps::stepped};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::{PathId, field},
    error::Failure,
    once::{Empty, Post},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(lock_panel).service(unlock_panel).service(list_void_locks);
}

/// Why a lock is taken back.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UnlockBody {
    /// Everybody can read it.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000, example = "지역이 잘못 적힌 신청이 있어 바로잡습니다.")]
    reason: String,
}

/// The locks of a panel that were taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoidLocksBody {
    items: Vec<VoidLockBody>,
}

/// A lock that was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoidLockBody {
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "3d1f0bea8c6aeb401bb8186c636651c2a97e3d1f0bea8c6aeb401bb8186c6366"
    )]
    spec_hash: String,
    /// As it was hashed.
    #[schema(value_type = Object)]
    spec: Value,
    #[schema(example = "지역이 잘못 적힌 신청이 있어 바로잡습니다.")]
    reason: String,
    locked_at: DateTime<Utc>,
    voided_at: DateTime<Utc>,
}

impl From<VoidLock> for VoidLockBody {
    fn from(void: VoidLock) -> Self {
        Self {
            spec_hash: digest::hex(void.spec.hash()),
            spec: serde_json::to_value(&void.spec).unwrap_or_default(),
            reason: void.reason,
            locked_at: void.locked_at,
            voided_at: void.voided_at,
        }
    }
}

/// Fix who may be drawn
///
/// The pool, those who are not in it and why, the quotas and the source of the number are hashed; the hash is on the panel and in
/// every explanation. Then objections may be raised, and only after that may be drawn.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = PanelBody), (status = 409, description = "panel_phase, quotas_infeasible, nobody_hid_a_number"),
        (status = 422, description = "quota_check_too_complex")))]
#[post("/v1/panels/{id}/lock")]
async fn lock_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<PanelBody>, Failure> {
    let (id, stamp, act, held) = (PanelId::from(id), app.stamp(), app.act(&me, "lock_panel"), app.clone());
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        // Whoever is applying just now is waited for, and whoever comes after sees that it is locked.
        panels::be_alone_with(tx, id)?;
        let before = panels::find(tx, actor, id)?;
        let was = shown(tx, actor, &before, &held)?;
        let after = stepped(tx, before, Step::Lock, stamp)?;
        let candidates = draws::candidates(tx, &after, stamp.at)?;
        let commitments = nonces::commitments(tx, id)?;
        // A lock after one that was taken back is another draw.
        let name = match voids::count(tx, id)? {
            0 => id.to_string(),
            before => format!("{id}/{}", before + 1),
        };
        let locked = lock::lock(&after, &name, &candidates, &commitments)?;
        draws::lock(tx, &after, &locked, stamp.at)?;
        panels::update(tx, &stamp, &after, PanelEvent::Stepped(Step::Lock))?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id.uuid(), was.facts(), is)
    })
    .await
}

/// Take a lock back
///
/// While objections may be raised, so before the number of the draw can be known: the lock stays to be read, marked void, and the
/// panel can be locked anew. Numbers that people hid for it stay hidden for the next. Where the number comes from named sources, which
/// may be out already, the lock stays.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = UnlockBody,
    responses((status = 200, body = PanelBody), (status = 409, description = "panel_phase, objection_window_over, lock_stays")))]
#[post("/v1/panels/{id}/unlock")]
async fn unlock_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<UnlockBody>,
) -> Result<Reply<PanelBody>, Failure> {
    let (id, stamp, act, held) = (PanelId::from(id), app.stamp(), app.act(&me, "unlock_panel"), app.clone());
    let reason = field("/reason", clean(&post.body.reason, 1, 1_000, Lines::Many))?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        panels::be_alone_with(tx, id)?;
        let before = panels::find(tx, actor, id)?;
        let was = shown(tx, actor, &before, &held)?;
        let after = stepped(tx, before, Step::Unlock, stamp)?;
        voids::take_back(tx, id, &reason, stamp.at)?;
        panels::update(tx, &stamp, &after, PanelEvent::Stepped(Step::Unlock))?;
        let is = shown(tx, actor, &after, &held)?;
        act.keep(tx, actor, id.uuid(), was.facts(), is)
    })
    .await
}

/// Read the locks that were taken back
#[utoipa::path(tag = "Panels", params(("id" = Uuid, Path)), responses((status = 200, body = VoidLocksBody)))]
#[get("/v1/panels/{id}/void_locks")]
async fn list_void_locks(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<VoidLocksBody>, Failure> {
    app.read(&caller, move |tx, actor| {
        let panel = panels::find(tx, actor, id.into())?;
        let items = voids::list(tx, panel.id)?.into_iter().map(VoidLockBody::from).collect();
        Ok(Reply::ok(&VoidLocksBody { items }))
    })
    .await
}
