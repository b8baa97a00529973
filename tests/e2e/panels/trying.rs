//! Somebody who tries a product, for the tests of what they tell of it.

use chrono::TimeDelta;
use kit::{TestApp, people::Person};
use serde_json::{Value, json};

use super::{
    apply, recruiting,
    seats::{self, Seat},
    step, text,
};

/// A diary that must be kept, and pictures that may be sent.
pub fn missions() -> Value {
    json!([
        { "key": "diary", "title": "첫 주의 일기", "kind": "diary", "required": true, "from_day": 1, "until_day": 7 },
        { "key": "photo", "title": "개봉 사진", "kind": "photo", "from_day": 0, "until_day": 3 },
    ])
}

/// What is wrong with nothing.
pub fn report() -> Value {
    json!({
        "title": "[협찬] 마당 이어폰을 써 보니", "body": "제품을 무상으로 제공받아 작성했습니다.\n\n소리가 **또렷**해요.",
        "pros": ["소리가 또렷해요"], "cons": ["케이스가 커요"], "useful": 4, "usable": 5, "enjoyable": 3,
    })
}

/// The panel of somebody, and the address of their application.
pub struct Trial {
    pub panel: String,
    pub path: String,
}

/// Somebody called so has confirmed a seat; the product has not come yet.
pub async fn confirmed(app: &TestApp, names: &[&str], other: Value) -> Vec<Trial> {
    let pm = app.staff("product_manager").await;
    let mut terms = json!({ "method": "first_come", "seats": 9 });
    terms.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    let panel = recruiting(app, &pm, terms).await;
    let mut trials = Vec::new();
    for name in names {
        let sent = apply(&app.member(name).await, &panel, json!({})).await;
        let path = format!("/v1/applications/{}", text(&sent["id"]));
        trials.push(Trial { panel: panel.clone(), path });
    }
    app.advance(TimeDelta::hours(120));
    step(&app.staff("product_manager").await, &panel, "announce").await;
    for (name, trial) in names.iter().zip(&trials) {
        let person = app.member(name).await;
        person.post(&format!("{}/confirm", trial.path), &json!({})).await.expect(200);
    }
    trials
}

/// Somebody called so has the product in hand since now.
pub async fn trying(app: &TestApp, name: &str, other: Value) -> Trial {
    let trial = confirmed(app, &[name], other).await.remove(0);
    seed_delivered(app, &trial);
    trial
}

/// The product is there now.
pub fn seed_delivered(app: &TestApp, trial: &Trial) {
    let application = trial.path.rsplit('/').next().unwrap().to_owned();
    seats::seed_delivered(app, &Seat { panel: trial.panel.clone(), application });
}

impl Trial {
    /// Sends a report, and answers with what came of it.
    pub async fn tell(&self, person: &Person<'_>, report: &Value) -> Value {
        person.put_body(&format!("{}/report", self.path), report).await.expect(200)
    }

    pub fn reports(&self) -> String {
        format!("/v1/panels/{}/reports", self.panel)
    }
}

/// The address of a report, or of something about it.
pub fn of(report: &Value, what: &str) -> String {
    format!("/v1/reports/{}{what}", text(&report["id"]))
}
