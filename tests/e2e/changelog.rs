//! The changelog: drafted, scheduled, published; who reads it, who is told of it, and its feed.

mod feed;

use chrono::TimeDelta;
use futures_util::future::join_all;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

/// An idea of Ana's and one of Ben's; Carl votes for both.
async fn scene<'a>(app: &'a TestApp, pm: &Person<'a>) -> ([Person<'a>; 3], [String; 2]) {
    pm.board("app", json!({})).await;
    let people = [app.member("ana").await, app.member("ben").await, app.member("carl").await];
    let ideas = [people[0].idea("app", "다크 모드").await, people[1].idea("app", "글자 크기").await];
    for idea in &ideas {
        people[2].put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
    }
    (people, ideas)
}

/// A new entry; its address.
async fn entry(writer: &Person<'_>, more: Value) -> String {
    let mut body = json!({ "title": "나왔어요", "body": "설정에서 **어둡게**를 고르세요." });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = writer.post("/v1/changelog", &body).await;
    let location = made.header("location").unwrap().to_owned();
    made.expect(201);
    location
}

async fn publish(writer: &Person<'_>, path: &str) -> Value {
    writer.post(&format!("{path}/publish"), &json!({})).await.expect(200)
}

/// What a person was told of the changelog: titles of the entries.
async fn told(person: &Person<'_>) -> Vec<String> {
    let all = person.all("/v1/me/notifications", 2).await;
    let news = all.iter().filter(|news| news["kind"] == "announced");
    news.map(|news| news["changelog_entry"]["title"].as_str().unwrap().to_owned()).collect()
}

