//! The reliability of people: reminders, excuses, strikes and appeals.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{
    apply, recruiting,
    seats::{Seat, confirmed, seed_delivered, seed_excuse, seed_reported},
    text,
};

/// The kinds of what somebody was told, latest first.
pub async fn told(person: &Person<'_>) -> Vec<String> {
    let all = person.all("/v1/me/notifications", 3).await;
    all.iter().map(|one| text(&one["kind"]).to_owned()).collect()
}

/// Turns the clock to an hour of Seoul, so many days after the one on which a report is due.
fn turn_to(app: &TestApp, delivered: DateTime<Utc>, day: i64, hour: u32) {
    let seoul = TimeDelta::hours(9);
    let due = (delivered + seoul).date_naive() + TimeDelta::days(21 + day);
    let wanted = due.and_time(NaiveTime::from_hms_opt(hour, 30, 0).unwrap()).and_utc() - seoul;
    app.advance(wanted - app.clock().now());
}

async fn stage(app: &TestApp, name: &str, seat: &Seat) -> Value {
    let path = format!("/v1/applications/{}", seat.application);
    app.member(name).await.get(&path).await.expect(200)["trial"]["stage"].clone()
}

#[actix_web::test]
async fn a_reminder_comes_on_its_day_once_in_daylight_or_never() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        let delivered = seed_delivered(app, &seat);
        // A server that is down on the third day before says nothing of it on the second.
        for (day, hour, reminded) in [
            (-8, 12, 0),
            (-7, 7, 0),
            (-7, 8, 1),
            (-7, 20, 0),
            (-2, 12, 0),
            (-1, 21, 0),
            (0, 12, 0),
            (1, 12, 1),
            (2, 12, 0),
            (3, 9, 1),
            (4, 12, 0),
        ] {
            turn_to(app, delivered, day, hour);
            assert_eq!(app.seed_tell_people().await[1], reminded, "day {day}, {hour} o'clock");
        }
        let ana = app.member("ana").await;
        let reminders = told(&ana).await.into_iter().filter(|kind| kind == "panel_reminder").count();
        assert_eq!(reminders, 3);
    })
    .await;
}

#[actix_web::test]
async fn whoever_has_told_is_excused_or_left_is_not_reminded() {
    on_each_database(async |app| {
        let seats = [confirmed(app, "ana").await, confirmed(app, "ben").await, confirmed(app, "cho").await];
        let delivered = seed_delivered(app, &seats[0]);
        seed_delivered(app, &seats[1]);
        seed_delivered(app, &seats[2]);
        seed_reported(app, &seats[0]);
        for (seat, granted) in [(&seats[1], true), (&seats[2], false)] {
            seed_excuse(app, &seat.application);
            let decide = format!("/v1/applications/{}/excuse/decide", seat.application);
            let pm = app.staff("product_manager").await;
            pm.post(&decide, &json!({ "granted": granted })).await.expect(200);
        }
        turn_to(app, delivered, -7, 12);
        // Who was refused still owes a report.
        assert_eq!(app.seed_tell_people().await[1], 1);
        let mut reminded = Vec::new();
        for name in ["ana", "ben", "cho"] {
            let kinds = told(&app.member(name).await).await;
            reminded.push(kinds.iter().any(|kind| kind == "panel_reminder"));
        }
        assert_eq!(reminded, [false, false, true]);
    })
    .await;
}

