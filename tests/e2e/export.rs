//! The ideas of a board as a file.

use diesel::connection::SimpleConnection as _;
use kit::{TestApp, on_each_database, people::Person};
use persistence::AnyConnection;
use reqwest::Method;
use serde_json::{Value, json};

/// A file, and the ideas in it as JSON.
async fn lines(person: &Person<'_>, path: &str) -> Vec<Value> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let answer = person.get(&format!("{path}{sign}format=jsonl")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/jsonl; charset=utf-8"));
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn titles(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["title"].as_str().unwrap()).collect()
}

/// The cells of a table.
async fn table(person: &Person<'_>, path: &str) -> Vec<Vec<String>> {
    let answer = person.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let text = answer.text.strip_prefix('\u{feff}').expect("Excel needs a byte order mark");
    parsed(text)
}

/// RFC 4180: cells parted by commas, rows by line feeds, and either may stand between quotes.
fn parsed(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(rest.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !quoted, "the last row is whole");
    rows
}

#[actix_web::test]
async fn the_table_has_a_column_for_each_field_and_computes_nothing() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        let board = admin.board("app", json!({ "name": "모바일: \"앱\"" })).await;
        let fields = format!("/v1/boards/{board}/fields");
        let choices = json!([{ "key": "web", "names": { "ko": "웹", "en": "Web" } }, { "key": "app", "names": { "ko": "앱", "en": "App" } }]);
        for field in [
            json!({ "key": "size", "labels": { "ko": "수", "en": "Size" }, "kind": "number" }),
            json!({ "key": "words", "labels": { "ko": "말", "en": "Words" }, "kind": "text", "visible": "staff" }),
            json!({ "key": "places", "labels": { "ko": "곳", "en": "Places" }, "kind": "choices", "choices": choices }),
        ] {
            admin.post(&fields, &field).await.expect(201);
        }
        let ana = app.member("ana").await;
        let path = format!("/v1/boards/{board}/ideas");
        let plain = ana.post(&path, &json!({ "title": "둘째, \"따옴표\"", "body": "한 줄\n두 줄" })).await.expect(201);
        let odd = json!({
            "title": "=1+1+cmd|'/C calc'!A0", "body": "＝1+1", "tags": ["+1", "화면"],
            "fields": { "size": -5, "words": " @SUM(A1)", "places": ["app", "web"] },
        });
        let odd = ana.post(&path, &odd).await.expect(201);
        app.member("ben").await.put(&format!("/v1/ideas/{}/vote", odd["id"].as_str().unwrap())).await.expect(200);

        let admin = admin.with("Accept-Language", "ko");
        let rows = table(&admin, &format!("/v1/boards/{board}/export")).await;
        let head = "id,url,title,body,status,status_name,category,tags,author_id,author_name,author_email,vote_count,\
            carried_votes,comment_count,created_at,updated_at,merged_into,field.size,field.words,field.places";
        assert_eq!(rows[0], head.split(',').collect::<Vec<_>>());
        assert_eq!(rows.len(), 3);
        let text = |idea: &Value, name: &str| idea[name].as_str().unwrap().to_owned();
        let row = |idea: &Value, cells: [&str; 8]| -> Vec<String> {
            let [title, body, tags, votes, size, words, places, status] = cells.map(str::to_owned);
            let (id, made) = (text(idea, "id"), text(idea, "created_at"));
            let url = format!("http://madang.test/v1/ideas/{id}");
            let end = [votes, "0".to_owned(), "0".to_owned(), made.clone(), made, String::new(), size, words, places];
            let people = ["ana", "ana@example.com"].map(str::to_owned);
            let front = [id, url, title, body, "open".to_owned(), status, "open".to_owned(), tags, ana.id.clone()];
            front.into_iter().chain(people).chain(end).collect()
        };
        let cells = ["'=1+1+cmd|'/C calc'!A0", "'＝1+1", "'+1, 화면", "2", "-5", "'@SUM(A1)", "app, web"];
        let status = &rows[1][5];
        assert_ne!(status, "open");
        let [a, b, c, d, e, f, g] = cells;
        assert_eq!(rows[1], row(&odd, [a, b, c, d, e, f, g, status]));
        assert_eq!(rows[2], row(&plain, ["둘째, \"따옴표\"", "한 줄\n두 줄", "", "1", "", "", "", status]));
    })
    .await;
}

