//! What staff do with winners: they see who they are, and what each is paid.

use std::collections::HashMap;

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Actor, EntryId,
    calendar::seoul,
    contests::{
        Barred, Contest,
        prizes::{Claim, Taxed},
    },
    events::EntryEvent,
    judging::prizes::Rates,
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{
        entries::{self, Whole},
        prizes::{claims, given, names},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    super::{entries::to_decide, run},
    bodies::{EntryAwardBody, EntryPrizeBody},
    settling::{Outlook, members, paid, prize_of, rates},
};
use crate::{
    actor::SignedIn, app::App, audit::facts, body::PathId, error::Failure, once::Post, reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(list_winners).service(verify_winner);
}

/// What staff have seen of a winner. Madang keeps when it was seen and by whom, and never what it says.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "identity": true, "tax_data": true }))]
pub struct VerifyWinnerBody {
    /// Who they are. Nobody is verified without it.
    identity: bool,
    /// What the tax office asks for: needed where something is withheld, and refused where nothing is.
    #[serde(default)]
    tax_data: bool,
}

/// The rates by which prizes would be paid today.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldingRatesBody {
    #[schema(example = "2019-01-01")]
    from: NaiveDate,
    /// The last day on which they may be relied on without another look.
    #[schema(example = "2027-01-01")]
    review_by: NaiveDate,
    overdue: bool,
}

impl HoldingRatesBody {
    fn new(rates: &Rates, now: DateTime<Utc>) -> Self {
        let overdue = rates.is_overdue(seoul(now).date());
        Self { from: rates.from, review_by: rates.review_by, overdue }
    }
}

/// All who are to get a prize, with what each is paid. Whole; the highest prize first.
#[derive(Debug, Serialize, ToSchema)]
pub struct WinnersBody {
    items: Vec<EntryPrizeBody>,
    rates: HoldingRatesBody,
}

fn winners(tx: &mut AnyConnection, contest: &Contest, now: DateTime<Utc>) -> Rows<(WinnersBody, Vec<Uuid>)> {
    let (given, rates) = (given(tx, contest)?, rates(tx, now)?);
    let named = names::of(tx, &given.entries())?;
    let claims = claims::of_contest(tx, contest.id)?.into_iter().map(|claim| (claim.entry_id, claim));
    let claims: HashMap<EntryId, Claim> = claims.collect();
    let mut items = Vec::new();
    for (entry, award) in &given.awards {
        let claim = claims.get(entry);
        let due = paid(contest, award, claim, &members(named.get(entry)), &rates)?;
        items.push(EntryPrizeBody {
            entry_id: entry.uuid(),
            entry: award.entry.clone(),
            disqualification: None,
            award: EntryAwardBody::new(award, contest),
            claim: claim.map(Into::into),
            payments: due.iter().map(Into::into).collect(),
            your_name: None,
        });
    }
    let seen = named.values().flatten().map(|one| one.member.uuid()).collect();
    Ok((WinnersBody { items, rates: HoldingRatesBody::new(&rates, now) }, seen))
}

/// List the winners, with what each is paid
///
/// For staff, from the moment on when scores are locked; each look is kept. Income is a person's: what is untaxed is looked at for each
/// part. Nothing here is advice: the organiser answers for what is withheld.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = WinnersBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[get("/v1/contests/{id}/winners")]
async fn list_winners(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<WinnersBody>, Failure> {
    let (act, now) = (app.act(&me, "list_winners"), app.config.clock.now());
    app.look(&me.caller, move |tx, actor| {
        let contest = run(tx, actor, id.into())?;
        contest.ensure_awards_known(now)?;
        let (shown, seen) = winners(tx, &contest, now)?;
        act.look(tx, actor, Some(id), seen)?;
        Ok(Reply::ok(&shown).tagged(0))
    })
    .await
}

/// The entry that staff act on, alone with its contest, with what became of it so far: not one of their own.
pub(super) fn to_act_on(
    tx: &mut AnyConnection,
    actor: &Actor,
    id: EntryId,
    now: DateTime<Utc>,
) -> Rows<(Whole, serde_json::Value)> {
    let (_, whole) = to_decide(tx, actor, id, now)?;
    let was = prize_of(tx, actor, (&whole.contest, id), now, Outlook::Known)?;
    Ok((whole, facts(&was)))
}

/// Verify a winner
///
/// Once the prize is claimed. By whom is in the audit log; what was seen is kept nowhere.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = VerifyWinnerBody,
    responses((status = 200, body = EntryPrizeBody),
        (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase, own_entry, not_awarded, not_claimed, prize_declined, nothing_taxed")))]
#[post("/v1/entries/{id}/verify")]
async fn verify_winner(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<VerifyWinnerBody>,
) -> Result<Reply<EntryPrizeBody>, Failure> {
    let (stamp, act) = (app.stamp(), app.act(&me, "verify_winner"));
    let VerifyWinnerBody { identity, tax_data } = post.body;
    if !identity {
        return Err(Failure::field("/identity", Fault::Required));
    }
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (whole, was) = to_act_on(tx, actor, id.into(), stamp.at)?;
        whole.contest.ensure_claiming(stamp.at)?;
        let (claim, taxed) = due(tx, &whole, stamp.at)?;
        claims::update(tx, &claim.verified(taxed, tax_data, stamp.at)?)?;
        entries::tell(tx, &stamp, &whole.entry, EntryEvent::WinnerVerified)?;
        let at = (&whole.contest, whole.entry.id);
        let is = Reply::ok(&prize_of(tx, actor, at, stamp.at, Outlook::Known)?).tagged(0);
        act.keep(tx, actor, id, was, is)
    })
    .await
}

/// The claim of an entry that is to get a prize, and whether something is withheld from it.
fn due(tx: &mut AnyConnection, whole: &Whole, now: DateTime<Utc>) -> Rows<(Claim, Taxed)> {
    let Whole { entry, contest, team } = whole;
    let (given, claim) = (given(tx, contest)?, claims::find(tx, entry.id)?);
    let award = given.of(entry.id).ok_or(Error::Refused(Barred::NotAwarded.into()))?;
    let team: Vec<_> = team.members.iter().map(|mate| mate.member).collect();
    let due = paid(contest, award, claim.as_ref(), &team, &rates(tx, now)?)?;
    let claim = claim.ok_or(Error::Refused(Barred::NotClaimed.into()))?;
    Ok((claim, Taxed::of(&due)))
}
