//! What people hear of panels: the announcement, seats, results, by notification and by mail.

use chrono::TimeDelta;
use kit::{
    TestApp, on_each_database,
    people::{Person, sso_token},
};
use serde_json::{Value, json};

use super::{
    apply,
    people::told,
    recruiting,
    seats::{confirmed, seed_delivered, seed_reported},
    step, text,
};

/// A member whose address is proven, who reads a language.
pub async fn proven<'a>(app: &'a TestApp, name: &str, locale: &str) -> Person<'a> {
    let claims =
        json!({ "sub": name, "email": format!("{name}@example.com"), "name": name, "email_verified": true });
    let token = json!({ "token": sso_token(app, &claims) });
    let person = Person::signed_in(app, &app.visitor().post("/v1/auth/sso", &token).await.expect(200));
    person.patch("/v1/me", &json!({ "locale": locale })).await.expect(200);
    person
}

fn count(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|one| *one == kind).count()
}

#[actix_web::test]
async fn everybody_who_applied_hears_of_the_result_once_when_it_is_out() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "method": "manual", "seats": 1, "waitlist": 0 })).await;
        for (name, locale) in [("ana", "ko"), ("ben", "en")] {
            apply(&proven(app, name, locale).await, &panel, json!({})).await;
        }
        apply(&app.member("cho").await, &panel, json!({})).await;
        let gone = app.member("dan").await;
        let sent = apply(&gone, &panel, json!({})).await;
        gone.delete(&format!("/v1/applications/{}", text(&sent["id"]))).await.expect(204);
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "announce").await;
        // It is released, and not out yet.
        assert_eq!(app.seed_tell_people().await[0], 0);
        app.advance(TimeDelta::hours(120));
        futures_util::join!(app.seed_tell_people(), app.seed_tell_people(), app.seed_tell_people());
        assert_eq!(app.seed_tell_people().await[0], 0);
        for name in ["ana", "ben", "cho"] {
            let news = app.member(name).await.all("/v1/me/notifications", 10).await;
            let [one] = &news[..] else { panic!("{name}: {news:?}") };
            assert_eq!(
                (&one["kind"], &one["idea"], &one["board"]),
                (&json!("panel_result"), &Value::Null, &Value::Null)
            );
            assert_eq!(one["panel"], json!({ "id": panel, "title": "새 이어폰 체험단" }));
        }
        assert_eq!(told(&app.member("dan").await).await, Vec::<String>::new());

        // Mailed to those who have shown that they read it, in their language, once.
        let page = format!("https://front.example/panels/{panel}");
        for (name, subject) in
            [("ana", "[마당] 체험단 결과가 나왔습니다"), ("ben", "[마당] The result of the panel is out")]
        {
            let letters = app.letters_to(&format!("{name}@example.com")).await;
            let [letter] = &letters[..] else { panic!("{letters:?}") };
            assert_eq!(letter.subject, subject);
            assert!(
                letter.body.contains("새 이어폰 체험단") && letter.body.contains(&page),
                "{}",
                letter.body
            );
        }
        assert!(app.letters_to("cho@example.com").await.is_empty());
        assert_eq!(app.letters_to("ana@example.com").await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn whoever_gets_a_seat_is_told_and_staff_where_nobody_does() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "method": "first_come", "seats": 1, "waitlist": 1 })).await;
        let first = apply(&app.member("홍길동").await, &panel, json!({})).await;
        let second = apply(&proven(app, "ben", "en").await, &panel, json!({})).await;
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "announce").await;
        app.advance(TimeDelta::hours(120));
        let decline = |sent: &Value| format!("/v1/applications/{}/decline", text(&sent["id"]));
        app.member("홍길동").await.post(&decline(&first), &json!({})).await.expect(200);
        let ben = app.member("ben").await;
        assert_eq!(told(&ben).await, ["panel_seat"]);
        let letter = app.last_letter_to("ben@example.com").await;
        assert_eq!(letter.subject, "[마당] You have a seat in the panel");
        let seat = ben.get(&format!("/v1/applications/{}", text(&second["id"]))).await.expect(200);
        let by: chrono::DateTime<chrono::Utc> = text(&seat["confirm_by"]).parse().unwrap();
        let by = (by + TimeDelta::hours(9)).format("%Y-%m-%d %H:%M (Seoul)").to_string();
        assert!(letter.body.contains(&by), "{by}: {}", letter.body);
        let (pm, marketer, moderator) =
            (app.staff("product_manager").await, app.staff("marketer").await, app.staff("moderator").await);
        assert_eq!(told(&pm).await, Vec::<String>::new());

        ben.post(&decline(&second), &json!({})).await.expect(200);
        for person in [&pm, &marketer] {
            assert_eq!(told(person).await, ["panel_seat_empty"]);
        }
        assert_eq!(told(&moderator).await, Vec::<String>::new());
        let announced = app.visitor().get(&format!("/v1/panels/{panel}/announcement")).await.expect(200);
        let [hong, waiting] = [&first, &second].map(|sent| sent["ticket"].clone());
        assert_eq!(announced["chosen"], json!([{ "name": "홍*동", "ticket": hong }]));
        assert_eq!(announced["waitlist"], json!([{ "name": "b*n", "ticket": waiting }]));
        let replaced = json!([{ "left": hong, "taken_by": waiting }, { "left": waiting, "taken_by": null }]);
        assert_eq!((&announced["replacements"], &announced["proof"]), (&replaced, &Value::Null));

        // Who runs panels no more hears no more of their inner affairs.
        let admin = app.admin().await;
        admin.patch(&format!("/v1/members/{}", marketer.id), &json!({ "role": "member" })).await.expect(200);
        assert_eq!(told(&marketer).await, Vec::<String>::new());
    })
    .await;
}

