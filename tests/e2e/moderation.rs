//! Moderation: what is held, what is reported, what is decided, and who knows of it.

mod words;

use chrono::TimeDelta;
use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// Somebody who has been here for long and has posted before.
async fn regular<'a>(app: &'a TestApp, name: &str) -> Person<'a> {
    let person = app.member(name).await;
    let pm = app.staff("product_manager").await;
    let hall = pm.board(&format!("hall-{name}"), json!({})).await;
    person.idea(&hall, "첫 글").await;
    app.advance(TimeDelta::hours(25));
    app.member(name).await
}

async fn post(by: &Person<'_>, board: &str, title: &str, body: &str) -> Value {
    by.post(&format!("/v1/boards/{board}/ideas"), &json!({ "title": title, "body": body })).await.expect(201)
}

async fn say(by: &Person<'_>, idea: &str, body: &str, parent: Option<&str>) -> Value {
    let mut said = json!({ "body": body });
    if let Some(parent) = parent {
        said["parent_id"] = json!(parent);
    }
    by.post(&format!("/v1/ideas/{idea}/comments"), &said).await.expect(201)
}

async fn decide(by: &Person<'_>, path: &str, decision: &str, reason: &str) -> Value {
    let body = json!({ "decision": decision, "reason": reason });
    by.post(&format!("{path}/moderation"), &body).await.expect(200)
}

async fn queue(by: &Person<'_>, query: &str) -> Vec<Value> {
    by.all(&format!("/v1/moderation/queue{query}"), 100).await
}