async fn listed(person: &Person<'_>, query: &str) -> Vec<String> {
    let entries = person.all(&format!("/v1/changelog?{query}"), 1).await;
    entries.iter().map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_draft_is_for_its_writers_until_it_is_published() {
    on_each_database(async |app| {
        let marketer = app.staff("marketer").await;
        let (visitor, moderator) = (app.visitor(), app.staff("moderator").await);
        let path = entry(&marketer, json!({ "labels": ["fixed", "new", "new"] })).await;
        for person in [&visitor, &moderator] {
            person.get(&path).await.expect(404);
            assert!(listed(person, "").await.is_empty());
        }
        visitor.get("/v1/changelog?state=draft").await.expect_problem(401, "sign_in_required");
        moderator.get("/v1/changelog?state=scheduled").await.expect_problem(403, "forbidden");
        assert_eq!(listed(&marketer, "state=draft").await, ["나왔어요"]);
        assert!(listed(&marketer, "").await.is_empty());
        let draft = marketer.get(&path).await;
        let etag = draft.etag();
        let draft = draft.expect(200);
        assert_eq!(
            (&draft["state"], &draft["publish_at"], &draft["labels"]),
            (&json!("draft"), &Value::Null, &json!(["new", "fixed"]))
        );
        assert_eq!(draft["body_html"], "<p>설정에서 <strong>어둡게</strong>를 고르세요.</p>\n");
        marketer
            .with("If-Match", "\"9-x\"")
            .post(&format!("{path}/publish"), &json!({}))
            .await
            .expect_problem(412, "stale");
        let out =
            marketer.with("If-Match", &etag).post(&format!("{path}/publish"), &json!({})).await.expect(200);
        assert_eq!((&out["state"], &out["author"]["id"]), (&json!("published"), &json!(marketer.id)));
        assert_eq!(listed(&visitor, "").await, ["나왔어요"]);
        assert_eq!(listed(&visitor, "label=fixed").await, ["나왔어요"]);
        assert!(listed(&visitor, "label=removed").await.is_empty());
        let read = visitor.get(&path).await;
        let etag = read.etag();
        visitor.with("If-None-Match", &etag).get(&path).await.expect(304);
        // Publishing what is out changes nothing.
        assert_eq!(publish(&marketer, &path).await, out);
        marketer
            .patch(&path, &json!({ "publish_at": "2050-01-01T00:00:00Z" }))
            .await
            .expect_problem(409, "already_published");
        let same = marketer.patch(&path, &json!({ "title": "나왔어요" })).await;
        assert_eq!(same.etag(), etag);
        // Taken back, it is a draft, and nobody else's.
        assert_eq!(marketer.patch(&path, &json!({ "publish_at": null })).await.expect(200)["state"], "draft");
        visitor.get(&path).await.expect(404);
        marketer.delete(&path).await.expect(204);
        marketer.get(&path).await.expect(404);
        let events = app.seed_read_events();
        let mut kinds: Vec<_> = events.iter().map(|(kind, _)| kind.as_str()).collect();
        kinds.retain(|kind| kind.starts_with("changelog."));
        kinds.sort_unstable();
        assert_eq!(
            kinds.iter().map(|kind| kind.trim_start_matches("changelog.")).collect::<Vec<_>>(),
            ["created", "deleted", "published", "updated", "updated", "withdrawn"]
        );
    })
    .await;
}

#[actix_web::test]
async fn the_clock_publishes_what_is_scheduled_and_its_supporters_hear_once() {
    on_each_database(async |app| {
        let ([ana, ..], ideas) = scene(app, &app.staff("product_manager").await).await;
        let pm = app.staff("product_manager").await;
        let at = app.clock().now() + TimeDelta::minutes(5);
        let path = entry(&pm, json!({ "idea_ids": ideas, "publish_at": at })).await;
        assert_eq!(listed(&pm, "state=scheduled").await, ["나왔어요"]);
        assert_eq!(app.seed_announce().await, 0);
        ana.get(&path).await.expect(404);
        app.advance(TimeDelta::minutes(5));
        // It is there before any job has run.
        assert_eq!(ana.get(&path).await.expect(200)["state"], "published");
        assert_eq!(listed(&app.visitor(), "").await, ["나왔어요"]);
        assert!(told(&ana).await.is_empty());
        // Two nodes at once.
        let announced = join_all([app.seed_announce(), app.seed_announce()]).await;
        assert!(announced.contains(&1), "{announced:?}");
        assert_eq!((told(&ana).await, app.seed_announce().await), (vec!["나왔어요".to_owned()], 0));
        let events = app.seed_read_events();
        assert_eq!(events.iter().filter(|(kind, _)| kind == "changelog.published").count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn each_supporter_is_told_once_however_many_ideas_and_times() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let ([ana, ben, carl], ideas) = scene(app, &pm).await;
        let [dora, eve] = [app.member("dora").await, app.member("eve").await];
        // Dora follows; Eve votes and wants to hear nothing; the one who writes supports it too.
        dora.put(&format!("/v1/ideas/{}/follow", ideas[0])).await.expect(200);
        eve.put(&format!("/v1/ideas/{}/vote", ideas[0])).await.expect(200);
        eve.delete(&format!("/v1/ideas/{}/follow", ideas[0])).await.expect(200);
        pm.put(&format!("/v1/ideas/{}/vote", ideas[0])).await.expect(200);
        let path = entry(&pm, json!({ "idea_ids": [ideas[0], ideas[0]] })).await;
        assert!(told(&ana).await.is_empty());
        publish(&pm, &path).await;
        let everybody = [&ana, &ben, &carl, &dora, &eve, &pm];
        let counts = async || {
            let mut counts = Vec::new();
            for person in everybody {
                counts.push(told(person).await.len());
            }
            counts
        };
        assert_eq!(counts().await, [1, 0, 1, 1, 0, 0]);
        let news = carl.get("/v1/me/notifications").await.expect(200)["items"][0].clone();
        assert_eq!(
            (&news["kind"], &news["idea"]["title"], &news["changelog_entry"]["id"]),
            (&json!("announced"), &json!("다크 모드"), &pm.get(&path).await.expect(200)["id"])
        );
        // An idea more: those who were not told before hear, once.
        let both = pm.patch(&path, &json!({ "idea_ids": [ideas[1], ideas[0]] })).await.expect(200);
        let shown: Vec<_> = both["ideas"].as_array().unwrap().iter().map(|idea| &idea["title"]).collect();
        assert_eq!(shown, ["글자 크기", "다크 모드"]);
        assert_eq!(counts().await, [1, 1, 1, 1, 0, 0]);
        // Taken back, it is gone from where it was told; out again, it is there again, once.
        pm.patch(&path, &json!({ "publish_at": null })).await.expect(200);
        assert_eq!(counts().await, [0; 6]);
        let timeline = format!("/v1/ideas/{}/activity", ideas[0]);
        assert_eq!(app.visitor().get(&timeline).await.expect(200)["items"], json!([]));
        publish(&pm, &path).await;
        publish(&pm, &path).await;
        assert_eq!(counts().await, [1, 1, 1, 1, 0, 0]);
        let happened = app.visitor().get(&timeline).await.expect(200)["items"].clone();
        assert_eq!(happened.as_array().unwrap().len(), 1);
        assert_eq!(
            (&happened[0]["kind"], &happened[0]["changelog_entry_id"]),
            (&json!("announced"), &both["id"])
        );
        assert_eq!(listed(&carl, &format!("idea={}", ideas[1])).await, ["나왔어요"]);
        pm.delete(&path).await.expect(204);
        assert_eq!(counts().await, [0; 6]);
        assert_eq!(app.visitor().get(&timeline).await.expect(200)["items"], json!([]));
    })
    .await;
}

#[actix_web::test]
async fn an_entry_of_thirty_ideas_is_announced_in_each() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let mut ideas = Vec::new();
        for nth in 0..30 {
            ideas.push(pm.idea("app", &format!("생각 {nth}")).await);
        }
        let path = entry(&pm, json!({ "idea_ids": ideas })).await;
        let out = publish(&pm, &path).await;
        let shown: Vec<_> = out["ideas"].as_array().unwrap().iter().map(|idea| idea["id"].clone()).collect();
        assert_eq!(shown, ideas);
        for idea in &ideas {
            let happened = app.visitor().get(&format!("/v1/ideas/{idea}/activity")).await.expect(200);
            assert_eq!(happened["items"][0]["changelog_entry_id"], out["id"]);
        }
        ideas.push(pm.idea("app", "하나 더").await);
        let problem =
            pm.patch(&path, &json!({ "idea_ids": ideas })).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/idea_ids");
    })
    .await;
}

