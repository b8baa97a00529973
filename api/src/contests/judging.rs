//! Judging: who judges, whom they may not, what they are given, and what they say.

mod assigning;
mod bodies;
mod by_hand;
mod calibration;
mod conflicts;
mod extra;
mod judges;
mod reviews;

use std::collections::BTreeSet;

use domain::{
    EntryId, MemberId, Stamp,
    answers::News,
    contests::{
        Barred, Contest, Phase,
        assigning::{Assignment, Facts, Given, Planned, Written},
        judges::Judge,
        reviews::{Kind, Review, State},
        screening::Note,
    },
    events::ReviewEvent,
};
use persistence::{
    AnyConnection, Error, Result as Rows,
    contests::{assigning as rows, conflicts as said, entries, judges as juries, reviews as reviewed},
    notifications::contests as news,
};

use crate::routes::Routes;

pub fn routes(to: &mut Routes<'_>) {
    judges::routes(to);
    conflicts::routes(to);
    assigning::routes(to);
    by_hand::routes(to);
    extra::routes(to);
    calibration::routes(to);
    reviews::routes(to);
}

/// Gives what was planned, and tells those who have new entries.
fn give(
    tx: &mut AnyConnection,
    stamp: &Stamp,
    (contest, facts): (&Contest, &Facts),
    (planned, given): (Planned, Given),
) -> Rows<Assignment> {
    let pairs = facts.pairs(contest, &given);
    reviewed::give(tx, &stamp.branch(0), contest, Kind::Assigned, &pairs)?;
    give_samples(tx, &stamp.branch(3), contest)?;
    let judges: BTreeSet<MemberId> = pairs.iter().map(|(_, judge)| *judge).collect();
    for judge in judges {
        news::tell_member(tx, &stamp.branch(1), News::ContestReviewAssigned, contest.id, judge)?;
    }
    if !given.lacking.is_empty() {
        news::tell_staff(tx, &stamp.branch(2), News::ContestReviewerMissing, contest.id)?;
    }
    let assignment = Assignment {
        id: stamp.id(0),
        contest_id: contest.id,
        round: contest.round,
        parts: facts.parts_with(contest, &planned, &given),
        written: Written { planned, given },
        created_at: stamp.at,
    };
    rows::insert(tx, stamp, &assignment)?;
    Ok(assignment)
}

/// Finds other judges for entries that lost some, at once; where nobody can take one, staff are told.
fn reassign(tx: &mut AnyConnection, stamp: &Stamp, contest: &Contest, lost: &[EntryId]) -> Rows<()> {
    if lost.is_empty() || contest.phase(stamp.at) != Phase::Judging {
        return Ok(());
    }
    let facts = rows::facts(tx, contest)?;
    let planned = match facts.planned(contest, Some(lost)) {
        Ok(planned) => planned,
        // By hand it had been given more than it needs.
        Err(_) => return Ok(()),
    };
    match planned.run() {
        Ok(given) => give(tx, stamp, (contest, &facts), (planned, given)).map(drop),
        Err(_) => news::tell_staff(tx, &stamp.branch(2), News::ContestReviewerMissing, contest.id),
    }
}

/// Ends these reviews, and says which entries lost a judge by it.
fn end(
    tx: &mut AnyConnection,
    stamp: &Stamp,
    reviews: Vec<Review>,
    why: Option<&Note>,
) -> Rows<Vec<EntryId>> {
    let mut lost = Vec::new();
    for (nth, review) in (0_u16..).zip(reviews) {
        let kind = review.kind;
        let ended = review.ended(State::Taken, why.cloned(), stamp.at);
        reviewed::update(tx, &stamp.branch(nth), &ended, Some(ReviewEvent::Taken))?;
        lost.extend((kind == Kind::Assigned).then_some(ended.entry_id));
    }
    Ok(lost)
}

/// Ends what a judge holds and may not, as is known by now, sent or not; others get it.
fn settle(tx: &mut AnyConnection, stamps: &[Stamp; 2], contest: &Contest, judge: MemberId) -> Rows<()> {
    let now = stamps[0].at;
    let mut conflicted = Vec::new();
    for review in reviewed::held_by(tx, contest, judge)? {
        let is_going = review.ensure_going(contest, now).is_ok();
        if is_going && said::ground_of(tx, contest, (review.entry_id, judge))?.is_some() {
            conflicted.push(review);
        }
    }
    let lost = end(tx, &stamps[0], conflicted, None)?;
    reassign(tx, &stamps[1], contest, &lost)
}

/// Whether a judge may judge an entry.
fn ensure_free(tx: &mut AnyConnection, contest: &Contest, pair: (EntryId, MemberId)) -> Rows<()> {
    match said::ground_of(tx, contest, pair)? {
        Some(ground) => Err(Error::Refused(Barred::Conflicted(ground).into())),
        None => Ok(()),
    }
}

/// Puts the samples before those judges who have entries and have not seen them: what came alone would be known for what it is.
fn give_samples(tx: &mut AnyConnection, stamp: &Stamp, contest: &Contest) -> Rows<()> {
    if contest.phase(stamp.at) != Phase::Judging {
        return Ok(());
    }
    let assigned = reviewed::assigned(tx, contest)?;
    let judges =
        juries::list(tx, contest.id)?.into_iter().filter(Judge::is_ready).map(|judge| judge.member_id);
    let ready: Vec<MemberId> = judges.filter(|judge| assigned.contains(judge)).collect();
    let mut pairs = Vec::new();
    for sample in entries::samples(tx, contest.id)? {
        let seen = reviewed::judges_of(tx, sample, contest.round)?;
        pairs.extend(ready.iter().filter(|judge| !seen.contains(judge)).map(|judge| (sample, *judge)));
    }
    reviewed::give(tx, stamp, contest, Kind::Calibration, &pairs)
}
