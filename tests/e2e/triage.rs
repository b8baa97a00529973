//! Triage: the inbox with its filters, orders and facets, marks, saved views, bulk actions and the priority formula.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

/// Six ideas on two boards, a day apart, with 6 to 1 votes; their ids, oldest first.
async fn filled(app: &TestApp) -> (Person<'_>, Vec<String>) {
    let pm = app.staff("product_manager").await;
    pm.board("app", json!({})).await;
    pm.board("shop", json!({})).await;
    let mut ids = Vec::new();
    for (nth, board) in ["app", "app", "app", "app", "shop", "shop"].into_iter().enumerate() {
        let tags = if nth.is_multiple_of(2) { json!(["화면"]) } else { json!(["배송"]) };
        let body = json!({ "title": format!("제안 {nth}"), "body": "환불", "tags": tags });
        // Days pass, and access tokens with them.
        let ana = app.member("ana").await;
        let made = ana.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        for voter in 0..5 - nth {
            app.member(&format!("voter-{voter}"))
                .await
                .put(&format!("/v1/ideas/{id}/vote"))
                .await
                .expect(200);
        }
        ids.push(id);
        app.advance(TimeDelta::days(1));
    }
    app.seed_rank().await;
    (app.staff("product_manager").await, ids)
}

/// The places of the ideas that the inbox answers, as `filled` numbers them.
async fn found(pm: &Person<'_>, ids: &[String], query: &str) -> Vec<usize> {
    let items = pm.all(&format!("/v1/triage/ideas?{query}"), 2).await;
    items.iter().map(|item| ids.iter().position(|id| *id == item["id"]).unwrap()).collect()
}

#[actix_web::test]
async fn the_inbox_filters_orders_and_pages() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let answer = json!({ "body": "고맙습니다.", "notify": "none" });
        pm.put_body(&format!("/v1/ideas/{}/response", ids[1]), &answer).await.expect(200);
        let planning = json!({ "status": "planned", "reason": "합니다.", "notify": "none" });
        pm.post(&format!("/v1/ideas/{}/status", ids[2]), &planning).await.expect(200);
        let mark = json!({ "owner_id": pm.id, "private_tags": ["분기"], "effort": 1, "strategic_value": 5 });
        pm.patch(&format!("/v1/triage/ideas/{}", ids[3]), &mark).await.expect(200);
        for (query, expected) in [
            ("sort=votes", vec![0, 1, 2, 3, 4, 5]),
            ("sort=need", vec![0, 1, 2, 3, 4, 5]),
            ("sort=momentum", vec![0, 1, 2, 3, 4, 5]),
            ("sort=oldest_unanswered", vec![0, 2, 3, 4, 5]),
            ("sort=votes&board=app", vec![0, 1, 2, 3]),
            ("sort=votes&board=shop", vec![4, 5]),
            ("sort=votes&status=planned", vec![2]),
            ("sort=votes&category=open", vec![0, 1, 3, 4, 5]),
            ("sort=votes&tag=%ED%99%94%EB%A9%B4", vec![0, 2, 4]),
            ("sort=votes&private_tag=%EB%B6%84%EA%B8%B0", vec![3]),
            ("sort=votes&owner=none", vec![0, 1, 2, 4, 5]),
            ("sort=votes&has_response=true", vec![1]),
            ("sort=votes&has_response=false&board=app", vec![0, 2, 3]),
            ("sort=votes&unanswered_days=4", vec![0, 2]),
            ("sort=votes&unanswered_days=5", vec![0]),
            ("sort=votes&gained_at_least=3&gained_in_days=5", vec![2, 3]),
            ("sort=votes&gained_at_least=3", vec![0, 1, 2, 3]),
            ("sort=votes&carried_over=false", vec![0, 1, 2, 3, 4, 5]),
            ("sort=votes&carried_over=true", vec![]),
            ("sort=votes&q=%ED%99%98%EB%B6%88&board=app&category=open", vec![0, 1, 3]),
            ("sort=votes&q=%EB%AC%B4%EC%97%87", vec![]),
        ] {
            assert_eq!(found(&pm, &ids, query).await, expected, "{query}");
        }
        assert_eq!(found(&pm, &ids, &format!("owner={}", pm.id)).await, [3]);
        // Easy and wanted, it stands before all with more votes.
        assert_eq!(found(&pm, &ids, "").await[0], 3);
        let page =
            pm.get("/v1/triage/ideas?board=app&facets=true&include_total=true&limit=1").await.expect(200);
        assert_eq!((&page["total"], &page["facets"]["counted"]), (&json!(4), &json!(4)));
        assert_eq!(page["facets"]["status"], json!({ "open": 3, "planned": 1 }));
        assert_eq!(page["facets"]["tag"], json!({ "배송": 2, "화면": 2 }));
        assert_eq!(page["facets"]["has_response"], json!({ "false": 3, "true": 1 }));
        assert_eq!(page["facets"]["owner"], json!({ "none": 3, (pm.id.clone()): 1 }));
    })
    .await;
}

