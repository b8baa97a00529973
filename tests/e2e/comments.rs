//! Comments: written, threaded, ordered, changed, deleted; threads, notes and the conversation as a whole have files of their own.

mod conversation;
mod notes;
mod threads;

use kit::{TestApp, on_each_database, people::Person};
use serde_json::{Value, json};

/// Says something under an idea, or in reply; its id.
pub(crate) async fn say(person: &Person<'_>, idea: &str, body: &str, parent: Option<&str>) -> String {
    let body = json!({ "body": body, "parent_id": parent });
    let made = person.post(&format!("/v1/ideas/{idea}/comments"), &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// A board and an idea of `ana` on it; the product manager, `ana`, `ben` and the id of the idea.
pub(crate) async fn square<'a>(app: &'a TestApp) -> (Person<'a>, Person<'a>, Person<'a>, String) {
    let (pm, ana, ben) =
        (app.staff("product_manager").await, app.member("ana").await, app.member("ben").await);
    pm.board("app", json!({})).await;
    let idea = ana.idea("app", "다크 모드").await;
    (pm, ana, ben, idea)
}

pub(crate) fn texts(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["body"].as_str().unwrap_or("-")).collect()
}

pub(crate) async fn comment_count(app: &TestApp, idea: &str) -> i64 {
    let read = app.visitor().get(&format!("/v1/ideas/{idea}")).await.expect(200);
    read["comment_count"].as_i64().unwrap()
}

