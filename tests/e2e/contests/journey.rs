//! One contest from its publication to its result: forty entries, eight judges, three hundred voters of whom forty are a ring, and
//! what is left of it when it has had its time.

mod voted;
mod won;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{at, no_step, open, sent, step, text};

const ENTRIES: usize = 40;
const JUDGES: usize = 8;
const HONEST: usize = 260;
const RING: usize = 40;

/// The contest, and its entries by their ids, the best first: that of `entrant-00`.
pub struct Journey<'a> {
    app: &'a TestApp,
    contest: String,
    entries: Vec<String>,
}

#[actix_web::test]
async fn one_contest_from_its_entries_to_a_result_that_anybody_recomputes() {
    on_each_database(async |app| {
        let journey = Journey::enter(app).await;
        journey.screen().await;
        journey.appoint().await;
        journey.assign().await;
        journey.judge().await;
        journey.vote().await;
        journey.hold_the_ring().await;
        let winner = journey.lock().await;
        journey.disqualify(&winner).await;
        journey.finish().await;
        journey.recompute().await;
        journey.count().await;
        journey.forget().await;
    })
    .await;
}

/// Who entered what: `entrant-07`.
fn entrant(nth: usize) -> String {
    format!("entrant-{nth:02}")
}

impl<'a> Journey<'a> {
    async fn enter(app: &'a TestApp) -> Self {
        let marketer = app.staff("marketer").await;
        let contest = open(app, &marketer, json!({
            "judging": { "reviews_per_entry": 3 },
            "ballot": { "stars": 3, "opens_at": at(app, 72), "closes_at": at(app, 240) },
            "jury_weight": 0.7, "tie_order": ["heaviest_criterion", "joint_prize"],
            "prizes": [
                { "rank": 1, "name": "대상", "kind": "cash", "value_krw": 1_000_000, "tax_category": "contest" },
                { "rank": 2, "name": "우수상", "kind": "cash", "value_krw": 250_000, "tax_category": "contest", "places": 2 },
            ],
        }))
        .await;
        let mut entries = Vec::new();
        for nth in 0..ENTRIES {
            let person = app.member(&entrant(nth)).await;
            let path = sent(&person, &contest).await;
            entries.push(path.rsplit('/').next().unwrap_or_default().to_owned());
        }
        Self { app, contest, entries }
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/contests/{}/{what}", self.contest)
    }

    /// All keep the rules; then judging may begin.
    async fn screen(&self) {
        self.app.advance(TimeDelta::hours(49));
        let marketer = self.app.staff("marketer").await;
        no_step(&marketer, &self.contest, "begin_judging", "screening_open").await;
        for id in &self.entries {
            let accept = json!({ "decision": "accept" });
            marketer.post(&format!("/v1/entries/{id}/screen"), &accept).await.expect(200);
        }
        assert_eq!(step(&marketer, &self.contest, "begin_judging").await["phase"], "judging");
    }

    /// Eight judges, none of whom is among the entrants; the first knows one of these.
    async fn appoint(&self) {
        let marketer = self.app.staff("marketer").await;
        let known = self.app.member(&entrant(3)).await;
        let judges = self.path("judges");
        let enters = marketer.post(&judges, &json!({ "member_id": known.id })).await;
        assert_eq!(enters.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/member_id");
        for nth in 0..JUDGES {
            let person = self.app.member(&judge(nth)).await;
            marketer.post(&judges, &json!({ "member_id": person.id })).await.expect(201);
            let conflicts = if nth == 0 { vec![&known.id] } else { Vec::new() };
            person.put_body(&self.path("conflicts"), &json!({ "member_ids": conflicts })).await.expect(200);
        }
    }

    /// Three judges for each entry, as even as can be, and none in conflict.
    async fn assign(&self) {
        let marketer = self.app.staff("marketer").await;
        let made = marketer.post(&self.path("assign"), &json!({})).await.expect(201);
        let made = &made["assignment"];
        let loads: Vec<u64> =
            made["loads"].as_object().unwrap().values().map(|load| load.as_u64().unwrap()).collect();
        assert_eq!((loads.len(), loads.iter().sum::<u64>()), (JUDGES, 3 * ENTRIES as u64));
        assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= 1, "{loads:?}");
        assert_eq!((&made["parts"], &made["warnings"]), (&json!(1), &json!([])));
        let reviews = marketer.all(&self.path("reviews"), 100).await;
        let first = self.app.member(&judge(0)).await;
        let met = |review: &&Value| review["judge_id"] == first.id && review["entry_id"] == self.entries[3];
        assert_eq!(reviews.iter().find(met), None, "in conflict");
    }

    /// Everybody marks what is before them: by how good it is, how severe they are, and a little of chance. The last gives one back.
    async fn judge(&self) {
        let (marketer, last) = (self.app.staff("marketer").await, self.app.member(&judge(JUDGES - 1)).await);
        let of_last = last.all(&format!("/v1/me/reviews?contest={}", self.contest), 100).await;
        let given_back = text(&of_last[0]["id"]);
        let reason = json!({ "reason": "누구의 작품인지 알 것 같습니다." });
        last.post(&format!("/v1/reviews/{given_back}/recuse"), &reason).await.expect(200);
        no_step(&marketer, &self.contest, "lock_scores", "ballot_open").await;
        let rows = marketer.all(&self.path("reviews"), 100).await;
        let mut open = 0;
        for nth in 0..JUDGES {
            let person = self.app.member(&judge(nth)).await;
            for review in person.all(&format!("/v1/me/reviews?contest={}", self.contest), 100).await {
                let row = rows.iter().find(|row| row["id"] == review["id"]).unwrap();
                if row["state"] != "open" {
                    continue;
                }
                open += 1;
                let place = self.entries.iter().position(|id| row["entry_id"] == *id).unwrap();
                let path = format!("/v1/reviews/{}", text(&review["id"]));
                let comments = json!({ "use": "쓸 곳이 더 보이면 좋겠습니다." });
                let body = json!({ "marks": marks(place, nth), "comments": comments });
                person.patch(&path, &body).await.expect(200);
                person.post(&format!("{path}/submit"), &json!({})).await.expect(200);
            }
        }
        assert_eq!(open, 3 * ENTRIES, "what was given back was given to another");
        let others = self.app.member(&judge(0)).await.get(&format!("/v1/reviews/{given_back}")).await;
        others.expect(404);
    }
}

/// Who judges: `judge-0`.
fn judge(nth: usize) -> String {
    format!("judge-{nth}")
}

/// The two best are as good as each other, the first by its idea, which weighs more, and the second by its use.
fn marks(place: usize, judge: usize) -> Value {
    let quality = 4.2 - 0.06 * place.max(1) as f64;
    let (idea, use_) = match place {
        0 => (0.4, -0.6),
        1 => (-0.24, 0.36),
        _ => (0.0, 0.0),
    };
    let severity = (judge as f64 - 3.5) * 0.02;
    let chance = if place < 2 { 0.0 } else { ((place * 7 + judge * 5) % 11) as f64 / 100.0 };
    let mark = |more: f64| ((quality + more - severity + chance) * 100.0).round() / 100.0;
    json!({ "idea": mark(idea), "use": mark(use_) })
}
