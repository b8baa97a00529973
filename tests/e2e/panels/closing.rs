//! The end of a panel: nobody who tries the product, or waits for it, is cut off.

use chrono::{DateTime, TimeDelta, Utc};
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{
    at, people, phase, text,
    trying::{self, Trial, report},
};

/// One day to try and one to tell, so that the panel is over before those who were slow are.
fn short(app: &TestApp) -> Value {
    json!({ "schedule": {
        "opens_at": at(app, -1), "closes_at": at(app, 48), "announce_at": at(app, 120), "confirm_by": at(app, 168),
        "trial_days": 1, "report_days": 1,
    } })
}

async fn close(staff: &Person<'_>, panel: &str) -> kit::answer::Answer {
    staff.post(&format!("/v1/panels/{panel}/close"), &json!({})).await
}

/// Staff who told what was learned, and want to close the panel.
async fn done(app: &TestApp, panel: &str) {
    let said = json!({ "learned": "컸다", "changes": "작게 만듭니다" });
    let pm = app.staff("product_manager").await;
    pm.put_body(&format!("/v1/panels/{panel}/results"), &said).await.expect(200);
}

async fn shipment(app: &TestApp, trial: &Trial, change: Value) -> Value {
    let marketer = app.staff("marketer").await;
    marketer.patch(&format!("{}/shipment", trial.path), &change).await.expect(200)
}

fn turn_to(app: &TestApp, at: DateTime<Utc>) {
    app.advance(at - app.clock().now());
}

#[actix_web::test]
async fn a_panel_is_not_closed_while_somebody_tries_or_waits() {
    on_each_database(async |app| {
        let trials = trying::confirmed(app, &["ana", "ben", "cho"], short(app)).await;
        let [ana, ben, cho] = &trials[..] else { panic!("three") };
        let panel = app.visitor().get(&format!("/v1/panels/{}", ana.panel)).await.expect(200);
        let confirm_by: DateTime<Utc> = text(&panel["schedule"]["confirm_by"]).parse().unwrap();
        turn_to(app, confirm_by + TimeDelta::days(3));
        done(app, &ana.panel).await;
        let now = app.clock().now();
        let sent = shipment(app, ana, json!({ "shipped_at": now })).await;
        shipment(app, ana, json!({ "delivered_at": now })).await;
        shipment(app, ben, json!({ "shipped_at": now })).await;
        let shipped: DateTime<Utc> = text(&sent["shipped_at"]).parse().unwrap();

        let refused = async |open: usize, until: DateTime<Utc>| {
            let pm = app.staff("product_manager").await;
            let problem = close(&pm, &ana.panel).await.expect_problem(409, "trials_under_way");
            let fact = format!("{open}, {}", until.format("%Y-%m-%dT%H:%M:%SZ"));
            assert!(text(&problem["detail"]).contains(&fact), "{fact}: {problem}");
            assert_eq!(phase(app, &ana.panel).await, "reviewing");
        };
        // One has the product, one has it on the way, and to one nothing was sent.
        refused(3, shipped + TimeDelta::days(14)).await;
        // It was lost: nothing is on the way any more.
        shipment(app, ben, json!({ "shipped_at": null })).await;
        let patience = confirm_by + TimeDelta::days(14);
        refused(3, patience).await;
        let excuse = format!("{}/excuse", cho.path);
        app.member("cho").await.put_body(&excuse, &json!({ "reason": "이사" })).await.expect(200);
        refused(3, patience).await;
        let pm = app.staff("product_manager").await;
        pm.post(&format!("{excuse}/decide"), &json!({ "granted": true })).await.expect(200);
        refused(2, patience).await;
        // Two days to try and tell, and seven of grace.
        turn_to(app, shipped + TimeDelta::days(9));
        refused(1, patience).await;

        // The moment the last of them had their time it is closed, and what was missed counts, also before the job looked.
        turn_to(app, patience);
        let pm = app.staff("product_manager").await;
        assert_eq!(close(&pm, &ana.panel).await.expect(200)["phase"], "closed");
        let strikes = async |name: &str| {
            let mine = app.member(name).await.get("/v1/me/strikes").await.expect(200);
            mine["strikes"].as_array().unwrap().len()
        };
        assert_eq!((strikes("ana").await, strikes("ben").await, strikes("cho").await), (1, 0, 0));
        // Both at one moment, in either order.
        let mut told = people::told(&app.member("ana").await).await;
        told.truncate(2);
        told.sort();
        assert_eq!(told, ["panel_no_show", "panel_results_back"]);
        assert_eq!(app.seed_tell_people().await[2], 0);
    })
    .await;
}

#[actix_web::test]
async fn whoever_tells_while_the_panel_is_closed_is_heard() {
    on_each_database(async |app| {
        for name in ["ana", "ben", "cho"] {
            let trial = trying::trying(app, name, short(app)).await;
            app.advance(TimeDelta::days(5));
            done(app, &trial.panel).await;
            let (pm, person) = (app.staff("product_manager").await, app.member(name).await);
            let (path, report) = (format!("{}/report", trial.path), report());
            let (closed, told) =
                futures_util::join!(close(&pm, &trial.panel), person.put_body(&path, &report));
            told.expect(200);
            if closed.status != 200 {
                closed.expect_problem(409, "trials_under_way");
                close(&pm, &trial.panel).await.expect(200);
            }
            let own = person.get(&trial.path).await.expect(200);
            assert_eq!(own["trial"]["stage"], "reported");
        }
    })
    .await;
}
