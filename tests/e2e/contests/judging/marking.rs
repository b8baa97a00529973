//! Marking: by the rubric, saved as it comes, and nobody else's business.

use kit::on_each_database;
use serde_json::{Value, json};

use super::{all, appoint, assign, judged, mine, send, step, text};

#[actix_web::test]
async fn marks_come_one_by_one_and_count_once_they_are_sent() {
    on_each_database(async |app| {
        let judged = judged(app, &["ana"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let judge = appoint(app, &judged.contest, "judge").await;
        let other = appoint(app, &judged.contest, "other").await;
        let pm = app.staff("product_manager").await;
        assign(app, &judged).await;
        let (judge, other) = match mine(&judge, &judged.contest).await.is_empty() {
            false => (judge, other),
            true => (other, judge),
        };
        let path = format!("/v1/reviews/{}", text(&mine(&judge, &judged.contest).await[0]["id"]));
        for (body, pointer) in [
            (json!({ "marks": { "idea": 0 } }), "/marks/idea"),
            (json!({ "marks": { "idea": 5.5, "use": 3 } }), "/marks/idea"),
            (json!({ "marks": { "beauty": 3 } }), "/marks/beauty"),
            (json!({ "marks": { "idea": "4" } }), "/marks/idea"),
            (json!({ "comments": { "idea": "가".repeat(2_001) } }), "/comments/idea"),
            (json!({ "note": "가".repeat(5_001) }), "/note"),
            (json!({ "mark": {} }), "/mark"),
        ] {
            let problem = judge.patch(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let untouched = judge.get(&path).await;
        let etag = untouched.etag();
        let untouched = untouched.expect(200);
        assert_eq!((&untouched["marks"], &untouched["saved_at"]), (&json!({}), &Value::Null));

        // Nobody else is before this entry, nor sees what is marked.
        for person in [&other, &pm, &app.member("ana").await] {
            person.get(&path).await.expect(404);
            person.patch(&path, &json!({ "marks": { "idea": 1 } })).await.expect(404);
            person.post(&format!("{path}/submit"), &json!({})).await.expect(404);
            person.post(&format!("{path}/recuse"), &json!({ "reason": "a" })).await.expect(404);
        }
        let some =
            judge.with("If-Match", &etag).patch(&path, &json!({ "marks": { "idea": 3 } })).await.expect(200);
        assert_eq!((&some["state"], &some["marks"]), (&json!("open"), &json!({ "idea": 3.0 })));
        let stale = judge.with("If-Match", &etag).patch(&path, &json!({ "note": "a" })).await;
        stale.expect_problem(412, "stale");
        let missing = judge.post(&format!("{path}/submit"), &json!({})).await;
        let missing = missing.expect_problem(422, "invalid_fields");
        assert_eq!(missing["errors"][0]["pointer"], "/marks/use");
        judge.patch(&path, &json!({ "marks": { "use": 1.5 }, "note": "다시 볼 것" })).await.expect(200);
        let missing = judge.post(&format!("{path}/submit"), &json!({})).await;
        let missing = missing.expect_problem(422, "invalid_fields");
        assert_eq!(missing["errors"][0]["pointer"], "/comments/use");
        judge.patch(&path, &json!({ "comments": { "use": "쓸 곳이 없습니다." } })).await.expect(200);
        let sent = judge.post(&format!("{path}/submit"), &json!({})).await.expect(200);
        assert_eq!((&sent["state"], &sent["warnings"]), (&json!("sent"), &json!([])));
        let torn = judge.patch(&path, &json!({ "comments": { "use": null } })).await;
        let torn = torn.expect_problem(422, "invalid_fields");
        assert_eq!(torn["errors"][0]["pointer"], "/comments/use", "what was sent stays whole");
        let changed = judge.patch(&path, &json!({ "marks": { "idea": 2, "use": 2 } })).await.expect(200);
        assert_eq!(
            (&changed["state"], &changed["warnings"]),
            (&json!("sent"), &json!(["all_criteria_equal"]))
        );

        let listed = all(app, &judged).await;
        assert_eq!(
            (&listed[0]["state"], listed[0].get("marks"), listed[0].get("comments")),
            (&json!("sent"), None, None)
        );
        step(&pm, &judged.contest, "lock_scores").await;
        judge.patch(&path, &json!({ "marks": { "idea": 5 } })).await.expect_problem(409, "contest_phase");
        judge.post(&format!("{path}/submit"), &json!({})).await.expect_problem(409, "contest_phase");
        let back = judge.post(&format!("{path}/recuse"), &json!({ "reason": "a" })).await;
        back.expect_problem(409, "contest_phase");
        let listed = all(app, &judged).await;
        assert_eq!(
            (&listed[0]["marks"], &listed[0]["note"]),
            (&json!({ "idea": 2.0, "use": 2.0 }), &json!("다시 볼 것"))
        );
        assert_eq!(judge.get(&path).await.expect(200)["marks"], json!({ "idea": 2.0, "use": 2.0 }));
    })
    .await;
}

#[actix_web::test]
async fn a_judge_whose_scores_are_all_alike_is_told_and_so_are_staff() {
    on_each_database(async |app| {
        let judged = judged(app, &["a1", "a2", "a3"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let judge = appoint(app, &judged.contest, "judge").await;
        assign(app, &judged).await;
        let reviews = mine(&judge, &judged.contest).await;
        for (nth, review) in reviews.iter().enumerate() {
            let sent = send(&judge, text(&review["id"]), 3.0, 4.0).await;
            let expected = if nth < 2 { json!([]) } else { json!(["all_scores_equal"]) };
            assert_eq!(sent["warnings"], expected, "{nth}");
        }
        let pm = app.staff("product_manager").await;
        let judges = pm.get(&judged.path("judges")).await.expect(200);
        let progress = json!({ "open": 0, "begun": 0, "sent": 3, "recused": 0, "taken": 0 });
        assert_eq!(judges["items"][0]["reviews"], progress);
        assert_eq!(judges["items"][0]["warnings"], json!(["all_scores_equal"]));
        send(&judge, text(&reviews[0]["id"]), 4.0, 4.0).await;
        let judges = pm.get(&judged.path("judges")).await.expect(200);
        assert_eq!(judges["items"][0]["warnings"], json!([]));
    })
    .await;
}

#[actix_web::test]
async fn every_judge_marks_the_samples_which_are_entries_nowhere_else() {
    on_each_database(async |app| {
        let judged = judged(app, &["ana"], json!({ "judging": { "reviews_per_entry": 2 } })).await;
        let (one, pm) = (appoint(app, &judged.contest, "one").await, app.staff("product_manager").await);
        let bare =
            json!({ "title": "지난해의 작품", "answers": { "where": "app" }, "ai_use": "쓰지 않았습니다." });
        let known = pm.post(&judged.path("calibration"), &bare).await.expect_problem(422, "invalid_fields");
        assert_eq!(known["errors"][0]["pointer"], "/answers/why", "a judge would know it by what it lacks");
        let mut sample = bare;
        sample["answers"]["why"] = json!("모두의 뜰이라는 뜻입니다.");
        // As much of AI as an entry may say.
        sample["ai_use"] = json!("가".repeat(5_000));
        let made = pm.post(&judged.path("calibration"), &sample).await.expect(201);
        assert_eq!((&made["state"], &made["team"]), (&json!("calibration"), &json!([])));
        let two = appoint(app, &judged.contest, "two").await;
        for judge in [&one, &two] {
            assert_eq!(
                mine(judge, &judged.contest).await,
                [json!(null); 0],
                "a judge would know it by coming first"
            );
        }
        assign(app, &judged).await;
        for judge in [&one, &two] {
            let reviews = mine(judge, &judged.contest).await;
            let titles: Vec<&str> = reviews.iter().map(|review| text(&review["entry"]["title"])).collect();
            assert_eq!(titles.iter().filter(|title| **title == "지난해의 작품").count(), 1, "{titles:?}");
            let review = reviews.iter().find(|review| review["entry"]["title"] == "지난해의 작품").unwrap();
            assert_eq!(send(judge, text(&review["id"]), 4.0, 3.0).await["state"], "sent");
        }
        let kinds: Vec<Value> = all(app, &judged).await.iter().map(|review| review["kind"].clone()).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == "calibration").count(), 2);
        assert_eq!(kinds.len(), 4);
        let listed = pm.get(&judged.path("entries")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let samples = pm.get(&judged.path("entries?state=calibration")).await.expect(200);
        assert_eq!(samples["items"][0]["id"], made["id"]);
        assert_eq!(pm.get(&format!("/v1/contests/{}", judged.contest)).await.expect(200)["entry_count"], 1);
        let odd = pm
            .post(
                &judged.path("calibration"),
                &json!({ "title": "a", "answers": { "x": "y" }, "ai_use": "-" }),
            )
            .await;
        assert_eq!(odd.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/answers/x");
        for _ in 0..2 {
            pm.post(&judged.path("calibration"), &sample).await.expect(201);
        }
        pm.post(&judged.path("calibration"), &sample).await.expect_problem(409, "too_many_samples");
        let seeing =
            super::judged(app, &["bo"], json!({ "judging": { "reviews_per_entry": 1, "blind": ["files"] } }))
                .await;
        let pm = app.staff("product_manager").await;
        pm.post(&seeing.path("calibration"), &sample).await.expect_problem(409, "judges_see_authors");
    })
    .await;
}
