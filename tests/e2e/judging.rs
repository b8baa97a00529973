//! Bundles of judged contests, brought by anybody.

use kit::{TestApp, databases::Kind};
use serde_json::{Value, json};

const EXAMPLE: &str = include_str!("../../docs/verify/contest.json");

#[actix_web::test]
async fn anybody_can_have_a_result_computed_again() {
    let app = TestApp::start(Kind::Sqlite, &|config| config).await;
    let bundle: Value = serde_json::from_str(EXAMPLE).unwrap();
    let visitor = app.visitor();
    let path = "/v1/contests/recompute";
    let verdict = visitor.post(path, &bundle).await.expect(200);
    assert_eq!((&verdict["valid"], &verdict["unchecked"]), (&json!(true), &json!([])), "{verdict}");
    assert_eq!(verdict["result"], bundle["result"]);
    assert_eq!(verdict["lock_hash"], bundle["hashes"]["lock_hash"]);
    // What is left out is computed, and said not to have been compared.
    let mut bare = bundle.clone();
    bare.as_object_mut().unwrap().retain(|name, _| name != "result" && name != "hashes");
    let computed = visitor.post(path, &bare).await.expect(200);
    let unchecked = json!(["scores_root", "ballots_root", "lock_hash", "inputs_hash", "result"]);
    assert_eq!((&computed["valid"], &computed["unchecked"]), (&json!(true), &unchecked));
    assert_eq!((&computed["result"], &computed["lock_hash"]), (&verdict["result"], &verdict["lock_hash"]));
    assert_eq!(verdict["result"]["entries"][1]["tied_with"], json!(["b"]));

    let mut forged = bundle.clone();
    forged["scores"][0]["marks"]["overall"] = json!(81);
    let verdict = visitor.post(path, &forged).await.expect(200);
    let failed = verdict["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false);
    let failed: Vec<&str> = failed.map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!((&verdict["valid"], failed[0]), (&json!(false), "scores_root"));
    // What cannot be computed with is named, and nothing comes out.
    forged["scores"][0]["marks"]["overall"] = json!(101);
    let verdict = visitor.post(path, &forged).await.expect(200);
    assert_eq!(verdict["result"], Value::Null);
    let why = verdict["checks"].as_array().unwrap().iter().find(|check| check["name"] == "inputs").unwrap();
    assert!(why["found"].as_str().unwrap().starts_with("scores[0].marks.overall"), "{why}");

    for (place, value, pointer) in [
        ("/scores/1", json!({ "entry": "a" }), "/scores/1/judge"),
        ("/ballots/0/state", json!("lost"), "/ballots/0/state"),
        ("/luck", json!(1), "/luck"),
        ("/tie_order/0", json!("coin"), "/tie_order/0"),
        ("/rules/title", json!("가".repeat(1 << 20)), "/rules"),
    ] {
        let mut odd = bundle.clone();
        match odd.pointer_mut(place) {
            Some(part) => *part = value,
            None => odd[&place[1..]] = value,
        }
        let problem = visitor.post(path, &odd).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    app.finish().await;
}
