//! Running: health, figures, full queues, stopping.

use futures_util::future::join_all;
use kit::{on_each_database, on_each_database_with};
use madang::Config;
use serde_json::json;

#[actix_web::test]
async fn health_says_whether_it_lives_and_is_ready() {
    on_each_database(async |app| {
        assert_eq!(app.visitor().get("/health/live").await.expect(200), json!({ "status": "ok" }));
        app.member("ana").await;
        app.advance(chrono::TimeDelta::seconds(60));
        let ready = app.visitor().get("/health/ready").await.expect(200);
        assert_eq!((&ready["database"], &ready["migrations"]), (&json!("ok"), &json!("ok")));
        assert!(ready["outbox_age_seconds"].as_i64().unwrap() >= 60);
    })
    .await;
}

#[actix_web::test]
async fn figures_count_requests_by_route_and_status() {
    on_each_database(async |app| {
        app.visitor().get("/v1/ideas/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d").await.expect(404);
        let figures = app.visitor().get("/metrics").await.text;
        assert!(
            figures.contains(
                "madang_http_requests_total{method=\"GET\",route=\"/v1/ideas/{id}\",status=\"404\"} 1"
            ),
            "{figures}"
        );
        assert!(figures.contains("madang_database{door=\"write\",state=\"waiting\"} 0"));
    })
    .await;
}

#[actix_web::test]
async fn a_full_queue_answers_promptly_instead_of_piling_up() {
    let narrow = |config| Config { queue: 1, connections: 1, ..config };
    on_each_database_with(narrow, async |app| {
        let admin = app.admin().await;
        let answers = join_all((0..200).map(|_| admin.get("/v1/me"))).await;
        let served = answers.iter().filter(|answer| answer.status == 200).count();
        assert!((1..200).contains(&served), "{served} served");
        for answer in answers.into_iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.header("retry-after"), Some("1"));
            answer.expect_problem(503, "unavailable");
        }
        admin.get("/v1/me").await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn the_documentation_is_served() {
    on_each_database(async |app| {
        let get = async |path: &str| {
            let answer = reqwest::get(format!("{}{path}", app.url)).await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let (status, page) = get("/docs").await;
        assert!(status == 200 && page.contains("swagger"), "{status}");
        let (status, document) = get("/openapi.json").await;
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        assert_eq!((status, &document["openapi"]), (200, &json!("3.1.0")));
    })
    .await;
}

#[actix_web::test]
async fn what_is_stored_survives_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.db");
    for visit in 0..3 {
        let kept = |config| Config { database: persistence::Location::Sqlite(path.clone()), ..config };
        let app = kit::TestApp::start(kit::databases::Kind::Sqlite, &kept).await;
        let pm = app.staff("product_manager").await;
        if visit == 0 {
            pm.board("app", json!({})).await;
        }
        pm.idea("app", &format!("아이디어 {visit}")).await;
        assert_eq!(pm.all("/v1/ideas", 10).await.len(), visit + 1);
        app.finish().await;
    }
}
