//! Segments: whom a rule holds, why, and what stands behind an idea.

mod demand;

use chrono::TimeDelta;
use kit::{
    TestApp, on_each_database,
    people::{Person, sso_token},
};
use serde_json::{Value, json};

/// A sign-on of this name, with what the brand says of them.
async fn sign_on<'a>(app: &'a TestApp, name: &str, attributes: Value) -> Person<'a> {
    let claims = json!({
        "sub": name, "email": format!("{name}@example.com"), "name": name, "attributes": attributes,
    });
    let answer = app.visitor().post("/v1/auth/sso", &json!({ "token": sso_token(app, &claims) })).await;
    Person::signed_in(app, &answer.expect(200))
}

/// A new segment; its address.
async fn segment(by: &Person<'_>, name: &str, rule: Value) -> String {
    let made = by.post("/v1/segments", &json!({ "name": name, "rule": rule })).await.expect(201);
    format!("/v1/segments/{}", made["id"].as_str().unwrap())
}

/// The names of whom a segment holds, which its count must equal.
async fn held(by: &Person<'_>, path: &str) -> Vec<String> {
    let members = by.all(&format!("{path}/members"), 2).await;
    assert_eq!(by.get(path).await.expect(200)["member_count"], members.len(), "{path}");
    members.iter().map(|member| member["display_name"].as_str().unwrap().to_owned()).collect()
}

fn gold() -> Value {
    json!({ "attribute": "plan", "is": "gold" })
}

#[actix_web::test]
async fn a_segment_holds_whom_its_rule_says_and_a_preview_says_so_before() {
    on_each_database(async |app| {
        let marketer = app.staff("marketer").await;
        sign_on(app, "ana", json!({ "plan": "gold", "purchases": 12, "city": "서울 강남구", "vip": true })).await;
        sign_on(app, "ben", json!({ "plan": "gold", "purchases": 3, "joined": "2026-01-01" })).await;
        sign_on(app, "cho", json!({ "plan": "iron", "purchases": 30, "city": "서울" })).await;
        for (rule, expected) in [
            (gold(), vec!["ana", "ben"]),
            (json!({ "attribute": "plan", "is_not": "gold" }), vec!["cho"]),
            (json!({ "not": gold() }), vec!["Admin", "staff-marketer", "cho"]),
            (json!({ "attribute": "plan", "in": ["iron", "gold"] }), vec!["ana", "ben", "cho"]),
            (json!({ "attribute": "city", "contains": "강남" }), vec!["ana"]),
            (json!({ "attribute": "vip", "is": true }), vec!["ana"]),
            (json!({ "attribute": "purchases", "at_least": 12 }), vec!["ana", "cho"]),
            (json!({ "attribute": "purchases", "more_than": 12 }), vec!["cho"]),
            (json!({ "attribute": "purchases", "at_most": 12 }), vec!["ana", "ben"]),
            (json!({ "attribute": "purchases", "less_than": 12 }), vec!["ben"]),
            (json!({ "attribute": "joined", "before": "2026-01-02" }), vec!["ben"]),
            (json!({ "attribute": "joined", "after": "2026-01-01T00:00:00.001+09:00" }), vec![]),
            (json!({ "all": [gold(), { "attribute": "city", "exists": false }] }), vec!["ben"]),
            (json!({ "any": [{ "attribute": "vip", "exists": true }, { "attribute": "member.role", "is": "admin" }] }), vec!["Admin", "ana"]),
            (json!({ "any": [] }), vec![]),
            (json!({ "all": [] }), vec!["Admin", "staff-marketer", "ana", "ben", "cho"]),
        ] {
            let found = marketer.post("/v1/segments/preview", &json!({ "rule": rule })).await.expect(200);
            let path = segment(&marketer, "하나", rule.clone()).await;
            assert_eq!(held(&marketer, &path).await, expected, "{rule}");
            let sample = found["sample"].as_array().unwrap().iter();
            let sample: Vec<&str> = sample.map(|member| member["display_name"].as_str().unwrap()).collect();
            assert_eq!(sample, expected, "{rule}");
            assert_eq!((&found["count"], &found["of"]), (&json!(expected.len()), &json!(5)), "{rule}");
            // Given back as it was sent.
            assert_eq!(marketer.get(&path).await.expect(200)["rule"], rule);
        }
        assert_eq!(marketer.all("/v1/segments", 3).await.len(), 16);
    })
    .await;
}

