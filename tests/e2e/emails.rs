//! E-mail addresses: proven by a link, and changed by one.

use chrono::TimeDelta;
use kit::{
    TestApp, on_each_database,
    people::{PASSWORD, Person},
};
use serde_json::{Value, json};

async fn confirm(app: &TestApp, secret: &str) -> kit::answer::Answer {
    app.visitor().post("/v1/auth/email/confirm", &json!({ "secret": secret })).await
}

async fn address_of(person: &Person<'_>) -> (Value, Value) {
    let me = person.get("/v1/me").await.expect(200);
    (me["email"].clone(), me["email_verified"].clone())
}

fn events(app: &TestApp, kind: &str) -> usize {
    app.seed_read_events().iter().filter(|(found, _)| found == kind).count()
}

#[actix_web::test]
async fn whoever_registers_is_mailed_a_link_that_proves_the_address() {
    on_each_database(async |app| {
        let ana = Person::registered(app, "ana").await;
        let found = app.letters_to("ana@example.com").await;
        let [letter] = &found[..] else { panic!("{found:?}") };
        assert_eq!(letter.subject, "[마당] 이메일 주소를 확인해 주세요");
        assert_eq!(letter.from, "마당 <no-reply@madang.test>");
        assert_eq!(letter.auto_submitted, "auto-generated");
        let secret = letter.secret("confirm-email");
        assert_eq!(secret.len(), 43);
        assert_eq!(address_of(&ana).await, (json!("ana@example.com"), json!(false)));

        confirm(app, &secret).await.expect(204);
        assert_eq!(address_of(&ana).await, (json!("ana@example.com"), json!(true)));
        assert_eq!(events(app, "member.email_verified"), 1);
        ana.post("/v1/me/email/verification", &json!({})).await.expect_problem(409, "already_verified");

        // Used, unknown, no link at all: one answer.
        let mut answers = Vec::new();
        for bad in [secret.as_str(), "never-mailed", ""] {
            let mut problem = confirm(app, bad).await.expect_problem(409, "link_not_good");
            problem.as_object_mut().unwrap().remove("request_id");
            answers.push(problem);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    })
    .await;
}

#[actix_web::test]
async fn a_mail_is_in_the_members_language_and_holds_no_words_of_theirs() {
    on_each_database(async |app| {
        let body = json!({ "email": "ben@example.com", "password": PASSWORD, "display_name": "Buy at shop.example", "locale": "en" });
        app.visitor().post("/v1/auth/register", &body).await.expect(201);
        let letter = app.last_letter_to("ben@example.com").await;
        assert_eq!(letter.subject, "[마당] Please confirm your e-mail address");
        assert!(letter.body.contains("good once, for 24 hours") && !letter.body.contains("shop.example"));
        // A name with a line break enters nowhere.
        let hostile = json!({ "email": "eve@example.com", "password": PASSWORD, "display_name": "Eve\r\nBcc: all@example.com" });
        let problem = app.visitor().post("/v1/auth/register", &hostile).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/display_name");
        assert_eq!(app.letters_to("eve@example.com").await, []);
    })
    .await;
}

#[actix_web::test]
async fn a_link_is_good_for_a_day_and_three_may_be_asked_for_in_an_hour() {
    on_each_database(async |app| {
        let ana = Person::registered(app, "ana").await;
        let ask = async |by: &Person<'_>| by.post("/v1/me/email/verification", &json!({})).await;
        // The first came with the registration.
        ask(&ana).await.expect(202);
        ask(&ana).await.expect(202);
        let refused = ask(&ana).await;
        let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
        refused.expect_problem(429, "too_many_requests");
        assert!((3_500..=3_601).contains(&wait), "{wait}");
        let letters = app.letters_to("ana@example.com").await;
        assert_eq!(letters.len(), 3);
        app.advance(TimeDelta::seconds(wait));
        let ana = Person::signed_in(app, &Person::login(app, "ana", PASSWORD).await.expect(200));
        ask(&ana).await.expect(202);

        // The links before are good as well, for a day.
        app.advance(TimeDelta::hours(23));
        confirm(app, &letters[0].secret("confirm-email")).await.expect_problem(409, "link_not_good");
        let last = app.last_letter_to("ana@example.com").await.secret("confirm-email");
        confirm(app, &last).await.expect(204);

        // It is the member's own to ask.
        let ben = Person::registered(app, "ben").await;
        let key =
            ben.post("/v1/api-keys", &json!({ "name": "봇", "scopes": ["read", "write"] })).await.expect(201);
        let program = ben.with_token(key["key"].as_str().unwrap());
        ask(&program).await.expect_problem(403, "not_by_key");
        let body = json!({ "email": "x@example.com", "password": PASSWORD });
        program.post("/v1/me/email", &body).await.expect_problem(403, "not_by_key");
    })
    .await;
}

#[actix_web::test]
async fn an_address_changes_when_the_new_one_is_confirmed_and_not_before() {
    on_each_database(async |app| {
        let ana = Person::registered(app, "ana").await;
        let old_link = app.last_letter_to("ana@example.com").await.secret("confirm-email");
        let change = |password: Value| json!({ "email": "Neu@example.com", "password": password });
        let problem = ana.post("/v1/me/email", &json!({ "email": "neu@example.com" })).await.expect(422);
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/password"), &json!("required"))
        );
        ana.post("/v1/me/email", &change(json!("not the password")))
            .await
            .expect_problem(403, "wrong_password");
        let same = json!({ "email": "ANA@example.com", "password": PASSWORD });
        assert_eq!(ana.post("/v1/me/email", &same).await.expect(422)["errors"][0]["pointer"], "/email");
        assert_eq!(app.letters_to("Neu@example.com").await, []);

        ana.post("/v1/me/email", &change(json!(PASSWORD))).await.expect(202);
        let letter = app.last_letter_to("Neu@example.com").await;
        assert_eq!(letter.subject, "[마당] 새 이메일 주소를 확인해 주세요");
        let notice = app.last_letter_to("ana@example.com").await;
        assert_eq!(notice.subject, "[마당] 이메일 주소 변경이 요청되었습니다");
        assert!(notice.body.contains("Neu@example.com") && !notice.body.contains('#'), "{}", notice.body);
        assert_eq!(address_of(&ana).await, (json!("ana@example.com"), json!(false)));
        Person::login(app, "neu", PASSWORD).await.expect_problem(401, "wrong_credentials");

        confirm(app, &letter.secret("confirm-email")).await.expect(204);
        assert_eq!(address_of(&ana).await, (json!("Neu@example.com"), json!(true)));
        assert_eq!((events(app, "member.email_changed"), events(app, "member.email_verified")), (1, 1));
        Person::login(app, "neu", PASSWORD).await.expect(200);
        Person::login(app, "ana", PASSWORD).await.expect_problem(401, "wrong_credentials");
        // What was sent to the address that was opens nothing any more.
        confirm(app, &old_link).await.expect_problem(409, "link_not_good");
        confirm(app, &letter.secret("confirm-email")).await.expect_problem(409, "link_not_good");
    })
    .await;
}

