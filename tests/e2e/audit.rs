//! The audit log: complete, without anything personal, and in a chain that nobody changes unseen.

use chrono::TimeDelta;
use domain::audit::{Broken, Head};
use kit::{TestApp, databases::Kind, on_each_database, people::Person};
use madang::audit::Verdict;
use serde_json::{Value, json};

async fn verified(app: &TestApp, noted: Option<Head>) -> Verdict {
    madang::audit::verify(&madang::open_database(app.config()).unwrap(), noted).await.unwrap()
}

async fn head(app: &TestApp) -> Head {
    match verified(app, None).await {
        Verdict::Sound(head) => head,
        Verdict::Broken(broken) => panic!("{broken}"),
        Verdict::Rewritten(_) => panic!("nothing was noted"),
    }
}

async fn entries(admin: &Person<'_>, query: &str) -> Vec<Value> {
    admin.get(&format!("/v1/audit?limit=100&{query}")).await.expect(200)["items"].as_array().unwrap().clone()
}

/// Five entries, and an admin to read them.
async fn some_history<'a>(app: &'a TestApp) -> Person<'a> {
    let admin = app.admin().await;
    for name in ["하나", "둘", "셋"] {
        admin.post("/v1/boards", &json!({ "name": name })).await.expect(201);
    }
    admin.get("/v1/members").await.expect(200);
    admin.patch("/v1/boards/hana", &json!({ "description": "처음" })).await.expect(200);
    admin
}

#[actix_web::test]
async fn an_entry_says_who_did_what_when_and_how_it_was_before() {
    on_each_database(async |app| {
        let (admin, ana) = (app.admin().await, app.member("ana").await);
        let path = format!("/v1/members/{}", ana.id);
        let new = json!({ "role": "marketer", "attributes": { "plan": "gold" } });
        let answer = admin.patch(&path, &new).await;
        let request_id = answer.header("x-request-id").unwrap().to_owned();
        answer.expect(200);
        let found = entries(&admin, &format!("request_id={request_id}")).await;
        assert_eq!(found.len(), 1);
        let entry = &found[0];
        assert_eq!(
            (&entry["action"], &entry["subject_id"], &entry["by"]["member_id"], &entry["by"]["role"]),
            (&json!("update_member"), &json!(ana.id), &json!(admin.id), &json!("admin"))
        );
        assert_eq!(
            (&entry["before"]["role"], &entry["after"]["role"]),
            (&json!("member"), &json!("marketer"))
        );
        // What is known of a member is not told again by the log.
        assert_eq!(
            (&entry["before"]["attributes"], &entry["after"]["attributes"]),
            (&json!("***"), &json!("***"))
        );
        assert!(entry["after"].get("email").is_none(), "what stays the same is not there");

        // Of a look: at whom.
        admin.get(&path).await.expect(200);
        let looks = entries(&admin, &format!("action=get_member&subject={}", ana.id)).await;
        assert_eq!(looks[0]["after"], json!({ "members": [ana.id] }));
        assert!(!looks[0].to_string().contains("ana@"), "{}", looks[0]);
    })
    .await;
}

#[actix_web::test]
async fn the_log_is_filtered_and_paged_and_for_admins_alone() {
    on_each_database(async |app| {
        let admin = some_history(app).await;
        let numbers =
            |found: &[Value]| found.iter().map(|entry| entry["number"].as_i64().unwrap()).collect::<Vec<_>>();
        let all = numbers(&admin.all("/v1/audit", 2).await);
        assert_eq!(all, (1..=all.len() as i64).rev().collect::<Vec<_>>());
        assert_eq!(entries(&admin, "action=create_board").await.len(), 3);
        assert_eq!(entries(&admin, &format!("member={}", admin.id)).await.len(), 5);
        assert_eq!(entries(&admin, &format!("member={}", uuid::Uuid::nil())).await.len(), 0);
        let now = app.clock().now();
        let when = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        assert_eq!(entries(&admin, &format!("before={}", when(now - TimeDelta::hours(1)))).await.len(), 0);
        assert_eq!(
            entries(&admin, &format!("after={}", when(now - TimeDelta::hours(1)))).await.len(),
            all.len()
        );
        for other in ["moderator", "marketer", "product_manager"] {
            app.staff(other).await.get("/v1/audit").await.expect_problem(403, "forbidden");
        }
        admin.get("/v1/audit?actor=x").await.expect(422);
    })
    .await;
}