/// The triage rows repeat what the ideas have, and facets are counted along two ways: they must say the same.
#[actix_web::test]
async fn the_inbox_follows_what_becomes_of_an_idea() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let path = |nth: usize, what: &str| format!("/v1/ideas/{}{what}", ids[nth]);
        pm.delete(&path(0, "")).await.expect(204);
        pm.post(&path(1, "/merge"), &json!({ "into": ids[2] })).await.expect(200);
        let planned = json!({ "status": "planned", "reason": "합니다.", "notify": "none" });
        pm.post(&path(3, "/status"), &planned).await.expect(200);
        assert_eq!(found(&pm, &ids, "sort=oldest_unanswered").await, [2, 3, 4, 5]);
        assert_eq!(found(&pm, &ids, "board=app&status=merged").await, [1]);
        assert_eq!(found(&pm, &ids, "board=app&status=planned").await, [3]);
        for query in [
            "",
            "&board=app",
            "&status=open&board=app",
            "&category=planned",
            "&sort=need",
            "&has_response=false",
        ] {
            let facets = async |more: &str| {
                let path = format!("/v1/triage/ideas?facets=true{query}{more}");
                pm.get(&path).await.expect(200)["facets"].clone()
            };
            // No idea has carried votes, but only ideas themselves can say so.
            assert_eq!(facets("").await, facets("&carried_over=false").await, "{query}");
        }
        pm.post(&path(0, "/restore"), &json!({})).await.expect(200);
        pm.post(&path(1, "/unmerge"), &json!({})).await.expect(200);
        assert_eq!(found(&pm, &ids, "sort=oldest_unanswered").await, [0, 1, 2, 3, 4, 5]);
    })
    .await;
}

