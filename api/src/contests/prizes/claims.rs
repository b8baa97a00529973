//! What a team says to its prize.

use actix_web::{get, post, put, web};
use chrono::{DateTime, Utc};
use domain::{
    Actor, MemberId, Stamp,
    contests::{
        Barred,
        prizes::{Claim, NameAs, Shares},
    },
    events::EntryEvent,
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    contests::{
        entries::{self, Whole},
        prizes::{self, claims, names},
        results,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    super::entries::{own_alone, unsealed},
    bodies::{EntryPrizeBody, NameAsName, PrizeShareBody},
    settling::{Outlook, prize_of},
};
use crate::{
    actor::SignedIn,
    app::App,
    body::{Json, PathId, present},
    error::Failure,
    once::{Empty, Post},
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(get_entry_prize).service(claim_prize).service(decline_prize).service(set_winner_name);
}

/// What whoever leads a winning team states.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "original": true, "licence": true }))]
pub struct ClaimPrizeBody {
    /// That it is their own, as `originality_statement` says. Nothing is claimed without it.
    original: bool,
    /// That they agree to what `rights` says. Nothing is claimed without it.
    licence: bool,
    /// Of everybody in the team; left out, all are equal.
    #[serde(default, deserialize_with = "present")]
    #[validate(length(min = 1, max = 100), nested)]
    #[schema(nullable = false, min_items = 1, max_items = 100)]
    shares: Option<Vec<PrizeShareBody>>,
}

impl ClaimPrizeBody {
    fn read(self) -> Result<Option<Vec<(MemberId, u32)>>, Failure> {
        for (pointer, stated) in [("/original", self.original), ("/licence", self.licence)] {
            if !stated {
                return Err(Failure::field(pointer, Fault::Required));
            }
        }
        let shares = |shares: Vec<PrizeShareBody>| {
            shares.into_iter().map(|one| (MemberId::from(one.member_id), one.share)).collect()
        };
        Ok(self.shares.map(shares))
    }
}

/// What the public may read of your name.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WinnerNameChoiceBody {
    #[serde(rename = "as")]
    name_as: NameAsName,
}

/// The prize that is offered to an entry.
fn offered(tx: &mut AnyConnection, stamp: &Stamp, whole: &Whole) -> Rows<Claim> {
    whole.contest.ensure_claiming(stamp.at)?;
    let given = prizes::offer(tx, &stamp.branch(0), &whole.contest)?;
    match (claims::find(tx, whole.entry.id)?, given.of(whole.entry.id)) {
        (Some(claim), Some(_)) => Ok(claim),
        (Some(claim), None) if claim.declined_at.is_some() => {
            Err(Error::Refused(Barred::PrizeDeclined.into()))
        }
        _ => Err(Error::Refused(Barred::NotAwarded.into())),
    }
}

/// The entry as its team sees it now.
fn shown(
    tx: &mut AnyConnection,
    actor: &Actor,
    whole: &Whole,
    now: DateTime<Utc>,
) -> Rows<Reply<EntryPrizeBody>> {
    let outlook = match whole.contest.ensure_awards_public(now) {
        Ok(()) => Outlook::Known,
        Err(_) => Outlook::Hidden,
    };
    Ok(Reply::ok(&prize_of(tx, actor, (&whole.contest, whole.entry.id), now, outlook)?).tagged(0))
}

