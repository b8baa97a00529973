//! Invitations: somebody without an account joins in a role, by a link.

use chrono::TimeDelta;
use kit::{
    TestApp,
    answer::Answer,
    on_each_database,
    people::{PASSWORD, Person},
};
use serde_json::{Value, json};

async fn invite(by: &Person<'_>, email: &str, role: &str) -> Value {
    by.post("/v1/invitations", &json!({ "email": email, "role": role })).await.expect(201)
}

async fn accept(app: &TestApp, secret: &str) -> Answer {
    let body = json!({ "secret": secret, "display_name": "지수", "password": PASSWORD });
    app.visitor().post("/v1/auth/invitations/accept", &body).await
}

async fn link(app: &TestApp, email: &str) -> String {
    app.last_letter_to(email).await.secret("accept-invitation")
}

/// Another admin than the first.
async fn second_admin(app: &TestApp) -> Person<'_> {
    app.staff("admin").await
}

#[actix_web::test]
async fn whoever_accepts_has_the_role_and_a_proven_address_and_is_signed_in() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        let made = invite(&admin, "Jisu@example.com", "marketer").await;
        assert_eq!((&made["email"], &made["role"]), (&json!("Jisu@example.com"), &json!("marketer")));
        assert_eq!(made["invited_by"], json!({ "id": admin.id, "display_name": "Admin" }));
        let letter = app.last_letter_to("Jisu@example.com").await;
        assert_eq!(letter.subject, "[마당] 초대합니다");
        assert!(
            letter.body.contains("Admin 님이 마당에 마케터(으)로") && letter.body.contains("7일"),
            "{}",
            letter.body
        );
        let secret = letter.secret("accept-invitation");
        let listed = admin.get("/v1/invitations").await;
        assert!(!listed.text.contains(&secret));
        assert_eq!(listed.expect(200)["items"], json!([made]));

        let answer = accept(app, &secret).await;
        assert_eq!(answer.header("location"), Some("/v1/me"));
        let jisu = Person::signed_in(app, &answer.expect(201));
        let me = jisu.get("/v1/me").await.expect(200);
        assert_eq!(
            (&me["email"], &me["role"], &me["email_verified"], &me["display_name"]),
            (&json!("Jisu@example.com"), &json!("marketer"), &json!(true), &json!("지수"))
        );
        Person::login(app, "jisu", PASSWORD).await.expect(200);
        accept(app, &secret).await.expect_problem(409, "link_not_good");
        assert_eq!(admin.get("/v1/invitations").await.expect(200)["items"], json!([]));
        let told = |kind: &str| app.seed_read_events().iter().filter(|(found, _)| found == kind).count();
        assert_eq!((told("invitation.created"), told("invitation.accepted")), (1, 1));
    })
    .await;
}