#[actix_web::test]
async fn a_member_comments_with_an_ordinary_token_and_a_visitor_reads() {
    on_each_database(async |app| {
        let (_, ana, ben, idea) = square(app).await;
        let body = json!({ "body": "밤에는 **정말** 필요해요.\n<script>x</script>", "mentions": [ana.id, ana.id] });
        let answer = ben.post(&format!("/v1/ideas/{idea}/comments"), &body).await;
        let location = answer.header("location").unwrap().to_owned();
        let made = answer.expect(201);
        insta::allow_duplicates! { insta::assert_json_snapshot!(made, { ".id" => "[id]", ".idea_id" => "[id]", ".root_id" => "[id]", ".author.id" => "[id]", ".mentions[].id" => "[id]", ".created_at" => "[time]" }, @r##"
        {
          "attachments": [],
          "author": {
            "display_name": "ben",
            "id": "[id]"
          },
          "body": "밤에는 **정말** 필요해요.\n<script>x</script>",
          "body_html": "<p>밤에는 <strong>정말</strong> 필요해요.</p>\n",
          "created_at": "[time]",
          "deleted": false,
          "depth": 0,
          "edited_at": null,
          "id": "[id]",
          "idea_id": "[id]",
          "internal": false,
          "mentions": [
            {
              "display_name": "ana",
              "id": "[id]"
            }
          ],
          "my_reactions": [],
          "parent_id": null,
          "pinned": false,
          "reactions": {
            "agree": 0,
            "disagree": 0,
            "insightful": 0,
            "thanks": 0
          },
          "reply_count": 0,
          "root_id": "[id]",
          "state": "published"
        }
        "##); }
        assert_eq!(made["root_id"], made["id"]);
        assert_eq!(app.visitor().get(&location).await.expect(200), made);
        let listed = app.visitor().get(&format!("/v1/ideas/{idea}/comments?include_total=true")).await.expect(200);
        assert_eq!((&listed["items"], &listed["total"]), (&json!([made]), &json!(1)));
        assert_eq!(comment_count(app, &idea).await, 1);
        let (_, data) = app.seed_read_events().into_iter().find(|(kind, _)| kind == "comment.created").unwrap();
        assert_eq!(
            (&data["comment_id"], &data["idea_id"], &data["author_id"], &data["parent_id"], &data["mentioned"]),
            (&made["id"], &json!(idea), &json!(ben.id), &Value::Null, &json!([ana.id]))
        );
        assert!(data["board_id"].is_string());
    })
    .await;
}

#[actix_web::test]
async fn a_comment_has_up_to_four_thousand_characters_and_what_is_wrong_is_named() {
    on_each_database(async |app| {
        let (pm, ana, _, idea) = square(app).await;
        let path = format!("/v1/ideas/{idea}/comments");
        let other = pm.idea("app", "다른 아이디어").await;
        let elsewhere = say(&ana, &other, "여기가 아니에요", None).await;
        ana.post(&path, &json!({ "body": "가".repeat(4_000) })).await.expect(201);
        for (body, pointer) in [
            (json!({ "body": "가".repeat(4_001) }), "/body"),
            (json!({ "body": " \n " }), "/body"),
            (json!({}), "/body"),
            (json!({ "body": "가", "parent_id": elsewhere }), "/parent_id"),
            (json!({ "body": "가", "parent_id": idea }), "/parent_id"),
            (json!({ "body": "가", "mentions": vec![&ana.id; 21] }), "/mentions"),
            (json!({ "body": "가", "mentions": [ana.id, idea] }), "/mentions/1"),
            (json!({ "body": "가", "pinned": true }), "/pinned"),
        ] {
            let problem = ana.post(&path, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        assert_eq!(comment_count(app, &idea).await, 1, "what is refused leaves nothing");
        app.visitor().post(&path, &json!({ "body": "가" })).await.expect_problem(401, "sign_in_required");
        app.visitor().get(&format!("{path}?parent={elsewhere}")).await.expect_problem(404, "not_found");
        pm.patch("/v1/boards/app", &json!({ "comment": "staff" })).await.expect(200);
        ana.post(&path, &json!({ "body": "가" })).await.expect_problem(403, "board_forbidden");
    })
    .await;
}

#[actix_web::test]
async fn who_may_not_view_the_board_finds_none_of_its_comments() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let comment = say(&ana, &idea, "비밀이에요", None).await;
        pm.patch("/v1/boards/app", &json!({ "view": "staff" })).await.expect(200);
        for person in [&app.visitor(), &ana, &ben] {
            person.get(&format!("/v1/ideas/{idea}/comments")).await.expect_problem(404, "not_found");
            person.get(&format!("/v1/comments/{comment}")).await.expect_problem(404, "not_found");
        }
        let path = format!("/v1/comments/{comment}");
        ana.patch(&path, &json!({ "body": "바꿔요" })).await.expect_problem(404, "not_found");
        ana.delete(&path).await.expect_problem(404, "not_found");
        ben.put(&format!("{path}/reactions/thanks")).await.expect_problem(404, "not_found");
        ana.get(&format!("/v1/ideas/{idea}/mentionable")).await.expect_problem(404, "not_found");
        assert_eq!(pm.get(&path).await.expect(200)["body"], "비밀이에요");
        // Nor of a deleted idea.
        pm.patch("/v1/boards/app", &json!({ "view": "everyone" })).await.expect(200);
        pm.delete(&format!("/v1/ideas/{idea}")).await.expect(204);
        ana.get(&path).await.expect_problem(404, "not_found");
        let body = json!({ "body": "가" });
        pm.post(&format!("/v1/ideas/{idea}/comments"), &body).await.expect_problem(404, "not_found");
    })
    .await;
}

#[actix_web::test]
async fn an_author_edits_their_own_words_and_the_history_is_kept() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let path = format!("/v1/comments/{}", say(&ben, &idea, "처음", None).await);
        for other in [&ana, &pm] {
            other.patch(&path, &json!({ "body": "남의 말" })).await.expect_problem(403, "not_your_words");
        }
        let before = ben.get(&path).await.etag();
        assert_eq!(ben.patch(&path, &json!({ "body": "처음" })).await.expect(200)["edited_at"], Value::Null);
        let edited = ben.patch(&path, &json!({ "body": "둘째", "mentions": [ana.id] })).await.expect(200);
        assert_eq!(
            (&edited["body"], &edited["mentions"][0]["display_name"]),
            (&json!("둘째"), &json!("ana"))
        );
        assert!(edited["edited_at"].is_string());
        let stale = ben.with("If-Match", &before);
        stale.patch(&path, &json!({ "body": "셋째" })).await.expect_problem(412, "stale");
        stale.delete(&path).await.expect_problem(412, "stale");
        let fresh = ben.with("If-Match", &ben.get(&path).await.etag());
        assert_eq!(
            fresh.patch(&path, &json!({ "body": "셋째" })).await.expect(200)["mentions"],
            edited["mentions"]
        );
        ben.patch(&path, &json!({ "body": " " })).await.expect_problem(422, "invalid_fields");
        ben.patch(&path, &json!({ "body": null })).await.expect_problem(422, "invalid_fields");
        let revisions = pm.all(&format!("{path}/revisions"), 1).await;
        assert_eq!(texts(&revisions), ["둘째", "처음"]);
        ben.get(&format!("{path}/revisions")).await.expect_problem(403, "forbidden");
        let told: Vec<Value> = app
            .seed_read_events()
            .into_iter()
            .filter(|(kind, _)| kind == "comment.updated")
            .map(|(_, data)| data["mentioned"].clone())
            .collect();
        assert_eq!(told, [json!([ana.id]), json!([])], "who was mentioned before hears of it once");
    })
    .await;
}

#[actix_web::test]
async fn a_comment_of_ones_own_does_not_close_ones_idea_to_edits() {
    on_each_database(async |app| {
        let (_, ana, ben, idea) = square(app).await;
        let path = format!("/v1/ideas/{idea}");
        say(&ana, &idea, "덧붙이면", None).await;
        ana.patch(&path, &json!({ "title": "어두운 화면" })).await.expect(200);
        let joined = say(&ben, &idea, "좋아요", None).await;
        ana.patch(&path, &json!({ "title": "x" })).await.expect_problem(409, "others_have_joined");
        ben.delete(&format!("/v1/comments/{joined}")).await.expect(204);
        ana.patch(&path, &json!({ "title": "밤 화면" })).await.expect(200);
    })
    .await;
}
