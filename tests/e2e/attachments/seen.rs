//! Who sees the bytes of an attachment: whoever sees what it stands with, by a token or by an address that lends the right.

use chrono::TimeDelta;
use kit::{files, on_each_database, people::Person};
use reqwest::Method;
use serde_json::{Value, json};

use super::idea_with;

async fn status(person: &Person<'_>, path: &str) -> u16 {
    person.fetch(path, &[]).await.0
}

#[actix_web::test]
async fn bytes_are_seen_by_whoever_sees_what_they_stand_with() {
    on_each_database(async |app| {
        let (pm, ana, bo) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("bo").await);
        let open = pm.board("open", json!({})).await;
        let inner = pm
            .board(
                "inner",
                json!({ "view": "staff", "submit": "staff", "vote": "staff", "comment": "staff" }),
            )
            .await;
        let free = ana.file("a.png", files::png(5, 5)).await;
        let public = ana.file("b.png", files::png(5, 5)).await;
        let secret = pm.file("c.png", files::png(5, 5)).await;
        let note = pm.file("d.png", files::png(5, 5)).await;
        let idea = idea_with(&ana, &open, &[&public]).await;
        idea_with(&pm, &inner, &[&secret]).await;
        let path = format!("/v1/ideas/{}", idea["id"].as_str().unwrap());
        let said = json!({ "body": "메모", "internal": true, "attachment_ids": [note] });
        pm.post(&format!("{path}/comments"), &said).await.expect(201);

        let visitor = app.visitor();
        let everybody = [&visitor, &ana, &bo, &pm];
        let seen = async |file: &str| {
            let mut found = Vec::new();
            for person in everybody {
                for part in ["", "/content", "/thumbnail"] {
                    found.push(status(person, &format!("/v1/attachments/{file}{part}")).await);
                }
            }
            found.chunks(3).map(|parts| parts.iter().max().copied().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(seen(&free).await, [404, 200, 404, 404], "one's own alone");
        assert_eq!(seen(&public).await, [200, 200, 200, 200]);
        assert_eq!(seen(&secret).await, [404, 404, 404, 200]);
        assert_eq!(seen(&note).await, [404, 404, 404, 200], "a note between staff");
        pm.delete(&path).await.expect(204);
        assert_eq!(seen(&public).await, [404, 404, 404, 200], "a deleted idea is for staff");
        assert_eq!(seen(&note).await, [404, 404, 404, 200]);
    })
    .await;
}

/// The addresses in what a member is shown.
fn addresses(body: &Value) -> [String; 2] {
    let file = &body["attachments"][0];
    [&file["url"], &file["thumbnail_url"]].map(|url| url.as_str().unwrap().to_owned())
}

#[actix_web::test]
async fn an_address_lends_the_readers_own_right_for_an_hour_or_two() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("club", json!({ "view": "members" })).await;
        let file = ana.file("a.png", files::png(5, 5)).await;
        let idea = idea_with(&ana, &board, &[&file]).await;
        let path = format!("/v1/ideas/{}", idea["id"].as_str().unwrap());
        // A page that `<img>` is in sends no token.
        let page = app.visitor();
        let plain = format!("/v1/attachments/{file}/content");
        assert_eq!(status(&page, &plain).await, 404);
        let [content, small] = addresses(&ana.get(&path).await.expect(200));
        assert_eq!((status(&page, &content).await, status(&page, &small).await), (200, 200));
        assert_eq!(
            addresses(&ana.get(&path).await.expect(200))[0],
            content,
            "the same, so that it can be kept"
        );

        // Nobody makes one of another: of another file, for another member, or for longer.
        let other = ana.file("b.png", files::png(5, 5)).await;
        assert_eq!(status(&page, &content.replace(&file, &other)).await, 404);
        assert_eq!(status(&page, &content.replace(&ana.id, &pm.id)).await, 404);
        let expires: i64 =
            content.split("expires=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        let longer = content.replace(&expires.to_string(), &(expires + 3_600).to_string());
        assert_eq!(status(&page, &longer).await, 404);
        assert_eq!(status(&page, &content.replace("signature=", "signature=A")).await, 404);
        assert_eq!(status(&page, &content.replace("&signature", "&sig")).await, 422);

        app.advance(TimeDelta::hours(2));
        assert_eq!(status(&page, &content).await, 404, "its time is over");
        let ana = app.member("ana").await;
        let [content, _] = addresses(&ana.get(&path).await.expect(200));
        assert_eq!(status(&page, &content).await, 200);
        let pm = app.staff("product_manager").await;
        let [for_staff, _] = addresses(&pm.get(&path).await.expect(200));
        pm.delete(&path).await.expect(204);
        assert_eq!(status(&page, &content).await, 404, "what is hidden is hidden");
        assert_eq!(status(&page, &for_staff).await, 200, "but not from staff");
        let admin = app.admin().await;
        admin.patch(&format!("/v1/members/{}", pm.id), &json!({ "blocked": true })).await.expect(200);
        assert_eq!(status(&page, &for_staff).await, 403, "nor to whom is blocked");
    })
    .await;
}

#[actix_web::test]
async fn parts_of_a_file_can_be_asked_for() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        let board = pm.board("app", json!({})).await;
        let file = ana.file("설명.pdf", files::pdf()).await;
        idea_with(&ana, &board, &[&file]).await;
        let whole = files::pdf();
        let size = whole.len();
        let path = format!("/v1/attachments/{file}/content");
        let visitor = app.visitor();
        let (code, headers, bytes) = visitor.fetch(&path, &[]).await;
        assert_eq!((code, &bytes), (200, &whole));
        assert_eq!(headers["accept-ranges"], "bytes");
        assert_eq!(headers["content-length"], *size.to_string());
        let etag = headers["etag"].to_str().unwrap().to_owned();
        for (asked, from, to) in
            [("0-9", 0, 10), ("9-", 9, size), ("-6", size - 6, size), ("0-99999", 0, size)]
        {
            let (code, headers, bytes) = visitor.fetch(&path, &[("Range", &format!("bytes={asked}"))]).await;
            assert_eq!((code, &*bytes), (206, &whole[from..to]), "{asked}");
            assert_eq!(headers["content-range"], *format!("bytes {from}-{}/{size}", to - 1));
        }
        let past = visitor.request(Method::GET, &path).header("Range", format!("bytes={size}-"));
        visitor.send(past).await.expect_problem(416, "range_not_satisfiable");
        for (tag, code) in [(&*etag, 206), ("\"other\"", 200)] {
            let asked = [("Range", "bytes=0-9"), ("If-Range", tag)];
            assert_eq!(visitor.fetch(&path, &asked).await.0, code, "{tag}");
        }
        assert_eq!(visitor.fetch(&path, &[("If-None-Match", &etag)]).await.0, 304);
        let head = visitor.send(visitor.request(Method::HEAD, &path)).await;
        assert_eq!((head.status.as_u16(), head.header("content-length")), (200, Some(&*size.to_string())));
        assert_eq!(head.etag(), etag);
        let named = head.header("content-disposition").unwrap();
        assert_eq!(named, "attachment; filename=\"__.pdf\"; filename*=UTF-8''%EC%84%A4%EB%AA%85.pdf");
    })
    .await;
}
