//! What is left of a trial when the one whose it was is forgotten: what was accepted, under no name.

use chrono::TimeDelta;
use kit::{TestApp, files, on_each_database};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    apply, recruiting,
    seats::{self, Seat, seed_excuse, seed_strike},
    step, text,
    trying::{self, Trial, of, report, seed_delivered},
};

/// What of a member's stands somewhere in the rows, each where decision 33 says that it goes.
const TOLD: [&str; 9] = [
    "답변에 적은 이야기",
    "612345678901",
    "미션에 적은 이야기",
    "https://blog.naver.com/tteonan/1",
    "https://blog.naver.com/tteonan/2",
    "떠난이의 얼굴",
    "승인되지 않은 이야기",
    "병원에 있었어요",
    "입원",
];

/// Somebody with the product in hand, who told all of themselves that a panel asks for.
async fn told_all(app: &TestApp) -> Trial {
    let pm = app.staff("product_manager").await;
    let other = json!({
        "method": "first_come", "seats": 1,
        "questions": [{ "key": "why", "label": "왜 신청하셨나요?", "kind": "text" }],
        "consents": [{ "key": "news", "purpose": "소식", "text": "소식 메일", "required": false }],
        "missions": [{ "key": "blog", "title": "블로그", "kind": "post", "from_day": 0, "until_day": 9 }],
    });
    let panel = recruiting(app, &pm, other).await;
    let answers = json!({ "answers": { "why": TOLD[0] }, "consents": ["news"] });
    let sent = apply(&app.member("ana").await, &panel, answers).await;
    app.advance(TimeDelta::hours(120));
    let marketer = app.staff("marketer").await;
    step(&marketer, &panel, "announce").await;
    let (ana, path) = (app.member("ana").await, format!("/v1/applications/{}", text(&sent["id"])));
    ana.post(&format!("{path}/confirm"), &json!({})).await.expect(200);
    let address =
        json!({ "recipient": "떠난이", "phone": "010-1234-5678", "postal_code": "03187", "line1": "종로 6" });
    ana.put_body(&format!("{path}/address"), &address).await.expect(200);
    let line = format!(
        "application_id,courier,tracking,state\n{},한진택배,{},shipped\n",
        text(&sent["id"]),
        TOLD[1]
    );
    let request = marketer.request(Method::POST, &format!("/v1/panels/{panel}/shipments/import"));
    marketer.send(request.header("content-type", "text/csv").body(line)).await.expect(200);
    ana.post(&format!("{path}/received"), &json!({})).await.expect(200);

    let post = |url: &str| json!({ "url": url, "title": "[협찬] 이어폰", "beginning": "제품을 제공받아 작성했습니다." });
    let work = json!({ "post": post(TOLD[3]), "text": TOLD[2] });
    ana.put_body(&format!("{path}/missions/blog"), &work).await.expect(200);
    let mut body = report();
    body["external_posts"] = json!([post(TOLD[4])]);
    body["attachment_ids"] = json!([ana.file(&format!("{}.png", TOLD[5]), files::png(4, 4)).await]);
    let trial = Trial { panel, path };
    let told = trial.tell(&ana, &body).await;
    marketer.post(&of(&told, "/accept"), &json!({})).await.expect(200);
    trial
}

#[actix_web::test]
async fn nothing_is_left_of_a_trial_but_what_was_accepted() {
    on_each_database(async |app| {
        let trial = told_all(app).await;
        // Of two other trials, one report waits to be accepted, and one never came.
        let waiting = trying::confirmed(app, &["ana"], json!({})).await.remove(0);
        seed_delivered(app, &waiting);
        let ana = app.member("ana").await;
        let mut body = report();
        body["body"] = json!(TOLD[6]);
        let unread = waiting.tell(&ana, &body).await;
        let missed: Seat = seats::confirmed(app, "ana").await;
        seed_strike(app, &missed, &ana.id, Some(TOLD[7]));
        seed_excuse(app, &missed.application);

        let ana = app.member("ana").await;
        let mine = ana.get(&trial.path).await.expect(200);
        let salt = text(&mine["salt"]).to_owned();
        let rows = app.seed_read_rows();
        for known in TOLD.into_iter().chain([&*salt]) {
            assert!(rows.contains(known), "{known} was never there");
        }
        let visitor = app.visitor();
        let listed = || async { visitor.all(&trial.reports(), 10).await.remove(0) };
        let before = listed().await;
        let (address, etag) = (of(&before, ""), visitor.get(&of(&before, "")).await);
        let etag = etag.header("etag").unwrap().to_owned();
        ana.post("/v1/me/erase", &json!({})).await.expect(204);

        let rows = app.seed_read_rows();
        for known in TOLD.into_iter().chain([&*salt]) {
            assert!(!rows.contains(known), "{known} is remembered");
        }
        let pm = app.staff("product_manager").await;
        let left = pm.all(&format!("/v1/panels/{}/applications", trial.panel), 10).await.remove(0);
        assert_eq!((&left["ticket"], left.get("member")), (&mine["ticket"], None));
        assert_eq!((&left["answers"], &left["consents"]), (&json!({}), &json!([])));
        let parcel = pm.all(&format!("/v1/panels/{}/shipments", trial.panel), 10).await.remove(0);
        assert_eq!((&parcel["address_state"], &parcel["tracking"]), (&json!("none"), &Value::Null));
        assert_eq!(pm.all(&format!("{}?state=all", waiting.reports()), 10).await, [] as [Value; 0]);
        pm.get(&of(&unread, "")).await.expect(404);

        // What was learned is read as before, by whoever kept the page too.
        let after = listed().await;
        for part in ["id", "title", "body", "pros", "cons", "useful", "verified", "published", "sent_at"] {
            assert_eq!(after[part], before[part], "{part}");
        }
        assert_eq!((&after["name"], &after["external_posts"]), (&Value::Null, &json!([])));
        assert_eq!(after["attachments"][0]["id"], before["attachments"][0]["id"]);
        assert_eq!(after["attachments"][0]["name"], "file.png");
        let again = visitor.with("If-None-Match", &etag).get(&address).await.expect(200);
        assert_eq!(again["external_posts"], json!([]));
    })
    .await;
}
