//! Ideas: posted, read, changed, deleted, restored, moved.

use chrono::TimeDelta;
use kit::on_each_database;
use serde_json::json;

#[actix_web::test]
async fn a_member_posts_an_idea_with_an_ordinary_token() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({ "name": "모바일 앱" })).await;
        let body = json!({ "title": "다크 모드", "body": "밤에 **눈이 부셔요**.\n<script>x</script>", "tags": ["화면", "UI"] });
        let answer = ana.with("Accept-Language", "ko").post("/v1/boards/app/ideas", &body).await;
        let location = answer.header("location").unwrap().to_owned();
        let made = answer.expect(201);
        insta::allow_duplicates! { insta::assert_json_snapshot!(made, { ".id" => "[id]", ".board.id" => "[id]", ".author.id" => "[id]", ".created_at" => "[time]", ".updated_at" => "[time]" }, @r##"
        {
          "attachment_count": 0,
          "attachments": [],
          "author": {
            "display_name": "ana",
            "id": "[id]"
          },
          "board": {
            "id": "[id]",
            "name": "모바일 앱",
            "slug": "app"
          },
          "body": "밤에 **눈이 부셔요**.\n<script>x</script>",
          "body_html": "<p>밤에 <strong>눈이 부셔요</strong>.</p>\n",
          "comment_count": 0,
          "comments_locked": false,
          "created_at": "[time]",
          "fields": [],
          "following": true,
          "id": "[id]",
          "merged_into": null,
          "my_vote": true,
          "pinned_comment_id": null,
          "response": null,
          "state": "published",
          "state_reason": null,
          "status": {
            "category": "open",
            "colour": "#6b7280",
            "key": "open",
            "name": "열림"
          },
          "tags": [
            "화면",
            "ui"
          ],
          "title": "다크 모드",
          "updated_at": "[time]",
          "vote_count": 1
        }
        "##); }
        let read = app.visitor().get(&location).await.expect(200);
        assert_eq!((&read["my_vote"], &read["id"]), (&json!(false), &made["id"]));
        let listed = app.visitor().get("/v1/boards/app/ideas").await.expect(200)["items"][0].clone();
        assert_eq!(listed["excerpt"], "밤에 눈이 부셔요.");
        assert!(listed.get("body").is_none() && listed.get("carried_votes").is_none());
        assert_eq!(pm.get(&location).await.expect(200)["carried_votes"], 0);
    })
    .await;
}

#[actix_web::test]
async fn an_author_changes_an_idea_until_somebody_joins_and_its_history_is_kept() {
    on_each_database(async |app| {
        let (pm, ana, ben) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("ben").await);
        pm.board("app", json!({})).await;
        let path = format!("/v1/ideas/{}", ana.idea("app", "다크 모드").await);
        let changed = ana.patch(&path, &json!({ "title": "어두운 화면" })).await.expect(200);
        assert_eq!(
            (&changed["title"], &changed["body"]),
            (&json!("어두운 화면"), &json!("다크 모드 - 본문입니다."))
        );
        ben.patch(&path, &json!({ "title": "x" })).await.expect_problem(403, "not_yours");
        ben.put(&format!("{path}/vote")).await.expect(200);
        ana.patch(&path, &json!({ "title": "x" })).await.expect_problem(409, "others_have_joined");
        ana.delete(&path).await.expect_problem(409, "others_have_joined");
        ben.delete(&format!("{path}/vote")).await.expect(200);
        ana.patch(&path, &json!({ "tags": ["밤"] })).await.expect(200);
        ben.put(&format!("{path}/vote")).await.expect(200);
        pm.patch(&path, &json!({ "title": "다크 모드 지원" })).await.expect(200);
        // Saying the same again is no edit.
        let before = pm.get(&path).await.etag();
        pm.patch(&path, &json!({ "title": "다크 모드 지원" })).await.expect(200);
        assert_eq!(pm.get(&path).await.etag(), before);
        let edits = app.seed_read_events().into_iter().filter(|(kind, _)| kind == "idea.updated");
        let versions: Vec<i64> = edits.map(|(_, data)| data["version"].as_i64().unwrap()).collect();
        assert_eq!(versions, [2, 3, 4]);
    })
    .await;
}

