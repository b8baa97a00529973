//! Draws: the proof of one is computed again for whoever brings it.

mod schemas;

use std::{fs, future::Future, path::Path, pin::Pin, process::ExitCode};

use actix_web::{FromRequest, HttpRequest, dev::Payload, post, web};
use domain::draws::proof::{Chances, Proof, Verdict, verify};
use serde::Deserialize;
use validator::Validate;

pub(crate) use self::schemas::ProofBody;
use self::schemas::VerdictBody;
use crate::{body, error::Failure, reply::Reply, routes::Routes, serve::StartError};

/// The proof of a draw among fifty thousand people fits.
const PROOF_MOST: usize = 16 << 20;

pub fn routes(to: &mut Routes<'_>) {
    to.service(verify_draw);
}

/// A proof out of a body that may be longer than others.
struct Brought(Proof);

#[derive(Deserialize, Validate)]
#[serde(transparent)]
struct Plain {
    proof: Proof,
}

impl FromRequest for Brought {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = body::bytes_up_to(PROOF_MOST, &mut payload).await?;
            let Plain { proof } = body::parse(&request, &bytes)?;
            Ok(Self(proof))
        })
    }
}

/// Compute a draw again from its proof
///
/// Nothing is stored, and nothing is known of the draw but what is sent. What can be derived may be left out: then it is computed
/// and not compared. Not checked here are the estimated chances, which take two thousand draws; `madang draw verify` checks
/// them too.
#[utoipa::path(tag = "Draws", request_body = ProofBody, responses((status = 200, body = VerdictBody)))]
#[post("/v1/draws/verify")]
async fn verify_draw(Brought(proof): Brought) -> Result<Reply<VerdictBody>, Failure> {
    let verdict = web::block(move || verify(&proof, Chances::LeftOut)).await.map_err(Failure::internal)?;
    Ok(Reply::ok(&VerdictBody(verdict)))
}

/// Computes the draw in a file again and says what came out; exit code 1 when anything is not as the file says.
///
/// # Errors
/// [`StartError::Other`] when it is no proof at all.
pub fn verify_file(file: &Path, form: Form) -> Result<ExitCode, StartError> {
    let unreadable =
        |error: &dyn std::fmt::Display| StartError::Other(format!("{}: {error}", file.display()));
    let bytes = fs::read(file).map_err(|error| unreadable(&error))?;
    let proof: Proof = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    let verdict = verify(&proof, Chances::Estimated);
    match form {
        Form::Json => {
            println!("{}", serde_json::to_string_pretty(&verdict).map_err(|error| unreadable(&error))?)
        }
        Form::Text => tell(&verdict),
    }
    Ok(if verdict.valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How a verdict is printed.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    Text,
    Json,
}

fn tell(verdict: &Verdict) {
    for check in &verdict.checks {
        println!("{}  {}", if check.ok { "ok   " } else { "FALSE" }, check.name);
        if !check.ok {
            println!("       expected {}\n       found    {}", check.expected, check.found);
        }
    }
    for name in &verdict.unchecked {
        println!("?      {name} (there is nothing to check it by)");
    }
    let listed = |tickets: &[domain::draws::Ticket]| {
        tickets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    println!("selected: {}", listed(&verdict.selected));
    println!("{}", if verdict.valid { "The draw is as its proof says." } else { "The proof is FALSE." });
}
