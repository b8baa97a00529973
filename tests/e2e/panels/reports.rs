//! Reports: sent, read, and made into ideas.

use kit::{files, on_each_database};
use serde_json::{Value, json};

use super::{
    text,
    trying::{confirmed, missions, of, report, seed_delivered, trying},
};

#[actix_web::test]
async fn a_trial_is_told_of_accepted_and_read_by_everybody() {
    on_each_database(async |app| {
        let trials = confirmed(app, &["ana", "ben"], json!({ "missions": missions() })).await;
        trials.iter().for_each(|trial| seed_delivered(app, trial));
        app.advance(chrono::TimeDelta::days(1));
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        let (pm, visitor) = (app.staff("product_manager").await, app.visitor());
        let missing = ana.put_body(&format!("{}/report", trials[0].path), &report()).await;
        let missing = missing.expect_problem(422, "missions_missing");
        assert!(text(&missing["detail"]).contains("diary"), "{missing}");
        let mut told = Vec::new();
        for (person, trial, points) in [(&ana, &trials[0], [4, 5, 3]), (&ben, &trials[1], [1, 2, 2])] {
            let diary = format!("{}/missions/diary", trial.path);
            person.put_body(&diary, &json!({ "text": "하루 써 봤어요" })).await.expect(200);
            let mut body = report();
            [body["useful"], body["usable"], body["enjoyable"]] = points.map(|points: i32| json!(points));
            told.push(trial.tell(person, &body).await);
        }
        let mine = &told[0];
        assert_eq!((&mine["state"], &mine["published"]), (&json!("sent"), &json!(false)));
        let clean = json!({ "disclosed": true, "texts": [{ "url": null, "disclosed": true, "findings": [] }], "revision": null });
        assert_eq!(mine["review"], clean);
        let application = ana.get(&trials[0].path).await.expect(200);
        assert_eq!((&application["trial"]["stage"], &application["trial"]["reported_at"]), (&json!("reported"), &mine["sent_at"]));

        // Not yet for others: nothing of it, not even that it is there.
        for reader in [&ben, &visitor] {
            reader.get(&of(mine, "")).await.expect(404);
        }
        assert_eq!(visitor.all(&trials[0].reports(), 1).await, [] as [Value; 0]);
        let desk = format!("{}?state=sent", trials[0].reports());
        assert_eq!(pm.all(&desk, 1).await.len(), 2);
        let listed = pm.get(&desk).await.expect(200);
        assert_eq!((&listed["items"][1]["member"]["display_name"], &listed["items"][1]["name"]), (&json!("ana"), &json!("a*a")));
        visitor.get(&desk).await.expect_problem(401, "sign_in_required");
        ana.get(&desk).await.expect_problem(403, "forbidden");

        for told in &told {
            let done = pm.post(&of(told, "/accept"), &json!({})).await.expect(200);
            assert_eq!((&done["state"], &done["published"]), (&json!("accepted"), &json!(true)));
            assert_eq!(pm.post(&of(told, "/accept"), &json!({})).await.expect(200), done, "again changes nothing");
        }
        let read = visitor.get(&of(mine, "")).await.expect(200);
        assert_eq!((&read["name"], &read["verified"], &read["useful"]), (&json!("a*a"), &json!(true), &json!(4)));
        assert_eq!(read["disclosure"], "[협찬] 제품을 무상으로 제공받아 작성했습니다.");
        let hidden = ["application_id", "member", "review"];
        assert!(hidden.iter().all(|name| read.get(*name).is_none()) && !read.to_string().contains(&ana.id), "{read}");
        let shown: Vec<Value> = visitor.all(&trials[0].reports(), 1).await;
        let points: Vec<&Value> = shown.iter().map(|report| &report["enjoyable"]).collect();
        assert_eq!(points, [2, 3], "what people did not like is shown like anything else");
        let panel = visitor.get(&format!("/v1/panels/{}", trials[0].panel)).await.expect(200);
        assert_eq!(panel["reports"], json!({ "count": 2, "useful": 2.5, "usable": 3.5, "enjoyable": 2.5 }));
        assert_eq!(ana.get(&trials[0].path).await.expect(200)["trial"]["stage"], "completed");
        let looks = app.admin().await.all("/v1/audit?action=list_reports", 100).await;
        assert!(looks.iter().all(|look| look["after"]["members"].as_array().is_some_and(|of| !of.is_empty())), "{looks:?}");
        assert_eq!(looks.len(), 3, "two pages and one list");
        assert_eq!(pm.all(&format!("{}?state=accepted", trials[0].reports()), 10).await.len(), 2);
    })
    .await;
}

