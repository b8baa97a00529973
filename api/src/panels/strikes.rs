//! Strikes: what counts against somebody, for how long, and their appeal.

use std::collections::HashMap;

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, ApplicationId, MemberId, PanelId,
    access::Permission,
    panels::{
        applications::Application,
        excuses::Excuse,
        strikes::{Kind, Plea, Reliability, Strike, Verdict},
    },
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    panels::{self, excuses, strikes},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::screening::screen_anew;
use crate::{
    actor::SignedIn,
    app::App,
    body::{PathId, field},
    error::Failure,
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_my_strikes).service(appeal_strike).service(decide_strike);
}

/// A panel, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelRefBody {
    pub id: Uuid,
    #[schema(example = "새 이어폰 체험단")]
    pub title: String,
}

/// What was missed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StrikeKindName {
    /// No report came.
    NoShow,
    /// It came after the strike, while the panel was open.
    Late,
}

/// A promise that was not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct StrikeBody {
    id: Uuid,
    panel: PanelRefBody,
    application_id: Uuid,
    kind: StrikeKindName,
    /// What it counted on its first day.
    #[schema(example = 1.0)]
    weight: f64,
    /// What it counts now: half as much after each 180 days, and nothing once it is overturned.
    #[schema(example = 0.7937)]
    weight_now: f64,
    created_at: DateTime<Utc>,
    /// Until when one may appeal.
    appealable_until: DateTime<Utc>,
    #[schema(example = "택배를 받지 못했습니다.")]
    appeal: Option<String>,
    appealed_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    #[schema(example = true)]
    overturned: Option<bool>,
    /// What staff said to the appeal.
    #[schema(example = "배송 기록을 확인했습니다. 취소해 드립니다.")]
    note: Option<String>,
}

/// How reliable somebody is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReliabilityBody {
    /// What all strikes count together now.
    #[schema(example = 0.7937)]
    weight: f64,
    /// Until when they are not taken for a panel; none where they are.
    barred_until: Option<DateTime<Utc>>,
}

/// Your strikes, in the order in which they came.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyStrikesBody {
    #[serde(flatten)]
    reliability: ReliabilityBody,
    strikes: Vec<StrikeBody>,
}

/// Why a strike is not deserved.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AppealBody {
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "택배를 받지 못했습니다.")]
    text: String,
}

/// What staff make of an appeal.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideStrikeBody {
    #[schema(example = true)]
    overturned: bool,
    /// Why; whoever appealed reads it.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "배송 기록을 확인했습니다. 취소해 드립니다.")]
    note: String,
}

/// As much of it as is of use.
fn rounded(weight: f64) -> f64 {
    (weight * 1e4).round() / 1e4
}

impl StrikeBody {
    fn new(strike: &Strike, title: String, now: DateTime<Utc>) -> Self {
        let appeal = strike.appeal.as_ref();
        let verdict = appeal.and_then(|appeal| appeal.verdict.as_ref());
        Self {
            id: strike.id.uuid(),
            panel: PanelRefBody { id: strike.panel_id.uuid(), title },
            application_id: strike.application_id.uuid(),
            kind: match strike.kind {
                Kind::NoShow => StrikeKindName::NoShow,
                Kind::Late => StrikeKindName::Late,
            },
            weight: strike.kind.weight(),
            weight_now: rounded(strike.weight_at(now)),
            created_at: strike.created_at,
            appealable_until: strike.appealable_until(),
            appeal: appeal.map(|appeal| appeal.text.as_str().to_owned()),
            appealed_at: appeal.map(|appeal| appeal.at),
            decided_at: verdict.map(|verdict| verdict.at),
            overturned: verdict.map(|verdict| verdict.overturned),
            note: verdict.map(|verdict| verdict.note.as_str().to_owned()),
        }
    }
}

impl From<Reliability> for ReliabilityBody {
    fn from(of: Reliability) -> Self {
        Self { weight: rounded(of.weight), barred_until: of.barred_until }
    }
}

/// What is known of how those who applied keep their promises.
pub struct Conduct {
    excuses: HashMap<ApplicationId, Excuse>,
    strikes: HashMap<MemberId, Vec<Strike>>,
}

