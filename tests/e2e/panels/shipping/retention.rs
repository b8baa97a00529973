//! What is personal of a panel goes in its time, and what its proof and its numbers need stays.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{address, apply, listed, of, recruiting, say, seated, step, text};

/// Somebody was sent the product now, and has it.
async fn delivered(app: &TestApp, id: &str) {
    let (marketer, now) = (app.staff("marketer").await, app.clock().now());
    let parcel =
        json!({ "courier": "CJ", "tracking": "612345678901", "shipped_at": now, "delivered_at": now });
    marketer.patch(&format!("/v1/applications/{id}/shipment"), &parcel).await.expect(200);
}

#[actix_web::test]
async fn where_nobody_ends_a_panel_each_address_has_its_own_time() {
    on_each_database(async |app| {
        let (panel, ids) = seated(app, &["ana", "ben", "cho"]).await;
        for (name, id) in ["ana", "ben", "cho"].iter().zip(&ids) {
            app.member(name).await.put_body(&of(id), &address()).await.expect(200);
        }
        delivered(app, &ids[0]).await;
        app.advance(TimeDelta::days(10));
        delivered(app, &ids[1]).await;
        let kept = async || -> Vec<(Value, bool)> {
            let listed = listed(&app.staff("marketer").await, &panel).await;
            listed.iter().map(|one| (one["address_state"].clone(), one["tracking"].is_string())).collect()
        };
        let (there, gone) = ((json!("kept"), true), (json!("none"), false));
        // 14 days to try, 7 to tell and 90 to keep it, of which ten are over.
        app.advance(TimeDelta::days(101) - TimeDelta::minutes(5));
        assert_eq!(app.seed_forget_panels().await, 0);
        app.advance(TimeDelta::minutes(10));
        // The first, and what was never sent, of which nobody said anything for as long.
        assert_eq!((app.seed_forget_panels().await, app.seed_forget_panels().await), (3, 0));
        assert_eq!(kept().await, [gone.clone(), there, gone.clone()]);
        app.advance(TimeDelta::days(10));
        assert_eq!(app.seed_forget_panels().await, 2);
        assert_eq!(kept().await, [gone.clone(), gone.clone(), gone]);
        // The days themselves stay.
        assert!(listed(&app.staff("marketer").await, &panel).await[1]["delivered_at"].is_string());
    })
    .await;
}

#[actix_web::test]
async fn what_people_wrote_goes_with_their_addresses_and_what_was_decided_stays() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let choices = json!([{ "key": "phone", "label": "휴대폰" }]);
        let questions = json!([
            { "key": "why", "label": "왜?", "kind": "text" },
            { "key": "device", "label": "기기", "kind": "single", "choices": choices },
            { "key": "hours", "label": "시간", "kind": "number" },
        ]);
        let panel = recruiting(
            app,
            &pm,
            json!({ "method": "first_come", "seats": 1, "waitlist": 1, "questions": questions }),
        )
        .await;
        let answers = json!({ "answers": { "why": "허리가 아파서요", "device": "phone", "hours": 3 } });
        let mut ids = Vec::new();
        for name in ["ana", "ben"] {
            ids.push(text(&apply(&app.member(name).await, &panel, answers.clone()).await["id"]).to_owned());
        }
        app.advance(TimeDelta::hours(121));
        step(&app.staff("product_manager").await, &panel, "announce").await;
        let ana = app.member("ana").await;
        say(&ana, &ids[0], "confirm").await.expect(200);
        ana.put_body(&of(&ids[0]), &address()).await.expect(200);
        delivered(app, &ids[0]).await;
        let excuse = format!("/v1/applications/{}/excuse", ids[0]);
        ana.put_body(&excuse, &json!({ "reason": "허리를 다쳤어요" })).await.expect(200);
        let pm = app.staff("product_manager").await;
        pm.post(&format!("{excuse}/decide"), &json!({ "granted": true })).await.expect(200);
        step(&pm, &panel, "cancel").await;

        app.advance(TimeDelta::days(90) - TimeDelta::minutes(5));
        assert_eq!(app.seed_forget_panels().await, 0);
        assert!(app.seed_read_rows().contains("허리"));
        app.advance(TimeDelta::minutes(5));
        assert_eq!((app.seed_forget_panels().await, app.seed_forget_panels().await), (3, 0));
        let rows = app.seed_read_rows();
        assert!(!rows.contains("허리") && !rows.contains("612345678901"));
        let own = app.member("ana").await.get(&format!("/v1/applications/{}", ids[0])).await.expect(200);
        assert_eq!(own["answers"], json!({ "device": "phone", "hours": 3.0 }));
        assert_eq!((&own["excuse"]["reason"], &own["excuse"]["granted"]), (&Value::Null, &json!(true)));
        assert_eq!(own["trial"]["stage"], "excused");
        // And does not come back.
        let marketer = app.staff("marketer").await;
        let shipment = format!("/v1/applications/{}/shipment", ids[0]);
        marketer
            .patch(&shipment, &json!({ "tracking": "612345678901" }))
            .await
            .expect_problem(409, "panel_phase");
        let file = format!("application_id,courier,tracking\n{},CJ,612345678901\n", ids[0]);
        super::import(&marketer, &panel, file).await.expect_problem(409, "panel_phase");
    })
    .await;
}
