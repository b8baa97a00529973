//! The draw, its public proof, and what it says to each who applied.

use actix_web::{get, post, web};
use domain::{
    PanelId,
    access::Permission,
    digest,
    draws::{
        Beacon, Pool,
        beacon::Evidence,
        leaves, merkle, priority,
        proof::{Number, Proof, Replacement},
    },
    events::PanelEvent,
    panels::{Barred, Step},
};
use persistence::{
    AloneWith, Error, Result as Rows,
    panels::{
        self,
        draws::{self, Draw},
        nonces,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::{applications::own, steps::stepped};
use crate::{
    actor::{Caller, SignedIn},
    app::App,
    body::PathId,
    draws::ProofBody,
    error::Failure,
    once::Post,
    reply::Reply,
    routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(draw_panel).service(get_panel_draw).service(explain_application);
}

/// The number of the draw, and what shows that it is that number.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DrawBody {
    /// Of drand: the signature of the round that the lock names, in base 16.
    #[validate(length(max = 200))]
    signature: Option<String>,
    /// Of named sources: their numbers, in the order in which they were named.
    #[validate(length(max = 5))]
    values: Option<Vec<String>>,
    /// Who saw them.
    #[validate(length(max = 200))]
    witness: Option<String>,
    /// Where they can be looked up.
    #[validate(length(max = 500))]
    link: Option<String>,
}

impl From<DrawBody> for Evidence {
    fn from(body: DrawBody) -> Self {
        let DrawBody { signature, values, witness, link } = body;
        Self { signature, values, witness, link, nonces: None }
    }
}

/// Why an application has a seat, a place in the queue, or neither.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationExplanationBody {
    eligible: bool,
    /// Codes of why not.
    #[schema(example = json!(["region"]))]
    reasons: Vec<String>,
    #[schema(pattern = "^[0-9a-f]{32}$", example = "0bea8c6aeb401bb8186c636651c2a97e")]
    ticket: String,
    /// Of the rule that was fixed at the lock.
    spec_hash: Option<String>,
    /// Where the ticket stands in the locked list; none before the lock.
    proof: Option<LineBody>,
    /// Once the result is out.
    draw: Option<CalledBody>,
}

/// A line of the locked list, and the hashes that lead from it to the root.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineBody {
    /// `pool` or `excluded`.
    list: &'static str,
    /// The line as it was hashed: canonical JSON.
    line: String,
    index: usize,
    size: usize,
    path: Vec<String>,
    root: String,
}

/// What chance said.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalledBody {
    /// In base 16; the smaller, the earlier one is called.
    priority: String,
    /// The place in which the ticket was called, from 1.
    rank: usize,
    /// Why it was passed over, as in the proof.
    #[schema(value_type = Option<Object>)]
    reason: Option<Value>,
}

/// Draw the seats
///
/// With the number that was announced at the lock, and what shows that it is. One draw gives one result: drawing again answers with
/// the first.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = DrawBody,
    responses((status = 200, body = ProofBody),
        (status = 409, description = "panel_phase, objection_window, nobody_hid_a_number")))]
#[post("/v1/panels/{id}/draw")]
async fn draw_panel(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<DrawBody>,
) -> Result<Reply<ProofBody>, Failure> {
    let (id, stamp, act) = (PanelId::from(id), app.stamp(), app.act(&me, "draw_panel"));
    let evidence = Evidence::from(post.body);
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        actor.ensure(Permission::ManagePanels)?;
        panels::be_alone_with(tx, id)?;
        let panel = panels::find(tx, actor, id)?;
        if panel.marks.drawn_at.is_some() {
            return proof_of(&draws::find(tx, id)?).map(|proof| Reply::ok(&ProofBody(proof)));
        }
        let after = stepped(tx, panel, Step::Draw, stamp)?;
        let draw = draws::find(tx, id)?;
        let evidence = match draw.spec.beacon {
            Beacon::MultiParty { .. } => {
                nonces::ensure_customer_shown(tx, id)?;
                Evidence { nonces: Some(nonces::shown(tx, id)?), ..evidence.clone() }
            }
            Beacon::Drand { .. } | Beacon::ManualSources { .. } => evidence.clone(),
        };
        let number = draw.spec.beacon.brought(&evidence, stamp.at)?;
        draws::draw(tx, &after, &draw, (&number, &evidence), stamp.at)?;
        panels::update(tx, &stamp, &after, PanelEvent::Stepped(Step::Draw))?;
        let proof = proof_of(&draws::find(tx, id)?)?;
        let facts =
            serde_json::json!({ "spec_hash": proof.spec_hash, "seed": proof.seed, "beacon": proof.beacon });
        act.keep_facts(tx, actor, Some(id.uuid()), (None, Some(facts)))?;
        Ok(Reply::ok(&ProofBody(proof)))
    })
    .await
}