impl Conduct {
    pub fn of<'a>(tx: &mut AnyConnection, of: impl Iterator<Item = &'a Application>) -> Rows<Self> {
        let (ids, members): (Vec<_>, Vec<_>) = of.map(|one| (one.id, one.member_id)).unzip();
        let members: Vec<MemberId> = members.into_iter().flatten().collect();
        let said = excuses::of(tx, &ids)?.into_iter().map(|excuse| (excuse.application_id, excuse));
        Ok(Self { excuses: said.collect(), strikes: strikes::of_members(tx, &members)? })
    }

    pub fn excuse(&self, application: ApplicationId) -> Option<&Excuse> {
        self.excuses.get(&application)
    }

    fn strikes(&self, member: Option<MemberId>) -> &[Strike] {
        member.and_then(|member| self.strikes.get(&member)).map_or(&[], Vec::as_slice)
    }

    /// The strike for an application, if there is one.
    pub fn strike(
        &self,
        (application, member): (ApplicationId, Option<MemberId>),
        title: &str,
        now: DateTime<Utc>,
    ) -> Option<StrikeBody> {
        let found = self.strikes(member).iter().find(|strike| strike.application_id == application);
        found.map(|strike| StrikeBody::new(strike, title.to_owned(), now))
    }

    pub fn reliability(&self, member: Option<MemberId>, now: DateTime<Utc>) -> ReliabilityBody {
        Reliability::of(self.strikes(member), now).into()
    }
}

fn shown(tx: &mut AnyConnection, strike: &Strike, now: DateTime<Utc>) -> Rows<Reply<StrikeBody>> {
    let title = panels::titles(tx, &[strike.panel_id])?.remove(&strike.panel_id).ok_or(Error::Missing)?;
    Ok(Reply::ok(&StrikeBody::new(strike, title, now)))
}

/// List one's own strikes
///
/// With what they count now, and until when one is not taken for a panel because of them.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), responses((status = 200, body = MyStrikesBody)))]
#[get("/v1/me/strikes")]
async fn list_my_strikes(app: web::Data<App>, me: SignedIn) -> Result<Reply<MyStrikesBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&me.caller, move |tx, actor| {
        let found = strikes::of_member(tx, actor.ensure_member()?)?;
        let panels: Vec<PanelId> = found.iter().map(|strike| strike.panel_id).collect();
        let titles = panels::titles(tx, &panels)?;
        let shown = |strike: &Strike| {
            let title = titles.get(&strike.panel_id).cloned().ok_or(Error::Missing)?;
            Ok(StrikeBody::new(strike, title, now))
        };
        Ok(Reply::ok(&MyStrikesBody {
            reliability: Reliability::of(&found, now).into(),
            strikes: found.iter().map(shown).collect::<Rows<_>>()?,
        }))
    })
    .await
}

/// Appeal against one's own strike
///
/// Once, within 30 days. Staff are told, and decide.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = AppealBody,
    responses((status = 200, body = StrikeBody), (status = 409, description = "already_appealed, appeal_too_late")))]
#[post("/v1/strikes/{id}/appeal")]
async fn appeal_strike(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<AppealBody>,
) -> Result<Reply<StrikeBody>, Failure> {
    let stamp = app.stamp();
    let text = field("/text", Plea::try_from(&*post.body.text))?;
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let member = actor.ensure_member()?;
        // Whoever asks for another's waits for nothing, and learns nothing.
        if strikes::find(tx, id.into())?.member_id != member {
            return Err(Error::Missing);
        }
        let strike = strikes::find_alone(tx, id.into())?.appealed(text.clone(), stamp.at)?;
        strikes::appeal(tx, &stamp, &strike)?;
        shown(tx, &strike, stamp.at)
    })
    .await
}

/// Decide about an appeal
///
/// Once. An overturned strike counts nothing, and the trial is no no-show any more; open applications that it kept out are looked at
/// anew. Whoever appealed is told either way.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DecideStrikeBody,
    responses((status = 200, body = StrikeBody), (status = 409, description = "nothing_to_decide, already_decided")))]
#[post("/v1/strikes/{id}/decide")]
async fn decide_strike(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<DecideStrikeBody>,
) -> Result<Reply<StrikeBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "decide_strike"));
    let note = field("/note", Plea::try_from(&*post.body.note))?;
    let verdict = Verdict { at: stamp.at, overturned: post.body.overturned, note };
    let whose = move |tx: &mut AnyConnection, actor: &Actor| {
        actor.ensure(Permission::ManagePanels)?;
        Ok(strikes::find(tx, id.into())?.member_id.uuid())
    };
    // Whoever applies just now is waited for, and whoever does after that is kept out no more.
    let alone_with = AloneWith::Member(app.read(&me.caller, whose).await?);
    app.write_once(&me.caller, post.once, alone_with, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let before = strikes::find_alone(tx, id.into())?;
        let was = shown(tx, &before, stamp.at)?.facts();
        let strike = before.decided(verdict.clone())?;
        strikes::decide(tx, &stamp, &strike)?;
        if strike.is_overturned() {
            screen_anew(tx, &stamp.branch(0), strike.member_id)?;
        }
        let is = shown(tx, &strike, stamp.at)?;
        act.keep(tx, actor, id, was, is)
    })
    .await
}
