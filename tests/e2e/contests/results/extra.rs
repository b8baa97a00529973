//! Extra reviews: one judge more scores all that are tied for a prize, and what they send decides.

use kit::{TestApp, answer::Answer, on_each_database, people::Person};
use serde_json::{Value, json};

use super::{prize, recomputes};
use crate::contests::{
    judged::{Judged, results, seed_disqualified},
    judging::{appoint, mine},
    text,
};

async fn give(app: &TestApp, judged: &Judged, judge: &Person<'_>) -> Answer {
    let pm = app.staff("product_manager").await;
    let body = json!({ "judge_id": judge.id, "reason": "아직 보지 않은 분입니다." });
    pm.post(&judged.path("extra_reviews"), &body).await
}

/// Marks the entry of this title, and sends it.
async fn score(judge: &Person<'_>, judged: &Judged, title: &str, mark: f64) -> String {
    let reviews = mine(judge, &judged.contest).await;
    let review = reviews.iter().find(|review| review["entry"]["title"] == title).unwrap();
    let path = format!("/v1/reviews/{}", text(&review["id"]));
    judge.patch(&path, &json!({ "marks": { "idea": mark, "use": mark } })).await.expect(200);
    judge.post(&format!("{path}/submit"), &json!({})).await.expect(200);
    path
}

fn tied_terms() -> Value {
    json!({ "prizes": [prize(1, 1)], "tie_order": ["extra_review", "joint_prize"] })
}

#[actix_web::test]
async fn one_judge_more_scores_all_that_are_tied_and_it_cannot_be_tried_again() {
    on_each_database(async |app| {
        let judged = Judged::new(app, tied_terms(), 3, 2).await;
        judged.seed_alike(app, 1, &[(4.0, 4.0), (4.0, 4.0), (1.0, 1.0)]);
        let early = appoint(app, &judged.contest, "early").await;
        give(app, &judged, &early).await.expect_problem(409, "contest_phase");
        judged.lock(app).await;

        // Whoever judges is appointed for it after the lock, too, and says first with whom they are in conflict.
        let pm = app.staff("product_manager").await;
        let silent = app.member("silent").await;
        pm.post(&judged.path("judges"), &json!({ "member_id": silent.id })).await.expect(201);
        give(app, &judged, &silent).await.expect_problem(409, "conflicts_undeclared");
        let late = appoint(app, &judged.contest, "late").await;
        let given = give(app, &judged, &late).await.expect(201);
        let tied: Vec<&str> =
            given["items"].as_array().unwrap().iter().map(|one| text(&one["entry_id"])).collect();
        assert_eq!(tied.len(), 2, "all that are tied, and no other");
        assert!(judged.entries[..2].iter().all(|entry| tied.contains(&&**entry)));
        give(app, &judged, &early).await.expect_problem(409, "reviews_open");

        // Nothing is known of it before all is sent, and nothing can be changed once it is.
        let first = score(&late, &judged, "작품 0", 3.0).await;
        late.patch(&first, &json!({ "marks": { "idea": 5 } })).await.expect_problem(409, "review_state");
        let back = json!({ "reason": "다시 생각했습니다." });
        late.post(&format!("{first}/recuse"), &back).await.expect_problem(409, "review_state");
        let waits = pm.post(&judged.path("compute"), &json!({})).await.expect(200);
        assert_eq!(waits["lines"][0]["awaits"], "extra_review", "{waits}");
        assert_eq!(pm.get(&judged.path("bundle")).await.expect(200).get("extra_reviews"), None);
        score(&late, &judged, "작품 1", 3.5).await;
        let decided = results(&pm, &judged).await;
        assert_eq!(decided["lines"][0]["awarded"].as_array().unwrap().len(), 1);
        assert_eq!(decided["lines"][0]["decided"][0]["by"], "extra_review");
        let reviews = pm.all(&judged.path("reviews"), 100).await;
        let extra: Vec<&Value> = reviews.iter().filter(|review| review["kind"] == "extra").collect();
        assert!(extra.len() == 2 && extra.iter().all(|review| review.get("marks").is_none()), "{extra:?}");
        give(app, &judged, &early).await.expect_problem(409, "no_tie");

        judged.publish(app).await;
        let public = results(&app.visitor(), &judged).await;
        assert_eq!(public["lines"][0]["awarded"], json!([judged.pseudonyms(app).await[1]]));
        recomputes(&app.visitor(), &app.visitor().get(&judged.path("bundle")).await.expect(200)).await;
    })
    .await;
}

#[actix_web::test]
async fn a_tie_that_opens_while_objections_are_heard_is_settled_too() {
    on_each_database(async |app| {
        let judged = Judged::new(app, tied_terms(), 3, 2).await;
        judged.seed_alike(app, 1, &[(5.0, 5.0), (2.0, 2.0), (2.0, 2.0)]);
        judged.lock(app).await;
        judged.publish(app).await;
        let pm = app.staff("product_manager").await;
        seed_disqualified(app, &judged.contest, &judged.entries[0]);
        let open = pm.post(&judged.path("compute"), &json!({})).await.expect(200);
        assert_eq!(open["lines"][0]["awaits"], "extra_review");
        pm.post(&judged.path("finalize"), &json!({})).await.expect_problem(409, "ties_open");
        let late = appoint(app, &judged.contest, "late").await;
        give(app, &judged, &late).await.expect(201);
        // Whoever settles it learns of no team, and is told apart by no mark.
        let role = json!({ "role": "marketer" });
        app.admin().await.patch(&format!("/v1/members/{}", late.id), &role).await.expect(200);
        score(&late, &judged, "작품 1", 4.0).await;
        for path in ["entries", "reviews"] {
            late.get(&judged.path(path)).await.expect_problem(403, "run_by_others");
        }
        let reviews = pm.all(&judged.path("reviews"), 100).await;
        let extra = || reviews.iter().filter(|review| review["kind"] == "extra");
        assert!(extra().count() == 2 && extra().all(|review| review.get("marks").is_none()), "{reviews:?}");
        score(&late, &judged, "작품 2", 3.0).await;
        late.get(&judged.path("entries")).await.expect(200);
        let settled = results(&app.visitor(), &judged).await;
        let own = judged.pseudonyms(app).await;
        assert_eq!(settled["lines"][0]["awarded"], json!([own[1]]));
        give(app, &judged, &late).await.expect_problem(409, "no_tie");
    })
    .await;
}
