//! Chances that the terms change: who lost before, who lives together; and the number of drand.

use chrono::{DateTime, TimeDelta};
use kit::on_each_database;
use serde_json::{Value, json};

use super::{apply, recruiting, step};

/// Round 657413 of drand's `quicknet` as it was published, and when it came out.
const ROUND: u64 = 657_413;
const SIGNATURE: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";
const OUT_AT: i64 = 1_692_803_367 + 657_412 * 3;

#[actix_web::test]
async fn whoever_lost_draws_weighs_more_and_of_those_who_live_together_one_may_sit() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let names = ["ana", "ben", "cho"];
        let number = json!({ "values": ["7"], "witness": "김증인", "link": "https://example.com/1300" });
        let lost = json!({ "seats": 1, "waitlist": 1, "objection_hours": 0 });
        let panel = recruiting(app, &pm, lost).await;
        for name in names {
            apply(&app.member(name).await, &panel, json!({})).await;
        }
        for name in ["close_recruiting", "lock"] {
            step(&pm, &panel, name).await;
        }
        let drawn = pm.post(&format!("/v1/panels/{panel}/draw"), &number).await.expect(200);
        assert!(
            drawn["pool"].as_array().unwrap().iter().all(|line| line["w"] == 1 && line["h"] == Value::Null)
        );
        step(&pm, &panel, "announce").await;
        // A draw is lost when everybody may know it.
        app.advance(TimeDelta::hours(120));
        let (admin, pm) = (app.admin().await, app.staff("product_manager").await);
        let mut sat = Vec::new();
        for name in names {
            let mine = app.member(name).await.get("/v1/me/applications").await.expect(200);
            sat.push(mine["items"][0]["outcome"] == "selected");
        }
        assert_eq!(sat.iter().filter(|sat| **sat).count(), 1);

        // Ana and Ben live together, written in two ways; of Dan it is not known where.
        for (name, home) in [("ana", "서울 마포구 1-2"), ("ben", " 서울 마포구 1-2 "), ("cho", "부산 3")]
        {
            let path = format!("/v1/members/{}", app.member(name).await.id);
            admin.patch(&path, &json!({ "attributes": { "home": home } })).await.expect(200);
        }
        let terms =
            json!({ "seats": 4, "weight_per_lost_draw": 3, "household": "home", "objection_hours": 0 });
        let panel = recruiting(app, &pm, terms).await;
        let mut tickets = Vec::new();
        for name in ["ana", "ben", "cho", "dan"] {
            tickets.push(apply(&app.member(name).await, &panel, json!({})).await["ticket"].clone());
        }
        for name in ["close_recruiting", "lock"] {
            step(&pm, &panel, name).await;
        }
        let proof = pm.post(&format!("/v1/panels/{panel}/draw"), &number).await.expect(200);
        let lines = proof["pool"].as_array().unwrap();
        let line = |nth: usize| lines.iter().find(|line| line["t"] == tickets[nth]).unwrap();
        let weights: Vec<i64> = (0..4).map(|nth| line(nth)["w"].as_i64().unwrap()).collect();
        let expected: Vec<i64> = sat.iter().map(|sat| if *sat { 1 } else { 4 }).chain([1]).collect();
        assert_eq!(weights, expected);
        let homes = [0, 1, 2, 3].map(|nth| &line(nth)["h"]);
        assert!(homes[0] == homes[1] && homes[0] != homes[2] && homes[3].is_null(), "{homes:?}");
        assert!(!proof.to_string().contains("마포"), "where people live is in no proof");
        // One seat is left empty rather than given to a home that has one.
        let selected = proof["selected"].as_array().unwrap();
        let of_home = selected.iter().filter(|ticket| tickets[..2].contains(ticket)).count();
        assert_eq!((selected.len(), of_home), (3, 1), "{proof}");
        let verdict = app.visitor().post("/v1/draws/verify", &proof).await.expect(200);
        assert_eq!((&verdict["valid"], &verdict["unchecked"]), (&json!(true), &json!([])), "{verdict}");
    })
    .await;
}

#[actix_web::test]
async fn a_number_of_drand_draws_when_its_round_is_out() {
    on_each_database(async |app| {
        // Back on the day of the round, an hour and some minutes before it.
        let out_at = DateTime::from_timestamp(OUT_AT, 0).unwrap();
        app.advance(out_at - TimeDelta::minutes(70) - app.clock().now());
        let pm = app.staff("product_manager").await;
        let terms = json!({ "seats": 1, "beacon": { "kind": "drand" }, "objection_hours": 1 });
        let panel = recruiting(app, &pm, terms).await;
        for name in ["ana", "ben", "cho"] {
            apply(&app.member(name).await, &panel, json!({})).await;
        }
        step(&pm, &panel, "close_recruiting").await;
        // The window ends in the period before that of the round.
        app.advance(out_at - TimeDelta::hours(1) - TimeDelta::milliseconds(2_900) - app.clock().now());
        step(&pm, &panel, "lock").await;
        let draw = format!("/v1/panels/{panel}/draw");
        let signed = json!({ "signature": SIGNATURE });
        pm.post(&draw, &signed).await.expect_problem(409, "objection_window");
        app.advance(TimeDelta::hours(1) + TimeDelta::seconds(3));
        let pm = app.staff("product_manager").await;
        let forged = json!({ "signature": SIGNATURE.replace('7', "8") });
        pm.post(&draw, &forged).await.expect_problem(422, "invalid_fields");
        let proof = pm.post(&draw, &signed).await.expect(200);
        assert_eq!(
            (&proof["spec"]["beacon"]["round"], &proof["spec"]["beacon"]["kind"]),
            (&json!(ROUND), &json!("drand"))
        );
        assert_eq!(proof["beacon"]["evidence"]["signature"], SIGNATURE);
        assert_eq!(proof["selected"].as_array().unwrap().len(), 1);
        let verdict = app.visitor().post("/v1/draws/verify", &proof).await.expect(200);
        assert_eq!((&verdict["valid"], &verdict["unchecked"]), (&json!(true), &json!([])), "{verdict}");
    })
    .await;
}
