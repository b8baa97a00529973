//! The conversation as a whole: reactions, locks, the pinned answer, mentions.

use futures_util::future::join_all;
use kit::{TestApp, on_each_database};
use serde_json::{Value, json};

use super::{comment_count, say, square};

fn told(app: &TestApp, wanted: &str) -> Vec<Value> {
    app.seed_read_events().into_iter().filter(|(kind, _)| kind == wanted).map(|(_, data)| data).collect()
}

#[actix_web::test]
async fn a_reaction_counts_once_and_comes_back_whole() {
    on_each_database(async |app| {
        let (_, ana, ben, idea) = square(app).await;
        let comment = say(&ana, &idea, "저도요", None).await;
        let path = |kind: &str| format!("/v1/comments/{comment}/reactions/{kind}");
        let standing = |tally: [i64; 4], mine: Value| {
            let [agree, disagree, thanks, insightful] = tally;
            let tally =
                json!({ "agree": agree, "disagree": disagree, "thanks": thanks, "insightful": insightful });
            json!({ "comment_id": comment, "reactions": tally, "my_reactions": mine })
        };
        for _ in 0..2 {
            assert_eq!(ben.put(&path("agree")).await.expect(200), standing([1, 0, 0, 0], json!(["agree"])));
        }
        let both = ben.put(&path("thanks")).await.expect(200);
        assert_eq!(both, standing([1, 0, 1, 0], json!(["agree", "thanks"])));
        let turned = ben.put(&path("disagree")).await.expect(200);
        assert_eq!(turned, standing([0, 1, 1, 0], json!(["disagree", "thanks"])));
        for _ in 0..2 {
            assert_eq!(
                ben.delete(&path("disagree")).await.expect(200),
                standing([0, 0, 1, 0], json!(["thanks"]))
            );
        }
        // Of one's own words one is no judge.
        for kind in ["agree", "disagree"] {
            ana.put(&path(kind)).await.expect_problem(409, "own_comment");
        }
        assert_eq!(
            ana.put(&path("insightful")).await.expect(200),
            standing([0, 0, 1, 1], json!(["insightful"]))
        );
        let problem = ben.put(&path("love")).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "{kind}");
        app.visitor().put(&path("agree")).await.expect_problem(401, "sign_in_required");
        let seen = ben.get(&format!("/v1/comments/{comment}")).await.expect(200);
        assert_eq!((&seen["reactions"]["thanks"], &seen["my_reactions"]), (&json!(1), &json!(["thanks"])));
        let counts = (told(app, "comment.reaction_added").len(), told(app, "comment.reaction_removed").len());
        assert_eq!(counts, (4, 2), "what changes nothing is not told");
        assert_eq!(told(app, "comment.reaction_added")[0]["reaction"], "agree");
    })
    .await;
}

#[actix_web::test]
async fn reactions_at_the_same_moment_are_all_counted() {
    on_each_database(async |app| {
        let (_, ana, _, idea) = square(app).await;
        let comment = say(&ana, &idea, "저도요", None).await;
        let mut people = Vec::new();
        for n in 0..16 {
            people.push(app.member(&format!("m{n}")).await);
        }
        let path = |n: usize| {
            let kind = ["agree", "disagree", "thanks", "agree"][n % 4];
            format!("/v1/comments/{comment}/reactions/{kind}")
        };
        for _ in 0..2 {
            let puts = people.iter().enumerate().map(async |(n, person)| person.put(&path(n)).await);
            for answer in join_all(puts).await {
                answer.expect(200);
            }
        }
        let seen = app.visitor().get(&format!("/v1/comments/{comment}")).await.expect(200);
        assert_eq!(seen["reactions"], json!({ "agree": 8, "disagree": 4, "thanks": 4, "insightful": 0 }));
    })
    .await;
}

#[actix_web::test]
async fn a_locked_conversation_is_open_to_staff_alone() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let comment = say(&ben, &idea, "좋아요", None).await;
        let (lock, list) = (format!("/v1/ideas/{idea}/lock"), format!("/v1/ideas/{idea}/comments"));
        ana.put(&lock).await.expect_problem(403, "forbidden");
        for _ in 0..2 {
            assert_eq!(pm.put(&lock).await.expect(200)["comments_locked"], true);
        }
        assert_eq!(
            app.visitor().get(&format!("/v1/ideas/{idea}")).await.expect(200)["comments_locked"],
            true
        );
        let path = format!("/v1/comments/{comment}");
        let closed = "comments_closed";
        ben.post(&list, &json!({ "body": "한마디" })).await.expect_problem(409, closed);
        ben.patch(&path, &json!({ "body": "한마디" })).await.expect_problem(409, closed);
        ben.delete(&path).await.expect_problem(409, closed);
        ana.put(&format!("{path}/reactions/agree")).await.expect_problem(409, closed);
        say(&pm, &idea, "잠시 닫습니다.", None).await;
        for _ in 0..2 {
            assert_eq!(pm.delete(&lock).await.expect(200)["comments_locked"], false);
        }
        ana.put(&format!("{path}/reactions/agree")).await.expect(200);
        say(&ben, &idea, "다시 열렸네요", None).await;
        assert_eq!(comment_count(app, &idea).await, 3);
        let counts = (told(app, "idea.comments_locked").len(), told(app, "idea.comments_unlocked").len());
        assert_eq!(counts, (1, 1));
    })
    .await;
}

