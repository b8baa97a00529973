//! On behalf: staff post and vote for customers, one vote a person all the same.

use futures_util::future::join_all;
use kit::{
    on_each_database,
    people::{Person, sso_token},
};
use serde_json::{Value, json};

fn caller(name: &str) -> Value {
    json!({
        "email": format!("{name}@example.com"), "display_name": name, "channel": "call",
        "link": "https://crm.example.com/tickets/1042",
    })
}

fn count(events: &[(String, Value)], wanted: &str) -> usize {
    events.iter().filter(|(kind, _)| kind == wanted).count()
}

#[actix_web::test]
async fn staff_post_for_a_customer_who_becomes_the_author() {
    on_each_database(async |app| {
        let (pm, moderator) = (app.staff("product_manager").await, app.staff("moderator").await);
        // The customer themselves could neither post nor vote here: staff vouch for them.
        pm.board("app", json!({ "submit": "staff", "vote": "staff" })).await;
        let body = json!({ "title": "글자를 크게", "on_behalf_of": caller("jisoo") });
        let made = moderator.post("/v1/boards/app/ideas", &body).await.expect(201);
        let idea = format!("/v1/ideas/{}", made["id"].as_str().unwrap());
        assert_eq!(made["author"]["display_name"], "jisoo");
        assert_eq!((&made["vote_count"], &made["my_vote"]), (&json!(1), &json!(false)));
        let by = json!({ "id": moderator.id, "display_name": "staff-moderator" });
        let proxy = json!({ "channel": "call", "link": "https://crm.example.com/tickets/1042", "by": by });
        for staff in [&moderator, &pm] {
            let read = staff.get(&idea).await.expect(200);
            assert_eq!((&read["on_behalf"], &read["proxy_vote_count"]), (&proxy, &json!(1)));
        }
        // It is nobody else's to know who did it.
        let ben = app.member("ben").await;
        for person in [&app.visitor(), &ben] {
            let read = person.get(&idea).await.expect(200);
            assert!(read.get("on_behalf").is_none() && read.get("proxy_vote_count").is_none(), "{read}");
        }
        let own = pm.idea("app", "직접 쓴 것").await;
        let read = pm.get(&format!("/v1/ideas/{own}")).await.expect(200);
        assert_eq!((&read["on_behalf"], &read["proxy_vote_count"]), (&Value::Null, &json!(0)));

        // An address that is known is that member, whatever name is given.
        let body = json!({ "title": "하나 더", "on_behalf_of": caller("JISOO") });
        let second = pm.post("/v1/boards/app/ideas", &body).await.expect(201);
        assert_eq!(second["author"], made["author"]);
        let known = json!({ "title": "셋", "on_behalf_of": { "member_id": ben.id, "channel": "visit" } });
        let third = pm.post("/v1/boards/app/ideas", &known).await.expect(201);
        assert_eq!(third["author"]["id"], ben.id);
        assert_eq!(
            (&third["on_behalf"]["channel"], &third["on_behalf"]["link"]),
            (&json!("visit"), &Value::Null)
        );
        let events = app.seed_read_events();
        assert_eq!((count(&events, "idea.created"), count(&events, "vote.cast")), (4, 4));
        let created = events.iter().find(|(kind, _)| kind == "idea.created").unwrap();
        assert_eq!(created.1["author_id"], made["author"]["id"]);
    })
    .await;
}