#[actix_web::test]
async fn an_excuse_is_said_by_its_applicant_and_decided_once() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        seed_delivered(app, &seat);
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let (pm, moderator) = (app.staff("product_manager").await, app.staff("moderator").await);
        let path = format!("/v1/applications/{}/excuse", seat.application);
        let decide = format!("{path}/decide");
        pm.post(&decide, &json!({ "granted": true })).await.expect_problem(409, "nothing_to_decide");
        ben.put_body(&path, &json!({ "reason": "남의 일" })).await.expect_problem(404, "not_found");
        for (body, pointer) in [
            (json!({}), "/reason"),
            (json!({ "reason": " " }), "/reason"),
            (json!({ "reason": "가".repeat(2_001) }), "/reason"),
            (json!({ "reason": "입원", "granted": true }), "/granted"),
        ] {
            let problem = ana.put_body(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let said = ana.put_body(&path, &json!({ "reason": "입원" })).await.expect(200);
        assert_eq!((&said["reason"], &said["granted"]), (&json!("입원"), &Value::Null));
        let again = ana.put_body(&path, &json!({ "reason": "입원했습니다" })).await.expect(200);
        assert_eq!((&again["reason"], &again["created_at"]), (&json!("입원했습니다"), &said["created_at"]));
        assert_eq!(told(&pm).await, ["panel_excuse_waiting"]);
        assert_eq!(told(&moderator).await, Vec::<String>::new());

        ana.post(&decide, &json!({ "granted": true })).await.expect_problem(403, "forbidden");
        let listed = pm.get(&format!("/v1/panels/{}/applications", seat.panel)).await.expect(200);
        assert_eq!(listed["items"][0]["excuse"], again);
        let decided = pm.post(&decide, &json!({ "granted": true })).await.expect(200);
        assert_eq!(decided["granted"], true);
        pm.post(&decide, &json!({ "granted": false })).await.expect_problem(409, "already_decided");
        ana.put_body(&path, &json!({ "reason": "또" })).await.expect_problem(409, "already_decided");
        assert_eq!(told(&ana).await[0], "panel_excuse_decided");
        assert_eq!(stage(app, "ana", &seat).await, "excused");
        // Nothing is held against whoever was excused.
        app.advance(TimeDelta::days(40));
        assert_eq!(app.seed_tell_people().await[2], 0);
        assert_eq!(app.member("ana").await.get("/v1/me/strikes").await.expect(200)["strikes"], json!([]));
        let kinds: Vec<String> = app.seed_read_events().into_iter().map(|(kind, _)| kind).collect();
        for (kind, count) in [("application.excuse_sent", 2), ("application.excuse_decided", 1)] {
            assert_eq!(kinds.iter().filter(|one| *one == kind).count(), count, "{kind}");
        }
    })
    .await;
}

#[actix_web::test]
async fn an_excuse_has_its_time_and_its_trial() {
    on_each_database(async |app| {
        let (early, told, late) =
            (confirmed(app, "ana").await, confirmed(app, "ben").await, confirmed(app, "cho").await);
        let excuse = async |name: &str, seat: &Seat| {
            let path = format!("/v1/applications/{}/excuse", seat.application);
            app.member(name).await.put_body(&path, &json!({ "reason": "이사" })).await
        };
        // Before the product is there, too.
        excuse("ana", &early).await.expect(200);
        seed_delivered(app, &told);
        seed_reported(app, &told);
        excuse("ben", &told).await.expect_problem(409, "nothing_to_excuse");
        let pm = app.staff("product_manager").await;
        let open = recruiting(app, &pm, json!({})).await;
        let sent = apply(&app.member("ana").await, &open, json!({})).await;
        let seat = Seat { panel: open, application: text(&sent["id"]).to_owned() };
        excuse("ana", &seat).await.expect_problem(409, "panel_phase");

        seed_delivered(app, &late);
        app.advance(TimeDelta::days(28));
        excuse("cho", &late).await.expect_problem(409, "excuse_too_late");
        assert_eq!(app.seed_tell_people().await[2], 1);
        excuse("cho", &late).await.expect_problem(409, "nothing_to_excuse");
    })
    .await;
}

#[actix_web::test]
async fn what_is_not_decided_is_held_against_nobody() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        seed_delivered(app, &seat);
        let path = format!("/v1/applications/{}/excuse", seat.application);
        app.member("ana").await.put_body(&path, &json!({ "reason": "이사" })).await.expect(200);
        app.advance(TimeDelta::days(28));
        assert_eq!(app.seed_tell_people().await[2], 0);
        let pm = app.staff("product_manager").await;
        pm.post(&format!("{path}/decide"), &json!({ "granted": false })).await.expect(200);
        assert_eq!(app.seed_tell_people().await[2], 1);
        assert_eq!(stage(app, "ana", &seat).await, "no_show");
        let ana = app.member("ana").await;
        assert_eq!(told(&ana).await[..2], ["panel_no_show", "panel_excuse_decided"]);
    })
    .await;
}