#[actix_web::test]
async fn the_announcement_is_for_everybody_once_it_is_out() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "seats": 2, "waitlist": 1, "objection_hours": 0 })).await;
        let path = format!("/v1/panels/{panel}/announcement");
        for name in ["남궁민수", "이산", "김", "Kim"] {
            apply(&app.member(name).await, &panel, json!({})).await;
        }
        app.visitor().get(&path).await.expect_problem(409, "panel_phase");
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "lock").await;
        let number = json!({ "values": ["7"], "witness": "김증인", "link": "https://example.com/1300" });
        pm.post(&format!("/v1/panels/{panel}/draw"), &number).await.expect(200);
        step(&pm, &panel, "announce").await;
        for reader in [&app.visitor(), &pm] {
            reader.get(&path).await.expect_problem(409, "panel_phase");
        }
        app.advance(TimeDelta::hours(120));
        let announced = app.visitor().get(&path).await.expect(200);
        let draw = app.visitor().get(text(&announced["proof"])).await.expect(200);
        let tickets =
            |of: &Value| of.as_array().unwrap().iter().map(|one| one["ticket"].clone()).collect::<Vec<_>>();
        assert_eq!(json!(tickets(&announced["chosen"])), draw["selected"]);
        assert_eq!(tickets(&announced["waitlist"])[..], draw["waitlist"].as_array().unwrap()[..1]);
        assert_eq!((&announced["seats"], &announced["replacements"]), (&json!(2), &json!([])));
        let schedule = app.visitor().get(&format!("/v1/panels/{panel}")).await.expect(200);
        assert_eq!(announced["announced_at"], schedule["schedule"]["announce_at"]);
        for one in announced["chosen"].as_array().unwrap() {
            assert!(["남**수", "이*", "*", "K*m"].contains(&text(&one["name"])), "{one}");
        }

        // Whoever is forgotten keeps their place, and has no name.
        app.seed_execute("UPDATE applications SET member_id = NULL").unwrap();
        let after = app.visitor().get(&path).await.expect(200);
        assert_eq!(tickets(&after["chosen"]), tickets(&announced["chosen"]));
        assert_eq!(after["chosen"][0]["name"], Value::Null);
        let draft =
            app.staff("product_manager").await.post("/v1/panels", &super::terms(app)).await.expect(201);
        app.visitor().get(&format!("/v1/panels/{}/announcement", text(&draft["id"]))).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn a_panel_is_closed_with_what_was_learned_and_everybody_is_told() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        let path = format!("/v1/panels/{}/results", seat.panel);
        seed_delivered(app, &seat);
        app.advance(TimeDelta::days(21));
        seed_reported(app, &seat);
        app.advance(TimeDelta::days(3));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let close = format!("/v1/panels/{}/close", seat.panel);
        pm.post(&close, &json!({})).await.expect_problem(409, "results_missing");
        app.visitor().get(&path).await.expect(404);
        let said = json!({ "learned": "**컸다**", "changes": "작게 만듭니다" });
        ana.put_body(&path, &said).await.expect_problem(403, "forbidden");
        for (body, pointer) in [
            (json!({ "learned": "컸다" }), "/changes"),
            (json!({ "learned": " ", "changes": "작게" }), "/learned"),
            (json!({ "learned": "컸다", "changes": "가".repeat(20_001) }), "/changes"),
        ] {
            let problem = pm.put_body(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let put = pm.put_body(&path, &said).await;
        let etag = put.header("etag").unwrap().to_owned();
        assert_eq!(put.expect(200)["learned_html"], "<p><strong>컸다</strong></p>\n");
        let better = json!({ "learned": "귀에 컸다", "changes": "작게 만듭니다" });
        pm.with("If-Match", &etag).put_body(&path, &better).await.expect(200);
        pm.with("If-Match", &etag).put_body(&path, &said).await.expect_problem(412, "stale");
        assert_eq!(app.visitor().get(&path).await.expect(200)["learned"], "귀에 컸다");
        assert_eq!(count(&told(&ana).await, "panel_results_back"), 0);

        let closed = pm.post(&close, &json!({})).await.expect(200);
        assert_eq!((&closed["phase"], closed["results_at"].is_string()), (&json!("closed"), true));
        assert_eq!(told(&ana).await[0], "panel_results_back");
        // A word can still be put better, which nobody is told of.
        pm.put_body(&path, &said).await.expect(200);
        assert_eq!(count(&told(&ana).await, "panel_results_back"), 1);
        let events = app.seed_read_events();
        assert_eq!(events.iter().filter(|(kind, _)| kind == "panel.results_written").count(), 3);
    })
    .await;
}