/// The public proof of a draw. Its lines are left out where they could tell of somebody.
fn proof_of(draw: &Draw) -> Rows<Proof> {
    let missing = || Error::Broken("a draw without a result".to_owned());
    let (drawn, (bytes, evidence)) =
        (draw.result()?.ok_or_else(missing)?, draw.number.clone().ok_or_else(missing)?);
    let hash = draw.spec.hash();
    let open = domain::draws::is_anonymous(&draw.pool);
    Ok(Proof {
        seed: Some(digest::hex(priority::seed(&hash, &bytes))),
        spec_hash: Some(digest::hex(hash)),
        spec: draw.spec.clone(),
        pool: open.then(|| draw.pool.clone()),
        excluded: open.then(|| draw.excluded.clone()),
        beacon: Number { bytes: digest::hex(&bytes), evidence },
        // Its reasons name what somebody is.
        walk: open.then_some(drawn.walk),
        selected: Some(drawn.selected),
        waitlist: Some(drawn.waitlist),
        replacements: Some(draw.replacements.clone()).filter(|made: &Vec<Replacement>| !made.is_empty()),
        fairness: draw.fairness,
    })
}

/// Read the public proof of a draw
///
/// Everything the draw was made of, once the result is out: `POST /v1/draws/verify` takes it as it is. Lines are left out where fewer
/// than three people are alike, and could be told by them.
#[utoipa::path(tag = "Panels", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProofBody), (status = 409, description = "panel_phase")))]
#[get("/v1/panels/{id}/draw")]
async fn get_panel_draw(
    app: web::Data<App>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Reply<ProofBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&caller, move |tx, actor| {
        let panel = panels::find(tx, actor, id.into())?;
        let runs_it = actor.ensure(Permission::ManagePanels).is_ok() && panel.marks.drawn_at.is_some();
        if !runs_it && (!panel.is_announced(now) || panel.marks.drawn_at.is_none()) {
            return Err(Error::Refused(Barred::Phase(panel.phase(now)).into()));
        }
        proof_of(&draws::find(tx, panel.id)?).map(|proof| Reply::ok(&ProofBody(proof)))
    })
    .await
}

/// Explain what became of one's own application
///
/// Whether it could be drawn and why not, where it stands in the locked list (with the hashes up to its root), and once the result is
/// out its priority, its rank, and why it was passed over.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ApplicationExplanationBody)))]
#[get("/v1/applications/{id}/explanation")]
async fn explain_application(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
) -> Result<Reply<ApplicationExplanationBody>, Failure> {
    let now = app.config.clock.now();
    app.read(&me.caller, move |tx, actor| {
        let (application, panel, _) = own(tx, actor, id.into())?;
        let draw = panel.marks.locked_at.map(|_| draws::find(tx, panel.id)).transpose()?;
        let called = match &draw {
            Some(draw) if panel.is_announced(now) => called(draw, application.ticket)?,
            _ => None,
        };
        let locked = draw.as_ref().and_then(|draw| excluded(draw, application.ticket));
        let reasons = locked.unwrap_or_else(|| application.reasons.clone());
        Ok(Reply::ok(&ApplicationExplanationBody {
            eligible: reasons.is_empty(),
            reasons,
            ticket: application.ticket.to_string(),
            spec_hash: draw.as_ref().map(|draw| digest::hex(draw.spec.hash())),
            proof: draw.as_ref().and_then(|draw| line(draw, application.ticket)),
            draw: called,
        }))
    })
    .await
}

/// Why a ticket could not be drawn, as it was locked.
fn excluded(draw: &Draw, ticket: domain::draws::Ticket) -> Option<Vec<String>> {
    let place = draw.excluded.binary_search_by_key(&ticket, |line| line.t).ok()?;
    draw.excluded.get(place).map(|line| line.r.clone())
}

fn line(draw: &Draw, ticket: domain::draws::Ticket) -> Option<LineBody> {
    let (list, place, lines) = match draw.pool.binary_search_by_key(&ticket, |line| line.t) {
        Ok(place) => ("pool", place, leaves(&draw.pool)),
        Err(_) => {
            let place = draw.excluded.binary_search_by_key(&ticket, |line| line.t).ok()?;
            ("excluded", place, leaves(&draw.excluded))
        }
    };
    let path = merkle::path(&lines, place)?;
    Some(LineBody {
        list,
        line: lines.get(place)?.clone(),
        index: place,
        size: lines.len(),
        path: path.iter().map(digest::hex).collect(),
        root: digest::hex(merkle::root(&lines)),
    })
}

fn called(draw: &Draw, ticket: domain::draws::Ticket) -> Rows<Option<CalledBody>> {
    let (Some((number, _)), Some(drawn)) = (&draw.number, draw.result()?) else { return Ok(None) };
    let seed = priority::seed(&draw.spec.hash(), number);
    let Ok(place) = draw.pool.binary_search_by_key(&ticket, |line| line.t) else { return Ok(None) };
    let pool = Pool::of(&draw.spec, &draw.pool).map_err(|unfit| Error::Broken(unfit.to_string()))?;
    let rank = pool.order(&seed).iter().position(|&called| called == place).unwrap_or(0) + 1;
    let own = priority::Priorities::of(&seed).of_ticket(ticket, draw.pool[place].w);
    let reason = drawn.walk.into_iter().find(|step| step.t == ticket).and_then(|step| step.reason);
    Ok(Some(CalledBody {
        priority: digest::hex(own),
        rank,
        reason: reason.map(|reason| serde_json::to_value(reason).unwrap_or_default()),
    }))
}
