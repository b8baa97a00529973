//! Missions: what is asked for, when, and what is handed in.

use chrono::TimeDelta;
use kit::{files, on_each_database};
use serde_json::{Value, json};

use super::{
    text,
    trying::{confirmed, missions, report, seed_delivered, trying},
};

#[actix_web::test]
async fn a_mission_is_done_within_its_days_as_often_as_one_likes() {
    on_each_database(async |app| {
        let trial = confirmed(app, &["ana"], json!({ "missions": missions() })).await.remove(0);
        let (path, diary) = (format!("{}/missions", trial.path), format!("{}/missions/diary", trial.path));
        let ana = app.member("ana").await;
        let day = |text: &str| json!({ "text": text });
        ana.put_body(&diary, &day("첫날")).await.expect_problem(409, "not_delivered");
        let before = ana.get(&path).await.expect(200);
        assert_eq!(before["items"][0]["opens_at"], Value::Null);
        seed_delivered(app, &trial);
        let early = ana.put_body(&diary, &day("첫날")).await.expect_problem(409, "mission_not_open");
        let listed = ana.get(&path).await.expect(200);
        assert!(text(&early["detail"]).contains(&text(&listed["items"][0]["opens_at"])[..19]), "{early}");
        assert_eq!(
            (&listed["items"][0]["key"], &listed["items"][1]["key"]),
            (&json!("diary"), &json!("photo"))
        );

        app.advance(TimeDelta::days(1));
        let ana = app.member("ana").await;
        let done = ana.put_body(&diary, &day("하루 써 봤어요")).await.expect(200);
        assert_eq!(
            (&done["done"]["text"], &done["done"]["on_time"]),
            (&json!("하루 써 봤어요"), &json!(true))
        );
        app.advance(TimeDelta::days(9));
        let ana = app.member("ana").await;
        let mended = ana.put_body(&diary, &day("고쳐 씁니다")).await.expect(200);
        assert_eq!(mended["done"]["on_time"], true, "what is mended later makes nobody late");
        assert_eq!(mended["done"]["first_done_at"], done["done"]["first_done_at"]);
        assert_ne!(mended["done"]["done_at"], done["done"]["done_at"]);
        let photo = ana.file("a.png", files::png(4, 4)).await;
        let late =
            ana.put_body(&format!("{path}/photo"), &json!({ "attachment_ids": [photo] })).await.expect(200);
        assert_eq!(
            (&late["done"]["on_time"], &late["done"]["attachments"][0]["id"]),
            (&json!(false), &json!(photo))
        );

        let told = trial.tell(&ana, &report()).await;
        let pm = app.staff("product_manager").await;
        pm.post(&super::trying::of(&told, "/accept"), &json!({})).await.expect(200);
        ana.put_body(&diary, &day("늦게")).await.expect_problem(409, "report_accepted");
        assert_eq!(ana.get(&path).await.expect(200)["items"][0]["done"]["text"], "고쳐 씁니다");
    })
    .await;
}

