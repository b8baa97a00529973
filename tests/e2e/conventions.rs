//! What holds for every request: problems, limits, headers, languages.

use kit::{contract::DOCUMENT, on_each_database, on_each_database_with};
use madang::{Config, rates::Rates};
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::json;

#[actix_web::test]
async fn a_bad_body_is_refused_with_the_field_that_is_wrong() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let send = async |body: Vec<u8>| {
            let request = pm.request(Method::POST, "/v1/boards/app/ideas");
            pm.send(request.header(CONTENT_TYPE, "application/json").body(body)).await
        };
        for malformed in
            [&b""[..], b"{", b"{\"title\":\"a\"} x", b"{\"title\":\"\xff\"}", b"{\"title\":\"\\ud800\"}"]
        {
            send(malformed.to_vec()).await.expect_problem(400, "malformed_json");
        }
        for (body, pointer, code) in [
            (json!({}), "/title", "required"),
            (json!({ "title": 5 }), "/title", "invalid_type"),
            (json!({ "title": null }), "/title", "invalid_type"),
            (json!({ "title": "a", "tags": ["b", 5] }), "/tags/1", "invalid_type"),
            (json!({ "title": "a", "tags": ["b", ""] }), "/tags/1", "too_short"),
            (json!({ "title": "a", "tags": vec!["t"; 11] }), "/tags", "too_many"),
            (json!({ "title": "a", "titel": "b" }), "/titel", "unknown_field"),
            (json!({ "title": "" }), "/title", "too_short"),
            (json!({ "title": "   " }), "/title", "too_short"),
            (json!({ "title": "a\u{0}b" }), "/title", "control_character"),
            (json!({ "title": "a\nb" }), "/title", "control_character"),
            (json!({ "title": "a", "body": "a\u{8}" }), "/body", "control_character"),
            (json!({ "title": "가".repeat(201) }), "/title", "too_long"),
        ] {
            let problem = send(body.to_string().into_bytes()).await.expect_problem(422, "invalid_fields");
            let error = &problem["errors"][0];
            assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body}");
        }
        send(b"[1]".to_vec()).await.expect_problem(422, "invalid_fields");
        let text =
            pm.request(Method::POST, "/v1/boards/app/ideas").header(CONTENT_TYPE, "text/plain").body("x");
        pm.send(text).await.expect_problem(415, "unsupported_media_type");
        let deep = "[".repeat(100_000);
        send(deep.into_bytes()).await.expect(422);
        let deep = format!("{{\"title\":{}", "[".repeat(100_000));
        send(deep.into_bytes()).await.expect(422);
        assert_eq!(pm.all("/v1/ideas", 10).await.len(), 0);
    })
    .await;
}

#[actix_web::test]
async fn a_huge_body_is_refused() {
    let small = |config| Config { body_limit: 1_000, ..config };
    on_each_database_with(small, async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let body = json!({ "title": "a", "body": "b".repeat(2_000) });
        pm.post("/v1/boards/app/ideas", &body).await.expect_problem(413, "body_too_large");
    })
    .await;
}

#[actix_web::test]
async fn a_bad_query_is_refused_with_the_parameter_that_is_wrong() {
    on_each_database(async |app| {
        for (query, pointer) in [
            ("sort=best", "?sort"),
            ("limit=0", "?limit"),
            ("limit=101", "?limit"),
            ("limit=ten", "?limit"),
            ("author=ana", "?author"),
            ("created_after=yesterday", "?created_after"),
            ("status=Done!", "?status"),
            ("category=done", "?category"),
            ("mine=maybe", "?mine"),
            ("tag=", "?tag"),
            ("q=%00", "?q"),
            ("page=2", "?page"),
        ] {
            let problem =
                app.visitor().get(&format!("/v1/ideas?{query}")).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}: {problem}");
        }
        let long = format!("/v1/ideas?q={}", "%EA%B0%80".repeat(201));
        app.visitor().get(&long).await.expect_problem(422, "invalid_fields");
    })
    .await;
}

#[actix_web::test]
async fn addresses_and_methods_that_are_not_there_say_so() {
    on_each_database(async |app| {
        let visitor = app.visitor();
        visitor.get("/v1/nothing").await.expect_problem(404, "not_found");
        visitor.get("/v1/boards/nothing/ideas").await.expect_problem(404, "not_found");
        visitor.get("/v1/ideas/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d").await.expect_problem(404, "not_found");
        visitor.get("/v1/ideas/42").await.expect_problem(422, "invalid_fields");
        let answer = visitor.put("/v1/boards").await;
        assert_eq!(answer.header("allow"), Some("GET, POST"));
        answer.expect_problem(405, "method_not_allowed");
    })
    .await;
}

