//! Contests whose scores are locked, with a result: what judging and locking would leave.

use chrono::TimeDelta;
use domain::{
    contests::{Contest, Step},
    judging::{
        bundle::{Bundle, Lot, recompute},
        ties::Rule,
    },
};
use kit::{TestApp, databases::Kind, people::Person};
use persistence::contests;
use serde_json::{Value, json};

use crate::contests::{open, sent, step, text};

/// A contest with entries whose scores are locked.
pub struct Locked {
    pub id: String,
    /// The addresses of the entries, in the order of those who entered.
    pub entries: Vec<String>,
}

impl Locked {
    pub fn path(&self, under: &str) -> String {
        format!("/v1/contests/{}/{under}", self.id)
    }

    pub fn of(&self, nth: usize, under: &str) -> String {
        format!("{}/{under}", self.entries[nth])
    }
}

/// Prizes of 1,000,000, of 400,000 and of 100,000 won, for one each, with a next in line.
pub fn prizes() -> Value {
    let prize = |rank: u32, name: &str, value: u64| json!({ "rank": rank, "name": name, "kind": "cash", "value_krw": value, "tax_category": "contest", "alternates": 1 });
    json!([prize(1, "대상", 1_000_000), prize(2, "우수상", 400_000), prize(3, "장려상", 100_000)])
}

/// A contest of members of these names, whose entries have these scores by two judges who agree on them.
pub async fn seed_locked(app: &TestApp, other: Value, entered: &[(&str, u32)]) -> Locked {
    let pm = app.staff("product_manager").await;
    let mut terms = json!({ "prizes": prizes(), "objection_hours": 72 });
    terms.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    let id = open(app, &pm, terms).await;
    let mut entries = Vec::new();
    for (name, _) in entered {
        entries.push(sent(&app.member(name).await, &id).await);
    }
    app.advance(TimeDelta::hours(48));
    let pm = app.staff("product_manager").await;
    for entry in &entries {
        pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
    }
    let locked = Locked { id, entries };
    seed_result(app, &locked, &entered.iter().map(|(_, score)| *score).collect::<Vec<_>>());
    locked
}

/// The contest, past the lock, with the result of these scores: what judging and locking would leave.
pub fn seed_result(app: &TestApp, of: &Locked, scores: &[u32]) {
    let mut conn = app.config().database.connect().unwrap();
    let id: uuid::Uuid = of.id.parse().unwrap();
    let mut contest: Contest = contests::find(&mut conn, &domain::Actor::System, id.into()).unwrap();
    for what in [Step::BeginJudging, Step::LockScores] {
        let stamp = app.clock().stamp();
        contest = contest.after(what, stamp.at).unwrap();
        contest.version += 1;
        contests::update(&mut conn, &stamp, &contest, domain::events::ContestEvent::Stepped(what)).unwrap();
    }
    let mut given = Vec::new();
    for (entry, score) in of.entries.iter().zip(scores) {
        let id: uuid::Uuid = entry.rsplit('/').next().unwrap().parse().unwrap();
        for judge in ["j1", "j2"] {
            let entry = contest.pseudonym_of_entry(id.into());
            given.push(json!({ "entry": entry, "judge": judge, "marks": { "idea": score, "use": score } }));
        }
    }
    let inputs = json!({
        "formula": "additive-severity/1", "jury_weight": 1.0, "scores": given, "prizes": contest.terms.prize_places(),
        "rubric": [{ "key": "idea", "weight": 60.0, "scale": [0.0, 100.0] }, { "key": "use", "weight": 40.0, "scale": [0.0, 100.0] }],
        "tie_order": contest.terms.tie_order,
        "draw": contest.terms.tie_order.contains(&Rule::Lot).then(|| {
            Lot { beacon: contest.terms.lot.beacon(app.clock().now()), number: None, seed: None }
        }),
    });
    let bundle: Bundle = serde_json::from_value(inputs.clone()).unwrap();
    let verdict = recompute(&bundle);
    let lock_hash = verdict.lock_hash.clone().unwrap();
    assert!(verdict.valid, "{:?}", verdict.checks);
    let counts = json!({ "judges": 1, "scores": 1, "counted": 0, "held": 0, "rejected": 0, "withdrawn": [] });
    let found = json!({ "result": verdict.result, "warnings": verdict.warnings, "counts": counts });
    let verdict = found.to_string();
    let (contest, at) = (written_id(app, &of.id), moment(app));
    app.seed_execute(&format!(
        "INSERT INTO contest_results (contest_id, round, inputs, verdict, lock_hash, locked_at, computed_at, version)
         VALUES ({contest}, 1, '{inputs}', '{verdict}', '{lock_hash}', {at}, {at}, 1)"
    ))
    .unwrap();
}

pub fn written_id(app: &TestApp, id: &str) -> String {
    match app.kind {
        Kind::Sqlite => format!("X'{}'", id.replace('-', "")),
        Kind::Postgres => format!("'{id}'"),
    }
}

pub fn moment(app: &TestApp) -> String {
    format!("'{}'", app.clock().stamp().at.format("%Y-%m-%d %H:%M:%S%.6f"))
}

/// The same, once everybody knows the result.
pub async fn seed_public(app: &TestApp, other: Value, entered: &[(&str, u32)]) -> Locked {
    let locked = seed_locked(app, other, entered).await;
    make_public(app, &locked).await;
    locked
}

pub async fn make_public(app: &TestApp, locked: &Locked) {
    step(&app.staff("product_manager").await, &locked.id, "publish_provisional").await;
    app.advance(TimeDelta::hours(288));
}

pub const YES: fn() -> Value = || json!({ "original": true, "licence": true });

/// Claims a prize, and has it verified.
pub async fn claim_and_verify(who: &Person<'_>, pm: &Person<'_>, locked: &Locked, nth: usize, tax: bool) {
    who.post(&locked.of(nth, "claim"), &YES()).await.expect(200);
    let seen = json!({ "identity": true, "tax_data": tax });
    pm.post(&locked.of(nth, "verify"), &seen).await.expect(200);
}

/// Of each prize the entries that are to get it, by their place among `entries`.
pub async fn winners(person: &Person<'_>, locked: &Locked) -> Vec<Vec<usize>> {
    let awards = person.get(&locked.path("awards")).await.expect(200);
    let place = |award: &Value| {
        let id = text(&award["entry_id"]);
        locked.entries.iter().position(|entry| entry.ends_with(id)).unwrap()
    };
    let of_prize = |prize: &Value| prize["awards"].as_array().unwrap().iter().map(place).collect();
    awards["prizes"].as_array().unwrap().iter().map(of_prize).collect()
}
