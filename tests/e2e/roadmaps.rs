//! Roadmaps: columns by status and by time, an order that is kept, and who sees them.

mod order;

use futures_util::future::join_all;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

async fn ideas(pm: &Person<'_>, titles: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for title in titles {
        ids.push(pm.idea("app", title).await);
    }
    ids
}

async fn roadmap(pm: &Person<'_>, body: Value) -> String {
    let made = pm.post("/v1/boards/app/roadmaps", &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn timed(pm: &Person<'_>) -> String {
    let later = json!({ "key": "later", "names": { "ko": "나중", "en": "Later" } });
    let columns = json!([{ "period": "2027-Q1" }, { "period": "2027-H2" }, later]);
    roadmap(pm, json!({ "name": "2027년 계획", "kind": "time", "columns": columns })).await
}

async fn put(pm: &Person<'_>, roadmap: &str, idea: &str, body: Value) {
    pm.put_body(&format!("/v1/roadmaps/{roadmap}/ideas/{idea}"), &body).await.expect(200);
}

async fn moved(pm: &Person<'_>, idea: &str, status: &str) {
    let body = json!({ "status": status, "reason": "합니다.", "decline_reason": null });
    pm.post(&format!("/v1/ideas/{idea}/status"), &body).await.expect(200);
}

/// The titles in a column of an answer.
fn titles(answer: &Value, column: &str) -> Vec<String> {
    let columns = answer["columns"].as_array().unwrap();
    let found = columns.iter().find(|found| found["key"] == column).unwrap();
    found["items"].as_array().unwrap().iter().map(|idea| idea["title"].as_str().unwrap().to_owned()).collect()
}

async fn column(person: &Person<'_>, roadmap: &str, column: &str) -> Vec<String> {
    titles(&person.get(&format!("/v1/roadmaps/{roadmap}?limit=100")).await.expect(200), column)
}

/// Every title of a column, read a page of `limit` at a time.
async fn paged(person: &Person<'_>, path: &str, column: &str, limit: usize) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{path}?column={column}&limit={limit}{cursor}");
        let answer = person.get(&path).await.expect(200);
        assert_eq!(answer["columns"].as_array().unwrap().len(), 1);
        found.extend(titles(&answer, column));
        match answer["columns"][0]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[actix_web::test]
async fn a_board_has_a_roadmap_by_status_without_setting_one_up() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let ids = ideas(&pm, &["하나", "둘", "셋", "넷", "다섯"]).await;
        for (id, status) in ids.iter().zip(["planned", "planned", "planned", "shipped", "open"]) {
            if status != "open" {
                moved(&pm, id, status).await;
            }
        }
        app.member("ana").await.put(&format!("/v1/ideas/{}/vote", ids[1])).await.expect(200);
        let visitor = app.visitor().with("Accept-Language", "ko");
        let answer = visitor.get("/v1/boards/app/roadmap?include_total=true").await;
        let etag = answer.etag();
        let answer = answer.expect(200);
        let columns: Vec<_> = answer["columns"].as_array().unwrap().iter().collect();
        let shown: Vec<_> = columns
            .iter()
            .map(|column| {
                (column["key"].as_str().unwrap(), column["name"].as_str().unwrap(), &column["total"])
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("planned", "예정", &json!(3)),
                ("in_progress", "진행 중", &json!(0)),
                ("shipped", "출시", &json!(1))
            ]
        );
        assert_eq!(titles(&answer, "planned"), ["둘", "셋", "하나"]);
        assert_eq!(columns[0]["next_cursor"], Value::Null);
        visitor
            .with("If-None-Match", &etag)
            .get("/v1/boards/app/roadmap?include_total=true")
            .await
            .expect(304);
        assert_eq!(paged(&visitor, "/v1/boards/app/roadmap", "planned", 1).await, ["둘", "셋", "하나"]);
        // In the order of the board; a status of its own is a column of its own.
        let beta = json!({ "names": { "ko": "베타", "en": "Beta" }, "category": "in_progress" });
        let beta = pm.post("/v1/boards/app/statuses", &beta).await.expect(201);
        let path = format!("/v1/statuses/{}", beta["id"].as_str().unwrap());
        pm.patch(&path, &json!({ "position": -1 })).await.expect(200);
        let answer = visitor.get("/v1/boards/app/roadmap").await.expect(200);
        let keys: Vec<_> =
            answer["columns"].as_array().unwrap().iter().map(|column| &column["key"]).collect();
        assert_eq!(keys, ["beta", "planned", "in_progress", "shipped"]);
        for (query, pointer) in
            [("column=open", "?column"), ("cursor=x", "?column"), ("limit=0", "?limit"), ("page=2", "?page")]
        {
            let problem = visitor.get(&format!("/v1/boards/app/roadmap?{query}")).await;
            assert_eq!(problem.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], pointer);
        }
        let stranger = visitor.get("/v1/boards/app/roadmap?column=planned&cursor=abc").await;
        stranger.expect_problem(400, "invalid_cursor");
    })
    .await;
}

