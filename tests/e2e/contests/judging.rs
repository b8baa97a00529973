//! Judging: who judges what, and that nobody learns what they should not.

mod blind;
mod conflicts;
mod marking;
mod reviews;

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{
    draft,
    judged::{Judged, seed_judged},
    open, sent_as, step, text, told,
};
use crate::panels::seats;

/// A contest with entries of these people, each of whom sent one, judged from now on.
pub async fn judged(app: &TestApp, authors: &[&str], other: Value) -> Judged {
    let pm = app.staff("product_manager").await;
    let contest = open(app, &pm, other).await;
    let mut entries = Vec::new();
    for name in authors {
        entries.push(sent_as(&app.member(name).await, &contest, &format!("작품 {}", entries.len())).await);
    }
    begin(app, &contest, &entries).await;
    Judged { contest, entries, ..Judged::default() }
}

/// Closes a contest, accepts what was sent, and begins to judge it.
pub async fn begin(app: &TestApp, contest: &str, entries: &[String]) {
    app.advance(TimeDelta::hours(48));
    let pm = app.staff("product_manager").await;
    for entry in entries {
        let accept = json!({ "decision": "accept" });
        pm.post(&format!("/v1/entries/{entry}/screen"), &accept).await.expect(200);
    }
    step(&pm, contest, "begin_judging").await;
}

/// Appoints somebody, who says that they are in conflict with nobody.
pub async fn appoint<'a>(app: &'a TestApp, contest: &str, name: &str) -> Person<'a> {
    let (pm, judge) = (app.staff("product_manager").await, app.member(name).await);
    let path = format!("/v1/contests/{contest}");
    pm.post(&format!("{path}/judges"), &json!({ "member_id": judge.id })).await.expect(201);
    judge.put_body(&format!("{path}/conflicts"), &json!({ "member_ids": [] })).await.expect(200);
    judge
}

/// Puts an entry before a judge, whatever the phase; the id of the review.
pub fn seed_review(app: &TestApp, contest: &str, entry: &str, judge: &str) -> String {
    let stamp = app.clock().stamp();
    let review = stamp.id::<domain::contests::reviews::Review>(0).to_string();
    let [id, contest, entry, judge] = [&*review, contest, entry, judge].map(|one| seats::id(app, one));
    let at = seats::moment(stamp.at);
    app.seed_execute(&format!(
        "INSERT INTO entry_reviews (id, contest_id, entry_id, judge_id, round, kind, state, marks, comments, note, created_at, version) \
         VALUES ({id}, {contest}, {entry}, {judge}, 1, 'assigned', 'open', '{{}}', '{{}}', '', {at}, 1)"
    ))
    .unwrap();
    review
}

/// What somebody judges.
pub async fn mine(judge: &Person<'_>, contest: &str) -> Vec<Value> {
    judge.all(&format!("/v1/me/reviews?contest={contest}"), 100).await
}

/// The reviews as those who run the contest see them.
pub async fn all(app: &TestApp, judged: &Judged) -> Vec<Value> {
    app.staff("product_manager").await.all(&judged.path("reviews"), 2).await
}

pub async fn assign(app: &TestApp, judged: &Judged) -> Value {
    let pm = app.staff("product_manager").await;
    pm.post(&judged.path("assign"), &json!({})).await.expect(201)
}

/// Marks a review and sends it.
pub async fn send(judge: &Person<'_>, review: &str, idea: f64, to_use: f64) -> Value {
    let path = format!("/v1/reviews/{review}");
    judge.patch(&path, &json!({ "marks": { "idea": idea, "use": to_use } })).await.expect(200);
    judge.post(&format!("{path}/submit"), &json!({})).await.expect(200)
}