fn posts(cases: &[Value]) -> Vec<&str> {
    cases.iter().map(|case| case["id"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_held_idea_is_its_authors_and_the_moderators_until_it_is_approved() {
    on_each_database(async |app| {
        let (moderator, pm) = (app.staff("moderator").await, app.staff("product_manager").await);
        pm.board("app", json!({ "moderation": "approve_first" })).await;
        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        let made = post(&ana, "app", "다크 모드", "밤에 눈이 부셔요").await;
        let (idea, path) = (id(&made), format!("/v1/ideas/{}", id(&made)));
        assert_eq!((&made["state"], &made["vote_count"]), (&json!("held"), &json!(0)));
        for person in [&app.visitor(), &bo] {
            person.get(&path).await.expect_problem(404, "not_found");
            assert_eq!(person.get("/v1/ideas?include_total=true").await.expect(200)["total"], 0);
            assert_eq!(person.get("/v1/ideas?q=%EB%8B%A4%ED%81%AC").await.expect(200)["items"], json!([]));
        }
        bo.put(&format!("{path}/vote")).await.expect(404);
        bo.post(&format!("{path}/report"), &json!({ "complaint": "spam" })).await.expect(404);
        // Its author reads it, and may do nothing with it that others would see.
        assert_eq!(ana.get(&path).await.expect(200)["state"], "held");
        ana.put(&format!("{path}/vote")).await.expect(404);
        ana.post(&format!("{path}/comments"), &json!({ "body": "보세요" })).await.expect(404);
        let own = ana.all("/v1/me/withheld", 10).await;
        assert_eq!((own[0]["id"].as_str(), &own[0]["state"]), (Some(&*idea), &json!("held")));
        assert_eq!(bo.all("/v1/me/withheld", 10).await, Vec::<Value>::new());
        assert!(app.seed_read_events().iter().all(|(_, data)| !data.to_string().contains(&idea)));

        let waiting = queue(&moderator, "?because=held").await;
        assert_eq!((posts(&waiting), &waiting[0]["causes"]), (vec![&*idea], &json!(["approval"])));
        let shown = decide(&moderator, &path, "approve", "").await;
        assert_eq!((&shown["state"], &shown["vote_count"]), (&json!("published"), &json!(1)));
        assert_eq!(queue(&moderator, "").await, Vec::<Value>::new());
        assert_eq!(bo.get("/v1/ideas?q=%EB%8B%A4%ED%81%AC").await.expect(200)["items"][0]["id"], json!(idea));
        assert_eq!(ana.get(&path).await.expect(200)["my_vote"], true);
        let created = app.seed_read_events().into_iter().filter(|(kind, _)| kind == "idea.created");
        assert_eq!(created.filter(|(_, data)| data["idea_id"] == *idea).count(), 1);
        let told = ana.all("/v1/me/notifications", 10).await;
        assert_eq!((&told[0]["kind"], told.len()), (&json!("moderated"), 1));
    })
    .await;
}

#[actix_web::test]
async fn a_rejected_idea_tells_its_author_why_and_comes_back_when_they_mend_it() {
    on_each_database(async |app| {
        let (moderator, pm) = (app.staff("moderator").await, app.staff("product_manager").await);
        pm.board("app", json!({ "moderation": "approve_first" })).await;
        let ana = app.member("ana").await;
        let path = format!("/v1/ideas/{}", id(&post(&ana, "app", "광고", "사세요").await));
        moderator
            .post(&format!("{path}/moderation"), &json!({ "decision": "reject" }))
            .await
            .expect_problem(422, "invalid_fields");
        decide(&moderator, &path, "reject", "광고는 올릴 수 없습니다.").await;
        let seen = ana.get(&path).await.expect(200);
        assert_eq!(
            (&seen["state"], &seen["state_reason"]),
            (&json!("rejected"), &json!("광고는 올릴 수 없습니다."))
        );
        assert_eq!(ana.all("/v1/me/withheld", 10).await[0]["decided"]["decision"], "reject");
        assert_eq!(ana.all("/v1/me/notifications", 10).await.len(), 1);
        app.member("bo").await.get(&path).await.expect(404);
        let again = json!({ "decision": "reject", "reason": "또" });
        moderator.post(&format!("{path}/moderation"), &again).await.expect_problem(409, "undecidable");
        // Mended, it is looked at again.
        let mended = ana.patch(&path, &json!({ "title": "제안", "body": "다크 모드" })).await.expect(200);
        assert_eq!(mended["state"], "held");
        assert_eq!(queue(&moderator, "").await.len(), 1);
        decide(&moderator, &path, "approve", "").await;
        app.visitor().get(&path).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn boards_hold_newcomers_links_and_banned_words_as_they_say() {
    on_each_database(async |app| {
        let old = regular(app, "old").await;
        let (moderator, pm) = (app.staff("moderator").await, app.staff("product_manager").await);
        pm.board("open", json!({})).await;
        pm.board("careful", json!({ "moderation": "approve_newcomers" })).await;
        let word = json!({ "language": "ko", "word": "시발", "except": ["시발점"] });
        moderator.post("/v1/moderation/words", &word).await.expect(201);
        let new = app.member("new").await;
        let many = "http://a.example http://b.example http://c.example http://d.example";
        let table = [
            (&old, "open", "안녕하세요", "published"),
            (&old, "careful", "안녕하세요", "published"),
            (&old, "open", "http://a.example", "published"),
            (&old, "open", many, "held"),
            (&old, "open", "이 시1발 버그", "held"),
            (&old, "open", "시발점이 되었어요", "published"),
            (&new, "careful", "안녕하세요", "held"),
            (&new, "open", "http://a.example", "held"),
            (&new, "open", "안녕하세요", "published"),
            // Published by now, but not for long.
            (&new, "careful", "또 안녕하세요", "held"),
            (&pm, "careful", "시발 http://a.example", "published"),
        ];
        for (person, board, body, state) in table {
            assert_eq!(post(person, board, "제목", body).await["state"], *state, "{body} on {board}");
        }
        // Comments alike, and a title too.
        let idea = old.idea("open", "이야기").await;
        assert_eq!(say(&old, &idea, "다시 발표해 주세요", None).await["state"], "published");
        assert_eq!(say(&old, &idea, "시 발", None).await["state"], "held");
        assert_eq!(post(&old, "open", "시@발", "").await["state"], "held");
        // Whom a moderator trusts skips the queue, but for banned words.
        moderator
            .patch(&format!("/v1/moderation/members/{}", new.id), &json!({ "trusted": true }))
            .await
            .expect(200);
        assert_eq!(post(&new, "careful", "제목", many).await["state"], "published");
        assert_eq!(post(&new, "careful", "제목", "시발").await["state"], "held");
    })
    .await;
}

#[actix_web::test]
async fn an_edit_does_not_slip_past_what_holds_a_post() {
    on_each_database(async |app| {
        let moderator = app.staff("moderator").await;
        let word = json!({ "language": "ko", "word": "시발" });
        moderator.post("/v1/moderation/words", &word).await.expect(201);
        app.staff("product_manager").await.board("app", json!({})).await;
        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        let idea = ana.idea("app", "다크 모드").await;
        let comment = id(&say(&bo, &idea, "좋아요", None).await);
        let reply = id(&say(&ana, &idea, "고마워요", Some(&comment)).await);
        let edited =
            bo.patch(&format!("/v1/comments/{comment}"), &json!({ "body": "시발" })).await.expect(200);
        assert_eq!(edited["state"], "held");
        // Its place stays for the reply, and says nothing.
        let seen = ana.get(&format!("/v1/comments/{comment}")).await.expect(200);
        assert_eq!(
            (&seen["body"], &seen["author"], &seen["deleted"]),
            (&Value::Null, &Value::Null, &json!(true))
        );
        assert!(!seen.to_string().contains("시발"));
        assert_eq!(ana.get(&format!("/v1/ideas/{idea}")).await.expect(200)["comment_count"], 1);
        ana.get(&format!("/v1/comments/{reply}")).await.expect(200);
        decide(&moderator, &format!("/v1/comments/{comment}"), "approve", "").await;
        assert_eq!(ana.get(&format!("/v1/comments/{comment}")).await.expect(200)["body"], "시발");
        assert_eq!(ana.get(&format!("/v1/ideas/{idea}")).await.expect(200)["comment_count"], 2);

        let lone = ana.idea("app", "혼자").await;
        let edited =
            ana.patch(&format!("/v1/ideas/{lone}"), &json!({ "body": "시ㅂㅏㄹ" })).await.expect(200);
        assert_eq!(edited["state"], "held");
        bo.get(&format!("/v1/ideas/{lone}")).await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn a_held_reply_counts_for_nothing_until_it_is_shown() {
    on_each_database(async |app| {
        let (moderator, pm) = (app.staff("moderator").await, app.staff("product_manager").await);
        pm.board("app", json!({ "moderation": "approve_first" })).await;
        let idea = pm.idea("app", "다크 모드").await;
        let first = id(&say(&pm, &idea, "어떤가요?", None).await);
        let (ana, bo) = (app.member("ana").await, app.member("bo").await);
        let said = json!({ "body": "좋아요 @보", "parent_id": first, "mentions": [bo.id] });
        let held = ana.post(&format!("/v1/ideas/{idea}/comments"), &said).await.expect(201);
        let path = format!("/v1/comments/{}", id(&held));
        let replies = format!("/v1/ideas/{idea}/comments?parent={first}&include_total=true");
        for (person, total) in [(&app.visitor(), 0), (&bo, 0), (&ana, 1)] {
            assert_eq!(person.get(&replies).await.expect(200)["total"], total);
            let parent = person.get(&format!("/v1/comments/{first}")).await.expect(200);
            assert_eq!(parent["reply_count"], 0);
        }
        bo.get(&path).await.expect(404);
        assert_eq!(bo.all("/v1/me/notifications", 10).await, Vec::<Value>::new());
        bo.put(&format!("{path}/reactions/thanks")).await.expect(404);
        let nested = json!({ "body": "나도", "parent_id": id(&held) });
        ana.post(&format!("/v1/ideas/{idea}/comments"), &nested).await.expect(422);
        // What it hangs on goes meanwhile; its place comes back with it.
        pm.delete(&format!("/v1/comments/{first}")).await.expect(204);
        assert_eq!(bo.get(&format!("/v1/ideas/{idea}/comments")).await.expect(200)["items"], json!([]));
        decide(&moderator, &path, "approve", "").await;
        let listed = bo.get(&format!("/v1/ideas/{idea}/comments")).await.expect(200);
        assert_eq!(
            (&listed["items"][0]["id"], &listed["items"][0]["reply_count"]),
            (&json!(first), &json!(1))
        );
        assert_eq!(bo.all("/v1/me/notifications", 10).await[0]["kind"], "mentioned");
        decide(&moderator, &path, "hide", "다시 보니 광고").await;
        assert_eq!(bo.get(&format!("/v1/ideas/{idea}/comments")).await.expect(200)["items"], json!([]));
        assert_eq!(ana.get(&path).await.expect(200)["state"], "hidden");
        decide(&moderator, &path, "lift", "").await;
        assert_eq!(bo.get(&path).await.expect(200)["body"], "좋아요 @보");
        assert_eq!(bo.all("/v1/me/notifications", 10).await.len(), 1, "nobody hears twice");
    })
    .await;
}

#[actix_web::test]
async fn reports_gather_in_the_queue_and_count_each_member_once() {
    on_each_database(async |app| {
        let (moderator, pm) = (app.staff("moderator").await, app.staff("product_manager").await);
        pm.board("app", json!({})).await;
        let (ana, bo, cho) = (app.member("ana").await, app.member("bo").await, app.member("cho").await);
        let idea = ana.idea("app", "광고").await;
        let path = format!("/v1/ideas/{idea}");
        let report = format!("{path}/report");
        ana.post(&report, &json!({ "complaint": "spam" })).await.expect_problem(409, "own_post");
        let other =
            bo.post(&report, &json!({ "complaint": "other" })).await.expect_problem(422, "invalid_fields");
        assert_eq!(other["errors"][0]["pointer"], "/note");
        bo.post(&report, &json!({ "complaint": "nonsense" })).await.expect(422);
        for complaint in ["spam", "abuse"] {
            bo.post(&report, &json!({ "complaint": complaint, "note": "광고예요" })).await.expect(204);
        }
        cho.post(&report, &json!({ "complaint": "spam" })).await.expect(204);
        let waiting = queue(&moderator, "?because=reported&board=app&kind=idea").await;
        assert_eq!((posts(&waiting), &waiting[0]["report_count"]), (vec![&*idea], &json!(2)));
        let said: Vec<_> =
            waiting[0]["reports"].as_array().unwrap().iter().map(|said| &said["complaint"]).collect();
        assert_eq!(said, ["spam", "abuse"]);
        assert_eq!(queue(&moderator, "?because=held").await, Vec::<Value>::new());
        // The author knows of nothing.
        assert_eq!(ana.all("/v1/me/withheld", 10).await, Vec::<Value>::new());
        // It is fine after all: the reports are done with, and the author still knows of nothing.
        decide(&moderator, &path, "approve", "").await;
        assert_eq!(queue(&moderator, "").await, Vec::<Value>::new());
        assert_eq!(ana.all("/v1/me/notifications", 10).await, Vec::<Value>::new());
        cho.post(&report, &json!({ "complaint": "illegal" })).await.expect(204);
        assert_eq!(queue(&moderator, "").await[0]["report_count"], 1);
        decide(&moderator, &path, "hide", "광고입니다.").await;
        bo.get(&path).await.expect(404);
        assert_eq!(ana.get(&path).await.expect(200)["state"], "hidden");
        decide(&moderator, &path, "lift", "").await;
        assert_eq!(bo.get(&path).await.expect(200)["vote_count"], 1);
    })
    .await;
}

#[actix_web::test]
async fn many_who_report_at_once_are_each_counted() {
    on_each_database(async |app| {
        let moderator = app.staff("moderator").await;
        app.staff("product_manager").await.board("app", json!({})).await;
        let idea = app.member("ana").await.idea("app", "광고").await;
        let mut members = Vec::new();
        for nth in 0..12 {
            members.push(app.member(&format!("m{nth}")).await);
        }
        let path = format!("/v1/ideas/{idea}/report");
        let spam = json!({ "complaint": "spam" });
        let reports = members.iter().map(|member| member.post(&path, &spam));
        for answer in futures_util::future::join_all(reports).await {
            answer.expect(204);
        }
        assert_eq!(queue(&moderator, "").await[0]["report_count"], 12);
    })
    .await;
}

#[actix_web::test]
async fn the_queue_is_paged_by_how_long_a_post_has_waited() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({ "moderation": "approve_first" })).await;
        let idea = pm.idea("app", "이야기").await;
        let ana = app.member("ana").await;
        let mut made = Vec::new();
        for nth in 0..7 {
            made.push(match nth % 2 {
                0 => id(&post(&ana, "app", "제목", "").await),
                _ => id(&say(&ana, &idea, "말", None).await),
            });
        }
        let moderator = app.staff("moderator").await;
        let waiting = moderator.all("/v1/moderation/queue", 2).await;
        assert_eq!(posts(&waiting), made.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(queue(&moderator, "?kind=comment").await.len(), 3);
        // What its author deletes waits no more.
        ana.delete(&format!("/v1/ideas/{}", made[0])).await.expect(204);
        ana.delete(&format!("/v1/comments/{}", made[1])).await.expect(204);
        assert_eq!(queue(&moderator, "").await.len(), 5);
        moderator.get("/v1/moderation/queue?board=nowhere").await.expect(404);
    })
    .await;
}

#[actix_web::test]
async fn moderators_block_and_trust_customers_and_leave_staff_to_admins() {
    on_each_database(async |app| {
        let (moderator, ana) = (app.staff("moderator").await, app.member("ana").await);
        let path = format!("/v1/moderation/members/{}", ana.id);
        let blocked = moderator.patch(&path, &json!({ "blocked": true })).await.expect(200);
        assert_eq!((&blocked["blocked"], &blocked["trusted"]), (&json!(true), &json!(false)));
        ana.get("/v1/me").await.expect_problem(403, "member_blocked");
        moderator.patch(&path, &json!({ "blocked": false, "trusted": true })).await.expect(200);
        ana.get("/v1/me").await.expect(200);
        let marketer = app.staff("marketer").await;
        moderator
            .patch(&format!("/v1/moderation/members/{}", marketer.id), &json!({ "blocked": true }))
            .await
            .expect_problem(409, "not_a_customer");
        let nobody = format!("/v1/moderation/members/{}", uuid::Uuid::nil());
        moderator.patch(&nobody, &json!({ "blocked": true })).await.expect(404);
    })
    .await;
}
