//! Signing in and out: registration, passwords, refresh tokens, the brand's own sign-on.

use actix_web::{post, web};
use domain::{
    Actor, Refusal, SessionId, Stamp,
    api_keys::MOST_KEYS,
    events::Revocation,
    mail::Purpose,
    members::{Attributes, DisplayName, Email, Locale, Member, Password, Role},
};
use persistence::{AloneWith, AnyConnection, Result as Rows, api_keys, mail_links, members, sessions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    actor::Caller,
    app::App,
    body::field,
    error::{Code, Failure},
    mail::{self, Secret},
    members::{LocaleName, MemberBody},
    once::Post,
    reply::{Nothing, Reply},
    routes::Routes,
    sessions::Device,
    sso::Person,
    tokens::{self, Keys},
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(register).service(login).service(refresh).service(logout).service(sign_on);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterBody {
    #[validate(email, length(max = 254))]
    #[schema(format = "email", max_length = 254, example = "ana@example.com")]
    email: String,
    #[validate(length(min = 10, max = 200))]
    #[schema(min_length = 10, max_length = 200, example = "a long enough password")]
    password: String,
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50, example = "아나")]
    display_name: String,
    /// The language to write to the member in; Korean unless said.
    #[serde(default)]
    locale: Option<LocaleName>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    #[validate(length(max = 254))]
    #[schema(max_length = 254, example = "ana@example.com")]
    email: String,
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "a long enough password")]
    password: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "Zb4v0Yw2n1mQy3xk8sT5rE7uI9oP6aSdFgHjKlZxCvB")]
    refresh_token: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOnBody {
    /// A JWT of the brand's: `sub`, `exp` and `email`; `name`, `email_verified` and `attributes` if it likes.
    #[validate(length(max = 8192))]
    #[schema(max_length = 8192, example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjdXN0b21lci0xIn0.c2lnbmF0dXJl")]
    token: String,
}

/// A member who has just signed in, and the tokens to go on with.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensBody {
    member: MemberBody,
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Good for one use, for a new pair of tokens.
    refresh_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    expires_in: i64,
}

/// Register with an e-mail address and a password
#[utoipa::path(tag = "Accounts", request_body = RegisterBody, responses(
    (status = 201, body = TokensBody), (status = 409, description = "email_taken")))]
#[post("/v1/auth/register")]
async fn register(
    app: web::Data<App>,
    caller: Caller,
    device: Device,
    post: Post<RegisterBody>,
) -> Result<Reply<TokensBody>, Failure> {
    let Post { body, once } = post;
    let email = field("/email", Email::try_from(&*body.email))?;
    let display_name = field("/display_name", DisplayName::try_from(&*body.display_name))?;
    let password = field("/password", Password::try_from(&*body.password))?;
    let new = members::NewMember {
        email,
        email_verified: false,
        display_name,
        role: Role::Member,
        locale: body.locale.map_or(Locale::default(), Into::into),
        attributes: Attributes::new(),
        password_hash: Some(app.passwords.hash(password.as_str().to_owned()).await?),
        sso_subject: None,
    };
    let (stamps, secret, state) = ([app.stamp(), app.stamp(), app.stamp()], Secret::new(), app.clone());
    app.write_once(&caller, once, AloneWith::Nobody, move |tx, _| {
        let member = members::insert(tx, &stamps[0], &new)?;
        let link = (Purpose::Verify, &secret);
        mail::send_link(tx, &state.config.mail, &stamps[2], (&member, &member.email), link)?;
        let tokens = open_session(tx, &state.keys, &stamps[1], member, &device)?;
        Ok(Reply::created(&tokens, "/v1/me".to_owned()))
    })
    .await
}

/// Sign in with an e-mail address and a password
#[utoipa::path(tag = "Accounts", request_body = LoginBody, responses(
    (status = 200, body = TokensBody), (status = 401, description = "wrong_credentials"),
    (status = 403, description = "member_blocked")))]
