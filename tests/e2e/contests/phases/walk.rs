//! One contest, led from phase to phase; what a reader can name is made as soon as it can be.

use std::collections::HashMap;

use chrono::TimeDelta;
use kit::{TestApp, files::png, people::Person};
use serde_json::{Value, json};

use super::super::{at, draft, sent, step, terms, text};

/// What nobody made yet has this id.
const NOWHERE: &str = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";

pub struct Walk<'a> {
    app: &'a TestApp,
    /// What stands for a name in braces.
    named: HashMap<&'static str, String>,
}

/// Where nothing is made yet.
fn nothing() -> HashMap<&'static str, String> {
    let names = ["contest", "entry", "file", "idea", "judge", "review", "assignment", "objection"];
    names.map(|name| (name, NOWHERE.to_owned())).into()
}

impl<'a> Walk<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, named: nothing() }
    }

    /// A path with what it names.
    pub fn fill(&self, path: &str) -> String {
        self.named.iter().fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
    }

    pub async fn reader(&self, reader: &str) -> Person<'a> {
        match reader {
            "visitor" => self.app.visitor(),
            "moderator" | "marketer" => self.app.staff(reader).await,
            "judging admin" => self.app.admin().await,
            "entrant" => self.app.member("entrant-ana").await,
            member => self.app.member(member).await,
        }
    }

    /// Leads the contest into a phase that follows the one it is in.
    pub async fn go(&mut self, phase: &str) {
        match phase {
            "draft" => self.draft().await,
            "announced" => drop(self.step("publish").await),
            "open" => self.enter().await,
            "screening" => self.app.advance(TimeDelta::hours(47)),
            "judging" => self.judge().await,
            "scores_locked" => {
                self.app.advance(TimeDelta::hours(192));
                self.step("lock_scores").await;
            }
            "provisional" => drop(self.step("publish_provisional").await),
            "objection" => self.object().await,
            "final" => self.finish().await,
            "archived" => drop(self.step("archive").await),
            _ => self.cancel().await,
        }
        let read = self.marketer().await.get(&self.fill("/v1/contests/{contest}")).await.expect(200);
        assert_eq!(read["phase"], phase);
    }

    async fn marketer(&self) -> Person<'a> {
        self.app.staff("marketer").await
    }

    async fn step(&self, name: &str) -> Value {
        step(&self.marketer().await, &self.named["contest"], name).await
    }

    async fn draft(&mut self) {
        let app = self.app;
        let mut terms = terms(app);
        terms["ballot"] = json!({ "stars": 1, "opens_at": at(app, 49), "closes_at": at(app, 240) });
        let more = json!({
            "jury_weight": 0.5, "judging": { "reviews_per_entry": 3 }, "objection_hours": 1, "tie_order": ["joint_prize"],
            "prizes": [{ "rank": 1, "name": "대상", "kind": "cash", "value_krw": 100_000, "tax_category": "contest" }],
        });
        terms.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.marketer().await.post("/v1/contests", &terms).await.expect(201);
        self.named.insert("contest", text(&made["id"]).to_owned());
    }

    /// Ana enters with a picture, out of an idea; two others enter something.
    async fn enter(&mut self) {
        let app = self.app;
        app.advance(TimeDelta::hours(1));
        app.admin().await.board("ideas", json!({})).await;
        let ana = app.member("entrant-ana").await;
        let idea = ana.idea("ideas", "누구나 읽는 것").await;
        let file = ana.file("그림.png", png(4, 4)).await;
        let mut body = draft();
        body["title"] = json!("봉인된 제목");
        body["attachment_ids"] = json!([file]);
        body["from_idea_id"] = json!(idea);
        let made = ana.post(&self.fill("/v1/contests/{contest}/entries"), &body).await.expect(201);
        let entry = text(&made["id"]).to_owned();
        ana.post(&format!("/v1/entries/{entry}/submit"), &json!({})).await.expect(200);
        self.named.extend([("entry", entry), ("file", file), ("idea", idea)]);
        for name in ["bo", "cy"] {
            sent(&app.member(name).await, &self.named["contest"]).await;
        }
    }

    /// Three judges, one of them of the staff, mark what is before them, and a member votes.
    async fn judge(&mut self) {
        let app = self.app;
        let marketer = self.marketer().await;
        let entries = marketer.all(&self.fill("/v1/contests/{contest}/entries"), 100).await;
        for entry in &entries {
            let accept = json!({ "decision": "accept" });
            marketer.post(&format!("/v1/entries/{}/screen", text(&entry["id"])), &accept).await.expect(200);
        }
        app.advance(TimeDelta::hours(24));
        self.step("begin_judging").await;
        let marketer = self.marketer().await;
        for name in ["judge", "other-judge", "judging admin"] {
            let judge = self.reader(name).await;
            let judges = self.fill("/v1/contests/{contest}/judges");
            marketer.post(&judges, &json!({ "member_id": judge.id })).await.expect(201);
            let none = json!({ "member_ids": [] });
            judge.put_body(&self.fill("/v1/contests/{contest}/conflicts"), &none).await.expect(200);
        }
        self.named.insert("judge", self.reader("judge").await.id);
        let made = marketer.post(&self.fill("/v1/contests/{contest}/assign"), &json!({})).await.expect(201);
        self.named.insert("assignment", text(&made["assignment"]["id"]).to_owned());
        for name in ["judge", "other-judge", "judging admin"] {
            self.mark(name).await;
        }
        let member = app.member("member").await;
        let stars = json!({ "stars": [self.named["entry"]] });
        member.put_body(&self.fill("/v1/contests/{contest}/ballot"), &stars).await.expect(200);
    }

    async fn mark(&mut self, name: &str) {
        let judge = self.reader(name).await;
        for review in judge.all(&self.fill("/v1/me/reviews?contest={contest}"), 100).await {
            let path = format!("/v1/reviews/{}", text(&review["id"]));
            let best = review["entry"]["title"] == "봉인된 제목";
            let body = json!({
                "marks": { "idea": if best { 5 } else { 2 }, "use": 4 },
                "comments": { "idea": format!("{name}의 심사평") },
            });
            judge.patch(&path, &body).await.expect(200);
            judge.post(&format!("{path}/submit"), &json!({})).await.expect(200);
            if name == "judge" && best {
                self.named.insert("review", text(&review["id"]).to_owned());
            }
        }
    }

    async fn object(&mut self) {
        self.app.advance(TimeDelta::hours(72));
        let member = self.app.member("member").await;
        let objection = json!({ "text": "어디서 본 이름입니다." });
        let raised =
            member.post(&self.fill("/v1/contests/{contest}/objections"), &objection).await.expect(201);
        self.named.insert("objection", text(&raised["id"]).to_owned());
    }

    async fn finish(&self) {
        self.app.advance(TimeDelta::hours(1));
        let (marketer, ana) = (self.marketer().await, self.app.member("entrant-ana").await);
        let rejected = json!({ "upheld": false, "note": "처음 나온 이름입니다." });
        marketer.post(&self.fill("/v1/objections/{objection}/decide"), &rejected).await.expect(200);
        let claim = json!({ "original": true, "licence": true });
        ana.post(&self.fill("/v1/entries/{entry}/claim"), &claim).await.expect(200);
        let masked = json!({ "as": "masked" });
        ana.put_body(&self.fill("/v1/entries/{entry}/name"), &masked).await.expect(200);
        marketer
            .post(&self.fill("/v1/entries/{entry}/verify"), &json!({ "identity": true }))
            .await
            .expect(200);
        self.step("finalize").await;
    }

    /// Another contest, which is given up while it is judged.
    async fn cancel(&mut self) {
        self.named = nothing();
        self.draft().await;
        self.step("publish").await;
        self.app.advance(TimeDelta::hours(1));
        let ana = self.app.member("entrant-ana").await;
        let mut body = draft();
        body["title"] = json!("봉인된 제목");
        let made = ana.post(&self.fill("/v1/contests/{contest}/entries"), &body).await.expect(201);
        let entry = text(&made["id"]).to_owned();
        ana.post(&format!("/v1/entries/{entry}/submit"), &json!({})).await.expect(200);
        self.named.insert("entry", entry);
        self.app.advance(TimeDelta::hours(48));
        self.step("cancel").await;
    }
}
