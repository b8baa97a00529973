//! Disclosure: rules that staff keep, and what they find.

use chrono::TimeDelta;
use domain::calendar::seoul;
use kit::on_each_database;
use serde_json::{Value, json};

use super::{terms, text};

const RULES: &str = "/v1/disclosure_rules";

#[actix_web::test]
async fn any_text_can_be_looked_through_and_nothing_is_kept_of_it() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let check = async |title: &str, text: &str| {
            let body = json!({ "title": title, "text": text });
            ana.post("/v1/disclosure/check", &body).await.expect(200)
        };
        assert_eq!(check("[협찬] 이어폰", "좋아요").await, json!({ "disclosed": true, "findings": [] }));
        let late = check("이어폰", "하나\n둘\n셋\n넷\n제품을 제공받아 작성했습니다.").await;
        let finding = json!({ "code": "too_late", "place": "text", "line": 5, "found": "제공받아" });
        assert_eq!(late, json!({ "disclosed": false, "findings": [finding] }));
        let perhaps = check("이어폰", "수수료를 받을\u{200b} 수 있습니다").await;
        assert_eq!(perhaps["findings"][0]["code"], "conditional");
        assert_eq!(
            check("이어폰", "좋아요").await["findings"][0],
            json!({ "code": "missing", "place": null, "line": null, "found": null })
        );
        let long = json!({ "text": "가".repeat(20_001) });
        ana.post("/v1/disclosure/check", &long).await.expect_problem(422, "invalid_fields");
    })
    .await;
}

#[actix_web::test]
async fn staff_change_the_rules_and_are_told_when_to_look_again() {
    on_each_database(async |app| {
        let (ana, pm) = (app.member("ana").await, app.staff("product_manager").await);
        let built_in = ana.get(RULES).await;
        let etag = built_in.etag();
        let built_in = built_in.expect(200);
        assert_eq!(built_in["updated_at"], Value::Null);
        let today = seoul(app.clock().now()).date();
        let mut rules = json!({
            "phrases": ["Anzeige"], "conditional": [], "interests": [], "denials": [], "negations": [], "vague": [],
            "first_characters": 10, "first_lines": 1, "review_by": today,
        });
        ana.put_body(RULES, &rules).await.expect_problem(403, "forbidden");
        for (name, value, pointer) in [
            ("phrases", json!([]), "/phrases"),
            ("phrases", json!(["…"]), "/phrases/0"),
            ("vague", json!(vec!["a"; 101]), "/vague"),
            ("first_lines", json!(0), "/first_lines"),
            ("first_characters", json!(2_001), "/first_characters"),
            ("review_by", json!("tomorrow"), "/review_by"),
            ("lenient", json!(true), "/lenient"),
        ] {
            let mut odd = rules.clone();
            odd[name] = value;
            let problem = pm.put_body(RULES, &odd).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(ana.get(RULES).await.expect(200), built_in);

        let changed = pm.with("If-Match", &etag).put_body(RULES, &rules).await.expect(200);
        assert_eq!((&changed["rules"]["phrases"], &changed["overdue"]), (&json!(["Anzeige"]), &json!(false)));
        rules["first_lines"] = json!(2);
        pm.with("If-Match", &etag).put_body(RULES, &rules).await.expect_problem(412, "stale");
        let found = ana.post("/v1/disclosure/check", &json!({ "text": "[협찬]" })).await.expect(200);
        assert_eq!(found["findings"][0]["code"], "missing");
        let kept = app.admin().await.get("/v1/audit?action=put_disclosure_rules").await.expect(200);
        assert_eq!(kept["items"][0]["after"]["rules"]["phrases"], json!(["Anzeige"]), "{kept}");

        app.advance(TimeDelta::days(2));
        assert_eq!(app.member("ana").await.get(RULES).await.expect(200)["overdue"], true);
    })
    .await;
}

#[actix_web::test]
async fn a_panel_gives_its_people_words_that_say_it() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        for (disclosure, status) in [
            ("제품을 제공받을 수 있습니다.", 422),
            ("마당 체험단으로 작성했습니다.", 422),
            ("[광고] 제품을 무상으로 제공받아 작성했습니다.", 200),
        ] {
            let mut body = terms(app);
            body["disclosure"] = json!(disclosure);
            let made = pm.post("/v1/panels", &body).await.expect(201);
            let path = format!("/v1/panels/{}/publish", text(&made["id"]));
            let published = pm.post(&path, &json!({})).await.expect(status);
            if status == 422 {
                assert_eq!(published["errors"][0]["pointer"], "/disclosure", "{published}");
            }
        }
    })
    .await;
}
