//! Stepping back, and what staff change by hand.

use kit::on_each_database;
use serde_json::{Value, json};

use super::{super::judged::seed_judged, all, appoint, assign, judged, mine, send, step, text, told};

fn of<'a>(reviews: &'a [Value], judge: &str) -> Vec<&'a Value> {
    reviews.iter().filter(|review| review["judge_id"] == json!(judge)).collect()
}

#[actix_web::test]
async fn whoever_steps_back_is_replaced_at_once_and_nobody_else_s_work_changes() {
    on_each_database(async |app| {
        let judged = judged(app, &["a1", "a2", "a3"], json!({ "judging": { "reviews_per_entry": 2 } })).await;
        let mut judges = Vec::new();
        for name in ["j1", "j2", "j3"] {
            judges.push(appoint(app, &judged.contest, name).await);
        }
        assign(app, &judged).await;
        let before = all(app, &judged).await;
        let review = mine(&judges[0], &judged.contest).await.remove(0);
        let path = format!("/v1/reviews/{}", text(&review["id"]));
        send(&judges[0], text(&review["id"]), 5.0, 4.0).await;
        let silent = judges[0].post(&format!("{path}/recuse"), &json!({ "reason": " " })).await;
        silent.expect_problem(422, "invalid_fields");
        let back = judges[0]
            .post(&format!("{path}/recuse"), &json!({ "reason": "아는 팀 같습니다." }))
            .await
            .expect(200);
        assert_eq!((&back["state"], &back["entry"]), (&json!("recused"), &Value::Null));
        judges[0].post(&format!("{path}/submit"), &json!({})).await.expect_problem(409, "review_state");
        judges[0].patch(&path, &json!({ "note": "a" })).await.expect_problem(409, "review_state");
        let after = all(app, &judged).await;
        let new: Vec<&Value> =
            after.iter().filter(|one| before.iter().all(|was| was["id"] != one["id"])).collect();
        let lost = after.iter().find(|one| one["id"] == review["id"]).unwrap();
        assert_eq!(
            (new.len(), &new[0]["entry_id"], &lost["reason"]),
            (1, &lost["entry_id"], &json!("아는 팀 같습니다."))
        );
        let had: Vec<&Value> = before
            .iter()
            .filter(|one| one["entry_id"] == lost["entry_id"])
            .map(|one| &one["judge_id"])
            .collect();
        assert!(!had.contains(&&new[0]["judge_id"]), "somebody who did not have it");
        for was in before.iter().filter(|was| was["id"] != review["id"]) {
            assert!(after.contains(was), "{was}");
        }

        // The one who took it steps back as well: now there is nobody, and staff hear of it.
        let last = judges.iter().find(|judge| new[0]["judge_id"] == json!(judge.id)).unwrap();
        let path = format!("/v1/reviews/{}/recuse", text(&new[0]["id"]));
        last.post(&path, &json!({ "reason": "저도 압니다." })).await.expect(200);
        let pm = app.staff("product_manager").await;
        assert!(told(&pm).await.contains(&json!("contest_reviewer_missing")));
        let newest = pm.get(&judged.path("assignments?limit=1")).await.expect(200)["items"][0].clone();
        assert_eq!((&newest["kind"], newest["lacking"].as_object().unwrap().len()), (&json!("filled"), 1));
        assert_eq!(newest["warnings"], json!(["few_reviews", "lacking"]));
        appoint(app, &judged.contest, "j4").await;
        let filled = assign(app, &judged).await;
        assert_eq!(
            (&filled["assignment"]["given"], &filled["assignment"]["lacking"]),
            (&json!(1), &json!({}))
        );
    })
    .await;
}

