//! Revisions, silence and quotes.

use chrono::TimeDelta;

use super::*;
use crate::{
    members::Role,
    panels::{Marks, Phase},
};

fn day(day: i64) -> DateTime<Utc> {
    // A Monday in Seoul.
    "2026-11-02T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(day)
}

fn words(title: &str) -> Words {
    let body = "[협찬] 제품을 받아 썼습니다.\n\n소리는 **좋지만** 귀가\n아파요.".to_owned();
    let (pros, cons) = (vec!["소리".to_owned()], vec!["무거워요".to_owned()]);
    Words { title: title.to_owned(), body, pros, cons, posts: Vec::new() }
}

fn report() -> Report {
    Report {
        id: uuid::Uuid::nil().into(),
        application_id: uuid::Uuid::nil().into(),
        panel_id: uuid::Uuid::nil().into(),
        words: words("이어폰"),
        rating: Rating::new([1, 1, 1]).unwrap(),
        disclosed: true,
        asked: None,
        first_sent_at: day(0),
        sent_at: day(0),
        accepted: None,
        version: 1,
    }
}

fn asked(at: DateTime<Utc>) -> Asked {
    Asked {
        reason: Reason::Unreadable,
        note: "사진이 흐려요".to_owned(),
        at,
        due_at: at + TimeDelta::days(9),
    }
}

/// A panel whose result is out since long.
fn panel() -> Panel {
    let terms = serde_json::json!({
        "title": "t", "product": "p", "contact": "c", "seats": 1, "method": "manual", "rules": "r", "disclosure": "d",
        "schedule": {
            "opens_at": day(-9), "closes_at": day(-8), "announce_at": day(-7), "confirm_by": day(-6), "trial_days": 1, "report_days": 1,
        },
    });
    Panel {
        id: uuid::Uuid::nil().into(),
        terms: serde_json::from_value(terms).unwrap(),
        marks: Marks { published_at: Some(day(-9)), announced_at: Some(day(-8)), ..Marks::default() },
        rules_hash: None,
        created_at: day(-9),
        updated_at: day(-8),
        version: 1,
    }
}

#[test]
fn there_is_one_round_of_revision_and_one_answer_to_it() {
    let again = |report: Report, at| report.clone().sent_anew(words("다시"), report.rating, at);
    let twice = again(again(report(), day(1)).unwrap(), day(2)).unwrap();
    assert_eq!((twice.state(), twice.sent_at, twice.version), (State::Sent, day(2), 3));
    let back = twice.asked(asked(day(3)), &panel()).unwrap();
    assert_eq!(back.state(), State::RevisionRequested);
    assert_eq!(back.clone().asked(asked(day(4)), &panel()), Err(Barred::RevisionAsked.into()));
    let better = again(back, day(5)).unwrap();
    assert_eq!(better.state(), State::Sent);
    assert_eq!(again(better.clone(), day(6)), Err(Barred::RevisionSent.into()));
    assert_eq!(better.clone().asked(asked(day(6)), &panel()), Err(Barred::RevisionAsked.into()));
    let done = better.accepted(Accepted { at: day(7), by: None }).unwrap();
    assert_eq!(done.clone().asked(asked(day(8)), &panel()), Err(Barred::ReportAccepted.into()));
    assert_eq!(again(done, day(8)), Err(Barred::ReportAccepted.into()));
}

#[test]
fn what_does_not_say_who_paid_is_sent_back_and_never_published() {
    let staff = Some(uuid::Uuid::nil().into());
    let silent = Report { disclosed: false, ..report() };
    let refused = silent.clone().accepted(Accepted { at: day(1), by: staff });
    assert_eq!(refused, Err(Barred::Undisclosed.into()));
    let after =
        silent.clone().asked(asked(day(1)), &panel()).unwrap().accepted(Accepted { at: day(9), by: staff });
    assert!(after.is_ok_and(|report| !report.is_published()));
    let alone = silent.accepted(Accepted { at: day(9), by: None }).unwrap();
    assert!(alone.state() == State::Accepted && !alone.is_published());
    assert!(report().accepted(Accepted { at: day(1), by: staff }).unwrap().is_published());
}

