//! What is left of ballots once they are forgotten.

use std::collections::BTreeSet;

use domain::{
    EntryId,
    contests::{Contest, ballots},
    judging::bundle::{Ballot, Bundle},
};

use super::{from_json, inputs, prizes};
use crate::{connection::AnyConnection, error::Result};

/// What every ballot starred that the result was computed from, and whether it counted: all that is known of them once the ballots
/// themselves are forgotten.
///
/// # Errors
/// [`crate::Error::Missing`] when no scores were ever locked.
pub fn stars(
    conn: &mut AnyConnection,
    contest: &Contest,
) -> Result<Vec<(BTreeSet<EntryId>, ballots::State)>> {
    let frozen: Bundle = from_json(&inputs(conn, contest.id, contest.round)?)?;
    let named = prizes::accepted(conn, contest)?;
    let stars = |Ballot { stars, state, .. }: Ballot| {
        (stars.iter().filter_map(|entry| named.get(entry).copied()).collect(), state)
    };
    Ok(frozen.ballots.into_iter().map(stars).collect())
}
