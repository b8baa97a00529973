//! What an entry goes through.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::*;
use crate::{
    contests::{
        Step,
        teams::Teammate,
        terms::Files,
        tests::{contest, day},
    },
    terms::Consent,
};

pub(crate) fn member(nth: u8) -> MemberId {
    MemberId::new(day(0), [nth; 10])
}

pub(crate) fn entry() -> Entry {
    Entry {
        id: EntryId::new(day(10), [1; 10]),
        contest_id: contest().id,
        leader_id: Some(member(1)),
        state: State::Draft,
        content: Content {
            title: "한마당".to_owned(),
            original: true,
            ai_use: "쓰지 않았습니다.".to_owned(),
            ..Content::default()
        },
        versions: 0,
        from_idea_id: None,
        idea_id: None,
        cut_in: None,
        screening: Screening::default(),
        created_at: day(10),
        updated_at: day(10),
        version: 1,
    }
}

pub(crate) fn alone() -> Team {
    let leader = Teammate { member: member(1), agreed: BTreeSet::new(), joined_at: day(10) };
    Team { members: vec![leader], unanswered: 0 }
}

#[test]
fn an_entry_is_sent_until_the_deadline_and_each_time_is_a_version() {
    let (sent, first) = entry().sent(&contest(), &alone(), day(11)).unwrap();
    assert_eq!((sent.state, sent.versions, first.number), (State::Submitted, 1, 1));
    let (again, second) = sent.sent(&contest(), &alone(), day(12)).unwrap();
    assert_eq!((again.versions, second.content == first.content), (2, true));
    assert_ne!(first.sha256(), second.sha256(), "when and which is on the receipt");
    let late = again.sent(&contest(), &alone(), day(20)).unwrap_err();
    assert_eq!(late, Barred::EntriesClosed { until: day(20) }.into());
    let much = Entry { versions: Entry::VERSIONS_MOST, ..entry() };
    let most = Entry::VERSIONS_MOST;
    assert_eq!(
        much.sent(&contest(), &alone(), day(11)).unwrap_err(),
        Barred::TooManyVersions { most }.into()
    );
}

#[test]
fn what_is_missing_is_named() {
    let mut contest = contest();
    contest.terms.files = Files { least: 1, most: 2 };
    let text = || "x".to_owned();
    contest.terms.consents =
        vec![Consent { key: "privacy".to_owned(), purpose: text(), text: text(), required: true }];
    let empty = Content { title: "제목".to_owned(), ..Content::default() };
    let entry = Entry { content: empty, ..entry() };
    let required = |at: &str| (at.to_owned(), Fault::Required);
    let few = ("/attachment_ids".to_owned(), Fault::TooShort { least: 1 });
    assert_eq!(
        entry.sent(&contest, &alone(), day(11)).unwrap_err(),
        Refusal::UnfitPlaces(vec![few, required("/original"), required("/ai_use"), required("/consents")])
    );
}

#[test]
fn what_was_sent_is_taken_back_until_judging_begins() {
    let (sent, _) = entry().sent(&contest(), &alone(), day(11)).unwrap();
    assert_eq!(sent.clone().withdrawn(&contest(), day(21)).unwrap().state, State::Withdrawn);
    let judged = contest().after(Step::BeginJudging, day(22)).unwrap();
    assert_eq!(sent.withdrawn(&judged, day(23)), Err(Barred::Phase(Phase::Judging).into()));
    assert_eq!(entry().withdrawn(&contest(), day(11)), Err(Barred::EntryState(State::Draft).into()));
    let gone = Entry { state: State::Withdrawn, ..entry() };
    assert_eq!(gone.ensure_open(&contest(), day(11)), Err(Barred::EntryState(State::Withdrawn).into()));
}

#[test]
fn what_is_to_be_mended_is_open_for_its_time_and_no_longer() {
    let mended = Entry {
        state: State::FixRequested,
        screening: Screening { fix_until: Some(day(23)), ..Screening::default() },
        ..entry()
    };
    assert_eq!(mended.ensure_open(&contest(), day(23) - TimeDelta::microseconds(1)), Ok(()));
    let over = Err(Barred::EntriesClosed { until: day(23) }.into());
    assert_eq!(mended.ensure_open(&contest(), day(23)), over);
}

#[test]
fn a_team_that_became_too_small_has_to_send_again() {
    let mut contest = contest();
    contest.terms.team = Some(crate::contests::terms::Team { least: 2, most: 3, merge_deadline: None });
    let sent = Entry { state: State::Submitted, ..entry() };
    assert_eq!(sent.state_without(2, &contest, day(11)), State::Submitted);
    assert_eq!(sent.state_without(1, &contest, day(11)), State::Draft);
    assert_eq!(sent.state_without(1, &contest, day(21)), State::Submitted, "nobody can join any more");
}
