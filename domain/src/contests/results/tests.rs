//! The laws of results: what is frozen, what comes after it, and what both come to.

use serde_json::json;

use super::*;
use crate::{
    contests::{
        Step,
        terms::{
            Source, Terms,
            tests::{terms, written},
        },
        tests::{contest, day},
    },
    judging::bundle::recompute,
    judging::severity::Warning,
    text::Fault,
};

fn entry(nth: u8) -> EntryId {
    EntryId::new(day(0), [nth; 10])
}

fn judge(nth: u8) -> MemberId {
    MemberId::new(day(0), [nth; 10])
}

/// What a judge gave an entry on both criteria.
fn sent((of, by): (u8, u8), (idea, usefulness): (f64, f64)) -> Sent {
    let marks = [("idea".to_owned(), idea), ("use".to_owned(), usefulness)].into();
    Sent { entry: entry(of), judge: judge(by), marks, purpose: Purpose::Score }
}

/// Terms with a prize for one, and more.
fn with_prize(more: serde_json::Value) -> Terms {
    let mut terms = written();
    terms["prizes"] = json!([{ "rank": 1, "name": "대상", "kind": "cash", "value_krw": 100_000, "tax_category": "contest" }]);
    for (name, value) in more.as_object().unwrap() {
        terms[name] = value.clone();
    }
    serde_json::from_value::<Terms>(terms).unwrap().checked().unwrap()
}

fn judged(terms: Terms) -> Contest {
    Contest { terms, ..contest() }.after(Step::BeginJudging, day(25)).unwrap()
}

/// Two entries whom nothing parts but who is asked first, and a third far behind.
fn level() -> Field {
    let sent = [
        sent((1, 1), (5.0, 4.0)),
        sent((1, 2), (4.0, 5.0)),
        sent((2, 1), (4.0, 5.0)),
        sent((2, 2), (5.0, 4.0)),
        sent((3, 1), (1.0, 1.0)),
        sent((3, 2), (1.0, 1.0)),
    ];
    Field { entries: vec![entry(1), entry(2), entry(3)], sent: sent.into(), ..Field::default() }
}

#[test]
fn scores_are_locked_once_every_entry_is_judged_and_nothing_is_open() {
    let contest = judged(terms());
    let open = Field { open: 2, ..level() };
    assert_eq!(contest.frozen(&open, day(40)), Err(Barred::ReviewsOpen { open: 2 }.into()));
    let mut missing = level();
    missing.entries.push(entry(4));
    // To have been marked for comparison is not to have been judged.
    let calibrating = Sent { purpose: Purpose::Calibration, ..sent((4, 1), (3.0, 3.0)) };
    missing.sent.push(calibrating);
    assert_eq!(contest.frozen(&missing, day(40)), Err(Barred::ReviewsMissing { missing: 1 }.into()));
}

#[test]
fn a_result_is_what_its_bundle_recomputes_to() {
    let contest = judged(with_prize(json!({ "tie_order": ["first_ranks", "joint_prize"] })));
    let frozen = contest.frozen(&level(), day(40)).unwrap();
    assert_eq!(frozen.rules_hash, Some(hex(contest.terms.hash())), "the hash that stands on receipts");
    let (inputs, found) = contest.computed(frozen, &Since::default()).unwrap();
    let published = Bundle { result: Some(json!(found.result)), ..inputs };
    let verdict = recompute(&published);
    assert!(verdict.valid && verdict.unchecked.is_empty(), "{:?}", verdict.checks);
    assert_eq!(verdict.result.as_ref(), Some(&found.result));
    let text = serde_json::to_string(&published).unwrap();
    for id in [entry(1).to_string(), judge(1).to_string()] {
        assert!(!text.contains(&id), "{id}");
    }
    assert!(found.warnings.iter().any(|warning| matches!(warning, Warning::FewReviews { .. })));
    assert_eq!((found.counts.judges, found.counts.scores), (2, 6));
}

#[test]
fn who_is_out_after_the_lock_loses_the_rank_and_moves_nobodys_figures() {
    let contest = judged(with_prize(json!({ "tie_order": ["first_ranks", "joint_prize"] })));
    let frozen = contest.frozen(&level(), day(40)).unwrap();
    let (inputs, before) = contest.computed(frozen.clone(), &Since::default()).unwrap();
    let since = Since { out: vec![entry(1), entry(9)], ..Since::default() };
    let (after_inputs, after) = contest.computed(inputs, &since).unwrap();
    let name = |nth| contest.pseudonym_of_entry(entry(nth));
    assert_eq!(after.counts.withdrawn, [name(1)].into(), "entry 9 was never judged");
    let of = |found: &Found, nth| found.result.entries.iter().find(|place| place.entry == name(nth)).cloned();
    assert_eq!(of(&after, 1), None);
    assert_eq!(of(&before, 2).unwrap().theta, of(&after, 2).unwrap().theta);
    assert_eq!(after.awarded().collect::<Vec<_>>(), [(name(2).as_str(), 0)]);
    // The lock stays what it was, and whoever comes back comes back.
    assert_eq!(after_inputs.hashes.as_ref().unwrap().lock_hash, frozen.hashes.as_ref().unwrap().lock_hash);
    assert_eq!(contest.computed(after_inputs, &Since::default()).unwrap().1, before);
}

