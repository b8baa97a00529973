//! What a phase hides: nobody but the team reads an entry before entries are closed, and not even how many there are is told.

use chrono::TimeDelta;
use kit::{files::png, on_each_database};
use serde_json::json;

use super::{draft, enter, open, text};

#[actix_web::test]
async fn before_the_deadline_nobody_but_the_team_reads_or_counts_entries() {
    on_each_database(async |app| {
        let (pm, ana, bo, admin) = (
            app.staff("product_manager").await,
            app.member("ana").await,
            app.member("bo").await,
            app.admin().await,
        );
        let contest = open(app, &pm, json!({})).await;
        let file = ana.file("아나의 그림.png", png(4, 4)).await;
        let mut body = draft();
        body["attachment_ids"] = json!([file]);
        let made = ana.post(&format!("/v1/contests/{contest}/entries"), &body).await.expect(201);
        let entry = format!("/v1/entries/{}", text(&made["id"]));
        let unsent = enter(&bo, &contest).await;
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        let (attachment, list) =
            (format!("/v1/attachments/{file}"), format!("/v1/contests/{contest}/entries"));
        for person in [&pm, &admin, &bo] {
            for path in [&entry, &attachment, &format!("{entry}/versions")] {
                person.get(path).await.expect(404);
            }
            assert_eq!(person.fetch(&format!("{attachment}/content"), &[]).await.0, 404);
            let shown = person.get(&format!("/v1/contests/{contest}")).await.expect(200);
            assert_eq!(shown.get("entry_count"), None);
        }
        for person in [&pm, &admin] {
            person.get(&list).await.expect_problem(409, "contest_phase");
            let early = person.post(&format!("{entry}/screen"), &json!({ "decision": "accept" })).await;
            early.expect(404);
        }
        app.visitor().get(&entry).await.expect_problem(401, "sign_in_required");
        assert_eq!(app.visitor().fetch(&format!("{attachment}/content"), &[]).await.0, 404);

        // After it, those who screen read what was sent, as it was sent; each look is kept.
        ana.patch(&entry, &json!({ "title": "보내지 않은 제목" })).await.expect(200);
        app.advance(TimeDelta::hours(48));
        let (pm, bo, marketer) =
            (app.staff("product_manager").await, app.member("bo").await, app.staff("marketer").await);
        let read = marketer.get(&entry).await.expect(200);
        assert_eq!((&read["title"], read.get("yours")), (&json!("한마당"), None));
        // What results will call it, so that who runs the contest knows which it is.
        let own = app.member("ana").await.get(&entry).await.expect(200);
        assert_eq!((&read["pseudonym"], own.get("pseudonym")), (&own["yours"]["pseudonym"], None));
        assert_eq!(read["team"][0]["display_name"], "ana");
        assert_eq!(pm.fetch(&format!("{attachment}/content"), &[]).await.0, 200);
        let listed = pm.get(&list).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "a draft is nobody's business");
        assert_eq!(listed["items"][0]["receipt"]["version"], 1);
        assert_eq!(pm.get(&format!("{list}?state=accepted")).await.expect(200)["items"], json!([]));
        assert_eq!(pm.get(&format!("/v1/contests/{contest}")).await.expect(200)["entry_count"], 1);
        let moderator = app.staff("moderator").await;
        for person in [&bo, &moderator] {
            person.get(&entry).await.expect(404);
            person.get(&list).await.expect_problem(403, "forbidden");
            person.get(&attachment).await.expect(404);
        }
        pm.get(&unsent).await.expect(404);
        let log = app.admin().await.all("/v1/audit", 100).await;
        let looks: Vec<&str> = log
            .iter()
            .map(|entry| text(&entry["action"]))
            .filter(|action| ["get_entry", "list_contest_entries"].contains(action))
            .collect();
        assert_eq!(looks, ["list_contest_entries", "list_contest_entries", "get_entry"]);
    })
    .await;
}

#[actix_web::test]
async fn what_was_withdrawn_or_is_cancelled_is_sealed_again() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({})).await;
        let entry = super::sent(&ana, &contest).await;
        app.advance(TimeDelta::hours(48));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.get(&entry).await.expect(200);
        ana.post(&format!("{entry}/withdraw"), &json!({})).await.expect(200);
        pm.get(&entry).await.expect(404);
        let list = format!("/v1/contests/{contest}/entries");
        assert_eq!(pm.get(&list).await.expect(200)["items"], json!([]));
        for state in ["draft", "withdrawn"] {
            let path = format!("{list}?state={state}");
            let refused = pm.get(&path).await.expect_problem(422, "invalid_fields");
            assert_eq!(refused["errors"][0]["pointer"], "?state");
        }
        assert_eq!(ana.get(&entry).await.expect(200)["state"], "withdrawn");
        assert_eq!(pm.get(&format!("/v1/contests/{contest}")).await.expect(200)["entry_count"], 0);

        let other = open(app, &pm, json!({})).await;
        let entry = super::sent(&ana, &other).await;
        super::step(&pm, &other, "cancel").await;
        app.advance(TimeDelta::hours(48));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.get(&entry).await.expect(404);
        ana.get(&entry).await.expect(200);
        assert_eq!(super::told(&ana).await, [json!("contest_cancelled")]);
        assert!(super::told(&pm).await.is_empty());
    })
    .await;
}
