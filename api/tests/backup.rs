//! `madang backup` and `madang restore`, as whoever keeps an instance meets them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use kit::{
    TestApp,
    databases::{Kind, Lease, kinds},
};
use madang::{Config, Server, demo, open_database};
use persistence::Location;
use serde_json::{Value, json};

/// The program, with nothing set that this machine happens to have set.
fn madang(folder: &Path, location: &Location, data: &Path, arguments: &[&str]) -> Command {
    let url = match location {
        Location::Sqlite(path) => format!("sqlite://{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_madang"));
    command.current_dir(folder).env_clear().env("RUST_LOG", "warn").args(arguments);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("DATABASE_URL", url).env("MADANG_DATA_DIR", data);
    command
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
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

/// Whatever goes wrong leaves the target as it was: no file, or a database without a row, and an empty folder.
#[track_caller]
fn untouched(location: &Location, data: &Path) {
    match location {
        Location::Sqlite(path) => assert!(!path.exists()),
        Location::Postgres(_) => {
            let counted = persistence::backup::snapshot(location, |rows, _| {
                rows.tables.clone().iter().try_fold(0, |sum, table| Ok(sum + rows.count(table)?))
            });
            assert_eq!(counted.unwrap(), 0);
        }
    }
    let left: Vec<String> = paths(data).into_iter().filter(|name| name != "attachments").collect();
    assert!(left.is_empty(), "{left:?}");
    if data.join("attachments").exists() {
        assert!(paths(&data.join("attachments/01")).is_empty());
    }
}

#[actix_web::test]
async fn a_backup_that_is_cut_off_or_changed_anywhere_is_refused_and_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let whole = fs::read(folder.join("all.tar")).unwrap();
    let length = whole.len();
    let bad = folder.join("bad.tar");
    for to in kinds() {
        let data = tempfile::tempdir().unwrap();
        let lease = Lease::new(to, data.path());
        let refuse = |bytes: &[u8], expected: &str| {
            fs::write(&bad, bytes).unwrap();
            let why = refused(&mut madang(folder, &lease.location, data.path(), &["restore", "bad.tar"]));
            assert!(why.contains(expected), "{why}");
        };
        refuse(b"", "is no backup of Madang");
        refuse(b"PK\x03\x04", "is no backup of Madang");
        refuse(&[0; 4_096], "is no backup of Madang");
        refuse(&b"=1+1;".repeat(1_000), "is no backup of Madang");
        for cut in [1, 100, 511] {
            refuse(&whole[..cut], "is no backup of Madang");
        }
        let far = (1..16).map(|nth| nth * length / 16).chain([
            length - 1,
            length - 72,
            length - 73,
            length - 2_000,
        ]);
        for place in far {
            refuse(&whole[..place], "its checksum is wrong");
            let mut flipped = whole.clone();
            flipped[place] ^= 0x10;
            refuse(&flipped, "its checksum is wrong");
        }
        refuse(&[&whole[..], b"more"].concat(), "its checksum is wrong");
        untouched(&lease.location, data.path());
    }
    app.finish().await;
}

/// The backup with one of its parts changed, and the checksum of that.
fn rewritten(whole: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>) -> Vec<u8> {
    use sha2::Digest as _;
    use std::io::Read as _;
    let mut made = tar::Builder::new(Vec::new());
    for entry in tar::Archive::new(whole).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        if let Some((name, content)) = change(&name, content) {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            // Not by `set_path`, which refuses what a hostile file may hold.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            made.append(&header, content.as_slice()).unwrap();
        }
    }
    let mut bytes = made.into_inner().unwrap();
    let sum: String = sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.extend(format!("sha256:{sum}\n").bytes());
    bytes
}

