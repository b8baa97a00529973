//! A lottery: locked, drawn, proven, announced, answered.

use chrono::TimeDelta;
use kit::{TestApp, answer::Answer, on_each_database, people::Person};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{apply, phase, recruiting, step, text};

const DEVICES: [&str; 2] = ["phone", "tablet"];

/// Somebody who applied: their name, by which they sign in again, and what they were answered.
pub(super) type Applicant = (String, Value);

/// Twelve members who applied, half of them with a tablet; the quotas want two of each kind.
pub(super) async fn applied(app: &TestApp, pm: &Person<'_>, other: Value) -> (String, Vec<Applicant>) {
    let choices = json!(DEVICES.map(|key| json!({ "key": key, "label": key })));
    let mut with = json!({
        "questions": [{ "key": "device", "label": "기기", "kind": "single", "required": true, "choices": choices }],
        "quotas": { "device": { "phone": [2, 2], "tablet": [2, 2] } },
    });
    for (name, value) in other.as_object().unwrap() {
        with[name] = value.clone();
    }
    let panel = recruiting(app, pm, with).await;
    let mut all = Vec::new();
    for nth in 0..12 {
        let name = format!("m{nth}");
        let answers = json!({ "answers": { "device": DEVICES[nth % 2] } });
        let sent = apply(&app.member(&name).await, &panel, answers).await;
        all.push((name, sent));
    }
    (panel, all)
}

/// Those of them who have this outcome.
async fn those<'a>(app: &TestApp, all: &'a [Applicant], outcome: &str) -> Vec<&'a Applicant> {
    let mut found = Vec::new();
    for one in all {
        let path = format!("/v1/applications/{}", text(&one.1["id"]));
        if app.member(&one.0).await.get(&path).await.expect(200)["outcome"] == outcome {
            found.push(one);
        }
    }
    found
}

/// The number of a named source, with who saw it.
fn said(number: &str) -> Value {
    json!({ "values": [number], "witness": "김증인", "link": "https://example.com/1300" })
}

/// A number of sixteen equal bytes, and what hides it.
pub(super) fn hidden(digit: &str) -> (Value, Value) {
    let byte = u8::from_str_radix(&digit.repeat(2), 16).unwrap();
    let hash: String = Sha256::digest([byte; 16]).iter().map(|byte| format!("{byte:02x}")).collect();
    (json!({ "nonce": digit.repeat(32) }), json!({ "commitment": hash }))
}

/// What an applicant says of their seat.
async fn reply(app: &TestApp, one: &Applicant, what: &str) -> Answer {
    let path = format!("/v1/applications/{}/{what}", text(&one.1["id"]));
    app.member(&one.0).await.post(&path, &json!({})).await
}