#[actix_web::test]
async fn a_judge_who_leaves_keeps_what_they_sent_and_others_get_the_rest() {
    on_each_database(async |app| {
        let judged = judged(app, &["a1", "a2", "a3"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let one = appoint(app, &judged.contest, "one").await;
        assign(app, &judged).await;
        let reviews = mine(&one, &judged.contest).await;
        send(&one, text(&reviews[0]["id"]), 3.0, 4.0).await;
        let two = appoint(app, &judged.contest, "two").await;
        let pm = app.staff("product_manager").await;
        let path = judged.path(&format!("judges/{}/leave", one.id));
        one.post(&path, &json!({ "reason": "a" })).await.expect_problem(403, "forbidden");
        let left = pm.post(&path, &json!({ "reason": "출장이 길어졌습니다." })).await.expect(200);
        assert_eq!(
            (&left["left_reason"], &left["reviews"]["sent"], &left["reviews"]["taken"]),
            (&json!("출장이 길어졌습니다."), &json!(1), &json!(2))
        );
        assert_eq!(mine(&two, &judged.contest).await.len(), 2);
        assert!(mine(&one, &judged.contest).await.is_empty());
        one.get(&format!("/v1/reviews/{}", text(&reviews[0]["id"]))).await.expect(404);
        let sent = all(app, &judged).await;
        assert_eq!(of(&sent, &one.id).iter().filter(|review| review["state"] == "sent").count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn staff_correct_by_hand_with_a_reason_and_take_nothing_that_was_sent() {
    on_each_database(async |app| {
        let judged = judged(app, &["ana", "bo"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let one = appoint(app, &judged.contest, "one").await;
        let (pm, stranger) = (app.staff("product_manager").await, app.member("stranger").await);
        assign(app, &judged).await;
        let silent = app.member("silent").await;
        pm.post(&judged.path("judges"), &json!({ "member_id": silent.id })).await.expect(201);
        let give = |entry: &str, judge: &str| json!({ "entry_id": entry, "judge_id": judge, "reason": "전공자가 보아야 합니다." });
        let path = judged.path("reviews");
        let first = &*judged.entries[0];
        for (body, pointer) in [
            (give(first, &stranger.id), "/judge_id"),
            (give(&judged.contest, &one.id), "/entry_id"),
        ] {
            let problem = pm.post(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        pm.post(&path, &give(first, &silent.id)).await.expect_problem(409, "conflicts_undeclared");
        pm.post(&path, &give(first, &one.id)).await.expect_problem(409, "reviewed_before");
        let two = appoint(app, &judged.contest, "two").await;
        let made = pm.post(&path, &give(first, &two.id)).await;
        assert_eq!(made.header("location"), Some(&*path));
        let made = made.expect(201);
        assert_eq!((&made["kind"], &made["reason"]), (&json!("assigned"), &json!("전공자가 보아야 합니다.")));
        assert_eq!(told(&two).await[0], "contest_review_assigned");

        let reviews = mine(&one, &judged.contest).await;
        send(&one, text(&reviews[0]["id"]), 3.0, 4.0).await;
        let why = json!({ "reason": "다른 분께 맡깁니다." });
        let take = |review: &Value| format!("/v1/reviews/{}/take", text(&review["id"]));
        pm.post(&take(&reviews[0]), &why).await.expect_problem(409, "review_state");
        one.post(&take(&reviews[1]), &why).await.expect_problem(403, "forbidden");
        assert_eq!(pm.post(&take(&reviews[1]), &why).await.expect(200)["state"], "taken");
        pm.post(&take(&reviews[1]), &why).await.expect_problem(409, "review_state");
        let log = app.admin().await.all("/v1/audit?action=take_review", 100).await;
        assert_eq!((log.len(), &log[0]["after"]["reason"]), (1, &why["reason"]));

        for review in mine(&two, &judged.contest).await {
            send(&two, text(&review["id"]), 3.0, 4.0).await;
        }
        seed_judged(app, &judged.contest, &judged.entries[1]);
        step(&pm, &judged.contest, "lock_scores").await;
        pm.post(&path, &give(first, &two.id)).await.expect_problem(409, "contest_phase");
    })
    .await;
}

#[actix_web::test]
async fn of_a_judge_who_is_forgotten_the_marks_stay_and_no_word() {
    on_each_database(async |app| {
        let judged = judged(app, &["ana", "bo"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let judge = appoint(app, &judged.contest, "judge").await;
        assign(app, &judged).await;
        let reviews = mine(&judge, &judged.contest).await;
        let path = format!("/v1/reviews/{}", text(&reviews[0]["id"]));
        let words = json!({ "comments": { "idea": "심사위원의한마디" }, "note": "심사위원의메모" });
        judge.patch(&path, &words).await.expect(200);
        send(&judge, text(&reviews[0]["id"]), 3.0, 4.0).await;
        judge
            .put_body(&judged.path("conflicts"), &json!({ "member_ids": [app.member("cy").await.id] }))
            .await
            .expect(200);
        judge.post("/v1/me/erase", &json!({})).await.expect(204);
        let rows = app.seed_read_rows();
        assert!(!rows.contains("심사위원의한마디") && !rows.contains("심사위원의메모"));
        let pm = app.staff("product_manager").await;
        let listed = pm.get(&judged.path("judges")).await.expect(200);
        let progress = json!({ "open": 0, "begun": 0, "sent": 1, "recused": 0, "taken": 1 });
        assert_eq!(
            (&listed["items"][0]["reviews"], &listed["items"][0]["display_name"]),
            (&progress, &json!("(탈퇴한 회원)"))
        );
        assert!(told(&pm).await.contains(&json!("contest_reviewer_missing")));
        judged.entries.iter().for_each(|entry| seed_judged(app, &judged.contest, entry));
        step(&pm, &judged.contest, "lock_scores").await;
        let marks: Vec<Value> =
            all(app, &judged).await.iter().map(|review| review["marks"].clone()).collect();
        assert!(marks.contains(&json!({ "idea": 3.0, "use": 4.0 })));
    })
    .await;
}