fn packed(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

#[actix_web::test]
async fn a_backup_that_is_not_what_it_says_is_refused_and_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let whole = fs::read(folder.join("all.tar")).unwrap();
    let in_manifest = |from: &str, to: &str| {
        rewritten(&whole, |name, content| {
            let text =
                |content: Vec<u8>| String::from_utf8(content).unwrap().replacen(from, to, 1).into_bytes();
            Some((name.to_owned(), if name == "manifest.json" { text(content) } else { content }))
        })
    };
    let part = |part: &'static str, becomes: &dyn Fn() -> Option<(&'static str, Vec<u8>)>| {
        rewritten(&whole, |name, content| match name.starts_with(part) {
            true => becomes().map(|(name, content)| (name.to_owned(), content)),
            false => Some((name.to_owned(), content)),
        })
    };
    let bomb = || Some(("tables/votes/000001.jsonl.gz", packed(&vec![b'\n'; 200 << 20])));
    let table = [
        (in_manifest("\"format\": 1", "\"format\": 2"), "use the newer release"),
        (
            in_manifest("\"20261122000700\"", "\"20991122000700\""),
            "migrated by a newer release (unknown migration 2099",
        ),
        (in_manifest("\"name\": \"votes\"", "\"name\": \"moods\""), "moods: this release has no such table"),
        (
            in_manifest("\"carried_from\"", "\"carried_form\""),
            "votes: this release has no such table, or column",
        ),
        (part("tables/votes/", &|| None), "does not hold what it says"),
        (part("tables/votes/", &|| Some(("tables/votes/000001.jsonl.gz", packed(b"[1,2]\n")))), "votes: "),
        (part("tables/votes/", &|| Some(("tables/votes/000001.jsonl.gz", b"no gzip".to_vec()))), "bad.tar: "),
        (part("tables/votes/", &bomb), "longer than any of ours"),
        (
            part("attachments/01/a", &|| Some(("attachments/01/a.png", b"other".to_vec()))),
            "does not hold what it says",
        ),
        (
            part("attachments/01/a", &|| Some(("attachments/../../out", b"other".to_vec()))),
            "no key of an attachment",
        ),
        (part("closing", &|| None), "does not hold what it says"),
        (part("closing", &|| Some(("closing.json", b"{}".to_vec()))), "bad.tar: missing field"),
        (part("data/", &|| Some(("etc/passwd", b"x".to_vec()))), "etc/passwd is no part of a backup"),
    ];
    for to in kinds() {
        let data = tempfile::tempdir().unwrap();
        let lease = Lease::new(to, data.path());
        for (bytes, expected) in &table {
            fs::write(folder.join("bad.tar"), bytes).unwrap();
            let why = refused(&mut madang(folder, &lease.location, data.path(), &["restore", "bad.tar"]));
            assert!(why.contains(expected), "{expected}: {why}");
            untouched(&lease.location, data.path());
        }
        // What was there before is there after, also where the backup has the same.
        let live = tempfile::tempdir().unwrap();
        let there = live.path().join("attachments/01/a.png");
        fs::create_dir_all(there.parent().unwrap()).unwrap();
        for (content, bytes, expected) in [
            (
                fs::read(app.config().data_dir.join("attachments/01/a.png")).unwrap(),
                &table[10].0,
                table[10].1,
            ),
            (b"another".to_vec(), &whole, "attachment 01/a.png: another file is there already"),
        ] {
            fs::write(&there, &content).unwrap();
            fs::write(folder.join("bad.tar"), bytes).unwrap();
            let why = refused(&mut madang(folder, &lease.location, live.path(), &["restore", "bad.tar"]));
            assert!(why.contains(expected), "{why}");
            assert_eq!(fs::read(&there).unwrap(), content);
            assert_eq!(paths(&live.path().join("attachments/01")), ["a.png"]);
        }
        // After all of it, the one that is whole goes in.
        content(&mut madang(folder, &lease.location, data.path(), &["restore", "all.tar"]));
    }
    app.finish().await;
}

