//! API keys: rights lent to a program, as far as scopes go and no further than the owner's own.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

/// A new key: the program that holds it, and what the answer said.
async fn key<'a>(owner: &Person<'a>, scopes: Value) -> (Person<'a>, Value) {
    let made = owner.post("/v1/api-keys", &json!({ "name": "봇", "scopes": scopes })).await.expect(201);
    (owner.with_token(made["key"].as_str().unwrap()), made)
}

/// The code of a refusal.
async fn refused(by: &Person<'_>, path: &str, status: u16) -> Value {
    by.get(path).await.expect(status)["code"].clone()
}

#[actix_web::test]
async fn a_key_does_what_its_scopes_and_its_owner_both_allow() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        pm.board("inside", json!({ "view": "staff" })).await;
        let idea = pm.idea("app", "다크 모드").await;
        let (reader, _) = key(&pm, json!(["read"])).await;
        assert_eq!(reader.get("/v1/me").await.expect(200)["id"], pm.id);
        // Without a right of staff it is no staff, whoever owns it.
        assert_eq!(refused(&reader, "/v1/boards/inside", 404).await, "not_found");
        assert_eq!(refused(&reader, "/v1/triage/ideas", 403).await, "key_lacks_scope");
        let new = json!({ "title": "새 제안", "body": "" });
        let answer = reader.post("/v1/boards/app/ideas", &new).await.expect(403);
        assert_eq!(
            (&answer["code"], answer["detail"].as_str().unwrap().contains("`write`")),
            (&json!("key_lacks_scope"), true)
        );

        let (writer, _) = key(&pm, json!(["write"])).await;
        assert_eq!(refused(&writer, "/v1/ideas", 403).await, "key_lacks_scope");
        writer.post("/v1/boards/app/ideas", &new).await.expect(201);

        let (bot, _) = key(&pm, json!(["read", "write", "triage", "set_status"])).await;
        bot.get("/v1/boards/inside").await.expect(200);
        bot.get("/v1/triage/ideas").await.expect(200);
        let planned = json!({ "status": "planned", "reason": "합니다." });
        bot.post(&format!("/v1/ideas/{idea}/status"), &planned).await.expect(200);
        let answer = bot.put_body(&format!("/v1/ideas/{idea}/response"), &json!({ "body": "네." })).await;
        assert_eq!(answer.expect(403)["code"], "key_lacks_scope");

        // The owner's rights are read anew each time.
        let admin = app.admin().await;
        admin.patch(&format!("/v1/members/{}", pm.id), &json!({ "role": "member" })).await.expect(200);
        assert_eq!(refused(&bot, "/v1/triage/ideas", 403).await, "forbidden");
        assert_eq!(refused(&bot, "/v1/boards/inside", 404).await, "not_found");
        bot.get("/v1/ideas").await.expect(200);
        admin.patch(&format!("/v1/members/{}", pm.id), &json!({ "blocked": true })).await.expect(200);
        assert_eq!(refused(&bot, "/v1/ideas", 403).await, "member_blocked");
    })
    .await;
}

