//! What a review goes through.

use super::*;
use crate::contests::{
    Step,
    entries::tests::{entry, member},
    tests::{contest, day},
};

/// Judged from day 25; marks of `use` below 2 need a comment.
fn judged() -> Contest {
    let mut judged = contest().after(Step::BeginJudging, day(25)).unwrap();
    judged.terms.rubric[1].comment_required_below = Some(2.0);
    judged
}

fn review() -> Review {
    let (id, pair) = (ReviewId::new(day(25), [1; 10]), (entry().id, member(7)));
    Review::new(id, &contest(), pair, Kind::Assigned, day(25))
}

fn saving(marks: &[(&str, Option<f64>)], comments: &[(&str, Option<&str>)]) -> Saving {
    let comment = |(key, text): &(&str, Option<&str>)| ((*key).to_owned(), text.map(str::to_owned));
    Saving {
        marks: marks.iter().map(|(key, mark)| ((*key).to_owned(), *mark)).collect(),
        comments: comments.iter().map(comment).collect(),
        note: None,
    }
}

fn why() -> Note {
    Note::try_from("아는 팀입니다.").unwrap()
}

#[test]
fn marks_come_one_by_one_and_count_once_they_are_whole() {
    let some = review().saved(&judged(), &saving(&[("idea", Some(4.0))], &[]), day(26)).unwrap();
    assert_eq!((some.state, some.saved_at, some.version), (State::Open, Some(day(26)), 2));
    let required = |at: &str| (at.to_owned(), Fault::Required);
    let missing = some.clone().sent(&judged(), day(26)).unwrap_err();
    assert_eq!(missing, Refusal::UnfitPlaces(vec![required("/marks/use")]));
    let low = some.saved(&judged(), &saving(&[("use", Some(1.5))], &[]), day(26)).unwrap();
    let missing = low.clone().sent(&judged(), day(26)).unwrap_err();
    assert_eq!(missing, Refusal::UnfitPlaces(vec![required("/comments/use")]));
    let said = low.saved(&judged(), &saving(&[], &[("use", Some(" 쓸 곳이 없습니다. "))]), day(27)).unwrap();
    let sent = said.sent(&judged(), day(27)).unwrap();
    assert_eq!((sent.state, &*sent.comments["use"]), (State::Sent, "쓸 곳이 없습니다."));
    let changed = sent.clone().saved(&judged(), &saving(&[("idea", Some(5.0))], &[]), day(28)).unwrap();
    assert_eq!((changed.state, changed.marks["idea"]), (State::Sent, 5.0));
    for holes in [saving(&[("idea", None)], &[]), saving(&[], &[("use", None)])] {
        let torn = sent.clone().saved(&judged(), &holes, day(28));
        assert!(matches!(torn, Err(Refusal::UnfitPlaces(_))), "{holes:?}");
    }
}

#[test]
fn what_is_not_of_the_rubric_is_named() {
    let long = "가".repeat(2_001);
    for (odd, pointer) in [
        (saving(&[("idea", Some(0.9))], &[]), "/marks/idea"),
        (saving(&[("idea", Some(5.1))], &[]), "/marks/idea"),
        (saving(&[("idea", Some(f64::NAN))], &[]), "/marks/idea"),
        (saving(&[("idea", Some(2.00001))], &[]), "/marks/idea"),
        (saving(&[("a/b", Some(1.0))], &[]), "/marks/a~1b"),
        (saving(&[], &[("beauty", Some("곱다"))]), "/comments/beauty"),
        (saving(&[], &[("idea", Some(&long))]), "/comments/idea"),
        (Saving { note: Some("가".repeat(5_001)), ..Saving::default() }, "/note"),
    ] {
        let Err(Refusal::UnfitPlaces(wrong)) = review().saved(&judged(), &odd, day(26)) else {
            panic!("{odd:?}")
        };
        assert_eq!(wrong[0].0, pointer);
    }
}

#[test]
fn a_judge_steps_back_at_any_time_before_the_lock_and_staff_take_what_is_not_sent() {
    let sent = Review { state: State::Sent, ..review() };
    let back = sent.clone().recused(&judged(), why(), day(26)).unwrap();
    assert_eq!((back.state, back.ended_at, back.is_held()), (State::Recused, Some(day(26)), false));
    let ended = Err(Barred::ReviewState(State::Recused).into());
    assert_eq!(back.clone().saved(&judged(), &Saving::default(), day(27)), ended);
    assert_eq!(back.sent(&judged(), day(27)), ended);
    assert_eq!(sent.clone().taken(&judged(), why(), day(26)), Err(Barred::ReviewState(State::Sent).into()));
    assert_eq!(review().taken(&judged(), why(), day(26)).unwrap().state, State::Taken);
    let locked = judged().after(Step::LockScores, day(40)).unwrap();
    let over = Err(Barred::Phase(Phase::ScoresLocked).into());
    assert_eq!(sent.clone().recused(&locked, why(), day(41)), over);
    assert_eq!(sent.saved(&locked, &Saving::default(), day(41)), over);
    let extra = Review { kind: Kind::Extra, ..review() };
    assert_eq!(extra.ensure_going(&locked, day(41)), Ok(()));
    let marked =
        extra.clone().saved(&locked, &saving(&[("idea", Some(4.0)), ("use", Some(4.0))], &[]), day(41));
    let decided = marked.unwrap().sent(&locked, day(41)).unwrap();
    let over = Barred::ReviewState(State::Sent);
    assert_eq!(decided.ensure_going(&locked, day(41)), Err(over.into()), "it has decided a prize");
    assert_eq!(extra.ensure_going(&judged(), day(26)), Err(Barred::Phase(Phase::Judging).into()));
    let next = Contest { round: 2, ..judged() };
    assert_eq!(review().ensure_going(&next, day(30)), Err(Barred::Phase(Phase::Judging).into()));
}

#[test]
fn marks_that_are_all_alike_are_pointed_out() {
    let marks =
        |idea: f64, to_use: f64| -> Marks { [("idea".to_owned(), idea), ("use".to_owned(), to_use)].into() };
    let terms = contest().terms;
    let (flat, plain) = (marks(3.0, 3.0), marks(3.0, 4.0));
    assert_eq!(warnings(&terms, Some(&flat), &[]), [Warning::AllCriteriaEqual]);
    assert_eq!(warnings(&terms, Some(&plain), &[plain.clone(), plain.clone()]), []);
    let three = [plain.clone(), plain.clone(), plain.clone()];
    assert_eq!(warnings(&terms, None, &three), [Warning::AllScoresEqual]);
    assert_eq!(warnings(&terms, None, &[plain.clone(), plain, flat]), []);
}

#[test]
fn each_kind_and_state_has_a_name() {
    assert!(Kind::ALL.into_iter().all(|kind| Kind::named(kind.name()) == Some(kind)));
    assert!(State::ALL.into_iter().all(|state| State::named(state.name()) == Some(state)));
}
