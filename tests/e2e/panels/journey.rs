//! One trial panel from its draft to its closing, with sixty members, and what is left of it when one of them leaves.

mod trial;

use chrono::TimeDelta;
use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{apply, people::told, recruiting, step, text, trying::missions};

const MEMBERS: usize = 60;
const SEATS: usize = 12;

/// The panel, and the application of each member by their name.
pub struct Journey<'a> {
    app: &'a TestApp,
    panel: String,
    applications: Vec<(String, String)>,
}

#[actix_web::test]
async fn one_panel_from_recruiting_to_closing_and_then_somebody_leaves() {
    on_each_database(async |app| {
        let journey = Journey::recruit(app).await;
        journey.lock_and_draw().await;
        journey.announce().await;
        let confirmed = journey.fill_the_seats().await;
        journey.ship(&confirmed).await;
        let (silent, others) = confirmed.split_last().unwrap();
        journey.tell(others).await;
        journey.miss(silent).await;
        journey.close(&confirmed).await;
        journey.count().await;
        journey.leave(others).await;
    })
    .await;
}

impl<'a> Journey<'a> {
    /// Sixty apply: four live elsewhere, three have no phone, two do not agree, and one is of the staff.
    async fn recruit(app: &'a TestApp) -> Self {
        let (admin, marketer) = (app.admin().await, app.staff("marketer").await);
        let names: Vec<String> = (0..MEMBERS - 1).map(|nth| format!("member-{nth:02}")).collect();
        for (nth, name) in names.iter().enumerate() {
            let region = if nth < 4 { "jeju" } else { ["seoul", "busan"][nth % 2] };
            let path = format!("/v1/members/{}", app.member(name).await.id);
            admin.patch(&path, &json!({ "attributes": { "region": region } })).await.expect(200);
        }
        let choices = json!([{ "key": "phone", "label": "휴대폰" }, { "key": "none", "label": "없음", "qualifies": false }]);
        let panel = recruiting(app, &marketer, json!({
            "seats": SEATS, "waitlist": 5,
            "eligibility": [{ "attribute": "region", "one_of": ["seoul", "busan"] }],
            "questions": [{ "key": "device", "label": "기기", "kind": "single", "required": true, "choices": choices }],
            "quotas": { "region": { "seoul": [6, 6], "busan": [6, 6] } },
            "consents": [{ "key": "privacy", "purpose": "체험단 운영", "text": "이름과 주소를 발송에 씁니다.", "required": true }],
            "missions": missions(),
        }))
        .await;
        let mut applications = Vec::new();
        for (nth, name) in names.into_iter().enumerate() {
            let device = if (4..7).contains(&nth) { "none" } else { "phone" };
            let consents = if (7..9).contains(&nth) { json!([]) } else { json!(["privacy"]) };
            let person = app.member(&name).await;
            let sent =
                apply(&person, &panel, json!({ "answers": { "device": device }, "consents": consents }))
                    .await;
            let reasons = match nth {
                0..4 => json!(["region"]),
                4..7 => json!(["failed_screen:device"]),
                7..9 => json!(["missing_consent"]),
                _ => json!([]),
            };
            assert_eq!(sent["reasons"], reasons);
            applications.push((name, text(&sent["id"]).to_owned()));
        }
        let own = json!({ "answers": { "device": "phone" }, "consents": ["privacy"] });
        let staff = apply(&marketer, &panel, own).await;
        assert_eq!(staff["reasons"], json!(["employee_or_family", "no_value_for_quota", "region"]));
        Self { app, panel, applications }
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/panels/{}/{what}", self.panel)
    }

    async fn lock_and_draw(&self) {
        let (app, number) = (
            self.app,
            json!({ "values": ["3 7 11 19 25 42 + 8"], "witness": "김증인", "link": "https://example.com" }),
        );
        app.advance(TimeDelta::hours(48));
        let marketer = app.staff("marketer").await;
        let locked = step(&marketer, &self.panel, "lock").await;
        assert_eq!((&locked["phase"], &locked["eligible_count"]), (&json!("pool_locked"), &json!(50)));
        marketer.post(&self.path("draw"), &number).await.expect_problem(409, "objection_window");
        app.advance(TimeDelta::hours(24));
        let marketer = app.staff("marketer").await;
        let proof = marketer.post(&self.path("draw"), &number).await.expect(200);
        assert_eq!((&proof["spec"]["pool_size"], &proof["spec"]["excluded_size"]), (&json!(50), &json!(10)));
        assert_eq!(proof["selected"].as_array().unwrap().len(), SEATS);
        step(&marketer, &self.panel, "announce").await;
    }

