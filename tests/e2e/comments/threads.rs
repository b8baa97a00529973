//! Threads: their orders and pages, their shape after deletions, their depth, and many who write at once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{comment_count, say, square, texts};

fn kinds(app: &TestApp) -> Vec<String> {
    let events = app.seed_read_events().into_iter().map(|(kind, _)| kind);
    events.filter(|kind| kind.starts_with("comment.")).collect()
}

#[actix_web::test]
async fn pages_of_every_order_neither_repeat_nor_skip() {
    on_each_database(async |app| {
        let (_, ana, ben, idea) = square(app).await;
        let mut ids = Vec::new();
        for text in ["하나", "둘", "셋", "넷", "다섯"] {
            ids.push(say(&ana, &idea, text, None).await);
            app.advance(TimeDelta::seconds(1));
        }
        for text in ["답 하나", "답 둘", "답 셋"] {
            say(&ben, &idea, text, Some(&ids[2])).await;
            app.advance(TimeDelta::seconds(1));
        }
        let others = [&ben, &app.member("cho").await, &app.member("dan").await];
        // 다섯 has two of two, 둘 one of one, 셋 one of three; the rest nothing, and 넷 only thanks.
        for (nth, kind, who) in [
            (4, "agree", 0),
            (4, "agree", 1),
            (1, "agree", 0),
            (2, "agree", 0),
            (2, "disagree", 1),
            (2, "disagree", 2),
            (3, "thanks", 0),
        ] {
            others[who].put(&format!("/v1/comments/{}/reactions/{kind}", ids[nth])).await.expect(200);
        }
        let path = format!("/v1/ideas/{idea}/comments");
        for (sort, expected) in [
            ("oldest", ["하나", "둘", "셋", "넷", "다섯"]),
            ("newest", ["다섯", "넷", "셋", "둘", "하나"]),
            ("best", ["다섯", "둘", "셋", "하나", "넷"]),
        ] {
            for limit in [1, 2, 3, 100] {
                let items = app.visitor().all(&format!("{path}?sort={sort}"), limit).await;
                assert_eq!(texts(&items), expected, "{sort} in pages of {limit}");
            }
        }
        for (sort, expected) in
            [("oldest", ["답 하나", "답 둘", "답 셋"]), ("newest", ["답 셋", "답 둘", "답 하나"])]
        {
            let replies = ana.all(&format!("{path}?sort={sort}&parent={}", ids[2]), 1).await;
            assert_eq!(texts(&replies), expected);
            assert!(replies.iter().all(|reply| reply["root_id"] == ids[2].as_str() && reply["depth"] == 1));
        }
        let first = ana.get(&format!("{path}?limit=1&include_total=true")).await.expect(200);
        assert_eq!(first["total"], 5);
        let cursor = first["next_cursor"].as_str().unwrap();
        ana.get(&format!("{path}?sort=newest&cursor={cursor}")).await.expect_problem(400, "invalid_cursor");
        ana.get(&format!("{path}?sort=worst")).await.expect_problem(422, "invalid_fields");
    })
    .await;
}