#[actix_web::test]
async fn a_missed_report_is_one_strike_and_keeps_out_for_a_month() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        seed_delivered(app, &seat);
        app.advance(TimeDelta::days(28) - TimeDelta::minutes(1));
        assert_eq!(app.seed_tell_people().await[2], 0);
        app.advance(TimeDelta::minutes(1));
        // Several nodes at once.
        futures_util::join!(app.seed_tell_people(), app.seed_tell_people(), app.seed_tell_people());
        let ana = app.member("ana").await;
        let mine = ana.get("/v1/me/strikes").await.expect(200);
        let [strike] = &mine["strikes"].as_array().unwrap()[..] else { panic!("{mine}") };
        assert_eq!((&strike["kind"], &strike["weight"]), (&json!("no_show"), &json!(1.0)));
        assert_eq!(strike["panel"], json!({ "id": seat.panel, "title": "새 이어폰 체험단" }));
        let since: DateTime<Utc> = text(&strike["created_at"]).parse().unwrap();
        let until: DateTime<Utc> = text(&mine["barred_until"]).parse().unwrap();
        assert_eq!(until - since, TimeDelta::days(30));
        assert_eq!(told(&ana).await.iter().filter(|kind| *kind == "panel_no_show").count(), 1);
        assert_eq!(stage(app, "ana", &seat).await, "no_show");
        let recorded = app.seed_read_events().into_iter().filter(|(kind, _)| kind == "strike.recorded");
        let data: Vec<Value> = recorded.map(|(_, data)| data).collect();
        let ids =
            json!({ "strike_id": strike["id"], "application_id": seat.application, "panel_id": seat.panel });
        assert_eq!(data, [ids]);

        let pm = app.staff("product_manager").await;
        let other = recruiting(app, &pm, json!({ "schedule": long(app) })).await;
        let sent = apply(&ana, &other, json!({})).await;
        assert_eq!((&sent["eligible"], &sent["reasons"]), (&json!(false), &json!(["no_shows"])));
        let own = format!("/v1/applications/{}", text(&sent["id"]));
        assert_eq!(ana.get(&format!("{own}/explanation")).await.expect(200)["reasons"], json!(["no_shows"]));
        let listed = pm.get(&format!("/v1/panels/{other}/applications")).await.expect(200);
        assert_eq!(
            listed["items"][0]["reliability"],
            json!({ "weight": 1.0, "barred_until": mine["barred_until"] })
        );
        assert_eq!(ana.get(&own).await.expect(200).get("reliability"), None);
        let missed = pm.get(&format!("/v1/panels/{}/applications", seat.panel)).await.expect(200);
        assert_eq!(missed["items"][0]["strike"]["id"], strike["id"]);

        // After its month whoever is looked at anew may be taken.
        app.advance(TimeDelta::days(30));
        let ana = app.member("ana").await;
        let changed = ana.patch(&own, &json!({ "answers": {} })).await.expect(200);
        assert_eq!((&changed["eligible"], &changed["reasons"]), (&json!(true), &json!([])));
        app.advance(TimeDelta::days(150));
        let mine = app.member("ana").await.get("/v1/me/strikes").await.expect(200);
        assert_eq!((&mine["weight"], &mine["barred_until"]), (&json!(0.5), &Value::Null));
    })
    .await;
}

/// A schedule with two months to apply.
pub fn long(app: &TestApp) -> Value {
    let at = |days: i64| (app.clock().now() + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({ "opens_at": at(-1), "closes_at": at(60), "announce_at": at(61), "confirm_by": at(62), "trial_days": 1, "report_days": 1 })
}

#[actix_web::test]
async fn a_report_after_the_strike_is_late_and_counts_for_half() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        seed_delivered(app, &seat);
        app.advance(TimeDelta::days(28));
        app.seed_tell_people().await;
        seed_reported(app, &seat);
        let mine = app.member("ana").await.get("/v1/me/strikes").await.expect(200);
        let strike = &mine["strikes"][0];
        assert_eq!((&strike["kind"], &strike["weight"]), (&json!("late"), &json!(0.5)));
        assert_eq!((&mine["weight"], &mine["barred_until"]), (&json!(0.5), &Value::Null));
        assert_eq!(stage(app, "ana", &seat).await, "reported");
        assert_eq!(app.seed_tell_people().await[2], 0);
    })
    .await;
}

