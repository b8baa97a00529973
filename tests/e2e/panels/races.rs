//! Races about a panel: whoever comes second sees what the first did, whichever that is.

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use kit::{TestApp, databases::Kind, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{
    apply,
    people::long,
    recruiting,
    seats::{confirmed as struck, seed_delivered as delivered},
    step, text,
    trying::{confirmed, of, report, seed_delivered},
};

/// On PostgreSQL the first request comes first, so of two the second comes second, and these must be the answers. A third may overtake
/// the second there, because who waits for a row that another has changed looks for it anew; on SQLite any may have come first.
fn assert_in_order(app: &TestApp, statuses: &[u16], expected: &[u16]) {
    assert!(expected.len() < 3, "no more is certain");
    if app.kind == Kind::Postgres {
        assert_eq!(statuses[..expected.len()], *expected);
    }
}

async fn post(person: &Person<'_>, path: String) -> (u16, Value) {
    let answer = person.post(&path, &json!({})).await;
    (answer.status.as_u16(), answer.json)
}

/// What has come of answers: their statuses.
fn statuses(answers: &[(u16, Value)]) -> Vec<u16> {
    answers.iter().map(|(status, _)| *status).collect()
}

#[actix_web::test]
async fn an_application_in_flight_does_not_outlive_its_member() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        for method in ["manual", "lottery", "first_come"] {
            let terms = json!({ "method": method, "seats": 1, "waitlist": 9 });
            let (panel, other) =
                (recruiting(app, &pm, terms.clone()).await, recruiting(app, &pm, terms).await);
            let [first, second] = ["first", "second"].map(|name| format!("{method}-{name}"));
            let (ana, ben) = (app.member(&first).await, app.member(&second).await);
            let applications = |panel: &str| format!("/v1/panels/{panel}/applications");
            let erase = || "/v1/me/erase".to_owned();

            let race =
                vec![post(&ana, applications(&panel)).boxed_local(), post(&ana, erase()).boxed_local()];
            let came = statuses(&app.seed_race(&panel, race).await);
            assert_in_order(app, &came, &[201, 204]);
            assert!(matches!(came[..], [201 | 401, 204]), "{came:?}");

            // Whoever is leaving waits at one panel, and applies to another meanwhile.
            apply(&ben, &panel, json!({})).await;
            let race =
                vec![post(&ben, erase()).boxed_local(), post(&ben, applications(&other)).boxed_local()];
            let came = statuses(&app.seed_race(&panel, race).await);
            assert_in_order(app, &came, &[204, 401]);
            assert!(matches!(came[..], [204, 201 | 401]), "{came:?}");

            for panel in [&panel, &other] {
                for left in pm.all(&applications(panel), 100).await {
                    assert_eq!((left.get("member"), &left["outcome"]), (None, &json!("withdrawn")), "{left}");
                }
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn nobody_applies_to_what_is_closed_and_nobody_who_did_is_left_out() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        for (nth, method) in ["manual", "lottery", "first_come"].into_iter().enumerate() {
            let panel = recruiting(app, &pm, json!({ "method": method, "seats": 1, "waitlist": 9 })).await;
            let path = |what: &str| format!("/v1/panels/{panel}/{what}");
            let (ana, ben) = (app.member(&format!("a{nth}")).await, app.member(&format!("b{nth}")).await);
            let race = vec![
                post(&ana, path("applications")).boxed_local(),
                post(&pm, path("close_recruiting")).boxed_local(),
                post(&ben, path("applications")).boxed_local(),
            ];
            let answers = app.seed_race(&panel, race).await;
            let came = statuses(&answers);
            assert_in_order(app, &came, &[201]);
            assert!(matches!(came[..], [201 | 409, 200, 201 | 409]), "{came:?}");
            let until = pm.get(&format!("/v1/panels/{panel}")).await.expect(200);
            let count = came.iter().filter(|status| **status == 201).count();
            assert_eq!(until["applicant_count"], count, "{method}");
            assert_eq!(until["phase"], "screening");

            let panel = recruiting(app, &pm, json!({ "method": method, "seats": 1, "waitlist": 9 })).await;
            let path = |what: &str| format!("/v1/panels/{panel}/{what}");
            let race = vec![
                post(&pm, path("close_recruiting")).boxed_local(),
                post(&ben, path("applications")).boxed_local(),
            ];
            let came = statuses(&app.seed_race(&panel, race).await);
            assert_in_order(app, &came, &[200, 409]);
            assert!(matches!(came[..], [200, 201 | 409]), "{came:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn whoever_applies_before_the_lock_is_in_it() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "seats": 1, "waitlist": 0 })).await;
        apply(&app.member("cho").await, &panel, json!({})).await;
        let path = |what: &str| format!("/v1/panels/{panel}/{what}");
        let ana = app.member("ana").await;
        let race = vec![
            post(&ana, path("applications")).boxed_local(),
            post(&pm, path("close_recruiting")).boxed_local(),
            post(&pm, path("lock")).boxed_local(),
        ];
        let answers = app.seed_race(&panel, race).await;
        assert_in_order(app, &statuses(&answers), &[201]);
        if answers[2].0 != 200 {
            step(&pm, &panel, "lock").await;
        }
        if answers[0].0 == 201 {
            let explanation = format!("/v1/applications/{}/explanation", text(&answers[0].1["id"]));
            assert_eq!(ana.get(&explanation).await.expect(200)["proof"]["list"], "pool");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_report_is_accepted_or_forgotten_and_not_both() {
    on_each_database(async |app| {
        let trials = confirmed(app, &["ana", "ben"], json!({})).await;
        let mut told = Vec::new();
        for (name, trial) in ["ana", "ben"].into_iter().zip(&trials) {
            seed_delivered(app, trial);
            told.push(trial.tell(&app.member(name).await, &report()).await);
        }
        let (pm, panel) = (app.staff("product_manager").await, &trials[0].panel);
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let erase = || "/v1/me/erase".to_owned();
        let race = vec![post(&pm, of(&told[0], "/accept")).boxed_local(), post(&ana, erase()).boxed_local()];
        let accepted_first = statuses(&app.seed_race(panel, race).await);
        assert_in_order(app, &accepted_first, &[200, 204]);
        let race = vec![post(&ben, erase()).boxed_local(), post(&pm, of(&told[1], "/accept")).boxed_local()];
        let mut erased_first = statuses(&app.seed_race(panel, race).await);
        assert_in_order(app, &erased_first, &[204, 404]);
        erased_first.reverse();
        for (came, told) in [(accepted_first, &told[0]), (erased_first, &told[1])] {
            let read = app.visitor().get(&of(told, "")).await;
            match came[..] {
                // It stays, under no name.
                [200, 204] => assert_eq!(read.expect(200)["name"], Value::Null),
                [404, 204] => drop(read.expect(404)),
                _ => panic!("{came:?}"),
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn a_seat_is_confirmed_or_lapses_and_not_both() {
    on_each_database(async |app| {
        for (nth, confirms_first) in [true, false].into_iter().enumerate() {
            let pm = app.staff("product_manager").await;
            let panel =
                recruiting(app, &pm, json!({ "method": "first_come", "seats": 1, "waitlist": 1 })).await;
            let names = [format!("a{nth}"), format!("b{nth}")];
            let mut sent = Vec::new();
            for name in &names {
                sent.push(apply(&app.member(name).await, &panel, json!({})).await);
            }
            step(&pm, &panel, "close_recruiting").await;
            step(&pm, &panel, "announce").await;
            app.advance(TimeDelta::hours(168) - TimeDelta::minutes(5));
            let (ana, ben) = (app.member(&names[0]).await, app.member(&names[1]).await);
            let own = |nth: usize| format!("/v1/applications/{}", text(&sent[nth]["id"]));
            let confirm = post(&ana, format!("{}/confirm", own(0)));
            let lapse = async {
                app.advance(TimeDelta::minutes(6));
                app.seed_lapse_seats().await;
                (200, Value::Null)
            };
            let race = match confirms_first {
                true => vec![confirm.boxed_local(), lapse.boxed_local()],
                false => vec![lapse.boxed_local(), confirm.boxed_local()],
            };
            let came = statuses(&app.seed_race(&panel, race).await);
            assert_in_order(app, &came, if confirms_first { &[200, 200] } else { &[200, 409] });
            let (mine, next) = (ana.get(&own(0)).await.expect(200), ben.get(&own(1)).await.expect(200));
            let outcomes = (text(&mine["outcome"]), text(&next["outcome"]));
            let expected =
                if came == [200, 200] { ("confirmed", "waitlisted") } else { ("lapsed", "selected") };
            assert_eq!(outcomes, expected);
        }
    })
    .await;
}

#[actix_web::test]
async fn whoever_applies_while_their_strike_is_taken_away_is_not_kept_out_by_it() {
    on_each_database(async |app| {
        for (nth, applies_first) in [true, false].into_iter().enumerate() {
            let name = format!("m{nth}");
            let seat = struck(app, &name).await;
            delivered(app, &seat);
            app.advance(TimeDelta::days(28));
            app.seed_tell_people().await;
            let (ana, pm) = (app.member(&name).await, app.staff("product_manager").await);
            let strike = ana.get("/v1/me/strikes").await.expect(200)["strikes"][0]["id"].clone();
            let strike = format!("/v1/strikes/{}", text(&strike));
            ana.post(&format!("{strike}/appeal"), &json!({ "text": "병원에 있었습니다" })).await.expect(200);
            let panel = recruiting(app, &pm, json!({ "schedule": long(app) })).await;
            let verdict = json!({ "overturned": true, "note": "확인했습니다" });
            let apply = post(&ana, format!("/v1/panels/{panel}/applications"));
            let decide = async {
                let answer = pm.post(&format!("{strike}/decide"), &verdict).await;
                (answer.status.as_u16(), answer.json)
            };
            let race = match applies_first {
                true => vec![apply.boxed_local(), decide.boxed_local()],
                false => vec![decide.boxed_local(), apply.boxed_local()],
            };
            let mut came = statuses(&app.seed_race(&panel, race).await);
            came.sort_unstable();
            assert_eq!(came, [200, 201]);
            let mine = ana.get("/v1/me/applications").await.expect(200)["items"][0].clone();
            assert_eq!((&mine["panel_id"], &mine["reasons"]), (&json!(panel), &json!([])));
        }
    })
    .await;
}
