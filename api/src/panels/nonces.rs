//! A part in the number of a draw: hidden before the lock, shown once that stands.

use actix_web::{post, web};
use domain::{
    Actor, Refusal,
    access::Permission,
    digest,
    draws::bytes_of_hex,
    panels::{Barred, Panel, terms::Source},
    text::Fault,
};
use persistence::{
    AloneWith, AnyConnection, Error, Result as Rows,
    panels::{self, applications, nonces},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    actor::SignedIn, app::App, body::PathId, error::Failure, once::Post, reply::Reply, routes::Routes,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(commit_to_number).service(reveal_number);
}

/// A number of one's own, hidden.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CommitmentBody {
    /// SHA-256 of the bytes of the number, in base 16.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    )]
    commitment: String,
}

/// The number that was hidden.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevealBody {
    /// Its bytes in base 16: 16 to 64 of them, chosen by chance.
    #[schema(pattern = "^([0-9a-f]{2}){16,64}$", example = "00112233445566778899aabbccddeeff")]
    nonce: String,
}

/// Whether the caller has a part in the number of a panel.
fn ensure_part(tx: &mut AnyConnection, actor: &Actor, panel: &Panel) -> Rows<domain::MemberId> {
    let member = actor.ensure_member()?;
    let applied = applications::of_member(tx, panel.id, member)?.is_some();
    let fits = panel.terms.beacon == Source::MultiParty;
    match fits && (applied || actor.ensure(Permission::ManagePanels).is_ok()) {
        true => Ok(member),
        false => Err(Error::Refused(Barred::NoPart.into())),
    }
}

/// Hide a number of one's own for the draw
///
/// Before the lock, by those who applied and by staff, one each; another replaces it. Nobody can know the number of the draw
/// as long as one of those who hide theirs keeps it to themselves.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = CommitmentBody,
    responses((status = 200, body = CommitmentBody), (status = 403, description = "no_part"),
        (status = 409, description = "panel_phase, commitment_taken")))]
#[post("/v1/panels/{id}/commitments")]
async fn commit_to_number(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<CommitmentBody>,
) -> Result<Reply<CommitmentBody>, Failure> {
    let (stamp, CommitmentBody { commitment }) = (app.stamp(), post.body);
    if digest::of_hex(&commitment).is_none_or(|hash| digest::hex(hash) != commitment) {
        return Err(Failure::field("/commitment", Fault::NotA("SHA-256 in base 16, in small letters")));
    }
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        panels::be_alone_with(tx, id.into())?;
        let panel = panels::find(tx, actor, id.into())?;
        let member = ensure_part(tx, actor, &panel)?;
        panel.ensure_may_hide(stamp.at)?;
        nonces::hide(tx, panel.id, member, &commitment, stamp.at)?;
        Ok(Reply::ok(&CommitmentBody { commitment: commitment.clone() }))
    })
    .await
}

/// Show the number one hid
///
/// From the end of the objection window until the draw: before it the lock could be taken back by who knows them. Numbers that are not shown are left out, and listed in the proof as such.
#[utoipa::path(tag = "Panels", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = RevealBody,
    responses((status = 200, body = RevealBody), (status = 403, description = "no_part"),
        (status = 409, description = "panel_phase, objection_window")))]
#[post("/v1/panels/{id}/reveals")]
async fn reveal_number(
    app: web::Data<App>,
    me: SignedIn,
    PathId(id): PathId,
    post: Post<RevealBody>,
) -> Result<Reply<RevealBody>, Failure> {
    let (stamp, RevealBody { nonce }) = (app.stamp(), post.body);
    let unfit = |words| Refusal::UnfitAt { pointer: "/nonce".to_owned(), fault: Fault::NotA(words) };
    let bytes = bytes_of_hex(&nonce).filter(|bytes| (16..=64).contains(&bytes.len()));
    let bytes = bytes.ok_or_else(|| Failure::from(unfit("number of 16 to 64 bytes in base 16")))?;
    let hash = digest::hex(Sha256::digest(bytes));
    app.write_once(&me.caller, post.once, AloneWith::Nobody, move |tx, actor| {
        panels::be_alone_with(tx, id.into())?;
        let panel = panels::find(tx, actor, id.into())?;
        let member = ensure_part(tx, actor, &panel)?;
        panel.ensure_may_show(stamp.at)?;
        if nonces::of_member(tx, panel.id, member)?.as_ref() != Some(&hash) {
            return Err(Error::Refused(unfit("number that you hid")));
        }
        nonces::show(tx, panel.id, member, &nonce)?;
        Ok(Reply::ok(&RevealBody { nonce: nonce.clone() }))
    })
    .await
}
