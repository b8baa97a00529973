//! Entering: drafts, versions with receipts, deadlines, and how many one may be in.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kit::on_each_database;
use serde_json::{Value, json};

use super::{draft, enter, open, sent, text};

#[actix_web::test]
async fn an_entry_is_sent_as_often_as_one_likes_and_each_time_is_a_version() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({})).await;
        let made = ana.post(&format!("/v1/contests/{contest}/entries"), &draft()).await;
        let entry = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!((&made["state"], &made["receipt"]), (&json!("draft"), &Value::Null));
        assert_eq!(
            (&made["team"][0]["member_id"], &made["team"][0]["leads"]),
            (&json!(ana.id), &json!(true))
        );
        let submit = format!("{entry}/submit");
        let first = ana.post(&submit, &json!({})).await.expect(200);
        assert_eq!((&first["state"], &first["receipt"]["version"]), (&json!("submitted"), &json!(1)));
        let rules_hash = ana.get(&format!("/v1/contests/{contest}")).await.expect(200)["rules_hash"].clone();
        assert_eq!(first["receipt"]["rules_hash"], rules_hash);
        let changed = ana.patch(&entry, &json!({ "title": "큰마당" })).await.expect(200);
        assert_eq!(
            (&changed["title"], &changed["yours"]["unsent_changes"], &changed["receipt"]["version"]),
            (&json!("큰마당"), &json!(true), &json!(1))
        );
        let second = ana.post(&submit, &json!({})).await.expect(200);
        assert_eq!(
            (&second["receipt"]["version"], &second["yours"]["unsent_changes"]),
            (&json!(2), &json!(false))
        );
        assert_ne!(second["receipt"]["sha256"], first["receipt"]["sha256"]);
        let versions = ana.get(&format!("{entry}/versions")).await.expect(200);
        let titles: Vec<&Value> =
            versions["items"].as_array().unwrap().iter().map(|one| &one["content"]["title"]).collect();
        assert_eq!(titles, [&json!("큰마당"), &json!("한마당")]);
        assert_eq!(versions["items"][1]["receipt"], first["receipt"], "what was sent stays");
        let mine = ana.get("/v1/me/entries").await.expect(200);
        assert_eq!(
            (mine["items"].as_array().unwrap().len(), &mine["items"][0]["state"]),
            (1, &json!("submitted"))
        );
        let stale = ana.with("If-Match", "\"1\"").patch(&entry, &json!({ "title": "x" })).await;
        stale.expect_problem(412, "stale");
        ana.delete(&entry).await.expect_problem(409, "entry_state");
    })
    .await;
}

#[actix_web::test]
async fn at_the_deadline_it_is_too_late_by_the_clock_of_the_server() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({})).await;
        let (early, entry) = (enter(&ana, &contest).await, sent(&app.member("bo").await, &contest).await);
        let closes_at =
            pm.get(&format!("/v1/contests/{contest}")).await.expect(200)["schedule"]["closes_at"].clone();
        let closes_at: chrono::DateTime<chrono::Utc> = text(&closes_at).parse().unwrap();
        // The clock of the test goes on by itself, so not to the microsecond.
        app.advance(closes_at - app.clock().now() - TimeDelta::seconds(60));
        let ana = app.member("ana").await;
        ana.patch(&early, &json!({ "title": "마지막" })).await.expect(200);
        app.advance(closes_at - app.clock().now());
        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        let late =
            ana.post(&format!("{early}/submit"), &json!({})).await.expect_problem(409, "entries_closed");
        assert!(
            text(&late["detail"]).contains(&closes_at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            "{late}"
        );
        ana.patch(&early, &json!({ "title": "x" })).await.expect_problem(409, "entries_closed");
        let new = app.member("cy").await.post(&format!("/v1/contests/{contest}/entries"), &draft()).await;
        new.expect_problem(409, "entries_closed");
        let kept = ana.get(&early).await.expect(200);
        assert_eq!((&kept["title"], &kept["state"]), (&json!("마지막"), &json!("draft")));
        bo.post(&format!("{entry}/submit"), &json!({})).await.expect_problem(409, "entries_closed");
        assert_eq!(bo.get(&entry).await.expect(200)["receipt"]["version"], 1);
        // What was never sent is nobody's business, and may still go.
        ana.delete(&early).await.expect(204);
        ana.get(&early).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn one_is_in_as_many_entries_as_the_rules_say_also_when_two_come_at_once() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let contest = open(app, &pm, json!({})).await;
        let path = format!("/v1/contests/{contest}/entries");
        let body = draft();
        let at_once = join_all((0..3).map(|_| ana.post(&path, &body))).await;
        let mut statuses: Vec<u16> = at_once.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409]);
        assert_eq!(ana.all("/v1/me/entries", 100).await.len(), 1);
        ana.post(&path, &body).await.expect_problem(409, "entries_used");

        let two = open(app, &pm, json!({ "entries_per_person": 2 })).await;
        let (first, second) = (sent(&bo, &two).await, enter(&bo, &two).await);
        let path = format!("/v1/contests/{two}/entries");
        bo.post(&path, &body).await.expect_problem(409, "entries_used");
        // Whatever is deleted or withdrawn leaves room.
        bo.delete(&second).await.expect(204);
        enter(&bo, &two).await;
        assert_eq!(bo.post(&format!("{first}/withdraw"), &json!({})).await.expect(200)["state"], "withdrawn");
        bo.post(&format!("{first}/withdraw"), &json!({})).await.expect_problem(409, "entry_state");
        bo.post(&format!("{first}/submit"), &json!({})).await.expect_problem(409, "entry_state");
        bo.patch(&first, &json!({ "title": "x" })).await.expect_problem(409, "entry_state");
        enter(&bo, &two).await;
        bo.post(&path, &body).await.expect_problem(409, "entries_used");
    })
    .await;
}

