//! The command line, as whoever sets Madang up meets it.

use std::{fs, net::TcpListener, path::Path, process::Command, time::Duration};

use serde_json::{Value, json};

use crate::{Running, madang, said};

#[test]
fn what_cannot_work_is_one_clear_line_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    fs::write(folder.path().join("holidays"), "2027-01-01 # 신정\n2027-02-30\n").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (name, value, expected) in [
        ("MADANG_LISTEM", "x", "unknown setting MADANG_LISTEM"),
        ("DATABASE_URL", "postgre://h/d", "DATABASE_URL: must begin with sqlite:// or postgres://"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/d", "cannot open the database"),
        ("DATABASE_URL", "sqlite://file/madang.db", "cannot make the folder file"),
        ("MADANG_DATA_DIR", "file", "file"),
        ("MADANG_LISTEN", taken.as_str(), "cannot listen on"),
        ("MADANG_RATE_LIMITS", "votes=1/2", "MADANG_RATE_LIMITS"),
        ("MADANG_SSO_JWKS_FILE", "missing.json", "MADANG_SSO_JWKS_FILE: missing.json"),
        ("MADANG_HOLIDAYS", "missing.txt", "MADANG_HOLIDAYS: missing.txt"),
        ("MADANG_HOLIDAYS", "holidays", "MADANG_HOLIDAYS: holidays: line 2 is not a date like 2027-01-01"),
        ("MADANG_BUSINESS_HOURS", "18:00-09:00", "MADANG_BUSINESS_HOURS: must be hours like 09:00-18:00"),
        ("MADANG_PROMISED_DAYS", "0", "MADANG_PROMISED_DAYS: must be a number from 1 to 365"),
    ] {
        let output =
            madang(folder.path()).env("MADANG_LISTEN", "127.0.0.1:0").env(name, value).output().unwrap();
        let (code, _, error) = said(&output);
        let line = error.lines().rfind(|line| line.starts_with("madang: ")).unwrap_or("");
        assert!(code == Some(2) && line.contains(expected), "{name}={value}: {code:?} {error}");
        assert_eq!(error.lines().filter(|line| line.starts_with("madang: ")).count(), 1, "{error}");
    }
}

#[test]
fn settings_are_shown_without_their_secrets() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "MADANG_ADMIN_EMAIL=a@b.kr\nMADANG_ADMIN_PASSWORD=hidden-words\n")
        .unwrap();
    let output = madang(folder.path())
        .args(["config", "check"])
        .env("DATABASE_URL", "postgres://u:hidden-too@h/d")
        .env("MADANG_SMTP_URL", "smtps://post:hidden-as-well@mail.example.com")
        .env("MADANG_MAIL_FROM", "마당 <no-reply@example.com>")
        .output()
        .unwrap();
    let (code, shown, _) = said(&output);
    assert_eq!(code, Some(0));
    assert!(shown.contains("a@b.kr") && !shown.contains("hidden"), "{shown}");
    assert!(shown.contains("smtps://post:***@mail.example.com"), "{shown}");
}

#[test]
fn without_an_admin_it_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Running::server(&mut madang(folder.path()));
    let hint = server.rest.next().unwrap().unwrap();
    assert!(hint.contains("madang admin create --email"), "{hint}");
    drop(server);
    let create = || {
        let mut command = madang(folder.path());
        command.args(["admin", "create", "--email", "keeper@example.com"]);
        said(&command.env("MADANG_ADMIN_PASSWORD", "the keeper of the square").output().unwrap())
    };
    let (code, shown, error) = create();
    assert!(code == Some(0) && shown.contains("keeper@example.com is an administrator now"), "{error}");
    assert_eq!(create().0, Some(2));
}