#[actix_web::test]
async fn a_line_of_json_is_the_idea_as_it_was_written() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let board = pm.board("app", json!({})).await;
        let field = json!({ "key": "size", "labels": { "ko": "수", "en": "Size" }, "kind": "number" });
        pm.post(&format!("/v1/boards/{board}/fields"), &field).await.expect(201);
        let ana = app.member("ana").await;
        let body = json!({ "title": "=1+1", "body": "-1\n\"x\"", "tags": ["+1"], "fields": { "size": 0.1 } });
        let idea = ana.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
        let read = lines(&pm, &format!("/v1/boards/{board}/export")).await;
        let url = format!("http://madang.test/v1/ideas/{}", idea["id"].as_str().unwrap());
        // A product manager finds no members, and so no addresses.
        let author = json!({ "id": ana.id, "display_name": "ana" });
        let expected = json!({
            "id": idea["id"], "url": url, "title": "=1+1", "body": "-1\n\"x\"", "status": "open",
            "status_name": idea["status"]["name"], "category": "open", "tags": ["+1"], "author": author,
            "vote_count": 1, "carried_votes": 0, "comment_count": 0, "created_at": idea["created_at"],
            "updated_at": idea["updated_at"], "merged_into": null, "fields": { "size": 0.1 },
        });
        assert_eq!(read, [expected]);
        let admins = lines(&app.admin().await, &format!("/v1/boards/{board}/export")).await;
        assert_eq!(admins[0]["author"]["email"], "ana@example.com");
    })
    .await;
}

#[actix_web::test]
async fn the_file_is_named_after_the_board_in_its_own_letters() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let board = pm.board("app", json!({ "name": "앱/웹 \"2\"" })).await;
        let answer = pm.get(&format!("/v1/boards/{board}/export")).await;
        let day = (app.clock().now() + chrono::TimeDelta::hours(9)).date_naive();
        let named = format!(
            "attachment; filename=\"app-{day}.csv\"; filename*=UTF-8''%EC%95%B1_%EC%9B%B9%20_2_%2D{}.csv",
            day.to_string().replace('-', "%2D")
        );
        assert_eq!(answer.header("content-disposition"), Some(named.as_str()));
        // Nothing was posted: the names of the columns alone.
        assert_eq!(answer.text.lines().count(), 1);
        assert_eq!(pm.get(&format!("/v1/boards/{board}/export?format=jsonl")).await.text, "");
    })
    .await;
}

#[actix_web::test]
async fn the_filters_of_the_list_hold_for_the_file() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let board = pm.board("app", json!({})).await;
        let elsewhere = pm.board("other", json!({})).await;
        let field = json!({ "key": "size", "labels": { "ko": "수", "en": "Size" }, "kind": "number" });
        pm.post(&format!("/v1/boards/{board}/fields"), &field).await.expect(201);
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        ana.idea(&elsewhere, "다른 곳").await;
        let path = format!("/v1/boards/{board}/ideas");
        let first = json!({ "title": "환불 조건", "tags": ["환불"], "fields": { "size": 3 } });
        let first = ana.post(&path, &first).await.expect(201);
        app.advance(chrono::TimeDelta::hours(1));
        let between = app.clock().now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        app.advance(chrono::TimeDelta::minutes(1));
        let pm = Person::signed_in(app, &refreshed(app, &pm).await);
        let ben = Person::signed_in(app, &refreshed(app, &ben).await);
        ben.idea(&board, "다크 모드").await;
        let gone = ben.idea(&board, "지워질 것").await;
        pm.delete(&format!("/v1/ideas/{gone}")).await.expect(204);
        let merged = ben.idea(&board, "같은 것").await;
        let into = json!({ "into": first["id"] });
        pm.post(&format!("/v1/ideas/{merged}/merge"), &into).await.expect(200);
        let planned = json!({ "status": "planned", "reason": "합니다." });
        pm.post(&format!("/v1/ideas/{}/status", first["id"].as_str().unwrap()), &planned).await.expect(200);
        let author = format!("author={}", ben.id);
        for (query, expected) in [
            ("", vec!["다크 모드", "환불 조건"]),
            ("status=planned", vec!["환불 조건"]),
            ("category=open", vec!["다크 모드"]),
            ("category=merged", vec!["같은 것"]),
            ("tag=%ED%99%98%EB%B6%88", vec!["환불 조건"]),
            (author.as_str(), vec!["다크 모드"]),
            ("q=%EB%AA%A8%EB%93%9C", vec!["다크 모드"]),
            ("q=%EC%97%86%EB%8A%94%EB%A7%90", vec![]),
            ("field=size:2..4", vec!["환불 조건"]),
            (&format!("created_after={between}"), vec!["다크 모드"]),
            (&format!("created_before={between}"), vec!["환불 조건"]),
        ] {
            let read = lines(&pm, &format!("/v1/boards/{board}/export?{query}")).await;
            assert_eq!(titles(&read), expected, "{query}");
        }
        for (query, pointer) in [
            ("format=xlsx", "?format"),
            ("deleted=true", "?deleted"),
            ("limit=5", "?limit"),
            ("status=Planned", "?status"),
            ("field=length", "?field"),
            ("created_after=yesterday", "?created_after"),
            ("voter_segment=01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "?voter_segment"),
        ] {
            let answer = pm.get(&format!("/v1/boards/{board}/export?{query}")).await;
            let problem = answer.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}");
        }
    })
    .await;
}