#[post("/v1/auth/login")]
async fn login(
    app: web::Data<App>,
    caller: Caller,
    device: Device,
    post: Post<LoginBody>,
) -> Result<Reply<TokensBody>, Failure> {
    let Post { body, once } = post;
    // An address that cannot be one is as unknown as any other.
    let email = Email::try_from(&*body.email).ok();
    let found =
        app.db.read(move |tx| email.as_ref().map_or(Ok(None), |email| members::find_by_email(tx, email)));
    let (member, hash) = found.await?.map_or((None, None), |(member, hash)| (Some(member), hash));
    let verified = app.passwords.verify(body.password, hash).await?;
    let member = member.filter(|_| verified).ok_or(Code::WrongCredentials)?.id;
    let (stamp, state) = (app.stamp(), app.clone());
    app.write_once(&caller, once, AloneWith::Nobody, move |tx, _| {
        let member = members::find(tx, member)?;
        Ok(Reply::ok(&open_session(tx, &state.keys, &stamp, member, &device)?))
    })
    .await
}

/// Exchange a refresh token for new tokens
///
/// Each refresh token is good for one use. Using one again ends the whole session, because somebody else may hold it;
/// to repeat a request that got no answer, send it with the same `Idempotency-Key`.
#[utoipa::path(tag = "Accounts", request_body = RefreshBody, responses(
    (status = 200, body = TokensBody), (status = 401, description = "session_ended, token_reused"),
    (status = 403, description = "member_blocked")))]
#[post("/v1/auth/refresh")]
async fn refresh(
    app: web::Data<App>,
    caller: Caller,
    post: Post<RefreshBody>,
) -> Result<Reply<TokensBody>, Failure> {
    let Post { body, once } = post;
    let used = tokens::refresh_hash(&body.refresh_token);
    let (stamp, state) = (app.stamp(), app.clone());
    let refreshed = app
        .write_once(&caller, once, AloneWith::Nobody, move |tx, _| {
            let (token, hash) = tokens::refresh_token();
            let (session, actor) = sessions::refresh(tx, &stamp, &used, &hash, stamp.at + tokens::REFRESH)?;
            let member = members::find(tx, actor.ensure_member()?)?;
            Ok(Reply::ok(&tokens_body(&state.keys, &stamp, member, session, token)?))
        })
        .await;
    if refreshed.as_ref().is_err_and(|failure| failure.code == Code::TokenReused) {
        end_session(&app, used, Revocation::TokenReused).await?;
    }
    refreshed
}

/// Sign out: end the session of a refresh token
///
/// Its access tokens stop working at once. A token that is not known is no error.
#[utoipa::path(tag = "Accounts", request_body = RefreshBody, responses((status = 204)))]
#[post("/v1/auth/logout")]
async fn logout(app: web::Data<App>, post: Post<RefreshBody>) -> Result<Reply<Nothing>, Failure> {
    let hash = tokens::refresh_hash(&post.body.refresh_token);
    // Signing out twice is signing out, so there is nothing to keep for a repetition.
    end_session(&app, hash, Revocation::SignedOut).await?;
    Ok(Reply::nothing())
}

/// Sign in with a token of the brand's own sign-on
///
/// Makes the member when the token's `sub` is new, and brings name, address and attributes up to date, those apart that
/// an admin or an import has said.
#[utoipa::path(tag = "Accounts", request_body = SignOnBody, responses(
    (status = 200, body = TokensBody), (status = 401, description = "invalid_token, token_expired"),
    (status = 403, description = "member_blocked"),
    (status = 409, description = "sso_not_configured, email_unproven, email_taken")))]
