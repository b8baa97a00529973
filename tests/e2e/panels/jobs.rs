//! What jobs do of panels while people and staff change them between a look and what follows from it.

use std::time::Duration;

use chrono::TimeDelta;
use domain::panels::Panel;
use kit::{TestApp, on_each_database};
use madang::jobs::people;
use persistence::{Database, panels::reminders};
use serde_json::json;

use super::{
    apply,
    people::told,
    recruiting,
    seats::seed_all_delivered,
    step,
    trying::{self, report},
};

/// As many as a job looks at in one go.
const BATCH: usize = 200;

async fn looked_at(db: &Database) -> Panel {
    let mut under_way = db.read(reminders::under_way).await.unwrap();
    assert_eq!(under_way.len(), 1);
    under_way.remove(0).0
}

async fn cancel(app: &TestApp, panel: &str) {
    step(&app.staff("product_manager").await, panel, "cancel").await;
}

#[actix_web::test]
async fn looking_for_strikes_ends_also_where_the_panel_did() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let panel = recruiting(app, &pm, json!({ "method": "first_come", "seats": BATCH })).await;
        for nth in 0..BATCH {
            apply(&app.member(&format!("m{nth}")).await, &panel, json!({})).await;
        }
        app.advance(TimeDelta::hours(120));
        step(&app.staff("product_manager").await, &panel, "announce").await;
        seed_all_delivered(app);
        app.advance(TimeDelta::days(28));
        let db = madang::open_database(app.config()).unwrap();
        let before = looked_at(&db).await;
        cancel(app, &panel).await;
        let look = people::record_strikes_of(&db, app.clock(), &before);
        let recorded = actix_web::rt::time::timeout(Duration::from_secs(60), look).await;
        assert_eq!(recorded.expect("it comes to an end").unwrap(), 0);
        assert!(!app.seed_read_events().iter().any(|(kind, _)| kind == "strike.recorded"));
    })
    .await;
}

/// Noon in Seoul, a week before the reports on what came now are due.
fn turn_to_the_first_reminder(app: &TestApp) {
    let seoul = app.clock().now() + TimeDelta::hours(9);
    let noon = (seoul.date_naive() + TimeDelta::days(14)).and_hms_opt(3, 0, 0).unwrap().and_utc();
    app.advance(noon - app.clock().now());
}

#[actix_web::test]
async fn whoever_tells_between_the_look_and_the_reminder_is_not_reminded() {
    on_each_database(async |app| {
        let trials = trying::confirmed(app, &["ana", "ben"], json!({})).await;
        seed_all_delivered(app);
        turn_to_the_first_reminder(app);
        let (db, at) = (madang::open_database(app.config()).unwrap(), app.clock().stamp().at);
        let panel = looked_at(&db).await;
        let (id, held) = (panel.id, panel.clone());
        let due = db.read(move |tx| reminders::due(tx, &held, at)).await.unwrap();
        assert_eq!(due.len(), 2);
        trials[0].tell(&app.member("ana").await, &report()).await;
        assert_eq!(people::remind_these(&db, id, &due, at).await.unwrap(), 1);
        // Nor is anybody reminded twice.
        assert_eq!(people::remind_these(&db, id, &due, at).await.unwrap(), 0);
        let reminded = async |name: &str| {
            told(&app.member(name).await).await.iter().filter(|kind| *kind == "panel_reminder").count()
        };
        assert_eq!((reminded("ana").await, reminded("ben").await), (0, 1));
    })
    .await;
}

#[actix_web::test]
async fn nobody_is_reminded_of_a_panel_that_ended_meanwhile() {
    on_each_database(async |app| {
        let trial = trying::confirmed(app, &["ana"], json!({})).await.remove(0);
        seed_all_delivered(app);
        turn_to_the_first_reminder(app);
        let (db, at) = (madang::open_database(app.config()).unwrap(), app.clock().stamp().at);
        let panel = looked_at(&db).await;
        let (id, held) = (panel.id, panel.clone());
        let due = db.read(move |tx| reminders::due(tx, &held, at)).await.unwrap();
        assert_eq!(due.len(), 1);
        cancel(app, &trial.panel).await;
        assert_eq!(people::remind_these(&db, id, &due, at).await.unwrap(), 0);
        assert_eq!(told(&app.member("ana").await).await, ["panel_cancelled"]);
    })
    .await;
}