#[actix_web::test]
async fn before_the_announcement_there_is_nothing_to_tell() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({})).await;
        let said = json!({ "learned": "컸다", "changes": "작게" });
        let path = format!("/v1/panels/{panel}/results");
        pm.put_body(&path, &said).await.expect_problem(409, "panel_phase");
        app.visitor().get(&path).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn who_applied_hears_of_a_cancellation_and_marks_it_as_read() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({})).await;
        let ana = app.member("ana").await;
        apply(&ana, &panel, json!({})).await;
        step(&pm, &panel, "cancel").await;
        let news = ana.get("/v1/me/notifications?unread=true").await.expect(200)["items"][0].clone();
        assert_eq!((&news["kind"], &news["panel"]["id"]), (&json!("panel_cancelled"), &json!(panel)));
        ana.put(&format!("/v1/me/notifications/{}/read", text(&news["id"]))).await.expect(204);
        let unread = ana.get("/v1/me/notifications?unread=true").await.expect(200);
        assert_eq!(unread["items"], json!([]));
        assert_eq!(told(&ana).await, ["panel_cancelled"]);
        ana.delete(&format!("/v1/me/notifications/{}/read", text(&news["id"]))).await.expect(204);
        assert_eq!(ana.post("/v1/me/notifications/read-all", &json!({})).await.expect(200)["read"], 1);
        // What was cancelled is announced to nobody, whatever the clock says.
        app.advance(TimeDelta::days(10));
        assert_eq!(app.seed_tell_people().await[0], 0);
    })
    .await;
}

