//! Whose mail goes first: what somebody waits for before what many are told, and what can be written before what cannot.

use chrono::TimeDelta;
use kit::{TestApp, people::Person};
use serde_json::json;

use super::{
    Log, by_smtp,
    post_office::{PostOffice, Verdict},
};
use crate::panels::{news::proven, recruiting};

/// Tells members with proven addresses of the result of a panel.
async fn tell_of_a_result(app: &TestApp, names: &[String]) {
    let pm = app.staff("product_manager").await;
    let panel = recruiting(app, &pm, json!({ "method": "manual", "seats": 1 })).await;
    for name in names {
        let person = proven(app, name, "ko").await;
        person.post(&format!("/v1/panels/{panel}/applications"), &json!({})).await.expect(201);
    }
    for step in ["close_recruiting", "announce"] {
        pm.post(&format!("/v1/panels/{panel}/{step}"), &json!({})).await.expect(200);
    }
    app.advance(TimeDelta::hours(120));
    assert_eq!(app.seed_tell_people().await[0], 1);
}

async fn ask_for_a_password(app: &TestApp, name: &str) {
    let body = json!({ "email": format!("{name}@example.com") });
    app.visitor().post("/v1/auth/password-reset", &body).await.expect(202);
}

fn addressees(office: &PostOffice) -> Vec<String> {
    office.received().into_iter().flat_map(|mail| mail.to).collect()
}

#[actix_web::test]
async fn news_that_cannot_be_mailed_is_set_aside_and_keeps_no_mail_waiting() {
    for kind in kit::databases::kinds() {
        let office = PostOffice::open();
        let app = TestApp::start(kind, &by_smtp(office.port)).await;
        tell_of_a_result(&app, &["ana".to_owned(), "ben".to_owned(), "cho".to_owned()]).await;
        app.seed_execute(
            "UPDATE notifications SET kind = 'of_a_later_release'
             WHERE member_id = (SELECT id FROM members WHERE email = 'ben@example.com')",
        )
        .unwrap();
        Person::registered(&app, "rae").await;
        ask_for_a_password(&app, "rae").await;
        let log = Log::start();
        app.seed_send_mails().await;
        let mut received = addressees(&office);
        assert_eq!(received[..2], ["rae@example.com", "rae@example.com"]);
        received[2..].sort();
        assert_eq!(received[2..], ["ana@example.com", "cho@example.com"]);
        // It is said why, once.
        let set_aside = || log.text().lines().filter(|line| line.contains("it is set aside")).count();
        assert!(log.text().contains("not to be mailed"), "{}", log.text());
        app.seed_send_mails().await;
        assert_eq!((set_aside(), addressees(&office).len()), (1, 4));
        app.finish().await;
    }
}

#[actix_web::test]
async fn a_new_password_does_not_wait_for_the_news_of_panels() {
    for kind in kit::databases::kinds() {
        let office = PostOffice::open();
        let app = TestApp::start(kind, &by_smtp(office.port)).await;
        Person::registered(&app, "rae").await;
        app.seed_send_mails().await;
        assert_eq!(addressees(&office), ["rae@example.com"]);
        let many: Vec<String> = (0..30).map(|nth| format!("m{nth}")).collect();
        tell_of_a_result(&app, &many).await;
        office.answer(Verdict::Busy);
        app.seed_send_mails().await;
        assert_eq!(app.seed_count_waiting_mails(), 30);
        office.answer(Verdict::Takes);
        app.advance(TimeDelta::minutes(1));
        ask_for_a_password(&app, "rae").await;
        app.seed_send_mails().await;
        let received = addressees(&office);
        assert_eq!(received.len(), 32);
        // Four are handed over at a time.
        assert!(received[1..5].contains(&"rae@example.com".to_owned()), "{received:?}");
        app.finish().await;
    }
}
