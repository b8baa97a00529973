//! Contests: from a draft to entries that may be judged.

mod ballots;
mod entries;
mod erasure;
mod files;
mod ideas;
mod journey;
mod judged;
pub mod judging;
mod kept;
mod metrics;
mod objections;
mod pages;
mod phases;
mod prizes;
mod races;
mod results;
mod screening;
mod sealed;
mod teams;

use chrono::TimeDelta;
use kit::{TestApp, answer::Answer, files::png, on_each_database, people::Person};
use serde_json::{Value, json};

use crate::attachments::ids;

/// Hours from now, on the clock of the app.
pub fn at(app: &TestApp, hours: i64) -> String {
    (app.clock().now() + TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Terms of a contest that opens in an hour and closes in two days.
pub fn terms(app: &TestApp) -> Value {
    json!({
        "title": "새 이름 공모전", "brief": "마당의 새 이름을 지어 주세요.", "contact": "contest@example.com",
        "schedule": {
            "opens_at": at(app, 1), "closes_at": at(app, 48), "judging_until": at(app, 240), "provisional_at": at(app, 336),
        },
        "form": [
            { "key": "why", "label": "이름의 뜻", "kind": "long_text", "required": true },
            { "key": "where", "label": "쓸 곳", "kind": "choice", "choices": [{ "key": "app", "label": "앱" }, { "key": "web", "label": "웹" }] },
        ],
        "files": { "least": 0, "most": 2 },
        "rubric": [
            { "key": "idea", "title": "독창성", "weight": 60, "scale": [1, 5] },
            { "key": "use", "title": "쓸모", "weight": 40, "scale": [1, 5], "comment_required_below": 2 },
        ],
        "originality_statement": "직접 만든 작품입니다.", "ai_policy": "쓴 곳을 적어 주세요.", "rules": "한 사람이 한 작품을 냅니다.",
        "appeal_hours": 24,
    })
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A contest that takes entries now and for two days, with other terms than the usual.
pub async fn open(app: &TestApp, staff: &Person<'_>, other: Value) -> String {
    let mut terms = terms(app);
    terms["schedule"]["opens_at"] = json!(at(app, -1));
    for (name, value) in other.as_object().unwrap() {
        terms[name] = value.clone();
    }
    let made = staff.post("/v1/contests", &terms).await.expect(201);
    let id = text(&made["id"]).to_owned();
    step(staff, &id, "publish").await;
    id
}

pub async fn step(staff: &Person<'_>, contest: &str, step: &str) -> Value {
    staff.post(&format!("/v1/contests/{contest}/{step}"), &json!({})).await.expect(200)
}

/// Whether a step is refused, and why.
async fn no_step(staff: &Person<'_>, contest: &str, step: &str, code: &str) {
    staff.post(&format!("/v1/contests/{contest}/{step}"), &json!({})).await.expect_problem(409, code);
}

/// All that an entry needs to be sent.
pub fn draft() -> Value {
    json!({ "title": "한마당", "answers": { "why": "크고 함께라는 뜻입니다." }, "original": true, "ai_use": "쓰지 않았습니다." })
}

/// A draft of somebody; its address.
pub async fn enter(person: &Person<'_>, contest: &str) -> String {
    let made = person.post(&format!("/v1/contests/{contest}/entries"), &draft()).await.expect(201);
    format!("/v1/entries/{}", text(&made["id"]))
}

/// An entry that somebody sent; its address.
pub async fn sent(person: &Person<'_>, contest: &str) -> String {
    let entry = enter(person, contest).await;
    person.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
    entry
}

/// An entry that somebody sent under a title of its own; its id.
async fn sent_as(person: &Person<'_>, contest: &str, title: &str) -> String {
    let mut body = draft();
    body["title"] = json!(title);
    let made = person.post(&format!("/v1/contests/{contest}/entries"), &body).await.expect(201);
    let entry = text(&made["id"]).to_owned();
    person.post(&format!("/v1/entries/{entry}/submit"), &json!({})).await.expect(200);
    entry
}

/// What of contests somebody was told, the last first.
async fn told(person: &Person<'_>) -> Vec<Value> {
    let all = person.all("/v1/me/notifications", 100).await;
    all.into_iter().filter(|one| !one["contest"].is_null()).map(|one| one["kind"].clone()).collect()
}

#[actix_web::test]
async fn a_draft_is_written_published_and_then_frozen() {
    on_each_database(async |app| {
        let (marketer, visitor) = (app.staff("marketer").await, app.visitor());
        let draft = marketer.post("/v1/contests", &terms(app)).await;
        let location = draft.header("location").unwrap().to_owned();
        let draft = draft.expect(201);
        let id = text(&draft["id"]);
        assert_eq!((&draft["phase"], &draft["rules_hash"]), (&json!("draft"), &Value::Null));
        assert_eq!((&draft["jury_weight"], &draft["rights"]["kind"]), (&json!(1.0), &json!("licence_on_award")));
        visitor.get(&location).await.expect(404);
        assert!(visitor.get("/v1/contests").await.expect(200)["items"].as_array().unwrap().is_empty());
        let team = json!({ "team": { "least": 1, "most": 3 }, "entries_per_person": 2 });
        assert_eq!(marketer.patch(&location, &team).await.expect(200)["team"]["most"], 3);
        assert_eq!(marketer.patch(&location, &json!({ "team": null })).await.expect(200).get("team"), None);
        let stale = marketer.with("If-Match", "\"1\"").patch(&location, &json!({ "title": "다른" })).await;
        stale.expect_problem(412, "stale");

        let published = step(&marketer, id, "publish").await;
        assert_eq!(published["phase"], "announced");
        assert_eq!(published["brief_html"], "<p>마당의 새 이름을 지어 주세요.</p>\n");
        assert_eq!(marketer.get("/v1/contests").await.expect(200)["items"][0].get("brief_html"), None);
        let rules_hash = text(&published["rules_hash"]).to_owned();
        no_step(&marketer, id, "publish", "contest_phase").await;
        for frozen in [
            json!({ "title": "다른" }),
            json!({ "brief": "다른" }),
            json!({ "jury_weight": 0.9, "ballot": { "stars": 1, "opens_at": at(app, 50), "closes_at": at(app, 60) } }),
            json!({ "schedule": { "closes_at": at(app, 47) } }),
        ] {
            marketer.patch(&location, &frozen).await.expect_problem(409, "rules_frozen");
        }
        let later = json!({ "contact": "desk@example.com", "schedule": { "closes_at": at(app, 72) } });
        let later = marketer.patch(&location, &later).await.expect(200);
        assert_eq!((&later["rules_hash"], &later["contact"]), (&json!(rules_hash), &json!("desk@example.com")));
        marketer.delete(&location).await.expect_problem(409, "contest_phase");
        assert_eq!(visitor.get(&location).await.expect(200)["phase"], "announced");
        assert_eq!(visitor.get("/v1/contests").await.expect(200)["items"][0]["id"], json!(id));
        app.advance(TimeDelta::hours(1));
        assert_eq!(visitor.get(&location).await.expect(200)["phase"], "open");
        app.advance(TimeDelta::hours(71));
        assert_eq!(visitor.get(&location).await.expect(200)["phase"], "screening");
        let marketer = app.staff("marketer").await;
        let put_off = json!({ "schedule": { "closes_at": at(app, 72) } });
        marketer.patch(&location, &put_off).await.expect_problem(409, "contest_phase");
        marketer.patch(&location, &json!({ "rules": "b" })).await.expect_problem(409, "rules_frozen");
        let told = marketer.patch(&location, &json!({ "contact": "a" })).await.expect(200);
        assert_eq!((&told["contact"], &told["rules_hash"]), (&json!("a"), &json!(rules_hash)));
        assert_eq!(step(&marketer, id, "cancel").await["phase"], "cancelled");
        marketer.patch(&location, &json!({ "contact": "b" })).await.expect_problem(409, "contest_phase");
        no_step(&marketer, id, "cancel", "contest_phase").await;
    })
    .await;
}

#[actix_web::test]
async fn terms_that_cannot_be_kept_are_refused_where_they_stand() {
    on_each_database(async |app| {
        let marketer = app.staff("marketer").await;
        let criterion = |weight: f64| json!([{ "key": "a", "title": "가", "weight": weight, "scale": [1, 5] }]);
        for (name, value, pointer) in [
            ("title", json!(" "), "/title"),
            ("luck", json!(1), "/luck"),
            ("rubric", criterion(0.9), "/rubric"),
            ("rubric", json!("a"), "/rubric"),
            ("jury_weight", json!(0.4), "/jury_weight"),
            ("team", json!({ "least": 2, "most": 1 }), "/team/most"),
            ("prizes", json!([{ "rank": 1, "name": "대상", "kind": "cash", "value_krw": -1, "tax_category": "none" }]), "/prizes/0/value_krw"),
            ("tie_order", json!(["coin"]), "/tie_order/0"),
            ("form", json!([{ "key": "a", "label": "가", "kind": "colour" }]), "/form/0/kind"),
            ("schedule", json!({ "opens_at": at(app, 2), "closes_at": at(app, 1), "judging_until": at(app, 3), "provisional_at": at(app, 4) }), "/schedule/closes_at"),
        ] {
            let mut terms = terms(app);
            terms[name] = value;
            let problem = marketer.post("/v1/contests", &terms).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert!(marketer.get("/v1/contests").await.expect(200)["items"].as_array().unwrap().is_empty());
        let mut late = terms(app);
        late["schedule"]["opens_at"] = json!(at(app, -9));
        late["schedule"]["closes_at"] = json!(at(app, -8));
        let made = marketer.post("/v1/contests", &late).await.expect(201);
        let path = format!("/v1/contests/{}", text(&made["id"]));
        let problem = marketer.post(&format!("{path}/publish"), &json!({})).await;
        let problem = problem.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/schedule/closes_at");
        marketer.delete(&path).await.expect(204);
        marketer.get(&path).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn whom_a_contest_is_for_is_there_as_long_as_it_takes_entries() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let mut segments = Vec::new();
        for name in ["회원", "잠깐"] {
            let rule = json!({ "attribute": "member.role", "is": "member" });
            let made = pm.post("/v1/segments", &json!({ "name": name, "rule": rule })).await.expect(201);
            segments.push(text(&made["id"]).to_owned());
        }
        let [kept, brief] = &segments[..] else { unreachable!() };
        let gone = "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d";
        let of = |ids: &[&str]| {
            let mut terms = terms(app);
            terms["audience"] = json!({ "segments": ids });
            terms
        };
        let place = |answer: Answer| {
            let refused = answer.expect_problem(422, "invalid_fields");
            text(&refused["errors"][0]["pointer"]).to_owned()
        };
        let made = pm.post("/v1/contests", &of(&[kept, gone])).await;
        assert_eq!(place(made), "/audience/segments/1");
        let contest = pm.post("/v1/contests", &of(&[kept])).await.expect(201);
        let (contest, segment) = (text(&contest["id"]), |id: &str| format!("/v1/segments/{id}"));
        let other = json!({ "audience": { "segments": [gone] } });
        assert_eq!(place(pm.patch(&format!("/v1/contests/{contest}"), &other).await), "/audience/segments/0");

        // Of a draft it may go, which cannot be published then.
        let draft = pm.post("/v1/contests", &of(&[brief])).await.expect(201);
        pm.delete(&segment(brief)).await.expect(204);
        let late = pm.post(&format!("/v1/contests/{}/publish", text(&draft["id"])), &json!({})).await;
        assert_eq!(place(late), "/audience/segments/0");

        step(&pm, contest, "publish").await;
        pm.delete(&segment(kept)).await.expect_problem(409, "segment_in_use");
        app.advance(TimeDelta::hours(1));
        enter(&app.member("ana").await, contest).await;
        app.advance(TimeDelta::hours(48));
        app.staff("product_manager").await.delete(&segment(kept)).await.expect(204);
    })
    .await;
}

#[actix_web::test]
async fn a_contest_goes_from_open_to_archived_by_steps_that_fit() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({})).await;
        for early in ["begin_judging", "lock_scores", "publish_provisional", "finalize", "archive"] {
            no_step(&pm, &contest, early, "contest_phase").await;
        }
        let entry = sent(&ana, &contest).await;
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        no_step(&pm, &contest, "begin_judging", "screening_open").await;
        pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
        assert_eq!(step(&pm, &contest, "begin_judging").await["phase"], "judging");
        let ana = app.member("ana").await;
        ana.post(&format!("{entry}/withdraw"), &json!({})).await.expect_problem(409, "contest_phase");
        judged::seed_judged(app, &contest, &entry);
        assert_eq!(step(&pm, &contest, "lock_scores").await["phase"], "scores_locked");
        let released = step(&pm, &contest, "publish_provisional").await;
        assert_eq!(released["phase"], "provisional");
        no_step(&pm, &contest, "finalize", "contest_phase").await;
        app.advance(TimeDelta::hours(288));
        let pm = app.staff("product_manager").await;
        assert_eq!(pm.get(&format!("/v1/contests/{contest}")).await.expect(200)["phase"], "objection");
        no_step(&pm, &contest, "finalize", "objections_open").await;
        // What everybody has read is not taken back.
        no_step(&pm, &contest, "cancel", "contest_phase").await;
        app.advance(TimeDelta::hours(72));
        let pm = app.staff("product_manager").await;
        assert_eq!(step(&pm, &contest, "finalize").await["phase"], "final");
        assert_eq!(step(&pm, &contest, "archive").await["phase"], "archived");
        no_step(&pm, &contest, "cancel", "contest_phase").await;
        let events = app.seed_read_events();
        let steps: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
        for kind in ["contest.judging_begun", "contest.provisional_published", "contest.archived"] {
            assert!(steps.contains(&kind), "{kind} in {steps:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_contest_has_pictures_that_are_seen_with_it() {
    on_each_database(async |app| {
        let (pm, visitor) = (app.staff("product_manager").await, app.visitor());
        let made = pm.post("/v1/contests", &terms(app)).await.expect(201);
        let contest = format!("/v1/contests/{}", text(&made["id"]));
        let (one, pdf) = (pm.file("a.png", png(4, 4)).await, pm.file("c.pdf", kit::files::pdf()).await);
        let set = |ids: &[&String]| json!({ "attachment_ids": ids });
        let path = format!("{contest}/pictures");
        assert_eq!(ids(&pm.put_body(&path, &set(&[&one])).await.expect(200)), [&*one]);
        let odd = pm.put_body(&path, &set(&[&pdf])).await.expect_problem(422, "invalid_fields");
        assert_eq!(odd["errors"][0]["pointer"], "/attachment_ids/0");
        let content = format!("/v1/attachments/{one}/content");
        assert_eq!(visitor.fetch(&content, &[]).await.0, 404, "a draft is for staff");
        pm.post(&format!("{contest}/publish"), &json!({})).await.expect(200);
        assert_eq!(visitor.fetch(&content, &[]).await.0, 200);
    })
    .await;
}