#[actix_web::test]
async fn a_draw_is_locked_drawn_once_and_proven_to_everybody() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (panel, all) = applied(app, &pm, json!({})).await;
        let odd = apply(&pm, &panel, json!({ "answers": { "device": "phone" } })).await;
        let draw = format!("/v1/panels/{panel}/draw");
        let number = json!({ "values": ["3 7 11 19 25 42 + 8"], "witness": "김증인", "link": "https://example.com/1300" });

        pm.post(&format!("/v1/panels/{panel}/lock"), &json!({})).await.expect_problem(409, "panel_phase");
        step(&pm, &panel, "close_recruiting").await;
        let locked = step(&pm, &panel, "lock").await;
        assert_eq!(locked["phase"], "pool_locked");
        let hash = text(&locked["spec_hash"]).to_owned();
        pm.post(&draw, &number).await.expect_problem(409, "objection_window");
        // Where one stands is known before the number is.
        let sent = &all[0].1;
        let ana = app.member("m0").await;
        let explanation = format!("/v1/applications/{}/explanation", text(&sent["id"]));
        let before = ana.get(&explanation).await.expect(200);
        assert_eq!((&before["spec_hash"], &before["proof"]["list"], &before["draw"]), (&json!(hash), &json!("pool"), &Value::Null));
        let line = format!("\"t\":\"{}\"", text(&sent["ticket"]));
        assert!(text(&before["proof"]["line"]).contains(&line));
        let staff = pm.get(&format!("/v1/applications/{}/explanation", text(&odd["id"]))).await.expect(200);
        assert_eq!((&staff["eligible"], &staff["proof"]["list"]), (&json!(false), &json!("excluded")));

        app.advance(TimeDelta::hours(24));
        let (pm, ana) = (app.staff("product_manager").await, app.member("m0").await);
        for (part, value, pointer) in [
            ("values", json!(null), "/values"),
            ("values", json!([""]), "/values"),
            ("values", json!([]), "/values"),
            ("witness", json!(" "), "/witness"),
            ("link", json!(null), "/link"),
            ("signature", json!("ab"), "/signature"),
        ] {
            let mut body = number.clone();
            body[part] = value;
            let problem = pm.post(&draw, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer);
        }
        let proof = pm.post(&draw, &number).await.expect(200);
        assert_eq!((&proof["spec_hash"], proof["selected"].as_array().unwrap().len()), (&json!(hash), 4));
        // Another number changes nothing any more.
        assert_eq!(pm.post(&draw, &said("1")).await.expect(200), proof);
        assert_eq!(phase(app, &panel).await, "drawn");
        // Nobody learns of it before all do.
        ana.get(&draw).await.expect_problem(409, "panel_phase");
        assert_eq!(those(app, &all, "applied").await.len(), 12);

        let announced = step(&pm, &panel, "announce").await;
        assert_eq!(announced["phase"], "announced");
        assert_eq!(those(app, &all, "applied").await.len(), 12);
        app.advance(TimeDelta::hours(96));
        let ana = app.member("m0").await;
        assert_eq!(phase(app, &panel).await, "confirming");
        let public = app.visitor().get(&draw).await.expect(200);
        assert_eq!(public, proof);
        let verdict = app.visitor().post("/v1/draws/verify", &public).await.expect(200);
        assert_eq!((&verdict["valid"], &verdict["unchecked"]), (&json!(true), &json!([])), "{verdict}");
        // Two of six of each kind: everybody's chance is a third.
        assert_eq!(app.seed_estimate_chances().await, 1);
        let public = app.visitor().get(&draw).await.expect(200);
        assert_eq!(public["fairness"], json!({ "min": 0.333333, "max": 0.333333, "gini": 0.0 }));
        assert_eq!(app.seed_estimate_chances().await, 0);
        let verdict = app.visitor().post("/v1/draws/verify", &public).await.expect(200);
        assert_eq!((&verdict["valid"], &verdict["unchecked"]), (&json!(true), &json!(["fairness"])));
        assert_eq!(those(app, &all, "selected").await.len(), 4);
        assert_eq!(those(app, &all, "waitlisted").await.len(), 2);
        assert_eq!(those(app, &all, "not_selected").await.len(), 6);
        let after = ana.get(&explanation).await.expect(200);
        let rank = after["draw"]["rank"].as_u64().unwrap();
        assert!((1..=12).contains(&rank) && text(&after["draw"]["priority"]).len() == 64);
    })
    .await;
}

#[actix_web::test]
async fn a_seat_that_falls_free_goes_to_the_next_whom_the_quotas_let_in() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (panel, all) = applied(app, &pm, json!({ "objection_hours": 0 })).await;
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "lock").await;
        let draw = format!("/v1/panels/{panel}/draw");
        pm.post(&draw, &said("6")).await.expect(200);
        step(&pm, &panel, "announce").await;
        reply(app, &all[0], "confirm").await.expect_problem(409, "panel_phase");
        app.advance(TimeDelta::hours(120));
        let pm = app.staff("product_manager").await;

        let seated = those(app, &all, "selected").await;
        let (first, second, others) = (seated[0], seated[1], &seated[2..]);
        let not_theirs = format!("/v1/applications/{}/confirm", text(&first.1["id"]));
        app.member(&second.0).await.post(&not_theirs, &json!({})).await.expect(404);
        for _ in 0..2 {
            assert_eq!(reply(app, first, "confirm").await.expect(200)["outcome"], "confirmed");
        }
        let not_chosen = those(app, &all, "not_selected").await[0];
        reply(app, not_chosen, "confirm").await.expect_problem(409, "no_seat");

        // One declines, the others never answer.
        assert_eq!(reply(app, second, "decline").await.expect(200)["outcome"], "declined");
        let taken = |proof: &Value, nth: usize| proof["replacements"][nth]["taken_by"].clone();
        let proof = pm.get(&draw).await.expect(200);
        let device = |ticket: &Value| {
            let line = proof["pool"].as_array().unwrap().iter().find(|line| line["t"] == *ticket).unwrap();
            line["f"]["device"].clone()
        };
        assert_eq!(proof["replacements"][0]["left"], second.1["ticket"]);
        assert_eq!(device(&taken(&proof, 0)), device(&second.1["ticket"]));
        app.advance(TimeDelta::hours(49));
        assert_eq!(app.seed_lapse_seats().await, 3);
        reply(app, others[0], "confirm").await.expect_problem(409, "no_seat");
        let proof = app.visitor().get(&draw).await.expect(200);
        assert_eq!(proof["replacements"].as_array().unwrap().len(), 4);
        assert_eq!(those(app, &all, "lapsed").await.len(), 3);
        assert_eq!(those(app, &all, "selected").await.len(), 3);
        let verdict = app.visitor().post("/v1/draws/verify", &proof).await.expect(200);
        assert_eq!(verdict["valid"], true, "{verdict}");
    })
    .await;
}

