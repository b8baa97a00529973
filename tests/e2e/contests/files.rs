//! Files of entries: what was sent keeps its own, whatever becomes of the draft.

use chrono::TimeDelta;
use kit::{files::png, on_each_database};
use serde_json::json;

use super::{draft, open, text};
use crate::attachments::ids;

#[actix_web::test]
async fn a_file_that_was_sent_stays_until_something_else_is_sent() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let contest = open(app, &pm, json!({})).await;
        let (one, two) = (ana.file("a.png", png(4, 4)).await, ana.file("b.png", png(5, 5)).await);
        let mut body = draft();
        body["attachment_ids"] = json!([one]);
        let made = ana.post(&format!("/v1/contests/{contest}/entries"), &body).await.expect(201);
        let entry = format!("/v1/entries/{}", text(&made["id"]));
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        let gone = ana.delete(&format!("/v1/attachments/{one}")).await;
        gone.expect_problem(409, "file_of_entry");

        let changed = ana.patch(&entry, &json!({ "attachment_ids": [two] })).await.expect(200);
        assert_eq!(ids(&changed), [&*two]);
        app.advance(TimeDelta::hours(25));
        let ana = app.member("ana").await;
        app.seed_sweep().await;
        assert_eq!(ana.fetch(&format!("/v1/attachments/{one}/content"), &[]).await.0, 200, "it was sent");
        ana.post(&format!("{entry}/submit"), &json!({})).await.expect(200);
        app.advance(TimeDelta::hours(25));
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        app.seed_sweep().await;
        assert_eq!(ana.fetch(&format!("/v1/attachments/{one}/content"), &[]).await.0, 404);
        assert_eq!(ids(&pm.get(&entry).await.expect(200)), [&*two]);
        let versions = ana.get(&format!("{entry}/versions")).await.expect(200);
        let file = &versions["items"][1]["content"]["files"][0];
        assert_eq!((&file["id"], text(&file["sha256"]).len()), (&json!(one), 64), "its hash is still known");
    })
    .await;
}
