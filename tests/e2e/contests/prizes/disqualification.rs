//! Who is disqualified falls out, and who is next moves up; and back.

use chrono::TimeDelta;
use kit::on_each_database;
use serde_json::{Value, json};

use super::{
    FIVE,
    seeds::{YES, claim_and_verify, make_public, seed_locked, seed_public, winners},
    told,
};
use crate::contests::{step, text};

fn because(reason: &str) -> Value {
    json!({ "reason": reason, "note": "작년에 상을 받은 작품입니다." })
}

#[actix_web::test]
async fn who_is_disqualified_falls_out_and_the_next_in_line_moves_up_and_back() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE).await;
        app.seed_offer_prizes().await;
        let (pm, bo, dee) =
            (app.staff("product_manager").await, app.member("bo").await, app.member("dee").await);
        let path = locked.of(1, "disqualify");
        for (body, pointer) in [
            (json!({ "reason": "ugly", "note": "아니요" }), "/reason"),
            (json!({ "reason": "rights", "note": " " }), "/note"),
            (json!({ "reason": "rights" }), "/note"),
        ] {
            let problem = pm.post(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        bo.post(&path, &because("rights")).await.expect_problem(403, "forbidden");
        assert_eq!(winners(&pm, &locked).await, [[0], [1], [2]]);
        let out = pm.post(&path, &because("not_original")).await.expect(200);
        assert_eq!(
            (&out["award"], &out["disqualification"]["reason"]),
            (&json!(null), &json!("not_original"))
        );
        assert_eq!(winners(&pm, &locked).await, [[0], [2], [3]]);
        assert_eq!(told(&bo).await[0], "contest_disqualified");
        assert_eq!(told(&dee).await[0], "contest_prize_won");
        let own = bo.get(&locked.of(1, "prize")).await.expect(200);
        assert_eq!(own["disqualification"]["note"], "작년에 상을 받은 작품입니다.");
        bo.post(&locked.of(1, "claim"), &YES()).await.expect_problem(409, "not_awarded");
        pm.post(&path, &because("rights")).await.expect_problem(409, "disqualified");
        // Everybody saw it win, so everybody is told which it was; of another only why.
        pm.post(&locked.of(4, "disqualify"), &because("vote_manipulation")).await.expect(200);
        let shown = app.visitor().get(&locked.path("awards")).await.expect(200);
        let mut disqualified = shown["disqualified"].as_array().unwrap().clone();
        disqualified.sort_by_key(|one| text(&one["reason"]).to_owned());
        let named = json!({ "reason": "not_original", "entry": own["entry"] });
        assert_eq!(disqualified, [named, json!({ "reason": "vote_manipulation", "entry": null })]);

        let back = locked.of(1, "reinstate");
        pm.post(&locked.of(0, "reinstate"), &json!({})).await.expect_problem(409, "not_disqualified");
        assert_eq!(pm.post(&back, &json!({})).await.expect(200)["award"]["rank"], 2);
        assert_eq!(winners(&pm, &locked).await, [[0], [1], [2]]);
        assert_eq!(told(&dee).await[0], "contest_prize_passed");
        let news = told(&bo).await;
        assert!(
            news.contains(&json!("contest_reinstated")) && news.contains(&json!("contest_prize_won")),
            "{news:?}"
        );
        let log = app.admin().await.all("/v1/audit?action=disqualify_entry", 9).await;
        assert_eq!((log.len(), &log[1]["before"]["award"]["rank"]), (2, &json!(2)));
    })
    .await;
}