#[actix_web::test]
async fn a_vote_makes_a_copy_old_but_not_an_edit_in_progress() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        let path = format!("/v1/ideas/{}", pm.idea("app", "다크 모드").await);
        let read = pm.get(&path).await;
        let unchanged = pm.with("If-None-Match", &read.etag()).get(&path).await;
        assert_eq!((unchanged.status.as_u16(), unchanged.text.as_str()), (304, ""));
        ana.put(&format!("{path}/vote")).await.expect(200);
        let voted = pm.with("If-None-Match", &read.etag()).get(&path).await;
        assert_eq!(voted.status, 200);
        pm.with("If-Match", &read.etag()).patch(&path, &json!({ "title": "새 제목" })).await.expect(200);
        let stale = pm.with("If-Match", &read.etag());
        stale.patch(&path, &json!({ "title": "다른 제목" })).await.expect_problem(412, "stale");
        stale.delete(&path).await.expect_problem(412, "stale");
        let moving = json!({ "status": "planned", "reason": "합니다." });
        stale.post(&format!("{path}/status"), &moving).await.expect_problem(412, "stale");
        assert_eq!(pm.get(&path).await.expect(200)["title"], "새 제목");
    })
    .await;
}

#[actix_web::test]
async fn a_deleted_idea_is_gone_for_members_and_comes_back_for_thirty_days() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        let path = format!("/v1/ideas/{}", ana.idea("app", "다크 모드").await);
        ana.delete(&path).await.expect(204);
        for person in [&ana, &app.visitor()] {
            person.get(&path).await.expect_problem(404, "not_found");
            assert_eq!(person.all("/v1/ideas", 10).await.len(), 0);
            assert_eq!(person.all("/v1/ideas?q=%EB%8B%A4%ED%81%AC", 10).await.len(), 0);
            let similar = person
                .get("/v1/boards/app/ideas/similar?title=%EB%8B%A4%ED%81%AC%20%EB%AA%A8%EB%93%9C")
                .await;
            assert_eq!(similar.expect(200)["items"], json!([]));
        }
        ana.get("/v1/ideas?deleted=true").await.expect_problem(403, "forbidden");
        ana.put(&format!("{path}/vote")).await.expect_problem(404, "not_found");
        assert!(pm.get(&path).await.expect(200)["deleted_at"].is_string());
        assert_eq!(pm.all("/v1/boards/app/ideas?deleted=true", 10).await.len(), 1);

        app.advance(TimeDelta::days(30) - TimeDelta::minutes(1));
        let pm = app.staff("product_manager").await;
        pm.post(&format!("{path}/restore"), &json!({})).await.expect(200);
        pm.post(&format!("{path}/restore"), &json!({})).await.expect_problem(409, "not_deleted");
        assert_eq!(app.visitor().all("/v1/ideas?q=%EB%8B%A4%ED%81%AC", 10).await.len(), 1);
        pm.delete(&path).await.expect(204);
        app.advance(TimeDelta::days(31));
        let pm = app.staff("product_manager").await;
        pm.post(&format!("{path}/restore"), &json!({})).await.expect_problem(409, "restore_window_over");
    })
    .await;
}

#[actix_web::test]
async fn an_idea_may_be_as_long_as_promised_and_no_longer() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let post = async |title: usize, body: usize| {
            let body = json!({ "title": "가".repeat(title), "body": "나".repeat(body) });
            pm.post("/v1/boards/app/ideas", &body).await
        };
        let made = post(200, 50_000).await.expect(201);
        let read = pm.get(&format!("/v1/ideas/{}", made["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(read["body"].as_str().unwrap().chars().count(), 50_000);
        let long = pm.all("/v1/ideas?q=%EB%82%98%EB%82%98%EB%82%98", 10).await;
        assert_eq!(long.len(), 1);
        for (title, body, pointer) in [(0, 0, "/title"), (201, 0, "/title"), (1, 50_001, "/body")] {
            let problem = post(title, body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer);
        }
    })
    .await;
}
