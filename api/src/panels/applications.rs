//! Applying: sending answers, changing and withdrawing them.

mod list;

use std::collections::BTreeSet;

use actix_web::{delete, get, patch, post, web};
use domain::{
    Actor, ApplicationId, MemberId, Stamp,
    draws::priority,
    panels::{
        Barred, Panel, Phase,
        applications::{Application, Outcome},
        screening::Answers,
        terms::Method,
    },
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    panels::{self, applications, seats, trials},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    bodies::{ApplicationBody, Looks},
    screening::{ensure_first_stand, reasons},
    strikes::Conduct,
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{self, Json, PathId},
    clock::random,
    error::Failure,
    once::Post,
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(apply_to_panel);
    list::routes(to);
    to.service(get_application).service(update_application).service(withdraw_application);
}

/// What somebody sends to take part.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewApplicationBody {
    /// Answers by the key of their question: the key of a choice, a list of them, a number or a text.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "device": "phone" }))]
    answers: serde_json::Map<String, serde_json::Value>,
    /// The keys of the consents given.
    #[serde(default)]
    #[schema(example = json!(["privacy"]))]
    #[validate(length(max = 30))]
    consents: Vec<String>,
}

/// What changes of an application; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateApplicationBody {
    #[serde(default, deserialize_with = "body::present")]
    #[schema(value_type = Option<Object>, nullable = false, example = json!({ "device": "phone" }))]
    answers: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default, deserialize_with = "body::present")]
    #[schema(nullable = false, example = json!(["privacy"]))]
    #[validate(length(max = 30))]
    consents: Option<Vec<String>>,
}

pub(super) fn answers_of(sent: serde_json::Map<String, serde_json::Value>) -> Result<Answers, Failure> {
    let answer = |(key, value): (String, serde_json::Value)| match serde_json::from_value(value) {
        Ok(answer) => Ok((key, answer)),
        Err(_) => Err(super::bodies::odd(&format!("/answers/{key}"), "a text, a list of texts or a number")),
    };
    sent.into_iter().map(answer).collect()
}

/// The application and its panel, for the one whose it is.
pub(super) fn own(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: ApplicationId,
) -> Rows<(Application, Panel, MemberId)> {
    let member = actor.ensure_member()?;
    let application = applications::find(tx, id)?;
    if application.member_id != Some(member) {
        return Err(Error::Missing);
    }
    let panel = panels::find(tx, actor, application.panel_id)?;
    Ok((application, panel, member))
}

/// The same, when nobody else changes the panel or what was sent to it until this is done.
pub(super) fn own_alone(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: ApplicationId,
) -> Rows<(Application, Panel, MemberId)> {
    let (application, ..) = own(tx, actor, id)?;
    panels::be_alone_with(tx, application.panel_id)?;
    own(tx, actor, id)
}

/// Apply to a panel
///
/// Answers are looked at at once: `eligible` and `reasons` say what came of it. The receipt (`ticket`, `salt`, `rules_hash`) is what the
/// draw can be checked with later. One application for each member.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NewApplicationBody,
    responses((status = 201, body = ApplicationBody), (status = 403, description = "not_invited"),
        (status = 409, description = "panel_phase, already_applied, panel_full")))]
#[post("/v1/panels/{id}/applications")]
async fn apply_to_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<NewApplicationBody>,
) -> Result<Reply<ApplicationBody>, Failure> {
    let stamp = app.stamp();
    let agreed: BTreeSet<String> = post.body.consents.into_iter().collect();
    let sent = Sent { answers: answers_of(post.body.answers)?, agreed, salt: random() };
    // Whoever leaves for good meanwhile, or is looked at anew, is waited for.
    let alone_with = AloneWith::Member(me.member.uuid());
    app.write_once(&me.caller, post.once, alone_with, move |tx, actor| {
        let panel = panels::find(tx, actor, id.into())?;
        let application = sent.application(tx, actor, &panel, &stamp)?;
        // Whoever comes too late is told so without waiting for those before.
        applications::ensure_room(tx, &panel, &application)?;
        // A step waits for whoever applies just now, so that nobody is left out of it, and nobody comes after it.
        panels::be_alone_with(tx, panel.id)?;
        let panel = panels::find(tx, actor, panel.id)?;
        panel.ensure_recruiting(stamp.at)?;
        let made = applications::insert(tx, &stamp, &panel, application)?;
        let body = ApplicationBody::new(&made, &panel, Looks::Applicant, None, stamp.at);
        Ok(Reply::created(&body, format!("/v1/applications/{}", made.id)))
    })
    .await
}

