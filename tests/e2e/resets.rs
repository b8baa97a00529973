//! Forgotten passwords: a link by mail, and a new password by the link.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kit::{
    TestApp,
    answer::Answer,
    on_each_database, on_each_database_with,
    people::{PASSWORD, Person},
};
use madang::{Config, rates::Rates};
use serde_json::json;

const NEW: &str = "another long enough password";

async fn ask(app: &TestApp, email: &str) -> Answer {
    app.visitor().post("/v1/auth/password-reset", &json!({ "email": email })).await
}

async fn reset(app: &TestApp, secret: &str) -> Answer {
    app.visitor().post("/v1/auth/password-reset/confirm", &json!({ "secret": secret, "password": NEW })).await
}

/// The link that somebody at the address gets when they ask.
async fn link(app: &TestApp, email: &str) -> String {
    ask(app, email).await.expect(202);
    app.last_letter_to(email).await.secret("reset-password")
}

#[actix_web::test]
async fn every_address_is_answered_alike() {
    on_each_database(async |app| {
        Person::registered(app, "ana").await;
        let blocked = Person::registered(app, "blocked").await;
        app.admin()
            .await
            .patch(&format!("/v1/members/{}", blocked.id), &json!({ "blocked": true }))
            .await
            .expect(200);
        let before = app.letters_to("blocked@example.com").await.len();
        let mut answers = Vec::new();
        for email in ["ANA@example.com", "nobody@example.com", "blocked@example.com"] {
            let answer = ask(app, email).await;
            let mut headers: Vec<_> =
                answer.headers.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
            headers.retain(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
            answers.push((answer.status.as_u16(), answer.text, headers));
        }
        assert_eq!((answers[0].0, answers[0].1.as_str()), (202, ""));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let letter = app.last_letter_to("ana@example.com").await;
        assert_eq!(letter.subject, "[마당] 비밀번호를 다시 정해 주세요");
        assert_eq!(app.letters_to("nobody@example.com").await, []);
        assert_eq!(app.letters_to("blocked@example.com").await.len(), before);
        // That it is no address is no secret.
        assert_eq!(ask(app, "nobody").await.expect(422)["errors"][0]["pointer"], "/email");
    })
    .await;
}

#[actix_web::test]
async fn a_new_password_ends_every_session_and_every_other_link() {
    on_each_database(async |app| {
        let laptop = Person::registered(app, "ana").await;
        let phone = Person::signed_in(app, &Person::login(app, "ana", PASSWORD).await.expect(200));
        let to_thief = json!({ "email": "thief@example.com", "password": PASSWORD });
        phone.post("/v1/me/email", &to_thief).await.expect(202);
        let change = app.last_letter_to("thief@example.com").await.secret("confirm-email");
        let first = link(app, "ana@example.com").await;
        let second = link(app, "ana@example.com").await;
        assert_ne!(first, second);

        let short = json!({ "secret": second, "password": "short" });
        let problem = app.visitor().post("/v1/auth/password-reset/confirm", &short).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/password");
        // Of several at once one sets it.
        let statuses = join_all((0..4).map(|_| async { reset(app, &second).await.status.as_u16() })).await;
        assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 3, "{statuses:?}");
        for person in [&laptop, &phone] {
            person.get("/v1/me").await.expect_problem(401, "session_ended");
            let refresh = json!({ "refresh_token": person.refresh_token });
            app.visitor().post("/v1/auth/refresh", &refresh).await.expect_problem(401, "session_ended");
        }
        Person::login(app, "ana", PASSWORD).await.expect_problem(401, "wrong_credentials");
        let ana = Person::signed_in(app, &Person::login(app, "ana", NEW).await.expect(200));
        // Whoever could open the link reads the mails at the address.
        assert_eq!(ana.get("/v1/me").await.expect(200)["email_verified"], true);
        let confirmed = app.visitor().post("/v1/auth/email/confirm", &json!({ "secret": change })).await;
        confirmed.expect_problem(409, "link_not_good");
        let mut answers = Vec::new();
        for bad in [first.as_str(), second.as_str(), "never-mailed"] {
            let mut problem = reset(app, bad).await.expect_problem(409, "link_not_good");
            problem.as_object_mut().unwrap().remove("request_id");
            answers.push(problem);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let told: Vec<_> =
            app.seed_read_events().into_iter().filter(|(kind, _)| kind == "session.revoked").collect();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (&told[0].1["cause"], &told[0].1["member_id"]),
            (&json!("password_reset"), &json!(ana.id))
        );
    })
    .await;
}

#[actix_web::test]
async fn a_reset_that_got_no_answer_can_be_repeated() {
    on_each_database(async |app| {
        Person::registered(app, "ana").await;
        let body = json!({ "secret": link(app, "ana@example.com").await, "password": NEW });
        let visitor = app.visitor().with("Idempotency-Key", "reset-1");
        visitor.post("/v1/auth/password-reset/confirm", &body).await.expect(204);
        let again = visitor.post("/v1/auth/password-reset/confirm", &body).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        again.expect(204);
    })
    .await;
}