#[actix_web::test]
async fn a_bad_question_names_what_is_wrong_with_it() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        for (query, pointer) in [
            ("sort=best", "?sort"),
            ("owner=ana", "?owner"),
            ("board=A!", "?board"),
            ("board=nowhere", "?board"),
            ("status=A!", "?status"),
            ("unanswered_days=3651", "?unanswered_days"),
            ("unanswered_days=-1", "?unanswered_days"),
            ("gained_at_least=0", "?gained_at_least"),
            ("gained_in_days=7", "?gained_at_least"),
            ("gained_at_least=1&gained_in_days=367", "?gained_in_days"),
            ("has_response=maybe", "?has_response"),
            ("priority=1", "?priority"),
        ] {
            let answer = pm.get(&format!("/v1/triage/ideas?{query}")).await;
            assert_eq!(
                answer.expect_problem(422, "invalid_fields")["errors"][0]["pointer"],
                pointer,
                "{query}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn staff_marks_an_idea_and_members_see_nothing_of_it() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let ana = app.member("ana").await;
        let path = format!("/v1/triage/ideas/{}", ids[0]);
        for (body, pointer) in [
            (json!({ "owner_id": ana.id }), "/owner_id"),
            (json!({ "owner_id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d" }), "/owner_id"),
            (json!({ "effort": 6 }), "/effort"),
            (json!({ "strategic_value": 0 }), "/strategic_value"),
            (json!({ "due_on": "내일" }), "/due_on"),
            (json!({ "private_tags": ["a", ""] }), "/private_tags/1"),
        ] {
            let problem = pm.patch(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        let read = pm.get(&path).await;
        let etag = read.header("etag").unwrap().to_owned();
        let mark =
            json!({ "owner_id": pm.id, "due_on": "2027-01-31", "effort": 2, "private_tags": ["비밀"] });
        let marked = pm.with("If-Match", &etag).patch(&path, &mark).await.expect(200);
        assert_eq!(
            (&marked["owner_id"], &marked["due_on"], &marked["effort"], &marked["private_tags"]),
            (&json!(pm.id), &json!("2027-01-31"), &json!(2), &json!(["비밀"]))
        );
        pm.with("If-Match", &etag).patch(&path, &json!({ "effort": 3 })).await.expect_problem(412, "stale");
        let cleared = pm.patch(&path, &json!({ "owner_id": null, "effort": null })).await.expect(200);
        assert_eq!((&cleared["owner_id"], &cleared["due_on"]), (&Value::Null, &json!("2027-01-31")));
        let public = format!("/v1/ideas/{}", ids[0]);
        for person in [&app.visitor(), &ana] {
            assert!(!person.get(&public).await.text.contains("비밀"));
            assert_eq!(person.all(&format!("{public}/activity"), 10).await, Vec::<Value>::new());
            assert_eq!(person.all("/v1/ideas?tag=%EB%B9%84%EB%B0%80", 10).await, Vec::<Value>::new());
            assert_eq!(person.all("/v1/ideas?q=%EB%B9%84%EB%B0%80", 10).await, Vec::<Value>::new());
        }
        let kinds = pm.all(&format!("{public}/activity"), 10).await;
        assert!(
            kinds.iter().all(|entry| entry["kind"] == "triaged" && entry["internal"] == true),
            "{kinds:?}"
        );
        assert_eq!(kinds.len(), 2);
    })
    .await;
}

#[actix_web::test]
async fn views_are_ones_own_or_shared() {
    on_each_database(async |app| {
        let (pm, moderator) = (app.staff("product_manager").await, app.staff("moderator").await);
        pm.board("app", json!({})).await;
        let query =
            json!({ "board": "app", "category": "open", "unanswered_days": 3, "sort": "oldest_unanswered" });
        let body = json!({ "name": "답을 기다리는 아이디어", "query": query });
        let view = pm.post("/v1/triage/views", &body).await.expect(201);
        assert_eq!((&view["query"], &view["shared"]), (&query, &json!(false)));
        let path = format!("/v1/triage/views/{}", view["id"].as_str().unwrap());
        moderator.get(&path).await.expect_problem(404, "not_found");
        pm.patch(&path, &json!({ "shared": true })).await.expect(200);
        assert_eq!(moderator.get(&path).await.expect(200)["name"], "답을 기다리는 아이디어");
        assert_eq!(moderator.all("/v1/triage/views", 10).await.len(), 1);
        moderator.patch(&path, &json!({ "name": "내 것" })).await.expect_problem(403, "not_yours");
        moderator.delete(&path).await.expect_problem(403, "not_yours");
        for (query, pointer) in [
            (json!({ "colour": "red" }), "/query/colour"),
            (json!({ "status": "A!" }), "/query/status"),
            (json!({ "gained_in_days": 7 }), "/query/gained_at_least"),
        ] {
            let body = json!({ "name": "이상한 보기", "query": query });
            let problem = pm.post("/v1/triage/views", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        pm.delete(&path).await.expect(204);
        pm.get(&path).await.expect_problem(404, "not_found");
    })
    .await;
}

#[actix_web::test]
async fn a_bulk_action_does_all_or_nothing() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let status = async |id: &str| {
            pm.get(&format!("/v1/ideas/{id}")).await.expect(200)["status"]["key"].as_str().unwrap().to_owned()
        };
        let planning = json!({ "status": "planned", "reason": "함께 정했습니다." });
        let body = json!({ "ids": ids[..3], "set_status": planning, "mark": { "owner_id": pm.id } });
        let done = pm.post("/v1/triage/bulk", &body).await.expect(200);
        assert_eq!((done["changed"].as_array().unwrap().len(), &done["unchanged"]), (3, &json!([])));
        let again = pm.post("/v1/triage/bulk", &body).await.expect(200);
        assert_eq!((&again["changed"], again["unchanged"].as_array().unwrap().len()), (&json!([]), 3));
        // One that cannot be moved keeps all where they are.
        let merged = json!({ "into": ids[0] });
        pm.post(&format!("/v1/ideas/{}/merge", ids[4]), &merged).await.expect(200);
        let shipping = json!({ "status": "shipped", "reason": "나왔어요." });
        let body = json!({ "ids": [ids[0], ids[1], ids[4]], "set_status": shipping });
        pm.post("/v1/triage/bulk", &body).await.expect_problem(409, "only_by_merging");
        assert_eq!(
            (status(&ids[0]).await, status(&ids[1]).await),
            ("planned".to_owned(), "planned".to_owned())
        );
        let unseen =
            json!({ "ids": [ids[0], "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d"], "set_status": shipping });
        let problem = pm.post("/v1/triage/bulk", &unseen).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/ids");
        assert_eq!(status(&ids[0]).await, "planned");

        let view = json!({ "name": "예정", "query": { "status": "planned" } });
        let view = pm.post("/v1/triage/views", &view).await.expect(201)["id"].clone();
        let body = |count: i64| json!({ "view": view, "expected_count": count, "set_status": shipping });
        let problem = pm.post("/v1/triage/bulk", &body(2)).await.expect_problem(409, "count_changed");
        assert!(problem["detail"].as_str().unwrap().contains('3'), "{problem}");
        let done = pm.post("/v1/triage/bulk", &body(3)).await.expect(200);
        assert_eq!(done["changed"].as_array().unwrap().len(), 3);
        assert_eq!(status(&ids[2]).await, "shipped");
        for (body, pointer) in [
            (json!({ "set_status": shipping }), "/ids"),
            (json!({ "ids": [], "set_status": shipping }), "/ids"),
            (json!({ "ids": [ids[0]] }), "/set_status"),
            (json!({ "view": view, "set_status": shipping }), "/expected_count"),
            (json!({ "view": ids[0], "expected_count": 1, "set_status": shipping }), "/view"),
            (
                json!({ "ids": [ids[0]], "set_status": { "status": "declined", "reason": "음" } }),
                "/decline_reason",
            ),
            (json!({ "ids": [ids[0]], "mark": { "effort": 9 } }), "/mark/effort"),
        ] {
            let problem = pm.post("/v1/triage/bulk", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_priority_is_explained_by_its_factors() {
    on_each_database(async |app| {
        let (pm, ids) = filled(app).await;
        let path = format!("/v1/ideas/{}/priority", ids[0]);
        let explained = pm.get(&path).await.expect(200);
        let sum: f64 = explained["factors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|share| share["points"].as_f64().unwrap())
            .sum();
        assert!((sum - explained["priority"].as_f64().unwrap()).abs() < 1e-3, "{explained}");
        assert_eq!(explained["priority"], explained["ranked_as"]);
        let only_age =
            json!({ "votes": 0, "need": 0, "momentum": 0, "effort": 0, "strategic_value": 0, "age": 2 });
        let weights = "/v1/boards/app/priority-weights";
        assert_eq!(pm.get(weights).await.expect(200)["votes"], 3.0);
        pm.put_body(weights, &only_age).await.expect(200);
        let none =
            json!({ "votes": 0, "need": 0, "momentum": 0, "effort": 0, "strategic_value": 0, "age": 0 });
        pm.put_body(weights, &none).await.expect_problem(422, "invalid_fields");
        app.seed_rank().await;
        // Six of ninety days.
        let explained = pm.get(&path).await.expect(200);
        assert!((explained["priority"].as_f64().unwrap() - 6.666_7).abs() < 1e-2, "{explained}");
        assert_eq!(found(&pm, &ids, "board=app").await, [0, 1, 2, 3]);
        app.member("ana").await.get(&path).await.expect_problem(403, "forbidden");
    })
    .await;
}

#[actix_web::test]
async fn the_inbox_asks_of_answers_and_shows_who_voted_for_whom_after_a_merge() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let field = json!({ "key": "often", "labels": { "ko": "얼마나 자주", "en": "How often" }, "kind": "number", "visible": "staff" });
        pm.post("/v1/boards/app/fields", &field).await.expect(201);
        let ana = app.member("ana").await;
        let post = async |title: &str, often: i64| {
            let body = json!({ "title": title, "fields": { "often": often } });
            ana.post("/v1/boards/app/ideas", &body).await.expect(201)["id"].as_str().unwrap().to_owned()
        };
        let ids = vec![post("하나", 2).await, post("둘", 7).await];
        assert_eq!(found(&pm, &ids, "board=app&field=often:5..").await, [1]);
        assert_eq!(found(&pm, &ids, "board=app&field=often&sort=oldest_unanswered").await, [0, 1]);
        let problem = pm.get("/v1/triage/ideas?field=often:5..").await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "?field");

        let caller = json!({ "email": "caller@example.com", "display_name": "전화 고객", "channel": "call" });
        pm.put_body(&format!("/v1/ideas/{}/votes/on-behalf", ids[0]), &caller).await.expect(200);
        pm.post(&format!("/v1/ideas/{}/merge", ids[0]), &json!({ "into": ids[1] })).await.expect(200);
        let votes = pm.all(&format!("/v1/ideas/{}/votes", ids[1]), 10).await;
        let by: Vec<&Value> = votes.iter().map(|vote| &vote["on_behalf"]["channel"]).collect();
        assert_eq!(by.iter().filter(|channel| ***channel == json!("call")).count(), 1, "{votes:?}");
        pm.post(&format!("/v1/ideas/{}/unmerge", ids[0]), &json!({})).await.expect(200);
        let votes = pm.all(&format!("/v1/ideas/{}/votes", ids[0]), 10).await;
        assert!(votes.iter().any(|vote| vote["on_behalf"]["channel"] == "call"), "{votes:?}");
    })
    .await;
}
