//! Applying: sending answers, changing and withdrawing them.

use std::collections::BTreeSet;

use actix_web::{delete, get, patch, post, web};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, ApplicationId, MemberId, Refusal, Stamp,
    access::Permission,
    draws::priority,
    panels::{
        Barred, Panel, Phase,
        applications::{Application, Outcome},
        screening::{Answers, Standing, screen},
        strikes::Reliability,
        terms::Method,
    },
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows, members,
    panels::{
        self,
        applications::{self, Listed},
        draws, seats, strikes, trials,
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    bodies::{ApplicationBody, Looks},
    strikes::Conduct,
};
use crate::{
    actor::SignedIn,
    app::App,
    boards::PageQuery,
    body::{self, Json, PathId, Query},
    clock::random,
    error::Failure,
    once::Post,
    page::{ListName, Listing, limit},
    reply::{Nothing, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(apply_to_panel).service(list_panel_applications).service(list_my_applications);
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

/// Why a member may not be taken, by what is known of them now.
fn reasons(
    tx: &mut AnyConnection,
    panel: &Panel,
    member: MemberId,
    (answers, agreed): (&Answers, &BTreeSet<String>),
    now: DateTime<Utc>,
) -> Rows<Vec<String>> {
    let found = members::find(tx, member)?;
    let cooling = TimeDelta::days(panel.terms.cooling_off_days.into());
    let is_cooling_off = match panel.terms.cooling_off_days {
        0 => false,
        _ => draws::last_seat(tx, member)?.is_some_and(|at| now < at + cooling),
    };
    let is_barred = Reliability::of(&strikes::of_member(tx, member)?, now).barred_until.is_some();
    let (attributes, is_staff) = (&found.attributes, found.role.is_staff());
    let standing = Standing { attributes, is_staff, is_cooling_off, is_barred };
    Ok(screen(&panel.terms, answers, agreed, &standing)?)
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

/// Whether only answers change that keep nobody out: the first answer to another stands, or one could try which of them qualify.
fn ensure_first_stand(panel: &Panel, before: &Answers, after: &Answers) -> Rows<()> {
    let changed = |key: &&String| before.get(*key) != after.get(*key);
    let screens =
        |key: &&String| panel.terms.question(key).is_some_and(domain::panels::screening::Question::screens);
    match before.keys().filter(changed).find(screens) {
        Some(key) => {
            let fault = Fault::NotA("answer that is given anew: the first answer to this question stands");
            Err(Error::Refused(Refusal::UnfitAt { pointer: format!("/answers/{key}"), fault }))
        }
        None => Ok(()),
    }
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
    let (stamp, salt) = (app.stamp(), random());
    let answers = answers_of(post.body.answers)?;
    let agreed: BTreeSet<String> = post.body.consents.into_iter().collect();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let member = actor.ensure_member()?;
        let panel = panels::find(tx, actor, id.into())?;
        if panel.is_drawn() {
            // A lock waits for whoever applies just now, so nobody is left out of it.
            panels::be_alone_with(tx, panel.id)?;
        }
        let panel = panels::find(tx, actor, panel.id)?;
        match panel.phase(stamp.at) {
            Phase::Recruiting => {}
            phase => return Err(Error::Refused(Barred::Phase(phase).into())),
        }
        panels::ensure_invited(tx, actor, &panel, member)?;
        let reasons = reasons(tx, &panel, member, (&answers, &agreed), stamp.at)?;
        let id: ApplicationId = stamp.id(0);
        let application = Application {
            id,
            panel_id: panel.id,
            member_id: Some(member),
            ticket: priority::ticket(&panel.id.to_string(), &id.to_string(), &salt),
            salt: Some(salt),
            answers: answers.clone(),
            agreed: agreed.clone(),
            reasons,
            score: None,
            outcome: Outcome::Open,
            created_at: stamp.at,
            updated_at: stamp.at,
        };
        let made = applications::insert(tx, &stamp, &panel, application)?;
        let body = ApplicationBody::new(&made, &panel, Looks::Applicant, None, stamp.at);
        Ok(Reply::created(&body, format!("/v1/applications/{}", made.id)))
    })
    .await
}

/// List who applied to a panel, in the order in which they came
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Listing<ApplicationBody>)))]
#[get("/v1/panels/{id}/applications")]
async fn list_panel_applications(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<ApplicationBody>>, Failure> {
    let (limit, now, act) = (limit(query.limit)?, app.stamp().at, app.act(&me, "list_panel_applications"));
    let list = ListName::of(&["applications", &id.to_string()]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.look(&me.caller, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let panel = panels::find(tx, actor, id.into())?;
        let page = applications::list(tx, panel.id, after, limit)?;
        let of = page.items.iter().filter_map(|listed| listed.application.member_id.map(|id| id.uuid()));
        act.look(tx, actor, Some(id), of)?;
        let ids: Vec<ApplicationId> = page.items.iter().map(|listed| listed.application.id).collect();
        let trials = trials::of(tx, &ids)?;
        let conduct = Conduct::of(tx, page.items.iter().map(|listed| &listed.application))?;
        Ok(page.map(|Listed { application, display_name }| {
            ApplicationBody::new(&application, &panel, Looks::Staff, display_name, now)
                .with(trials.get(&application.id), &panel)
                .with_conduct(&conduct, &application, &panel, now)
        }))
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |body| body)))
}

/// List one's own applications, the newest first
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(PageQuery),
    responses((status = 200, body = Listing<ApplicationBody>)))]
#[get("/v1/me/applications")]
async fn list_my_applications(
    app: web::Data<App>,
    me: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Reply<Listing<ApplicationBody>>, Failure> {
    let (limit, now) = (limit(query.limit)?, app.config.clock.now());
    let list = ListName::of(&["my applications"]);
    let after = list.place(&app.keys, query.cursor.as_deref())?;
    let page = app.read(&me.caller, move |tx, actor| {
        let page = applications::all_of_member(tx, actor.ensure_member()?, after, limit)?;
        let ids: Vec<ApplicationId> = page.items.iter().map(|application| application.id).collect();
        let trials = trials::of(tx, &ids)?;
        let conduct = Conduct::of(tx, page.items.iter())?;
        let shown = page.items.iter().map(|application| {
            let panel = panels::find(tx, actor, application.panel_id)?;
            let body = ApplicationBody::new(application, &panel, Looks::Applicant, None, now)
                .with(trials.get(&application.id), &panel);
            Ok(body.with_conduct(&conduct, application, &panel, now))
        });
        let items = shown.collect::<Rows<Vec<_>>>()?;
        Ok(domain::page::Page { items, next: page.next })
    });
    Ok(Reply::ok(&list.listing(&app.keys, page.await?, None, |body| body)))
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