#[actix_web::test]
async fn a_deleted_comment_keeps_its_place_while_replies_hang_on_it() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let root = say(&ana, &idea, "뿌리", None).await;
        let middle = say(&ben, &idea, "가지", Some(&root)).await;
        let leaf = say(&ana, &idea, "잎", Some(&middle)).await;
        ben.put(&format!("/v1/comments/{root}/reactions/agree")).await.expect(200);
        let path = |id: &str| format!("/v1/comments/{id}");
        ben.delete(&path(&root)).await.expect_problem(403, "not_yours");
        ana.delete(&path(&root)).await.expect(204);
        ben.delete(&path(&middle)).await.expect(204);

        let list = format!("/v1/ideas/{idea}/comments");
        let roots = app.visitor().get(&format!("{list}?include_total=true")).await.expect(200);
        let shown = &roots["items"][0];
        for (field, expected) in [
            ("id", json!(root)),
            ("deleted", json!(true)),
            ("author", Value::Null),
            ("body", Value::Null),
            ("body_html", Value::Null),
            ("reply_count", json!(1)),
            ("edited_at", Value::Null),
            ("reactions", json!({ "agree": 0, "disagree": 0, "thanks": 0, "insightful": 0 })),
        ] {
            assert_eq!(shown[field], expected, "{field}");
        }
        assert_eq!(roots["total"], 1);
        assert_eq!(texts(&ben.all(&format!("{list}?parent={middle}"), 5).await), ["잎"]);
        assert_eq!(comment_count(app, &idea).await, 1);
        // Nobody goes on with what is deleted.
        let reply = json!({ "body": "답", "parent_id": root });
        let problem = ben.post(&list, &reply).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/parent_id");
        ana.patch(&path(&root), &json!({ "body": "다시" })).await.expect_problem(404, "not_found");
        ben.put(&format!("{}/reactions/thanks", path(&root))).await.expect_problem(404, "not_found");
        // What it said is for staff alone.
        ana.get(&format!("{}/revisions", path(&root))).await.expect_problem(403, "forbidden");
        let said = pm.get(&format!("{}/revisions", path(&root))).await.expect(200);
        assert_eq!(texts(said["items"].as_array().unwrap()), ["뿌리"]);

        // With the last leaf the whole branch goes.
        ana.delete(&path(&leaf)).await.expect(204);
        for person in [&pm, &app.visitor()] {
            assert_eq!(person.get(&list).await.expect(200)["items"], json!([]));
        }
        app.visitor().get(&path(&root)).await.expect_problem(404, "not_found");
        assert_eq!(pm.get(&path(&root)).await.expect(200)["deleted"], true);
        pm.delete(&path(&root)).await.expect(204);
        assert_eq!(comment_count(app, &idea).await, 0);
        assert_eq!(kinds(app).iter().filter(|kind| *kind == "comment.deleted").count(), 3);
    })
    .await;
}

#[actix_web::test]
async fn a_thread_that_is_too_deep_says_so() {
    on_each_database(async |app| {
        let (_, ana, ben, idea) = square(app).await;
        let mut parent = say(&ana, &idea, "0", None).await;
        for depth in 1..=8 {
            parent = say(&ben, &idea, &depth.to_string(), Some(&parent)).await;
        }
        let body = json!({ "body": "더 깊이", "parent_id": parent });
        let problem = ana.post(&format!("/v1/ideas/{idea}/comments"), &body).await;
        let problem = problem.expect_problem(409, "thread_too_deep");
        assert!(problem["detail"].as_str().unwrap().contains('8'), "{problem}");
        assert_eq!(comment_count(app, &idea).await, 9);
    })
    .await;
}

#[actix_web::test]
async fn sixty_four_comments_at_the_same_moment_are_sixty_four() {
    on_each_database(async |app| {
        let (_, ana, ben, idea) = square(app).await;
        let root = say(&ana, &idea, "뿌리", None).await;
        let path = format!("/v1/ideas/{idea}/comments");
        let bodies: Vec<Value> = (0..64)
            .map(|n| json!({ "body": format!("{n}"), "parent_id": (n % 2 == 0).then_some(&root) }))
            .collect();
        let people = [&ana, &ben];
        let posts = bodies.iter().enumerate().map(|(n, body)| people[n % 2].post(&path, body));
        let made: Vec<Value> = join_all(posts).await.into_iter().map(|answer| answer.expect(201)).collect();
        assert_eq!(comment_count(app, &idea).await, 65);
        let roots = app.visitor().all(&path, 7).await;
        let replies = app.visitor().all(&format!("{path}?parent={root}"), 7).await;
        assert_eq!((roots.len(), replies.len(), &roots[0]["reply_count"]), (33, 32, &json!(32)));
        // And go at the same moment as well, the root among them.
        let all = made.iter().map(|made| made["id"].as_str().unwrap()).chain([root.as_str()]);
        let paths: Vec<String> = all.map(|id| format!("/v1/comments/{id}")).collect();
        let moderator = app.staff("moderator").await;
        for answer in join_all(paths.iter().map(|path| moderator.delete(path))).await {
            answer.expect(204);
        }
        assert_eq!(comment_count(app, &idea).await, 0);
        assert_eq!(moderator.get(&path).await.expect(200)["items"], json!([]));
    })
    .await;
}
