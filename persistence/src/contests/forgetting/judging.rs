//! Forgetting who judged: what they wrote goes, what they marked stays under their pseudonym, and what they had not sent lacks a judge.

use domain::{
    Actor, MemberId, Stamp,
    answers::News,
    contests::{
        Contest,
        judges::{Expertise, Judge},
        reviews::State,
        screening::Note,
    },
    events::{ContestEvent, ReviewEvent},
};

use crate::{
    connection::AnyConnection,
    contests::{self, conflicts, judges, reviews},
    error::Result,
    notifications,
};

/// Takes a member out of every jury.
pub fn forget(conn: &mut AnyConnection, stamp: &Stamp, member: MemberId) -> Result<()> {
    for (nth, judge) in (0_u16..).zip(judges::of_member(conn, member)?) {
        contests::be_alone_with(conn, judge.contest_id)?;
        let contest = contests::find(conn, &Actor::System, judge.contest_id)?;
        let stamp = stamp.branch(nth);
        if judge.left.is_none() && leave(conn, &stamp, &contest, member)? {
            notifications::contests::tell_staff(conn, &stamp, News::ContestReviewerMissing, contest.id)?;
        }
        let judge = judges::find(conn, contest.id, member)?;
        let what = match judge.left {
            None => ContestEvent::JudgeLeft { judge: member },
            Some(_) => ContestEvent::JudgeUpdated { judge: member },
        };
        let left = judge.left.as_ref().map(|(at, _)| *at).unwrap_or(stamp.at);
        let why = Note::try_from("(탈퇴)").map_err(|_| crate::Error::Broken("a reason".to_owned()))?;
        let forgotten = Judge {
            expertise: Expertise::new(),
            left: Some((left, why)),
            version: judge.version + 1,
            ..judge
        };
        judges::update(conn, &stamp.branch(u16::MAX), &forgotten, what)?;
    }
    reviews::forget(conn, member)?;
    conflicts::forget(conn, member)
}

/// Ends what they had not sent; says whether there was anything.
fn leave(conn: &mut AnyConnection, stamp: &Stamp, contest: &Contest, member: MemberId) -> Result<bool> {
    let held = reviews::held_by(conn, contest, member)?;
    let open: Vec<_> = held.into_iter().filter(|review| review.state == State::Open).collect();
    let any = !open.is_empty();
    for (nth, review) in (0_u16..).zip(open) {
        let ended = review.ended(State::Taken, None, stamp.at);
        reviews::update(conn, &stamp.branch(nth), &ended, Some(ReviewEvent::Taken))?;
    }
    Ok(any)
}
