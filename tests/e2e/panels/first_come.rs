//! First come, first served, and chosen by hand.

use chrono::TimeDelta;
use futures_util::StreamExt as _;
use kit::on_each_database;
use serde_json::{Value, json};

use super::{apply, phase, recruiting, step, text};

#[actix_web::test]
async fn the_first_to_come_have_the_seats_in_their_order_however_many_come_at_once() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let other = json!({ "method": "first_come", "seats": 5, "waitlist": 3, "quotas": {} });
        let panel = recruiting(app, &pm, other).await;
        let path = format!("/v1/panels/{panel}/applications");
        let mut people = Vec::new();
        for nth in 0..30 {
            people.push(app.member(&format!("m{nth}")).await);
        }
        let sent =
            futures_util::stream::iter(&people).map(async |person| person.post(&path, &json!({})).await);
        let answers: Vec<_> = sent.buffer_unordered(30).collect().await;
        let mut outcomes: Vec<(String, Value)> = Vec::new();
        for answer in answers {
            match answer.status.as_u16() {
                201 => {
                    outcomes.push((text(&answer.json["outcome"]).to_owned(), answer.json["place"].clone()))
                }
                _ => drop(answer.expect_problem(409, "panel_full")),
            }
        }
        assert_eq!(outcomes.iter().filter(|(outcome, _)| outcome == "selected").count(), 5);
        let mut places: Vec<u64> = outcomes.iter().filter_map(|(_, place)| place.as_u64()).collect();
        places.sort_unstable();
        assert_eq!(places, [1, 2, 3]);
        assert_eq!(pm.all(&path, 100).await.len(), 8);

        // Who leaves makes room for the first who waits.
        let of = |outcome: &'static str| async move {
            let mut found = Vec::new();
            for nth in 0..30 {
                let person = app.member(&format!("m{nth}")).await;
                let mine = person.get("/v1/me/applications").await.expect(200)["items"][0].clone();
                if mine["outcome"] == outcome {
                    found.push((person, mine));
                }
            }
            found
        };
        let (leaver, application) = &of("selected").await[0];
        leaver.delete(&format!("/v1/applications/{}", text(&application["id"]))).await.expect(204);
        assert_eq!(of("selected").await.len(), 5);
        let waiting: Vec<u64> =
            of("waitlisted").await.iter().map(|(_, mine)| mine["place"].as_u64().unwrap()).collect();
        let mut waiting = waiting;
        waiting.sort_unstable();
        assert_eq!(waiting, [1, 2]);

        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        assert_eq!(phase(app, &panel).await, "screening");
        pm.post(&format!("/v1/panels/{panel}/lock"), &json!({})).await.expect_problem(409, "panel_phase");
        step(&pm, &panel, "announce").await;
        app.advance(TimeDelta::hours(72));
        let (person, mine) = &of("selected").await[0];
        let confirmed =
            person.post(&format!("/v1/applications/{}/confirm", text(&mine["id"])), &json!({})).await;
        assert_eq!(confirmed.expect(200)["outcome"], "confirmed");
    })
    .await;
}

#[actix_web::test]
async fn staff_choose_by_their_scores() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "method": "manual", "seats": 1, "waitlist": 1 })).await;
        let mut ids = Vec::new();
        for (name, score) in [("a", 10), ("b", 30), ("c", 20), ("d", 5)] {
            let person = app.member(name).await;
            let sent = apply(&person, &panel, json!({})).await;
            let path = format!("/v1/applications/{}", text(&sent["id"]));
            let person = name;
            pm.put_body(&format!("{path}/score"), &json!({ "score": score })).await.expect(200);
            ids.push((person, path));
        }
        step(&pm, &panel, "close_recruiting").await;
        step(&pm, &panel, "announce").await;
        app.advance(TimeDelta::hours(120));
        let mut outcomes = Vec::new();
        for (person, path) in &ids {
            let read = app.member(person).await.get(path).await.expect(200);
            outcomes.push(text(&read["outcome"]).to_owned());
        }
        assert_eq!(outcomes, ["not_selected", "selected", "waitlisted", "not_selected"]);
        let (chosen, path) = &ids[1];
        app.member(chosen).await.post(&format!("{path}/decline"), &json!({})).await.expect(200);
        assert_eq!(app.member("c").await.get(&ids[2].1).await.expect(200)["outcome"], "selected");
    })
    .await;
}

#[actix_web::test]
async fn who_may_be_taken_only_after_a_change_comes_then() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let consents = json!([{ "key": "privacy", "purpose": "운영", "text": "주소", "required": true }]);
        let other = json!({ "method": "first_come", "seats": 1, "waitlist": 1, "consents": consents });
        let panel = recruiting(app, &pm, other).await;
        let (ana, ben, cho) = (app.member("ana").await, app.member("ben").await, app.member("cho").await);
        let late = apply(&ana, &panel, json!({})).await;
        assert_eq!((&late["outcome"], &late["reasons"]), (&json!("applied"), &json!(["missing_consent"])));
        let agreed = json!({ "consents": ["privacy"] });
        assert_eq!(apply(&ben, &panel, agreed.clone()).await["outcome"], "selected");
        let path = |sent: &Value| format!("/v1/applications/{}", text(&sent["id"]));
        let changed = ana.patch(&path(&late), &agreed).await.expect(200);
        assert_eq!((&changed["outcome"], &changed["place"]), (&json!("waitlisted"), &json!(1)));
        let latest = apply(&cho, &panel, json!({})).await;
        cho.patch(&path(&latest), &agreed).await.expect_problem(409, "panel_full");
        assert_eq!(cho.get(&path(&latest)).await.expect(200)["consents"], json!([]));
    })
    .await;
}

#[actix_web::test]
async fn who_hears_late_of_a_seat_still_has_two_days() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "method": "first_come", "seats": 1 })).await;
        let sent = apply(&app.member("ana").await, &panel, json!({})).await;
        // Announced a week after the time to confirm was to end.
        app.advance(TimeDelta::hours(168 + 168));
        step(&app.staff("product_manager").await, &panel, "announce").await;
        assert_eq!(app.seed_lapse_seats().await, 0);
        let ana = app.member("ana").await;
        let confirmed =
            ana.post(&format!("/v1/applications/{}/confirm", text(&sent["id"])), &json!({})).await;
        assert_eq!(confirmed.expect(200)["outcome"], "confirmed");
    })
    .await;
}

#[actix_web::test]
async fn a_seat_that_somebody_left_is_there_for_whoever_comes_next() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "method": "first_come", "seats": 2, "waitlist": 0 })).await;
        let path = format!("/v1/panels/{panel}/applications");
        let [ana, ben, cho] = ["ana", "ben", "cho"].map(|name| app.member(name));
        let (ana, ben, cho) = (ana.await, ben.await, cho.await);
        let first = apply(&ana, &panel, json!({})).await;
        apply(&ben, &panel, json!({})).await;
        cho.post(&path, &json!({})).await.expect_problem(409, "panel_full");
        ben.post(&path, &json!({})).await.expect_problem(409, "already_applied");
        ana.delete(&format!("/v1/applications/{}", text(&first["id"]))).await.expect(204);
        assert_eq!(apply(&cho, &panel, json!({})).await["outcome"], "selected");
    })
    .await;
}