#[actix_web::test]
async fn an_entry_is_read_and_told_within_its_board_or_audience() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let ([ana, ben, carl], ideas) = scene(app, &pm).await;
        pm.board("club", json!({ "view": "invited" })).await;
        pm.put(&format!("/v1/boards/club/invitations/{}", carl.id)).await.expect(200);
        let secret = pm.idea("club", "모임 생각").await;
        let club =
            entry(&pm, json!({ "title": "모임 소식", "board": "club", "idea_ids": [ideas[0], secret] }))
                .await;
        let inside =
            entry(&pm, json!({ "title": "안 소식", "audience": "staff", "idea_ids": [ideas[0]] })).await;
        let members = entry(
            &pm,
            json!({ "title": "회원 소식", "audience": "members", "idea_ids": [ideas[0], secret] }),
        )
        .await;
        for path in [&club, &inside, &members] {
            publish(&pm, path).await;
        }
        let (visitor, moderator) = (app.visitor(), app.staff("moderator").await);
        for (person, seen) in [
            (&visitor, &[][..]),
            (&ana, &["회원 소식"][..]),
            (&carl, &["회원 소식", "모임 소식"][..]),
            (&moderator, &["회원 소식", "안 소식", "모임 소식"][..]),
        ] {
            assert_eq!(listed(person, "").await, seen);
            for (path, title) in [(&club, "모임 소식"), (&inside, "안 소식"), (&members, "회원 소식")]
            {
                assert_eq!(person.get(path).await.status.is_success(), seen.contains(&title), "{title}");
            }
        }
        assert_eq!((told(&ana).await, told(&ben).await), (vec!["회원 소식".to_owned()], vec![]));
        assert_eq!(told(&carl).await, ["회원 소식", "모임 소식"]);
        // Of the ideas, each sees theirs.
        assert_eq!(ana.get(&members).await.expect(200)["ideas"].as_array().unwrap().len(), 1);
        assert_eq!(carl.get(&members).await.expect(200)["ideas"].as_array().unwrap().len(), 2);
        // So in the timeline of the idea.
        let timeline = format!("/v1/ideas/{}/activity", ideas[0]);
        for (person, count) in [(&visitor, 0), (&ana, 1), (&carl, 2), (&moderator, 3)] {
            assert_eq!(person.get(&timeline).await.expect(200)["items"].as_array().unwrap().len(), count);
        }
        visitor.get("/v1/changelog?board=club").await.expect(404);
        assert_eq!(listed(&carl, "board=club").await, ["모임 소식"]);
        ana.get(&format!("/v1/changelog?idea={secret}")).await.expect(404);
        // Whoever may see it no more is told of it no more.
        pm.delete(&format!("/v1/boards/club/invitations/{}", carl.id)).await.expect(200);
        assert_eq!(told(&carl).await, ["회원 소식"]);
        pm.patch(&members, &json!({ "audience": "staff" })).await.expect(200);
        assert!(told(&carl).await.is_empty() && listed(&ana, "").await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn what_cannot_be_meant_is_refused_and_leaves_nothing() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let (_, ideas) = scene(app, &pm).await;
        pm.post(&format!("/v1/ideas/{}/merge", ideas[1]), &json!({ "into": ideas[0] })).await.expect(200);
        let gone = pm.idea("app", "지울 것").await;
        pm.delete(&format!("/v1/ideas/{gone}")).await.expect(204);
        let nobody = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        for (more, pointer) in [
            (json!({ "title": "" }), "/title"),
            (json!({ "title": "줄\n바꿈" }), "/title"),
            (json!({ "body": " " }), "/body"),
            (json!({ "body": "가".repeat(20_001) }), "/body"),
            (json!({ "labels": ["hot"] }), "/labels/0"),
            (json!({ "publish_at": app.clock().now() }), "/publish_at"),
            (json!({ "publish_at": "soon" }), "/publish_at"),
            (json!({ "board": "nowhere" }), "/board"),
            (json!({ "board": "No board!" }), "/board"),
            (json!({ "board": "app", "audience": "members" }), "/audience"),
            (json!({ "audience": "invited" }), "/audience"),
            (json!({ "idea_ids": [ideas[0], nobody] }), "/idea_ids/1"),
            (json!({ "idea_ids": [ideas[1]] }), "/idea_ids/0"),
            (json!({ "idea_ids": [gone] }), "/idea_ids/0"),
            (json!({ "state": "published" }), "/state"),
        ] {
            let mut body = json!({ "title": "나왔어요", "body": "써 보세요." });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let problem = pm.post("/v1/changelog", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert!(listed(&pm, "state=draft").await.is_empty());
        let path = entry(&pm, json!({ "board": "app" })).await;
        let problem =
            pm.patch(&path, &json!({ "audience": "staff" })).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/audience");
        for query in ["state=gone", "label=hot", "idea=x", "q=a"] {
            pm.get(&format!("/v1/changelog?{query}")).await.expect_problem(422, "invalid_fields");
        }
    })
    .await;
}

#[actix_web::test]
async fn publishing_twice_at_once_tells_once_and_lists_keep_their_order() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let ([ana, ..], ideas) = scene(app, &pm).await;
        let path = entry(&pm, json!({ "title": "첫째", "idea_ids": ideas })).await;
        let at_once = join_all((0..6).map(|_| publish(&pm, &path))).await;
        assert!(at_once.iter().all(|out| out["state"] == "published"));
        assert_eq!(told(&ana).await, ["첫째"]);
        for title in ["둘째", "셋째", "넷째"] {
            app.advance(TimeDelta::seconds(1));
            publish(&pm, &entry(&pm, json!({ "title": title })).await).await;
        }
        // Not in the order they were written in, but in that they came out in.
        let late = entry(&pm, json!({ "title": "다섯째" })).await;
        publish(&pm, &entry(&pm, json!({ "title": "여섯째" })).await).await;
        publish(&pm, &late).await;
        let order = ["다섯째", "여섯째", "넷째", "셋째", "둘째", "첫째"];
        assert_eq!(listed(&app.visitor(), "").await, order);
        let events = app.seed_read_events();
        assert_eq!(events.iter().filter(|(kind, _)| kind == "changelog.published").count(), 6);
    })
    .await;
}
