//! Segments: whom a rule holds, why, and what stands behind an idea.

use chrono::TimeDelta;
use futures_util::future::join_all;
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

fn close(found: &Value, expected: f64) {
    assert!((found.as_f64().unwrap() - expected).abs() < 1e-9, "{found} instead of {expected}");
}

#[actix_web::test]
async fn the_demand_for_an_idea_is_what_was_worked_out_by_hand() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        // Of ten members two are gold, three iron and five (the admin and the manager among them) in no segment.
        let mut people = Vec::new();
        for (n, plan) in ["gold", "gold", "iron", "iron", "iron", "none", "none", "none"].iter().enumerate() {
            people.push(sign_on(app, &format!("m{n}"), json!({ "plan": plan, "purchases": n * 10 })).await);
        }
        let idea = people[0].idea("app", "다크 모드").await;
        let vote = format!("/v1/ideas/{idea}/vote");
        for n in [1, 2, 5] {
            people[n].put(&vote).await.expect(200);
        }
        let path = format!("/v1/ideas/{idea}/demand");
        let found = pm.get(&path).await.expect(200);
        assert_eq!((&found["votes"], &found["weighted_total"], &found["need"]), (&json!(4), &json!(4.0), &json!(4.0)));
        assert_eq!(found["segments"], json!([{ "segment": null, "votes": 4, "share": 1.0, "weighted_votes": 4.0 }]));

        let golden = segment(&pm, "골드", gold()).await;
        pm.patch(&golden, &json!({ "weight": 2 })).await.expect(200);
        segment(&pm, "무쇠", json!({ "attribute": "plan", "is": "iron" })).await;
        // Overlaps, and comes last, so it is nobody's stratum.
        segment(&pm, "큰손", json!({ "all": [{ "attribute": "purchases", "at_least": 10 }, { "attribute": "plan", "in": ["gold", "iron"] }] })).await;
        let found = pm.get(&format!("{path}?attribute=purchases")).await.expect(200);
        // Voters: 2 gold, 1 iron, 1 of none. 0.2/0.5 = 0.4, 0.3/0.25 = 1.2, 0.5/0.25 = 2.
        let rows = found["segments"].as_array().unwrap();
        for (row, (name, votes, share, weighted)) in rows.iter().zip([
            (json!("골드"), 2, 0.5, 0.8),
            (json!("무쇠"), 1, 0.25, 1.2),
            (json!("큰손"), 2, 0.5, 1.6),
            (Value::Null, 1, 0.25, 2.0),
        ]) {
            assert_eq!((&row["segment"]["name"], &row["votes"]), (&name, &json!(votes)));
            close(&row["share"], share);
            close(&row["weighted_votes"], weighted);
        }
        assert_eq!(rows.len(), 4);
        close(&found["weighted_total"], 4.0);
        close(&found["need"], 0.8 * 2.0 + 1.2 + 2.0);
        // The inbox orders by the same, from when the idea is ranked next.
        let marked = pm.patch(&format!("/v1/triage/ideas/{idea}"), &json!({ "effort": 3 })).await.expect(200);
        close(&marked["need"], 4.8);
        // Purchases of the voters: 0, 10, 20, 50.
        let amount = json!({ "name": "purchases", "voters_with_it": 4, "sum": 80.0, "mean": 20.0, "max": 50.0 });
        assert_eq!((&found["attribute"], &found["carried_votes"]), (&amount, &json!(0)));
        // When the first segment goes, its members fall to the next that holds them.
        pm.delete(&golden).await.expect(204);
        let found = pm.get(&path).await.expect(200);
        // Strata now: iron 3 of 10 and 1 of 4; big 1 of 10 and 1 of 4; none 6 of 10 and 2 of 4.
        close(&found["need"], 1.2 + 0.4 + 1.2 * 2.0);
        for wrong in ["plan", "purchase", "member.role"] {
            let problem = pm.get(&format!("{path}?attribute={wrong}")).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "?attribute");
        }
        // A number that only others have is none of the voters'.
        sign_on(app, "m9", json!({ "visits": 3 })).await;
        let found = pm.get(&format!("{path}?attribute=visits")).await.expect(200);
        assert_eq!(found["attribute"], json!({ "name": "visits", "voters_with_it": 0, "sum": 0.0, "mean": null, "max": null }));
        let nowhere = "/v1/ideas/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d/demand";
        pm.get(nowhere).await.expect_problem(404, "not_found");
    })
    .await;
}