#[actix_web::test]
async fn staff_vote_for_a_customer_once_and_take_it_back() {
    on_each_database(async |app| {
        let (pm, marketer) = (app.staff("product_manager").await, app.staff("marketer").await);
        let (ana, ben) = (app.member("ana").await, app.member("ben").await);
        pm.board("app", json!({ "voters_visible": true })).await;
        let id = ana.idea("app", "다크 모드").await;
        let (idea, votes) = (format!("/v1/ideas/{id}"), format!("/v1/ideas/{id}/votes"));
        let on_behalf = format!("{votes}/on-behalf");
        let cast = marketer.put_body(&on_behalf, &caller("jisoo")).await.expect(200);
        let by = json!({ "id": marketer.id, "display_name": "staff-marketer" });
        let proxy = json!({ "channel": "call", "link": "https://crm.example.com/tickets/1042", "by": by });
        let customer = json!({ "id": cast["member"]["id"], "display_name": "jisoo" });
        let expected = json!({
            "idea_id": id, "vote_count": 2, "my_vote": false, "member": customer, "member_votes": true,
            "on_behalf": proxy,
        });
        assert_eq!(cast, expected);
        // Again, by another, with another story: what is so already stays.
        let other = json!({ "member_id": cast["member"]["id"], "channel": "mail" });
        assert_eq!(pm.put_body(&on_behalf, &other).await.expect(200), expected);
        // Who votes already keeps their own vote.
        ben.put(&format!("{idea}/vote")).await.expect(200);
        let own =
            pm.put_body(&on_behalf, &json!({ "member_id": ben.id, "channel": "call" })).await.expect(200);
        assert_eq!(
            (&own["vote_count"], &own["on_behalf"], &own["member_votes"]),
            (&json!(3), &Value::Null, &json!(true))
        );

        let shown = |items: Vec<Value>| -> Vec<(Value, Option<Value>)> {
            items
                .iter()
                .map(|item| (item["member"]["display_name"].clone(), item.get("on_behalf").cloned()))
                .collect()
        };
        let mut staff = shown(pm.all(&votes, 2).await);
        staff.sort_by_key(|(name, _)| name.to_string());
        assert_eq!(
            staff,
            [
                (json!("ana"), Some(Value::Null)),
                (json!("ben"), Some(Value::Null)),
                (json!("jisoo"), Some(proxy)),
            ]
        );
        assert!(shown(ben.all(&votes, 2).await).iter().all(|(_, proxy)| proxy.is_none()));
        assert_eq!(pm.get(&idea).await.expect(200)["proxy_vote_count"], 1);

        let theirs = format!("{votes}/{}", ben.id);
        pm.delete(&theirs).await.expect_problem(409, "own_vote");
        let jisoos = format!("{votes}/{}", cast["member"]["id"].as_str().unwrap());
        for _ in 0..2 {
            let taken = pm.delete(&jisoos).await.expect(200);
            assert_eq!(
                (&taken["vote_count"], &taken["member_votes"], &taken["on_behalf"]),
                (&json!(2), &json!(false), &Value::Null)
            );
        }
        pm.delete(&format!("{votes}/01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d"))
            .await
            .expect_problem(404, "not_found");
        pm.delete(&format!("{votes}/jisoo")).await.expect_problem(422, "invalid_fields");
        assert_eq!(pm.get(&idea).await.expect(200)["proxy_vote_count"], 0);
        let events = app.seed_read_events();
        assert_eq!((count(&events, "vote.cast"), count(&events, "vote.withdrawn")), (3, 1));
    })
    .await;
}

#[actix_web::test]
async fn a_customer_who_signs_on_later_finds_their_vote_and_may_take_it_back() {
    on_each_database(async |app| {
        let pm = app.staff("product_manager").await;
        pm.board("app", json!({})).await;
        let id = pm.idea("app", "다크 모드").await;
        let on_behalf = format!("/v1/ideas/{id}/votes/on-behalf");
        let cast = pm.put_body(&on_behalf, &caller("jisoo")).await.expect(200);
        // Nobody comes in by the address alone.
        let register = json!({ "email": "jisoo@example.com", "password": "a long enough password", "display_name": "?" });
        app.visitor().post("/v1/auth/register", &register).await.expect_problem(409, "email_taken");
        let login = json!({ "email": "jisoo@example.com", "password": "a long enough password" });
        app.visitor().post("/v1/auth/login", &login).await.expect_problem(401, "wrong_credentials");
        let sign_on = async |claims: Value| app.visitor().post("/v1/auth/sso", &json!({ "token": sso_token(app, &claims) })).await;
        let unproven = json!({ "sub": "c-9", "email": "jisoo@example.com", "name": "김지수" });
        sign_on(unproven).await.expect_problem(409, "email_unproven");
        let proven = json!({ "sub": "c-9", "email": "jisoo@example.com", "name": "김지수", "email_verified": true });
        let jisoo = Person::signed_in(app, &sign_on(proven).await.expect(200));
        assert_eq!(cast["member"]["id"], jisoo.id);
        let idea = format!("/v1/ideas/{id}");
        assert_eq!(jisoo.get(&idea).await.expect(200)["my_vote"], true);
        assert_eq!(jisoo.put(&format!("{idea}/vote")).await.expect(200)["vote_count"], 2);
        assert_eq!(jisoo.delete(&format!("{idea}/vote")).await.expect(200)["vote_count"], 1);
        assert_eq!(pm.get(&idea).await.expect(200)["proxy_vote_count"], 0);
        // What they now cast is theirs.
        jisoo.put(&format!("{idea}/vote")).await.expect(200);
        pm.delete(&format!("{idea}/votes/{}", jisoo.id)).await.expect_problem(409, "own_vote");
    })
    .await;
}

