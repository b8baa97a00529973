//! E-mail addresses: shown to be a member's own by a link, and changed by one.

use actix_web::{post, web};
use domain::{
    Refusal,
    mail::{Kind, Purpose, ensure_room},
    members::Email,
    text::Fault,
};
use persistence::{AloneWith, Error, Unique, mail_links, mails, members};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::{field, present},
    error::{Code, Failure},
    mail::{self, Secret, letters::Words},
    once::{Empty, Post},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(send_verification).service(change_email).service(confirm_email);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmailBody {
    #[validate(email, length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ana@new.example.com")]
    email: String,
    /// The present password.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 200))]
    #[schema(required = false, nullable = false, value_type = String, max_length = 200, example = "a long enough password")]
    password: Option<String>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmEmailBody {
    /// What stood after the `#` of the link.
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "Zb4v0Yw2n1mQy3xk8sT5rE7uI9oP6aSdFgHjKlZxCvB")]
    secret: String,
}

/// Ask for a mail to confirm one's address
///
/// Three an hour at most; whoever registers gets the first unasked.
#[utoipa::path(tag = "Accounts", security(("bearer" = [])),
    responses((status = 202), (status = 403, description = "not_by_key"),
        (status = 409, description = "already_verified")))]
#[post("/v1/me/email/verification")]
async fn send_verification(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<Empty>,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, secret, state) = (app.stamp(), Secret::new(), app.clone());
    app.write_once(&me.caller, post.once, AloneWith::Member(me.member.uuid()), move |tx, actor| {
        let member = members::find(tx, actor.ensure_in_person()?)?;
        if member.email_verified {
            return Err(Refusal::AlreadyVerified.into());
        }
        ensure_room(&mails::recent(tx, member.id, Kind::Verification, stamp.at)?, stamp.at)?;
        mail::send_link(
            tx,
            &state.config.mail,
            &stamp,
            (&member, &member.email),
            (Purpose::Verify, &secret),
        )?;
        Ok(Reply::accepted())
    })
    .await
}

/// Ask for another e-mail address
///
/// A link goes to the new address and word of it to the present one; nothing changes until the link is confirmed. A second
/// request takes the place of the first. Takes the present password where the account has one.
#[utoipa::path(tag = "Accounts", security(("bearer" = [])), request_body = ChangeEmailBody,
    responses((status = 202), (status = 403, description = "not_by_key, wrong_password"),
        (status = 409, description = "email_taken, email_of_sign_on")))]
#[post("/v1/me/email")]
async fn change_email(
    app: web::Data<App>,
    me: SignedIn,
    post: Post<ChangeEmailBody>,
) -> Result<Reply<Nothing>, Failure> {
    let Post { body, once } = post;
    let email = field("/email", Email::try_from(&*body.email))?;
    ensure_password(&app, &me, body.password).await?;
    let (stamp, secret, state) = (app.stamp(), Secret::new(), app.clone());
    app.write_once(&me.caller, once, AloneWith::Member(me.member.uuid()), move |tx, actor| {
        let member = members::find(tx, actor.ensure_in_person()?)?;
        if state.config.sso.is_some() && members::sign_in_of(tx, member.id)?.by_sign_on {
            // It would be as it was with the next sign-on.
            return Err(Refusal::EmailOfSignOn.into());
        }
        if member.email == email {
            return Err(Refusal::Unfit { field: "email", fault: Fault::NotA("new address") }.into());
        }
        if members::find_by_email(tx, &email)?.is_some() {
            return Err(Error::Taken(Unique::Email));
        }
        ensure_room(&mails::recent(tx, member.id, Kind::Change, stamp.at)?, stamp.at)?;
        // A mistyped address may be somebody else's: its link must not stay good beside the right one.
        mail_links::void(tx, member.id, Some(Purpose::Change))?;
        let settings = &state.config.mail;
        mail::send_link(tx, settings, &stamp, (&member, &email), (Purpose::Change, &secret))?;
        mail::send_note(tx, settings, (&stamp, 1), &member, &Words::ChangeNotice { to: &email })?;
        Ok(Reply::accepted())
    })
    .await
}

/// Whether the caller knows the password of the account they act in; one without a password asks for none.
pub(crate) async fn ensure_password(
    app: &web::Data<App>,
    me: &SignedIn,
    password: Option<String>,
) -> Result<(), Failure> {
    let found = app.read(&me.caller, |tx, actor| members::sign_in_of(tx, actor.ensure_in_person()?));
    match (found.await?.password_hash, password) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(Failure::field("/password", Fault::Required)),
        (hash, Some(password)) => match app.passwords.verify(password, hash).await? {
            true => Ok(()),
            false => Err(Code::WrongPassword.into()),
        },
    }
}

/// Confirm an e-mail address by a link
///
/// By the link to a new address, that becomes the member's. Needs no sign-in: the mail may be read on another device.
#[utoipa::path(tag = "Accounts", request_body = ConfirmEmailBody,
    responses((status = 204), (status = 409, description = "link_not_good, email_taken")))]
#[post("/v1/auth/email/confirm")]
async fn confirm_email(
    app: web::Data<App>,
    caller: Caller,
    post: Post<ConfirmEmailBody>,
) -> Result<Reply<Nothing>, Failure> {
    let (stamp, hash) = (app.stamp(), Secret::sent(&post.body.secret).hash());
    app.write_once(&caller, post.once, AloneWith::Nobody, move |tx, _| {
        let link = mail_links::find(tx, &hash)?;
        let before = members::find(tx, link.member)?;
        let after = link.open(&[Purpose::Verify, Purpose::Change], &before, stamp.at)?;
        mail_links::spend(tx, &link)?;
        // What was sent to the address that was is void with it.
        let done = (link.purpose == Purpose::Verify).then_some(Purpose::Verify);
        mail_links::void(tx, link.member, done)?;
        members::update(tx, &stamp, &before, after)?;
        Ok(Reply::nothing())
    })
    .await
}