#[actix_web::test]
async fn a_link_to_a_new_password_is_good_for_half_an_hour() {
    on_each_database(async |app| {
        Person::registered(app, "ana").await;
        let secret = link(app, "ana@example.com").await;
        app.advance(TimeDelta::minutes(30));
        reset(app, &secret).await.expect_problem(409, "link_not_good");
        let secret = link(app, "ana@example.com").await;
        app.advance(TimeDelta::minutes(29));
        reset(app, &secret).await.expect(204);
        // Nor does it open what is blocked by then.
        let secret = link(app, "ana@example.com").await;
        let id = Person::signed_in(app, &Person::login(app, "ana", NEW).await.expect(200)).id;
        app.admin().await.patch(&format!("/v1/members/{id}"), &json!({ "blocked": true })).await.expect(200);
        reset(app, &secret).await.expect_problem(409, "link_not_good");
    })
    .await;
}

#[actix_web::test]
async fn three_mails_an_hour_go_to_an_address_however_many_ask() {
    on_each_database(async |app| {
        Person::registered(app, "ana").await;
        let before = app.letters_to("ana@example.com").await.len();
        let answers = join_all((0..8).map(|_| ask(app, "Ana@example.com"))).await;
        assert!(answers.iter().all(|answer| answer.status == 202));
        assert_eq!(app.letters_to("ana@example.com").await.len(), before + 3);
        app.advance(TimeDelta::minutes(59));
        ask(app, "ana@example.com").await.expect(202);
        assert_eq!(app.letters_to("ana@example.com").await.len(), before + 3);
        app.advance(TimeDelta::minutes(2));
        ask(app, "ana@example.com").await.expect(202);
        assert_eq!(app.letters_to("ana@example.com").await.len(), before + 4);
    })
    .await;
}

#[actix_web::test]
async fn asking_spends_the_budget_of_signing_in() {
    let few = |config| Config { rates: Rates::of("sign_in=3/3600").unwrap(), ..config };
    on_each_database_with(few, async |app| {
        let first = ask(app, "ana@example.com").await;
        assert!(first.header("ratelimit-policy").unwrap().starts_with("\"sign_in\""));
        reset(app, "never-mailed").await.expect_problem(409, "link_not_good");
        ask(app, "ben@example.com").await.expect(202);
        ask(app, "cora@example.com").await.expect_problem(429, "too_many_requests");
    })
    .await;
    // Where a member is asked for their password they have as few tries.
    on_each_database_with(few, async |app| {
        let ana = Person::registered(app, "ana").await;
        let body = json!({ "email": "neu@example.com", "password": "a guess at it" });
        for _ in 0..3 {
            ana.post("/v1/me/email", &body).await.expect_problem(403, "wrong_password");
        }
        ana.post("/v1/me/email", &body).await.expect_problem(429, "too_many_requests");
        let guess = json!({ "password": "a guess at it" });
        ana.post("/v1/me/erase", &guess).await.expect_problem(429, "too_many_requests");
    })
    .await;
}

#[actix_web::test]
async fn whoever_comes_by_the_brand_is_told_so_and_gets_no_link() {
    on_each_database(async |app| {
        app.member("cora").await;
        ask(app, "cora@example.com").await.expect(202);
        let letter = app.last_letter_to("cora@example.com").await;
        assert_eq!(letter.subject, "[마당] 로그인 방법을 알려 드립니다");
        assert!(!letter.body.contains('#'), "{}", letter.body);
    })
    .await;
}

#[actix_web::test]
async fn a_customer_whom_staff_entered_takes_their_account_over_by_a_link() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let idea = pm.idea("app", "다크 모드").await;
        let caller = json!({ "email": "caller@example.com", "display_name": "전화 고객", "channel": "call" });
        pm.put_body(&format!("/v1/ideas/{idea}/votes/on-behalf"), &caller).await.expect(200);
        reset(app, &link(app, "caller@example.com").await).await.expect(204);
        let me = Person::login(app, "caller", NEW).await.expect(200)["member"].clone();
        assert_eq!((&me["display_name"], &me["email_verified"]), (&json!("전화 고객"), &json!(true)));
    })
    .await;
}

/// A program with a key of a member.
async fn key<'a>(owner: &Person<'a>) -> Person<'a> {
    let body = json!({ "name": "뒷문", "scopes": ["read", "write"] });
    let made = owner.post("/v1/api-keys", &body).await.expect(201);
    owner.with_token(made["key"].as_str().unwrap())
}

#[actix_web::test]
async fn who_registered_with_the_address_of_another_keeps_no_key_to_it() {
    on_each_database(async |app| {
        let thief = Person::registered(app, "victim").await;
        let (left, also) = (key(&thief).await, key(&thief).await);
        reset(app, &link(app, "victim@example.com").await).await.expect(204);
        for program in [left, also] {
            program.get("/v1/me").await.expect_problem(401, "key_ended");
        }
        // The address is proven now: who forgets their password does not stop their programs.
        let victim = Person::signed_in(app, &Person::login(app, "victim", NEW).await.expect(200));
        let own = key(&victim).await;
        reset(app, &link(app, "victim@example.com").await).await.expect(204);
        own.get("/v1/me").await.expect(200);

        // The same when the brand's sign-on takes an account over.
        let thief = Person::registered(app, "other").await;
        let left = key(&thief).await;
        let reset_link = link(app, "other@example.com").await;
        let claims = json!({ "sub": "other", "email": "other@example.com", "email_verified": true });
        let token = json!({ "token": kit::people::sso_token(app, &claims) });
        app.visitor().post("/v1/auth/sso", &token).await.expect(200);
        left.get("/v1/me").await.expect_problem(401, "key_ended");
        reset(app, &reset_link).await.expect_problem(409, "link_not_good");
    })
    .await;
}
