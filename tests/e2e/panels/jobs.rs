//! What jobs do of panels while people and staff change them between a look and what follows from it.

use std::time::Duration;

use chrono::TimeDelta;
use domain::panels::Panel;
use kit::{TestApp, on_each_database};
use madang::jobs::people;
use persistence::{Database, panels::reminders};
use serde_json::json;

use super::{apply, recruiting, seats::seed_all_delivered, step};

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
