//! Who sees answers, and lists by them.

use kit::on_each_database;
use serde_json::json;

use super::{FIELDS, IDEAS, answers, ask, post, titles};

#[actix_web::test]
async fn answers_for_staff_are_seen_by_staff_and_the_author_alone() {
    on_each_database(async |app| {
        let (pm, ana, ben) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("ben").await);
        let marketer = app.staff("marketer").await;
        pm.board("app", json!({})).await;
        ask(&pm, "product", "choice", json!({})).await;
        let private = ask(&pm, "order_number", "text", json!({ "visible": "staff" })).await;
        let revenue = ask(&pm, "spent", "number", json!({ "visible": "staff" })).await;
        let all = json!({ "product": "watch", "order_number": "A-1", "spent": 120_000 });
        let idea = post(&ana, "다크 모드", all.clone()).await;
        for (person, expected) in [
            (&app.visitor(), json!({ "product": "watch" })),
            (&ben, json!({ "product": "watch" })),
            (&ana, all.clone()),
            (&marketer, all.clone()),
        ] {
            assert_eq!(answers(person, &idea).await, expected);
        }
        // Nor does a list tell: for everybody else there is no such field.
        assert_eq!(titles(&marketer, "spent:100000..").await, ["다크 모드"]);
        for person in [&app.visitor(), &ben, &ana] {
            let problem = person.get(&format!("{IDEAS}?field=spent:100000..")).await;
            assert_eq!(problem.expect_problem(422, "invalid_fields")["errors"][0]["pointer"], "?field");
        }
        // What was told in confidence stays so.
        for field in [&private, &revenue] {
            pm.patch(field, &json!({ "visible": "public" }))
                .await
                .expect_problem(409, "answered_in_confidence");
        }
        assert_eq!(answers(&ben, &idea).await, json!({ "product": "watch" }));
        let fresh = ask(&pm, "fresh", "text", json!({ "visible": "staff" })).await;
        assert_eq!(pm.patch(&fresh, &json!({ "visible": "public" })).await.expect(200)["visible"], "public");
    })
    .await;
}

#[actix_web::test]
async fn ideas_are_listed_by_what_was_answered() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        for (key, kind) in [
            ("product", "choice"), ("places", "choices"), ("how_often", "number"), ("since", "date"),
            ("blocked", "yes_no"), ("workaround", "text"),
        ] {
            ask(&pm, key, kind, json!({})).await;
        }
        post(&ana, "하나", json!({ "product": "watch", "places": ["watch", "earphones"], "how_often": 1, "since": "2025-12-31", "blocked": true })).await;
        post(&ana, "둘", json!({ "product": "watch", "places": ["watch"], "how_often": 3, "since": "2026-01-01", "blocked": false })).await;
        post(&ana, "셋", json!({ "product": "earphones", "how_often": 5.5, "workaround": "적어 둬요." })).await;
        post(&ana, "넷", json!({})).await;
        let visitor = app.visitor();
        for (query, expected) in [
            ("product:watch", &["둘", "하나"][..]),
            ("product", &["셋", "둘", "하나"]),
            ("places:earphones", &["하나"]),
            ("places:watch,places:earphones", &["하나"]),
            ("places:watch", &["둘", "하나"]),
            ("how_often:3", &["둘"]),
            ("how_often:3..", &["셋", "둘"]),
            ("how_often:..3", &["둘", "하나"]),
            ("how_often:2..5.5", &["셋", "둘"]),
            ("since:2026-01-01..", &["둘"]),
            ("since:..2026-01-01", &["둘", "하나"]),
            ("blocked:true", &["하나"]),
            ("blocked:false", &["둘"]),
            ("workaround", &["셋"]),
            ("product:watch,how_often:2..", &["둘"]),
            ("product:earphones,how_often:..1", &[]),
        ] {
            assert_eq!(titles(&visitor, query).await, expected, "{query}");
        }
        let counted = visitor.get(&format!("{IDEAS}?field=product:watch&include_total=true&q=둘")).await.expect(200);
        assert_eq!(counted["total"], 1);
        for bad in [
            "", "colour:red", "product:tv", "how_often:x", "since:2026", "blocked:1", "workaround:적어", ":",
            "how_often:3..,", "product:watch,,", "a,b,c,d,e,f,g,h,i,j,k", "product%00",
        ] {
            let problem = visitor.get(&format!("{IDEAS}?field={bad}")).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "?field", "{bad}");
        }
        let problem = visitor.get("/v1/ideas?field=product:watch").await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "?field");
        // A cursor is good for its own conditions only.
        let page = visitor.get(&format!("{IDEAS}?field=product:watch&limit=1")).await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let other = visitor.get(&format!("{IDEAS}?field=product:earphones&limit=1&cursor={cursor}")).await;
        other.expect_problem(400, "invalid_cursor");
    })
    .await;
}

#[actix_web::test]
async fn fields_of_a_hidden_board_do_not_exist_for_others() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({ "view": "staff" })).await;
        ask(&pm, "product", "choice", json!({})).await;
        for person in [&app.visitor(), &ana] {
            person.get(FIELDS).await.expect_problem(404, "not_found");
        }
        assert_eq!(pm.get(FIELDS).await.expect(200)["items"].as_array().unwrap().len(), 1);
        pm.get("/v1/boards/nowhere/fields").await.expect_problem(404, "not_found");
        pm.delete("/v1/fields/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d").await.expect_problem(404, "not_found");
    })
    .await;
}
