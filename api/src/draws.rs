//! Draws: the proof of one is computed again for whoever brings it.

pub(crate) mod schemas;

use std::{fs, path::Path, process::ExitCode};

use actix_web::post;
use domain::draws::proof::{Chances, Check, Proof, Verdict, verify};

pub(crate) use self::schemas::ProofBody;
use self::schemas::VerdictBody;
use crate::{brought::Brought, error::Failure, reply::Reply, routes::Routes, serve::StartError};

pub fn routes(to: &mut Routes<'_>) {
    to.service(verify_draw);
}

/// Compute a draw again from its proof
///
/// Nothing is stored, and nothing is known of the draw but what is sent. What can be derived may be left out: then it is computed
/// and not compared. Not checked here are the estimated chances, which take two thousand draws; `madang draw verify` checks
/// them too. A proof may have 16 MiB, as that of a draw among fifty thousand people has; few are computed at once, and one more is
/// answered 503 with `Retry-After`.
#[utoipa::path(tag = "Draws", request_body = ProofBody,
    responses((status = 200, body = VerdictBody), (status = 408, description = "upload_too_slow")))]
#[post("/v1/draws/verify")]
async fn verify_draw(brought: Brought<Proof>) -> Result<Reply<VerdictBody>, Failure> {
    brought.work(|proof| Reply::ok(&VerdictBody(verify(&proof, Chances::LeftOut)))).await
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

/// Prints what was compared, and what could not be.
pub(crate) fn tell_checks(checks: &[Check], unchecked: &[&str]) {
    for check in checks {
        println!("{}  {}", if check.ok { "ok   " } else { "FALSE" }, check.name);
        if !check.ok {
            println!("       expected {}\n       found    {}", check.expected, check.found);
        }
    }
    for name in unchecked {
        println!("?      {name} (there is nothing to check it by)");
    }
}

fn tell(verdict: &Verdict) {
    tell_checks(&verdict.checks, &verdict.unchecked);
    let listed = |tickets: &[domain::draws::Ticket]| {
        tickets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    println!("selected: {}", listed(&verdict.selected));
    println!("{}", if verdict.valid { "The draw is as its proof says." } else { "The proof is FALSE." });
}
