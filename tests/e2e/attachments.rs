//! Attachments: sent, shown with ideas and comments, seen by whom they are for, and gone in the end.

mod bucket;
mod seen;

use std::io::Cursor;

use chrono::TimeDelta;
use image::{GenericImageView as _, ImageFormat};
use kit::{TestApp, files, on_each_database, people::Person};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) fn ids(body: &Value) -> Vec<&str> {
    body["attachments"].as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap()).collect()
}

/// How many files the store of an instance holds.
fn stored(app: &TestApp) -> usize {
    let folders = std::fs::read_dir(app.config().data_dir.join("attachments")).unwrap();
    folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum()
}

async fn idea_with(person: &Person<'_>, board: &str, files: &[&str]) -> Value {
    let body = json!({ "title": "그림이 있는 제안", "attachment_ids": files });
    person.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201)
}

#[actix_web::test]
async fn a_file_is_kept_as_what_it_is_under_a_name_that_says_so() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        for (name, bytes, kind, stored_name, size) in [
            ("../사진.txt", files::png(900, 300), "image/png", "사진.png", Some((900, 300))),
            ("b.JPEG", files::jpeg(30, 20), "image/jpeg", "b.jpeg", Some((30, 20))),
            ("c", files::webp(600, 600), "image/webp", "c.webp", Some((600, 600))),
            ("d.gif", files::gif(40, 30, 5), "image/gif", "d.gif", Some((40, 30))),
            ("e.exe", files::pdf(), "application/pdf", "e.pdf", None),
        ] {
            let answer = ana.upload(name, bytes.clone()).await;
            let location = answer.header("location").unwrap().to_owned();
            let made = answer.expect(201);
            assert_eq!((&made["type"], &made["name"]), (&json!(kind), &json!(stored_name)));
            assert_eq!(made["width"], json!(size.map(|(width, _)| width)));
            assert_eq!(made["height"], json!(size.map(|(_, height)| height)));
            let read = ana.get(&location).await.expect(200);
            assert_eq!(read, made);

            let (status, headers, content) = ana.fetch(made["url"].as_str().unwrap(), &[]).await;
            assert_eq!((status, made["bytes"].as_u64().unwrap()), (200, content.len() as u64));
            assert_eq!(headers["content-type"], kind);
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(
                headers["content-security-policy"],
                "sandbox; default-src 'none'; frame-ancestors 'none'"
            );
            assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
            assert_eq!(headers["cache-control"], "private, max-age=3600");
            let disposition = headers["content-disposition"].to_str().unwrap();
            assert!(disposition.starts_with(if size.is_some() { "inline; " } else { "attachment; " }));
            assert!(size.is_some() || content == bytes, "a PDF stays as it is");

            match made["thumbnail_url"].as_str() {
                Some(address) => {
                    let (status, headers, small) = ana.fetch(address, &[]).await;
                    let small = image::load_from_memory(&small).unwrap();
                    assert_eq!(status, 200);
                    assert!(small.width() <= 480 && small.height() <= 480);
                    assert_eq!(small.color().has_alpha(), headers["content-type"] == "image/png");
                }
                None => {
                    assert_eq!(size, None);
                    let (status, ..) = ana.fetch(&format!("{location}/thumbnail"), &[]).await;
                    assert_eq!(status, 404);
                }
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn a_picture_is_stored_the_right_way_up_and_without_where_it_was_taken() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let lying = files::jpeg(60, 40);
        let png = files::png(60, 40);
        for (kind, bytes) in [
            ("jpeg", files::with_segment(&lying, 0xe1, &files::exif(6))),
            ("png", files::with_chunks(&png, &[files::chunk(b"eXIf", &files::exif(6)[6..])])),
        ] {
            assert!(bytes.windows(3).any(|part| part == b"GPS"));
            let made = ana.upload("a", bytes).await.expect(201);
            assert_eq!((&made["width"], &made["height"]), (&json!(40), &json!(60)), "{kind}");
            let (_, _, content) = ana.fetch(made["url"].as_str().unwrap(), &[]).await;
            assert!(!content.windows(3).any(|part| part == b"GPS"), "{kind}");
            // Turned by a quarter to the right, its last row is its first column.
            let seen = image::load_from_memory(&content).unwrap();
            let [left, right] = [seen.get_pixel(0, 30).0, seen.get_pixel(39, 30).0];
            assert!(left[2] > 180 && left[0] < 80, "{kind}: {left:?}");
            assert!(right[0] > 180 && right[2] < 80, "{kind}: {right:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_gif_goes_on_moving() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let made = ana.upload("a.gif", files::gif(40, 30, 5)).await.expect(201);
        let (_, _, content) = ana.fetch(made["url"].as_str().unwrap(), &[]).await;
        let mut decoder = gif::DecodeOptions::new().read_info(&content[..]).unwrap();
        assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
        let mut delays = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            delays.push((frame.delay, frame.buffer[0]));
        }
        assert_eq!(delays, [(7, 0), (7, 1), (7, 0), (7, 1), (7, 0)]);
    })
    .await;
}

