//! The numbers of a contest.

use chrono::TimeDelta;
use kit::{on_each_database, on_each_database_with};
use madang::Config;
use serde_json::json;

use super::{judged::seed_judged, open, sent, step};

#[actix_web::test]
async fn each_step_of_the_funnel_is_part_of_the_one_before() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let contest = open(app, &pm, json!({ "appeal_hours": 0 })).await;
        let (good, bad) = (sent(&ana, &contest).await, sent(&bo, &contest).await);
        app.advance(TimeDelta::hours(48));
        let pm = app.staff("product_manager").await;
        pm.post(&format!("{good}/screen"), &json!({ "decision": "accept" })).await.expect(200);
        let reject = json!({ "decision": "reject", "reasons": ["off_brief"] });
        pm.post(&format!("{bad}/screen"), &reject).await.expect(200);
        step(&pm, &contest, "begin_judging").await;
        // As when it was rejected by an appeal after it was given to a judge.
        seed_judged(app, &contest, &bad);
        let judged = async || {
            let funnel =
                pm.get(&format!("/v1/contests/{contest}/metrics")).await.expect(200)["funnel"].clone();
            [funnel["submitted"].clone(), funnel["accepted"].clone(), funnel["judged"].clone()]
        };
        assert_eq!(judged().await, [json!(2), json!(1), json!(0)]);
        let judge = super::judged::seed_members(app, "other", 1).remove(0);
        let entry = good.rsplit('/').next().unwrap();
        let marks = json!({ "idea": 4, "use": 3 });
        super::judged::seed_review(app, (&contest, 1), (entry, &judge), ("assigned", "sent"), &marks);
        assert_eq!(judged().await, [json!(2), json!(1), json!(1)]);
    })
    .await;
}

#[actix_web::test]
async fn who_says_that_they_saw_a_contest_throws_no_kept_page_away() {
    let cached = |config| Config { page_cache: std::time::Duration::from_secs(3_600), ..config };
    on_each_database_with(cached, async |app| {
        let (pm, ana, visitor) = (app.staff("product_manager").await, app.member("ana").await, app.visitor());
        let contest = open(app, &pm, json!({})).await;
        pm.board("app", json!({})).await;
        let idea = pm.idea("app", "다크 모드").await;
        let votes = async || {
            let page = visitor.get("/v1/boards/app/ideas").await.expect(200);
            page["items"][0]["vote_count"].clone()
        };
        assert_eq!(votes().await, 1);
        ana.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        ana.put(&format!("/v1/contests/{contest}/seen")).await.expect(204);
        assert_eq!(votes().await, 1, "the page is kept");
    })
    .await;
}
