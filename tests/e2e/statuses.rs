//! Statuses: those of a board, and an idea on its way along them.

use kit::{on_each_database, people::Person};
use serde_json::{Value, json};

async fn statuses(person: &Person<'_>) -> Vec<Value> {
    person.get("/v1/boards/app/statuses").await.expect(200)["items"].as_array().unwrap().clone()
}

async fn with_key(person: &Person<'_>, key: &str) -> Value {
    statuses(person).await.into_iter().find(|status| status["key"] == key).unwrap()
}

#[actix_web::test]
async fn product_managers_move_an_idea_and_say_why() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        let path = format!("/v1/ideas/{}", ana.idea("app", "다크 모드").await);
        let status = format!("{path}/status");
        let moving = json!({ "status": "planned", "reason": "다음 분기에 시작합니다." });
        ana.post(&status, &moving).await.expect_problem(403, "forbidden");
        let moved = pm.with("Accept-Language", "ko-KR").post(&status, &moving).await.expect(200);
        let planned = json!({ "key": "planned", "name": "예정", "category": "planned", "colour": "#2563eb" });
        assert_eq!(moved["status"], planned);
        pm.post(&status, &moving).await.expect_problem(409, "same_status");
        for (body, pointer) in [
            (json!({ "status": "shipped", "reason": " " }), "/reason"),
            (json!({ "status": "shipped" }), "/reason"),
            (json!({ "status": "unheard_of", "reason": "음" }), "/status"),
            (json!({ "status": "Shipped", "reason": "음" }), "/status"),
            (json!({ "status": "declined", "reason": "음" }), "/decline_reason"),
            (json!({ "status": "shipped", "reason": "음", "decline_reason": "policy" }), "/decline_reason"),
            (json!({ "status": "declined", "reason": "음", "decline_reason": "boring" }), "/decline_reason"),
        ] {
            let problem = pm.post(&status, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        let merging = json!({ "status": "merged", "reason": "음" });
        pm.post(&status, &merging).await.expect_problem(409, "only_by_merging");
        let declining =
            json!({ "status": "declined", "reason": "비용이 큽니다.", "decline_reason": "too_costly" });
        assert_eq!(pm.post(&status, &declining).await.expect(200)["status"]["category"], "declined");
        let (_, data) =
            app.seed_read_events().into_iter().find(|(kind, _)| kind == "idea.status_changed").unwrap();
        assert_eq!((&data["from"], &data["to"]), (&json!("open"), &json!("planned")));
    })
    .await;
}

#[actix_web::test]
async fn a_board_has_statuses_of_its_own() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let keys: Vec<Value> =
            statuses(&app.visitor()).await.into_iter().map(|status| status["key"].clone()).collect();
        assert_eq!(keys, ["open", "under_review", "planned", "in_progress", "shipped", "declined", "merged"]);
        let beta = json!({
            "names": { "ko": "베타 시험", "en": "Beta test" }, "category": "in_progress", "colour": "#ABCDEF",
            "next": ["shipped", "declined"],
        });
        let made = pm.with("Accept-Language", "ko").post("/v1/boards/app/statuses", &beta).await.expect(201);
        assert_eq!(
            (&made["key"], &made["name"], &made["colour"]),
            (&json!("beta_test"), &json!("베타 시험"), &json!("#abcdef"))
        );
        assert_eq!((&made["position"], &made["next"]), (&json!(7), &json!(["shipped", "declined"])));
        pm.post("/v1/boards/app/statuses", &beta).await.expect_problem(409, "status_key_taken");
        let wrong = json!({ "names": { "ko": "가", "en": "日本" }, "category": "open" });
        let problem = pm.post("/v1/boards/app/statuses", &wrong).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/key");
        let wrong = json!({ "names": { "ko": "가", "en": "A" }, "category": "open", "next": ["nowhere"] });
        let problem = pm.post("/v1/boards/app/statuses", &wrong).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/next");
        assert_eq!(statuses(&pm).await.len(), 8, "a refused status leaves nothing");

        let path = format!("/v1/statuses/{}", made["id"].as_str().unwrap());
        let freely = pm
            .patch(&path, &json!({ "next": null, "names": { "ko": "시험", "en": "Trial" } }))
            .await
            .expect(200);
        assert_eq!(
            (&freely["next"], &freely["key"], &freely["name"]),
            (&Value::Null, &json!("beta_test"), &json!("Trial"))
        );
        pm.with("If-Match", "\"1-x\"").delete(&path).await.expect_problem(412, "stale");
        pm.delete(&path).await.expect(204);
        pm.delete(&path).await.expect_problem(404, "not_found");
    })
    .await;
}

#[actix_web::test]
async fn a_status_says_what_may_follow_and_what_it_freezes() {
    on_each_database(async |app| {
        let (pm, ana, ben) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("ben").await);
        pm.board("app", json!({})).await;
        let path = format!("/v1/ideas/{}", ana.idea("app", "다크 모드").await);
        let open = with_key(&pm, "open").await;
        let change = json!({
            "next": ["under_review"], "freezes": { "votes": true, "comments": false, "edits": true },
        });
        pm.patch(&format!("/v1/statuses/{}", open["id"].as_str().unwrap()), &change).await.expect(200);
        let skipping = json!({ "status": "shipped", "reason": "바로" });
        let problem = pm.post(&format!("{path}/status"), &skipping).await;
        let problem = problem.expect_problem(409, "transition_not_allowed");
        assert!(problem["detail"].as_str().unwrap().contains("under_review"), "{problem}");
        ben.put(&format!("{path}/vote")).await.expect_problem(409, "idea_closed");
        ana.patch(&path, &json!({ "title": "둘" })).await.expect_problem(409, "edits_frozen");
        pm.patch(&path, &json!({ "title": "둘" })).await.expect(200);
        let next = json!({ "status": "under_review", "reason": "살펴봅니다." });
        pm.post(&format!("{path}/status"), &next).await.expect(200);
        assert_eq!(ben.put(&format!("{path}/vote")).await.expect(200)["vote_count"], 2);
    })
    .await;
}

#[actix_web::test]
async fn a_status_that_is_needed_or_in_use_stays() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        let path = async |key| format!("/v1/statuses/{}", with_key(&pm, key).await["id"].as_str().unwrap());
        for needed in ["open", "merged"] {
            pm.delete(&path(needed).await).await.expect_problem(409, "last_of_category");
            let other = json!({ "category": "planned" });
            pm.patch(&path(needed).await, &other).await.expect_problem(409, "last_of_category");
        }
        let idea = ana.idea("app", "다크 모드").await;
        let moving = json!({ "status": "planned", "reason": "합니다." });
        pm.post(&format!("/v1/ideas/{idea}/status"), &moving).await.expect(200);
        pm.delete(&path("planned").await).await.expect_problem(409, "status_in_use");
        let other = json!({ "category": "shipped" });
        pm.patch(&path("planned").await, &other).await.expect_problem(409, "status_in_use");
        // A board of its own has statuses of its own.
        pm.board("shop", json!({})).await;
        assert_eq!(
            pm.get("/v1/boards/shop/statuses").await.expect(200)["items"].as_array().unwrap().len(),
            7
        );
        app.visitor().get("/v1/boards/nowhere/statuses").await.expect_problem(404, "not_found");
    })
    .await;
}
