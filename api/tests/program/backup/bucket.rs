//! The same where attachments are in a bucket.

use std::fs;

use kit::{
    bucket::TestBucket,
    databases::{Kind, Lease},
};

use super::{content, lively, madang, refused};

#[actix_web::test]
async fn attachments_go_from_a_folder_into_a_bucket_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let origin =
        content(&mut madang(folder, &app.config().database, folder, &["restore", "all.tar", "--dry-run"]));
    let (bucket, data) = (TestBucket::start(), tempfile::tempdir().unwrap());
    let lease = Lease::new(Kind::Sqlite, data.path());
    let run = |arguments: &[&str]| {
        let mut command = madang(folder, &lease.location, data.path(), arguments);
        command.envs(bucket.variables());
        command
    };
    assert_eq!(content(&mut run(&["restore", "all.tar"])), origin);
    assert_eq!(bucket.objects().len(), 2);
    assert!(!data.path().join("attachments").exists());
    assert_eq!(content(&mut run(&["backup", "bucket.tar"])), origin);

    let data = tempfile::tempdir().unwrap();
    let lease = Lease::new(Kind::Sqlite, data.path());
    let back = content(&mut madang(folder, &lease.location, data.path(), &["restore", "bucket.tar"]));
    assert_eq!(back, origin);
    let a = |data: &std::path::Path| fs::read(data.join("attachments/01/a.png")).unwrap();
    assert_eq!(a(data.path()), a(&app.config().data_dir));
    app.finish().await;
}

#[actix_web::test]
async fn while_the_bucket_is_away_nothing_is_written_and_nothing_restored() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let variables = TestBucket::start().variables();
    let mut backup = madang(folder, &app.config().database, folder, &["backup", "none.tar"]);
    let why = refused(backup.envs(variables.clone()));
    assert!(why.starts_with("the store of attachments: "), "{why}");
    assert!(!folder.join("none.tar").exists());
    let data = tempfile::tempdir().unwrap();
    let lease = Lease::new(Kind::Sqlite, data.path());
    let why = refused(madang(folder, &lease.location, data.path(), &["restore", "all.tar"]).envs(variables));
    assert!(why.starts_with("the store of attachments: "), "{why}");
    content(&mut madang(folder, &lease.location, data.path(), &["restore", "all.tar"]));
    app.finish().await;
}
