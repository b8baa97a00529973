//! What judges do not learn: who made an entry, by whatever way.

use kit::{
    files::{exif, jpeg, pdf, with_segment},
    on_each_database,
};
use serde_json::{Value, json};

use super::{Judged, appoint, assign, begin, draft, judged, mine, open, text};
use crate::attachments::ids;

#[actix_web::test]
async fn a_judge_sees_an_entry_without_who_made_it() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana-kim").await);
        let contest = open(app, &pm, json!({ "judging": { "reviews_per_entry": 1 } })).await;
        // A camera says who and where, and so does the name of the file.
        let photo = with_segment(&jpeg(20, 10), 0xe1, &exif(1));
        assert!(photo.windows(4).any(|part| part == b"GPS "));
        let file = ana.file("김아나의 작품.jpg", photo).await;
        let mut body = draft();
        body["attachment_ids"] = json!([file]);
        let entries = format!("/v1/contests/{contest}/entries");
        let made = ana.post(&entries, &body).await.expect(201);
        let entry = text(&made["id"]).to_owned();
        ana.post(&format!("/v1/entries/{entry}/submit"), &json!({})).await.expect(200);
        begin(app, &contest, std::slice::from_ref(&entry)).await;
        let judge = appoint(app, &contest, "judge").await;
        let judged = Judged { contest, entries: vec![entry.clone()], ..Judged::default() };
        assert_eq!(
            judge.fetch(&format!("/v1/attachments/{file}/content"), &[]).await.0,
            404,
            "not theirs yet"
        );
        assign(app, &judged).await;
        let review = mine(&judge, &judged.contest).await.remove(0);
        let read = judge.get(&format!("/v1/reviews/{}", text(&review["id"]))).await.expect(200);
        assert_eq!(read, review);
        let shown = read.to_string();
        for secret in [&*entry, &*ana.id, "ana-kim", "김아나"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        assert_eq!((&read["entry"]["title"], &read["entry"]["team"]), (&json!("한마당"), &json!([])));
        assert_eq!(read["entry"]["attachments"][0]["name"], "file-1.jpg");
        assert_eq!(ids(&read["entry"]), [&*file]);
        let address = text(&read["entry"]["attachments"][0]["url"]).to_owned();
        for (status, headers, bytes) in [
            judge.fetch(&format!("/v1/attachments/{file}/content"), &[]).await,
            app.visitor().fetch(&address, &[]).await,
        ] {
            assert_eq!(status, 200);
            let named = headers["content-disposition"].to_str().unwrap();
            assert!(named.contains("file-1.jpg") && !named.contains("%EA"), "{named}");
            assert!(!bytes.windows(4).any(|part| part == b"GPS " || part == b"Exif"));
        }
        let facts = judge.get(&format!("/v1/attachments/{file}")).await.expect(200);
        assert_eq!(facts["name"], "file-1.jpg");
        judge.get(&format!("/v1/entries/{entry}")).await.expect(404);

        let path = format!("/v1/reviews/{}", text(&review["id"]));
        judge.post(&format!("{path}/recuse"), &json!({ "reason": "아는 사람" })).await.expect(200);
        assert_eq!(judge.get(&path).await.expect(200)["entry"], Value::Null);
        assert_eq!(judge.fetch(&address, &[]).await.0, 404);
        assert_eq!(judge.fetch(&format!("/v1/attachments/{file}/content"), &[]).await.0, 404);
    })
    .await;
}

#[actix_web::test]
async fn a_pdf_may_tell_who_made_it_so_it_comes_only_before_judges_who_may_know() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let blind = open(app, &pm, json!({})).await;
        let seeing =
            open(app, &pm, json!({ "judging": { "reviews_per_entry": 1, "blind": ["author"] } })).await;
        let file = ana.file("작품집.pdf", pdf()).await;
        let mut body = draft();
        body["attachment_ids"] = json!([file]);
        let refused = ana.post(&format!("/v1/contests/{blind}/entries"), &body).await;
        let refused = refused.expect_problem(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/attachment_ids/0");
        let made = ana.post(&format!("/v1/contests/{blind}/entries"), &draft()).await.expect(201);
        let change = json!({ "attachment_ids": [file] });
        let refused = ana.patch(&format!("/v1/entries/{}", text(&made["id"])), &change).await;
        refused.expect_problem(422, "invalid_fields");
        let made = ana.post(&format!("/v1/contests/{seeing}/entries"), &body).await.expect(201);
        let entry = text(&made["id"]).to_owned();
        ana.post(&format!("/v1/entries/{entry}/submit"), &json!({})).await.expect(200);
        begin(app, &seeing, std::slice::from_ref(&entry)).await;
        let judge = appoint(app, &seeing, "judge").await;
        let judged = Judged { contest: seeing, entries: vec![entry], ..Judged::default() };
        assign(app, &judged).await;
        let review = mine(&judge, &judged.contest).await.remove(0);
        assert_eq!(review["entry"]["attachments"][0]["name"], "작품집.pdf");
    })
    .await;
}

#[actix_web::test]
async fn staff_who_judge_blind_are_kept_from_what_others_of_them_see() {
    on_each_database(async |app| {
        let judged = judged(app, &["ana"], json!({ "judging": { "reviews_per_entry": 1 } })).await;
        let (pm, marketer) = (app.staff("product_manager").await, app.staff("marketer").await);
        let entry = format!("/v1/entries/{}", judged.entries[0]);
        marketer.get(&entry).await.expect(200);
        pm.post(&judged.path("judges"), &json!({ "member_id": marketer.id })).await.expect(201);
        let judge = format!("judges/{}", marketer.id);
        for path in [
            &*entry,
            &judged.path("entries"),
            &judged.path("judges"),
            &judged.path("reviews"),
            &judged.path("assignments"),
            &judged.path(&judge),
        ] {
            marketer.get(path).await.expect_problem(403, "run_by_others");
        }
        for path in [judged.path("assign"), format!("{entry}/screen")] {
            let body = if path.ends_with("screen") { json!({ "decision": "accept" }) } else { json!({}) };
            marketer.post(&path, &body).await.expect_problem(403, "run_by_others");
        }
        let leave = json!({ "reason": "운영을 맡습니다." });
        pm.post(&judged.path(&format!("{judge}/leave")), &leave).await.expect(200);
        marketer.get(&entry).await.expect(200);
    })
    .await;
}