#[actix_web::test]
async fn members_move_in_and_out_as_what_is_known_of_them_changes() {
    on_each_database(async |app| {
        let (admin, pm) = (app.admin().await, app.staff("product_manager").await);
        let ana = sign_on(app, "ana", json!({ "plan": "gold" })).await;
        let golden = segment(&pm, "골드", gold()).await;
        let english = segment(&pm, "영어", json!({ "attribute": "member.locale", "is": "en" })).await;
        let staff = segment(&pm, "운영진", json!({ "attribute": "member.role", "is_not": "member" })).await;
        assert_eq!(held(&pm, &golden).await, ["ana"]);
        sign_on(app, "ana", json!({ "plan": "iron" })).await;
        assert_eq!(held(&pm, &golden).await, Vec::<String>::new());
        let path = format!("/v1/members/{}", ana.id);
        let changed = admin.patch(&path, &json!({ "attributes": { "plan": "gold", "since": 2020 } })).await.expect(200);
        assert_eq!(changed["attributes"], json!({ "plan": "gold", "since": 2020 }));
        assert_eq!(changed["attribute_sources"]["plan"]["source"], "admin");
        assert_eq!(held(&pm, &golden).await, ["ana"]);
        // What an admin has said, the sign-on does not overwrite, until the admin takes it back.
        let ana = sign_on(app, "ana", json!({ "plan": "iron", "city": "서울" })).await;
        let me = ana.get("/v1/me").await.expect(200);
        assert_eq!(me["attributes"], json!({ "plan": "gold", "since": 2020, "city": "서울" }));
        assert_eq!(me["attribute_sources"]["city"]["source"], "sso");
        admin.patch(&path, &json!({ "attributes": { "plan": null } })).await.expect(200);
        assert_eq!(held(&pm, &golden).await, Vec::<String>::new());
        sign_on(app, "ana", json!({ "plan": "gold" })).await;
        sign_on(app, "new", json!({ "plan": "gold" })).await;
        assert_eq!(held(&pm, &golden).await, ["ana", "new"]);
        assert_eq!(held(&pm, &english).await, Vec::<String>::new());
        ana.patch("/v1/me", &json!({ "locale": "en" })).await.expect(200);
        let body = json!({
            "email": "kim@example.com", "password": "a long enough password", "display_name": "kim", "locale": "en",
        });
        app.visitor().post("/v1/auth/register", &body).await.expect(201);
        assert_eq!(held(&pm, &english).await, ["ana", "kim"]);
        admin.patch(&path, &json!({ "role": "moderator" })).await.expect(200);
        assert_eq!(held(&pm, &staff).await, ["Admin", "staff-product-manager", "ana"]);
        for (name, value) in [("member.role", json!("admin")), ("a/b", json!("x\ny")), ("", json!(1))] {
            let said = json!({ "attributes": { name: value } });
            let problem = admin.patch(&path, &said).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], format!("/attributes/{}", name.replace('/', "~1")));
        }
        let many: serde_json::Map<String, Value> = (0..50).map(|n| (format!("n{n}"), json!(n))).collect();
        let problem = admin.patch(&path, &json!({ "attributes": many })).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/attributes");
        admin.patch(&path, &json!({ "attributes": { "plan": [1] } })).await.expect_problem(422, "invalid_fields");
    })
    .await;
}