#[test]
fn nothing_is_computed_where_nothing_came_after_the_lock() {
    let contest = judged(with_prize(json!({ "tie_order": ["first_ranks", "joint_prize"] })));
    let frozen = contest.frozen(&level(), day(40)).unwrap();
    let since = Since {
        out: vec![entry(1)],
        extra: vec![Sent { purpose: Purpose::TieBreak, ..sent((2, 3), (4.25, 4.0)) }],
    };
    let (inputs, _) = contest.computed(frozen, &since).unwrap();
    let later: Later = serde_json::from_str(&serde_json::to_string(&inputs).unwrap()).unwrap();
    assert!(contest.is_settled(&later, &since));
    let unjudged = Since { out: vec![entry(9), entry(1)], ..since.clone() };
    assert!(contest.is_settled(&later, &unjudged), "entry 9 was never judged");
    let more = Sent { purpose: Purpose::TieBreak, ..sent((3, 3), (4.0, 4.0)) };
    for other in [
        Since { out: Vec::new(), ..since.clone() },
        Since { out: vec![entry(1), entry(2)], ..since.clone() },
        Since { extra: Vec::new(), ..since.clone() },
        Since { extra: vec![since.extra[0].clone(), more], ..since.clone() },
        Since { extra: vec![Sent { purpose: Purpose::TieBreak, ..sent((2, 3), (4.5, 4.0)) }], ..since },
    ] {
        assert!(!contest.is_settled(&later, &other), "{other:?}");
    }
}

#[test]
fn what_was_frozen_is_not_computed_with_once_it_is_something_else() {
    let contest = judged(terms());
    let mut frozen = contest.frozen(&level(), day(40)).unwrap();
    frozen.scores[0].marks.insert("idea".to_owned(), 2.0);
    let refused = contest.computed(frozen, &Since::default());
    assert_eq!(refused, Err(Barred::NotComputable { check: "scores_root" }.into()));
}

#[test]
fn a_tie_across_the_line_waits_for_what_was_declared() {
    let order = json!({ "tie_order": ["extra_review", "lot"], "lot": { "kind": "manual_sources", "sources": ["로또 1200회"] } });
    let contest = judged(with_prize(order));
    let frozen = contest.frozen(&level(), day(40)).unwrap();
    let (inputs, found) = contest.computed(frozen, &Since::default()).unwrap();
    assert_eq!(found.ensure_settled(), Err(Barred::TiesOpen { awaits: Some(Rule::ExtraReview) }.into()));
    let values = Evidence {
        values: Some(vec!["3 7 12".to_owned()]),
        witness: Some("아나".to_owned()),
        link: Some("https://example.com".to_owned()),
        ..Evidence::default()
    };
    let early = with_number(inputs.clone(), &found, &values, day(41));
    assert_eq!(early, Err(Barred::NoLot.into()), "the review comes first");
    let extra = |nth| Sent { purpose: Purpose::TieBreak, ..sent((nth, 3), (4.0, 4.0)) };
    let since = Since { extra: vec![extra(1), extra(2)], ..Since::default() };
    let (inputs, found) = contest.computed(inputs, &since).unwrap();
    assert_eq!(found.awaits(), Some(Some(Rule::Lot)));
    let nothing = with_number(inputs.clone(), &found, &Evidence::default(), day(41));
    let missing = Refusal::UnfitAt { pointer: "/witness".to_owned(), fault: Fault::Required };
    assert_eq!(nothing, Err(missing));
    let drawn = with_number(inputs, &found, &values, day(41)).unwrap().unwrap();
    let (inputs, found) = contest.computed(drawn.clone(), &since).unwrap();
    assert_eq!(found.ensure_settled(), Ok(()));
    let ranked = found.ranked();
    let won = ranked.iter().find(|ranked| ranked.prize == Some(0)).unwrap();
    assert_eq!(won.by, Some(Rule::Lot));
    // Another number, brought later, is not asked for.
    let other = Evidence { values: Some(vec!["1".to_owned()]), ..values };
    assert_eq!(with_number(inputs, &found, &other, day(42)), Ok(None));
}