#[actix_web::test]
async fn what_does_not_fit_the_form_is_refused_where_it_stands() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let consents = json!([{ "key": "privacy", "purpose": "운영", "text": "이름을 씁니다.", "required": true }]);
        let files = json!({ "least": 1, "most": 2 });
        let contest = open(app, &pm, json!({ "consents": consents, "files": files })).await;
        let path = format!("/v1/contests/{contest}/entries");
        let foreign = app.member("bo").await.file("b.png", kit::files::png(2, 2)).await;
        let nowhere = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        let mut three = Vec::new();
        for _ in 0..3 {
            three.push(ana.file("a.png", kit::files::png(2, 2)).await);
        }
        for (field, value, pointer) in [
            ("title", json!(" "), "/title"),
            ("title", json!("가".repeat(201)), "/title"),
            ("answers", json!({ "why": "가".repeat(20_001) }), "/answers/why"),
            ("answers", json!({ "where": "tv" }), "/answers/where"),
            ("answers", json!({ "colour": "red" }), "/answers/colour"),
            ("answers", json!({ "why": true }), "/answers/why"),
            ("ai_use", json!("가".repeat(5_001)), "/ai_use"),
            ("consents", json!(["luck"]), "/consents/0"),
            ("from_idea_id", json!(nowhere), "/from_idea_id"),
            ("attachment_ids", json!(three), "/attachment_ids"),
            ("attachment_ids", json!([three[0], foreign]), "/attachment_ids/1"),
            ("attachment_ids", json!([nowhere]), "/attachment_ids/0"),
            ("state", json!("submitted"), "/state"),
        ] {
            let mut body = draft();
            body[field] = value;
            let problem = ana.post(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert!(ana.all("/v1/me/entries", 100).await.is_empty(), "nothing was stored");
        let huge = json!({ "title": "a", "ai_use": "가".repeat(2_000_000) });
        ana.post(&path, &huge).await.expect_problem(413, "body_too_large");

        let entry = ana.post(&path, &json!({ "title": "빈 것" })).await.expect(201);
        let entry = format!("/v1/entries/{}", text(&entry["id"]));
        let problem = ana.post(&format!("{entry}/submit"), &json!({})).await.expect_problem(422, "invalid_fields");
        let pointers: Vec<&Value> =
            problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert_eq!(pointers, ["/answers/why", "/attachment_ids", "/original", "/ai_use", "/consents"]);
        let whole = json!({
            "answers": { "why": "뜻" }, "original": true, "ai_use": "없음", "consents": ["privacy"], "attachment_ids": [three[0]],
        });
        ana.patch(&entry, &whole).await.expect(200);
        let sent = ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        assert_eq!(sent["yours"]["consents"], json!(["privacy"]));
    })
    .await;
}

#[actix_web::test]
async fn whom_a_contest_is_not_for_does_not_enter() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let city = json!({ "attributes": { "city": "seoul" } });
        let inside = app.member("inside").await;
        app.admin().await.patch(&format!("/v1/members/{}", inside.id), &city).await.expect(200);
        let rule = json!({ "all": [{ "attribute": "city", "is": "seoul" }] });
        let segment = pm.post("/v1/segments", &json!({ "name": "서울", "rule": rule })).await.expect(201);
        let contest = open(app, &pm, json!({ "audience": { "segments": [segment["id"]] } })).await;
        let path = format!("/v1/contests/{contest}/entries");
        ana.post(&path, &draft()).await.expect_problem(403, "not_eligible");
        inside.post(&path, &draft()).await.expect(201);
        let all = open(app, &pm, json!({})).await;
        let staff = app.staff("moderator").await.post(&format!("/v1/contests/{all}/entries"), &draft()).await;
        staff.expect_problem(403, "not_eligible");
        let key =
            pm.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read", "write"] })).await.expect(201);
        let by_key =
            pm.with_token(text(&key["key"])).post(&format!("/v1/contests/{all}/entries"), &draft()).await;
        by_key.expect_problem(403, "not_eligible");
        let made = pm.post("/v1/contests", &super::terms(app)).await.expect(201);
        let unseen = format!("/v1/contests/{}/entries", text(&made["id"]));
        ana.post(&unseen, &draft()).await.expect(404);
        pm.post(&format!("/v1/contests/{}/publish", text(&made["id"])), &json!({})).await.expect(200);
        ana.post(&unseen, &draft()).await.expect_problem(409, "contest_phase");
    })
    .await;
}
