//! Answering: official responses and their rating, following, notifications, the timeline.

use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

/// A product manager, and an idea of Ana's that Ben votes for.
async fn scene(app: &TestApp) -> (Person<'_>, Person<'_>, Person<'_>, String) {
    let pm = app.staff("product_manager").await;
    let (ana, ben) = (app.member("ana").await, app.member("ben").await);
    pm.board("app", json!({})).await;
    let idea = ana.idea("app", "다크 모드").await;
    ben.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
    (pm, ana, ben, format!("/v1/ideas/{idea}"))
}

async fn told(person: &Person<'_>) -> Vec<Value> {
    person.all("/v1/me/notifications", 2).await
}

fn planning(notify: &str) -> Value {
    json!({ "status": "planned", "reason": "다음 분기에 시작합니다.", "notify": notify })
}

#[actix_web::test]
async fn each_supporter_hears_once_of_a_change_and_whoever_made_it_does_not() {
    on_each_database(async |app| {
        let (pm, ana, ben, path) = scene(app).await;
        let [carl, dora, eve] = [app.member("carl").await, app.member("dora").await, app.member("eve").await];
        // Carl follows, also by voting; Dora follows the board; Eve votes and wants to hear nothing.
        carl.put(&format!("{path}/follow")).await.expect(200);
        carl.put(&format!("{path}/vote")).await.expect(200);
        dora.put("/v1/boards/app/follow").await.expect(200);
        eve.put(&format!("{path}/vote")).await.expect(200);
        assert_eq!(eve.delete(&format!("{path}/follow")).await.expect(200)["following"], false);
        // The one who acts supports it too.
        pm.put(&format!("{path}/vote")).await.expect(200);
        for (person, following) in [(&ana, true), (&ben, true), (&carl, true), (&dora, false), (&eve, false)]
        {
            assert_eq!(person.get(&path).await.expect(200)["following"], following);
        }
        let with_response = json!({
            "status": "planned", "reason": "다음 분기에 시작합니다.", "response": "제안 **고맙습니다**.",
        });
        let moved = pm.post(&format!("{path}/status"), &with_response).await.expect(200);
        assert_eq!(moved["response"]["body"], "제안 **고맙습니다**.");
        for (person, count) in [(&ana, 1), (&ben, 1), (&carl, 1), (&dora, 1), (&eve, 0), (&pm, 0)] {
            assert_eq!(told(person).await.len(), count);
        }
        let news = &told(&ben).await[0];
        assert_eq!(
            (&news["kind"], &news["to_status"], &news["idea"]["title"], &news["board"]["slug"]),
            (&json!("status_changed"), &json!("planned"), &json!("다크 모드"), &json!("app"))
        );
        assert_eq!(news["reason"], "다음 분기에 시작합니다.");
        // Followers of the board hear only of what is told to all.
        let shipping = json!({ "status": "shipped", "reason": "나왔습니다.", "notify": "followers" });
        pm.post(&format!("{path}/status"), &shipping).await.expect(200);
        let quietly = json!({ "body": "조용히 덧붙입니다.", "notify": "none" });
        pm.put_body(&format!("{path}/response"), &quietly).await.expect(200);
        assert_eq!((told(&ben).await.len(), told(&dora).await.len()), (2, 1));
        let entries = pm.all(&format!("{path}/activity"), 1).await;
        let shown: Vec<_> = entries
            .iter()
            .map(|entry| {
                (entry["kind"].as_str().unwrap(), entry["supporters"].as_i64(), entry["told"].as_i64())
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("responded", Some(3), Some(0)),
                ("status_changed", Some(3), Some(3)),
                ("responded", None, None),
                ("status_changed", Some(3), Some(3)),
            ]
        );
    })
    .await;
}