/// What somebody sent, before it is known whether it may be.
struct Sent {
    answers: Answers,
    agreed: BTreeSet<String>,
    salt: [u8; 16],
}

impl Sent {
    fn application(
        &self,
        tx: &mut AnyConnection,
        actor: &Actor,
        panel: &Panel,
        stamp: &Stamp,
    ) -> Rows<Application> {
        let (id, member): (ApplicationId, _) = (stamp.id(0), actor.ensure_member()?);
        panel.ensure_recruiting(stamp.at)?;
        panels::ensure_invited(tx, actor, panel, member)?;
        let reasons = reasons(tx, panel, member, (&self.answers, &self.agreed), stamp.at)?;
        if applications::of_member(tx, panel.id, member)?.is_some() {
            return Err(Error::Refused(Barred::AlreadyApplied.into()));
        }
        Ok(Application {
            id,
            panel_id: panel.id,
            member_id: Some(member),
            ticket: priority::ticket(&panel.id.to_string(), &id.to_string(), &self.salt),
            salt: Some(self.salt),
            answers: self.answers.clone(),
            agreed: self.agreed.clone(),
            reasons,
            score: None,
            outcome: Outcome::Open,
            created_at: stamp.at,
            updated_at: stamp.at,
        })
    }
}

/// Read one's own application
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ApplicationBody)))]
#[get("/v1/applications/{id}")]
async fn get_application(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<ApplicationBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&me.caller, move |tx, actor| {
        let (application, panel, _) = own(tx, actor, id.into())?;
        let trial = trials::of(tx, &[application.id])?.remove(&application.id);
        let conduct = Conduct::of(tx, std::iter::once(&application))?;
        let body = ApplicationBody::new(&application, &panel, Looks::Applicant, None, now)
            .with(trial.as_ref(), &panel);
        Ok(Reply::ok(&body.with_conduct(&conduct, &application, &panel, now)))
    })
    .await
}

/// Change one's own application
///
/// Until recruiting ends; the clock of the server decides. The first answer to a question that can keep somebody out stands.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = UpdateApplicationBody,
    responses((status = 200, body = ApplicationBody), (status = 409, description = "panel_phase, panel_full, no_seat")))]
#[patch("/v1/applications/{id}")]
async fn update_application(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<UpdateApplicationBody>,
) -> Result<Reply<ApplicationBody>, Failure> {
    let stamp = app.stamp();
    let answers = body.answers.map(answers_of).transpose()?;
    let agreed: Option<BTreeSet<String>> = body.consents.map(|keys| keys.into_iter().collect());
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (application, panel, member) = own_alone(tx, actor, id.into())?;
        application.ensure_open(&panel, stamp.at)?;
        let answers = answers.clone().unwrap_or_else(|| application.answers.clone());
        ensure_first_stand(&panel, &application.answers, &answers)?;
        let agreed = agreed.clone().unwrap_or_else(|| application.agreed.clone());
        let reasons = reasons(tx, &panel, member, (&answers, &agreed), stamp.at)?;
        let changed = Application { answers, agreed, reasons, updated_at: stamp.at, ..application };
        let changed = applications::update(tx, &stamp, &panel, changed)?;
        Ok(Reply::ok(&ApplicationBody::new(&changed, &panel, Looks::Applicant, None, stamp.at)))
    })
    .await
}

/// Withdraw one's own application
///
/// Until recruiting ends. A seat that was taken by coming first goes to whoever waits.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "panel_phase")))]
#[delete("/v1/applications/{id}")]
async fn withdraw_application(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<Nothing>, Failure> {
    let stamp = app.stamp();
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (application, panel, _) = own_alone(tx, actor, id.into())?;
        withdraw(tx, &stamp, &panel, application)?;
        Ok(Reply::nothing())
    })
    .await
}

fn withdraw(tx: &mut AnyConnection, stamp: &Stamp, panel: &Panel, application: Application) -> Rows<()> {
    let before = application.outcome;
    if before == Outcome::Withdrawn {
        return Ok(());
    }
    let came_first = panel.terms.method == Method::FirstCome && panel.phase(stamp.at) == Phase::Recruiting;
    if !came_first {
        application.ensure_open(panel, stamp.at)?;
    }
    let gone = Application { outcome: Outcome::Withdrawn, updated_at: stamp.at, ..application };
    seats::end(tx, stamp, panel, before, &gone)
}