#[actix_web::test]
async fn entries_are_given_evenly_and_what_is_shown_gives_the_same_again() {
    on_each_database(async |app| {
        let judged = judged(app, &["a1", "a2", "a3", "a4"], json!({})).await;
        let pm = app.staff("product_manager").await;
        let none = pm.post(&judged.path("assign"), &json!({})).await;
        none.expect_problem(409, "not_assignable");
        for (language, words) in [
            ("ko", "심사위원 3명이 필요한데 이해충돌이 없는 사람은 0명입니다. 심사위원을 더 위촉해 주세요."),
            ("en", "needs 3 judges, and 0 are not in conflict with it; appoint more."),
        ] {
            let none = pm.with("Accept-Language", language).post(&judged.path("assign"), &json!({})).await;
            let problem = none.expect_problem(409, "not_assignable");
            assert!(text(&problem["detail"]).ends_with(words), "{problem}");
        }
        for name in ["j1", "j2", "j3", "j4"] {
            appoint(app, &judged.contest, name).await;
        }
        let silent = app.member("silent").await;
        pm.post(&judged.path("judges"), &json!({ "member_id": silent.id })).await.expect(201);
        let made = pm.with("Idempotency-Key", "once").post(&judged.path("assign"), &json!({})).await;
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        let facts = &made["assignment"];
        assert_eq!(
            (&facts["kind"], &facts["parts"], &facts["given"]),
            (&json!("anew"), &json!(1), &json!(12))
        );
        let loads: Vec<&Value> = facts["loads"].as_object().unwrap().values().collect();
        assert_eq!(loads, [3, 3, 3, 3]);
        assert_eq!((&facts["warnings"], &facts["lacking"]), (&json!([]), &json!({})));
        assert_eq!(pm.get(&location).await.expect(200), made);

        // Whoever holds the plan comes to the same.
        use domain::contests::assigning::Planned;
        let planned: Planned = serde_json::from_value(made["planned"].clone()).unwrap();
        assert_eq!(serde_json::to_value(planned.run().unwrap().judges).unwrap(), made["judges"]);
        let again = pm.with("Idempotency-Key", "once").post(&judged.path("assign"), &json!({})).await;
        assert_eq!(again.expect(201), made, "a repeated request does nothing again");
        let twice = assign(app, &judged).await;
        assert_eq!((&twice["judges"], &twice["planned"]), (&made["judges"], &made["planned"]));
        let listed = pm.all(&judged.path("assignments"), 1).await;
        assert_eq!(listed, [twice["assignment"].clone(), made["assignment"].clone()]);

        assert_eq!(all(app, &judged).await.len(), 12);
        for name in ["j1", "j2", "j3", "j4"] {
            let judge = app.member(name).await;
            assert_eq!(mine(&judge, &judged.contest).await.len(), 3);
        }
        let j1 = app.member("j1").await;
        let heard = [
            json!("contest_review_assigned"),
            json!("contest_review_assigned"),
            json!("contest_judge_appointed"),
        ];
        assert_eq!(told(&j1).await, heard, "once for each assignment");
        assert!(
            mine(&silent, &judged.contest).await.is_empty(),
            "who says nothing of conflicts gets nothing"
        );

        // Once somebody has begun, nobody loses anything.
        let review = mine(&j1, &judged.contest).await[0].clone();
        let path = format!("/v1/reviews/{}", text(&review["id"]));
        j1.patch(&path, &json!({ "marks": { "idea": 3 } })).await.expect(200);
        pm.post(&judged.path("assign"), &json!({})).await.expect_problem(409, "nothing_to_assign");
        assert_eq!(j1.get(&path).await.expect(200)["marks"], json!({ "idea": 3.0 }));
    })
    .await;
}

