//! Confirmed seats, and what other features keep of them.

use chrono::{DateTime, TimeDelta, Utc};
use kit::{TestApp, databases::Kind};
use serde_json::json;

use super::{apply, recruiting, step, text};

/// A confirmed seat.
pub struct Seat {
    pub panel: String,
    pub application: String,
}

/// An id as it stands in SQL.
pub fn id(app: &TestApp, id: &str) -> String {
    match app.kind {
        Kind::Sqlite => format!("X'{}'", id.replace('-', "")),
        Kind::Postgres => format!("'{id}'"),
    }
}

pub fn moment(at: DateTime<Utc>) -> String {
    format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"))
}

/// Fourteen days to try, seven to tell, for whoever comes first; the member has confirmed.
pub async fn confirmed(app: &TestApp, name: &str) -> Seat {
    let pm = app.staff("product_manager").await;
    let panel = recruiting(app, &pm, json!({ "method": "first_come", "seats": 1, "waitlist": 0 })).await;
    let sent = apply(&app.member(name).await, &panel, json!({})).await;
    step(&pm, &panel, "close_recruiting").await;
    step(&pm, &panel, "announce").await;
    app.advance(TimeDelta::hours(120));
    let application = text(&sent["id"]).to_owned();
    let confirm = format!("/v1/applications/{application}/confirm");
    app.member(name).await.post(&confirm, &json!({})).await.expect(200);
    Seat { panel, application }
}

/// The product is there now, which another feature keeps.
pub fn seed_delivered(app: &TestApp, seat: &Seat) -> DateTime<Utc> {
    let now = app.clock().stamp().at;
    let (application, panel, at) = (id(app, &seat.application), id(app, &seat.panel), moment(now));
    app.seed_execute(&format!(
        "INSERT INTO shipments (application_id, panel_id, shipped_at, delivered_at, updated_at)
         VALUES ({application}, {panel}, {at}, {at}, {at})"
    ))
    .unwrap();
    now
}

/// Everybody with a seat has confirmed it and has the product since now.
pub fn seed_all_delivered(app: &TestApp) {
    let at = moment(app.clock().stamp().at);
    app.seed_execute(
        "UPDATE applications SET outcome = 'confirmed', confirm_by = NULL WHERE outcome = 'selected'",
    )
    .unwrap();
    app.seed_execute(&format!(
        "INSERT INTO shipments (application_id, panel_id, shipped_at, delivered_at, updated_at)
         SELECT id, panel_id, {at}, {at}, {at} FROM applications WHERE outcome = 'confirmed'"
    ))
    .unwrap();
}

/// The report is there now.
pub fn seed_reported(app: &TestApp, seat: &Seat) {
    let (application, panel) = (id(app, &seat.application), id(app, &seat.panel));
    let at = moment(app.clock().stamp().at);
    app.seed_execute(&format!(
        "INSERT INTO trial_reports (id, application_id, panel_id, title, body, pros, cons, useful, usable, enjoyable, disclosed,
             first_sent_at, sent_at, version)
         VALUES ({application}, {application}, {panel}, '가볍다', '좋다', '[]', '[]', 4, 4, 5, TRUE, {at}, {at}, 1)"
    ))
    .unwrap();
}

/// A strike of a member, with an appeal.
pub fn seed_strike(app: &TestApp, seat: &Seat, member: &str, appeal: Option<&str>) -> String {
    let strike = app.clock().stamp().id::<()>(0).to_string();
    let at = moment(app.clock().stamp().at);
    let [row, member, application, panel] =
        [&*strike, member, &*seat.application, &*seat.panel].map(|one| id(app, one));
    let (appeal, appealed) = match appeal {
        Some(text) => (format!("'{text}'"), at.clone()),
        None => ("NULL".to_owned(), "NULL".to_owned()),
    };
    app.seed_execute(&format!(
        "INSERT INTO strikes (id, member_id, application_id, panel_id, created_at, appeal, appealed_at)
         VALUES ({row}, {member}, {application}, {panel}, {at}, {appeal}, {appealed})"
    ))
    .unwrap();
    strike
}

/// What somebody excused themselves with.
pub fn seed_excuse(app: &TestApp, application: &str) {
    let (application, at) = (id(app, application), moment(app.clock().stamp().at));
    app.seed_execute(&format!(
        "INSERT INTO excuses (application_id, reason, created_at) VALUES ({application}, '입원', {at})"
    ))
    .unwrap();
}