#[actix_web::test]
async fn quotas_that_cannot_be_met_are_found_at_the_lock_and_change_nothing() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let quotas = json!({ "device": { "phone": [1, 2], "tablet": [0, 1] } });
        let (panel, _) = applied(app, &pm, json!({ "quotas": quotas })).await;
        step(&pm, &panel, "close_recruiting").await;
        let problem = pm
            .post(&format!("/v1/panels/{panel}/lock"), &json!({}))
            .await
            .expect_problem(409, "quotas_infeasible");
        assert!(text(&problem["detail"]).contains("device=phone, device=tablet"), "{problem}");
        assert_eq!(phase(app, &panel).await, "screening");
    })
    .await;
}

#[actix_web::test]
async fn the_best_scored_sit_before_the_draw() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let other = json!({ "method": "merit_then_lottery", "merit_seats": 1, "objection_hours": 0 });
        let (panel, all) = applied(app, &pm, other).await;
        for (nth, score) in [(3, 70), (8, 90), (5, 90)] {
            let path = format!("/v1/applications/{}/score", text(&all[nth].1["id"]));
            assert_eq!(pm.put_body(&path, &json!({ "score": score })).await.expect(200)["score"], score);
            pm.put_body(&path, &json!({ "score": 101 })).await.expect_problem(422, "invalid_fields");
        }
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "lock").await;
        let proof = pm.post(&format!("/v1/panels/{panel}/draw"), &said("1")).await.expect(200);
        // Of equal scores, who applied earlier.
        assert_eq!(
            (&proof["spec"]["merit"], &proof["selected"][0]),
            (&json!([all[5].1["ticket"]]), &all[5].1["ticket"])
        );
    })
    .await;
}

#[actix_web::test]
async fn a_forged_number_and_one_that_is_not_out_are_refused() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (panel, _) =
            applied(app, &pm, json!({ "beacon": { "kind": "drand" }, "objection_hours": 1 })).await;
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "lock").await;
        app.advance(TimeDelta::hours(1));
        let pm = app.staff("product_manager").await;
        let draw = format!("/v1/panels/{panel}/draw");
        let forged = json!({ "signature": "ab".repeat(48) });
        // The round is the first after the window, which comes out within its period of three seconds.
        for wait in [0, 4] {
            app.advance(TimeDelta::seconds(wait));
            let problem = pm.post(&draw, &forged).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/signature");
        }
        pm.post(&draw, &json!({})).await.expect_problem(422, "invalid_fields");
        assert_eq!(phase(app, &panel).await, "pool_locked");
    })
    .await;
}

#[actix_web::test]
async fn a_number_that_many_have_a_part_in_is_known_to_nobody_before_the_lock() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let other = json!({ "beacon": { "kind": "multi_party" }, "objection_hours": 0 });
        let (panel, _) = applied(app, &pm, other).await;
        let path = |what: &str| format!("/v1/panels/{panel}/{what}");
        step(&pm, &panel, "close_recruiting").await;
        pm.post(&path("lock"), &json!({})).await.expect_problem(409, "nobody_hid_a_number");
        let nonce = |digit: &str| hidden(digit).0;
        let hidden = |digit: &str| hidden(digit).1;
        let (ana, ben) = (app.member("m0").await, app.member("m1").await);
        for (person, digit) in [(&ana, "4"), (&ana, "1"), (&ben, "2"), (&pm, "3")] {
            person.post(&path("commitments"), &hidden(digit)).await.expect(200);
        }
        ana.post(&path("commitments"), &hidden("2")).await.expect_problem(409, "commitment_taken");
        ana.post(&path("commitments"), &json!({ "commitment": "XY" }))
            .await
            .expect_problem(422, "invalid_fields");
        app.member("stranger")
            .await
            .post(&path("commitments"), &hidden("5"))
            .await
            .expect_problem(403, "no_part");
        ana.post(&path("reveals"), &nonce("1")).await.expect_problem(409, "panel_phase");

        step(&pm, &panel, "lock").await;
        ana.post(&path("commitments"), &hidden("6")).await.expect_problem(409, "panel_phase");
        pm.post(&path("reveals"), &nonce("3")).await.expect(200);
        // One that only staff know is not enough.
        pm.post(&path("draw"), &json!({})).await.expect_problem(409, "nobody_hid_a_number");
        ana.post(&path("reveals"), &nonce("4")).await.expect_problem(422, "invalid_fields");
        ana.post(&path("reveals"), &nonce("1")).await.expect(200);
        let proof = pm.post(&path("draw"), &json!({})).await.expect(200);
        assert_eq!(proof["spec"]["beacon"]["commitments"].as_array().unwrap().len(), 3);
        assert_eq!(proof["beacon"]["evidence"]["nonces"].as_object().unwrap().len(), 2);
        let verdict = app.visitor().post("/v1/draws/verify", &proof).await.expect(200);
        assert_eq!((&verdict["valid"], &verdict["unchecked"]), (&json!(true), &json!([])), "{verdict}");
        ben.post(&path("reveals"), &nonce("2")).await.expect_problem(409, "panel_phase");
    })
    .await;
}
