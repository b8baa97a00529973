//! The laws of ballots.

use super::*;
use crate::contests::{
    Step,
    tests::{contest, day},
};

fn member(nth: u8) -> MemberId {
    MemberId::new(day(0), [nth; 10])
}

fn entry(nth: u8) -> EntryId {
    EntryId::new(day(0), [nth; 10])
}

/// Judged, and with a ballot of two stars from day 22 to day 30.
fn voting() -> Contest {
    let mut contest = contest();
    contest.terms.ballot =
        Some(terms::Ballot { stars: 2, opens_at: day(22), closes_at: day(30), members_before: None });
    contest.terms.appeal_hours = 24;
    contest.after(Step::BeginJudging, day(21)).unwrap()
}

fn ballot(nth: u8, stars: &[u8]) -> Ballot {
    Ballot {
        contest_id: contest().id,
        voter: member(nth),
        stars: stars.iter().copied().map(entry).collect(),
        state: State::Counted,
        signals: Vec::new(),
        trace: Trace { first_act: false, prefix: None, seconds_on_page: None },
        cast_at: day(23),
        changed_at: day(23),
        decision: None,
        appeal: None,
        version: 1,
    }
}

fn note() -> Note {
    Note::try_from("확인했습니다.").unwrap()
}

fn decision(at: i64) -> Decision {
    Decision { at: day(at), note: note() }
}

#[test]
fn ballots_are_taken_between_opening_and_close_once_screening_is_done() {
    let open = voting();
    let takes = |contest: &Contest, now| contest.ensure_takes_ballots(now).map(|ballot| ballot.stars);
    assert_eq!(takes(&open, day(21)), Err(Barred::BallotNotOpen { from: day(22) }.into()));
    assert_eq!((takes(&open, day(22)), open.shows_candidates(day(22))), (Ok(2), true));
    assert_eq!(takes(&open, day(30) - TimeDelta::microseconds(1)), Ok(2));
    assert_eq!(takes(&open, day(30)), Err(Barred::BallotClosed { until: day(30) }.into()));
    let mut screening = open.clone();
    screening.marks.judging_at = None;
    assert_eq!(takes(&screening, day(23)), Err(Barred::Phase(Phase::Screening).into()));
    assert!(!screening.shows_candidates(day(23)) && open.shows_candidates(day(99)));
    let cancelled = open.clone().after(Step::Cancel, day(23)).unwrap();
    assert_eq!(takes(&cancelled, day(23)), Err(Barred::Phase(Phase::Cancelled).into()));
    assert_eq!(takes(&contest(), day(23)), Err(Barred::NoBallot.into()));
    assert_eq!(open.ensure_ballot_closed(day(29)), Err(Barred::BallotOpen { until: day(30) }.into()));
    assert_eq!(
        (open.ensure_ballot_closed(day(30)), contest().ensure_ballot_closed(day(0))),
        (Ok(()), Ok(()))
    );
}

#[test]
fn customers_vote_and_who_runs_or_judges_does_not() {
    let rules = voting().terms.ballot.unwrap();
    let customer = Voter { role: Role::Member, member_since: day(5), judges: false };
    let no = Err(Barred::NotAVoter.into());
    assert_eq!(rules.ensure_of(customer), Ok(()));
    assert_eq!(rules.ensure_of(Voter { role: Role::Moderator, ..customer }), no);
    assert_eq!(rules.ensure_of(Voter { judges: true, ..customer }), no);
    let dated = terms::Ballot { members_before: Some(day(5)), ..rules };
    assert_eq!(dated.ensure_of(customer), no);
    assert_eq!(dated.ensure_of(Voter { member_since: day(4), ..customer }), Ok(()));
}

#[test]
fn a_star_that_cannot_be_is_named_by_its_place() {
    let rules = voting().terms.ballot.unwrap();
    let candidate = |id: &EntryId| match id {
        id if *id == entry(8) => Candidate::Own,
        id if *id == entry(9) => Candidate::Withdrawn,
        id if *id == entry(7) => Candidate::Unknown,
        _ => Candidate::Open,
    };
    let stars =
        |stars: &[u8]| rules.ensure_stars(&stars.iter().copied().map(entry).collect::<Vec<_>>(), candidate);
    assert_eq!(stars(&[2, 1]), Ok([entry(1), entry(2)].into()));
    for (odd, place) in [
        (&[1, 2, 3][..], "/stars"),
        (&[1, 1], "/stars/1"),
        (&[8], "/stars/0"),
        (&[1, 9], "/stars/1"),
        (&[7], "/stars/0"),
    ] {
        let refused = stars(odd).unwrap_err();
        assert!(matches!(&refused, Refusal::UnfitAt { pointer, .. } if pointer == place), "{refused:?}");
    }
}

