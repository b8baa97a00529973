//! The brand's own sign-on: a shared secret, a file of keys, an address of keys.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use kit::{
    TestApp, on_each_database, on_each_database_with,
    people::{Person, sso_token},
};
use madang::config::{Config, Sso, SsoKeys};
use serde_json::{Value, json};

async fn sign_on(app: &TestApp, claims: &Value) -> kit::answer::Answer {
    app.visitor().post("/v1/auth/sso", &json!({ "token": sso_token(app, claims) })).await
}

#[actix_web::test]
async fn the_first_sign_on_makes_the_member_and_the_next_brings_them_up_to_date() {
    on_each_database(async |app| {
        let claims = json!({ "sub": "c-1", "email": "ana@shop.kr", "name": "아나", "attributes": { "plan": "gold", "purchases": 12, "vip": true } });
        let first = sign_on(app, &claims).await.expect(200);
        assert_eq!(first["member"]["attributes"], claims["attributes"]);
        let claims = json!({ "sub": "c-1", "email": "ana@new.kr", "name": "아나 김", "attributes": { "plan": "silver" } });
        let second = sign_on(app, &claims).await.expect(200)["member"].clone();
        assert_eq!(second["id"], first["member"]["id"]);
        assert_eq!((&second["email"], &second["display_name"]), (&json!("ana@new.kr"), &json!("아나 김")));
        assert_eq!(second["attributes"], json!({ "plan": "silver" }));
        // A token that does not speak of attributes leaves them as they are.
        let third = sign_on(app, &json!({ "sub": "c-1", "email": "ana@new.kr", "name": "아나 김" })).await.expect(200);
        assert_eq!(third["member"]["attributes"], json!({ "plan": "silver" }));
    })
    .await;
}

