//! Sessions: where a member is signed in, and how they end that.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

async fn sign_in<'a>(app: &'a TestApp, device: &str) -> Person<'a> {
    let body = json!({ "email": "ana@example.com", "password": "a long enough password" });
    let answer = app.visitor().with("User-Agent", device).post("/v1/auth/login", &body).await;
    Person::signed_in(app, &answer.expect(200))
}

async fn listed(by: &Person<'_>) -> Vec<(Value, Value)> {
    let items = by.all("/v1/me/sessions", 2).await;
    items.iter().map(|item| (item["device"].clone(), item["current"].clone())).collect()
}

#[actix_web::test]
async fn a_member_sees_and_ends_where_they_are_signed_in() {
    on_each_database(async |app| {
        let new = json!({ "email": "ana@example.com", "password": "a long enough password", "display_name": "아나" });
        let answer = app.visitor().with("User-Agent", "laptop").post("/v1/auth/register", &new).await;
        let laptop = Person::signed_in(app, &answer.expect(201));
        app.advance(TimeDelta::seconds(1));
        let phone = sign_in(app, "a\tphone").await;
        app.advance(TimeDelta::seconds(1));
        let tablet = sign_in(app, &"t".repeat(300)).await;
        let tablet_name = json!("t".repeat(200));
        let found = listed(&laptop).await;
        assert_eq!(found.len(), 3);
        // A name that is none is left out; nobody is kept from signing in by it.
        assert_eq!(found[1], (Value::Null, json!(false)));
        assert_eq!((&found[0], &found[2]), (&(tablet_name.clone(), json!(false)), &(json!("laptop"), json!(true))));

        // One of them: its tokens are dead at once, and ending it again is no error.
        let phone_id = phone.get("/v1/me/sessions").await.expect(200)["items"][1]["id"].clone();
        let path = format!("/v1/me/sessions/{}", phone_id.as_str().unwrap());
        app.member("ben").await.delete(&path).await.expect(404);
        phone.get("/v1/me").await.expect(200);
        for _ in 0..2 {
            laptop.delete(&path).await.expect(204);
            phone.get("/v1/me").await.expect_problem(401, "session_ended");
        }
        let refresh = json!({ "refresh_token": phone.refresh_token });
        app.visitor().post("/v1/auth/refresh", &refresh).await.expect_problem(401, "session_ended");
        assert_eq!(listed(&tablet).await, [(tablet_name, json!(true)), (json!("laptop"), json!(false))]);

        // All but this one.
        sign_in(app, "television").await;
        laptop.delete("/v1/me/sessions").await.expect(204);
        tablet.get("/v1/me").await.expect_problem(401, "session_ended");
        assert_eq!(listed(&laptop).await, [(json!("laptop"), json!(true))]);

        // A program is no device, and has no say in them.
        let key = laptop.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read", "write"] })).await.expect(201);
        let program = laptop.with_token(key["key"].as_str().unwrap());
        program.get("/v1/me/sessions").await.expect_problem(403, "not_by_key");
        program.delete("/v1/me/sessions").await.expect_problem(403, "not_by_key");

        // What has run out is not shown.
        app.advance(TimeDelta::days(30));
        assert_eq!(listed(&sign_in(app, "laptop").await).await, [(json!("laptop"), json!(true))]);
    })
    .await;
}
