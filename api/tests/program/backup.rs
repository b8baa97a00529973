//! `madang backup` and `madang restore`, as whoever keeps an instance meets them.

mod bucket;
mod files;
mod refused;
mod round;

use std::{fs, path::Path, process::Command};

use kit::{TestApp, databases::Kind};
use madang::{demo, open_database};
use persistence::Location;
use serde_json::json;

use crate::said;

/// The program with a command, beside a database and a folder.
fn madang(folder: &Path, location: &Location, data: &Path, arguments: &[&str]) -> Command {
    let url = match location {
        Location::Sqlite(path) => format!("sqlite://{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    let mut command = crate::madang(folder);
    command.args(arguments).env("DATABASE_URL", url).env("MADANG_DATA_DIR", data);
    command
}

/// Runs it and expects the hash of the content that it names.
#[track_caller]
fn content(command: &mut Command) -> String {
    let (code, shown, error) = said(&command.output().unwrap());
    assert_eq!(code, Some(0), "{shown}{error}");
    shown.lines().find_map(|line| line.strip_prefix("content sha256 ")).unwrap().to_owned()
}

/// Runs it and expects one line that says why it would not.
#[track_caller]
fn refused(command: &mut Command) -> String {
    let (code, shown, error) = said(&command.output().unwrap());
    assert_eq!((code, error.lines().count()), (Some(2), 1), "{shown}{error}");
    error.trim().strip_prefix("madang: ").unwrap().to_owned()
}

/// An instance with rows in most tables, its backup in the folder, and a token of its admin from before.
async fn lively(kind: Kind, folder: &Path) -> (TestApp, String) {
    let app = TestApp::start(kind, &|config| config).await;
    let token = app.admin().await.token.unwrap();
    let db = open_database(app.config()).unwrap();
    demo::fill(&db, app.clock().now()).await.unwrap();
    drop(db);
    let pm = app.staff("product_manager").await;
    let board = pm.board("everything", json!({ "vote_budget": 5 })).await;
    let path = format!("/v1/boards/{board}/fields");
    let field = json!({ "labels": { "ko": "길이", "en": "Length" }, "kind": "number", "key": "length" });
    pm.post(&path, &field).await.expect(201);
    let member = app.member("odd").await;
    for (nth, length) in [5e-324, 0.1 + 0.2, -1.797_693_134_862_315_7e308, 0.0].into_iter().enumerate() {
        let body = json!({
            "title": format!("🙂 한글 「{nth}」 \\ \"quoted\""), "body": "=1+1\n\n- é\u{301}\t끝", "tags": ["쉼표, 하나", "🏷"],
            "fields": { "length": length },
        });
        let idea = member.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
        let id = idea["id"].as_str().unwrap();
        pm.put(&format!("/v1/ideas/{id}/vote")).await.expect(200);
        let said = json!({ "status": "planned", "reason": "합니다." });
        pm.post(&format!("/v1/ideas/{id}/status"), &said).await.expect(200);
        member.patch(&format!("/v1/ideas/{id}"), &json!({ "body": "다시" })).await;
    }
    app.seed_rank().await;
    app.seed_find_duplicates().await;
    let objects = app.config().data_dir.join("attachments/01");
    fs::create_dir_all(&objects).unwrap();
    fs::write(objects.join("a.png"), [0_u8, 159, 146, 150].repeat(40_000)).unwrap();
    fs::write(objects.join("empty"), "").unwrap();
    fs::write(objects.join("being written#1"), "x").unwrap();
    let config = app.config();
    content(&mut madang(folder, &config.database, &config.data_dir, &["backup", "all.tar"]));
    (app, token)
}

fn paths(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