#[test]
fn a_ring_is_held_once_and_not_again_when_a_person_has_decided() {
    let of_ring =
        |nth| Ballot { trace: Trace { first_act: true, ..ballot(0, &[]).trace }, ..ballot(nth, &[1, 2, 3]) };
    let others = (0..60).map(|nth| Ballot {
        cast_at: day(22),
        changed_at: day(22) + TimeDelta::minutes(31 * i64::from(nth)),
        ..ballot(100 + nth, &[nth % 7 + 1, nth % 5 + 10])
    });
    let mut all: Vec<Ballot> = (0..20).map(of_ring).chain(others).collect();
    let held = to_hold(&all);
    assert_eq!(
        held.iter().map(|ballot| ballot.voter).collect::<Vec<_>>(),
        (0..20).map(member).collect::<Vec<_>>()
    );
    assert!(held.iter().all(|ballot| ballot.state == State::Held && !ballot.signals.is_empty()));
    let counted = held[0].clone().decided(&voting(), Ruling::Count, decision(24)).unwrap();
    all.splice(..20, held);
    assert!(to_hold(&all).is_empty(), "what is held is held already");
    all[0] = counted.clone();
    assert!(to_hold(&all).is_empty(), "a person decided");
    // Changed since, it is another ballot.
    let stars = [entry(1), entry(2), entry(3), entry(4)].into();
    all[0] = Ballot { changed_at: day(23), ..counted.restarred(stars, counted.trace, day(25)).unwrap() };
    all[0].decision = Some(decision(22));
    assert_eq!(to_hold(&all).len(), 1);
}

#[test]
fn what_an_appeal_let_count_is_not_held_again_and_neither_is_it_when_its_voter_is_forgotten() {
    let (contest, hours) = (voting(), TimeDelta::hours);
    let of_ring =
        |nth| Ballot { trace: Trace { first_act: true, ..ballot(0, &[]).trace }, ..ballot(nth, &[1, 2, 3]) };
    let mut all: Vec<Ballot> = (0..20).map(of_ring).collect();
    all.extend((0..60).map(|nth| Ballot {
        changed_at: day(22) + TimeDelta::minutes(31 * i64::from(nth)),
        ..ballot(100 + nth, &[nth % 7 + 1, nth % 5 + 10])
    }));
    assert!(to_hold(&all).iter().any(|held| held.voter == member(0)));
    let before = Ballot { changed_at: day(22), stars: [entry(9)].into(), ..of_ring(0) }.held(Vec::new());
    let decision = Decision { at: day(23) - hours(1), note: note() };
    let rejected = before.decided(&contest, Ruling::Reject, decision).unwrap();
    let changed = rejected.restarred([entry(1), entry(2), entry(3)].into(), rejected.trace, day(23)).unwrap();
    assert!(!changed.is_decided(), "nobody has seen these stars");
    let appealed = changed.appealed(&contest, note(), day(23)).unwrap();
    let verdict = Verdict { at: day(24), granted: true, note: note() };
    let granted = appealed.appeal_decided(&contest, verdict).unwrap();
    for decided in [granted.clone(), granted.clone().forgotten()] {
        all[0] = decided;
        assert!(!to_hold(&all).iter().any(|held| held.voter == member(0)), "a person decided about these");
    }
    let forgotten = granted.clone().forgotten();
    assert_eq!((&forgotten.appeal, forgotten.version), (&None, granted.version + 1));
    let again = granted.restarred([entry(1), entry(2)].into(), granted.trace, day(25)).unwrap();
    assert!(!again.is_decided());
}

#[test]
fn who_is_forgotten_takes_along_what_was_theirs_and_leaves_what_they_starred() {
    let trace = Trace { first_act: true, prefix: Some(4), seconds_on_page: Some(9) };
    let cast = Ballot { trace, ..ballot(1, &[1]) };
    let forgotten = cast.clone().forgotten();
    assert_eq!(forgotten.trace, Trace { first_act: true, prefix: None, seconds_on_page: None });
    let same = Ballot { trace, version: cast.version, ..forgotten.clone() };
    assert_eq!((same, forgotten.version), (cast.clone(), cast.version + 1));
}

#[test]
fn nobody_decides_about_stars_they_have_not_seen() {
    let (contest, held) = (voting(), ballot(1, &[1]).held(Vec::new()));
    assert_eq!(held.ensure_seen(&contest, held.version), Ok(()));
    let changed = held.restarred([entry(2)].into(), held.trace, day(24)).unwrap();
    let voter = contest.pseudonym_of_voter(member(1));
    assert_eq!(changed.ensure_seen(&contest, held.version), Err(Barred::BallotChanged { voter }.into()));
}