#[actix_web::test]
async fn a_key_is_shown_once_and_known_by_its_beginning() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let body = json!({ "name": "봇", "scopes": ["read", "write", "read"] });
        let twice = ana.with("Idempotency-Key", "one");
        let made = twice.post("/v1/api-keys", &body).await.expect(201);
        assert_eq!(twice.post("/v1/api-keys", &body).await.expect(201), made);
        let text = made["key"].as_str().unwrap();
        assert!(text.starts_with(made["prefix"].as_str().unwrap()) && text.len() == 47, "{text}");
        assert_eq!((&made["scopes"], &made["good"]), (&json!(["read", "write"]), &json!(true)));
        let listed = ana.get("/v1/api-keys").await;
        assert!(!listed.text.contains(text), "{}", listed.text);
        let items = listed.expect(200)["items"].clone();
        assert_eq!((items.as_array().unwrap().len(), &items[0]["id"]), (1, &made["id"]));
        assert_eq!(items[0]["last_used_at"], Value::Null);
        // To the minute.
        let program = ana.with_token(text);
        for _ in 0..3 {
            program.get("/v1/me").await.expect(200);
        }
        let first = ana.get("/v1/api-keys").await.expect(200)["items"][0]["last_used_at"].clone();
        app.advance(TimeDelta::seconds(59));
        program.get("/v1/me").await.expect(200);
        assert_eq!(ana.get("/v1/api-keys").await.expect(200)["items"][0]["last_used_at"], first);
        app.advance(TimeDelta::seconds(1));
        program.get("/v1/me").await.expect(200);
        assert_ne!(ana.get("/v1/api-keys").await.expect(200)["items"][0]["last_used_at"], first);

        let stranger = app.member("ben").await;
        assert_eq!(stranger.get("/v1/api-keys").await.expect(200)["items"], json!([]));
        stranger.delete(&format!("/v1/api-keys/{}", made["id"].as_str().unwrap())).await.expect(404);
        for bad in ["mdk_", "mdk_nobody", &text[..46]] {
            assert_eq!(refused(&ana.with_token(bad), "/v1/me", 401).await, "invalid_token");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_key_that_cannot_be_meant_is_not_made() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let body = |scopes: Value| json!({ "name": "봇", "scopes": scopes });
        for (body, status, found) in [
            (body(json!(["everything"])), 422, "/scopes/0"),
            (body(json!([])), 422, "/scopes"),
            (json!({ "name": "", "scopes": ["read"] }), 422, "/name"),
            (
                json!({ "name": "봇", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z" }),
                422,
                "/expires_at",
            ),
        ] {
            let answer = ana.post("/v1/api-keys", &body).await.expect(status);
            assert_eq!(answer["errors"][0]["pointer"], found, "{answer}");
        }
        // Nobody lends what they have not.
        assert_eq!(ana.post("/v1/api-keys", &body(json!(["triage"]))).await.expect(403)["code"], "forbidden");
        let (program, made) = key(&ana, json!(["read", "write"])).await;
        let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
        assert_eq!(refused(&program, "/v1/api-keys", 403).await, "not_by_key");
        assert_eq!(
            program.post("/v1/api-keys", &body(json!(["read"]))).await.expect(403)["code"],
            "not_by_key"
        );
        assert_eq!(
            program.post(&format!("{path}/rotate"), &json!({})).await.expect(403)["code"],
            "not_by_key"
        );
        assert_eq!(program.delete(&path).await.expect(403)["code"], "not_by_key");
        // Twenty that are good; of those that come at once as well.
        let more = futures_util::future::join_all((0..25).map(|_| {
            let ana = ana.clone();
            async move {
                ana.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read"] })).await.status.as_u16()
            }
        }));
        let answers = more.await;
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 19, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == 409).count(), 6, "{answers:?}");
        ana.delete(&path).await.expect(204);
        key(&ana, json!(["read"])).await;
    })
    .await;
}

async fn again<'a>(app: &'a TestApp) -> Person<'a> {
    // Hours pass, and access tokens with them.
    app.member("ana").await
}

#[actix_web::test]
async fn a_key_is_rotated_with_both_good_for_a_while_and_ends_for_good() {
    on_each_database(async |app| {
        let (old, made) = key(&app.member("ana").await, json!(["read"])).await;
        let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
        let rotated = again(app).await.post(&format!("{path}/rotate"), &json!({ "overlap_hours": 2 })).await.expect(201);
        let new = old.with_token(rotated["key"].as_str().unwrap());
        assert_eq!((&rotated["name"], &rotated["scopes"]), (&made["name"], &made["scopes"]));
        assert_ne!(rotated["key"], made["key"]);
        let listed = again(app).await.get("/v1/api-keys").await.expect(200)["items"].clone();
        assert_eq!(listed[1]["replaced_by"], rotated["id"]);
        app.advance(TimeDelta::minutes(119));
        old.get("/v1/me").await.expect(200);
        new.get("/v1/me").await.expect(200);
        assert_eq!(again(app).await.post(&format!("{path}/rotate"), &json!({})).await.expect(409)["code"], "key_not_good");
        app.advance(TimeDelta::minutes(1));
        assert_eq!(refused(&old, "/v1/me", 401).await, "key_ended");
        new.get("/v1/me").await.expect(200);

        // At once, and with the life of the old one.
        let body = json!({ "name": "하루", "scopes": ["read"], "expires_at": app.clock().now() + TimeDelta::days(1) });
        let short = again(app).await.post("/v1/api-keys", &body).await.expect(201);
        let path = format!("/v1/api-keys/{}", short["id"].as_str().unwrap());
        app.advance(TimeDelta::hours(23));
        let next = again(app).await.post(&format!("{path}/rotate"), &json!({ "overlap_hours": 0 })).await.expect(201);
        assert_eq!(refused(&old.with_token(short["key"].as_str().unwrap()), "/v1/me", 401).await, "key_ended");
        let next_key = old.with_token(next["key"].as_str().unwrap());
        app.advance(TimeDelta::hours(23));
        next_key.get("/v1/me").await.expect(200);
        let path = format!("/v1/api-keys/{}", next["id"].as_str().unwrap());
        for _ in 0..2 {
            again(app).await.delete(&path).await.expect(204);
            assert_eq!(refused(&next_key, "/v1/me", 401).await, "key_ended");
        }
        let answer = again(app).await.post(&format!("{path}/rotate"), &json!({ "overlap_hours": 169 })).await.expect(422);
        assert_eq!(answer["errors"][0]["pointer"], "/overlap_hours");
    })
    .await;
}
