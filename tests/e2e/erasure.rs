//! Forgetting a member: what says who they are goes, and what they gave to the square stays.

use chrono::TimeDelta;
use kit::{
    on_each_database,
    people::{PASSWORD, Person},
};
use serde_json::{Value, json};

use crate::panels::recruiting;

#[actix_web::test]
async fn whoever_leaves_takes_with_them_who_they_were() {
    on_each_database(async |app| {
        let (admin, pm) = (app.admin().await, app.staff("product_manager").await);
        let board = pm.board("ideas", json!({})).await;
        let leaver = Person::registered(app, "tomorrow-gone").await;
        leaver.patch("/v1/me", &json!({ "display_name": "떠날사람" })).await.expect(200);
        let path = format!("/v1/members/{}", leaver.id);
        let known = json!({ "attributes": { "city": "제주특별시" } });
        admin.patch(&path, &known).await.expect(200);
        let idea = leaver.idea(&board, "다크 모드").await;
        pm.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        leaver.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        let key = leaver.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read", "write"] })).await;
        let by_key = leaver.with_token(key.expect(201)["key"].as_str().unwrap());
        for text in ["tomorrow-gone", "떠날사람", "제주특별시"] {
            assert!(app.seed_read_rows().contains(text), "{text}");
        }

        by_key.post("/v1/me/erase", &json!({ "password": PASSWORD })).await.expect_problem(403, "not_by_key");
        leaver.post("/v1/me/erase", &json!({})).await.expect_problem(422, "invalid_fields");
        let wrong = json!({ "password": "not the password" });
        leaver.post("/v1/me/erase", &wrong).await.expect_problem(403, "wrong_password");
        leaver.post("/v1/me/erase", &json!({ "password": PASSWORD })).await.expect(204);

        leaver.get("/v1/me").await.expect_problem(401, "session_ended");
        by_key.get("/v1/me").await.expect_problem(401, "key_ended");
        Person::login(app, "tomorrow-gone", PASSWORD).await.expect_problem(401, "wrong_credentials");
        let left = app.visitor().get(&format!("/v1/ideas/{idea}")).await.expect(200);
        assert_eq!((&left["vote_count"], &left["title"]), (&json!(2), &json!("다크 모드")));
        assert_eq!(left["author"]["display_name"], "(탈퇴한 회원)");
        for text in ["tomorrow-gone", "떠날사람", "제주특별시"] {
            assert!(!app.seed_read_rows().contains(text), "{text}");
        }
        let seen = admin.get(&path).await.expect(200);
        assert_eq!((&seen["attributes"], &seen["blocked"]), (&json!({}), &json!(true)));
        assert!(seen["erased_at"].is_string());
        admin.patch(&path, &json!({ "blocked": false })).await.expect(404);
        admin.post(&format!("{path}/erase"), &json!({})).await.expect(404);
        // The address is free for whoever comes with it.
        let again = Person::registered(app, "tomorrow-gone").await;
        assert_ne!(again.id, leaver.id);
    })
    .await;
}

#[actix_web::test]
async fn an_admin_forgets_a_member_who_asks_and_no_admin() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        let member = app.member("asked-by-mail").await;
        let body = json!({ "name": "봇", "scopes": ["read", "write", "manage_members"] });
        let key = admin.post("/v1/api-keys", &body).await.expect(201)["key"].clone();
        let path = format!("/v1/members/{}/erase", member.id);
        let by_key = admin.with_token(key.as_str().unwrap()).post(&path, &json!({})).await;
        by_key.expect_problem(403, "not_by_key");
        admin.post(&path, &json!({})).await.expect(204);
        assert!(!app.seed_read_rows().contains("asked-by-mail"));
        member.get("/v1/me").await.expect_problem(401, "session_ended");
        admin
            .post(&format!("/v1/members/{}/erase", admin.id), &json!({}))
            .await
            .expect_problem(409, "admin_account");
        admin
            .post("/v1/me/erase", &json!({ "password": kit::ADMIN_PASSWORD }))
            .await
            .expect_problem(409, "admin_account");
        // Whoever comes by the brand's sign-on again is somebody new.
        assert_ne!(app.member("asked-by-mail").await.id, member.id);
    })
    .await;
}

#[actix_web::test]
async fn the_seat_of_whoever_leaves_goes_to_the_next() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let other = json!({ "method": "first_come", "seats": 1, "waitlist": 3 });
        let panel = recruiting(app, &pm, other).await;
        let mut people = Vec::new();
        for name in ["first", "second", "third", "fourth"] {
            let person = app.member(name).await;
            let sent = person.post(&format!("/v1/panels/{panel}/applications"), &json!({})).await.expect(201);
            people.push((person, sent["id"].as_str().unwrap().to_owned()));
        }
        let of = async |nth: usize| -> Value {
            let (person, id) = &people[nth];
            person.get(&format!("/v1/applications/{id}")).await.expect(200)
        };
        people[1].0.post("/v1/me/erase", &json!({})).await.expect(204);
        assert_eq!((of(2).await["place"].clone(), of(3).await["place"].clone()), (json!(1), json!(2)));
        people[0].0.post("/v1/me/erase", &json!({})).await.expect(204);
        assert_eq!(of(2).await["outcome"], "selected");
        let listed = pm.all(&format!("/v1/panels/{panel}/applications"), 100).await;
        let gone: Vec<&Value> = listed.iter().filter(|one| one.get("member").is_none()).collect();
        assert_eq!(gone.len(), 2);
        assert!(gone.iter().all(|one| one["outcome"] == "withdrawn" && one["answers"] == json!({})));

        // Also after the announcement.
        app.advance(TimeDelta::hours(49));
        let pm = app.staff("product_manager").await;
        pm.post(&format!("/v1/panels/{panel}/announce"), &json!({})).await.expect(200);
        app.advance(TimeDelta::hours(72));
        app.member("third").await.post("/v1/me/erase", &json!({})).await.expect(204);
        let mine = app.member("fourth").await.get("/v1/me/applications").await.expect(200);
        assert_eq!(mine["items"][0]["outcome"], "selected");
    })
    .await;
}