#[actix_web::test]
async fn whoever_is_mentioned_or_answered_hears_once_and_who_comments_follows() {
    on_each_database(async |app| {
        let (pm, ana, ben, path) = scene(app).await;
        let carl = app.member("carl").await;
        let say = async |person: &Person<'_>, body: Value| {
            person.post(&format!("{path}/comments"), &body).await.expect(201)["id"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let root = say(&carl, json!({ "body": "저도 바랍니다." })).await;
        assert_eq!(carl.get(&path).await.expect(200)["following"], true);
        let reply =
            say(&ben, json!({ "body": "그렇죠", "parent_id": root, "mentions": [carl.id, ana.id] })).await;
        let heard = told(&carl).await;
        assert_eq!(
            (heard.len(), &heard[0]["kind"], &heard[0]["id"]),
            (1, &json!("mentioned"), &json!(reply))
        );
        assert_eq!(told(&ana).await[0]["kind"], "mentioned");
        say(&ana, json!({ "body": "맞아요", "parent_id": reply })).await;
        let heard: Vec<Value> = told(&ben).await.iter().map(|news| news["kind"].clone()).collect();
        assert_eq!(heard, ["replied"]);
        // A note tells nobody but the staff it mentions.
        let moderator = app.staff("moderator").await;
        let note =
            json!({ "body": "살펴봅시다", "parent_id": reply, "internal": true, "mentions": [moderator.id] });
        say(&pm, note).await;
        assert_eq!((told(&ben).await.len(), told(&moderator).await.len()), (1, 1));
        ben.delete(&format!("{path}/follow")).await.expect(200);
        say(&ana, json!({ "body": "하나 더", "parent_id": reply })).await;
        assert_eq!(told(&ben).await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn notifications_are_read_unread_and_gone_with_the_right_to_see() {
    on_each_database(async |app| {
        let (pm, _, ben, path) = scene(app).await;
        for status in ["under_review", "planned", "in_progress"] {
            let moving = json!({ "status": status, "reason": "한 걸음" });
            pm.post(&format!("{path}/status"), &moving).await.expect(200);
        }
        let unread = async || ben.all("/v1/me/notifications?unread=true", 1).await.len();
        assert_eq!(unread().await, 3);
        let first = told(&ben).await[0]["id"].as_str().unwrap().to_owned();
        let read = format!("/v1/me/notifications/{first}/read");
        ben.put(&read).await.expect(204);
        ben.put(&read).await.expect(204);
        assert_eq!(unread().await, 2);
        ben.delete(&read).await.expect(204);
        assert_eq!(unread().await, 3);
        pm.put(&read).await.expect_problem(404, "not_found");
        assert_eq!(ben.post("/v1/me/notifications/read-all", &json!({})).await.expect(200)["read"], 3);
        assert_eq!((unread().await, told(&ben).await.len()), (0, 3));
        pm.patch("/v1/boards/app", &json!({ "view": "staff" })).await.expect(200);
        assert_eq!(told(&ben).await.len(), 0);
        // Who may not see it is not told of it either.
        let moving = json!({ "status": "shipped", "reason": "안에서" });
        pm.post(&format!("{path}/status"), &moving).await.expect(200);
        pm.patch("/v1/boards/app", &json!({ "view": "everyone" })).await.expect(200);
        assert_eq!(told(&ben).await.len(), 3);
        app.visitor().get("/v1/me/notifications").await.expect_problem(401, "sign_in_required");
    })
    .await;
}

#[actix_web::test]
async fn a_response_keeps_its_versions_and_is_rated_by_who_votes() {
    on_each_database(async |app| {
        let (pm, ana, ben, path) = scene(app).await;
        let response = format!("{path}/response");
        ana.get(&response).await.expect_problem(404, "not_found");
        ana.put_body(&response, &json!({ "body": "저도요" })).await.expect_problem(403, "forbidden");
        pm.put_body(&response, &json!({ "body": " " })).await.expect_problem(422, "invalid_fields");
        let said = pm.put_body(&response, &json!({ "body": "검토합니다." })).await;
        let etag = said.header("etag").unwrap().to_owned();
        assert_eq!(said.expect(200)["version"], 1);
        let rating = format!("{response}/rating");
        let rated = ben.put_body(&rating, &json!({ "helpful": false })).await.expect(200);
        assert_eq!((&rated["not_helpful_count"], &rated["my_rating"]), (&json!(1), &json!(false)));
        let rated = ben.put_body(&rating, &json!({ "helpful": true })).await.expect(200);
        assert_eq!((&rated["helpful_count"], &rated["not_helpful_count"]), (&json!(1), &json!(0)));
        let dora = app.member("dora").await;
        dora.put_body(&rating, &json!({ "helpful": true })).await.expect_problem(403, "not_a_supporter");
        ana.put_body(&rating, &json!({ "helpful": true })).await.expect(200);
        assert_eq!(ana.delete(&rating).await.expect(200)["helpful_count"], 1);
        // The same words again are no new version; other words are, and are rated anew.
        pm.put_body(&response, &json!({ "body": "검토합니다." })).await.expect(200);
        let anew = pm
            .with("If-Match", &etag)
            .put_body(&response, &json!({ "body": "시작합니다." }))
            .await
            .expect(200);
        assert_eq!((&anew["version"], &anew["helpful_count"]), (&json!(2), &json!(0)));
        let stale = pm.with("If-Match", &etag).put_body(&response, &json!({ "body": "셋" })).await;
        stale.expect_problem(412, "stale");
        let versions = app.visitor().all(&format!("{response}/versions"), 1).await;
        let bodies: Vec<_> = versions.iter().map(|said| said["body"].as_str().unwrap()).collect();
        assert_eq!(bodies, ["시작합니다.", "검토합니다."]);
        assert_eq!(ana.get(&path).await.expect(200)["response"]["body"], "시작합니다.");
        assert_eq!(told(&ben).await.len(), 2);
    })
    .await;
}

#[actix_web::test]
async fn the_timeline_tells_who_did_what() {
    on_each_database(async |app| {
        let (pm, ana, _, path) = scene(app).await;
        pm.patch(&path, &json!({ "title": "어두운 화면" })).await.expect(200);
        pm.post(&format!("{path}/status"), &planning("none")).await.expect(200);
        let entries = app.visitor().all(&format!("{path}/activity"), 1).await;
        let kinds: Vec<_> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["status_changed", "edited"]);
        assert_eq!(
            (&entries[0]["from_status"], &entries[0]["to_status"], &entries[0]["by"]["id"]),
            (&json!("open"), &json!("planned"), &json!(pm.id))
        );
        // How many were told is for staff to see.
        assert!(entries[0].get("told").is_none());
        assert_eq!(told(&ana).await.len(), 0);
    })
    .await;
}
