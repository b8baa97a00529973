//! Attachments: files sent, seen and taken away.

mod bodies;
mod download;
pub(crate) mod links;
pub(crate) mod upload;

use actix_web::{HttpRequest, delete, get, post, web};
use domain::{Actor, AttachmentId, Stamp, api_keys::Scope, attachments::Place};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    attachments::{self, links::put},
};

pub(crate) use self::bodies::{AttachmentBody, each_in_order};
use self::{
    bodies::UploadForm,
    download::{get_attachment_content, get_attachment_thumbnail, head_attachment_content},
    links::Links,
};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    audit::facts,
    body::PathId,
    error::{Code, Failure},
    once::Once,
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(create_attachment).service(get_attachment).service(delete_attachment);
    to.service(get_attachment_content).service(head_attachment_content);
    to.service(get_attachment_thumbnail);
}

/// Send a file
///
/// PNG, JPEG, WebP, GIF or PDF by its content, whatever it is called. Pictures are written anew, the right way up and
/// without anything but their pixels. Name its id in `attachment_ids` of an idea or a comment within a day.
#[utoipa::path(tag = "Attachments", security(("bearer" = [])),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachmentBody), (status = 408, description = "upload_too_slow"),
        (status = 409, description = "too_many_unlinked"),
        (status = 422, description = "file_not_accepted, picture_too_large")))]
#[post("/v1/attachments")]
async fn create_attachment(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Reply<AttachmentBody>, Failure> {
    ensure_may_upload(&app, &me.caller).await?;
    let upload = app.workshop.receive(&request, payload).await?;
    let once = Once::of_upload(&request, &me.caller, &upload.digest)?;
    let stamp = app.stamp();
    let prepared = app.workshop.prepare(&upload).await?;
    let new = prepared.store(&app, &stamp, me.member).await?;
    let id = new.id;
    let made = app.write_once(&me.caller, once, AloneWith::Nobody, move |tx, actor| {
        attachments::insert(tx, &stamp, &new)?;
        let body = AttachmentBody::new(new.clone(), &links, actor);
        Ok(Reply::created(&body, format!("/v1/attachments/{id}")))
    });
    settle(&app, id, made.await).await
}

/// Before the file is read, so that nobody sends in vain.
async fn ensure_may_upload(app: &App, caller: &Caller) -> Result<(), Failure> {
    let (caller, now) = (*caller, app.config.clock.now());
    let look = move |tx: &mut AnyConnection| {
        let actor = caller.actor(tx, now)?;
        actor.ensure_scope(Scope::Write)?;
        attachments::ensure_room(tx, actor.ensure_member()?)
    };
    Ok(app.db.read(look).await?)
}

/// Takes the bytes back where their row did not come, or had come before.
async fn settle<T>(
    app: &App,
    id: AttachmentId,
    made: Result<Reply<T>, Failure>,
) -> Result<Reply<T>, Failure> {
    let in_vain = match &made {
        Ok(reply) => reply.replayed,
        // Where the database failed the row may stand all the same; the sweep knows.
        Err(failure) => !matches!(failure.code, Code::Internal | Code::Unavailable),
    };
    if in_vain {
        upload::clear(app, id).await;
    }
    made
}

/// Puts these with an idea or a comment, where any are named; says whether that changes anything.
pub(crate) fn attach(
    tx: &mut AnyConnection,
    stamp: &Stamp,
    place: Place,
    wanted: Option<&[AttachmentId]>,
    actor: &Actor,
) -> Rows<bool> {
    match wanted {
        Some(wanted) => put(tx, stamp.at, place, wanted, actor.ensure_member()?),
        None => Ok(false),
    }
}

/// Read what an attachment is
#[utoipa::path(tag = "Attachments", params(("id" = Uuid, Path)), responses((status = 200, body = AttachmentBody)))]
#[get("/v1/attachments/{id}")]
async fn get_attachment(
    app: web::Data<App>,
    caller: Caller,
    links: Links,
    PathId(id): PathId,
) -> Result<Reply<AttachmentBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&caller, move |tx, actor| {
        let found = attachments::find(tx, actor, id.into(), now)?;
        Ok(Reply::ok(&AttachmentBody::new(found, &links, actor)))
    })
    .await
}

/// Take an attachment away
///
/// Its owner and staff may, wherever it stands. What was handed in with a report or for a mission its owner leaves out there instead,
/// and an entry of a contest is changed.
#[utoipa::path(tag = "Attachments", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_yours"), (status = 409, description = "file_of_entry, handed_in")))]
#[delete("/v1/attachments/{id}")]
async fn delete_attachment(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "delete_attachment"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let found = attachments::find(tx, actor, id.into(), stamp.at)?;
        found.ensure_may_delete(actor)?;
        attachments::delete(tx, &stamp, &found)?;
        if actor.member_id() == Some(found.owner) {
            return Ok(Reply::nothing());
        }
        let before = facts(&AttachmentBody::new(found, &links, actor));
        act.keep(tx, actor, id, before, Reply::nothing())
    })
    .await
}
