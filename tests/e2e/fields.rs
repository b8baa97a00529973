//! Fields: what a board asks with an idea, what is answered, and who sees it.

use futures_util::future::join_all;
use kit::{on_each_database, people::Person};
use serde_json::{Value, json};

const FIELDS: &str = "/v1/boards/app/fields";
const IDEAS: &str = "/v1/boards/app/ideas";

/// A field of this key and kind on the board `app`, changed as said; its address.
async fn ask(pm: &Person<'_>, key: &str, kind: &str, changes: Value) -> String {
    let mut body = json!({ "key": key, "labels": { "ko": key, "en": key }, "kind": kind });
    if kind.starts_with("choice") {
        body["choices"] = json!([choice("earphones", "이어폰"), choice("watch", "시계")]);
    }
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let made = pm.post(FIELDS, &body).await.expect(201);
    format!("/v1/fields/{}", made["id"].as_str().unwrap())
}

fn choice(key: &str, name: &str) -> Value {
    json!({ "key": key, "names": { "ko": name, "en": key } })
}

async fn post(person: &Person<'_>, title: &str, fields: Value) -> String {
    let made = person.post(IDEAS, &json!({ "title": title, "fields": fields })).await.expect(201);
    format!("/v1/ideas/{}", made["id"].as_str().unwrap())
}

/// The keys and values of the answers that a person sees.
async fn answers(person: &Person<'_>, idea: &str) -> Value {
    let idea = person.get(idea).await.expect(200);
    let fields = idea["fields"].as_array().unwrap().iter();
    fields.map(|field| (field["key"].as_str().unwrap().to_owned(), field["value"].clone())).collect()
}

