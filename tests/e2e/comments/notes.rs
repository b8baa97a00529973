//! Notes between staff: nobody else may know of them, in whatever way they ask.

use kit::{on_each_database, people::Person};
use serde_json::{Value, json};

use super::{comment_count, say, square, texts};

async fn note(staff: &Person<'_>, idea: &str, body: &str, parent: Option<&str>) -> String {
    let body = json!({ "body": body, "parent_id": parent, "internal": true });
    let made = staff.post(&format!("/v1/ideas/{idea}/comments"), &body).await.expect(201);
    assert_eq!(made["internal"], true);
    made["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_note_shows_to_staff_and_nowhere_else() {
    on_each_database(async |app| {
        let (pm, ana, ben, idea) = square(app).await;
        let list = format!("/v1/ideas/{idea}/comments");
        let said = say(&ana, &idea, "모두에게", None).await;
        let before = app.seed_read_events().len();
        let seen_before = app.visitor().get(&list).await.text;

        let root = note(&pm, &idea, "비용은 3억", None).await;
        let under = note(&pm, &idea, "내부 의견", Some(&said)).await;
        // A reply to a note is a note, whatever it says of itself.
        let reply = say(&app.staff("moderator").await, &idea, "동의합니다", Some(&root)).await;
        let note_path = format!("/v1/comments/{root}");
        pm.put(&format!("{note_path}/reactions/thanks")).await.expect(200);
        pm.patch(&note_path, &json!({ "body": "비용은 4억" })).await.expect(200);

        let visitor = app.visitor();
        for person in [&visitor, &ana, &ben] {
            let listed = person.get(&format!("{list}?include_total=true")).await.expect(200);
            assert_eq!(texts(listed["items"].as_array().unwrap()), ["모두에게"]);
            assert_eq!((&listed["total"], &listed["items"][0]["reply_count"]), (&json!(1), &json!(0)));
            let replies = person.get(&format!("{list}?parent={said}&include_total=true")).await.expect(200);
            assert_eq!((&replies["items"], &replies["total"]), (&json!([]), &json!(0)));
            person.get(&format!("{list}?parent={root}")).await.expect_problem(404, "not_found");
            for id in [&root, &under, &reply] {
                person.get(&format!("/v1/comments/{id}")).await.expect_problem(404, "not_found");
            }
        }
        // An answer to it is refused like one to nothing.
        for person in [&ana, &ben] {
            person.patch(&note_path, &json!({ "body": "가" })).await.expect_problem(404, "not_found");
            person.delete(&note_path).await.expect_problem(404, "not_found");
            person.put(&format!("{note_path}/reactions/agree")).await.expect_problem(404, "not_found");
            let to_note = person.post(&list, &json!({ "body": "가", "parent_id": root })).await;
            let to_nothing = person.post(&list, &json!({ "body": "가", "parent_id": idea })).await;
            let problem = to_note.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"], to_nothing.expect_problem(422, "invalid_fields")["errors"]);
            person
                .post(&list, &json!({ "body": "가", "internal": true }))
                .await
                .expect_problem(403, "forbidden");
        }
        assert_eq!(app.visitor().get(&list).await.text, seen_before, "to the last byte as before the notes");
        assert_eq!(comment_count(app, &idea).await, 1);
        assert_eq!(visitor.get("/v1/ideas?sort=discussed").await.expect(200)["items"][0]["comment_count"], 1);
        let told: Vec<Value> =
            app.seed_read_events().into_iter().skip(before).map(|(kind, _)| json!(kind)).collect();
        assert!(told.iter().all(|kind| !kind.as_str().unwrap().starts_with("comment")), "{told:?}");

        let staff_sees = pm.get(&format!("{list}?include_total=true")).await.expect(200);
        assert_eq!(texts(staff_sees["items"].as_array().unwrap()), ["모두에게", "비용은 4억"]);
        assert_eq!((&staff_sees["total"], &staff_sees["items"][0]["reply_count"]), (&json!(2), &json!(1)));
        assert_eq!(texts(&pm.all(&format!("{list}?parent={root}"), 5).await), ["동의합니다"]);
        pm.delete(&note_path).await.expect(204);
        pm.delete(&format!("/v1/comments/{reply}")).await.expect(204);
        assert_eq!(texts(&pm.all(&list, 5).await), ["모두에게"]);
    })
    .await;
}

#[actix_web::test]
async fn a_note_does_not_show_in_what_others_may_do() {
    on_each_database(async |app| {
        let (pm, ana, _, idea) = square(app).await;
        note(&pm, &idea, "내부", None).await;
        ana.patch(&format!("/v1/ideas/{idea}"), &json!({ "title": "어두운 화면" })).await.expect(200);
        // A comment with nothing but notes on it goes, for all but staff.
        let said = say(&ana, &idea, "지울 말", None).await;
        let under = note(&pm, &idea, "내부 의견", Some(&said)).await;
        ana.delete(&format!("/v1/comments/{said}")).await.expect(204);
        let list = format!("/v1/ideas/{idea}/comments");
        for person in [&app.visitor(), &ana] {
            assert_eq!(person.get(&list).await.expect(200)["items"], json!([]));
            person.get(&format!("/v1/comments/{said}")).await.expect_problem(404, "not_found");
        }
        assert_eq!(texts(&pm.all(&list, 5).await), ["내부", "-"]);
        pm.delete(&format!("/v1/comments/{under}")).await.expect(204);
        assert_eq!(texts(&pm.all(&list, 5).await), ["내부"]);
    })
    .await;
}

#[actix_web::test]
async fn a_note_mentions_staff_alone() {
    on_each_database(async |app| {
        let (pm, ana, _, idea) = square(app).await;
        let moderator = app.staff("moderator").await;
        let list = format!("/v1/ideas/{idea}/comments");
        let body = |mentions: Value| json!({ "body": "확인 부탁", "internal": true, "mentions": mentions });
        let problem = pm.post(&list, &body(json!([moderator.id, ana.id]))).await;
        assert_eq!(problem.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/mentions/1");
        let made = pm.post(&list, &body(json!([moderator.id]))).await.expect(201);
        assert_eq!(made["mentions"][0]["id"], moderator.id.as_str());
        let path = format!("/v1/comments/{}", made["id"].as_str().unwrap());
        let widening = pm.patch(&path, &json!({ "mentions": [ana.id] })).await;
        assert_eq!(widening.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "/mentions/0");
    })
    .await;
}