#[actix_web::test]
async fn an_address_with_a_password_is_linked_only_when_it_is_proven() {
    on_each_database(async |app| {
        let body = json!({ "email": "ana@shop.kr", "password": "set by somebody", "display_name": "?" });
        let squatter = app.visitor().post("/v1/auth/register", &body).await.expect(201);
        let claims = json!({ "sub": "c-1", "email": "ana@shop.kr", "name": "아나" });
        sign_on(app, &claims).await.expect_problem(409, "email_unproven");
        let proven = json!({ "sub": "c-1", "email": "ana@shop.kr", "name": "아나", "email_verified": true });
        let linked = sign_on(app, &proven).await.expect(200);
        assert_eq!(linked["member"]["id"], squatter["member"]["id"]);
        // Whoever set the password is out.
        Person::signed_in(app, &squatter).get("/v1/me").await.expect_problem(401, "session_ended");
        let login = json!({ "email": "ana@shop.kr", "password": "set by somebody" });
        app.visitor().post("/v1/auth/login", &login).await.expect_problem(401, "wrong_credentials");
        sign_on(app, &claims).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn a_bad_token_is_refused_and_says_why() {
    on_each_database(async |app| {
        let send = async |token: &str| app.visitor().post("/v1/auth/sso", &json!({ "token": token })).await;
        let expired = app.clock().now() - TimeDelta::seconds(1);
        let claims = json!({ "sub": "c-1", "email": "ana@shop.kr", "exp": expired.timestamp() });
        send(&sso_token(app, &claims)).await.expect_problem(401, "token_expired");
        send("x.y.z").await.expect_problem(401, "invalid_token");
        send("eyJhbGciOiJub25lIn0.eyJzdWIiOiJjIn0.").await.expect_problem(401, "invalid_token");
        let key = EncodingKey::from_secret(b"another secret altogether, long enough");
        let forged =
            jsonwebtoken::encode(&Header::default(), &json!({ "sub": "c", "exp": 9_999_999_999u64 }), &key);
        send(&forged.unwrap()).await.expect_problem(401, "invalid_token");
        for (claims, pointer) in [
            (json!({ "sub": "c-1", "email": "no address" }), "/token/email"),
            (json!({ "sub": "", "email": "a@shop.kr" }), "/token/sub"),
            (
                json!({ "sub": "c-1", "email": "a@shop.kr", "attributes": { "x": [1] } }),
                "/token/attributes/x",
            ),
            (json!({ "sub": "c-1" }), "/token"),
        ] {
            let problem = sign_on(app, &claims).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer);
        }
    })
    .await;
}

#[actix_web::test]
async fn without_settings_there_is_no_sign_on() {
    let without = |config| Config { sso: None, ..config };
    on_each_database_with(without, async |app| {
        let claims = json!({ "sub": "c-1", "email": "ana@shop.kr" });
        sign_on(app, &claims).await.expect_problem(409, "sso_not_configured");
    })
    .await;
}

/// A pair of Ed25519 keys as openssl makes them, used nowhere else.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

fn brand_token(app: &TestApp, kid: &str, changes: Value) -> String {
    let mut claims = json!({
        "sub": "c-1", "email": "ana@shop.kr", "name": "아나", "iss": "https://shop.kr", "aud": "madang",
        "exp": (app.clock().now() + TimeDelta::minutes(5)).timestamp(),
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) };
    let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

fn jwks(kid: &str) -> Value {
    let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).unwrap();
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    jwk.common.key_id = Some(kid.to_owned());
    json!({ "keys": [jwk] })
}

fn with_keys(keys: SsoKeys) -> impl Fn(Config) -> Config {
    move |config| Config {
        sso: Some(Sso {
            keys: keys.clone(),
            issuer: Some("https://shop.kr".to_owned()),
            audience: Some("madang".to_owned()),
        }),
        ..config
    }
}

#[actix_web::test]
async fn a_file_of_public_keys_checks_issuer_audience_and_signature() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, jwks("k1").to_string()).unwrap();
    on_each_database_with(with_keys(SsoKeys::JwksFile(file.clone())), async |app| {
        let send = async |token: &str| app.visitor().post("/v1/auth/sso", &json!({ "token": token })).await;
        send(&brand_token(app, "k1", json!({}))).await.expect(200);
        send(&brand_token(app, "k2", json!({}))).await.expect_problem(401, "invalid_token");
        send(&brand_token(app, "k1", json!({ "iss": "https://evil.kr" }))).await.expect_problem(401, "invalid_token");
        send(&brand_token(app, "k1", json!({ "aud": "other" }))).await.expect_problem(401, "invalid_token");
        // A public key must not be taken for a shared secret.
        let public = jwks("k1")["keys"][0]["x"].as_str().unwrap().to_owned();
        let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
        let claims = json!({ "sub": "c-1", "email": "a@shop.kr", "iss": "https://shop.kr", "aud": "madang", "exp": 9_999_999_999u64 });
        let confused = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(public.as_bytes())).unwrap();
        send(&confused).await.expect_problem(401, "invalid_token");
    })
    .await;
}

#[actix_web::test]
async fn an_address_of_keys_is_asked_again_for_a_new_key_but_not_for_every_odd_one() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = web::Data::from(Arc::clone(&asked));
    let keys = HttpServer::new(move || {
        App::new().app_data(counter.clone()).route(
            "/jwks",
            web::get().to(async |asked: web::Data<AtomicUsize>| {
                let nth = asked.fetch_add(1, Ordering::SeqCst);
                HttpResponse::Ok().json(jwks(if nth.is_multiple_of(2) { "k1" } else { "k2" }))
            }),
        )
    })
    .workers(1)
    .bind(("127.0.0.1", 0))
    .unwrap();
    let url = format!("http://{}/jwks", keys.addrs()[0]);
    actix_web::rt::spawn(keys.run());
    on_each_database_with(with_keys(SsoKeys::JwksUrl(url.clone())), async |app| {
        let before = asked.load(Ordering::SeqCst);
        let send = async |kid: &str| {
            app.visitor().post("/v1/auth/sso", &json!({ "token": brand_token(app, kid, json!({})) })).await
        };
        send("k1").await.expect(200);
        for _ in 0..5 {
            send("k2").await.expect_problem(401, "invalid_token");
        }
        assert_eq!(asked.load(Ordering::SeqCst) - before, 1);
        app.advance(TimeDelta::seconds(31));
        send("k2").await.expect(200);
        assert_eq!(asked.load(Ordering::SeqCst) - before, 2);
    })
    .await;
}
