//! The rates by which is withheld.

use chrono::NaiveDate;
use kit::on_each_database;
use serde_json::json;

use super::seeds::seed_locked;

#[actix_web::test]
async fn rates_are_dated_changed_by_staff_and_bounded() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("marketer").await, app.member("ana").await);
        let built_in = ana.get("/v1/tax_rules").await;
        let etag = built_in.etag();
        let built_in = built_in.expect(200);
        assert_eq!(
            (&built_in["updated_at"], &built_in["rates"][0]["contest_expense"]),
            (&json!(null), &json!(80))
        );
        let with = |changes: serde_json::Value| {
            let mut rates = built_in["rates"][0].clone();
            rates.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            rates
        };
        ana.put_body("/v1/tax_rules", &json!({ "rates": [with(json!({}))] }))
            .await
            .expect_problem(403, "forbidden");
        for (rates, pointer) in [
            (json!([]), "/rates"),
            (json!([with(json!({ "from": "2999-01-01" }))]), "/rates"),
            (json!([with(json!({})), with(json!({}))]), "/rates/1/from"),
            (json!([with(json!({ "income_tax": 101 }))]), "/rates/0/income_tax"),
            (json!([with(json!({ "income_tax": -1 }))]), "/rates/0/income_tax"),
            (json!([with(json!({ "unit": 0 }))]), "/rates/0/unit"),
            (json!([with(json!({ "luck": 7 }))]), "/rates/0/luck"),
        ] {
            let problem = pm.put_body("/v1/tax_rules", &json!({ "rates": rates })).await;
            let problem = problem.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(ana.get("/v1/tax_rules").await.expect(200), built_in, "nothing of it is kept");
        let past = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
        let later = with(json!({ "from": past, "review_by": past, "untaxed": 0, "contest_expense": 0 }));
        let both = json!({ "rates": [later, with(json!({}))] });
        let stale = pm.with("If-Match", "\"7\"").put_body("/v1/tax_rules", &both).await;
        stale.expect_problem(412, "stale");
        let changed = pm.with("If-Match", &etag).put_body("/v1/tax_rules", &both).await.expect(200);
        assert_eq!((&changed["rates"][0]["from"], &changed["overdue"]), (&json!("2019-01-01"), &json!(true)));
        let locked = seed_locked(app, json!({}), &[("ana", 90)]).await;
        let listed = app.staff("marketer").await.get(&locked.path("winners")).await.expect(200);
        assert_eq!(
            (&listed["rates"]["from"], &listed["rates"]["overdue"]),
            (&json!("2020-01-01"), &json!(true))
        );
        assert_eq!(listed["items"][0]["payments"][0]["paid_krw"], 780_000);
    })
    .await;
}
