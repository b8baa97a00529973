//! Accounts: registering, signing in and out, one's own profile.

use chrono::TimeDelta;
use kit::{on_each_database, people::Person};
use serde_json::json;

#[actix_web::test]
async fn whoever_registers_is_signed_in() {
    on_each_database(async |app| {
        let body = json!({ "email": "Ana@Example.com", "password": "a long enough password", "display_name": "아나" });
        let answer = app.visitor().post("/v1/auth/register", &body).await;
        assert_eq!(answer.header("location"), Some("/v1/me"));
        let tokens = answer.expect(201);
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
        let me = Person::signed_in(app, &tokens).get("/v1/me").await.expect(200);
        insta::allow_duplicates! { insta::assert_json_snapshot!(me, { ".id" => "[id]", ".created_at" => "[time]", ".updated_at" => "[time]" }, @r#"
        {
          "attribute_sources": {},
          "attributes": {},
          "blocked": false,
          "created_at": "[time]",
          "display_name": "아나",
          "email": "Ana@Example.com",
          "email_verified": false,
          "erased_at": null,
          "id": "[id]",
          "locale": "ko",
          "permissions": [],
          "role": "member",
          "updated_at": "[time]"
        }
        "#); }
        let again = json!({ "email": "ana@example.COM", "password": "another good password", "display_name": "b" });
        app.visitor().post("/v1/auth/register", &again).await.expect_problem(409, "email_taken");
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    on_each_database(async |app| {
        let body = |email: &str, password: &str| json!({ "email": email, "password": password });
        let visitor = app.visitor();
        let mut wrong =
            visitor.post("/v1/auth/login", &body(kit::ADMIN_EMAIL, "not the password")).await.expect(401);
        let mut unknown =
            visitor.post("/v1/auth/login", &body("x@example.com", "not the password")).await.expect(401);
        let mut no_address = visitor.post("/v1/auth/login", &body("x", "not the password")).await.expect(401);
        for answer in [&mut wrong, &mut unknown, &mut no_address] {
            answer.as_object_mut().unwrap().remove("request_id");
        }
        assert_eq!(wrong["code"], "wrong_credentials");
        assert_eq!((&wrong, &wrong), (&unknown, &no_address));
        visitor.post("/v1/auth/login", &body("ADMIN@example.com", kit::ADMIN_PASSWORD)).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let refresh = async |token: &str| {
            app.visitor().post("/v1/auth/refresh", &json!({ "refresh_token": token })).await
        };
        let first = ana.refresh_token.clone().unwrap();
        let renewed = Person::signed_in(app, &refresh(&first).await.expect(200));
        renewed.get("/v1/me").await.expect(200);
        refresh(&first).await.expect_problem(401, "token_reused");
        // The thief's and the owner's tokens have all ended.
        renewed.get("/v1/me").await.expect_problem(401, "session_ended");
        ana.get("/v1/me").await.expect_problem(401, "session_ended");
        refresh(renewed.refresh_token.as_deref().unwrap()).await.expect_problem(401, "session_ended");
        refresh("never given out").await.expect_problem(401, "session_ended");
        // Another sign-in of hers is not touched.
        app.member("ana").await.get("/v1/me").await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn a_refresh_that_got_no_answer_can_be_repeated() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let body = json!({ "refresh_token": ana.refresh_token });
        let visitor = app.visitor().with("Idempotency-Key", "refresh-1");
        let first = visitor.post("/v1/auth/refresh", &body).await.expect(200);
        let second = visitor.post("/v1/auth/refresh", &body).await;
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        assert_eq!(second.expect(200), first);
        Person::signed_in(app, &first).get("/v1/me").await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn signing_out_ends_the_session_at_once() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let body = json!({ "refresh_token": ana.refresh_token });
        for _ in 0..2 {
            app.visitor().post("/v1/auth/logout", &body).await.expect(204);
        }
        ana.get("/v1/me").await.expect_problem(401, "session_ended");
        app.visitor().post("/v1/auth/refresh", &body).await.expect_problem(401, "session_ended");
    })
    .await;
}

#[actix_web::test]
async fn an_access_token_lasts_fifteen_minutes_and_a_session_thirty_days() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        app.advance(TimeDelta::minutes(14));
        ana.get("/v1/me").await.expect(200);
        app.advance(TimeDelta::minutes(1));
        ana.get("/v1/me").await.expect_problem(401, "token_expired");
        // An old token in the header does not keep anybody from getting a new one.
        let body = json!({ "refresh_token": ana.refresh_token });
        let renewed = Person::signed_in(app, &ana.post("/v1/auth/refresh", &body).await.expect(200));
        app.advance(TimeDelta::days(30));
        let body = json!({ "refresh_token": renewed.refresh_token });
        app.visitor().post("/v1/auth/refresh", &body).await.expect_problem(401, "session_ended");
    })
    .await;
}

#[actix_web::test]
async fn members_change_their_own_profile_and_nothing_else() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let before = ana.get("/v1/me").await;
        let changed =
            ana.patch("/v1/me", &json!({ "display_name": " 아나 ", "locale": "en" })).await.expect(200);
        assert_eq!((&changed["display_name"], &changed["locale"]), (&json!("아나"), &json!("en")));
        ana.patch("/v1/me", &json!({ "role": "admin" })).await.expect_problem(422, "invalid_fields");
        ana.patch("/v1/me", &json!({ "display_name": null })).await.expect_problem(422, "invalid_fields");
        let stale = ana.with("If-Match", &before.etag());
        stale.patch("/v1/me", &json!({ "locale": "ko" })).await.expect_problem(412, "stale");
    })
    .await;
}

#[actix_web::test]
async fn a_token_that_is_not_ours_opens_nothing() {
    on_each_database(async |app| {
        use jsonwebtoken::{Algorithm, EncodingKey, Header};
        let ana = app.member("ana").await;
        let token = ana.token.clone().unwrap();
        let [header, claims, _] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        let forged = {
            let claims = json!({ "iss": "http://madang.test", "aud": "madang", "sub": ana.id, "sid": ana.id, "iat": 0, "exp": 9_999_999_999u64 });
            let key = EncodingKey::from_secret(b"guessed");
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap()
        };
        for bad in [
            format!("{none}.{claims}."),
            format!("{header}.{claims}.AAAA"),
            format!("{header}.{claims}"),
            forged,
            "x".to_owned(),
            kit::people::sso_token(app, &json!({ "sub": "ana", "email": "ana@example.com" })),
        ] {
            ana.with_token(&bad).get("/v1/me").await.expect_problem(401, "invalid_token");
            ana.with_token(&bad).get("/v1/boards").await.expect_problem(401, "invalid_token");
        }
        let basic = app.visitor().with("Authorization", "Basic YTpi");
        basic.get("/v1/me").await.expect_problem(401, "invalid_token");
    })
    .await;
}