#[actix_web::test]
async fn a_roadmap_is_made_changed_and_deleted() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let id = timed(&pm).await;
        let path = format!("/v1/roadmaps/{id}");
        let ko = app.visitor().with("Accept-Language", "ko").get(&path).await;
        let etag = ko.etag();
        let ko = ko.expect(200);
        let shown: Vec<_> =
            ko["columns"].as_array().unwrap().iter().map(|c| (&c["name"], &c["from"], &c["to"])).collect();
        assert_eq!(
            shown,
            [
                (&json!("2027년 1분기"), &json!("2027-01-01"), &json!("2027-04-01")),
                (&json!("2027년 하반기"), &json!("2027-07-01"), &json!("2028-01-01")),
                (&json!("나중"), &Value::Null, &Value::Null),
            ]
        );
        let en = app.visitor().get(&path).await.expect(200);
        assert_eq!(en["columns"][1]["name"], "Second half of 2027");
        let idea = pm.idea("app", "하나").await;
        put(&pm, &id, &idea, json!({ "column": "later" })).await;
        let renamed =
            pm.with("If-Match", &etag).patch(&path, &json!({ "name": "새 이름" })).await.expect(200);
        assert_eq!((&renamed["name"], renamed["columns"].as_array().unwrap().len()), (&json!("새 이름"), 3));
        pm.with("If-Match", &etag).patch(&path, &json!({ "name": "또" })).await.expect_problem(412, "stale");
        pm.with("If-Match", &etag).delete(&path).await.expect_problem(412, "stale");
        assert_eq!(column(&pm, &id, "later").await, ["하나"]);
        // What stands in a column that goes is off, also when the column comes back.
        let first = json!([{ "period": "2027-Q1" }]);
        pm.patch(&path, &json!({ "columns": first })).await.expect(200);
        let back = json!([{ "period": "2027-Q1" }, { "names": { "ko": "나중", "en": "Later" } }]);
        assert_eq!(
            pm.patch(&path, &json!({ "columns": back })).await.expect(200)["columns"][1]["key"],
            "later"
        );
        assert!(column(&pm, &id, "later").await.is_empty());
        pm.delete(&path).await.expect(204);
        pm.get(&path).await.expect(404);
        assert_eq!(pm.get("/v1/boards/app/roadmaps").await.expect(200)["items"], json!([]));
        pm.get(&format!("/v1/ideas/{idea}")).await.expect(200);
        let events = app.seed_read_events();
        let mut kinds: Vec<_> = events.iter().map(|(kind, _)| kind.as_str()).collect();
        kinds.retain(|kind| kind.starts_with("roadmap."));
        kinds.sort_unstable();
        assert_eq!(
            kinds.iter().map(|kind| kind.trim_start_matches("roadmap.")).collect::<Vec<_>>(),
            ["created", "deleted", "idea_placed", "updated", "updated", "updated"]
        );
    })
    .await;
}