#[actix_web::test]
async fn an_address_that_is_taken_stays_whose_it_is() {
    on_each_database(async |app| {
        let ana = Person::registered(app, "ana").await;
        let ben = Person::registered(app, "ben").await;
        let to = |email: &str| json!({ "email": email, "password": PASSWORD });
        ana.post("/v1/me/email", &to("BEN@example.com")).await.expect_problem(409, "email_taken");
        ana.post("/v1/me/email", &to("typo@example.com")).await.expect(202);
        let mistyped = app.last_letter_to("typo@example.com").await.secret("confirm-email");
        ana.post("/v1/me/email", &to("neu@example.com")).await.expect(202);
        confirm(app, &mistyped).await.expect_problem(409, "link_not_good");

        // Somebody registers with it in the meantime: nothing changes, and the link is as it was.
        let link = app.last_letter_to("neu@example.com").await.secret("confirm-email");
        Person::registered(app, "neu").await;
        for _ in 0..2 {
            confirm(app, &link).await.expect_problem(409, "email_taken");
        }
        assert_eq!(address_of(&ana).await, (json!("ana@example.com"), json!(false)));
        ana.post("/v1/me/email", &to("third@example.com")).await.expect(202);
        ana.post("/v1/me/email", &to("fourth@example.com")).await.expect_problem(429, "too_many_requests");

        // The brand says the address of whoever comes by its sign-on.
        let customer = app.member("cora").await;
        customer.post("/v1/me/email", &to("other@example.com")).await.expect_problem(409, "email_of_sign_on");
        assert_eq!(app.letters_to("other@example.com").await, []);
        // Of two who want one address the first to confirm has it.
        ben.post("/v1/me/email", &to("wanted@example.com")).await.expect(202);
        let bens = app.last_letter_to("wanted@example.com").await.secret("confirm-email");
        app.advance(TimeDelta::seconds(1));
        let dana = Person::registered(app, "dana").await;
        dana.post("/v1/me/email", &to("wanted@example.com")).await.expect(202);
        let danas = app.last_letter_to("wanted@example.com").await.secret("confirm-email");
        assert_ne!(bens, danas);
        let at_once = futures_util::future::join(confirm(app, &bens), confirm(app, &danas)).await;
        let mut statuses = [at_once.0.status.as_u16(), at_once.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);
    })
    .await;
}

#[actix_web::test]
async fn the_brand_says_whether_an_address_is_proven_and_what_was_proven_here_stays() {
    on_each_database(async |app| {
        let come = async |email: &str, verified: bool| {
            let claims = json!({ "sub": "cora", "email": email, "email_verified": verified, "name": "cora" });
            let token = kit::people::sso_token(app, &claims);
            let answer = app.visitor().post("/v1/auth/sso", &json!({ "token": token })).await.expect(200);
            (Person::signed_in(app, &answer), answer["member"]["email_verified"].clone())
        };
        assert_eq!(come("cora@example.com", false).await.1, false);
        let (cora, _) = come("cora@example.com", false).await;
        cora.post("/v1/me/email/verification", &json!({})).await.expect(202);
        let link = app.last_letter_to("cora@example.com").await.secret("confirm-email");
        confirm(app, &link).await.expect(204);
        assert_eq!(come("cora@example.com", false).await.1, true);
        assert_eq!(come("moved@example.com", false).await.1, false);
        assert_eq!(come("moved@example.com", true).await.1, true);
    })
    .await;
}
