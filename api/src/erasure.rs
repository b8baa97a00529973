//! Forgetting: members leave, and take with them what says who they were.

use actix_web::{post, web};
use domain::{MemberId, Refusal, access::Permission, members::Role};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    members::{self, erasure},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, present},
    emails::ensure_password,
    error::Failure,
    once::{Empty, Post},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(erase_me).service(erase_member);
}

/// Whose account it is shows in the password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseMeBody {
    /// The present password, where the account has one.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 200))]
    #[schema(required = false, nullable = false, value_type = String, max_length = 200, example = "a long enough password")]
    password: Option<String>,
}

/// Leave for good
///
/// Name, address, attributes, sign-in, notifications, and what was sent to panels are forgotten; open applications are withdrawn, and
/// seats go to others. Ideas, comments, accepted reports and votes stay, under no name. It cannot be undone. Takes the present
/// password where the account has one. An admin gives the role to somebody else first.
#[utoipa::path(tag = "Accounts", security(("bearer" = [])), request_body = EraseMeBody,
    responses((status = 204), (status = 403, description = "not_by_key, wrong_password"),
        (status = 409, description = "admin_account")))]
#[post("/v1/me/erase")]
async fn erase_me(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<EraseMeBody>,
) -> Result<Reply<Nothing>, Failure> {
    let Post { body, once } = post;
    ensure_password(&app, &me, body.password).await?;
    let (stamp, act) = (app.stamp(), app.act(&me, "erase_me"));
    app.write_once(&me.caller, once, AloneWith::Member(me.member.uuid()), move |tx, actor| {
        let id = actor.ensure_in_person()?;
        ensure_no_admin(tx, id)?;
        erasure::erase(tx, &stamp, id)?;
        act.keep(tx, actor, id.uuid(), None, Reply::nothing())
    })
    .await
}

/// Forget a member
///
/// As they can themselves, for those who ask by another way. It cannot be undone.
#[utoipa::path(tag = "Members", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, description = "not_by_key"), (status = 409, description = "admin_account")))]
#[post("/v1/members/{id}/erase")]
async fn erase_member(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "erase_member"));
    app.write_once(&me.caller, post.once, AloneWith::Member(id), move |tx, actor| {
        actor.ensure(Permission::ManageMembers)?;
        // A key that leaks must not be able to undo what nobody can bring back.
        actor.ensure_in_person()?;
        ensure_no_admin(tx, id.into())?;
        erasure::erase(tx, &stamp, id.into())?;
        act.keep(tx, actor, id, None, Reply::nothing())
    })
    .await
}

/// Whether the square can do without them: of admins, another takes the role first.
fn ensure_no_admin(tx: &mut AnyConnection, id: MemberId) -> Rows<()> {
    match members::find(tx, id)?.role {
        Role::Admin => Err(Refusal::AdminAccount.into()),
        _ => Ok(()),
    }
}
