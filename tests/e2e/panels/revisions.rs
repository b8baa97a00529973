//! Revisions: asked for once, for a reason that is no opinion; and what silence does.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{calendar::Calendar, insights::Promise};
use kit::{on_each_database, on_each_database_with};
use madang::Config;
use serde_json::{Value, json};

use super::{
    step, text,
    trying::{confirmed, of, report, seed_delivered, trying},
};

fn asked(reason: &str) -> Value {
    json!({ "reason": reason, "note": "제목이나 첫 줄에 적어 주세요." })
}

#[actix_web::test]
async fn a_report_is_sent_as_often_as_one_likes_and_revised_once() {
    on_each_database(async |app| {
        let trial = trying(app, "ana", json!({})).await;
        let (ana, pm) = (app.member("ana").await, app.staff("product_manager").await);
        let path = format!("{}/report", trial.path);
        let with = |body: String| {
            let mut report = report();
            report["body"] = json!(body);
            report
        };
        let mut told = Value::Null;
        for nth in 0..20 {
            told = trial.tell(&ana, &with(format!("{nth}번째 생각"))).await;
        }
        assert_eq!(
            trial.tell(&ana, &with("19번째 생각".to_owned())).await,
            told,
            "the same again is no new report"
        );
        let all = pm.all(&format!("{}?state=all", trial.reports()), 10).await;
        assert_eq!((all.len(), &all[0]["body"]), (1, &json!("19번째 생각")));

        for (body, pointer) in [
            (asked("negative"), "/reason"),
            (json!({ "reason": "off_topic", "note": " " }), "/note"),
            (json!({ "reason": "off_topic" }), "/note"),
        ] {
            let problem =
                pm.post(&of(&told, "/request_revision"), &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        ana.post(&of(&told, "/request_revision"), &asked("off_topic")).await.expect_problem(403, "forbidden");
        app.advance(TimeDelta::minutes(1));
        let back = pm.post(&of(&told, "/request_revision"), &asked("unreadable")).await.expect(200);
        assert_eq!(
            (&back["state"], &back["review"]["revision"]["reason"]),
            (&json!("revision_requested"), &json!("unreadable"))
        );
        pm.post(&of(&told, "/request_revision"), &asked("off_topic"))
            .await
            .expect_problem(409, "revision_asked");
        assert_eq!(ana.get(&trial.path).await.expect(200)["trial"]["stage"], "revision_requested");
        assert_eq!(pm.all(&format!("{}?state=revision_requested", trial.reports()), 10).await.len(), 1);
        assert_eq!(pm.all(&format!("{}?state=sent", trial.reports()), 10).await.len(), 0);

        app.advance(TimeDelta::minutes(1));
        let better = with("더 잘 썼어요".to_owned());
        let revised = trial.tell(&ana, &better).await;
        assert_eq!(revised["state"], "sent");
        assert_eq!(trial.tell(&ana, &better).await, revised, "whose answer was lost sends it again");
        ana.put_body(&path, &with("한 번 더".to_owned())).await.expect_problem(409, "revision_sent");
        pm.post(&of(&told, "/request_revision"), &asked("off_topic"))
            .await
            .expect_problem(409, "revision_asked");
        pm.post(&of(&told, "/accept"), &json!({})).await.expect(200);
        ana.put_body(&path, &better).await.expect_problem(409, "report_accepted");
        pm.post(&of(&told, "/request_revision"), &asked("off_topic"))
            .await
            .expect_problem(409, "report_accepted");
        pm.post(&of(&told, "/reject"), &json!({})).await.expect(404);
        let kinds: Vec<String> = app.seed_read_events().into_iter().map(|(kind, _)| kind).collect();
        let count = |wanted: &str| kinds.iter().filter(|kind| *kind == wanted).count();
        let counts =
            ["report.sent", "report.sent_anew", "report.revision_requested", "report.accepted"].map(count);
        assert_eq!(counts, [1, 20, 1, 1]);
    })
    .await;
}

#[actix_web::test]
async fn what_does_not_say_who_paid_is_taken_sent_back_and_shown_to_nobody() {
    on_each_database(async |app| {
        let trial = trying(app, "ana", json!({})).await;
        let (ana, pm, visitor) =
            (app.member("ana").await, app.staff("product_manager").await, app.visitor());
        let mut body = report();
        let post = |beginning: &str| json!([{ "url": "https://blog.kr/1", "title": "이어폰", "beginning": beginning }]);
        body["external_posts"] = post("좋아요\n\n\n\n제품을 제공받아 작성했습니다.");
        let told = trial.tell(&ana, &body).await;
        let texts = &told["review"]["texts"];
        assert_eq!((&texts[0]["disclosed"], &texts[1]["url"]), (&json!(true), &json!("https://blog.kr/1")));
        let late = json!([{ "code": "too_late", "place": "text", "line": 5, "found": "제공받아" }]);
        assert_eq!((&texts[1]["findings"], &told["review"]["disclosed"]), (&late, &json!(false)));
        pm.post(&of(&told, "/accept"), &json!({})).await.expect_problem(409, "undisclosed");
        app.advance(TimeDelta::minutes(1));
        pm.post(&of(&told, "/request_revision"), &asked("disclosure")).await.expect(200);

        // Whoever does not mend it has done what they promised, and is read by nobody.
        let ben = trying(app, "ben", json!({})).await;
        let (pm, person) = (app.staff("product_manager").await, app.member("ben").await);
        let stubborn = ben.tell(&person, &body).await;
        app.advance(TimeDelta::minutes(1));
        pm.post(&of(&stubborn, "/request_revision"), &asked("disclosure")).await.expect(200);
        let accepted = pm.post(&of(&stubborn, "/accept"), &json!({})).await.expect(200);
        assert_eq!((&accepted["state"], &accepted["published"]), (&json!("accepted"), &json!(false)));
        visitor.get(&of(&stubborn, "")).await.expect(404);
        assert_eq!(visitor.all(&ben.reports(), 10).await, [] as [Value; 0]);
        let panel = visitor.get(&format!("/v1/panels/{}", ben.panel)).await.expect(200);
        assert_eq!((&panel["reports"]["count"], &panel["reports"]["useful"]), (&json!(0), &Value::Null));
        assert_eq!(person.get(&ben.path).await.expect(200)["trial"]["stage"], "completed");
        person.get(&of(&stubborn, "")).await.expect(200);

        let ana = app.member("ana").await;
        body["external_posts"] = post("제품을 제공받아 작성했습니다.\n좋아요");
        assert_eq!(trial.tell(&ana, &body).await["review"]["disclosed"], true);
        assert_eq!(pm.post(&of(&told, "/accept"), &json!({})).await.expect(200)["published"], true);
        visitor.get(&of(&told, "")).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn seven_working_days_of_silence_accept_a_report() {
    // Nobody works for the first fortnight after the report, which comes in five days.
    let settings = |config: Config| {
        let first = config.clock.now().date_naive() + TimeDelta::days(5);
        let off: Vec<NaiveDate> = first.iter_days().take(14).collect();
        let calendar = Calendar::new(Default::default(), off);
        Config { promise: Promise { calendar, ..Default::default() }, ..config }
    };
    on_each_database_with(settings, async |app| {
        let trial = trying(app, "ana", json!({})).await;
        let ana = app.member("ana").await;
        let told = trial.tell(&ana, &report()).await;
        app.advance(TimeDelta::days(14));
        assert_eq!(app.seed_accept_silently().await, 0, "holidays do not count");
        // Seven working days more take from nine to eleven days.
        app.advance(TimeDelta::days(7));
        assert_eq!(app.seed_accept_silently().await, 0);
        app.advance(TimeDelta::days(4));
        assert_eq!(app.seed_accept_silently().await, 1);
        assert_eq!(app.seed_accept_silently().await, 0);
        let read = app.visitor().get(&of(&told, "")).await.expect(200);
        assert_eq!((&read["state"], &read["published"]), (&json!("accepted"), &json!(true)));
    })
    .await;
}

#[actix_web::test]
async fn silence_of_the_author_accepts_the_report_as_it_was() {
    on_each_database(async |app| {
        // One says who paid, the other does not.
        let trials = confirmed(app, &["ana", "ben"], json!({})).await;
        let mut sent = Vec::new();
        for (trial, name, title) in [(&trials[0], "ana", "[협찬] 이어폰"), (&trials[1], "ben", "솔직한 후기")]
        {
            seed_delivered(app, trial);
            let mut body = report();
            (body["title"], body["body"]) = (json!(title), json!("소리가 좋아요"));
            sent.push(trial.tell(&app.member(name).await, &body).await);
        }
        app.advance(TimeDelta::minutes(1));
        let (pm, calendar) = (app.staff("product_manager").await, Calendar::default());
        let due = calendar.after(app.clock().now(), 7);
        for told in &sent {
            let back = pm.post(&of(told, "/request_revision"), &asked("off_topic")).await.expect(200);
            let said: DateTime<Utc> = text(&back["review"]["revision"]["due_at"]).parse().unwrap();
            assert!((said - due).abs() < TimeDelta::seconds(5), "{said}, {due}");
        }
        app.advance(due - app.clock().now() - TimeDelta::minutes(1));
        assert_eq!(app.seed_accept_silently().await, 0);
        app.advance(TimeDelta::minutes(2));
        assert_eq!(app.seed_accept_silently().await, 2);
        assert_eq!(app.seed_accept_silently().await, 0);
        let pm = app.staff("product_manager").await;
        for (told, published) in sent.iter().zip([true, false]) {
            let read = pm.get(&of(told, "")).await.expect(200);
            assert_eq!((&read["state"], &read["published"]), (&json!("accepted"), &json!(published)));
            assert_eq!((&read["title"], &read["sent_at"]), (&told["title"], &told["sent_at"]));
            app.visitor().get(&of(told, "")).await.expect(if published { 200 } else { 404 });
        }
        let body = app.member("ana").await.put_body(&format!("{}/report", trials[0].path), &report()).await;
        body.expect_problem(409, "report_accepted");
    })
    .await;
}

#[actix_web::test]
async fn silence_publishes_nothing_of_a_panel_that_was_called_off() {
    on_each_database(async |app| {
        let trials = confirmed(app, &["ana", "ben"], json!({})).await;
        let mut sent = Vec::new();
        for (trial, name) in trials.iter().zip(["ana", "ben"]) {
            seed_delivered(app, trial);
            sent.push(trial.tell(&app.member(name).await, &report()).await);
        }
        app.advance(TimeDelta::minutes(1));
        let pm = app.staff("product_manager").await;
        pm.post(&of(&sent[0], "/request_revision"), &asked("off_topic")).await.expect(200);
        step(&pm, &trials[0].panel, "cancel").await;
        app.advance(TimeDelta::days(60));
        assert_eq!(app.seed_accept_silently().await, 0);
        for told in &sent {
            app.visitor().get(&of(told, "")).await.expect(404);
        }
        assert_eq!(app.visitor().all(&trials[0].reports(), 10).await, [] as [Value; 0]);
    })
    .await;
}

#[actix_web::test]
async fn what_was_asked_for_before_closing_is_taken_and_nothing_is_asked_for_after_it() {
    on_each_database(async |app| {
        let trials = confirmed(app, &["ana", "ben"], json!({})).await;
        app.advance(TimeDelta::days(23));
        let mut sent = Vec::new();
        for (trial, name) in trials.iter().zip(["ana", "ben"]) {
            seed_delivered(app, trial);
            sent.push(trial.tell(&app.member(name).await, &report()).await);
        }
        app.advance(TimeDelta::minutes(1));
        let pm = app.staff("product_manager").await;
        pm.post(&of(&sent[0], "/request_revision"), &asked("off_topic")).await.expect(200);
        let results = json!({ "learned": "컸다", "changes": "작게" });
        pm.put_body(&format!("/v1/panels/{}/results", trials[0].panel), &results).await.expect(200);
        step(&pm, &trials[0].panel, "close").await;
        pm.post(&of(&sent[1], "/request_revision"), &asked("off_topic"))
            .await
            .expect_problem(409, "panel_phase");
        let left = pm.get(&of(&sent[1], "")).await.expect(200);
        assert_eq!((&left["state"], &left["review"]["revision"]), (&json!("sent"), &Value::Null));

        app.advance(TimeDelta::minutes(1));
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let mut better = report();
        better["body"] = json!("제품을 제공받아 작성했습니다.\n\n더 잘 썼어요");
        assert_eq!(trials[0].tell(&ana, &better).await["state"], "sent");
        let refused = ben.put_body(&format!("{}/report", trials[1].path), &better).await;
        refused.expect_problem(409, "panel_phase");
    })
    .await;
}
