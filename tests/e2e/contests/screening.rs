//! Screening: reasons as codes, one chance to mend, one appeal, and nobody decides about their own.

use chrono::TimeDelta;
use kit::{on_each_database, people::Person};
use serde_json::json;

use super::{judged::seed_accepted, no_step, open, sent, step, text, told};

#[actix_web::test]
async fn an_entry_is_mended_once_and_then_decided() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({ "resubmit_hours": 24 })).await;
        let entry = sent(&ana, &contest).await;
        app.advance(TimeDelta::hours(48));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let screen = format!("{entry}/screen");
        for (body, pointer) in [
            (json!({ "decision": "reject" }), "/reasons"),
            (json!({ "decision": "accept", "reasons": ["late"] }), "/reasons"),
            (json!({ "decision": "reject", "reasons": ["ugly"] }), "/reasons/0"),
            (json!({ "decision": "maybe" }), "/decision"),
            (json!({ "decision": "reject", "reasons": ["late"], "note": " " }), "/note"),
        ] {
            let problem = pm.post(&screen, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        ana.post(&screen, &json!({ "decision": "accept" })).await.expect_problem(403, "forbidden");
        let fix = json!({ "decision": "fix", "reasons": ["incomplete", "undisclosed_ai"], "note": "뜻을 더 적어 주세요." });
        let asked = pm.post(&screen, &fix).await.expect(200);
        assert_eq!(asked["state"], "fix_requested");
        assert_eq!(asked["screening"]["reasons"], json!(["incomplete", "undisclosed_ai"]));
        assert_eq!(told(&ana).await, [json!("contest_screened")]);
        no_step(&pm, &contest, "begin_judging", "screening_open").await;
        let mended = json!({ "answers": { "why": "더 크고 더 함께" } });
        ana.patch(&entry, &mended).await.expect(200);
        let before = pm.get(&entry).await.expect(200);
        assert_eq!(before["answers"]["why"], "크고 함께라는 뜻입니다.", "not before it is sent");
        let again = ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        assert_eq!((&again["state"], &again["receipt"]["version"]), (&json!("submitted"), &json!(2)));
        ana.patch(&entry, &mended).await.expect_problem(409, "entries_closed");
        pm.post(&screen, &fix).await.expect_problem(409, "no_mending");
        let accepted = pm.post(&screen, &json!({ "decision": "accept" })).await.expect(200);
        assert_eq!((&accepted["state"], &accepted["answers"]["why"]), (&json!("accepted"), &json!("더 크고 더 함께")));
        assert_eq!(step(&pm, &contest, "begin_judging").await["phase"], "judging");
        pm.post(&screen, &json!({ "decision": "accept" })).await.expect_problem(409, "contest_phase");
        let log = app.admin().await.all("/v1/audit?action=screen_entry", 100).await;
        assert_eq!((log.len(), &log[0]["after"]["state"]), (2, &json!("accepted")));
    })
    .await;
}

#[actix_web::test]
async fn what_is_to_be_mended_is_closed_again_after_its_time() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let strict = open(app, &pm, json!({})).await;
        let contest = open(app, &pm, json!({ "resubmit_hours": 24 })).await;
        let (entry, other) = (sent(&ana, &contest).await, sent(&ana, &strict).await);
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        let fix = json!({ "decision": "fix", "reasons": ["rights"] });
        pm.post(&format!("{other}/screen"), &fix).await.expect_problem(409, "no_mending");
        pm.post(&format!("{entry}/screen"), &fix).await.expect(200);
        app.advance(TimeDelta::hours(24));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        ana.patch(&entry, &json!({ "title": "x" })).await.expect_problem(409, "entries_closed");
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect_problem(409, "entries_closed");
        no_step(&pm, &contest, "begin_judging", "screening_open").await;
        let reject = json!({ "decision": "reject", "reasons": ["rights"] });
        assert_eq!(pm.post(&format!("{entry}/screen"), &reject).await.expect(200)["state"], "rejected");
    })
    .await;
}

