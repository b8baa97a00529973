//! Quotas that are planned: what chance they leave, and whether they can be met at all.

use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{terms, text};

/// Ten members: six of Seoul, three of Busan, one of nowhere.
async fn people(app: &TestApp) {
    let admin = app.admin().await;
    for nth in 0..10 {
        let id = app.member(&format!("m{nth}")).await.id;
        let region = match nth {
            0..6 => json!("seoul"),
            6..9 => json!("busan"),
            _ => Value::Null,
        };
        admin
            .patch(&format!("/v1/members/{id}"), &json!({ "attributes": { "region": region } }))
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn chances_of_a_planned_draw_are_those_of_the_members_there_are() {
    on_each_database(async |app| {
        people(app).await;
        let marketer = app.staff("marketer").await;
        let plan = json!({ "seats": 4, "quotas": { "region": { "seoul": [1, 1], "busan": [3, 3] } } });
        let found = marketer.post("/v1/draws/simulate", &plan).await.expect(200);
        // One of six, and three of three: nothing is left to chance but who of Seoul.
        assert_eq!(
            (&found["people"], &found["seats"], &found["runs"]),
            (&json!(9), &json!(4), &json!(2_000))
        );
        let cells = found["cells"].as_array().unwrap();
        assert_eq!(
            (&cells[0]["values"]["region"], &cells[0]["people"], &cells[0]["chance"]),
            (&json!("busan"), &json!(3), &json!(1.0))
        );
        assert_eq!((&cells[1]["values"]["region"], &cells[1]["chance"]), (&json!("seoul"), &json!(0.166667)));
        assert_eq!((&found["min"], &found["max"]), (&json!(0.166667), &json!(1.0)));
        // Six of 1/6, three of 1: the differences sum to 2 · 18 · 5/6, over 2 · 81 · 4/9.
        assert_eq!(found["gini"], json!(0.416667));
        assert_eq!(marketer.post("/v1/draws/simulate", &plan).await.expect(200), found);
        let all = marketer.post("/v1/draws/simulate", &json!({ "seats": 50 })).await.expect(200);
        assert_eq!((&all["people"], &all["seats"], &all["min"]), (&json!(10), &json!(10), &json!(1.0)));

        let never = json!({ "seats": 4, "quotas": { "region": { "busan": [4, 4] } } });
        let problem =
            marketer.post("/v1/draws/simulate", &never).await.expect_problem(409, "quotas_infeasible");
        assert!(text(&problem["detail"]).contains("region=busan"), "{problem}");
        for (odd, pointer) in
            [(json!({ "seats": 0 }), "/seats"), (json!({ "seats": 1, "quotas": { "a": 1 } }), "/quotas/a")]
        {
            let problem =
                marketer.post("/v1/draws/simulate", &odd).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer);
        }
    })
    .await;
}

#[actix_web::test]
async fn quotas_that_nobody_could_meet_are_not_published() {
    on_each_database(async |app| {
        people(app).await;
        let marketer = app.staff("marketer").await;
        let mut body = terms(app);
        body["quotas"] = json!({ "region": { "jeju": [1, 2] } });
        let made = marketer.post("/v1/panels", &body).await.expect(201);
        let publish = format!("/v1/panels/{}/publish", text(&made["id"]));
        let problem = marketer.post(&publish, &json!({})).await.expect_problem(409, "quotas_infeasible");
        assert!(text(&problem["detail"]).contains("region=jeju"), "{problem}");
        let eased = json!({ "quotas": { "region": { "jeju": [0, 2] } } });
        marketer.patch(&format!("/v1/panels/{}", text(&made["id"])), &eased).await.expect(200);
        marketer.post(&publish, &json!({})).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn ages_are_chosen_by_bands() {
    on_each_database(async |app| {
        let (admin, marketer) = (app.admin().await, app.staff("marketer").await);
        for (nth, age) in [19, 20, 29, 30, 45].into_iter().enumerate() {
            let id = app.member(&format!("m{nth}")).await.id;
            let known = json!({ "attributes": { "age": age } });
            admin.patch(&format!("/v1/members/{id}"), &known).await.expect(200);
        }
        let bands = json!({ "age": [
            { "key": "20s", "at_least": 20, "at_most": 29 }, { "key": "older", "at_least": 30 },
        ] });
        let quotas = json!({ "age": { "20s": [1, 1], "older": [1, 2] } });
        let plan = json!({ "seats": 3, "quotas": quotas, "bands": bands });
        let found = marketer.post("/v1/draws/simulate", &plan).await.expect(200);
        // Whoever is nineteen is in no band, and could not be drawn.
        assert_eq!(found["people"], 4);
        assert_eq!(found["cells"][0]["values"]["age"], "20s");
        assert_eq!(found["cells"][0]["chance"], json!(0.5));

        let mut body = terms(app);
        body["quotas"] = quotas;
        body["bands"] = bands;
        body["seats"] = json!(3);
        let made = marketer.post("/v1/panels", &body).await.expect(201);
        let publish = format!("/v1/panels/{}/publish", text(&made["id"]));
        marketer.post(&publish, &json!({})).await.expect(200);
        for (bands, pointer) in [
            (json!({ "age": [{ "key": "20s", "at_least": 30, "at_most": 20 }] }), "/bands/age/0"),
            (json!({ "age": [{ "key": "20s", "at_least": 20 }] }), "/quotas/age/older"),
            (json!({ "city": [{ "key": "20s", "at_least": 20 }] }), "/bands/city"),
        ] {
            body["bands"] = bands;
            let problem = marketer.post("/v1/panels", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer);
        }
    })
    .await;
}
