//! Who is to get a prize by the result as it stands, and to whom it is offered.

pub mod claims;
pub mod disqualifications;
pub mod names;
pub mod taxes;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
use domain::{
    ContestId, EntryId, MemberId, Stamp,
    answers::News,
    contests::{
        Contest,
        entries::State,
        prizes::{Award, Payment},
    },
};

use super::results;
use crate::{
    connection::AnyConnection,
    error::{Error, Result},
    key::{KeyValue, key},
    notifications::contests as news,
    schema::contest_entries,
};

/// What a result gives out.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The highest prize first.
    pub awards: Vec<(EntryId, Award)>,
    /// The pseudonyms of those of whom it is not known yet.
    pub undecided: Vec<String>,
}

impl Given {
    #[must_use]
    pub fn of(&self, entry: EntryId) -> Option<&Award> {
        self.awards.iter().find(|(id, _)| *id == entry).map(|(_, award)| award)
    }

    /// Those who are to get a prize.
    #[must_use]
    pub fn entries(&self) -> Vec<EntryId> {
        self.awards.iter().map(|(id, _)| *id).collect()
    }
}

/// What the result of a contest gives out; nothing where there is none.
///
/// # Errors
/// Only when the database fails.
pub fn given(conn: &mut AnyConnection, contest: &Contest) -> Result<Given> {
    let Some(outcome) = results::present(conn, contest)? else { return Ok(Given::default()) };
    let ids = accepted(conn, contest)?;
    let named = |award: Award| match ids.get(&award.entry) {
        Some(id) => Ok((*id, award)),
        None => Err(Error::Broken(format!("contest {}: {} is no entry of it", contest.id, award.entry))),
    };
    let awards = contest.awards(&outcome).into_iter().map(named).collect::<Result<_>>()?;
    Ok(Given { awards, undecided: contest.undecided(&outcome) })
}

/// The entries that were let in to be judged, by their pseudonyms: also those that did not come through every round.
///
/// # Errors
/// Only when the database fails.
pub fn accepted(conn: &mut AnyConnection, contest: &Contest) -> Result<HashMap<String, EntryId>> {
    let ids: Vec<KeyValue> = contest_entries::table
        .filter(contest_entries::contest_id.eq(key(contest.id)))
        .filter(contest_entries::state.eq(State::Accepted.name()))
        .select(contest_entries::id)
        .load(conn)?;
    let ids = ids.into_iter().map(EntryId::from);
    Ok(ids.map(|id| (contest.pseudonym_of_entry(id), id)).collect())
}

/// The contests whose public result says another thing than what was offered.
///
/// # Errors
/// Only when the database fails.
pub fn unoffered(conn: &mut AnyConnection, now: DateTime<Utc>) -> Result<Vec<ContestId>> {
    let mut found = Vec::new();
    for contest in claims::claimed_in(conn, now)? {
        let given = given(conn, &contest)?;
        if !Unoffered::of(conn, &contest, &given)?.is_empty() {
            found.push(contest.id);
        }
    }
    Ok(found)
}

/// What a result changes of what was offered.
struct Unoffered {
    won: Vec<EntryId>,
    lost: Vec<EntryId>,
}

impl Unoffered {
    fn of(conn: &mut AnyConnection, contest: &Contest, given: &Given) -> Result<Self> {
        let (mut won, mut lost) = (given.entries(), Vec::new());
        for claim in claims::of_contest(conn, contest.id)? {
            let is_given = given.of(claim.entry_id).is_some();
            won.retain(|entry| *entry != claim.entry_id);
            // While a tie is open, nobody knows who has the prizes below it.
            if !is_given && claim.declined_at.is_none() && given.undecided.is_empty() {
                lost.push(claim.entry_id);
            }
        }
        Ok(Self { won, lost })
    }

    fn is_empty(&self) -> bool {
        self.won.is_empty() && self.lost.is_empty()
    }
}

/// Makes what is offered what the result gives, where everybody may know it, and tells the teams: those who get a prize, and those whose
/// prize somebody else has by now, unless they were told why. Alone with the contest.
///
/// # Errors
/// Only when the database fails.
pub fn offer(conn: &mut AnyConnection, stamp: &Stamp, contest: &Contest) -> Result<Given> {
    let given = given(conn, contest)?;
    if contest.ensure_claiming(stamp.at).is_err() {
        return Ok(given);
    }
    let Unoffered { won, lost } = Unoffered::of(conn, contest, &given)?;
    let [for_won, for_lost] = [0, 1].map(|nth| stamp.branch(nth));
    for entry in won {
        claims::insert(conn, contest.id, entry, stamp.at)?;
        news::tell_team(conn, &for_won, News::ContestPrizeWon, (contest.id, entry), None)?;
    }
    for entry in lost {
        claims::delete(conn, entry)?;
        if disqualifications::find(conn, entry)?.is_none() {
            news::tell_team(conn, &for_lost, News::ContestPrizePassed, (contest.id, entry), None)?;
        }
    }
    Ok(given)
}

/// Forgets a member who has left a team of so many others: what they agreed among themselves, and who was paid what. An entry that is
/// nobody's has no rank, and who is next moves up.
pub(super) fn forget(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    (contest, entry): (&Contest, EntryId),
    member: MemberId,
    others: usize,
) -> Result<()> {
    if let Some(claim) = claims::find(conn, entry)? {
        let mut forgotten = claim.regrouped();
        for Payment { member: paid, .. } in forgotten.payments.iter_mut().flatten() {
            *paid = paid.filter(|paid| *paid != member.uuid());
        }
        claims::update(conn, &forgotten)?;
    }
    match others == 0 && contest.ensure_result_open(stamp.at).is_ok() {
        true => results::settle(conn, &stamp.branch(8), contest).map(drop),
        false => Ok(()),
    }
}