#[actix_web::test]
async fn a_change_that_is_refused_leaves_no_entry_and_one_that_is_repeated_leaves_one() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        let before = head(app).await.number;
        admin.patch("/v1/boards/nowhere", &json!({ "name": "x" })).await.expect(404);
        app.member("ana").await.post("/v1/boards", &json!({ "name": "x" })).await.expect(403);
        assert_eq!(head(app).await.number, before);
        for replayed in [None, Some("true")] {
            let request = admin.request(reqwest::Method::POST, "/v1/boards").json(&json!({ "name": "하나" }));
            let answer = admin.send(request.header("Idempotency-Key", "one")).await;
            assert_eq!(answer.header("idempotent-replayed"), replayed);
            answer.expect(201);
        }
        assert_eq!(head(app).await.number, before + 1);
    })
    .await;
}

#[actix_web::test]
async fn what_many_do_at_once_makes_one_chain() {
    on_each_database(async |app| {
        let admin = app.admin().await;
        let before = head(app).await.number;
        let made = (0..24).map(|nth| {
            let admin = &admin;
            async move {
                admin
                    .post("/v1/boards", &json!({ "name": "b", "slug": format!("b-{nth}") }))
                    .await
                    .expect(201)
            }
        });
        futures_util::future::join_all(made).await;
        assert_eq!(head(app).await.number, before + 24);
    })
    .await;
}

#[actix_web::test]
async fn the_database_refuses_to_change_the_log() {
    on_each_database(async |app| {
        some_history(app).await;
        let before = head(app).await;
        let mut statements = vec![
            "UPDATE audit SET action = 'nothing' WHERE number = 2",
            "UPDATE audit SET number = number + 100",
            "DELETE FROM audit WHERE number = 5",
            "DELETE FROM audit",
        ];
        match app.kind {
            Kind::Sqlite => statements.extend([
                "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE number = 2",
                "REPLACE INTO audit SELECT number, at, request_id, member_id, role, api_key_id, 'nothing', subject_id, before, after, previous, hash FROM audit",
            ]),
            Kind::Postgres => statements.extend([
                "TRUNCATE audit",
                "INSERT INTO audit SELECT * FROM audit WHERE number = 2 ON CONFLICT (number) DO UPDATE SET action = 'nothing'",
            ]),
        }
        for statement in statements {
            let refused = app.seed_execute(statement).unwrap_err();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        }
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[actix_web::test]
async fn the_first_link_that_was_tampered_with_is_named() {
    // What somebody with the rights of its owner could do.
    let unlocked = |kind: Kind| match kind {
        Kind::Sqlite => {
            "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted; DROP TRIGGER audit_goes_on"
        }
        Kind::Postgres => "ALTER TABLE audit DISABLE TRIGGER ALL",
    };
    let tampered = [
        ("UPDATE audit SET action = 'nothing' WHERE number IN (3, 4)", Broken::Changed(3)),
        ("UPDATE audit SET after = NULL WHERE number = 2", Broken::Changed(2)),
        ("UPDATE audit SET member_id = NULL WHERE number = 2", Broken::Changed(2)),
        ("DELETE FROM audit WHERE number = 4", Broken::Missing(4)),
        ("DELETE FROM audit WHERE number = 1", Broken::Missing(1)),
        ("UPDATE audit SET previous = hash WHERE number = 5", Broken::Unlinked(5)),
    ];
    for (statement, expected) in tampered {
        on_each_database(async |app| {
            some_history(app).await;
            app.seed_execute(unlocked(app.kind)).unwrap();
            app.seed_execute(statement).unwrap();
            match verified(app, None).await {
                Verdict::Broken(broken) => assert_eq!(broken, expected, "{statement}"),
                Verdict::Sound(_) | Verdict::Rewritten(_) => panic!("not found: {statement}"),
            }
            app.seed_tampered();
        })
        .await;
    }
}

#[actix_web::test]
async fn what_was_cut_off_at_the_end_shows_against_a_noted_end() {
    on_each_database(async |app| {
        some_history(app).await;
        let noted = head(app).await;
        assert!(matches!(verified(app, Some(noted)).await, Verdict::Sound(_)));
        app.admin().await.post("/v1/boards", &json!({ "name": "넷" })).await.expect(201);
        assert!(matches!(verified(app, Some(noted)).await, Verdict::Sound(_)), "it went on since");
        let other = Head { hash: [1; 32], ..noted };
        assert!(matches!(verified(app, Some(other)).await, Verdict::Rewritten(_)));
        let beyond = Head { number: noted.number + 10, ..noted };
        assert!(matches!(verified(app, Some(beyond)).await, Verdict::Rewritten(_)));
    })
    .await;
}
