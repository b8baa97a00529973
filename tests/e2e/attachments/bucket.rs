//! The same with a bucket for a store: a real server that speaks as S3 does, in this process.

use chrono::TimeDelta;
use hyper_util::rt::{TokioExecutor, TokioIo};
use kit::{databases, files, on_each_database_with};
use madang::config::{Bucket, Secret, StoreSettings};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use serde_json::json;

use super::{idea_with, ids};

/// A server with an empty bucket, for as long as the test runs; where it listens.
async fn serve(folder: &std::path::Path) -> String {
    std::fs::create_dir(folder.join("square")).unwrap();
    let mut builder = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
    builder.set_auth(SimpleAuth::from_single("keeper", "of the square"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    actix_web::rt::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let http = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            let service = service.clone();
            actix_web::rt::spawn(async move {
                http.serve_connection(TokioIo::new(socket), service).await.ok();
            });
        }
    });
    format!("http://{address}")
}

fn bucket(endpoint: &str) -> StoreSettings {
    StoreSettings::Bucket(Bucket {
        name: "square".to_owned(),
        prefix: "files/of".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        region: "us-east-1".to_owned(),
        key_id: "keeper".to_owned(),
        key: Secret::new("of the square"),
    })
}

/// How many objects the bucket holds, under the prefix.
fn stored(folder: &std::path::Path) -> usize {
    let Ok(shards) = std::fs::read_dir(folder.join("square/files/of")) else { return 0 };
    shards.map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count()).sum()
}

#[actix_web::test]
async fn a_bucket_keeps_files_as_a_folder_does() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = serve(folder.path()).await;
    let settings = |config| madang::Config { store: bucket(&endpoint), ..config };
    on_each_database_with(settings, async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({})).await;
        let (a, b) = (ana.file("a.pdf", files::pdf()).await, ana.file("b.png", files::png(50, 50)).await);
        assert_eq!(stored(folder.path()), 3);
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
        assert_eq!((app.seed_sweep().await, stored(folder.path())), (1, 1));
        ana.patch(&format!("/v1/ideas/{}", idea["id"].as_str().unwrap()), &json!({ "attachment_ids": [] }))
            .await
            .expect(200);
        app.advance(TimeDelta::hours(25));
        assert_eq!((app.seed_sweep().await, stored(folder.path())), (1, 0));
    })
    .await;
}

#[actix_web::test]
async fn while_the_store_is_away_a_file_is_asked_for_again_later() {
    // Nobody listens at the port of a listener that is gone.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let settings = |config| madang::Config { store: bucket(&endpoint), ..config };
    let app = kit::TestApp::start(databases::Kind::Sqlite, &settings).await;
    let ana = app.member("ana").await;
    let answer = ana.upload("a.png", files::png(5, 5)).await;
    assert!(answer.header("retry-after").is_some());
    answer.expect_problem(503, "unavailable");
    app.finish().await;
}
