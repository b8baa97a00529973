//! Forgetting winners, and those who objected.

use chrono::TimeDelta;
use kit::on_each_database;
use serde_json::json;

use super::{
    FIVE,
    seeds::{Locked, claim_and_verify, make_public, prizes, seed_locked, seed_public, winners},
    told,
};
use crate::contests::{
    judged::{seed_members, seed_review},
    open, sent, step, text,
};

#[actix_web::test]
async fn a_prize_of_somebody_who_is_forgotten_goes_to_the_next_and_what_was_paid_stays_under_no_name() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE[..3]).await;
        app.advance(TimeDelta::hours(72));
        let (pm, ana, bo, cy) = (
            app.staff("product_manager").await,
            app.member("ana").await,
            app.member("bo").await,
            app.member("cy").await,
        );
        ana.put_body(&locked.of(0, "name"), &json!({ "as": "full" })).await.expect(200);
        claim_and_verify(&ana, &pm, &locked, 0, true).await;
        ana.post("/v1/me/erase", &json!({})).await.expect(204);
        assert_eq!(winners(&pm, &locked).await, [vec![1], vec![2], vec![]]);
        assert_eq!(told(&bo).await[0], "contest_prize_won");
        claim_and_verify(&bo, &pm, &locked, 1, true).await;
        claim_and_verify(&cy, &pm, &locked, 2, true).await;
        step(&pm, &locked.id, "finalize").await;
        bo.put_body(&locked.of(1, "name"), &json!({ "as": "full" })).await.expect(200);
        bo.post("/v1/me/erase", &json!({})).await.expect(204);
        let shown = app.visitor().get(&locked.path("awards")).await.expect(200);
        assert_eq!(shown["prizes"][0]["awards"][0]["team"], json!([]));
        let listed = pm.get(&locked.path("winners")).await.expect(200);
        let paid = &listed["items"][0]["payments"];
        assert_eq!((&paid[0]["member_id"], &paid[0]["paid_krw"]), (&json!(null), &json!(956_000)));
        assert_eq!(paid.as_array().unwrap().len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn what_somebody_forgotten_objected_is_taken_back_unless_it_is_decided() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE[..3]).await;
        let (pm, bo) = (app.staff("product_manager").await, app.member("bo").await);
        let raise = async |words: &str| {
            let made = bo.post(&locked.path("objections"), &json!({ "text": words })).await.expect(201);
            format!("/v1/objections/{}", text(&made["id"]))
        };
        let (decided, waiting) = (raise("떠난이의말하나").await, raise("떠난이의말둘").await);
        let no = json!({ "upheld": false, "note": "규칙대로입니다." });
        pm.post(&format!("{decided}/decide"), &no).await.expect(200);
        assert!(app.seed_read_rows().contains("떠난이의말"));
        bo.post("/v1/me/erase", &json!({})).await.expect(204);
        assert!(!app.seed_read_rows().contains("떠난이의말"));
        pm.get(&waiting).await.expect(404);
        let stays = pm.get(&decided).await.expect(200);
        assert_eq!(
            (&stays["upheld"], stays.get("text"), stays.get("member_id")),
            (&json!(false), None, None)
        );
    })
    .await;
}

#[actix_web::test]
async fn who_is_forgotten_before_the_result_is_public_wins_nothing_and_others_hear_when_it_is() {
    on_each_database(async |app| {
        let locked = seed_locked(app, json!({}), &FIVE[..3]).await;
        app.member("ana").await.post("/v1/me/erase", &json!({})).await.expect(204);
        let pm = app.staff("product_manager").await;
        assert_eq!(winners(&pm, &locked).await, [vec![1], vec![2], vec![]]);
        assert!(!told(&app.member("bo").await).await.contains(&json!("contest_prize_won")), "not yet");
        make_public(app, &locked).await;
        assert_eq!((app.seed_offer_prizes().await, app.seed_offer_prizes().await), (1, 0));
        assert_eq!(told(&app.member("bo").await).await[0], "contest_prize_won");
    })
    .await;
}

#[actix_web::test]
async fn an_entry_whose_team_left_while_it_was_judged_wins_nothing() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let terms = json!({ "prizes": prizes(), "objection_hours": 1, "appeal_hours": 0 });
        let id = open(app, &pm, terms).await;
        let mut entries = Vec::new();
        for name in ["ana", "bo"] {
            entries.push(sent(&app.member(name).await, &id).await);
        }
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        for entry in &entries {
            pm.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await.expect(200);
        }
        step(&pm, &id, "begin_judging").await;
        let judge = seed_members(app, "judge", 1).remove(0);
        for (entry, idea) in entries.iter().zip([5, 3]) {
            let (entry, marks) = (entry.rsplit('/').next().unwrap(), json!({ "idea": idea, "use": idea }));
            seed_review(app, (&id, 1), (entry, &judge), ("assigned", "sent"), &marks);
        }
        app.member("ana").await.post("/v1/me/erase", &json!({})).await.expect(204);
        let locked = Locked { id, entries };
        step(&pm, &locked.id, "lock_scores").await;
        assert_eq!(winners(&pm, &locked).await, [vec![1], vec![], vec![]]);
        // How severe its judge was is still known by it.
        let result = pm.get(&locked.path("results")).await.expect(200);
        assert_eq!(result["withdrawn"].as_array().unwrap().len(), 1);
        assert_eq!(result["scores"], 2);
    })
    .await;
}

#[actix_web::test]
async fn who_left_before_it_was_their_turn_is_passed_over() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE).await;
        app.seed_offer_prizes().await;
        let (pm, cy) = (app.staff("product_manager").await, app.member("cy").await);
        app.member("dee").await.post("/v1/me/erase", &json!({})).await.expect(204);
        assert_eq!(winners(&pm, &locked).await, [[0], [1], [2]]);
        cy.post(&locked.of(2, "decline"), &json!({})).await.expect(200);
        assert_eq!(winners(&pm, &locked).await, [[0], [1], [4]]);
        assert_eq!(told(&app.member("eve").await).await[0], "contest_prize_won");
    })
    .await;
}