#[actix_web::test]
async fn every_address_refuses_the_methods_it_has_not() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
            let filled = path.split('/').map(|part| match part.starts_with('{') {
                true => "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d",
                false => part,
            });
            let filled = filled.collect::<Vec<_>>().join("/");
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                if item.get(method.as_str().to_lowercase()).is_some() {
                    continue;
                }
                let answer = admin.send(admin.request(method.clone(), &filled)).await;
                assert_eq!(answer.status.as_u16(), 405, "{method} {path}: {}", answer.text);
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn messages_are_in_korean_or_english_and_codes_are_the_same() {
    on_each_database(async |app| {
        let ask = async |language: &str| {
            let answer = app.visitor().with("Accept-Language", language).get("/v1/me").await;
            assert_eq!(answer.header("content-language"), Some(&language[..2]));
            answer.expect_problem(401, "sign_in_required")["title"].as_str().unwrap().to_owned()
        };
        assert_eq!(ask("ko-KR,en;q=0.5").await, "로그인이 필요합니다");
        assert_eq!(ask("en").await, "Sign in first");
    })
    .await;
}

#[actix_web::test]
async fn every_answer_carries_a_request_id_and_security_headers() {
    on_each_database(async |app| {
        let answer = app.visitor().with("X-Request-Id", "from-the-front.1").get("/v1/boards").await;
        assert_eq!(answer.header("x-request-id"), Some("from-the-front.1"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
        let odd = app.visitor().with("X-Request-Id", "<script>").get("/v1/nothing").await;
        let id = odd.header("x-request-id").unwrap().to_owned();
        assert_eq!((id.len(), odd.json["request_id"].as_str()), (36, Some(id.as_str())));
    })
    .await;
}

#[actix_web::test]
async fn only_the_listed_origins_may_read_answers() {
    on_each_database(async |app| {
        let allowed = async |origin: &str| {
            let answer = app.visitor().with("Origin", origin).get("/v1/boards").await;
            answer.header("access-control-allow-origin").map(str::to_owned)
        };
        assert_eq!(allowed("https://front.example").await.as_deref(), Some("https://front.example"));
        assert_eq!(allowed("https://evil.example").await, None);
        let preflight = reqwest::Client::new()
            .request(Method::OPTIONS, format!("{}/v1/boards", app.url))
            .header("Origin", "https://front.example")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "idempotency-key, authorization, content-type")
            .send()
            .await
            .unwrap();
        assert_eq!(preflight.status(), 200);
    })
    .await;
}

#[actix_web::test]
async fn budgets_are_spent_by_member_or_else_by_address() {
    let tight =
        |config| Config { rates: Rates::of("writes=3/3600,reads=5/3600,sign_in=9/3600").unwrap(), ..config };
    on_each_database_with(tight, async |app| {
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        for left in (0..3).rev() {
            let answer = ana.patch("/v1/me", &json!({})).await;
            assert_eq!(answer.header("ratelimit-policy"), Some("\"writes\";q=3;w=3600"));
            assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"writes\";r={left};t=")));
            answer.expect(200);
        }
        let refused = ana.patch("/v1/me", &json!({})).await;
        assert!((1..=1_200).contains(&refused.header("retry-after").unwrap().parse().unwrap()));
        refused.expect_problem(429, "too_many_requests");
        ana.get("/v1/me").await.expect(200);
        ben.patch("/v1/me", &json!({})).await.expect(200);
        for _ in 0..5 {
            app.visitor().get("/v1/boards").await.expect(200);
        }
        // What an unknown caller says of their address is not believed.
        let elsewhere = app.visitor().with("X-Forwarded-For", "203.0.113.9");
        elsewhere.get("/v1/boards").await.expect_problem(429, "too_many_requests");
    })
    .await;
}

#[actix_web::test]
async fn a_proxy_that_is_trusted_is_believed() {
    let behind = |config| Config {
        rates: Rates::of("reads=1/3600").unwrap(),
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()],
        ..config
    };
    on_each_database_with(behind, async |app| {
        let from = async |chain: &str| {
            app.visitor().with("X-Forwarded-For", chain).get("/v1/boards").await.status.as_u16()
        };
        assert_eq!(from("203.0.113.1").await, 200);
        assert_eq!(from("203.0.113.1").await, 429);
        assert_eq!(from("203.0.113.2, 10.1.2.3").await, 200);
        // The nearest address that no trusted proxy vouches for counts, whatever stands before it.
        assert_eq!(from("198.51.100.7, 203.0.113.2").await, 429);
    })
    .await;
}
