//! Votes: one a person, for open ideas, within a budget.

use kit::on_each_database;
use serde_json::json;

#[actix_web::test]
async fn a_vote_counts_once_however_often_it_is_cast() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({})).await;
        let idea = pm.idea(&board, "다크 모드").await;
        let vote = format!("/v1/ideas/{idea}/vote");
        for _ in 0..2 {
            let answer = ana.put(&vote).await.expect(200);
            assert_eq!(answer, json!({ "idea_id": idea, "vote_count": 2, "my_vote": true }));
        }
        for _ in 0..2 {
            let answer = ana.delete(&vote).await.expect(200);
            assert_eq!(answer, json!({ "idea_id": idea, "vote_count": 1, "my_vote": false }));
        }
        let kinds: Vec<String> = app.seed_read_events().into_iter().map(|(kind, _)| kind).collect();
        let count = |wanted: &str| kinds.iter().filter(|kind| *kind == wanted).count();
        assert_eq!((count("vote.cast"), count("vote.withdrawn")), (2, 1));
    })
    .await;
}

#[actix_web::test]
async fn a_closed_idea_keeps_its_votes() {
    on_each_database(async |app| {
        let (pm, ana, ben) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("ben").await);
        let board = pm.board("app", json!({})).await;
        let idea = ana.idea(&board, "다크 모드").await;
        let (vote, status) = (format!("/v1/ideas/{idea}/vote"), format!("/v1/ideas/{idea}/status"));
        pm.post(&status, &json!({ "status": "shipped", "reason": "출시했습니다." })).await.expect(200);

        ben.put(&vote).await.expect_problem(409, "idea_closed");
        ana.delete(&vote).await.expect_problem(409, "idea_closed");
        // What is so already is no change.
        assert_eq!(ana.put(&vote).await.expect(200)["vote_count"], 1);
        assert_eq!(ben.delete(&vote).await.expect(200)["my_vote"], false);

        pm.post(&status, &json!({ "status": "open", "reason": "다시 봅니다." })).await.expect(200);
        assert_eq!(ben.put(&vote).await.expect(200)["vote_count"], 2);
    })
    .await;
}

#[actix_web::test]
async fn a_budget_is_kept_and_comes_back_when_an_idea_closes() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({ "vote_budget": 2 })).await;
        let ideas = [pm.idea(&board, "하나").await, pm.idea(&board, "둘").await];
        let third = app.member("ben").await.idea(&board, "셋").await;
        let vote = |idea: &str| format!("/v1/ideas/{idea}/vote");
        let left = async || ana.get("/v1/boards/app").await.expect(200)["votes_left"].clone();
        assert_eq!(left().await, 2);
        for idea in &ideas {
            ana.put(&vote(idea)).await.expect(200);
        }
        ana.put(&vote(&third)).await.expect_problem(409, "vote_budget_spent");
        assert_eq!(left().await, 0);
        // The same vote again costs nothing.
        ana.put(&vote(&ideas[0])).await.expect(200);

        let closing =
            json!({ "status": "declined", "decline_reason": "policy", "reason": "이번에는 어렵습니다." });
        pm.post(&format!("/v1/ideas/{}/status", ideas[0]), &closing).await.expect(200);
        assert_eq!(left().await, 1);
        ana.put(&vote(&third)).await.expect(200);
        ana.delete(&vote(&third)).await.expect(200);
        pm.delete(&format!("/v1/ideas/{}", ideas[1])).await.expect(204);
        assert_eq!(left().await, 2);
    })
    .await;
}

#[actix_web::test]
async fn a_new_idea_has_its_authors_vote_unless_the_budget_is_spent() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({ "vote_budget": 1 })).await;
        let body = json!({ "title": "하나" });
        let path = format!("/v1/boards/{board}/ideas");
        let first = ana.post(&path, &body).await.expect(201);
        let second = ana.post(&path, &body).await.expect(201);
        assert_eq!((&first["vote_count"], &first["my_vote"]), (&json!(1), &json!(true)));
        assert_eq!((&second["vote_count"], &second["my_vote"]), (&json!(0), &json!(false)));
    })
    .await;
}

#[actix_web::test]
async fn voters_are_listed_latest_first_for_whom_the_board_says() {
    on_each_database(async |app| {
        let (pm, ana, ben) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("ben").await);
        let board = pm.board("app", json!({})).await;
        let idea = ana.idea(&board, "다크 모드").await;
        app.advance(chrono::TimeDelta::seconds(1));
        ben.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        let votes = format!("/v1/ideas/{idea}/votes");
        ana.get(&votes).await.expect_problem(403, "forbidden");
        app.visitor().get(&votes).await.expect_problem(401, "sign_in_required");
        let names = |items: Vec<serde_json::Value>| -> Vec<String> {
            items.iter().map(|item| item["member"]["display_name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(pm.all(&votes, 1).await), ["ben", "ana"]);
        pm.patch("/v1/boards/app", &json!({ "voters_visible": true })).await.expect(200);
        assert_eq!(names(app.visitor().all(&votes, 1).await), ["ben", "ana"]);
    })
    .await;
}