/// New tokens, because the clock was turned past the old.
async fn refreshed(app: &TestApp, person: &Person<'_>) -> Value {
    let body = json!({ "refresh_token": person.refresh_token });
    app.visitor().post("/v1/auth/refresh", &body).await.expect(200)
}

#[actix_web::test]
async fn a_board_is_taken_only_by_staff_who_may_see_it() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (open, closed) =
            (pm.board("open", json!({})).await, pm.board("closed", json!({ "view": "staff" })).await);
        let member = app.member("ana").await;
        let path = |board: &str| format!("/v1/boards/{board}/export");
        app.visitor().get(&path(&open)).await.expect_problem(401, "sign_in_required");
        member.get(&path(&open)).await.expect_problem(403, "forbidden");
        member.get(&path(&closed)).await.expect_problem(404, "not_found");
        pm.get(&path("nowhere")).await.expect_problem(404, "not_found");
        assert_eq!(pm.get(&path(&closed)).await.status, 200);
        // A program with the scope sees of members and votes what its scopes say.
        let made = app.admin().await;
        made.idea(&open, "열쇠").await;
        let key = async |scopes: Value| {
            let made =
                made.post("/v1/api-keys", &json!({ "name": "봇", "scopes": scopes })).await.expect(201);
            app.visitor().with_token(made["key"].as_str().unwrap())
        };
        key(json!(["read"])).await.get(&path(&open)).await.expect_problem(403, "key_lacks_scope");
        let few = lines(&key(json!(["read", "triage"])).await, &path(&open)).await;
        assert!(few[0]["author"].get("email").is_none() && few[0].get("carried_votes").is_none(), "{few:?}");
        let all = json!(["read", "triage", "manage_members", "see_voters"]);
        let many = lines(&key(all).await, &path(&open)).await;
        assert_eq!(
            (&many[0]["author"]["email"], &many[0]["carried_votes"]),
            (&json!(kit::ADMIN_EMAIL), &json!(0))
        );
    })
    .await;
}

/// Gives every idea the longest body there may be, which takes long to post.
fn seed_long_bodies(app: &TestApp) {
    let mut connection = app.config().database.connect().unwrap();
    let long = match &connection {
        AnyConnection::Sqlite(_) => "replace(printf('%.50000c', 'x'), 'x', '가')",
        AnyConnection::Postgres(_) => "repeat('가', 50000)",
    };
    connection.batch_execute(&format!("UPDATE idea_texts SET body = {long}")).unwrap();
}

#[actix_web::test]
async fn a_large_board_is_read_as_fast_as_it_is_taken() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let board = pm.board("large", json!({})).await;
        let mut ids = Vec::new();
        for nth in 0..160 {
            ids.push(pm.idea(&board, &nth.to_string()).await);
        }
        seed_long_bodies(app);
        let export = format!("/v1/boards/{board}/export?format=jsonl");
        // Of twenty-four megabytes the wire and the server hold a few: the end has not been read while the beginning is.
        let mut answer = pm.request(Method::GET, &export).send().await.unwrap();
        let mut read = answer.chunk().await.unwrap().unwrap().to_vec();
        pm.patch(&format!("/v1/ideas/{}", ids[0]), &json!({ "title": "changed meanwhile" }))
            .await
            .expect(200);
        pm.idea(&board, "posted meanwhile").await;
        // The server answers others while it waits for whoever takes the file.
        assert_eq!(pm.get("/v1/me").await.status, 200);
        while let Some(chunk) = answer.chunk().await.unwrap() {
            read.extend(chunk);
        }
        let read: Vec<Value> = String::from_utf8(read)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let newest_first = (1..160).rev().map(|nth| nth.to_string()).chain(["changed meanwhile".to_owned()]);
        assert_eq!(titles(&read), newest_first.collect::<Vec<_>>());

        // Whoever signs out gets no more of it.
        let other = app.staff("moderator").await;
        let mut answer = other.request(Method::GET, &export).send().await.unwrap();
        answer.chunk().await.unwrap().unwrap();
        let body = json!({ "refresh_token": other.refresh_token });
        app.visitor().post("/v1/auth/logout", &body).await.expect(204);
        let rest = loop {
            match answer.chunk().await {
                Ok(Some(_)) => {}
                rest => break rest,
            }
        };
        assert!(rest.is_err(), "it breaks off, and does not end as if it were whole");
    })
    .await;
}
