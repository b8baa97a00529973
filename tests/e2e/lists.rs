//! Lists: orders, filters, pages that neither repeat nor skip.

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, on_each_database_with, people::Person};
use madang::Config;
use serde_json::{Value, json};

fn titles(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["title"].as_str().unwrap()).collect()
}

/// Five ideas, a day apart, with 1, 3, 2, 3 and 1 votes: the last vote for `d` is the latest.
async fn five<'a>(app: &'a TestApp) -> Person<'a> {
    let pm = app.staff("product_manager").await;
    pm.board("app", json!({})).await;
    let voters = [app.member("ana").await, app.member("ben").await];
    let mut ids = Vec::new();
    for title in ["a", "b", "c", "d", "e"] {
        ids.push(voters[0].idea("app", title).await);
        app.advance(TimeDelta::minutes(1));
    }
    for (nth, member) in [(1, &voters[1]), (2, &voters[1]), (1, &pm), (3, &voters[1]), (3, &pm)] {
        member.put(&format!("/v1/ideas/{}/vote", ids[nth])).await.expect(200);
        app.advance(TimeDelta::minutes(1));
    }
    pm
}

#[actix_web::test]
async fn each_order_is_what_it_says_in_pages_of_any_length() {
    on_each_database(async |app| {
        let pm = five(app).await;
        for (sort, expected) in
            [("top", "dbcea"), ("new", "edcba"), ("trending", "dbcea"), ("discussed", "edcba")]
        {
            for limit in [1, 2, 3, 100] {
                for list in ["/v1/ideas", "/v1/boards/app/ideas"] {
                    let items = pm.all(&format!("{list}?sort={sort}"), limit).await;
                    assert_eq!(titles(&items).concat(), expected, "{list} {sort} {limit}");
                }
            }
        }
        let shuffle = async |seed: &str, limit| -> String {
            titles(&pm.all(&format!("/v1/ideas?sort=random&seed={seed}"), limit).await).concat()
        };
        let whole = shuffle("ana", 100).await;
        let mut letters: Vec<char> = whole.chars().collect();
        letters.sort_unstable();
        assert_eq!(letters, ['a', 'b', 'c', 'd', 'e']);
        for limit in [1, 2, 4] {
            assert_eq!(shuffle("ana", limit).await, whole);
        }
        let mut entries: Vec<String> = Vec::new();
        for seed in 0..20 {
            entries.push(shuffle(&seed.to_string(), 100).await);
        }
        entries.sort_unstable();
        entries.dedup();
        assert!(entries.len() > 2, "every seed gives the same order");
    })
    .await;
}

#[actix_web::test]
async fn a_page_neither_repeats_nor_skips_what_did_not_move() {
    on_each_database(async |app| {
        let pm = five(app).await;
        let first = pm.get("/v1/ideas?sort=top&limit=2").await.expect(200);
        assert_eq!(titles(first["items"].as_array().unwrap()), ["d", "b"]);
        // `a` overtakes everybody, and a new one comes, while the reader turns the page.
        let a = pm.all("/v1/ideas", 10).await.into_iter().find(|idea| idea["title"] == "a").unwrap();
        for name in ["carl", "dora", "emil"] {
            let vote = format!("/v1/ideas/{}/vote", a["id"].as_str().unwrap());
            app.member(name).await.put(&vote).await.expect(200);
        }
        pm.idea("app", "f").await;
        let next = first["next_cursor"].as_str().unwrap();
        let rest = pm.get(&format!("/v1/ideas?sort=top&limit=100&cursor={next}")).await.expect(200);
        assert_eq!(titles(rest["items"].as_array().unwrap()), ["c", "f", "e"]);
    })
    .await;
}