#[actix_web::test]
async fn each_kind_of_mission_takes_its_own() {
    on_each_database(async |app| {
        let all = json!([
            { "key": "ask", "title": "질문", "kind": "questions", "from_day": 0, "until_day": 9, "questions": [
                { "key": "hours", "label": "몇 시간?", "kind": "number", "required": true, "at_least": 0, "at_most": 24 } ] },
            { "key": "photo", "title": "사진", "kind": "photo", "from_day": 0, "until_day": 9 },
            { "key": "video", "title": "영상", "kind": "video", "from_day": 0, "until_day": 9 },
            { "key": "blog", "title": "블로그", "kind": "post", "from_day": 0, "until_day": 9 },
        ]);
        let trial = trying(app, "ana", json!({ "missions": all })).await;
        let ana = app.member("ana").await;
        let path = |key: &str| format!("{}/missions/{key}", trial.path);
        let pdf = ana.file("a.pdf", files::pdf()).await;
        let foreign = app.member("ben").await.file("b.png", files::png(4, 4)).await;
        let post = |url: &str| json!({ "post": { "url": url, "title": "후기", "beginning": "체험단으로 썼어요" } });
        for (key, body, pointer) in [
            ("ask", json!({}), "/answers/hours"),
            ("ask", json!({ "answers": { "hours": 25 } }), "/answers/hours"),
            ("ask", json!({ "answers": { "hours": 5, "colour": "red" } }), "/answers/colour"),
            ("ask", json!({ "answers": { "hours": 5 }, "url": "https://a.kr" }), "/url"),
            ("photo", json!({ "text": "사진 없음" }), "/attachment_ids"),
            ("photo", json!({ "attachment_ids": [pdf] }), "/attachment_ids/0"),
            ("photo", json!({ "attachment_ids": [foreign] }), "/attachment_ids/0"),
            ("photo", json!({ "attachment_ids": vec![foreign.clone(); 11] }), "/attachment_ids"),
            ("video", json!({ "url": "javascript:alert(1)" }), "/url"),
            ("video", json!({ "url": format!("https://a.kr/{}", "a".repeat(1_000)) }), "/url"),
            ("video", json!({ "adress": "https://a.kr" }), "/adress"),
            ("blog", post("ftp://a.kr"), "/post/url"),
            ("blog", json!({ "post": { "url": "https://a.kr", "beginning": " " } }), "/post/beginning"),
        ] {
            let problem = ana.put_body(&path(key), &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let listed = ana.get(&format!("{}/missions", trial.path)).await.expect(200);
        assert!(listed["items"].as_array().unwrap().iter().all(|mission| mission["done"].is_null()), "{listed}");
        ana.put_body(&path("nothing"), &json!({})).await.expect(404);

        ana.put_body(&path("ask"), &json!({ "answers": { "hours": 5 } })).await.expect(200);
        let video = ana.put_body(&path("video"), &json!({ "url": "https://youtu.be/1" })).await.expect(200);
        assert_eq!(video["done"]["url"], "https://youtu.be/1");
        let blog = ana.put_body(&path("blog"), &post("http://blog.kr/1")).await.expect(200);
        let finding = json!({ "code": "vague", "place": "text", "line": 1, "found": "체험단" });
        assert_eq!(blog["done"]["findings"], json!([finding]));
        // A post for a mission keeps the report from being shown as well as one that the report names.
        let told = trial.tell(&ana, &report()).await;
        assert_eq!((&told["review"]["disclosed"], &told["review"]["texts"][1]["url"]), (&json!(false), &json!("http://blog.kr/1")));
        let better = json!({ "post": { "url": "http://blog.kr/1", "title": "[광고] 후기", "beginning": "썼어요" } });
        assert_eq!(ana.put_body(&path("blog"), &better).await.expect(200)["done"]["findings"], json!([]));
        let told = ana.get(&format!("{}/report", trial.path)).await.expect(200);
        assert_eq!(told["review"]["disclosed"], true);
    })
    .await;
}

#[actix_web::test]
async fn what_was_handed_in_is_seen_by_its_author_and_by_staff_whose_look_is_kept() {
    on_each_database(async |app| {
        let trial = trying(app, "ana", json!({ "missions": missions() })).await;
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let pm = app.staff("product_manager").await;
        let photo = ana.file("a.png", files::png(4, 4)).await;
        let (path, one) = (format!("{}/missions", trial.path), format!("{}/missions/photo", trial.path));
        ana.put_body(&one, &json!({ "attachment_ids": [photo] })).await.expect(200);
        ben.get(&path).await.expect(404);
        ben.put_body(&one, &json!({ "attachment_ids": [] })).await.expect(404);
        pm.put_body(&one, &json!({ "attachment_ids": [] })).await.expect(404);
        let file = format!("/v1/attachments/{photo}");
        ben.get(&file).await.expect(404);
        app.visitor().get(&format!("{file}/content")).await.expect(404);
        pm.get(&file).await.expect(200);
        let seen = pm.get(&path).await.expect(200);
        assert_eq!(seen["items"][1]["done"]["attachments"][0]["id"], json!(photo));
        let looks = app.admin().await.get("/v1/audit?action=list_missions").await.expect(200);
        assert_eq!(looks["items"].as_array().unwrap().len(), 1, "{looks}");
        assert_eq!(looks["items"][0]["after"]["members"], json!([ana.id]));
        // A mission of a picture is not left without one.
        ana.delete(&file).await.expect_problem(409, "handed_in");
        // Replacing the picture leaves the first to the sweep.
        let other = ana.file("b.png", files::png(4, 4)).await;
        ana.put_body(&one, &json!({ "attachment_ids": [other] })).await.expect(200);
        app.advance(TimeDelta::hours(25));
        assert_eq!(app.seed_sweep().await, 1);
        let ana = app.member("ana").await;
        ana.get(&file).await.expect(404);
        ana.get(&format!("/v1/attachments/{other}")).await.expect(200);
    })
    .await;
}
