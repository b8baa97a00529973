//! Pictures of panels and reports: whoever sees what they stand with sees them.

use chrono::TimeDelta;
use kit::{files, on_each_database};
use serde_json::{Value, json};

use super::{
    terms, text,
    trying::{of, report, trying},
};
use crate::attachments::ids;

#[actix_web::test]
async fn a_panel_has_pictures_that_are_seen_with_it() {
    on_each_database(async |app| {
        let (pm, ana, visitor) = (app.staff("product_manager").await, app.member("ana").await, app.visitor());
        let made = pm.post("/v1/panels", &terms(app)).await.expect(201);
        let panel = format!("/v1/panels/{}", text(&made["id"]));
        let path = format!("{panel}/pictures");
        let (one, two) = (pm.file("a.png", files::png(4, 4)).await, pm.file("b.png", files::png(4, 4)).await);
        let (pdf, foreign) =
            (pm.file("c.pdf", files::pdf()).await, ana.file("d.png", files::png(4, 4)).await);
        let set = |ids: &[&String]| json!({ "attachment_ids": ids });
        let shown = pm.put_body(&path, &set(&[&two, &one])).await.expect(200);
        assert_eq!(ids(&shown), [&*two, &*one]);
        for (wanted, pointer) in [
            (set(&[&one, &pdf]), "/attachment_ids/1"),
            (set(&[&foreign]), "/attachment_ids/0"),
            (json!({ "attachment_ids": vec![one.clone(); 11] }), "/attachment_ids"),
        ] {
            let problem = pm.put_body(&path, &wanted).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        assert_eq!(ids(&pm.get(&panel).await.expect(200)), [&*two, &*one], "nothing changed");
        let content = format!("/v1/attachments/{one}/content");
        assert_eq!(visitor.fetch(&content, &[]).await.0, 404, "a draft is for staff");
        let hash = pm.post(&format!("{panel}/publish"), &json!({})).await.expect(200)["rules_hash"].clone();
        assert_eq!(visitor.fetch(&content, &[]).await.0, 200);
        let fewer = pm.put_body(&path, &set(&[&one])).await.expect(200);
        assert_eq!((ids(&fewer), &fewer["rules_hash"]), (vec![&*one], &hash), "pictures are no terms");
        assert_eq!(
            visitor.get("/v1/panels").await.expect(200)["items"][0]["attachments"][0]["id"],
            json!(one)
        );
        let kept = app.admin().await.get("/v1/audit?action=set_panel_pictures").await.expect(200);
        assert_eq!(kept["items"].as_array().unwrap().len(), 2, "twice it changed something");
        ana.put_body(&path, &set(&[])).await.expect_problem(403, "forbidden");
        let stale = pm.with("If-Match", "\"1\"").put_body(&path, &set(&[])).await;
        stale.expect_problem(412, "stale");
    })
    .await;
}

#[actix_web::test]
async fn the_pictures_of_a_deleted_draft_are_swept() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let made = pm.post("/v1/panels", &terms(app)).await.expect(201);
        let panel = format!("/v1/panels/{}", text(&made["id"]));
        let one = pm.file("a.png", files::png(4, 4)).await;
        pm.put_body(&format!("{panel}/pictures"), &json!({ "attachment_ids": [one] })).await.expect(200);
        pm.delete(&panel).await.expect(204);
        assert_eq!(app.seed_sweep().await, 0);
        app.advance(TimeDelta::hours(25));
        assert_eq!(app.seed_sweep().await, 1);
        app.staff("product_manager").await.get(&format!("/v1/attachments/{one}")).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn the_pictures_of_a_report_are_seen_once_it_is_published() {
    on_each_database(async |app| {
        let trial = trying(app, "ana", json!({})).await;
        let (ana, ben, pm) =
            (app.member("ana").await, app.member("ben").await, app.staff("product_manager").await);
        let moderator = app.staff("moderator").await;
        let (one, two) =
            (ana.file("a.png", files::png(4, 4)).await, ana.file("b.png", files::png(4, 4)).await);
        let mut body = report();
        body["attachment_ids"] = json!([two, one]);
        let told = trial.tell(&ana, &body).await;
        assert_eq!(ids(&told), [&*two, &*one]);
        let content = format!("/v1/attachments/{one}/content");
        let seen = async |reader: &kit::people::Person<'_>| reader.fetch(&content, &[]).await.0;
        for (reader, status) in
            [(&ana, 200), (&pm, 200), (&ben, 404), (&moderator, 404), (&app.visitor(), 404)]
        {
            assert_eq!(seen(reader).await, status);
        }
        let mut fewer = body.clone();
        fewer["attachment_ids"] = json!([one]);
        let anew = trial.tell(&ana, &fewer).await;
        assert_eq!(ids(&anew), [&*one]);
        ana.delete(&format!("/v1/attachments/{two}")).await.expect(204);
        pm.post(&of(&told, "/accept"), &json!({})).await.expect(200);
        for reader in [&ben, &moderator, &app.visitor()] {
            assert_eq!(seen(reader).await, 200);
        }
        // Others judged by it.
        ana.delete(&format!("/v1/attachments/{one}")).await.expect_problem(409, "handed_in");
        let listed: Vec<Value> = app.visitor().all(&trial.reports(), 10).await;
        assert_eq!(ids(&listed[0]), [&*one]);
        // A picture stands in one place.
        let board = pm.board("app", json!({})).await;
        let idea = json!({ "title": "그림", "attachment_ids": [one] });
        ana.post(&format!("/v1/boards/{board}/ideas"), &idea).await.expect_problem(422, "invalid_fields");
    })
    .await;
}