#[actix_web::test]
async fn filters_narrow_a_list_and_its_total() {
    on_each_database(async |app| {
        let pm = five(app).await;
        let ben = app.member("ben").await;
        let all = pm.all("/v1/ideas?sort=new", 100).await;
        let c = all.iter().find(|idea| idea["title"] == "c").unwrap();
        let path = format!("/v1/ideas/{}", c["id"].as_str().unwrap());
        pm.patch(&path, &json!({ "tags": ["환불", "UI"] })).await.expect(200);
        pm.post(&format!("{path}/status"), &json!({ "status": "planned", "reason": "합니다." }))
            .await
            .expect(200);
        ben.idea("app", "f").await;
        let (author, created) = (c["author"]["id"].as_str().unwrap(), c["created_at"].as_str().unwrap());
        for (query, expected) in [
            ("status=planned".to_owned(), "c"),
            ("status=open".to_owned(), "fedba"),
            ("tag=ui".to_owned(), "c"),
            ("tag=UI&status=planned".to_owned(), "c"),
            ("tag=none".to_owned(), ""),
            (format!("author={author}"), "edcba"),
            ("mine=true".to_owned(), "f"),
            ("voted=true".to_owned(), "fdcb"),
            (format!("created_after={created}"), "fedc"),
            (format!("created_before={created}"), "ba"),
            (format!("created_after={created}&created_before={created}"), ""),
        ] {
            let items = ben.all(&format!("/v1/ideas?sort=new&{query}"), 2).await;
            assert_eq!(titles(&items).concat(), expected, "{query}");
            let page = ben.get(&format!("/v1/ideas?{query}&include_total=true&limit=1")).await.expect(200);
            assert_eq!(page["total"], expected.len(), "{query}");
        }
        app.visitor().get("/v1/ideas?mine=true").await.expect_problem(401, "sign_in_required");
        assert!(ben.get("/v1/ideas").await.expect(200).get("total").is_none());
    })
    .await;
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_own_list_alone() {
    on_each_database(async |app| {
        let pm = five(app).await;
        let page = pm.get("/v1/ideas?sort=top&limit=2").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let mut changed: Vec<char> = cursor.chars().collect();
        changed[20] = if changed[20] == 'A' { 'B' } else { 'A' };
        let changed: String = changed.into_iter().collect();
        for query in [
            format!("sort=new&cursor={cursor}"),
            format!("sort=top&status=open&cursor={cursor}"),
            format!("sort=top&cursor={changed}"),
            "sort=top&cursor=".to_owned(),
            "cursor=%00".to_owned(),
        ] {
            pm.get(&format!("/v1/ideas?{query}")).await.expect_problem(400, "invalid_cursor");
        }
        pm.get(&format!("/v1/boards/app/ideas?sort=top&cursor={cursor}"))
            .await
            .expect_problem(400, "invalid_cursor");
    })
    .await;
}

#[actix_web::test]
async fn a_page_in_memory_hides_no_change_of_words_or_rights_and_is_never_a_members() {
    let cached = |config| Config { page_cache: std::time::Duration::from_secs(3_600), ..config };
    on_each_database_with(cached, async |app| {
        let (pm, ana, visitor) = (app.staff("product_manager").await, app.member("ana").await, app.visitor());
        pm.board("app", json!({})).await;
        let idea = pm.idea("app", "다크 모드").await;
        let seen = async |person: &Person<'_>| {
            let page = person.get("/v1/boards/app/ideas").await.expect(200);
            page["items"][0]["vote_count"].clone()
        };
        assert_eq!(seen(&visitor).await, 1);
        ana.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        // Visitors may see the old count for a moment, the voter never.
        assert_eq!((seen(&visitor).await, seen(&ana).await), (json!(1), json!(2)));
        pm.patch(&format!("/v1/ideas/{idea}"), &json!({ "title": "어두운 화면" })).await.expect(200);
        let page = visitor.get("/v1/boards/app/ideas").await.expect(200);
        assert_eq!(
            (&page["items"][0]["title"], &page["items"][0]["vote_count"]),
            (&json!("어두운 화면"), &json!(2))
        );
        let korean = visitor.with("Accept-Language", "ko").get("/v1/boards/app/ideas").await.expect(200);
        assert_eq!(korean["items"][0]["status"]["name"], "열림");
        pm.patch("/v1/boards/app", &json!({ "view": "staff" })).await.expect(200);
        visitor.get("/v1/boards/app/ideas").await.expect_problem(404, "not_found");
        assert_eq!(visitor.all("/v1/ideas", 10).await.len(), 0);
    })
    .await;
}
