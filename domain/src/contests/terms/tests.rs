//! The laws of terms.

use serde_json::json;

use super::*;
use crate::{contests::tests::day, text::Fault};

pub(crate) fn written() -> Value {
    json!({
        "title": "새 이름 공모전", "brief": "마당의 새 이름을 지어 주세요.", "contact": "contest@example.com",
        "schedule": { "opens_at": day(10), "closes_at": day(20), "judging_until": day(40), "provisional_at": day(50) },
        "rubric": [
            { "key": "idea", "title": "독창성", "weight": 0.6, "scale": [1, 5] },
            { "key": "use", "title": "쓸모", "weight": 0.4, "scale": [1, 5] },
        ],
        "originality_statement": "직접 만든 작품입니다.", "ai_policy": "쓴 곳을 적어 주세요.", "rules": "한 사람이 한 작품.",
    })
}

pub(crate) fn terms() -> Terms {
    read(&written()).unwrap()
}

fn read(terms: &Value) -> Result<Terms, (String, Fault)> {
    serde_json::from_value::<Terms>(terms.clone()).unwrap().checked()
}

#[test]
fn a_bundle_of_judging_has_the_same_hash_of_the_rules() {
    let bundle = json!({
        "formula": "additive-severity/1", "jury_weight": 1.0, "rubric": [], "scores": [], "rules": terms().rules(),
    });
    let bundle = serde_json::from_value(bundle).unwrap();
    assert_eq!(crate::judging::bundle::Locked::of(&bundle).rules, terms().hash());
}

#[test]
fn terms_say_where_they_are_wrong() {
    let prize = |rank: u32| json!({ "rank": rank, "name": "대상", "kind": "cash", "value_krw": 1_000_000, "tax_category": "contest" });
    let ballot =
        |stars, opens, closes| json!({ "stars": stars, "opens_at": day(opens), "closes_at": day(closes) });
    let criterion = |weight: f64, below: f64| json!({ "key": "a", "title": "가", "weight": weight, "scale": [0, 10], "comment_required_below": below });
    for (name, value, pointer) in [
        ("/title", json!(" "), "/title"),
        ("/originality_statement", json!(""), "/originality_statement"),
        ("/schedule/closes_at", json!(day(10)), "/schedule/closes_at"),
        ("/schedule/provisional_at", json!(day(30)), "/schedule/provisional_at"),
        ("/entries_per_person", json!(0), "/entries_per_person"),
        ("/team", json!({ "least": 3, "most": 2 }), "/team/most"),
        ("/team", json!({ "least": 1, "most": 4, "merge_deadline": day(21) }), "/team/merge_deadline"),
        ("/files", json!({ "least": 2, "most": 1 }), "/files/most"),
        ("/files", json!({ "most": 11 }), "/files/most"),
        ("/rubric", json!([]), "/rubric"),
        ("/rubric", json!([criterion(0.9, 3.0)]), "/rubric"),
        ("/rubric", json!([criterion(1.0, 3.0), criterion(99.0, 3.0)]), "/rubric/1/key"),
        ("/rubric", json!([criterion(1.0, 11.0)]), "/rubric/0/comment_required_below"),
        ("/judging", json!({ "reviews_per_entry": 0 }), "/judging/reviews_per_entry"),
        ("/judging", json!({ "reviews_per_entry": 51 }), "/judging/reviews_per_entry"),
        (
            "/judging",
            json!({ "rounds": [{ "name": "예심" }, { "name": "본심" }] }),
            "/judging/rounds/0/cut_to",
        ),
        ("/judging", json!({ "rounds": [{ "name": "본심", "cut_to": 3 }] }), "/judging/rounds/0/cut_to"),
        ("/jury_weight", json!(0.7), "/jury_weight"),
        ("/ballot", ballot(11, 21, 30), "/ballot/stars"),
        ("/ballot", ballot(3, 19, 30), "/ballot/opens_at"),
        ("/ballot", ballot(3, 21, 51), "/ballot/closes_at"),
        ("/tie_order", json!(["lot", "lot"]), "/tie_order/1"),
        ("/lot", json!({ "kind": "manual_sources", "sources": [] }), "/lot/sources"),
        ("/lot", json!({ "kind": "manual_sources", "sources": [" "] }), "/lot/sources/0"),
        ("/prizes", json!([prize(2)]), "/prizes/0/rank"),
        ("/prizes", json!([prize(1), prize(1)]), "/prizes/1/rank"),
        ("/rights", json!({ "kind": "licence" }), "/rights/scope"),
        ("/least_score", json!(101), "/least_score"),
        ("/form", json!([{ "key": "a", "label": "가", "kind": "choice" }]), "/form/0/choices"),
        ("/form", json!([{ "key": "a b", "label": "가", "kind": "text" }]), "/form/0/key"),
        ("/retention_days", json!(0), "/retention_days"),
        ("/resubmit_hours", json!(721), "/resubmit_hours"),
    ] {
        let mut terms = written();
        let (under, last) = name.rsplit_once('/').unwrap();
        terms.pointer_mut(under).unwrap()[last] = value.clone();
        assert_eq!(read(&terms).unwrap_err().0, pointer, "{name} {value}");
    }
}

#[test]
fn a_tie_for_a_prize_can_always_be_decided() {
    let mut terms = written();
    terms["tie_order"] = json!(["first_ranks"]);
    assert!(read(&terms).is_ok(), "nothing is won");
    terms["prizes"] =
        json!([{ "rank": 1, "name": "대상", "kind": "cash", "value_krw": 1, "tax_category": "none" }]);
    assert_eq!(read(&terms).unwrap_err().0, "/tie_order");
    terms["tie_order"] = json!(["first_ranks", "lot"]);
    assert!(read(&terms).is_ok());
    terms.as_object_mut().unwrap().remove("tie_order");
    assert_eq!(read(&terms).unwrap().tie_order.last(), Some(&Rule::JointPrize));
}

#[test]
fn the_rubric_and_the_prizes_are_those_that_judging_computes_with() {
    let mut terms = written();
    terms["prizes"] = json!([
        { "rank": 1, "name": "대상", "kind": "cash", "value_krw": 1_000_000, "tax_category": "contest" },
        { "rank": 2, "name": "우수상", "kind": "goods", "value_krw": 100_000, "tax_category": "contest", "places": 3, "alternates": 2 },
    ]);
    terms["least_score"] = json!(60);
    let terms = read(&terms).unwrap();
    assert_eq!(terms.rubric().unwrap().criteria().len(), 2);
    assert_eq!(terms.prize_places(), Some(Prizes { places: vec![1, 3], least: Some(60.0) }));
    assert_eq!((terms.team_size(), terms.teams_until()), ((1, 1), day(20)));
}