#[actix_web::test]
async fn an_appeal_is_ones_own_is_made_once_and_in_time_and_may_take_the_strike_away() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        seed_delivered(app, &seat);
        app.advance(TimeDelta::days(28));
        app.seed_tell_people().await;
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let pm = app.staff("product_manager").await;
        let strike = ana.get("/v1/me/strikes").await.expect(200)["strikes"][0].clone();
        let path = format!("/v1/strikes/{}", text(&strike["id"]));
        let verdict = json!({ "overturned": true, "note": "배송 기록을 확인했습니다" });
        let appeal = json!({ "text": "받지 못했습니다" });
        ben.post(&format!("{path}/appeal"), &appeal).await.expect_problem(404, "not_found");
        pm.post(&format!("{path}/appeal"), &appeal).await.expect_problem(404, "not_found");
        pm.post(&format!("{path}/decide"), &verdict).await.expect_problem(409, "nothing_to_decide");
        ana.post(&format!("{path}/appeal"), &json!({ "text": "" }))
            .await
            .expect_problem(422, "invalid_fields");
        let appealed = ana.post(&format!("{path}/appeal"), &appeal).await.expect(200);
        assert_eq!((&appealed["appeal"], &appealed["overturned"]), (&appeal["text"], &Value::Null));
        ana.post(&format!("{path}/appeal"), &appeal).await.expect_problem(409, "already_appealed");
        assert_eq!(told(&pm).await[0], "panel_appeal_waiting");

        ana.post(&format!("{path}/decide"), &verdict).await.expect_problem(403, "forbidden");
        let wordless = pm.post(&format!("{path}/decide"), &json!({ "overturned": true })).await;
        assert_eq!(wordless.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/note");
        let decided = pm.post(&format!("{path}/decide"), &verdict).await.expect(200);
        assert_eq!((&decided["overturned"], &decided["note"]), (&json!(true), &verdict["note"]));
        assert_eq!(decided["weight_now"], 0.0);
        let other = json!({ "overturned": false, "note": "아니요" });
        pm.post(&format!("{path}/decide"), &other).await.expect_problem(409, "already_decided");
        assert_eq!(told(&ana).await[0], "panel_appeal_decided");
        let mine = ana.get("/v1/me/strikes").await.expect(200);
        assert_eq!((&mine["weight"], &mine["barred_until"]), (&json!(0.0), &Value::Null));
        // It is no no-show any more, and is not recorded again.
        assert_eq!(stage(app, "ana", &seat).await, "in_trial");
        assert_eq!(app.seed_tell_people().await[2], 0);
        let open = recruiting(app, &pm, json!({})).await;
        assert_eq!(apply(&ana, &open, json!({})).await["reasons"], json!([]));

        let seat = confirmed(app, "cho").await;
        seed_delivered(app, &seat);
        app.advance(TimeDelta::days(28));
        app.seed_tell_people().await;
        app.advance(TimeDelta::days(30));
        let cho = app.member("cho").await;
        let strike = cho.get("/v1/me/strikes").await.expect(200)["strikes"][0]["id"].clone();
        let late = cho.post(&format!("/v1/strikes/{}/appeal", text(&strike)), &appeal).await;
        late.expect_problem(409, "appeal_too_late");
    })
    .await;
}

#[actix_web::test]
async fn a_seat_whose_product_is_there_is_not_left() {
    on_each_database(async |app| {
        let seat = confirmed(app, "ana").await;
        seed_delivered(app, &seat);
        let ana = app.member("ana").await;
        let decline = format!("/v1/applications/{}/decline", seat.application);
        ana.post(&decline, &json!({})).await.expect_problem(409, "already_shipped");
        assert_eq!(stage(app, "ana", &seat).await, "in_trial");
    })
    .await;
}
