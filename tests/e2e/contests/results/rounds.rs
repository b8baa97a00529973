//! Several rounds of judging, with a cut between them.

use kit::on_each_database;
use serde_json::{Value, json};

use super::{order, prize, recomputes};
use crate::contests::{
    judged::{Judged, results, seed_members, seed_review},
    no_step, step,
};

#[actix_web::test]
async fn a_round_ends_with_a_cut() {
    on_each_database(async |app| {
        let terms = json!({
            "judging": { "rounds": [{ "name": "예심", "cut_to": 2 }, { "name": "본심" }] }, "prizes": [prize(1, 1)],
        });
        let mut judged = Judged::new(app, terms, 4, 3).await;
        judged.seed_alike(app, 1, &[(5.0, 5.0), (4.0, 4.0), (2.0, 2.0), (1.0, 1.0)]);
        let own = judged.pseudonyms(app).await;
        let pm = app.staff("product_manager").await;
        no_step(&pm, &judged.contest, "lock_scores", "rounds_left").await;
        let open = (&*judged.entries[3], &*seed_members(app, "slow", 1)[0]);
        seed_review(app, (&judged.contest, 1), open, ("assigned", "open"), &json!({}));
        no_step(&pm, &judged.contest, "next_round", "reviews_open").await;
        app.seed_execute("DELETE FROM entry_reviews WHERE state = 'open'").unwrap();
        let next = step(&pm, &judged.contest, "next_round").await;
        assert_eq!((&next["phase"], &next["round"], &next["lock_hash"]), (&json!("judging"), &json!(2), &Value::Null));
        no_step(&pm, &judged.contest, "next_round", "last_round").await;
        pm.get(&judged.path("results")).await.expect_problem(409, "contest_phase");
        app.visitor().get(&judged.path("results?round=1")).await.expect_problem(409, "contest_phase");
        let first = pm.get(&judged.path("results?round=1")).await.expect(200);
        assert_eq!((&first["lines"][0]["awarded"], &first["lines"][0]["prize"]), (&json!(own[..2]), &Value::Null));
        recomputes(&pm, &pm.get(&judged.path("bundle?round=1")).await.expect(200)).await;

        // Only the last round makes the result, of those who came to it.
        no_step(&pm, &judged.contest, "lock_scores", "reviews_missing").await;
        let all = std::mem::take(&mut judged.entries);
        judged.entries = all[..2].to_vec();
        judged.seed_alike(app, 2, &[(3.0, 3.0), (5.0, 5.0)]);
        judged.lock(app).await;
        judged.publish(app).await;
        let result = results(&app.visitor(), &judged).await;
        assert_eq!(order(&result), [own[1].clone(), own[0].clone()]);
        let cut: Vec<_> = result["cut"].as_array().unwrap().iter().map(|row| [&row["entry"], &row["round"], &row["rank"]]).collect();
        assert_eq!(cut, [[&json!(own[2]), &json!(1), &json!(3)], [&json!(own[3]), &json!(1), &json!(4)]]);
        recomputes(&app.visitor(), &app.visitor().get(&judged.path("bundle")).await.expect(200)).await;
        let early = app.visitor().get(&judged.path("bundle?round=1")).await.expect(200);
        let rules_hash = app.visitor().get(&format!("/v1/contests/{}", judged.contest)).await.expect(200);
        let hashed = domain::draws::canonical(&early["rules"]["contest"]);
        let hashed: String = <sha2::Sha256 as sha2::Digest>::digest(hashed).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(json!(hashed), rules_hash["rules_hash"]);
    })
    .await;
}
