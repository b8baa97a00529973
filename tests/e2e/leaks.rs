//! What is not a caller's to know shows nowhere: one scene with secrets, every address, every kind of caller.

use kit::{TestApp, on_each_database, people::Person};
use serde_json::json;

/// Each stands in something that only staff may see.
const SECRETS: [&str; 6] = ["쪽지비밀", "꼬리표비밀", "숨은생각", "숨은게시판", "숨은계획", "숨은소식"];

struct Scene {
    open: String,
    hidden: String,
    note: String,
    /// Roadmaps: of the open board for all, and for staff; of the hidden one.
    roadmaps: Vec<String>,
    /// Entries: for all, for staff, of the hidden board, and a draft.
    entries: Vec<String>,
}

/// A public idea with an internal note, a private tag and an owner; and an idea on a board for staff alone.
async fn scene(app: &TestApp, pm: &Person<'_>, author: &Person<'_>, voter: &Person<'_>) -> Scene {
    pm.board("open", json!({ "voters_visible": true })).await;
    pm.board("hidden", json!({ "name": "숨은게시판", "view": "staff" })).await;
    let (open, hidden) = (author.idea("open", "보이는 생각").await, pm.idea("hidden", "숨은생각").await);
    voter.put(&format!("/v1/ideas/{open}/vote")).await.expect(200);
    let comments = format!("/v1/ideas/{open}/comments");
    let said = author.post(&comments, &json!({ "body": "보이는 말" })).await.expect(201);
    let note = json!({ "body": "쪽지비밀", "internal": true, "parent_id": said["id"] });
    let note = pm.post(&comments, &note).await.expect(201)["id"].as_str().unwrap().to_owned();
    pm.patch(
        &format!("/v1/triage/ideas/{open}"),
        &json!({ "private_tags": ["꼬리표비밀"], "owner_id": pm.id }),
    )
    .await
    .expect(200);
    // Everybody who may hear of the two ideas hears.
    for person in [author, voter, &app.member("member").await] {
        person.put("/v1/boards/open/follow").await.expect(200);
    }
    for idea in [&open, &hidden] {
        let answer = json!({ "status": "planned", "reason": "합니다." });
        pm.post(&format!("/v1/ideas/{idea}/status"), &answer).await.expect(200);
    }
    let roadmaps = roadmaps(pm, [&open, &hidden]).await;
    let entries = entries(pm, [&open, &hidden]).await;
    Scene { open, hidden, note, roadmaps, entries }
}

/// What stands on them is public on one of them alone.
async fn roadmaps(pm: &Person<'_>, [open, hidden]: [&String; 2]) -> Vec<String> {
    let mut ids = Vec::new();
    for (board, idea, name, audience) in [
        ("open", open, "보이는 계획", "everyone"),
        ("open", open, "숨은계획", "staff"),
        ("hidden", hidden, "숨은계획", "everyone"),
    ] {
        let columns = json!([{ "period": "2027" }]);
        let body = json!({ "name": name, "kind": "time", "audience": audience, "columns": columns });
        let made = pm.post(&format!("/v1/boards/{board}/roadmaps"), &body).await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        let place = format!("/v1/roadmaps/{id}/ideas/{idea}");
        pm.put_body(&place, &json!({ "column": "2027" })).await.expect(200);
        ids.push(id);
    }
    ids
}

/// Each names both ideas.
async fn entries(pm: &Person<'_>, ideas: [&String; 2]) -> Vec<String> {
    let mut ids = Vec::new();
    for (title, more, published) in [
        ("보이는 소식", json!({}), true),
        ("숨은소식", json!({ "audience": "staff" }), true),
        ("숨은소식", json!({ "board": "hidden" }), true),
        ("숨은소식", json!({}), false),
    ] {
        let mut body = json!({ "title": title, "body": format!("{title}입니다."), "idea_ids": ideas });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let id = pm.post("/v1/changelog", &body).await.expect(201)["id"].as_str().unwrap().to_owned();
        if published {
            pm.post(&format!("/v1/changelog/{id}/publish"), &json!({})).await.expect(200);
        }
        ids.push(id);
    }
    ids
}