#[actix_web::test]
async fn a_request_in_flight_is_answered_before_the_server_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Running::server(&mut madang(folder.path()));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let body =
        json!({ "email": "ana@example.com", "password": "a long enough password", "display_name": "아나" });
    client.get(format!("{}/health/live", server.url)).send().await.unwrap();
    let register = client.post(format!("{}/v1/auth/register", server.url)).json(&body).send();
    let register = actix_web::rt::spawn(register);
    // Long enough to have arrived, far shorter than several hashes take: either way it must be answered.
    actix_web::rt::time::sleep(Duration::from_millis(30)).await;
    server.signal("TERM");
    let answer = register.await.unwrap().unwrap();
    assert_eq!(answer.status(), 201);
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn ideas_are_imported_once_and_bad_lines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        r#"{"source_id":"1","category":"교통","title":"버스 노선","body":"본문","votes":3,"opened_on":"2017-08-25","closed_on":"2017-09-24"}"#,
        r#"{"source_id":"2","title":"","votes":1}"#,
        r#"{"source_id":"3","title":"지하철","votes":7,"opened_on":"2017-08-25"}"#,
        "not json",
        r#"{"source_id":"4","title":"자전거","votes":7,"opened_on":"2017-08-25"}"#,
    ];
    fs::write(folder.path().join("ideas.jsonl"), lines.join("\n")).unwrap();
    let csv = "source_id,title,body,votes,tags\n5,택시,\"여러\n줄\",2,\"요금, 밤\"\n6,,,\n7,a\n";
    fs::write(folder.path().join("ideas.csv"), csv).unwrap();
    let run = |arguments: &[&str]| said(&madang(folder.path()).args(arguments).output().unwrap());

    let (code, _, error) = run(&["import", "ideas", "ideas.jsonl", "--board", "app"]);
    assert!(code == Some(2) && error.contains("there is no board `app`"), "{error}");
    seed_board(folder.path());
    let import = |file: &'static str, more: &[&str]| {
        run(&[&["import", "ideas", file, "--board", "app"], more].concat())
    };
    let (code, shown, error) = import("ideas.jsonl", &["--dry-run"]);
    assert!(code == Some(1) && shown.starts_with("would import 3, already there 0, bad 2"), "{shown}{error}");
    let (_, shown, error) = import("ideas.jsonl", &[]);
    assert!(shown.starts_with("imported 3, already there 0, bad 2"), "{shown}{error}");
    assert!(error.contains("line 2: title: ") && error.contains("line 4: "), "{error}");
    let (_, shown, _) = import("ideas.jsonl", &[]);
    assert!(shown.starts_with("imported 0, already there 3, bad 2"), "{shown}");
    let (_, shown, error) = import("ideas.csv", &[]);
    assert!(shown.starts_with("imported 1, already there 0, bad 2"), "{shown}{error}");
    assert!(error.contains("line 4: ") && error.contains("line 5: "), "{error}");

    let server = Running::server(&mut madang(folder.path()));
    let page = get(&server.url, "/v1/boards/app/ideas?sort=top");
    let titles: Vec<&str> =
        page["items"].as_array().unwrap().iter().map(|idea| idea["title"].as_str().unwrap()).collect();
    // Votes, then the later line of the day.
    assert_eq!(titles, ["자전거", "지하철", "버스 노선", "택시"]);
    assert_eq!(page["items"][2]["vote_count"], 3);
    assert_eq!((&page["items"][2]["author"], &page["items"][2]["tags"]), (&Value::Null, &json!(["교통"])));
    assert!(page["items"][2]["created_at"].as_str().unwrap().starts_with("2017-08-24T15:00:00"));
}

#[test]
fn what_is_known_of_members_is_imported_and_bad_lines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    seed_board(folder.path());
    let csv =
        "email,plan,purchases,zip\nADMIN@example.com,gold,12,010\nnobody@example.com,gold,1,\nodd,gold,,\n";
    fs::write(folder.path().join("members.csv"), csv).unwrap();
    let lines = [
        r#"{"email":"admin@example.com","plan":null,"vip":true}"#,
        r#"{"email":"admin@example.com","a":[1]}"#,
    ];
    fs::write(folder.path().join("members.jsonl"), lines.join("\n")).unwrap();
    let run = |arguments: &[&str]| {
        said(&madang(folder.path()).args(["import", "members"]).args(arguments).output().unwrap())
    };
    let (code, shown, error) = run(&["members.csv", "--dry-run"]);
    assert!(code == Some(1) && shown.starts_with("would update 1, unchanged 0, bad 2"), "{shown}{error}");
    let (_, shown, error) = run(&["members.csv"]);
    assert!(shown.starts_with("updated 1, unchanged 0, bad 2"), "{shown}{error}");
    assert!(
        error.contains("line 3: email: nobody has this address") && error.contains("line 4: email: "),
        "{error}"
    );
    let (_, shown, _) = run(&["members.csv"]);
    assert!(shown.starts_with("updated 0, unchanged 1, bad 2"), "{shown}");
    let (_, shown, error) = run(&["members.jsonl"]);
    assert!(shown.starts_with("updated 1, unchanged 0, bad 1"), "{shown}{error}");
    assert!(error.contains("line 2: a: is no text, number or flag."), "{error}");
    let me = signed_in_get(folder.path(), "/v1/me");
    assert_eq!(me["attributes"], json!({ "purchases": 12, "zip": "010", "vip": true }));
    assert_eq!(me["attribute_sources"]["zip"]["source"], "import");
}

