//! Whatever changes a public result, prizes are offered by it, and teams hear of what became of theirs once.

use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{
    FIVE,
    seeds::{YES, prizes, seed_public, winners, written_id},
    told,
};
use crate::contests::{judged::seed_disqualified, no_step};

/// What each was told of prizes, the first first.
async fn told_of_prizes(app: &TestApp, names: &[&str]) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for name in names {
        let mut news = told(&app.member(name).await).await;
        news.retain(|kind| kind.as_str().is_some_and(|kind| kind.starts_with("contest_prize")));
        news.reverse();
        all.push(news);
    }
    all
}

const WON: &str = "contest_prize_won";
const PASSED: &str = "contest_prize_passed";

#[actix_web::test]
async fn a_tie_that_opens_takes_no_prize_from_anybody_before_it_is_decided() {
    on_each_database(async |app| {
        let mut prizes = prizes();
        prizes[1]["places"] = json!(2);
        let terms = json!({
            "prizes": prizes, "tie_order": ["lot"], "lot": { "kind": "manual_sources", "sources": ["로또 1200회"] },
        });
        let entered = [("ana", 90), ("bo", 80), ("cy", 80), ("dee", 60), ("eve", 20)];
        let names = entered.map(|(name, _)| name);
        let locked = seed_public(app, terms, &entered).await;
        assert_eq!(app.seed_offer_prizes().await, 1);
        let (pm, dee) = (app.staff("product_manager").await, app.member("dee").await);
        let mut before = winners(&pm, &locked).await;
        before[1].sort_unstable();
        assert_eq!(before, [vec![0], vec![1, 2], vec![3]]);
        dee.post(&locked.of(3, "claim"), &YES()).await.expect(200);

        // Who is first of the two that were second is open, and so is all below.
        let because = json!({ "reason": "rights", "note": "남의 사진입니다." });
        pm.post(&locked.of(0, "disqualify"), &because).await.expect(200);
        let waits: [Vec<usize>; 3] = [vec![], vec![], vec![]];
        assert_eq!(winners(&pm, &locked).await, waits);
        no_step(&pm, &locked.id, "finalize", "objections_open").await;
        let unchanged = [vec![WON], vec![WON], vec![WON], vec![WON], vec![]];
        assert_eq!(told_of_prizes(app, &names).await, unchanged);
        assert_eq!(app.seed_offer_prizes().await, 0);

        let lot = json!({ "values": ["3 7 12"], "witness": "아나", "link": "https://example.com/1200" });
        pm.post(&locked.path("lot"), &lot).await.expect(200);
        let now = winners(&pm, &locked).await;
        let mut second: Vec<usize> = [&now[0][..], &now[1][..]].concat();
        second.sort_unstable();
        assert_eq!((second, &now[2]), (vec![1, 2, 3], &vec![4]), "{now:?}");
        // Whoever has a prize as before is not told again, and who moves up is told by the lot itself.
        let after = [vec![WON], vec![WON], vec![WON], vec![WON], vec![WON]];
        assert_eq!(told_of_prizes(app, &names).await, after);
        assert_eq!(app.seed_offer_prizes().await, 0);
        let claim = &dee.get(&locked.of(3, "prize")).await.expect(200)["claim"];
        assert!(claim["claimed_at"].is_string(), "what was claimed stays claimed: {claim}");
    })
    .await;
}

#[actix_web::test]
async fn who_moves_up_when_the_result_is_computed_is_offered_the_prize_at_once() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE).await;
        assert_eq!(app.seed_offer_prizes().await, 1);
        let pm = app.staff("product_manager").await;
        let bo = locked.entries[1].rsplit('/').next().unwrap();
        seed_disqualified(app, &locked.id, bo);
        pm.post(&locked.path("compute"), &json!({})).await.expect(200);
        let names = FIVE.map(|(name, _)| name);
        assert_eq!(told_of_prizes(app, &names).await, [vec![WON], vec![WON], vec![WON], vec![WON], vec![]]);
        let claim = &app.member("dee").await.get(&locked.of(3, "prize")).await.expect(200)["claim"];
        assert!(claim["offered_at"].is_string(), "{claim}");

        pm.post(&locked.of(1, "reinstate"), &json!({})).await.expect(200);
        let back = [vec![WON], vec![WON, WON], vec![WON], vec![WON, PASSED], vec![]];
        assert_eq!(told_of_prizes(app, &names).await, back);
        // Whoever has it again is told again.
        seed_disqualified(app, &locked.id, bo);
        pm.post(&locked.path("compute"), &json!({})).await.expect(200);
        assert_eq!(told_of_prizes(app, &["dee"]).await, [[WON, PASSED, WON]]);
    })
    .await;
}

#[actix_web::test]
async fn an_offer_that_lacks_is_made_though_others_are_there() {
    on_each_database(async |app| {
        let locked = seed_public(app, json!({}), &FIVE).await;
        assert_eq!((app.seed_offer_prizes().await, app.seed_offer_prizes().await), (1, 0));
        let cy = written_id(app, locked.entries[2].rsplit('/').next().unwrap());
        app.seed_execute(&format!("DELETE FROM prize_claims WHERE entry_id = {cy}")).unwrap();
        assert_eq!((app.seed_offer_prizes().await, app.seed_offer_prizes().await), (1, 0));
        let names = ["ana", "bo", "cy"];
        assert_eq!(told_of_prizes(app, &names).await, [vec![WON], vec![WON], vec![WON, WON]]);
    })
    .await;
}