#[actix_web::test]
async fn a_rule_that_cannot_be_meant_is_refused_where_it_is_wrong_and_leaves_nothing() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        sign_on(app, "ana", json!({ "plan": "gold", "purchases": 12 })).await;
        let deep = (0..5).fold(gold(), |rule, _| json!({ "not": rule }));
        let wide = json!({ "any": vec![gold(); 51] });
        for (rule, pointer, code) in [
            (
                json!({ "all": [gold(), { "attribute": "plam", "is": "gold" }] }),
                "/rule/all/1/attribute",
                "invalid_form",
            ),
            (
                json!({ "not": { "attribute": "member.email", "exists": true } }),
                "/rule/not/attribute",
                "invalid_form",
            ),
            (json!({ "attribute": "plan", "at_least": 3 }), "/rule/at_least", "invalid_form"),
            (json!({ "attribute": "purchases", "contains": "1" }), "/rule/contains", "invalid_form"),
            (json!({ "attribute": "purchases", "is": "12" }), "/rule/is", "invalid_form"),
            (
                json!({ "any": [{ "attribute": "plan", "before": "2026-01-01" }] }),
                "/rule/any/0/before",
                "invalid_form",
            ),
            (json!({ "attribute": "member.created_at", "after": "01/02/26" }), "/rule/after", "invalid_form"),
            (
                json!({ "attribute": "member.created_at", "within_days": 0 }),
                "/rule/within_days",
                "invalid_form",
            ),
            (json!({ "attribute": "purchases", "at_least": "12" }), "/rule/at_least", "invalid_form"),
            (json!({ "attribute": "plan", "in": [] }), "/rule/in", "invalid_form"),
            (json!({ "attribute": "plan" }), "/rule", "invalid_form"),
            (json!({ "attribute": "plan", "is": "a", "is_not": "b" }), "/rule", "invalid_form"),
            (json!({ "all": [], "any": [] }), "/rule", "invalid_form"),
            (json!({ "all": [{}] }), "/rule/all/0", "invalid_form"),
            (json!({ "all": [{ "attribute": "plan", "like": "g%" }] }), "/rule/all/0/like", "unknown_field"),
            (json!({ "attribute": "plan", "is": null }), "/rule/is", "invalid_type"),
            (deep, "/rule", "invalid_form"),
            (wide, "/rule", "too_many"),
        ] {
            for path in ["/v1/segments", "/v1/segments/preview"] {
                let body = if path.ends_with('s') {
                    json!({ "name": "하나", "rule": rule })
                } else {
                    json!({ "rule": rule })
                };
                let problem = pm.post(path, &body).await.expect_problem(422, "invalid_fields");
                let error = &problem["errors"][0];
                assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{rule}");
            }
        }
        for (body, pointer) in [
            (json!({ "name": " ", "rule": gold() }), "/name"),
            (json!({ "name": "가".repeat(61), "rule": gold() }), "/name"),
            (json!({ "name": "하나", "rule": gold(), "weight": 10.5 }), "/weight"),
            (json!({ "name": "하나", "rule": gold(), "weight": -1 }), "/weight"),
            (json!({ "name": "하나" }), "/rule"),
        ] {
            let problem = pm.post("/v1/segments", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        assert_eq!(pm.all("/v1/segments", 10).await.len(), 0);
    })
    .await;
}

