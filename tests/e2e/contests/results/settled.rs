//! What comes after the lock: extra reviews and lots that settle ties, and who loses the rank.

use kit::on_each_database;
use serde_json::{Value, json};

use super::{order, prize, recomputes};
use crate::contests::{
    judged::{Judged, results, seed_disqualified, seed_members, seed_review},
    no_step, step, text,
};

#[actix_web::test]
async fn a_tie_for_a_prize_is_settled_by_what_was_declared() {
    on_each_database(async |app| {
        let terms = json!({
            "prizes": [prize(1, 1)], "tie_order": ["extra_review", "lot"],
            "lot": { "kind": "manual_sources", "sources": ["로또 1200회", "코스피 종가"] },
        });
        let judged = Judged::new(app, terms, 3, 2).await;
        judged.seed_alike(app, 1, &[(4.0, 4.0), (4.0, 4.0), (1.0, 1.0)]);
        judged.lock(app).await;
        let pm = app.staff("product_manager").await;
        let problem =
            pm.post(&judged.path("publish_provisional"), &json!({})).await.expect_problem(409, "ties_open");
        assert!(text(&problem["detail"]).contains("extra_review"), "{problem}");
        let lot =
            json!({ "values": ["3 7 12", "2512.31"], "witness": "아나", "link": "https://example.com/1200" });
        pm.post(&judged.path("lot"), &lot).await.expect_problem(409, "no_lot");

        let other = seed_members(app, "extra", 1).remove(0);
        for entry in &judged.entries[..2] {
            let marks = json!({ "idea": 3, "use": 3 });
            seed_review(app, (&judged.contest, 1), (entry, &other), ("extra", "sent"), &marks);
        }
        let waits = pm.post(&judged.path("compute"), &json!({})).await.expect(200);
        assert_eq!(
            (&waits["lines"][0]["awaits"], &waits["lines"][0]["awarded"]),
            (&json!("lot"), &json!([]))
        );
        no_step(&pm, &judged.contest, "publish_provisional", "ties_open").await;
        for (body, pointer) in [
            (json!({}), "/witness"),
            (json!({ "values": ["3 7 12"], "witness": "아나", "link": "https://example.com" }), "/values"),
            (json!({ "signature": "ab", "witness": "아나", "link": "https://example.com" }), "/signature"),
        ] {
            let problem = pm.post(&judged.path("lot"), &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        app.member("ana").await.post(&judged.path("lot"), &lot).await.expect_problem(403, "forbidden");
        let drawn = pm.post(&judged.path("lot"), &lot).await.expect(200);
        let line = &drawn["lines"][0];
        assert_eq!((&line["awaits"], line["awarded"].as_array().unwrap().len()), (&Value::Null, 1));
        assert_eq!(line["decided"][0]["by"], "lot");
        assert_eq!(
            drawn["entries"].as_array().unwrap().iter().filter(|row| row["decided_by"] == "lot").count(),
            1
        );
        // Bringing other numbers draws nothing anew.
        let mut others = lot.clone();
        others["values"] = json!(["1", "2"]);
        assert_eq!(pm.post(&judged.path("lot"), &others).await.expect(200), drawn);
        judged.publish(app).await;
        let bundle = app.visitor().get(&judged.path("bundle")).await.expect(200);
        assert_eq!(bundle["extra_reviews"].as_array().unwrap().len(), 2);
        recomputes(&app.visitor(), &bundle).await;
        let events = app.seed_read_events();
        let computed = events.iter().filter(|(kind, _)| kind == "contest.result_computed").count();
        assert_eq!(computed, 2, "the review and the lot, and nothing that changed nothing");
    })
    .await;
}

#[actix_web::test]
async fn the_number_of_a_lot_is_a_later_round_of_drand_unless_the_terms_name_another() {
    on_each_database(async |app| {
        let judged = Judged::new(app, json!({ "prizes": [prize(1, 1)], "tie_order": ["lot"] }), 2, 2).await;
        judged.seed_alike(app, 1, &[(4.0, 4.0), (4.0, 4.0)]);
        judged.lock(app).await;
        let pm = app.staff("product_manager").await;
        let bundle = pm.get(&judged.path("bundle")).await.expect(200);
        assert_eq!(
            (&bundle["draw"]["beacon"]["kind"], bundle["draw"].get("number")),
            (&json!("drand"), None)
        );
        let forged = json!({ "signature": "ab".repeat(48) });
        // Nobody has the signature of a round that is not out, and no other signature passes for it.
        for _ in 0..2 {
            let pm = app.staff("product_manager").await;
            let problem = pm.post(&judged.path("lot"), &forged).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/signature");
            app.advance(chrono::TimeDelta::minutes(11));
        }
        let pm = app.staff("product_manager").await;
        no_step(&pm, &judged.contest, "publish_provisional", "ties_open").await;
    })
    .await;
}

#[actix_web::test]
async fn the_next_in_line_moves_up() {
    on_each_database(async |app| {
        let judged = Judged::new(app, json!({ "prizes": [prize(1, 1)] }), 3, 3).await;
        judged.seed_alike(app, 1, &[(5.0, 5.0), (3.0, 3.0), (1.0, 1.0)]);
        judged.lock(app).await;
        judged.publish(app).await;
        let own = judged.pseudonyms(app).await;
        let pm = app.staff("product_manager").await;
        let before = results(&pm, &judged).await;
        let known = app.visitor().get(&judged.path("bundle")).await.etag();
        let get_known =
            async || app.visitor().with("If-None-Match", &known).get(&judged.path("bundle")).await.status;
        pm.post(&judged.path("compute"), &json!({})).await.expect(200);
        assert_eq!(get_known().await, 304, "nothing changed");
        seed_disqualified(app, &judged.contest, &judged.entries[0]);
        let after = pm.post(&judged.path("compute"), &json!({})).await.expect(200);
        assert_eq!((&after["withdrawn"], order(&after)), (&json!([own[0]]), own[1..].to_vec()));
        assert_eq!(after["lines"][0]["awarded"], json!([own[1]]));
        assert_eq!(get_known().await, 200);
        let figures = |row: &Value| ["theta", "se", "final"].map(|name| row[name].clone());
        assert_eq!(figures(&after["entries"][0]), figures(&before["entries"][1]));
        assert_eq!(after["lock_hash"], before["lock_hash"]);
        let bundle = app.visitor().get(&judged.path("bundle")).await.expect(200);
        assert_eq!(bundle["withdrawn"], json!([own[0]]));
        recomputes(&app.visitor(), &bundle).await;
        let (ana, second) = (app.member("ana").await, format!("/v1/entries/{}", judged.entries[1]));
        let claim = json!({ "original": true, "licence": true });
        ana.post(&format!("{second}/claim"), &claim).await.expect(200);
        let seen = json!({ "identity": true, "tax_data": true });
        pm.post(&format!("{second}/verify"), &seen).await.expect(200);
        step(&pm, &judged.contest, "finalize").await;
        pm.post(&judged.path("compute"), &json!({})).await.expect_problem(409, "contest_phase");
    })
    .await;
}