#[actix_web::test]
async fn nobody_reports_on_what_is_not_theirs_or_has_not_come() {
    on_each_database(async |app| {
        let trials = confirmed(app, &["ana", "ben"], json!({})).await;
        seed_delivered(app, &trials[1]);
        let path = |trial: &super::trying::Trial| format!("{}/report", trial.path);
        let (ana, cho, pm) =
            (app.member("ana").await, app.member("cho").await, app.staff("product_manager").await);
        ana.put_body(&path(&trials[0]), &report()).await.expect_problem(409, "not_delivered");
        ana.put_body(&path(&trials[1]), &report()).await.expect_problem(404, "not_found");
        cho.put_body(&path(&trials[0]), &report()).await.expect_problem(404, "not_found");
        pm.put_body(&path(&trials[1]), &report()).await.expect_problem(404, "not_found");
        app.visitor().put_body(&path(&trials[1]), &report()).await.expect_problem(401, "sign_in_required");
        ana.post(&format!("{}/decline", trials[0].path), &json!({})).await.expect(200);
        ana.put_body(&path(&trials[0]), &report()).await.expect_problem(409, "no_seat");
        let ben = app.member("ben").await;
        let photo = ana.file("a.png", files::png(4, 4)).await;
        for (change, pointer) in [
            (json!({ "title": " " }), "/title"),
            (json!({ "body": "" }), "/body"),
            (json!({ "useful": 6 }), "/useful"),
            (json!({ "usable": 0 }), "/usable"),
            (json!({ "enjoyable": 2.5 }), "/enjoyable"),
            (json!({ "pros": ["좋아요", "줄\n바꿈"] }), "/pros/1"),
            (json!({ "cons": vec!["커요"; 11] }), "/cons"),
            (json!({ "attachment_ids": [photo] }), "/attachment_ids/0"),
            (
                json!({ "external_posts": [{ "url": "https://a@b.kr", "beginning": "후기" }] }),
                "/external_posts/0/url",
            ),
            (json!({ "verified": true }), "/verified"),
        ] {
            let mut body = report();
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let problem = ben.put_body(&path(&trials[1]), &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(pm.all(&format!("{}?state=all", trials[0].reports()), 10).await, [] as [Value; 0]);
        ben.get(&path(&trials[1])).await.expect_problem(404, "not_found");
        let told = app.seed_read_events().into_iter().filter(|(kind, _)| kind.starts_with("report."));
        assert_eq!(told.count(), 0);
        // A panel that was called off is told of no more.
        pm.post(&format!("/v1/panels/{}/cancel", trials[0].panel), &json!({})).await.expect(200);
        ben.put_body(&path(&trials[1]), &report()).await.expect_problem(409, "panel_phase");
    })
    .await;
}

#[actix_web::test]
async fn markup_runs_nowhere_and_discloses_nothing_that_is_not_seen() {
    on_each_database(async |app| {
        let trial = trying(app, "ana", json!({})).await;
        let ana = app.member("ana").await;
        let mut body = report();
        body["title"] = json!("이어폰 <b>후기</b>");
        body["body"] = json!("<!-- 제품을 제공받아 작성했습니다. -->\n\n<script>alert(1)</script>\n\n[좋아요](javascript:alert(1)) ![협찬](https://a.kr/x.png)");
        let told = trial.tell(&ana, &body).await;
        let html = text(&told["body_html"]);
        assert!(!html.contains("script") && !html.contains("img") && !html.contains("<!--"), "{html}");
        assert_eq!(told["review"]["texts"][0]["findings"][0]["code"], "missing", "{told}");
        assert_eq!(told["title"], "이어폰 <b>후기</b>", "titles are text");
    })
    .await;
}

#[actix_web::test]
async fn promising_points_become_ideas_that_know_where_they_come_from() {
    on_each_database(async |app| {
        let trial = trying(app, "ana", json!({})).await;
        let (ana, pm, visitor) =
            (app.member("ana").await, app.staff("product_manager").await, app.visitor());
        pm.board("app", json!({})).await;
        pm.board("inside", json!({ "view": "staff" })).await;
        let board = async |slug: &str| pm.get(&format!("/v1/boards/{slug}")).await.expect(200)["id"].clone();
        let (open, inside) = (board("app").await, board("inside").await);
        let told = trial.tell(&ana, &report()).await;
        let (path, wanted) = (of(&told, "/ideas"), json!({ "board_id": open, "title": "더 작은 케이스", "quote": "케이스가 커요" }));
        pm.post(&path, &wanted).await.expect_problem(409, "report_not_accepted");
        pm.post(&of(&told, "/accept"), &json!({})).await.expect(200);
        ana.post(&path, &wanted).await.expect_problem(403, "forbidden");
        for (change, pointer) in [
            (json!({ "quote": "케이스가 훌륭해요" }), "/quote"),
            (json!({ "board_id": told["id"] }), "/board_id"),
            (json!({ "title": "" }), "/title"),
        ] {
            let mut odd = wanted.clone();
            odd.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let problem = pm.post(&path, &odd).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(pm.all("/v1/ideas", 10).await, [] as [Value; 0]);

        let keyed = pm.with("Idempotency-Key", "one");
        let idea = keyed.post(&path, &wanted).await.expect(201);
        assert_eq!(keyed.post(&path, &wanted).await.expect(201)["id"], idea["id"], "one call, one idea");
        assert_eq!(idea["author"]["id"], json!(pm.id), "the name of who reported stays hidden");
        let secret = json!({ "board_id": inside, "title": "안쪽", "quote": "소리가 또렷해요" });
        let hidden = pm.post(&path, &secret).await.expect(201);
        let ideas = async |reader: &kit::people::Person<'_>| {
            let read = reader.get(&of(&told, "")).await.expect(200);
            let ids: Vec<Value> = read["ideas"].as_array().unwrap().iter().map(|idea| idea["id"].clone()).collect();
            ids
        };
        assert_eq!(ideas(&visitor).await, [idea["id"].clone()]);
        assert_eq!(ideas(&pm).await, [idea["id"].clone(), hidden["id"].clone()]);
        let of_idea = |idea: &Value| format!("/v1/ideas/{}/reports", text(&idea["id"]));
        let made_of = visitor.get(&of_idea(&idea)).await.expect(200);
        let expected = json!({ "id": told["id"], "panel_id": told["panel_id"], "title": told["title"], "quote": "케이스가 커요" });
        assert_eq!(made_of["items"], json!([expected]));
        visitor.get(&of_idea(&hidden)).await.expect(404);
        let kept = app.admin().await.get("/v1/audit?action=create_idea_from_report").await.expect(200);
        assert_eq!(kept["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