#[actix_web::test]
async fn a_request_that_is_no_file_is_told_what_is_wrong() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let path = "/v1/attachments";
        ana.post(path, &json!({})).await.expect_problem(415, "unsupported_media_type");
        let form = reqwest::multipart::Form::new().text("note", "hello");
        let answer = ana.send(ana.request(Method::POST, path).multipart(form)).await;
        let problem = answer.expect_problem(422, "invalid_fields");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/note"), &json!("unknown_field"))
        );
        let twice = kit::people::form("a.png", files::png(2, 2)).text("file", "again");
        ana.send(ana.request(Method::POST, path).multipart(twice))
            .await
            .expect_problem(422, "invalid_fields");
        let none = ana.request(Method::POST, path).header("content-type", "multipart/form-data; boundary=x");
        let problem = ana.send(none.body("--x--\r\n")).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/file");
        let cut = ana.request(Method::POST, path).header("content-type", "multipart/form-data; boundary=x");
        let cut = cut.body("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc");
        ana.send(cut).await.expect_problem(400, "malformed_request");
        ana.upload("a.png", b"no picture".to_vec()).await.expect_problem(422, "file_not_accepted");
        ana.upload("a.png", vec![0; 10 * 1_024 * 1_024 + 1]).await.expect_problem(413, "body_too_large");
        assert_eq!(stored(app), 0, "nothing is left");
    })
    .await;
}

#[actix_web::test]
async fn sending_a_file_twice_under_one_key_keeps_it_once() {
    on_each_database(async |app| {
        let ana = app.member("ana").await.with("Idempotency-Key", "a-file");
        let first = ana.upload("a.png", files::png(9, 9)).await.expect(201);
        let again = ana.upload("a.png", files::png(9, 9)).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201)["id"], first["id"]);
        ana.upload("a.png", files::png(9, 8)).await.expect_problem(422, "idempotency_key_reused");
        assert_eq!(stored(app), 2, "the picture and its small copy");
    })
    .await;
}

#[actix_web::test]
async fn an_idea_shows_its_files_in_the_order_they_were_given() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({})).await;
        let (a, b, c) = (
            ana.file("a.png", files::png(5, 5)).await,
            ana.file("b.pdf", files::pdf()).await,
            ana.file("c.png", files::png(6, 6)).await,
        );
        let idea = idea_with(&ana, &board, &[&b, &a, &b]).await;
        assert_eq!((ids(&idea), &idea["attachment_count"]), (vec![&*b, &*a], &json!(2)));
        let path = format!("/v1/ideas/{}", idea["id"].as_str().unwrap());
        let listed = app.visitor().get(&format!("/v1/boards/{board}/ideas")).await.expect(200);
        assert_eq!(listed["items"][0]["attachment_count"], 2);

        // Another order, one more, and one less.
        let changed = ana.patch(&path, &json!({ "attachment_ids": [a, b] })).await.expect(200);
        assert_eq!(ids(&changed), [&*a, &*b]);
        let etag = ana.get(&path).await.etag();
        let changed = ana.patch(&path, &json!({ "attachment_ids": [a, c] })).await.expect(200);
        assert_eq!((ids(&changed), &changed["attachment_count"]), (vec![&*a, &*c], &json!(2)));
        let stale = ana.with("If-Match", &etag);
        stale.patch(&path, &json!({ "attachment_ids": [] })).await.expect_problem(412, "stale");
        let same = ana.patch(&path, &json!({ "title": "다른 제목" })).await.expect(200);
        assert_eq!(ids(&same), [&*a, &*c], "left out is left alone");
        // What was taken out may stand elsewhere.
        let other = idea_with(&ana, &board, &[&b]).await;
        assert_eq!(ids(&other), [&*b]);
        let none = ana.patch(&path, &json!({ "attachment_ids": [] })).await.expect(200);
        assert_eq!((ids(&none).len(), &none["attachment_count"]), (0, &json!(0)));
    })
    .await;
}