#[actix_web::test]
async fn nothing_is_restored_over_what_is_there() {
    for kind in kinds() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (app, _) = lively(kind, folder).await;
        let config = app.config();
        let before =
            content(&mut madang(folder, &config.database, &config.data_dir, &["backup", "before.tar"]));
        let why = refused(&mut madang(folder, &config.database, &config.data_dir, &["restore", "all.tar"]));
        assert!(why.starts_with("the database is not empty (") && why.contains("has rows"), "{why}");
        let after =
            content(&mut madang(folder, &config.database, &config.data_dir, &["backup", "after.tar"]));
        assert_eq!(after, before);
        // Keys that are there have signed what is out.
        let data = tempfile::tempdir().unwrap();
        let lease = Lease::new(kind, data.path());
        fs::write(data.path().join("signing-keys"), "others").unwrap();
        let why = refused(&mut madang(folder, &lease.location, data.path(), &["restore", "all.tar"]));
        assert!(why.contains("has signing keys that are not those of the backup"), "{why}");
        assert_eq!(fs::read(data.path().join("signing-keys")).unwrap(), b"others");
        // Those that are set count.
        let mut restore = madang(folder, &lease.location, data.path(), &["restore", "all.tar"]);
        content(restore.env("MADANG_SIGNING_KEYS", format!("k:{}", "A".repeat(43))));
        assert_eq!(fs::read(data.path().join("signing-keys")).unwrap(), b"others");
        app.finish().await;
    }
}

#[actix_web::test]
async fn a_backup_takes_no_other_files_place_and_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (app, _) = lively(Kind::Sqlite, folder).await;
    let config = app.config();
    let run = |arguments: &[&str]| madang(folder, &config.database, &config.data_dir, arguments);
    let mode = |name: &str| {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.join(name)).unwrap().permissions())
            & 0o777
    };
    assert_eq!(mode("all.tar"), 0o600);
    let before = fs::read(folder.join("all.tar")).unwrap();
    assert!(refused(&mut run(&["backup", "all.tar"])).contains("all.tar is there already"));
    assert_eq!(fs::read(folder.join("all.tar")).unwrap(), before);
    assert!(refused(&mut run(&["backup", "nowhere/all.tar"])).contains("nowhere/all.tar.partial: "));
    assert!(refused(&mut run(&["restore", "none.tar"])).contains("none.tar: No such file"));
    let mut nothing = madang(folder, &Location::Sqlite("none.db".into()), folder, &["backup", "none.tar"]);
    assert!(refused(&mut nothing).contains("none.db is not there"));
    assert_eq!(paths(folder), ["all.tar"]);
    // One that was killed is written over, one that is running is left alone.
    let partial = fs::File::create(folder.join("new.tar.partial")).unwrap();
    partial.lock().unwrap();
    assert!(refused(&mut run(&["backup", "new.tar"])).contains("another backup is writing new.tar.partial"));
    partial.unlock().unwrap();
    fs::write(folder.join("new.tar.partial"), vec![b'x'; 10 << 20]).unwrap();
    content(&mut run(&["backup", "new.tar"]));
    content(&mut run(&["restore", "new.tar", "--dry-run"]));
    assert_eq!(paths(folder), ["all.tar", "new.tar"]);
    app.finish().await;
}

#[actix_web::test]
async fn ordinary_tools_can_look_into_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (app, _) = lively(Kind::Sqlite, folder.path()).await;
    let tar =
        |arguments: &[&str]| Command::new("tar").current_dir(folder.path()).args(arguments).output().unwrap();
    let (code, names, error) = said(&tar(&["-tf", "all.tar"]));
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(
        names.starts_with("manifest.json\ndata/signing-keys\n") && names.ends_with("closing.json\n"),
        "{names}"
    );
    assert_eq!(said(&tar(&["-xf", "all.tar", "tables/boards"])).0, Some(0));
    let rows = fs::read(folder.path().join("tables/boards/000001.jsonl.gz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(rows.as_slice()), &mut text).unwrap();
    assert!(
        text.lines().all(|line| serde_json::from_str::<Vec<Value>>(line).is_ok())
            && text.contains("생활용품")
    );
    app.finish().await;
}
