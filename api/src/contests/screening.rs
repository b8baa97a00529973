//! Screening: whether entries keep the rules, what may be mended, and appeals.

use std::collections::BTreeSet;

use actix_web::{post, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, Stamp,
    answers::News,
    contests::{
        Contest,
        entries::{Entry, State},
        screening::{Appeal, Decision, Finding, Note, Reason, Screening, Verdict},
    },
    events::EntryEvent,
};
use persistence::{
    AloneWith, AnyConnection, Result as Rows,
    contests::entries::{self, Sent, Whole},
    notifications::contests as news,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::entries::{EntryBody, Showing, own_alone, shown, to_decide};
use crate::{
    actor::SignedIn,
    app::App,
    attachments::links::Links,
    body::{PathId, field, present},
    error::Failure,
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(screen_entry).service(appeal_entry).service(decide_entry_appeal);
}

/// Which rule an entry breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningReasonName {
    /// Its team may not enter.
    Ineligible,
    Incomplete,
    OffBrief,
    NotOriginal,
    /// It uses what is somebody else's.
    Rights,
    Duplicate,
    Unlawful,
    Late,
    /// AI had a part in it that was not told.
    UndisclosedAi,
}

impl From<ScreeningReasonName> for Reason {
    fn from(name: ScreeningReasonName) -> Self {
        match name {
            ScreeningReasonName::Ineligible => Self::Ineligible,
            ScreeningReasonName::Incomplete => Self::Incomplete,
            ScreeningReasonName::OffBrief => Self::OffBrief,
            ScreeningReasonName::NotOriginal => Self::NotOriginal,
            ScreeningReasonName::Rights => Self::Rights,
            ScreeningReasonName::Duplicate => Self::Duplicate,
            ScreeningReasonName::Unlawful => Self::Unlawful,
            ScreeningReasonName::Late => Self::Late,
            ScreeningReasonName::UndisclosedAi => Self::UndisclosedAi,
        }
    }
}

impl From<Reason> for ScreeningReasonName {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Ineligible => Self::Ineligible,
            Reason::Incomplete => Self::Incomplete,
            Reason::OffBrief => Self::OffBrief,
            Reason::NotOriginal => Self::NotOriginal,
            Reason::Rights => Self::Rights,
            Reason::Duplicate => Self::Duplicate,
            Reason::Unlawful => Self::Unlawful,
            Reason::Late => Self::Late,
            Reason::UndisclosedAi => Self::UndisclosedAi,
        }
    }
}

/// What is decided about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningDecisionName {
    Accept,
    Reject,
    /// It may be mended and sent again, once.
    Fix,
}

impl From<ScreeningDecisionName> for Decision {
    fn from(name: ScreeningDecisionName) -> Self {
        match name {
            ScreeningDecisionName::Accept => Self::Accept,
            ScreeningDecisionName::Reject => Self::Reject,
            ScreeningDecisionName::Fix => Self::Fix,
        }
    }
}

/// What staff found.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "decision": "fix", "reasons": ["incomplete"], "note": "이름의 뜻을 더 적어 주세요." }))]
pub struct ScreenEntryBody {
    decision: ScreeningDecisionName,
    /// At least one of a no; none of a yes.
    #[serde(default)]
    #[validate(length(max = 9))]
    #[schema(required = false, max_items = 9)]
    reasons: Vec<ScreeningReasonName>,
    /// What the team reads besides.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 2_000))]
    #[schema(required = false, nullable = false, min_length = 1, max_length = 2_000)]
    note: Option<String>,
}

/// Why an entry was wrongly rejected.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AppealEntryBody {
    #[validate(length(min = 1, max = 2_000))]
    #[schema(
        min_length = 1,
        max_length = 2_000,
        example = "저희가 직접 그린 그림입니다. 원본을 함께 보냅니다."
    )]
    text: String,
}

/// What staff make of an appeal.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideEntryAppealBody {
    /// Whether the entry is accepted after all.
    #[schema(example = true)]
    granted: bool,
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "원본을 확인했습니다.")]
    note: String,
}

/// What screening found of an entry, and what its team said to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScreeningBody {
    reasons: Vec<ScreeningReasonName>,
    #[schema(example = "이름의 뜻을 더 적어 주세요.")]
    note: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    /// Until when it may be mended, or might have been.
    fix_until: Option<DateTime<Utc>>,
    /// Of a rejection: until when one may appeal.
    appealable_until: Option<DateTime<Utc>>,
    appeal: Option<EntryAppealBody>,
}

/// An appeal against a rejection.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryAppealBody {
    #[schema(example = "저희가 직접 그린 그림입니다.")]
    text: String,
    at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    /// Null before it is decided.
    #[schema(example = true)]
    granted: Option<bool>,
    #[schema(example = "원본을 확인했습니다.")]
    note: Option<String>,
}

impl From<&Appeal> for EntryAppealBody {
    fn from(appeal: &Appeal) -> Self {
        let verdict = appeal.verdict.as_ref();
        Self {
            text: appeal.text.as_str().to_owned(),
            at: appeal.at,
            decided_at: verdict.map(|verdict| verdict.at),
            granted: verdict.map(|verdict| verdict.granted),
            note: verdict.map(|verdict| verdict.note.as_str().to_owned()),
        }
    }
}