#[test]
fn a_voter_hears_of_a_rejection_and_of_its_end_but_not_that_they_were_held() {
    let (contest, held) = (voting(), ballot(1, &[1]).held(Vec::new()));
    let decide = |ballot: &Ballot, ruling| ballot.clone().decided(&contest, ruling, decision(24)).unwrap();
    assert_eq!(decide(&held, Ruling::Count).told_since(&held), None);
    let rejected = decide(&held, Ruling::Reject);
    assert_eq!(rejected.told_since(&held), Some(BallotEvent::Decided));
    assert_eq!(decide(&rejected, Ruling::Count).told_since(&rejected), Some(BallotEvent::Decided));
}

#[test]
fn changing_a_ballot_frees_nobody_and_the_same_stars_change_nothing() {
    let held = ballot(1, &[1]).held(Vec::new());
    let trace = Trace { first_act: true, prefix: Some(4), seconds_on_page: Some(9) };
    assert_eq!(held.restarred(held.stars.clone(), trace, day(24)), None);
    let changed = held.restarred([entry(2)].into(), trace, day(24)).unwrap();
    assert_eq!((changed.state, changed.changed_at, changed.version), (State::Held, day(24), 3));
    assert_eq!(changed.trace, Trace { first_act: false, ..trace }, "the first act stays what it was");
    let emptied = changed.restarred(BTreeSet::new(), trace, day(25)).unwrap();
    assert_eq!(emptied.state, State::Held);
}

#[test]
fn only_what_was_held_is_decided_about_and_a_rejection_is_appealed_once() {
    let contest = voting();
    let untouched = ballot(1, &[1]).decided(&contest, Ruling::Reject, decision(24));
    let voter = contest.pseudonym_of_voter(member(1));
    assert_eq!(untouched, Err(Barred::BallotNotHeld { voter }.into()));
    let held = ballot(1, &[1]).held(Vec::new());
    assert_eq!(held.clone().appealed(&contest, note(), day(24)), Err(Barred::NotRejected.into()));
    let rejected = held.decided(&contest, Ruling::Reject, decision(24)).unwrap();
    let again = rejected.clone().decided(&contest, Ruling::Count, decision(25)).unwrap();
    assert_eq!(again.state, State::Counted, "staff may think again");
    let other = again.restarred([entry(2)].into(), again.trace, day(26)).unwrap();
    let voter = contest.pseudonym_of_voter(member(1));
    assert_eq!(
        other.decided(&contest, Ruling::Reject, decision(27)),
        Err(Barred::BallotNotHeld { voter }.into()),
        "nothing speaks against these stars"
    );
    assert_eq!(rejected.appealable_until(&contest), Some(day(25)));
    let late = rejected.clone().appealed(&contest, note(), day(25));
    assert_eq!(late, Err(Barred::AppealTooLate { until: day(25) }.into()));
    let verdict = |granted| Verdict { at: day(25), granted, note: note() };
    let nothing = rejected.clone().appeal_decided(&contest, verdict(true));
    assert_eq!(nothing, Err(Barred::NothingToDecide.into()));
    let appealed = rejected.appealed(&contest, note(), day(24)).unwrap();
    assert_eq!(appealed.clone().appealed(&contest, note(), day(24)), Err(Barred::AlreadyAppealed.into()));
    let over = appealed.clone().decided(&contest, Ruling::Count, decision(25));
    assert_eq!(over, Err(Barred::AlreadyAppealed.into()));
    let granted = appealed.clone().appeal_decided(&contest, verdict(true)).unwrap();
    assert_eq!(granted.state, State::Counted);
    assert_eq!(granted.appeal_decided(&contest, verdict(false)), Err(Barred::AlreadyDecided.into()));
    let locked = contest.after(Step::LockScores, day(31)).unwrap();
    let late = appealed.appeal_decided(&locked, Verdict { at: day(31), ..verdict(true) });
    assert_eq!(late, Err(Barred::Phase(Phase::ScoresLocked).into()));
}

#[test]
fn nobody_knows_the_tally_before_the_close_and_staff_alone_until_the_result_is_public() {
    let contest = voting();
    let tells = |contest: &Contest, runs_it, now| contest.ensure_tells_tally(runs_it, now);
    assert_eq!(tells(&contest, true, day(29)), Err(Barred::BallotOpen { until: day(30) }.into()));
    assert_eq!(tells(&contest, true, day(30)), Ok(TallyFor::Staff));
    assert_eq!(tells(&contest, false, day(30)), Err(Barred::Phase(Phase::Judging).into()));
    let locked = contest.after(Step::LockScores, day(40)).unwrap();
    let told = locked.after(Step::PublishProvisional, day(45)).unwrap();
    assert_eq!(tells(&told, false, day(49)), Err(Barred::Phase(Phase::Provisional).into()));
    assert_eq!(tells(&told, false, day(50)), Ok(TallyFor::Everybody));
}
