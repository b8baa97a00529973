//! Idempotency keys: a POST that is repeated is done once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kit::on_each_database;
use serde_json::json;

#[actix_web::test]
async fn the_same_key_and_body_give_the_same_answer_and_do_nothing_again() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        let keyed = ana.with("Idempotency-Key", "post-1");
        let body = json!({ "title": "다크 모드" });
        let first = keyed.post("/v1/boards/app/ideas", &body).await;
        let second = keyed.post("/v1/boards/app/ideas", &body).await;
        assert_eq!(first.header("idempotent-replayed"), None);
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        for header in ["location", "etag", "content-type"] {
            assert_eq!(first.header(header), second.header(header), "{header}");
        }
        assert_eq!(first.expect(201), second.expect(201));
        assert_eq!(app.visitor().all("/v1/ideas", 10).await.len(), 1);

        let other = json!({ "title": "다른 것" });
        keyed.post("/v1/boards/app/ideas", &other).await.expect_problem(422, "idempotency_key_reused");
        keyed.post("/v1/boards/app/ideas?x=1", &body).await.expect(201);
        // Somebody else's key of the same name is another key.
        pm.with("Idempotency-Key", "post-1").post("/v1/boards/app/ideas", &body).await.expect(201);
        assert_eq!(app.visitor().all("/v1/ideas", 10).await.len(), 2);

        app.advance(TimeDelta::hours(25));
        let ana = app.member("ana").await.with("Idempotency-Key", "post-1");
        ana.post("/v1/boards/app/ideas", &body).await.expect(201);
        assert_eq!(app.visitor().all("/v1/ideas", 10).await.len(), 3);
    })
    .await;
}

#[actix_web::test]
async fn the_same_request_many_times_at_once_is_done_once() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let keyed = pm.with("Idempotency-Key", "storm");
        let body = json!({ "title": "다크 모드" });
        let answers = join_all((0..16).map(|_| keyed.post("/v1/boards/app/ideas", &body))).await;
        for answer in answers {
            match answer.status.as_u16() {
                201 => {}
                409 => {
                    assert!(answer.header("retry-after").is_some());
                    answer.expect_problem(409, "request_in_progress");
                }
                _ => panic!("{answer:?}"),
            }
        }
        assert_eq!(app.visitor().all("/v1/ideas", 10).await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_refused_request_leaves_its_key_free() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await.with("Idempotency-Key", "board-1");
        let body = json!({ "name": "App", "slug": "app" });
        let plain = app.staff("product_manager").await;
        plain.post("/v1/boards", &body).await.expect(201);
        pm.post("/v1/boards", &body).await.expect_problem(409, "slug_taken");
        plain.delete("/v1/boards/app").await.expect(204);
        pm.post("/v1/boards", &body).await.expect(201);
        let problem = plain.with("Idempotency-Key", "with space").post("/v1/boards", &body).await;
        problem.expect_problem(400, "invalid_header");
    })
    .await;
}

#[actix_web::test]
async fn tokens_cannot_be_read_from_a_kept_answer() {
    on_each_database(async |app| {
        let body = json!({ "email": "ana@example.com", "password": "a long enough password", "display_name": "아나" });
        let visitor = app.visitor().with("Idempotency-Key", "register-1");
        let first = visitor.post("/v1/auth/register", &body).await.expect(201);
        assert_eq!(visitor.post("/v1/auth/register", &body).await.expect(201), first);
        for kept in app.seed_read_kept_answers() {
            let text = String::from_utf8_lossy(&kept).into_owned();
            assert!(!text.contains(first["refresh_token"].as_str().unwrap()) && !text.contains("ana@"));
        }
        assert_eq!(app.seed_read_kept_answers().len(), 1);
        let guessed = json!({ "email": "ana@example.com", "password": "some other password", "display_name": "아나" });
        visitor.post("/v1/auth/register", &guessed).await.expect_problem(422, "idempotency_key_reused");
    })
    .await;
}