#[actix_web::test]
async fn nobody_disqualifies_their_own_or_before_the_lock_or_after_the_end() {
    on_each_database(async |app| {
        let locked = seed_locked(app, json!({}), &FIVE[..2]).await;
        let ana = app.member("ana").await;
        let role = json!({ "role": "marketer" });
        app.admin().await.patch(&format!("/v1/members/{}", ana.id), &role).await.expect(200);
        ana.post(&locked.of(0, "disqualify"), &because("rights")).await.expect_problem(409, "own_entry");
        ana.post(&locked.of(1, "disqualify"), &because("rights")).await.expect(200);
        assert_eq!(winners(&ana, &locked).await, [vec![0], vec![], vec![]]);
        // Nobody has seen it win.
        let shown = ana.get(&locked.path("awards")).await.expect(200);
        assert_eq!(shown["disqualified"], json!([{ "reason": "rights", "entry": null }]));
        make_public(app, &locked).await;
        app.advance(TimeDelta::hours(72));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        claim_and_verify(&ana, &pm, &locked, 0, true).await;
        step(&pm, &locked.id, "finalize").await;
        for (nth, what, body) in [(0, "disqualify", because("rights")), (1, "reinstate", json!({}))] {
            pm.post(&locked.of(nth, what), &body).await.expect_problem(409, "contest_phase");
        }
    })
    .await;
}

#[actix_web::test]
async fn who_declined_stays_out_when_it_is_reinstated() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE).await;
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        ana.post(&locked.of(0, "decline"), &json!({})).await.expect(200);
        ana.post(&locked.of(0, "decline"), &json!({})).await.expect_problem(409, "prize_declined");
        pm.post(&locked.of(0, "disqualify"), &because("ineligible")).await.expect(200);
        pm.post(&locked.of(0, "reinstate"), &json!({})).await.expect(200);
        assert_eq!(winners(&pm, &locked).await, [[1], [2], [3]]);
    })
    .await;
}

#[actix_web::test]
async fn a_winner_who_is_disqualified_after_claiming_has_won_nothing() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE[..4]).await;
        app.seed_offer_prizes().await;
        app.advance(TimeDelta::hours(72));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        claim_and_verify(&ana, &pm, &locked, 0, true).await;
        pm.post(&locked.of(0, "disqualify"), &because("unverified")).await.expect(200);
        let own = ana.get(&locked.of(0, "prize")).await.expect(200);
        assert_eq!((&own["award"], &own["claim"]), (&json!(null), &json!(null)));
        assert!(!told(&ana).await.contains(&json!("contest_prize_passed")), "they were told why");
        // The third prize, 100,000, is below what is taxed.
        for (nth, (name, _)) in FIVE[..4].iter().enumerate().skip(1) {
            claim_and_verify(&app.member(name).await, &pm, &locked, nth, nth < 3).await;
        }
        // Whom it befalls late has as long to object as anybody had.
        pm.post(&locked.path("finalize"), &json!({})).await.expect_problem(409, "objections_open");
        app.advance(TimeDelta::hours(71));
        let wrong = json!({ "text": "확인에 답했습니다." });
        let ana = app.member("ana").await;
        let raised = ana.post(&locked.path("objections"), &wrong).await.expect(201);
        app.advance(TimeDelta::hours(1));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        ana.post(&locked.path("objections"), &wrong).await.expect_problem(409, "objections_over");
        let decide = format!("/v1/objections/{}/decide", text(&raised["id"]));
        pm.post(&decide, &json!({ "upheld": false, "note": "답이 없었습니다." })).await.expect(200);
        step(&pm, &locked.id, "finalize").await;
        let funnel = pm.get(&locked.path("metrics")).await.expect(200)["funnel"].clone();
        assert_eq!((&funnel["accepted"], &funnel["awarded"]), (&json!(4), &json!(3)));
        let ana = locked.entries[0].rsplit('/').next().unwrap();
        let listed = async || {
            let listed = app.staff("product_manager").await.all(&locked.path("entries"), 9).await;
            listed.iter().map(|entry| text(&entry["id"]).to_owned()).collect::<Vec<_>>()
        };
        assert!(listed().await.contains(&ana.to_owned()));
        app.advance(TimeDelta::days(90));
        assert_eq!(app.seed_forget_contests().await, 1);
        let left = listed().await;
        assert_eq!((left.len(), left.contains(&ana.to_owned())), (3, false), "only what won is kept");
    })
    .await;
}