/// Read what became of an entry
///
/// For its team: why it was disqualified, and once the provisional result is public what it is to get, and what each of them is paid.
/// For staff from the moment on when scores are locked; each such look is kept.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryPrizeBody), (status = 403, description = "run_by_others"), (status = 409, description = "contest_phase")))]
#[get("/v1/entries/{id}/prize")]
async fn get_entry_prize(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<EntryPrizeBody>, Failure> {
    let (act, now) = (app.act(&me, "get_entry_prize"), app.config.clock.now());
    app.look(&me.caller, move |tx, actor| match entries::own(tx, actor, id.into()) {
        Ok((whole, _)) => shown(tx, actor, &whole, now),
        Err(Error::Missing) => {
            let (sent, contest) = unsealed(tx, actor, id.into(), now)?;
            contest.ensure_awards_known(now)?;
            let entry = sent.entry.id;
            let team = names::of(tx, &[entry])?.into_values().flatten().map(|one| one.member.uuid());
            act.look(tx, actor, Some(id), team)?;
            Ok(Reply::ok(&prize_of(tx, actor, (&contest, entry), now, Outlook::Known)?).tagged(0))
        }
        Err(error) => Err(error),
    })
    .await
}

/// Claim a prize
///
/// By whoever leads the team, once the provisional result is public; again, with other shares, until staff have looked at it.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ClaimPrizeBody,
    responses((status = 200, body = EntryPrizeBody), (status = 403, description = "not_leader"),
        (status = 409, description = "contest_phase, not_awarded, prize_declined, prize_verified")))]
#[post("/v1/entries/{id}/claim")]
async fn claim_prize(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<ClaimPrizeBody>,
) -> Result<Reply<EntryPrizeBody>, Failure> {
    let (stamp, given) = (app.stamp(), post.body.read()?);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (whole, member) = own_alone(tx, actor, id.into())?;
        whole.entry.ensure_led_by(member)?;
        let claim = offered(tx, &stamp, &whole)?;
        let team: Vec<MemberId> = whole.team.members.iter().map(|mate| mate.member).collect();
        let shares = given.as_ref().map(|given| Shares::of(&team, given)).transpose()?;
        claims::update(tx, &claim.claimed(shares.unwrap_or_default(), stamp.at)?)?;
        entries::tell(tx, &stamp, &whole.entry, EntryEvent::PrizeClaimed)?;
        shown(tx, actor, &whole, stamp.at)
    })
    .await
}

/// Decline a prize
///
/// For good, by whoever leads the team: who is next in line moves up, and is told. The entry loses its rank by it.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = EntryPrizeBody), (status = 403, description = "not_leader"),
        (status = 409, description = "contest_phase, not_awarded, prize_declined")))]
#[post("/v1/entries/{id}/decline")]
async fn decline_prize(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<Empty>,
) -> Result<Reply<EntryPrizeBody>, Failure> {
    let stamp = app.stamp();
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        let (whole, member) = own_alone(tx, actor, id.into())?;
        whole.entry.ensure_led_by(member)?;
        let claim = offered(tx, &stamp, &whole)?;
        claims::update(tx, &claim.declined(stamp.at)?)?;
        entries::tell(tx, &stamp, &whole.entry, EntryEvent::PrizeDeclined)?;
        results::settle(tx, &stamp.branch(1), &whole.contest)?;
        shown(tx, actor, &whole, stamp.at)
    })
    .await
}

/// Say what the public may read of your name
///
/// Each in a team for themselves, at any time; nothing is shown of whoever says nothing.
#[utoipa::path(tag = "Contests", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = WinnerNameChoiceBody,
    responses((status = 200, body = WinnerNameChoiceBody)))]
#[put("/v1/entries/{id}/name")]
async fn set_winner_name(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    Json(body): Json<WinnerNameChoiceBody>,
) -> Result<Reply<WinnerNameChoiceBody>, Failure> {
    let (stamp, name_as) = (app.stamp(), NameAs::from(body.name_as));
    app.write(&me.caller, AloneWith::Nobody, move |tx, actor| {
        let (whole, member) = entries::own(tx, actor, id.into())?;
        names::set(tx, whole.entry.id, member, name_as)?;
        entries::tell(tx, &stamp, &whole.entry, EntryEvent::NameChosen)?;
        Ok(Reply::ok(&WinnerNameChoiceBody { name_as: name_as.into() }))
    })
    .await
}
