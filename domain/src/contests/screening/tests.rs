//! What screening decides, and until when.

use super::*;
use crate::contests::{
    entries::tests::entry,
    tests::{contest, day},
};

fn finding(decision: Decision) -> Finding {
    let reasons = match decision {
        Decision::Accept => BTreeSet::new(),
        Decision::Reject | Decision::Fix => [Reason::Incomplete].into(),
    };
    Finding { decision, reasons, note: None }
}

fn sent() -> Entry {
    Entry { state: State::Submitted, ..entry() }
}

fn note() -> Note {
    Note::try_from("다시 봐 주세요.").unwrap()
}

#[test]
fn a_no_has_reasons_and_a_yes_has_none() {
    for (decision, reasons) in
        [(Decision::Accept, BTreeSet::from([Reason::Late])), (Decision::Reject, BTreeSet::new())]
    {
        let odd = Finding { reasons, ..finding(decision) };
        let refused = sent().screened(&contest(), odd, day(21)).unwrap_err();
        assert!(matches!(refused, Refusal::Unfit { field: "reasons", .. }), "{refused}");
    }
    for reason in Reason::ALL {
        assert_eq!(Reason::named(reason.name()), Some(reason));
    }
}

#[test]
fn what_was_sent_is_screened_once_entries_are_closed() {
    let early = sent().screened(&contest(), finding(Decision::Accept), day(19));
    assert_eq!(early, Err(Barred::Phase(Phase::Open).into()));
    let draft = entry().screened(&contest(), finding(Decision::Accept), day(21));
    assert_eq!(draft, Err(Barred::EntryState(State::Draft).into()));
    let accepted = sent().screened(&contest(), finding(Decision::Accept), day(21)).unwrap();
    assert_eq!(accepted.state, State::Accepted);
    let again = accepted.screened(&contest(), finding(Decision::Reject), day(22)).unwrap();
    assert_eq!(again.state, State::Rejected);
}

#[test]
fn an_entry_is_mended_once_where_the_rules_allow_it() {
    let strict = sent().screened(&contest(), finding(Decision::Fix), day(21));
    assert_eq!(strict, Err(Barred::NoMending.into()));
    let mut contest = contest();
    contest.terms.resubmit_hours = 48;
    let asked = sent().screened(&contest, finding(Decision::Fix), day(21)).unwrap();
    assert_eq!((asked.state, asked.screening.fix_until), (State::FixRequested, Some(day(23))));
    let mended = Entry { state: State::Submitted, ..asked };
    let twice = mended.screened(&contest, finding(Decision::Fix), day(22));
    assert_eq!(twice, Err(Barred::NoMending.into()));
}

#[test]
fn a_rejection_is_appealed_once_and_in_time() {
    let accepted = sent().screened(&contest(), finding(Decision::Accept), day(21)).unwrap();
    assert_eq!(accepted.appealed(&contest(), note(), day(21)), Err(Barred::NotRejected.into()));
    let rejected = sent().screened(&contest(), finding(Decision::Reject), day(21)).unwrap();
    let late = rejected.clone().appealed(&contest(), note(), day(24));
    assert_eq!(late, Err(Barred::AppealTooLate { until: day(24) }.into()));
    let verdict = |granted| Verdict { at: day(24), granted, note: note() };
    let nothing = rejected.clone().appeal_decided(&contest(), verdict(true));
    assert_eq!(nothing, Err(Barred::NothingToDecide.into()));
    let appealed = rejected.appealed(&contest(), note(), day(23)).unwrap();
    let twice = appealed.clone().appealed(&contest(), note(), day(23));
    assert_eq!(twice, Err(Barred::AlreadyAppealed.into()));
    let refused = appealed.clone().appeal_decided(&contest(), verdict(false)).unwrap();
    assert_eq!(refused.state, State::Rejected);
    let granted = appealed.appeal_decided(&contest(), verdict(true)).unwrap();
    assert_eq!(granted.state, State::Accepted);
    let again = granted.appeal_decided(&contest(), verdict(false));
    assert_eq!(again, Err(Barred::AlreadyDecided.into()));
}

#[test]
fn judging_waits_for_screening() {
    let (open, terms) = (Progress { waiting: 1, accepted: 5 }, contest().terms);
    assert_eq!(open.ensure_done(&terms), Err(Barred::ScreeningOpen { waiting: 1 }.into()));
    let done = |accepted| Progress { waiting: 0, accepted }.ensure_done(&terms);
    assert_eq!(done(0), Err(Barred::NothingToJudge.into()));
    assert_eq!((done(1), done(1_997)), (Ok(()), Ok(())));
    assert_eq!(done(1_998), Err(Barred::TooManyEntries { most: 1_997 }.into()));
}

#[test]
fn as_many_entries_are_judged_as_reviews_can_be_assigned() {
    let mut terms = contest().terms;
    terms.judging.reviews_per_entry = 50;
    let judgeable = |accepted| Progress { waiting: 3, accepted }.ensure_judgeable(&terms);
    assert_eq!((judgeable(200), judgeable(201)), (Ok(()), Err(Barred::TooManyEntries { most: 200 }.into())));
}