#[actix_web::test]
async fn staff_list_ideas_by_the_segment_of_their_voters() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        pm.board("shop", json!({})).await;
        let ana = sign_on(app, "ana", json!({ "plan": "gold" })).await;
        let ben = sign_on(app, "ben", json!({ "plan": "iron" })).await;
        let dark = ana.idea("app", "다크 모드").await;
        ben.idea("app", "글자 크기").await;
        let both = ben.idea("shop", "리필").await;
        ana.put(&format!("/v1/ideas/{both}/vote")).await.expect(200);
        let golden = segment(&pm, "골드", gold()).await;
        let id = golden.rsplit('/').next().unwrap();
        let list = async |path: &str| -> Vec<Value> {
            let items = pm.all(&format!("{path}voter_segment={id}"), 1).await;
            items.into_iter().map(|idea| idea["id"].clone()).collect()
        };
        // Most votes first.
        assert_eq!(list("/v1/ideas?").await, [json!(both), json!(dark)]);
        assert_eq!(list("/v1/ideas?q=%EB%8B%A4%ED%81%AC&").await, [json!(dark)]);
        assert_eq!(list("/v1/boards/app/ideas?").await, [json!(dark)]);
        let page = pm.get(&format!("/v1/ideas?voter_segment={id}&include_total=true")).await.expect(200);
        assert_eq!(page["total"], 2);
        ana.delete(&format!("/v1/ideas/{both}/vote")).await.expect(200);
        assert_eq!(list("/v1/ideas?").await, [json!(dark)]);
        let path = format!("/v1/ideas?voter_segment={id}");
        app.visitor().get(&path).await.expect_problem(401, "sign_in_required");
        ana.get(&path).await.expect_problem(403, "forbidden");
        for unknown in ["01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "gold"] {
            let problem = pm.get(&format!("/v1/ideas?voter_segment={unknown}")).await;
            let problem = problem.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "?voter_segment");
        }
    })
    .await;
}

#[actix_web::test]
async fn thirty_two_sign_ons_while_rules_change_leave_every_count_exact() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        sign_on(app, "first", json!({ "plan": "gold", "nth": -1 })).await;
        let golden = segment(&pm, "골드", gold()).await;
        let few = segment(&pm, "소수", json!({ "attribute": "nth", "less_than": 0 })).await;
        let names: Vec<String> = (0..32).map(|n| format!("m{n}")).collect();
        let arrive = names.iter().enumerate().map(async |(n, name)| {
            sign_on(app, name, json!({ "plan": if n % 2 == 0 { "gold" } else { "iron" }, "nth": n })).await;
        });
        let rule = json!({ "rule": { "attribute": "nth", "less_than": 16 } });
        let widen = async { pm.patch(&few, &rule).await.expect(200) };
        futures_util::join!(join_all(arrive), widen);
        assert_eq!(held(&pm, &golden).await.len(), 17);
        assert_eq!(held(&pm, &few).await.len(), 17);
        // All at once to the other plan, each of them twice.
        let change = names.iter().chain(&names).map(async |name| {
            let attributes = json!({ "plan": "gold", "nth": 100 });
            sign_on(app, name, attributes).await;
        });
        join_all(change).await;
        assert_eq!(held(&pm, &golden).await.len(), 33);
        assert_eq!(held(&pm, &few).await, ["first"]);
    })
    .await;
}