#[test]
fn the_number_of_a_lot_is_of_a_round_that_comes_out_after_the_lock() {
    let contest = judged(with_prize(json!({ "tie_order": ["lot"] })));
    assert_eq!(contest.terms.lot, Source::Drand);
    let lot = contest.frozen(&level(), day(40)).unwrap().draw.unwrap();
    let crate::draws::Beacon::Drand { chain, round } = lot.beacon else { panic!("{:?}", lot.beacon) };
    // Quicknet began long after day 40 of 1970.
    assert_eq!((round, chain.len()), (2, 64));
    let plain = judged(with_prize(json!({ "tie_order": ["joint_prize"] })));
    assert_eq!(plain.frozen(&level(), day(40)).unwrap().draw, None);
}

#[test]
fn a_round_with_a_cut_is_the_jurys_and_lets_on_whom_the_marks_do_not_part() {
    let rounds = json!([{ "name": "예심", "cut_to": 1 }, { "name": "본심" }]);
    let judging = json!({ "judging": { "rounds": rounds }, "tie_order": ["heaviest_criterion", "lot"] });
    let contest = judged(with_prize(judging));
    assert_eq!((contest.rounds_left(), contest.cut_to(1), contest.cut_to(2)), (1, Some(1), None));
    let left = contest.ensure_may(Step::LockScores, day(40));
    assert_eq!(left, Err(Barred::RoundsLeft { left: 1 }.into()));
    let frozen = contest.frozen(&level(), day(30)).unwrap();
    assert_eq!(frozen.tie_order, [Rule::HeaviestCriterion, Rule::JointPrize]);
    assert_eq!(frozen.rules["contest"], json!(contest.terms.rules()));
    let (_, found) = contest.computed(frozen, &Since::default()).unwrap();
    assert_eq!(found.ensure_settled(), Ok(()));
    // One goes on, and both who are level do.
    assert_eq!(contest.cut(&level().entries, &found), [entry(3)]);
    let next = contest.after(Step::NextRound, day(30)).unwrap();
    assert_eq!((next.round, next.phase(day(30))), (2, Phase::Judging));
    assert_eq!(next.ensure_may(Step::NextRound, day(31)), Err(Barred::LastRound.into()));
    assert_eq!(next.ensure_may(Step::LockScores, day(40)), Ok(()));
}

#[test]
fn nobody_knows_a_result_before_its_phase() {
    let locked = judged(terms()).after(Step::LockScores, day(40)).unwrap();
    let told = locked.clone().after(Step::PublishProvisional, day(41)).unwrap();
    let barred = |phase| Err(Barred::Phase(phase).into());
    let known = |contest: &Contest, runs_it, now| contest.ensure_result_known(runs_it, 1, now);
    assert_eq!(known(&locked, false, day(49)), barred(Phase::ScoresLocked));
    assert_eq!(known(&told, false, day(49)), barred(Phase::Provisional));
    assert_eq!(known(&told, false, day(50)), Ok(()));
    assert_eq!(known(&locked, true, day(40)), Ok(()));
    assert_eq!(known(&judged(terms()), true, day(40)), barred(Phase::Judging));
    let cancelled = told.after(Step::Cancel, day(49)).unwrap();
    assert_eq!(known(&cancelled, false, day(52)), barred(Phase::Cancelled));
}

#[test]
fn rankings_stand_beside_each_other() {
    let ballot = json!({ "stars": 1, "opens_at": day(21), "closes_at": day(39) });
    let contest =
        judged(with_prize(json!({ "ballot": ballot, "jury_weight": 0.7, "tie_order": ["joint_prize"] })));
    let cast = |voter, stars: &[u8], state| Cast {
        voter: judge(voter),
        stars: stars.iter().map(|nth| entry(*nth)).collect(),
        state,
    };
    let ballots =
        vec![cast(21, &[3], State::Counted), cast(22, &[3], State::Counted), cast(23, &[1], State::Rejected)];
    let frozen = contest.frozen(&Field { ballots, ..level() }, day(40)).unwrap();
    let (_, found) = contest.computed(frozen, &Since::default()).unwrap();
    let third = found.ranked().into_iter().find(|one| one.public_rank == 1).unwrap();
    assert_eq!(
        (third.place.entry.as_str(), third.jury_rank),
        (contest.pseudonym_of_entry(entry(3)).as_str(), 3)
    );
    assert_eq!((found.counts.counted, found.counts.held, found.counts.rejected), (2, 0, 1));
}
