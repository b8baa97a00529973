//! Forgotten passwords: a link by mail, and a new password by the link.

use actix_web::{post, web};
use domain::{
    Stamp,
    api_keys::MOST_KEYS,
    events::Revocation,
    mail::Purpose,
    members::{Email, Password},
};
use persistence::{
    AloneWith, AnyConnection, Database, Result as Rows, api_keys, mail_links, members, resets, sessions,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    actor::Caller,
    app::App,
    body::field,
    config::Config,
    digest,
    error::Failure,
    mail::{self, Secret, letters::Words},
    once::Post,
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(request_password_reset).service(reset_password);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestResetBody {
    #[validate(length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ana@example.com")]
    email: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordBody {
    /// What stood after the `#` of the link.
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "Zb4v0Yw2n1mQy3xk8sT5rE7uI9oP6aSdFgHjKlZxCvB")]
    secret: String,
    #[validate(length(min = 10, max = 200))]
    #[schema(min_length = 10, max_length = 200, example = "another long enough password")]
    password: String,
}

/// Ask for a link to a new password
///
/// The answer is the same whether or not the address has an account. Three mails an hour go to an address at most; what is
/// asked beyond that is answered alike and not done.
#[utoipa::path(tag = "Accounts", request_body = RequestResetBody, responses((status = 202)))]
#[post("/v1/auth/password-reset")]
async fn request_password_reset(
    app: web::Data<App>,
    caller: Caller,
    post: Post<RequestResetBody>,
) -> Result<Reply<Nothing>, Failure> {
    let Post { body, once } = post;
    let email = field("/email", Email::try_from(&*body.email))?;
    let stamp = app.stamp();
    // Nobody is looked up here, so nothing about the answer, its time least of all, can tell whether there is an account:
    // the job looks, in `answer`.
    app.write_once(&caller, once, alone_with(&email), move |tx, _| {
        resets::ask(tx, &stamp, &email)?;
        Ok(Reply::accepted())
    })
    .await
}

/// Of several who ask for one address at once, each counts the ones before.
fn alone_with(email: &Email) -> AloneWith {
    let digest = digest::of(&[b"address", email.key().as_bytes()]);
    AloneWith::Member(Uuid::from_bytes(std::array::from_fn(|nth| digest[nth])))
}

/// Set a new password by a link
///
/// Signs the member out everywhere, and makes every other link void that they were sent. The address counts as proven.
#[utoipa::path(tag = "Accounts", request_body = ResetPasswordBody,
    responses((status = 204), (status = 409, description = "link_not_good")))]
#[post("/v1/auth/password-reset/confirm")]
async fn reset_password(
    app: web::Data<App>,
    caller: Caller,
    post: Post<ResetPasswordBody>,
) -> Result<Reply<Nothing>, Failure> {
    let Post { body, once } = post;
    let password = field("/password", Password::try_from(&*body.password))?;
    let password_hash = app.passwords.hash(password.as_str().to_owned()).await?;
    let link = Secret::sent(&body.secret).hash();
    let stamps = [app.stamp(), app.stamp(), app.stamp()];
    let for_keys: [Stamp; MOST_KEYS] = std::array::from_fn(|_| app.stamp());
    app.write_once(&caller, once, AloneWith::Nobody, move |tx, _| {
        let link = mail_links::find(tx, &link)?;
        let before = members::find(tx, link.member)?;
        let after = link.open(&[Purpose::Reset], &before, stamps[0].at)?;
        mail_links::spend(tx, &link)?;
        // Whoever had the password before may also have asked for links, to another address even.
        mail_links::void(tx, link.member, None)?;
        members::reset_password(tx, &stamps[0], link.member, &password_hash)?;
        sessions::revoke_all(tx, &stamps[1], link.member, None, Revocation::PasswordReset)?;
        if !before.email_verified {
            // Somebody may have registered with the address of another, and left themselves a key.
            api_keys::revoke_all(tx, &for_keys, link.member)?;
        }
        members::update(tx, &stamps[2], &before, after)?;
        Ok(Reply::nothing())
    })
    .await
}

/// How many requests are looked up at a time.
const BATCH: i64 = 20;

/// Answers the requests that wait: with a link, with word that there is no password, or not at all.
///
/// # Errors
/// When the database fails; what was answered stays answered.
pub(crate) async fn answer(db: &Database, config: &Config) -> Result<(), Failure> {
    loop {
        let waiting = db.read(|tx| resets::waiting(tx, BATCH)).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        for request in waiting {
            let (config, stamp, secret) = (config.clone(), config.clock.stamp(), Secret::new());
            let change = move |tx: &mut _| answer_one(tx, &config, &stamp, &secret, &request);
            db.write(AloneWith::Nobody, change).await?;
        }
    }
}

fn answer_one(
    tx: &mut AnyConnection,
    config: &Config,
    stamp: &Stamp,
    secret: &Secret,
    request: &resets::Request,
) -> Rows<()> {
    if !resets::take(tx, request, stamp.at)? {
        return Ok(());
    }
    let Some((member, _)) = members::find_by_email(tx, &request.email)? else { return Ok(()) };
    if member.blocked_at.is_some() {
        return Ok(());
    }
    // A password beside the sign-on would let somebody in whom the brand has locked out. Without a sign-on nobody has
    // another way in.
    if config.sso.is_some() && members::sign_in_of(tx, member.id)?.by_sign_on {
        return mail::send_note(tx, &config.mail, (stamp, 0), &member, &Words::ResetBySignOn);
    }
    mail::send_link(tx, &config.mail, stamp, (&member, &member.email), (Purpose::Reset, secret))
}