#[actix_web::test]
async fn a_segment_is_edited_once_for_each_version_and_deleted_for_good() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        sign_on(app, "ana", json!({ "plan": "gold" })).await;
        sign_on(app, "ben", json!({ "plan": "iron" })).await;
        let path = segment(&pm, "골드", gold()).await;
        let etag = pm.get(&path).await.etag();
        let iron =
            json!({ "rule": { "attribute": "plan", "is": "iron" }, "weight": 2.5, "description": "무쇠" });
        let changed = pm.with("If-Match", &etag).patch(&path, &iron).await.expect(200);
        assert_eq!((&changed["weight"], &changed["member_count"]), (&json!(2.5), &json!(1)));
        assert_eq!((&changed["name"], &changed["description"]), (&json!("골드"), &json!("무쇠")));
        assert_eq!(held(&pm, &path).await, ["ben"]);
        pm.with("If-Match", &etag).patch(&path, &json!({ "weight": 3 })).await.expect_problem(412, "stale");
        // A rule that is refused leaves the old one and its members.
        let unknown = json!({ "name": "새", "rule": { "attribute": "x", "is": "y" } });
        let problem = pm.patch(&path, &unknown).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/rule/attribute");
        assert_eq!(pm.get(&path).await.expect(200)["name"], "골드");
        assert_eq!(held(&pm, &path).await, ["ben"]);
        let before = pm.get(&path).await.etag();
        pm.patch(&path, &iron).await.expect(200);
        assert_eq!(pm.get(&path).await.etag(), before, "the same again is no change");
        pm.with("If-Match", &etag).delete(&path).await.expect_problem(412, "stale");
        pm.delete(&path).await.expect(204);
        for gone in [path.clone(), format!("{path}/members")] {
            pm.get(&gone).await.expect_problem(404, "not_found");
        }
        pm.patch(&path, &json!({ "weight": 1 })).await.expect_problem(404, "not_found");
        let kinds: Vec<String> = app.seed_read_events().into_iter().map(|(kind, _)| kind).collect();
        let told: Vec<&str> =
            kinds.iter().map(String::as_str).filter(|kind| kind.starts_with("segment.")).collect();
        assert_eq!(told, ["segment.created", "segment.updated", "segment.deleted"]);
    })
    .await;
}

#[actix_web::test]
async fn a_segment_says_why_it_holds_a_member() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let ana = sign_on(app, "ana", json!({ "plan": "gold", "purchases": 3 })).await;
        let path = segment(&pm, "단골", json!({ "all": [gold(), { "not": { "attribute": "purchases", "less_than": 12 } }] })).await;
        let why = format!("{path}/members/{}", ana.id);
        let told = pm.get(&why).await.expect(200);
        assert_eq!((&told["matches"], &told["member"]["display_name"]), (&json!(false), &json!("ana")));
        let expected = json!([
            { "pointer": "/rule/all/0", "attribute": "plan", "op": "is", "wanted": "gold", "found": "gold", "holds": true,
              "words": "plan is \"gold\" (the member has: \"gold\")" },
            { "pointer": "/rule/all/1/not", "attribute": "purchases", "op": "less_than", "wanted": 12, "found": 3,
              "holds": true, "words": "purchases is less than 12 (the member has: 3)" },
        ]);
        assert_eq!(told["because"], expected);
        let told = pm.with("Accept-Language", "ko").get(&format!("{path}/members/{}", pm.id)).await.expect(200);
        assert_eq!((&told["matches"], &told["because"][0]["found"]), (&json!(false), &Value::Null));
        assert_eq!(told["because"][0]["words"], "plan 값이 \"gold\" (회원의 값: 없음)");
        sign_on(app, "ana", json!({ "plan": "gold", "purchases": 12 })).await;
        assert_eq!(pm.get(&why).await.expect(200)["matches"], true);
        let nobody = format!("{path}/members/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d");
        pm.get(&nobody).await.expect_problem(404, "not_found");
        pm.get(&format!("{path}/members/ana")).await.expect_problem(422, "invalid_fields");
    })
    .await;
}

#[actix_web::test]
async fn time_alone_moves_members_by_the_next_night() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let day = |days| (app.clock().now() - TimeDelta::days(days)).format("%Y-%m-%d").to_string();
        sign_on(app, "ana", json!({ "seen": day(20) })).await;
        sign_on(app, "ben", json!({ "seen": day(5) })).await;
        let path = segment(&pm, "최근", json!({ "attribute": "seen", "within_days": 30 })).await;
        let fixed = segment(&pm, "이후", json!({ "attribute": "seen", "after": day(10) })).await;
        assert_eq!(held(&pm, &path).await, ["ana", "ben"]);
        app.advance(TimeDelta::days(15));
        let pm = app.staff("product_manager").await;
        let db = madang::open_database(app.config()).unwrap();
        let asked = madang::jobs::refresh_segments(&db, app.clock()).await.unwrap();
        assert_eq!(asked, 1, "the rule of a fixed day does not age");
        assert_eq!(held(&pm, &path).await, ["ben"]);
        assert_eq!(held(&pm, &fixed).await, ["ben"]);
    })
    .await;
}