#[actix_web::test]
async fn staff_pin_one_answer_and_deleting_it_takes_it_down() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let (path, pin) = (format!("/v1/ideas/{idea}"), format!("/v1/ideas/{idea}/pin"));
        let first = say(&ben, &idea, "설정에 있어요", None).await;
        let second = say(&pm, &idea, "다음 판에 나옵니다", None).await;
        let reply = say(&ana, &idea, "고마워요", Some(&first)).await;
        let elsewhere = say(&ana, &pm.idea("app", "다른 아이디어").await, "저기", None).await;
        let internal =
            pm.post(&format!("{path}/comments"), &json!({ "body": "내부", "internal": true })).await;
        let internal = internal.expect(201)["id"].as_str().unwrap().to_owned();
        let body = |id: &str| json!({ "comment_id": id });
        ana.put_body(&pin, &body(&first)).await.expect_problem(403, "forbidden");
        for unfit in [&reply, &elsewhere, &internal, &idea] {
            let problem = pm.put_body(&pin, &body(unfit)).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/comment_id");
        }
        assert_eq!(pm.get(&path).await.expect(200)["pinned_comment_id"], Value::Null);
        for id in [&first, &second, &second] {
            assert_eq!(pm.put_body(&pin, &body(id)).await.expect(200)["pinned_comment_id"], id.as_str());
        }
        let listed = app.visitor().all(&format!("{path}/comments"), 5).await;
        let pinned: Vec<&Value> = listed.iter().map(|item| &item["pinned"]).collect();
        assert_eq!(pinned, [false, true]);
        pm.delete(&format!("/v1/comments/{second}")).await.expect(204);
        assert_eq!(ana.get(&path).await.expect(200)["pinned_comment_id"], Value::Null);
        assert_eq!(pm.put_body(&pin, &body(&second)).await.status, 422, "a deleted one is no answer");
        pm.put_body(&pin, &body(&first)).await.expect(200);
        for _ in 0..2 {
            assert_eq!(pm.delete(&pin).await.expect(200)["pinned_comment_id"], Value::Null);
        }
        let counts = (told(app, "idea.comment_pinned").len(), told(app, "idea.comment_unpinned").len());
        assert_eq!(counts, (3, 3));
    })
    .await;
}

#[actix_web::test]
async fn only_who_may_view_the_idea_is_mentioned_and_why_not_is_not_told() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let (admin, cho) = (app.admin().await, app.member("cho").await);
        admin.patch(&format!("/v1/members/{}", cho.id), &json!({ "blocked": true })).await.expect(200);
        pm.put(&format!("/v1/boards/app/invitations/{}", ana.id)).await.expect(200);
        pm.patch("/v1/boards/app", &json!({ "view": "invited" })).await.expect(200);
        let list = format!("/v1/ideas/{idea}/comments");
        let mut refusals = Vec::new();
        // Nobody, blocked, and not invited.
        for id in [&idea, &cho.id, &ben.id] {
            let answer = pm.post(&list, &json!({ "body": "보세요", "mentions": [ana.id, id] })).await;
            refusals.push(answer.expect_problem(422, "invalid_fields")["errors"].clone());
        }
        assert_eq!(refusals[0][0]["pointer"], "/mentions/1");
        assert!(refusals.iter().all(|refusal| *refusal == refusals[0]), "{refusals:?}");
        pm.post(&list, &json!({ "body": "보세요", "mentions": [ana.id, admin.id] })).await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn names_are_offered_of_those_who_take_part_and_of_staff() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let (cho, dan, eun) = (app.member("Cho").await, app.member("dan").await, app.member("eun").await);
        say(&ben, &idea, "좋아요", None).await;
        let gone = say(&dan, &idea, "지울 말", None).await;
        dan.delete(&format!("/v1/comments/{gone}")).await.expect(204);
        cho.put(&format!("/v1/ideas/{idea}/vote")).await.expect(200);
        let path = format!("/v1/ideas/{idea}/mentionable");
        app.visitor().get(&path).await.expect_problem(401, "sign_in_required");
        let names = async |person: &kit::people::Person<'_>, query: &str| -> Vec<String> {
            let found = person.get(&format!("{path}{query}")).await.expect(200);
            let items = found["items"].as_array().unwrap().clone();
            assert!(items.iter().all(|item| item.as_object().unwrap().len() == 2), "id and name: {items:?}");
            items.iter().map(|item| item["display_name"].as_str().unwrap().to_owned()).collect()
        };
        let of_members = |names: Vec<String>| -> Vec<String> {
            names.into_iter().filter(|name| ["Cho", "ana", "ben", "dan", "eun"].contains(&&**name)).collect()
        };
        assert_eq!(of_members(names(&eun, "").await), ["ana", "ben"]);
        assert_eq!(of_members(names(&ana, "").await), ["ben"], "nobody is offered themselves");
        assert_eq!(of_members(names(&pm, "").await), ["Cho", "ana", "ben"], "staff know who votes");
        assert!(names(&eun, "").await.contains(&"staff-product-manager".to_owned()));
        assert_eq!(names(&pm, "?q=cHo").await, ["Cho"]);
        pm.patch("/v1/boards/app", &json!({ "voters_visible": true })).await.expect(200);
        assert_eq!(names(&eun, "?q=cho").await, ["Cho"]);
        app.admin()
            .await
            .patch(&format!("/v1/members/{}", ben.id), &json!({ "blocked": true }))
            .await
            .expect(200);
        assert_eq!(of_members(names(&eun, "").await), ["Cho", "ana"]);
        // Who took part and may no longer view the idea is offered no more.
        pm.put(&format!("/v1/boards/app/invitations/{}", ana.id)).await.expect(200);
        pm.patch("/v1/boards/app", &json!({ "view": "invited" })).await.expect(200);
        assert_eq!(of_members(names(&pm, "").await), ["ana"]);
    })
    .await;
}