#[test]
fn the_petitions_come_in_with_their_votes_in_the_order_of_the_file() {
    // The file itself may not be copied into the project; a machine that has it names it.
    let Ok(petitions) = std::env::var("MADANG_PETITIONS") else { return };
    let folder = tempfile::tempdir().unwrap();
    seed_board(folder.path());
    let output =
        madang(folder.path()).args(["import", "ideas", &petitions, "--board", "app"]).output().unwrap();
    let (code, shown, error) = said(&output);
    assert!(code == Some(0) && shown.starts_with("imported 662, already there 0, bad 0"), "{shown}{error}");
    let text = fs::read_to_string(&petitions).unwrap();
    let mut expected: Vec<(u64, usize, String)> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .enumerate()
        .map(|(nth, line)| {
            // Titles are trimmed on their way in.
            (line["votes"].as_u64().unwrap(), nth, line["title"].as_str().unwrap().trim().to_owned())
        })
        .collect();
    expected.sort_by_key(|(votes, nth, _)| (std::cmp::Reverse(*votes), std::cmp::Reverse(*nth)));
    let server = Running::server(&mut madang(folder.path()));
    let page = get(&server.url, "/v1/boards/app/ideas?sort=top&limit=100");
    for (idea, (votes, _, title)) in page["items"].as_array().unwrap().iter().zip(&expected) {
        assert_eq!((&idea["title"], &idea["vote_count"]), (&json!(title), &json!(votes)));
    }
}

#[test]
fn the_demos_lines_work_when_pasted() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(madang(folder.path()).arg("demo"), |line| line.contains("/vote"));
    let tries: Vec<&String> =
        demo.lines.iter().filter(|line| line.trim_start().starts_with("curl ")).collect();
    assert_eq!(tries.len(), 3, "{:?}", demo.lines);
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("there is no curl here to paste the lines into");
        return;
    }
    for line in tries {
        let output = Command::new("sh").args(["-c", line]).env("no_proxy", "*").output().unwrap();
        let (_, shown, error) = said(&output);
        let answer: Value = serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{line}: {shown}{error}"));
        assert!(
            answer["items"].as_array().is_some_and(|items| !items.is_empty()) || answer["my_vote"] == true,
            "{answer}"
        );
    }
    assert!(demo.lines.iter().any(|line| line.contains("pm@madang.example")));
}

#[test]
fn the_document_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (code, shown, _) = said(&madang(folder.path()).arg("openapi").output().unwrap());
    assert!(code == Some(0) && shown.starts_with("openapi: 3.1.0"));
}

#[test]
fn whoever_reads_may_stop_reading() {
    let program = env!("CARGO_BIN_EXE_madang");
    let piped = format!("'{program}' openapi | head -c 8; exit ${{PIPESTATUS[0]}}");
    let (code, shown, error) = said(&Command::new("bash").args(["-c", &piped]).output().unwrap());
    assert_eq!((code, shown.as_str(), error.as_str()), (Some(141), "openapi:", ""));
}

#[test]
fn a_key_is_rotated_and_the_old_one_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let keys = || fs::read_to_string(folder.path().join("data/signing-keys")).unwrap();
    drop(Running::server(&mut madang(folder.path())));
    let first = keys();
    assert_eq!(said(&madang(folder.path()).arg("rotate-key").output().unwrap()).0, Some(0));
    assert!(keys().ends_with(&first) && keys().lines().count() == 2);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(folder.path().join("data/signing-keys")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

fn get(url: &str, path: &str) -> Value {
    let runtime = actix_web::rt::System::new();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(format!("{url}{path}")).send().await.unwrap().json().await.unwrap()
    })
}

/// A board `app`, made by an admin over HTTP.
fn seed_board(folder: &Path) {
    let mut command = madang(folder);
    command
        .env("MADANG_ADMIN_EMAIL", "admin@example.com")
        .env("MADANG_ADMIN_PASSWORD", "the keeper of the square");
    let server = Running::server(&mut command);
    actix_web::rt::System::new().block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let login = json!({ "email": "admin@example.com", "password": "the keeper of the square" });
        let tokens = client.post(format!("{}/v1/auth/login", server.url)).json(&login).send().await.unwrap();
        let tokens: Value = tokens.json().await.unwrap();
        let made = client
            .post(format!("{}/v1/boards", server.url))
            .bearer_auth(tokens["access_token"].as_str().unwrap())
            .json(&json!({ "name": "App", "slug": "app" }))
            .send()
            .await
            .unwrap();
        assert_eq!(made.status(), 201);
    });
}

/// What the admin of [`seed_board`] reads at an address.
fn signed_in_get(folder: &Path, path: &str) -> Value {
    let server = Running::server(&mut madang(folder));
    actix_web::rt::System::new().block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let login = json!({ "email": "admin@example.com", "password": "the keeper of the square" });
        let tokens = client.post(format!("{}/v1/auth/login", server.url)).json(&login).send().await.unwrap();
        let tokens: Value = tokens.json().await.unwrap();
        let token = tokens["access_token"].as_str().unwrap();
        let read = client.get(format!("{}{path}", server.url)).bearer_auth(token).send().await.unwrap();
        read.json().await.unwrap()
    })
}