#[post("/v1/auth/sso")]
async fn sign_on(
    app: web::Data<App>,
    caller: Caller,
    device: Device,
    post: Post<SignOnBody>,
) -> Result<Reply<TokensBody>, Failure> {
    let Post { body, once } = post;
    let (state, now) = (app.clone(), app.config.clock.now());
    let person = web::block(move || {
        let verifier = state.sso.as_ref().ok_or(Code::SsoNotConfigured)?;
        verifier.verify(&body.token, now)
    });
    let person = person.await.map_err(Failure::internal)??;
    let (stamps, state) = ([app.stamp(), app.stamp()], app.clone());
    let linking = Linking { sessions: app.stamp(), keys: std::array::from_fn(|_| app.stamp()) };
    app.write_once(&caller, once, AloneWith::Nobody, move |tx, _| {
        let member = member_of(tx, &stamps[0], &linking, &person)?;
        Ok(Reply::ok(&open_session(tx, &state.keys, &stamps[1], member, &device)?))
    })
    .await
}

/// Stamps of what ends when an account is linked.
struct Linking {
    sessions: Stamp,
    keys: [Stamp; MOST_KEYS],
}

/// The member a sign-on token speaks of: by subject, else by a proven address, else a new one.
fn member_of(tx: &mut AnyConnection, stamp: &Stamp, linking: &Linking, person: &Person) -> Rows<Member> {
    let known = match members::find_by_sso_subject(tx, &person.subject)? {
        Some(member) => Some(member),
        None => match members::find_by_email(tx, &person.email)? {
            Some(_) if !person.email_verified => return Err(Refusal::EmailUnproven.into()),
            Some((member, _)) => {
                // Whoever had a password here may not be who owns the address; nothing they left opens it any more.
                members::link_sso(tx, member.id, &person.subject)?;
                mail_links::void(tx, member.id, None)?;
                sessions::revoke_all(tx, &linking.sessions, member.id, None, Revocation::AccountLinked)?;
                if !member.email_verified {
                    api_keys::revoke_all(tx, &linking.keys, member.id)?;
                }
                Some(member)
            }
            None => None,
        },
    };
    match known {
        Some(before) => {
            let mut after = before.clone();
            // What was proven here stays proven, for as long as it is the address.
            let proven = before.email_verified && before.email == person.email;
            after.email = person.email.clone();
            after.email_verified = proven || person.email_verified;
            after.display_name = person.display_name.clone();
            if let Some(attributes) = &person.attributes {
                after.take_sign_on(attributes, stamp.at);
            }
            members::update(tx, stamp, &before, after)
        }
        None => {
            let new = members::NewMember {
                email: person.email.clone(),
                email_verified: person.email_verified,
                display_name: person.display_name.clone(),
                role: Role::Member,
                locale: Locale::default(),
                attributes: person.attributes.clone().unwrap_or_default(),
                password_hash: None,
                sso_subject: Some(person.subject.clone()),
            };
            members::insert(tx, stamp, &new)
        }
    }
}

/// A new session for a member who has shown who they are.
pub(crate) fn open_session(
    tx: &mut AnyConnection,
    keys: &Keys,
    stamp: &Stamp,
    member: Member,
    device: &Device,
) -> Rows<TokensBody> {
    if member.blocked_at.is_some() {
        return Err(Refusal::Blocked.into());
    }
    let (token, hash) = tokens::refresh_token();
    let session = sessions::open(tx, stamp, member.id, &hash, stamp.at + tokens::REFRESH, device.name())?;
    tokens_body(keys, stamp, member, session, token)
}

fn tokens_body(
    keys: &Keys,
    stamp: &Stamp,
    member: Member,
    session: SessionId,
    refresh_token: String,
) -> Rows<TokensBody> {
    let access_token = keys.access(member.id, session, stamp.at)?;
    let expires_in = tokens::ACCESS.num_seconds();
    Ok(TokensBody { member: member.into(), access_token, refresh_token, token_type: "Bearer", expires_in })
}

async fn end_session(
    app: &web::Data<App>,
    token: sessions::TokenHash,
    cause: Revocation,
) -> Result<(), Failure> {
    let stamp = app.stamp();
    // As nobody in particular: the token itself is the proof, and the caller's own may have expired.
    app.count(&Caller::Visitor, AloneWith::Nobody, move |tx, _: &Actor| {
        match sessions::of_token(tx, &token)? {
            Some(session) => sessions::revoke(tx, &stamp, session, cause),
            None => Ok(()),
        }
    })
    .await
}