fn addresses(scene: &Scene) -> Vec<String> {
    let Scene { open, hidden, note, roadmaps, entries } = scene;
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let mut addresses = vec![
        "/v1/boards".to_owned(),
        "/v1/boards/hidden".to_owned(),
        "/v1/boards/hidden/statuses".to_owned(),
        "/v1/boards/hidden/ideas".to_owned(),
        "/v1/boards/hidden/ideas/similar?title=%EC%88%A8%EC%9D%80%EC%83%9D%EA%B0%81".to_owned(),
        "/v1/boards/open/ideas/similar?title=%EC%88%A8%EC%9D%80%EC%83%9D%EA%B0%81".to_owned(),
        "/v1/me/notifications".to_owned(),
        format!("/v1/comments/{note}"),
        format!("/v1/comments/{note}/revisions"),
        "/v1/triage/ideas?facets=true".to_owned(),
        "/v1/triage/views".to_owned(),
        "/v1/boards/open/roadmap?include_total=true".to_owned(),
        "/v1/boards/hidden/roadmap".to_owned(),
        "/v1/boards/open/roadmaps".to_owned(),
        "/v1/boards/hidden/roadmaps".to_owned(),
        "/v1/changelog".to_owned(),
        "/v1/changelog?state=draft".to_owned(),
        "/v1/changelog?board=hidden".to_owned(),
        "/v1/changelog?board=open".to_owned(),
        format!("/v1/changelog?idea={open}"),
        format!("/v1/changelog?idea={hidden}"),
        "/v1/changelog.atom".to_owned(),
        "/v1/changelog.atom?board=hidden".to_owned(),
    ];
    addresses.extend(roadmaps.iter().map(|id| format!("/v1/roadmaps/{id}?include_total=true")));
    addresses.extend(entries.iter().map(|id| format!("/v1/changelog/{id}")));
    for sort in ["top", "trending", "new", "discussed", "random"] {
        addresses.push(format!("/v1/ideas?sort={sort}&include_total=true"));
    }
    for secret in SECRETS {
        addresses.push(format!("/v1/ideas?include_total=true&q={}", encoded(secret)));
        addresses.push(format!("/v1/ideas?include_total=true&tag={}", encoded(secret)));
    }
    for idea in [open, hidden] {
        for part in [
            "",
            "/comments",
            "/comments?sort=best",
            "/comments?sort=newest&include_total=true",
            "/votes",
            "/activity",
            "/response",
            "/priority",
            "/mentionable",
        ] {
            addresses.push(format!("/v1/ideas/{idea}{part}"));
        }
        addresses.push(format!("/v1/triage/ideas/{idea}"));
    }
    addresses
}

#[actix_web::test]
async fn secrets_show_to_staff_and_to_nobody_else() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (author, voter) = (app.member("author").await, app.member("voter").await);
        let scene = scene(app, &pm, &author, &voter).await;
        let outsiders = [app.visitor(), app.member("member").await, author, voter];
        for (nth, person) in outsiders.iter().enumerate() {
            for address in addresses(&scene) {
                let answer = person.get(&address).await;
                let ids = [&scene.hidden, &scene.note].into_iter();
                let ids = ids.chain(&scene.roadmaps[1..]).chain(&scene.entries[1..]).map(String::as_str);
                for secret in SECRETS.into_iter().chain(ids) {
                    // The address asked for stands in no answer either.
                    assert!(
                        !answer.text.contains(secret),
                        "{nth} finds {secret} at {address}: {}",
                        answer.text
                    );
                }
                if address.contains("include_total") && address.starts_with("/v1/ideas?") {
                    let known = if address.contains("sort=") { 1 } else { 0 };
                    assert_eq!(answer.expect(200)["total"], known, "{nth} counts at {address}");
                }
            }
            let comments = person
                .get(&format!("/v1/ideas/{}/comments?include_total=true", scene.open))
                .await
                .expect(200);
            assert_eq!((&comments["total"], &comments["items"][0]["reply_count"]), (&json!(1), &json!(0)));
            let idea = person.get(&format!("/v1/ideas/{}", scene.open)).await.expect(200);
            assert_eq!(idea["comment_count"], 1);
        }
        // The same addresses do show them to staff, or there would be nothing to hide.
        for role in ["moderator", "marketer", "product_manager", "admin"] {
            let person = if role == "admin" { app.admin().await } else { app.staff(role).await };
            let mut seen = String::new();
            for address in addresses(&scene) {
                seen.push_str(&person.get(&address).await.text);
            }
            for secret in SECRETS {
                assert!(seen.contains(secret), "{role} does not find {secret}");
            }
        }
        let events = app.seed_read_events();
        assert_eq!(events.iter().filter(|(kind, _)| kind == "comment.created").count(), 1);
        for (kind, data) in &events {
            let data = data.to_string();
            assert!(!data.contains(&scene.note), "{kind} tells of a note: {data}");
            assert!(SECRETS.iter().all(|secret| !data.contains(secret)), "{kind} carries words: {data}");
        }
    })
    .await;
}