#[actix_web::test]
async fn a_rejection_is_appealed_once_within_its_window() {
    on_each_database(async |app| {
        let (pm, ana, bo, cy) = (
            app.staff("product_manager").await,
            app.member("ana").await,
            app.member("bo").await,
            app.member("cy").await,
        );
        let contest = open(app, &pm, json!({})).await;
        let (won, lost, late) =
            (sent(&ana, &contest).await, sent(&bo, &contest).await, sent(&cy, &contest).await);
        app.advance(TimeDelta::hours(48));
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let because = json!({ "text": "저희가 직접 그렸습니다." });
        ana.post(&format!("{won}/appeal"), &because).await.expect_problem(409, "not_rejected");
        for entry in [&won, &lost, &late] {
            let reject = json!({ "decision": "reject", "reasons": ["not_original"] });
            pm.post(&format!("{entry}/screen"), &reject).await.expect(200);
        }
        no_step(&pm, &contest, "begin_judging", "screening_open").await;
        let decide = |granted: bool| json!({ "granted": granted, "note": "원본을 확인했습니다." });
        let nothing = pm.post(&format!("{won}/appeal/decide"), &decide(true)).await;
        nothing.expect_problem(409, "nothing_to_decide");
        bo.post(&format!("{won}/appeal"), &because).await.expect(404);
        for (person, entry) in [(&ana, &won), (&bo, &lost)] {
            let appealed = person.post(&format!("{entry}/appeal"), &because).await.expect(200);
            assert_eq!(appealed["screening"]["appeal"]["text"], because["text"]);
            let twice = person.post(&format!("{entry}/appeal"), &because).await;
            twice.expect_problem(409, "already_appealed");
        }
        assert_eq!(told(&pm).await, [json!("contest_appeal_waiting"), json!("contest_appeal_waiting")]);
        let waiting = async |pm: &Person<'_>, state: &str| {
            let path = format!("/v1/contests/{contest}/entries?waiting=appeal{state}");
            let found = pm.all(&path, 1).await;
            found.iter().map(|entry| format!("/v1/entries/{}", text(&entry["id"]))).collect::<Vec<_>>()
        };
        assert_eq!(waiting(&pm, "").await, [won.clone(), lost.clone()]);
        assert_eq!(waiting(&pm, "&state=rejected").await, [won.clone(), lost.clone()]);
        assert!(waiting(&pm, "&state=accepted").await.is_empty());
        let again = pm.post(&format!("{won}/screen"), &json!({ "decision": "accept" })).await;
        again.expect_problem(409, "already_appealed");
        app.advance(TimeDelta::hours(24));
        let (pm, ana, cy) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("cy").await);
        cy.post(&format!("{late}/appeal"), &because).await.expect_problem(409, "appeal_over");
        no_step(&pm, &contest, "begin_judging", "screening_open").await;
        ana.post(&format!("{won}/appeal/decide"), &decide(true)).await.expect_problem(403, "forbidden");
        let granted = pm.post(&format!("{won}/appeal/decide"), &decide(true)).await.expect(200);
        assert_eq!(
            (&granted["state"], &granted["screening"]["appeal"]["granted"]),
            (&json!("accepted"), &json!(true))
        );
        assert_eq!(waiting(&pm, "").await, std::slice::from_ref(&lost));
        pm.post(&format!("{won}/appeal/decide"), &decide(false)).await.expect_problem(409, "already_decided");
        assert_eq!(
            pm.post(&format!("{lost}/appeal/decide"), &decide(false)).await.expect(200)["state"],
            "rejected"
        );
        assert_eq!(told(&ana).await[0], "contest_appeal_decided");
        let log = app.admin().await.all("/v1/audit?action=decide_entry_appeal", 9).await;
        assert_eq!((log.len(), &log[1]["after"]["screening"]["appeal"]["granted"]), (2, &json!(true)));
        assert!(
            !json!(log).to_string().contains("그렸습니다"),
            "the log outlives what the team wrote: {log:?}"
        );
        step(&pm, &contest, "begin_judging").await;
    })
    .await;
}

#[actix_web::test]
async fn nobody_decides_about_an_entry_of_their_own_and_nothing_is_judged_without_entries() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({ "appeal_hours": 0 })).await;
        let entry = sent(&ana, &contest).await;
        let role = json!({ "role": "marketer" });
        app.admin().await.patch(&format!("/v1/members/{}", ana.id), &role).await.expect(200);
        app.advance(TimeDelta::hours(48));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let accept = json!({ "decision": "accept" });
        ana.post(&format!("{entry}/screen"), &accept).await.expect_problem(409, "own_entry");
        let reject = json!({ "decision": "reject", "reasons": ["ineligible"] });
        pm.post(&format!("{entry}/screen"), &reject).await.expect(200);
        no_step(&pm, &contest, "begin_judging", "nothing_to_judge").await;
        pm.post(&format!("{entry}/screen"), &accept).await.expect(200);
        step(&pm, &contest, "begin_judging").await;
    })
    .await;
}

#[actix_web::test]
async fn no_more_is_accepted_than_can_be_judged() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({ "judging": { "reviews_per_entry": 50 } })).await;
        let (entry, bo) = (sent(&ana, &contest).await, app.member("bo").await);
        let other = sent(&bo, &contest).await;
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        // Ten thousand reviews are assigned at most, which is fifty of each of two hundred.
        seed_accepted(app, &entry, 199);
        let accept = json!({ "decision": "accept" });
        pm.post(&format!("{entry}/screen"), &accept).await.expect(200);
        let refused = pm.with("Accept-Language", "ko").post(&format!("{other}/screen"), &accept).await;
        let problem = refused.expect_problem(409, "too_many_entries");
        assert!(text(&problem["detail"]).contains("200개"), "{problem}");
        assert_eq!(pm.get(&other).await.expect(200)["state"], "submitted");
        assert!(told(&app.member("bo").await).await.is_empty(), "nothing was decided");
        // Who is in may be looked at again, and makes room.
        pm.post(&format!("{entry}/screen"), &accept).await.expect(200);
        let reject = json!({ "decision": "reject", "reasons": ["off_brief"] });
        pm.post(&format!("{entry}/screen"), &reject).await.expect(200);
        pm.post(&format!("{other}/screen"), &accept).await.expect(200);
        app.advance(TimeDelta::hours(100));
        let pm = app.staff("product_manager").await;
        seed_accepted(app, &other, 1);
        no_step(&pm, &contest, "begin_judging", "too_many_entries").await;
    })
    .await;
}