#[actix_web::test]
async fn comments_show_their_files_and_a_deleted_one_none() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({})).await;
        let idea = ana.idea(&board, "다크 모드").await;
        let (a, b) = (ana.file("a.png", files::png(5, 5)).await, ana.file("b.png", files::png(5, 5)).await);
        let path = format!("/v1/ideas/{idea}/comments");
        let said =
            ana.post(&path, &json!({ "body": "이렇게요", "attachment_ids": [a, b] })).await.expect(201);
        ana.post(&path, &json!({ "body": "그냥 말" })).await.expect(201);
        assert_eq!(ids(&said), [&*a, &*b]);
        let listed = app.visitor().get(&path).await.expect(200);
        assert_eq!((ids(&listed["items"][0]).len(), ids(&listed["items"][1]).len()), (2, 0));

        let comment = format!("/v1/comments/{}", said["id"].as_str().unwrap());
        let changed = ana.patch(&comment, &json!({ "attachment_ids": [b] })).await.expect(200);
        assert_eq!(ids(&changed), [&*b]);
        ana.post(&path, &json!({ "body": "답글", "parent_id": said["id"] })).await.expect(201);
        ana.delete(&comment).await.expect(204);
        let place = app.visitor().get(&comment).await.expect(200);
        assert_eq!(ids(&place).len(), 0);
        let file = format!("/v1/attachments/{b}");
        ana.get(&file).await.expect_problem(404, "not_found");
        pm.get(&file).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn only_ones_own_free_files_can_be_put_with_a_post() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let board = pm.board("app", json!({})).await;
        let (mine, theirs) =
            (ana.file("a.png", files::png(5, 5)).await, bo.file("b.png", files::png(5, 5)).await);
        let used = ana.file("c.png", files::png(5, 5)).await;
        idea_with(&ana, &board, &[&used]).await;
        let post = format!("/v1/boards/{board}/ideas");
        for bad in [&*theirs, &*used, "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d"] {
            let body = json!({ "title": "그림", "attachment_ids": [mine, bad] });
            let problem = ana.post(&post, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/attachment_ids/1");
        }
        let many = vec![mine.clone(); 11];
        let body = json!({ "title": "그림", "attachment_ids": many });
        let problem = ana.post(&post, &body).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "too_many");
        let listed = ana.get(&post).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "nothing half-done");
        assert_eq!(ids(&idea_with(&ana, &board, &[&mine]).await), [&*mine], "it is still free");
    })
    .await;
}

#[actix_web::test]
async fn a_member_may_leave_fifty_files_lying_about() {
    on_each_database(async |app| {
        let ana = app.member("ana").await;
        let tiny = files::png(1, 1);
        let mut last = String::new();
        for _ in 0..50 {
            last = ana.file("a.png", tiny.clone()).await;
        }
        ana.upload("a.png", tiny.clone()).await.expect_problem(409, "too_many_unlinked");
        ana.delete(&format!("/v1/attachments/{last}")).await.expect(204);
        ana.upload("a.png", tiny.clone()).await.expect(201);
        app.member("bo").await.upload("a.png", tiny).await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn what_is_taken_away_or_left_lying_about_is_swept() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({})).await;
        let (kept, deleted) =
            (ana.file("a.png", files::png(5, 5)).await, ana.file("b.png", files::png(5, 5)).await);
        let lying = ana.file("c.pdf", files::pdf()).await;
        let idea = idea_with(&ana, &board, &[&kept, &deleted]).await;
        let stray = app.config().data_dir.join("attachments/0b/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d");
        std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
        std::fs::write(&stray, "of an upload that was cut off").unwrap();

        app.member("bo")
            .await
            .delete(&format!("/v1/attachments/{deleted}"))
            .await
            .expect_problem(403, "not_yours");
        pm.delete(&format!("/v1/attachments/{deleted}")).await.expect(204);
        let path = format!("/v1/ideas/{}", idea["id"].as_str().unwrap());
        assert_eq!(ids(&ana.get(&path).await.expect(200)), [&*kept]);
        assert_eq!((stored(app), app.seed_sweep().await, stored(app)), (6, 1, 4), "the deleted one, at once");

        app.advance(TimeDelta::hours(23));
        assert_eq!(app.seed_sweep().await, 0);
        app.advance(TimeDelta::hours(2));
        assert_eq!((app.seed_sweep().await, stored(app)), (2, 2), "what lay about, and what nobody knows");
        let ana = app.member("ana").await;
        ana.get(&format!("/v1/attachments/{lying}")).await.expect_problem(404, "not_found");
        let (status, _, content) = ana.fetch(&format!("/v1/attachments/{kept}/content"), &[]).await;
        assert_eq!(status, 200);
        image::load(Cursor::new(content), ImageFormat::Png).unwrap();
        assert_eq!(app.seed_sweep().await, 0, "there is nothing more to do");
    })
    .await;
}
