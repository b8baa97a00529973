//! Judging: the result of a contest is computed again for whoever brings its bundle.

pub mod schemas;

use std::{fs, path::Path, process::ExitCode};

use actix_web::post;
use domain::judging::bundle::{Bundle, Verdict, recompute};

pub(crate) use self::schemas::BundleBody;
use self::schemas::RecomputedBody;
use crate::{
    brought::Brought,
    draws::{Form, tell_checks},
    error::Failure,
    reply::Reply,
    routes::Routes,
    serve::StartError,
};

pub fn routes(to: &mut Routes<'_>) {
    to.service(recompute_contest).close("/v1/contests/recompute");
}

/// Compute the result of a contest again from its bundle
///
/// Nothing is stored, and nothing is known of the contest but what is sent: that it is the bundle of a contest is shown by `lock_hash`,
/// which the contest has public since its lock. What can be derived may be left out: then it is computed and not compared, and stands
/// under `unchecked`. `result` is the published one byte for byte, and a changed byte fails the check that names it. A bundle may
/// have 16 MiB, of which rules 1 MiB; longer ones are for `madang contest recompute`. Few are computed at once; one more is answered
/// 503 with `Retry-After`.
#[utoipa::path(tag = "Contests", request_body = BundleBody,
    responses((status = 200, body = RecomputedBody), (status = 408, description = "upload_too_slow")))]
#[post("/v1/contests/recompute")]
async fn recompute_contest(brought: Brought<Bundle>) -> Result<Reply<RecomputedBody>, Failure> {
    // The answer is written there too: of two thousand entries that are all tied it is longer than the bundle.
    brought.work(|bundle| Reply::ok(&RecomputedBody(recompute(&bundle)))).await
}

/// Computes the result in a file again and says what came out; exit code 1 when anything is not as the file says.
///
/// # Errors
/// [`StartError::Other`] when it is no bundle at all.
pub fn recompute_file(file: &Path, form: Form) -> Result<ExitCode, StartError> {
    let unreadable =
        |error: &dyn std::fmt::Display| StartError::Other(format!("{}: {error}", file.display()));
    let bytes = fs::read(file).map_err(|error| unreadable(&error))?;
    let bundle: Bundle = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    let verdict = recompute(&bundle);
    match form {
        Form::Json => {
            println!("{}", serde_json::to_string_pretty(&verdict).map_err(|error| unreadable(&error))?)
        }
        Form::Text => tell(&verdict),
    }
    Ok(if verdict.valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(verdict: &Verdict) {
    tell_checks(&verdict.checks, &verdict.unchecked);
    println!("{}", verdict.canonical_result());
    if let Some(lock_hash) = &verdict.lock_hash {
        println!("lock_hash {lock_hash}: it is the contest's bundle if the contest shows the same.");
    }
    println!("{}", sentence(verdict));
}

fn sentence(verdict: &Verdict) -> &'static str {
    match (verdict.valid, &verdict.unchecked[..]) {
        (false, _) => "The bundle is FALSE.",
        (true, []) => "The result is as its bundle says.",
        (true, unchecked) if unchecked.contains(&"result") => {
            "The bundle says no result; this one comes out of it."
        }
        (true, _) => "The result is as its bundle says, which leaves out what is marked with ?.",
    }
}
