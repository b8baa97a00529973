//! Locks: taken back in public while nobody can know the number of the draw, and never after.

use chrono::TimeDelta;
use kit::on_each_database;
use serde_json::{Value, json};

use super::{
    lottery::{applied, hidden},
    step,
};

#[actix_web::test]
async fn a_lock_is_taken_back_in_public_and_only_while_nobody_can_know_the_number() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (panel, _) = applied(app, &pm, json!({ "beacon": { "kind": "multi_party" } })).await;
        let path = |what: &str| format!("/v1/panels/{panel}/{what}");
        let (unlock, why) = (path("unlock"), json!({ "reason": "지역을 바로잡습니다." }));
        let (number, hides) = hidden("1");
        let ana = app.member("m0").await;
        ana.post(&path("commitments"), &hides).await.expect(200);
        pm.post(&unlock, &why).await.expect_problem(409, "panel_phase");
        step(&pm, &panel, "close_recruiting").await;
        let first = step(&pm, &panel, "lock").await;
        // Whoever knew the number now could lock anew until they like what comes of it.
        ana.post(&path("reveals"), &number).await.expect_problem(409, "objection_window");
        pm.post(&unlock, &json!({ "reason": " " })).await.expect_problem(422, "invalid_fields");
        let open = pm.post(&unlock, &why).await.expect(200);
        assert_eq!((&open["phase"], &open["spec_hash"]), (&json!("screening"), &Value::Null));
        // What was hidden for the first lock counts for the second.
        let second = step(&pm, &panel, "lock").await;
        assert_ne!(first["spec_hash"], second["spec_hash"]);
        let void = app.visitor().get(&path("void_locks")).await.expect(200);
        let void = &void["items"][0];
        assert_eq!((&void["spec_hash"], &void["reason"]), (&first["spec_hash"], &why["reason"]));
        assert_eq!((&void["spec"]["draw_id"], &void["locked_at"]), (&json!(panel), &first["locked_at"]));

        app.advance(TimeDelta::hours(24));
        let (pm, ana) = (app.staff("product_manager").await, app.member("m0").await);
        ana.post(&path("reveals"), &number).await.expect(200);
        pm.post(&unlock, &why).await.expect_problem(409, "objection_window_over");
        let proof = pm.post(&path("draw"), &json!({})).await.expect(200);
        assert_eq!(proof["spec"]["draw_id"], json!(format!("{panel}/2")));
        assert_eq!(proof["spec"]["beacon"]["commitments"], json!([hides["commitment"]]));
        pm.post(&unlock, &why).await.expect_problem(409, "panel_phase");
    })
    .await;
}

#[actix_web::test]
async fn a_lock_stays_where_its_number_may_be_out_already() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (panel, _) = applied(app, &pm, json!({})).await;
        step(&pm, &panel, "close_recruiting").await;
        let locked = step(&pm, &panel, "lock").await;
        let (unlock, why) =
            (format!("/v1/panels/{panel}/unlock"), json!({ "reason": "지역을 바로잡습니다." }));
        pm.post(&unlock, &why).await.expect_problem(409, "lock_stays");
        let after = app.visitor().get(&format!("/v1/panels/{panel}")).await.expect(200);
        assert_eq!((&after["phase"], &after["spec_hash"]), (&json!("pool_locked"), &locked["spec_hash"]));
    })
    .await;
}