#[actix_web::test]
async fn thirty_two_at_once_for_one_customer_are_one_member_and_one_vote() {
    on_each_database(async |app| {
        let (pm, admin) = (app.staff("product_manager").await, app.admin().await);
        for (slug, changes) in [("free", json!({})), ("tight", json!({ "vote_budget": 1 }))] {
            pm.board(slug, changes).await;
            let id = app.member("ana").await.idea(slug, "다크 모드").await;
            let (on_behalf, new) = (format!("/v1/ideas/{id}/votes/on-behalf"), caller(slug));
            let answers = join_all((0..32).map(|_| pm.put_body(&on_behalf, &new))).await;
            let mut members: Vec<Value> = answers
                .into_iter()
                .map(|answer| {
                    let body = answer.expect(200);
                    assert_eq!((&body["vote_count"], &body["member_votes"]), (&json!(2), &json!(true)));
                    body["member"]["id"].clone()
                })
                .collect();
            members.dedup();
            assert_eq!(members.len(), 1);
            let found = admin.get(&format!("/v1/members?q={slug}@example.com&include_total=true")).await;
            assert_eq!(found.expect(200)["total"], 1);
            let taken = format!("/v1/ideas/{id}/votes/{}", members[0].as_str().unwrap());
            for answer in join_all((0..32).map(|_| pm.delete(&taken))).await {
                assert_eq!(answer.expect(200)["vote_count"], 1);
            }
        }
        let events = app.seed_read_events();
        assert_eq!((count(&events, "vote.cast"), count(&events, "vote.withdrawn")), (4, 2));
    })
    .await;
}

#[actix_web::test]
async fn the_rules_of_idea_and_budget_hold_for_customers_too() {
    on_each_database(async |app| {
        let (pm, ana) = (app.staff("product_manager").await, app.member("ana").await);
        pm.board("app", json!({ "vote_budget": 1 })).await;
        let ideas = [ana.idea("app", "하나").await, pm.idea("app", "둘").await];
        let on_behalf = |idea: &str| format!("/v1/ideas/{idea}/votes/on-behalf");
        let for_ana = json!({ "member_id": ana.id, "channel": "call" });
        pm.put_body(&on_behalf(&ideas[1]), &for_ana).await.expect_problem(409, "vote_budget_spent");
        pm.put_body(&on_behalf(&ideas[0]), &for_ana).await.expect(200);
        // A new idea goes without the vote there is no budget for, and stays on record all the same.
        let body = json!({ "title": "셋", "on_behalf_of": for_ana });
        let third = pm.post("/v1/boards/app/ideas", &body).await.expect(201);
        assert_eq!((&third["vote_count"], &third["proxy_vote_count"]), (&json!(0), &json!(0)));
        assert_eq!(third["on_behalf"]["channel"], "call");

        let jisoo = pm.put_body(&on_behalf(&ideas[1]), &caller("jisoo")).await.expect(200);
        let closing = json!({ "status": "shipped", "reason": "출시했습니다." });
        pm.post(&format!("/v1/ideas/{}/status", ideas[1]), &closing).await.expect(200);
        pm.put_body(&on_behalf(&ideas[1]), &caller("minho")).await.expect_problem(409, "idea_closed");
        assert_eq!(pm.put_body(&on_behalf(&ideas[1]), &caller("jisoo")).await.expect(200)["vote_count"], 2);
        let theirs = format!("/v1/ideas/{}/votes/{}", ideas[1], jisoo["member"]["id"].as_str().unwrap());
        pm.delete(&theirs).await.expect_problem(409, "idea_closed");
        pm.delete(&format!("/v1/ideas/{}", ideas[0])).await.expect(204);
        pm.put_body(&on_behalf(&ideas[0]), &caller("minho")).await.expect_problem(404, "not_found");
        // Whoever was refused was not made either.
        let found = app.admin().await.get("/v1/members?q=minho@example.com&include_total=true").await;
        assert_eq!(found.expect(200)["total"], 0);
    })
    .await;
}

