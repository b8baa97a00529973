//! Invitations: staff ask somebody to join in a role, and they do by the link that was mailed to them.

mod bodies;

use actix_web::{delete, get, post, web};
use domain::{
    access::Permission,
    invitations::{Invitation, USUAL_DAYS},
    members::{Attributes, DisplayName, Email, Locale, Password},
};
use persistence::{AloneWith, invitations, members};
use serde_json::json;

use self::bodies::{AcceptInvitationBody, InvitationToJoinBody, NewInvitationBody};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    auth::{TokensBody, open_session},
    boards::PageQuery,
    body::{PathId, Query, field},
    error::Failure,
    mail::{
        self, Secret,
        letters::{self, Words},
    },
    once::Post,
    page::{ListName, Listing, limit},
    reply::{Nothing, Reply},
    routes::Routes,
    sessions::Device,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_invitations)
        .service(create_invitation)
        .service(delete_invitation)
        .service(accept_invitation);
}

/// List the invitations that are open, the newest first
#[utoipa::path(tag = "Members", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<InvitationToJoinBody>)))]
#[get("/v1/invitations")]
async fn list_invitations(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<InvitationToJoinBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.stamp().at);
    let list = ListName::of(&["invitations to join"]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let act = app.act(&me, "list_invitations");
    let page = app
        .look(&me.caller, move |tx, actor| {
            actor.ensure(Permission::ManageMembers)?;
            let page = invitations::list(tx, now, after, limit)?;
            let seen: Vec<_> = page.items.iter().map(|(invitation, _)| invitation.id.uuid()).collect();
            act.keep_facts(tx, actor, None, (None, Some(json!({ "invitations": seen }))))?;
            Ok(page)
        })
        .await?;
    let shown = |(invitation, by): (Invitation, String)| InvitationToJoinBody::new(&invitation, by);
    Ok(Reply::ok(&list.listing(&app.keys, page, None, shown)))
}

/// Invite somebody who has no account, in a role
///
/// A link is mailed to the address. Inviting an address again takes the place of the invitation it had. Nobody grants a
/// right they have not themselves, now or when the invitation is accepted.
#[utoipa::path(tag = "Members", security(("bearer" = [])), request_body = NewInvitationBody,
    responses((status = 201, body = InvitationToJoinBody), (status = 409, description = "email_taken")))]
#[post("/v1/invitations")]
async fn create_invitation(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<NewInvitationBody>,
) -> Result<Reply<InvitationToJoinBody>, Failure> {
    let Post { body, once } = post;
    let email = field("/email", Email::try_from(&*body.email))?;
    let (role, locale) = (body.role.into(), body.locale.map(Locale::from));
    let days = body.expires_in_days.unwrap_or(USUAL_DAYS);
    let (stamp, secret, state) = (app.stamp(), Secret::new(), app.clone());
    let act = app.act(&me, "create_invitation");
    app.write_once(&me.caller, once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure_may_grant(role)?;
        let by = members::find(tx, actor.ensure_member()?)?;
        let invitation = Invitation {
            id: stamp.id(0),
            email: email.clone(),
            role,
            invited_by: by.id,
            created_at: stamp.at,
            expires_at: Invitation::expiry(stamp.at, days),
        };
        let name = by.display_name.as_str();
        let words = Words::Invitation { secret: &secret, by: name, role, days };
        let letter = letters::write(&state.config.mail, locale.unwrap_or(by.locale), &words);
        mail::send_invitation(tx, &stamp, &invitation, letter, &secret)?;
        let body = InvitationToJoinBody::new(&invitation, name.to_owned());
        let reply = Reply::created(&body, format!("/v1/invitations/{}", invitation.id));
        act.keep(tx, actor, invitation.id.uuid(), None, reply)
    })
    .await
}

/// Withdraw an invitation
#[utoipa::path(tag = "Members", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
#[delete("/v1/invitations/{id}")]
async fn delete_invitation(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "delete_invitation"));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManageMembers)?;
        invitations::delete(tx, &stamp, id.into())?;
        act.keep(tx, actor, id, None, Reply::nothing())
    })
    .await
}

/// Join by an invitation
///
/// Makes the account in the role of the invitation, with an address that is proven, and signs in.
#[utoipa::path(tag = "Accounts", request_body = AcceptInvitationBody, responses(
    (status = 201, body = TokensBody), (status = 409, description = "link_not_good, email_taken")))]
#[post("/v1/auth/invitations/accept")]
async fn accept_invitation(
    app: web::Data<App>,
    caller: Caller,
    device: Device,
    post: Post<AcceptInvitationBody>,
) -> Result<Reply<TokensBody>, Failure> {
    let Post { body, once } = post;
    let display_name = field("/display_name", DisplayName::try_from(&*body.display_name))?;
    let password = field("/password", Password::try_from(&*body.password))?;
    let password_hash = app.passwords.hash(password.as_str().to_owned()).await?;
    let (hash, locale) = (Secret::sent(&body.secret).hash(), body.locale.map(Locale::from));
    let (stamps, state) = ([app.stamp(), app.stamp(), app.stamp()], app.clone());
    app.write_once(&caller, once, AloneWith::Nobody, move |tx, _| {
        let invitation = invitations::find_by_hash(tx, &hash)?;
        let inviter = members::find(tx, invitation.invited_by)?;
        invitation.ensure_good(&inviter, stamps[0].at)?;
        let new = members::NewMember {
            email: invitation.email.clone(),
            email_verified: true,
            display_name: display_name.clone(),
            role: invitation.role,
            locale: locale.unwrap_or_default(),
            attributes: Attributes::new(),
            password_hash: Some(password_hash.clone()),
            sso_subject: None,
        };
        let member = members::insert(tx, &stamps[0], &new)?;
        invitations::spend(tx, &stamps[1], invitation.id, member.id)?;
        let tokens = open_session(tx, &state.keys, &stamps[2], member, &device)?;
        Ok(Reply::created(&tokens, "/v1/me".to_owned()))
    })
    .await
}