#[actix_web::test]
async fn columns_that_cannot_be_meant_are_refused_by_name() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let names = json!({ "ko": "나중", "en": "Later" });
        for (kind, columns, pointer) in [
            ("time", json!(null), "/columns"),
            ("time", json!([]), "/columns"),
            ("status", json!([]), "/columns"),
            ("time", json!([{ "period": "2027-Q5" }]), "/columns/0/period"),
            ("time", json!([{ "period": "2027" }, {}]), "/columns/1/period"),
            ("time", json!([{ "status": "planned" }]), "/columns/0"),
            ("time", json!([{ "period": "2027", "names": names }]), "/columns/0"),
            ("time", json!([{ "period": "2027" }, { "period": "2027" }]), "/columns/1"),
            ("time", json!([{ "names": names, "key": "Late!" }]), "/columns/0/key"),
            ("time", json!([{ "names": { "ko": "나\u{1}중", "en": "Later" } }]), "/columns/0/names/ko"),
            (
                "time",
                json!((2000..2013).map(|year| json!({ "period": year.to_string() })).collect::<Vec<_>>()),
                "/columns",
            ),
            ("status", json!([{ "period": "2027" }]), "/columns/0/status"),
            ("status", json!([{ "status": "nowhere" }]), "/columns/0/status"),
            ("status", json!([{ "status": "merged" }]), "/columns/0/status"),
            ("status", json!([{ "status": "planned" }, { "status": "planned" }]), "/columns/1"),
            ("day", json!([{ "status": "planned" }]), "/kind"),
        ] {
            let mut body = json!({ "name": "계획", "kind": kind });
            if !columns.is_null() {
                body["columns"] = columns.clone();
            }
            let problem =
                pm.post("/v1/boards/app/roadmaps", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{kind} {columns}: {problem}");
        }
        assert_eq!(pm.get("/v1/boards/app/roadmaps").await.expect(200)["items"], json!([]));
        // Twenty are enough, of those that come at once as well.
        let many = (0..22).map(|nth| {
            let pm = pm.clone();
            let body = json!({ "name": format!("계획 {nth}"), "kind": "status" });
            async move { pm.post("/v1/boards/app/roadmaps", &body).await.status.as_u16() }
        });
        let answers = join_all(many).await;
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 20, "{answers:?}");
        let body = json!({ "name": "하나 더", "kind": "status" });
        pm.post("/v1/boards/app/roadmaps", &body).await.expect_problem(409, "too_many_roadmaps");
    })
    .await;
}

async fn sees(app: &TestApp, person: &Person<'_>, ids: &[String]) -> Vec<bool> {
    let listed = person.get("/v1/boards/app/roadmaps").await;
    let mut seen = Vec::new();
    for id in ids {
        let found = person.get(&format!("/v1/roadmaps/{id}")).await.status.is_success();
        // The list agrees with the address.
        assert_eq!(listed.text.contains(id.as_str()), found, "{}", app.url);
        seen.push(found);
    }
    seen
}

#[actix_web::test]
async fn a_roadmap_is_seen_by_its_audience_among_those_who_may_view_the_board() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        pm.put(&format!("/v1/boards/app/invitations/{}", ben.id)).await.expect(200);
        let mut ids = Vec::new();
        for audience in ["everyone", "members", "invited", "staff"] {
            ids.push(roadmap(&pm, json!({ "name": audience, "kind": "status", "audience": audience })).await);
        }
        let moderator = app.staff("moderator").await;
        for (person, seen) in [
            (&app.visitor(), [true, false, false, false]),
            (&ana, [true, true, false, false]),
            (&ben, [true, true, true, false]),
            (&moderator, [true, true, true, true]),
        ] {
            assert_eq!(sees(app, person, &ids).await, seen);
        }
        pm.patch("/v1/boards/app", &json!({ "view": "invited" })).await.expect(200);
        for (person, seen) in
            [(&app.visitor(), [false; 4]), (&ana, [false; 4]), (&ben, [true, true, true, false])]
        {
            assert_eq!(sees(app, person, &ids).await, seen);
        }
        ana.get("/v1/boards/app/roadmap").await.expect(404);
        // A key without a right of staff is no staff.
        let key = pm.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read"] })).await.expect(201);
        let bot = pm.with_token(key["key"].as_str().unwrap());
        assert_eq!(sees(app, &bot, &ids).await, [false; 4]);
    })
    .await;
}
