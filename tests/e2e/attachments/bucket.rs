//! The same with a bucket for a store.

use chrono::TimeDelta;
use kit::{
    bucket::{self, TestBucket},
    databases, files, on_each_database_with,
};
use serde_json::json;

use super::{idea_with, ids};

#[actix_web::test]
async fn a_bucket_keeps_files_as_a_folder_does() {
    let bucket = TestBucket::start();
    let settings = |config| madang::Config { store: bucket.settings(), ..config };
    on_each_database_with(settings, async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({})).await;
        let (a, b) = (ana.file("a.pdf", files::pdf()).await, ana.file("b.png", files::png(50, 50)).await);
        assert_eq!(bucket.objects().len(), 3);
        let idea = idea_with(&ana, &board, &[&a, &b]).await;
        assert_eq!(ids(&idea), [&*a, &*b]);
        let path = format!("/v1/attachments/{a}/content");
        let (code, _, bytes) = app.visitor().fetch(&path, &[]).await;
        assert_eq!((code, bytes), (200, files::pdf()));
        let (code, headers, bytes) = app.visitor().fetch(&path, &[("Range", "bytes=-6")]).await;
        assert_eq!((code, bytes), (206, b"%%EOF\n".to_vec()));
        assert!(headers["content-range"].to_str().unwrap().starts_with("bytes "));
        let (code, _, small) = app.visitor().fetch(&format!("/v1/attachments/{b}/thumbnail"), &[]).await;
        assert_eq!((code, image::load_from_memory(&small).unwrap().width()), (200, 50));

        ana.delete(&format!("/v1/attachments/{b}")).await.expect(204);
        assert_eq!((app.seed_sweep().await, bucket.objects().len()), (1, 1));
        ana.patch(&format!("/v1/ideas/{}", idea["id"].as_str().unwrap()), &json!({ "attachment_ids": [] }))
            .await
            .expect(200);
        app.advance(TimeDelta::hours(25));
        assert_eq!((app.seed_sweep().await, bucket.objects().len()), (1, 0));
    })
    .await;
}

#[actix_web::test]
async fn while_the_store_is_away_a_file_is_asked_for_again_later() {
    // Nobody listens at the port of a listener that is gone.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let settings = |config| madang::Config { store: bucket::settings(&endpoint), ..config };
    let app = kit::TestApp::start(databases::Kind::Sqlite, &settings).await;
    let ana = app.member("ana").await;
    let answer = ana.upload("a.png", files::png(5, 5)).await;
    assert!(answer.header("retry-after").is_some());
    answer.expect_problem(503, "unavailable");
    app.finish().await;
}
