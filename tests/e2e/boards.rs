//! Boards: made and changed by product managers, seen by their audience and nobody else.

use kit::on_each_database;
use serde_json::json;

#[actix_web::test]
async fn a_korean_name_makes_a_slug_and_both_lead_to_the_board() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let answer = pm.post("/v1/boards", &json!({ "name": "환불 정책" })).await;
        let location = answer.header("location").unwrap().to_owned();
        let made = answer.expect(201);
        assert_eq!(location, format!("/v1/boards/{}", made["id"].as_str().unwrap()));
        insta::allow_duplicates! { insta::assert_json_snapshot!(made, { ".id" => "[id]", ".created_at" => "[time]", ".updated_at" => "[time]" }, @r#"
        {
          "comment": "members",
          "created_at": "[time]",
          "description": "",
          "id": "[id]",
          "moderation": "publish_first",
          "name": "환불 정책",
          "slug": "hwanbul-jeongchaek",
          "submit": "members",
          "updated_at": "[time]",
          "view": "everyone",
          "vote": "members",
          "vote_budget": null,
          "voters_visible": false,
          "you_may": [
            "vote",
            "comment",
            "submit"
          ]
        }
        "#); }
        let by_slug = app.visitor().get("/v1/boards/hwanbul-jeongchaek").await.expect(200);
        let by_id = app.visitor().get(&location).await.expect(200);
        assert_eq!(by_slug, by_id);
        assert_eq!(by_slug["you_may"], json!([]));

        pm.post("/v1/boards", &json!({ "name": "환불 정책" })).await.expect_problem(409, "slug_taken");
        let problem = pm.post("/v1/boards", &json!({ "name": "日本語" })).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/slug");
        pm.post("/v1/boards", &json!({ "name": "日本語", "slug": "ilboneo" })).await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn a_board_is_changed_field_by_field_and_a_stale_change_is_refused() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({ "vote_budget": 5 })).await;
        let read = pm.get("/v1/boards/app").await;
        let changed = pm
            .with("If-Match", &read.etag())
            .patch("/v1/boards/app", &json!({ "name": "앱", "slug": "app-2" }))
            .await;
        assert_eq!(changed.status, 200);
        assert_eq!(changed.json["vote_budget"], 5);
        let stale = pm.with("If-Match", &read.etag());
        stale.patch("/v1/boards/app-2", &json!({ "name": "B" })).await.expect_problem(412, "stale");
        stale.delete("/v1/boards/app-2").await.expect_problem(412, "stale");
        let cleared = pm.patch("/v1/boards/app-2", &json!({ "vote_budget": null })).await.expect(200);
        assert_eq!((&cleared["vote_budget"], &cleared["name"]), (&json!(null), &json!("앱")));
        for (body, pointer) in [
            (json!({ "vote": "everyone" }), "/vote"),
            (json!({ "name": null }), "/name"),
            (json!({ "vote_budget": -1 }), "/vote_budget"),
            (json!({ "slug": "Not A Slug" }), "/slug"),
            (json!({ "view": "nobody" }), "/view"),
            (json!({ "colour": "red" }), "/colour"),
        ] {
            let problem = pm.patch("/v1/boards/app-2", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_board_is_deleted_only_while_it_holds_no_idea() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("empty", json!({})).await;
        pm.delete("/v1/boards/empty").await.expect(204);
        pm.get("/v1/boards/empty").await.expect_problem(404, "not_found");
        pm.board("full", json!({})).await;
        let idea = pm.idea("full", "하나").await;
        pm.delete("/v1/boards/full").await.expect_problem(409, "board_holds_ideas");
        pm.delete(&format!("/v1/ideas/{idea}")).await.expect(204);
        pm.delete("/v1/boards/full").await.expect_problem(409, "board_holds_ideas");
    })
    .await;
}

/// List, detail, search, likeness, count and votes of a board, for everybody.
#[actix_web::test]
async fn nothing_of_a_board_is_seen_by_those_who_may_not_view_it() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (ana, ben, visitor) = (app.member("ana").await, app.member("ben").await, app.visitor());
        for (slug, view) in
            [("open", "everyone"), ("members", "members"), ("guests", "invited"), ("team", "staff")]
        {
            pm.board(slug, json!({ "view": view, "voters_visible": true })).await;
        }
        for _ in 0..2 {
            let invited = pm.put(&format!("/v1/boards/guests/invitations/{}", ben.id)).await.expect(200);
            assert_eq!(invited["invited"], true);
        }
        let mut ideas = Vec::new();
        for slug in ["open", "members", "guests", "team"] {
            ideas.push((slug, pm.idea(slug, "비밀 환불").await));
        }
        for (person, sees) in [
            (&visitor, &["open"][..]),
            (&ana, &["open", "members"]),
            (&ben, &["open", "members", "guests"]),
            (&pm, &["open", "members", "guests", "team"]),
        ] {
            let boards = person.all("/v1/boards", 2).await;
            let slugs: Vec<&str> = boards.iter().map(|board| board["slug"].as_str().unwrap()).collect();
            assert_eq!(slugs, sees);
            for list in [
                "/v1/ideas",
                "/v1/ideas?sort=new",
                "/v1/ideas?sort=trending",
                "/v1/ideas?sort=random",
                "/v1/ideas?q=%ED%99%98%EB%B6%88",
            ] {
                let found = person.all(list, 1).await;
                let mut found: Vec<&str> =
                    found.iter().map(|idea| idea["board"]["slug"].as_str().unwrap()).collect();
                found.sort_unstable();
                let mut expected = sees.to_vec();
                expected.sort_unstable();
                assert_eq!(found, expected, "{list}");
            }
            let count = person.get("/v1/ideas?include_total=true").await.expect(200)["total"].clone();
            assert_eq!(count, sees.len());
            for (slug, idea) in &ideas {
                let expected = if sees.contains(slug) { 200 } else { 404 };
                for path in [
                    format!("/v1/boards/{slug}"),
                    format!("/v1/boards/{slug}/ideas"),
                    format!("/v1/boards/{slug}/ideas/similar?title=%ED%99%98%EB%B6%88"),
                    format!("/v1/ideas/{idea}"),
                    format!("/v1/ideas/{idea}/votes"),
                ] {
                    person.get(&path).await.expect(expected);
                }
            }
        }
        ana.put(&format!("/v1/ideas/{}/vote", ideas[3].1)).await.expect_problem(404, "not_found");
        pm.delete(&format!("/v1/boards/guests/invitations/{}", ben.id)).await.expect(200);
        ben.get("/v1/boards/guests").await.expect_problem(404, "not_found");
        assert_eq!(pm.all("/v1/boards/guests/invitations", 10).await.len(), 0);
    })
    .await;
}

#[actix_web::test]
async fn each_action_has_an_audience_of_its_own() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("quiet", json!({ "submit": "staff", "vote": "invited" })).await;
        assert_eq!(ana.get("/v1/boards/quiet").await.expect(200)["you_may"], json!(["comment"]));
        let body = json!({ "title": "하나" });
        ana.post("/v1/boards/quiet/ideas", &body).await.expect_problem(403, "board_forbidden");
        let idea = pm.idea("quiet", "하나").await;
        let vote = format!("/v1/ideas/{idea}/vote");
        ana.put(&vote).await.expect_problem(403, "board_forbidden");
        pm.put(&format!("/v1/boards/quiet/invitations/{}", ana.id)).await.expect(200);
        ana.put(&vote).await.expect(200);
        let nobody = "/v1/boards/quiet/invitations/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        pm.put(nobody).await.expect_problem(404, "not_found");
    })
    .await;
}