#[actix_web::test]
async fn a_reminder_is_mailed_unless_the_report_came_before_the_mail_left() {
    on_each_database(async |app| {
        proven(app, "ana", "ko").await;
        let seat = confirmed(app, "ana").await;
        let delivered = seed_delivered(app, &seat);
        assert_eq!(app.seed_tell_people().await[0], 1);
        assert_eq!(app.letters_to("ana@example.com").await.len(), 1);
        // Noon in Seoul, a week before the report is due.
        let noon = (delivered + TimeDelta::hours(9)).date_naive() + TimeDelta::days(14);
        let noon = noon.and_hms_opt(3, 0, 0).unwrap().and_utc();
        app.advance(noon - app.clock().now());
        assert_eq!(app.seed_tell_people().await[1], 1);
        let letter = app.last_letter_to("ana@example.com").await;
        assert_eq!(letter.subject, "[마당] 체험 보고서 기한을 알려 드립니다");
        let due = delivered + TimeDelta::days(21) + TimeDelta::hours(9);
        assert!(letter.body.contains(&due.format("%Y년 %-m월 %-d일 %H:%M").to_string()), "{}", letter.body);
        app.advance(TimeDelta::days(4));
        assert_eq!(app.seed_tell_people().await[1], 1);
        seed_reported(app, &seat);
        let letters = app.letters_to("ana@example.com").await;
        assert_eq!((letters.len(), letters.last()), (2, Some(&letter)));
    })
    .await;
}

#[actix_web::test]
async fn nothing_more_is_mailed_of_a_panel_that_was_called_off() {
    on_each_database(async |app| {
        proven(app, "ana", "ko").await;
        let seat = confirmed(app, "ana").await;
        let delivered = seed_delivered(app, &seat);
        assert_eq!(app.seed_tell_people().await[0], 1);
        let noon = (delivered + TimeDelta::hours(9)).date_naive() + TimeDelta::days(14);
        let noon = noon.and_hms_opt(3, 0, 0).unwrap().and_utc();
        app.advance(noon - app.clock().now());
        assert_eq!(app.seed_tell_people().await[1], 1);
        // The result and the reminder wait to be mailed.
        step(&app.staff("product_manager").await, &seat.panel, "cancel").await;
        assert_eq!(app.letters_to("ana@example.com").await, []);
        assert_eq!(told(&app.member("ana").await).await[0], "panel_cancelled");
    })
    .await;
}

#[actix_web::test]
async fn who_moves_up_before_the_result_hears_of_the_seat_when_it_can_be_confirmed() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "method": "first_come", "seats": 1, "waitlist": 1 })).await;
        let ana = app.member("ana").await;
        let first = apply(&ana, &panel, json!({})).await;
        let ben = proven(app, "ben", "en").await;
        let second = apply(&ben, &panel, json!({})).await;
        ana.delete(&format!("/v1/applications/{}", text(&first["id"]))).await.expect(204);
        let path = format!("/v1/applications/{}", text(&second["id"]));
        assert_eq!(ben.get(&path).await.expect(200)["outcome"], "selected");
        let confirm = format!("{path}/confirm");
        ben.post(&confirm, &json!({})).await.expect_problem(409, "panel_phase");
        // Whoever is told to confirm can.
        assert_eq!(told(&ben).await, Vec::<String>::new());
        assert_eq!(app.letters_to("ben@example.com").await, []);
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "announce").await;
        app.advance(TimeDelta::hours(120));
        assert_eq!(app.seed_tell_people().await[0], 1);
        let ben = app.member("ben").await;
        assert_eq!(told(&ben).await, ["panel_result"]);
        assert_eq!(
            app.last_letter_to("ben@example.com").await.subject,
            "[마당] The result of the panel is out"
        );
        assert_eq!(ben.post(&confirm, &json!({})).await.expect(200)["outcome"], "confirmed");
    })
    .await;
}
