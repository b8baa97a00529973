//! Disclosure: the rules that texts are looked through by, and a look at any text.

use actix_web::{get, post, put, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{access::Permission, calendar::seoul, panels::disclosure::Rules};
use persistence::{
    AloneWith,
    panels::disclosure::{self, Kept},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::posts::DisclosureFindingBody;
use crate::{
    actor::SignedIn,
    app::App,
    body::Json,
    error::Failure,
    reply::{IfMatch, Reply},
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_disclosure_rules).service(put_disclosure_rules).service(check_disclosure);
}

/// What texts are looked through for. Words are compared without spaces, signs, case, and what cannot be seen; any brackets are alike.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RulesBody {
    /// Any of these states the interest clearly.
    #[schema(min_items = 1, max_items = 100, example = json!(["[협찬]", "[광고]", "제공받아"]))]
    phrases: Vec<String>,
    /// Wordings under which something may have been given; they count beside one of `interests` in the same sentence.
    #[schema(max_items = 100, example = json!(["받을 수 있", "may receive"]))]
    conditional: Vec<String>,
    #[schema(max_items = 100, example = json!(["제공", "수수료"]))]
    interests: Vec<String>,
    /// Any of these says that nothing was given.
    #[schema(max_items = 100, example = json!(["내돈내산"]))]
    denials: Vec<String>,
    /// What turns a phrase into its contrary when it follows closely.
    #[schema(max_items = 100, example = json!(["아님", "아닙"]))]
    negations: Vec<String>,
    /// Words that tell of a part in something, and not of what was given.
    #[schema(max_items = 100, example = json!(["체험단", "서포터즈"]))]
    vague: Vec<String>,
    /// How much of a text is its beginning: both hold.
    #[schema(minimum = 1, maximum = 2_000, example = 200)]
    first_characters: u32,
    #[schema(minimum = 1, maximum = 50, example = 3)]
    first_lines: u32,
    /// The last day on which they may be relied on without another look.
    #[schema(example = "2027-06-30")]
    review_by: NaiveDate,
}

/// The rules as they hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisclosureRulesBody {
    rules: RulesBody,
    /// Whether `review_by` is past, by the days of Korea.
    overdue: bool,
    /// When staff changed them; null for those that are built in.
    updated_at: Option<DateTime<Utc>>,
}

impl From<RulesBody> for Rules {
    fn from(body: RulesBody) -> Self {
        Self {
            phrases: body.phrases,
            conditional: body.conditional,
            interests: body.interests,
            denials: body.denials,
            negations: body.negations,
            vague: body.vague,
            first_characters: body.first_characters,
            first_lines: body.first_lines,
            review_by: body.review_by,
        }
    }
}

impl From<Rules> for RulesBody {
    fn from(rules: Rules) -> Self {
        Self {
            phrases: rules.phrases,
            conditional: rules.conditional,
            interests: rules.interests,
            denials: rules.denials,
            negations: rules.negations,
            vague: rules.vague,
            first_characters: rules.first_characters,
            first_lines: rules.first_lines,
            review_by: rules.review_by,
        }
    }
}

fn shown(kept: Kept, now: DateTime<Utc>) -> Reply<DisclosureRulesBody> {
    let (updated_at, version) = (kept.updated_at, kept.version);
    let overdue = kept.rules.is_overdue(seoul(now).date());
    Reply::ok(&DisclosureRulesBody { rules: kept.rules.into(), overdue, updated_at }).tagged(version)
}

/// A text to be looked through.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DisclosureTextBody {
    #[serde(default)]
    #[validate(length(max = 300))]
    #[schema(max_length = 300, example = "마당 이어폰 2주 사용기")]
    title: String,
    /// Plain text, as a reader sees it.
    #[validate(length(max = 20_000))]
    #[schema(max_length = 20_000, example = "이 글은 마당 체험단으로 작성되었습니다.")]
    text: String,
}

/// What was found in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisclosureCheckBody {
    /// Whether nothing was found.
    disclosed: bool,
    findings: Vec<DisclosureFindingBody>,
}

/// Read what texts are looked through for
///
/// Those that are built in until staff write others.
#[utoipa::path(tag = "Disclosure", security(("bearer" = [])), responses((status = 200, body = DisclosureRulesBody)))]
#[get("/v1/disclosure_rules")]
async fn get_disclosure_rules(
    app: web::Data<App>,
    me: SignedIn,
) -> Result<Reply<DisclosureRulesBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&me.caller, move |tx, actor| {
        actor.ensure_member()?;
        Ok(shown(disclosure::find(tx)?, now))
    })
    .await
}

/// Change what texts are looked through for
///
/// What was looked through before is looked at again only when it is sent again.
#[utoipa::path(tag = "Disclosure", security(("bearer" = [])), request_body = RulesBody,
    responses((status = 200, body = DisclosureRulesBody)))]
#[put("/v1/disclosure_rules")]
async fn put_disclosure_rules(
    app: web::Data<App>,
    me: SignedIn,
    if_match: IfMatch,
    Json(body): Json<RulesBody>,
) -> Result<Reply<DisclosureRulesBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "put_disclosure_rules"));
    let rules = Rules::from(body).checked().map_err(|(pointer, fault)| Failure::field(pointer, fault))?;
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        let before = disclosure::find(tx)?;
        if_match.ensure(before.version)?;
        let was = shown(before.clone(), stamp.at);
        if before.rules == rules {
            return Ok(was);
        }
        let after = shown(disclosure::set(tx, &stamp, &rules, before.version)?, stamp.at);
        act.keep(tx, actor, Uuid::nil(), was.facts(), after)
    })
    .await
}

/// Look through a text for its disclosure
///
/// Nothing is stored. Whether a text is lawful is not said by it: it finds what the rules know.
#[utoipa::path(tag = "Disclosure", security(("bearer" = [])), request_body = DisclosureTextBody,
    responses((status = 200, body = DisclosureCheckBody)))]
#[post("/v1/disclosure/check")]
async fn check_disclosure(
    app: web::Data<App>,
    me: SignedIn,
    Json(body): Json<DisclosureTextBody>,
) -> Result<Reply<DisclosureCheckBody>, Failure> {
    app.read(&me.caller, move |tx, actor| {
        actor.ensure_member()?;
        let findings =
            DisclosureFindingBody::list(disclosure::find(tx)?.rules.check(&body.title, &body.text));
        Ok(Reply::ok(&DisclosureCheckBody { disclosed: findings.is_empty(), findings }))
    })
    .await
}
