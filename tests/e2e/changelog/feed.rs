//! The feed: what RFC 4287 asks of one, seen by a parser that others wrote.

use chrono::TimeDelta;
use feed_rs::model::{Entry, Feed, FeedType};
use kit::{on_each_database, people::Person};
use reqwest::Method;
use serde_json::json;

use super::{entry, publish};

const FEED: &str = "/v1/changelog.atom";

async fn read(person: &Person<'_>, path: &str) -> Feed {
    let answer = person.get(path).await;
    assert_eq!(answer.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    feed_rs::parser::parse(answer.text.as_bytes()).unwrap()
}

/// What must be there (RFC 4287, 4.1.1 and 4.1.2), and be absolute.
fn ensure_complete(feed: &Feed, address: &str) {
    assert_eq!(feed.feed_type, FeedType::Atom);
    assert_eq!(feed.id, address);
    assert!(feed.updated.is_some() && feed.title.is_some() && !feed.authors.is_empty());
    let own: Vec<_> = feed.links.iter().filter(|link| link.rel.as_deref() == Some("self")).collect();
    assert_eq!(own.iter().map(|link| link.href.as_str()).collect::<Vec<_>>(), [address]);
    for entry in &feed.entries {
        assert!(entry.id.starts_with("urn:uuid:"), "{}", entry.id);
        assert!(entry.updated.is_some() && entry.published.is_some() && entry.title.is_some());
        assert!(entry.updated <= feed.updated);
        let href = &entry.links[0].href;
        assert!(href.starts_with("http://madang.test/v1/changelog/"), "{href}");
    }
}

fn html(entry: &Entry) -> &str {
    let content = entry.content.as_ref().unwrap();
    assert_eq!(content.content_type.as_ref(), "text/html");
    content.body.as_deref().unwrap().trim()
}

#[actix_web::test]
async fn the_feed_is_one_that_readers_understand() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let empty = read(&app.visitor(), FEED).await;
        ensure_complete(&empty, "http://madang.test/v1/changelog.atom");
        let hostile = json!({
            "title": "<b>\"다크\" & 모드</b> ]]>",
            "body": "**굵게** &#1; &#xFFFE; ]]> <script>alert(1)</script>\n\n[글](/v1/boards)",
            "labels": ["new", "improved"],
        });
        let path = entry(&pm, hostile).await;
        let out = publish(&pm, &path).await;
        let feed = read(&app.visitor(), FEED).await;
        ensure_complete(&feed, "http://madang.test/v1/changelog.atom");
        let found = &feed.entries[0];
        assert_eq!(found.id, format!("urn:uuid:{}", out["id"].as_str().unwrap()));
        assert_eq!(found.title.as_ref().unwrap().content, "<b>\"다크\" & 모드</b> ]]>");
        let wanted = out["body_html"].as_str().unwrap().replace(['\u{1}', '\u{fffe}'], "");
        assert!(html(found).contains("<strong>굵게</strong>") && !html(found).contains("<script"));
        assert_eq!(html(found), wanted.trim());
        let me = pm.get("/v1/me").await.expect(200);
        assert_eq!(found.authors[0].name.as_deref(), me["display_name"].as_str());
        let terms: Vec<_> = found.categories.iter().map(|category| category.term.as_str()).collect();
        assert_eq!(terms, ["new", "improved"]);
        assert_eq!(json!(found.published.unwrap()), out["publish_at"]);
        let ko = read(&app.visitor().with("Accept-Language", "ko"), FEED).await;
        assert_eq!(ko.title.unwrap().content, "새 소식");
    })
    .await;
}

#[actix_web::test]
async fn a_reader_asks_whether_anything_is_new() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        let first = entry(&pm, json!({ "title": "첫째" })).await;
        publish(&pm, &first).await;
        let visitor = app.visitor();
        let answer = visitor.get(FEED).await;
        let (etag, modified) = (answer.etag(), answer.header("last-modified").unwrap().to_owned());
        visitor.with("If-None-Match", &etag).get(FEED).await.expect(304);
        visitor.with("If-None-Match", "\"0-other\"").get(FEED).await.expect(200);
        visitor.with("If-Modified-Since", &modified).get(FEED).await.expect(304);
        // The tag says more than the date.
        let both = visitor.with("If-None-Match", "\"0-other\"").with("If-Modified-Since", &modified);
        both.get(FEED).await.expect(200);
        app.advance(TimeDelta::seconds(2));
        let second = entry(&pm, json!({ "title": "둘째" })).await;
        publish(&pm, &second).await;
        let later = visitor.with("If-None-Match", &etag).get(FEED).await;
        assert_eq!(later.status, 200);
        // What was withdrawn makes the feed older than the date that was sent.
        let date = later.header("last-modified").unwrap().to_owned();
        pm.patch(&second, &json!({ "publish_at": null })).await.expect(200);
        visitor.with("If-Modified-Since", &date).get(FEED).await.expect(200);
        let request = visitor.request(Method::POST, FEED);
        visitor.send(request).await.expect_problem(405, "method_not_allowed");
    })
    .await;
}

#[actix_web::test]
async fn a_feed_has_what_its_reader_may_see_and_no_more_than_thirty() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({ "name": "모바일 앱" })).await;
        pm.board("hidden", json!({ "view": "staff" })).await;
        for (title, more) in [
            ("모두", json!({})),
            ("회원", json!({ "audience": "members" })),
            ("앱", json!({ "board": "app" })),
            ("안", json!({ "board": "hidden" })),
        ] {
            let mut more = more;
            more["title"] = json!(title);
            let path = entry(&pm, more).await;
            publish(&pm, &path).await;
        }
        entry(&pm, json!({ "title": "초안" })).await;
        let titles = |feed: Feed| -> Vec<String> {
            feed.entries.into_iter().map(|entry| entry.title.unwrap().content).collect()
        };
        assert_eq!(titles(read(&app.visitor(), FEED).await), ["앱", "모두"]);
        assert_eq!(titles(read(&ana, FEED).await), ["앱", "회원", "모두"]);
        assert_eq!(titles(read(&pm, FEED).await), ["안", "앱", "회원", "모두"]);
        let board = pm.get("/v1/boards/app").await.expect(200)["id"].as_str().unwrap().to_owned();
        let feed = read(&app.visitor(), &format!("{FEED}?board=app")).await;
        // By slug or id, it is one feed.
        ensure_complete(&feed, &format!("http://madang.test/v1/changelog.atom?board={board}"));
        assert_eq!(feed.title.as_ref().unwrap().content, "모바일 앱: What is new");
        assert_eq!(titles(feed), ["앱"]);
        app.visitor().get(&format!("{FEED}?board=hidden")).await.expect(404);
        app.visitor().get(&format!("{FEED}?page=2")).await.expect_problem(422, "invalid_fields");
        for nth in 0..30 {
            let path = entry(&pm, json!({ "title": format!("소식 {nth}") })).await;
            publish(&pm, &path).await;
        }
        let feed = titles(read(&app.visitor(), FEED).await);
        assert_eq!((feed.len(), feed[0].as_str(), feed[29].as_str()), (30, "소식 29", "소식 0"));
    })
    .await;
}