async fn titles(person: &Person<'_>, query: &str) -> Vec<String> {
    let items = person.all(&format!("{IDEAS}?sort=new&field={query}"), 2).await;
    items.iter().map(|idea| idea["title"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_board_asks_what_its_product_manager_wants_to_know() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let body = json!({
            "labels": { "ko": "어느 제품인가요?", "en": "Which product" }, "kind": "choice", "required": true,
            "help": { "ko": "하나만 골라 주세요.", "en": "Just one." },
            "choices": [{ "names": { "ko": "이어폰", "en": "Ear phones" } }, choice("watch", "시계")],
        });
        let made = pm.with("Accept-Language", "ko").post(FIELDS, &body).await.expect(201);
        let listed = app.visitor().get(FIELDS).await.expect(200)["items"].clone();
        let expected = json!([{
            "id": made["id"], "key": "which_product", "label": "Which product",
            "labels": { "ko": "어느 제품인가요?", "en": "Which product" },
            "help": { "ko": "하나만 골라 주세요.", "en": "Just one." },
            "kind": "choice", "required": true, "position": 0, "visible": "public",
            "choices": [
                { "key": "ear_phones", "name": "Ear phones", "names": { "ko": "이어폰", "en": "Ear phones" } },
                { "key": "watch", "name": "watch", "names": { "ko": "시계", "en": "watch" } },
            ],
        }]);
        assert_eq!(listed, expected);
        assert_eq!((&made["label"], &made["choices"][0]["name"]), (&json!("어느 제품인가요?"), &json!("이어폰")));
        pm.post(FIELDS, &body).await.expect_problem(409, "field_key_taken");

        let labels = json!({ "ko": "가", "en": "A" });
        let many: Vec<Value> = (0..51).map(|n| choice(&format!("c{n}"), "가")).collect();
        for (body, pointer) in [
            (json!({ "labels": labels, "kind": "choice" }), "/choices"),
            (json!({ "labels": labels, "kind": "text", "choices": [choice("a", "가")] }), "/choices"),
            (json!({ "labels": labels, "kind": "choices", "choices": many }), "/choices"),
            (json!({ "labels": labels, "kind": "choice", "choices": [choice("a", "가"), choice("a", "나")] }), "/choices"),
            (json!({ "labels": labels, "kind": "choice", "choices": [choice("A", "가")] }), "/choices/0/key"),
            (json!({ "labels": labels, "kind": "colour" }), "/kind"),
            (json!({ "labels": { "ko": "가", "en": "日本" }, "kind": "text" }), "/key"),
            (json!({ "labels": { "ko": "가" }, "kind": "text" }), "/labels/en"),
            (json!({ "labels": labels, "kind": "text", "help": { "ko": " ", "en": "A" } }), "/help/ko"),
            (json!({ "labels": labels, "kind": "text", "visible": "nobody" }), "/visible"),
        ] {
            let problem = pm.post(FIELDS, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        assert_eq!(app.visitor().get(FIELDS).await.expect(200)["items"], expected, "what is refused leaves nothing");
        let kinds: Vec<String> = app.seed_read_events().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "board.fields_changed").count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_board_asks_at_most_twenty_fields_however_many_come_at_once() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let bodies: Vec<Value> = (0..24)
            .map(|n| json!({ "key": format!("f{n}"), "labels": { "ko": "가", "en": "A" }, "kind": "text" }))
            .collect();
        let made = join_all(bodies.iter().map(|body| pm.post(FIELDS, body))).await;
        let (good, bad): (Vec<_>, Vec<_>) = made.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(good.len(), 20);
        for answer in bad {
            answer.expect_problem(409, "too_many_fields");
        }
        // One that is asked no more makes room.
        let listed = pm.get(FIELDS).await.expect(200)["items"].clone();
        pm.delete(&format!("/v1/fields/{}", listed[0]["id"].as_str().unwrap())).await.expect(204);
        ask(&pm, "another", "text", json!({})).await;
    })
    .await;
}

#[actix_web::test]
async fn each_kind_keeps_its_answers_and_refuses_what_is_none() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        for (key, kind) in [
            ("workaround", "text"),
            ("how_often", "number"),
            ("product", "choice"),
            ("places", "choices"),
            ("since", "date"),
            ("blocked", "yes_no"),
        ] {
            ask(&pm, key, kind, json!({})).await;
        }
        let good = json!({
            "workaround": "손으로 옮겨 적어요.", "how_often": 2.5, "product": "watch",
            "places": ["watch", "earphones"], "since": "2024-02-29", "blocked": false,
        });
        let idea = post(&ana, "다크 모드", good.clone()).await;
        assert_eq!(answers(&app.visitor(), &idea).await, good);
        let shown = ana.with("Accept-Language", "ko").get(&idea).await.expect(200)["fields"].clone();
        let keys: Vec<&str> =
            shown.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["workaround", "how_often", "product", "places", "since", "blocked"]);
        assert_eq!(
            shown[3],
            json!({ "key": "places", "label": "places", "kind": "choices", "value": ["watch", "earphones"],
                    "names": ["시계", "이어폰"] })
        );
        assert_eq!(
            shown[1],
            json!({ "key": "how_often", "label": "how_often", "kind": "number", "value": 2.5 })
        );
        // Lists stay short, and what was not answered is not there.
        assert!(ana.get(IDEAS).await.expect(200)["items"][0].get("fields").is_none());
        assert_eq!(
            answers(&ana, &post(&ana, "둘", json!({ "how_often": 3, "places": [] })).await).await,
            json!({ "how_often": 3 })
        );

        for (key, value, code) in [
            ("workaround", json!(" "), "too_short"),
            ("workaround", json!("가".repeat(1_001)), "too_long"),
            ("workaround", json!("a\u{202e}b"), "control_character"),
            ("workaround", json!(3), "invalid_type"),
            ("how_often", json!("3"), "invalid_type"),
            ("how_often", json!([3]), "invalid_type"),
            ("product", json!("tv"), "invalid_form"),
            ("product", json!(["watch"]), "invalid_type"),
            ("product", json!("watch' OR 1=1"), "invalid_form"),
            ("places", json!("watch"), "invalid_type"),
            ("places", json!(["watch", "watch"]), "invalid_form"),
            ("places", json!(["watch", 1]), "invalid_type"),
            ("since", json!("2023-02-29"), "invalid_form"),
            ("since", json!("2023-2-1"), "invalid_form"),
            ("since", json!(20_230_201), "invalid_type"),
            ("blocked", json!("true"), "invalid_type"),
            ("blocked", json!({ "yes": true }), "invalid_type"),
            ("colour", json!("red"), "unknown_field"),
        ] {
            let body = json!({ "title": "셋", "fields": { key: value } });
            for answer in [ana.post(IDEAS, &body).await, ana.patch(&idea, &body).await] {
                let problem = answer.expect_problem(422, "invalid_fields");
                assert_eq!(problem["errors"][0]["pointer"], format!("/fields/{key}"), "{body}");
                assert_eq!(problem["errors"][0]["code"], code, "{body}");
            }
        }
        let odd = json!({ "title": "셋", "fields": { "a/b~c": 1, "how_often": "3" } });
        let problem = ana.post(IDEAS, &odd).await.expect_problem(422, "invalid_fields");
        let pointers = [&problem["errors"][0]["pointer"], &problem["errors"][1]["pointer"]];
        assert_eq!(pointers, ["/fields/a~1b~0c", "/fields/how_often"], "every field that is wrong is named");
        ana.post(IDEAS, &json!({ "title": "셋", "fields": [1] })).await.expect_problem(422, "invalid_fields");
        assert_eq!(ana.all(IDEAS, 10).await.len(), 2, "what is refused leaves nothing");
        assert_eq!(answers(&ana, &idea).await, good);
    })
    .await;
}