#[actix_web::test]
async fn nobody_is_spoken_for_by_members_nor_staff_by_anybody() {
    on_each_database(async |app| {
        let (pm, ana, ben) =
            (app.staff("product_manager").await, app.member("ana").await, app.member("ben").await);
        let admin = app.admin().await;
        pm.board("app", json!({})).await;
        let id = ana.idea("app", "다크 모드").await;
        let (on_behalf, ideas) = (format!("/v1/ideas/{id}/votes/on-behalf"), "/v1/boards/app/ideas");
        let posting = |customer: &Value| json!({ "title": "하나", "on_behalf_of": customer });
        let for_ben = json!({ "member_id": ben.id, "channel": "call" });
        for answer in [ana.put_body(&on_behalf, &for_ben).await, ana.post(ideas, &posting(&for_ben)).await] {
            answer.expect_problem(403, "forbidden");
        }
        // Staff, oneself among them, speak for themselves.
        for staff in [
            json!({ "member_id": pm.id, "channel": "call" }),
            json!({ "email": kit::ADMIN_EMAIL, "display_name": "?", "channel": "call" }),
        ] {
            pm.put_body(&on_behalf, &staff).await.expect_problem(409, "not_a_customer");
            pm.post(ideas, &posting(&staff)).await.expect_problem(409, "not_a_customer");
        }
        admin.patch(&format!("/v1/members/{}", ben.id), &json!({ "blocked": true })).await.expect(200);
        pm.put_body(&on_behalf, &for_ben).await.expect_problem(409, "customer_blocked");
        pm.post(ideas, &posting(&for_ben)).await.expect_problem(409, "customer_blocked");

        for (body, pointer) in [
            (json!({ "channel": "call" }), "/member_id"),
            (json!({ "member_id": ana.id }), "/channel"),
            (json!({ "member_id": ana.id, "channel": "fax" }), "/channel"),
            (json!({ "member_id": ana.id, "email": "a@b.kr", "channel": "call" }), "/member_id"),
            (json!({ "member_id": "01942f4c-6b1e-7c3a-9a51-3a1f6a2f0b7d", "channel": "call" }), "/member_id"),
            (json!({ "member_id": null, "channel": "call" }), "/member_id"),
            (json!({ "email": "a@b.kr", "channel": "call" }), "/display_name"),
            (json!({ "email": "nowhere", "display_name": "가", "channel": "call" }), "/email"),
            (json!({ "email": "a@b.kr", "display_name": " ", "channel": "call" }), "/display_name"),
            (json!({ "member_id": ana.id, "channel": "call", "link": "javascript:alert(1)" }), "/link"),
            (json!({ "member_id": ana.id, "channel": "call", "link": "http://crm.example.com" }), "/link"),
            (json!({ "member_id": ana.id, "channel": "call", "role": "admin" }), "/role"),
        ] {
            let problem = pm.put_body(&on_behalf, &body).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
            let problem = pm.post(ideas, &posting(&body)).await.expect_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], format!("/on_behalf_of{pointer}"), "{body}");
        }
        assert_eq!(pm.all(ideas, 10).await.len(), 1, "what is refused leaves nothing");
        assert_eq!(pm.get(&format!("/v1/ideas/{id}")).await.expect(200)["vote_count"], 1);
    })
    .await;
}
