//! Trial panels: from a draft to seats that are taken.

mod appeals;
mod chances;
mod closing;
mod disclosure;
mod first_come;
mod jobs;
mod journey;
mod leaving;
mod locks;
mod lottery;
mod missions;
pub mod news;
mod pages;
mod people;
mod pictures;
mod planning;
mod races;
mod reports;
mod revisions;
pub mod seats;
mod shipping;
mod stampede;
mod trying;

use chrono::{DateTime, TimeDelta, Utc};
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

/// An hour after now, on the clock of the app.
fn at(app: &TestApp, hours: i64) -> String {
    (app.clock().now() + TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Terms of a panel that opens in an hour and closes in two days.
pub fn terms(app: &TestApp) -> Value {
    json!({
        "title": "새 이어폰 체험단", "product": "마당 이어폰", "contact": "panel@example.com", "seats": 4, "waitlist": 2,
        "method": "lottery", "rules": "기한을 지킵니다.", "disclosure": "[협찬] 제품을 무상으로 제공받아 작성했습니다.",
        "schedule": {
            "opens_at": at(app, 1), "closes_at": at(app, 48), "announce_at": at(app, 120), "confirm_by": at(app, 168),
            "trial_days": 14, "report_days": 7,
        },
        "beacon": { "kind": "manual_sources", "sources": ["동행복권 로또 1300회"] },
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A panel that recruits now, with other terms than the usual.
pub async fn recruiting(app: &TestApp, staff: &Person<'_>, other: Value) -> String {
    let mut terms = terms(app);
    terms["schedule"]["opens_at"] = json!(at(app, -1));
    for (name, value) in other.as_object().unwrap() {
        terms[name] = value.clone();
    }
    let made = staff.post("/v1/panels", &terms).await.expect(201);
    let id = text(&made["id"]).to_owned();
    staff.post(&format!("/v1/panels/{id}/publish"), &json!({})).await.expect(200);
    id
}

/// The phase a panel is in, as a visitor reads it.
async fn phase(app: &TestApp, id: &str) -> String {
    text(&app.visitor().get(&format!("/v1/panels/{id}")).await.expect(200)["phase"]).to_owned()
}

async fn apply(person: &Person<'_>, panel: &str, body: Value) -> Value {
    person.post(&format!("/v1/panels/{panel}/applications"), &body).await.expect(201)
}

async fn step(staff: &Person<'_>, panel: &str, step: &str) -> Value {
    staff.post(&format!("/v1/panels/{panel}/{step}"), &json!({})).await.expect(200)
}

#[actix_web::test]
async fn a_draft_is_written_published_and_then_frozen() {
    on_each_database(async |app| {
        let marketer = app.staff("marketer").await;
        let draft = marketer.post("/v1/panels", &terms(app)).await;
        let location = draft.header("location").unwrap().to_owned();
        let draft = draft.expect(201);
        let id = text(&draft["id"]);
        assert_eq!(
            (&draft["phase"], &draft["rules_hash"], &draft["applicant_count"]),
            (&json!("draft"), &Value::Null, &json!(0))
        );
        app.visitor().get(&location).await.expect(404);
        assert!(app.visitor().get("/v1/panels").await.expect(200)["items"].as_array().unwrap().is_empty());

        let changed = marketer
            .patch(&location, &json!({ "seats": 5, "quotas": { "region": { "seoul": [1, 3] } } }))
            .await;
        assert_eq!(changed.expect(200)["quotas"]["region"]["seoul"], json!([1, 3]));
        let changed =
            marketer.patch(&location, &json!({ "quotas": null, "reward": "상품권" })).await.expect(200);
        assert_eq!((&changed["quotas"], &changed["seats"]), (&json!({}), &json!(5)));

        let published = step(&marketer, id, "publish").await;
        assert_eq!(published["phase"], "scheduled");
        let rules_hash = text(&published["rules_hash"]).to_owned();
        marketer
            .post(&format!("/v1/panels/{id}/publish"), &json!({}))
            .await
            .expect_problem(409, "panel_phase");
        let frozen = marketer.patch(&location, &json!({ "seats": 6 })).await;
        frozen.expect_problem(409, "terms_frozen");
        let better = marketer
            .patch(&location, &json!({ "description": "**더** 자세히", "contact": "desk@example.com" }))
            .await;
        let better = better.expect(200);
        assert_eq!(
            (&better["rules_hash"], &better["description_html"]),
            (&json!(rules_hash), &json!("<p><strong>더</strong> 자세히</p>\n"))
        );
        assert_eq!(marketer.get("/v1/panels").await.expect(200)["items"][0].get("rules_html"), None);
        let log = app.admin().await.get("/v1/audit?action=update_panel").await.expect(200);
        let kept = &log["items"][0]["after"];
        assert_eq!((&kept["description"], kept.get("description_html")), (&json!("**더** 자세히"), None));
        let later = json!({ "schedule": { "closes_at": at(app, 72) } });
        marketer.patch(&location, &later).await.expect(200);
        marketer
            .patch(&location, &json!({ "schedule": { "closes_at": at(app, 3) } }))
            .await
            .expect_problem(409, "terms_frozen");
        marketer.delete(&location).await.expect_problem(409, "panel_phase");
        assert_eq!(phase(app, id).await, "scheduled");
        app.advance(TimeDelta::hours(1));
        let marketer = app.staff("marketer").await;
        assert_eq!(phase(app, id).await, "recruiting");
        assert_eq!(step(&marketer, id, "close_recruiting").await["phase"], "screening");
        marketer.patch(&location, &json!({ "description": "b" })).await.expect_problem(409, "panel_phase");
        let told = marketer.patch(&location, &json!({ "contact": "a" })).await.expect(200);
        assert_eq!((&told["contact"], &told["rules_hash"]), (&json!("a"), &json!(rules_hash)));
        assert_eq!(step(&marketer, id, "cancel").await["phase"], "cancelled");
        marketer.patch(&location, &json!({ "contact": "b" })).await.expect_problem(409, "panel_phase");
        marketer
            .post(&format!("/v1/panels/{id}/cancel"), &json!({}))
            .await
            .expect_problem(409, "panel_phase");
    })
    .await;
}

#[actix_web::test]
async fn terms_that_cannot_be_kept_are_refused_where_they_stand() {
    on_each_database(async |app| {
        let marketer = app.staff("marketer").await;
        let single = json!([{ "key": "device", "label": "기기", "kind": "single", "choices": [] }]);
        for (name, value, pointer) in [
            ("seats", json!(0), "/seats"),
            ("seats", json!("ten"), "/seats"),
            ("title", json!(" "), "/title"),
            ("luck", json!(1), "/luck"),
            ("schedule", json!({ "opens_at": "2027-01-02T00:00:00Z", "closes_at": "2027-01-01T00:00:00Z",
                "announce_at": "2027-01-03T00:00:00Z", "confirm_by": "2027-01-04T00:00:00Z", "trial_days": 1, "report_days": 1 }),
                "/schedule/closes_at"),
            ("quotas", json!({ "region": { "seoul": [3, 2] } }), "/quotas/region/seoul"),
            ("quotas", json!({ "region": { "seoul": [3, 3], "busan": [2, 2] } }), "/quotas/region"),
            ("quotas", json!({ "a": {}, "b": {}, "c": {}, "d": {}, "e": {} }), "/quotas"),
            ("relax", json!(["region"]), "/relax/0"),
            ("questions", single, "/questions/0"),
            ("eligibility", json!([{ "attribute": "age" }]), "/eligibility/0"),
            ("beacon", json!({ "kind": "manual_sources", "sources": [] }), "/beacon/sources"),
        ] {
            let mut body = terms(app);
            body[name] = value;
            let problem = marketer.post("/v1/panels", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let mut past = terms(app);
        past["schedule"]["opens_at"] = json!(at(app, -50));
        past["schedule"]["closes_at"] = json!(at(app, -1));
        let made = marketer.post("/v1/panels", &past).await.expect(201);
        let refused = marketer.post(&format!("/v1/panels/{}/publish", text(&made["id"])), &json!({})).await;
        assert_eq!(refused.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/schedule/closes_at");
    })
    .await;
}

#[actix_web::test]
async fn who_applies_learns_at_once_whether_they_may_be_taken() {
    on_each_database(async |app| {
        let (admin, pm) = (app.admin().await, app.staff("product_manager").await);
        let choices = json!([{ "key": "phone", "label": "휴대폰" }, { "key": "none", "label": "없음", "qualifies": false }]);
        let panel = recruiting(app, &pm, json!({
            "eligibility": [{ "attribute": "region", "one_of": ["seoul"] }, { "attribute": "age", "at_least": 20, "at_most": 39 }],
            "questions": [
                { "key": "device", "label": "어떤 기기를 쓰세요?", "kind": "single", "required": true, "choices": choices },
                { "key": "hours", "label": "하루 몇 시간?", "kind": "number", "at_least": 1 },
                { "key": "why", "label": "왜 신청하셨나요?", "kind": "text" },
            ],
            "consents": [
                { "key": "privacy", "purpose": "운영", "text": "이름과 주소", "required": true },
                { "key": "news", "purpose": "소식", "text": "소식 메일", "required": false },
            ],
        })).await;
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let known = json!({ "attributes": { "region": "seoul", "age": 30 } });
        admin.patch(&format!("/v1/members/{}", ana.id), &known).await.expect(200);
        // Which answers qualify is not told.
        let seen = ana.get(&format!("/v1/panels/{panel}")).await.expect(200);
        assert!(!seen["questions"].to_string().contains("qualifies") && seen["questions"][1].get("at_least").is_none());
        assert_eq!(pm.get(&format!("/v1/panels/{panel}")).await.expect(200)["questions"][0]["choices"][1]["qualifies"], false);

        let path = format!("/v1/panels/{panel}/applications");
        for (answers, pointer) in [
            (json!({}), "/answers/device"),
            (json!({ "device": "watch" }), "/answers/device"),
            (json!({ "device": ["phone"] }), "/answers/device"),
            (json!({ "device": "phone", "hours": "many" }), "/answers/hours"),
            (json!({ "device": "phone", "colour": "red" }), "/answers/colour"),
            (json!({ "device": { "key": "phone" } }), "/answers/device"),
        ] {
            let problem = ana.post(&path, &json!({ "answers": answers })).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let body = json!({ "answers": { "device": "phone", "hours": 2, "why": "궁금해서" }, "consents": ["privacy"] });
        let mine = apply(&ana, &panel, body.clone()).await;
        assert_eq!((&mine["eligible"], &mine["reasons"], &mine["outcome"]), (&json!(true), &json!([]), &json!("applied")));
        assert_eq!(mine["rules_hash"], seen["rules_hash"]);
        ana.post(&path, &body).await.expect_problem(409, "already_applied");
        let odd = apply(&ben, &panel, json!({ "answers": { "device": "none", "hours": 0 } })).await;
        let reasons = json!(["age", "failed_screen:device", "failed_screen:hours", "missing_consent", "region"]);
        assert_eq!((&odd["eligible"], &odd["reasons"]), (&json!(false), &reasons));
        let staff = apply(&pm, &panel, body.clone()).await;
        assert_eq!(staff["reasons"], json!(["age", "employee_or_family", "region"]));

        // What is changed is looked at anew; only one's own. The first answer that keeps somebody out stands.
        let own = format!("/v1/applications/{}", text(&odd["id"]));
        let tried = ben.patch(&own, &json!({ "answers": { "device": "phone", "hours": 0 } })).await;
        assert_eq!(tried.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/answers/device");
        let better = json!({ "consents": ["privacy"], "answers": { "device": "none", "hours": 0, "why": "궁금해서" } });
        let changed = ben.patch(&own, &better).await.expect(200);
        assert_eq!(changed["reasons"], json!(["age", "failed_screen:device", "failed_screen:hours", "region"]));
        ana.patch(&own, &json!({ "consents": [] })).await.expect(404);
        ana.get(&own).await.expect(404);
        assert_eq!(app.visitor().get(&format!("/v1/panels/{panel}")).await.expect(200).get("applicant_count"), None);
        let counted = pm.get(&format!("/v1/panels/{panel}")).await.expect(200);
        assert_eq!((&counted["applicant_count"], &counted["eligible_count"]), (&json!(3), &json!(1)));
        let listed = pm.get(&path).await.expect(200);
        assert_eq!((&listed["items"][0]["member"]["display_name"], listed["items"][0].get("salt")), (&json!("ana"), None));
        ben.delete(&own).await.expect(204);
        assert_eq!(ben.get("/v1/me/applications").await.expect(200)["items"][0]["outcome"], "withdrawn");

        // At closing time it is too late.
        let closes: DateTime<Utc> = text(&seen["schedule"]["closes_at"]).parse().unwrap();
        app.advance(closes - app.clock().now());
        let ana = app.member("ana").await;
        app.member("late").await.post(&path, &body).await.expect_problem(409, "panel_phase");
        ana.patch(&format!("/v1/applications/{}", text(&mine["id"])), &json!({ "consents": [] })).await.expect_problem(409, "panel_phase");
    })
    .await;
}

#[actix_web::test]
async fn a_panel_is_for_those_it_invites() {
    on_each_database(async |app| {
        let (admin, pm) = (app.admin().await, app.staff("product_manager").await);
        let board = pm.board("app", json!({})).await;
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let known = json!({ "attributes": { "plan": "gold" } });
        admin.patch(&format!("/v1/members/{}", app.member("cho").await.id), &known).await.expect(200);
        let idea = ana.idea(&board, "더 긴 배터리").await;
        let rule = json!({ "attribute": "plan", "is": "gold" });
        let segment = pm.post("/v1/segments", &json!({ "name": "골드", "rule": rule })).await.expect(201);
        let path = |panel: &str| format!("/v1/panels/{panel}/applications");
        let voters = recruiting(app, &pm, json!({ "audience": { "supporters_of": idea } })).await;
        let gold = recruiting(app, &pm, json!({ "audience": { "segments": [segment["id"]] } })).await;
        ana.post(&path(&voters), &json!({})).await.expect(201);
        ben.post(&path(&voters), &json!({})).await.expect_problem(403, "not_invited");
        ben.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        ben.post(&path(&voters), &json!({})).await.expect(201);
        ana.post(&path(&gold), &json!({})).await.expect_problem(403, "not_invited");
        admin.patch(&format!("/v1/members/{}", ana.id), &known).await.expect(200);
        ana.post(&path(&gold), &json!({})).await.expect(201);
    })
    .await;
}