#[actix_web::test]
async fn inviting_again_takes_the_place_of_the_first_and_withdrawing_ends_it() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        invite(&admin, "jisu@example.com", "marketer").await;
        let first = link(app, "jisu@example.com").await;
        app.advance(TimeDelta::seconds(1));
        let english =
            json!({ "email": "JISU@example.com", "role": "admin", "locale": "en", "expires_in_days": 1 });
        let second = admin.post("/v1/invitations", &english).await.expect(201);
        let listed = admin.all("/v1/invitations", 1).await;
        assert_eq!(listed, std::slice::from_ref(&second));
        accept(app, &first).await.expect_problem(409, "link_not_good");
        let letter = app.last_letter_to("JISU@example.com").await;
        assert_eq!(letter.subject, "[마당] You are invited");

        let path = format!("/v1/invitations/{}", second["id"].as_str().unwrap());
        admin.delete(&path).await.expect(204);
        admin.delete(&path).await.expect_problem(404, "not_found");
        let secret = letter.secret("accept-invitation");
        accept(app, &secret).await.expect_problem(409, "link_not_good");

        // Of several who invite an address at once, one has.
        let at_once =
            (0..5).map(|_| async { invite(&admin, "dahye@example.com", "member").await["id"].clone() });
        futures_util::future::join_all(at_once).await;
        assert_eq!(admin.all("/v1/invitations", 10).await.len(), 1);
        let found = app.letters_to("dahye@example.com").await;
        let [letter] = &found[..] else { panic!("{found:?}") };
        let secret = letter.secret("accept-invitation");
        let twice = futures_util::future::join(accept(app, &secret), accept(app, &secret)).await;
        let mut statuses = [twice.0.status.as_u16(), twice.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);

        // A mail that was not sent yet is taken back with its link.
        for email in ["hana@example.com", "bora@example.com"] {
            invite(&admin, email, "member").await;
        }
        let hana = invite(&admin, "hana@example.com", "moderator").await;
        assert_eq!(app.seed_count_waiting_mails(), 2);
        admin.delete(&format!("/v1/invitations/{}", hana["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(app.letters_to("hana@example.com").await, []);
        accept(app, &link(app, "bora@example.com").await).await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn an_invitation_is_as_good_as_the_rights_of_whoever_sent_it() {
    on_each_database(async |app| {
        let (first, other) = (app.admin().await, second_admin(app).await);
        invite(&other, "jisu@example.com", "admin").await;
        invite(&other, "hana@example.com", "member").await;
        let (jisu, hana) = (link(app, "jisu@example.com").await, link(app, "hana@example.com").await);
        let path = format!("/v1/members/{}", other.id);
        first.patch(&path, &json!({ "role": "product_manager" })).await.expect(200);
        accept(app, &jisu).await.expect_problem(409, "link_not_good");
        first.patch(&path, &json!({ "role": "admin", "blocked": true })).await.expect(200);
        accept(app, &hana).await.expect_problem(409, "link_not_good");
        first.patch(&path, &json!({ "blocked": false })).await.expect(200);
        accept(app, &hana).await.expect(201);

        // A program grants no right that it was not lent.
        let scopes = json!(["read", "write", "manage_members"]);
        let key = first.post("/v1/api-keys", &json!({ "name": "인사", "scopes": scopes })).await.expect(201);
        let program = first.with_token(key["key"].as_str().unwrap());
        let body = json!({ "email": "bot@example.com", "role": "moderator" });
        program.post("/v1/invitations", &body).await.expect_problem(403, "key_lacks_scope");
        invite(&program, "bot@example.com", "member").await;
    })
    .await;
}

#[actix_web::test]
async fn somebody_with_an_account_is_not_invited() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        Person::registered(app, "ana").await;
        let body = json!({ "email": "ANA@example.com", "role": "moderator" });
        admin.post("/v1/invitations", &body).await.expect_problem(409, "email_taken");
        invite(&admin, "jisu@example.com", "moderator").await;
        let secret = link(app, "jisu@example.com").await;
        // Registered in the meantime: they are not staff by that, and the invitation is not spent.
        Person::registered(app, "jisu").await;
        accept(app, &secret).await.expect_problem(409, "email_taken");
        assert_eq!(Person::login(app, "jisu", PASSWORD).await.expect(200)["member"]["role"], "member");
        assert_eq!(admin.all("/v1/invitations", 10).await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn an_invitation_has_its_time() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        invite(&admin, "jisu@example.com", "member").await;
        let short = json!({ "email": "hana@example.com", "role": "member", "expires_in_days": 1 });
        admin.post("/v1/invitations", &short).await.expect(201);
        let (jisu, hana) = (link(app, "jisu@example.com").await, link(app, "hana@example.com").await);
        app.advance(TimeDelta::days(1));
        accept(app, &hana).await.expect_problem(409, "link_not_good");
        assert_eq!(app.admin().await.all("/v1/invitations", 10).await.len(), 1);
        app.advance(TimeDelta::days(6) - TimeDelta::seconds(60));
        accept(app, &jisu).await.expect(201);
        let admin = app.admin().await;
        for (field, value) in [
            ("expires_in_days", json!(0)),
            ("expires_in_days", json!(31)),
            ("role", json!("owner")),
            ("email", json!("nobody")),
        ] {
            let mut body = json!({ "email": "x@example.com", "role": "member" });
            body[field] = value;
            let problem = admin.post("/v1/invitations", &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
        }
        assert_eq!(admin.all("/v1/invitations", 10).await, Vec::<Value>::new());
    })
    .await;
}