#[actix_web::test]
async fn judges_are_appointed_by_staff_until_the_lock_and_know_what_the_form_asks() {
    on_each_database(async |app| {
        let judged = judged(app, &["ana"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let path = judged.path("judges");
        for (body, pointer) in [
            (json!({ "member_id": ana.id }), "/member_id"),
            (json!({ "member_id": judged.contest }), "/member_id"),
            (json!({ "member_id": bo.id, "expertise": { "why": { "app": 1 } } }), "/expertise/why"),
            (json!({ "member_id": bo.id, "expertise": { "where": { "car": 1 } } }), "/expertise/where/car"),
            (json!({ "member_id": bo.id, "expertise": { "where": { "app": 101 } } }), "/expertise/where/app"),
            (json!({ "member_id": bo.id, "most": 0 }), "/most"),
        ] {
            let problem = pm.post(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(pm.get(&path).await.expect(200)["items"], json!([]));
        bo.post(&path, &json!({ "member_id": bo.id })).await.expect_problem(403, "forbidden");
        let new = json!({ "member_id": bo.id, "expertise": { "where": { "app": 80 } }, "most": 2 });
        let made = pm.post(&path, &new).await.expect(201);
        assert_eq!((&made["expertise"], &made["most"]), (&new["expertise"], &json!(2)));
        assert_eq!((&made["declared_at"], &made["reviews"]["open"]), (&Value::Null, &json!(0)));
        pm.post(&path, &new).await.expect_problem(409, "already_judge");
        let one = format!("{path}/{}", bo.id);
        let read = pm.get(&one).await;
        let etag = read.etag();
        assert_eq!(read.expect(200)["conflicts"], json!([]));
        let changed = pm.with("If-Match", &etag).patch(&one, &json!({ "most": null })).await.expect(200);
        assert_eq!((&changed["most"], &changed["expertise"]), (&Value::Null, &new["expertise"]));
        let stale = pm.with("If-Match", &etag).patch(&one, &json!({ "most": 1 })).await;
        stale.expect_problem(412, "stale");
        seed_judged(app, &judged.contest, &judged.entries[0]);
        step(&pm, &judged.contest, "lock_scores").await;
        let late = pm.post(&path, &json!({ "member_id": app.member("cy").await.id })).await;
        late.expect_problem(409, "contest_phase");
        pm.patch(&one, &json!({ "most": 1 })).await.expect_problem(409, "contest_phase");
        pm.post(&judged.path("assign"), &json!({})).await.expect_problem(409, "contest_phase");
    })
    .await;
}

#[actix_web::test]
async fn who_has_entered_is_not_told_while_it_is_sealed_and_does_not_judge() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({})).await;
        let entries =
            [super::sent(&ana, &contest).await, super::sent(&app.member("bo").await, &contest).await];
        let judges = format!("/v1/contests/{contest}/judges");
        for name in ["ana", "cy"] {
            let body = json!({ "member_id": app.member(name).await.id });
            pm.post(&judges, &body).await.expect(201);
        }
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        for entry in &entries {
            pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
        }
        let begin = format!("/v1/contests/{contest}/begin_judging");
        let refused = pm.post(&begin, &json!({})).await.expect_problem(409, "judges_enter");
        assert!(
            text(&refused["detail"]).contains("ana") && !text(&refused["detail"]).contains("cy"),
            "{refused}"
        );
        let why = json!({ "reason": "작품을 냈습니다." });
        pm.post(&format!("{judges}/{}/leave", ana.id), &why).await.expect(200);
        assert_eq!(step(&pm, &contest, "begin_judging").await["phase"], "judging");
        let again = pm.post(&judges, &json!({ "member_id": ana.id })).await;
        assert_eq!(again.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/member_id");
    })
    .await;
}

#[actix_web::test]
async fn too_few_reviews_and_juries_apart_are_pointed_out() {
    on_each_database(async |app| {
        let few = json!({ "judging": { "reviews_per_entry": 1 } });
        let judged = judged(app, &["ana", "bo"], few).await;
        for name in ["j1", "j2"] {
            appoint(app, &judged.contest, name).await;
        }
        let made = assign(app, &judged).await;
        assert_eq!(made["assignment"]["warnings"], json!(["few_reviews", "not_connected"]));
        assert_eq!(made["assignment"]["parts"], 2);
    })
    .await;
}
