//! Out of one database and into the other.

use std::{fs, path::Path};

use kit::{
    TestApp,
    databases::{Lease, kinds},
};
use madang::{Config, Server, open_database};
use persistence::Location;
use serde_json::{Value, json};

use super::{content, lively, madang, paths};

#[actix_web::test]
async fn a_backup_of_one_database_becomes_the_other_and_its_backup_is_the_same() {
    for from in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (app, token) = lively(from, folder).await;
        let origin = content(&mut madang(
            folder,
            &app.config().database,
            folder,
            &["restore", "all.tar", "--dry-run"],
        ));
        for to in kinds() {
            let data = tempfile::tempdir().unwrap();
            let lease = Lease::new(to, data.path());
            let run = |arguments: &[&str]| madang(folder, &lease.location, data.path(), arguments);
            assert_eq!(content(&mut run(&["restore", "all.tar"])), origin, "{from:?} to {to:?}");
            let again = format!("{to:?}.tar");
            assert_eq!(content(&mut run(&["backup", &again])), origin, "{from:?} to {to:?}");
            let object = |config: &Path| fs::read(config.join("attachments/01/a.png")).unwrap();
            assert_eq!(object(data.path()), object(&app.config().data_dir));
            assert_eq!(paths(&data.path().join("attachments/01")), ["a.png", "empty"]);
            alive(&app, &token, &lease.location, data.path()).await;
        }
        app.finish().await;
    }
}

/// The restored instance serves, knows its people, finds what is searched for, and counts as it should.
async fn alive(app: &TestApp, token: &str, location: &Location, data: &Path) {
    let config = Config { database: location.clone(), data_dir: data.into(), ..app.config().clone() };
    let server = Server::start(config.clone()).await.unwrap();
    let (url, handle) = (format!("http://{}", server.address()), server.handle());
    actix_web::rt::spawn(server.run());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |url: &str, path: &str, token: &str| -> Value {
        let answer = client.get(format!("{url}{path}")).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    };
    // The token is one of the first instance: its keys came along.
    let login = json!({ "email": "pm@madang.example", "password": "madang-demo-square" });
    let answer = client.post(format!("{url}/v1/auth/login")).json(&login).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    for path in
        ["/v1/boards/everything/ideas?sort=new", "/v1/ideas?q=%ED%99%98%EB%B6%88&sort=new&include_total=true"]
    {
        assert_eq!(get(&url, path, token).await, get(&app.url, path, token).await, "{path}");
        assert!(!get(&url, path, token).await["items"].as_array().unwrap().is_empty(), "{path}");
    }
    let drift = madang::jobs::recount(&open_database(&config).unwrap()).await.unwrap();
    assert_eq!((drift.counters, drift.scores), (0, 0));
    handle.stop(false).await;
}