    /// At the announcement everybody hears, once, whatever became of them.
    async fn announce(&self) {
        let app = self.app;
        app.visitor().get(&self.path("announcement")).await.expect_problem(409, "panel_phase");
        app.advance(TimeDelta::hours(48));
        assert_eq!(app.seed_tell_people().await[0], 1);
        assert_eq!(app.seed_tell_people().await[0], 0);
        for (name, _) in &self.applications {
            assert_eq!(told(&app.member(name).await).await, ["panel_result"], "{name}");
        }
        let public = app.visitor().get(&self.path("announcement")).await.expect(200);
        let chosen = public["chosen"].as_array().unwrap();
        assert_eq!((chosen.len(), public["waitlist"].as_array().unwrap().len()), (SEATS, 5));
        // `member-17`, but for its first and last letter.
        assert!(chosen.iter().all(|one| text(&one["name"]).starts_with("m*******")), "{chosen:?}");
    }

    /// Two decline, one says nothing, and three others sit in their places; the names of all who confirmed.
    async fn fill_the_seats(&self) -> Vec<(String, String)> {
        let chosen = self.those("selected").await;
        assert_eq!(chosen.len(), SEATS);
        for (nth, (name, id)) in chosen.iter().enumerate().skip(1) {
            let what = if nth < 3 { "decline" } else { "confirm" };
            let person = self.app.member(name).await;
            person.post(&format!("/v1/applications/{id}/{what}"), &json!({})).await.expect(200);
        }
        let mine = format!("/v1/applications/{}/confirm", chosen[1].1);
        self.app.member(&chosen[0].0).await.post(&mine, &json!({})).await.expect(404);
        assert_eq!(self.confirm_given(&chosen[0]).await, 2);
        self.app.advance(TimeDelta::hours(48));
        assert_eq!(self.app.seed_lapse_seats().await, 1);
        assert_eq!(self.confirm_given(&chosen[0]).await, 1);
        let proof = self.verified().await;
        assert_eq!(proof["replacements"].as_array().unwrap().len(), 3);
        let regions = self.those("confirmed").await;
        let of_seoul =
            regions.iter().filter(|(name, _)| name[7..].parse::<usize>().unwrap().is_multiple_of(2));
        assert_eq!((regions.len(), of_seoul.count()), (SEATS, 6), "the quotas hold after all");
        regions
    }

    /// Whoever was given the seat of another takes it; how many those are. One of the first says nothing.
    async fn confirm_given(&self, silent: &(String, String)) -> usize {
        let given: Vec<_> = self.those("selected").await.into_iter().filter(|one| one != silent).collect();
        for (name, id) in &given {
            let person = self.app.member(name).await;
            assert_eq!(told(&person).await[0], "panel_seat");
            person.post(&format!("/v1/applications/{id}/confirm"), &json!({})).await.expect(200);
        }
        given.len()
    }

    /// Those whose application came to this, in the order in which they applied.
    async fn those(&self, outcome: &str) -> Vec<(String, String)> {
        let pm = self.app.staff("product_manager").await;
        let listed = pm.all(&self.path("applications"), 100).await;
        let ids: Vec<&Value> =
            listed.iter().filter(|one| one["outcome"] == outcome).map(|one| &one["id"]).collect();
        self.applications.iter().filter(|(_, id)| ids.contains(&&json!(id))).cloned().collect()
    }

    /// The public proof, which anybody finds sound.
    async fn verified(&self) -> Value {
        let visitor = self.app.visitor();
        let proof = visitor.get(&self.path("draw")).await.expect(200);
        let verdict = visitor.post("/v1/draws/verify", &proof).await.expect(200);
        assert_eq!(verdict["valid"], true, "{verdict}");
        proof
    }
}
