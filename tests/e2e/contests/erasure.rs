//! Forgetting who entered.

use chrono::TimeDelta;
use kit::{files::png, on_each_database};
use serde_json::json;

use super::{draft, enter, open, sent, step, text};

#[actix_web::test]
async fn drafts_of_whoever_leaves_go_and_what_they_sent_alone_is_withdrawn() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let (one, two) = (open(app, &pm, json!({})).await, open(app, &pm, json!({})).await);
        let mut body = draft();
        body["title"] = json!("떠나는사람의작품");
        body["attachment_ids"] = json!([ana.file("a.png", png(3, 3)).await]);
        let made = ana.post(&format!("/v1/contests/{one}/entries"), &body).await.expect(201);
        let gone = format!("/v1/entries/{}", text(&made["id"]));
        ana.post(&format!("{gone}/submit"), &json!({})).await.expect(200);
        body["attachment_ids"] = json!([]);
        ana.post(&format!("/v1/contests/{two}/entries"), &body).await.expect(201);
        let stays = sent(&bo, &one).await;
        assert!(app.seed_read_rows().contains("떠나는사람의작품"));
        ana.post("/v1/me/erase", &json!({})).await.expect(204);
        assert!(!app.seed_read_rows().contains("떠나는사람의작품"));
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        pm.get(&gone).await.expect(404);
        let listed = pm.all(&format!("/v1/contests/{one}/entries"), 9).await;
        assert_eq!(
            listed.iter().map(|entry| text(&entry["id"])).collect::<Vec<_>>(),
            [stays.rsplit('/').next().unwrap()]
        );
        assert!(pm.all(&format!("/v1/contests/{two}/entries"), 9).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_team_goes_on_without_them_and_what_is_judged_stays_under_no_name() {
    on_each_database(async |app| {
        let (pm, ana, bo, cy) = (
            app.staff("product_manager").await,
            app.member("ana").await,
            app.member("bo").await,
            app.member("cy").await,
        );
        let contest = open(app, &pm, json!({ "team": { "least": 1, "most": 3 } })).await;
        let (entry, alone) = (enter(&ana, &contest).await, sent(&cy, &contest).await);
        let asked =
            ana.post(&format!("{entry}/invitations"), &json!({ "member_id": bo.id })).await.expect(201);
        let asked = format!("/v1/team_invitations/{}", text(&asked["id"]));
        bo.post(&format!("{asked}/accept"), &json!({})).await.expect(200);
        let dee = app.member("dee").await;
        ana.post(&format!("{entry}/invitations"), &json!({ "member_id": dee.id })).await.expect(201);
        // Whom nobody can ask any more keeps nobody from sending.
        dee.post("/v1/me/erase", &json!({})).await.expect(204);
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        ana.post("/v1/me/erase", &json!({})).await.expect(204);
        let left = bo.get(&entry).await.expect(200);
        assert_eq!((&left["state"], &left["team"][0]["leads"]), (&json!("submitted"), &json!(true)));
        assert_eq!(left["team"].as_array().unwrap().len(), 1);
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        for entry in [&entry, &alone] {
            pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
        }
        step(&pm, &contest, "begin_judging").await;
        app.member("cy").await.post("/v1/me/erase", &json!({})).await.expect(204);
        let judged = pm.get(&alone).await.expect(200);
        assert_eq!((&judged["state"], &judged["team"]), (&json!("accepted"), &json!([])));
        assert_eq!(judged["title"], "한마당");
    })
    .await;
}

#[actix_web::test]
async fn what_was_rejected_goes_with_whoever_sent_it_and_so_does_an_appeal_when_what_it_won_is_judged() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({})).await;
        let judged = sent(&app.member("bo").await, &contest).await;
        let mut body = draft();
        body["title"] = json!("떨어진사람의작품");
        body["attachment_ids"] = json!([ana.file("a.png", png(3, 3)).await]);
        let made = ana.post(&format!("/v1/contests/{contest}/entries"), &body).await.expect(201);
        let rejected = format!("/v1/entries/{}", text(&made["id"]));
        ana.post(&format!("{rejected}/submit"), &json!({})).await.expect(200);
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        for (name, entry, granted) in [("ana", &rejected, false), ("bo", &judged, true)] {
            let reject = json!({ "decision": "reject", "reasons": ["not_original"] });
            pm.post(&format!("{entry}/screen"), &reject).await.expect(200);
            let because = json!({ "text": format!("{name}-제말을들어주세요") });
            app.member(name).await.post(&format!("{entry}/appeal"), &because).await.expect(200);
            let decision = json!({ "granted": granted, "note": "원본을 확인했습니다." });
            pm.post(&format!("{entry}/appeal/decide"), &decision).await.expect(200);
        }
        step(&pm, &contest, "begin_judging").await;
        for words in ["떨어진사람의작품", "ana-제말을들어주세요", "bo-제말을들어주세요"]
        {
            assert!(app.seed_read_rows().contains(words), "{words}");
        }
        for name in ["ana", "bo"] {
            app.member(name).await.post("/v1/me/erase", &json!({})).await.expect(204);
        }
        for words in ["떨어진사람의작품", "제말을들어주세요"] {
            assert!(!app.seed_read_rows().contains(words), "{words}");
        }
        pm.get(&rejected).await.expect(404);
        let read = pm.get(&judged).await.expect(200);
        assert_eq!((&read["title"], &read["screening"]["appeal"]), (&json!("한마당"), &json!(null)));
        let metrics = pm.get(&format!("/v1/contests/{contest}/metrics")).await.expect(200);
        assert_eq!(metrics["funnel"]["submitted"], 2, "that it was rejected stays");
    })
    .await;
}
