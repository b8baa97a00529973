//! What waits for staff to decide, and what follows from an overturned strike.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{
    apply,
    people::long,
    recruiting,
    seats::{confirmed, seed_delivered, seed_excuse},
    step, text, trying,
};

/// Somebody who has a strike and appeals against it: the panel, and the address of the strike.
async fn appealed(app: &TestApp, name: &str) -> (String, String) {
    let seat = confirmed(app, name).await;
    seed_delivered(app, &seat);
    app.advance(TimeDelta::days(28));
    app.seed_tell_people().await;
    let person = app.member(name).await;
    let strike = person.get("/v1/me/strikes").await.expect(200)["strikes"][0]["id"].clone();
    let strike = format!("/v1/strikes/{}", text(&strike));
    person.post(&format!("{strike}/appeal"), &json!({ "text": "받지 못했습니다" })).await.expect(200);
    (seat.panel, strike)
}

#[actix_web::test]
async fn applications_that_an_overturned_strike_kept_out_are_looked_at_anew() {
    on_each_database(async |app| {
        let (_, strike) = appealed(app, "ana").await;
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let pm = app.staff("product_manager").await;
        let mut panels = Vec::new();
        let region = json!([{ "attribute": "region", "one_of": ["seoul"] }]);
        for terms in [
            json!({}),
            json!({ "eligibility": region }),
            json!({ "method": "first_come", "seats": 2 }),
            json!({ "method": "first_come", "seats": 1, "waitlist": 0 }),
            json!({ "method": "manual" }),
            json!({ "method": "first_come", "seats": 2 }),
        ] {
            let mut terms = terms;
            terms["schedule"] = long(app);
            panels.push(recruiting(app, &pm, terms).await);
        }
        let mut sent = Vec::new();
        for panel in &panels {
            sent.push(apply(&ana, panel, json!({})).await);
        }
        assert!(sent.iter().all(|one| one["reasons"].as_array().unwrap().contains(&json!("no_shows"))));
        // Of one the only seat goes to another, of two recruiting ends.
        assert_eq!(apply(&ben, &panels[3], json!({})).await["outcome"], "selected");
        step(&pm, &panels[4], "close_recruiting").await;
        step(&pm, &panels[5], "close_recruiting").await;

        let verdict = json!({ "overturned": true, "note": "배송 기록을 확인했습니다" });
        pm.post(&format!("{strike}/decide"), &verdict).await.expect(200);
        let mut found = Vec::new();
        for one in &sent {
            let mine = ana.get(&format!("/v1/applications/{}", text(&one["id"]))).await.expect(200);
            found.push((mine["reasons"].clone(), text(&mine["outcome"]).to_owned()));
        }
        let expected = [
            (json!([]), "applied"),
            (json!(["region"]), "applied"),
            (json!([]), "selected"),
            (json!(["no_shows"]), "applied"),
            (json!([]), "applied"),
            (json!(["no_shows"]), "applied"),
        ];
        assert_eq!(found, expected.map(|(reasons, outcome)| (reasons, outcome.to_owned())));
        let updated = app.seed_read_events().into_iter().filter(|(kind, _)| kind == "application.updated");
        let mut updated: Vec<Value> = updated.map(|(_, data)| data["application_id"].clone()).collect();
        updated.sort_by_key(ToString::to_string);
        let mut expected = [0, 1, 2, 4].map(|nth: usize| sent[nth]["id"].clone());
        expected.sort_by_key(ToString::to_string);
        assert_eq!(updated, expected);
    })
    .await;
}

#[actix_web::test]
async fn a_strike_that_stands_keeps_out() {
    on_each_database(async |app| {
        let (_, strike) = appealed(app, "ana").await;
        let (ana, pm) = (app.member("ana").await, app.staff("product_manager").await);
        let panel = recruiting(app, &pm, json!({ "schedule": long(app) })).await;
        let sent = apply(&ana, &panel, json!({})).await;
        let verdict = json!({ "overturned": false, "note": "기한이 지났습니다" });
        pm.post(&format!("{strike}/decide"), &verdict).await.expect(200);
        let mine = ana.get(&format!("/v1/applications/{}", text(&sent["id"]))).await.expect(200);
        assert_eq!(mine, sent);
    })
    .await;
}

#[actix_web::test]
async fn staff_find_what_waits_for_them_to_decide() {
    on_each_database(async |app| {
        let trials = trying::confirmed(app, &["ana", "ben", "cho", "dan"], json!({})).await;
        let pm = app.staff("product_manager").await;
        let applications = format!("/v1/panels/{}/applications", trials[0].panel);
        let ids: Vec<&str> = trials.iter().map(|trial| trial.path.rsplit('/').next().unwrap()).collect();
        let (excuses, appeals) =
            (format!("{applications}?waiting=excuse"), format!("{applications}?waiting=appeal"));
        let found = async |path: &str| -> Vec<String> {
            // Page by page, so that the cursors belong to what is looked for.
            let items = app.staff("product_manager").await.all(path, 1).await;
            items.iter().map(|one| text(&one["id"]).to_owned()).collect()
        };
        assert_eq!(found(&excuses).await, [] as [&str; 0]);
        ids[..3].iter().for_each(|id| seed_excuse(app, id));
        assert_eq!(found(&excuses).await, ids[..3]);
        pm.post(&format!("{}/excuse/decide", trials[1].path), &json!({ "granted": false })).await.expect(200);
        assert_eq!(found(&excuses).await, [ids[0], ids[2]]);
        assert_eq!((found(&appeals).await, found(&applications).await.len()), (Vec::new(), 4));

        let (panel, strike) = appealed(app, "eun").await;
        let theirs = format!("/v1/panels/{panel}/applications?waiting=appeal");
        assert_eq!((found(&theirs).await.len(), found(&appeals).await.len()), (1, 0));
        let pm = app.staff("product_manager").await;
        let verdict = json!({ "overturned": true, "note": "확인했습니다" });
        pm.post(&format!("{strike}/decide"), &verdict).await.expect(200);
        assert_eq!(found(&theirs).await, [] as [&str; 0]);

        let page = pm.get(&format!("{excuses}&limit=1")).await.expect(200);
        let elsewhere = format!("{applications}?cursor={}", text(&page["next_cursor"]));
        pm.get(&elsewhere).await.expect(400);
        app.member("ana").await.get(&excuses).await.expect_problem(403, "forbidden");
        pm.get(&format!("{applications}?waiting=lunch")).await.expect(422);
    })
    .await;
}