impl ScreeningBody {
    pub(super) fn new(entry: &Entry, contest: &Contest) -> Self {
        let Screening { reasons, note, decided_at, fix_until, appeal } = &entry.screening;
        Self {
            reasons: reasons.iter().copied().map(Into::into).collect(),
            note: note.as_ref().map(|note| note.as_str().to_owned()),
            decided_at: *decided_at,
            fix_until: *fix_until,
            appealable_until: entry.appealable_until(contest),
            appeal: appeal.as_ref().map(Into::into),
        }
    }
}

/// An entry as those who screen see it.
fn screened(
    tx: &mut AnyConnection,
    actor: &Actor,
    (sent, contest): (&Sent, &Contest),
    links: &Links,
) -> Rows<Reply<EntryBody>> {
    let shown = Showing::of(tx, &[sent.entry.id])?.sent(sent, contest, (links, actor));
    Ok(Reply::ok(&shown).tagged(sent.entry.version))
}

/// Stores what was decided about an entry. One more than can be judged is not accepted.
fn decide(
    tx: &mut AnyConnection,
    stamp: &Stamp,
    contest: &Contest,
    after: &Entry,
    what: EntryEvent,
) -> Rows<()> {
    entries::update(tx, stamp, after, what)?;
    if after.state == State::Accepted {
        entries::progress(tx, contest, stamp.at)?.ensure_judgeable(&contest.terms)?;
    }
    Ok(())
}

/// Screen an entry
///
/// While screening lasts staff may think again, until the team has appealed. The team is told.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ScreenEntryBody,
    responses((status = 200, body = EntryBody), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase, entry_state, own_entry, no_mending, already_appealed, too_many_entries")))]
#[post("/v1/entries/{id}/screen")]
async fn screen_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<ScreenEntryBody>,
) -> Result<Reply<EntryBody>, Failure> {
    let (stamp, act, body) = (app.stamp(), app.act(&me, "screen_entry"), post.body);
    let reasons: BTreeSet<Reason> = body.reasons.into_iter().map(Reason::from).collect();
    let note = body.note.as_deref().map(|note| field("/note", Note::try_from(note))).transpose()?;
    let finding = Finding { decision: body.decision.into(), reasons, note };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (sent, Whole { entry, contest, .. }) = to_decide(tx, actor, id.into(), stamp.at)?;
        let was = screened(tx, actor, (&sent, &contest), &links)?;
        let after = entry.screened(&contest, finding.clone(), stamp.at)?;
        decide(tx, &stamp, &contest, &after, EntryEvent::Screened)?;
        news::tell_team(tx, &stamp, News::ContestScreened, (contest.id, after.id), None)?;
        let is = screened(tx, actor, (&Sent { entry: after, ..sent }, &contest), &links)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}

/// Appeal against the rejection of an entry
///
/// Once, within `appeal_hours` of the decision, by whoever leads the team.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = AppealEntryBody,
    responses((status = 200, body = EntryBody), (status = 403, description = "not_leader"),
        (status = 409, description = "contest_phase, not_rejected, already_appealed, appeal_over")))]
#[post("/v1/entries/{id}/appeal")]
async fn appeal_entry(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<AppealEntryBody>,
) -> Result<Reply<EntryBody>, Failure> {
    let (stamp, text) = (app.stamp(), field("/text", Note::try_from(&*post.body.text))?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (Whole { entry, contest, .. }, member) = own_alone(tx, actor, id.into())?;
        entry.ensure_led_by(member)?;
        let after = entry.appealed(&contest, text.clone(), stamp.at)?;
        entries::update(tx, &stamp, &after, EntryEvent::Appealed)?;
        news::tell_staff(tx, &stamp, News::ContestAppealWaiting, contest.id)?;
        Ok(Reply::ok(&shown(tx, actor, after.id, &links)?).tagged(after.version))
    })
    .await
}

/// Decide about an appeal of an entry
///
/// Once; the team is told.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DecideEntryAppealBody,
    responses((status = 200, body = EntryBody), (status = 403, description = "run_by_others"),
        (status = 409, description = "contest_phase, entry_state, own_entry, nothing_to_decide, already_decided, too_many_entries")))]
#[post("/v1/entries/{id}/appeal/decide")]
async fn decide_entry_appeal(
    app: web::Data<App>,
    me: SignedIn,
    links: Links,
    PathId(id): PathId,
    post: Post<DecideEntryAppealBody>,
) -> Result<Reply<EntryBody>, Failure> {
    let (stamp, act, granted) = (app.stamp(), app.act(&me, "decide_entry_appeal"), post.body.granted);
    let note = field("/note", Note::try_from(&*post.body.note))?;
    let verdict = Verdict { at: stamp.at, granted, note };
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (sent, Whole { entry, contest, .. }) = to_decide(tx, actor, id.into(), stamp.at)?;
        let was = screened(tx, actor, (&sent, &contest), &links)?;
        let after = entry.appeal_decided(&contest, verdict.clone())?;
        decide(tx, &stamp, &contest, &after, EntryEvent::AppealDecided)?;
        news::tell_team(tx, &stamp, News::ContestAppealDecided, (contest.id, after.id), None)?;
        let is = screened(tx, actor, (&Sent { entry: after, ..sent }, &contest), &links)?;
        act.keep(tx, actor, id, was.facts(), is)
    })
    .await
}