#[test]
fn what_is_not_published_is_read_by_its_author_and_by_those_who_run_panels() {
    let [ana, ben] = [1, 2].map(|n| MemberId::new(day(0), [n; 10]));
    let of = |id, role| Actor::Member { id, role };
    let published = report().accepted(Accepted { at: day(1), by: None }).unwrap();
    for (actor, reads) in [
        (of(ana, Role::Member), true),
        (of(ben, Role::Member), false),
        (of(ben, Role::Moderator), false),
        (of(ben, Role::Marketer), true),
        (Actor::Visitor, false),
        (Actor::System, true),
    ] {
        assert_eq!(report().may_be_read_by(&actor, Some(ana)), reads, "{actor:?}");
        assert!(published.may_be_read_by(&actor, Some(ana)));
    }
    // Whoever is forgotten is not everybody who has no account.
    assert!(!report().may_be_read_by(&Actor::Visitor, None));
}

#[test]
fn seven_working_days_of_silence_accept_a_report() {
    let holiday = chrono::NaiveDate::from_ymd_opt(2026, 11, 4).unwrap();
    let calendar = Calendar::new(Default::default(), vec![holiday]);
    // Monday 9:00 and seven days of nine hours, a holiday and a weekend between them: the Wednesday of the next week at 18:00.
    let due = day(9) + TimeDelta::hours(9);
    let left = |report: &Report, at| report.is_left_alone(&calendar, at);
    assert!(!left(&report(), due - TimeDelta::seconds(1)) && left(&report(), due));
    let back = report().asked(asked(day(1)), &panel()).unwrap();
    assert!(!left(&back, due), "it is its author who is silent");
    let anew = back.sent_anew(words("다시"), report().rating, day(3)).unwrap();
    assert!(!left(&anew, due) && left(&anew, day(20)), "the days begin anew");
}

#[test]
fn a_revision_that_does_not_come_accepts_the_report_as_it_was() {
    let calendar = Calendar::default();
    let back = Report { disclosed: false, ..report() }.asked(asked(day(1)), &panel()).unwrap();
    let due = day(10);
    assert!(!back.is_left_alone(&calendar, due - TimeDelta::microseconds(1)));
    assert!(back.is_left_alone(&calendar, due));
    let done = back.clone().accepted(Accepted { at: due, by: None }).unwrap();
    assert!(done.words == back.words && done.state() == State::Accepted && !done.is_published());
    assert!(!done.is_left_alone(&calendar, day(100)));
    let cancelled = Panel { marks: Marks { cancelled_at: Some(day(2)), ..panel().marks }, ..panel() };
    assert_eq!(back.clone().accepted_by_silence(&panel(), &calendar, due), Some(done));
    assert_eq!(back.accepted_by_silence(&cancelled, &calendar, due), None);
}

#[test]
fn no_revision_is_asked_for_that_could_not_be_sent() {
    let ended = |marks: Marks| Panel { marks, ..panel() };
    let closed = ended(Marks { closed_at: Some(day(1)), ..panel().marks });
    let cancelled = ended(Marks { cancelled_at: Some(day(1)), ..panel().marks });
    for (over, phase) in [(closed, Phase::Closed), (cancelled, Phase::Cancelled)] {
        assert_eq!(report().asked(asked(day(2)), &over), Err(Barred::Phase(phase).into()));
    }
}

#[test]
fn nobody_is_quoted_with_what_they_did_not_say() {
    let words = words("이어폰");
    for said in ["좋지만 귀가 아파요", "소리는 **좋지만** 귀가 아파요", "무거워요", "이어폰"]
    {
        assert_eq!(words.ensure_says(said), Ok(()), "{said}");
    }
    assert!(words.ensure_says("귀가 편해요").is_err());
}

#[test]
fn no_reason_is_an_opinion() {
    let names = Reason::ALL.map(Reason::name);
    assert_eq!(
        names,
        ["disclosure", "missing_mission", "unreadable", "off_topic", "personal_data", "unlawful"]
    );
    assert!(Reason::ALL.into_iter().all(|reason| Reason::named(reason.name()) == Some(reason)));
    assert_eq!(Reason::named("negative"), None);
}

#[test]
fn each_part_of_a_rating_is_from_one_to_five() {
    assert!(Rating::new([1, 3, 5]).is_ok());
    assert_eq!(Rating::new([1, 6, 5]).unwrap_err().0, "usable");
    assert_eq!(Rating::new([0, 6, 5]).unwrap_err().0, "useful");
}