#[actix_web::test]
async fn what_is_required_is_asked_of_new_ideas_and_not_taken_back() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        let before = post(&ana, "먼저 온 것", json!({})).await;
        ask(&pm, "product", "choice", json!({ "required": true })).await;
        let needed = ask(&pm, "places", "choices", json!({ "required": true })).await;
        ask(&pm, "how_often", "number", json!({})).await;
        for fields in [json!({}), json!({ "product": null, "places": [] }), json!({ "how_often": 1 })] {
            let body = json!({ "title": "하나", "fields": fields });
            let problem = ana.post(IDEAS, &body).await.expect_problem(422, "invalid_fields");
            let errors = problem["errors"].as_array().unwrap().iter();
            let errors: Vec<_> = errors.map(|error| (&error["pointer"], &error["code"])).collect();
            let required = json!("required");
            assert_eq!(
                errors,
                [(&json!("/fields/product"), &required), (&json!("/fields/places"), &required)]
            );
        }
        ana.post(IDEAS, &json!({ "title": "하나" })).await.expect_problem(422, "invalid_fields");
        let idea =
            post(&ana, "하나", json!({ "product": "watch", "places": ["watch"], "how_often": 1 })).await;
        for fields in [json!({ "product": null }), json!({ "places": [] })] {
            let problem = ana.patch(&idea, &json!({ "fields": fields })).await;
            assert_eq!(problem.expect_problem(422, "invalid_fields")["errors"][0]["code"], "required");
        }
        // What is left out stays, what was never answered may stay so.
        let changed =
            ana.patch(&idea, &json!({ "fields": { "how_often": null, "product": "earphones" } })).await;
        let etag = changed.etag();
        changed.expect(200);
        assert!(etag.starts_with("\"2-"));
        assert_eq!(answers(&ana, &idea).await, json!({ "product": "earphones", "places": ["watch"] }));
        ana.patch(&before, &json!({ "title": "먼저 온 생각" })).await.expect(200);
        // Saying the same again is no change.
        let same = ana.patch(&idea, &json!({ "fields": { "product": "earphones" } })).await;
        assert!(same.etag().starts_with("\"2-"));
        pm.patch(&needed, &json!({ "required": false })).await.expect(200);
        ana.patch(&idea, &json!({ "fields": { "places": null } })).await.expect(200);
        assert_eq!(answers(&ana, &idea).await, json!({ "product": "earphones" }));
        let stale = ana.with("If-Match", &etag).patch(&idea, &json!({ "fields": { "how_often": 4 } })).await;
        stale.expect_problem(412, "stale");
    })
    .await;
}

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
async fn a_field_changes_but_not_under_its_answers() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({})).await;
        let product = ask(&pm, "product", "choice", json!({ "help": { "ko": "가", "en": "A" } })).await;
        let idea = post(&ana, "다크 모드", json!({ "product": "watch" })).await;
        let change = json!({
            "labels": { "ko": "제품", "en": "Product" }, "help": null, "required": true, "position": 7,
            "choices": [choice("watch", "손목시계"), choice("tv", "텔레비전")],
        });
        ana.patch(&product, &change).await.expect_problem(403, "forbidden");
        pm.with("If-Match", "\"9-x\"").patch(&product, &change).await.expect_problem(412, "stale");
        let changed = pm.with("Accept-Language", "ko").patch(&product, &change).await.expect(200);
        let keys: Vec<&Value> =
            changed["choices"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
        assert_eq!(keys, ["watch", "tv"]);
        assert_eq!(
            (
                &changed["label"],
                &changed["help"],
                &changed["required"],
                &changed["position"],
                &changed["key"]
            ),
            (&json!("제품"), &Value::Null, &json!(true), &json!(7), &json!("product"))
        );
        let shown = ana.with("Accept-Language", "ko").get(&idea).await.expect(200)["fields"][0].clone();
        assert_eq!((&shown["label"], &shown["names"]), (&json!("제품"), &json!(["손목시계"])));
        pm.patch(&product, &json!({ "choices": [choice("tv", "티비")] }))
            .await
            .expect_problem(409, "choice_in_use");
        for (body, pointer) in [
            (json!({ "choices": [] }), "/choices"),
            (json!({ "kind": "text" }), "/kind"),
            (json!({ "key": "other" }), "/key"),
            (json!({ "labels": null }), "/labels"),
        ] {
            let problem = pm.patch(&product, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        let listed = pm.get(FIELDS).await.expect(200)["items"][0].clone();
        assert_eq!(listed["choices"].as_array().unwrap().len(), 2, "what is refused leaves nothing");

        // A field that was answered is asked no more, and what was answered stays for staff.
        pm.delete(&product).await.expect(204);
        pm.delete(&product).await.expect_problem(404, "not_found");
        assert_eq!(pm.get(FIELDS).await.expect(200)["items"], json!([]));
        post(&ana, "둘", json!({})).await;
        let gone = json!({ "fields": { "product": "watch" } });
        let problem = ana.patch(&idea, &gone).await.expect_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "unknown_field");
        assert_eq!(answers(&ana, &idea).await, json!({}));
        assert_eq!(answers(&pm, &idea).await, json!({ "product": "watch" }));
        assert_eq!(titles(&pm, "product:watch").await, ["다크 모드"]);
        let again = json!({ "key": "product", "labels": { "ko": "가", "en": "A" }, "kind": "text" });
        pm.post(FIELDS, &again).await.expect_problem(409, "field_key_taken");
        // One that was never answered goes for good.
        let unused = ask(&pm, "unused", "text", json!({})).await;
        pm.delete(&unused).await.expect(204);
        ask(&pm, "unused", "number", json!({})).await;
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
