//! Proofs of draws, brought by anybody.

use kit::{TestApp, databases::Kind};
use serde_json::{Value, json};

const EXAMPLE: &str = include_str!("../../docs/verify/example.json");

#[actix_web::test]
async fn anybody_can_have_a_draw_computed_again() {
    let app = TestApp::start(Kind::Sqlite, &|config| config).await;
    let proof: Value = serde_json::from_str(EXAMPLE).unwrap();
    let visitor = app.visitor();
    let verdict = visitor.post("/v1/draws/verify", &proof).await.expect(200);
    assert_eq!((&verdict["valid"], &verdict["unchecked"]), (&json!(true), &json!(["beacon"])), "{verdict}");
    let ticket = |person: &str| {
        let of = |line: &&Value| line["t"].as_str().unwrap().starts_with(person);
        proof["pool"].as_array().unwrap().iter().find(of).unwrap()["t"].clone()
    };
    // mem_07, mem_01, mem_03 and mem_05 of the test vector.
    assert_eq!(verdict["selected"], json!(["c804923d", "f739379a", "0bea8c6a", "be08abbd"].map(ticket)));

    let mut forged = proof.clone();
    forged["pool"].as_array_mut().unwrap().remove(2);
    let verdict = visitor.post("/v1/draws/verify", &forged).await.expect(200);
    let failed: Vec<&str> = verdict["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!((&verdict["valid"], failed.get(..2)), (&json!(false), Some(&["pool_size", "pool_root"][..])));

    let mut signed = proof.clone();
    signed["beacon"]["evidence"] = json!({ "signature": "ab".repeat(48) });
    let verdict = visitor.post("/v1/draws/verify", &signed).await.expect(200);
    assert_eq!(verdict["valid"], false);

    let mut odd = proof.clone();
    odd["spec"]["luck"] = json!(1);
    let problem = visitor.post("/v1/draws/verify", &odd).await.expect_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/spec/luck");
    odd["spec"] = proof["spec"].clone();
    odd["pool"][1]["t"] = json!("0X");
    let problem = visitor.post("/v1/draws/verify", &odd).await.expect_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/pool/1/t");
    app.finish().await;
}
